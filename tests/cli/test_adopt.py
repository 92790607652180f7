"""`adopt`: the ledger learns what matches, and no system is told anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from ..support import Project
from .conftest import Ran

Run = Callable[..., Ran]
EMAIL = "purview.term:Enterprise/Party/Customer/Email"


def prepared(example: Project, run: Run, root: Path) -> int:
    """The worked example applied, and its ledger lost; returns how many writes that took."""
    assert run("apply", "--yes").code == 0
    for path in (root / ".reconciler/ledger").iterdir():
        path.unlink()
    return len(example.writes())


def test_what_matches_is_adopted_without_a_write(example: Project, run: Run, tmp_path: Path) -> None:
    before = prepared(example, run, tmp_path)
    ran = run("adopt")
    assert ran.code == 5, ran.err  # the secret of the export target is to be sent anew, so that one is left
    assert "secrets[AccountKey]" in ran.out
    assert len(example.writes()) == before
    left = json.loads(run("plan", "--format", "json").out)["changes"]
    assert {one["address"].partition(":")[0] for one in left} == {"cluedin.export_target"}


def test_only_what_is_named_with_what_it_needs(example: Project, run: Run, tmp_path: Path) -> None:
    prepared(example, run, tmp_path)
    assert run("adopt", EMAIL).code == 0
    known = run("state", "list").out
    assert EMAIL in known
    assert "purview.term:Enterprise/Party/Customer/Full Name" not in known
    ran = run("adopt", EMAIL)
    assert ran.code == 0


def test_what_differs_is_refused_with_why(example: Project, run: Run, tmp_path: Path) -> None:
    before = prepared(example, run, tmp_path)
    example.edit_term(example.terms("Enterprise")["Email"]["guid"], longDescription="Edited by hand.")
    changed = len(example.writes())
    ran = run("adopt", EMAIL, "--format", "json")
    assert ran.code == 5  # what it needs is adopted
    ran = run("adopt", EMAIL)
    assert ran.code == 4
    assert "exists with other values of definition" in ran.out
    assert len(example.writes()) == changed == before + 1


def test_what_is_not_there_is_refused_and_nothing_is_adopted(example: Project, run: Run, tmp_path: Path) -> None:
    ran = run("adopt", EMAIL)
    assert ran.code == 4
    assert f"{EMAIL} cannot be adopted: it is not there" in ran.out + ran.err
    assert example.writes() == []
    assert not (tmp_path / ".reconciler/ledger").exists()


def test_a_name_that_no_manifest_wants(example: Project, run: Run) -> None:
    ran = run("adopt", "purview.term:Enterprise/Nowhere")
    assert ran.code in (1, 4)
    assert "Nowhere" in ran.err
