"""Reports as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from reconciler.errors import Diagnostic
from reconciler.report.logs import harmless_json
from reconciler.systems.redact import SECRETS

FORMAT = "1.0"


def dump(shape: Mapping[str, Any] | Sequence[Any]) -> str:
    """The shape as indented JSON in its own order, with a line break at the end; harmless in a log."""
    text = orjson.dumps(shape, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode() + "\n"
    return harmless_json(SECRETS.clean(text))


def failure(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """What a run says that came to no report: why."""
    return {"format_version": FORMAT, "diagnostics": [one.as_dict() for one in diagnostics]}


def findings(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """The findings of a validation, with the verdict."""
    count = {severity: sum(1 for one in diagnostics if one.severity == severity) for severity in ("error", "warning")}
    return {
        "format_version": FORMAT,
        "valid": not count["error"],
        "errors": count["error"],
        "warnings": count["warning"],
        "findings": [one.as_dict() for one in diagnostics],
    }
