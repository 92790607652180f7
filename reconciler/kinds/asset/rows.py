"""Files of assets as rows: each a mapping of columns to values, with its place in the file.

A file is read once, as a stream, and no further than it may be long. What is wrong with it as a whole is one finding.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

MOST_ROWS = 1_000_000
LARGEST = 1024 * 1024 * 1024
"""Bytes of a file; one of as many rows as may be is smaller."""
BATCH = 4096
Row = dict[str, Any]


class BadFile(Exception):
    """A file that cannot be read, or not to its end: a code, a sentence, what to do, and the line if it is known."""

    def __init__(self, code: str, summary: str, advice: str, line: int | None = None) -> None:
        super().__init__(summary)
        self.code, self.summary, self.advice, self.line = code, summary, advice, line


def rows_of(path: Path | None, name: str, seen: set[str]) -> Iterator[tuple[int, Row]]:
    """Every row with its line (of Parquet: its number); the columns that there are go to `seen`. Raises `BadFile`."""
    if path is None:
        raise BadFile("asset.file", f"`{name}` is no path below the project", "Name a file of the project, with `/`.")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise BadFile("asset.file", f"`{name}` is of no known form", f"The forms are {', '.join(READERS)}.")
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise BadFile("asset.file", f"`{name}` has {size / 2**30:.1f} GB", "At most 1 GB is read: split the file.")
        for count, found in enumerate(reader(path, name, seen), 1):
            if count > MOST_ROWS:
                raise BadFile("asset.file", f"`{name}` has more than {MOST_ROWS:,} rows", "Split the file.")
            yield found
    except OSError as error:
        raise BadFile(
            "asset.file", f"`{name}` cannot be read: {error.strerror or error}", "Let the scanner write it first."
        ) from None
    except UnicodeDecodeError:
        raise BadFile("asset.file", f"`{name}` is not written in UTF-8", "Save it as UTF-8.") from None


def refuse_cut(path: Path | None, name: str) -> None:
    """Raises `BadFile` for a CSV that ends in the middle of a line: nobody can tell whether its last row is whole."""
    if path is None or path.suffix.lower() != ".csv" or not path.is_file():
        return
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size and size <= LARGEST:
            file.seek(size - 1)
            if file.read(1) not in b"\r\n":
                raise BadFile(
                    "asset.cut",
                    f"`{name}` is said to be complete, and its last line has no end",
                    "The file may have been cut: let the scanner write it again.",
                )


def _csv(path: Path, name: str, seen: set[str]) -> Iterator[tuple[int, Row]]:
    """RFC 4180 with a header; an empty cell says nothing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, None)
            if not header:
                return
            if twice := sorted({one for one in header if header.count(one) > 1}):
                raise BadFile("asset.header", f"`{name}` has the column `{twice[0]}` twice", "Keep one of the two.", 1)
            seen.update(header)
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(header):
                    raise BadFile(
                        "asset.cut",
                        f"`{name}` has {len(cells)} cells in a row, and {len(header)} columns",
                        "The file may have been cut: let the scanner write it again.",
                        reader.line_num,
                    )
                yield reader.line_num, {key: cell for key, cell in zip(header, cells, strict=True) if cell != ""}
        except csv.Error as error:
            raise BadFile(
                "asset.cut",
                f"`{name}` is no sound CSV: {error}",
                "The file may have been cut: let the scanner write it again.",
                reader.line_num,
            ) from None


def _jsonl(path: Path, name: str, seen: set[str]) -> Iterator[tuple[int, Row]]:
    """A JSON object a line."""
    with path.open(encoding="utf-8-sig") as file:
        for line, text in enumerate(file, 1):
            if text.strip():
                row = _object(text, name, line)
                seen.update(row)
                yield line, row


def _object(text: str, name: str, line: int) -> Row:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFile(
            "asset.cut",
            f"`{name}` has a line that is no sound JSON",
            "The file may have been cut: let the scanner write it again.",
            line,
        ) from None
    if not isinstance(found, dict):
        raise BadFile("asset.row", f"`{name}` has a line that is no JSON object", "Write an object a line.", line)
    return found


def _json(path: Path, name: str, seen: set[str]) -> Iterator[tuple[int, Row]]:
    """A list of entities as Atlas writes them, as custom connectors keep them, or of rows."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise
        line = getattr(error, "lineno", None)
        advice = "The file may have been cut: let the scanner write it again."
        raise BadFile("asset.cut", f"`{name}` is no sound JSON", advice, line) from None
    items = data.get("entities", [data]) if isinstance(data, dict) else data
    for number, item in enumerate(items if isinstance(items, list) else [], 1):
        if not isinstance(item, dict):
            raise BadFile("asset.row", f"`{name}` has an item that is no object", "Write a list of objects.", number)
        row = _of_atlas(item) if "typeName" in item else item
        seen.update(row)
        yield number, row


def _of_atlas(entity: Mapping[str, Any]) -> Row:
    """An entity of the wire as a row."""
    attributes = dict(entity.get("attributes") or {})
    row: Row = {"type": entity["typeName"], "attributes": attributes}
    for word, key in (("qualified_name", "qualifiedName"), ("name", "name"), ("description", "description")):
        if (value := attributes.pop(key, None)) is not None:
            row[word] = value
    found = [str(one.get("typeName")) for one in entity.get("classifications") or () if isinstance(one, dict)]
    return row | {key: value for key, value in (("classifications", found), ("labels", entity.get("labels"))) if value}


def _parquet(path: Path, name: str, seen: set[str]) -> Iterator[tuple[int, Row]]:
    """Row by row in batches, with pyarrow (`pip install '.[parquet]'`)."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        advice = "Install it: pip install 'cluedin-purview-reconciler[parquet]'."
        raise BadFile("asset.parquet", f"`{name}` is Parquet, which pyarrow reads", advice) from None
    try:
        with parquet.ParquetFile(path) as file:  # type: ignore[no-untyped-call]
            if file.metadata.num_rows > MOST_ROWS:
                raise BadFile("asset.file", f"`{name}` has more than {MOST_ROWS:,} rows", "Split the file.")
            seen.update(file.schema_arrow.names)
            number = 0
            for batch in file.iter_batches(batch_size=BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield number, {key: value for key, value in row.items() if value is not None}
    except ArrowException as error:
        raise BadFile(
            "asset.cut",
            f"`{name}` is no sound Parquet: {str(error).splitlines()[0][:120]}",
            "The file may have been cut: let the scanner write it again.",
        ) from None


READERS: Mapping[str, Callable[[Path, str, set[str]], Iterator[tuple[int, Row]]]] = {
    ".csv": _csv,
    ".jsonl": _jsonl,
    ".json": _json,
    ".parquet": _parquet,
}
