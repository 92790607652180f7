"""A small warehouse, made through pyapacheatlas."""

from __future__ import annotations

from typing import Any

from ..tables import need

A, B = "warehouse://a", "warehouse://b"


class World:
    """The client, its modules, and the ids of everything."""

    def __init__(self, url: str) -> None:
        self.core: Any = need("pyapacheatlas.core")
        self.typedef: Any = need("pyapacheatlas.core.typedef")
        self.words: Any = need("pyapacheatlas.core.glossary")
        signed = need("pyapacheatlas.auth").BasicAuthentication("user", "password")
        client = self.core.PurviewClient("contoso", authentication=signed)
        for part in (client, client.glossary, client.collections, client.discovery):
            part.endpoint_url = part.endpoint_url.replace("https://contoso.purview.azure.com", url)
        self.client, self.url = client, url
        self.exception: Any = need("pyapacheatlas.core.util").AtlasException
        self._fill()

    def _fill(self) -> None:
        kinds, client = self.typedef, self.client
        size = kinds.AtlasAttributeDef("size", typeName="int")
        rota = {"name": "rota", "typeName": "string", "options": {"maxStrLength": "50"}, "isOptional": True}
        rota["options"]["applicableEntityTypes"] = '["DataSet"]'
        client.upload_typedefs(
            entityDefs=[kinds.EntityTypeDef("parcel", superTypes=["DataSet"], attributeDefs=[size])],
            classificationDefs=[kinds.ClassificationTypeDef("PII"), kinds.ClassificationTypeDef("Secret")],
            relationshipDefs=[
                {
                    "category": "RELATIONSHIP",
                    "name": "parcel_copy",
                    "relationshipCategory": "ASSOCIATION",
                    "endDef1": {"type": "parcel", "name": "copies", "cardinality": "SET", "isContainer": False},
                    "endDef2": {"type": "parcel", "name": "source", "cardinality": "SINGLE", "isContainer": False},
                }
            ],
            businessMetadataDefs=[{"category": "BUSINESS_METADATA", "name": "operations", "attributeDefs": [rota]}],
        )
        a, b = self.entity("a", A, guid=-1), self.entity("b", B, guid=-2)
        load = self.core.AtlasProcess("load", "Process", "warehouse://load", inputs=[a], outputs=[b], guid=-3)
        guids = client.upload_entities([a, b, load])["guidAssignments"]
        self.a, self.b, self.load = (guids[key] for key in ("-1", "-2", "-3"))
        client._post_http(f"{self.url}/datamap/api/atlas/v2/glossary", json={"name": "Glossary"})
        self.glossary = client.glossary.get_glossary()["guid"]
        self.party = client.glossary.upload_term(self.term("Party"))["guid"]

    def entity(self, name: str, qualified: str, **more: Any) -> Any:
        """An entity of the warehouse's own type."""
        return self.core.AtlasEntity(name, "parcel", qualified, **more)

    def classification(self, name: str = "PII") -> Any:
        """A classification as the client writes it: with fields that Purview's model does not have."""
        return self.core.AtlasClassification(name)

    def term(self, name: str, status: str = "Approved") -> Any:
        """A term that is not yet there."""
        anchor = {"glossaryGuid": self.glossary}
        return self.words.PurviewGlossaryTerm(name=name, qualifiedName=f"{name}@Glossary", anchor=anchor, status=status)

    def held(self, guid: str) -> Any:
        """An entity as it is now."""
        return self.client.get_single_entity(guid=guid)["entity"]

    def classified(self, guid: str) -> list[str]:
        """Names of an entity's classifications."""
        return sorted(one["typeName"] for one in self.held(guid).get("classifications") or [])
