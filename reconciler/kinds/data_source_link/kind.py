"""A Purview asset, the CluedIn data set that it feeds, the mapping of its columns, and the lineage between them."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.data_source_link import checks, judge
from reconciler.kinds.data_source_link.cluedin import data_set_resources
from reconciler.kinds.data_source_link.lineage import lineage_resources
from reconciler.kinds.data_source_link.links import Links
from reconciler.kinds.data_source_link.spec import DataSourceLink
from reconciler.resources.base import Desired


class DataSourceLinkKind(Links):
    """A `DataSourceLink`: what it asks, what is wrong with it, and what it wants."""

    manifest = DataSourceLink
    told_by_answers = frozenset(
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

    def check(self) -> Iterator[Diagnostic]:
        """Findings across documents: forms, names that collide, references that lead nowhere, scope."""
        yield from checks.findings(self)

    def judge(self) -> Iterator[Diagnostic]:
        """Findings about what is there: missing assets, unknown keys, columns that find none or several."""
        yield from judge.findings(self)

    def expand(self) -> Iterator[Desired]:
        """The resources of both halves of every link, as far as the environment has the system."""
        for link in self.links:
            if link.wants_data_set:
                yield from data_set_resources(link)
            if link.purview is not None:
                yield from lineage_resources(link, link.purview)
