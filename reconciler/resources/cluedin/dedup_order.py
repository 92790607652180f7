"""The order in which the rules of a deduplication project are tried, as far as a manifest says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated

from reconciler.resources.asked import Asked
from reconciler.resources.base import Resource
from reconciler.resources.cluedin.dedup_rule import project_key
from reconciler.resources.cluedin.duplicates import ROOT, fixed_by, key_of, projects, rules_of
from reconciler.resources.cluedin.ordering import pairs_of, put_in_order
from reconciler.resources.cluedin.shared import Row, refuse
from reconciler.resources.keys import quote, steps_of
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Members
from reconciler.systems.cluedin import CluedIn


class DedupOrder(Resource):
    """Key is the project's. A member `first/second` says that the first is tried before the second.

    Only what is said is compared: rules of others stand anywhere, and keep their places when ours are put in order
    among the places that ours hold.
    """

    system = "cluedin"
    name = "dedup_order"
    right = claim("Management: Deduplication Project Management")
    deletes = "none"
    hosted = True
    with_host = True
    fixed_with_host = True

    class Fields:
        after: Annotated[list[str], Members(grows=True)]

    @staticmethod
    def pair(first: str, second: str) -> str:
        """The member that says that one rule is tried before another, by their names."""
        return f"{quote(first)}/{quote(second)}"

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called as its project."""
        return to(f"cluedin.dedup_project:{key}")

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """The rules of each project that is named [B]: what stands as it is wanted is adopted."""
        asked = Asked.of(self.full_name, wanted)
        for row in projects(cluedin):
            key = project_key(asked.known, row)
            if key in asked:
                yield self._live(asked, key, row, rules_of(cluedin, str(row["id"])))

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """Nothing is said of it here: what is in the list is all that there is."""
        return None

    def cost(self, rows: int, managed: int) -> int:
        """The rules of each project."""
        return super().cost(rows, managed) + managed

    def _live(self, asked: Asked, key: str, project: Row, rows: list[Row]) -> Live:
        known = asked.known.keys_of("cluedin.dedup_rule")
        names = (known.get(str(row["id"]), f"/{key_of(row)}").partition("/")[2] for row in rows)
        place = {name: at for at, name in enumerate(names)}
        said = [member for path in asked.paths(key, str(project["id"])) for member in steps_of(path)]
        pairs = [(member, *member.split("/", 1)) for member in said]
        found = [member for member, one, two in pairs if place.get(one, len(rows)) < place.get(two, -1)]
        if len(found) < len(said) and asked.known.id_of(self.full_name, key) != str(project["id"]):
            found = []  # an order of which nothing was said yet, and which is not the one that is wanted
        live = self.live(key, str(project["id"]), raw=rows, after=found)
        live.fixed = fixed_by(project).replace("ADDRESS", f"cluedin.dedup_project:{key}")
        return live

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """The first time that something is said of the order."""
        project = write.id_of(f"cluedin.dedup_project:{write.key}")
        _order(cluedin, write, project)
        return project

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """Puts in order what people put into another one."""
        assert write.live is not None
        _order(cluedin, write, write.live.id)


def _order(cluedin: CluedIn, write: Write, project: str) -> None:
    """`POST …/rules/order` with every rule of the project, which are read just before [B].

    A list that lacks a rule would take its place away, or is refused [C]: one that somebody makes in between leads to
    another look. Each place keeps its number, so that nothing changes of the rules of others.
    """
    said = dict(pairs_of(write, "after", lambda one: f"cluedin.dedup_rule:{write.key}/{one}"))
    named = {id for pair in said for id in pair}

    def send(rows: Sequence[Row], order: Sequence[str]) -> None:
        sent = {"ruleOrder": dict(zip(order, _numbers(rows), strict=True))}
        cluedin.rest("POST", f"{ROOT}/{project}/rules/order", sent, effect="set", version="")

    put_in_order(
        cluedin,
        lambda fresh: rules_of(fresh, project),
        send,
        said,
        moving=named,
        needed=named,
        impossible=refuse("order", f"the matching rules of {write.key} cannot be put into this order",
                          "Look whether all of them are there."),
    )  # fmt: skip


def _numbers(rows: Sequence[Row]) -> list[int]:
    """The places that there are; where two rules have one, from 1 on."""
    found = [int(row.get("order") or 0) for row in rows]
    return found if len(set(found)) == len(found) else list(range(1, len(found) + 1))
