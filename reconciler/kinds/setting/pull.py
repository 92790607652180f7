"""Settings of what is live: those that somebody gave another value than their default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.kinds.pulling import Added, Estate, Pulled, Puller
from reconciler.kinds.setting.spec import Setting
from reconciler.manifest.documents import Document
from reconciler.resources.objects import Live
from reconciler.systems.secrecy import is_secret

_TYPE = "cluedin.setting"


class SettingPuller(Puller):
    """What has its default is left out, and so are secrets, of which nobody tells."""

    kind = "Setting"
    types = (_TYPE,)

    def pull(self, estate: Estate) -> Iterator[Pulled | Added]:
        """One document of all of them, or entries of the document that is there."""
        if not estate.has("cluedin") or estate.limits.words:
            return
        found = {key: live for key, live in estate.new(_TYPE).items() if self._is_told(estate, key, live)}
        values = {key: _value(str(live.fields["value"])) for key, live in found.items()}
        for key in values:
            estate.claim(_TYPE, key)
        home = _home(estate)
        if home is not None:
            yield from (Added(home, ("set",), value, key) for key, value in values.items())
        elif values:
            yield Pulled(self.kind, "settings", {"set": values})

    @staticmethod
    def _is_told(estate: Estate, key: str, live: Live) -> bool:
        value = live.fields.get("value")
        if value is None or live.fields.get("is_default"):
            return False
        if is_secret(key, value):
            estate.leave("a secret, which no manifest holds in clear", f"{_TYPE}:{key}")
            return False
        return True


def _home(estate: Estate) -> Document | None:
    """The first document that sets something."""
    written = estate.world.written("Setting")
    return next((one for one in written if (spec := one.as_a(Setting)) is not None and spec.set), None)


def _value(text: str) -> Any:
    """The value as people write it: true, false and whole numbers bare."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.removeprefix("-").isdigit() and str(int(text)) == text else text
