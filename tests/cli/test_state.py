"""`state` and `unlock`: looking at the ledger and correcting it, wherever it is kept."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..support import Project
from ..tools import program
from .conftest import Ran

Run = Callable[..., Ran]
EMAIL = "purview.term:Enterprise/Party/Customer/Email"


@pytest.fixture(params=["file", pytest.param("git", marks=pytest.mark.long)])
def applied(request: pytest.FixtureRequest, example: Project, run: Run, tmp_path: Path) -> Project:
    """The worked example, applied, with its ledger in a file or in a repository."""
    if request.param == "git":
        in_a_clone(tmp_path)
        example.edit("environments/sandbox.yaml", "  variables:", "  ledger: {git: {}}\n  variables:")
    ran = run("apply", "--yes")
    assert ran.code == 0, ran.out[-1500:] + ran.err
    return example


def in_a_clone(folder: Path) -> Path:
    """Makes a clone of a folder; returns its remote."""
    program("git", why="the ledger of a team is a ref of its repository")
    remote = folder.parent / f"{folder.name}-remote.git"
    for words in (
        ("init", "-q", "--bare", str(remote)),
        ("init", "-q", "-b", "main", str(folder)),
        ("-C", str(folder), "remote", "add", "origin", remote.as_uri()),
        ("-C", str(folder), "add", "manifests"),
        ("-C", str(folder), "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "first"),
        ("-C", str(folder), "push", "-q", "origin", "main"),
    ):
        subprocess.run(["git", *words], check=True)
    return remote


def test_what_was_never_created_is_not_listed_as_created(example: Project, run: Run) -> None:
    """A create that the system refused, or whose answer was lost: the next apply tells."""
    fault = {"method": "POST", "path": "/glossary/terms?$", "status": 400, "body": '{"errorMessage": "no"}'}
    example.http("POST", "/_sandbox/faults", json=[fault])
    assert run("apply", "--yes").code == 5
    listed = run("state", "list", EMAIL).out
    assert "created" not in listed.replace("create not finished", "")
    shape = json.loads(run("state", "list", EMAIL, "--format", "json").out)
    assert [one.get("open") for one in shape["entries"]] in ([], ["create"])


def test_it_lists_and_shows(applied: Project, run: Run) -> None:
    listed = run("state", "list", "purview.term:*")
    assert listed.code == 0
    assert EMAIL in listed.out
    assert "cluedin." not in listed.out
    told = json.loads(run("state", "list", "--format", "json").out)
    assert told["serial"] > 0
    assert {"address", "id", "how"} == {*told["entries"][0]}
    shown = json.loads(run("state", "show", EMAIL).out)
    assert shown["how"] == "created"
    assert "definition" in shown["fields"]
    assert "Primary contact address" not in json.dumps(shown)


def test_what_is_not_known_is_told_with_what_is_near(applied: Project, run: Run) -> None:
    for words in (("show",), ("forget", "--yes")):
        ran = run("state", *words, EMAIL.replace("Email", "Emial"))
        assert ran.code == 1
        assert f"Did you mean `{EMAIL}`" in ran.err


def test_what_is_like_nothing_is_no_list_of_what_is_not_meant(applied: Project, run: Run) -> None:
    ran = run("state", "forget", "--yes", "zzzz:qqqq")
    assert ran.code == 1
    assert "`reconciler state list` shows what it knows" in ran.err
    assert "Known are" not in ran.err


def test_a_pattern_forgets_all_that_it_fits(applied: Project, run: Run) -> None:
    assert run("state", "list", "purview.term:*").out.strip()
    before = run("state", "list").out.splitlines()
    ran = run("state", "forget", "--yes", "purview.term:*")
    assert ran.code == 0
    assert "forgotten: purview.term:" in ran.err
    after = run("state", "list").out.splitlines()
    assert after == [line for line in before if not line.startswith("purview.term:")]
    assert run("state", "forget", "--yes", "purview.term:*").code == 1


def test_what_is_forgotten_is_adopted_again_and_not_created(applied: Project, run: Run) -> None:
    assert run("state", "forget", EMAIL, "--yes").code == 0
    assert EMAIL not in run("state", "list").out
    plan = json.loads(run("plan", "--format", "json").out)
    assert [(c["action"], c["address"]) for c in plan["changes"]] == [("adopt", EMAIL)]


def test_without_an_answer_nothing_is_forgotten(applied: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run("state", "forget", EMAIL)
    assert (ran.code, "give --yes" in ran.err) == (1, True)
    assert EMAIL in run("state", "list").out


def test_an_entry_moves_to_another_name_of_its_type(applied: Project, run: Run) -> None:
    other = EMAIL.replace("Email", "Mail")
    assert run("state", "mv", EMAIL, other, "--yes").code == 0
    assert other in run("state", "list").out
    plan = json.loads(run("plan", "--format", "json").out)
    assert not [c for c in plan["changes"] if c["action"] in ("create", "delete")], "known by its id all the same"
    assert run("state", "mv", other, "cluedin.key:x", "--yes").code == 1
    assert run("state", "mv", other, EMAIL.replace("/Email", "/Segment"), "--yes").code == 1


def test_a_pulled_ledger_is_pushed_back(applied: Project, run: Run, tmp_path: Path) -> None:
    kept = tmp_path.parent / f"{tmp_path.name}.jsonl"
    assert run("state", "pull", "--out", str(kept)).code == 0
    before = run("state", "list").out
    assert run("state", "forget", EMAIL, "--yes").code == 0
    ran = run("state", "push", str(kept), "--yes")
    assert ran.code == 4
    assert "With --force it takes its place" in ran.err
    assert run("state", "push", str(kept), "--yes", "--force").code == 0
    assert run("state", "list").out == before
    assert run("plan", "--detailed-exitcode").code == 0


def test_a_file_that_is_no_ledger_is_refused_with_its_line(applied: Project, run: Run, tmp_path: Path) -> None:
    kept = tmp_path.parent / f"{tmp_path.name}.jsonl"
    run("state", "pull", "--out", str(kept))
    text = kept.read_text(encoding="utf-8")
    for damaged, words in (
        (text.replace('"how":"created"', '"how":"adopted"', 1), "line "),
        ("{}\n", "is no ledger"),
        (text[: len(text) // 2], "is no ledger"),
        (text.replace('"environment":"sandbox"', '"environment":"other"', 1), "line 1"),
    ):
        kept.write_text(damaged, encoding="utf-8")
        ran = run("state", "push", str(kept), "--yes", "--force")
        assert (ran.code, words in ran.err) == (1, True), ran.err


def test_a_ledger_moves_from_a_file_to_the_repository(example: Project, run: Run, tmp_path: Path) -> None:
    assert run("apply", "--yes").code == 0
    remote = in_a_clone(tmp_path)
    kept = tmp_path.parent / f"{tmp_path.name}.jsonl"
    assert run("state", "pull", "--out", str(kept)).code == 0
    example.edit("environments/sandbox.yaml", "  variables:", "  ledger: {git: {}}\n  variables:")
    assert run("state", "push", str(kept), "--yes").code == 0
    assert run("plan", "--detailed-exitcode").code == 0
    refs = subprocess.run(["git", "-C", str(remote), "for-each-ref"], check=True, capture_output=True, text=True).stdout
    assert "refs/reconciler/sandbox/ledger" in refs


def test_it_says_who_holds_it_and_takes_it_away(applied: Project, run: Run, tmp_path: Path) -> None:
    ran = run("unlock")
    assert (ran.code, "nobody holds the ledger" in ran.err) == (0, True)
    session = applied.session()
    book: Any = session.ledger_place()
    if not book.shared:
        return
    with book.lock(0):
        applied.edit("glossary/customer.yaml", "Someone who buys", "Whoever buys")
        ran = run("apply", "--yes", "--lock-timeout", "0")
        assert ran.code == 4, ran.err
        assert "holds the ledger refs/reconciler/sandbox/ledger of origin" in ran.err
        assert run("unlock").code == 1, "nobody says that it is dead"
        assert run("unlock", "--yes").code == 0
        assert book.holder() == ""
