"""A Purview asset, the CluedIn data set that it feeds, the mapping of its columns, and the lineage between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from reconciler.errors import Diagnostic
from reconciler.kinds._glossary.concept import Names
from reconciler.kinds._link import checks as _link_checks
from reconciler.kinds._link import judge as _link_judge
from reconciler.kinds._link.cluedin import data_set_resources
from reconciler.kinds._link.lineage import lineage_resources
from reconciler.kinds._link.model import AssetSelection, ColumnMap, DataSetSpec, RecordRelation, SourceAsset
from reconciler.kinds._link.scene import links_of, questions
from reconciler.kinds.base import Kind, World
from reconciler.resources.base import Desired
from reconciler.sources.base import Question

if TYPE_CHECKING:
    from reconciler.manifest.project import Document


class DataSourceLink(Kind):
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
    told_by_answers: ClassVar[frozenset[str]] = frozenset(
        {
            "cluedin.annotation",
            "cluedin.annotation_keys",
            "cluedin.auto_submit",
            "cluedin.column_mapping",
            "cluedin.data_set",
            "cluedin.data_source",
            "cluedin.data_source_group",
            "cluedin.entity_type",
            "cluedin.identifier",
            "cluedin.relation",
            "cluedin.vocabulary",
            "cluedin.vocabulary_key",
            "purview.asset",
            "purview.assignment",
            "purview.classification",
            "purview.collection",
            "purview.entity",
            "purview.type",
        }
    )

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
    owners: Names = ()
    """Owners of the data set as an asset: aliases, e-mail addresses from the environment, or object ids."""
    stewards: Names = ()
    """Not for assets: they have owners; terms have stewards."""
    metrics: Literal["none", "publish"] = "none"
    """Whether `metrics publish` writes the record counts of the data set to its asset; never part of a plan."""

    def check(self, document: Document, world: World) -> Iterator[Diagnostic]:
        """Findings across documents: forms, names that collide, references that lead nowhere, scope."""
        yield from _link_checks.findings(self, document, world)

    def sources(self, document: Document, world: World) -> Iterator[Question]:  # noqa: ARG002
        """The asset or the selection; the vocabulary, the keys and the data set as far as they are live."""
        yield from questions(self, world)

    def judge(self, document: Document, world: World) -> Iterator[Diagnostic]:
        """Findings about what is there: missing assets, unknown keys, columns that find none or several."""
        yield from _link_judge.findings(self, document, world)

    def expand(self, document: Document, world: World) -> Iterator[Desired]:
        """The resources of both halves of every link, as far as the environment has the system."""
        for link in links_of(self, document, world):
            if link.wants_data_set:
                yield from data_set_resources(link)
            if link.wants_lineage:
                yield from lineage_resources(link)
