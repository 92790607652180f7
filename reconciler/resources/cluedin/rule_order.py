"""The order in which the rules of a scope run, as far as manifests say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.resources.base import Desired
from reconciler.resources.cluedin.ordering import Ordering
from reconciler.resources.cluedin.processing_rules import SCOPES, key_of, order_of
from reconciler.resources.cluedin.shared import Row
from reconciler.resources.rights import claim
from reconciler.systems.cluedin import CluedIn


class RuleOrder(Ordering):
    """Key is the scope."""

    name = "rule_order"
    right = claim("Management: Rule Builder")
    host = "cluedin.rule"
    words = "rules"

    def keys(self) -> Sequence[str]:
        """The scopes."""
        return SCOPES

    def rows(self, cluedin: CluedIn, key: str) -> list[Row]:
        """`GET /rules/byprocessingorder` of a scope [B]."""
        return order_of(cluedin, key)

    def name_of(self, key: str, row: Row) -> str:
        """The name in the key of a rule."""
        return key_of({**row, "scope": key}).partition("/")[2]

    def address_of(self, key: str, name: str) -> str:
        """A rule of the scope."""
        return f"{self.host}:{key}/{name}"

    def send(self, cluedin: CluedIn, rows: Sequence[Row], order: Sequence[str]) -> None:
        """`POST /rules/setprocessingorder` with the ids of all rules of the scope [B]."""
        cluedin.rest("POST", "/rules/setprocessingorder", list(order), effect="set")

    def cost(self, rows: int, managed: int) -> int:
        """Of each scope the rules by pages, one of them over REST, and the order."""
        return 4 * len(SCOPES)

    def problems(self, desired: Desired) -> Iterable[str]:
        """A scope."""
        if desired.key not in SCOPES:
            yield f"the scope of rules is one of {', '.join(SCOPES)}, not {desired.key!r}"
