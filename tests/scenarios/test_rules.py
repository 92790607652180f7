"""Rules of CluedIn: what is made and in which order, what a change does to records, and what is told before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcilerError, RefusedError

from ..support import Project, project
from ..support_rules import Page, by_hand, live, order, rule_calls

FILE = "rules.yaml"
STANDARD = """
apiVersion: reconciler/v1
kind: Rule
metadata: {name: standard}
spec:
  name: Standardise names
  scope: data_part
  where: [{entity_type: /Person}]
  do: [{actions: [{use: "Normalize Date", with: {FieldName: person.birthday, Format: yyyy-MM-dd}}]}]
  active: true
"""
TAG = """
apiVersion: reconciler/v1
kind: Rule
metadata: {name: tag-people}
spec:
  name: Tag people
  scope: data_part
  description: Marks people by name.
  where: [{entity_type: /Person}]
  do:
    - when: [{key: person.email, operator: exists}]
      name: With mail
      actions: [{add_tag: HasMail}, {set_value: {key: person.gender, value: unknown}}]
    - actions: [{delete_value: person.gender}]
  after: [standard]
  active: true
"""
PEOPLE, NAMES = "DataPart/Tag people", "DataPart/Standardise names"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as one:
        yield one


@pytest.fixture
def applied(made: Project) -> Project:
    """Both rules, applied."""
    made.write("standard.yaml", STANDARD)
    made.write(FILE, TAG)
    assert made.apply().complete
    return made


def codes(made: Project, text: str) -> set[str]:
    """The errors and warnings of a document, told offline or by a plan."""
    made.write(FILE, text)
    try:
        found = made.plan().diagnostics
    except ReconcilerError as error:
        found = error.diagnostics
    return {one.code for one in found if one.severity != "info"}


def changes(made: Project, **options: Any) -> dict[str, Any]:
    return {change.address: change for change in made.plan(**options).changes}


def test_a_rule_is_made_put_in_order_and_then_switched_on(made: Project) -> None:
    made.write("standard.yaml", STANDARD)
    made.write(FILE, TAG)
    at = {change.address: place for place, change in enumerate(made.plan().executable)}
    assert at[f"cluedin.rule:{NAMES}"] < at["cluedin.rule_order:DataPart"] < at[f"cluedin.rule_state:{PEOPLE}"]
    assert made.apply().complete
    assert made.actions() == []
    found = live(made)
    assert order(made) == ["Standardise names", "Tag people"]
    people = found["Tag people"]
    assert (people["isActive"], people["scope"]) == (True, "DataPart")
    assert [one["name"] for one in people["rules"]] == ["With mail", "Actions 2"]
    actions = [
        (one["name"], {p["name"]: p["value"] for p in one["properties"]}) for one in people["rules"][0]["actions"]
    ]
    assert actions == [
        ("Add Tag", {"Value": "HasMail"}),
        ("Set Value", {"FieldName": "person.gender", "Value": "unknown"}),
    ]
    assert people["rules"][0]["actions"][0]["properties"][0]["isRequired"] is True, "copied from the catalogue"


def test_a_change_keeps_ids_and_says_that_records_keep_their_values(applied: Project) -> None:
    before = live(applied)["Tag people"]
    applied.edit(FILE, "HasMail", "Reachable")
    change = changes(applied)[f"cluedin.rule:{PEOPLE}"]
    assert "Records keep what the rule gave them" in change.disruptive[0]
    assert "is to be made" not in change.message
    assert applied.apply().complete
    after = live(applied)["Tag people"]
    assert [one["id"] for one in after["rules"]] == [one["id"] for one in before["rules"]]
    assert (after["isActive"], after["order"]) == (True, before["order"])
    assert "PUT /rules" not in rule_calls(applied)
    assert applied.actions() == []


def test_with_reprocess_the_records_of_both_filters_go_along_in_the_save(applied: Project) -> None:
    applied.edit(FILE, "active: true", "active: true\n  reprocess: on_change")
    assert applied.actions() == [], "the word alone changes nothing"
    applied.edit(FILE, "HasMail", "Reachable")
    applied.edit(
        FILE,
        "where: [{entity_type: /Person}]",
        "where: [{entity_type: /Person}, {key: person.email, operator: exists}]",
    )
    change = changes(applied)[f"cluedin.rule:{PEOPLE}"]
    assert {item.path for item in change.fields} == {"condition_and_records", "actions_and_records"}
    assert change.disruptive == ("Sends every record of the old and of the new filter through processing again",)
    assert applied.apply().complete
    assert "PUT /rules" in rule_calls(applied)
    assert applied.actions() == []
    assert len(live(applied)["Tag people"]["condition"]["rules"]) == 2
    applied.edit(FILE, "reprocess: on_change", "reprocess: never")
    applied.edit(FILE, "Reachable", "HasMail")
    assert [item.path for item in changes(applied)[f"cluedin.rule:{PEOPLE}"].fields] == ["actions"], "both ways round"


def test_a_rule_that_is_off_reprocesses_nothing(made: Project) -> None:
    made.write("standard.yaml", STANDARD)
    made.write(FILE, TAG.replace("active: true", "reprocess: on_change"))
    assert made.apply().complete
    made.edit(FILE, "HasMail", "Reachable")
    assert changes(made)[f"cluedin.rule:{PEOPLE}"].disruptive == ()
    assert made.apply().complete
    assert "PUT /rules" not in rule_calls(made)
    assert made.actions() == []


def test_while_records_are_processed_nothing_is_saved_and_the_next_apply_does_it(applied: Project) -> None:
    page = Page(applied)
    applied.http("PUT", "/_sandbox/settings", json={"lag_ms": 600_000})
    page.rest("POST", f"/rules/{live(applied)['Tag people']['id']}/reprocess")
    applied.http("PUT", "/_sandbox/settings", json={"lag_ms": 0})
    applied.edit(FILE, "HasMail", "Reachable")
    [outcome] = applied.apply().outcomes
    assert outcome.status == "failed"
    assert "processing the records" in outcome.message
    page.rest("POST", f"/rules/{live(applied)['Tag people']['id']}/reprocess/abort")
    assert applied.apply().complete
    assert applied.actions() == []


def test_people_turn_the_order_around_and_only_ours_is_put_right(applied: Project) -> None:
    by_hand(applied, "Theirs", "DataPart")
    ids = {name: one["id"] for name, one in live(applied).items()}
    Page(applied).rest(
        "POST", "/rules/setprocessingorder", [ids["Tag people"], ids["Theirs"], ids["Standardise names"]]
    )
    [change] = changes(applied).values()
    assert (change.address, change.reason) == ("cluedin.rule_order:DataPart", "drift")
    assert applied.apply().complete
    assert order(applied) == ["Standardise names", "Theirs", "Tag people"]
    assert applied.actions() == []


def test_a_rule_runs_after_one_of_others_where_that_moves_nobody_else(applied: Project) -> None:
    by_hand(applied, "Theirs", "DataPart")
    applied.edit(FILE, "after: [standard]", "after: [standard, Theirs]")
    assert codes(applied, (applied.root / "manifests" / FILE).read_text()) == {"rule.place", "blocked.held"}
    ids = {name: one["id"] for name, one in live(applied).items()}
    Page(applied).rest(
        "POST", "/rules/setprocessingorder", [ids["Theirs"], ids["Standardise names"], ids["Tag people"]]
    )
    assert applied.apply().complete
    assert order(applied) == ["Theirs", "Standardise names", "Tag people"]
    assert applied.actions() == []


def test_a_rule_made_while_the_order_is_sent_is_not_lost(applied: Project) -> None:
    applied.edit(FILE, "after: [standard]", "")
    applied.edit("standard.yaml", "active: true", "active: true\n  after: [tag-people]")
    applied.http("POST", "/_sandbox/faults", json={
        "method": "POST", "path": "/rules/setprocessingorder", "status": 400, "times": 1,
        "body": {"status": 400, "title": "Every rule of one scope is needed, each once."},
    })  # fmt: skip
    assert applied.apply().complete
    assert order(applied) == ["Tag people", "Standardise names"]


def test_what_is_not_wanted_any_more_is_switched_off_deleted_or_left(applied: Project) -> None:
    applied.edit("standard.yaml", "active: true", "active: true\n  on_remove: delete")
    assert applied.apply().complete
    (applied.root / "manifests" / FILE).unlink()
    (applied.root / "manifests/standard.yaml").unlink()
    removals = {address: change for address, change in changes(applied, prune=True).items() if "rule:" in address}
    assert {address: change.action for address, change in removals.items()} == {
        f"cluedin.rule:{PEOPLE}": "retire", f"cluedin.rule:{NAMES}": "delete",
    }  # fmt: skip
    assert applied.apply(prune=True, allow_deletes=2).complete
    assert {name: one["isActive"] for name, one in live(applied).items()} == {"Tag people": False}
    assert applied.actions(prune=True) == []
    applied.write("standard.yaml", STANDARD)
    applied.write(FILE, TAG)
    assert applied.apply().complete
    assert live(applied)["Tag people"]["isActive"] is True
    assert applied.actions() == []


def test_a_rename_in_the_manifest_keeps_the_rule_its_state_and_its_place(applied: Project) -> None:
    id = live(applied)["Tag people"]["id"]
    applied.edit(FILE, "name: Tag people", "name: Mark people\n  moved_from: Tag people")
    assert applied.actions() == [("rename", "cluedin.rule:DataPart/Mark people")]
    assert applied.apply().complete
    assert live(applied)["Mark people"]["id"] == id
    assert applied.actions() == []


@pytest.mark.long
def test_who_does_not_own_a_rule_waits_for_approval(applied: Project) -> None:
    applied.http("PUT", "/_sandbox/settings", json={"approvals": True})
    applied.edit(FILE, "HasMail", "Reachable")
    [outcome] = applied.apply().outcomes
    assert outcome.status == "pending"
    assert [action for action, _ in applied.actions()] == ["pending"]


def test_two_live_rules_of_one_name_are_not_touched(applied: Project) -> None:
    other = by_hand(applied, "Tag people", "DataPart")
    applied.edit(FILE, "HasMail", "Reachable")
    before = live(applied, by="id")[other]
    told = changes(applied)
    assert applied.apply(skip_refused=True).outcomes == () or told
    assert live(applied, by="id")[other] == before


WRONG = {
    "rule.action": ("{add_tag: HasMail}", '{use: "Ad Tag"}'),
    "rule.action_scope": ("scope: data_part", "scope: golden_record"),
    "rule.property": ("Format: yyyy-MM-dd", "Formats: yyyy-MM-dd"),
    "rule.property_missing": ("FieldName: person.birthday, ", ""),
    "rule.blank": ("{add_tag: HasMail}", '{add_tag: " "}'),
    "rule.secret": ("Format: yyyy-MM-dd", "Format: 'https://x.example.com/?sig=abcdefgh'"),
    "rule.masks": ("{add_tag: HasMail}", '{use: "Mask Value", with: {FieldName: person.email}}'),
    "rule.after": ("after: [standard]", "after: [standards]"),
    "rule.every_record": ("where: [{entity_type: /Person}]\n  do:\n", "do:\n"),
    "key.unknown": ("key: person.gender", "key: person.genders"),
    "entity.unknown": ("entity_type: /Person", "entity_type: /Persons"),
    "condition.raw": ("{entity_type: /Person}", "{raw: {operators: x}}"),
    "condition.foreign_id": ("{entity_type: /Person}", "{property: Id, value: 8f0f0d4e-0000-4000-8000-000000000000}"),
    "manifest.invalid_value": ("{add_tag: HasMail}", "{add_tag: HasMail, delete_value: person.email}"),
}


def test_what_is_wrong_is_told_before_anything_is_written(made: Project) -> None:
    for scope in ("DataPart", "Entity"):
        by_hand(made, "Theirs", scope)
    before = len(made.writes())
    whole = STANDARD + "---" + TAG
    assert codes(made, whole) == set()
    missing = {}
    for code, (old, new) in WRONG.items():
        assert old in whole, old
        found = codes(made, whole.replace(old, new))
        if not any(one.startswith(code) for one in found):
            missing[code] = found
    assert missing == {}
    circle = whole.replace("name: Standardise names", "name: Standardise names\n  after: [tag-people]")
    assert codes(made, circle) == {"rule.cycle"}
    assert codes(
        made, TAG.replace("after: [standard]", "") + "---" + TAG.replace("name: tag-people", "name: twin")
    ) >= {"rule.twice"}
    assert len(made.writes()) == before


def test_an_unknown_action_is_told_with_the_near_names(made: Project) -> None:
    made.write(FILE, TAG.replace("{add_tag: HasMail}", '{use: "Ad Tag"}').replace("after: [standard]", ""))
    told = next(one for one in made.plan().diagnostics if one.code == "rule.action")
    assert "Add Tag" in told.detail
    assert told.source is not None
    with pytest.raises(RefusedError):
        made.apply()


def test_what_an_export_sends_and_a_rule_makes_is_said(made: Project) -> None:
    made.write("contract.yaml", """
        apiVersion: reconciler/v1
        kind: ExportContract
        metadata: {name: people_v1}
        spec:
          entity: /Person
          delivery:
            {type: file-parquet, connection: "abfss://mdm@contosolake.dfs.core.windows.net",
             path: exports/people_v1, schedule: daily,
             target: {secrets: {AccountKey: {env: LAKE_KEY}}}}
          columns: [{from: person.gender}]
        """)  # fmt: skip
    made.write("standard.yaml", STANDARD)
    made.write(FILE, TAG)
    told = [one for one in made.plan().diagnostics if one.code == "rule.exported"]
    assert len(told) == 2
    assert "people_v1" in told[0].summary
