"""The Purview half of a data source link: the data set as an asset, and the lineage from the asset through it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from reconciler.kinds.data_source_link.columns import Seen
from reconciler.kinds.data_source_link.scene import Link
from reconciler.kinds.project.asset_types import type_address, type_resources
from reconciler.kinds.project.collection import collection_needs, collection_resources, collection_value
from reconciler.kinds.project.entities import EntityAssets, labels_of_key, term_of_key
from reconciler.kinds.project.labels import classify, directory
from reconciler.kinds.project.people import object_ids
from reconciler.resources.base import Desired
from reconciler.resources.cluedin.arrival import arrived

INGEST, MAP = "Ingest Data", "Map to Entity"
"""Names of the two processes."""

Pairs = Iterable[tuple[str, str]]


def lineage_resources(link: Link) -> Iterator[Desired]:
    """The asset, the data set with its columns, the processes, and what is put on the columns."""
    assert link.purview is not None
    origin = link.origin("data_set")
    yield from collection_resources(link.world, link.purview, origin)
    yield from type_resources(link.purview.type_prefix, origin, *_types(link))
    yield _data_set(link)
    by_name = {column.name: column for column in link.seen}
    for name in link.columns:
        yield from _column_resources(link, by_name.get(name, Seen(name)))
    if not link.waits:
        yield from _ingest(link)
    if link.matching.mapped and link.code is not None:
        yield from _map(link, link.code)


def column_mapping(source: str, sink: str, pairs: Pairs) -> str:
    """The `columnMapping` of a process: members in the order that Purview documents, columns by their sink."""
    columns = [{"Source": one, "Sink": other} for one, other in sorted(pairs, key=lambda pair: (pair[1], pair[0]))]
    whole = [{"DatasetMapping": {"Source": source, "Sink": sink}, "ColumnMapping": columns}]
    return orjson.dumps(whole).decode()


def _types(link: Link) -> Iterator[str]:
    yield from ("dataset", "column", "ingest_process")
    if link.matching.mapped:
        yield "map_process"
    if link.spec.metrics == "publish":
        yield "metrics"


def _data_set(link: Link) -> Desired:
    purview, (group, source, name) = link.purview, link.subject.names
    assert purview is not None
    owners: dict[str, Any] = {}
    if "owners" in link.spec.model_fields_set and purview.mode != "atlas":
        owners["owners"] = object_ids(link.environment, link.spec.owners)
    return link.type("purview.entity").desired(
        link.data_set_asset,
        link.origin("data_set"),
        needs=(type_address(purview.type_prefix, "dataset"), *collection_needs(purview)),
        on_remove="delete",
        name=name,
        attributes={"group": group, "source": source, "source_type": link.spec.data_set.type},
        **owners,
        **collection_value(purview),
    )


def _column_resources(link: Link, column: Seen) -> Iterator[Desired]:
    """A column by the name under which it arrives, with the term and the labels of the key that it fills."""
    assert link.purview is not None
    asset, key = link.column_asset(column.name), link.matching.mapped.get(column.name)
    origin = link.origin("map", "columns", column.name)
    labels = labels_of_key(link.world, key) if key is not None else ()
    effective = frozenset(labels)
    prefix = link.purview.type_prefix
    attributes = {"vocabulary_key": key, **({"data_type": column.type} if column.type else {})}
    want = link.type("purview.entity").desired(
        asset,
        origin,
        needs=(
            f"purview.entity:{link.data_set_asset}",
            type_address(prefix, "column"),
            type_address(prefix, "tabular_columns"),
            *collection_needs(link.purview),
        ),
        on_remove="delete",
        labels=labels,
        name=arrived(column.name),
        table=link.data_set_asset,
        attributes=attributes,
        **collection_value(link.purview),
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


def _ingest(link: Link) -> Iterator[Desired]:
    yield link.type("purview.asset").desired(link.asset_key, link.origin("asset"), mode="refer")
    yield _process(
        link,
        "ingest_process",
        link.names.ingest(*link.subject.names),
        INGEST,
        (link.asset_key, link.subject.qualified_name, f"purview.asset:{link.asset_key}"),
        (link.data_set_asset, link.data_set_name, f"purview.entity:{link.data_set_asset}"),
        _same_columns(link),
    )


def _map(link: Link, code: str) -> Iterator[Desired]:
    assert link.purview is not None
    entities = EntityAssets(link.world, link.purview)
    mapped = link.matching.mapped
    yield from entities.resources(code, mapped.values(), link.origin("map"))
    entity = entities.entity(code)
    yield _process(
        link,
        "map_process",
        link.names.map(*link.subject.names),
        MAP,
        (link.data_set_asset, link.data_set_name, f"purview.entity:{link.data_set_asset}"),
        (entity, link.names.entity(code), f"purview.entity:{entity}"),
        ((arrived(column), key) for column, key in mapped.items()),
    )


End = tuple[str, str, str]
"""Key, qualified name and address of one end of a process."""


def _process(link: Link, type_name: str, qualified_name: str, name: str, start: End, end: End, pairs: Pairs) -> Desired:
    assert link.purview is not None
    type_key = f"{link.purview.type_prefix}{type_name}"
    return link.type("purview.entity").desired(
        f"{type_key}/{qualified_name}",
        link.origin("data_set"),
        needs=(type_address(link.purview.type_prefix, type_name), start[2], end[2], *collection_needs(link.purview)),
        on_remove="delete",
        name=name,
        inputs=[start[0]],
        outputs=[end[0]],
        column_mapping=column_mapping(start[1], end[1], pairs),
        **collection_value(link.purview),
    )


def _same_columns(link: Link) -> Iterator[tuple[str, str]]:
    """Columns of the asset and those of the data set that they become; offline they are taken to be the same."""
    for name in link.columns:
        if link.subject.asset is None:
            yield name, arrived(name)
        elif (scanned := link.scanned(name)) is not None:
            yield scanned.name, arrived(name)
