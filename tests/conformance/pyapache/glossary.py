"""Terms with hierarchy, assignment, and CSV in and out."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from .world import World


def get_glossaries(client: Any, w: World) -> None:
    found = client.glossary.get_glossaries(limit=10, ignoreTermsAndCategories=True)
    assert [one["name"] for one in found] == ["Glossary"]
    assert not found[0].get("terms")


def get_glossary(client: Any, w: World) -> None:
    assert client.glossary.get_glossary()["terms"][0]["termGuid"] == w.party
    assert client.glossary.get_glossary(guid=w.glossary, detailed=True)["termInfo"][w.party]["status"] == "Approved"


def get_term(client: Any, w: World) -> None:
    assert client.glossary.get_term(name="Party")["guid"] == w.party
    assert client.glossary.get_term(guid=w.party)["qualifiedName"] == "Party@Glossary"


def upload_term(client: Any, w: World) -> None:
    child = w.term("Buyer", status="Draft")
    child.add_hierarchy(parentFormalName="Party", parentGuid=w.party)
    child.add_expert("30435ff9-9b96-44af-a5a9-e05c8b1ae2df", "mornings")
    made = client.glossary.upload_term(child, includeTermHierarchy=True)
    assert (made["qualifiedName"], made["nickName"]) == ("Party_Buyer@Glossary", "Buyer")
    held = client.glossary.get_term(guid=made["guid"])
    assert held["parentTerm"]["termGuid"] == w.party
    assert held["contacts"]["Expert"][0]["info"] == "mornings"
    changed = {key: value for key, value in held.items() if key != "lastModifiedTS"}
    changed["longDescription"] = "Who buys"
    client.glossary.upload_term(changed, force_update=True, termGuid=made["guid"])
    assert client.glossary.get_term(guid=made["guid"])["longDescription"] == "Who buys"


def upload_terms(client: Any, w: World) -> None:
    made = client.glossary.upload_terms([w.term("Buyer"), w.term("Seller")])
    assert [one["qualifiedName"] for one in made] == ["Buyer@Glossary", "Seller@Glossary"]


def assignTerm(client: Any, w: World) -> None:
    client.glossary.assignTerm([{"guid": w.a}, {"guid": w.b}], termName="Party")
    assert w.held(w.b)["meanings"][0]["displayText"] == "Party"


def get_termAssignedEntities(client: Any, w: World) -> None:
    client.glossary.assignTerm([{"guid": w.a}, {"guid": w.b}], termGuid=w.party)
    assert {one["guid"] for one in client.glossary.get_termAssignedEntities(termGuid=w.party)} == {w.a, w.b}
    assert len(client.glossary.get_termAssignedEntities(termGuid=w.party, limit=1, offset=1)) == 1


def delete_assignedTerm(client: Any, w: World) -> None:
    client.glossary.assignTerm([{"guid": w.a}], termGuid=w.party)
    relation = client.glossary.get_termAssignedEntities(termGuid=w.party)[0]["relationshipGuid"]
    client.glossary.delete_assignedTerm([{"guid": w.a, "relationshipGuid": relation}], termGuid=w.party)
    assert client.glossary.get_termAssignedEntities(termGuid=w.party) == []


def delete_term(client: Any, w: World) -> None:
    assert client.glossary.delete_term(w.party)["guid"] == w.party
    with pytest.raises(w.exception, match="ATLAS-404-00-005"):
        client.glossary.get_term(guid=w.party)


def _import(client: Any, w: World) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "terms.csv"
        path.write_text("Name,Definition,Status\nBuyer,Who buys,Draft\nSeller,Who sells,Approved\n")
        return client.glossary.import_terms(str(path), glossary_guid=w.glossary)


def import_terms(client: Any, w: World) -> None:
    assert _import(client, w)["id"]
    assert client.glossary.get_term(name="Seller")["status"] == "Approved"


def import_terms_status(client: Any, w: World) -> None:
    found = client.glossary.import_terms_status(_import(client, w)["id"])
    assert found["status"].lower() in ("succeeded", "success")


def export_terms(client: Any, w: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "terms.csv"
        client.glossary.export_terms([w.party], str(path), glossary_guid=w.glossary)
        heading, row = path.read_text().splitlines()[:2]
    assert "Name" in heading
    assert "Party" in row
