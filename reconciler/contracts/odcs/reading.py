"""What the words of the standard say of a contract, and where each of them stands.

It is read back at once when a contract is written, to see what the standard has no words for; and it is what a file
of somebody else says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.contracts.odcs.servers import delivery_of, taken_of
from reconciler.contracts.odcs.terms import Flat, own_properties
from reconciler.contracts.odcs.times import field_of

Path = tuple[str | int, ...]
STATUSES = ("draft", "active", "deprecated", "retired")
"""Words of the standard that mean the same here; it has `proposed` beside them, and takes any other."""


@dataclass(slots=True)
class Told:
    """What one object of a file says in the words of the standard."""

    ours: bool = False
    """Whether we wrote the file: names and types of the export are there for others, and follow from the rest."""
    description: str = ""
    tags: list[str] = field(default_factory=list)
    spec: Flat = field(default_factory=dict)
    columns: list[Flat] = field(default_factory=list)
    places: dict[Path, Path] = field(default_factory=dict)
    """By path in the `spec`, the path in the file."""
    taken: set[Path] = field(default_factory=set)
    """Paths in the file of which nothing is left to say."""

    def take(self, name: str, value: Any, *paths: Path) -> None:
        """A field of the contract, and where it stands."""
        self.spec[name] = value
        self.places[tuple(name.split("."))] = paths[0]
        self.taken.update(paths)


def told(odcs: Mapping[str, Any], at: int | None) -> Told:
    """What a file says of the object at a number of its `schema`; of a contract without one when that is None."""
    found = Told(ours=any(own_properties(odcs.get("customProperties") or ())))
    table = odcs["schema"][at] if at is not None else {}
    found.taken |= {("apiVersion",), ("kind",)}
    _about(found, odcs, table, at)
    _server(found, odcs)
    for number, level in enumerate(odcs.get("slaProperties") or ()):
        known = field_of(level)
        if found.ours and level.get("property") == "frequency":
            found.taken.add(("slaProperties", number))  # the schedule in minutes, whether or not they are a word
        if known is not None and known[0] not in found.spec:
            found.take(*known, ("slaProperties", number))
    if at is not None:
        _table(found, table, ("schema", at))
    return found


def _about(found: Told, odcs: Mapping[str, Any], table: Mapping[str, Any], at: int | None) -> None:
    purpose = (odcs.get("description") or {}).get("purpose")
    found.description = str(purpose or table.get("description") or "")
    found.taken |= {("description", "purpose")} if purpose or at is None else {("schema", at, "description")}
    if purpose and table.get("description") == purpose:
        found.taken.add(("schema", at or 0, "description"))
    found.tags = [str(tag) for tag in odcs.get("tags") or ()]
    found.taken.add(("tags",))
    status = odcs.get("status")
    if status in STATUSES:
        found.take("status", status, ("status",))
    else:
        found.spec["status"] = "draft"
    team = odcs.get("team")
    if isinstance(team, dict) and team.get("name"):
        found.take("owner", team["name"], ("team", "name"))


def _server(found: Told, odcs: Mapping[str, Any]) -> None:
    """The first server that an export can be delivered to; ours says what our own properties say as well."""
    if found.ours:
        found.taken.add(("servers", 0))
    for number, server in enumerate(odcs.get("servers") or ()):
        delivery = delivery_of(server)
        if delivery:
            here: Path = ("servers", number)
            keys = sorted(taken_of(server))
            for name, value in delivery.items():
                found.take(f"delivery.{name}", value, (*here, keys[-1]))
            found.taken |= {(*here, key) for key in (*keys, "type", *(("server", "environment") if found.ours else ()))}
            return


def _table(found: Told, table: Mapping[str, Any], here: Path) -> None:
    found.taken |= {(*here, name) for name in ("logicalType", *(_FOR_OTHERS if found.ours else ()))}
    primary: dict[str, int] = {}
    partitions: dict[str, int] = {}
    labels: list[str] = []
    for number, column in enumerate(table.get("properties") or ()):
        at: Path = (*here, "properties", number)
        name = str(column.get("physicalName") or column["name"])
        found.places["columns", number] = at
        found.columns.append(_column(found, column, name, at))
        if column.get("primaryKey"):
            primary[name] = _position(column, "primaryKeyPosition", number)
        if column.get("partitioned"):
            partitions[name] = _position(column, "partitionKeyPosition", number)
        if column.get("classification"):
            labels.append(f"{column['classification']}:{name}")
    if primary:
        names = sorted(primary, key=lambda one: primary[one])
        found.take("primary_key", names[0] if len(names) == 1 else names, here)
    if partitions:
        found.take("delivery.partition_by", sorted(partitions, key=lambda one: partitions[one]), here)
    if labels:
        found.take("labels", labels, here)
    found.taken.discard(here)


_KEYS = ("primaryKey", "primaryKeyPosition", "partitioned", "partitionKeyPosition", "classification")
_FOR_OTHERS = ("id", "name", "physicalName", "physicalType")
_PLAIN = {"logicalType": "logical_type", "required": "required", "description": "description"}


def _column(found: Told, column: Mapping[str, Any], name: str, at: Path) -> Flat:
    called = "physicalName" if column.get("physicalName") else "name"
    also = _FOR_OTHERS if found.ours else ("name",) if column["name"] == name else ()
    found.taken |= {(*at, key) for key in (called, *_KEYS, *_PLAIN, *also)}
    return {"name": name} | {ours: column[theirs] for theirs, ours in _PLAIN.items() if theirs in column}


def _position(column: Mapping[str, Any], key: str, number: int) -> int:
    """Where a column stands in a key: as it says, else after those that say it, in their order."""
    position = column.get(key)
    return position if isinstance(position, int) and position > 0 else 1_000_000 + number
