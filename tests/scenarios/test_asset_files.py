"""Files of assets: what they say is checked row by row, and nothing is removed for one that came out wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import Diagnostic, ManifestError

from ..support import Project, project

ATLAS = "/datamap/api/atlas/v2"
TYPES = """
apiVersion: reconciler/v1
kind: CustomType
metadata: {name: types}
spec:
  service_type: PI
  enums: [{name: pi_state, values: [Good, Bad]}]
  entities:
    - name: pi_table
      schema_tab: fields
      attributes:
        - {name: rows, type: long}
        - {name: since, type: date}
        - {name: live, type: boolean}
        - {name: state, type: pi_state}
        - {name: hosts, type: array<string>}
    - {name: pi_field, schema_columns: [data_type], attributes: [{name: data_type, type: string}]}
  relationships:
    - name: pi_table_fields
      category: composition
      container: {type: pi_table, as: fields}
      part: {type: pi_field, as: table_of}
"""
ASSETS = """
apiVersion: reconciler/v1
kind: Asset
metadata: {name: tags}
spec:
  type: pi_table
  from:
    file: scans/tags.FORM
    map:
      qualified_name: qn
      name: tag
      columns: fields
      attributes.rows: rows
      attributes.since: since
      attributes.live: live
      attributes.state: state
      attributes.hosts: hosts
    complete: true
    scope: "pi://srv1/"
  removed: delete
"""
ROWS = [
    {
        "qn": f"pi://srv1/{number:02}", "tag": f"T{number}", "rows": number * 1000, "since": "2026-01-31", "live": True,
        "state": "Good", "hosts": ["a", "b"], "fields": [{"name": "temp", "data_type": "Float32"}, {"name": "at"}],
    }
    for number in range(12)
]  # fmt: skip
FORMS = ("csv", "jsonl", "json", "parquet")
Rows = list[dict[str, Any]]


def write(path: Path, rows: Rows) -> None:
    """The rows in the form of the file's name."""
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".parquet":
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    elif path.suffix == ".csv":
        cells = [[json.dumps(v) if isinstance(v, list) else str(v) for v in row.values()] for row in rows]
        lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [list(rows[0]), *cells]]
        path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        path.write_text(json.dumps(rows), encoding="utf-8")


@pytest.fixture
def made(tmp_path: Path) -> Any:
    with project(tmp_path) as found:
        found.write("types.yaml", TYPES)
        yield found


def begin(made: Project, form: str, rows: Rows = ROWS) -> Path:
    """A project with a file of a form; where it is."""
    path = made.root / f"scans/tags.{form}"
    write(path, rows)
    made.write("tags.yaml", ASSETS.replace("FORM", form))
    return path


def findings(made: Project) -> list[Diagnostic]:
    with pytest.raises(ManifestError) as refused:
        made.session().draft()
    return [one for one in refused.value.diagnostics if one.severity == "error"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(made: Project, form: str) -> None:
    path = begin(made, form)
    assert made.apply().complete
    assert made.actions() == []
    [entity] = made.http("GET", f"{ATLAS}/entity/bulk/uniqueAttribute/type/pi_table?attr_0:qualifiedName=pi://srv1/03")[
        "entities"
    ]
    said = {name: entity["attributes"][name] for name in ("name", "rows", "since", "live", "state", "hosts")}
    assert said == {
        "name": "T3",
        "rows": 3000,
        "since": 1769817600000,
        "live": True,
        "state": "Good",
        "hosts": ["a", "b"],
    }
    assert {one["displayText"] for one in entity["relationshipAttributes"]["fields"]} == {"temp", "at"}
    write(path, [{**row, "rows": 7} if row["tag"] == "T3" else row for row in ROWS])
    plan = made.plan()
    assert [(c.action, c.address, [f.path for f in c.fields]) for c in plan.changes] == [
        ("update", "purview.entity:pi_table/pi://srv1/03", ["attributes[rows]"])
    ]


def test_what_a_complete_file_leaves_out_goes_and_its_columns(made: Project) -> None:
    path = begin(made, "jsonl")
    assert made.apply().complete
    write(path, ROWS[:-1])
    gone = {address for action, address in made.actions(prune=True) if action == "delete"}
    host = "pi://srv1/11"
    assert gone == {f"purview.entity:pi_table/{host}", *(f"purview.entity:pi_field/{host}#{c}" for c in ("temp", "at"))}
    assert made.apply(prune=True, allow_deletes=3).complete
    assert made.actions(prune=True) == []


def test_what_is_outside_the_scope_and_of_a_file_that_is_not_complete_is_let_go_of_alone(made: Project) -> None:
    begin(made, "jsonl")
    made.edit("tags.yaml", '    complete: true\n    scope: "pi://srv1/"\n', "")
    assert made.apply().complete
    write(made.root / "scans/tags.jsonl", ROWS[:-2])
    assert {action for action, _ in made.actions(prune=True)} == {"forget"}


@pytest.mark.parametrize("rows", [ROWS[:6], ROWS[:1]])
def test_a_file_that_came_out_short_removes_nothing(made: Project, rows: Rows) -> None:
    path = begin(made, "jsonl")
    assert made.apply().complete
    write(path, rows)
    plan = made.plan(prune=True)
    assert [one.code for one in plan.diagnostics if one.severity == "error"] == ["asset.short"]
    assert [change for change in plan.changes if change.action in ("delete", "forget", "update")] == []


CUT: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut in a row": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "gone": lambda path: path.unlink(),
    "not UTF-8": lambda path: path.write_bytes(b"\xff\xfe\x00" + path.read_bytes()),
    "of 2 GB": lambda path: _grow(path, 2 * 2**30),
}


