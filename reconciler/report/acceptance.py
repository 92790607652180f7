"""What of the drift the manifests say now: for a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reconciler.errors import Diagnostic
from reconciler.report import text as plain
from reconciler.report.colour import painter
from reconciler.report.escaping import code, prose
from reconciler.report.words import number, visible

if TYPE_CHECKING:
    from reconciler.accept.accept import Accepted


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


def shape(accepted: Sequence[Accepted], left: Sequence[Diagnostic]) -> Mapping[str, Any]:
    """The JSON shape."""
    return {
        "accepted": [
            {"address": one.address, "path": one.path, "file": one.source.file, "line": one.source.line}
            for one in accepted
        ],
        "diagnostics": [one.as_dict() for one in left],
    }


def markdown(told: Mapping[str, Any], link: str = "", *, most: int = 200) -> str:
    """The JSON shape as the text of a pull request: each field with its place, then what is left, and why."""
    accepted, left = told["accepted"], told["diagnostics"]
    lines = [f"- {code(one['address'])} {code(one['path'])} in {code(one['file'])}" for one in accepted[:most]]
    lines += [f"- … and {len(accepted) - most:,} more"] if len(accepted) > most else []
    parts = [
        f"People changed {number(len(accepted), 'field')} in the systems, and this makes the manifests say so. "
        "Merge it to keep what they changed; close it, and the next apply takes it back.",
        "\n".join(lines),
    ]
    if left:
        told_of = [f"- {prose(one['summary'])}" for one in left[:most]]
        parts += ["**Not taken, as no value of a manifest says it:**", "\n".join(told_of)]
    if link:
        parts.append(f"Made by [this run](<{link}>).")
    return "\n\n".join(parts) + "\n"
