"""`release-notes`: what changed between two revisions, by concept, harmless and without secrets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli import main
from reconciler.errors import ReconcilerError
from reconciler.release import Release, release
from reconciler.report import notes

from .conftest import GLOSSARY, Repository

ENV = {"RECONCILER_VAR_SANDBOX_URL": "http://127.0.0.1:1"}


def compared(repository: Repository, since: str = "promised", to: str = "HEAD") -> Release:
    """The two revisions, compared on a certain day."""
    return release(repository.root, "sandbox", since, to, ENV, "2027-03-31")


def test_a_release_in_words(repository: Repository, golden: Callable[[str, str], None]) -> None:
    """Everything that can happen to terms, keys, sources, exports and labels."""
    repository.write(
        "glossary.yaml", GLOSSARY.replace("spec:\n", "spec:\n  glossary: Enterprise\n  term: {name: Customer}\n")
    )
    repository.commit()
    repository.git("tag", "before")
    item = """{name: E-mail *now*, key: email, labels: [Restricted], moved_from: {name: Email},
       definition: "See @ada <b>this</b> [x](http://e.example) `a`"}"""
    repository.edit("glossary.yaml", "{name: Email, key: email, labels: [PII]}", item)
    repository.edit("glossary.yaml", "{name: Segment, key: segment}", "{name: Segment, key: segment, obsolete: true}")
    repository.edit(
        "glossary.yaml", "key: fullName}", "key: fullName, data_type: PersonName}\n    - {name: Age, key: age}"
    )
    repository.edit("contract.yaml", "    - {name: customer_fullName, from: customer.fullName}\n", "")
    repository.edit("contract.yaml", "{env: LAKE_KEY}", '{env: LAKE_KEY, version: "2"}')
    repository.edit("labels.yaml", "CLUEDIN.PII}", "CLUEDIN.PERSONAL}")
    repository.commit()
    golden("release_notes.md", notes.markdown(compared(repository, "before")))


def test_breaking_changes_come_first_and_live_text_is_harmless(repository: Repository) -> None:
    text = "</b> [x](javascript:1) @ada ![i](h) `t`\\n# Head\\n\\n- [ ] it"
    repository.edit("glossary.yaml", "key: segment}", f'key: segment, description: "{text}"}}')
    repository.edit("contract.yaml", "    - {name: customer_fullName, from: customer.fullName}\n", "")
    repository.commit()
    lines = notes.markdown(compared(repository)).splitlines()
    assert lines[2] == "## Breaking changes of export contracts"
    assert not any(line.startswith("# Head") for line in lines)
    said = next(line for line in lines if "javascript" in line)
    assert "](" not in said.replace("\\]\\(", "")
    assert "@ada" not in said
    assert "</b>" not in said


def test_they_are_folded_below_another_report_and_cut_where_they_are_too_long(repository: Repository) -> None:
    assert notes.folded(compared(repository), 5_000) == "", "nothing changed"
    repository.edit("contract.yaml", "    - {name: customer_fullName, from: customer.fullName}\n", "")
    repository.edit("glossary.yaml", "{name: Segment, key: segment}", "{name: Segment, key: segment, obsolete: true}")
    repository.commit()
    whole = notes.folded(compared(repository), 50_000)
    assert whole.startswith("<details><summary>What changed in the manifests</summary>\n\n#### Breaking changes")
    assert whole.endswith("\n\n</details>\n")
    cut = notes.folded(compared(repository), len(whole) - 1)
    assert len(cut) < len(whole)
    assert "… and more" in cut
    assert cut.endswith("\n\n</details>\n")


def test_nothing_changed(repository: Repository) -> None:
    assert notes.markdown(compared(repository)).endswith("\n\nNothing changed.\n")


def test_a_first_release_is_all_new(repository: Repository, tmp_path: Path) -> None:
    """A revision without manifests wants nothing."""
    (tmp_path / "other").write_text("x", encoding="utf-8")
    repository.git("checkout", "-q", "--orphan", "empty")
    repository.git("rm", "-rqf", "--cached", ".")
    repository.git("add", "other")
    repository.git("commit", "-qm", "nothing yet")
    found = compared(repository, "empty", "promised")
    assert found.contracts is None
    assert {note.what for some in found.documents.values() for note in some} == {"added"}


def test_a_revision_that_does_not_hold(repository: Repository) -> None:
    repository.edit("glossary.yaml", "key: segment}", "key: segment, nonsense: 1}")
    repository.commit()
    with pytest.raises(ReconcilerError, match="at HEAD: "):
        compared(repository)
    with pytest.raises(ReconcilerError, match="there is no commit 'nowhere'"):
        compared(repository, "nowhere")


def test_the_verb(repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_VAR_SANDBOX_URL", "http://127.0.0.1:1")
    repository.edit("glossary.yaml", "key: segment}", "key: segment, data_type: Text}")
    repository.commit()
    with pytest.raises(SystemExit) as left:
        main(["--project", str(repository.root), "-q", "release-notes", "--from", "promised"])
    assert left.value.code == 0
    assert "data type: nothing → “Text”" in capsys.readouterr().out


def test_what_was_renamed_is_renamed_back_where_the_notes_go_back(repository: Repository) -> None:
    spec = "spec:\n  glossary: Enterprise\n  term: {name: Customer}\n"
    repository.write("glossary.yaml", GLOSSARY.replace("spec:\n", spec))
    repository.commit()
    repository.git("tag", "before")
    repository.edit("glossary.yaml", "{name: Email, key: email", "{name: Mail, moved_from: Email, key: email")
    repository.commit()
    there = notes.markdown(compared(repository, "before"))
    back = notes.markdown(compared(repository, "HEAD", "before"))
    assert "`Enterprise/Customer/Mail` (was `Enterprise/Customer/Email`)" in there
    assert "`Enterprise/Customer/Email` (was `Enterprise/Customer/Mail`)" in back
    assert "**Removed**" not in back
    assert "**New**" not in back


def test_two_long_texts_are_shown_where_they_part(repository: Repository) -> None:
    start = "The part of the market that somebody belongs to, as marketing has it since the year of the great move"
    repository.edit("glossary.yaml", "key: segment}", f'key: segment, description: "{start}, by hand"}}')
    repository.commit()
    repository.git("tag", "before")
    repository.edit("glossary.yaml", ", by hand", ", by rule")
    repository.commit()
    [line, *_] = [one for one in notes.markdown(compared(repository, "before")).splitlines() if "description" in one]
    before, after = line.split(" → ")
    assert before.endswith("by hand”")
    assert after.endswith("by rule”")
    assert len(line) < 2 * notes.SHORT
