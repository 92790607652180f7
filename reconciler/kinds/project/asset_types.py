"""Our type definitions in Purview, under the type prefix of the environment.

Every attribute is optional and not indexed, so that a later version of a type is an addition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import orjson

from reconciler.resources import types
from reconciler.resources.base import Desired
from reconciler.resources.objects import Origin

MARKER = "reconciler"
"""The value of `options.managedBy` on everything we define."""

_TABLE = {"schemaElementsAttribute": "columns"}
_BASE = frozenset({"DataSet", "Process"})

# name without prefix → super types (ours without prefix), options, attributes
_ENTITIES: dict[str, tuple[tuple[str, ...], dict[str, str], dict[str, str]]] = {
    "column": (("DataSet",), {"schemaAttributes": "data_type"},
               {"data_type": "string", "vocabulary_key": "string",
                "is_required": "boolean", "is_primary_key": "boolean"}),
    "tabular": (("DataSet",), _TABLE, {}),
    "dataset": (("tabular",), _TABLE, {"group": "string", "source": "string", "source_type": "string"}),
    "entity": (("tabular",), _TABLE, {"entity_type_code": "string"}),
    "export_target": (("tabular",), _TABLE, {"format": "string", "location": "string"}),
    "organization_provider": (
        ("DataSet",), {},
        {"provider_id": "string", "provider_name": "string", "account_display": "string"}),
    "process": (("Process",), {}, {"columnMapping": "string"}),
    "ingest_process": (("process",), {}, {}),
    "map_process": (("process",), {}, {}),
    "crawl_process": (("process",), {}, {"schedule": "string"}),
    "enrich_process": (("process",), {}, {}),
    "stream_process": (("process",), {}, {"stream_name": "string", "mode": "string"}),
    "export": (
        ("stream_process",), {},
        {"contract": "string", "primary_key": "array<string>", "format": "string", "schedule": "string",
         "freshness_p95_minutes": "int", "rpo_minutes": "int", "rto_minutes": "int", "retention_days": "int",
         "partition_by": "array<string>", "compression": "string",
         "compatibility": "string", "labels": "array<string>"}),
}  # fmt: skip
_COLUMNS_OF_TABLE = "tabular_columns"
_METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """One of our types: its list in a typedef request, what it needs first, and the definition itself."""

    category: str
    needs: tuple[str, ...]
    definition: dict[str, Any]


@lru_cache(maxsize=16)
def definitions(prefix: str) -> dict[str, TypeDefinition]:
    """Every type that we define, by its full name."""
    found = {prefix + name: _entity_type(prefix, name) for name in _ENTITIES}
    found[prefix + _COLUMNS_OF_TABLE] = _columns_of_table(prefix)
    found[prefix + _METRICS] = _metrics(prefix)
    return found


def type_resources(prefix: str, origin: Origin, *wanted: str) -> Iterator[Desired]:
    """The types that are wanted, named without prefix, and all that they build on; ensured, never removed."""
    for name in _closure(prefix, wanted):
        yield replace(_wish(prefix, name), origins=(origin,))


@lru_cache(maxsize=1024)
def _wish(prefix: str, name: str) -> Desired:
    """One of our types, wanted by nobody yet."""
    kind, one = types()["purview.type"], definitions(prefix)[name]
    return kind.desired(
        name,
        needs=map(kind.address, one.needs),
        mode="ensure",
        on_remove="forget",
        category=one.category,
        definition=one.definition,
    )


def type_address(prefix: str, name: str) -> str:
    """The address of one of our types, named without prefix."""
    return f"purview.type:{prefix}{name}"


@lru_cache(maxsize=1024)
def _closure(prefix: str, wanted: tuple[str, ...]) -> list[str]:
    known = definitions(prefix)
    todo, found = [prefix + name for name in wanted], dict[str, None]()
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = None
            todo += known[name].needs
            if name == f"{prefix}tabular":
                todo.append(prefix + _COLUMNS_OF_TABLE)
    return sorted(found)


def _entity_type(prefix: str, name: str) -> TypeDefinition:
    supers, options, attributes = _ENTITIES[name]
    full = [one if one in _BASE else prefix + one for one in supers]
    definition = {
        "name": prefix + name,
        "category": "ENTITY",
        "typeVersion": "1.0",
        "serviceType": "CluedIn",
        "superTypes": full,
        "options": {"managedBy": MARKER, **options},
        "attributeDefs": [_attribute(*item) for item in attributes.items()],
    }
    return TypeDefinition("entityDefs", tuple(one for one in full if one not in _BASE), definition)


def _attribute(name: str, type_name: str) -> dict[str, Any]:
    return {
        "name": name,
        "typeName": type_name,
        "cardinality": "SET" if type_name.startswith("array<") else "SINGLE",
        "isOptional": True,
        "isUnique": False,
        "isIndexable": False,
    }


def _columns_of_table(prefix: str) -> TypeDefinition:
    table, column = f"{prefix}tabular", f"{prefix}column"
    ends = {
        "endDef1": {"type": table, "name": "columns", "isContainer": True, "cardinality": "SET"},
        "endDef2": {"type": column, "name": "table", "isContainer": False, "cardinality": "SINGLE"},
    }
    definition = {
        "name": prefix + _COLUMNS_OF_TABLE,
        "category": "RELATIONSHIP",
        "typeVersion": "1.0",
        "serviceType": "CluedIn",
        "relationshipCategory": "COMPOSITION",
        "options": {"managedBy": MARKER},
        **ends,
    }
    return TypeDefinition("relationshipDefs", (table, column), definition)


def _metrics(prefix: str) -> TypeDefinition:
    applies = {"applicableEntityTypes": orjson.dumps([f"{prefix}dataset"]).decode(), "maxStrLength": "50"}
    attributes = {"records_total": "long", "records_failed": "long", "measured_at": "date"}
    definition = {
        "name": prefix + _METRICS,
        "category": "BUSINESS_METADATA",
        "typeVersion": "1.0",
        "serviceType": "CluedIn",
        "options": {"managedBy": MARKER},
        "attributeDefs": [{**_attribute(*item), "options": dict(applies)} for item in attributes.items()],
    }
    return TypeDefinition("businessMetadataDefs", (f"{prefix}dataset",), definition)
