"""What people write in a `DataSourceLink`: the asset, the data set that it feeds, and what its columns become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from reconciler.kinds.project.texts import Names, Text, Verbatim
from reconciler.manifest.spec import Manifest, Spec

IGNORED = "ignore"
"""The short form of a column that is left out."""

Auto = Literal["none", "by_term", "by_name", "by_term_then_name"]
Unmapped = Literal["error", "ignore", "create"]


@dataclass(frozen=True, slots=True)
class RecordKey:
    """Marks a field that names a column: the key that the column fills is one of the record's."""

    annotation: str
    """The field of the annotation in CluedIn that takes the key."""


@dataclass(frozen=True, slots=True)
class Fillable:
    """Marks a name that may hold placeholders, which a rule fills."""


@dataclass(frozen=True, slots=True)
class OfTheAsset:
    """Marks what is said of the data set as an asset: it has no effect where there is none."""


def _not_off(value: Any) -> Any:
    """`off` is a boolean to many readers of YAML, and none of the words here."""
    if value is False or value in ("off", "no"):
        raise PydanticCustomError(
            "link.auto_off",
            "`auto` has no `off`, which many readers of YAML take for false",
            {"detail": "Write `auto: none`."},
        )
    return value


def _not_a_file(value: Any) -> Any:
    if value == "file":
        raise PydanticCustomError(
            "link.file_set",
            "A data set of type `file` cannot be made by a call: it is made by uploading a file",
            {"detail": "Write `type: endpoint` and send the records there, or upload the file in CluedIn."},
        )
    return value


class SourceAsset(Spec):
    """The asset in Purview that the records come from."""

    type: Text
    """Type of the asset, as the scanner names it: `azure_datalake_gen2_path`."""
    qualified_name: Verbatim
    """Its qualified name, as the scanner wrote it; case counts."""
    missing: Literal["error", "wait"] = "error"
    """What to do while no scan has found it: an `error`, or `wait` with its lineage and do all the rest."""


class AssetSelection(Spec):
    """Assets by the glossary terms on them: each becomes a data set."""

    term: Text | Annotated[tuple[Text, ...], Field(min_length=1)]
    """Term that the assets carry: its name, its path in the glossary, a list of them, or `*` for any term."""
    glossary: Text
    """Glossary of the terms."""
    types: Names = ()
    """Types of the assets; without any all types count."""
    collection: Text | None = None
    """Collection that the assets are in, or in one below it: its name, or a path of friendly names."""

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms, in one form."""
        return (self.term,) if isinstance(self.term, str) else self.term


class DataSetSpec(Spec):
    """The data set in CluedIn, and what it stands in."""

    group: Annotated[Text, Fillable()]
    """Data source group; created when missing. With `select` it may hold `{asset.name}`, `{asset.type}`,
    `{asset.qualified_name}` and `{asset.collection}`, as may the next two."""
    source: Annotated[Text, Fillable()]
    """Data source in the group."""
    name: Annotated[Text, Fillable()]
    """Data set of the source. No public call renames or deletes any of the three."""
    type: Annotated[Literal["endpoint", "sql"], BeforeValidator(_not_a_file)] = "endpoint"
    """How records come in; `sql` comes later."""
    fields: Literal["from_asset"] | tuple[Verbatim, ...] = "from_asset"
    """Columns of the records: those that the scan of the asset shows, or a list, as they are sent. They are told
    when the data set is made; after that CluedIn adds columns when records with them arrive, and by no call.
    CluedIn renames columns on arrival, and so do the data set and its lineage: `id` becomes `_id`, blanks and
    dots are taken out. It saves no record with a column in other letters than Latin ones."""
    auto_submit: bool | None = None
    """Process records as they arrive; a new data set does not. Turning it on processes what is there too."""
    source_quality: Annotated[int, Field(ge=0)] | None = None
    """How good the source is; all data sets of one source share it."""

    @property
    def names(self) -> tuple[str, str, str]:
        """The names of the group, the source and the set."""
        return self.group, self.source, self.name


class Identifies(Spec):
    """Makes the values of a column codes by which records are known."""

    origin: Text | None = None
    """Origin of the codes; default: CluedIn's own choice."""
    source_code: Text | None = None
    """Source code of the codes."""


class ColumnEntry(Spec):
    """What becomes of one column."""

    key: Text | None = None
    """Full vocabulary key that the column fills: `customer.email`."""
    ignore: Literal[True] | None = None
    """Leave the column out."""
    alias: bool | None = None
    """Values of the column are further names of the record."""
    identifier: Identifies | None = None
    """Values of the column identify the record, besides the primary identifier."""


