"""Which entities and which lineage must be live, told from an estate alone, and what of them is live."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .estate import Estate
from .flows import COLUMNS, LAKE, Flow, fields_of, key_of

FILE = "azure_datalake_gen2_path"
OURS = "cluedin_"
SYSTEM_COLUMNS = (
    "Codes", "ContainerName", "EntityType", "Epoch", "Id", "OriginEntityCode", "PersistHash", "PersistVersion",
    "ProviderDefinitionId", "Timestamp",
)  # fmt: skip
"""The columns that the connector adds to every file."""

Pair = tuple[str, str, str, str]
"""Data set and column that values come from, data set and column that they go to: by their qualified names."""


@dataclass(frozen=True)
class Process:
    """One process: what it reads and writes by type and qualified name, and which column becomes which."""

    inputs: frozenset[str]
    outputs: frozenset[str]
    pairs: frozenset[Pair]


Lineage = dict[str, Process]
"""Processes by type and qualified name."""


# -- what must be ------------------------------------------------------------------------------------------------


def lineage(estate: Estate) -> Lineage:
    """Every process of the estate."""
    return {key: process for flow in estate.flows.values() for key, process in _processes(estate, flow)}


def entities(estate: Estate) -> set[str]:
    """Every entity of the estate by type and qualified name, columns and processes among them."""
    found = set(lineage(estate))
    for concept in estate.concepts.values():
        found |= {
            _entity(concept.prefix),
            *(_column(_entity(concept.prefix), key_of(concept, i)) for i in concept.items),
        }
    for flow in estate.flows.values():
        found |= _ends(estate, flow)
    return found


def assigned(estate: Estate) -> set[tuple[int, str]]:
    """Which identity's term is on which asset; assets never change their names."""
    found = set()
    for concept in estate.concepts.values():
        entity = _entity(concept.prefix)
        found.add((concept.uid, entity))
        found |= {(item.uid, _column(entity, key_of(concept, item))) for item in concept.items}
    for flow in estate.flows.values():
        found |= {(uid, asset) for uid, asset in _outside(estate, flow) if asset is not None}
    return found


def stood_in(estate: Estate, known: set[str]) -> set[str]:
    """Of what is known: placeholders whose place a file that a scanner found has taken, with all their columns."""
    contracts = (flow for flow in estate.flows.values() if flow.kind == "contract" and flow.file in estate.found)
    tables = {f"cluedin.target.{flow.name}" for flow in contracts}
    return {key for key in known if key.partition("/")[2].partition("#")[0] in tables}


def _processes(estate: Estate, flow: Flow) -> Iterator[tuple[str, Process]]:
    entity = _entity(estate.concepts[flow.concept].prefix)
    if flow.kind == "stream":
        yield f"{OURS}stream_process/cluedin.stream.{flow.name}", _process(entity, [_provider(flow)], "", [])
        return
    fields = list(fields_of(estate, flow))
    if flow.kind == "contract":
        target, shown = _target(estate, flow), estate.found.get(flow.file)
        pairs = [(key, column) for _, key, column in fields if shown is None or column in shown]
        yield f"{OURS}export/cluedin.export.{flow.name}", _process(entity, [_provider(flow), target], target, pairs)
        return
    name, data_set = f"In.{flow.name}.{flow.name}", _data_set(flow)
    same = [(column, column) for column in COLUMNS]
    yield f"{OURS}ingest_process/cluedin.ingest.{name}", _process(_file(flow), [data_set], data_set, same)
    mapped = [(column, key) for _, key, column in fields]
    yield f"{OURS}map_process/cluedin.map.{name}", _process(data_set, [entity], entity, mapped)


def _process(start: str, outputs: list[str], end: str, pairs: list[tuple[str, str]]) -> Process:
    names = (start.partition("/")[2], end.partition("/")[2])
    found = frozenset((names[0], one, names[1], other) for one, other in pairs)
    return Process(frozenset([start]), frozenset(outputs), found)


def _ends(estate: Estate, flow: Flow) -> set[str]:
    """What a flow needs at its ends: keys of other concepts as columns, target, placeholder, data set."""
    entity = _entity(estate.concepts[flow.concept].prefix)
    found = {_column(entity, key) for _, key, _ in fields_of(estate, flow)}
    if flow.kind == "link":
        return found | {_data_set(flow), *(_column(_data_set(flow), name) for name in COLUMNS)}
    found.add(_provider(flow))
    if flow.kind == "contract" and flow.file not in estate.found:
        found |= _placeholder(estate, flow)
    return found


