"""What flows into and out of an estate's concepts: exports under contract, streams, and data sources.

Nothing of the product is imported here either. The fields of a flow are items by identity, so that they follow an
item whatever it is called, and go when it goes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from .estate import Concept, Estate, Item

PROVIDER = "Azure DataLake Connector"
LAKE = "https://contosolake.dfs.core.windows.net"
COLUMNS = ("a", "b", "c", "d")
"""The columns of every file that a data source has."""

Kind = Literal["contract", "stream", "link"]
Path = tuple[str, str]
"""A container of the lake, and a path in it."""


@dataclass
class Flow:
    """A document that makes lineage; `uid`, `kind` and so its name never change: no kind of flow can be renamed."""

    uid: int
    kind: Kind
    concept: int
    """The concept whose records flow."""
    place: str = ""
    """The export target, which several exports may share; empty for a data source."""
    fields: dict[int, str] = field(default_factory=dict)
    """Items by identity, and for a data source the column of its file that each takes."""
    mark: str = ""
    """What its name begins with."""
    shared: Path | None = None
    """The file that it reads, where others read it too."""
    home: str = "out"
    """The folder that exports go to."""

    @property
    def name(self) -> str:
        """The name of the document."""
        return f"{self.mark}{self.kind}{self.uid}"

    @property
    def file(self) -> Path:
        """What a data source reads, or what an export under contract writes."""
        if self.kind == "link":
            return self.shared or ("raw", f"in/{self.name}.csv")
        return "mdm", f"{self.home}/{self.place}/{self.name}.parquet"


# -- what is there -----------------------------------------------------------------------------------------------


def key_of(concept: Concept, item: Item) -> str:
    """The full vocabulary key of an item."""
    return f"{concept.prefix}.{item.key}"


def fields_of(estate: Estate, flow: Flow) -> Iterator[tuple[int, str, str]]:
    """The fields in the order of the document: identity, full key, and the name of the column outside CluedIn."""
    for uid, column in flow.fields.items():
        key = key_of(*estate.item(uid))
        yield uid, key, column or key.replace(".", "_")


# -- what a step does to them ------------------------------------------------------------------------------------


def add_contract(estate: Estate, chance: random.Random) -> None:
    """An export under contract, to a target of its own or to one that another uses."""
    uid = estate.next_uid()
    concept, place = _concept(estate, chance), chance.choice([f"{estate.mark}t{uid}", *_places(estate)])
    _add(estate, chance, Flow(uid, "contract", concept, place, mark=estate.mark, home=estate.home))


def add_stream(estate: Estate, chance: random.Random) -> None:
    """A stream without a contract, to a target that a contract makes."""
    if places := _places(estate):
        uid, concept = estate.next_uid(), _concept(estate, chance)
        _add(estate, chance, Flow(uid, "stream", concept, chance.choice(places), mark=estate.mark))


def add_link(estate: Estate, chance: random.Random) -> None:
    """A data source, whose file a scanner found before."""
    free = estate.shared is not None and all(flow.shared is None for flow in estate.flows.values())
    shared = estate.shared if free and chance.random() < 0.5 else None
    flow = Flow(estate.next_uid(), "link", _concept(estate, chance), mark=estate.mark, shared=shared)
    estate.found[flow.file] = COLUMNS
    _add(estate, chance, flow)


def remove_flow(estate: Estate, chance: random.Random) -> None:
    """A flow goes; the estate keeps one."""
    if len(estate.flows) > 1:
        _remove(estate, chance.choice(list(estate.flows)))


def add_field(estate: Estate, chance: random.Random) -> None:
    """A flow takes one more item."""
    if estate.flows:
        _add_field(estate, chance, chance.choice(list(estate.flows.values())))


def remove_field(estate: Estate, chance: random.Random) -> None:
    """A flow leaves one of its items out; it keeps one."""
    several = [flow for flow in estate.flows.values() if len(flow.fields) > 1]
    if several:
        flow = chance.choice(several)
        del flow.fields[chance.choice(list(flow.fields))]


def exchange_field(estate: Estate, chance: random.Random) -> None:
    """A flow takes another item instead of one of its own; a data source in the same column."""
    if estate.flows:
        flow = chance.choice(list(estate.flows.values()))
        free = [item.uid for _, item in estate.items() if item.uid not in flow.fields]
        if free:
            column = flow.fields.pop(chance.choice(list(flow.fields)))
            flow.fields[chance.choice(free)] = column


def replace_contract(estate: Estate, chance: random.Random) -> None:
    """A contract under a new name takes the place of another: what a rename is for kinds that have none."""
    contracts = _contracts(estate)
    if contracts:
        former = chance.choice(contracts)
        uid = estate.next_uid()
        estate.flows[uid] = Flow(
            uid, "contract", former.concept, former.place, dict(former.fields), mark=estate.mark, home=estate.home
        )
        _remove(estate, former.uid)


def turn_flow(estate: Estate, chance: random.Random) -> None:
    """An export takes the records of another concept, with the same fields."""
    exports = [flow for flow in estate.flows.values() if flow.kind != "link"]
    if exports:
        chance.choice(exports).concept = _concept(estate, chance)


def find_export(estate: Estate, chance: random.Random) -> None:
    """A scanner finds what an export wrote, or finds it again; the file has the columns of today."""
    contracts = _contracts(estate)
    if contracts:
        flow = chance.choice(contracts)
        had = estate.found.get(flow.file, ())
        names = [column for _, _, column in fields_of(estate, flow)]
        estate.found[flow.file] = (*had, *(name for name in names if name not in had))


def item_goes(estate: Estate, uid: int) -> None:
    """Every flow leaves out an item that goes; one that has no field any more goes too."""
    for flow in list(estate.flows.values()):
        if flow.fields.pop(uid, None) is not None and not flow.fields:
            _remove(estate, flow.uid)


def concept_goes(estate: Estate, uid: int) -> None:
    """The flows of a concept go with it."""
    for flow in list(estate.flows.values()):
        if flow.concept == uid:
            _remove(estate, flow.uid)


def _add(estate: Estate, chance: random.Random, flow: Flow) -> None:
    for _ in range(chance.randint(1, 3)):
        _add_field(estate, chance, flow)
    if flow.fields:
        estate.flows[flow.uid] = flow


def _add_field(estate: Estate, chance: random.Random, flow: Flow) -> None:
    """An item, most often of the flow's own concept; a data source has only so many columns."""
    free = [item.uid for _, item in estate.items() if item.uid not in flow.fields]
    own = [item.uid for item in estate.concepts[flow.concept].items if item.uid in free]
    free = own if own and chance.random() < 0.7 else free
    columns = [one for one in COLUMNS if one not in flow.fields.values()] if flow.kind == "link" else [""]
    if free and columns:
        flow.fields[chance.choice(free)] = columns[0]


