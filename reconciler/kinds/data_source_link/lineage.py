"""The Purview half of a data source link: the data set as an asset, and the lineage from the asset through it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from reconciler.kinds.data_source_link.columns import Seen
from reconciler.kinds.data_source_link.mapping import MappingHalf
from reconciler.kinds.data_source_link.purview import PurviewHalf
from reconciler.kinds.data_source_link.scene import Link
from reconciler.kinds.project.asset_types import type_address, type_resources
from reconciler.kinds.project.collection import collection_needs, collection_resources, collection_value
from reconciler.kinds.project.column_mapping import Pairs, column_mapping
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.entities import EntityAssets, labels_of_key, term_of_key
from reconciler.kinds.project.labels import classify, directory
from reconciler.kinds.project.people import object_ids
from reconciler.resources.base import Desired
from reconciler.resources.cluedin.arrival import arrived

_NAMES = {"ingest_process": "Ingest Data", "map_process": "Map to Entity"}
"""Names of the two processes, by their type."""


class End(NamedTuple):
    """One end of a process."""

    key: str
    qualified_name: str
    address: str


def lineage_resources(link: Link, purview: PurviewHalf) -> Iterator[Desired]:
    """The asset, the data set with its columns, the processes, and what is put on the columns."""
    origin = link.origin("data_set")
    yield from collection_resources(link.world, purview.system, origin)
    yield from type_resources(purview.system.type_prefix, origin, *_types(link))
    yield _data_set(link, purview)
    by_name = {column.name: column for column in link.seen}
    for name in link.columns:
        yield from _column_resources(link, purview, by_name.get(name, Seen(name)))
    if not link.waits:
        yield from _ingest(link, purview)
    if link.mapping is not None and link.mapping.matching.mapped and link.mapping.code is not None:
        yield from _map(link, purview, link.mapping, link.mapping.code)


def _types(link: Link) -> Iterator[str]:
    yield from ("dataset", "column", "ingest_process")
    if link.matching.mapped:
        yield "map_process"
    if link.spec.metrics == "publish":
        yield "metrics"


def _data_set(link: Link, purview: PurviewHalf) -> Desired:
    system, (group, source, name) = purview.system, link.subject.names
    owners: dict[str, Any] = {}
    if "owners" in link.spec.model_fields_set and system.dialect.has_contacts:
        owners["owners"] = object_ids(link.environment, link.spec.owners)
    return link.type("purview.entity").desired(
        purview.data_set,
        link.origin("data_set"),
        needs=(type_address(system.type_prefix, "dataset"), *collection_needs(system)),
        on_remove="delete",
        name=name,
        attributes={"group": group, "source": source, "source_type": link.spec.data_set.type},
        **owners,
        **collection_value(system),
    )


def _column_resources(link: Link, purview: PurviewHalf, column: Seen) -> Iterator[Desired]:
    """A column by the name under which it arrives, with the term and the labels of the key that it fills."""
    asset, key = purview.column(column.name), link.matching.mapped.get(column.name)
    origin = link.origin("map", "columns", column.name)
    labels = labels_of_key(link.world, key) if key is not None else ()
    effective = frozenset(labels)
    prefix = purview.system.type_prefix
    attributes = {"vocabulary_key": key, **({"data_type": column.type} if column.type else {})}
    want = link.type("purview.entity").desired(
        asset,
        origin,
        needs=(
            f"purview.entity:{purview.data_set}",
            type_address(prefix, "column"),
            type_address(prefix, "tabular_columns"),
            *collection_needs(purview.system),
        ),
        on_remove="delete",
        labels=labels,
        name=arrived(column.name),
        table=purview.data_set,
        attributes=attributes,
        **collection_value(purview.system),
    )
    scanned = link.subject.asset
    want.distinct = scanned is not None and column.name in {one.name for one in scanned.columns}  # `ID` and `id`
    yield want
    if key is None:
        return
    term = term_of_key(link.world, key)
    if term is not None and link.spec.assign_terms:
        needs = (f"purview.term:{term}", f"purview.entity:{asset}")
        yield link.type("purview.assignment").desired(f"{term}@{asset}", origin, needs=needs, labels=effective)
    if labels:
        yield from classify(link.world, labels, "data_set", f"purview.entity:{asset}", origin, effective)
        yield from _on_the_source(link, column.name, labels)


def _on_the_source(link: Link, column: str, labels: tuple[str, ...]) -> Iterator[Desired]:
    """Classifications on the scanner's own column, where a label map says so."""
    scanned = link.scanned(column)
    reaching = [word for word in labels if directory(link.world).reaches(word, "source")]
    if scanned is None or not reaching:
        return
    origin = link.origin("map", "columns", column)
    yield link.type("purview.asset").desired(scanned.key, origin, mode="refer")
    yield from classify(link.world, reaching, "source", f"purview.asset:{scanned.key}", origin, frozenset(labels))


def _ingest(link: Link, purview: PurviewHalf) -> Iterator[Desired]:
    yield link.type("purview.asset").desired(link.asset_key, link.origin("asset"), mode="refer")
    asset = End(link.asset_key, link.subject.qualified_name, f"purview.asset:{link.asset_key}")
    name = purview.qualified.ingest(*purview.names)
    yield _process(link, purview, "ingest_process", name, (asset, _end(purview)), _same_columns(link))


def _map(link: Link, purview: PurviewHalf, mapping: MappingHalf, code: str) -> Iterator[Desired]:
    """From the data set to the entity type; nothing where that is kept out of Purview."""
    if declared(link.world).keeps_out(code):
        return
    entities = EntityAssets(link.world, purview.system)
    mapped = mapping.matching.mapped
    yield from entities.resources(code, mapped.values(), link.origin("map"))
    entity = entities.entity(code)
    records = End(entity, purview.qualified.entity(code), f"purview.entity:{entity}")
    pairs = ((arrived(column), key) for column, key in mapped.items())
    name = purview.qualified.map(*purview.names)
    yield _process(link, purview, "map_process", name, (_end(purview), records), pairs)


def _end(purview: PurviewHalf) -> End:
    """The data set as an end of a process."""
    return End(purview.data_set, purview.data_set_name, f"purview.entity:{purview.data_set}")


def _process(
    link: Link, purview: PurviewHalf, type_name: str, qualified_name: str, ends: tuple[End, End], pairs: Pairs
) -> Desired:
    prefix, (start, end) = purview.system.type_prefix, ends
    return link.type("purview.entity").desired(
        f"{prefix}{type_name}/{qualified_name}",
        link.origin("data_set"),
        needs=(type_address(prefix, type_name), start.address, end.address, *collection_needs(purview.system)),
        on_remove="delete",
        name=_NAMES[type_name],
        inputs=[start.key],
        outputs=[end.key],
        column_mapping=column_mapping(start.qualified_name, end.qualified_name, pairs),
        **collection_value(purview.system),
    )


def _same_columns(link: Link) -> Iterator[tuple[str, str]]:
    """Columns of the asset and those of the data set that they become; offline they are taken to be the same."""
    for name in link.columns:
        if link.subject.asset is None:
            yield name, arrived(name)
        elif (scanned := link.scanned(name)) is not None:
            yield scanned.name, arrived(name)
