"""The mapping of one column of a data set to a vocabulary key, or its being left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, ClassVar

from reconciler.errors import SystemFailureError
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.arrival import arrived, columns_of, never_fills
from reconciler.resources.cluedin.inbound import IGNORE, above, annotated, guid, misnamed, property_of
from reconciler.resources.cluedin.shared import Row, refuse, vocabularies
from reconciler.resources.cluedin.together import Course, Together
from reconciler.resources.keys import quote, unquote
from reconciler.resources.objects import Failed, Live, Origin, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Default
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST

_PROPERTY = """($dataSetId: ID!, $propertyMappingConfiguration: InputPropertyMappingConfiguration) { management {
  %s(dataSetId: $dataSetId, propertyMappingConfiguration: $propertyMappingConfiguration) } }"""
_ADD = "mutation addPropertyMapping" + _PROPERTY % "addPropertyMappingToCluedMappingConfiguration"
_UPDATE = "mutation updatePropertyMapping" + _PROPERTY % "updatePropertyMappingInClueMappingConfig"
_FIELDS = """($dataSetId: ID, $fieldMappings: [InputPropertyMapping]) { inbound {
  %s(dataSetId: $dataSetId, fieldMappings: $fieldMappings) } }"""
_IGNORE = "mutation addAnnotationMapping" + _FIELDS % "addAnnotationMappingToDataSet"
_TO_IGNORE = "mutation updateAnnotationMapping" + _FIELDS % "updateAnnotationMappingInDataSet"
_DELETE = """mutation deleteAnnotationMappingInDataSet($dataSetId: ID, $propertyId: ID) { inbound {
  deleteAnnotationMappingInDataSet(dataSetId: $dataSetId, propertyId: $propertyId) } }"""

_NEVER_FILLS = "#never-fills"


class ColumnMapping(Resource):
    """Key is `<data set key>#<quoted column>`. `key` is a full vocabulary key, or `--ignore--` [B].

    The column is named as the manifests spell it; CluedIn knows it by the name under which it arrives. Where the two
    differ, `arrives_as` is that name: a mapping of the column under the first name never fills, and has none.
    No call is known to change the column of a mapping [U], so that it moves as a new one and the removal of the old.
    """

    system = "cluedin"
    name = "column_mapping"
    right = claim("Management: Annotation")
    unique = False
    hosted = True
    batch: ClassVar[Mapping[str, int]] = {"create": MOST, "update": MOST, "delete": MOST}
    page = PAGE
    needed_for_create = frozenset({"key"})
    reads_with = "inbound"

    class Fields:
        key: str
        alias: Annotated[bool, Default(False)]
        arrives_as: str

    def desired(self, address_key: str, /, *origins: Origin, **more: Any) -> Desired:  # type: ignore[override]
        """What a kind wants; the field `key` has the name of an argument, and is put in by itself."""
        mentioned, key = "key" in more, more.pop("key", None)
        made = super().desired(address_key, *origins, **more)
        if mentioned:
            made.values["key"] = key
        return made

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`dataSet(id).fieldMappings`, and the flags of the annotation's properties (toolkit, [B])."""
        columns = columns_of(wanted)
        for parent, row, annotation in annotated(cluedin, above(self.full_name, wanted)):
            items = list(row.get("fieldMappings") or ())
            live = {str(item.get("originalField")): item for item in items}
            for item in items:
                yield self._live(parent, row, item, annotation, live, columns.get(parent, {}))

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """Its key starts with that of its data set."""
        data_set, hash, rest = key.partition("#")
        return f"{to(f'cluedin.data_set:{data_set}')}{hash}{rest}"

    def cost(self, rows: int, managed: int) -> int:
        """Pages of groups; source, set and annotation serve all the columns of a set."""
        return super().cost(rows, managed) + 3

    def _live(
        self,
        parent: str,
        row: Row,
        item: Row,
        annotation: Row | None,
        live: Mapping[str, Row],
        calls: Mapping[str, str],
    ) -> Live:
        """One mapping, called as it is wanted; one that never fills stands back behind the one that does."""
        column = str(item.get("originalField"))
        name, known = calls.get(column, column), property_of(annotation, item.get("key"))
        other = live[arrived(column)] if never_fills(column, calls, live) else None
        values = {
            "key": item.get("key"),
            "alias": (known or {}).get("useAsAlias"),
            "arrives_as": _arrives_as(column, name, item, other),
        }
        canonical = {path: self.field(path).canonical(value) for path, value in values.items()}
        return Live(
            f"{parent}#{quote(name)}{_NEVER_FILLS if other is not None else ''}",
            guid(item["id"]),
            {path: value for path, value in canonical.items() if value is not None},
            {"data_set": guid(row["id"]), "mapping": item, "property": known, "other": other},
        )

    # -- writing -------------------------------------------------------------------------------------------

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`addPropertyMappingToCluedMappingConfiguration`, or `addAnnotationMappingToDataSet` to ignore it [B]."""
        together = Together(cluedin, writes)
        steps = dict(together.each(lambda one: _new(cluedin, one)))
        for document in (_ADD, _IGNORE):
            together.send(document, partial(_by, document, steps), effect="once")
        return together.created

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """One mapping."""
        [failed] = self.update_many(cluedin, [write])
        if failed is not None:
            raise failed.error

    def update_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[Failed | None]:
        """`updatePropertyMappingInClueMappingConfig` by the mapping's id, with the flags it has [B].

        To ignore a mapped column, `updateAnnotationMappingInDataSet` [B]. The mapping of a name that never arrives is
        taken away once the one that fills is there: what hangs on their key is never without a column.
        """
        together = Together(cluedin, writes)
        steps = dict(together.each(lambda one: _changed(cluedin, one)))
        for document in (_UPDATE, _TO_IGNORE):
            together.send(document, partial(_by, document, steps), effect="set")
        for document in (_ADD, _IGNORE):
            together.send(document, partial(_by, document, steps), effect="once")
        moved = [one for one in together.going if one.write.has("arrives_as")]
        for one, answer in zip(moved, _deleted(cluedin, [one.write for one in moved]), strict=True):
            if answer is not None:
                one.end(answer)
        return together.updated

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """One mapping."""
        self.delete_many(cluedin, [write])

    def delete_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> None:
        """`deleteAnnotationMappingInDataSet` by the mapping's id [B]; what is gone already is as good."""
        refused = next((answer for answer in _deleted(cluedin, writes) if answer is not None), None)
        if refused is not None:
            raise refused

    def problems(self, desired: Desired) -> Iterable[str]:
        """A column of a data set, and a full key or `--ignore--`, which has no alias."""
        parent, hash, column = desired.key.partition("#")
        yield from misnamed(parent, 3, "the data set of a mapping")
        if not hash or not column:
            yield f"a mapping is named by a data set and a column, not by {desired.key!r}"
        key = desired.values.get("key")
        if key is not None and key != IGNORE and not str(key).rpartition(".")[0]:
            yield f"a column is mapped to a full vocabulary key, such as `customer.email`, or {IGNORE}, not {key!r}"
        if key == IGNORE and desired.values.get("alias"):
            yield f"the column {unquote(column)} is ignored, and cannot be an alias"


