"""The report of `doctor`: one line a check, and what to do below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reconciler.report import words
from reconciler.report.colour import painter
from reconciler.systems.redact import SECRETS

SYMBOLS = {"ok": ("✓", "green"), "info": ("·", "cyan"), "warning": ("!", "yellow"), "error": ("✗", "red")}
Shape = Mapping[str, Any]


def shape(environment: str, checks: Iterable[Shape]) -> dict[str, Any]:
    """The JSON shape of a doctor's report."""
    found = [dict(check) for check in checks]
    counts = {name: sum(check["status"] == name for check in found) for name in SYMBOLS}
    whole = {"format_version": "1.0", "environment": environment, "summary": counts, "checks": found}
    cleaned: dict[str, Any] = SECRETS.clean_all(whole)
    return cleaned


def text(report: Shape, *, colour: bool = False) -> str:
    """The report for a terminal."""
    paint = painter(colour)
    lines = [f"Environment {words.visible(report['environment'])}"]
    area = ""
    for check in report["checks"]:
        if check["area"] != area:
            area = check["area"]
            lines += ["", paint(area, bold=True)]
        symbol, shade = SYMBOLS[check["status"]]
        mark = f" [{check['code']}]" if check["status"] in ("warning", "error") else ""
        lines.append(f"  {paint(symbol, fg=shade)} {words.visible(check['summary'])}{mark}")
        if check.get("detail"):
            lines.append(f"      {words.visible(check['detail'])}")
        if check.get("request_id"):
            lines.append(f"      request id: {words.visible(check['request_id'])}")
    lines += ["", _headline(report["summary"], paint)]
    return "\n".join(lines) + "\n"


def _headline(counts: Mapping[str, int], paint: Any) -> str:
    if not _findings(counts):
        return str(paint("Nothing stands in the way.", fg="green", bold=True))
    line = f"{words.number(counts['error'], 'error')}, {words.number(counts['warning'], 'warning')}."
    return str(paint(line, fg="red" if counts["error"] else "yellow", bold=True))


def _findings(counts: Mapping[str, int]) -> Sequence[str]:
    return [name for name in ("error", "warning") if counts[name]]
