"""A graph of resources, and its forms for people and machines: text, DOT and JSON. Mermaid has a file of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.desired import matches_target
from reconciler.errors import ReconcilerError
from reconciler.report.words import number, visible
from reconciler.resources.base import Desired
from reconciler.resources.keys import Address

FORMAT = "1.0"
GROUPS = {"source": "Source", "cluedin": "CluedIn", "export": "Export"}
"""Where a node of the lineage stands, from left to right."""
STATES = ("new", "removed", "kept")


@dataclass(frozen=True, slots=True)
class Node:
    """One resource. `id` is its address.

    `role` is asset, data_set, entity, process, provider, target or column in the lineage, else the system; `group`
    one of `GROUPS` or nothing; `note` a remark for people; `state` one of `STATES` where a plan is drawn.
    """

    id: str
    name: str
    type: str
    role: str
    group: str = ""
    note: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """`flow`: data goes from `source` to `target`. `needs`: `source` needs `target`, which therefore comes first."""

    source: str
    target: str
    relation: str
    state: str = ""


@dataclass(slots=True)
class Graph:
    """`view` is lineage or all. Nodes by id; every end of an edge is a node."""

    view: str
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def only(self, keep: Iterable[str]) -> Graph:
        """The nodes named and the edges between them."""
        kept = set(keep)
        return Graph(
            self.view,
            {id: node for id, node in self.nodes.items() if id in kept},
            [edge for edge in self.edges if edge.source in kept and edge.target in kept],
        )

    def reached(self, start: Iterable[str], *, backwards: bool = False) -> set[str]:
        """What can be reached from the nodes along the edges, they included."""
        following: dict[str, list[str]] = {}
        for edge in self.edges:
            one, other = (edge.target, edge.source) if backwards else (edge.source, edge.target)
            following.setdefault(one, []).append(other)
        found = set(start)
        todo = list(found)
        while todo:
            fresh = [id for id in following.get(todo.pop(), ()) if id not in found]
            found.update(fresh)
            todo += fresh
        return found


def everything(resources: Mapping[str, Desired], targets: Iterable[str] = ()) -> Graph:
    """Every resource and what it needs; with targets only them and what they need, as a plan takes them."""
    graph = Graph("all")
    for address, want in resources.items():
        graph.nodes[address] = Node(address, want.key, want.type.full_name, want.type.system)
        graph.edges += [Edge(address, need, "needs") for need in want.needs if need in resources]
    wanted = tuple(targets)
    return graph.only(graph.reached(chosen(graph.nodes, wanted))) if wanted else graph


def chosen(known: Iterable[str], targets: Iterable[str], *, where: str = "") -> set[str]:
    """The addresses that the targets name; raises `ReconcilerError` for one that names none."""
    addresses = list(known)
    found: set[str] = set()
    for target in targets:
        matching = {address for address in addresses if matches_target(address, (target,))}
        if not matching:
            raise ReconcilerError.of(
                "target.unknown", f"--target {target} matches nothing{where}", "`graph --all` lists the addresses."
            )
        found |= matching
    return found


def in_order(graph: Graph) -> list[str]:
    """The nodes so that each stands after those that flow into it; those in a circle come last, in their order."""
    waiting = dict.fromkeys(graph.nodes, 0)
    following: dict[str, list[str]] = {}
    for edge in graph.edges:
        waiting[edge.target] += 1
        following.setdefault(edge.source, []).append(edge.target)
    todo = deque(id for id, count in waiting.items() if not count)
    order: dict[str, None] = {}
    while todo:
        id = todo.popleft()
        order[id] = None
        for after in following.get(id, ()):
            waiting[after] -= 1
            if not waiting[after]:
                todo.append(after)
    return [*order, *(id for id in graph.nodes if id not in order)]


# -- JSON ----------------------------------------------------------------------------------------------------


def as_dict(graph: Graph, environment: str) -> dict[str, Any]:
    """The JSON form, as `schemas/graph.schema.json` describes it; empty members of nodes are left out."""
    return {
        "format_version": FORMAT,
        "environment": environment,
        "view": graph.view,
        "nodes": [_node(node) for node in graph.nodes.values()],
        "edges": [{"from": edge.source, "to": edge.target, "relation": edge.relation} for edge in graph.edges],
    }


def _node(node: Node) -> dict[str, str]:
    shape = {"id": node.id, "name": node.name, "type": node.type, "role": node.role}
    return shape | {name: value for name in ("group", "note") if (value := getattr(node, name))}


# -- text ----------------------------------------------------------------------------------------------------


def text(graph: Graph, environment: str) -> str:
    """Lines for a terminal: the lineage by process in the order of the flow, or each resource and its needs."""
    lines = _flow_lines(graph) if graph.view == "lineage" else _need_lines(graph)
    return "\n".join([_headline(graph, environment), *lines]) + "\n"


def _headline(graph: Graph, environment: str) -> str:
    where = f"environment {visible(environment)}"
    if graph.view == "lineage":
        count = sum(1 for node in graph.nodes.values() if node.role == "process")
        return f"Lineage in {where}: {number(count, 'process', 'processes')}." if count else f"No lineage in {where}."
    return f"{number(len(graph.nodes), 'resource')} in {where}, {number(len(graph.edges), 'reference')}."


def _flow_lines(graph: Graph) -> Iterator[str]:
    into: dict[str, list[str]] = {}
    out_of: dict[str, list[str]] = {}
    for edge in graph.edges:
        into.setdefault(edge.target, []).append(edge.source)
        out_of.setdefault(edge.source, []).append(edge.target)
    for id in in_order(graph):
        node = graph.nodes[id]
        if node.role == "process":
            yield ""
            yield _told(node)
            yield from (f"  from  {_told(graph.nodes[one])}" for one in into.get(id, ()))
            yield from (f"  to    {_told(graph.nodes[one])}" for one in out_of.get(id, ()))


def _told(node: Node) -> str:
    qualified = Address.of(node.id).key.partition("/")[2]
    note = f" - {node.note}" if node.note else ""
    return f"{visible(node.name)}  [{visible(node.type)}] {visible(qualified)}{note}"


def _need_lines(graph: Graph) -> Iterator[str]:
    needs: dict[str, list[str]] = {}
    for edge in graph.edges:
        needs.setdefault(edge.source, []).append(edge.target)
    for id in graph.nodes:
        yield ""
        yield visible(id)
        yield from (f"  needs {visible(need)}" for need in needs.get(id, ()))


# -- DOT -----------------------------------------------------------------------------------------------------

_SHAPES = {"process": "hexagon", "asset": "cylinder", "target": "note", "provider": "component"}


def dot(graph: Graph) -> str:
    """The form of Graphviz: `dot -Tsvg`."""
    return "\n".join(_dot_lines(graph)) + "\n"


def _dot_lines(graph: Graph) -> Iterator[str]:
    yield f"digraph {graph.view} {{"
    yield "  rankdir=LR;"
    yield '  node [shape=box, fontname="sans-serif"];'
    for place, (group, nodes) in enumerate(grouped(graph)):
        inner = "  "
        if group:
            yield f"  subgraph cluster_{place} {{"
            yield f"    label={_quoted(GROUPS[group])};"
            inner = "    "
        for node in nodes:
            shape = f", shape={_SHAPES[node.role]}" if node.role in _SHAPES else ""
            dashed = ", style=dashed" if node.role == "target" else ""
            yield f"{inner}{_quoted(node.id)} [label={_quoted(*label(node))}{shape}{dashed}];"
        if group:
            yield "  }"
    for edge in graph.edges:
        yield f"  {_quoted(edge.source)} -> {_quoted(edge.target)};"
    yield "}"


def grouped(graph: Graph) -> list[tuple[str, list[Node]]]:
    """The nodes by group, in the order of the flow; those without a group last."""
    found: dict[str, list[Node]] = {}
    for node in graph.nodes.values():
        found.setdefault(node.group, []).append(node)
    return [(group, found[group]) for group in (*GROUPS, "") if group in found]


def label(node: Node) -> list[str]:
    """The lines of a node's label."""
    return [line for line in (node.name, node.type, node.note) if line]


def _quoted(*lines: str) -> str:
    r"""A string of DOT: a quote and a backslash are escaped, lines end in `\n`."""
    return '"' + r"\n".join(visible(line).replace("\\", "\\\\").replace('"', r"\"") for line in lines) + '"'
