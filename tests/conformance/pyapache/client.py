"""The client itself: types, entities, classifications, lineage, and the older words for glossary calls."""

from __future__ import annotations

from typing import Any

import pytest

from ..tables import names_of
from .world import A, B, World


def delete_entity(client: Any, w: World) -> None:
    made = client.delete_entity(guid=[w.a, w.load])
    assert {one["guid"] for one in made["mutatedEntities"]["DELETE"]} == {w.a, w.load}
    client.delete_entity(qualifiedName=B, typeName="parcel")
    assert "entities" not in client.get_entity(qualifiedName=[A, B], typeName="parcel")


def delete_businessMetadata(client: Any, w: World) -> None:
    client.update_businessMetadata(w.a, {"operations": {"rota": "A"}})
    client.delete_businessMetadata(w.a, {"operations": {"rota": ""}})
    assert not w.held(w.a).get("businessAttributes")


def _copy(client: Any, w: World) -> str:
    ends = {"end1": {"guid": w.a}, "end2": {"guid": w.b}}
    return str(client.upload_relationship({"typeName": "parcel_copy", "attributes": {}} | ends)["guid"])


def upload_relationship(client: Any, w: World) -> None:
    assert _copy(client, w)
    assert w.held(w.a)["relationshipAttributes"]["copies"][0]["guid"] == w.b


def get_relationship(client: Any, w: World) -> None:
    assert client.get_relationship(_copy(client, w))["relationship"]["end1"]["guid"] == w.a


def delete_relationship(client: Any, w: World) -> None:
    guid = _copy(client, w)
    client.delete_relationship(guid)
    with pytest.raises(w.exception, match="ATLAS-404-00-00C"):
        client.get_relationship(guid)


def delete_type(client: Any, w: World) -> None:
    client.delete_type("Secret")
    with pytest.raises(w.exception, match="ATLAS-404-00-001"):
        client.get_typedef(name="Secret")


def delete_typedefs(client: Any, w: World) -> None:
    names = [w.typedef.ClassificationTypeDef(name) for name in ("PII", "Secret")]
    client.delete_typedefs(classificationDefs=names)
    assert not {"PII", "Secret"} & {one["name"] for one in client.get_all_typedefs()["classificationDefs"]}


def get_entity(client: Any, w: World) -> None:
    assert names_of(client.get_entity(guid=[w.a, w.b])["entities"]) == [A, B]
    found = client.get_entity(qualifiedName=[A, "warehouse://gone", B], typeName="parcel")
    assert names_of(found["entities"]) == [A, B]
    bare = client.get_entity(guid=w.a, ignoreRelationships=True, minExtInfo=True)["entities"][0]
    assert not bare.get("relationshipAttributes")


def get_single_entity(client: Any, w: World) -> None:
    found = client.get_single_entity(guid=w.a, ignoreRelationships=False)["entity"]
    assert found["relationshipAttributes"]["inputToProcesses"][0]["guid"] == w.load


def partial_update_entity(client: Any, w: World) -> None:
    client.partial_update_entity(guid=w.a, attributes={"description": "by id"})
    assert w.held(w.a)["attributes"]["description"] == "by id"
    client.partial_update_entity(typeName="parcel", qualifiedName=A, attributes={"description": "by name"})
    held = w.held(w.a)["attributes"]
    assert (held["description"], held["name"]) == ("by name", "a")


def classify_bulk_entities(client: Any, w: World) -> None:
    client.classify_bulk_entities([w.a, w.b], w.classification())
    assert w.classified(w.a) == w.classified(w.b) == ["PII"]


def classify_entity(client: Any, w: World) -> None:
    client.classify_entity(w.a, [w.classification()])
    both = [w.classification(), w.classification("Secret")]
    result = client.classify_entity(w.a, both, force_update=True)
    assert (result["adds"], result["updates"]) == (["Secret"], ["PII"])
    assert w.classified(w.a) == ["PII", "Secret"]


def declassify_entity(client: Any, w: World) -> None:
    client.classify_entity(w.a, [w.classification()])
    client.declassify_entity(w.a, "PII")
    assert w.classified(w.a) == []


def get_entity_classification(client: Any, w: World) -> None:
    client.classify_entity(w.a, [w.classification()])
    assert client.get_entity_classification(w.a, "PII")["entityGuid"] == w.a


def get_entity_classifications(client: Any, w: World) -> None:
    client.classify_entity(w.a, [w.classification()])
    assert [one["typeName"] for one in client.get_entity_classifications(w.a)["list"]] == ["PII"]


def get_entity_header(client: Any, w: World) -> None:
    assert client.get_entity_header(guid=w.a)["displayText"] == "a"


