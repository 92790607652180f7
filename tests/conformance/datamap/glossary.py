"""Glossaries, categories, terms, and terms on entities."""

from __future__ import annotations

from typing import Any

import pytest

from .world import World


def _missing() -> type[Exception]:
    return pytest.importorskip("azure.core.exceptions").ResourceNotFoundError  # type: ignore[no-any-return]


def _names(found: Any) -> list[str]:
    return [one["name"] for one in found]


def _texts(found: Any) -> list[str]:
    return [one["displayText"] for one in found]


def batch_get(client: Any, w: World) -> None:
    client.glossary.create({"name": "Finance"})
    full = {one["name"]: one for one in client.glossary.batch_get()}
    assert sorted(_texts(full["Sales"]["terms"])) == ["Customer", "Order"]
    bare = client.glossary.batch_get(limit=10, offset=0, sort="ASC", ignore_terms_and_categories=True)
    assert _names(bare) == sorted(_names(bare))
    assert not any(one.get("terms") or one.get("categories") for one in bare)
    assert len(client.glossary.batch_get(limit=1, offset=1)) == 1


def create(client: Any, w: World) -> None:
    made = client.glossary.create({"name": "Finance", "usage": "Everywhere", "language": "English"})
    assert (made["qualifiedName"], made["usage"]) == ("Finance", "Everywhere")
    taken = pytest.importorskip("azure.core.exceptions").ResourceExistsError
    with pytest.raises(taken):
        client.glossary.create({"name": "Finance"})


def create_categories(client: Any, w: World) -> None:
    made = client.glossary.create_categories([{"name": name, "anchor": w.anchor} for name in ("Goods", "Places")])
    assert [one["qualifiedName"] for one in made] == ["Goods@Sales", "Places@Sales"]


def create_category(client: Any, w: World) -> None:
    body = {"name": "Staff", "anchor": w.anchor, "parentCategory": {"categoryGuid": w.people}}
    made = client.glossary.create_category(body)
    assert made["qualifiedName"] == "Staff.People.Party@Sales"
    assert made["parentCategory"]["categoryGuid"] == w.people


def get_category(client: Any, w: World) -> None:
    found = client.glossary.get_category(w.people)
    assert (found["name"], found["anchor"]["glossaryGuid"]) == ("People", w.glossary)
    assert found["parentCategory"]["categoryGuid"] == w.party


def update_category(client: Any, w: World) -> None:
    body = {"name": "Party", "anchor": w.anchor, "terms": [{"termGuid": w.customer}], "longDescription": "Who"}
    made = client.glossary.update_category(w.party, body)
    assert (made["longDescription"], made["terms"][0]["termGuid"]) == ("Who", w.customer)


def delete_category(client: Any, w: World) -> None:
    client.glossary.delete_category(w.people)
    with pytest.raises(_missing()):
        client.glossary.get_category(w.people)
    assert client.glossary.get_category(w.party)["name"] == "Party"


def partial_update_category(client: Any, w: World) -> None:
    made = client.glossary.partial_update_category(w.party, {"shortDescription": "Who", "longDescription": "Whoever"})
    assert (made["shortDescription"], made["longDescription"], made["name"]) == ("Who", "Whoever", "Party")


def get_related_categories(client: Any, w: World) -> None:
    above = client.glossary.get_related_categories(w.people, limit=10, offset=0, sort="ASC")
    assert above["parent"][0]["categoryGuid"] == w.party
    below = client.glossary.get_related_categories(w.party)
    assert below["children"][0]["categoryGuid"] == w.people


def get_category_terms(client: Any, w: World) -> None:
    terms = [{"termGuid": w.customer}, {"termGuid": w.order}]
    client.glossary.update_category(w.party, {"name": "Party", "anchor": w.anchor, "terms": terms})
    found = client.glossary.get_category_terms(w.party, limit=10, offset=0, sort="ASC")
    assert sorted(_texts(found)) == ["Customer", "Order"]
    assert len(client.glossary.get_category_terms(w.party, limit=1, offset=1)) == 1


