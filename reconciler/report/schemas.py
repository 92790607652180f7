"""JSON Schemas of the plan and of the result of an apply."""

from __future__ import annotations

from typing import Any

from reconciler.report.words import ACTIONS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
OPEN = "Minor versions add properties, so readers ignore unknown ones; a reader refuses another major version."
DIGEST = "^sha256:[0-9a-f]{64}$"
STATUSES = ["done", "failed", "stale", "pending", "unverified", "unknown", "skipped", "not_started"]


def plan_schema() -> dict[str, Any]:
    """The JSON Schema of a saved plan and of `plan --format json`."""
    properties = {
        "format_version": _version(),
        "tool_version": _text("The version of the tool that planned."),
        "created_at": _text("When it was planned, ISO 8601 with offset."),
        "environment": _text("The environment that the plan is for."),
        "ledger": _text("The identity of the ledger that the plan was made with."),
        "systems": {
            "type": "object",
            "description": "The systems of the environment: name and identity.",
            "additionalProperties": _text("The identity of the system."),
        },
        "options": _options(),
        "digest": _digest("The digest that an approval names: of the header and of every change to carry out."),
        "summary": _summary("How many changes of each action, and how many resources are as wanted (unchanged)."),
        "changes": _list("Every verdict that is not simply unchanged, in the order of the plan.", _ref("change")),
        "orphans": _list("What no manifest wants any more, and a plan with --prune would remove.", _ref("change")),
        "diagnostics": _list("What stands in the way (error) or deserves a look.", _ref("diagnostic")),
    }
    return {
        "$schema": DRAFT,
        "$id": "urn:reconciler:schema:plan:1",
        "title": "Plan",
        "description": f"What an apply would do and why, without any secret value. {OPEN}",
        **_object(properties, optional=("tool_version", "created_at", "orphans")),
        "$defs": {
            "change": _change(),
            "origin": _origin(),
            "field": _field(),
            "diagnostic": _diagnostic(),
        },
    }


def result_schema() -> dict[str, Any]:
    """The JSON Schema of `apply --format json`."""
    properties = {
        "format_version": _version(),
        "environment": _text("The environment that was applied to."),
        "digest": _digest("The digest of the plan that was carried out."),
        "complete": _flag("Whether every change is done, and nothing is held back, in conflict, blocked or pending."),
        "interrupted": _flag("Whether the apply was asked to stop."),
        "summary": _summary("How many changes of each action are done, and how many ended otherwise, by status."),
        "held": {
            "description": "Documents that are held back, as `Kind/name`: nothing of them was applied.",
            "type": "array",
            "items": {"type": "string"},
        },
        "outcomes": _list("What became of each change, in the order of the plan.", _ref("outcome")),
        "diagnostics": _list("What went wrong beyond single changes.", _ref("diagnostic")),
    }
    return {
        "$schema": DRAFT,
        "$id": "urn:reconciler:schema:result:1",
        "title": "Result",
        "description": f"The outcome of an apply. {OPEN}",
        **_object(properties, optional=("held",)),
        "$defs": {"outcome": _outcome(), "diagnostic": _diagnostic()},
    }


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


def _change() -> dict[str, Any]:
    properties = {
        "address": _address("The resource: `system.type:key`."),
        "system": _text("The system of the resource."),
        "type": _text("The type of the resource within its system."),
        "action": _choice("What an apply does about it, or why it does nothing.", [*ACTIONS]),
        "reason": _text("Why, as a stable word."),
        "digest": _text("The digest of the change; part of the plan's when an apply carries the change out."),
        "origins": _list("The manifests that want the resource.", _ref("origin")),
        "fields": _list("What changes, one path at a time.", _ref("field")),
        "depends_on": _list("Addresses that the resource needs.", {"type": "string"}),
        "approvals": _list("Labels of what the change touches.", {"type": "string"}),
        "requires_approval": _list("Labels that somebody has to approve before it is applied.", {"type": "string"}),
        "disruptive": _flag("Whether the change has effects beyond the fields it writes."),
        "disruptive_because": _list("Those effects, in sentences.", {"type": "string"}),
        "message": _text("What else to know, in a sentence."),
        "id": _text("The live id of the object that the change is about."),
        "live_key": _text("The name that the object lives under, where it is renamed or removed."),
        "object": _digest("The digest of the whole object, where it is removed or replaced."),
    }
    optional = ("requires_approval", "disruptive_because", "message", "id", "live_key", "object")
    return _object(properties, optional=optional)