def _grow(path: Path, size: int) -> None:
    with path.open("ab") as file:
        file.truncate(size)  # the rest takes no place on the disk


@pytest.mark.long
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("how", CUT)
def test_a_file_that_is_wrong_is_one_finding_and_removes_nothing(made: Project, form: str, how: str) -> None:
    path = begin(made, form)
    assert made.apply().complete
    before = len(made.writes())
    CUT[how](path)
    try:
        plan = made.plan(prune=True)
        found = [one for one in plan.diagnostics if one.severity == "error"]
        assert [c for c in plan.changes if c.action in ("delete", "forget", "retire", "update")] == []
    except ManifestError as error:
        found = list(error.diagnostics)
    assert len(found) == 1, found
    assert "tags." in found[0].summary
    assert found[0].detail
    assert len(made.writes()) == before


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_column_that_is_missing_is_one_finding(made: Project, form: str) -> None:
    begin(made, form, [{key: value for key, value in row.items() if key != "rows"} for row in ROWS])
    [found] = findings(made)
    assert found.code == "asset.no_column"
    assert found.summary == "The file has no column `rows`, which is named for `attributes.rows`"


@pytest.mark.parametrize("form", FORMS)
def test_a_name_that_stands_twice_is_said_with_both_places(made: Project, form: str) -> None:
    begin(made, form, [*ROWS, {**ROWS[2], "tag": "again"}])
    [found] = findings(made)
    lines = {"csv": (4, 14), "jsonl": (3, 13), "json": (3, 13), "parquet": (3, 13)}[form]
    assert found.summary == f"`pi://srv1/02` stands in scans/tags.{form}:{lines[0]} as well"
    assert str(found.source) == f"scans/tags.{form}:{lines[1]}"


def test_wrong_values_are_told_with_their_lines_the_first_twenty_of_them(made: Project) -> None:
    rows = [{**row, "state": "good"} for row in ROWS] + [
        {**row, "qn": f"{row['qn']}b", "rows": "many", "live": "maybe"} for row in ROWS
    ]
    begin(made, "jsonl", rows)
    found = findings(made)
    assert len(found) == 21
    assert "There are 16 more findings like these" in [one.summary for one in found]
    placed = {str(one.source): one.summary for one in found}
    assert placed["scans/tags.jsonl:1"] == "`state` takes one of `Good`, `Bad`, not `good`"
    assert "`rows` takes a whole number, not `many`" in [one.summary for one in found]


def test_an_attribute_that_the_type_does_not_have_is_an_error(made: Project) -> None:
    begin(made, "jsonl")
    made.edit("tags.yaml", "attributes.rows: rows", "attributes.row: rows")
    assert {one.code for one in findings(made)} == {"asset.attribute"}


def test_another_file_at_apply_than_at_plan_is_another_plan(made: Project) -> None:
    path = begin(made, "jsonl")
    first = made.plan().digest
    write(path, [{**row, "rows": 1} for row in ROWS])
    assert made.plan().digest != first


def test_a_path_that_leaves_the_project_is_refused(made: Project) -> None:
    begin(made, "jsonl")
    for away in ("../tags.jsonl", "/etc/tags.jsonl", "https://example.com/tags.jsonl"):
        made.write("tags.yaml", ASSETS.replace("scans/tags.FORM", away))
        assert [one.code for one in findings(made)] == ["asset.file"]
