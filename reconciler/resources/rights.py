"""Which right a write needs: the role or claim, and where it has to be given. A trait of each type.

Purview: roles are given on collections; Data Curator writes the data map, Collection Admin makes collections
(Microsoft's table of roles, grade A). Glossary and types belong to no collection, so that the root's role counts
(inference). CluedIn: claims by area, at the level Accountable, as its vendor grants its own service account ([B]);
Consulted is enough for what one owns ([B]: the vendor's sheet of claims).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

CURATOR = "Data Curator"
COLLECTION_ADMIN = "Collection Admin"
ROOT = "the root collection"
NONE, INFORMED, CONSULTED, ACCOUNTABLE = LEVELS = ("None", "Informed", "Consulted", "Accountable")
"""Levels of a claim of CluedIn, from nothing to everything ([B])."""
NOWHERE_YET = "the collection it lies in"
CLAIMS = {
    "Admin: Entity Types": "admin.entitytypes",
    "Admin: Provider Management": "admin.providermanagement",
    "Admin: Tenant Management": "admin.tenantmanagement",
    "Admin: Users": "admin.users",
    "Consume: Export Targets": "consume.exporttargets",
    "Consume: Streams": "consume.streams",
    "Integration: Configured Integrations": "integration.configuredintegrations",
    "Integration: Data Source Groups": "integration.datasourcegroups",
    "Integration: Enrichment": "integration.enrichment",
    "Management: Access Control": "management.accesscontrol",
    "Management: AI Agents": "management.aiagents",
    "Management: Annotation": "management.annotation",
    "Management: Data Catalog": "management.datacatalog",
    "Management: Deduplication Project Management": "management.deduplicationprojectmanagement",
    "Management: Glossary": "management.glossary",
    "Management: Rule Builder": "management.rulebuilder",
    "Preparation: Clean": "preparation.clean",
}
"""CluedIn's claims that the tool has to do with, by their areas: the names in descriptions of calls ([B])."""


class Need(NamedTuple):
    """A right: its name, and where it is needed."""

    role: str
    where: str

    @property
    def advice(self) -> str:
        """What to do when it is missing."""
        return f"Give the identity {self.role} on {self.where}, and run again; what is done stays done."


@dataclass(frozen=True, slots=True)
class Right:
    """What a type asks for: a right by its name, and the kind of place where it has to be given."""

    name: str
    place: Literal["its collection", "the collection above", "the root", "CluedIn", "the system"]
    area: str = ""
    """The area of a claim of CluedIn, as its pages call it."""

    def need(self, collection: str | None = None) -> Need:
        """The right for one object. `collection` is where it lies, as people call it, as far as that is known."""
        if self.place == "its collection":
            return Need(self.name, f"collection {collection}" if collection else NOWHERE_YET)
        if self.place == "the collection above":
            return Need(self.name, f"collection {_above(collection)}")
        return Need(self.name, ROOT if self.place == "the root" else self.place)


def claim(area: str) -> Right:
    """A claim of CluedIn, by its area, which is one of `CLAIMS`."""
    return Right(f"the claim {area} at level Accountable", "CluedIn", area)


CURATOR_OF_ITS_COLLECTION = Right(f"the role {CURATOR}", "its collection")
CURATOR_AT_THE_ROOT = Right(f"the role {CURATOR}", "the root")
ADMIN_OF_THE_COLLECTION_ABOVE = Right(f"the role {COLLECTION_ADMIN}", "the collection above")
NOT_SAID = Right("the right to write it", "the system")


def _above(collection: str | None) -> str:
    return (collection or "").rpartition("/")[0] or collection or "it is made in"
