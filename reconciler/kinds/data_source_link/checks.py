"""What can be told about a data source link offline: its form, its systems, its references, its scope."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.environment.patterns import holds_prefix
from reconciler.errors import Diagnostic
from reconciler.kinds.data_source_link.arrival_checks import arrival_findings, one_key_findings
from reconciler.kinds.data_source_link.column_checks import column_findings, made_key_findings, record_key_findings
from reconciler.kinds.data_source_link.links import NAMES, Links
from reconciler.kinds.data_source_link.rule import placeholder_findings
from reconciler.kinds.data_source_link.scene import Link
from reconciler.kinds.data_source_link.spec import ColumnMap, DataSourceLink, OfTheAsset
from reconciler.kinds.data_source_link.unique import uniqueness_findings
from reconciler.kinds.data_source_link.vocabulary import KeySource, vocabulary_called
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.people import unknown_contacts
from reconciler.manifest.findings import error, info, warning
from reconciler.manifest.paths import path_findings
from reconciler.manifest.suggest import did_you_mean
from reconciler.systems.secrecy import carries_secret


def findings(links: Links) -> Iterator[Diagnostic]:
    """Everything that is wrong with a data source link, or worth knowing, before anything is read."""
    if (links.spec.asset is None) == (links.spec.select is None):
        yield error(
            links.document,
            (),
            "link.form",
            "The document has both `asset` and `select`" if links.spec.asset else "The document has no `asset`",
            "Name one asset in `asset`, or select assets by their terms in `select`.",
        )
        return
    yield from _names(links)
    yield from _secrets(links)
    yield from _paths(links)
    yield from placeholder_findings(links)
    yield from _forms(links)
    yield from _vocabulary(links)
    yield from column_findings(links)
    yield from _people(links)
    yield from _systems(links)
    yield from _scope(links)
    for link in links.links:
        if link.mapping is not None:
            yield from record_key_findings(link, link.mapping)
            yield from made_key_findings(link, link.mapping)
            yield from one_key_findings(link, link.mapping)
        yield from (one for one in arrival_findings(link) if one.severity == "error")
        yield from uniqueness_findings(link, selected=False)


def _names(links: Links) -> Iterator[Diagnostic]:
    for name in NAMES:
        value = getattr(links.spec.data_set, name)
        if value != value.strip():
            yield error(
                links.document,
                ("data_set", name),
                "link.name",
                f"The name `{value}` begins or ends with a blank",
                "Remove it.",
            )


def _secrets(links: Links) -> Iterator[Diagnostic]:
    if links.spec.asset is not None and carries_secret(links.spec.asset.qualified_name):
        yield error(
            links.document,
            ("asset", "qualified_name"),
            "provider.secret",
            "The qualified name of the asset carries a secret, which would show in every plan",
            "Name an asset without one; have the scan repeated without the signature in its address.",
        )


def _paths(links: Links) -> Iterator[Diagnostic]:
    if links.spec.select is None:
        return
    yield from path_findings(links.document, ("select", "collection"), links.spec.select.collection)
    for at, term in enumerate(links.spec.select.terms):
        path = ("select", "term") if isinstance(links.spec.select.term, str) else ("select", "term", at)
        yield from path_findings(links.document, path, term)


def _forms(links: Links) -> Iterator[Diagnostic]:
    if links.spec.data_set.type == "sql":
        yield error(
            links.document,
            ("data_set", "type"),
            "link.sql_later",
            "A source of type `sql` comes later: its connection, with the password, is not written yet",
            "Write `type: endpoint`.",
        )
    if "stewards" in links.spec.model_fields_set:
        yield error(
            links.document,
            ("stewards",),
            "link.stewards",
            "Assets have owners and experts; stewards belong to glossary terms",
            "Write `owners`, if they own the data set.",
        )
    if links.spec.relations and links.spec.map is None:
        yield error(
            links.document,
            ("relations",),
            "link.no_map",
            "Relations need mapped columns, and the document has no `map`",
            "Add `map`, or remove them.",
        )
    if not links.spec.lineage:
        for name in links.spec.marked(OfTheAsset):
            if getattr(links.spec, name) != DataSourceLink.model_fields[name].default:
                yield warning(
                    links.document,
                    (name,),
                    "link.no_lineage",
                    f"`{name}` has no effect: with `lineage: false` the data set is no asset in Purview",
                    "Remove one of the two.",
                )


def _vocabulary(links: Links) -> Iterator[Diagnostic]:
    if links.spec.map is None:
        return
    name = links.spec.map.vocabulary
    if name is None:
        yield from _no_vocabulary(links, links.spec.map)
        return
    source = KeySource(links.world)
    bare = next((one for one in links.world.written("GlossaryMapping") if one.name == name), None)
    if source.named(name) is None and bare is not None and bare.spec is not None:
        yield error(
            links.document,
            ("map", "vocabulary"),
            "link.vocabulary",
            f"The GlossaryMapping `{name}` has no vocabulary",
            "Add one there, or name another.",
        )
        return
    used = vocabulary_called(links.world, name)
    if used is not None and used.code is None and links.spec.map.entity_type is None:
        yield error(
            links.document,
            ("map", "vocabulary"),
            "link.entity_type",
            f"The vocabulary of `{name}` has no entity type",
            "Name the code in `map.entity_type`, or give the vocabulary one.",
        )


def _no_vocabulary(links: Links, spec: ColumnMap) -> Iterator[Diagnostic]:
    """Without a name the vocabulary follows from declared keys, written here or found by terms."""
    keys = [entry.key for entry in spec.entries().values() if entry.key is not None]
    known = links.world.half_known("GlossaryMapping") or any(key in declared(links.world).keys for key in keys)
    if not spec.by_term and not known:
        advice = did_you_mean("", KeySource(links.world).names)
        yield error(
            links.document,
            ("map",),
            "link.vocabulary",
            "The mapping names no vocabulary, and nothing tells which it is",
            f"{advice} Name a GlossaryMapping or a key prefix in `map.vocabulary`.".strip(),
        )


def _people(links: Links) -> Iterator[Diagnostic]:
    yield from unknown_contacts(links.environment, links.document, ("owners",), links.spec.owners)
    if links.environment.purview is None:
        return
    dialect = links.environment.purview.dialect
    if links.spec.owners and not dialect.has_contacts:
        yield warning(
            links.document,
            ("owners",),
            "link.not_in_atlas",
            f"{dialect.title} keeps no owners of assets: they are not written",
            "Use an environment with `mode: purview` for them.",
        )
    select = links.spec.select
    if select is not None and select.collection and not dialect.has_collections:
        yield error(
            links.document,
            ("select", "collection"),
            "link.not_in_atlas",
            f"{dialect.title} has no collections to select from",
            "Remove it, or use an environment with `mode: purview`.",
        )


def _systems(links: Links) -> Iterator[Diagnostic]:
    environment, name = links.environment, links.world.environment_name
    if environment.purview is None and links.spec.select is not None:
        yield warning(
            links.document,
            ("select",),
            "link.no_purview",
            f"The environment `{name}` has no Purview: the rule selects nothing there",
            "Name its Purview, or write the data sets out.",
        )
    elif environment.purview is None and links.spec.lineage:
        yield info(
            links.document,
            ("asset",),
            "link.no_purview",
            f"The environment `{name}` has no Purview: the asset is not looked for, and the lineage is left out",
        )
    if environment.cluedin is None:
        yield info(
            links.document,
            ("data_set",),
            "link.no_cluedin",
            f"The environment `{name}` has no CluedIn: the data set and its mapping are left out",
        )


def _scope(links: Links) -> Iterator[Diagnostic]:
    environment = links.environment
    scope = environment.scope
    if scope.purview.read_only and environment.purview is not None and links.spec.lineage:
        yield error(
            links.document,
            ("lineage",) if "lineage" in links.spec.model_fields_set else ("data_set",),
            "scope.read_only",
            f"The environment `{links.world.environment_name}` may only read Purview",
            "Remove `scope.purview.read_only` there, or write `lineage: false` here.",
        )
    if environment.cluedin is None:
        return
    if scope.cluedin.read_only:
        yield error(
            links.document,
            ("data_set",),
            "scope.read_only",
            f"The environment `{links.world.environment_name}` may only read CluedIn",
            "Remove `scope.cluedin.read_only` there, or the document.",
        )
    if links.spec.map is None or links.spec.map.unmapped != "create" or links.spec.map.vocabulary is None:
        return
    used = vocabulary_called(links.world, links.spec.map.vocabulary)
    prefix = used.prefix if used is not None else links.spec.map.vocabulary
    if not holds_prefix(scope.cluedin.key_prefixes, prefix):
        yield outside(links, prefix)


def outside(at: Link | Links, prefix: str) -> Diagnostic:
    """Keys would be made under a prefix that belongs to another environment."""
    return error(
        at.document,
        ("map", "unmapped"),
        "scope.outside",
        f"`unmapped: create` would make keys of `{prefix}`, which is outside the scope of the environment "
        f"`{at.world.environment_name}`",
        "Add the prefix to `scope.cluedin.key_prefixes` there, or write `unmapped: ignore`.",
    )