def _origin() -> dict[str, Any]:
    return _object(
        {
            "kind": _text("The kind of the manifest document."),
            "name": _text("The name of the manifest document."),
            "file": _text("The manifest file; empty when it is gone."),
            "line": {"type": "integer", "minimum": 0, "description": "The line in the file, from 1; 0 for unknown."},
        }
    )


def _field() -> dict[str, Any]:
    return _object(
        {
            "path": _text("The field, or one entry of it: `definition`, `experts[anna@example.com]`."),
            "before": {"description": "The value in the system; null for none, masked for a secret."},
            "after": {"description": "The value that the manifests want; null for none, masked for a secret."},
            "reason": _text("Why this field changes, as a stable word."),
            "level": _choice(
                "How far the field is kept when it is not enforced: read and compared, or only written down.",
                ["verified", "declared"],
            ),
            "covers": {
                "type": "object",
                "properties": {
                    "before": _digest("The digest of the value in the system."),
                    "after": _digest("The digest of the value that the manifests want."),
                },
                "additionalProperties": True,
                "description": "Digests of values that are masked, as a secret stands in them.",
            },
        },
        optional=("level", "covers"),
    )


def _diagnostic() -> dict[str, Any]:
    properties = {
        "severity": _choice("How grave it is.", ["error", "warning", "info"]),
        "code": _text("A stable dotted word."),
        "summary": _text("What is wrong, in a sentence."),
        "detail": _text("What to do."),
        "file": _text("The manifest file."),
        "line": {"type": "integer", "minimum": 0, "description": "The line in the file, from 1; 0 for unknown."},
        "column": {"type": "integer", "minimum": 1, "description": "The column in the line, from 1."},
        "address": _address("The resource it is about."),
        "request_id": _text("The request to quote to the vendor."),
        "document": _text("The document that is held back because of it: `Kind/name`."),
    }
    return _object(properties, optional=("detail", "file", "line", "column", "address", "request_id", "document"))


def _outcome() -> dict[str, Any]:
    properties = {
        "address": _address("The resource: `system.type:key`."),
        "action": _choice("What was to be done.", [*ACTIONS]),
        "status": _choice("What became of it, known from the live state after the write.", STATUSES),
        "message": _text("Why it is not done, in a sentence."),
        "request_id": _text("The request to quote to the vendor."),
    }
    return _object(properties, optional=("message", "request_id"))


def _options() -> dict[str, Any]:
    names = {"type": "array", "items": {"type": "string"}}
    properties: dict[str, Any] = {
        "prune": _flag("Whether what no manifest wants any more is removed."),
        "adopt": _choice("How existing objects are taken under management.", ["matching", "empty", "overwrite"]),
        "force_conflicts": {
            "description": "Whether conflicts are overwritten: all, none, or those of the addresses named.",
            "oneOf": [{"type": "boolean"}, names],
        },
        "replace": names | {"description": "Addresses to delete and create anew."},
        "rotate": names | {"description": "Addresses whose secrets are sent again."},
        "targets": names | {"description": "Addresses or patterns that the plan is limited to; empty for all."},
        "allow_deletes": {"type": ["integer", "null"], "description": "The number of removals that is allowed."},
        "retry_pending": _flag("Whether pending changes are sent again."),
    }
    optional = tuple(name for name in properties if name not in ("prune", "targets"))
    described = {"description": "The plan options that change what would be written."}
    return _object(properties, optional) | described


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": True}


def _list(description: str, items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "description": description, "items": items}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _flag(description: str) -> dict[str, Any]:
    return {"type": "boolean", "description": description}


def _choice(description: str, values: list[str]) -> dict[str, Any]:
    return {"enum": values, "description": description}


def _address(description: str) -> dict[str, Any]:
    return {"type": "string", "pattern": r"^[a-z_0-9]+\.[a-z_0-9]+:", "description": description}


def _digest(description: str) -> dict[str, Any]:
    return {"type": "string", "pattern": DIGEST, "description": description}


def _version() -> dict[str, Any]:
    return {"type": "string", "pattern": r"^1\.\d+$", "description": "The version of this format."}


def _summary(description: str) -> dict[str, Any]:
    counts = {"type": "integer", "minimum": 0, "description": "How many."}
    return {"type": "object", "description": description, "additionalProperties": counts}
