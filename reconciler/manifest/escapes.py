r"""Characters outside the basic plane as JSON escapes them: two halves, `\ud83d\ude00`, which libyaml refuses.

JSON is YAML 1.2 but for this. The halves are disguised as characters of private use, of the same length, so that
every line and column stays; what was read is put right afterwards.
"""

from __future__ import annotations

import re

from yaml import MappingNode, Node, ScalarNode, SequenceNode

_PAIR = re.compile(r"(?<!\\)((?:\\\\)*\\u)([dD])([89abAB][0-9a-fA-F]{2}\\u)([dD])([c-fC-F][0-9a-fA-F]{2})")
_TAKEN = re.compile(r"\\u[eE][89a-fA-F]|[\ue800-\uefff]")
_DISGUISED = re.compile(r"(\\u)([eE])([89abAB][0-9a-fA-F]{2}\\u)([eE])([c-fC-F][0-9a-fA-F]{2})")
_HALVES = re.compile("[\ue800-\uebff][\uec00-\uefff]")
_NEXT = {"d": "e", "D": "E", "e": "d", "E": "D"}
_SHIFT = 0x1000


def disguised(text: str) -> str | None:
    """The text with its pairs disguised; None when there are none, or when it uses the same characters itself."""
    if "\\u" not in text or not _PAIR.search(text) or _TAKEN.search(text):
        return None
    return _PAIR.sub(_exchanged, text)


def put_right(root: Node) -> None:
    """Gives every value below a node of a disguised text what was meant by it, in place."""
    todo, seen = [root], set[int]()
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, MappingNode):
            todo += (part for pair in node.value for part in pair)
        elif isinstance(node, SequenceNode):
            todo += node.value
        elif isinstance(node, ScalarNode) and node.style == '"':
            node.value = _HALVES.sub(_character, node.value)
        elif isinstance(node, ScalarNode):  # where a backslash is one, nothing was meant by it
            node.value = _DISGUISED.sub(_exchanged, node.value)


def _exchanged(found: re.Match[str]) -> str:
    before, first, between, second, after = found.groups()
    return f"{before}{_NEXT[first]}{between}{_NEXT[second]}{after}"


def _character(found: re.Match[str]) -> str:
    high, low = (ord(half) - _SHIFT for half in found[0])
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
