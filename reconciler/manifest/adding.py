"""One more item in a list of a manifest, or one more entry in a mapping; every other byte stays as it is.

The new lines stand behind the last ones, indented as those are, or in their braces. What was written is read again
by the loader, and taken only when exactly the addition is new.
"""

from __future__ import annotations

import codecs
import copy
from collections.abc import Iterator
from typing import Any

from yaml import MappingNode, Node, SequenceNode

from reconciler.manifest import layout
from reconciler.manifest.editing import node_at
from reconciler.manifest.marks import Path
from reconciler.manifest.yaml import YamlFile, parse_yaml


def with_item(content: bytes, name: str, index: int, path: Path, item: Any) -> bytes | None:
    """The file with one more item in the list at `path` of its document `index`, which is made where there is none.

    None when it cannot be written there.
    """
    read = parse_yaml(content, name)
    node = node_at(read, index, path)
    if node is None and path and isinstance(path[-1], str):
        return with_entry(content, name, index, path[:-1], path[-1], [item])
    if not isinstance(node, SequenceNode) or not node.value:
        return None
    last = node.value[-1]
    ways = _in_braces(read.text, node, last, layout.flow(item)) if node.flow_style else _item_lines(read, node, item)
    return _first_right(ways, content, name, read, index, path, item)


def with_entry(content: bytes, name: str, index: int, path: Path, word: str, value: Any) -> bytes | None:
    """The file with one more entry in the mapping at `path`; None when it cannot be written there."""
    read = parse_yaml(content, name)
    node = node_at(read, index, path)
    if not isinstance(node, MappingNode) or not node.value:
        return None
    if node.flow_style:
        short = layout.flow({word: value})
        ways = _in_braces(read.text, node, node.value[-1][1], short[1:-1] if short else None)
        ways = [*ways, *_whole_in_braces(read.text, node, word, value)]
    else:
        indent = node.value[0][0].start_mark.column
        ways = [_behind(read.text, node.value[-1][1], layout.block({word: value}, indent))]
    return _first_right(iter(ways), content, name, read, index, path, value, word)


def _item_lines(read: YamlFile, node: SequenceNode, item: Any) -> Iterator[str]:
    dash = read.text.rfind("-", 0, node.value[-1].start_mark.index)
    column = dash - (read.text.rfind("\n", 0, dash) + 1)
    yield _behind(read.text, node.value[-1], layout.item(item, column))


def _in_braces(text: str, node: Node, last: Node, short: str | None) -> list[str]:
    """Behind the last item or entry between brackets or braces."""
    if short is None:
        return []
    at = last.end_mark.index
    first = node.value[0][0] if isinstance(node, MappingNode) else node.value[0]
    on_lines = "\n" in text[node.start_mark.index : first.start_mark.index]
    between = f",{_line_end(text)}{' ' * first.start_mark.column}" if on_lines else ", "
    return [f"{text[:at]}{between}{short}{text[at:]}"]


def _whole_in_braces(text: str, node: MappingNode, word: str, value: Any) -> list[str]:
    """An item that stands alone on its line in braces, written as a block with the entry: it has no room for it."""
    begins = text.rfind("\n", 0, node.start_mark.index) + 1
    head = text[begins : node.start_mark.index]
    ends = text.find("\n", node.end_mark.index)
    ends = len(text) if ends < 0 else ends
    if head.strip() != "-" or "\n" in text[node.start_mark.index : node.end_mark.index]:
        return []
    column, line_end = len(head), _line_end(text)
    entries = [text[key.start_mark.index : one.end_mark.index] for key, one in node.value]
    remark = text[node.end_mark.index : ends].strip()
    lines = [head + entries[0] + (f" {remark}" if remark else "")]
    lines += [" " * column + one for one in entries[1:]]
    lines += layout.block({word: value}, column)
    return [text[:begins] + line_end.join(lines) + ("\r" if text[ends - 1 : ends] == "\r" else "") + text[ends:]]


def _behind(text: str, last: Node, lines: list[str]) -> str:
    """The lines behind a node, at the end of its last line that says something."""
    end = _line_end(text)
    at = last.end_mark.index
    while at > last.start_mark.index and text[at - 1] in " \t\r\n":
        at -= 1
    if not text[last.start_mark.index : at]:
        at = last.end_mark.index
    found = text.find("\n", at)
    if found < 0:
        return text + end + end.join(lines) + end
    return text[: found + 1] + end.join(lines) + end + text[found + 1 :]


def _line_end(text: str) -> str:
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def _first_right(
    ways: Iterator[str] | list[str],
    content: bytes,
    name: str,
    read: YamlFile,
    index: int,
    path: Path,
    value: Any,
    word: str = "",
) -> bytes | None:
    """The first text of which the loader reads what was there before, and the addition."""
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    wanted = [copy.deepcopy(one.data) for one in read.documents]
    place = wanted[index]
    for step in path:
        place = place[step]
    if word:
        place[word] = value
    else:
        place.append(value)
    for text in ways:
        made = mark + text.encode()
        again = parse_yaml(made, name)
        if not again.findings and [one.data for one in again.documents] == wanted:
            return made
    return None
