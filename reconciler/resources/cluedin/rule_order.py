"""The order in which the rules of a scope run, as far as manifests say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.processing_rules import SCOPES, key_of, order_of
from reconciler.resources.cluedin.shared import Row, refuse, until_visible
from reconciler.resources.keys import field_of, quote, steps_of
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Members
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Refused

TRIES = 3
"""How often an order is read and sent whose rules are no longer all of the scope's when it arrives."""

Pair = tuple[str, str]


class RuleOrder(Resource):
    """Key is the scope. A member `first/second` says that the first runs before the second; both are quoted names.

    Only what is said is compared, so that everybody else's rules may stand anywhere. They keep their places: rules that
    are named here are put in order among the places that they hold themselves. Those of `after_others` follow a rule
    that no manifest makes, which does not move either.

    CluedIn has an order whatever anybody says; it counts as ours once we have said something of it.
    """

    system = "cluedin"
    name = "rule_order"
    right = claim("Management: Rule Builder")
    deletes = "none"
    hosted = True

    class Fields:
        after: Annotated[list[str], Members(grows=True)]
        after_others: Annotated[list[str], Members(grows=True)]

    # -- names ---------------------------------------------------------------------------------------------

    @staticmethod
    def pair(first: str, second: str) -> str:
        """The member that says that one rule runs before another, by their names."""
        return f"{quote(first)}/{quote(second)}"

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`GET /rules/byprocessingorder` of each scope of which something was said before [B]."""
        asked = Asked.of(self.full_name, wanted)
        for scope in SCOPES:
            if scope in asked and asked.known.id_of(self.full_name, scope):
                yield self._live(scope, order_of(cluedin, scope), asked)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """The order of a scope, of which nothing is said here."""
        return self.live(id, id, raw=order_of(cluedin, id)) if id in SCOPES else None

    def cost(self, rows: int, managed: int) -> int:
        """Of each scope the rules by pages, one of them over REST, and the order."""
        return 4 * len(SCOPES)

    def _live(self, scope: str, rows: Sequence[Row], asked: Asked) -> Live:
        known = asked.known.keys_of("cluedin.rule")
        names = (known.get(str(row["id"])) or key_of({**row, "scope": scope}) for row in rows)
        place = {name.partition("/")[2]: at for at, name in enumerate(names)}
        found: dict[str, Any] = {"after": [], "after_others": []}
        for path in asked.paths(scope, scope):
            for member in steps_of(path):
                first, second = member.split("/", 1)
                if place.get(first, len(rows)) < place.get(second, -1):
                    found[path.partition("[")[0]].append(member)
        return self.live(scope, scope, raw=list(rows), **found)

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """The first time that something is said of the order."""
        self._order(cluedin, write)
        return write.key

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """Puts in order what people put into another one."""
        self._order(cluedin, write)

    def _order(self, cluedin: CluedIn, write: Write) -> None:
        """`POST /rules/setprocessingorder` with every rule of the scope, which is read just before [B].

        A list that lacks a rule would take its place away, or is refused [C]: one that somebody makes in between leads
        to another look.
        """
        ours, others = (dict(_pairs(write, name)) for name in ("after", "after_others"))
        moving = {id for pair in ours for id in pair} | {second for _, second in others}
        said = {pair for pair, is_written in (ours | others).items() if is_written}
        for attempt in range(TRIES):
            before = _whole(cluedin, write.key, {id for pair in said for id in pair})
            at = {id: place for place, id in enumerate(before)}
            kept = {(one, two) for one, two in ours | others if at.get(one, len(at)) < at.get(two, -1)}
            after = arranged(before, moving, said | kept)
            if after is None:
                raise refuse(
                    "order",
                    f"the rules of {write.key} cannot be put into this order without moving rules of others",
                    "Move the rule that no manifest makes up in CluedIn, or take it out of `after`.",
                )
            if after == before:
                return
            try:
                cluedin.rest("POST", "/rules/setprocessingorder", after, effect="set")
            except Refused as refused:
                if refused.status != 400 or attempt == TRIES - 1:
                    raise
            else:
                return

    def problems(self, desired: Desired) -> Iterable[str]:
        """A scope."""
        if desired.key not in SCOPES:
            yield f"the scope of rules is one of {', '.join(SCOPES)}, not {desired.key!r}"

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is the scope's."""
        return key


def _whole(cluedin: CluedIn, scope: str, needed: set[str]) -> list[str]:
    """The ids of all rules of a scope in their order, once those that are needed show among them."""
    found: list[str] = []

    def shown() -> bool:
        found[:] = [str(row["id"]) for row in order_of(cluedin.fresh(), scope)]
        return needed <= set(found)

    until_visible(cluedin, shown)
    return found


def _pairs(write: Write, name: str) -> Iterator[tuple[Pair, bool]]:
    """The ids of the rules of each pair that manifests say, and whether it is one that has to be put right."""
    written = {member for (member, *_), wanted in write.entries(name).items() if wanted}
    there = {steps_of(path)[0] for path in write.wanted if field_of(path) == name and path != name}
    for member in sorted(written | there):
        first, second = (write.id_of(f"cluedin.rule:{write.key}/{one}") for one in member.split("/", 1))
        yield (first, second), member in written


def arranged(order: Sequence[str], moving: set[str], pairs: Iterable[Pair]) -> list[str] | None:
    """An order in which each first stands before its second, where only `moving` ones move, among their own places.

    Whatever need not move stays: of those that may stand at a place, the earliest takes it. None where there is no such
    order. As nothing has to be early, a place that nobody may take yet means that no other choice would have helped.
    """
    at = {id: place for place, id in enumerate(order)}
    before: dict[str, set[str]] = {}
    for first, second in pairs:
        if first not in at or second not in at:
            return None
        before.setdefault(second, set()).add(first)
    left = [id for id in order if id in moving]
    found: list[str] = []
    for id in order:
        if id not in moving:
            found.append(id)
            continue
        done = set(found)
        free = next((one for one in left if before.get(one, set()) <= done), None)
        if free is None:
            return None
        left.remove(free)
        found.append(free)
    return found
