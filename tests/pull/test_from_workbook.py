"""`pull --from` of a workbook in PyApacheAtlas' own template: labels of its classifications, a finding for all else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pyapacheatlas.readers import ExcelConfiguration, ExcelReader

from reconciler.kinds.pulling import Limits
from reconciler.pull.from_files import NOBODY
from reconciler.pull.pull import Result
from reconciler.session import Session
from reconciler.workflow import pull_from

from ..cli.conftest import Ran
from ..cli.conftest import run as run
from .conftest import findings_of

Sheets = dict[str, list[dict[str, Any]]]
FILLED: Sheets = {
    "BulkEntities": [
        {
            "typeName": "DataSet",
            "name": "sales",
            "qualifiedName": "pyapacheatlas://sales",
            "experts": "ada@x.test:boss",
        },
        {"typeName": "DataSet", "name": "costs", "qualifiedName": "pyapacheatlas://costs", "[root] labels": "a;b"},
    ],
    "UpdateLineage": [
        {
            "Target typeName": "DataSet",
            "Target qualifiedName": "pyapacheatlas://sales",
            "Source typeName": "DataSet",
            "Source qualifiedName": "pyapacheatlas://costs",
            "Process name": "add",
            "Process qualifiedName": "pyapacheatlas://add",
            "Process typeName": "Process",
        }
    ],
    "ColumnMapping": [
        {
            "Source qualifiedName": "pyapacheatlas://costs",
            "Source column": "a",
            "Target qualifiedName": "pyapacheatlas://sales",
            "Target column": "b",
            "Process qualifiedName": "pyapacheatlas://add",
            "Process typeName": "Process",
            "Process name": "add",
        }
    ],
    "EntityDefs": [{"Entity TypeName": "acme_table", "name": "owner", "isOptional": True, "typeName": "string"}],
    "ClassificationDefs": [
        {"classificationName": "ACME.PII", "description": "Personal data."},
        {"classificationName": "ACME.Secret", "entityTypes": "DataSet;Process"},
        {"classificationName": "1st"},
        {"classificationName": "MICROSOFT.PERSONAL.EMAIL"},
        {"classificationName": "ACME.PII"},
        {"description": "Of nothing."},
    ],
}


def template(path: Path, sheets: Sheets = FILLED) -> Path:
    """PyApacheAtlas' own template with rows."""
    ExcelReader.make_template(str(path))
    book = openpyxl.load_workbook(path)
    for title, rows in sheets.items():
        sheet = book[title] if title in book.sheetnames else book.create_sheet(title)
        heads = [cell.value for cell in sheet[1] if cell.value]
        for head in (head for row in rows for head in row if head not in heads):
            heads.append(head)
            sheet.cell(1, len(heads), head)
        for at, row in enumerate(rows, 2):
            for head, value in row.items():
                sheet.cell(at, heads.index(head) + 1, value)
    book.save(path)
    return path


def from_book(root: Path, path: Path) -> Result:
    return pull_from(Session(root, NOBODY, {}), [path], Limits())


def said(found: Result) -> dict[str, list[tuple[int | None, str]]]:
    """What is said, by sheet and line."""
    told: dict[str, list[tuple[int | None, str]]] = {}
    for one in found.findings:
        assert one.source is not None
        told.setdefault(one.source.file.partition("[")[2].rstrip("]"), []).append((one.source.line, one.summary))
    return told


def test_the_sheets_are_those_that_pyapacheatlas_reads() -> None:
    from reconciler.pull.sources.workbook import CLASSIFICATIONS, NO_KIND

    sheets = {value for name, value in vars(ExcelConfiguration()).items() if name.endswith("_sheet")}
    assert {CLASSIFICATIONS, *NO_KIND} == sheets


def test_a_filled_template_is_labels_and_one_finding_a_row(tmp_path: Path) -> None:
    path = template(tmp_path / "book.xlsx")
    reader = ExcelReader(ExcelConfiguration())
    assert len(reader.parse_bulk_entities(str(path))["entities"]) == 2  # it is what PyApacheAtlas reads
    found = from_book(tmp_path, path)
    labels = (tmp_path / "manifests/labels.yaml").read_text()
    assert "PII: {classification: ACME.PII, description: Personal data.}" in labels
    assert "Secret: {classification: ACME.Secret}" in labels
    told = said(found)
    assert {sheet: [line for line, _ in rows] for sheet, rows in told.items()} == {
        "BulkEntities": [2, 3],
        "UpdateLineage": [2],
        "ColumnMapping": [2],
        "EntityDefs": [2],
        "ClassificationDefs": [3, 4, 5, 6, 7],
    }
    assert told["BulkEntities"][0][1] == "`pyapacheatlas://sales`: no manifest makes an asset of its own"
    assert told["EntityDefs"][0][1] == "`acme_table`: no manifest makes types of assets"
    why = [sentence for _, sentence in told["ClassificationDefs"]]
    assert why[:3] == [
        "`entityTypes` has no place in a label",
        "a name that no label map can hold",
        "`MICROSOFT.PERSONAL.EMAIL` is Microsoft's own, and nobody makes it",
    ]
    assert why[3].startswith("the same classification as at ")
    assert why[4] == "the row has no `classificationName`"


