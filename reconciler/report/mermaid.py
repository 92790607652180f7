"""A graph as Mermaid, which GitHub draws within Markdown.

Facts: mermaid's documents of flowcharts (shapes, classes, entity codes `#35;`) and of its configuration: by default
it draws at most 500 edges and 50,000 characters, and a page cannot raise that on GitHub [B].
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from reconciler.report.graphs import GROUPS, Edge, Graph, Node, grouped, label
from reconciler.report.words import visible

MOST_EDGES = 500
MOST_CHARACTERS = 50_000
LONGEST_LINE = 80

_SHAPES = {"process": ("{{", "}}"), "asset": ("[(", ")]"), "provider": ("([", "])"), "target": ("[/", "/]")}
_CLASSES = {
    "process": "fill:#eef3fb,stroke:#3b6fb6,color:#1b2a3d",
    "asset": "fill:#f3f3f3,stroke:#666,color:#222",
    "target": "fill:#fff,stroke:#a15c00,color:#5c3400,stroke-dasharray:5 4",
    "new": "stroke:#1a7f37,stroke-width:3px",
    "removed": "stroke:#cf222e,stroke-width:3px,stroke-dasharray:3 3",
}
_HARMLESS = re.compile(r"[^\w ./:,=…\-]")
_LIST = re.compile(r"^(\s*)(\d+\.|-)(?=\s|$)")


def mermaid(graph: Graph) -> str:
    """The picture as text, without a fence."""
    return "\n".join(_lines(graph)) + "\n"


def fits(graph: Graph, text: str) -> bool:
    """Whether Mermaid draws it as it is configured everywhere."""
    return len(graph.edges) <= MOST_EDGES and len(text) <= MOST_CHARACTERS


def _lines(graph: Graph) -> Iterator[str]:
    yield "flowchart LR"
    if not graph.nodes:
        yield '  nothing["nothing"]'
    ids = _ids(graph)
    for group, nodes in grouped(graph):
        inner = "  "
        if group:
            yield f'  subgraph {group}_side["{GROUPS[group]}"]'
            inner = "    "
        yield from (f"{inner}{_node(node, ids[node.id])}" for node in nodes)
        if group:
            yield "  end"
    yield from (f"  {ids[edge.source]} {_arrow(edge)} {ids[edge.target]}" for edge in graph.edges)
    yield from _classes(graph, ids)


def _node(node: Node, id: str) -> str:
    opening, closing = _SHAPES.get(node.role, ("[", "]"))
    lines = [_text(line) for line in label(node)]
    if node.state in ("new", "removed"):
        lines.append(node.state)
    return f'{id}{opening}"{"<br/>".join(lines)}"{closing}'


def _arrow(edge: Edge) -> str:
    if edge.relation == "needs":
        return "-->"
    return {"new": "==>", "removed": '-. "removed" .->'}.get(edge.state, "-->")


def _classes(graph: Graph, ids: dict[str, str]) -> Iterator[str]:
    members: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        for word in (node.role, node.state):
            if word in _CLASSES:
                members.setdefault(word, []).append(ids[node.id])
    for word, style in _CLASSES.items():
        if word in members:
            yield f"  classDef {word}_ {style}"
            yield f"  class {','.join(members[word])} {word}_"


def _ids(graph: Graph) -> dict[str, str]:
    """Ids that stay the same as long as the addresses do, and that no word of the language is."""
    taken: dict[str, str] = {}
    for address in graph.nodes:
        digest, length = hashlib.sha256(address.encode("utf-8", "replace")).hexdigest(), 8
        while taken.setdefault(f"n{digest[:length]}", address) != address:
            length += 1
    return {address: id for id, address in taken.items()}


def _text(line: str) -> str:
    """A line of a label in which nothing formats, links or ends it: all but plain characters as entity codes."""
    shown = visible(line)
    if len(shown) > LONGEST_LINE:
        half = LONGEST_LINE // 2 - 1
        shown = f"{shown[:half]} … {shown[-half:]}"
    shown = _LIST.sub(lambda found: found[1] + found[2].replace(".", "\x00").replace("-", "\x01"), shown)
    safe = _HARMLESS.sub(lambda found: f"#{ord(found[0])};" if ord(found[0]) > 1 else found[0], shown)
    return safe.replace("\x00", "#46;").replace("\x01", "#45;").replace("://", "#58;//").replace("www.", "www#46;")
