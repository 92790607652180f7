"""What can be told offline about the columns of a data source link."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.base import World
from reconciler.kinds.data_source_link.columns import calls
from reconciler.kinds.data_source_link.links import Links
from reconciler.kinds.data_source_link.mapping import MappingHalf
from reconciler.kinds.data_source_link.scene import Link
from reconciler.kinds.data_source_link.spec import RECORD_KEYS, ColumnEntry
from reconciler.kinds.data_source_link.vocabulary import is_obsolete
from reconciler.kinds.project.declared import declared
from reconciler.manifest.documents import Document
from reconciler.manifest.findings import Path, error, info, warning
from reconciler.manifest.suggest import did_you_mean


def column_findings(links: Links) -> Iterator[Diagnostic]:
    """Forms of columns, their keys, and whether the listed ones are all there are."""
    yield from _listed(links)
    if links.spec.map is None:
        return
    for name, entry in links.spec.map.entries().items():
        path = ("map", "columns", name)
        yield from _form(links.document, path, name, entry)
        if entry.key is not None:
            yield from _key(links, path, entry.key)
    yield from _relations(links)


def made_key_findings(link: Link, mapping: MappingHalf) -> Iterator[Diagnostic]:
    """Keys that are made of columns beside one that differs in case: a declared one, or with answers a live one."""
    path: Path = ("select",) if link.subject.selected else ("map",)
    used = mapping.vocabulary
    if used is None or not mapping.made or not link.wants_data_set:
        return
    spelled = {key.casefold(): key for key in (*used.keys, *used.live)}
    for column, key in mapping.made.items():
        live = spelled.get(key.casefold(), key)
        if live != key:
            yield error(
                link.document,
                path,
                "link.key_case",
                f"The column `{column}` would make the key `{key}`, which differs from `{live}` only in case",
                f"Map the column to `{live}`, or write `auto: by_name`.",
            )


def record_key_findings(link: Link, mapping: MappingHalf) -> Iterator[Diagnostic]:
    """The record's keys and relations that name a column which certainly fills no key.

    A column that is not listed may still find a key by itself, as long as the columns of the asset are not known.
    """
    found = mapping.matching
    for path, column in _named_columns(link, mapping):
        if column is None or column in found.mapped or _may_be_mapped(link, mapping, column):
            continue
        ignored = column in found.targets
        what = "is left out" if ignored else "is not mapped"
        advice = did_you_mean(column, found.mapped, what="Mapped are")
        yield error(
            link.document,
            path,
            "link.not_mapped",
            f"The column `{column}` {what}, so it cannot be {_role(path)}",
            f"{advice} Map the column to a key first.".strip(),
        )


def _named_columns(link: Link, mapping: MappingHalf) -> Iterator[tuple[Path, str | None]]:
    """The columns that the record's keys and the relations name, with where."""
    yield from ((("map", name), getattr(mapping.spec, name)) for name in RECORD_KEYS)
    yield from ((("relations", at, "column"), one.column) for at, one in enumerate(link.spec.relations))


def _may_be_mapped(link: Link, mapping: MappingHalf, column: str) -> bool:
    if column in mapping.matching.targets or column in mapping.matching.ambiguous:
        return column in mapping.matching.ambiguous
    if link.judges_unmapped:
        return False
    return mapping.spec.auto != "none" or mapping.spec.unmapped == "create"


def _role(path: Path) -> str:
    return "a relation" if path[0] == "relations" else f"`{path[-1]}` of the records"


def _listed(links: Links) -> Iterator[Diagnostic]:
    """The list of columns, where there is one, holds each once, and all that are mapped."""
    listed = links.spec.data_set.fields
    if isinstance(listed, str):
        return
    entries = links.spec.map.entries() if links.spec.map is not None else {}
    called = calls(listed, entries)
    for at, name in enumerate(listed):
        if name in listed[:at]:
            yield error(
                links.document,
                ("data_set", "fields", at),
                "link.field_twice",
                f"The column `{name}` is listed twice",
                "Keep one of the two.",
            )
    for name in entries:
        if name not in listed and name not in called.values():
            yield error(
                links.document,
                ("map", "columns", name),
                "link.not_listed",
                f"`data_set.fields` does not list the column `{name}`",
                f"{did_you_mean(name, listed, what='Listed are')} Add it there, or correct it.".strip(),
            )
    if links.spec.map is None or links.spec.map.unmapped != "error" or links.spec.map.auto != "none":
        return
    rest = [name for name in dict.fromkeys(listed) if called.get(name, name) not in entries]
    if rest:
        yield unmapped(links.document, rest)


def unmapped(document: Document, columns: list[str]) -> Diagnostic:
    """Columns that nothing maps, while that is an error."""
    names = ", ".join(f"`{name}`" for name in columns)
    return error(
        document,
        ("map",),
        "link.unmapped",
        f"Nothing maps the column{'s' if len(columns) > 1 else ''} {names}",
        "Add them to `map.columns` with a key or with `ignore`, or write `unmapped: ignore` or `unmapped: create`.",
    )


def _form(document: Document, path: Path, name: str, entry: ColumnEntry) -> Iterator[Diagnostic]:
    if (entry.key is None) == (entry.ignore is None):
        yield error(
            document,
            path,
            "link.column_form",
            f"The column `{name}` has both a key and `ignore`" if entry.key else f"The column `{name}` has no key",
            "Give it a `key`, or write `ignore`.",
        )
    for part in (name for name in ColumnEntry.model_fields if name not in ("key", "ignore")):
        if entry.ignore and getattr(entry, part):
            yield error(
                document,
                (*path, part),
                "link.ignored_column",
                f"The column `{name}` is left out, so it cannot be an {part}",
                "Map it to a key, or remove one of the two.",
            )


def _key(links: Links, path: Path, key: str) -> Iterator[Diagnostic]:
    known = declared(links.world).keys
    if key in known:
        if is_obsolete(links.world, key):
            yield warning(
                links.document,
                path,
                "link.obsolete_key",
                f"The key `{key}` is obsolete",
                "Map the column to the key that took its place.",
            )
        return
    same = [f"`{one}`" for one in known if one.rpartition(".")[2] == key]
    advice = f"Did you mean {' or '.join(same[:5])}?" if same else did_you_mean(key, known)
    if not key.rpartition(".")[0]:
        yield error(
            links.document,
            path,
            "link.key",
            f"`{key}` is not a full key",
            f"{advice} Write it with its prefix, as in `customer.email`.".strip(),
        )
    elif _is_ours(links.world, key) and links.environment.cluedin is not None:
        yield info(
            links.document,
            path,
            "link.key_undeclared",
            f"No document declares the key `{key}`: it is looked up in CluedIn when planning",
            advice,
        )


def _is_ours(world: World, key: str) -> bool:
    parts = key.casefold().split(".")
    return any(".".join(parts[:length]) in declared(world).vocabularies for length in range(1, len(parts)))


def _relations(links: Links) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], int] = {}
    for at, relation in enumerate(links.spec.relations):
        before = first.setdefault((relation.column, relation.type), at)
        if before != at:
            yield error(
                links.document,
                ("relations", at),
                "link.relation_twice",
                f"The column `{relation.column}` has the relation `{relation.type}` twice",
                "Keep one of the two.",
            )
