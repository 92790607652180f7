"""Annotations and step outputs for GitHub Actions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reconciler.errors import Diagnostic, Exit
from reconciler.report import view, words
from reconciler.report.logs import harmless

if TYPE_CHECKING:
    from reconciler.saved.plan import Plan
    from reconciler.saved.result import Result

SHOWN = 10
"""GitHub shows so many annotations of one severity per step."""
OUTPUTS = ("changes", "creates", "updates", "deletes", "drift", "conflicts", "digest", "approvals", "failure-reason")
"""The step outputs of every verb; empty where there is nothing to tell."""
REASONS = {
    Exit.ERROR: "error",
    Exit.STALE: "not_approved",
    Exit.REFUSED: "refused",
    Exit.PARTIAL: "partly_applied",
    Exit.INTERRUPTED: "interrupted",
}
"""A word for each exit code that is a failure."""
COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def findings(diagnostics: Sequence[Diagnostic]) -> str:
    """Workflow commands that put findings beside the lines they are about, and a count of those left out."""
    return "".join(f"{line}\n" for severity in COMMANDS for line in _annotations(severity, diagnostics))


def outputs(plan: Plan) -> dict[str, str]:
    """The step outputs of a plan.

    `changes` counts everything that an apply carries out, `deletes` also what is retired or replaced.
    """
    summary = plan.get("summary", {})
    labels = {label for change in plan["changes"] for label in change.get("requires_approval", ())}
    return {
        **_counts(summary),
        "drift": str(len(view.drifted(plan))),
        "conflicts": str(summary.get("conflict", 0)),
        "digest": words.visible(plan["digest"]),
        "approvals": _listed(labels),
    }


def outputs_of_result(result: Result) -> dict[str, str]:
    """The step outputs of an apply: the same counts of what is done, and the labels that were approved."""
    return {
        **_counts(result["summary"]),
        "digest": words.visible(result["digest"]),
        "approvals": _listed({one["label"] for one in result.get("approvals", ())}),
    }


def _counts(summary: Mapping[str, int]) -> dict[str, str]:
    counts = {
        "changes": sum(count for action, count in summary.items() if words.is_executable(action)),
        "creates": summary.get("create", 0),
        "updates": summary.get("update", 0),
        "deletes": sum(summary.get(action, 0) for action in words.REMOVALS),
    }
    return {name: str(count) for name, count in counts.items()}


def _listed(labels: Iterable[str]) -> str:
    return ",".join(sorted(map(words.visible, labels)))


def _annotations(severity: str, diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    found = [one for one in diagnostics if one.severity == severity]
    kept = found if len(found) <= SHOWN else found[: SHOWN - 1]
    yield from (_annotation(one) for one in kept)
    if len(found) > len(kept):
        more = f"{len(found) - len(kept):,} more; the log of this step has all {len(found):,}."
        yield f"::{COMMANDS[severity]} title=reconciler::{_data(more)}"


def _annotation(one: Diagnostic) -> str:
    source = one.source
    properties: list[tuple[str, Any]] = [
        ("file", source.file if source else None),
        ("line", source.line if source else None),
        ("col", source.column if source else None),
        ("title", one.code),
    ]
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties if value is not None)
    message = one.summary if one.address in one.summary else f"{one.address}: {one.summary}"
    return f"::{COMMANDS[one.severity]} {told}::{_data(message + (chr(10) + one.detail if one.detail else ''))}"


def _data(text: str) -> str:
    return _encoded(harmless(text))


def _property(text: str) -> str:
    return harmless(_encoded(text).replace(":", "%3A").replace(",", "%2C"))


def _encoded(text: str) -> str:
    seen = "".join(part if part in "\r\n" else words.visible(part) for part in re.split(r"([\r\n])", text))
    return seen.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
