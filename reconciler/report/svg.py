"""Lineage as a picture: SVG of our own making, as it is before the plan and after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import htpy as h

from reconciler.report.graphs import Edge, Graph, Node
from reconciler.report.words import visible

MOST_NODES = 60
"""A picture of more is not readable."""
WIDE, HIGH, GAP, BETWEEN = 170, 46, 18, 40
"""Pixels of a box, and between boxes below and beside each other."""
LONGEST = 22
"""Characters of a line in a box."""
_MARGIN = 8


@dataclass(frozen=True, slots=True)
class _Box:
    node: Node
    x: int
    y: int


def picture(graph: Graph, left_out: str, title: str) -> h.Element | None:
    """The part of a lineage without what is in one state (`new` before the plan, `removed` after it).

    None where nothing is left, or too much for a picture.
    """
    edges = [edge for edge in graph.edges if edge.state != left_out]
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    nodes = {id: node for id, node in graph.nodes.items() if id in ends and node.state != left_out}
    edges = [edge for edge in edges if edge.source in nodes and edge.target in nodes]
    if not nodes or len(nodes) > MOST_NODES:
        return None
    boxes = _laid_out(nodes, edges)
    width = max(box.x for box in boxes.values()) + WIDE + _MARGIN
    height = max(box.y for box in boxes.values()) + HIGH + _MARGIN
    drawn = [*(_line(edge, boxes) for edge in edges), *map(_box, boxes.values())]
    size = {"viewBox": f"0 0 {width} {height}", "width": str(width), "height": str(height)}
    return h.svg(".lineage", **size, role="img", aria_label=visible(title))[h.title[visible(title)], drawn]


def _laid_out(nodes: Mapping[str, Node], edges: Iterable[Edge]) -> dict[str, _Box]:
    """Each node in a column after all that flows into it, in the order of the graph."""
    into: dict[str, list[str]] = {}
    for edge in edges:
        into.setdefault(edge.target, []).append(edge.source)
    columns: dict[str, int] = {}

    def column(id: str, above: tuple[str, ...] = ()) -> int:
        if id not in columns:
            before = [column(one, (*above, id)) for one in into.get(id, ()) if one not in above and one != id]
            columns[id] = 1 + max(before, default=-1)
        return columns[id]

    rows: dict[int, int] = {}
    boxes = {}
    for id, node in nodes.items():
        at = column(id)
        row = rows[at] = rows.get(at, -1) + 1
        boxes[id] = _Box(node, _MARGIN + at * (WIDE + BETWEEN), _MARGIN + row * (HIGH + GAP))
    return boxes


def _box(box: _Box) -> h.Element:
    node = box.node
    lines: Sequence[str] = (visible(node.name), node.role.replace("_", " "))
    return h.g(class_=["node", node.role, node.state or "kept"])[
        h.title[f"{visible(node.name)}{f' ({node.note})' if node.note else ''}"],
        h.rect(x=str(box.x), y=str(box.y), width=str(WIDE), height=str(HIGH), rx="6"),
        (
            h.text(x=str(box.x + WIDE // 2), y=str(box.y + 20 + at * 16), class_=["name", "role"][at])[_short(line)]
            for at, line in enumerate(lines)
        ),
    ]


def _line(edge: Edge, boxes: Mapping[str, _Box]) -> h.Element:
    start, end = boxes[edge.source], boxes[edge.target]
    x, y, to_x, to_y = start.x + WIDE, start.y + HIGH // 2, end.x, end.y + HIGH // 2
    bend = max(16, (to_x - x) // 2)
    path = f"M{x} {y} C{x + bend} {y} {to_x - bend} {to_y} {to_x - 7} {to_y}"
    head = f"M{to_x - 8} {to_y - 4} L{to_x} {to_y} L{to_x - 8} {to_y + 4} Z"
    return h.g(class_=["flow", edge.state or "kept"])[h.path(".line", d=path), h.path(".head", d=head)]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
