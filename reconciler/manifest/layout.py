"""Data written as YAML for people: blocks for what is large, braces for what fits on a line.

The same bytes for the same data. Every text is written so that each reader takes it for this text.
"""

from __future__ import annotations

import io
import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yaml.emitter import Emitter

from reconciler.manifest import scalars

WIDTH = 120
_FOLDED = 100
_NOT_PRINTED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_IN_BLOCKS = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_analyse = Emitter(io.StringIO()).analyze_scalar


def block(data: Mapping[str, Any], indent: int = 0, *, wide: bool = True) -> list[str]:
    """The lines of a mapping; without `wide` nothing stands in braces."""
    lines: list[str] = []
    for key, value in data.items():
        lines += _entry(f"{' ' * indent}{word(key)}:", value, indent, wide)
    return lines


def item(value: Any, indent: int = 0, *, wide: bool = True) -> list[str]:
    """The lines of an item of a list, the dash included."""
    dash = f"{' ' * indent}-"
    if not isinstance(value, Mapping) or not value:
        return _entry(dash, value, indent, wide)
    if wide and (short := flow(value)) is not None and len(dash) + 1 + len(short) <= WIDTH:
        return [f"{dash} {short}"]
    lines = block(value, indent + 2, wide=wide)
    return [f"{dash} {lines[0].lstrip(' ')}", *lines[1:]]


def flow(value: Any) -> str | None:
    """A value on one line; None where it is none: it holds lists of mappings, or text of several lines."""
    if isinstance(value, Mapping):
        inner = [(word(key, in_flow=True), flow(one)) for key, one in value.items()]
        if any(one is None for _, one in inner):
            return None
        return "{" + ", ".join(f"{key}: {one}" for key, one in inner) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(one, Mapping) for one in value):
            return None
        parts = [flow(one) for one in value]
        return None if None in parts else "[" + ", ".join(part for part in parts if part is not None) + "]"
    if isinstance(value, str):
        return None if "\n" in value else word(value, in_flow=True)
    return "null" if value is None else json.dumps(value)


def word(text: str, *, in_flow: bool = False) -> str:
    """A text on one line, plain where every reader takes it for text."""
    seen = _analyse(text)
    plain = seen.allow_flow_plain if in_flow else seen.allow_block_plain
    is_text = scalars.tag_of(text) == scalars.TEXT and not scalars.is_treacherous(text)
    if plain and is_text and not seen.multiline and not _IN_BLOCKS.search(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _NOT_PRINTED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _entry(head: str, value: Any, indent: int, wide: bool) -> list[str]:
    """What stands behind a key or a dash."""
    if isinstance(value, str):
        return _text(head, value, indent + 2)
    is_empty = isinstance(value, Mapping | Sequence) and not value
    short = flow(value) if wide or is_empty or not isinstance(value, Mapping | Sequence) else None
    if short is not None and len(head) + 1 + len(short) <= (_FOLDED if isinstance(value, Mapping) else WIDTH):
        return [f"{head} {short}"]
    if isinstance(value, Mapping):
        return [head, *block(value, indent + 2, wide=wide)]
    return [head, *(line for one in value for line in item(one, indent + 2, wide=wide))]


def _text(head: str, text: str, indent: int) -> list[str]:
    """A text: on the line, as a block of its own lines, or folded where it is long."""
    inner = " " * indent
    lines = text.split("\n")
    if len(lines) > 1 and _is_block(lines):
        return [f"{head} |-", *(f"{inner}{line}" if line else "" for line in lines)]
    short = word(text)
    if len(head) + 1 + len(short) <= WIDTH or len(lines) > 1 or not _folds(text):
        return [f"{head} {short}"]
    return [f"{head} >-", *(inner + line for line in _wrapped(text, _FOLDED - indent))]


def _is_block(lines: Sequence[str]) -> bool:
    """Whether lines can stand as they are: nothing hidden, and no blanks that a reader could not see."""
    sound = not any(_IN_BLOCKS.search(line) or line != line.rstrip() or "\t" in line for line in lines)
    return sound and bool(lines[0]) and bool(lines[-1]) and not lines[0].startswith(" ")


def _folds(text: str) -> bool:
    """Whether a text is the same once its blanks are line ends."""
    return not _IN_BLOCKS.search(text) and text == " ".join(text.split(" ")) == " ".join(text.split())


def _wrapped(text: str, width: int) -> Iterator[str]:
    yield from textwrap.wrap(text, max(width, 40), break_long_words=False, break_on_hyphens=False)
