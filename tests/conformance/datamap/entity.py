"""Entities: create, read, change, delete, classify, label, describe, move."""

from __future__ import annotations

from typing import Any

import pytest

from ..tables import names_of
from .world import EXTRACT, REPORT, TABLE, World, table

PERSONAL = {"typeName": "Contoso.Personal data", "attributes": {"basis": "contract"}}
CONFIDENTIAL = {"typeName": "Contoso.Confidential"}
BOTH = ["Contoso.Confidential", "Contoso.Personal data"]


def _gone(client: Any, guid: str) -> None:
    missing = pytest.importorskip("azure.core.exceptions").ResourceNotFoundError
    with pytest.raises(missing, match="ATLAS-404-00-005"):
        client.entity.get(guid)


def create_or_update(client: Any, w: World) -> None:
    made = client.entity.create_or_update(
        {"entity": table("warehouse://sales/returns")},
        business_attribute_update_behavior="merge",
        collection_id=w.root,
    )
    (guid,) = made["guidAssignments"].values()
    assert made["mutatedEntities"]["CREATE"][0]["guid"] == guid
    again = client.entity.create_or_update({"entity": table("warehouse://sales/returns", rows=3)})
    assert again["mutatedEntities"]["UPDATE"][0]["guid"] == guid
    assert (w.entity(guid)["collectionId"], w.entity(guid)["attributes"]["rows"]) == (w.root, 3)


def get_by_ids(client: Any, w: World) -> None:
    found = client.entity.get_by_ids(guid=[w.extract, w.report], min_ext_info=True, ignore_relationships=True)
    assert names_of(found["entities"]) == [EXTRACT, REPORT]
    assert not found["entities"][0].get("relationshipAttributes")


def batch_create_or_update(client: Any, w: World) -> None:
    rows = [table(f"warehouse://sales/part{number}") | {"guid": f"-{number}"} for number in range(10, 15)]
    made = client.entity.batch_create_or_update({"entities": rows}, collection_id=w.root)
    assert sorted(made["guidAssignments"]) == ["-10", "-11", "-12", "-13", "-14"]
    found = client.entity.get_by_ids(guid=list(made["guidAssignments"].values()))
    assert names_of(found["entities"]) == [row["attributes"]["qualifiedName"] for row in rows]


def batch_delete(client: Any, w: World) -> None:
    made = client.entity.batch_delete(guid=[w.load, w.report])
    assert sorted(one["guid"] for one in made["mutatedEntities"]["DELETE"]) == sorted([w.load, w.report])
    _gone(client, w.report)


def add_classification(client: Any, w: World) -> None:
    client.entity.add_classification({"classification": PERSONAL, "entityGuids": [w.extract, w.report]})
    assert w.classified(w.extract) == w.classified(w.report) == ["Contoso.Personal data"]


def get(client: Any, w: World) -> None:
    found = client.entity.get(w.extract, min_ext_info=True, ignore_relationships=False)["entity"]
    assert found["typeName"] == TABLE
    assert found["attributes"]["tier"] == "GOLD"
    assert found["relationshipAttributes"]["inputToProcesses"][0]["guid"] == w.load
    assert not client.entity.get(w.extract, ignore_relationships=True)["entity"].get("relationshipAttributes")


def update_attribute_by_id(client: Any, w: World) -> None:
    client.entity.update_attribute_by_id(w.extract, body="Orders of the shop", name="description")
    client.entity.update_attribute_by_id(w.extract, body=121, name="rows")
    held = w.entity(w.extract)["attributes"]
    assert (held["description"], held["rows"]) == ("Orders of the shop", 121)


def delete(client: Any, w: World) -> None:
    made = client.entity.delete(w.extract)
    assert made["mutatedEntities"]["DELETE"][0]["guid"] == w.extract
    _gone(client, w.extract)


def get_classification(client: Any, w: World) -> None:
    client.entity.add_classifications(w.extract, [PERSONAL])
    found = client.entity.get_classification(w.extract, "Contoso.Personal data")
    assert (found["attributes"]["basis"], found["entityGuid"]) == ("contract", w.extract)


def remove_classification(client: Any, w: World) -> None:
    client.entity.add_classifications(w.extract, [PERSONAL, CONFIDENTIAL])
    client.entity.remove_classification(w.extract, "Contoso.Personal data")
    assert w.classified(w.extract) == ["Contoso.Confidential"]


