"""A data pipeline of Microsoft Fabric for each contract, as its Git integration keeps items: a folder with two files.

Fabric's Web activity goes through a connection, which is named by its id: those ids stand in no manifest, so fixed ones
stand for them, and `parameter.yml` says which, in the form that fabric-cicd replaces them by (its documentation, [B]).
Two items of one name are published as one, so that names are told apart here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from reconciler.handover.adf import parameters, pipeline_name
from reconciler.handover.base import Asked, Files, Subject, Target, as_json, made_by, named, nothing_to_run
from reconciler.handover.pipeline import Activity, activities, variables, web
from reconciler.report.yamlform import written

_OURS = UUID("5b0c4a52-6f55-5f0c-8f06-8d0a6a1f3c11")
CLUEDIN, VAULT = (str(uuid5(_OURS, f"connection to {name}")) for name in ("CluedIn", "a key vault"))
"""What stands for the ids of the two connections."""
_PLATFORM = "https://developer.microsoft.com/json-schemas/fabric/gitIntegration/platformProperties/2.0.0/schema.json"


def _files(subjects: Sequence[Subject], asked: Asked) -> Files:
    environment = subjects[0].environment_name
    head = made_by("fabric", environment)
    files = {"parameter.yml": f"# {head}\n" + written(_connections(environment))}
    for name, one in named(subjects, pipeline_name).items():
        folder = f"{name}.DataPipeline"
        files[f"{folder}/pipeline-content.json"] = as_json(_content(one, asked))
        files[f"{folder}/.platform"] = as_json(_item(one))
    return files


def _content(subject: Subject, asked: Asked) -> dict[str, Any]:
    found = activities([_from_vault()], "activity('Password').output.value")
    return {
        "properties": {
            "description": made_by("fabric", subject.environment_name, subject.name),
            "activities": [_connected(one) for one in found],
            "parameters": parameters(subject, asked),
            "variables": variables(),
            "concurrency": 1,
            "annotations": ["cluedin", subject.environment_name],
        }
    }


def _from_vault() -> Activity:
    """The connection is to the vault's address, and signs in."""
    return web("Password", "/secrets/cluedin-password?api-version=7.4", "GET", after={}, hidden=True, retry=2)


def _connected(activity: Activity) -> Activity:
    """The activity, with addresses below that of a connection in place of whole ones."""
    properties = dict(activity["typeProperties"])
    if "activities" in properties:
        properties["activities"] = [_connected(one) for one in properties["activities"]]
    if activity["type"] != "WebActivity":
        return {**activity, "typeProperties": properties}
    url = properties.pop("url")["value"]
    relative = url.replace("pipeline().parameters.cluedinUrl, ", "")
    id = VAULT if activity["name"] == "Password" else CLUEDIN
    properties = {"method": properties.pop("method"), "relativeUrl": _text(relative), **properties}
    return {**activity, "typeProperties": properties, "externalReferences": {"connection": id}}


def _text(url: str) -> Any:
    return {"value": url, "type": "Expression"} if url.startswith("@") else url


def _item(subject: Subject) -> dict[str, Any]:
    name = pipeline_name(subject)
    return {
        "$schema": _PLATFORM,
        "metadata": {
            "type": "DataPipeline",
            "displayName": name,
            "description": made_by("fabric", subject.environment_name, subject.name)[:256],
        },
        "config": {"version": "2.0", "logicalId": str(uuid5(_OURS, f"{subject.environment_name}/{name}"))},
    }


def _connections(environment: str) -> dict[str, Any]:
    """Whose ids the deployment fills in."""
    names = {CLUEDIN: "CLUEDIN_CONNECTION", VAULT: "VAULT_CONNECTION"}
    return {
        "find_replace": [
            {"find_value": id, "replace_value": {environment: f"$ENV:{name}"}} for id, name in names.items()
        ]
    }


TARGET = Target("fabric", "Microsoft Fabric", nothing_to_run, _files)
