"""What happens to the worked example in the life of its project: plans and requests as golden files."""

from __future__ import annotations

import re

import pytest

from reconciler.errors import RefusedError
from reconciler.report import text

from ..report.test_first_screen import A_GUID, A_TYPE, first_screens
from ..support import Project
from .conftest import Recorder

EMAIL = "purview.term:Enterprise/Party/Customer/Email"
A_TIME, WHEN = re.compile(r"\d+ [A-Z][a-z]+ 20\d\d, \d\d:\d\d UTC"), "30 November 2026, 14:05 UTC"
DEFINITION = "Primary contact address."
CUSTOMER = "glossary/customer.yaml"


def shown(project: Project, **options: object) -> str:
    """The plan as a person reads it, without what differs from run to run."""
    lines = A_TIME.sub(WHEN, text.plan(project.plan(**options).as_dict(), colour=False)).splitlines()
    return "\n".join(line for line in lines if not line.startswith("Digest:")) + "\n"


def fields(project: Project, **options: object) -> list[tuple[str, str, str, object, object]]:
    plan = project.plan(**options)
    return [(c.action, c.address, f.path, f.before, f.after) for c in plan.changes for f in c.fields]


def test_first_apply(example: Project, requests: Recorder, golden) -> None:
    golden("first_apply.plan.txt", shown(example))
    for screen in first_screens(example.plan().as_dict()).values():
        assert "Can be applied: 138 changes of 6 things, no approval needed, no guard in the way." in screen
        assert all(
            one in screen for one in ("Concept Customer: 43", "Export customers_wide_v1: 29", "Source crm-contacts")
        )
        assert not A_TYPE.search(screen)
        assert not A_GUID.search(screen)
    assert requests.lines == [], "a plan writes nothing"
    assert example.apply().complete
    golden("first_apply.requests.txt", requests.text)
    assert shown(example).startswith("No changes.")


def test_an_edited_definition_is_one_update_with_file_and_line(applied: Project, requests: Recorder, golden) -> None:
    applied.edit(CUSTOMER, DEFINITION, "Where we write to first.")
    [change] = applied.plan().changes
    assert (change.action, change.address, change.reason) == ("update", EMAIL, "manifest_changed")
    [origin] = change.origins
    lines = (applied.root / origin.file).read_text(encoding="utf-8").splitlines()
    assert "- name: Email" in lines[origin.line - 1]
    golden("edited_definition.plan.txt", shown(applied))
    assert applied.apply().complete
    golden("edited_definition.requests.txt", requests.text)
    assert applied.terms("Enterprise")["Email"]["longDescription"] == "Where we write to first."


def test_an_edit_in_the_portal_is_drift_and_is_repaired(applied: Project, requests: Recorder, golden) -> None:
    applied.edit_term(applied.terms("Enterprise")["Email"]["guid"], longDescription="Edited by hand.")
    assert fields(applied) == [("update", EMAIL, "definition", "Edited by hand.", DEFINITION)]
    golden("drift.plan.txt", shown(applied))
    assert applied.apply().complete
    golden("drift.requests.txt", requests.text)
    assert applied.terms("Enterprise")["Email"]["longDescription"] == DEFINITION


def conflict(applied: Project) -> None:
    applied.edit_term(applied.terms("Enterprise")["Email"]["guid"], longDescription="Edited by hand.")
    applied.edit(CUSTOMER, DEFINITION, "Edited in Git.")


def test_an_edit_in_both_is_a_conflict(applied: Project, requests: Recorder, golden) -> None:
    conflict(applied)
    plan = applied.plan()
    assert plan.refused
    assert ("conflict", EMAIL) in [(c.action, c.address) for c in plan.changes]
    golden("conflict.plan.txt", shown(applied))
    with pytest.raises(RefusedError):
        applied.apply()
    assert requests.lines == [], "nothing is written while anything is refused"


def test_a_conflict_ends_by_taking_the_live_value(applied: Project) -> None:
    conflict(applied)
    applied.edit(CUSTOMER, "Edited in Git.", "Edited by hand.")
    assert applied.actions() == []


def test_a_conflict_ends_by_undoing_the_edit_in_the_portal(applied: Project) -> None:
    conflict(applied)
    applied.edit_term(applied.terms("Enterprise")["Email"]["guid"], longDescription=DEFINITION)
    assert ("update", EMAIL, "definition", DEFINITION, "Edited in Git.") in fields(applied)


def test_a_conflict_ends_by_force(applied: Project) -> None:
    conflict(applied)
    assert applied.apply(force_conflicts=(EMAIL,)).complete
    assert applied.terms("Enterprise")["Email"]["longDescription"] == "Edited in Git."


def test_an_object_of_people_is_adopted_when_it_matches(example: Project) -> None:
    guid = glossary(example, "Enterprise")
    term = {"name": "Product", "nickName": "Product", "anchor": {"glossaryGuid": guid}, "status": "Draft"}
    example.http(
        "POST", "/datamap/api/atlas/v2/glossary/term", json={**term, "longDescription": "Something that we sell."}
    )
    plan = example.plan()
    assert {c.action for c in plan.changes if c.address == "purview.term:Enterprise/Product"} == {"adopt"}
    assert example.apply().complete
    assert example.actions() == []


