"""An order that all objects of a kind share, as far as manifests say it: of rules of a scope, of policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, ClassVar

from reconciler.resources.asked import Asked
from reconciler.resources.base import Resource
from reconciler.resources.cluedin.shared import Row, refuse, until_visible
from reconciler.resources.keys import field_of, quote, steps_of
from reconciler.resources.objects import Live, Write
from reconciler.resources.rules import Members
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Refused

TRIES = 3
"""How often an order is read and sent whose objects are no longer all of it when it arrives."""

Pair = tuple[str, str]


class Ordering(Resource):
    """A member `first/second` says that the first comes before the second; both are quoted names.

    Only what is said is compared, so that everybody else's may stand anywhere. They keep their places: those that are
    named here are put in order among the places that they hold themselves. Those of `after_others` follow one that no
    manifest makes, which does not move either.

    CluedIn has an order whatever anybody says; it counts as ours once we have said something of it.
    """

    system = "cluedin"
    deletes = "none"
    hosted = True
    host: ClassVar[str]
    """The type of what is put in order."""
    words: ClassVar[str]
    """What these are called in a sentence."""

    class Fields:
        after: Annotated[list[str], Members(grows=True)]
        after_others: Annotated[list[str], Members(grows=True)]

    # -- what a type says ------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        """The keys of all orders."""
        raise NotImplementedError

    def rows(self, cluedin: CluedIn, key: str) -> list[Row]:
        """Everything that has a place in an order, asked anew, in that order."""
        raise NotImplementedError

    def name_of(self, key: str, row: Row) -> str:
        """The quoted name of one of them."""
        raise NotImplementedError

    def address_of(self, key: str, name: str) -> str:
        """The address of one of them, by its quoted name."""
        raise NotImplementedError

    def send(self, cluedin: CluedIn, rows: Sequence[Row], order: Sequence[str]) -> None:
        """Writes an order of all of them."""
        raise NotImplementedError

    # -- names ---------------------------------------------------------------------------------------------

    @staticmethod
    def pair(first: str, second: str) -> str:
        """The member that says that one comes before another, by their names."""
        return f"{quote(first)}/{quote(second)}"

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """Each order of which something was said before."""
        asked = Asked.of(self.full_name, wanted)
        for key in self.keys():
            if key in asked and asked.known.id_of(self.full_name, key):
                yield self._live(key, self.rows(cluedin, key), asked)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """An order, of which nothing is said here."""
        return self.live(id, id, raw=self.rows(cluedin, id)) if id in self.keys() else None

    def _live(self, key: str, rows: Sequence[Row], asked: Asked) -> Live:
        known = asked.known.keys_of(self.host)
        names = (known.get(str(row["id"]), "").rpartition("/")[2] or self.name_of(key, row) for row in rows)
        place = {name: at for at, name in enumerate(names)}
        found: dict[str, Any] = {"after": [], "after_others": []}
        for path in asked.paths(key, key):
            for member in steps_of(path):
                first, second = member.split("/", 1)
                if place.get(first, len(rows)) < place.get(second, -1):
                    found[path.partition("[")[0]].append(member)
        return self.live(key, key, raw=list(rows), **found)

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called as it is."""
        return key

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """The first time that something is said of the order."""
        self._order(cluedin, write)
        return write.key

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """Puts in order what people put into another one."""
        self._order(cluedin, write)

    def _order(self, cluedin: CluedIn, write: Write) -> None:
        """What is said of it, without moving those of others."""
        address_of = partial(self.address_of, write.key)
        ours, others = (dict(pairs_of(write, name, address_of)) for name in ("after", "after_others"))
        said = ours | others
        put_in_order(
            cluedin,
            lambda fresh: self.rows(fresh, write.key),
            lambda rows, order: self.send(cluedin, rows, order),
            said,
            moving={id for pair in ours for id in pair} | {second for _, second in others},
            needed={id for pair, is_written in said.items() if is_written for id in pair},
            impossible=refuse(
                "order",
                f"the {self.words} of {write.key} cannot be put into this order without moving those of others",
                "Move the one that no manifest makes up in CluedIn, or take it out of `after`.",
            ),
        )


def pairs_of(write: Write, field: str, address_of: Callable[[str], str]) -> Iterator[tuple[Pair, bool]]:
    """The ids of each pair that manifests say in a field, and whether it is one that has to be put right.

    `address_of` gives the address of a quoted name.
    """
    written = {member for (member, *_), wanted in write.entries(field).items() if wanted}
    there = {steps_of(path)[0] for path in write.wanted if field_of(path) == field and path != field}
    for member in sorted(written | there):
        first, second = (write.id_of(address_of(one)) for one in member.split("/", 1))
        yield (first, second), member in written


def put_in_order(
    cluedin: CluedIn,
    read: Callable[[CluedIn], list[Row]],
    send: Callable[[Sequence[Row], Sequence[str]], None],
    said: Mapping[Pair, bool],
    *,
    moving: set[str],
    needed: set[str],
    impossible: Exception,
) -> None:
    """Sends the whole order with everybody's in it, which is read just before.

    Kept is of what is `said` that which is to be put right and that which holds already; `needed` has to show. A list
    that lacks one would take its place away, or is refused [C]: one that somebody makes in between leads to another
    look. Raises `impossible` where there is no such order.
    """
    for attempt in range(TRIES):
        rows = _whole(cluedin, read, needed)
        before = [str(row["id"]) for row in rows]
        at = {id: place for place, id in enumerate(before)}
        kept = [
            (one, two)
            for (one, two), is_written in said.items()
            if is_written or at.get(one, len(at)) < at.get(two, -1)
        ]
        after = arranged(before, moving, kept)
        if after is None:
            raise impossible
        if after == before:
            return
        try:
            send(rows, after)
        except Refused as refused:
            if refused.status != 400 or attempt == TRIES - 1:
                raise
        else:
            return


def _whole(cluedin: CluedIn, read: Callable[[CluedIn], list[Row]], needed: set[str]) -> list[Row]:
    """Everything in an order, once that which is needed shows among it."""
    found: list[Row] = []

    def shown() -> bool:
        found[:] = read(cluedin.fresh())
        return needed <= {str(row["id"]) for row in found}

    until_visible(cluedin, shown)
    return found


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
