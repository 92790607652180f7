"""A rule: what CluedIn does to records that fit a filter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.conditions import Condition, faults, wire
from reconciler.resources.cluedin.processing_rules import (
    KEEPS,
    PER_PAGE,
    REPROCESSES,
    SCOPES,
    actions,
    busy,
    key_of,
    over_rest,
    rules_by_id,
    rules_of,
)
from reconciler.resources.cluedin.rule_actions import Steps, step_faults, wired
from reconciler.resources.cluedin.shared import Row, mentions, refuse, rich
from reconciler.resources.keys import PARTS, quote, unquote
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Alike, Disruptive, RichText
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.refusals import Refused

_CREATE = """mutation createRule($rule: InputCreateRule!) { management { id createRule(rule: $rule) { id } } }"""
_SAVE = """mutation saveRule($rule: InputRule!) { management { id saveRule(rule: $rule) { id } } }"""

_CONDITION = ("condition", "condition_and_records")
_ACTIONS = ("actions", "actions_and_records")
_DETAILS = frozenset({"description", *_CONDITION, *_ACTIONS, PARTS})


class Rule(Resource):
    """Key is `scope/name`; names are not unique [C], so two rules of one name in a scope are two objects.

    Filter and actions stand in the field that says what a change of them does besides: to none of the records, or to
    all of them, which are processed again. Both are one value. A rule that is not active does nothing to any record,
    so that changing it disrupts nothing.
    """

    system = "cluedin"
    name = "rule"
    right = claim("Management: Rule Builder")
    holds_by_id = True
    page = PER_PAGE
    unique = False

    class Fields:
        description: Annotated[str, RichText()]
        condition: Annotated[dict[str, Any], Condition(), Disruptive(KEEPS)]
        actions: Annotated[list[dict[str, Any]], Steps(), Disruptive(KEEPS)]
        condition_and_records: Annotated[dict[str, Any], Condition(), Alike("condition"), Disruptive(REPROCESSES)]
        actions_and_records: Annotated[list[dict[str, Any]], Steps(), Alike("actions"), Disruptive(REPROCESSES)]

    # -- names ---------------------------------------------------------------------------------------------

    def former(self, key: str, other: str) -> str | None:
        """The other name, as a rule stays in its scope."""
        (scope, _), (of, name) = key.split("/", 1), other.split("/", 1)
        return unquote(name) if scope == of else None

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`management.rules` of each scope by pages, and `rule(id)` where a managed field needs it [B]."""
        asked = Asked.of(self.full_name, wanted)
        listed = [row for scope in _scopes(asked) for row in rules_of(cluedin, scope)]
        rows = [(row, asked.paths(key_of(row), str(row["id"]))) for row in listed]
        managed = [row["id"] for row, paths in rows if mentions(paths, _DETAILS)]
        details = dict(zip(managed, rules_by_id(cluedin, managed), strict=True))
        for row, paths in rows:
            yield self._live(details.get(row["id"]) or row, paths)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`management.rule(id)` [B]."""
        [found] = rules_by_id(cluedin, [id])
        return self._live(found, frozenset(self.fields)) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """Pages of each scope, and one detail for each managed rule."""
        return super().cost(rows, managed) + len(SCOPES) + managed

    def _live(self, row: Row, paths: frozenset[str]) -> Live:
        """Filter and actions by the names that are asked for, and by the plain ones where none is."""
        told: dict[str, Any] = {"description": row.get("description")}
        for names, value in ((_CONDITION, row.get("condition")), (_ACTIONS, row.get("rules"))):
            told |= dict.fromkeys([name for name in names if name in paths] or names[:1], value)
        return self.live(key_of(row), str(row["id"]), raw=row, at_rest=not row.get("isActive"), **told)

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`createRule`, which takes name and scope and makes one that is not active, then `saveRule` [B]."""
        scope, name = write.key.split("/", 1)
        data = cluedin.graphql(_CREATE, {"rule": {"name": unquote(name), "scope": scope}}, effect="once")
        id = str(data["management"]["createRule"]["id"])
        new = {"id": id, "name": unquote(name), "scope": scope, "isActive": False}
        cluedin.graphql(_SAVE, {"rule": _saved(cluedin, write, new)}, effect="set")
        return id

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`saveRule` with the whole of it, what is not changed as it was read [B].

        Where records are to be processed again it is `PUT /rules` in REST's own form, with `shouldReprocess`: to
        process them after the save would leave out what the old filter took [B].
        """
        assert write.live is not None
        [whole] = rules_by_id(cluedin, [write.live.id]) if "rules" not in (write.live.raw or {}) else [write.live.raw]
        if whole is None:
            raise refuse("missing", f"the rule {write.live.key} is gone")
        try:
            if whole.get("isActive") and any(write.has(name) for name in (_CONDITION[1], _ACTIONS[1])):
                _save_over_rest(cluedin, write)
            else:
                cluedin.graphql(_SAVE, {"rule": _saved(cluedin, write, whole)}, effect="set")
        except (GraphQLRefused, Refused) as refused:
            if refused.conflict:
                raise busy(write.live.key) from None
            raise

    def rename(self, cluedin: CluedIn, write: Write) -> None:
        """`saveRule` under the new name [B]."""
        self.update(cluedin, write)

    def retire(self, cluedin: CluedIn, write: Write) -> None:
        """`POST /rules/{id}/deactivate` [B]; what it gave to records stays."""
        assert write.live is not None
        cluedin.rest("POST", f"/rules/{write.live.id}/deactivate", effect="set")

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`DELETE /rules/{id}` [B]; what it gave to records stays. It takes an owner of the rule [B]."""
        assert write.live is not None
        cluedin.rest("DELETE", f"/rules/{write.live.id}", effect="set", accept=(404,))

    def problems(self, desired: Desired) -> Iterable[str]:
        """A scope, a name, at least one action, and conditions that a server takes."""
        scope, _, name = desired.key.partition("/")
        if scope not in SCOPES:
            yield f"the scope of a rule is one of {', '.join(SCOPES)}, not {scope!r}"
        if "/" in name or not unquote(name).strip() or name != quote(unquote(name).strip()):
            yield f"the name of a rule must not be empty or start or end with a blank: {unquote(name)!r}"
        for field in _CONDITION:
            if desired.values.get(field):
                yield from faults(desired.values[field], root=False)
        for field in _ACTIONS:
            if field in desired.values:
                yield from step_faults(desired.values[field])
                if not any(one.get("actions") for one in desired.values[field] or ()):
                    yield f"the rule {unquote(name)} needs at least one action"


