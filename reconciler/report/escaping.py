"""Values made harmless in Markdown: nothing formats, links, mentions or breaks out."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.report.words import visible

_MARKUP = re.compile(r"([\\`*_{}\[\]()!|~])")
_MENTION = re.compile(r"([@#!]|\bGH-)(?=\w)")
_URL = re.compile(r"(?i)\b(https?|ftp|mailto|www)(?=[:.])")
_BLANK = "\u200b"
"""A zero width space: after an `@` or `#` it keeps people and issues from being mentioned."""


def prose(text: object) -> str:
    """Text that stands in a sentence of Markdown."""
    escaped = _MARKUP.sub(r"\\\1", html.escape(visible(text), quote=False))
    return _URL.sub(rf"\1{_BLANK}", _MENTION.sub(rf"\1{_BLANK}", escaped))


def code(text: object) -> str:
    """Text as a code span, also with backticks in it."""
    shown = visible(text)
    ticks = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def inside_html(text: object) -> str:
    """Text within an HTML element of a Markdown file, such as a summary."""
    return f"<code>{html.escape(visible(text))}</code>"


def fence(lines: Iterable[str], language: str = "diff") -> str:
    """Lines as a code block that no line can close; each line without breaks."""
    body = "\n".join(lines)
    ticks = "`" * max(3, _longest_run(body) + 1)
    return f"{ticks}{language}\n{body}\n{ticks}"


def comment(word: str, shape: Mapping[str, Any]) -> str:
    """A hidden comment with JSON for machines, which nothing in it can end."""
    data = json.dumps(shape, separators=(",", ":"))
    for risky, safe in (("<", r"\u003c"), (">", r"\u003e"), ("--", r"-\u002d"), ("::", r":\u003a"), ("##", r"#\u0023")):
        data = data.replace(risky, safe)
    return f"<!-- {word} {data} -->"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