class ColumnMap(Spec):
    """What the records become, and which column fills which key."""

    vocabulary: Text | None = None
    """Name of a `GlossaryMapping`, or the key prefix of a vocabulary that is in CluedIn. It may be left out
    where terms on the columns, or the keys below, are all of one declared vocabulary."""
    entity_type: Text | None = None
    """Code of the entity type, `/Customer`; default: the vocabulary's. Neither can change later."""
    origin: Text | None = None
    """Origin of the records: `data_source_name`, which a new mapping has, or a text of its own."""
    primary_identifier: Annotated[Verbatim | None, RecordKey("primary_identifier")] = None
    """Mapped column that identifies a record. A change gives the records other codes."""
    name: Annotated[Verbatim | None, RecordKey("name_key")] = None
    """Mapped column that names a record."""
    description: Annotated[Verbatim | None, RecordKey("description_key")] = None
    """Mapped column that describes a record."""
    created: Annotated[Verbatim | None, RecordKey("created_map")] = None
    """Mapped column with the time at which a record was made."""
    modified: Annotated[Verbatim | None, RecordKey("modified_map")] = None
    """Mapped column with the time at which a record was changed."""
    columns: dict[Verbatim, Text | ColumnEntry] = {}
    """Columns by name, as the source spells them or as they arrive: a full key, `ignore`, or more about it. No two
    columns may fill one key, or arrive under one name."""
    unmapped: Unmapped = "error"
    """Columns that nothing maps are an `error`, are left out with `ignore`, or get a key of their own with
    `create`: named like the column (letters outside ASCII are written in ASCII), of a type like the scanner's,
    and left to people after that."""
    auto: Annotated[Auto, BeforeValidator(_not_off)] = "none"
    """How columns that are not listed find a key: by a glossary term on the scanned column that is also the
    term of a declared key, by the name (letters and digits, without case), or by both in this order."""

    @property
    def record_keys(self) -> dict[str, str | None]:
        """The columns of the record's keys that are mentioned, by the field of the annotation that takes the key."""
        return {RECORD_KEYS[name].annotation: column for name, column in self.given(*RECORD_KEYS).items()}

    @property
    def by_term(self) -> bool:
        """Whether terms on columns find keys."""
        return self.auto in ("by_term", "by_term_then_name")

    @property
    def by_name(self) -> bool:
        """Whether names of columns find keys."""
        return self.auto in ("by_name", "by_term_then_name")

    def entries(self) -> dict[str, ColumnEntry]:
        """What is said about columns, in one form."""
        return {name: _entry(value) for name, value in self.columns.items()}


RECORD_KEYS = ColumnMap.marked(RecordKey)
"""The fields of a mapping that name a column."""


class RecordRelation(Spec):
    """An edge from the records to others, by the value of a column; no call changes or removes one."""

    column: Verbatim
    """Mapped column that holds the code of the other record."""
    type: Text
    """Type of the edge: `/WorksFor`."""
    to: Text
    """Entity type of the other record: `/Organization`."""
    direction: Literal["outgoing", "incoming"] | None = None
    """Direction of the edge; a new one is outgoing."""
    origin: Text | None = None
    """Origin of the other record's code."""


def _entry(value: str | ColumnEntry) -> ColumnEntry:
    if isinstance(value, ColumnEntry):
        return value
    return ColumnEntry(ignore=True) if value == IGNORED else ColumnEntry(key=value)


class MadeByDbt(Spec):
    """What only dbt needs to know."""

    depends_on: tuple[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$")], ...] = ()
    """Models of dbt that made the asset: `stg_contacts`, or `package.stg_contacts`. With them `handover dbt` makes an
    exposure, which shows in dbt that CluedIn reads them."""


class DataSourceLink(Manifest):
    """An asset in Purview, the data set in CluedIn that it feeds, and what its columns become.

    In CluedIn it makes the data source group, the source and the data set, and maps its columns to
    vocabulary keys. In Purview it makes the data set as an asset with columns, and the lineage from the asset
    through the data set to the entity type; terms and classifications of the mapped keys go on the columns.
    With `select` instead of `asset` the document is a rule: every asset with a glossary term becomes such a
    link. It configures only: no record is sent, and no data set is submitted by it.

    CluedIn has no call that renames or deletes groups, sources and data sets, changes the vocabulary of a
    mapping, or changes a relation: what leaves the manifest stays in CluedIn until somebody removes it there.

    Example::

        apiVersion: reconciler/v1
        kind: DataSourceLink
        metadata: {name: crm-contacts, description: Contacts of the CRM}
        spec:
          asset:
            type: azure_datalake_gen2_path
            qualified_name: https://contosolake.dfs.core.windows.net/raw/crm/contacts.csv
          data_set: {group: CRM, source: contacts, name: contacts, source_quality: 5}
          map:
            vocabulary: customer
            primary_identifier: id
            name: full_name
            modified: updated_at
            columns:
              id: customer.id
              email: {key: customer.email, identifier: {origin: email}}
              full_name: customer.fullName
              account_id: customer.accountId
              crm_notes: ignore
            auto: by_name
            unmapped: create
          relations:
            - {column: account_id, type: /WorksFor, to: /Organization}
          owners: [ada]
          metrics: publish
    """

    kind: ClassVar[str] = "DataSourceLink"
    asset: SourceAsset | None = None
    """The asset that the records come from: one asset feeds one data set."""
    select: AssetSelection | None = None
    """Instead of `asset`: every asset that carries one of these terms, unless a document names it itself."""
    data_set: DataSetSpec
    """The data set in CluedIn."""
    map: ColumnMap | None = None
    """What the columns become; leave it out to leave the mapping alone."""
    relations: tuple[RecordRelation, ...] = ()
    """Edges from the records to others."""
    lineage: bool = True
    """Show the data set and its lineage in Purview."""
    assign_terms: bool = True
    """Put the terms of mapped keys on the columns of the data set in Purview."""
    owners: Annotated[Names, OfTheAsset()] = ()
    """Owners of the data set as an asset: aliases, e-mail addresses from the environment, or object ids."""
    stewards: Names = ()
    """Not for assets: they have owners; terms have stewards."""
    metrics: Annotated[Literal["none", "publish"], OfTheAsset()] = "none"
    """Whether `metrics publish` writes the record counts of the data set to its asset; never part of a plan."""
    dbt: MadeByDbt = MadeByDbt()
    """What only dbt needs to know."""