def _scopes(asked: Asked) -> tuple[str, ...]:
    """The scopes that are asked for; all of them where nothing is named."""
    named = {key.partition("/")[0] for key in asked}
    return tuple(scope for scope in SCOPES if scope in named or not named)


def _given(write: Write, names: tuple[str, ...]) -> tuple[bool, Any]:
    """Whether a value is written, and which: it stands in one of several fields."""
    return next(((True, write.get(name)) for name in names if write.has(name)), (False, None))


def _saved(cluedin: CluedIn, write: Write, whole: Row) -> Row:
    """The whole rule with the paths of the write in it, as GraphQL takes it; whether it is active stays."""
    sent = {name: whole.get(name) for name in ("id", "name", "isActive", "description", "scope", "condition", "rules")}
    return sent | _changed(cluedin, write, whole)


def _changed(cluedin: CluedIn, write: Write, whole: Row) -> Row:
    """What a write says anew."""
    found: Row = {}
    if write.live is None or write.key != write.live.key:
        found["name"] = unquote(write.key.partition("/")[2])
    if write.has("description"):
        found["description"] = rich(write.get("description")) if write.get("description") else None
    has_condition, condition = _given(write, _CONDITION)
    if has_condition:
        found["condition"] = wire(condition or {})
    has_actions, steps = _given(write, _ACTIONS)
    if has_actions:
        found["rules"] = wired(steps or [], whole.get("rules") or [], lambda: actions(cluedin))
    return found


def _save_over_rest(cluedin: CluedIn, write: Write) -> None:
    """`PUT /rules` with `shouldReprocess` [B]; its answer says nothing, and `rulesApplied` is only ever read [B]."""
    assert write.live is not None
    whole = over_rest(cluedin, write.live.id)
    whole.pop("rulesApplied", None)
    sent = {**whole, **_changed(cluedin, write, whole), "shouldReprocess": True}
    cluedin.rest("PUT", "/rules", sent, effect="set")
