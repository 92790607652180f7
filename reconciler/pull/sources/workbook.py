"""A workbook as PyApacheAtlas reads it: the definitions of classifications are labels, and all else has no kind.

Sheets and columns are those of its `ExcelConfiguration` and of its template (PyApacheAtlas 0.16, [B]).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from reconciler.errors import ConfigurationError, Source
from reconciler.kinds.project.labels import is_microsoft
from reconciler.pull.sources.told import Told, unreadable
from reconciler.resources import types

ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How a workbook begins, and how one of before 2007 or with a password does."""
CLASSIFICATIONS = "ClassificationDefs"
_LINEAGE = "lineage between assets is drawn by a DataSourceLink or an ExportContract, and by no other manifest"
NO_KIND = {
    "EntityDefs": "no manifest makes types of assets",
    "BulkEntities": "no manifest makes an asset of its own",
    "UpdateLineage": _LINEAGE,
    "TablesLineage": _LINEAGE,
    "FineGrainColumnLineage": _LINEAGE,
    "ColumnMapping": _LINEAGE,
}
"""Sheets that PyApacheAtlas reads and no kind of manifest holds, with why."""
_NAMES = ("Entity TypeName", "qualifiedName", "Target qualifiedName", "Target table", "Process qualifiedName", "name")
"""Columns that say what a row is about, the most telling first."""
_BROKEN = (BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError)
"""What openpyxl raises for files that are none of its own."""

Row = dict[str, str]


def is_workbook(content: bytes) -> bool:
    """Whether a file begins as a workbook does."""
    return content.startswith((ZIP, OLD))


def read_workbook(content: bytes, name: str, told: Told) -> None:
    """Tells the classifications of a workbook; raises `ConfigurationError` for one that is none, or is not for us."""
    if content.startswith(OLD):
        raise unreadable(name, "is a workbook of before 2007, or has a password", "Save it as .xlsx without one.")
    sheets = _sheets(content, name)
    known = {CLASSIFICATIONS, *NO_KIND}
    if not known & sheets.keys():
        raise unreadable(name, "has none of the sheets that PyApacheAtlas reads", f"These are {_listed(known)}.")
    for sheet, rows in sheets.items():
        place = f"{name}[{sheet}]"
        if sheet not in known:
            if rows:
                told.leave(Source(place), "PyApacheAtlas reads no sheet of this name")
        elif sheet == CLASSIFICATIONS:
            _classifications(rows, place, told)
        else:
            for line, row in rows:
                about = next((row[column] for column in _NAMES if column in row), "")
                told.leave(Source(place, line), f"`{about}`: {NO_KIND[sheet]}" if about else NO_KIND[sheet])


def _classifications(rows: Iterable[tuple[int, Row]], place: str, told: Told) -> None:
    known = told.objects.setdefault("purview.classification_type", {})
    for line, row in rows:
        source = Source(place, line)
        called, about = row.pop("classificationName", ""), row.pop("description", None)
        if not called:
            told.leave(source, "the row has no `classificationName`")
        elif is_microsoft(called):
            told.leave(source, f"`{called}` is Microsoft's own, and nobody makes it")
        elif called in known:
            told.leave(source, f"the same classification as at {told.places[f'purview.classification_type:{called}']}")
        else:
            live = types()["purview.classification_type"].live(called, str(source), description=about)
            told.tell("purview.classification_type", live, source)
            for column in row:
                told.leave(source, f"`{column}` has no place in a label")


def _sheets(content: bytes, name: str) -> dict[str, list[tuple[int, Row]]]:
    """The rows of each sheet that hold anything, with their numbers: the filled cells by the head of their column."""
    try:
        from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has no types of its own
    except ImportError:
        raise ConfigurationError.of(
            "file.no_reader",
            f"{name} is an Excel workbook and needs openpyxl, which is not installed",
            "pip install 'cluedin-purview-reconciler[excel]'",
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of formats and checks that only Excel knows
            book = load_workbook(BytesIO(content), read_only=True, data_only=True)
            return {sheet.title: list(_rows(sheet)) for sheet in book.worksheets}
    except _BROKEN as error:
        raise unreadable(name, f"is no sound workbook: {error}", "Open it in Excel and save it as .xlsx.") from None


def _rows(sheet: Any) -> Iterator[tuple[int, Row]]:
    sheet.reset_dimensions()  # what a file says of its own size may be wrong
    table = sheet.iter_rows(values_only=True)
    heads = [_text(cell) for cell in next(table, ())]
    for line, cells in enumerate(table, 2):
        names = (heads[at] if at < len(heads) and heads[at] else f"column {at + 1}" for at in range(len(cells)))
        row = {head: text for head, cell in zip(names, cells, strict=True) if (text := _text(cell))}
        if row:
            yield line, row


def _text(cell: Any) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return "" if cell is None else str(int(cell) if whole else cell).strip()


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
