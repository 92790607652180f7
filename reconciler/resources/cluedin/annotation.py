"""An annotation: what the records of a data set become, and by which keys they are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.inbound import (
    SOURCE_NAME,
    annotated,
    entity_type,
    misnamed,
    type_of_set,
)
from reconciler.resources.cluedin.shared import ENTITY_TYPE_CODE, PREFIX, Row, refuse
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Disruptive, EmptyIs, Fold, Immutable
from reconciler.systems.cluedin import PAGE, CluedIn

_CREATE = """mutation createManualAnnotation($dataSetId: ID!, $type: String!,
  $mappingConfiguration: InputMappingConfiguration, $isDynamicVocab: Boolean) { management { id
  createManualAnnotation(dataSetId: $dataSetId, type: $type, mappingConfiguration: $mappingConfiguration,
    isDynamicVocab: $isDynamicVocab) { id } } }"""
_MODIFY = """mutation modifyAnnotation($annotation: InputEntityAnnotation) { preparation {
  modifyAnnotation(annotation: $annotation) } }"""
_ORIGIN = """mutation saveCustomOriginClueMappingConfiguration($annotationId: ID!, $customOrigin: String) { management {
  saveCustomOriginClueMappingConfiguration(annotationId: $annotationId, customOrigin: $customOrigin) } }"""

_MEMBERS = {
    "primary_identifier": "originEntityCodeKey",
    "name_key": "nameKey",
    "description_key": "descriptionKey",
    "created_map": "createdDateMap",
    "modified_map": "modifiedDateMap",
}
_RESET = "reset the mapping of the data set in CluedIn, or use another data set: CluedIn has no call that changes it"
_CODES = Disruptive("Another primary identifier gives the records other codes: what was known by the old ones stays.")


class Annotation(Resource):
    """Key is the data set's: a set has one annotation [B]. No public call deletes one [U].

    The keys of the record (`primary_identifier` and those after it) are full vocabulary keys, and may be refused
    while no column fills them [C]: where columns are mapped in the same run, they belong to `annotation_keys`,
    which comes after the mappings.
    """

    system = "cluedin"
    name = "annotation"
    right = claim("Management: Annotation")
    deletes = "none"
    unique = False
    hosted = True
    page = PAGE
    needed_for_create = frozenset({"vocabulary", "entity_type"})
    reads_with = "inbound"

    class Fields:
        vocabulary: Annotated[str, Immutable(_RESET), Fold()]
        entity_type: Annotated[str, Immutable(_RESET)]
        origin: Annotated[str, EmptyIs(frozenset({SOURCE_NAME}))]
        primary_identifier: Annotated[str, _CODES]
        name_key: str
        description_key: str
        created_map: str
        modified_map: str

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`preparation.annotation(id)` of each wanted data set that has one (toolkit, [B])."""
        for key, row, found in annotated(cluedin, Asked.of(self.full_name, wanted)):
            if found is not None:
                kind = found.get("entityType") or (found.get("entityTypeConfiguration") or {}).get("entityType")
                yield self.live(
                    key,
                    str(found["id"]),
                    raw={"annotation": found, "data_set": row},
                    vocabulary=(found.get("vocabulary") or {}).get("keyPrefix"),
                    entity_type=kind,
                    origin=found.get("origin"),
                    **_keys(found),
                )

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called as its data set."""
        return to(f"cluedin.data_set:{key}")

    def cost(self, rows: int, managed: int) -> int:
        """Pages of groups, and for each managed annotation its source, its set and itself."""
        return super().cost(rows, managed) + 3 * managed

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`createManualAnnotation` on an existing vocabulary and entity type, then origin and keys [B]."""
        for name in ("vocabulary", "entity_type"):
            if not write.get(name):
                raise refuse(name, f"the annotation of {write.key} needs {name.replace('_', ' ')} to be created with")
        data_set = write.id_of(f"cluedin.data_set:{write.key}")
        vocabulary = write.id_of(f"cluedin.vocabulary:{write.get('vocabulary')}")
        given = {
            "dataSetId": data_set,
            "type": type_of_set(cluedin, data_set),
            "mappingConfiguration": {
                "entityTypeConfiguration": entity_type(cluedin, write.get("entity_type")),
                "ignoredFields": [],
                "vocabularyConfiguration": {"new": False, "vocabularyId": vocabulary},
            },
            "isDynamicVocab": True,
        }
        data = cluedin.graphql(_CREATE, given, effect="once")
        id = str(data["management"]["createManualAnnotation"]["id"])
        if write.get("origin"):
            _write_origin(cluedin, id, write)
        if any(write.get(name) for name in _MEMBERS):
            _modify(cluedin, id, write)
        return id

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`saveCustomOriginClueMappingConfiguration` and `modifyAnnotation`, which heeds what it is given only [B]."""
        assert write.live is not None
        if write.has("origin"):
            _write_origin(cluedin, write.live.id, write)
        _modify(cluedin, write.live.id, write)

    def problems(self, desired: Desired) -> Iterable[str]:
        """Names of the data set, the form of the vocabulary's prefix, of the entity type and of the keys."""
        yield from misnamed(desired.key, 3, "the data set of an annotation")
        code, prefix = desired.values.get("entity_type"), desired.values.get("vocabulary")
        if code is not None and not ENTITY_TYPE_CODE.fullmatch(code):
            yield f"the entity type of an annotation is a code that starts with `/`, not {code!r}"
        if prefix is not None and not PREFIX.fullmatch(prefix):
            yield f"the vocabulary of an annotation is named by its key prefix, not by {prefix!r}"
        yield from _key_problems(desired)


