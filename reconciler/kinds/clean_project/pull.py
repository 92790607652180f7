"""Clean projects of what is live; what people do in them stays with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.kinds.project.pulled_criteria import criteria_of
from reconciler.kinds.pulling import Estate, Pulled, Puller, without_nothing
from reconciler.resources.keys import unquote


class CleanProjectPuller(Puller):
    """A document a project that is not archived."""

    kind = "CleanProject"
    types = ("cluedin.clean_project",)

    def pull(self, estate: Estate) -> Iterator[Pulled]:
        """What no manifest wants yet."""
        if not estate.has("cluedin") or estate.limits.words:
            return
        for key, live in estate.new("cluedin.clean_project").items():
            values = live.fields.get("fields") or []
            if live.fields.get("archived"):
                continue
            if not values:
                estate.leave("a clean project that mends nothing", f"cluedin.clean_project:{key}")
                continue
            estate.claim("cluedin.clean_project", key)
            spec: dict[str, Any] = {
                "name": unquote(key),
                "fields": [
                    one["property"] if one["type"] == "vocabulary" else {"property": one["property"]} for one in values
                ],
                **without_nothing(where=criteria_of(live.fields.get("condition") or {})),
                **without_nothing(include_data_parts=live.fields.get("include_data_parts") or None),
            }
            yield Pulled(self.kind, unquote(key), spec, "cleaning", str(live.fields.get("description") or ""))
