"""Renames and moves, in the manifest and by people: nothing is doubled, nothing that hangs on a term is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.apply import Result

from ..support import EACH_SANDBOX, ENVIRONMENT, SANDBOXES, Project, project

ALPHA = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: alpha}
spec:
  glossary: Words
  term: {name: Alpha, definition: The first., synonyms: [Beta]}
  vocabulary:
    name: Alpha
    key_prefix: alpha
    entity_type: {name: Alpha, code: /Alpha, icon: Cube}
  terms:
    - {name: One, key: one, definition: Of one., related: [Two]}
    - {name: Two, key: two, definition: Of two., synonyms: [Words/Beta]}
    - {name: Three, key: three}
"""
BETA = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: beta}
spec:
  glossary: Words
  term: {name: Beta, definition: The second.}
"""
ATLAS = "/datamap/api/atlas/v2"


@pytest.fixture(params=EACH_SANDBOX)
def words(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """Two mappings in one glossary, applied."""
    with project(tmp_path, **SANDBOXES[request.param]) as made:
        made.write("alpha.yaml", ALPHA)
        made.write("beta.yaml", BETA)
        assert undone(made.apply()) == []
        assert made.actions() == []
        yield made


def undone(result: Result) -> list[tuple[str, str, str]]:
    """What an apply did not do."""
    return [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"]


def hanging(words: Project) -> dict[str, Any]:
    """What hangs on the terms of the glossary by their guids: entities, and other terms."""
    return {
        term["guid"]: (
            sorted(e["guid"] for e in words.http("GET", f"{ATLAS}/glossary/terms/{term['guid']}/assignedEntities")),
            sorted(r["termGuid"] for kind in ("synonyms", "seeAlso") for r in term.get(kind, [])),
        )
        for term in words.terms("Words").values()
    }


def applied(words: Project, **options: Any) -> None:
    """Applies; afterwards nothing is left to do, with or without `--prune`, and nothing is an orphan."""
    assert undone(words.apply(**options)) == []
    assert words.actions() == []
    assert words.actions(prune=True) == []
    assert words.plan().orphans == []


def only(words: Project, **options: Any) -> list[tuple[str, str]]:
    """What a plan does to terms and what hangs on them."""
    on_terms = ("purview.term:", "purview.assignment:", "purview.related_term:", "purview.glossary:")
    plan = words.plan(**options)
    return [(c.action, c.address) for c in (*plan.changes, *plan.orphans) if c.address.startswith(on_terms)]


def people_rename(words: Project, own: str, new: str) -> None:
    """What the portal does when somebody renames a term."""
    term = words.terms("Words")[own]
    renamed = {**term, "nickName": new, "name": term["name"].removesuffix(own) + new}
    renamed.pop("lastModifiedTS", None)
    words.http("PUT", f"{ATLAS}/glossary/term/{term['guid']}?includeTermHierarchy=true", json=renamed)


def people_rename_glossary(words: Project, old: str, new: str) -> None:
    """What the portal does when somebody renames a glossary."""
    listed = words.http("GET", f"{ATLAS}/glossary?ignoreTermsAndCategories=true")
    [found] = [g for g in listed if g["name"] == old]
    found.pop("lastModifiedTS", None)
    words.http("PUT", f"{ATLAS}/glossary/{found['guid']}", json={**found, "name": new})


# -- in the manifest -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prune", [False, True])
def test_what_hangs_on_a_renamed_term_stays(words: Project, prune: bool) -> None:
    before = hanging(words)
    words.edit("alpha.yaml", "{name: One, key: one,", "{name: Uno, key: one, moved_from: One,")
    assert only(words, prune=prune) == [("rename", "purview.term:Words/Alpha/Uno")]
    applied(words, prune=prune)
    assert hanging(words) == before


@pytest.mark.parametrize("prune", [False, True])
def test_what_hangs_on_a_renamed_concept_and_its_items_stays(words: Project, prune: bool) -> None:
    before = hanging(words)
    words.edit("alpha.yaml", "{name: Alpha, definition", "{name: Zeta, moved_from: Alpha, definition")
    assert only(words, prune=prune) == [("rename", "purview.term:Words/Zeta")]
    applied(words, prune=prune)
    assert hanging(words) == before
    words.edit("alpha.yaml", "{name: Two, key: two,", "{name: Duo, key: two, moved_from: Two,")
    words.edit("alpha.yaml", "related: [Two]", "related: [Duo]")
    applied(words, prune=prune)
    assert hanging(words) == before


@pytest.mark.parametrize("former", ["Alpha", "/Alpha"])
def test_a_term_moves_from_the_top_below_a_parent_and_back(words: Project, former: str) -> None:
    before = hanging(words)
    words.edit(
        "alpha.yaml", "{name: Alpha, definition", f"{{name: Alpha, parent: Beta, moved_from: {former}, definition"
    )
    assert only(words, prune=True) == [("rename", "purview.term:Words/Beta/Alpha")]
    applied(words, prune=True)
    assert hanging(words) == before
    words.edit("alpha.yaml", f"parent: Beta, moved_from: {former}", "moved_from: Beta/Alpha")
    assert only(words, prune=True) == [("rename", "purview.term:Words/Alpha")]
    applied(words, prune=True)
    assert hanging(words) == before


def test_two_names_are_exchanged(words: Project) -> None:
    before, one, two = hanging(words), words.terms("Words")["One"]["guid"], words.terms("Words")["Two"]["guid"]
    words.edit("alpha.yaml", "{name: One, key: one,", "{name: Swap, key: one, moved_from: One,")
    words.edit("alpha.yaml", "{name: Two, key: two,", "{name: One, key: two, moved_from: Two,")
    words.edit("alpha.yaml", "{name: Swap,", "{name: Two,")
    words.edit("alpha.yaml", "related: [Two]", "related: [One]")
    renames = [change for change in only(words, prune=True) if change[1].startswith("purview")]
    assert renames == [("rename", "purview.term:Words/Alpha/One"), ("rename", "purview.term:Words/Alpha/Two")]
    applied(words, prune=True)
    assert (words.terms("Words")["Two"]["guid"], words.terms("Words")["One"]["guid"]) == (one, two)
    assert hanging(words) == before


@pytest.mark.parametrize("prune", [True, False])
def test_a_related_term_that_went_while_its_names_were_exchanged_is_removed(words: Project, prune: bool) -> None:
    """The edge that stays takes over the name of the one that goes, which follows to the name of the other."""
    below = "    - {{name: {}, key: one, {}}}\n    - {{name: Two, key: two, {}}}\n    - {{name: {}, key: three, {}}}\n"
    head = ALPHA.partition("    - ")[0]
    words.write("alpha.yaml", head + below.format("One", "term: true", "related: [One]", "Three", "related: [Two]"))
    applied(words, prune=True)
    swap = ("Three", "moved_from: One", "related: [Three]", "One", "moved_from: Three")
    words.write("alpha.yaml", head + below.format(*swap))
    assert undone(words.apply(prune=prune)) == []
    gone = "purview.related_term:seeAlso:Words/Alpha/One@Words/Alpha/Two"
    plan = words.plan()
    assert [change.address for change in plan.orphans] == ([] if prune else [gone])
    applied(words, prune=True)
    relations = words.http("GET", "/_sandbox/state")["purview"]["relation"].values()
    edges = [one for one in relations if one["typeName"] == "AtlasGlossaryRelatedTerm" and one["status"] == "ACTIVE"]
    terms = words.http("GET", "/_sandbox/state")["purview"]["term"]
    names = [{terms[one[end]["guid"]]["nickName"] for end in ("end1", "end2")} for one in edges]
    assert [pair for pair in names if "Two" in pair] == [{"Two", "Three"}]


def test_three_names_go_round(words: Project) -> None:
    guids = {name: words.terms("Words")[name]["guid"] for name in ("One", "Two", "Three")}
    before = hanging(words)
    words.write(
        "alpha.yaml",
        ALPHA.replace("{name: One, key: one,", "{name: ~Two, key: one, moved_from: One,")
        .replace("{name: Two, key: two,", "{name: ~Three, key: two, moved_from: Two,")
        .replace("{name: Three, key: three}", "{name: One, key: three, moved_from: Three}")
        .replace("related: [Two]", "related: [~Three]")
        .replace("~", ""),
    )
    applied(words, prune=True)
    after = {name: words.terms("Words")[name]["guid"] for name in ("One", "Two", "Three")}
    assert after == {"Two": guids["One"], "Three": guids["Two"], "One": guids["Three"]}
    assert hanging(words) == before


def test_names_are_exchanged_below_a_concept_that_moves(words: Project) -> None:
    guids = {name: words.terms("Words")[name]["guid"] for name in ("One", "Two")}
    before = hanging(words)
    words.write(
        "alpha.yaml",
        ALPHA.replace("{name: Alpha, definition", "{name: Alpha, parent: Beta, moved_from: /Alpha, definition")
        .replace("{name: One, key: one,", "{name: ~Two, key: one, moved_from: One,")
        .replace("{name: Two, key: two,", "{name: One, key: two, moved_from: Two,")
        .replace("related: [Two]", "related: [One]")
        .replace("~", ""),
    )
    applied(words, prune=True)
    after = {name: words.terms("Words")[name]["guid"] for name in ("One", "Two")}
    assert after == {"One": guids["Two"], "Two": guids["One"]}
    assert hanging(words) == before


def test_names_go_round_after_two_of_them_were_exchanged(words: Project) -> None:
    """`Two` was made of `One` before and is again: what was carried out then is not what is asked for now."""
    guids = {name: words.terms("Words")[name]["guid"] for name in ("One", "Two", "Three")}
    before = hanging(words)
    swapped = (
        ALPHA.replace("{name: One, key: one,", "{name: ~Two, key: one, moved_from: One,")
        .replace("{name: Two, key: two,", "{name: One, key: two, moved_from: Two,")
        .replace("related: [Two]", "related: [One]")
        .replace("~", "")
    )
    words.write("alpha.yaml", swapped)
    applied(words, prune=True)
    words.write(
        "alpha.yaml",
        swapped.replace("{name: Two, key: one, moved_from: One,", "{name: Three, key: one, moved_from: Two,")
        .replace("{name: One, key: two, moved_from: Two,", "{name: Two, key: two, moved_from: One,")
        .replace("{name: Three, key: three}", "{name: One, key: three, moved_from: Three}")
        .replace("related: [One]", "related: [Two]"),
    )
    applied(words, prune=True)
    after = {name: words.terms("Words")[name]["guid"] for name in ("One", "Two", "Three")}
    assert after == {"Three": guids["One"], "Two": guids["Two"], "One": guids["Three"]}
    assert hanging(words) == before


@pytest.mark.parametrize("times", [2, 3])
def test_names_that_are_exchanged_once_more(words: Project, times: int) -> None:
    """The same two lines of `moved_from` as the first time: the keys tell that it is another exchange."""
    guids = {name: words.terms("Words")[name]["guid"] for name in ("One", "Two")}
    before = hanging(words)
    now, other = "One", "Two"
    for _ in range(times):
        for key, old, new in (("one", now, other), ("two", other, now)):
            text = (words.root / "manifests/alpha.yaml").read_text()
            line = f"{{name: {new}, key: {key}, moved_from: {old},"
            text = re.sub(rf"{{name: \w+, key: {key},( moved_from: \w+,)?", line, text)
            words.write("alpha.yaml", text)
        words.edit("alpha.yaml", f"related: [{other}]", f"related: [{now}]")
        now, other = other, now
        assert only(words, prune=True) == [
            ("rename", "purview.term:Words/Alpha/One"),
            ("rename", "purview.term:Words/Alpha/Two"),
        ]
        applied(words, prune=True)
        assert hanging(words) == before
    assert {name: words.terms("Words")[name]["guid"] for name in (now, other)} == {
        now: guids["One"],
        other: guids["Two"],
    }


def test_a_name_is_handed_on(words: Project) -> None:
    guids = {name: words.terms("Words")[name]["guid"] for name in ("One", "Two")}
    words.edit("alpha.yaml", "{name: Two, key: two,", "{name: Drei, key: two, moved_from: Two,")
    words.edit("alpha.yaml", "{name: One, key: one,", "{name: Two, key: one, moved_from: One,")
    words.edit("alpha.yaml", "related: [Two]", "related: [Drei]")
    applied(words, prune=True)
    assert {words.terms("Words")[name]["guid"] for name in ("Two", "Drei")} == set(guids.values())
    assert words.terms("Words")["Two"]["guid"] == guids["One"]


def test_an_exchange_that_is_cut_short_is_finished(words: Project) -> None:
    before = hanging(words)
    words.edit("alpha.yaml", "{name: One, key: one,", "{name: Swap, key: one, moved_from: One,")
    words.edit("alpha.yaml", "{name: Two, key: two,", "{name: One, key: two, moved_from: Two,")
    words.edit("alpha.yaml", "{name: Swap,", "{name: Two,")
    words.edit("alpha.yaml", "related: [Two]", "related: [One]")
    fault = {"method": "PUT", "path": "glossary/term", "status": 400, "every": 2, "times": 9}
    words.http("POST", "/_sandbox/faults", json=fault)
    assert not words.apply(prune=True).complete
    words.http("DELETE", "/_sandbox/faults")
    applied(words, prune=True)
    assert hanging(words) == before


def test_a_move_from_nowhere_is_told_until_the_term_is_there(words: Project) -> None:
    words.edit(
        "alpha.yaml", "{name: Three, key: three}", "{name: Three, key: three}\n    - {name: Four, moved_from: For}"
    )
    [told] = [d for d in words.plan().diagnostics if d.code == "moved_from.nowhere"]
    assert told.severity == "warning"
    assert told.source is not None
    assert told.source.line == 15
    assert "Words/Alpha/For" in told.summary
    assert words.apply().complete
    assert [d for d in words.plan().diagnostics if d.code.startswith("moved_from")] == []


def test_a_removal_and_an_addition_that_look_like_a_rename_are_pointed_out(words: Project) -> None:
    words.edit("alpha.yaml", "{name: One, key: one,", "{name: Uno, key: one,")
    words.edit("alpha.yaml", "{name: Three, key: three}", "{name: Tres, key: three}")
    words.edit("beta.yaml", "{name: Beta,", "{name: Gamma,")
    words.edit("alpha.yaml", "[Beta]", "[Gamma]")
    words.edit("alpha.yaml", "Words/Beta", "Words/Gamma")
    told = {d.address: d.detail for d in words.plan().diagnostics if d.code == "moved_from.missing"}
    assert {address: detail.split("`")[1] for address, detail in told.items()} == {
        "purview.term:Words/Alpha/Uno": "moved_from: One",
        "purview.term:Words/Alpha/Tres": "moved_from: Three",
        "purview.term:Words/Gamma": "moved_from: Beta",
    }


# -- by people -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", ["Alpha", "One", "Beta"])
def test_a_term_that_people_renamed_is_one_rename_and_one_repair(words: Project, own: str) -> None:
    before = hanging(words)
    people_rename(words, own, "Aaa Other")
    changes = words.plan(prune=True).changes
    assert [(c.action, c.reason) for c in changes] == [("rename", "renamed")]
    assert [c.address.rpartition("/")[2] for c in words.plan().drifted] == [own]
    applied(words)
    assert own in words.terms("Words")
    assert hanging(words) == before


def test_a_glossary_that_people_renamed_is_one_rename_and_one_repair(words: Project) -> None:
    before = hanging(words)
    people_rename_glossary(words, "Words", "Other Words")
    plan = words.plan(prune=True)
    assert [(c.action, c.reason, c.address) for c in plan.changes] == [("rename", "renamed", "purview.glossary:Words")]
    assert [c.address for c in plan.drifted] == ["purview.glossary:Words"]
    applied(words)
    assert hanging(words) == before


def test_what_is_new_in_a_glossary_that_people_renamed_is_made_in_it(words: Project) -> None:
    people_rename_glossary(words, "Words", "Other Words")
    words.edit("alpha.yaml", "{name: Three, key: three}", "{name: Three, key: three}\n    - {name: Four, key: four}")
    applied(words)
    assert "Four" in words.terms("Words")


def test_the_manifest_takes_over_the_new_name_of_a_glossary(words: Project) -> None:
    before = hanging(words)
    people_rename_glossary(words, "Words", "Other Words")
    for name in ("alpha.yaml", "beta.yaml"):
        words.edit(name, "glossary: Words", "glossary: Other Words")
    words.edit("alpha.yaml", "Words/Beta", "Other Words/Beta")
    assert only(words, prune=True) == []
    applied(words)
    terms = words.terms("Other Words")
    assert {t["guid"] for t in terms.values()} == set(before)


def test_a_glossary_whose_drift_is_kept_stays_and_is_told(words: Project) -> None:
    words.write(
        "environments/sandbox.yaml",
        ENVIRONMENT.replace("allow_disruptive: true", "allow_disruptive: true, on_drift: {default: keep}"),
    )
    before = hanging(words)
    people_rename_glossary(words, "Words", "Other Words")
    words.edit("alpha.yaml", "Of one.", "Of the one.")
    words.edit("alpha.yaml", "{name: Three, key: three}", "{name: Three, key: three}\n    - {name: Four, key: four}")
    assert words.apply().complete
    assert [(c.action, c.reason, c.address) for c in words.plan(prune=True).changes] == [
        ("drift", "renamed", "purview.glossary:Words")
    ]
    terms = words.terms("Other Words")
    assert set(before) < {t["guid"] for t in terms.values()}
    assert len(terms) == len(before) + 1


def test_a_name_that_others_took_cannot_be_given_back(words: Project) -> None:
    people_rename(words, "One", "Another")
    above = words.terms("Words")["Alpha"]["guid"]
    anchor = words.terms("Words")["Alpha"]["anchor"]
    body = {"name": "Alpha_One", "nickName": "One", "anchor": anchor, "parentTerm": {"termGuid": above}}
    words.http("POST", f"{ATLAS}/glossary/term?includeTermHierarchy=true", json=body)
    [change] = words.plan(prune=True).changes
    assert (change.action, change.reason) == ("conflict", "taken")


def test_a_rename_onto_a_name_that_goes_in_the_same_step_is_told(words: Project) -> None:
    words.edit("alpha.yaml", "    - {name: One, key: one, definition: Of one., related: [Two]}\n", "")
    words.edit("alpha.yaml", "{name: Three, key: three}", "{name: One, key: three, moved_from: Three}")
    [told] = [d for d in words.plan().diagnostics if d.code == "moved_from.name_in_use"]
    assert (told.severity, told.address) == ("warning", "purview.term:Words/Alpha/One")
    words.edit("alpha.yaml", "name: One, key: three, moved_from: Three", "name: Four, key: three, moved_from: Three")
    assert "moved_from.name_in_use" not in {d.code for d in words.plan().diagnostics}
    assert undone(words.apply()) == []
    assert "moved_from.name_in_use" not in {d.code for d in words.plan().diagnostics}


# -- a parent that no manifest declares ------------------------------------------------------------------------------


@pytest.fixture
def below(words: Project) -> Project:
    """A concept below a term that people made."""
    anchor = words.terms("Words")["Alpha"]["anchor"]
    words.http("POST", f"{ATLAS}/glossary/term", json={"name": "Party", "nickName": "Party", "anchor": anchor})
    words.write(
        "gamma.yaml",
        """
        apiVersion: reconciler/v1
        kind: GlossaryMapping
        metadata: {name: gamma}
        spec:
          glossary: Words
          term: {name: Gamma, parent: Party, definition: The third., related: [Alpha]}
          vocabulary: {name: Gamma, key_prefix: gamma, entity_type: {name: Gamma, code: /Gamma, icon: Cube}}
          terms: [{name: First, key: first}]
        """,
    )
    assert words.apply().complete
    assert words.actions() == []
    return words


def test_an_undeclared_parent_that_people_renamed_is_one_drift(below: Project) -> None:
    before = hanging(below)
    people_rename(below, "Party", "Aaa Parties")
    plan = below.plan(prune=True)
    assert [(c.action, c.reason, c.address) for c in plan.changes] == [("drift", "renamed", "purview.term:Words/Party")]
    assert "write its new name into the manifest" in plan.changes[0].message
    below.edit("gamma.yaml", "The third.", "The third one.")
    below.edit("gamma.yaml", "{name: First, key: first}", "{name: First, key: first}, {name: Second, key: second}")
    assert below.apply().complete
    assert [c.action for c in below.plan(prune=True).changes] == ["drift"]
    below.edit("gamma.yaml", "parent: Party", "parent: Aaa Parties")
    assert only(below, prune=True) == []
    applied(below)
    assert {guid: on for guid, on in hanging(below).items() if guid in before} == before


def test_what_people_renamed_below_a_renamed_parent_is_given_its_name_back_there(below: Project) -> None:
    people_rename(below, "Party", "Parties")
    people_rename(below, "Gamma", "Gammas")
    assert sorted((c.action, c.address) for c in below.plan().changes) == [
        ("drift", "purview.term:Words/Party"),
        ("rename", "purview.term:Words/Party/Gamma"),
    ]
    assert below.apply().complete
    assert [c.address for c in below.plan(prune=True).changes] == ["purview.term:Words/Party"]


@pytest.mark.parametrize("former", ["Alpha/Two", "{name: Alpha/Two}"])
def test_an_item_moves_to_another_concept(words: Project, former: str) -> None:
    guid = words.terms("Words")["Two"]["guid"]
    words.edit("alpha.yaml", ", related: [Two]", "")
    words.edit("alpha.yaml", "    - {name: Two, key: two, definition: Of two., synonyms: [Words/Beta]}\n", "")
    item = f"  terms:\n    - {{name: Zwei, moved_from: {former}, definition: Of two., synonyms: [Beta]}}\n"
    words.write("beta.yaml", BETA + item)
    assert ("rename", "purview.term:Words/Beta/Zwei") in only(words)
    assert words.plan().diagnostics == []
    applied(words, prune=True)
    assert words.terms("Words")["Zwei"]["guid"] == guid
