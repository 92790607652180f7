"""What of the drift the manifests say now: for a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reconciler.errors import Diagnostic
from reconciler.report import text as plain
from reconciler.report.colour import painter
from reconciler.report.words import number, visible

if TYPE_CHECKING:
    from reconciler.accept.accept import Acceptance, Accepted


def text(accepted: Sequence[Accepted], left: Sequence[Diagnostic], *, colour: bool = False) -> str:
    """Each field with the place that says it now; then what is not accepted, and why."""
    if not accepted and not left:
        return "Nothing has drifted.\n"
    paint = painter(colour)
    lines = [paint(f"{number(len(accepted), 'field')} accepted", bold=True)] if accepted else []
    lines += [f"  {visible(one.address)} {visible(one.path)}  {visible(one.source)}" for one in accepted]
    if accepted:
        lines += ["", "Look at the difference, commit it, and apply: nothing will be written for these fields."]
    found = plain.findings(left, colour=colour) if left else ""
    return "\n".join(lines) + ("\n" if lines else "") + ("\n" if lines and found else "") + found


def shape(found: Acceptance) -> Mapping[str, Any]:
    """The JSON shape."""
    return {
        "accepted": [
            {"address": one.address, "path": one.path, "file": one.source.file, "line": one.source.line}
            for one in found.accepted
        ],
        "diagnostics": [one.as_dict() for one in (*found.unknown, *found.refused)],
    }