def create_term(client: Any, w: World) -> None:
    body = {
        "name": "Buyer",
        "anchor": w.anchor,
        "parentTerm": {"termGuid": w.customer},
        "status": "Approved",
        "abbreviation": "BY",
        "examples": ["Ada"],
        "templateName": ["Policy"],
        "attributes": {"Policy": {"article": "6"}},
        "resources": [{"displayName": "Rules", "url": "https://example.com/rules"}],
        "contacts": {"Expert": [{"id": "30435ff9-9b96-44af-a5a9-e05c8b1ae2df", "info": "mornings"}]},
        "synonyms": [{"termGuid": w.order}],
    }
    made = client.glossary.create_term(body, include_term_hierarchy=True)
    assert (made["qualifiedName"], made["nickName"]) == ("Customer_Buyer@Sales", "Buyer")
    found = client.glossary.get_term(made["guid"])
    assert found["attributes"] == {"Policy": {"article": "6"}}
    assert found["contacts"]["Expert"][0]["info"] == "mornings"
    assert found["resources"][0]["url"] == "https://example.com/rules"
    assert found["synonyms"][0]["termGuid"] == w.order


def get_term(client: Any, w: World) -> None:
    found = client.glossary.get_term(w.customer)
    assert (found["name"], found["qualifiedName"]) == ("Customer", "Customer@Sales")
    assert found["anchor"]["glossaryGuid"] == w.glossary


def update_term(client: Any, w: World) -> None:
    held = client.glossary.get_term(w.customer)
    held["longDescription"] = "Whoever bought once"
    held["seeAlso"] = [{"termGuid": w.order}]
    stale = pytest.importorskip("azure.core.exceptions").HttpResponseError
    with pytest.raises(stale, match="PreConditionCheckFailed"):
        client.glossary.update_term(w.customer, held)
    held["lastModifiedTS"] = str(int(held["lastModifiedTS"]) + 1)
    made = client.glossary.update_term(w.customer, held, include_term_hierarchy=True)
    assert made["longDescription"] == "Whoever bought once"
    assert client.glossary.get_term(w.order)["seeAlso"][0]["termGuid"] == w.customer


def delete_term(client: Any, w: World) -> None:
    client.glossary.delete_term(w.customer)
    with pytest.raises(_missing()):
        client.glossary.get_term(w.customer)


def partial_update_term(client: Any, w: World) -> None:
    body = {"status": "Approved", "abbreviation": "CU", "usage": "Always", "longDescription": "Who buys again"}
    made = client.glossary.partial_update_term(w.customer, body, include_term_hierarchy=True)
    assert {key: made[key] for key in body} == body
    assert made["name"] == "Customer"


def create_terms(client: Any, w: World) -> None:
    rows = [{"name": name, "anchor": w.anchor} for name in ("Basket", "Coupon")]
    assert _names(client.glossary.create_terms(rows, include_term_hierarchy=True)) == ["Basket", "Coupon"]
    with pytest.raises(Exception, match="Coupon"):
        client.glossary.create_terms([{"name": "Discount", "anchor": w.anchor}, rows[1]])
    assert "Discount" not in _names(client.glossary.get_terms(w.glossary))


def get_entities_assigned_with_term(client: Any, w: World) -> None:
    client.glossary.assign_term_to_entities(w.customer, [{"guid": w.extract}, {"guid": w.report}])
    found = client.glossary.get_entities_assigned_with_term(w.customer, limit=10, offset=0, sort="ASC")
    assert {one["guid"] for one in found} == {w.extract, w.report}
    assert {one["relationshipType"] for one in found} == {"AtlasGlossarySemanticAssignment"}
    assert len(client.glossary.get_entities_assigned_with_term(w.customer, limit=1)) == 1


