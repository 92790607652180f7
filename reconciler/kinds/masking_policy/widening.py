"""Whether a policy, as a manifest wants it, gives anybody more than it does now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.questions.access import LiveGrant, LivePolicy
from reconciler.resources.cluedin.conditions import Condition

Rule = Mapping[str, Any]
_CLEAR = ("view", "edit")


def gives_more(live: LivePolicy | None, wanted: Sequence[Rule], tree: Mapping[str, Any]) -> bool:
    """Whether somebody sees something that this policy did not give before, or more records."""
    if live is None:
        return True
    before = {token for grant in live.grants for token in _of_live(grant)}
    return not set(_tokens(wanted)) <= before or not _narrower(Condition().canonical(tree), live.condition)


def is_clear_elsewhere(others: Iterable[LivePolicy], wanted: Sequence[Rule]) -> bool:
    """Whether other active policies give in clear what this one masks: then masks protect no longer without it."""
    masked = {member for rule in wanted if rule["does"] == "mask" for member in rule["members"]}
    return any(grant.does in _CLEAR and grant.members & masked
               for one in others if one.active for grant in one.grants)  # fmt: skip


def _narrower(after: Any, before: Any) -> bool:
    """Whether a filter takes no record that another one left out, as far as that shows."""
    if before is None or after == before:
        return True
    if after is None or after.get("condition") != "AND" or before.get("condition") != "AND":
        return False
    return all(rule in after["rules"] for rule in before["rules"])


def _of_live(grant: LiveGrant) -> Iterator[tuple[str, str, str]]:
    for member in grant.members:
        for what in grant.scope:
            yield member, what, grant.does
            if grant.does == "view":
                yield member, what, "mask"


def _tokens(wanted: Iterable[Rule]) -> Iterator[tuple[str, str, str]]:
    for rule in wanted:
        scope = [*rule.get("keys", ()), *(f"{prefix}.*" for prefix in rule.get("vocabularies", ()))]
        for member in rule["members"]:
            for what in [*scope, *(["*"] if rule.get("all") else [])]:
                yield member, what, rule["does"]
