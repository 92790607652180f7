"""The lineage: which data flows through which process to which file, out of wishes or of a plan's JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.report.graphs import Edge, Graph, Node, chosen
from reconciler.resources.base import Desired
from reconciler.resources.keys import Address

if TYPE_CHECKING:
    from reconciler.saved.plan import Change, Plan

FLOWS = ("inputs", "outputs")
PLACEHOLDER = "placeholder: the exported file is not scanned yet"

_PROCESS = re.compile(r"(.*?)(?:(?:ingest|map|crawl|enrich|stream)_process|process|export)")
_OURS = {
    "dataset": ("data_set", "cluedin", ""),
    "entity": ("entity", "cluedin", ""),
    "column": ("column", "cluedin", ""),
    "organization_provider": ("provider", "export", ""),
    "export_target": ("target", "export", PLACEHOLDER),
}
"""Types of ours without their prefix: role, group and note of their entities."""
_OWN = re.compile(r"^[a-z]\w*\.(?:entity|dataset|ingest|map|stream|export|provider|target)\.(?:.+\.)?(?=[^.]+$)")
"""What stands before the name in a qualified name of ours (`kinds/project/names.py`)."""
_DRAWN = ("create", "update", "replace", "rename", "adopt", "delete")


@dataclass(slots=True)
class Process:
    """One process: the keys `<type>/<QN>` that flow in and out, and those that do so no more."""

    key: str
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    state: str = ""
    states: dict[tuple[str, str], str] = field(default_factory=dict)
    """States of single flows, by ("inputs" or "outputs", key)."""


def lineage(resources: Mapping[str, Desired], targets: Iterable[str] = ()) -> Graph:
    """The flow between the entities that wishes name as inputs and outputs of processes.

    With targets only what they flow from and to. Raises `ReconcilerError` for a target outside the lineage.
    """
    processes = []
    for want in resources.values():
        if want.type.full_name == "purview.entity" and any(want.values.get(name) for name in FLOWS):
            inputs, outputs = (list(want.values.get(name) or ()) for name in FLOWS)
            processes.append(Process(want.key, inputs, outputs))
    names = {
        want.key: str(want.values["name"])
        for want in resources.values()
        if want.type.full_name == "purview.entity" and want.values.get("name")
    }
    scanned = {want.key for want in resources.values() if want.type.full_name == "purview.asset"}
    graph = _graph(processes, names, scanned)
    wanted = tuple(targets)
    if not wanted:
        return graph
    start = chosen(graph.nodes, wanted, where=" in the lineage")
    return graph.only(graph.reached(start) | graph.reached(start, backwards=True))


def of_plan(shape: Plan) -> Graph | None:
    """The lineage that a plan changes; None when it changes none. What stays beside a change is drawn as kept."""
    processes, names, scanned = [], dict[str, str](), set[str]()
    for change in shape.get("changes", ()):
        if change.get("system") != "purview" or change["action"] not in _DRAWN:
            continue
        key = Address.of(change["address"]).key
        fields = {item["path"]: item for item in change.get("fields", ())}
        if change["type"] == "asset":
            scanned.add(key)
        if change["type"] != "entity":
            continue
        if (name := _named(fields)) is not None:
            names[key] = name
        scanned |= {one.removeprefix("purview.asset:") for one in change.get("depends_on", ()) if _is_asset(one)}
        if any(path in fields for path in FLOWS):
            processes.append(_planned(key, change, fields))
    return _graph(processes, names, scanned) if processes else None


def _is_asset(address: str) -> bool:
    return address.startswith("purview.asset:")


def _named(fields: Mapping[str, Any]) -> str | None:
    item = fields.get("name") or {}
    name = item.get("after") or item.get("before")
    return name if isinstance(name, str) else None


def _planned(key: str, change: Change, fields: Mapping[str, Any]) -> Process:
    """A process as a plan leaves it; the side that does not change is told by what the process needs."""
    state = {"create": "new", "delete": "removed"}.get(change["action"], "kept")
    process = Process(key, state=state)
    both: dict[str, list[str]] = {}
    for name in FLOWS:
        if name not in fields:
            continue
        before, after = (_keys(fields[name].get(side)) for side in ("before", "after"))
        both[name] = [*dict.fromkeys([*after, *before])]
        for one in both[name]:
            new, old = one in after and one not in before, one in before and one not in after
            process.states[name, one] = "new" if new else "removed" if old else "kept"
    needed = [Address.of(one).key for one in change.get("depends_on", ()) if _is_data(one)]
    for name, other in (FLOWS, FLOWS[::-1]):
        if name not in both:
            both[name] = [one for one in needed if one not in both[other]]
    process.inputs, process.outputs = both["inputs"], both["outputs"]
    return process


def _is_data(address: str) -> bool:
    return address.startswith(("purview.asset:", "purview.entity:"))


def _keys(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


# -- the graph -----------------------------------------------------------------------------------------------


def _graph(processes: Iterable[Process], names: Mapping[str, str], scanned: set[str]) -> Graph:
    graph = Graph("lineage")
    every = list(processes)
    prefixes = {found[1] for process in every if (found := _PROCESS.fullmatch(_type(process.key)))}
    made = {key for process in every for key in process.outputs}
    for process in every:
        _add(graph, Node(f"purview.entity:{process.key}", _name(process.key, names), _type(process.key), "process",
                         "cluedin", state=process.state))  # fmt: skip
    inside = set(graph.nodes)
    for key in dict.fromkeys(key for process in every for key in (*process.inputs, *process.outputs)):
        node = _data(key, names, prefixes, scanned, is_made=key in made)
        if node.id not in inside:
            _add(graph, node)
    graph.edges = [edge for process in every for edge in _edges(process, prefixes, scanned)]
    return graph


def _add(graph: Graph, node: Node) -> None:
    graph.nodes.setdefault(node.id, node)


def _edges(process: Process, prefixes: set[str], scanned: set[str]) -> Iterator[Edge]:
    here = f"purview.entity:{process.key}"
    for key in process.inputs:
        yield Edge(_address(key, prefixes, scanned), here, "flow", process.states.get(("inputs", key), process.state))
    for key in process.outputs:
        yield Edge(here, _address(key, prefixes, scanned), "flow", process.states.get(("outputs", key), process.state))


def _data(key: str, names: Mapping[str, str], prefixes: set[str], scanned: set[str], *, is_made: bool) -> Node:
    address = _address(key, prefixes, scanned)
    if address.startswith("purview.asset:"):
        group = "export" if is_made else "source"
        return Node(address, _file(key), _type(key), "asset", group)
    role, group, note = _ours(key, prefixes) or ("entity", "cluedin", "")
    return Node(address, _name(key, names), _type(key), role, group, note)


def _address(key: str, prefixes: set[str], scanned: set[str]) -> str:
    """Ours are entities; what is not ours is an asset of somebody's scan."""
    ours = key not in scanned and (_ours(key, prefixes) is not None or _is_process(key, prefixes))
    return f"purview.{'entity' if ours else 'asset'}:{key}"


def _ours(key: str, prefixes: set[str]) -> tuple[str, str, str] | None:
    type_name = _type(key)
    found = (_OURS.get(type_name.removeprefix(p)) for p in prefixes if type_name.startswith(p))
    return next((one for one in found if one is not None), None)


def _is_process(key: str, prefixes: set[str]) -> bool:
    found = _PROCESS.fullmatch(_type(key))
    return bool(found and found[1] in prefixes)


def _type(key: str) -> str:
    return key.partition("/")[0]


def _name(key: str, names: Mapping[str, str]) -> str:
    """The name of one; of ours, of which nothing is told but its key, the last part of that."""
    return names.get(key) or _OWN.sub("", key.partition("/")[2])


def _file(key: str) -> str:
    """The last two steps of where an asset is, without its host: `crm/contacts.csv`."""
    qualified = key.partition("/")[2]
    host, _, path = re.sub(r"^\w+://", "", qualified).rstrip("/").partition("/")
    steps = path.split("/") if "://" in qualified and path else [host, *filter(None, [path])]
    return "/".join(steps[-2:]) or key
