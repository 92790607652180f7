"""What can be told about a data source link offline: its form, its systems, its references, its scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.environment.patterns import holds_prefix
from reconciler.environment.spec import Environment
from reconciler.errors import Diagnostic
from reconciler.kinds._declared import declared
from reconciler.kinds._link.arrival_checks import arrival_findings, one_key_findings
from reconciler.kinds._link.column_checks import column_findings, made_key_findings, record_key_findings
from reconciler.kinds._link.rule import placeholder_findings
from reconciler.kinds._link.scene import NAMES, links_of
from reconciler.kinds._link.unique import uniqueness_findings
from reconciler.kinds._link.vocabulary import KeySource, vocabulary_called
from reconciler.kinds._people import unknown_contacts
from reconciler.kinds.base import World
from reconciler.manifest.findings import error, info, warning
from reconciler.manifest.paths import path_findings
from reconciler.manifest.suggest import did_you_mean
from reconciler.systems.secrecy import carries_secret

if TYPE_CHECKING:
    from reconciler.kinds.data_source_link import DataSourceLink
    from reconciler.manifest.project import Document


def findings(spec: DataSourceLink, document: Document, world: World) -> Iterator[Diagnostic]:
    """Everything that is wrong with a data source link, or worth knowing, before anything is read."""
    if (spec.asset is None) == (spec.select is None):
        yield error(
            document,
            (),
            "link.form",
            "The document has both `asset` and `select`" if spec.asset else "The document has no `asset`",
            "Name one asset in `asset`, or select assets by their terms in `select`.",
        )
        return
    environment = world.environment
    yield from _names(spec, document)
    yield from _secrets(spec, document)
    yield from _paths(spec, document)
    yield from placeholder_findings(spec, document)
    yield from _forms(spec, document)
    yield from _vocabulary(spec, document, world)
    yield from column_findings(spec, document, world)
    yield from _people(spec, document, environment)
    yield from _systems(spec, document, world)
    yield from _scope(spec, document, world)
    for link in links_of(spec, document, world):
        yield from record_key_findings(link)
        yield from made_key_findings(link)
        yield from one_key_findings(link)
        yield from (one for one in arrival_findings(link) if one.severity == "error")
        yield from uniqueness_findings(link, selected=False)


def _names(spec: DataSourceLink, document: Document) -> Iterator[Diagnostic]:
    for name in NAMES:
        value = getattr(spec.data_set, name)
        if value != value.strip():
            yield error(
                document,
                ("data_set", name),
                "link.name",
                f"The name `{value}` begins or ends with a blank",
                "Remove it.",
            )


def _secrets(spec: DataSourceLink, document: Document) -> Iterator[Diagnostic]:
    if spec.asset is not None and carries_secret(spec.asset.qualified_name):
        yield error(
            document,
            ("asset", "qualified_name"),
            "provider.secret",
            "The qualified name of the asset carries a secret, which would show in every plan",
            "Name an asset without one; have the scan repeated without the signature in its address.",
        )


def _paths(spec: DataSourceLink, document: Document) -> Iterator[Diagnostic]:
    if spec.select is None:
        return
    yield from path_findings(document, ("select", "collection"), spec.select.collection)
    for at, term in enumerate(spec.select.terms):
        path = ("select", "term") if isinstance(spec.select.term, str) else ("select", "term", at)
        yield from path_findings(document, path, term)


def _forms(spec: DataSourceLink, document: Document) -> Iterator[Diagnostic]:
    if spec.data_set.type == "sql":
        yield error(
            document,
            ("data_set", "type"),
            "link.sql_later",
            "A source of type `sql` comes later: its connection, with the password, is not written yet",
            "Write `type: endpoint`.",
        )
    if "stewards" in spec.model_fields_set:
        yield error(
            document,
            ("stewards",),
            "link.stewards",
            "Assets have owners and experts; stewards belong to glossary terms",
            "Write `owners`, if they own the data set.",
        )
    if spec.relations and spec.map is None:
        yield error(
            document,
            ("relations",),
            "link.no_map",
            "Relations need mapped columns, and the document has no `map`",
            "Add `map`, or remove them.",
        )
    if not spec.lineage:
        for name, used in (("owners", bool(spec.owners)), ("metrics", spec.metrics == "publish")):
            if used:
                yield warning(
                    document,
                    (name,),
                    "link.no_lineage",
                    f"`{name}` has no effect: with `lineage: false` the data set is no asset in Purview",
                    "Remove one of the two.",
                )


def _vocabulary(spec: DataSourceLink, document: Document, world: World) -> Iterator[Diagnostic]:
    if spec.map is None:
        return
    name = spec.map.vocabulary
    if name is None:
        yield from _no_vocabulary(spec, document, world)
        return
    source = KeySource(world)
    bare = next((one for one in world.of("GlossaryMapping") if one.name == name), None)
    if source.named(name) is None and bare is not None and bare.spec is not None:
        yield error(
            document,
            ("map", "vocabulary"),
            "link.vocabulary",
            f"The GlossaryMapping `{name}` has no vocabulary",
            "Add one there, or name another.",
        )
        return
    used = vocabulary_called(world, name)
    if used is not None and used.code is None and spec.map.entity_type is None:
        yield error(
            document,
            ("map", "vocabulary"),
            "link.entity_type",
            f"The vocabulary of `{name}` has no entity type",
            "Name the code in `map.entity_type`, or give the vocabulary one.",
        )


def _no_vocabulary(spec: DataSourceLink, document: Document, world: World) -> Iterator[Diagnostic]:
    """Without a name the vocabulary follows from declared keys, written here or found by terms."""
    assert spec.map is not None
    keys = [entry.key for entry in spec.map.entries().values() if entry.key is not None]
    known = world.half_known("GlossaryMapping") or any(key in declared(world).keys for key in keys)
    if not spec.map.by_term and not known:
        advice = did_you_mean("", [one.name for one in KeySource(world).documents])
        yield error(
            document,
            ("map",),
            "link.vocabulary",
            "The mapping names no vocabulary, and nothing tells which it is",
            f"{advice} Name a GlossaryMapping or a key prefix in `map.vocabulary`.".strip(),
        )


def _people(spec: DataSourceLink, document: Document, environment: Environment) -> Iterator[Diagnostic]:
    yield from unknown_contacts(environment, document, ("owners",), spec.owners)
    purview = environment.purview
    if purview is not None and purview.mode == "atlas" and spec.owners:
        yield warning(
            document,
            ("owners",),
            "link.not_in_atlas",
            "Apache Atlas keeps no owners of assets: they are not written",
            "Use an environment with `mode: purview` for them.",
        )
    if purview is not None and purview.mode == "atlas" and spec.select is not None and spec.select.collection:
        yield error(
            document,
            ("select", "collection"),
            "link.not_in_atlas",
            "Apache Atlas has no collections to select from",
            "Remove it, or use an environment with `mode: purview`.",
        )


def _systems(spec: DataSourceLink, document: Document, world: World) -> Iterator[Diagnostic]:
    environment, name = world.environment, world.environment_name
    if environment.purview is None and spec.select is not None:
        yield warning(
            document,
            ("select",),
            "link.no_purview",
            f"The environment `{name}` has no Purview: the rule selects nothing there",
            "Name its Purview, or write the data sets out.",
        )
    elif environment.purview is None and spec.lineage:
        yield info(
            document,
            ("asset",),
            "link.no_purview",
            f"The environment `{name}` has no Purview: the asset is not looked for, and the lineage is left out",
        )
    if environment.cluedin is None:
        yield info(
            document,
            ("data_set",),
            "link.no_cluedin",
            f"The environment `{name}` has no CluedIn: the data set and its mapping are left out",
        )


def _scope(spec: DataSourceLink, document: Document, world: World) -> Iterator[Diagnostic]:
    environment = world.environment
    scope = environment.scope
    if scope.purview.read_only and environment.purview is not None and spec.lineage:
        yield error(
            document,
            ("lineage",) if "lineage" in spec.model_fields_set else ("data_set",),
            "scope.read_only",
            f"The environment `{world.environment_name}` may only read Purview",
            "Remove `scope.purview.read_only` there, or write `lineage: false` here.",
        )
    if environment.cluedin is None:
        return
    if scope.cluedin.read_only:
        yield error(
            document,
            ("data_set",),
            "scope.read_only",
            f"The environment `{world.environment_name}` may only read CluedIn",
            "Remove `scope.cluedin.read_only` there, or the document.",
        )
    if spec.map is None or spec.map.unmapped != "create" or spec.map.vocabulary is None:
        return
    used = vocabulary_called(world, spec.map.vocabulary)
    prefix = used.prefix if used is not None else spec.map.vocabulary
    if not holds_prefix(scope.cluedin.key_prefixes, prefix):
        yield outside(document, world, prefix)


def outside(document: Document, world: World, prefix: str) -> Diagnostic:
    """Keys would be made under a prefix that belongs to another environment."""
    return error(
        document,
        ("map", "unmapped"),
        "scope.outside",
        f"`unmapped: create` would make keys of `{prefix}`, which is outside the scope of the environment "
        f"`{world.environment_name}`",
        "Add the prefix to `scope.cluedin.key_prefixes` there, or write `unmapped: ignore`.",
    )
