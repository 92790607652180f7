"""The estate of Contoso: a lake, a database, two glossaries, and people who keep them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ADA = "30435ff9-9b96-44af-a5a9-e05c8b1ae2df"
SALES_OPS = "7c0e5d0e-2f0b-4a0e-8a39-0a3f6f2b9a11"
GRACE = "c2a4b0de-6c5f-4f0e-9d57-6a1c1a7a3b21"

LAKE = "https://contosolake.dfs.core.windows.net"
SQL = "mssql://contoso-sql.database.windows.net"
RAW, MDM, CLUEDIN = "1lfhuf", "9vsaza", "k3p0xd"
"""Names of the collections Raw, MDM and MDM/CluedIn: the portal draws six characters."""

Doc = dict[str, Any]

_CONTACTS = {
    "id": (),
    "email": ("MICROSOFT.PERSONAL.EMAIL",),
    "full_name": ("MICROSOFT.PERSONAL.NAME",),
    "updated_at": (),
    "account_id": (),
    "segment": (),
    "crm_notes": (),
}
_ACCOUNTS = {
    "account_id": (),
    "name": (),
    "country": ("MICROSOFT.MISCELLANEOUS.COUNTRY_OR_REGION",),
    "owner": (),
}
_ORDERS = {"order_id": (), "customer_id": (), "amount": (), "ordered_at": ()}
_TABLES: dict[str, dict[str, str]] = {
    "invoices": {"invoice_id": "int", "account_id": "nvarchar", "amount": "decimal", "issued_on": "date"},
    "payments": {"payment_id": "int", "invoice_id": "int", "iban": "nvarchar", "paid_at": "datetime2"},
}


class _Estate:
    """Collects entities with temporary guids."""

    def __init__(self) -> None:
        self.entities: list[Doc] = []

    def add(self, type_name: str, qualified_name: str, name: str, **more: Any) -> str:
        guid = f"-{len(self.entities) + 1}"
        attributes = {"qualifiedName": qualified_name, "name": name} | more.pop("attributes", {})
        entity = {"typeName": type_name, "guid": guid, "attributes": attributes, "collectionId": RAW}
        self.entities.append(entity | more)
        return guid

    def file(self, path: str, columns: Mapping[str, tuple[str, ...]], filesystem: str, kind: str = "path") -> str:
        name = path.rstrip("/").rpartition("/")[2]
        attributes: Doc = {"path": f"/{path}", "isFile": True, "size": 81_920} if kind == "path" else {}
        guid = self.add(
            f"azure_datalake_gen2_{kind}",
            f"{LAKE}/raw/{path}",
            name,
            attributes=attributes,
            relationshipAttributes={"filesystem": {"guid": filesystem}},
        )
        schema = self.add(
            "tabular_schema",
            f"{LAKE}/raw/{path}#__tabular_schema",
            "tabular_schema",
            relationshipAttributes={"schemaOfDatasets": [{"guid": guid}]},
        )
        for column, classes in columns.items():
            self.add(
                "column",
                f"{LAKE}/raw/{path}#__tabular_schema//{column}",
                column,
                attributes={"type": "string"},
                classifications=[{"typeName": one} for one in classes],
                relationshipAttributes={"composeSchema": {"guid": schema}},
            )
        return guid

    def table(self, schema: str, name: str, columns: dict[str, str]) -> None:
        base = f"{SQL}/finance/dbo/{name}"
        guid = self.add("azure_sql_table", base, name, relationshipAttributes={"dbSchema": {"guid": schema}})
        for column, data_type in columns.items():
            iban = [{"typeName": "MICROSOFT.FINANCIAL.INTERNATIONAL_BANKING_ACCOUNT_NUMBER"}]
            self.add(
                "azure_sql_column",
                f"{base}#{column}",
                column,
                attributes={"data_type": data_type, "isNullable": True},
                classifications=iban if column == "iban" else [],
                relationshipAttributes={"table": {"guid": guid}},
            )


def _entities() -> list[Doc]:
    estate = _Estate()
    service = estate.add("azure_datalake_gen2_service", f"{LAKE}/", "contosolake")
    above = {"service": {"guid": service}}
    filesystem = estate.add("azure_datalake_gen2_filesystem", f"{LAKE}/raw", "raw", relationshipAttributes=above)
    estate.file("crm/contacts.csv", _CONTACTS, filesystem)
    estate.file("crm/accounts.csv", _ACCOUNTS, filesystem)
    estate.file("erp/orders/{Year}/{Month}/{N}.parquet", _ORDERS, filesystem, "resource_set")
    estate.entities[-len(_ORDERS) - 2]["attributes"]["name"] = "orders"
    server = estate.add("azure_sql_server", SQL, "contoso-sql")
    database = estate.add(
        "azure_sql_db", f"{SQL}/finance", "finance", relationshipAttributes={"server": {"guid": server}}
    )
    schema = estate.add(
        "azure_sql_schema", f"{SQL}/finance/dbo", "dbo", relationshipAttributes={"db": {"guid": database}}
    )
    for name, columns in _TABLES.items():
        estate.table(schema, name, columns)
    return estate.entities


def _people(expert: str, steward: str) -> Doc:
    return {"Expert": [{"id": expert}], "Steward": [{"id": steward, "info": "Owns the definition"}]}


def _terms() -> list[Doc]:
    people = _people(ADA, SALES_OPS)
    money = _people(GRACE, GRACE)
    return [
        {
            "name": "Party",
            "longDescription": "A person or organisation we deal with.",
            "status": "Approved",
            "contacts": people,
        },
        {
            "name": "Legal Party",
            "parent": "Party",
            "longDescription": "A registered organisation.",
            "status": "Approved",
        },
        {"name": "Natural Person", "parent": "Party", "longDescription": "A human being.", "status": "Draft"},
        {
            "name": "Supplier",
            "parent": "Party/Legal Party",
            "longDescription": "Sells to us.\nMay also buy.",
            "abbreviation": "SUP",
            "status": "Approved",
            "resources": [{"displayName": "Onboarding", "url": "https://wiki.example.com/suppliers"}],
        },
        {
            "name": "Account",
            "longDescription": "A business relation in the CRM.",
            "status": "Approved",
            "contacts": people,
        },
        {"name": "Client Account", "status": "Draft", "synonyms": ["Account"]},
        {
            "name": "Finance",
            "longDescription": "Everything about money.",
            "status": "Approved",
            "contacts": money,
        },
        {
            "name": "Invoice",
            "parent": "Finance",
            "longDescription": "A demand for payment.",
            "status": "Approved",
        },
        {"name": "Payment", "parent": "Finance", "status": "Approved", "seeAlso": ["Finance/Invoice"]},
        {"name": "IBAN", "parent": "Finance/Payment", "abbreviation": "IBAN", "status": "Approved"},
        {"name": "Order", "longDescription": "What somebody asked us to deliver.", "status": "Draft"},
        {"name": "Segment", "longDescription": "A group of accounts served alike.", "status": "Expired"},
    ]


def demo() -> Doc:
    """The demo estate in the form of a seed file."""
    template = {
        "name": "CluedIn Template",
        "description": "Terms that CluedIn takes over as vocabularies",
        "attributeDefs": [
            {
                "name": "CluedInVocab",
                "typeName": "boolean",
                "isOptional": True,
                "options": {"isDisabled": "false"},
            },
            {
                "name": "CluedInDataType",
                "typeName": "string",
                "isOptional": True,
                "options": {"isDisabled": "false"},
            },
        ],
    }
    marketing = [
        {"name": "Campaign", "longDescription": "A planned series of messages.", "status": "Approved"},
        {"name": "Lead", "longDescription": "Somebody who may become a customer.", "status": "Draft"},
    ]
    people = _people(ADA, GRACE)
    return {
        "collections": [
            {"name": RAW, "friendlyName": "Raw", "description": "Data as it arrives"},
            {"name": MDM, "friendlyName": "MDM"},
            {"name": CLUEDIN, "friendlyName": "CluedIn", "parent": MDM},
        ],
        "typedefs": {"termTemplateDefs": [template]},
        "entities": _entities(),
        "glossaries": [
            {
                "name": "Enterprise",
                "longDescription": "The words of Contoso.",
                "contacts": people,
                "terms": _terms(),
            },
            {"name": "Marketing", "shortDescription": "Words of marketing", "terms": marketing},
        ],
        "assignments": [
            {
                "glossary": "Enterprise",
                "term": "Finance/Invoice",
                "typeName": "azure_sql_table",
                "qualifiedName": f"{SQL}/finance/dbo/invoices",
            }
        ],
    }
