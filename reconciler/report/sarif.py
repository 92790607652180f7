"""Findings as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from reconciler import __version__
from reconciler.errors import Diagnostic, Source
from reconciler.report.words import visible

MOST = 5000
"""Code scanning takes so many results of one run."""
LEVELS = {"error": "error", "warning": "warning", "info": "note"}

_ESCAPED = re.compile(r"[\\\[\]]")


def findings(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """A SARIF log with one run; of more than 5,000 findings the gravest."""
    kept = sorted(diagnostics, key=lambda one: list(LEVELS).index(one.severity))[:MOST]
    codes = sorted({one.code for one in kept})
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "reconciler", "version": __version__, "rules": [_rule(code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, codes.index(one.code)) for one in kept],
    }
    if len(diagnostics) > len(kept):
        run["properties"] = {"leftOut": len(diagnostics) - len(kept)}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _rule(code: str) -> dict[str, Any]:
    sentence = code.replace(".", ": ").replace("_", " ")
    return {"id": visible(code), "shortDescription": {"text": _plain(sentence[:1].upper() + sentence[1:])}}


def _result(one: Diagnostic, rule: int) -> dict[str, Any]:
    message = one.summary if one.address in one.summary else f"{one.address}: {one.summary}"
    result: dict[str, Any] = {
        "ruleId": visible(one.code),
        "ruleIndex": rule,
        "level": LEVELS[one.severity],
        "message": {"text": "\n".join(map(_plain, [message, *_lines(one.detail)]))},
        "partialFingerprints": {"reconciler/v1": _fingerprint(one)},
    }
    if one.source is not None:
        result["locations"] = [{"physicalLocation": _location(one.source)}]
    return result


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _plain(text: str) -> str:
    """A line of a message: what hides is shown by its number, and no bracket begins a link ([A], SARIF 3.11.6)."""
    return _ESCAPED.sub(r"\\\g<0>", visible(text))


def _location(source: Source) -> dict[str, Any]:
    path = source.file.replace("\\", "/").removeprefix("./").lstrip("/")
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(path), "uriBaseId": "%SRCROOT%"}}
    if source.line:
        location["region"] = {"startLine": source.line} | ({"startColumn": source.column} if source.column else {})
    return location


def _fingerprint(one: Diagnostic) -> str:
    """Stays the same when a finding moves to another line of its file."""
    parts = (one.code, one.source.file if one.source else "", one.address, one.summary)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