def assign_term_to_entities(client: Any, w: World) -> None:
    client.glossary.assign_term_to_entities(w.customer, [{"guid": w.extract}])
    (meaning,) = w.entity(w.extract)["meanings"]
    assert (meaning["termGuid"], meaning["displayText"]) == (w.customer, "Customer")


def delete_term_assignment_from_entities(client: Any, w: World) -> None:
    client.glossary.assign_term_to_entities(w.customer, [{"guid": w.extract}, {"guid": w.report}])
    relation = w.entity(w.extract)["meanings"][0]["relationGuid"]
    one = {"guid": w.extract, "relationshipGuid": relation}
    client.glossary.delete_term_assignment_from_entities(w.customer, [one])
    assert not w.entity(w.extract).get("meanings")
    assert w.entity(w.report)["meanings"]


def get_related_terms(client: Any, w: World) -> None:
    client.glossary.update_term(w.customer, {"name": "Customer", "anchor": w.anchor, "isA": [{"termGuid": w.order}]})
    found = client.glossary.get_related_terms(w.customer, limit=10, offset=0, sort="ASC")
    assert found["isA"][0]["termGuid"] == w.order
    assert client.glossary.get_related_terms(w.order)["classifies"][0]["termGuid"] == w.customer


def get(client: Any, w: World) -> None:
    found = client.glossary.get(w.glossary)
    assert (found["name"], found["longDescription"]) == ("Sales", "Words of sales")
    assert {one["termGuid"] for one in found["terms"]} == {w.customer, w.order}
    assert {one["categoryGuid"] for one in found["categories"]} == {w.party, w.people}


def update(client: Any, w: World) -> None:
    body = {"name": "Sales", "usage": "In the shop", "longDescription": "Words"}
    made = client.glossary.update(w.glossary, body, ignore_terms_and_categories=True)
    assert (made["usage"], made["longDescription"]) == ("In the shop", "Words")
    assert len(client.glossary.get(w.glossary)["terms"]) == 2


def delete(client: Any, w: World) -> None:
    client.glossary.delete(w.glossary)
    with pytest.raises(_missing()):
        client.glossary.get(w.glossary)
    with pytest.raises(_missing()):
        client.glossary.get_term(w.customer)


def get_categories(client: Any, w: World) -> None:
    found = client.glossary.get_categories(w.glossary, limit=10, offset=0, sort="ASC")
    assert _names(found) == ["Party", "People"]
    assert len(client.glossary.get_categories(w.glossary, limit=1)) == 1


def get_categories_headers(client: Any, w: World) -> None:
    found = client.glossary.get_categories_headers(w.glossary, limit=10, offset=0, sort="ASC")
    assert {one["categoryGuid"]: one["displayText"] for one in found} == {w.party: "Party", w.people: "People"}


def get_detailed(client: Any, w: World) -> None:
    found = client.glossary.get_detailed(w.glossary)
    assert set(found["termInfo"]) == {w.customer, w.order}
    assert set(found["categoryInfo"]) == {w.party, w.people}
    assert found["termInfo"][w.customer]["longDescription"] == "Who buys"


def partial_update(client: Any, w: World) -> None:
    body = {"shortDescription": "Sales words", "usage": "Daily"}
    made = client.glossary.partial_update(w.glossary, body, ignore_terms_and_categories=True)
    assert (made["shortDescription"], made["usage"], made["name"]) == ("Sales words", "Daily", "Sales")


def get_terms(client: Any, w: World) -> None:
    assert _names(client.glossary.get_terms(w.glossary, limit=10, offset=0, sort="ASC")) == ["Customer", "Order"]
    assert _names(client.glossary.get_terms(w.glossary, limit=1, offset=1, sort="ASC")) == ["Order"]


def get_term_headers(client: Any, w: World) -> None:
    found = client.glossary.get_term_headers(w.glossary, limit=10, offset=0, sort="ASC")
    assert {one["termGuid"]: one["displayText"] for one in found} == {w.customer: "Customer", w.order: "Order"}