class AnnotationKeys(Resource):
    """The keys of the record, where they come after the mappings that fill them. Key is the data set's.

    It is there once one of the keys is set. The same fields must not be managed on the annotation as well.
    """

    system = "cluedin"
    name = "annotation_keys"
    right = claim("Management: Annotation")
    deletes = "none"
    unique = False
    hosted = True
    undone_by = dict.fromkeys(_MEMBERS)
    page = PAGE
    reads_with = "inbound"

    class Fields:
        primary_identifier: Annotated[str, _CODES]
        name_key: str
        description_key: str
        created_map: str
        modified_map: str

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`preparation.annotation(id)` (toolkit, [B])."""
        for key, row, found in annotated(cluedin, Asked.of(self.full_name, wanted)):
            if found is not None and any(_keys(found).values()):
                yield self.live(key, str(found["id"]), raw={"annotation": found, "data_set": row}, **_keys(found))

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called as its data set."""
        return to(f"cluedin.data_set:{key}")

    def cost(self, rows: int, managed: int) -> int:
        """As the annotation, from the same answers."""
        return super().cost(rows, managed) + 3 * managed

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`modifyAnnotation` with the keys that are mentioned [B]."""
        id = write.id_of(f"cluedin.annotation:{write.key}")
        _modify(cluedin, id, write)
        return id

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`modifyAnnotation`, which changes the members it is given only [B]."""
        assert write.live is not None
        _modify(cluedin, write.live.id, write)

    def problems(self, desired: Desired) -> Iterable[str]:
        """Full keys."""
        yield from misnamed(desired.key, 3, "the data set of an annotation")
        yield from _key_problems(desired)


def _keys(row: Row) -> dict[str, Any]:
    return {name: row.get(member) for name, member in _MEMBERS.items()}


def _modify(cluedin: CluedIn, id: str, write: Write) -> None:
    given = {member: write.get(name) or None for name, member in _MEMBERS.items() if write.has(name)}
    if given:
        cluedin.graphql(_MODIFY, {"annotation": {"id": id, **given}}, effect="set")


def _write_origin(cluedin: CluedIn, id: str, write: Write) -> None:
    origin = write.get("origin") or SOURCE_NAME
    cluedin.graphql(_ORIGIN, {"annotationId": id, "customOrigin": origin}, effect="set")


def _key_problems(desired: Desired) -> Iterator[str]:
    for name in ("primary_identifier", "name_key", "description_key"):
        key = desired.values.get(name)
        if key and not key.rpartition(".")[0]:
            yield f"{name} is a full vocabulary key, such as `customer.email`, not {key!r}"
