"""The parts of an `ExportContract` as people write them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field

from reconciler.kinds._contract.levels import with_levels
from reconciler.kinds._filters import Scalar
from reconciler.manifest.secrets import SecretRef
from reconciler.manifest.spec import Spec
from reconciler.resources.spelling import composed

Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(min_length=1), AfterValidator(composed)]
"""A name of ours, in one form of Unicode."""
Texts = tuple[Text, ...]
DeliveryType = Literal["file-parquet", "file-csv", "file-json", "onelake-parquet", "sql", "http", "other"]
Mode = Literal["sync", "events"]
State = Literal["started", "paused", "stopped", "leave"]
Status = Literal["draft", "active", "deprecated", "retired"]
Compatibility = Literal["additive_only", "none"]
LogicalType = Literal["string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean"]
Minutes = Annotated[int, Field(ge=1)]

PRIMARY_KEY = ("OriginEntityCode",)
"""The primary key of a contract that names none: the golden record's `Id` changes when records are merged (F12)."""


class Promise(Spec):
    """A part of a contract; each of its fields has a level in the table of levels."""

    at: ClassVar[str] = ""
    model_config = ConfigDict(json_schema_extra=with_levels)


class PropertyOf(Spec):
    """A property of records that is no vocabulary key."""

    property: Text
    """Its name, such as `Name`."""


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


class Relations(Promise):
    """Whether relations of records go along."""

    at: ClassVar[str] = "delivery.relations."

    outgoing: bool = False
    """Relations that start at the record, in the column `OutgoingEdges`."""
    incoming: bool = False
    """Relations that end at the record, in the column `IncomingEdges`."""


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

    type: DeliveryType | None = None
    """Form of the delivery; it implies the connector, except for `other`."""
    connection: Text | None = None
    """The lake `abfss://CONTAINER@ACCOUNT.dfs.core.windows.net`, the OneLake item
    `abfss://WORKSPACE@onelake.dfs.fabric.microsoft.com/ITEM.Lakehouse`, the database
    `mssql://HOST/DATABASE`, or the address for `http`."""
    path: Text | None = None
    """Folder below the connection. A target has one path, so contracts with two paths need two targets."""
    schedule: Text | None = None
    """`hourly`, `daily`, `weekly`, or five fields of cron, in UTC."""
    overwrite: bool = False
    """`false` writes a new file in each run, `true` one file that each run replaces. Each file holds all records."""
    partition_by: Texts = ()
    """Columns that readers may take the files to be partitioned by; the connector writes one file a run."""
    compression: Text | None = None
    """Compression of Parquet files. The connector writes `snappy` and has no option for it."""
    mode: Mode | None = None
    """`sync` keeps the target like CluedIn; `events` sends changes as they come. Files of Parquet and CSV need
    `sync`, `http` takes `events`."""
    relations: Relations = Relations()
    """Whether relations of records go along."""
    state: State = "started"
    """Whether the stream runs; `leave` leaves that to people."""
    purview_readable: bool = True
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
