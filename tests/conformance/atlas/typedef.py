"""Type definitions."""

from __future__ import annotations

from typing import Any

from ..datamap.world import TABLE
from ..tables import need
from .world import World


def _all() -> Any:
    return need("apache_atlas.model.misc").SearchFilter({"params": {}})


def get_all_typedefs(client: Any, w: World) -> None:
    assert TABLE in {one["name"] for one in client.typedef.get_all_typedefs(_all()).entityDefs}


def get_all_typedef_headers(client: Any, w: World) -> None:
    client.typedef.get_all_typedef_headers(_all())


def type_with_guid_exists(client: Any, w: World) -> None:
    assert client.typedef.type_with_guid_exists(w.types[TABLE])
    assert not client.typedef.type_with_guid_exists("8f0f0d4e-0000-4000-8000-000000000000")


def type_with_name_exists(client: Any, w: World) -> None:
    assert client.typedef.type_with_name_exists(TABLE)
    assert not client.typedef.type_with_name_exists("nothing")


def get_enumdef_by_name(client: Any, w: World) -> None:
    assert client.typedef.get_enumdef_by_name("warehouse_tier").elementDefs[0]["value"] == "GOLD"


def get_classificationdef_by_name(client: Any, w: World) -> None:
    assert client.typedef.get_classificationdef_by_name("Contoso.Confidential").category == "CLASSIFICATION"


def get_Classificationdef_by_guid(client: Any, w: World) -> None:
    guid = w.types["Contoso.Confidential"]
    assert client.typedef.get_Classificationdef_by_guid(guid).name == "Contoso.Confidential"


def get_entitydef_by_name(client: Any, w: World) -> None:
    assert client.typedef.get_entitydef_by_name(TABLE).superTypes == ["DataSet"]


def get_entitydef_by_guid(client: Any, w: World) -> None:
    assert client.typedef.get_entitydef_by_guid(w.types[TABLE]).name == TABLE


def get_relationshipdef_by_name(client: Any, w: World) -> None:
    assert client.typedef.get_relationshipdef_by_name("warehouse_copy").endDef1["name"] == "copies"


def get_relationshipdef_by_guid(client: Any, w: World) -> None:
    assert client.typedef.get_relationshipdef_by_guid(w.types["warehouse_copy"]).name == "warehouse_copy"


def get_businessmetadatadef_by_name(client: Any, w: World) -> None:
    assert len(client.typedef.get_businessmetadatadef_by_name("operations").attributeDefs) == 2


def get_businessmetadatadef_by_guid(client: Any, w: World) -> None:
    assert client.typedef.get_businessmetadatadef_by_guid(w.types["operations"]).name == "operations"


def _public(w: World, **more: Any) -> Any:
    return w.typedef.AtlasTypesDef({"classificationDefs": [{"name": "Contoso.Public", **more}]})


def create_atlas_typedefs(client: Any, w: World) -> None:
    made = client.typedef.create_atlas_typedefs(_public(w))
    assert made.classificationDefs[0]["name"] == "Contoso.Public"


def update_atlas_typedefs(client: Any, w: World) -> None:
    client.typedef.create_atlas_typedefs(_public(w))
    client.typedef.update_atlas_typedefs(_public(w, description="For everybody"))
    assert client.typedef.get_classificationdef_by_name("Contoso.Public").description == "For everybody"


def delete_type_by_name(client: Any, w: World) -> None:
    client.typedef.delete_type_by_name("Contoso.Confidential")
    assert not client.typedef.type_with_name_exists("Contoso.Confidential")
