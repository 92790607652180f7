"""Saved plans, as the verbs that take one read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def saved_plan(path: Path) -> dict[str, Any]:
    """The JSON of a saved plan; raises `ReconcilerError` unless it is valid and as it was saved."""
    from reconciler.plan import load

    return load(path, _faults)


def _faults(shape: Mapping[str, Any]) -> Iterator[str]:
    """In what a shape is no plan by the schema that is promised (`schemas/plan.schema.json`)."""
    from jsonschema import Draft202012Validator

    from reconciler.report.schemas import plan_schema
    from reconciler.systems.redact import SECRETS

    for error in Draft202012Validator(plan_schema()).iter_errors(shape):
        yield f"{error.json_path.removeprefix('$.')}: {SECRETS.cut(error.message, 200)}"