def _placeholder(estate: Estate, flow: Flow) -> set[str]:
    table = f"{OURS}export_target/cluedin.target.{flow.name}"
    names = [*SYSTEM_COLUMNS, *(column for _, _, column in fields_of(estate, flow))]
    return {table, *(_column(table, name) for name in names)}


def _outside(estate: Estate, flow: Flow) -> Iterator[tuple[int, str | None]]:
    """The columns outside CluedIn that carry the term of their item; None for one that no scan has shown yet."""
    for uid, _, column in fields_of(estate, flow):
        if flow.kind == "link":
            yield uid, _column(_data_set(flow), column)
        elif flow.kind == "contract" and flow.file not in estate.found:
            yield uid, _column(_target(estate, flow), column)
        elif flow.kind == "contract" and column in estate.found[flow.file]:
            yield uid, f"column/{_file(flow).partition('/')[2]}#__tabular_schema//{column}"


def _target(estate: Estate, flow: Flow) -> str:
    return _file(flow) if flow.file in estate.found else f"{OURS}export_target/cluedin.target.{flow.name}"


def _entity(prefix: str) -> str:
    return f"{OURS}entity/cluedin.entity.{prefix}"


def _data_set(flow: Flow) -> str:
    return f"{OURS}dataset/cluedin.dataset.In.{flow.name}.{flow.name}"


def _provider(flow: Flow) -> str:
    return f"{OURS}organization_provider/cluedin.provider.Azure%20DataLake%20Connector.{flow.place}"


def _file(flow: Flow) -> str:
    container, path = flow.file
    return f"{FILE}/{LAKE}/{container}/{path}"


def _column(table: str, name: str) -> str:
    return f"{OURS}column/{table.partition('/')[2]}#{name}"


# -- what is -----------------------------------------------------------------------------------------------------


def live_entities(state: dict[str, Any]) -> dict[str, str]:
    """The entities of our types by guid; of each column it is made sure that its table has it."""
    names = keys(state)
    tables = {one["end2"]["guid"]: one["end1"]["guid"] for one in _relations(state, "cluedin_tabular_columns")}
    for guid, name in names.items():
        if name.startswith(f"{OURS}column/"):
            assert names[tables[guid]].partition("/")[2] == name.partition("/")[2].partition("#")[0]
    return {guid: name for guid, name in names.items() if name.startswith(OURS)}


def live_lineage(state: dict[str, Any]) -> Lineage:
    """The processes of our types, from the relations of each and its column mapping."""
    names = keys(state)
    ends: dict[str, dict[str, set[str]]] = {}
    for type_name in ("dataset_process_inputs", "process_dataset_outputs"):
        for one in _relations(state, type_name):
            ends.setdefault(one["end1"]["guid"], {}).setdefault(type_name, set()).add(names[one["end2"]["guid"]])
    found = {}
    for guid, name in names.items():
        if name.startswith(OURS) and name.partition("/")[0].endswith(("process", "export")):
            flows = ends.get(guid, {})
            found[name] = Process(
                frozenset(flows.get("dataset_process_inputs", ())),
                frozenset(flows.get("process_dataset_outputs", ())),
                frozenset(_pairs(state["purview"]["entity"][guid]["attributes"].get("columnMapping"))),
            )
    return found


def _pairs(mapping: str | None) -> Iterator[Pair]:
    for one in json.loads(mapping or "[]"):
        source, sink = one["DatasetMapping"]["Source"], one["DatasetMapping"]["Sink"]
        yield from ((source, pair["Source"], sink, pair["Sink"]) for pair in one["ColumnMapping"])


def keys(state: dict[str, Any]) -> dict[str, str]:
    found = ((guid, one) for guid, one in state["purview"]["entity"].items() if one["status"] == "ACTIVE")
    return {guid: f"{one['typeName']}/{one['attributes']['qualifiedName']}" for guid, one in found}


def _relations(state: dict[str, Any], type_name: str) -> Iterator[dict[str, Any]]:
    relations = state["purview"]["relation"].values()
    return (one for one in relations if one["typeName"] == type_name and one["status"] == "ACTIVE")
