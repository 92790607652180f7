"""Entities of Apache Atlas: what is deleted stays readable until it is purged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..datamap.world import EXTRACT, REPORT, TABLE
from .world import World

NAMED = {"qualifiedName": EXTRACT}
PERSONAL = {"typeName": "Contoso.Personal data"}
SECRET = {"typeName": "Contoso.Confidential"}


def create_entity(client: Any, w: World) -> None:
    made = client.entity.create_entity(w.holder("warehouse://new"))
    ((temporary, guid),) = made.guidAssignments.items()
    assert int(temporary) < -1
    assert w.held(guid).attributes["name"] == "new"


def create_entities(client: Any, w: World) -> None:
    body = {"entities": [w.table("warehouse://n1", guid="-8"), w.table("warehouse://n2", guid="-9")]}
    made = client.entity.create_entities(w.instance.AtlasEntitiesWithExtInfo(body))
    assert sorted(made.guidAssignments) == ["-8", "-9"]


def update_entity(client: Any, w: World) -> None:
    holder = client.entity.get_entity_by_guid(w.a)
    holder.entity.attributes["rows"] = 3
    client.entity.update_entity(holder)
    assert w.held(w.a).attributes["rows"] == 3


def partial_update_entity_by_guid(client: Any, w: World) -> None:
    client.entity.partial_update_entity_by_guid(w.a, "Orders", "description")
    assert w.held(w.a).attributes["description"] == "Orders"


def get_entity_by_guid(client: Any, w: World) -> None:
    found = client.entity.get_entity_by_guid(w.a, min_ext_info=True, ignore_relationships=True).entity
    assert (found.typeName, found.status) == (TABLE, "ACTIVE")


def get_entity_by_attribute(client: Any, w: World) -> None:
    assert client.entity.get_entity_by_attribute(TABLE, NAMED).entity.guid == w.a


def get_entities_by_guids(client: Any, w: World) -> None:
    assert {one.guid for one in client.entity.get_entities_by_guids([w.a, w.b]).entities} == {w.a, w.b}


def get_entities_by_attribute(client: Any, w: World) -> None:
    found = client.entity.get_entities_by_attribute(TABLE, [NAMED, {"qualifiedName": REPORT}])
    assert {one.guid for one in found.entities} == {w.a, w.b}


def get_entity_header_by_guid(client: Any, w: World) -> None:
    assert client.entity.get_entity_header_by_guid(w.a).displayText == "orders"


def get_entity_header_by_attribute(client: Any, w: World) -> None:
    assert client.entity.get_entity_header_by_attribute(TABLE, NAMED).guid == w.a


def delete_entity_by_guid(client: Any, w: World) -> None:
    client.entity.delete_entity_by_guid(w.a)
    assert w.held(w.a).status == "DELETED"
    made = client.entity.create_entity(w.holder(EXTRACT))
    assert w.a not in made.guidAssignments.values(), "the name of a deleted entity is free"


def delete_entity_by_attribute(client: Any, w: World) -> None:
    client.entity.delete_entity_by_attribute(TABLE, NAMED)
    assert w.held(w.a).status == "DELETED"


def delete_entities_by_guids(client: Any, w: World) -> None:
    client.entity.delete_entities_by_guids([w.a, w.b])
    assert (w.held(w.a).status, w.held(w.b).status) == ("DELETED", "DELETED")


def purge_entities_by_guids(client: Any, w: World) -> None:
    client.entity.delete_entity_by_guid(w.a)
    client.entity.purge_entities_by_guids([w.a])
    with pytest.raises(Exception, match="ATLAS-404-00-005"):
        w.held(w.a)


def add_classification(client: Any, w: World) -> None:
    client.entity.add_classification({"classification": PERSONAL, "entityGuids": [w.a, w.b]})
    assert w.classified(w.b) == ["Contoso.Personal data"] * 2, "its own, and what spreads from what it is made of"


def add_classifications_by_guid(client: Any, w: World) -> None:
    client.entity.add_classifications_by_guid(w.a, [w.instance.AtlasClassification(PERSONAL)])
    assert w.classified(w.a) == ["Contoso.Personal data"]


def add_classifications_by_type(client: Any, w: World) -> None:
    client.entity.add_classifications_by_type(TABLE, NAMED, [PERSONAL])
    assert w.classified(w.a) == ["Contoso.Personal data"]


def get_classifications(client: Any, w: World) -> None:
    client.entity.add_classifications_by_guid(w.a, [PERSONAL, SECRET])
    assert len(client.entity.get_classifications(w.a)["list"]) == 2


def update_classifications(client: Any, w: World) -> None:
    client.entity.add_classifications_by_guid(w.a, [PERSONAL])
    client.entity.update_classifications(w.a, [PERSONAL | {"attributes": {"basis": "law"}}])
    assert w.held(w.a).classifications[0]["attributes"]["basis"] == "law"


def update_classifications_by_attr(client: Any, w: World) -> None:
    client.entity.add_classifications_by_guid(w.a, [PERSONAL])
    client.entity.update_classifications_by_attr(TABLE, NAMED, [PERSONAL | {"attributes": {"basis": "law"}}])
    assert w.held(w.a).classifications[0]["attributes"]["basis"] == "law"


def set_classifications(client: Any, w: World) -> None:
    client.entity.add_classifications_by_guid(w.a, [SECRET])
    header = {"guid": w.a, "typeName": TABLE, "attributes": NAMED, "classifications": [PERSONAL]}
    text = client.entity.set_classifications({"guidHeaderMap": {w.a: header}})
    assert "Delete:" in json.loads(text)[1]
    assert w.classified(w.a) == ["Contoso.Personal data"]


def delete_classification(client: Any, w: World) -> None:
    client.entity.add_classifications_by_guid(w.a, [PERSONAL, SECRET])
    client.entity.delete_classification(w.a, "Contoso.Personal data")
    assert w.classified(w.a) == ["Contoso.Confidential"]


def delete_classifications(client: Any, w: World) -> None:
    both = [w.instance.AtlasClassification(one) for one in (PERSONAL, SECRET)]
    client.entity.add_classifications_by_guid(w.a, both)
    client.entity.delete_classifications(w.a, both)
    assert w.classified(w.a) == []


def remove_classification(client: Any, w: World) -> None:
    client.entity.add_classifications_by_guid(w.a, [PERSONAL])
    client.entity.remove_classification(w.a, "Contoso.Personal data", w.a)
    assert w.classified(w.a) == []


def add_or_update_business_attributes(client: Any, w: World) -> None:
    client.entity.add_or_update_business_attributes(w.a, True, {"operations": {"rota": "A"}})
    assert w.held(w.a).businessAttributes == {"operations": {"rota": "A"}}


def add_or_update_business_attributes_bm_name(client: Any, w: World) -> None:
    client.entity.add_or_update_business_attributes_bm_name(w.a, "operations", {"hours": 8})
    assert w.held(w.a).businessAttributes == {"operations": {"hours": 8}}


def remove_business_attributes(client: Any, w: World) -> None:
    client.entity.add_or_update_business_attributes(w.a, False, {"operations": {"rota": "A", "hours": 8}})
    client.entity.remove_business_attributes(w.a, {"operations": {"rota": ""}})
    assert w.held(w.a).businessAttributes == {"operations": {"hours": 8}}


def remove_business_attributes_bm_name(client: Any, w: World) -> None:
    client.entity.add_or_update_business_attributes(w.a, False, {"operations": {"rota": "A", "hours": 8}})
    client.entity.remove_business_attributes_bm_name(w.a, "operations", {"hours": 8})
    assert w.held(w.a).businessAttributes == {"operations": {"rota": "A"}}


def add_labels_by_guid(client: Any, w: World) -> None:
    client.entity.add_labels_by_guid(w.a, ["daily"])
    client.entity.add_labels_by_guid(w.a, ["shop"])
    assert sorted(w.held(w.a).labels) == ["daily", "shop"]


def remove_labels_by_guid(client: Any, w: World) -> None:
    client.entity.add_labels_by_guid(w.a, ["daily", "shop"])
    client.entity.remove_labels_by_guid(w.a, ["shop"])
    assert w.held(w.a).labels == ["daily"]
