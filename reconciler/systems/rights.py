"""Which right a write needs: the role or claim, and where it has to be given.

Purview: roles are given on collections; Data Curator writes the data map, Collection Admin makes collections
(Microsoft's table of roles, grade A). Glossary and types belong to no collection, so that the root's role counts
(inference). CluedIn: claims by area, at the level Accountable, as its vendor grants its own service account ([C]).
"""

from __future__ import annotations

from typing import NamedTuple

CURATOR = "Data Curator"
COLLECTION_ADMIN = "Collection Admin"
ROOT = "the root collection"
IN_COLLECTIONS = frozenset({"entity", "asset", "assignment", "classification", "label"})

_CLAIMS = {
    "vocabulary": "Management: Data Catalog",
    "vocabulary_key": "Management: Data Catalog",
    "glossary_category": "Management: Glossary",
    "glossary_term": "Management: Glossary",
    "entity_type": "Admin: Entity Types",
    "data_source_group": "Integration: Data Source Groups",
    "data_source": "Integration: Data Source Groups",
    "data_set": "Integration: Data Source Groups",
    "auto_submit": "Integration: Data Source Groups",
    "annotation": "Management: Annotation",
    "annotation_keys": "Management: Annotation",
    "column_mapping": "Management: Annotation",
    "identifier": "Management: Annotation",
    "relation": "Management: Annotation",
    "export_target": "Consume: Export Targets",
    "stream": "Consume: Streams",
    "stream_export": "Consume: Streams",
    "stream_state": "Consume: Streams",
}


class Need(NamedTuple):
    """A right: its name, and where it is needed."""

    role: str
    where: str

    @property
    def advice(self) -> str:
        """What to do when it is missing."""
        return f"Give the identity {self.role} on {self.where}, and run again; what is done stays done."


def needed(type_name: str, collection: str | None = None) -> Need:
    """The right that writing a resource of a type (`purview.entity`) needs.

    `collection` is where it lies, as people call it; it matters to what lies in collections only.
    """
    system, _, name = type_name.partition(".")
    if system == "cluedin":
        return Need(f"the claim {_CLAIMS.get(name, 'of this area')} at level Accountable", "CluedIn")
    if name == "collection":
        return Need(f"the role {COLLECTION_ADMIN}", f"collection {_above(collection)}")
    if name in IN_COLLECTIONS:
        return Need(f"the role {CURATOR}", f"collection {collection}" if collection else "the collection it lies in")
    return Need(f"the role {CURATOR}", ROOT)


def _above(collection: str | None) -> str:
    return (collection or "").rpartition("/")[0] or collection or "it is made in"