def get_classifications(client: Any, w: World) -> None:
    client.entity.add_classifications(w.extract, [PERSONAL, CONFIDENTIAL])
    found = client.entity.get_classifications(w.extract)
    assert sorted(one["typeName"] for one in found["list"]) == BOTH
    assert (found["totalCount"], found["startIndex"]) == (2, 0)


def add_classifications(client: Any, w: World) -> None:
    client.entity.add_classifications(w.extract, [PERSONAL])
    assert w.classified(w.extract) == ["Contoso.Personal data"]
    failure = pytest.importorskip("azure.core.exceptions").HttpResponseError
    with pytest.raises(failure, match="already associated"):
        client.entity.add_classifications(w.extract, [PERSONAL])


def update_classifications(client: Any, w: World) -> None:
    client.entity.add_classifications(w.extract, [PERSONAL])
    client.entity.update_classifications(w.extract, [PERSONAL | {"attributes": {"basis": "consent"}}])
    assert client.entity.get_classification(w.extract, "Contoso.Personal data")["attributes"]["basis"] == "consent"


def get_by_unique_attribute(client: Any, w: World) -> None:
    found = client.entity.get_by_unique_attribute(TABLE, attribute=EXTRACT, min_ext_info=True)
    assert found["entity"]["guid"] == w.extract


def update_by_unique_attribute(client: Any, w: World) -> None:
    made = client.entity.update_by_unique_attribute(TABLE, {"entity": table(EXTRACT, rows=7)}, attribute=EXTRACT)
    assert made["mutatedEntities"]["UPDATE"][0]["guid"] == w.extract
    assert w.entity(w.extract)["attributes"]["rows"] == 7


def delete_by_unique_attribute(client: Any, w: World) -> None:
    client.entity.delete_by_unique_attribute(TABLE, attribute=REPORT)
    _gone(client, w.report)


def remove_classification_by_unique_attribute(client: Any, w: World) -> None:
    client.entity.add_classifications(w.extract, [PERSONAL, CONFIDENTIAL])
    client.entity.remove_classification_by_unique_attribute(TABLE, "Contoso.Confidential", attribute=EXTRACT)
    assert w.classified(w.extract) == ["Contoso.Personal data"]


def add_classifications_by_unique_attribute(client: Any, w: World) -> None:
    client.entity.add_classifications_by_unique_attribute(TABLE, [PERSONAL, CONFIDENTIAL], attribute=EXTRACT)
    assert w.classified(w.extract) == BOTH


def update_classifications_unique_by_attribute(client: Any, w: World) -> None:
    client.entity.add_classifications(w.extract, [PERSONAL])
    changed = PERSONAL | {"attributes": {"basis": "law"}}
    client.entity.update_classifications_unique_by_attribute(TABLE, [changed], attribute=EXTRACT)
    assert w.entity(w.extract)["classifications"][0]["attributes"]["basis"] == "law"


def batch_set_classifications(client: Any, w: World) -> None:
    client.entity.add_classifications(w.extract, [CONFIDENTIAL])
    header = {
        "guid": w.extract,
        "typeName": TABLE,
        "attributes": {"qualifiedName": EXTRACT},
        "classifications": [PERSONAL],
    }
    lines = client.entity.batch_set_classifications({"guidHeaderMap": {w.extract: header}})
    assert any("Contoso.Personal data" in line and line.endswith("(Done)") for line in lines)
    assert w.classified(w.extract) == ["Contoso.Personal data"]


def batch_get_by_unique_attributes(client: Any, w: World) -> None:
    found = client.entity.batch_get_by_unique_attributes(
        TABLE, attr_n_qualified_name=EXTRACT, min_ext_info=True, ignore_relationships=True
    )
    assert [one["guid"] for one in found["entities"]] == [w.extract]


def get_header(client: Any, w: World) -> None:
    client.entity.add_classifications(w.extract, [PERSONAL])
    found = client.entity.get_header(w.extract)
    assert (found["displayText"], found["typeName"], found["status"]) == ("orders", TABLE, "ACTIVE")
    assert found["classificationNames"] == ["Contoso.Personal data"]


def remove_business_metadata(client: Any, w: World) -> None:
    client.entity.add_or_update_business_metadata(w.extract, {"operations": {"rota": "A", "hours": 8}})
    client.entity.remove_business_metadata(w.extract, {"operations": {"rota": ""}})
    assert w.entity(w.extract)["businessAttributes"] == {"operations": {"hours": 8}}


