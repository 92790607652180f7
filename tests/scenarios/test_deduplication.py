"""Deduplication projects: what is made and in which order, when nothing may change, and what nobody guesses."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcilerError
from reconciler_sandbox.cluedin.seed import user_id

from ..support import Project, project
from ..support_rules import Page

FILE = "people.yaml"
ADDRESS = "cluedin.dedup_project:Duplicate people"
PEOPLE = """
apiVersion: reconciler/v1
kind: Deduplication
metadata: {name: people}
spec:
  name: Duplicate people
  description: The same people.
  where: [{entity_type: /Person}, {key: person.email, operator: exists}]
  limit: 500
  rules:
    - {name: Mail, match: [{key: person.email, by: Equals, normalize: [ToLowercase]}], active: true}
    - name: Name
      match:
        - {property: Name, by: fuzzy match sift4, with: {threshold: 3}, name: Called}
        - {key: person.gender, by: Equals, normalize: [{use: Replace text, with: {pattern: a, with: b}}]}
      active: false
    - {name: Phone, match: [{key: person.fullName, by: Equals}]}
"""
RULE = (
    "mutation r($id: ID!, $rule: InputDedupProjectRule) { management { createDedupRule(id: $id, rule: $rule) { id } } }"
)
ORDER = "/api/api/deduplication/projects/{}/rules/order"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as one:
        yield one


@pytest.fixture
def applied(made: Project) -> Project:
    made.write(FILE, PEOPLE)
    assert made.apply().complete
    return made


def every(made: Project) -> dict[str, dict[str, Any]]:
    """The projects as the sandbox keeps them, by name."""
    rows = made.http("GET", "/_sandbox/state")["cluedin"].get("deduplication-project", {}).values()
    return {row["name"]: row for row in rows}


def live(made: Project) -> dict[str, Any]:
    return every(made)["Duplicate people"]


def rules(made: Project) -> list[dict[str, Any]]:
    """Its rules in their order."""
    return sorted(live(made)["rules"], key=lambda one: int(one["order"]))


def take_to(made: Project, status: str) -> None:
    """What people do with it in CluedIn."""
    told = {"kind": "deduplication", "name": "Duplicate people", "status": status}
    made.http("POST", "/_sandbox/cluedin/projects", json=told)


def by_hand(made: Project, name: str) -> dict[str, Any]:
    """A rule that a person adds, on the pages of CluedIn."""
    page = Page(made)
    ask = (
        "query q($id: ID!) { management { deDuplicateProjectRules(id: $id) { data { matchingCriteria { name objectType \
fieldName matchingTypeId } } } } }"
    )
    shown = page.ask(ask, id=live(made)["id"])["data"][0]["matchingCriteria"]
    return dict(page.ask(RULE, id=live(made)["id"], rule={"name": name, "matchingCriteria": shown}))


def codes(made: Project, text: str) -> set[str]:
    """The errors and warnings of a document, told offline or by a plan."""
    made.write(FILE, text)
    try:
        found = made.plan().diagnostics
    except ReconcilerError as error:
        found = error.diagnostics
    return {one.code for one in found if one.severity != "info"}


def test_a_project_is_made_with_its_rules_in_their_order(applied: Project) -> None:
    found = live(applied)
    assert (found["status"], found["shouldLimitQuerySize"], found["querySizeLimit"]) == ("Ready to generate", True, 500)
    assert [(one["name"], one["enabled"]) for one in rules(applied)] == [
        ("Mail", True),
        ("Name", False),
        ("Phone", False),
    ]
    mail, called, _ = rules(applied)
    assert mail["matchingCriteria"][0]["normalization"] == [{"name": "To lowercase", "configuration": {}}] or (
        mail["matchingCriteria"][0]["normalization"] == [{"name": "To lowercase", "configuration": None}]
    )
    first = called["matchingCriteria"][0]
    assert (first["name"], first["function"], first["comparison"]) == (
        "Called", "Fuzzy match - Sift4", {"threshold": "3"},
    )  # fmt: skip
    assert applied.actions() == []
    assert every(applied)["Duplicate products"]["rules"], "what others made stays"


def test_every_part_may_change_while_nothing_is_matched(applied: Project) -> None:
    applied.edit(FILE, "limit: 500", "limit: null")
    applied.edit(FILE, "The same people.", "People twice.")
    applied.edit(FILE, "by: Equals, normalize: [ToLowercase]", "by: Email")
    applied.edit(FILE, "      active: false", "      active: true")
    applied.edit(FILE, "name: Phone,", "name: Call, moved_from: Phone,")
    assert applied.apply().complete
    found = live(applied)
    assert (found["shouldLimitQuerySize"], found["querySizeLimit"]) == (False, None)
    assert [(one["name"], one["enabled"]) for one in rules(applied)] == [
        ("Mail", True),
        ("Name", True),
        ("Call", False),
    ]
    assert rules(applied)[0]["matchingCriteria"][0]["function"] == "Email"
    assert applied.actions() == []


def test_a_save_keeps_the_limit_that_people_set(applied: Project) -> None:
    applied.edit(FILE, "  limit: 500\n", "")
    assert applied.apply().complete
    applied.edit(FILE, "The same people.", "People twice.")
    assert applied.apply().complete
    assert (live(applied)["querySizeLimit"], live(applied)["shouldLimitQuerySize"]) == (500, True)


@pytest.mark.parametrize("status", ["Ready for review", "Generating", "Merged", "Archived"])
def test_once_there_are_matches_nothing_is_changed(applied: Project, status: str) -> None:
    applied.edit(FILE, "limit: 500", "limit: 600")
    applied.edit(FILE, "by: Equals, normalize: [ToLowercase]", "by: Email")
    applied.edit(
        FILE,
        "    - {name: Phone,",
        "    - {name: More, match: [{key: person.email, by: Contains}]}\n    - {name: Phone,",
    )
    take_to(applied, status)
    before = live(applied)
    told = {one.address: one for one in applied.plan().changes if one.action not in ("drift", "blocked")}
    assert {one.action for one in told.values()} == {"conflict"}
    assert {f"{ADDRESS}", "cluedin.dedup_rule:Duplicate people/Mail", "cluedin.dedup_rule:Duplicate people/More"} <= (
        told.keys()
    )
    assert f"--replace {ADDRESS}" in told[ADDRESS].message
    with pytest.raises(ReconcilerError):
        applied.apply()
    assert live(applied) == before
    take_to(applied, "Ready to generate")
    result = applied.apply()
    assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
    assert [one["name"] for one in rules(applied)] == ["Mail", "Name", "More", "Phone"]


def test_replacing_makes_a_new_one(applied: Project) -> None:
    old = live(applied)["id"]
    take_to(applied, "Ready for review")
    applied.edit(FILE, "limit: 500", "limit: 600")
    result = applied.apply(replace=(ADDRESS,), allow_deletes=5)
    assert {one.status for one in result.outcomes} == {"done"}, [one.message for one in result.outcomes]
    assert (live(applied)["id"] != old, live(applied)["querySizeLimit"], len(rules(applied))) == (True, 600, 3)
    assert applied.actions() == []


def test_a_rule_of_others_keeps_a_project_from_being_replaced_or_removed(applied: Project) -> None:
    by_hand(applied, "Theirs")
    [change] = [one for one in applied.plan(replace=(ADDRESS,)).changes if one.address == ADDRESS]
    assert (change.action, "the matching rule Theirs" in change.message) == ("conflict", True)
    applied.edit(FILE, "  limit: 500\n", "  limit: 500\n  on_remove: delete\n")
    assert applied.apply().complete
    (applied.root / "manifests" / FILE).unlink()
    assert ("conflict", ADDRESS) in [(one.action, one.address) for one in applied.plan(prune=True).changes]


def test_what_no_manifest_wants_stays_or_goes_as_it_says(applied: Project) -> None:
    applied.edit(FILE, "    - {name: Phone, match: [{key: person.fullName, by: Equals}]}\n", "")
    assert applied.apply(prune=True).complete
    assert "Phone" in [one["name"] for one in rules(applied)]
    applied.edit(FILE, "  limit: 500\n", "  limit: 500\n  on_remove: delete\n")
    assert applied.apply().complete
    applied.edit(FILE, "    - {name: Mail,", "    #")
    assert applied.apply(prune=True, allow_deletes=1).complete
    assert [one["name"] for one in rules(applied)] == ["Name", "Phone"]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100))
def test_rules_of_others_are_the_same_byte_for_byte(made: Project, seed: int) -> None:
    """Ours are put into another order among theirs, which somebody adds and moves in between."""
    pick = random.Random(seed)
    names = [f"Ours {at}" for at in range(pick.randint(2, 4))]

    def text(order: list[str]) -> str:
        lines = [f"    - {{name: {name}, match: [{{key: person.email, by: Equals}}]}}\n" for name in order]
        return PEOPLE[: PEOPLE.index("    - {name: Mail")] + "".join(lines)

    made.write(FILE, text(names))
    assert made.apply().complete
    for at in range(pick.randint(1, 4)):
        by_hand(made, f"Theirs {at}")
    ids = [one["id"] for one in live(made)["rules"]]
    pick.shuffle(ids)
    numbers = sorted(pick.sample(range(1, 50), len(ids)))
    Page(made).rest_at("POST", ORDER.format(live(made)["id"]), {"ruleOrder": dict(zip(ids, numbers, strict=True))})
    theirs = [one for one in live(made)["rules"] if one["name"].startswith("Theirs")]
    others = {name: row for name, row in every(made).items() if name != "Duplicate people"}
    wanted = pick.sample(names, len(names))
    made.write(FILE, text(wanted))
    assert made.apply().complete
    assert [one for one in live(made)["rules"] if one["name"].startswith("Theirs")] == theirs
    assert [one["name"] for one in rules(made) if one["name"].startswith("Ours")] == wanted
    assert {name: row for name, row in every(made).items() if name != "Duplicate people"} == others
    assert made.actions() == []


def test_words_that_nothing_public_tells_are_learnt_or_waited_for(tmp_path: Path) -> None:
    with project(tmp_path, seed="empty") as made:
        made.write(FILE, PEOPLE)
        plan = made.plan()
        assert "dedup.unlearnt" in {one.code for one in plan.diagnostics}
        assert [one for one in plan.executable if one.address.startswith("cluedin.dedup")] == []
        assert "deduplication-project" not in made.http("GET", "/_sandbox/state")["cluedin"]


def test_owners_are_people_and_who_signs_in(applied: Project) -> None:
    applied.edit(FILE, "  limit: 500\n", "  limit: 500\n  owners: [ada]\n")
    take_to(applied, "Ready for review")
    assert applied.apply().complete, "who owns it may change in every state"
    rows = applied.http("GET", "/_sandbox/state")["cluedin"]["ownership"].values()
    assert user_id("ada@example.com") in {row["userId"] for row in rows}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (PEOPLE.replace("by: Equals, normalize: [ToLowercase]", "by: Equal"), "dedup.function"),
        (PEOPLE.replace("[ToLowercase]", "[Lowercase it]"), "dedup.normalizer"),
        (PEOPLE.replace("key: person.fullName", "key: person.name"), "key.unknown"),
        (PEOPLE.replace("limit: 500", "limit: 0"), "manifest.invalid_value"),
        (PEOPLE.replace("name: Phone", "name: mail"), "dedup.rule_twice"),
        (PEOPLE[: PEOPLE.index("  rules:")], "dedup.no_rule"),
        (PEOPLE.replace("  where: ", "  #"), "dedup.every_record"),
        (f"{PEOPLE}---{PEOPLE.replace('{name: people}', '{name: second}')}", "dedup.twice"),
    ],
)
def test_what_is_wrong_is_told(made: Project, text: str, code: str) -> None:
    assert code in codes(made, text)
