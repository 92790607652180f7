"""CluedIn's rich text: a Slate document as JSON text, read like any formatted text and written from plain text.

Of its nodes only paragraphs are known ([B]); lists, links and tables go by the usual names of Slate editors, and
what is not known by its place: Slate lets an element hold either blocks, or text and inline elements.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from reconciler.resources.prose import Lines, Prose, plain_text

Node = Mapping[str, Any]

_ORDERED = frozenset({"numberedlist", "orderedlist", "ol", "ollist", "listordered", "numberlist"})
_UNORDERED = frozenset({"bulletedlist", "unorderedlist", "bulletlist", "ul", "ullist", "listunordered", "list"})
_ITEMS = frozenset({"listitem", "li", "checklistitem", "todolistitem"})
_TABLES = frozenset({"table"})
_ROWS = frozenset({"tablerow", "tr"})
_CELLS = frozenset({"tablecell", "tableheadercell", "tablecellheader", "td", "th"})
_CODE = frozenset({"codeblock", "pre"})
_RULES = frozenset({"hr", "thematicbreak", "divider"})
_IMAGES = frozenset({"image", "img", "media", "mediaembed", "video", "iframe"})
_INLINE = frozenset({"link", "a", "mention", "inlinecode"})
_ADDRESS = ("url", "href", "src", "link")


def slate(text: str) -> str:
    """Plain text as a Slate document: one paragraph a line."""
    paragraphs = [{"type": "paragraph", "children": [{"text": line}]} for line in text.split("\n")]
    return orjson.dumps(paragraphs).decode()


def rich_prose(value: str) -> Prose:
    """The forms of a text that may be a Slate document; any other text is itself."""
    if value.lstrip()[:1] != "[":
        exact = plain_text(value)
        return Prose(exact, exact, exact)
    return _forms(value)


@lru_cache(maxsize=4096)
def _forms(value: str) -> Prose:
    nodes = _document(value)
    if nodes is None:
        exact = plain_text(value)
        return Prose(exact, exact, exact)
    text = _render(nodes, marks=True)
    plain = all(_is_plain(node) for node in nodes)
    exact = text if plain else orjson.dumps(nodes, option=orjson.OPT_SORT_KEYS).decode()
    return Prose(text, exact, _render(nodes, marks=False))


def _document(value: str) -> list[Node] | None:
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, list):
        return None
    return found if all(isinstance(node, dict) and ("text" in node or "children" in node) for node in found) else None


def _is_plain(node: Node) -> bool:
    """Whether plain text says all of a block: a paragraph of text without marks."""
    leaves = node.get("children")
    return (
        node.keys() <= {"type", "children"}
        and _kind(node) in ("", "paragraph", "p")
        and isinstance(leaves, list)
        and all(isinstance(leaf, dict) and leaf.keys() == {"text"} for leaf in leaves)
    )


def _render(nodes: list[Node], *, marks: bool) -> str:
    lines = Lines(marks)
    _blocks(lines, nodes)
    return lines.finish()


def _blocks(lines: Lines, nodes: list[Any]) -> None:
    """Children of one element: inline ones follow each other, blocks stand on lines of their own."""
    inline = any(_is_leaf(node) or _kind(node) in _INLINE for node in nodes)
    for node in nodes:
        if _is_leaf(node):
            lines.text(_said(node))
        elif inline and _kind(node) not in _UNORDERED | _ORDERED | _ITEMS | _TABLES:
            _inline(lines, node)
        else:
            _block(lines, node)


def _inline(lines: Lines, node: Node) -> None:
    address = _address(node)
    if _kind(node) in _IMAGES:
        lines.image(address, _label(node))
        return
    if address:
        lines.open_link(address)
    _blocks(lines, _children(node))
    if address:
        lines.close_link()


def _block(lines: Lines, node: Node) -> None:
    kind = _kind(node)
    below = _children(node)
    if kind in _ORDERED or kind in _UNORDERED:
        lines.open_list(ordered=kind in _ORDERED)
        _blocks(lines, below)
        lines.close_list()
    elif kind in _ITEMS:
        lines.item()
        _blocks(lines, below)
        lines.close_item()
    elif kind in _TABLES:
        lines.open_table()
        _blocks(lines, below)
        lines.close_table()
    elif kind in _ROWS:
        lines.open_row()
        _blocks(lines, below)
        lines.close_row()
    elif kind in _CELLS:
        lines.open_cell()
        _blocks(lines, below)
        lines.close_cell()
    elif kind in _CODE:
        lines.keep_blanks(on=True)
        _blocks(lines, below)
        lines.keep_blanks(on=False)
    elif kind in _RULES:
        lines.rule()
    elif kind in _IMAGES:
        lines.block()
        lines.image(_address(node), _label(node))
        lines.block()
    else:
        _paragraph(lines, node)


def _paragraph(lines: Lines, node: Node) -> None:
    """A block of its own lines, also when nothing is in it: an empty paragraph is an empty line."""
    lines.block()
    lines.keep_blanks(on=True)
    before = len(lines.done)
    _inline(lines, node)
    lines.keep_blanks(on=False)
    if len(lines.done) == before and all(_is_leaf(child) for child in _children(node)):
        lines.end()


def _label(node: Node) -> str:
    caption = node.get("caption") or node.get("alt") or ""
    return caption if isinstance(caption, str) else "".join(map(_said, caption)) if isinstance(caption, list) else ""


def _children(node: Node) -> list[Any]:
    found = node.get("children") if isinstance(node, Mapping) else None
    return found if isinstance(found, list) else []


def _is_leaf(node: Any) -> bool:
    return not isinstance(node, Mapping) or ("text" in node and "children" not in node)


def _said(node: Any) -> str:
    """The text of a leaf; a leaf without any says nothing."""
    text = node.get("text") if isinstance(node, Mapping) else node
    return "" if text is None else str(text)


def _kind(node: Any) -> str:
    kind = node.get("type") if isinstance(node, Mapping) else None
    return kind.lower().replace("-", "").replace("_", "") if isinstance(kind, str) else ""


def _address(node: Node) -> str:
    for holder in (node, node.get("data")):
        if isinstance(holder, Mapping):
            found = next((holder[name] for name in _ADDRESS if isinstance(holder.get(name), str)), "")
            if found:
                return str(found)
    return ""
