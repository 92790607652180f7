"""The glossary of Apache Atlas, where un-assigning is a PUT."""

from __future__ import annotations

from typing import Any

import pytest

from .world import World


def get_all_glossaries(client: Any, w: World) -> None:
    assert [one["name"] for one in client.glossary.get_all_glossaries(limit=5)] == ["Sales"]


def get_glossary_by_guid(client: Any, w: World) -> None:
    found = client.glossary.get_glossary_by_guid(w.glossary)  # the client mistakes classifications for terms
    assert [one["categoryGuid"] for one in found.categories] == [w.party]


def get_glossary_ext_info(client: Any, w: World) -> None:
    assert set(client.glossary.get_glossary_ext_info(w.glossary).termInfo) == {w.customer, w.order}


def get_glossary_term(client: Any, w: World) -> None:
    assert client.glossary.get_glossary_term(w.customer).qualifiedName == "Customer@Sales"


def get_glossary_terms(client: Any, w: World) -> None:
    assert [one["name"] for one in client.glossary.get_glossary_terms(w.glossary)] == ["Customer", "Order"]


def get_glossary_term_headers(client: Any, w: World) -> None:
    found = client.glossary.get_glossary_term_headers(w.glossary, "ASC", 1, 1)
    assert [one["termGuid"] for one in found] == [w.order]


def get_glossary_category(client: Any, w: World) -> None:
    assert client.glossary.get_glossary_category(w.party).qualifiedName == "Party@Sales"


def get_glossary_categories(client: Any, w: World) -> None:
    assert [one["guid"] for one in client.glossary.get_glossary_categories(w.glossary, "ASC", 5, 0)] == [w.party]


def get_glossary_category_headers(client: Any, w: World) -> None:
    found = client.glossary.get_glossary_category_headers(w.glossary, "ASC", 5, 0)
    assert [one["categoryGuid"] for one in found] == [w.party]


def get_category_terms(client: Any, w: World) -> None:
    assert [one["termGuid"] for one in client.glossary.get_category_terms(w.party, "ASC", 5, 0)] == [w.customer]


def get_related_terms(client: Any, w: World) -> None:
    term = client.glossary.get_glossary_term(w.customer)
    term.seeAlso = [{"termGuid": w.order}]
    client.glossary.update_glossary_term_by_guid(w.customer, term)
    assert client.glossary.get_related_terms(w.customer, "ASC", 5, 0)["seeAlso"][0]["termGuid"] == w.order


def get_related_categories(client: Any, w: World) -> None:
    body = {"name": "People", "anchor": w.anchor, "parentCategory": {"categoryGuid": w.party}}
    made = client.glossary.create_glossary_category(w.words.AtlasGlossaryCategory(body))
    assert made.qualifiedName == "People.Party@Sales"
    assert client.glossary.get_related_categories(made.guid, "ASC", 5, 0)["parent"][0]["categoryGuid"] == w.party


def create_glossary(client: Any, w: World) -> None:
    assert client.glossary.create_glossary(w.words.AtlasGlossary({"name": "Finance"})).qualifiedName == "Finance"


def create_glossary_term(client: Any, w: World) -> None:
    assert client.glossary.create_glossary_term(w.new_term("Basket")).qualifiedName == "Basket@Sales"


def create_glossary_terms(client: Any, w: World) -> None:
    made = client.glossary.create_glossary_terms([w.new_term("Basket"), w.new_term("Coupon")])
    assert [one["name"] for one in made] == ["Basket", "Coupon"]


def create_glossary_category(client: Any, w: World) -> None:
    body = w.words.AtlasGlossaryCategory({"name": "Goods", "anchor": w.anchor})
    assert client.glossary.create_glossary_category(body).qualifiedName == "Goods@Sales"


def update_glossary_by_guid(client: Any, w: World) -> None:
    held = client.glossary.get_glossary_by_guid(w.glossary)
    held.usage = "Daily"
    assert client.glossary.update_glossary_by_guid(w.glossary, held).usage == "Daily"


def update_glossary_term_by_guid(client: Any, w: World) -> None:
    term = client.glossary.get_glossary_term(w.customer)
    term.longDescription = "Who buys"
    assert client.glossary.update_glossary_term_by_guid(w.customer, term).longDescription == "Who buys"


def partial_update_category_by_guid(client: Any, w: World) -> None:
    made = client.glossary.partial_update_category_by_guid(w.party, {"longDescription": "Who"})
    assert made.longDescription == "Who"


def delete_glossary_by_guid(client: Any, w: World) -> None:
    client.glossary.delete_glossary_by_guid(w.glossary)
    assert client.glossary.get_all_glossaries() == []


def delete_glossary_term_by_guid(client: Any, w: World) -> None:
    client.glossary.delete_glossary_term_by_guid(w.customer)
    with pytest.raises(Exception, match="ATLAS-404-00-005"):
        client.glossary.get_glossary_term(w.customer)


def delete_glossary_category_by_guid(client: Any, w: World) -> None:
    client.glossary.delete_glossary_category_by_guid(w.party)
    assert client.glossary.get_glossary_categories(w.glossary, "ASC", 5, 0) == []


def get_entities_assigned_with_term(client: Any, w: World) -> None:
    client.glossary.assign_term_to_entities(w.customer, [{"guid": w.a}])
    found = client.glossary.get_entities_assigned_with_term(w.customer, "ASC", 5, 0)
    assert [one["guid"] for one in found] == [w.a]


def assign_term_to_entities(client: Any, w: World) -> None:
    client.glossary.assign_term_to_entities(w.customer, [{"guid": w.a}])
    assert w.held(w.a).relationshipAttributes["meanings"][0]["guid"] == w.customer
    with pytest.raises(Exception, match="ATLAS-400-00-084"):
        client.glossary.delete_glossary_term_by_guid(w.customer)


def disassociate_term_from_entities(client: Any, w: World) -> None:
    client.glossary.assign_term_to_entities(w.customer, [{"guid": w.a}])
    relation = w.held(w.a).relationshipAttributes["meanings"][0]["relationshipGuid"]
    one = {"guid": w.a, "relationshipGuid": relation}
    client.glossary.disassociate_term_from_entities(w.customer, [one])
    assert not w.held(w.a).relationshipAttributes["meanings"]
