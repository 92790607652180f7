"""A small warehouse, made through the client itself: types, tables with lineage, a glossary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TABLE = "warehouse_table"
EXTRACT = "warehouse://sales/orders"
REPORT = "warehouse://sales/revenue"
LOAD = "warehouse://jobs/load"

_APPLIES = '["DataSet"]'

TYPES: dict[str, Any] = {
    "enumDefs": [
        {"name": "warehouse_tier", "elementDefs": [{"value": "GOLD", "ordinal": 1}, {"value": "RAW", "ordinal": 2}]}
    ],
    "structDefs": [
        {"name": "warehouse_partition", "attributeDefs": [{"name": "by", "typeName": "string", "isOptional": True}]}
    ],
    "classificationDefs": [
        {
            "name": "Contoso.Personal data",
            "description": "Names a person",
            "attributeDefs": [{"name": "basis", "typeName": "string", "isOptional": True}],
        },
        {"name": "Contoso.Confidential"},
    ],
    "entityDefs": [
        {
            "name": TABLE,
            "superTypes": ["DataSet"],
            "attributeDefs": [
                {"name": "rows", "typeName": "long", "isOptional": True},
                {"name": "tier", "typeName": "warehouse_tier", "isOptional": True},
            ],
        }
    ],
    "relationshipDefs": [
        {
            "name": "warehouse_copy",
            "relationshipCategory": "ASSOCIATION",
            "attributeDefs": [{"name": "since", "typeName": "string", "isOptional": True}],
            "endDef1": {"type": TABLE, "name": "copies", "cardinality": "SET", "isContainer": False},
            "endDef2": {"type": TABLE, "name": "original", "cardinality": "SINGLE", "isContainer": False},
        }
    ],
    "businessMetadataDefs": [
        {
            "name": "operations",
            "attributeDefs": [
                {
                    "name": "rota",
                    "typeName": "string",
                    "isOptional": True,
                    "options": {"maxStrLength": "50", "applicableEntityTypes": _APPLIES},
                },
                {
                    "name": "hours",
                    "typeName": "int",
                    "isOptional": True,
                    "options": {"applicableEntityTypes": _APPLIES},
                },
            ],
        }
    ],
    "termTemplateDefs": [
        {"name": "Policy", "attributeDefs": [{"name": "article", "typeName": "string", "isOptional": True}]}
    ],
}


def table(name: str, **more: Any) -> dict[str, Any]:
    """A table by its qualified name."""
    return {"typeName": TABLE, "attributes": {"qualifiedName": name, "name": name.rpartition("/")[2], **more}}


@dataclass
class World:
    """The ids of everything."""

    client: Any
    types: dict[str, str] = field(default_factory=dict)
    root: str = "contoso-purview"
    collection: str = "staging"

    def __post_init__(self) -> None:
        made = self.client.type_definition.batch_create(TYPES)
        for kind in TYPES:
            self.types |= {one["name"]: one["guid"] for one in made.get(kind) or []}
        entities = [
            table(EXTRACT, rows=120, tier="GOLD") | {"guid": "-1"},
            table(REPORT, rows=12) | {"guid": "-2"},
            {
                "typeName": "Process",
                "guid": "-3",
                "attributes": {
                    "qualifiedName": LOAD,
                    "name": "load",
                    "inputs": [{"guid": "-1"}],
                    "outputs": [{"guid": "-2"}],
                },
            },
        ]
        guids = self.client.entity.batch_create_or_update({"entities": entities})["guidAssignments"]
        self.extract, self.report, self.load = guids["-1"], guids["-2"], guids["-3"]
        self.glossary = self.client.glossary.create({"name": "Sales", "longDescription": "Words of sales"})["guid"]
        self.customer = self.term("Customer", longDescription="Who buys")
        self.order = self.term("Order", longDescription="What was bought")
        self.party = self.category("Party")
        self.people = self.category("People", parentCategory={"categoryGuid": self.party})

    @property
    def anchor(self) -> dict[str, str]:
        """What terms and categories say of their glossary."""
        return {"glossaryGuid": self.glossary}

    def term(self, name: str, **more: Any) -> str:
        """A new term's id."""
        return str(self.client.glossary.create_term({"name": name, "anchor": self.anchor, **more})["guid"])

    def category(self, name: str, **more: Any) -> str:
        """A new category's id."""
        return str(self.client.glossary.create_category({"name": name, "anchor": self.anchor, **more})["guid"])

    def entity(self, guid: str) -> Any:
        """An entity as it is now."""
        return self.client.entity.get(guid)["entity"]

    def classified(self, guid: str) -> list[str]:
        """Names of an entity's classifications."""
        return sorted(one["typeName"] for one in self.entity(guid).get("classifications") or [])
