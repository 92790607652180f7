"""What changes of settings mean."""

from __future__ import annotations

from reconciler.kinds.telling.settings import SETTINGS
from reconciler.kinds.telling.teller import Teller


class SettingTeller(Teller):
    """Tells of settings."""

    kind = "Setting"
    noun = "Settings"
    rank = 4
    things = SETTINGS
