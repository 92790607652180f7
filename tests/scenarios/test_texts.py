"""Definitions in both systems: what the manifest says between brackets, and what people change of a link."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from ..support import Project, project
from .conftest import ROOT

pytestmark = pytest.mark.long

CUSTOMER = "glossary/customer.yaml"
TERM = "purview.term:Enterprise/Party/Customer/Email"
VOCABULARY = "cluedin.vocabulary:customer"
ENTITY = "purview.entity:cluedin_entity/cluedin.entity.Customer"
FIRST = "Primary contact address."
CHANGES = [
    ("Format: <country>-<number>", "Format: <region>"),
    ("List<String>", "List<Integer>"),
    ("score<limit and age>18", "score<limit and age>21"),
    ("<ul><li>a</li></ul>", "<ol><li>a</li></ol>"),
    ("See <a href='https://x'>this</a>", "See <a href='https://y'>this</a>"),
]


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.long)], ids=["plain", "normalising"])
def mapped(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    """One mapping, applied."""
    with project(tmp_path, normalise=request.param) as made:
        for name in (CUSTOMER, "labels.yaml", "environments/sandbox.yaml"):
            made.write(name, (ROOT / "manifests" / name).read_text(encoding="utf-8"))
        assert made.apply().complete
        yield made


def test_every_change_between_brackets_is_one_update(mapped: Project) -> None:
    said = FIRST
    for pair in CHANGES:
        for text in pair:
            mapped.edit(CUSTOMER, f"definition: {said}", f"definition: {orjson.dumps(text).decode()}")
            said = orjson.dumps(text).decode()
            assert mapped.actions() == [("update", TERM)]
            assert mapped.apply().complete
            assert mapped.actions() == []


def test_what_people_change_of_a_link_or_a_list_is_drift(mapped: Project) -> None:
    said = FIRST
    for before, after in CHANGES:
        mapped.edit(CUSTOMER, f"definition: {said}", f"definition: {orjson.dumps(before).decode()}")
        said = orjson.dumps(before).decode()
        assert mapped.apply().complete
        mapped.edit_term(mapped.terms("Enterprise")["Email"]["guid"], longDescription=after)
        [change] = mapped.plan().changes
        assert (change.action, change.address, change.reason) == ("update", TERM, "drift")
        assert mapped.apply().complete
        assert mapped.actions() == []


def test_noise_of_an_editor_is_no_drift(mapped: Project) -> None:
    mapped.edit(CUSTOMER, f"definition: {FIRST}", "definition: <div>A &amp; B</div><div>C</div>")
    assert mapped.apply().complete
    noise = '<div style="color:red">A &#38; B</div>\n<div>C</div>'
    mapped.edit_term(mapped.terms("Enterprise")["Email"]["guid"], longDescription=noise)
    assert mapped.actions() == []


def test_the_same_goes_for_cluedins_rich_text(mapped: Project) -> None:
    said = "Customer master data."
    for pair in CHANGES:
        for text in pair:
            mapped.edit(CUSTOMER, f"description: {said}", f"description: {orjson.dumps(text).decode()}")
            said = orjson.dumps(text).decode()
            assert set(mapped.actions()) == {("update", VOCABULARY), ("update", ENTITY)}
            assert mapped.apply().complete
            assert mapped.actions() == []
