"""The CluedIn half of a data source link: group, source and set of data, and what its columns become."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.kinds.data_source_link.columns import Target
from reconciler.kinds.data_source_link.mapping import MappingHalf
from reconciler.kinds.data_source_link.scene import Link
from reconciler.kinds.data_source_link.spec import DataSetSpec, Fillable, RecordRelation
from reconciler.kinds.project.data_types import data_type
from reconciler.kinds.project.declared import declared
from reconciler.resources.base import Desired
from reconciler.resources.cluedin.arrival import arrived
from reconciler.resources.cluedin.inbound import IGNORE, SOURCE_NAME
from reconciler.resources.keys import quote

_BY_NAME = {*DataSetSpec.marked(Fillable), "type", "fields", "auto_submit"}
"""What is said of a data set that each has a place of its own; all else is a field of it in CluedIn as it is."""


def data_set_resources(link: Link) -> Iterator[Desired]:
    """Group, source and set; then the annotation, the mappings, and what builds on them; auto submit at the end."""
    before: list[str] = []
    meaning = _meaning(link, link.mapping) if link.mapping is not None else ()
    for resource in (*_places(link, link.spec.data_set), *meaning):
        before.append(resource.address)
        yield resource
    wanted = link.spec.data_set.auto_submit
    if wanted is not None:
        origin = link.origin("data_set", "auto_submit")
        yield link.type("cluedin.auto_submit").desired(link.set_key, origin, needs=before, on=wanted)


def _meaning(link: Link, mapping: MappingHalf) -> Iterator[Desired]:
    """What the records of the data set become."""
    yield from _vocabulary(link, mapping)
    yield from _entity_types(link, mapping)
    yield _annotation(link, mapping)
    for target in mapping.matching.targets.values():
        if arrived(target.column):
            yield from _mapping(link, mapping, target)
    yield from _record_keys(link, mapping)
    for target in mapping.matching.targets.values():
        yield from _identifier(link, target)
    for at, relation in enumerate(link.spec.relations):
        if relation.column in link.matching.mapped:
            yield _relation(link, relation, at)


def fields_at_creation(link: Link) -> list[str]:
    """The columns to tell CluedIn: all of them for a new data set; of one that is there those that it has.

    They are told by the names under which they arrive. After the creation CluedIn adds columns by itself as records
    arrive, and by no call [B].
    """
    names = [name for name in dict.fromkeys(map(arrived, link.columns)) if name]
    if not link.live_sets:
        return names
    known = set(link.live_sets[0].fields)
    return [name for name in names if name in known]


def _places(link: Link, spec: DataSetSpec) -> Iterator[Desired]:
    """The group, the source and the set."""
    origin = link.origin("data_set")
    yield link.type("cluedin.data_source_group").desired(link.group_key, origin, mode="ensure")
    yield link.type("cluedin.data_source").desired(
        link.source_key, origin, needs=(f"cluedin.data_source_group:{link.group_key}",), type=spec.type
    )
    yield link.type("cluedin.data_set").desired(
        link.set_key,
        origin,
        needs=(f"cluedin.data_source:{link.source_key}",),
        type=spec.type,
        fields=fields_at_creation(link),
        **spec.model_dump(exclude=_BY_NAME, exclude_none=True),
    )


def _vocabulary(link: Link, mapping: MappingHalf) -> Iterator[Desired]:
    """The vocabulary, where it lives in CluedIn alone; one that a document declares is only needed."""
    is_declared = mapping.vocabulary is not None and mapping.vocabulary.declared
    if mapping.prefix is not None and not is_declared:
        origin = link.origin("map", "vocabulary")
        yield link.type("cluedin.vocabulary").desired(mapping.prefix, origin, mode="refer", on_remove="forget")


def _entity_types(link: Link, mapping: MappingHalf) -> Iterator[Desired]:
    """Entity types that no document declares."""
    known = set(declared(link.world).codes.values())
    wanted = {mapping.code: link.origin("map")} if mapping.code is not None else {}
    for at, relation in enumerate(link.spec.relations):
        if relation.column not in mapping.matching.mapped:
            continue
        wanted.setdefault(relation.to, link.origin("relations", at))
    for code, origin in wanted.items():
        if code not in known:
            yield link.type("cluedin.entity_type").desired(code, origin, mode="refer", on_remove="forget")


def _annotation(link: Link, mapping: MappingHalf) -> Desired:
    fields = dict[str, Any]()
    needs = [f"cluedin.data_set:{link.set_key}"]
    if mapping.prefix is not None:
        fields["vocabulary"] = mapping.prefix
        needs.append(f"cluedin.vocabulary:{mapping.prefix}")
    if mapping.code is not None:
        fields["entity_type"] = mapping.code
        needs.append(f"cluedin.entity_type:{mapping.code}")
    if mapping.spec.origin is not None:
        fields["origin"] = _origin(mapping.spec.origin)
    if not any(mapping.spec.record_keys.values()):
        fields |= mapping.spec.record_keys
    return link.type("cluedin.annotation").desired(link.set_key, link.origin("map"), needs=needs, **fields)


def _mapping(link: Link, mapping: MappingHalf, target: Target) -> Iterator[Desired]:
    origin = link.origin("map", "columns", target.column)
    needs = [f"cluedin.data_set:{link.set_key}", f"cluedin.annotation:{link.set_key}"]
    fields: dict[str, Any] = {"key": IGNORE}
    if arrived(target.column) != target.column:
        fields["arrives_as"] = arrived(target.column)
    if target.key is not None:
        needs.append(f"cluedin.vocabulary_key:{target.key}")
        fields["key"] = target.key
        if target.entry.alias is not None:
            fields["alias"] = target.entry.alias
        yield from _key(link, mapping, target, target.key)
    yield link.type("cluedin.column_mapping").desired(_column(link, target.column), origin, needs=needs, **fields)


def _key(link: Link, mapping: MappingHalf, target: Target, key: str) -> Iterator[Desired]:
    """The key of a column, where no glossary mapping declares it: made here, or only referred to.

    A key that is made here is left to people once it is there.
    """
    kind, origin = link.type("cluedin.vocabulary_key"), link.origin("map", "columns", target.column)
    if key in declared(link.world).keys:
        return
    maker = mapping.maker
    if maker is None or not maker.makes(target):
        yield kind.desired(key, origin, mode="refer", on_remove="forget")
        return
    fields: dict[str, Any] = {"display_name": target.column, "data_type": data_type(target.type)}
    yield kind.desired(
        key,
        origin,
        needs=(f"cluedin.vocabulary:{maker.vocabulary.prefix}",),
        mode="ensure",
        on_remove="retire",
        vocabulary=maker.vocabulary.prefix,
        **({} if key in maker.vocabulary.live else fields),
    )


def _record_keys(link: Link, mapping: MappingHalf) -> Iterator[Desired]:
    """The keys of the record come after the mappings that fill them.

    A column that nobody knows yet, as its asset is still to be scanned, waits.
    """
    mapped, wanted = mapping.matching.mapped, mapping.spec.record_keys
    columns = [column for column in wanted.values() if column in mapped]
    if not columns:
        return
    fields: dict[str, Any] = {
        field: None if column is None else mapped[column]
        for field, column in wanted.items()
        if column is None or column in mapped
    }
    yield link.type("cluedin.annotation_keys").desired(
        link.set_key,
        link.origin("map"),
        needs=(f"cluedin.annotation:{link.set_key}", *_mappings(link, columns)),
        **fields,
    )


def _identifier(link: Link, target: Target) -> Iterator[Desired]:
    identifies = target.entry.identifier
    if identifies is None or target.key is None:
        return
    yield link.type("cluedin.identifier").desired(
        f"{link.set_key}#{target.key}",
        link.origin("map", "columns", target.column),
        needs=(f"cluedin.annotation:{link.set_key}", *_mappings(link, [target.column])),
        **identifies.model_dump(exclude_none=True),
    )


def _relation(link: Link, relation: RecordRelation, at: int) -> Desired:
    return link.type("cluedin.relation").desired(
        f"{_column(link, relation.column)}/{quote(relation.type)}",
        link.origin("relations", at),
        needs=(
            f"cluedin.data_set:{link.set_key}",
            f"cluedin.annotation:{link.set_key}",
            f"cluedin.entity_type:{relation.to}",
            *_mappings(link, [relation.column]),
        ),
        **relation.model_dump(exclude={"column", "type"}, exclude_none=True),  # which are in the key
    )


def _column(link: Link, column: str) -> str:
    return f"{link.set_key}#{quote(column)}"


def _mappings(link: Link, columns: Iterable[str]) -> list[str]:
    known = link.matching.targets
    return [f"cluedin.column_mapping:{_column(link, column)}" for column in columns if column in known]


def _origin(word: str) -> str:
    return SOURCE_NAME if word == "data_source_name" else word
