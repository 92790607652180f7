"""The order of the policies of access control, as far as manifests say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.resources.base import Desired
from reconciler.resources.cluedin.access_control import PATH, key_of, order_of
from reconciler.resources.cluedin.ordering import Ordering
from reconciler.resources.cluedin.policy import RIGHT
from reconciler.resources.cluedin.shared import Row
from reconciler.systems.cluedin import CluedIn

ALL = "all"
"""The key of the one order."""


class PolicyOrder(Ordering):
    """Key is `all`: there is one order of all policies."""

    name = "policy_order"
    right = RIGHT
    host = "cluedin.policy"
    words = "policies"

    def keys(self) -> Sequence[str]:
        """The one."""
        return (ALL,)

    def rows(self, cluedin: CluedIn, key: str) -> list[Row]:
        """`GET /accesscontrolpolicies/byprocessingorder` [A]."""
        return order_of(cluedin)

    def name_of(self, key: str, row: Row) -> str:
        """The key of a policy."""
        return key_of(row)

    def address_of(self, key: str, name: str) -> str:
        """A policy."""
        return f"{self.host}:{name}"

    def send(self, cluedin: CluedIn, rows: Sequence[Row], order: Sequence[str]) -> None:
        """`POST /accesscontrolpolicies/setprocessingorder` with every policy, its name and its place [A].

        The places are those that there were, so that what does not move keeps even its number.
        """
        by_id = {str(row["id"]): row for row in rows}
        there = [int(row.get("order") or 0) for row in rows]
        places = there if len(set(there)) == len(there) else range(1, len(there) + 1)
        sent = [{**by_id[id], "order": place} for id, place in zip(order, places, strict=True)]
        cluedin.rest("POST", f"{PATH}/setprocessingorder", sent, effect="set")

    def cost(self, rows: int, managed: int) -> int:
        """One answer."""
        return 1

    def problems(self, desired: Desired) -> Iterable[str]:
        """There is one."""
        if desired.key != ALL:
            yield f"policies have one order, `{ALL}`, and none that is called {desired.key!r}"
