"""Deduplication projects of what is live; what people do in them stays with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from reconciler.kinds.project.pulled_criteria import criteria_of
from reconciler.kinds.pulling import Estate, GivesWay, Pulled, Puller, without_nothing
from reconciler.resources.keys import unquote
from reconciler.resources.objects import Live


class DeduplicationPuller(Puller):
    """A document a project that is not archived, with its rules."""

    kind = "Deduplication"
    types = ("cluedin.dedup_project", "cluedin.dedup_rule")
    gives_way: ClassVar[Mapping[str, GivesWay]] = {
        "cluedin.dedup_order": GivesWay("rules", "its rules stay with people"),
    }

    def pull(self, estate: Estate) -> Iterator[Pulled]:
        """What no manifest wants yet."""
        if not estate.has("cluedin") or estate.limits.words:
            return
        projects = estate.new("cluedin.dedup_project")
        rules = estate.live("cluedin.dedup_rule", [f"{key}/-" for key in projects]) if projects else {}
        for key, live in projects.items():
            if live.fields.get("archived"):
                continue
            mine = [one for one in rules.items() if one[0].partition("/")[0] == key]
            mine.sort(key=lambda one: int((one[1].raw or {}).get("order") or 0))
            estate.claim("cluedin.dedup_project", key)
            for own, _ in mine:
                estate.claim("cluedin.dedup_rule", own)
            spec: dict[str, Any] = {
                "name": unquote(key),
                **without_nothing(where=criteria_of(live.fields.get("condition") or {})),
                **without_nothing(limit=live.fields.get("limit")),
                **without_nothing(rules=[_rule(own, one) for own, one in mine]),
            }
            yield Pulled(self.kind, unquote(key), spec, "duplicates", str(live.fields.get("description") or ""))


def _rule(key: str, live: Live) -> dict[str, Any]:
    matches = [_match(one) for one in live.fields.get("criteria") or ()]
    return {"name": unquote(key.partition("/")[2]), "match": matches, "active": bool(live.fields.get("active"))}


def _match(one: Mapping[str, Any]) -> dict[str, Any]:
    field = "key" if one.get("key") else "property"
    name = one.get("name")
    return {
        field: one[field],
        "by": one["by"],
        **without_nothing(
            **{"with": dict(one.get("with") or {})},
            normalize=[item if item.get("with") else item["use"] for item in one.get("normalize") or ()],
            name=name if name != one[field] else None,
        ),
    }
