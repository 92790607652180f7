"""Terraform: a plan of `terraform_data` resources, which live in the process, with a state that already has them."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from benchmarks.processes import Measured, measure, program

NAME = "Terraform"
LARGEST = 10_000

_QUIET = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
_PROVIDER = 'provider["terraform.io/builtin/terraform"]'
_STATUS = ("Approved", "Draft")


def missing() -> str | None:
    """Why it cannot be measured here."""
    return None if program("terraform") else "no terraform on the search path"


def prepare(folder: Path, resources: int) -> int:
    """Configuration and state of so many resources, initialised; returns the bytes of the configuration."""
    folder.mkdir(parents=True)
    text = "".join(_block(at) for at in range(resources))
    (folder / "main.tf").write_text(text, encoding="utf-8")
    state = {
        "version": 4,
        "terraform_version": _version(),
        "serial": 1,
        "lineage": str(uuid.uuid5(uuid.NAMESPACE_URL, "lineage")),
        "outputs": {},
        "resources": [_instance(at) for at in range(resources)],
        "check_results": None,
    }
    (folder / "terraform.tfstate").write_text(json.dumps(state), encoding="utf-8")
    _terraform(folder, "init", "-input=false", "-no-color")
    return len(text)


def plan(folder: Path) -> Measured:
    """One plan; fails when it would change anything."""
    found = _terraform(folder, "plan", "-input=false", "-no-color", "-lock=false", "-detailed-exitcode")
    assert "No changes" in found.output, found.output[-500:]
    return found


def help_command() -> list[str]:
    """The command that only tells what it is."""
    return [program("terraform") or "", "version"]


def _terraform(folder: Path, *words: str) -> Measured:
    return measure([program("terraform") or "", *words], folder=folder, env=_QUIET)


def _version() -> str:
    found = measure([program("terraform") or "", "version", "-json"], env=_QUIET)
    return str(json.loads(found.output)["terraform_version"])


def _values(at: int) -> dict[str, str]:
    return {
        "definition": f"Item {at}, as the business understands it.",
        "name": f"Item {at}",
        "status": _STATUS[at % 2],
    }


def _block(at: int) -> str:
    values = "".join(f"    {name} = {json.dumps(value)}\n" for name, value in _values(at).items())
    return f'resource "terraform_data" "item{at}" {{\n  input = {{\n{values}  }}\n}}\n\n'


def _instance(at: int) -> dict[str, Any]:
    value = {"value": _values(at), "type": ["object", dict.fromkeys(_values(at), "string")]}
    attributes = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, str(at))),
        "input": value,
        "output": value,
        "triggers_replace": None,
    }
    return {
        "mode": "managed",
        "type": "terraform_data",
        "name": f"item{at}",
        "provider": _PROVIDER,
        "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}],
    }
