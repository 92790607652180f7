"""The one place that stands on a private class of PyYAML.

libyaml's parser calls back for the tag of each plain value and for each level; PyYAML offers that only to
subclasses of `yaml._yaml.CParser`, which its public loaders are made of. `tests/manifest/test_composer.py` says
what we rely on, so that another PyYAML is noticed there first.
"""

from __future__ import annotations

from yaml import MappingNode, Node, ScalarNode
from yaml._yaml import CParser

from reconciler.manifest import scalars


class TooDeep(Exception):
    """Raised out of the parser when a document nests too deeply; the place is that of the value above, from 0."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.line: int = node.start_mark.line
        self.column: int = node.start_mark.column


class Composer(CParser):
    """Composes the documents of a text into nodes, with tags as in YAML 1.2.

    Raises `TooDeep` beyond `max_depth` levels, and `YAMLError` for what is no YAML. PyYAML from 6.0.4 stops by
    itself while it looks ahead, at about 1,000 levels: a `YAMLError` too.
    """

    def __init__(self, text: str, max_depth: int) -> None:
        super().__init__(text)
        self.max_depth = max_depth
        self.depth = 0
        self.treacherous = False

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        """Called by the parser before each value."""
        self.depth += 1
        if self.depth > self.max_depth and parent is not None:
            raise TooDeep(parent)

    def ascend_resolver(self) -> None:
        """Called by the parser after each value."""
        self.depth -= 1

    def resolve(self, kind: type[Node], value: str, implicit: tuple[bool, bool]) -> str:
        """Called by the parser for each value without a tag of its own."""
        if kind is ScalarNode:
            if not implicit[0] or (value and value[0] not in scalars.NEEDS_A_LOOK):
                return scalars.TEXT
            tag = scalars.tag_of(value)
            if tag is scalars.TEXT and scalars.is_treacherous(value):
                self.treacherous = True
            return tag
        return scalars.MAPPING if kind is MappingNode else scalars.SEQUENCE
