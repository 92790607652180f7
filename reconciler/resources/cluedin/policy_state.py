"""Whether a policy of access control is active."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated

from reconciler.resources.asked import Asked, Known
from reconciler.resources.base import Resource
from reconciler.resources.cluedin.access_control import PATH, SOON, key_of, policies, policies_by_id
from reconciler.resources.cluedin.policy import RIGHT
from reconciler.resources.cluedin.shared import Row
from reconciler.resources.objects import Live, Write
from reconciler.resources.rules import Default, Disruptive
from reconciler.systems.cluedin import CluedIn


class PolicyState(Resource):
    """Key is the policy's. It is there, off, as soon as the policy is."""

    system = "cluedin"
    name = "policy_state"
    right = RIGHT
    deletes = "none"
    hosted = True
    with_host = True
    undone_by = {"active": False}

    class Fields:
        active: Annotated[bool, Default(False), Disruptive(SOON)]

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """Each policy tells whether it is active [A]; the order has only names."""
        asked = Asked.of(self.full_name, wanted)
        rows = [row for row in policies(cluedin) if asked.paths(self._key(row, asked.known), str(row["id"]))]
        for row in policies_by_id(cluedin, [str(row["id"]) for row in rows]):
            if row is not None:
                yield self._live(row, asked.known)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`GET /accesscontrolpolicies/{id}` [A]."""
        [found] = policies_by_id(cluedin, [id])
        return self._live(found, Known()) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """The order, and each that is wanted."""
        return managed + 1

    def _key(self, row: Row, known: Known) -> str:
        return known.key_of("cluedin.policy", str(row["id"]), key_of(row))

    def _live(self, row: Row, known: Known) -> Live:
        return self.live(self._key(row, known), str(row["id"]), raw=row, active=bool(row.get("isActive")))

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called as its policy."""
        return to(f"cluedin.policy:{key}")

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """What was just made is off; it is switched on where that is wanted."""
        id = write.id_of(f"cluedin.policy:{write.key}")
        if write.get("active"):
            _switch(cluedin, id, on=True)
        return id

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """The policy's own switch."""
        assert write.live is not None
        _switch(cluedin, write.live.id, on=bool(write.get("active")))


def _switch(cluedin: CluedIn, id: str, *, on: bool) -> None:
    """`POST /accesscontrolpolicies/{id}/activate` and `/deactivate` [A]."""
    cluedin.rest("POST", f"{PATH}/{id}/{'activate' if on else 'deactivate'}", effect="set")