def _remove(estate: Estate, uid: int) -> None:
    """A flow goes; with the last contract on a target go the streams that use it."""
    estate.flows.pop(uid, None)
    places = _places(estate)
    for flow in list(estate.flows.values()):
        if flow.kind == "stream" and flow.place not in places:
            del estate.flows[flow.uid]


def _contracts(estate: Estate) -> list[Flow]:
    return [flow for flow in estate.flows.values() if flow.kind == "contract"]


def _places(estate: Estate) -> list[str]:
    return sorted({flow.place for flow in _contracts(estate)})


def _concept(estate: Estate, chance: random.Random) -> int:
    return chance.choice(list(estate.concepts))


FLOW_STEPS: tuple[Callable[[Estate, random.Random], None], ...] = (
    add_contract, add_stream, add_link, remove_flow, add_field, add_field, add_field, remove_field, exchange_field,
    replace_contract, turn_flow, turn_flow, find_export, find_export,
)  # fmt: skip
FIRST_FLOWS = (add_contract, add_link, find_export, add_stream)
"""What an estate begins with, or the first of it."""


# -- how people write them ---------------------------------------------------------------------------------------


def scan_of(file: Path, columns: tuple[str, ...]) -> dict[str, Any]:
    """What a scanner is told to find."""
    container, path = file
    return {"account": "contosolake", "filesystem": container, "path": path, "columns": list(columns)}


def flow_manifest(estate: Estate, flow: Flow) -> str:
    """The document of a flow."""
    prefix = estate.concepts[flow.concept].prefix
    fields = [(key, flow.fields[uid]) for uid, key, _ in fields_of(estate, flow)]
    if flow.kind == "contract":
        return f"""\
apiVersion: reconciler/v1
kind: ExportContract
metadata: {{name: {flow.name}}}
spec:
  entity: /{prefix}
  delivery:
    type: file-parquet
    connection: abfss://mdm@contosolake.dfs.core.windows.net
    path: {flow.home}/{flow.place}/
    schedule: daily
    overwrite: true
    target: {{name: {flow.place}, secrets: {{AccountKey: {{env: LAKE_KEY}}}}}}
  columns: [{", ".join(f"{{from: {key}}}" for key, _ in fields)}]
"""
    if flow.kind == "stream":
        return f"""\
apiVersion: reconciler/v1
kind: Stream
metadata: {{name: {flow.name}}}
spec:
  entity: /{prefix}
  target: {{name: {flow.place}, provider: {PROVIDER}}}
  columns: [{", ".join(key for key, _ in fields)}]
"""
    container, path = flow.file
    return f"""\
apiVersion: reconciler/v1
kind: DataSourceLink
metadata: {{name: {flow.name}}}
spec:
  asset: {{type: azure_datalake_gen2_path, qualified_name: "{LAKE}/{container}/{path}"}}
  data_set: {{group: In, source: {flow.name}, name: {flow.name}}}
  map: {{vocabulary: {prefix}, unmapped: ignore, columns: {{{", ".join(f"{name}: {key}" for key, name in fields)}}}}}
"""
