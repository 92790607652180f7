"""What only the live systems tell about a data source link."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.environment.patterns import holds_prefix
from reconciler.errors import Diagnostic
from reconciler.kinds.data_source_link.arrival_checks import arrival_findings, called, one_key_findings
from reconciler.kinds.data_source_link.checks import outside
from reconciler.kinds.data_source_link.cluedin import fields_at_creation
from reconciler.kinds.data_source_link.column_checks import made_key_findings, record_key_findings, unmapped
from reconciler.kinds.data_source_link.links import Links
from reconciler.kinds.data_source_link.mapping import MappingHalf
from reconciler.kinds.data_source_link.rule import selection_findings
from reconciler.kinds.data_source_link.scene import Link
from reconciler.kinds.data_source_link.unique import uniqueness_findings
from reconciler.kinds.data_source_link.vocabulary import KeySource
from reconciler.kinds.project.declared import declared
from reconciler.manifest.findings import error, finding, info
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.catalogue import KeyAt, VocabularyAt
from reconciler.resources.cluedin.arrival import arrived
from reconciler.resources.spelling import look_alike


def findings(links: Links) -> Iterator[Diagnostic]:
    """Everything that is wrong with a data source link on these systems, or worth knowing."""
    yield from _vocabulary(links)
    yield from _keys(links)
    yield from selection_findings(links)
    for link in links.links:
        missing = list(_asset(link))
        yield from missing
        yield from uniqueness_findings(link, selected=True)
        if not any(one.severity == "error" for one in missing):
            yield from _columns(link)


def _vocabulary(links: Links) -> Iterator[Diagnostic]:
    if links.spec.map is None or links.spec.map.vocabulary is None:
        return
    source, name = KeySource(links.world), links.spec.map.vocabulary
    if source.named(name) is not None:
        return
    rows = links.world.answers.of(VocabularyAt(name))
    if rows is None:
        return
    if not rows:
        known = [*source.names, *source.prefixes]
        advice = did_you_mean(name, known)
        yield error(
            links.document,
            ("map", "vocabulary"),
            "link.vocabulary",
            f"`{name}` is neither a GlossaryMapping nor the key prefix of a vocabulary in CluedIn",
            f"{advice} Declare it, or correct it.".strip(),
        )
    elif links.spec.map.entity_type is None and not rows[0].entity_type:
        yield error(
            links.document,
            ("map", "vocabulary"),
            "link.entity_type",
            f"The vocabulary `{name}` has no entity type in CluedIn",
            "Name the code in `map.entity_type`.",
        )


def _keys(links: Links) -> Iterator[Diagnostic]:
    for name, entry in (links.spec.map.entries() if links.spec.map is not None else {}).items():
        if entry.key is None or entry.key in declared(links.world).keys:
            continue
        rows = links.world.answers.of(KeyAt(entry.key))
        if rows == ():
            advice = did_you_mean(entry.key, _known_keys(links))
            yield error(
                links.document,
                ("map", "columns", name),
                "link.key",
                f"The key `{entry.key}` is neither declared nor in CluedIn",
                f"{advice} Declare it in a GlossaryMapping, or correct it.".strip(),
            )


def _known_keys(links: Links) -> list[str]:
    live: list[str] = []
    if links.spec.map is not None and links.spec.map.vocabulary is not None:
        rows = links.world.answers.of(VocabularyAt(links.spec.map.vocabulary)) or ()
        live = [key.key for row in rows for key in row.keys]
    return [*declared(links.world).keys, *live]


def _asset(link: Link) -> Iterator[Diagnostic]:
    asset = link.spec.asset
    if asset is None or not link.waits:
        return
    if asset.missing == "error":
        yield error(
            link.document,
            ("asset", "qualified_name"),
            "link.asset_missing",
            f"Purview has no asset of type {asset.type} with the qualified name {asset.qualified_name}",
            "Both count as the scanner wrote them, and so does case. Correct them or run the scan; with "
            "`missing: wait` all but the lineage of the asset is applied before.",
        )
    elif link.purview is not None:
        yield info(
            link.document,
            ("asset", "qualified_name"),
            "link.asset_waits",
            f"No scan has found {asset.type} {asset.qualified_name} yet: its lineage waits, the rest is applied",
        )


def _columns(link: Link) -> Iterator[Diagnostic]:
    mapping, path = link.mapping, ("select",) if link.subject.selected else ("map",)
    if mapping is not None:
        if mapping.prefix is None:
            yield error(
                link.document,
                path,
                "link.vocabulary",
                f"Nothing tells which vocabulary the columns of {link.asset_key} fill",
                "Name a GlossaryMapping or a key prefix in `map.vocabulary`, or put terms of one concept on them.",
            )
            return
        yield from _matches(link, mapping, path)
        yield from one_key_findings(link, mapping)
        yield from _made_keys(link, mapping)
        yield from record_key_findings(link, mapping)
    yield from arrival_findings(link)
    yield from _scanned(link)
    yield from _not_told(link)


def _matches(link: Link, mapping: MappingHalf, path: tuple[str, ...]) -> Iterator[Diagnostic]:
    for name, keys in mapping.matching.ambiguous.items():
        yield error(
            link.document,
            path,
            "link.ambiguous",
            f"The column `{name}` of {link.set_key} may fill {' or '.join(f'`{key}`' for key in keys)}",
            "Say which in `map.columns`.",
        )
    rest = [one.name for one in mapping.matching.unmapped]
    if rest and link.judges_unmapped and mapping.spec.unmapped == "error":
        yield unmapped(link.document, rest)
    elif rest and mapping.spec.unmapped == "create":
        names = ", ".join(f"`{name}`" for name in rest)
        yield error(
            link.document,
            path,
            "link.no_key_name",
            f"No key can be named after {names}: no letter or digit of a key is left",
            "Map them in `map.columns`.",
        )


def _made_keys(link: Link, mapping: MappingHalf) -> Iterator[Diagnostic]:
    """Keys that are made of columns: within the scope, beside none that differs in case."""
    used, scope = mapping.vocabulary, link.environment.scope.cluedin.key_prefixes
    wanted = mapping.made and link.wants_data_set and link.subject.selected
    if used is not None and wanted and not holds_prefix(scope, used.prefix):
        yield outside(link, used.prefix)
    yield from made_key_findings(link, mapping)


def _scanned(link: Link) -> Iterator[Diagnostic]:
    """Columns that the manifest names and the scan does not show; in other case they would be second columns."""
    asset = link.subject.asset
    if asset is None or not asset.columns or link.subject.selected:
        return
    names = [one.name for one in asset.columns]
    arriving = {arrived(name) for name in names}
    written = link.spec.map.entries() if link.spec.map is not None else {}
    listed = link.spec.data_set.fields
    for name in dict.fromkeys([*written, *([] if isinstance(listed, str) else listed)]):
        if name not in names and arrived(name) not in arriving:
            where = ("map", "columns", name) if name in written else ("data_set", "fields")
            yield finding(
                "error" if look_alike(name) in map(look_alike, names) else "warning",
                link.document,
                where,
                "link.not_scanned",
                f"The scan of {link.asset_key} shows no column `{name}`",
                f"{did_you_mean(name, names, what='It shows')} Case counts.".strip(),
            )


def _not_told(link: Link) -> Iterator[Diagnostic]:
    """Columns that the data set of CluedIn does not know yet, and cannot be told."""
    told = set(fields_at_creation(link))
    late = [name for name in link.columns if arrived(name) and arrived(name) not in told]
    if late and link.wants_data_set and link.world.environment.cluedin is not None:
        names = ", ".join(map(called, late))
        yield info(
            link.document,
            ("select",) if link.subject.selected else ("data_set",),
            "link.column_later",
            f"The data set {link.set_key} has no column {names} yet: CluedIn adds columns when records with them "
            "arrive, and by no call",
        )
