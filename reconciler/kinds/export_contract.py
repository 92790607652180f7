"""The promise to the readers of an export, and the export that keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from pydantic import ConfigDict

from reconciler.errors import Diagnostic
from reconciler.kinds._contract.asset import asset_questions
from reconciler.kinds._contract.checks import findings
from reconciler.kinds._contract.cluedin import cluedin_questions, cluedin_resources
from reconciler.kinds._contract.judge import judgements
from reconciler.kinds._contract.levels import with_levels
from reconciler.kinds._contract.lineage import purview_resources, superseded
from reconciler.kinds._contract.model import (
    PRIMARY_KEY,
    Column,
    Compatibility,
    Delivery,
    DeliveryType,
    Name,
    Options,
    Retention,
    Sla,
    Status,
    Text,
    Texts,
)
from reconciler.kinds._contract.scene import contract_of
from reconciler.kinds._filters import Where
from reconciler.kinds.base import Kind, World
from reconciler.resources.base import Desired
from reconciler.sources import Question

if TYPE_CHECKING:
    from reconciler.manifest.project import Document


_LINEAGE = (
    "The lineage of an export is not written down: an `ExportContract` makes its process `cluedin.export.NAME`, "
    "from its `entity` to what its `delivery` names, and a `DataSourceLink` makes that of a data set."
)


class ExportContract(Kind):
    """The promise to the readers of an export, and the export that keeps it.

    In CluedIn it makes the export target, and a stream with its filter and columns, which it starts last. In
    Purview it makes the export as a process from the entity type to the target, with column lineage, and puts
    classifications on the exported columns. Until a scan has found the export a placeholder stands for it.

    Each field has a level. Enforced: written. Verified: read and compared. Declared: documented, and compared
    between versions of the contract. A promise that nothing keeps is a warning, and an error in an environment
    with `strict: true`. A contract without `entity` or without a connection or target is unbound: it is checked
    and compared, and makes nothing.

    Example::

        apiVersion: reconciler/v1
        kind: ExportContract
        metadata: {name: people_wide_v1, description: People for the warehouse}
        spec:
          owner: Sales Ops
          entity: /Person
          where:
            - {key: person.email, operator: exists}
          primary_key: OriginEntityCode
          delivery:
            type: file-parquet
            connection: abfss://mdm@contosolake.dfs.core.windows.net
            path: exports/people_wide_v1/
            schedule: hourly
            target:
              secrets: {AccountKey: {env: LAKE_KEY, version: "1"}}
          columns:
            - {name: person_email, from: person.email, type: string, description: Primary contact address}
            - {name: person_fullName, from: person.fullName}
            - {name: Name, from: {property: Name}}
          labels: ["PII:email"]
          sla: {freshness_p95_minutes: 60}
          retention: {days: 365}
          compatibility: additive_only
          lineage_required: true
          approval_required_when_labels: [Restricted]
    """

    kind: ClassVar[str] = "ExportContract"
    told_by_answers: ClassVar[frozenset[str]] = frozenset(
        {
            "cluedin.export_target",
            "cluedin.stream_state",
            "purview.asset",
            "purview.assignment",
            "purview.classification",
            "purview.entity",
            "purview.label",
        }
    )
    at: ClassVar[str] = ""
    model_config = ConfigDict(json_schema_extra=with_levels)
    elsewhere: ClassVar[Mapping[str, str]] = dict.fromkeys(("process", "inputs", "outputs"), _LINEAGE)
    instead_of: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("Lineage", "Process"), f"Write an `ExportContract`. {_LINEAGE}"
    )

    name: Text | None = None
    """Name of the contract, as the integrator cookbook writes it; it must be the one in `metadata`."""
    owner: Text | None = None
    """Who answers for the export: free text, or an alias of `people`, who becomes its owner in Purview."""
    entity: Name | None = None
    """Entity type of the records: its code, its display name, or the name of a GlossaryMapping."""
    where: tuple[Where, ...] = ()
    """Conditions that records must meet, all of them."""
    primary_key: Text | Texts | None = None
    """Columns that readers may tell records apart by; default `OriginEntityCode`, the primary identifier."""
    delivery: Delivery = Delivery()
    """How and where the export is delivered."""
    columns: tuple[Column, ...] = ()
    """The columns that readers get, besides those that the connector adds by itself."""
    labels: Texts = ()
    """Labels of the export: `PII` for the whole, `PII:email` for a column or its key. Labels of the vocabulary
    keys beneath count as well."""
    sla: Sla = Sla()
    """What readers may expect of time."""
    retention: Retention = Retention()
    """How long files are kept."""
    compatibility: Compatibility | None = None
    """`additive_only`: what breaks readers needs a new contract with a new path."""
    lineage_required: bool = False
    """Refuse the contract where its lineage cannot be shown in Purview."""
    approval_required_when_labels: Texts = ()
    """Labels whose presence, on the contract or on a key beneath, makes an apply ask for `--approve LABEL`."""
    status: Status = "active"
    """`draft` makes everything and starts nothing, `deprecated` delivers and says so, `retired` wants nothing."""
    type: DeliveryType | None = None
    """The same as `delivery.type`, as the integrator cookbook writes it."""
    options: Options | None = None
    """Parts of `delivery`, as the integrator cookbook writes them."""
    schedule: Text | None = None
    """The same as `delivery.schedule`, as the integrator cookbook writes it."""

    @property
    def primary_keys(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        if self.primary_key is None:
            return PRIMARY_KEY
        return self.primary_key if isinstance(self.primary_key, tuple) else (self.primary_key,)

    def check(self, document: Document, world: World) -> Iterator[Diagnostic]:
        """Findings that need no system: form, promises that cannot be kept, neighbours, labels, scope."""
        yield from findings(contract_of(document, world))

    def sources(self, document: Document, world: World) -> Iterator[Question]:
        """Connectors, entity types, keys, the stream's state, and assets that the export may have arrived in."""
        contract = contract_of(document, world)
        yield from cluedin_questions(contract)
        yield from asset_questions(contract)

    def judge(self, document: Document, world: World) -> Iterator[Diagnostic]:
        """Findings that only the answers tell."""
        yield from judgements(contract_of(document, world))

    def superseded(self, document: Document, world: World) -> Iterator[str]:
        """The placeholder, once a scanned asset or nothing stands for the export."""
        yield from superseded(contract_of(document, world))

    def expand(self, document: Document, world: World) -> Iterator[Desired]:
        """Both halves, as far as the environment has the system; the stream starts after Purview's half."""
        contract = contract_of(document, world)
        if not contract.wanted:
            return
        catalogued = list(purview_resources(contract)) if contract.purview is not None else []
        yield from catalogued
        if contract.cluedin is not None:
            shown = (one.address for one in catalogued if one.mode != "refer")
            yield from cluedin_resources(contract, shown)