def test_an_object_of_people_is_refused_when_it_differs(example: Project) -> None:
    guid = glossary(example, "Enterprise")
    term = {"name": "Product", "nickName": "Product", "anchor": {"glossaryGuid": guid}}
    example.http("POST", "/datamap/api/atlas/v2/glossary/term", json={**term, "longDescription": "A multiplication."})
    plan = example.plan()
    [change] = [c for c in plan.changes if c.address == "purview.term:Enterprise/Product"]
    assert (change.action, change.reason) == ("conflict", "differs")
    assert "--adopt=overwrite" in change.message
    assert example.apply(adopt="overwrite").complete
    assert example.terms("Enterprise")["Product"]["longDescription"] == "Something that we sell."


def test_a_stewards_rename_is_a_rename(applied: Project, requests: Recorder, golden) -> None:
    term = applied.terms("Enterprise")["Email"]
    renamed = {**term, "nickName": "E-mail", "name": term["name"].replace("Email", "E-mail")}
    renamed.pop("lastModifiedTS", None)
    path = f"/datamap/api/atlas/v2/glossary/term/{term['guid']}?includeTermHierarchy=true"
    applied.http("PUT", path, json=renamed)
    plan = applied.plan()
    assert [(c.action, c.address) for c in plan.changes] == [("rename", EMAIL)]
    golden("renamed.plan.txt", shown(applied))
    assert applied.apply().complete
    golden("renamed.requests.txt", requests.text)
    assert applied.terms("Enterprise")["Email"]["guid"] == term["guid"]
    assert applied.actions() == []


def test_a_rename_in_the_manifest_keeps_the_term(applied: Project) -> None:
    guid = applied.terms("Enterprise")["Title"]["guid"]
    applied.edit("glossary/product.yaml", "{name: Title, key: title,", "{name: Label, moved_from: Title, key: title,")
    assert ("rename", "purview.term:Enterprise/Product/Label") in applied.actions()
    assert applied.apply().complete
    assert applied.terms("Enterprise")["Label"]["guid"] == guid
    assert [a for a in applied.actions() if a[0] != "forget"] == []


def test_what_others_keep_on_the_same_objects_survives(applied: Project) -> None:
    """Whole-object writes read, merge and write: synonyms, contacts and classifications of people stay."""
    terms = applied.terms("Enterprise")
    guid, other = terms["Customer"]["guid"], terms["Invoice"]["guid"]
    term = applied.http("GET", f"/datamap/api/atlas/v2/glossary/term/{guid}")
    term["synonyms"] = [{"termGuid": other}]
    term["contacts"]["Expert"].append({"id": "11111111-2222-3333-4444-555555555555", "info": "of a person"})
    term.pop("lastModifiedTS", None)
    applied.http("PUT", f"/datamap/api/atlas/v2/glossary/term/{guid}?includeTermHierarchy=true", json=term)
    assert applied.actions() == []
    applied.edit(CUSTOMER, "stewards: [ada, sales-ops]", "stewards: [ada]")
    assert applied.apply().complete
    after = applied.http("GET", f"/datamap/api/atlas/v2/glossary/term/{guid}")
    assert [s["termGuid"] for s in after["synonyms"]] == [other]
    experts = {contact["id"]: contact.get("info") for contact in after["contacts"]["Expert"]}
    assert experts["11111111-2222-3333-4444-555555555555"] == "of a person"
    assert [contact["id"] for contact in after["contacts"]["Steward"]] == ["30435ff9-9b96-44af-a5a9-e05c8b1ae2df"]
    assert [r["url"] for r in after["resources"]] == ["https://wiki.contoso.test/customer"]


def test_a_label_taken_off_a_key_leaves_the_scanners_findings(applied: Project) -> None:
    column = "/datamap/api/atlas/v2/entity/uniqueAttribute/type/cluedin_column"
    name = {"attr:qualifiedName": "cluedin.entity.Customer#customer.email"}
    guid = applied.http("GET", column, params=name)["entity"]["guid"]
    applied.http(
        "POST",
        f"/datamap/api/atlas/v2/entity/guid/{guid}/classifications",
        json=[{"typeName": "MICROSOFT.PERSONAL.EMAIL"}],
    )
    applied.edit(CUSTOMER, "classification: /Email\n      labels: [PII]", "classification: /Email")
    removals = [a for a in applied.actions(prune=True) if a[0] == "delete"]
    assert len(removals) == 4, "the classification and the label, on the columns of entity type and data set"
    assert applied.apply(prune=True, allow_deletes=4).complete
    kept = applied.http("GET", column, params=name)["entity"]["classifications"]
    assert [c["typeName"] for c in kept] == ["MICROSOFT.PERSONAL.EMAIL"]


def test_types_of_others_are_never_taken_over(example: Project) -> None:
    foreign = {"entityDefs": [{"name": "cluedin_column", "superTypes": ["DataSet"], "attributeDefs": []}]}
    example.http("POST", "/datamap/api/atlas/v2/types/typedefs", json=foreign)
    plan = example.plan()
    [change] = [c for c in plan.changes if c.address == "purview.type:cluedin_column"]
    assert change.action == "conflict"
    assert "type_prefix" in change.message
    with pytest.raises(RefusedError):
        example.apply()


def glossary(project: Project, name: str) -> str:
    found = project.http("GET", "/datamap/api/atlas/v2/glossary?ignoreTermsAndCategories=true")
    return next(g["guid"] for g in found if g["name"] == name)
