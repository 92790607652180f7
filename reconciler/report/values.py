"""How one field change shows: on one line, or as the lines or members that changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from typing import TYPE_CHECKING, Any

from reconciler.report import nested
from reconciler.report.words import because, number, visible
from reconciler.resources import type_of
from reconciler.resources.rules import Members
from reconciler.systems.redact import MASK

if TYPE_CHECKING:
    from reconciler.saved.plan import Field

ONE_LINE = 100
"""Up to so many characters, before and after stand on one line."""
LONGEST_LINE = 400
MOST_LINES = 200
MOST_COMPARED = 4000
GAP = "…"
_SENTENCE = re.compile(r"(?<=[.!?;]) +")

Line = tuple[str, str]
"""A sign, one of `+`, `-` and blank, and a text without line breaks."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One field change, ready to be laid out: `before` and `after` on one line, or `lines`."""

    sign: str
    path: str
    before: str = ""
    after: str = ""
    lines: tuple[Line, ...] = ()
    reason: str = ""
    """In words; empty when the change as a whole has the same."""

    @property
    def as_lines(self) -> tuple[Line, ...]:
        """The change as signed lines, the path on the first one; what a `diff` block takes."""
        if self.lines:
            head = (" " if self.sign == "~" else self.sign, f"{self.path}:")
            return (head, *((sign, f"  {text}") for sign, text in self.lines))
        pairs = (("-", self.before), ("+", self.after))
        return tuple((sign, f"{self.path}: {text}") for sign, text in pairs if text) or ((self.sign, self.path),)


def show(address: str, field: Field, *, reason: str = "", live_after: bool = False) -> Shown:
    """How a field change of the resource shows.

    `reason` is that of the whole change. With `live_after` the manifest's value comes first and the live one
    second: what people did, not what an apply would do.
    """
    before, after = field.get("before"), field.get("after")
    if live_after:
        before, after = after, before
    path = visible(field.get("path", ""))
    told = f"{path} ({visible(field['who'])})" if field.get("who") else path
    own = field.get("reason") or reason
    why = because(own) if own != reason else ""
    if _is_member(address, path, before, after):
        return Shown("+" if after else "-", told, reason=why)
    sign = "+" if before is None else "-" if after is None else "~"
    short = ("" if before is None else _one_line(before), "" if after is None else _one_line(after))
    if _fits(before, after, short):
        return Shown(sign, told, *short, reason=why)
    if None not in (before, after):
        before, after = (_in_one_form(address, path, value) for value in (before, after))
    lines = tuple(_capped(_lines(before, after)))
    return Shown(sign, told, "" if lines else short[0], "" if lines else short[1], lines, why)


def _is_member(address: str, path: str, before: Any, after: Any) -> bool:
    """Whether the path is one member of a set, whose value only says that it is there."""
    if not path.endswith("]") or any(value not in (None, True, False) for value in (before, after)):
        return False
    try:
        return type_of(address).field(path).has(Members)
    except KeyError:
        return False


def _in_one_form(address: str, path: str, value: Any) -> Any:
    """A nested value as it is compared, so that a manifest's form and the system's differ only in what differs."""
    if not isinstance(_parsed(value), list | dict):
        return value
    try:
        return type_of(address).field(path).canonical(value)
    except (KeyError, TypeError, ValueError, AttributeError):
        return value  # of a type that is not known here, or not as it should be


def _one_line(value: Any) -> str:
    if isinstance(value, str) and value.startswith(MASK):
        return visible(value)
    return visible(json.dumps(value, ensure_ascii=False, default=str))


def _fits(before: Any, after: Any, short: tuple[str, str]) -> bool:
    several = any(isinstance(value, str) and "\n" in value.rstrip("\n") for value in (before, after))
    compound = any(isinstance(value, list | dict) for value in (before, after)) and None not in (before, after)
    return not several and not compound and sum(map(len, short)) <= ONE_LINE


def _lines(before: Any, after: Any) -> Iterator[Line]:
    if isinstance(before, list | None) and isinstance(after, list | None):
        return _members(before or [], after or [])
    parsed = [_parsed(value) for value in (before, after)]
    if all(isinstance(value, list | dict) for value in parsed) and all(map(nested.is_small, parsed)):
        return _pieces(*parsed)
    if all(isinstance(value, list | dict | None) for value in parsed):
        return _changed(*(_pretty(value) for value in parsed))
    texts = [value if isinstance(value, str | None) else _one_line(value) for value in (before, after)]
    return _changed(*(_text_lines(text, "\n" not in "".join(filter(None, texts))) for text in texts))


def _members(before: Sequence[Any], after: Sequence[Any]) -> Iterator[Line]:
    old, new = ([_one_line(item) for item in items] for items in (before, after))
    gone = [item for item in old if item not in set(new)]
    come = [item for item in new if item not in set(old)]
    if not gone and not come:
        yield "-", f"order: [{', '.join(old)}]"
        yield "+", f"order: [{', '.join(new)}]"
        return
    yield from (("-", item) for item in gone)
    yield from (("+", item) for item in come)
    if kept := len(old) - len(gone):
        yield " ", f"({kept:,} unchanged)"


def _pieces(before: Any, after: Any) -> Iterator[Line]:
    """The pieces that changed of two nested values; all lines of both where only the order is another one."""
    lines = list(nested.differences(before, after))
    return iter(lines) if lines else _changed(_pretty(before), _pretty(after))


def _parsed(value: Any) -> Any:
    """The value of a JSON text that holds an object or a list; every other value as it is."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _pretty(value: Any) -> list[str]:
    if value is None:
        return []
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str).split("\n")


def _text_lines(text: str | None, by_sentence: bool) -> list[str]:
    if text is None:
        return []
    return _SENTENCE.split(text) if by_sentence else text.split("\n")


def _changed(before: list[str], after: list[str]) -> Iterator[Line]:
    """The lines that changed, each with a line of context, a gap between distant ones."""
    if not before or not after or len(before) + len(after) > MOST_COMPARED:
        yield from (("-", line) for line in before)
        yield from (("+", line) for line in after)
        return
    for index, line in enumerate(islice(unified_diff(before, after, n=1, lineterm=""), 2, None)):
        if not line.startswith("@@"):
            yield line[0], line[1:]
        elif index:
            yield " ", GAP


def _capped(lines: Iterator[Line]) -> Iterator[Line]:
    yield from ((sign, _shortened(text)) for sign, text in islice(lines, MOST_LINES))
    if more := sum(1 for _ in lines):
        yield " ", f"{GAP} {number(more, 'more line')}"


def _shortened(text: str) -> str:
    text = visible(text)
    if len(text) <= LONGEST_LINE:
        return text
    return f"{text[:LONGEST_LINE]}{GAP} ({len(text) - LONGEST_LINE:,} more characters)"
