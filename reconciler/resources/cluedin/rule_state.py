"""Whether a rule is active."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated

from reconciler.resources.asked import Asked, Known
from reconciler.resources.base import Resource
from reconciler.resources.cluedin.processing_rules import PER_PAGE, SCOPES, key_of, rules_by_id, rules_of
from reconciler.resources.cluedin.shared import Row
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Default
from reconciler.systems.cluedin import CluedIn


class RuleState(Resource):
    """Key is the rule's. It is there, off, as soon as the rule is.

    What a rule that is switched off gave to records stays on them until they are processed again [B].
    """

    system = "cluedin"
    name = "rule_state"
    right = claim("Management: Rule Builder")
    page = PER_PAGE
    deletes = "none"
    hosted = True
    with_host = True
    undone_by = {"active": False}

    class Fields:
        active: Annotated[bool, Default(False)]

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """The lists of rules tell whether each is active [B]."""
        asked = Asked.of(self.full_name, wanted)
        named = {key.partition("/")[0] for key in asked}
        for scope in SCOPES:
            for row in rules_of(cluedin, scope) if scope in named or not named else ():
                yield self._live(row, asked.known)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`management.rule(id)` [B]."""
        [found] = rules_by_id(cluedin, [id])
        return self._live(found, Known()) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """Pages of each scope."""
        return super().cost(rows, managed) + len(SCOPES)

    def _live(self, row: Row, known: Known) -> Live:
        id, on = str(row["id"]), bool(row.get("isActive"))
        return self.live(known.key_of("cluedin.rule", id, key_of(row)), id, raw=row, active=on)

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called as its rule."""
        return to(f"cluedin.rule:{key}")

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """What was just made is off; it is switched on where that is wanted."""
        id = write.id_of(f"cluedin.rule:{write.key}")
        if write.get("active"):
            _switch(cluedin, id, on=True)
        return id

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """The rule's own switch, and never a save of the whole."""
        assert write.live is not None
        _switch(cluedin, write.live.id, on=bool(write.get("active")))


def _switch(cluedin: CluedIn, id: str, *, on: bool) -> None:
    """`POST /rules/{id}/activate` and `/deactivate` [B]."""
    cluedin.rest("POST", f"/rules/{id}/{'activate' if on else 'deactivate'}", effect="set")
