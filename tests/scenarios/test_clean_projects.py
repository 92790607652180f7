"""Clean projects: what is made, what an edit costs in which state, and what is told before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcilerError, RefusedError
from reconciler_sandbox.cluedin.seed import user_id

from ..support import Project, project
from ..support_rules import Page
from ..support_rules import live as made_rules

FILE = "phones.yaml"
ADDRESS = "cluedin.clean_project:Fix phones"
PHONES = """
apiVersion: reconciler/v1
kind: CleanProject
metadata: {name: fix-phones}
spec:
  name: Fix phones
  description: Phones of organizations.
  fields: [organization.phoneNumber, {property: name}]
  where: [{entity_type: /Organization}, {key: organization.phoneNumber, operator: exists}]
  rules: verify
"""


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as one:
        yield one


@pytest.fixture
def applied(made: Project) -> Project:
    made.write(FILE, PHONES)
    assert made.apply().complete
    return made


def live(made: Project, name: str = "Fix phones") -> dict[str, Any]:
    """The one project of a name, as the sandbox keeps it."""
    rows = made.http("GET", "/_sandbox/state")["cluedin"].get("clean-project", {}).values()
    [found] = [row for row in rows if row["name"] == name]
    return dict(found)


def take_to(made: Project, status: str, **more: Any) -> None:
    """What people do with it in CluedIn."""
    told = {"kind": "clean", "name": "Fix phones", "status": status, **more}
    made.http("POST", "/_sandbox/cluedin/projects", json=told)


def codes(made: Project, text: str) -> set[str]:
    """The errors and warnings of a document, told offline or by a plan."""
    made.write(FILE, text)
    try:
        found = made.plan().diagnostics
    except ReconcilerError as error:
        found = error.diagnostics
    return {one.code for one in found if one.severity != "info"}


def test_a_project_is_made_and_nothing_is_loaded(applied: Project) -> None:
    found = live(applied)
    assert (found["status"], found["rowCount"], found["includeDataParts"]) == ("New", 0, False)
    assert sorted((one["type"], one["property"]) for one in found["fields"]) == [
        ("entity", "name"),
        ("vocabulary", "organization.phoneNumber"),
    ]
    assert not [one for one in applied.writes() if "/clean" in one["path"]]
    assert applied.actions() == []


def test_while_it_is_new_everything_may_change(applied: Project) -> None:
    applied.edit(FILE, "[organization.phoneNumber, {property: name}]", "[organization.phoneNumber]")
    [change] = applied.plan().changes
    assert (change.action, change.disruptive) == ("update", ())
    assert applied.apply().complete
    assert [one["property"] for one in live(applied)["fields"]] == ["organization.phoneNumber"]
    assert applied.actions() == []


def test_later_another_selection_is_a_disruption_that_somebody_allows(applied: Project) -> None:
    take_to(applied, "Ready to process", changes=True)
    applied.edit(FILE, "{entity_type: /Organization}, ", "")
    [change] = applied.plan().changes
    assert "All cleaning done in the project is lost" in change.disruptive[0]
    applied.edit("environments/sandbox.yaml", "allow_disruptive: true", "allow_disruptive: false")
    with pytest.raises(RefusedError) as refused:
        applied.apply()
    assert [one.code for one in refused.value.diagnostics] == ["guard.disruptive"]
    assert live(applied)["hasCleanChanges"] is True
    applied.edit("environments/sandbox.yaml", "disruptive: false", 'disruptive: ["cluedin.clean_project:*"]')
    assert applied.apply().complete
    assert (live(applied)["hasCleanChanges"], live(applied)["lost"]) == (False, 1)


def test_a_name_and_a_text_cost_nothing_in_any_state(applied: Project) -> None:
    take_to(applied, "Ready to process", changes=True)
    applied.edit(FILE, "Phones of organizations.", "Telephones.")
    applied.edit(FILE, "name: Fix phones", "name: Mend phones\n  moved_from: Fix phones")
    [change] = applied.plan().changes
    assert (change.action, change.disruptive) == ("rename", ())
    assert applied.apply().complete
    found = live(applied, "Mend phones")
    assert (found["status"], found["hasCleanChanges"]) == ("Ready to process", True)
    assert applied.actions() == []


def test_what_is_archived_is_told_and_never_changed(applied: Project) -> None:
    before = live(applied)
    take_to(applied, "Archived")
    plan = applied.plan()
    assert [(one.address, [item.path for item in one.fields]) for one in plan.drifted] == [(ADDRESS, ["archived"])]
    assert plan.executable == []
    applied.edit(FILE, "Phones of organizations.", "Telephones.")
    [change] = [one for one in applied.plan().changes if one.action != "drift"]
    assert (change.action, change.reason) == ("conflict", "immutable")
    assert f"--replace {ADDRESS}" in change.message
    assert live(applied) == {**before, "status": "Archived"}


def test_replacing_makes_a_new_one_of_what_is_archived(applied: Project) -> None:
    old = live(applied)["id"]
    take_to(applied, "Archived")
    applied.edit(FILE, "Phones of organizations.", "Telephones.")
    result = applied.apply(replace=(ADDRESS,))
    assert [(one.status, one.message) for one in result.outcomes] == [("done", "")]
    assert (live(applied)["id"] != old, live(applied)["status"]) == (True, "New")
    assert applied.actions() == []


def test_while_something_goes_on_a_change_is_refused_and_done_later(applied: Project) -> None:
    take_to(applied, "Processing")
    applied.edit(FILE, "Phones of organizations.", "Telephones.")
    result = applied.apply()
    assert [one.status for one in result.outcomes] == ["failed"]
    take_to(applied, "Processed")
    assert applied.apply().complete
    assert "Telephones." in live(applied)["description"]


def test_a_project_that_no_manifest_wants_stays(applied: Project) -> None:
    (applied.root / "manifests" / FILE).unlink()
    assert ("forget", ADDRESS) in applied.actions(prune=True)
    assert applied.apply(prune=True).complete
    assert live(applied)["name"] == "Fix phones"


def test_it_is_deleted_only_where_nothing_would_be_lost(applied: Project) -> None:
    applied.edit(FILE, "  rules: verify", "  on_remove: delete")
    assert applied.apply().complete
    (applied.root / "manifests" / FILE).unlink()
    take_to(applied, "Ready to process", changes=True)
    assert ("conflict", ADDRESS) in [(one.action, one.address) for one in applied.plan(prune=True).changes]
    take_to(applied, "Processing", changes=False)
    assert [one.status for one in applied.apply(prune=True, allow_deletes=1).outcomes] == ["failed"]
    take_to(applied, "Processed")
    assert applied.apply(prune=True, allow_deletes=1).complete
    assert "clean-project" not in applied.http("GET", "/_sandbox/state")["cluedin"]


def test_it_may_have_owners(applied: Project) -> None:
    applied.edit(FILE, "  rules: verify", "  owners: [ada]")
    assert applied.apply().complete
    rows = applied.http("GET", "/_sandbox/state")["cluedin"]["ownership"].values()
    assert user_id("ada@example.com") in {row["userId"] for row in rows}
    assert applied.actions() == []


def test_rules_that_cleaning_made_are_counted(applied: Project) -> None:
    def told() -> list[str]:
        return [one.summary for one in applied.plan().diagnostics if one.code == "clean.rules"]

    assert told() == []
    take_to(applied, "Processed", rules=["Upper case", "No blanks"])
    assert told() == ["Cleaning in `Fix phones` made 2 rules, of which 0 run: `Upper case`, `No blanks`"]
    Page(applied).rest("POST", f"/rules/{made_rules(applied)['Upper case']['id']}/activate")
    assert told() == ["Cleaning in `Fix phones` made 2 rules, of which 1 runs: `Upper case`, `No blanks`"]
    applied.edit(FILE, "  rules: verify", "  rules: none")
    assert told() == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (PHONES.replace("{property: name}", "{property: Name}"), "clean.property"),
        (PHONES.replace("[organization.phoneNumber,", "[organization.fone,"), "key.unknown"),
        (PHONES.replace("[organization.phoneNumber, {property: name}]", "[]"), "manifest.invalid_value"),
        (PHONES.replace("/Organization", "/Organisation"), "entity.unknown"),
        (PHONES.replace("  where: ", "  #"), "clean.every_record"),
        (f"{PHONES}---{PHONES.replace('fix-phones', 'second')}", "clean.twice"),
        (PHONES.replace("rules: verify", "owners: [nobody]"), "contact.unknown"),
    ],
)
def test_what_is_wrong_is_told(made: Project, text: str, code: str) -> None:
    assert code in codes(made, text)
