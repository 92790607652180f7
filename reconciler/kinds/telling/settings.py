"""Words for settings of CluedIn's organisation."""

from __future__ import annotations

from reconciler.kinds.telling.fields import Flag, Secret, Word
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.things import Thing


class Setting(Thing):
    """A setting of CluedIn's organisation."""

    noun = "setting"
    retires = "goes back to the default of CluedIn"
    fields = {
        "value": Word("value"),
        "access_control": Word("value"),
        "sign_on": Word("value"),
        "secret": Secret("secret value"),
        "is_default": Flag("whether it has its default", "goes back to its default", "no longer has its default"),
    }

    def made(self, one: Happening) -> str:
        """That it is set: a setting is there before."""
        return f"{self.called(one.key, one.names)} is set"


SETTINGS: dict[str, Thing] = {"cluedin.setting": Setting()}
