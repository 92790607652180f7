"""The worked example behind a gateway that takes a `+` in a query for a plus."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from reconciler_sandbox.server import running

from ..support import Project, project
from .conftest import ROOT

SCANNED = {
    "account": "contosolake",
    "filesystem": "raw",
    "path": "crm/my contacts Q1+Q2 & 100%.csv",
    "columns": ["id", "email", "full_name", "updated_at", "account_id", "segment", "crm_notes"],
}
TYPED = "/datamap/api/atlas/v2/entity/uniqueAttribute/type/DataSet?attr:qualifiedName="


def test_the_worked_example_settles(tmp_path: Path) -> None:
    with project(tmp_path, literal_plus=True) as made:
        shutil.rmtree(tmp_path / "manifests")
        shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
        made.http("POST", "/_sandbox/scan", json=SCANNED)
        made.edit("sources/crm-contacts.yaml", "raw/crm/contacts.csv", SCANNED["path"].join(("raw/", "")))
        assert made.apply().complete
        assert made.actions() == []
        names = [v for r in made.requests() for key, v in r["query"] if key.endswith("qualifiedName")]
        assert any(" " in name for name in names), "a name with a blank was asked for"
        assert {name for name in names if "+" in name} == {name for name in names if "Q1+Q2" in name} != set()


def test_the_switch_tells_a_plus_from_a_blank(tmp_path: Path) -> None:
    for literal in (False, True):
        with running(seed="empty", literal_plus=literal) as sandbox:
            made = Project(tmp_path, sandbox.url)
            body = {"entity": {"typeName": "DataSet", "attributes": {"qualifiedName": "a b", "name": "a b"}}}
            made.http("POST", "/datamap/api/atlas/v2/entity", json=body)
            assert made.http("GET", f"{TYPED}a%20b")["entity"]["attributes"]["name"] == "a b"
            found = [r["query"] for r in made.requests() if r["method"] == "GET"]
            assert found == [[["attr:qualifiedName", "a b"]]]
            if literal:
                with pytest.raises(httpx.HTTPStatusError):
                    made.http("GET", f"{TYPED}a+b")
            else:
                assert made.http("GET", f"{TYPED}a+b")["entity"]["attributes"]["name"] == "a b"