def _arrives_as(column: str, name: str, item: Row, other: Row | None) -> str | None:
    """The name under which a live mapping fills, where the manifests spell it in another way.

    None also while the mapping that fills is there, and the old one still is; when it fills something else, that
    is said: it is for people to decide.
    """
    if other is not None and other.get("key") != item.get("key"):
        return f"{other.get('originalField')}, which fills {other.get('key')}"
    return column if other is None and column != name else None


Step = tuple[str, dict[str, Any]]
"""A document and its variables."""


def _by(document: str, steps: Mapping[Course, Step], one: Course) -> dict[str, Any] | None:
    """The variables of a step that is sent by the document; None for one that is sent by another."""
    return steps[one][1] if steps[one][0] == document else None


def _new(cluedin: CluedIn, one: Course) -> Step:
    """How a mapping is made."""
    parent, _, column = one.write.key.partition("#")
    data_set, key = one.write.id_of(f"cluedin.data_set:{parent}"), one.write.get("key")
    if not key:
        raise refuse("key", f"the column {unquote(column)} of {parent} needs a key to be mapped to")
    flags = {"useAsAlias": bool(one.write.get("alias")), "useAsEntityCode": False}
    return _added(cluedin, one.write, data_set, key, flags)


def _added(cluedin: CluedIn, write: Write, data_set: str, key: str, flags: Row) -> Step:
    column = arrived(unquote(write.key.partition("#")[2]))
    if key == IGNORE:
        given: Row = {"originalField": column, "key": IGNORE}
        return _IGNORE, {"dataSetId": data_set, "fieldMappings": [given]}
    given = {"originalField": column, **flags, "vocabularyKeyConfiguration": _key(cluedin, write, key)}
    return _ADD, {"dataSetId": data_set, "propertyMappingConfiguration": given}


