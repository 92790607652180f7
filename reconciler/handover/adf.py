"""A pipeline of Azure Data Factory for each contract, as its Git integration keeps pipelines: one JSON file.

The password of CluedIn's user comes from a Key Vault by the factory's managed identity; no request with it, or with a
token, is shown in the monitor. Names of pipelines take no dots (its naming rules, [B]).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from reconciler.handover.base import Asked, Files, Subject, Target, as_json, made_by, named, nothing_to_run
from reconciler.handover.pipeline import Activity, activities, parameter, variables, web


def _files(subjects: Sequence[Subject], asked: Asked) -> Files:
    return {
        f"pipeline/{name}.json": as_json(_pipeline(one, asked)) for name, one in named(subjects, pipeline_name).items()
    }


def pipeline_name(subject: Subject) -> str:
    """The name of the pipeline."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", f"cluedin_export_{subject.name}")


def parameters(subject: Subject, asked: Asked) -> dict[str, Any]:
    """What differs between environments; the id of a stream is known once it was made (`--with-ids`)."""
    system = subject.environment.cluedin
    return {
        "cluedinUrl": parameter(str(system.url).rstrip("/") if system else ""),
        "organization": parameter(system.organization if system else ""),
        "user": parameter((system.sign_in.user if system else None) or ""),
        "streamId": parameter(asked.ids.get(subject.name, "")),
    }


def _pipeline(subject: Subject, asked: Asked) -> dict[str, Any]:
    vault = {"keyVaultUrl": parameter(""), "passwordSecret": parameter("cluedin-password")}
    return {
        "name": pipeline_name(subject),
        "properties": {
            "description": made_by("adf", subject.environment_name, subject.name),
            "activities": activities([_from_vault()], "activity('Password').output.value"),
            "parameters": parameters(subject, asked) | vault,
            "variables": variables(),
            "concurrency": 1,
            "annotations": ["cluedin", subject.environment_name],
            "folder": {"name": "CluedIn"},
        },
    }


def _from_vault() -> Activity:
    vault, name = ("pipeline().parameters.keyVaultUrl", "pipeline().parameters.passwordSecret")
    return web(
        "Password",
        f"@concat({vault}, '/secrets/', {name}, '?api-version=7.4')",
        "GET",
        after={},
        hidden=True,
        retry=2,
        authentication={"type": "MSI", "resource": "https://vault.azure.net"},
    )


TARGET = Target("adf", "Azure Data Factory", nothing_to_run, _files)