def test_what_is_written_validates_and_stays(tmp_path: Path) -> None:
    path = template(tmp_path / "book.xlsx")
    from_book(tmp_path, path)
    labels = tmp_path / "manifests/labels.yaml"
    labels.write_text(labels.read_text().replace("spec:", "spec: # ours"))
    assert from_book(tmp_path, path).files == {}
    more = {"ClassificationDefs": [{"classificationName": "ACME.PII", "description": "Of people."}]}
    more["ClassificationDefs"].append({"classificationName": "ACME.New"})
    found = from_book(tmp_path, template(tmp_path / "more.xlsx", more))
    assert (len(found.updated), found.items) == (1, 1)
    text = labels.read_text()
    assert "spec: # ours" in text
    assert "PII: {classification: ACME.PII, description: Of people.}" in text
    assert "New: {classification: ACME.New}" in text
    assert findings_of(tmp_path) == []


OLDER: Sheets = {
    "TablesLineage": [
        {
            "Target table": "sales",
            "Target type": "DataSet",
            "Source table": "costs",
            "Source type": "DataSet",
            "Process name": "add",
            "Process type": "Process",
        }
    ],
    "FineGrainColumnLineage": [
        {
            "Target column": "total",
            "Target table": "sales",
            "Target classifications": "ACME.PII",
            "Source column": "cost",
            "Source table": "costs",
            "Transformation": "sum",
        }
    ],
}
"""The sheets that the template does not have, and PyApacheAtlas reads."""


def test_every_column_of_every_sheet_is_read_and_told(tmp_path: Path) -> None:
    path = template(tmp_path / "book.xlsx", {**every_column(tmp_path), **OLDER})
    reader = ExcelReader(ExcelConfiguration())
    assert len(reader.parse_table_lineage(str(path))) == 3  # it is what PyApacheAtlas reads: two tables, a process
    assert len(reader.parse_entity_defs(str(path))["entityDefs"]) == 1
    assert len(reader.parse_update_lineage(str(path))) == 1
    told = said(from_book(tmp_path, path))
    assert {sheet: [line for line, _ in rows] for sheet, rows in told.items()} == {
        "BulkEntities": [2],
        "UpdateLineage": [2],
        "ColumnMapping": [2],
        "EntityDefs": [2],
        "ClassificationDefs": [2],
        "TablesLineage": [2],
        "FineGrainColumnLineage": [2],
    }
    assert told["TablesLineage"][0][1].startswith("`sales`: lineage between assets is drawn by")
    assert "classification: ACME.All" in (tmp_path / "manifests/labels.yaml").read_text()
    assert findings_of(tmp_path) == []


def every_column(folder: Path) -> Sheets:
    """One row a sheet of the template, with each of its columns filled as that column may be."""
    ExcelReader.make_template(str(folder / "empty.xlsx"))
    book = openpyxl.load_workbook(folder / "empty.xlsx")
    values: dict[str, Any] = {"classificationName": "ACME.All", "isOptional": True, "isUnique": False}
    values |= {"isIndexable": False, "includeInNotification": False, "valuesMinCount": 0, "valuesMaxCount": 1}
    values |= {"cardinality": "SINGLE", "indexType": "DEFAULT", "entityTypes": "DataSet", "typeName": "string"}
    return {
        sheet.title: [{cell.value: values.get(cell.value, f"the {cell.value}") for cell in sheet[1] if cell.value}]
        for sheet in book.worksheets
    }


def test_a_template_without_rows_says_nothing(tmp_path: Path) -> None:
    found = from_book(tmp_path, template(tmp_path / "book.xlsx", {}))
    assert (found.files, found.findings) == ({}, [])


def test_a_sheet_of_ones_own_is_said_once(tmp_path: Path) -> None:
    path = template(tmp_path / "book.xlsx", {"Notes": [{"a": 1}, {"a": 2.0}]})
    assert said(from_book(tmp_path, path)) == {"Notes": [(None, "PyApacheAtlas reads no sheet of this name")]}


def test_without_openpyxl_there_is_one_hint(
    tmp_path: Path, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = template(tmp_path / "book.xlsx")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    ran = run("pull", "--from", str(path))
    assert ran.code == 1
    assert ran.err.count("Error:") == 1
    assert "pip install 'cluedin-purview-reconciler[excel]'" in ran.err


@pytest.mark.parametrize("case", ["no zip", "another zip", "before 2007", "another workbook"])
def test_what_is_no_such_workbook_is_one_message(tmp_path: Path, run: Callable[..., Ran], case: str) -> None:
    path = tmp_path / "book.xlsx"
    if case == "another workbook":
        openpyxl.Workbook().save(path)
    else:
        beginning = {"no zip": b"PK\x03\x04 and more", "before 2007": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99}
        path.write_bytes(beginning.get(case) or another_zip())
    words = {"before 2007": "has a password", "another workbook": "none of the sheets"}
    ran = run("pull", "--from", str(path))
    assert ran.code == 1
    assert ran.err.count("Error:") == 1
    assert words.get(case, "no sound workbook") in ran.err


def another_zip() -> bytes:
    """A sound archive that is no workbook."""
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    return out.getvalue()
