"""A small warehouse in a sandbox that behaves as Apache Atlas."""

from __future__ import annotations

from typing import Any

from ..datamap.world import EXTRACT, LOAD, REPORT, TABLE, TYPES
from ..tables import need


class World:
    """The client, its models, and the ids of everything."""

    def __init__(self, url: str) -> None:
        self.client: Any = need("apache_atlas.client.base_client").AtlasClient(url, ("admin", "admin"))
        self.instance: Any = need("apache_atlas.model.instance")
        self.words: Any = need("apache_atlas.model.glossary")
        self.typedef: Any = need("apache_atlas.model.typedef")
        kinds = {key: value for key, value in TYPES.items() if key != "termTemplateDefs"}
        made = self.client.typedef.create_atlas_typedefs(self.typedef.AtlasTypesDef(kinds))
        self.types = {one["name"]: one["guid"] for key in kinds for one in made[key] or []}
        a, b = self.table(EXTRACT, guid="-1"), self.table(REPORT, guid="-2")
        ends = {"inputs": [{"guid": "-1"}], "outputs": [{"guid": "-2"}]}
        load = {"typeName": "Process", "guid": "-3", "attributes": {"qualifiedName": LOAD, "name": "load", **ends}}
        body = self.instance.AtlasEntitiesWithExtInfo({"entities": [a, b, load]})
        guids = self.client.entity.create_entities(body).guidAssignments
        self.a, self.b, self.load = guids["-1"], guids["-2"], guids["-3"]
        self.glossary = self.client.glossary.create_glossary(self.words.AtlasGlossary({"name": "Sales"})).guid
        self.customer, self.order = self.term("Customer"), self.term("Order")
        body = {"name": "Party", "anchor": self.anchor, "terms": [{"termGuid": self.customer}]}
        self.party = self.client.glossary.create_glossary_category(self.words.AtlasGlossaryCategory(body)).guid

    @property
    def anchor(self) -> Any:
        """What terms say of their glossary."""
        return {"glossaryGuid": self.glossary}

    def table(self, name: str, **more: Any) -> dict[str, Any]:
        """A table by its qualified name."""
        return {"typeName": TABLE, "attributes": {"qualifiedName": name, "name": name.rpartition("/")[2]}, **more}

    def holder(self, name: str, **more: Any) -> Any:
        """A table as the client posts it, with a temporary id of the client's making."""
        entity = self.instance.AtlasEntity(self.table(name, **more))
        return self.instance.AtlasEntityWithExtInfo({"entity": entity})

    def new_term(self, name: str) -> Any:
        """A term that is not yet there; the client adds a temporary id and a null for every other field."""
        return self.words.AtlasGlossaryTerm({"name": name, "anchor": self.anchor})

    def term(self, name: str) -> str:
        """A new term's id."""
        return str(self.client.glossary.create_glossary_term(self.new_term(name)).guid)

    def held(self, guid: str) -> Any:
        """An entity as it is now."""
        return self.client.entity.get_entity_by_guid(guid).entity

    def classified(self, guid: str) -> list[str]:
        """Names of an entity's classifications."""
        return sorted(one["typeName"] for one in self.held(guid).classifications or [])
