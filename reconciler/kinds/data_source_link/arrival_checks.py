"""Columns that CluedIn refuses or may refuse, and columns that end in one place: one name, or one key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from unicodedata import normalize

from reconciler.errors import Diagnostic
from reconciler.kinds.data_source_link.mapping import MappingHalf
from reconciler.kinds.data_source_link.scene import Link
from reconciler.manifest.findings import Path, error, info, warning
from reconciler.resources.cluedin.arrival import arrived, doubt, refusal

_WAY_OUT = "Rename it where the records are sent, and list the columns as they are sent in `data_set.fields`"


def called(column: str) -> str:
    """A column as people know it, with the name that it gets where that is another."""
    name = arrived(column)
    return f"`{column}`" if name == column else f"`{column}` (which arrives as `{name}`)"


def arrival_findings(link: Link) -> Iterator[Diagnostic]:
    """Names of columns that CluedIn refuses or may refuse, and those of several that arrive as one."""
    if not link.wants_data_set:
        return
    for column in link.columns:
        if (why := refusal(column)) is not None:
            yield _refused(link, column, why)
    yield from _doubts(link)
    for columns in _alike(link.columns, lambda column: normalize("NFC", arrived(column))):
        if any(column in link.matching.mapped for column in columns):
            yield error(
                link.document,
                _where(link, columns[-1]),
                "link.same_arrival",
                f"The columns {_names(columns)} of {link.set_key} arrive under one name, `{arrived(columns[-1])}`: "
                "only one of their values is kept",
                f"{_WAY_OUT}.",
            )


def one_key_findings(link: Link, mapping: MappingHalf) -> Iterator[Diagnostic]:
    """Columns that fill one key, whoever said so: a record would keep the value of one of them."""
    mapped, targets = mapping.matching.mapped, mapping.matching.targets
    for columns in _alike(mapped, lambda column: mapped[column].casefold()):
        makes = any(column in mapping.made for column in columns)
        explicit = [column for column in columns if targets[column].how == "explicit"]
        rest = "the other" if len(columns) == 2 else "the others"
        yield error(
            link.document,
            _where(link, (explicit or columns)[-1]),
            "link.same_key",
            f"The columns {_names(columns)} of {link.set_key} would {'make' if makes else 'fill'} the key "
            f"{_keys(mapped[column] for column in columns)}, and a record keeps the value of one of them",
            f"Map one of them in `map.columns`, and {rest} to another key or to `ignore`.",
        )


def _refused(link: Link, column: str, why: str) -> Diagnostic:
    """A column that is left out keeps the record back all the same, unless it is not sent."""
    if column in link.matching.mapped:
        return error(
            link.document,
            _where(link, column),
            "link.column_refused",
            f"CluedIn saves no record with the column `{column}` of {link.set_key}: {why}",
            f"{_WAY_OUT}.",
        )
    return warning(
        link.document,
        _where(link, column),
        "link.column_refused",
        f"CluedIn saves no record with the column `{column}` of {link.set_key}, though it is left out: {why}",
        f"Do not send it. {_WAY_OUT}.",
    )


def _doubts(link: Link) -> Iterator[Diagnostic]:
    """What CluedIn's words leave open, until the data set has the column; lightly, where it is all but certain."""
    there = {name for live in link.live_sets for name in live.fields}
    new = [column for column in link.columns if arrived(column) not in there]
    doubts = {column: why for column in new if (why := doubt(column)) is not None}
    odd = {column: why for column, why in doubts.items() if why.startswith(("begins", "has the mark"))}
    for columns, say in ((odd, warning), ({c: w for c, w in doubts.items() if c not in odd}, info)):
        if columns:
            yield say(
                link.document,
                _where(link, next(iter(columns))),
                "link.column_doubtful",
                f"CluedIn may refuse or rename {'a column' if len(columns) == 1 else 'columns'} of {link.set_key}: "
                + ", ".join(f"`{column}` {why}" for column, why in columns.items()),
                "Its own words allow Latin letters and digits, and a letter first. Look at the logs of the data set "
                "when the first records have come.",
            )


def _alike(columns: Iterable[str], form: Callable[[str], str]) -> list[list[str]]:
    """Columns that have one form, where there are several."""
    groups: dict[str, list[str]] = {}
    for column in columns:
        groups.setdefault(form(column), []).append(column)
    return [group for group in groups.values() if len(group) > 1]


def _names(columns: list[str]) -> str:
    *first, last = (f"`{column}`" for column in columns)
    return f"{', '.join(first)} and {last}"


def _keys(keys: Iterable[str]) -> str:
    return " or ".join(f"`{key}`" for key in dict.fromkeys(keys))


def _where(link: Link, column: str) -> Path:
    """Where the manifest names a column, as far as it does."""
    if link.subject.selected:
        return ("select",)
    if link.spec.map is not None and column in link.spec.map.columns:
        return ("map", "columns", column)
    listed = link.spec.data_set.fields
    if not isinstance(listed, str) and column in listed:
        return ("data_set", "fields", listed.index(column))
    return ("map",) if link.spec.map is not None else ("data_set",)
