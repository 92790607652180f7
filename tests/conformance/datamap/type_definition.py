"""Type definitions, one by one and together."""

from __future__ import annotations

from typing import Any

import pytest

from .world import TABLE, World


def get_business_metadata_by_id(client: Any, w: World) -> None:
    found = client.type_definition.get_business_metadata_by_id(w.types["operations"])
    assert [one["name"] for one in found["attributeDefs"]] == ["rota", "hours"]


def get_business_metadata_by_name(client: Any, w: World) -> None:
    found = client.type_definition.get_business_metadata_by_name("operations")
    assert (found["guid"], found["category"]) == (w.types["operations"], "BUSINESS_METADATA")


def get_classification_by_id(client: Any, w: World) -> None:
    found = client.type_definition.get_classification_by_id(w.types["Contoso.Personal data"])
    assert found["attributeDefs"][0]["name"] == "basis"


def get_classification_by_name(client: Any, w: World) -> None:
    found = client.type_definition.get_classification_by_name("Contoso.Personal data")
    assert (found["description"], found["category"]) == ("Names a person", "CLASSIFICATION")


def get_entity_by_id(client: Any, w: World) -> None:
    assert client.type_definition.get_entity_by_id(w.types[TABLE])["superTypes"] == ["DataSet"]


def get_entity_by_name(client: Any, w: World) -> None:
    found = client.type_definition.get_entity_by_name(TABLE)
    assert {one["name"]: one["typeName"] for one in found["attributeDefs"]} == {
        "rows": "long",
        "tier": "warehouse_tier",
    }
    ends = {one["name"]: one["relationshipTypeName"] for one in found["relationshipAttributeDefs"]}
    assert ends["copies"] == "warehouse_copy"
    assert TABLE in client.type_definition.get_entity_by_name("DataSet")["subTypes"]


def get_enum_by_id(client: Any, w: World) -> None:
    found = client.type_definition.get_enum_by_id(w.types["warehouse_tier"])
    assert [one["value"] for one in found["elementDefs"]] == ["GOLD", "RAW"]


def get_enum_by_name(client: Any, w: World) -> None:
    found = client.type_definition.get_enum_by_name("warehouse_tier")
    assert [one["ordinal"] for one in found["elementDefs"]] == [1, 2]


def get_relationship_by_id(client: Any, w: World) -> None:
    found = client.type_definition.get_relationship_by_id(w.types["warehouse_copy"])
    assert found["endDef2"]["name"] == "original"


def get_relationship_by_name(client: Any, w: World) -> None:
    found = client.type_definition.get_relationship_by_name("warehouse_copy")
    assert (found["relationshipCategory"], found["endDef1"]["type"]) == ("ASSOCIATION", TABLE)


def get_struct_by_id(client: Any, w: World) -> None:
    assert client.type_definition.get_struct_by_id(w.types["warehouse_partition"])["name"] == "warehouse_partition"


def get_struct_by_name(client: Any, w: World) -> None:
    found = client.type_definition.get_struct_by_name("warehouse_partition")
    assert (found["category"], found["attributeDefs"][0]["name"]) == ("STRUCT", "by")


def get_by_id(client: Any, w: World) -> None:
    for name, guid in w.types.items():
        if name != "Policy":  # templates have a reader of their own
            assert client.type_definition.get_by_id(guid)["name"] == name


def get_by_name(client: Any, w: World) -> None:
    assert client.type_definition.get_by_name(TABLE)["category"] == "ENTITY"
    missing = pytest.importorskip("azure.core.exceptions").ResourceNotFoundError
    with pytest.raises(missing, match="ATLAS-404-00-001"):
        client.type_definition.get_by_name("nothing")


def delete(client: Any, w: World) -> None:
    client.type_definition.delete("Contoso.Confidential")
    missing = pytest.importorskip("azure.core.exceptions").ResourceNotFoundError
    with pytest.raises(missing):
        client.type_definition.get_by_name("Contoso.Confidential")
    taken = pytest.importorskip("azure.core.exceptions").ResourceExistsError
    with pytest.raises(taken, match="ATLAS-409-00-002"):  # instances are looked at first, as Apache Atlas does
        client.type_definition.delete(TABLE)
    ends = [
        {"type": "warehouse_bin", "name": name, "isContainer": False, "cardinality": "SET"} for name in ("next", "last")
    ]
    relation = {"name": "warehouse_order", "relationshipCategory": "ASSOCIATION", "propagateTags": "NONE"}
    relation |= {"endDef1": ends[0], "endDef2": ends[1]}
    kind = {"name": "warehouse_bin", "superTypes": ["DataSet"]}
    client.type_definition.batch_create({"entityDefs": [kind], "relationshipDefs": [relation]})
    with pytest.raises(taken, match="ATLAS-409-00-005"):
        client.type_definition.delete("warehouse_bin")
    client.type_definition.delete("warehouse_order")
    client.type_definition.delete("warehouse_bin")


def get(client: Any, w: World) -> None:
    found = client.type_definition.get(include_term_template=True, type="CLASSIFICATION")
    assert {"Contoso.Personal data", "Contoso.Confidential"} <= {one["name"] for one in found["classificationDefs"]}
    assert not found.get("entityDefs")
    whole = client.type_definition.get(include_term_template=True)
    assert "Policy" in {one["name"] for one in whole["termTemplateDefs"]}
    assert not client.type_definition.get().get("termTemplateDefs")


def batch_create(client: Any, w: World) -> None:
    made = client.type_definition.batch_create({"classificationDefs": [{"name": "Contoso.Public"}]})
    assert made["classificationDefs"][0]["category"] == "CLASSIFICATION"
    assert client.type_definition.get_by_name("Contoso.Public")["guid"] == made["classificationDefs"][0]["guid"]


def batch_update(client: Any, w: World) -> None:
    held = client.type_definition.get_entity_by_name(TABLE).as_dict()
    held["attributeDefs"].append({"name": "owner_team", "typeName": "string", "isOptional": True})
    client.type_definition.batch_update({"entityDefs": [held]})
    names = [one["name"] for one in client.type_definition.get_entity_by_name(TABLE)["attributeDefs"]]
    assert names == ["rows", "tier", "owner_team"]


def batch_delete(client: Any, w: World) -> None:
    names = ("Contoso.Personal data", "Contoso.Confidential")
    client.type_definition.batch_delete({"classificationDefs": [{"name": name} for name in names]})
    left = client.type_definition.get_headers(type="CLASSIFICATION")
    assert not {one["name"] for one in left} & set(names)


def get_headers(client: Any, w: World) -> None:
    found = {one["name"]: one for one in client.type_definition.get_headers(include_term_template=True)}
    assert (found[TABLE]["category"], found[TABLE]["guid"]) == ("ENTITY", w.types[TABLE])
    assert found["Policy"]["category"] == "TERM_TEMPLATE"
    only = client.type_definition.get_headers(type="ENUM")
    assert {one["category"] for one in only} == {"ENUM"}


def get_term_template_by_id(client: Any, w: World) -> None:
    assert client.type_definition.get_term_template_by_id(w.types["Policy"])["name"] == "Policy"


def get_term_template_by_name(client: Any, w: World) -> None:
    found = client.type_definition.get_term_template_by_name("Policy")
    assert (found["category"], found["attributeDefs"][0]["name"]) == ("TERM_TEMPLATE", "article")
