"""Which column is made of which, in the form in which Purview's processes hold it."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

Pairs = Iterable[tuple[str, str]]


def column_mapping(source: str, sink: str, pairs: Pairs) -> str:
    """The `columnMapping` of a process: members in the order that Purview documents, columns by their sink."""
    columns = [{"Source": one, "Sink": other} for one, other in sorted(pairs, key=lambda pair: (pair[1], pair[0]))]
    whole = [{"DatasetMapping": {"Source": source, "Sink": sink}, "ColumnMapping": columns}]
    return orjson.dumps(whole).decode()
