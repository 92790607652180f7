"""What changes of assets mean."""

from __future__ import annotations

from reconciler.kinds.telling.assets import BUSINESS
from reconciler.kinds.telling.teller import Teller


class AssetTeller(Teller):
    """Tells of assets of one's own."""

    kind = "Asset"
    noun = "Assets"
    rank = 3
    things = BUSINESS
