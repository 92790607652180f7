"""What people write in an `ExportContract`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field

from reconciler.kinds.export_contract.rules import RuleId, RuleSeverity
from reconciler.kinds.project.exported import Mode, Name, Promise, PropertyOf, Relations, State, Text, Texts
from reconciler.kinds.project.filters import Scalar, Where
from reconciler.kinds.project.levels import with_levels
from reconciler.manifest.secrets import SecretRef
from reconciler.manifest.spec import Manifest, Spec

DeliveryType = Literal["file-parquet", "file-csv", "file-json", "onelake-parquet", "sql", "http", "other"]
Status = Literal["draft", "active", "deprecated", "retired"]
Compatibility = Literal["additive_only", "none"]
LogicalType = Literal["string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean"]
DataverseWrite = Literal["upsert", "create_only", "update_only", "optimistic"]
Family = Literal["lake", "onelake", "sql", "http", "other"]
"""Connectors that are alike in what they take."""
LogicalName = Annotated[Text, Field(pattern=r"^[a-z_][a-z0-9_]*$")]
"""A name of Dataverse as its Web API has it: in lower case."""
Minutes = Annotated[int, Field(ge=1)]


def _a_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a day of the calendar, such as `2027-03-31`") from None
    return text


def _a_reason(text: str) -> str:
    if not text.strip():
        raise ValueError("must say why: whoever reads it in a year has nothing else")
    return text


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_a_day)]
Reason = Annotated[str, Field(min_length=1), AfterValidator(_a_reason)]

PRIMARY_KEY = ("OriginEntityCode",)
"""The primary key of a contract that names none: the golden record's `Id` changes when records are merged
(the vendor's playbook for exports, [B])."""


@dataclass(frozen=True, slots=True)
class OnlyFor:
    """Marks a field of the delivery that means something to some connectors only."""

    families: tuple[Family, ...]


@dataclass(frozen=True, slots=True)
class OneATarget:
    """Marks what an export target has one of: contracts that share it have to agree."""


@dataclass(frozen=True, slots=True)
class OfDelivery:
    """Marks a field of the contract that is a part of the delivery, or a whole field of it."""


_FILES = OnlyFor(("lake", "onelake"))
_FOLDERS = OnlyFor(("lake", "onelake", "other"))


class References(Promise):
    """The column of another contract that the values of a column are found in."""

    at: ClassVar[str] = "columns[].references."

    contract: Name
    """Name of the other contract, in the same project."""
    column: Text
    """Name of its column in the export."""


class Column(Promise):
    """A column of the export."""

    at: ClassVar[str] = "columns[]."

    name: Text | None = None
    """Name of the column in the export. The connector decides it: a data lake writes the full key, with `_` for
    everything but letters and digits when `purview_readable` is on. Leave it out to take what comes."""
    from_: Annotated[Name | PropertyOf, Field(alias="from")]
    """Where the values come from: a full vocabulary key, or `{property: Name}`."""
    type: Text | None = None
    """Type in the export. The connector decides it: every vocabulary key is a `string`."""
    logical_type: LogicalType | None = None
    """What readers may take the values for, in the words of the Open Data Contract Standard."""
    required: bool | Literal["filter"] = False
    """`true` says that readers may rely on a value; nothing holds CluedIn to it. `filter` leaves out records
    without one, which is enforced."""
    description: str | None = None
    """What the column holds."""
    accepted_values: Texts = ()
    """The values that readers may rely on there being no others of. Nothing holds CluedIn to it, unless a condition of
    `where` on the same key says so: then those count."""
    references: References | None = None
    """The column of another contract that each value is found in: `{contract: people_wide_v1, column: person_id}`."""


class Target(Promise):
    """The export target in CluedIn, which holds path, format, schedule and file name."""

    at: ClassVar[str] = "delivery.target."

    name: Name | None = None
    """Name of the target; default the contract's. Contracts on one target share its path and schedule."""
    manage: bool = True
    """`false` uses a target that is there, checks that it delivers what the contract says, and writes nothing."""
    provider: Name | None = None
    """Name or id of the connector when `type` does not say it."""
    secrets: dict[Text, SecretRef] = {}
    """Secret options of the connector by name: `{AccountKey: {env: LAKE_KEY, version: "1"}}`. They are never
    compared; another `version` writes them again."""
    config: dict[Text, Scalar] = {}
    """Further options of the connector by the names that the server knows."""


class AssetAt(Spec):
    """The asset that the export arrives in, as a scanner named it."""

    type: Text
    """Type of the asset, such as `azure_datalake_gen2_resource_set`."""
    qualified_name: Text
    """Its qualified name."""


class Delivery(Promise):
    """How and where the export is delivered."""

    at: ClassVar[str] = "delivery."

    type: Annotated[DeliveryType | None, OneATarget()] = None
    """Form of the delivery; it implies the connector, except for `other`."""
    connection: Annotated[Text | None, OneATarget()] = None
    """The lake `abfss://CONTAINER@ACCOUNT.dfs.core.windows.net`, the OneLake item
    `abfss://WORKSPACE@onelake.dfs.fabric.microsoft.com/ITEM.Lakehouse`, the database
    `mssql://HOST/DATABASE`, or the address for `http`."""
    path: Annotated[Text | None, OneATarget(), _FOLDERS] = None
    """Folder below the connection. A target has one path, so contracts with two paths need two targets."""
    schedule: Annotated[Text | None, OneATarget(), _FILES] = None
    """`hourly`, `daily`, `weekly`, or five fields of cron, in UTC."""
    overwrite: Annotated[bool, _FILES] = False
    """`false` writes a new file in each run, `true` one file that each run replaces. Each file holds all records."""
    partition_by: Annotated[Texts, _FILES] = ()
    """Columns that readers may take the files to be partitioned by; the connector writes one file a run."""
    compression: Annotated[Text | None, _FILES] = None
    """Compression of Parquet files. The connector writes `snappy` and has no option for it."""
    mode: Mode | None = None
    """`sync` keeps the target like CluedIn; `events` sends changes as they come. Files of Parquet and CSV need
    `sync`, `http` takes `events`."""
    relations: Relations = Relations()
    """Whether relations of records go along."""
    state: State = "started"
    """Whether the stream runs; `leave` leaves that to people."""
    purview_readable: Annotated[bool, _FILES] = True
    """Column names with `_` for everything but letters and digits, and GUIDs as text, so that scanners and query
    engines can read them. Changing it renames every column."""
    target: Target = Target()
    """The export target."""
    asset: Literal["auto", "placeholder", "none"] | AssetAt = "auto"
    """What stands for the export in the lineage. `auto` looks for the asset that a scan found, and takes a
    placeholder until there is one; `none` ends the lineage at the export target."""


class Options(Promise):
    """Options as the integrator cookbook writes them; they mean the same below `delivery`."""

    at: ClassVar[str] = "options."

    connection: Text | None = None
    """The same as `delivery.connection`."""
    path: Text | None = None
    """The same as `delivery.path`."""
    partition_by: Texts = ()
    """The same as `delivery.partition_by`."""
    compression: Text | None = None
    """The same as `delivery.compression`."""
    overwrite: bool = False
    """The same as `delivery.overwrite`."""


class Sla(Promise):
    """What readers may expect of time."""

    at: ClassVar[str] = "sla."

    freshness_p95_minutes: Minutes | None = None
    """Age of the data at delivery that 95 of 100 runs stay below. Checked against the schedule here, and against
    the history of runs by `contracts check --live`."""
    rpo_minutes: Minutes | None = None
    """Data that may be lost in a failure, in minutes."""
    rto_minutes: Minutes | None = None
    """Time until exports run again after a failure."""


class Retention(Promise):
    """How long files are kept."""

    at: ClassVar[str] = "retention."

    days: Annotated[int, Field(ge=1)] | None = None
    """Days that a file is kept. A lifecycle rule of the storage account has to do it; neither system does."""


class Dbt(Promise):
    """What only dbt needs to know."""

    at: ClassVar[str] = "dbt."

    loaded_at_field: Text | None = None
    """Column, or expression of SQL, with the time when a row was loaded into the warehouse: your loader has to write
    it, as no column of an export is one. With it `handover dbt` checks the promised freshness."""


class Dataverse(Promise):
    """The table of Dataverse that the scripts of `handover dataverse` write the records to."""

    at: ClassVar[str] = "dataverse."

    table: LogicalName | None = None
    """Name of the table as its address has it, in the plural: `contacts`, the entity set name."""
    key: Text | Texts | None = None
    """Columns of the export whose columns in the table are an alternate key there; default the primary key. Text in
    them holds none of `/ < > * % & : \\ ? +`, which no alternate key may have in an address: a code of CluedIn does."""
    columns: dict[Text, LogicalName] = {}
    """Columns of the export by name, and the column of the table that each fills, by its logical name."""
    write: DataverseWrite = "upsert"
    """`upsert` makes rows and changes them, `create_only` makes them alone, `update_only` changes them alone, and
    `optimistic` writes only what differs, and only over what was looked at just before."""
    batch: Annotated[int, Field(ge=1, le=1000)] = 100
    """Rows that are sent in one request; Dataverse takes 1,000 at most."""


class Ignored(Promise):
    """A rule of compatibility that is not held for a while."""

    at: ClassVar[str] = "ignore[]."

    rule: RuleId
    """The rule."""
    column: Text | None = None
    """The column of the export that it is about, by its name before the change; without it, all of them."""
    until: Day
    """The last day on which it counts, such as `2027-03-31`, in UTC."""
    reason: Reason
    """Why it is right, and who agreed."""


_LINEAGE = (
    "The lineage of an export is not written down: an `ExportContract` makes its process `cluedin.export.NAME`, "
    "from its `entity` to what its `delivery` names, and a `DataSourceLink` makes that of a data set."
)


class ExportContract(Manifest):
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
    delivery: Annotated[Delivery, OfDelivery()] = Delivery()
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
    dbt: Dbt = Dbt()
    """What only dbt needs to know."""
    dataverse: Dataverse = Dataverse()
    """The table of Dataverse that `handover dataverse` writes the records to."""
    compatibility: Compatibility | None = None
    """`additive_only`: what breaks readers needs a new contract with a new path."""
    rules: dict[RuleId, RuleSeverity] = {}
    """How `contracts check` judges single rules of compatibility: `{column_added: warning, path_changed: error}`.
    An `error` is refused. Without it what breaks readers is an error under `additive_only`, else a warning; what
    gives them more is told; what weakens the contract itself needs an approval, and so does a milder rule."""
    ignore: tuple[Ignored, ...] = ()
    """Rules that are not held for a while, each with a last day and a reason. What weakens the contract itself needs
    an approval and cannot be ignored."""
    lineage_required: bool = False
    """Refuse the contract where its lineage cannot be shown in Purview."""
    approval_required_when_labels: Texts = ()
    """Labels whose presence, on the contract or on a key beneath, makes an apply ask for `--approve LABEL`."""
    status: Status = "active"
    """`draft` makes everything and starts nothing, `deprecated` delivers and says so, `retired` wants nothing."""
    type: Annotated[DeliveryType | None, OfDelivery()] = None
    """The same as `delivery.type`, as the integrator cookbook writes it."""
    options: Annotated[Options | None, OfDelivery()] = None
    """Parts of `delivery`, as the integrator cookbook writes them."""
    schedule: Annotated[Text | None, OfDelivery()] = None
    """The same as `delivery.schedule`, as the integrator cookbook writes it."""

    @property
    def primary_keys(self) -> tuple[str, ...]:
        """The columns of the primary key."""
        if self.primary_key is None:
            return PRIMARY_KEY
        return self.primary_key if isinstance(self.primary_key, tuple) else (self.primary_key,)

    @property
    def dataverse_key(self) -> tuple[str, ...]:
        """The columns that the alternate key of the table is made of."""
        key = self.dataverse.key
        if key is None:
            return self.primary_keys
        return key if isinstance(key, tuple) else (key,)
