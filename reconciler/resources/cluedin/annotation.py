"""An annotation: what the records of a data set become, and by which keys they are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.inbound import (
    SOURCE_NAME,
    annotated,
    entity_type,
    misnamed,
    types_of_sets,
)
from reconciler.resources.cluedin.shared import ENTITY_TYPE_CODE, PREFIX, Row, refuse
from reconciler.resources.cluedin.together import Course, Together
from reconciler.resources.objects import Failed, Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Disruptive, EmptyIs, Fold, Immutable
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST

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
    batch: ClassVar[Mapping[str, int]] = {"create": MOST, "update": MOST}
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

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`createManualAnnotation` on an existing vocabulary and entity type, then origin and keys [B]."""
        together = Together(cluedin, writes)
        sets = dict(together.each(_data_set))
        types = types_of_sets(cluedin, sets.values())
        together.send(
            _CREATE,
            lambda one: _new(cluedin, one.write, sets[one], types[sets[one]]),
            effect="once",
            id_of=lambda made: made["id"],
        )
        together.send(_ORIGIN, lambda one: _origin(one) if one.write.get("origin") else None, effect="set")
        together.send(_MODIFY, lambda one: _modified(one) if _has_keys(one.write) else None, effect="set")
        return together.created

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """One annotation."""
        [failed] = self.update_many(cluedin, [write])
        if failed is not None:
            raise failed.error

    def update_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[Failed | None]:
        """`saveCustomOriginClueMappingConfiguration` and `modifyAnnotation`, which heeds what it is given only [B]."""
        together = Together(cluedin, writes)
        together.send(_ORIGIN, lambda one: _origin(one) if one.write.has("origin") else None, effect="set")
        together.send(_MODIFY, _modified, effect="set")
        return together.updated

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
    batch: ClassVar[Mapping[str, int]] = {"create": MOST, "update": MOST}
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

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`modifyAnnotation` with the keys that are mentioned [B]."""
        together = Together(cluedin, writes)
        for one, id in together.each(lambda one: one.write.id_of(f"cluedin.annotation:{one.write.key}")):
            one.id = id
        together.send(_MODIFY, _modified, effect="set")
        return together.created

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """One annotation."""
        [failed] = self.update_many(cluedin, [write])
        if failed is not None:
            raise failed.error

    def update_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[Failed | None]:
        """`modifyAnnotation`, which changes the members it is given only [B]."""
        together = Together(cluedin, writes)
        together.send(_MODIFY, _modified, effect="set")
        return together.updated

    def problems(self, desired: Desired) -> Iterable[str]:
        """Full keys."""
        yield from misnamed(desired.key, 3, "the data set of an annotation")
        yield from _key_problems(desired)


def _keys(row: Row) -> dict[str, Any]:
    return {name: row.get(member) for name, member in _MEMBERS.items()}


def _data_set(one: Course) -> str:
    """The data set of a new annotation, once all is named that it needs."""
    write = one.write
    for name in ("vocabulary", "entity_type"):
        if not write.get(name):
            raise refuse(name, f"the annotation of {write.key} needs {name.replace('_', ' ')} to be created with")
    return write.id_of(f"cluedin.data_set:{write.key}")


def _new(cluedin: CluedIn, write: Write, data_set: str, type: str) -> dict[str, Any]:
    vocabulary = write.id_of(f"cluedin.vocabulary:{write.get('vocabulary')}")
    mapping = {
        "entityTypeConfiguration": entity_type(cluedin, write.get("entity_type")),
        "ignoredFields": [],
        "vocabularyConfiguration": {"new": False, "vocabularyId": vocabulary},
    }
    return {"dataSetId": data_set, "type": type, "mappingConfiguration": mapping, "isDynamicVocab": True}


def _has_keys(write: Write) -> bool:
    return any(write.get(name) for name in _MEMBERS)


def _modified(one: Course) -> dict[str, Any] | None:
    write = one.write
    given = {member: write.get(name) or None for name, member in _MEMBERS.items() if write.has(name)}
    return {"annotation": {"id": one.id, **given}} if given else None


def _origin(one: Course) -> dict[str, Any]:
    return {"annotationId": one.id, "customOrigin": one.write.get("origin") or SOURCE_NAME}


def _key_problems(desired: Desired) -> Iterator[str]:
    for name in ("primary_identifier", "name_key", "description_key"):
        key = desired.values.get(name)
        if key and not key.rpartition(".")[0]:
            yield f"{name} is a full vocabulary key, such as `customer.email`, not {key!r}"
