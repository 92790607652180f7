"""`--ref` and fields: what a later commit was the first to mention is as it was, and what people made of it stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..support import Project, project
from ..support_git import applied, commit, committed, git, repository

TERMS = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: alpha}
spec:
  glossary: Words
  term: {name: Alpha, definition: The first.}
  terms:
    - {name: One}
    - {name: Two, definition: Of two.}
"""
KEYS = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: person}
spec:
  glossary: Words
  term: {name: Person}
  vocabulary: {name: Humans, key_prefix: human, entity_type: {name: Human, code: /Human}}
  terms:
    - {name: Mail, key: mail, description: Where to write.}
    - {name: Phone, key: phone}
"""
MAIL, EMAIL = "cluedin.vocabulary_key:human.mail", "cluedin.vocabulary_key:human.email"
ONE = "purview.term:Words/Alpha/One"


@pytest.fixture
def words(tmp_path: Path) -> Iterator[Project]:
    """Two mappings, committed and applied."""
    with committed(tmp_path / "project", alpha=TERMS, person=KEYS) as made:
        yield made


def later(words: Project, name: str, *edits: tuple[str, str]) -> None:
    """One more commit, applied."""
    for old, new in edits:
        words.edit(name, old, new)
    commit(words.root)
    applied(words)


def one(words: Project) -> dict[str, Any]:
    """The term One."""
    return words.terms("Words")["One"]


def keys(words: Project) -> dict[str, dict[str, Any]]:
    """The keys of people, by their own name."""
    found = words.http("GET", "/_sandbox/state")["cluedin"]["key"].values()
    return {key["name"]: key for key in found if str(key["key"]).startswith("human.")}


def left(words: Project, **options: Any) -> list[str]:
    """What a plan says to stay as it is."""
    return [told.summary for told in words.plan(**options).diagnostics if told.code == "ref.field_left"]


def test_fields_that_were_mentioned_later_are_without_a_value_again(words: Project) -> None:
    later(words, "alpha.yaml", ("{name: One}", "{name: One, definition: Of one., abbreviation: I, status: Approved}"))
    plan = words.plan(ref="first")
    [change] = plan.changes
    assert (change.action, change.address) == ("update", ONE)
    assert {(item.path, item.reason) for item in change.fields} == {
        ("definition", "taken_back"), ("abbreviation", "taken_back"), ("status", "taken_back"),
    }  # fmt: skip
    applied(words, ref="first", prune=True)
    assert not one(words).get("longDescription")
    assert not one(words).get("abbreviation")
    assert one(words)["status"] == "Draft"
    applied(words)
    assert one(words)["longDescription"] == "Of one."


def test_what_people_made_of_it_since_stays_with_a_word(words: Project) -> None:
    later(words, "alpha.yaml", ("{name: One}", "{name: One, definition: Of one., abbreviation: I}"))
    words.edit_term(one(words)["guid"], longDescription="By hand.")
    assert left(words, ref="first") == [
        f"{ONE} goes back, and its definition, which came later, stays as it is: people changed it since"
    ]
    applied(words, ref="first", prune=True)
    assert one(words)["longDescription"] == "By hand."
    assert not one(words).get("abbreviation")
    assert left(words, ref="first") == [], "it is the people's from now on, and that was said"


def test_it_is_taken_back_where_somebody_says_so(words: Project) -> None:
    later(words, "alpha.yaml", ("{name: One}", "{name: One, definition: Of one.}"))
    words.edit_term(one(words)["guid"], longDescription="By hand.")
    applied(words, ref="first", force_conflicts=(ONE,))
    assert not one(words).get("longDescription")


@pytest.mark.parametrize(("adopt", "theirs"), [("empty", "Of one."), ("overwrite", "Of people.")])
def test_what_was_there_before_a_manifest_mentioned_it_stays(words: Project, adopt: str, theirs: str) -> None:
    """Found as it was wanted, or overwritten: what people had is theirs, or not known any more."""
    words.edit_term(one(words)["guid"], longDescription=theirs)
    words.edit("alpha.yaml", "{name: One}", "{name: One, definition: Of one.}")
    commit(words.root)
    applied(words, adopt=adopt)
    assert left(words, ref="first") == [
        f"{ONE} goes back, and its definition, which came later, stays as it is: it held something before us, and what "
        "that was is not known"
    ]
    applied(words, ref="first", prune=True)
    assert one(words)["longDescription"] == "Of one."


def test_what_the_revision_had_given_up_by_then_stays(words: Project) -> None:
    later(words, "alpha.yaml", ("{name: Two, definition: Of two.}", "{name: Two}"))
    git(words.root, "tag", "given-up")
    later(words, "alpha.yaml", ("{name: One}", "{name: One, definition: Of one.}"))
    applied(words, ref="given-up", prune=True)
    assert words.terms("Words")["Two"]["longDescription"] == "Of two."
    assert not one(words).get("longDescription")


def test_a_branch_takes_back_only_what_came_after_it_left(words: Project) -> None:
    later(words, "alpha.yaml", ("{name: One}", "{name: One, usage: With care.}"))
    git(words.root, "checkout", "-q", "-b", "aside")
    words.edit("alpha.yaml", "{name: One, usage: With care.}", "{name: One}")
    commit(words.root)
    git(words.root, "checkout", "-q", "main")
    later(words, "alpha.yaml", ("usage: With care.}", "usage: With care., definition: Of one.}"))
    applied(words, ref="aside", prune=True)
    assert one(words)["usage"] == "With care.", "which the branch gave up, and left to people"
    assert not one(words).get("longDescription")


def test_a_run_that_came_to_no_end_is_finished_by_the_next(words: Project) -> None:
    later(words, "alpha.yaml", ("{name: One}", "{name: One, definition: Of one.}"))
    fault = {"method": "PUT", "path": "glossary/term", "status": 400, "every": 1, "times": 40}
    words.http("POST", "/_sandbox/faults", json=fault)
    assert not words.apply(ref="first").complete
    words.http("DELETE", "/_sandbox/faults")
    assert one(words)["longDescription"] == "Of one."
    applied(words, ref="first", prune=True)
    assert not one(words).get("longDescription")


def test_a_key_that_was_renamed_is_in_use_again(words: Project) -> None:
    before = keys(words)
    later(words, "person.yaml", ("{name: Mail, key: mail,", "{name: Mail, key: email, moved_from: {key: mail},"))
    assert keys(words)["mail"]["isObsolete"]
    assert keys(words)["mail"]["mapsToOtherKeyId"]
    plan = words.plan(ref="first", prune=True)
    of_keys = {(c.action, c.address) for c in plan.changes if c.type.name == "vocabulary_key"}
    assert of_keys == {("update", MAIL), ("retire", EMAIL)}
    applied(words, ref="first")
    assert [(c.action, c.address) for c in words.plan(ref="first").orphans if c.address == EMAIL] == [("retire", EMAIL)]
    applied(words, ref="first", prune=True)
    after = keys(words)
    same = ("isObsolete", "mapsToOtherKeyId", "displayName", "description", "isVisible", "groupName")
    assert {name: after["mail"].get(name) for name in same} == {name: before["mail"].get(name) for name in same}
    assert after["email"]["isObsolete"], "a key is put away as keys are"
    applied(words)
    assert keys(words)["mail"]["isObsolete"]
    assert not keys(words)["email"]["isObsolete"]


def test_a_key_that_is_wanted_out_of_use_stays_so_when_it_is_wanted_again(words: Project) -> None:
    later(words, "person.yaml", ("{name: Phone, key: phone}", "{name: Phone, key: phone, obsolete: true}"))
    git(words.root, "tag", "obsolete")
    words.edit("person.yaml", "    - {name: Phone, key: phone, obsolete: true}\n", "")
    commit(words.root)
    applied(words, prune=True)
    applied(words, ref="obsolete", prune=True)
    assert keys(words)["phone"]["isObsolete"]
    applied(words, ref="first", prune=True)
    assert not keys(words)["phone"]["isObsolete"]


def test_a_setting_of_what_stays_is_undone(tmp_path: Path) -> None:
    """A stream that a later commit started is stopped, and the main branch starts it again."""
    from reconciler.kinds import models
    from reconciler.manifest.spec import example

    with project(tmp_path / "project") as made:
        for kind in ("LabelMap", "GlossaryMapping", "ExportContract", "Stream"):
            made.write(f"{kind.lower()}.yaml", example(models()[kind]))
        made.edit("stream.yaml", "  state: started\n", "")
        repository(made.root)
        commit(made.root)
        git(made.root, "tag", "first")
        applied(made)
        made.write("stream.yaml", example(models()["Stream"]))
        commit(made.root)
        applied(made)
        [change] = made.plan(ref="first", prune=True).changes
        assert (change.action, change.type.full_name) == ("update", "cluedin.stream_state")
        assert [(item.after, item.reason) for item in change.fields] == [("stopped", "taken_back")]
        applied(made, ref="first", prune=True)
        applied(made)
        applied(made, ref="first")


SETTING = """
apiVersion: reconciler/v1
kind: Setting
metadata: {name: sync}
spec:
  set: {Purview.SyncDataSources.Enabled: false}
"""


def test_a_secret_setting_that_came_later_stays_and_the_plan_says_so(tmp_path: Path) -> None:
    with committed(tmp_path / "project", sync=SETTING) as made:
        secret = '  secrets: {Purview.ClientSecret: {env: LAKE_KEY, version: "1"}}\n'
        made.write("sync.yaml", SETTING + secret)
        commit(made.root)
        applied(made)
        before = made.http("GET", "/_sandbox/state")["cluedin"]["setting"]
        for _ in range(2):
            plan = made.plan(ref="first", prune=True)
            assert plan.changes == []
            [told] = [one for one in plan.diagnostics if one.code == "ref.field_left"]
            assert "cluedin.setting:Purview.ClientSecret goes back, and its secret" in told.summary
            assert "the system does not show what it holds" in told.summary
            applied(made, ref="first", prune=True)
        assert made.http("GET", "/_sandbox/state")["cluedin"]["setting"] == before
        assert made.actions() == [], "it is still known as ours"
        made.write("sync.yaml", SETTING)
        assert made.actions(prune=True) == [("forget", "cluedin.setting:Purview.ClientSecret")]
