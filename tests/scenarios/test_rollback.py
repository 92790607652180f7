"""`--ref`: an older revision is planned on what a later one left, and renames of any history are taken back."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.errors import ManifestError, ReconcilerError, RefusedError

from ..support import ENVIRONMENT, Project
from ..support_git import applied, commit, committed, git

TERMS = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: alpha}
spec:
  glossary: Words
  term: {name: Alpha, definition: The first.}
  terms:
    - {name: One, definition: Of one.}
    - {name: Two, definition: Of two.}
    - {name: Three, definition: Of three.}
"""
BELOW = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: below}
spec:
  glossary: Words
  term: {name: Below, parent: Alpha, definition: Below the first.}
"""


@pytest.fixture
def words(tmp_path: Path) -> Iterator[Project]:
    """Two mappings, committed and applied."""
    with committed(tmp_path / "project", alpha=TERMS, below=BELOW) as made:
        yield made


def terms(words: Project) -> dict[str, tuple[str, str]]:
    """The terms by guid: their formal name, and the definition."""
    return {term["guid"]: (term["name"], term.get("longDescription", "")) for term in words.terms("Words").values()}


def goes_back(words: Project) -> None:
    """Rolls back to the first commit: nothing is created or removed."""
    assert {change.action for change in words.plan(ref="first", prune=True).changes} <= {"rename", "update"}
    applied(words, ref="first", prune=True)


def later(words: Project, *edits: tuple[str, str], apply: bool = True) -> None:
    """One more commit."""
    for old, new in edits:
        words.edit("alpha.yaml", old, new)
    commit(words.root)
    if apply:
        applied(words, prune=True)


@pytest.mark.parametrize("each_applied", [True, False])
def test_a_chain_of_renames(words: Project, each_applied: bool) -> None:
    before = terms(words)
    later(words, ("{name: One,", "{name: Uno, moved_from: One,"), apply=each_applied)
    later(words, ("{name: Uno, moved_from: One,", "{name: Eins, moved_from: Uno,"))
    if each_applied:
        goes_back(words)
        assert terms(words) == before
    else:
        applied(words, ref="first", prune=True)
        assert sorted(terms(words).values()) == sorted(before.values())


def test_names_that_were_exchanged_are_exchanged_back(words: Project) -> None:
    """Nothing but the history tells it: they have no key that stays."""
    before = terms(words)
    later(
        words,
        ("{name: One, definition", "{name: Two, moved_from: One, definition"),
        ("{name: Two, definition", "{name: One, moved_from: Two, definition"),
    )
    assert terms(words) != before
    goes_back(words)
    assert terms(words) == before
    applied(words, prune=True)
    goes_back(words)
    assert terms(words) == before


def test_a_name_that_went_on_to_another(words: Project) -> None:
    before = terms(words)
    later(
        words,
        ("{name: One, definition", "{name: Uno, moved_from: One, definition"),
        ("{name: Two, definition", "{name: One, moved_from: Two, definition"),
        ("{name: Three, definition", "{name: Two, moved_from: Three, definition"),
    )
    goes_back(words)
    assert terms(words) == before


def test_a_concept_with_its_items_and_what_is_below_it(words: Project) -> None:
    before = terms(words)
    words.edit("below.yaml", "parent: Alpha", "parent: Omega")
    later(words, ("{name: Alpha,", "{name: Omega, moved_from: Alpha,"), ("{name: One,", "{name: Uno, moved_from: One,"))
    words.edit("below.yaml", "{name: Below,", "{name: Beneath, moved_from: Omega/Below,")
    later(words)
    goes_back(words)
    assert terms(words) == before


def test_a_later_item_of_a_former_name_is_another_thing(words: Project) -> None:
    before = terms(words)
    later(words, ("{name: One, definition", "{name: Uno, moved_from: One, definition"))
    another = "    - {name: One, definition: Another one.}\n    - {name: Two,"
    later(words, ("{name: Uno, moved_from: One, ", "{name: Uno, "), ("    - {name: Two,", another))
    assert len(terms(words).keys() - before.keys()) == 1
    [told] = [d for d in words.plan(ref="first", prune=True).diagnostics if d.code == "moved_from.name_in_use"]
    assert "take the other one out and apply, and roll back in the next step" in told.detail
    later(words, ("    - {name: One, definition: Another one.}\n", ""))
    goes_back(words)
    assert terms(words) == before


def test_what_was_removed_is_made_again_and_what_was_added_goes(words: Project) -> None:
    before = terms(words)
    later(words, ("{name: Two, definition: Of two.}", "{name: Four, definition: Of four.}"))
    assert [(c.action, c.address) for c in words.plan(ref="first").orphans] == [
        ("delete", "purview.term:Words/Alpha/Four")
    ]
    applied(words, ref="first", prune=True)
    assert sorted(terms(words).values()) == sorted(before.values())


def test_what_is_only_broken_today_does_not_stand_in_the_way(words: Project) -> None:
    before = terms(words)
    later(words, ("{name: One,", "{name: Uno, moved_from: One,"))
    words.edit("alpha.yaml", "kind: GlossaryMapping", "kind: Nothing")
    commit(words.root)
    with pytest.raises(ManifestError):
        words.plan()
    goes_back(words)
    assert terms(words) == before


def test_of_the_environment_the_ledger_and_the_policy_are_those_of_today(words: Project) -> None:
    later(words, ("Of one.", "Of one and more."))
    words.write(
        "environments/sandbox.yaml",
        ENVIRONMENT + "  ledger: {path: kept/elsewhere.jsonl}\n",
    )
    (words.root / "kept").mkdir()
    shutil.copy(words.root / ".reconciler/ledger/sandbox.jsonl", words.root / "kept/elsewhere.jsonl")
    words.edit("environments/sandbox.yaml", "policy: {allow", 'policy: {protect: ["purview.term:*"], allow')
    commit(words.root)
    session = words.session()
    kept = (words.root / ".reconciler/ledger/sandbox.jsonl").read_bytes()
    applied(words, ref="first")
    assert (words.root / ".reconciler/ledger/sandbox.jsonl").read_bytes() == kept
    ledger = session.book(session.loaded()).load()
    assert ledger.header.commit == git(words.root, "rev-parse", "first")
    assert ledger.entries["purview.term:Words/Alpha"].protect


def test_a_kill_in_the_middle_is_finished_by_running_again(words: Project) -> None:
    before = terms(words)
    later(words, ("{name: One,", "{name: Uno, moved_from: One,"), ("Of two.", "Of two and more."))
    fault = {"method": "PUT", "path": "glossary/term", "status": 400, "every": 1, "times": 40}
    words.http("POST", "/_sandbox/faults", json=fault)
    assert not words.apply(ref="first").complete
    words.http("DELETE", "/_sandbox/faults")
    applied(words, ref="first", prune=True)
    assert terms(words) == before


def test_a_revision_that_is_not_there(words: Project) -> None:
    with pytest.raises(ReconcilerError, match="there is no commit 'nowhere' here"):
        words.plan(ref="nowhere")


def test_a_clone_without_the_history_is_told_to_fetch_it(words: Project, tmp_path: Path) -> None:
    later(words, ("{name: One,", "{name: Uno, moved_from: One,"))
    later(words, ("{name: Two,", "{name: Due, moved_from: Two,"))
    shallow = tmp_path / "shallow"
    url = words.root.as_uri()
    subprocess.run(["git", "clone", "-q", "--depth=1", url, str(shallow)], check=True)
    shutil.copytree(words.root / ".reconciler", shallow / ".reconciler")
    git(shallow, "fetch", "-q", "--depth=1", "origin", "tag", "first")
    clone = Project(shallow, words.url)
    clone.write("environments/sandbox.yaml", ENVIRONMENT)
    with pytest.raises(RefusedError, match="this clone does not have what lies between") as refused:
        clone.plan(ref="first")
    assert "fetch-depth: 0" in refused.value.diagnostics[0].detail


def test_a_branch_that_left_before_is_taken_for_what_it_says(words: Project) -> None:
    before = terms(words)
    git(words.root, "checkout", "-q", "-b", "aside")
    later(words, ("{name: Three,", "{name: Tre, moved_from: Three,"), ("Of two.", "Of two aside."), apply=False)
    git(words.root, "checkout", "-q", "main")
    later(words, ("{name: One,", "{name: Uno, moved_from: One,"), ("{name: Three,", "{name: Drei, moved_from: Three,"))
    assert {change.action for change in words.plan(ref="aside", prune=True).changes} == {"rename", "update"}
    applied(words, ref="aside", prune=True)
    after = terms(words)
    assert after.keys() == before.keys()
    assert sorted(name for name, _ in after.values()) == ["Alpha", "Alpha_Below", "Alpha_One", "Alpha_Tre", "Alpha_Two"]


def test_a_ledger_that_knows_no_commit_is_taken_for_one_of_what_is_checked_out(words: Project) -> None:
    before = terms(words)
    later(words, ("{name: One,", "{name: Uno, moved_from: One,"))
    session = words.session()
    book = session.book(session.draft())
    ledger = book.load()
    ledger.header.commit, ledger.header_changed = "", True
    book.flush(ledger)
    goes_back(words)
    assert terms(words) == before
