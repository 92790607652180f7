"""`pull --from` of files of the Open Data Contract Standard: its own examples, and contracts that are there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.contracts.odcs.imported import imported
from reconciler.kinds.pulling import Limits
from reconciler.pull.from_files import NOBODY
from reconciler.pull.pull import Result
from reconciler.session import Session
from reconciler.workflow import pull_from

from ..cli.conftest import Ran
from ..cli.conftest import run as run
from .conftest import errors_of

EXAMPLES = sorted((Path(__file__).parents[1] / "contracts/odcs_examples").rglob("*.yaml"))
LARGE = "postgresql-adventureworks-contract.odcs.yaml"
FILE = """
apiVersion: v3.1.0
kind: DataContract
id: people
name: people_v1
version: 1.0.0
status: active
tags: [crm]
description: {purpose: "People for ${everybody}."}
slaProperties:
  - {property: latency, value: 1, unit: h}
schema:
  - name: people
    properties:
      - {name: email, logicalType: string, description: "Mail."}
      - {name: phone, logicalType: string, required: true}
"""


def from_file(root: Path, file: Path, prefix: str = "crm") -> Result:
    return pull_from(Session(root, NOBODY, {}), [file], Limits(prefix=prefix))


def from_text(root: Path, text: str, prefix: str = "crm") -> Result:
    (root / "c.yaml").write_text(text)
    return from_file(root, root / "c.yaml", prefix)


def made(root: Path) -> dict[str, dict[str, Any]]:
    """The documents by name."""
    found = [yaml.safe_load(path.read_text()) for path in sorted((root / "manifests").rglob("*.yaml"))]
    return {one["metadata"]["name"]: one for one in found}


@pytest.mark.parametrize(
    "file",
    [pytest.param(one, marks=pytest.mark.long) if one.name == LARGE else one for one in EXAMPLES],
    ids=lambda one: str(one.name),
)
def test_the_standard_s_examples_validate_and_the_rest_is_said(tmp_path: Path, file: Path) -> None:
    found = from_file(tmp_path, file)
    told = imported(file, str(file), "crm")
    assert made(tmp_path).keys() == {one["metadata"]["name"] for one in told.manifests}
    assert errors_of(tmp_path) == []
    assert found.left == {}
    assert {one.summary for one in told.findings} <= {one for f in found.findings for one in f.summary.split("; ")}
    assert all(one.source is not None for one in found.findings)
    assert from_file(tmp_path, file).files == {}


def test_a_contract_with_all_that_it_says(tmp_path: Path) -> None:
    from_text(tmp_path, FILE)
    [document] = made(tmp_path).values()
    about = {"name": "people_v1", "description": "People for ${everybody}.", "tags": ["crm"]}
    assert document["metadata"] == about
    assert document["spec"]["columns"] == [
        {"from": "crm.email", "name": "email", "logical_type": "string", "description": "Mail."},
        {"from": "crm.phone", "name": "phone", "logical_type": "string", "required": True},
    ]
    assert errors_of(tmp_path) == []


def test_a_text_that_looks_like_a_variable_is_a_text(tmp_path: Path) -> None:
    from_text(tmp_path, FILE.replace("Mail.", "Mail of ${who}."))
    [document] = made(tmp_path).values()
    assert document["spec"]["columns"][0]["description"] == "Mail of $${who}."
    assert from_text(tmp_path, FILE.replace("Mail.", "Mail of ${who}.")).files == {}


def test_a_contract_that_is_there_keeps_its_comments(tmp_path: Path) -> None:
    from_text(tmp_path, FILE)
    path = tmp_path / "manifests/exports/people_v1.yaml"
    path.write_text(path.read_text().replace("description: Mail.}", "description: Mail.} # ours"))
    more = FILE.replace("Mail.", "E-mail.") + "      - {name: city, logicalType: string}\n"
    found = from_text(tmp_path, more)
    assert (len(found.updated), found.items, found.documents) == (1, 1, 0)
    text = path.read_text()
    assert "description: E-mail.} # ours\n" in text
    assert "crm.city" in text
    assert "crm.phone" in text
    assert errors_of(tmp_path) == []
    assert from_text(tmp_path, more).files == {}


def test_what_a_contract_that_is_there_does_not_say_is_told(tmp_path: Path) -> None:
    from_text(tmp_path, FILE)
    path = tmp_path / "manifests/exports/people_v1.yaml"
    path.write_text(path.read_text().replace("      description: Mail.\n", "").replace(", description: Mail.", ""))
    before = path.read_bytes()
    found = from_text(tmp_path, FILE)
    assert [one.summary for one in found.findings if "manifest" in one.summary] == [
        "`columns.0.description` is not in the manifest: write it by hand"
    ]
    assert path.read_bytes() == before


def test_a_value_with_a_variable_is_left(tmp_path: Path) -> None:
    from_text(tmp_path, FILE)
    path = tmp_path / "manifests/exports/people_v1.yaml"
    path.write_text(path.read_text().replace("description: Mail.", 'description: "${var.MAIL}"'))
    (tmp_path / "c.yaml").write_text(FILE)
    session = Session(tmp_path, NOBODY, {"RECONCILER_VAR_MAIL": "x"})
    found = pull_from(session, [tmp_path / "c.yaml"], Limits(prefix="crm"))
    assert found.files == {}
    assert any("is written with a variable" in one.summary for one in found.findings)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FILE.replace("version: 1.0.0\n", ""), ["odcs.invalid", "c.yaml"]),
        (FILE.replace("v3.1.0", "v2.0.0"), ["odcs.version", "c.yaml:2"]),
        (FILE, ["odcs.no_source", "Give --prefix PREFIX", "c.yaml:15"]),
        ("kind: DataContract\n  x: [", ["c.yaml"]),
    ],
    ids=["not of the standard", "an old version", "columns of nowhere", "no YAML"],
)
def test_what_is_wrong_is_told_and_nothing_is_written(
    tmp_path: Path, run: Callable[..., Ran], text: str, words: list[str]
) -> None:
    (tmp_path / "c.yaml").write_text(text)
    ran = run("pull", "--from", str(tmp_path / "c.yaml"))
    assert ran.code == 1
    assert all(word in ran.err for word in words), ran.err
    assert not (tmp_path / "manifests").exists()


def test_a_manifest_is_no_file_to_pull_from(tmp_path: Path, run: Callable[..., Ran]) -> None:
    (tmp_path / "m.yaml").write_text("apiVersion: reconciler/v1\nkind: Stream\n")
    assert "none of the formats" in run("pull", "--from", str(tmp_path / "m.yaml")).err
