"""Which part of each system belongs to an environment."""

from __future__ import annotations

from reconciler.environment.patterns import Patterns
from reconciler.manifest.spec import Spec


class PurviewScope(Spec):
    """The part of Purview that belongs to an environment; a list that is not given means everything."""

    glossaries: Patterns | None = None
    """Names of glossaries; `*` stands for any text."""
    collections: Patterns | None = None
    """Collections, written as the environment writes its own."""
    read_only: bool = False
    """Nothing is written to Purview."""


class CluedInScope(Spec):
    """The part of CluedIn that belongs to an environment; a list that is not given means everything."""

    key_prefixes: Patterns | None = None
    """Key prefixes of vocabularies, each with all below it: `customer` holds `customer.address`."""
    categories: Patterns | None = None
    """Names of glossary categories; `*` stands for any text."""
    read_only: bool = False
    """Nothing is written to CluedIn."""


class Scope(Spec):
    """What belongs to an environment; documents that want more are refused."""

    purview: PurviewScope = PurviewScope()
    """The part of Purview."""
    cluedin: CluedInScope = CluedInScope()
    """The part of CluedIn."""

    def reads_only(self, system: str) -> bool:
        """Whether nothing is written to a system."""
        return {"purview": self.purview.read_only, "cluedin": self.cluedin.read_only}.get(system, False)
