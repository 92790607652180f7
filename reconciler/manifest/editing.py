"""Another value at one place of a manifest; every other byte of the file stays as it is.

What stands there is replaced by its position, in the style in which it is written (plain, quoted, a block). Each
way of writing is read again by the loader, and taken only when exactly the value at the place is another.
"""

from __future__ import annotations

import codecs
import copy
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yaml import MappingNode, Node, ScalarNode, SequenceNode, YAMLError

from reconciler.manifest import scalars
from reconciler.manifest.composer import Composer, TooDeep
from reconciler.manifest.marks import Path
from reconciler.manifest.yaml import MAX_DEPTH, YamlFile, parse_yaml

Scalar = str | bool | int | float | None
_WIDTH = 100
_BLOCK = re.compile(r"[|>][+-]?[ \t]*(#.*)?")
_NOT_PRINTED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_PROPERTIES = ("&", "*", "!")
"""How an anchor, an alias and a tag begin: what carries one is left alone."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """A node of a document, how far the key that leads to it is indented, and whether it is in braces or brackets."""

    node: Node
    indent: int
    flow: bool

    @property
    def style(self) -> str | None:
        """How a scalar is quoted, or the sign of its block."""
        return self.node.style if isinstance(self.node, ScalarNode) else None


def with_value(content: bytes, name: str, index: int, path: Path, value: Scalar) -> bytes | None:
    """The file `name` with another value where a text, number or word stands in its document `index`.

    `path` starts at the top of the document. None when it cannot be written there.
    """
    read = parse_yaml(content, name)
    spot = _spot(read, index, path)
    if spot is None or not isinstance(spot.node, ScalarNode):
        return None
    start, end = spot.node.start_mark.index, spot.node.end_mark.index
    text = read.text
    if text.startswith(_PROPERTIES, start):
        return None
    if spot.style in ("|", ">"):
        end = _end_of_block(text, start, spot.indent)
    blank = " " if start == end and start and text[start - 1] not in " \n" else ""
    written = (
        text[:start] + blank + one + text[end:] for one in _ways(value, spot, text[start:end], _line_end(text, start))
    )
    return _first_right(written, content, name, read, index, path, value)


def with_entry(content: bytes, name: str, index: int, path: Path, word: str, value: Scalar) -> bytes | None:
    """The file with one more entry in the mapping at `path`; None when it cannot be written there."""
    read = parse_yaml(content, name)
    spot = _spot(read, index, path)
    if spot is None or not isinstance(spot.node, MappingNode) or not spot.node.value:
        return None
    new = _Spot(ScalarNode("", ""), 0, spot.flow or bool(spot.node.flow_style))
    ways = (f"{word}: {one}" for one in _ways(value, new, "", "\n") if "\n" not in one)
    text = read.text
    if new.flow:
        at = spot.node.value[-1][1].end_mark.index
        written = (f"{text[:at]}, {one}{text[at:]}" for one in ways)
    else:
        at = _after_a_line(text, spot.node)
        if at is None:
            return None
        column, end = spot.node.value[0][0].start_mark.column, _line_end(text, at - 1)
        broken = "" if text[at - 1 : at] == "\n" else end
        written = (f"{text[:at]}{broken}{' ' * column}{one}{end}{text[at:]}" for one in ways)
    return _first_right(written, content, name, read, index, (*path, word), value)


def node_at(read: YamlFile, index: int, path: Path) -> Node | None:
    """The node at a path of a document, with its place in the text; None where there is none."""
    spot = _spot(read, index, path)
    return spot.node if spot is not None else None


def _spot(read: YamlFile, index: int, path: Path) -> _Spot | None:
    if index >= len(read.documents) or read.findings:
        return None
    line = read.documents[index].line - 1
    try:
        composer = Composer(read.text, MAX_DEPTH)
        node: Node | None = None
        while node is None and composer.check_node():
            found = composer.get_node()
            if isinstance(found, MappingNode) and found.start_mark.line == line:
                node = found
    except (YAMLError, TooDeep):
        return None
    spot = _Spot(node, 0, flow=False) if node is not None else None
    for step in path:
        spot = _below(spot, step) if spot is not None else None
    return spot


def _below(spot: _Spot, step: str | int) -> _Spot | None:
    flow = spot.flow or bool(getattr(spot.node, "flow_style", False))
    if isinstance(spot.node, MappingNode):
        for key, value in spot.node.value:
            if isinstance(key, ScalarNode) and key.value == step:
                return _Spot(value, key.start_mark.column, flow)
    if isinstance(spot.node, SequenceNode) and isinstance(step, int) and step < len(spot.node.value):
        return _Spot(spot.node.value[step], spot.node.start_mark.column, flow)
    return None


def _line_end(text: str, near: int) -> str:
    """How the line ends that a place is in, or the first one of the file."""
    at = text.find("\n", max(near, 0))
    at = at if at >= 0 else text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def _end_of_block(text: str, start: int, indent: int) -> int:
    """Where the last line of a block ends that has words; blank lines behind it are not its text."""
    at = end = _end_of_line(text, start)
    while at < len(text):
        after = text.index("\n", at) + 1 if "\n" in text[at : at + 2] else len(text)
        line_end = _end_of_line(text, after)
        line = text[after:line_end]
        if line.strip():
            if len(line) - len(line.lstrip(" ")) <= indent:
                break
            end = line_end
        at = line_end if line_end > at else len(text)
    return end


def _end_of_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    if found < 0:
        return len(text)
    return found - 1 if found > at and text[found - 1] == "\r" else found


def _after_a_line(text: str, mapping: MappingNode) -> int | None:
    """Behind the last line of the mapping on which a key and a whole plain value stand."""
    for key, value in reversed(mapping.value):
        one_line = key.start_mark.line == value.end_mark.line and value.start_mark.index < value.end_mark.index
        if isinstance(value, ScalarNode) and one_line and value.style not in ("|", ">"):
            found = text.find("\n", value.end_mark.index)
            return found + 1 if found >= 0 else len(text)
    return None


def _ways(value: Scalar, spot: _Spot, old: str, end: str) -> Iterator[str]:
    """How a value can be written, in the style of what stands there first."""
    if not isinstance(value, str):
        yield "null" if value is None else json.dumps(value)
        return
    head = old.split("\n", 1)[0].rstrip("\r")
    inner = " " * (spot.indent + 2)
    if spot.style in ("|", ">") and _BLOCK.fullmatch(head):
        first = next((line for line in old.split("\n")[1:] if line.strip()), "")
        inner = first[: len(first) - len(first.lstrip(" "))] or inner
        if spot.style == ">":
            yield _block(head, _folded(value, _WIDTH - len(inner)), inner, end)
            head = head.replace(">", "|", 1)
        yield _block(head, value, inner, end)
        if "#" in head:
            return  # a remark that would be lost
    is_plain = value and scalars.tag_of(value) is scalars.TEXT and not scalars.is_treacherous(value)
    if "\n" in value and not spot.flow:
        yield _block("|-", value, inner, end)
    elif spot.style == "'":
        yield "'" + value.replace("'", "''") + "'"
    elif spot.style != '"' and is_plain and "\n" not in value:
        yield value
    quoted = json.dumps(value, ensure_ascii=False)
    yield _NOT_PRINTED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _block(head: str, text: str, inner: str, end: str) -> str:
    return end.join([head, *(inner + line if line else "" for line in text.split("\n"))])


def _folded(text: str, width: int) -> str:
    """The lines of a folded block: a line end of the text is a blank line more."""
    wrapped = (
        textwrap.wrap(line, max(width, 20), break_long_words=False, break_on_hyphens=False) or [""]
        for line in text.split("\n")
    )
    return "\n\n".join("\n".join(lines) for lines in wrapped)


def _first_right(
    written: Iterator[str], content: bytes, name: str, read: YamlFile, index: int, path: Path, value: Scalar
) -> bytes | None:
    """The first text of which the loader reads what was there before, and the value at the place."""
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    before = [one.data for one in read.documents]
    for text in written:
        try:
            made = mark + text.encode()
        except UnicodeEncodeError:
            return None
        again = parse_yaml(made, name)
        if not again.findings and _is_right([one.data for one in again.documents], before, index, path, value):
            return made
    return None


def _is_right(now: list[Any], before: list[Any], index: int, path: Path, value: Scalar) -> bool:
    expected = copy.deepcopy(before)
    *above, last = path
    try:
        here, there = now[index], expected[index]
        for step in above:
            here, there = here[step], there[step]
        found = here[last]
    except (KeyError, IndexError, TypeError):
        return False
    if isinstance(found, str) and isinstance(value, str) and found.rstrip("\n") == value:
        value = found  # a block ends with a line end, as it did before
    there[last] = value
    return now == expected and type(found) is type(value)
