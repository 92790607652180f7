"""The CluedIn half of a data source link: group, source and set of data, and what its columns become."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.kinds.data_source_link.columns import Target, data_type
from reconciler.kinds.data_source_link.scene import Link
from reconciler.kinds.data_source_link.spec import RECORD_KEYS, ColumnMap, RecordRelation
from reconciler.kinds.project.declared import declared
from reconciler.resources.base import Desired, quote
from reconciler.resources.cluedin.arrival import arrived
from reconciler.resources.cluedin.inbound import IGNORE, SOURCE_NAME

_RECORD_FIELDS = {
    "primary_identifier": "primary_identifier",
    "name": "name_key",
    "description": "description_key",
    "created": "created_map",
    "modified": "modified_map",
}


def data_set_resources(link: Link) -> Iterator[Desired]:
    """Group, source and set; then the annotation, the mappings, and what builds on them; auto submit at the end."""
    before: list[str] = []
    for resource in (*_places(link), *_meaning(link)):
        before.append(resource.address)
        yield resource
    wanted = link.spec.data_set.auto_submit
    if wanted is not None:
        origin = link.origin("data_set", "auto_submit")
        yield link.type("cluedin.auto_submit").desired(link.set_key, origin, needs=before, on=wanted)


def _meaning(link: Link) -> Iterator[Desired]:
    """What the records of the data set become."""
    if link.spec.map is None:
        return
    yield from _vocabulary(link)
    yield from _entity_types(link)
    yield _annotation(link, link.spec.map)
    for target in link.matching.targets.values():
        if arrived(target.column):
            yield from _mapping(link, target)
    yield from _record_keys(link, link.spec.map)
    for target in link.matching.targets.values():
        yield from _identifier(link, target)
    for at, relation in enumerate(link.spec.relations):
        if relation.column in link.matching.mapped:
            yield _relation(link, relation, at)


def fields_at_creation(link: Link) -> list[str]:
    """The columns to tell CluedIn: all of them for a new data set; of one that is there those that it has.

    They are told by the names under which they arrive. After the creation CluedIn adds columns by itself as records
    arrive, and by no call [C].
    """
    names = [name for name in dict.fromkeys(map(arrived, link.columns)) if name]
    if not link.live_sets:
        return names
    known = set(link.live_sets[0].fields)
    return [name for name in names if name in known]


def _places(link: Link) -> Iterator[Desired]:
    spec, origin = link.spec.data_set, link.origin("data_set")
    yield link.type("cluedin.data_source_group").desired(link.group_key, origin, mode="ensure")
    yield link.type("cluedin.data_source").desired(
        link.source_key, origin, needs=(f"cluedin.data_source_group:{link.group_key}",), type=spec.type
    )
    fields = {name: value for name, value in spec.given("source_quality").items() if value is not None}
    yield link.type("cluedin.data_set").desired(
        link.set_key,
        origin,
        needs=(f"cluedin.data_source:{link.source_key}",),
        type=spec.type,
        fields=fields_at_creation(link),
        **fields,
    )


def _vocabulary(link: Link) -> Iterator[Desired]:
    """The vocabulary, where it lives in CluedIn alone; one that a document declares is only needed."""
    used, spec = link.vocabulary, link.spec.map
    assert spec is not None
    if used is None or not used.declared:
        prefix = used.prefix if used is not None else spec.vocabulary
        if prefix is not None:
            origin = link.origin("map", "vocabulary")
            yield link.type("cluedin.vocabulary").desired(prefix, origin, mode="refer", on_remove="forget")


def _entity_types(link: Link) -> Iterator[Desired]:
    """Entity types that no document declares."""
    known = set(declared(link.world).codes.values())
    wanted = {link.code: link.origin("map")} if link.code is not None else {}
    for at, relation in enumerate(link.spec.relations):
        if relation.column not in link.matching.mapped:
            continue
        wanted.setdefault(relation.to, link.origin("relations", at))
    for code, origin in wanted.items():
        if code not in known:
            yield link.type("cluedin.entity_type").desired(code, origin, mode="refer", on_remove="forget")


def _prefix(link: Link) -> str | None:
    if link.vocabulary is not None:
        return link.vocabulary.prefix
    return link.spec.map.vocabulary if link.spec.map is not None else None


def _annotation(link: Link, spec: ColumnMap) -> Desired:
    prefix, fields = _prefix(link), dict[str, Any]()
    needs = [f"cluedin.data_set:{link.set_key}"]
    if prefix is not None:
        fields["vocabulary"] = prefix
        needs.append(f"cluedin.vocabulary:{prefix}")
    if link.code is not None:
        fields["entity_type"] = link.code
        needs.append(f"cluedin.entity_type:{link.code}")
    if spec.origin is not None:
        fields["origin"] = _origin(spec.origin)
    if not any(spec.given(*RECORD_KEYS).values()):
        fields |= {_RECORD_FIELDS[name]: None for name in spec.given(*RECORD_KEYS)}
    return link.type("cluedin.annotation").desired(link.set_key, link.origin("map"), needs=needs, **fields)


def _mapping(link: Link, target: Target) -> Iterator[Desired]:
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
        yield from _key(link, target)
    yield link.type("cluedin.column_mapping").desired(_column(link, target.column), origin, needs=needs, **fields)


def _key(link: Link, target: Target) -> Iterator[Desired]:
    """The key of a column, where no glossary mapping declares it: made here, or only referred to.

    A key that is made here is left to people once it is there.
    """
    assert target.key is not None
    kind, origin = link.type("cluedin.vocabulary_key"), link.origin("map", "columns", target.column)
    if target.key in declared(link.world).keys:
        return
    if not link.makes(target):
        yield kind.desired(target.key, origin, mode="refer", on_remove="forget")
        return
    assert link.vocabulary is not None
    fields: dict[str, Any] = {"display_name": target.column, "data_type": data_type(target.type)}
    yield kind.desired(
        target.key,
        origin,
        needs=(f"cluedin.vocabulary:{link.vocabulary.prefix}",),
        mode="ensure",
        on_remove="retire",
        vocabulary=link.vocabulary.prefix,
        **({} if target.key in link.vocabulary.live else fields),
    )


def _record_keys(link: Link, spec: ColumnMap) -> Iterator[Desired]:
    """The keys of the record come after the mappings that fill them.

    A column that nobody knows yet, as its asset is still to be scanned, waits.
    """
    mapped, given = link.matching.mapped, spec.given(*RECORD_KEYS)
    columns = [column for column in given.values() if column in mapped]
    if not columns:
        return
    fields: dict[str, Any] = {
        _RECORD_FIELDS[name]: link.mapped_key(column)
        for name, column in given.items()
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
        **{name: value for name, value in identifies.given("origin", "source_code").items() if value is not None},
    )


def _relation(link: Link, relation: RecordRelation, at: int) -> Desired:
    given = relation.given("direction", "origin")
    return link.type("cluedin.relation").desired(
        f"{_column(link, relation.column)}/{quote(relation.type)}",
        link.origin("relations", at),
        needs=(
            f"cluedin.data_set:{link.set_key}",
            f"cluedin.annotation:{link.set_key}",
            f"cluedin.entity_type:{relation.to}",
            *_mappings(link, [relation.column]),
        ),
        to=relation.to,
        **{name: value for name, value in given.items() if value is not None},
    )


def _column(link: Link, column: str) -> str:
    return f"{link.set_key}#{quote(column)}"


def _mappings(link: Link, columns: Iterable[str]) -> list[str]:
    known = link.matching.targets
    return [f"cluedin.column_mapping:{_column(link, column)}" for column in columns if column in known]


def _origin(word: str) -> str:
    return SOURCE_NAME if word == "data_source_name" else word
