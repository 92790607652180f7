"""The reference pages: current, and complete."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from reconciler import reference
from reconciler import schema as written
from reconciler.kinds import models
from reconciler.kinds.project.levels import LEVELS
from reconciler.reference import write_pages
from reconciler.schema import file_of

pages, schemas = cache(reference.pages), cache(written.schemas)
"""They do not change while tests run, and take a second each."""

PAGES = Path(__file__).parents[2] / "docs" / "kinds"


def test_the_files_are_current() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")} == pages(), "make schemas"


@pytest.mark.parametrize("name", list(models()))
def test_every_field_of_a_kind_is_on_its_page_with_its_meaning(name: str) -> None:
    page, schema = pages()[f"{name}.md"], schemas()[file_of(models()[name])]
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    told = {row[0] for row in rows}
    shapes = [schema["properties"]["spec"], *(one for key, one in schema["$defs"].items() if key != "Metadata")]
    assert told == {f"`{field}`" for model in shapes for field in model.get("properties", {})}
    assert [row for row in rows if len(row[-1]) < 5] == []


def test_every_promise_of_a_contract_shows_its_level() -> None:
    page = pages()["ExportContract.md"]
    for path, level in LEVELS.items():
        part, _, field = path.rpartition(".")
        table = page.partition(f"### `{part or 'spec'}`\n")[2].partition("\n### ")[0]
        [row] = [line for line in table.splitlines() if line.startswith(f"| `{field}` |")]
        assert f" | {level} | " in row, path


@pytest.mark.long
def test_the_index_leads_to_every_kind(tmp_path: Path) -> None:
    write_pages(tmp_path)
    index = (tmp_path / "README.md").read_text(encoding="utf-8")
    metadata = schemas()[file_of(next(iter(models().values())))]["$defs"]["Metadata"]["properties"]
    assert [field for field in metadata if f"| `{field}` |" not in index] == []
    assert all(f"({name}.md)" in index and (tmp_path / f"{name}.md").exists() for name in models())
