"""The physical schema of a contract: what readers get, as plain data that can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import orjson

from reconciler.errors import Source
from reconciler.kinds.export_contract.rules import Ignore, RuleSeverity

Origin = Literal["vocabkey", "metadata", "system"]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    file: str
    line: int

    @classmethod
    def of(cls, source: Source) -> Place:
        """Where something of the project is written."""
        return cls(source.file, source.line or 1)

    def __str__(self) -> str:
        """As people link it."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class PhysicalColumn:
    """A column as it is in the export."""

    name: str
    """Physical name."""
    type: str
    """Physical type; empty where the connector's rules are not known."""
    source: Origin
    key: str = ""
    """Full vocabulary key, or the name of the property."""
    final_key: str = ""
    """The key whose values it holds, when `key` is mapped to another."""
    written_name: str = ""
    """What the contract calls it; empty when it leaves that open."""
    written_type: str = ""
    logical_type: str = ""
    required: bool | Literal["filter"] = False
    primary_key: bool = False
    description: str = ""
    accepted_values: tuple[str, ...] = ()
    references: tuple[str, str] | None = None
    """Contract and column that its values are found in."""
    key_labels: tuple[str, ...] = ()
    """Labels of the vocabulary key beneath."""
    labels: tuple[str, ...] = ()
    """Effective labels: those of the key and those of the contract for this column."""
    place: Place | None = None
    """Where the contract lists it; None for a system column that it does not list."""
    key_place: Place | None = None
    """Where a glossary mapping declares the key; None when none does."""

    @property
    def system(self) -> bool:
        """Whether the connector adds it by itself."""
        return self.source == "system"


@dataclass(frozen=True, slots=True)
class PhysicalSchema:
    """What readers of an export get, and on which terms. Plain data: `as_dict` is JSON."""

    contract: str
    bound: bool
    status: str
    owner: str
    columns: tuple[PhysicalColumn, ...]
    """In the order of the contract, then the system columns in alphabetical order."""
    primary_key: tuple[str, ...]
    entity: str
    """Code of the entity type; empty when unbound."""
    filter: str
    """The stream's condition in canonical JSON: equal texts select the same records."""
    delivery_type: str
    format: str
    provider: str
    target: str
    """Name of the export target."""
    account: str
    container: str
    path: str
    file_pattern: str
    sample_path: str
    """The whole address of one file, as a lake names it; empty for what is no file."""
    overwrite: bool
    mode: str
    outgoing_edges: bool
    incoming_edges: bool
    purview_readable: bool
    partition_by: tuple[str, ...]
    compression: str
    schedule: str
    """`hourly`, `daily`, `weekly`, a cron, or empty."""
    interval_minutes: int | None
    """The longest time between two runs."""
    freshness_p95_minutes: int | None
    rpo_minutes: int | None
    rto_minutes: int | None
    retention_days: int | None
    labels: tuple[str, ...]
    """Effective labels as `WORD` or `WORD:column`."""
    label_words: tuple[str, ...]
    approval_labels: tuple[str, ...]
    """`approval_required_when_labels`."""
    approvals: tuple[str, ...]
    """Labels that are there and need approval."""
    lineage_required: bool
    compatibility: str
    rules: Mapping[str, RuleSeverity]
    """Severities that the contract gives to single rules."""
    ignores: tuple[Ignore, ...]
    state: str
    managed_target: bool
    certain: bool
    """Whether the connector's rules for names and types of columns are known."""
    place: Place
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where fields are written, by dotted name: `delivery.path`, `entity`, `where`, `sla`, `ignore.0`."""

    def column(self, name: str) -> PhysicalColumn | None:
        """The column of a physical name."""
        return next((one for one in self.columns if one.name == name), None)

    def where(self, field_name: str) -> Place:
        """Where a field is written, else the contract itself."""
        return self.places.get(field_name, self.place)

    def as_dict(self) -> dict[str, Any]:
        """The schema as JSON."""
        shape: dict[str, Any] = orjson.loads(orjson.dumps(asdict(self)))
        return shape
