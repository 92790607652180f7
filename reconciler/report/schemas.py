"""JSON Schemas of the reports that are not saved: the graph, and what doctor found."""

from __future__ import annotations

from typing import Any

from reconciler.saved.schema import DRAFT, OPEN


def graph_schema() -> dict[str, Any]:
    """The JSON Schema of `graph --format json`."""
    roles = "asset, data_set, entity, column, process, provider or target in the lineage; else the system"
    node = {
        "id": _address("The resource: `system.type:key`; unique in the graph."),
        "name": _text("What people call it."),
        "type": _text("Its type in Purview in the lineage; else its type as addresses name it."),
        "role": _text(f"What it is there: {roles}."),
        "group": _choice("Where it stands in the lineage.", ["source", "cluedin", "export"]),
        "note": _text("A remark, as that an export ends in a placeholder."),
    }
    edge = {
        "from": _address("Where it starts."),
        "to": _address("Where it ends."),
        "relation": _choice("flow: data goes from one to the other. needs: one needs the other.", ["flow", "needs"]),
    }
    properties = {
        "format_version": _version(),
        "environment": _text("The environment whose manifests it shows."),
        "view": _choice("The flow of data, or every resource and its needs.", ["lineage", "all"]),
        "nodes": _list("The resources, each once.", _object(node, optional=("group", "note"))),
        "edges": _list("How they hang together; both ends are nodes.", _object(edge)),
    }
    return {
        "$schema": DRAFT,
        "$id": "urn:reconciler:schema:graph:1",
        "title": "Graph",
        "description": f"What data flows where, or what needs what. {OPEN}",
        **_object(properties),
    }


def checks_schema() -> dict[str, Any]:
    """The JSON Schema of `doctor --format json`."""
    levels = ["ok", "info", "warning", "error"]
    check = {
        "status": _choice("How good it is. Warnings and errors are findings; info tells something.", levels),
        "area": _text("What was looked at: cluedin, purview or project."),
        "code": _text("A stable dotted word."),
        "summary": _text("What was found, in a sentence."),
        "detail": _text("What to do."),
        "request_id": _text("The request to quote to the vendor."),
    }
    counts = {level: {"type": "integer", "minimum": 0, "description": "How many."} for level in levels}
    properties = {
        "format_version": _version(),
        "environment": _text("The environment that was looked at."),
        "summary": _object(counts) | {"description": "How many checks of each status."},
        "checks": _list("Every check, the project first.", _object(check, optional=("detail", "request_id"))),
    }
    return {
        "$schema": DRAFT,
        "$id": "urn:reconciler:schema:checks:1",
        "title": "Checks",
        "description": f"What doctor found of everything that a run needs. {OPEN}",
        **_object(properties),
    }


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": True}


def _list(description: str, items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "description": description, "items": items}


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _choice(description: str, values: list[str]) -> dict[str, Any]:
    return {"enum": values, "description": description}


def _address(description: str) -> dict[str, Any]:
    return {"type": "string", "pattern": r"^[a-z_0-9]+\.[a-z_0-9]+:", "description": description}


def _version() -> dict[str, Any]:
    return {"type": "string", "pattern": r"^1\.\d+$", "description": "The version of this format."}
