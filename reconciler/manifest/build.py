"""Parsed nodes → data and marks: duplicates, keys that are not text, unknown tags, aliases and merge keys."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.errors import Diagnostic, Source
from reconciler.manifest import scalars
from reconciler.manifest.marks import MappingMarks, Marks, pack

MAX_EXPANDED = 100_000
_COLUMN = 24
_BEYOND = 2**63
"""The first whole number that 64 bits do not hold."""
_ESCAPED_CONTROL = re.compile(r"\\(?:[0abefv]|x[01]|x7[fF]|u00[01]|u007[fF]|U0000000|U0000001|U0000007[fF])")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters that nobody sees, and that no text of a manifest may hold."""
CURLY = {"“": "”“", "„": "“”", "‟": "”", "«": "»", "»": "«", "‘": "’‘", "‚": "‘’"}
"""Quotes that are typed for straight ones, with those that close them; YAML takes them for letters."""
_SCALAR_TAGS = (scalars.TEXT, scalars.NULL, scalars.BOOLEAN, scalars.INTEGER, scalars.NUMBER, scalars.MERGE)


class Builder:
    """Builds the documents of one file and collects what is wrong with them."""

    def __init__(self, file: str, text: str, findings: list[Diagnostic], max_depth: int) -> None:
        self._file = file
        self._findings = findings
        self._max_depth = max_depth
        self._may_alias = "*" in text and "&" in text
        self._may_merge = "<<" in text
        self._may_surprise = bool(_ESCAPED_CONTROL.search(text)) if "\\" in text else False
        if not text.isascii():
            self._may_surprise = self._may_surprise or any(quote in text for quote in CURLY)
        self._expanded = 0

    def build(self, node: Node) -> tuple[Any, Marks] | None:
        """The data and marks of one document, or None when its aliases are not acceptable."""
        if self._may_alias and not self._aliases_are_modest(node):
            return None
        return self._value(node)

    def _value(self, node: Node) -> tuple[Any, Marks]:
        tag = node.tag
        if isinstance(node, MappingNode):
            if tag != scalars.MAPPING:
                self._unknown_tag(node)
            return self._mapping(node)
        if isinstance(node, SequenceNode):
            if tag != scalars.SEQUENCE:
                self._unknown_tag(node)
            return self._sequence(node)
        return self._scalar(node), _mark(node)

    def _mapping(self, node: MappingNode) -> tuple[dict[str, Any], Marks]:
        data: dict[str, Any] = {}
        start = node.start_mark
        marks: list[Marks] = [start.line << _COLUMN | start.column]
        pairs = node.value
        first: dict[str, Node] = {}
        if self._may_merge and any(key.tag == scalars.MERGE for key, _ in pairs):
            pairs = self._with_merged(node).value
        for key_node, value_node in pairs:
            if key_node.tag is scalars.TEXT:
                key = key_node.value
                if self._may_surprise:
                    self._check_characters(key_node)
            else:
                key = self._odd_key(key_node)
            if key in data:
                first = first or {one.value: one for one, _ in reversed(pairs) if isinstance(one, ScalarNode)}
                self._duplicate(key, key_node, first.get(key, key_node))
                continue
            mark = key_node.start_mark
            marks.append(mark.line << _COLUMN | mark.column)
            if value_node.tag is scalars.TEXT and not self._may_surprise:
                data[key] = value_node.value
                mark = value_node.start_mark
                marks.append(mark.line << _COLUMN | mark.column)
            else:
                data[key], value_marks = self._value(value_node)
                marks.append(value_marks)
        return data, MappingMarks(marks)

    def _sequence(self, node: SequenceNode) -> tuple[list[Any], Marks]:
        built = [self._value(child) for child in node.value]
        return [value for value, _ in built], (_mark(node), *(marks for _, marks in built))

    def _scalar(self, node: Node) -> scalars.Scalar:
        if self._may_surprise:
            self._check_characters(node)
        if node.tag not in _SCALAR_TAGS:
            self._unknown_tag(node)
            return None
        try:
            value = scalars.value_of(node.value, node.tag)
        except ValueError:
            if node.tag == scalars.INTEGER and len(node.value) > scalars.LONGEST_INTEGER:
                summary = f"The number here has more than {scalars.LONGEST_INTEGER} digits"
            else:
                summary = f"The tag here does not fit the value {node.value[:60]!r}"
            self._say("manifest.bad_scalar", summary, "Quote it, if it is meant as text.", node)
            return None
        if (isinstance(value, int) and abs(value) >= _BEYOND) or (isinstance(value, float) and not isfinite(value)):
            summary = f"`{node.value[:60]}` is no number that the systems can hold"
            self._say("manifest.bad_scalar", summary, "Quote it, if it is meant as text.", node)
            return None
        return value

    def _with_merged(self, node: MappingNode) -> MappingNode:
        """The mapping with the keys of `<<` added behind its own, which win."""
        own = [(key, value) for key, value in node.value if key.tag != scalars.MERGE]
        taken = {key.value for key, _ in own if isinstance(key, ScalarNode)}
        for key, value in node.value:
            if key.tag != scalars.MERGE:
                continue
            sources = value.value if isinstance(value, SequenceNode) else [value]
            for source in sources:
                if not isinstance(source, MappingNode):
                    self._say(
                        "manifest.bad_merge",
                        "`<<` can only take a mapping or a list of mappings",
                        "Give it an alias of a mapping, as in `<<: *defaults`.",
                        source,
                    )
                    continue
                for pair in self._with_merged(source).value:
                    if isinstance(pair[0], ScalarNode) and pair[0].value not in taken:
                        taken.add(pair[0].value)
                        own.append(pair)
        return MappingNode(node.tag, own, node.start_mark, node.end_mark)

    def _odd_key(self, node: Node) -> str:
        if isinstance(node, ScalarNode):
            if node.tag == scalars.TEXT:
                return str(node.value)
            if node.tag not in _SCALAR_TAGS:
                self._unknown_tag(node)
                return str(node.value)
            summary, detail = f"The key `{node.value[:60]}` is not text", f'Quote it: `"{node.value[:60]}":`.'
            if node.value in ("", "~"):
                summary, detail = "A key is empty", "Write the key before the `:`."
        else:
            summary, detail = "A key is a list or a mapping, not text", "Quote a text with brackets."
        self._say("manifest.key_not_text", summary, detail, node)
        return str(node.value) if isinstance(node, ScalarNode) else f"[{_mark(node)}]"

    def _duplicate(self, key: str, node: Node, first: Node) -> None:
        self._say(
            "manifest.duplicate_key",
            f"The key `{key}` stands here again; line {first.start_mark.line + 1} already sets it",
            "Keep one of the two.",
            node,
        )

    def _unknown_tag(self, node: Node) -> None:
        tag = str(node.tag).replace("tag:yaml.org,2002:", "!!")
        self._say(
            "manifest.unknown_tag",
            f"The tag `{tag[:80]}` is not allowed",
            "Remove it, or quote the text if the `!` is meant as text.",
            node,
        )

    def _check_characters(self, node: Node) -> None:
        self._check_quotes(node)
        found = CONTROL.search(node.value) if isinstance(node, ScalarNode) and node.style == '"' else None
        if found:
            self._say(
                "manifest.control_character",
                f"The text contains the control character U+{ord(found[0]):04X} as an escape",
                "Remove the escape; use single quotes if the backslash is meant as text.",
                node,
            )

    def _check_quotes(self, node: Node) -> None:
        """A plain text that stands in curly quotes, or begins with one that a comma has cut off from its end."""
        if not isinstance(node, ScalarNode) or node.style or node.value[:1] not in CURLY:
            return
        text, closing = str(node.value), CURLY[node.value[0]]
        inner = any(quote in text[1:-1] for quote in closing)
        whole = len(text) > 1 and text[-1] in closing and not inner
        cut = text[0] in "“„«" and not inner and text[-1] not in closing
        if whole or cut:
            bare = text[1:-1] if whole else text[1:]
            self._say(
                "manifest.curly_quotes",
                f"`{text[:60]}` begins with a curly quote, which YAML takes for a part of the text",
                f'Write straight quotes: `"{bare[:60]}"`; or, if it is meant, put the whole in straight quotes.',
                node,
            )

    def _aliases_are_modest(self, root: Node) -> bool:
        """Whether no alias contains itself and expansion stays within bounds; else says so."""
        measured: dict[int, tuple[int, int] | None] = {}
        if not self._measure(root, measured):
            return False
        size, height = measured[id(root)] or (0, 0)
        self._expanded += size - len(measured)
        if self._expanded > MAX_EXPANDED:
            self._say(
                "manifest.too_many_aliases",
                f"The aliases of this document expand to more than {MAX_EXPANDED:,} values",
                "Write the values out, or use a Defaults document.",
                root,
            )
            return False
        if height > self._max_depth:
            self._say(
                "manifest.too_deep",
                f"The nesting is deeper than {self._max_depth} levels once aliases are expanded",
                "Flatten the structure.",
                root,
            )
            return False
        return True

    def _measure(self, node: Node, measured: dict[int, tuple[int, int] | None]) -> bool:
        if id(node) in measured:
            if measured[id(node)] is None:
                self._say(
                    "manifest.recursive_alias",
                    "An alias in this value refers to the value itself",
                    "Write out what is meant.",
                    node,
                )
            return measured[id(node)] is not None
        measured[id(node)] = None
        if isinstance(node, MappingNode):
            children = [part for pair in node.value for part in pair]
        else:
            children = node.value if isinstance(node, SequenceNode) else []
        size, height = 1, 0
        for child in children:
            if not self._measure(child, measured):
                return False
            child_size, child_height = measured[id(child)] or (0, 0)
            size, height = size + child_size, max(height, child_height)
        measured[id(node)] = size, height + 1
        return True

    def _say(self, code: str, summary: str, detail: str, node: Node) -> None:
        mark = node.start_mark
        self._findings.append(
            Diagnostic("error", code, summary, detail, Source(self._file, mark.line + 1, mark.column + 1))
        )


def _mark(node: Node) -> int:
    mark = node.start_mark
    return pack(mark.line, mark.column)
