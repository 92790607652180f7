"""One layout for manifests: two blanks a level, lists below their key and indented, one blank behind `:`, `-` and `,`.

Only blanks and line ends change: words, quotes, comments, anchors and the order of things stay, and so does how
lines end. A file of which the loader would read anything else afterwards is left as it is.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode, YAMLError

from reconciler.manifest.composer import Composer, TooDeep
from reconciler.manifest.yaml import MAX_DEPTH, parse_yaml

STEP = 2
_COLON = re.compile(r"[ \t]*:[ \t]+|[ \t]*:(?=$)|[ \t]*:")
_COMMA = re.compile(r"[ \t]*,[ \t]*")
_MARKER = re.compile(r"(---|\.\.\.)([ \t\r]|$)")


def formatted(content: bytes, name: str) -> bytes | None:
    """The bytes of a file in the layout; None where it cannot be read, or only as something else."""
    read = parse_yaml(content, name)
    if read.findings or "\t" in read.text:
        return None
    end = "\r\n" if "\r\n" in read.text else "\n"
    try:
        text = _Layout(read.text if read.text.endswith("\n") else read.text + end).text()
    except (YAMLError, TooDeep):
        return None
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    made = mark + text.encode()
    again = parse_yaml(made, name)
    same = not again.findings and [one.data for one in again.documents] == [one.data for one in read.documents]
    return made if same and _comments(text) == _comments(read.text) else None


def _comments(text: str) -> list[str]:
    """What could be comments, by what they say."""
    return ["".join(line[line.index("#") :].split()) for line in text.split("\n") if "#" in line]


@dataclass
class _Layout:
    """One text on its way into the layout."""

    source: str
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    indents: dict[int, int] = field(default_factory=dict)
    """How far a line is to be indented, where something begins on it."""
    follows: dict[int, int] = field(default_factory=dict)
    """By line that goes on with what began on another: that one."""
    kept: set[int] = field(default_factory=set)
    """Lines of texts, in which blanks may mean something."""
    _flat: set[int] = field(default_factory=set)
    _seen: set[int] = field(default_factory=set)

    def text(self) -> str:
        """The text in the layout."""
        self._lines = self.source.split("\n")
        tokens = yaml.scan(self.source, Loader=yaml.SafeLoader)
        dashes = [one.start_mark for one in tokens if isinstance(one, yaml.BlockEntryToken)]
        self._dashes = {one.index: one.line for one in dashes}
        self._places = list(self._dashes)
        composer = Composer(self.source, MAX_DEPTH)
        while composer.check_node():
            node = composer.get_node()
            if node is not None:
                self._place(node, 0)
        return "\n".join(self._written())

    # -- where things go -----------------------------------------------------------------------------------------

    def _place(self, node: Node, indent: int) -> None:
        """A node whose own lines are to be indented so far; one with an anchor is placed where it is written."""
        if id(node) in self._seen:
            return
        self._seen.add(id(node))
        if isinstance(node, MappingNode) and not node.flow_style:
            for key, value in node.value:
                self._begin(key, indent)
                self._below(key, value, indent)
        elif isinstance(node, SequenceNode) and not node.flow_style:
            for item in node.value:
                self._item(item, indent)
        else:
            self._inline(node)

    def _begin(self, node: Node, indent: int) -> None:
        if not self._before(node):
            self.indents[node.start_mark.line] = indent
        self._inline(node)

    def _below(self, key: Node, value: Node, indent: int) -> None:
        """What stands behind a key."""
        if value.start_mark.index < key.start_mark.index:
            return  # an alias of what stands above
        same_line = value.start_mark.line == key.end_mark.line
        if same_line:
            self._one_blank(key, value)
        self._follow(value, key.start_mark.line)
        self._place(value, indent + STEP)
        if not same_line and not _is_block(value) and not self._before(value):
            self.indents[value.start_mark.line] = indent + STEP
            self._follow(value, value.start_mark.line)

    def _item(self, item: Node, indent: int) -> None:
        """An item of a list in blocks, with its dash."""
        number = bisect_left(self._places, item.start_mark.index) - 1
        if number < 0:
            return
        at = self._places[number]
        line = self._dashes[at]
        if not self.source[self.source.rfind("\n", 0, at) + 1 : at].strip():
            self.indents[line] = indent
        between = self.source[at + 1 : item.start_mark.index]
        if "\n" not in between and between.strip() == "" and item.end_mark.index > item.start_mark.index:
            self.edits.append((at + 1, item.start_mark.index, " "))
        self._follow(item, line)
        self._place(item, indent + STEP)

    def _follow(self, node: Node, line: int) -> None:
        """The later lines of a scalar, or of braces and brackets, move along with the first."""
        if _is_block(node):
            return
        last = node.end_mark.line
        if isinstance(node, ScalarNode) and node.style in ("|", ">") and node.end_mark.column == 0:
            last -= 1
        for number in range(node.start_mark.line + 1, last + 1):
            self.follows[number] = line
            if isinstance(node, ScalarNode):
                self.kept.add(number)
        if isinstance(node, ScalarNode) and last > node.start_mark.line:
            self.kept.add(node.start_mark.line)

    def _inline(self, node: Node) -> None:
        """Blanks between braces and brackets that open and close on one line."""
        if isinstance(node, ScalarNode) or node.start_mark.line != node.end_mark.line or id(node) in self._flat:
            return
        self._flat.add(id(node))
        parts = list(node.value) if isinstance(node, MappingNode) else [(one, one) for one in node.value]
        inside = (node.start_mark.index, node.end_mark.index)
        opened = self.source.find("{" if isinstance(node, MappingNode) else "[", *inside)
        before = opened + 1
        for first, last in parts:
            if not inside[0] <= first.start_mark.index < inside[1]:
                return  # an alias: its text is not where the node is
            gap = self.source[before : first.start_mark.index]
            if before == opened + 1 and not gap.strip():
                self.edits.append((before, first.start_mark.index, ""))
            elif _COMMA.fullmatch(gap):
                self.edits.append((before, first.start_mark.index, ", "))
            if last is not first and inside[0] <= last.start_mark.index < inside[1]:
                self._one_blank(first, last)
            elif last is not first:
                return
            self._inline(first)
            self._inline(last)
            before = last.end_mark.index
        if parts and not self.source[before : inside[1] - 1].strip():
            self.edits.append((before, inside[1] - 1, ""))

    def _one_blank(self, key: Node, value: Node) -> None:
        """One blank between a key and what it has on its line."""
        start, end = key.end_mark.index, value.start_mark.index
        if start < end < value.end_mark.index and _COLON.fullmatch(self.source[start:end]):
            self.edits.append((start, end, ": "))

    def _before(self, node: Node) -> str:
        """What stands before a node on its line, other than blanks."""
        start = self.source.rfind("\n", 0, node.start_mark.index) + 1
        return self.source[start : node.start_mark.index].strip()

    # -- and how they are written --------------------------------------------------------------------------------

    def _written(self) -> Iterator[str]:
        spaced = self._spaced().split("\n")
        moved = {number: self.indents[number] - _indent_of(self._lines[number]) for number in self.indents}
        blank_before, begun = False, False
        while len(spaced) > 1 and not spaced[-1].strip() and len(spaced) - 1 not in self.kept:
            spaced.pop()
        for number, line in enumerate(spaced):
            end = "\r" if line.endswith("\r") else ""
            bare = line.removesuffix("\r")
            if number not in self.kept:
                bare = bare.rstrip()
            if not bare.strip() and number not in self.kept:
                blank_before = begun
                continue
            if blank_before:
                yield end
                blank_before = False
            begun = True
            yield self._indented(number, bare, moved) + end
        yield ""

    def _spaced(self) -> str:
        parts, at = [], 0
        for start, end, new in sorted(set(self.edits)):
            parts += [self.source[at:start], new]
            at = end
        return "".join((*parts, self.source[at:]))

    def _indented(self, number: int, line: str, moved: dict[int, int]) -> str:
        if not line.strip() or _MARKER.match(line):
            return line
        if number in self.indents:
            return " " * self.indents[number] + line.lstrip(" ")
        if number in self.follows:
            by = moved.get(self.follows[number], 0)
            return " " * max(_indent_of(line) + by, 0) + line.lstrip(" ")
        if line.lstrip(" ").startswith("#"):
            return " " * self._of_comment(number, line) + line.lstrip(" ")
        return line

    def _of_comment(self, number: int, line: str) -> int:
        """As far as what it is about: the line below that is indented as it is, else the one above."""
        own = _indent_of(line)
        below = next((one for one in range(number + 1, len(self._lines)) if one in self.indents), None)
        above = next((one for one in range(number - 1, -1, -1) if one in self.indents), None)
        for one in (below, above):
            if one is not None and _indent_of(self._lines[one]) == own:
                return self.indents[one]
        nearest = below if below is not None and own <= _indent_of(self._lines[below]) else above
        return own if nearest is None else self.indents[nearest]


def _is_block(node: Node) -> bool:
    return isinstance(node, MappingNode | SequenceNode) and not node.flow_style


def _indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
