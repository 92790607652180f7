"""Words for clean projects."""

from __future__ import annotations

from typing import Any

from reconciler.kinds.telling.fields import Flag, Prose, Rule, Several
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.providers import PROVIDERS
from reconciler.kinds.telling.things import Thing
from reconciler.kinds.telling.values import name, quoted


def mended(value: Any, names: Names) -> str:
    """A value that is mended: a vocabulary key, or a property of the record."""
    called = str(value.get("property") or "") if isinstance(value, dict) else ""
    if not called:
        return quoted(value)
    return names.key(called) if value.get("type") == "vocabulary" else name(called)


class Cleaning(Thing):
    """Where people mend values."""

    noun = "clean project"
    goes = "is deleted, with what people did in it"
    fields = {
        "description": Prose("description"),
        "fields": Several("value", mended),
        "condition": Rule("selection of records"),
        "include_data_parts": Flag("whether it loads parts of records", "loads parts of records",
                                   "no longer loads parts of records"),
        "archived": Flag("whether it is archived", "is archived", "is in use"),
    }  # fmt: skip

    def made(self, one: Happening) -> str:
        """With what is mended in it."""
        values = one.after("fields")
        about = f", for {Several('value', mended).say(values, one.names)}" if values else ""
        return f"{self.called(one.key, one.names)} is created{about}"


CLEANING: dict[str, Thing] = {
    "cluedin.clean_project": Cleaning(),
    "cluedin.owners": PROVIDERS["cluedin.owners"],
}
