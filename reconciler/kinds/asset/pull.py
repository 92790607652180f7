"""Assets are not pulled: what scanners and people made is theirs, and files of one's own are what they are made of."""

from __future__ import annotations

from reconciler.kinds.pulling import Puller


class AssetPuller(Puller):
    """Nothing that is live says which assets are anybody's to keep."""

    kind = "Asset"
    why_not = "the Data Map does not say which assets came of a file: name the file that the scanner writes in `from`"
