"""Our own workflow against Apache Atlas: plan, apply, an empty plan, drift, prune."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .world import AtlasProject, Place

LABELS = """
apiVersion: reconciler/v1
kind: LabelMap
metadata: {name: default}
spec:
  labels:
    PII: {classification: "${var.LABEL} PII", description: Personal data., purview_label: pii}
"""

CUSTOMER = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: customer}
spec:
  glossary: "${var.GLOSSARY}"
  term:
    name: Customer
    parent: Party
    definition: A person or organisation that buys from us.
    summary: Who buys.
    abbreviation: CUST
    usage: In all reports.
  vocabulary:
    name: Customer
    key_prefix: customer
    entity_type: {name: Customer, code: /Customer}
  terms:
    - name: Email
      key: email
      data_type: Email
      definition: Primary contact address.
      synonyms: [Mail]
      labels: [PII]
    - {name: Mail, key: mail}
    - {name: "Naïve – 名前", key: naive, definition: "Quotes \\" and <b>tags</b>, ünïcödé."}
"""

OTHER = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: other}
spec:
  glossary: "${var.GLOSSARY}"
  term: {name: Other}
"""


@pytest.fixture
def applied(project: AtlasProject, place: Place) -> Iterator[AtlasProject]:
    """The worked example, applied; taken away again by a prune."""
    project.env |= {"RECONCILER_VAR_GLOSSARY": place.glossary, "RECONCILER_VAR_LABEL": place.label}
    project.write("labels.yaml", LABELS)
    project.write("customer.yaml", CUSTOMER)
    assert project.apply().complete
    yield project
    project.write("customer.yaml", OTHER)
    assert project.apply(prune=True).complete
    assert "Customer" not in " ".join(place.terms())
    assert all(place.entity(f"{place.types}{of}", name) is None for of, name in assets(place))


def assets(place: Place) -> list[tuple[str, str]]:
    table = f"{place.names}.entity.Customer"
    return [("entity", table), *(("column", f"{table}#customer.{key}") for key in ("email", "mail", "naive"))]


def concept(place: Place, *names: str) -> str:
    return "/".join(["purview.term:" + place.glossary, "Party", *names])


def meanings(entity: dict[str, Any]) -> list[str]:
    return [meaning["displayText"] for meaning in entity["relationshipAttributes"]["meanings"]]


def test_what_was_applied_is_there_and_the_next_plan_is_empty(applied: AtlasProject, place: Place) -> None:
    terms = place.terms()
    names = {"Party_Customer", *(f"Party_Customer_{own}" for own in ("Email", "Mail", "Naïve – 名前"))}
    assert set(terms) == names
    customer, email = terms["Party_Customer"], terms["Party_Customer_Email"]
    assert customer["longDescription"] == "A person or organisation that buys from us."
    assert (customer["shortDescription"], customer["abbreviation"]) == ("Who buys.", "CUST")
    assert customer["usage"] == "In all reports."
    assert [one["displayText"] for one in customer["categories"]] == ["Party"]
    assert [one["displayText"] for one in email["categories"]] == ["Customer"]
    assert [one["displayText"] for one in email["synonyms"]] == ["Party_Customer_Mail"]
    categories = place.categories()
    assert categories["Customer"]["parentCategory"]["categoryGuid"] == categories["Party"]["guid"]
    table = place.entity(f"{place.types}entity", f"{place.names}.entity.Customer")
    assert table is not None
    assert meanings(table) == ["Party_Customer"]
    column = place.entity(f"{place.types}column", f"{place.names}.entity.Customer#customer.email")
    assert column is not None
    assert [one["typeName"] for one in column["classifications"]] == [f"{place.label} PII"]
    assert column["relationshipAttributes"]["table"]["guid"] == table["guid"]
    assert applied.actions() == []


def test_an_edit_in_the_manifest_is_one_update(applied: AtlasProject, place: Place) -> None:
    applied.edit("customer.yaml", "Primary contact address.", "Where we write to first.")
    assert applied.actions() == [("update", concept(place, "Customer", "Email"))]
    applied.done()
    email = place.terms()["Party_Customer_Email"]
    assert email["longDescription"] == "Where we write to first."
    assert email["synonyms"], "what the manifest did not change stays"
    assert email["assignedEntities"]
    assert email["categories"]
    assert applied.actions() == []


def test_edits_by_people_are_drift_and_are_repaired(applied: AtlasProject, place: Place) -> None:
    term = place.terms()["Party_Customer_Email"]
    place.call("PUT", f"/glossary/term/{term['guid']}", term | {"longDescription": "Edited by hand."})
    column = place.entity(f"{place.types}column", f"{place.names}.entity.Customer#customer.email")
    assert column is not None
    place.call("DELETE", f"/entity/guid/{column['guid']}/classification/{place.label} PII")
    address = concept(place, "Customer", "Email")
    [text, classification] = applied.plan().changes
    assert (text.action, text.address, text.reason) == ("update", address, "drift")
    assert (classification.action, classification.type.name) == ("create", "classification")
    assert applied.apply().complete
    assert place.terms()["Party_Customer_Email"]["longDescription"] == "Primary contact address."
    assert applied.actions() == []


def test_a_category_that_somebody_renamed_gets_its_name_back(applied: AtlasProject, place: Place) -> None:
    category = place.categories()["Customer"]
    place.call("PUT", f"/glossary/category/{category['guid']}", category | {"name": "Buyers"})
    assert ("rename", f"purview.category:{place.glossary}/Party/Customer") in applied.actions()
    assert applied.apply().complete
    assert set(place.categories()) == {"Party", "Customer"}
    assert applied.actions() == []


def test_an_asset_that_somebody_deleted_is_made_again(applied: AtlasProject, place: Place) -> None:
    """Atlas deletes softly: the entity still answers by its guid, and its name is free for a new one."""
    name = f"{place.names}.entity.Customer#customer.mail"
    column = place.entity(f"{place.types}column", name)
    assert column is not None
    place.call("DELETE", f"/entity/guid/{column['guid']}")
    assert place.call("GET", f"/entity/guid/{column['guid']}")["entity"]["status"] == "DELETED"
    made = [address for action, address in applied.actions() if action == "create"]
    assert f"purview.entity:{place.types}column/{name}" in made
    assert applied.apply().complete
    again = place.entity(f"{place.types}column", name)
    assert again is not None
    assert again["guid"] != column["guid"]
    assert meanings(again) == ["Party_Customer_Mail"]
    assert applied.actions() == []


def test_a_concept_is_renamed_with_all_that_is_below_it(applied: AtlasProject, place: Place) -> None:
    """The terms below keep their names, as Atlas keeps qualified names; the new category tells where they are."""
    before = place.terms()
    applied.edit("customer.yaml", "name: Customer\n    parent", "name: Client\n    moved_from: Customer\n    parent")
    renames = {address for action, address in applied.actions() if action == "rename"}
    assert renames == {concept(place, "Client"), f"purview.category:{place.glossary}/Party/Client"}
    applied.done()
    after = place.terms()
    assert after["Party_Client"]["guid"] == before["Party_Customer"]["guid"]
    assert after["Party_Customer_Email"]["guid"] == before["Party_Customer_Email"]["guid"]
    [category] = after["Party_Customer_Email"]["categories"]
    assert category["categoryGuid"] == place.categories()["Client"]["guid"]


def test_an_item_is_renamed(applied: AtlasProject, place: Place) -> None:
    guid = place.terms()["Party_Customer_Mail"]["guid"]
    applied.edit("customer.yaml", "{name: Mail, key: mail}", "{name: Post, key: mail, moved_from: Mail}")
    applied.edit("customer.yaml", "synonyms: [Mail]", "synonyms: [Post]")
    assert ("rename", concept(place, "Customer", "Post")) in applied.actions()
    assert applied.apply().complete
    assert place.terms()["Party_Customer_Post"]["guid"] == guid
    assert applied.actions() == []


def test_prune_removes_what_was_made_and_nothing_else(applied: AtlasProject, place: Place) -> None:
    home = {"anchor": {"glossaryGuid": place.glossary_guid()}}
    party = place.categories()["Party"]
    theirs = place.call(
        "POST", "/glossary/term", {"name": "Theirs", "categories": [{"categoryGuid": party["guid"]}]} | home
    )
    applied.write("customer.yaml", CUSTOMER.replace("    - {name: Mail, key: mail}\n", "").replace("[Mail]", "[]"))
    assert applied.apply(prune=True).complete
    assert "Party_Customer_Mail" not in place.terms()
    assert place.entity(f"{place.types}column", f"{place.names}.entity.Customer#customer.mail") is None
    applied.write("customer.yaml", OTHER)
    assert applied.apply(prune=True).complete
    assert set(place.terms()) == {"Other", "Theirs"}
    assert set(place.categories()) == {"Party"}, "others may use what stands above the concept"
    assert place.entity(f"{place.types}entity", f"{place.names}.entity.Customer") is None
    assert applied.actions(prune=True) == []
    place.call("DELETE", f"/glossary/term/{theirs['guid']}")