def get_all_typedefs(client: Any, w: World) -> None:
    found = client.get_all_typedefs()
    assert {"PII", "Secret"} <= {one["name"] for one in found["classificationDefs"]}
    assert "parcel_copy" in {one["name"] for one in found["relationshipDefs"]}


def get_typedef(client: Any, w: World) -> None:
    found = client.get_typedef(name="parcel")
    assert client.get_typedef(guid=found["guid"])["name"] == "parcel"
    assert client.get_typedef(w.typedef.TypeCategory.ENTITY, name="parcel")["superTypes"] == ["DataSet"]


def upload_typedefs(client: Any, w: World) -> None:
    colour = w.typedef.AtlasAttributeDef("colour", isOptional=True)
    size = w.typedef.AtlasAttributeDef("size", typeName="int")
    new = [w.typedef.EntityTypeDef("crate", superTypes=["DataSet"])]
    new.append(w.typedef.EntityTypeDef("parcel", superTypes=["DataSet"], attributeDefs=[size, colour]))
    client.upload_typedefs(entityDefs=new, force_update=True)
    assert [one["name"] for one in client.get_typedef(name="parcel")["attributeDefs"]] == ["size", "colour"]
    assert client.get_typedef(name="crate")["category"] == "ENTITY"


def upload_entities(client: Any, w: World) -> None:
    batch = [w.entity(f"n{number}", f"warehouse://n{number}", guid=-number) for number in range(1, 8)]
    results = client.upload_entities(batch, batch_size=3)
    assert sum(len(one["guidAssignments"]) for one in results) == 7


def get_entity_lineage(client: Any, w: World) -> None:
    found = client.get_entity_lineage(w.a, depth=3, width=10, includeParent=True)
    edges = {(one["fromEntityId"], one["toEntityId"]) for one in found["relations"]}
    assert edges == {(w.a, w.load), (w.load, w.b)}


def update_entity_labels(client: Any, w: World) -> None:
    client.update_entity_labels(["one"], guid=w.a)
    client.update_entity_labels(["two"], typeName="parcel", qualifiedName=A)
    assert sorted(w.held(w.a)["labels"]) == ["one", "two"]
    client.update_entity_labels(["three"], guid=w.a, force_update=True)
    assert w.held(w.a)["labels"] == ["three"]


def delete_entity_labels(client: Any, w: World) -> None:
    client.update_entity_labels(["one", "two"], guid=w.a)
    client.delete_entity_labels(["one"], typeName="parcel", qualifiedName=A)
    assert w.held(w.a)["labels"] == ["two"]


def update_entity_tags(client: Any, w: World) -> None:
    client.update_entity_tags(["one"], guid=w.a)
    assert w.held(w.a)["labels"] == ["one"]


def delete_entity_tags(client: Any, w: World) -> None:
    client.update_entity_tags(["one", "two"], guid=w.a)
    client.delete_entity_tags(["two"], guid=w.a)
    assert w.held(w.a)["labels"] == ["one"]


def update_businessMetadata(client: Any, w: World) -> None:
    client.update_businessMetadata(w.a, {"operations": {"rota": "A"}}, force_update=True)
    assert w.held(w.a)["businessAttributes"] == {"operations": {"rota": "A"}}


def search_entities(client: Any, w: World) -> None:
    found = client.search_entities("*", search_filter={"entityType": "parcel"}, limit=1)
    assert {one["qualifiedName"] for one in found} == {A, B}


def get_glossary(client: Any, w: World) -> None:
    assert client.get_glossary(guid=w.glossary, detailed=True)["termInfo"][w.party]["name"] == "Party"


def get_glossary_term(client: Any, w: World) -> None:
    assert client.get_glossary_term(name="Party")["guid"] == w.party


def assignTerm(client: Any, w: World) -> None:
    client.assignTerm([{"guid": w.a}], termName="Party")
    assert w.held(w.a)["meanings"][0]["termGuid"] == w.party


def get_termAssignedEntities(client: Any, w: World) -> None:
    client.assignTerm([{"guid": w.a}, {"guid": w.b}], termGuid=w.party)
    assert {one["guid"] for one in client.get_termAssignedEntities(termGuid=w.party)} == {w.a, w.b}


def delete_assignedTerm(client: Any, w: World) -> None:
    client.assignTerm([{"guid": w.a}], termGuid=w.party)
    relation = w.held(w.a)["meanings"][0]["relationGuid"]
    client.delete_assignedTerm([{"guid": w.a, "relationshipGuid": relation}], termGuid=w.party)
    assert not w.held(w.a).get("meanings")


def upload_term(client: Any, w: World) -> None:
    assert client.upload_term(w.term("Buyer"))["name"] == "Buyer"


def upload_terms(client: Any, w: World) -> None:
    made = client.upload_terms([w.term("Buyer"), w.term("Seller")])
    assert [one["name"] for one in made] == ["Buyer", "Seller"]