def add_or_update_business_metadata(client: Any, w: World) -> None:
    client.entity.add_or_update_business_metadata(w.extract, {"operations": {"rota": "A"}})
    client.entity.add_or_update_business_metadata(w.extract, {"operations": {"hours": 8}}, overwrite=False)
    assert w.entity(w.extract)["businessAttributes"] == {"operations": {"rota": "A", "hours": 8}}
    client.entity.add_or_update_business_metadata(w.extract, {"operations": {"hours": 9}}, overwrite=True)
    assert w.entity(w.extract)["businessAttributes"] == {"operations": {"hours": 9}}


def remove_business_metadata_attributes(client: Any, w: World) -> None:
    client.entity.add_or_update_business_metadata(w.extract, {"operations": {"rota": "A", "hours": 8}})
    client.entity.remove_business_metadata_attributes("operations", w.extract, {"hours": 8})
    assert w.entity(w.extract)["businessAttributes"] == {"operations": {"rota": "A"}}


def add_or_update_business_metadata_attributes(client: Any, w: World) -> None:
    client.entity.add_or_update_business_metadata_attributes("operations", w.extract, {"rota": "B"})
    client.entity.add_or_update_business_metadata_attributes("operations", w.extract, {"hours": 4})
    assert w.entity(w.extract)["businessAttributes"] == {"operations": {"rota": "B", "hours": 4}}


def get_business_metadata_template(client: Any, w: World) -> None:
    text = b"".join(client.entity.get_business_metadata_template()).decode()
    assert text.startswith("TypeName,UniqueAttributeValue,BusinessAttributeName,BusinessAttributeValue")


def import_business_metadata(client: Any, w: World) -> None:
    heading = b"".join(client.entity.get_business_metadata_template()).decode()
    text = f"{heading}{TABLE},{EXTRACT},operations.rota,C\n{TABLE},nowhere,operations.rota,C\n"
    made = client.entity.import_business_metadata({"file": ("rota.csv", text.encode())})
    assert [one["importStatus"] for one in made["successImportInfoList"]] == ["SUCCESS"]
    assert "nowhere" in made["failedImportInfoList"][0]["remarks"]
    assert w.entity(w.extract)["businessAttributes"] == {"operations": {"rota": "C"}}


def set_labels(client: Any, w: World) -> None:
    client.entity.set_labels(w.extract, ["daily", "shop"])
    client.entity.set_labels(w.extract, ["daily"])
    assert w.entity(w.extract)["labels"] == ["daily"]


def add_label(client: Any, w: World) -> None:
    client.entity.set_labels(w.extract, ["daily"])
    client.entity.add_label(w.extract, ["shop"])
    assert sorted(w.entity(w.extract)["labels"]) == ["daily", "shop"]


def remove_labels(client: Any, w: World) -> None:
    client.entity.set_labels(w.extract, ["daily", "shop"])
    client.entity.remove_labels(w.extract, ["shop"])
    assert w.entity(w.extract)["labels"] == ["daily"]


def set_labels_by_unique_attribute(client: Any, w: World) -> None:
    client.entity.set_labels_by_unique_attribute(TABLE, ["daily"], attribute=EXTRACT)
    assert w.entity(w.extract)["labels"] == ["daily"]


def add_labels_by_unique_attribute(client: Any, w: World) -> None:
    client.entity.set_labels(w.extract, ["daily"])
    client.entity.add_labels_by_unique_attribute(TABLE, ["shop"], attribute=EXTRACT)
    assert sorted(w.entity(w.extract)["labels"]) == ["daily", "shop"]


def remove_labels_by_unique_attribute(client: Any, w: World) -> None:
    client.entity.set_labels(w.extract, ["daily", "shop"])
    client.entity.remove_labels_by_unique_attribute(TABLE, ["daily"], attribute=EXTRACT)
    assert w.entity(w.extract)["labels"] == ["shop"]


def move_entities_to_collection(client: Any, w: World) -> None:
    made = client.entity.move_entities_to_collection({"entityGuids": [w.extract]}, collection_id=w.collection)
    assert made["mutatedEntities"]["UPDATE"][0]["guid"] == w.extract
    assert w.entity(w.extract)["collectionId"] == w.collection
    assert w.entity(w.report)["collectionId"] == w.root
