"""A policy of access control: who may see, see masked, or edit which keys of which records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import orjson

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.access_control import (
    PATH,
    SOON,
    in_words,
    key_of,
    policies,
    policies_by_id,
    wired,
)
from reconciler.resources.cluedin.conditions import Condition, faults, wire
from reconciler.resources.cluedin.rule_actions import action_of
from reconciler.resources.cluedin.shared import Row, mentions, refuse
from reconciler.resources.keys import PARTS, quote, unquote
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Disruptive, Rule
from reconciler.systems.cluedin import CluedIn

RIGHT = claim("Management: Access Control")
CLAIMS = {"Admin: Users": "Consulted", "Management: Data Catalog": "Informed"}
_DETAILS = frozenset({"description", "condition", "rules", PARTS})
_LISTS = ("members", "keys", "vocabularies")


class Grants(Rule):
    """What a policy grants: rules in words, whose order, members and keys are sets. Names of rules mean nothing."""

    def canonical(self, value: Any) -> Any:
        """Each with sorted lists, sorted by what it says; without its name, and without what is empty."""
        if not isinstance(value, list | tuple):
            return value
        rows = [_row(one) for one in value if isinstance(one, Mapping)]
        return sorted(rows, key=lambda row: orjson.dumps(row, option=orjson.OPT_SORT_KEYS))


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    found = {**one, **{name: sorted(set(one.get(name) or ())) for name in _LISTS}}
    if one.get("conditions"):
        found["conditions"] = Condition().canonical(one["conditions"])
    return {name: value for name, value in found.items() if value and name != "name"}


class Policy(Resource):
    """Key is its name; names are not unique [C], so two of one name are two objects.

    What its actions look like is learnt of the server (`access_shapes`); an action that is not known so is compared as
    it stands, and never written. A policy that is not active changes nothing for anybody.
    """

    system = "cluedin"
    name = "policy"
    right = RIGHT
    claims = CLAIMS
    unique = False
    holds_by_id = True

    class Fields:
        description: str
        condition: Annotated[dict[str, Any], Condition(), Disruptive(SOON)]
        rules: Annotated[list[dict[str, Any]], Grants(), Disruptive(SOON)]

    # -- names ---------------------------------------------------------------------------------------------

    def former(self, key: str, other: str) -> str | None:
        """The other name."""
        return unquote(other)

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """The order, which has all of them by name, and each that a managed field needs [A]."""
        asked = Asked.of(self.full_name, wanted)
        rows = [(row, asked.paths(key_of(row), str(row["id"]))) for row in policies(cluedin)]
        managed = [str(row["id"]) for row, paths in rows if mentions(paths, _DETAILS)]
        details = dict(zip(managed, policies_by_id(cluedin, managed), strict=True))
        for row, _ in rows:
            found = details.get(str(row["id"]), row)
            if found is not None:  # one that went between the two answers
                yield self._live(cluedin, found)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`GET /accesscontrolpolicies/{id}` [A]."""
        [found] = policies_by_id(cluedin, [id])
        return self._live(cluedin, found) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """The order and each managed one; the template, the actions, users, vocabularies and keys."""
        return managed + 8

    def _live(self, cluedin: CluedIn, row: Row) -> Live:
        told: dict[str, Any] = {"description": row.get("description"), "condition": row.get("condition")}
        if "rules" in row:
            told["rules"] = [_told(cluedin, one) for one in row.get("rules") or ()]
        return self.live(key_of(row), str(row["id"]), raw=row, at_rest=not row.get("isActive"), **told)

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`POST /accesscontrolpolicies`, not active; the answer is its id [A]."""
        new = {"isActive": False, "condition": wire({}), "rules": []}
        id = cluedin.rest("POST", PATH, {**new, **_changed(cluedin, write, {})}, effect="once")
        return str(id).lower() if id else None

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`PUT /accesscontrolpolicies/{id}` with the whole of it, what is not changed as it was read just before [A].

        The id of the path counts [B]; whether it is active stays as it is.
        """
        assert write.live is not None
        whole = write.live.raw if write.live.raw and "rules" in write.live.raw else None
        if whole is None:
            [whole] = policies_by_id(cluedin, [write.live.id])
        if whole is None:
            raise refuse("missing", f"the policy {write.live.key} is gone")
        sent = {**whole, **_changed(cluedin, write, whole)}
        cluedin.rest("PUT", f"{PATH}/{write.live.id}", sent, effect="set")

    def rename(self, cluedin: CluedIn, write: Write) -> None:
        """The same under the new name [A]."""
        self.update(cluedin, write)

    def retire(self, cluedin: CluedIn, write: Write) -> None:
        """`POST /accesscontrolpolicies/{id}/deactivate` [A]."""
        assert write.live is not None
        cluedin.rest("POST", f"{PATH}/{write.live.id}/deactivate", effect="set")

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`DELETE /accesscontrolpolicies/{id}` [A]."""
        assert write.live is not None
        cluedin.rest("DELETE", f"{PATH}/{write.live.id}", effect="set", accept=(404,))

    def problems(self, desired: Desired) -> Iterable[str]:
        """A name, a condition that a server takes, and rules that are for somebody."""
        name = unquote(desired.key)
        if not name.strip() or desired.key != quote(name.strip()):
            yield f"the name of a policy must not be empty or start or end with a blank: {name!r}"
        if desired.values.get("condition"):
            yield from faults(desired.values["condition"], root=False)
        for one in desired.values.get("rules") or ():
            if not one.get("members"):
                yield f"a rule of the policy {name} is for nobody"
            if not (one.get("all") or one.get("keys") or one.get("vocabularies")):
                yield f"a rule of the policy {name} is about no key, which shows its members nothing"


def _told(cluedin: CluedIn, rule: Mapping[str, Any]) -> dict[str, Any]:
    """An inner rule in words, or as it stands."""
    words = in_words(cluedin, rule) or {"other": [action_of(one) for one in rule.get("actions") or ()]}
    conditions = Condition().canonical(rule.get("conditions") or {})
    return {"name": str(rule.get("name") or "").strip(), **words, "conditions": conditions}


def _changed(cluedin: CluedIn, write: Write, whole: Row) -> Row:
    """What a write says anew."""
    found: Row = {}
    if write.live is None or write.key != write.live.key:
        found["name"] = unquote(write.key)
    if write.has("description"):
        found["description"] = write.get("description") or None
    if write.has("condition"):
        found["condition"] = wire(write.get("condition") or {})
    if write.has("rules"):
        found["rules"] = list(_inner(cluedin, write.get("rules") or (), whole.get("rules") or ()))
    return found


def _inner(cluedin: CluedIn, wanted: Sequence[Mapping[str, Any]], live: Sequence[Row]) -> Iterator[Row]:
    """Inner rules as a save takes them; one that does the same as a live one is that one, with its name and id [C]."""
    left = [(in_words(cluedin, row) or {}, row) for row in live]
    for at, one in enumerate(wanted, 1):
        same = [pair for pair in left if pair[0].get("does") == one["does"]]
        best = max(same, key=lambda pair: sum(pair[0].get(name) == one.get(name) for name in _LISTS), default=None)
        base: Row = {}
        if best is not None:
            left.remove(best)
            base = best[1]
        sent = {**base, "name": base.get("name") or one["name"], "order": at, "conditions": wire({})}
        yield {**sent, "actions": [wired(cluedin, one)]}
