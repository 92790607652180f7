"""The audit as an apply leaves it, where the environment says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..support import Project
from .conftest import Ran

Run = Callable[..., Ran]


def lines(path: Path, event: str) -> list[dict[str, Any]]:
    shapes = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [shape for shape in shapes if shape["event"] == event]


def audited(example: Project, place: str) -> None:
    """Says in the environment file where the audit lies."""
    example.edit("environments/sandbox.yaml", "\nspec:\n", f"\nspec:\n  audit: {place}\n")


def test_every_change_of_an_apply_is_in_it_with_who_and_which_requests(
    example: Project, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTOR", "ada")
    assert run("plan").code == 0
    assert not (tmp_path / ".reconciler").exists(), "a plan writes nothing"
    result = json.loads(run("apply", "--yes", "--format", "json").out)
    path = tmp_path / ".reconciler/audit/sandbox.jsonl"
    changes = lines(path, "change")
    assert [line["address"] for line in changes] != []
    assert {line["address"] for line in changes} == {one["address"] for one in result["outcomes"]}
    for line in changes:
        assert line["correlation_id"] == result["correlation_id"]
        assert (line["environment"], line["who"]) == ("sandbox", {"name": "ada", "source": "GITHUB_ACTOR"})
        file, _, number = line["manifests"][0].rpartition(":")
        assert (tmp_path / file).is_file()
        assert number.isdigit()
    [email] = [line for line in changes if line["address"] == "purview.term:Enterprise/Party/Customer/Email"]
    assert "definition" in email["fields"]
    assert len(email["request_ids"]) >= 1
    assert "Primary contact address" not in path.read_text(encoding="utf-8")
    assert run("apply", "--yes").code == 0
    assert len(lines(path, "begin")) == 1, "nothing to do is nothing to tell"


def test_its_place_is_set_in_the_environment(example: Project, run: Run, tmp_path: Path) -> None:
    audited(example, "{path: kept/audit.jsonl}")
    assert run("apply", "--yes").code == 0
    assert lines(tmp_path / "kept/audit.jsonl", "end")[0]["complete"] is True
    assert not (tmp_path / ".reconciler/audit").exists()
    ran = run("plan", "--also", f"json={tmp_path / 'kept/audit.jsonl'}")
    assert ran.code == 1
    assert "it is an audit" in ran.err


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("{path: ../audit.jsonl}", "below the root of the project"),
        ("{path: .git/audit}", "below the root of the project"),
        ("{path: manifests/audit.yaml}", "must not be among the manifests"),
        ("{path: .reconciler/ledger/sandbox.jsonl}", "is the file of a ledger"),
        ("{path: a, blob: {account_url: 'https://a.blob.core.windows.net', container: abc, name: b}}", "not both"),
        ("{blob: {account_url: 'https://a.blob.core.windows.net', container: A_B, name: b}}", "container"),
    ],
)
def test_a_place_that_is_none_is_told_offline(example: Project, run: Run, place: str, words: str) -> None:
    audited(example, place)
    ran = run("validate")
    assert ran.code == 1
    assert words in ran.out
    assert "manifests/environments/sandbox.yaml:" in ran.out


def test_an_audit_that_cannot_be_begun_sends_nothing(example: Project, run: Run, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/audit.jsonl").write_text("something else")
    audited(example, "{path: kept/audit.jsonl}")
    ran = run("apply", "--yes")
    assert ran.code == 1
    assert "[audit.unwritable]" in ran.err
    assert example.writes() == []


def test_an_audit_that_fails_on_the_way_is_a_finding_and_exit_5(
    example: Project, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reconciler.audit.file import FileTrail
    from reconciler.audit.trail import unwritable

    append, times = FileTrail.append, []

    def full(self: FileTrail, more: list[bytes]) -> None:
        times.append(1)
        if len(times) > 2:
            raise unwritable(self.name, "No space left on device", "Make room.")
        append(self, more)

    monkeypatch.setattr(FileTrail, "append", full)
    ran = run("apply", "--yes")
    assert ran.code == 5
    assert ran.out.count("[audit.unwritable]") == 1
    monkeypatch.setattr(FileTrail, "append", append)
    assert run("apply", "--yes").code == 0
    assert run("plan", "--detailed-exitcode").code == 0