def _changed(cluedin: CluedIn, one: Course) -> Step:
    """How a mapping is changed, or the one is that fills in its place."""
    write = one.write
    assert write.live is not None
    raw: dict[str, Any] = write.live.raw
    item, known = raw["mapping"], raw.get("property") or {}
    key = write.get("key") if write.has("key") else item.get("key")
    if not key:
        raise refuse("key", f"the mapping of {write.key} needs a key", "To take it away, remove the mapping.")
    alias = write.get("alias") if write.has("alias") else known.get("useAsAlias")
    flags = {"useAsAlias": bool(alias), "useAsEntityCode": bool(known.get("useAsEntityCode"))}
    if write.has("arrives_as"):
        if raw["other"] is None:
            return _added(cluedin, write, raw["data_set"], key, flags)
        item = raw["other"]
    named = {"id": item["id"], "originalField": item["originalField"]}
    if key == IGNORE:
        kept = {name: item[name] for name in ("columnType", "columnSubType") if item.get(name) is not None}
        return _TO_IGNORE, {"dataSetId": raw["data_set"], "fieldMappings": [{**named, "key": IGNORE, **kept}]}
    given = {**named, **flags, "vocabularyKeyConfiguration": _key(cluedin, write, key)}
    return _UPDATE, {"dataSetId": raw["data_set"], "propertyMappingConfiguration": given}


def _deleted(cluedin: CluedIn, writes: Sequence[Write]) -> list[SystemFailureError | None]:
    """Takes mappings away; why one stays, if it does."""
    rows = [write.live.raw for write in writes if write.live is not None]
    given = [{"dataSetId": row["data_set"], "propertyId": row["mapping"]["id"]} for row in rows]
    answers = cluedin.written_each(_DELETE, given, effect="set")
    return [
        answer if isinstance(answer, SystemFailureError) and not getattr(answer, "absent", False) else None
        for answer in answers
    ]


def _key(cluedin: CluedIn, write: Write, key: str) -> Row:
    """A key and its vocabulary by their ids; prefixes may hold dots, so the longest known one counts [B]."""
    prefixes = {str(row["keyPrefix"]): str(row["vocabularyId"]) for row in vocabularies(cluedin) if row["keyPrefix"]}
    fitting = [prefix for prefix in prefixes if key.casefold().startswith(f"{prefix.casefold()}.")]
    if not fitting:
        raise refuse("key", f"no vocabulary of CluedIn has a key prefix that {key} starts with")
    id = write.id_of(f"cluedin.vocabulary_key:{key}")
    return {"new": False, "vocabularyId": prefixes[max(fitting, key=len)], "vocabularyKeyId": id}
