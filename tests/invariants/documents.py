"""Specs that give every field of their kind something to do."""

from __future__ import annotations

from typing import Any

from .fields import Data

LAKE = "abfss://mdm@contosolake.dfs.core.windows.net"
RAW = "https://contosolake.dfs.core.windows.net/raw/crm"
FILE, RESOURCE_SET = "azure_datalake_gen2_path", "azure_datalake_gen2_resource_set"
EXPORTED = "https://contosolake.dfs.core.windows.net/mdm/exports/scanned/exportcontract.parquet"
LINKS = [{"name": "Wiki", "url": "https://wiki.example.com"}]
SECRET = {"AccountKey": {"env": "LAKE_KEY"}}
IN_A_VAULT = {"vault": "acme", "secret": "lake-key", "version": "0" * 32}


def but(spec: Data, **fields: Any) -> Data:
    """A spec with other fields; those that are None are left out."""
    return {name: value for name, value in {**spec, **fields}.items() if value is not None}


LABELS: Data = {
    "labels": {
        "PII": {
            "classification": "CLUEDIN.PII",
            "description": "Personal data.",
            "purview_label": "pii",
            "detected_by": ["MICROSOFT.PERSONAL.EMAIL"],
        },
        "Restricted": {"classification": "CLUEDIN.RESTRICTED"},
    },
    "propagate": ["entity", "data_set"],
}
CUSTOMER: Data = {
    "glossary": "Enterprise",
    "term": {"name": "Customer", "parent": "Party", "resources": LINKS},
    "vocabulary": {
        "name": "Customer",
        "key_prefix": "customer",
        "entity_type": {"name": "Customer", "code": "/Customer"},
    },
    "terms": [
        {"name": "Email", "key": "email"},
        {"name": "Customer Id", "key": "id", "labels": ["PII"]},
        {"name": "Full Name", "key": "fullName", "resources": LINKS, "annotations": {"required": True}},
        {"name": "Account Id", "key": "accountId", "moved_from": {"name": "Account", "key": "account"}},
        {"name": "Updated", "key": "changedAt"},
        {"name": "Segment", "key": "segment"},
    ],
    "cluedin_glossary": {"category": "Enterprise"},
}
WITHOUT_KEY = but(CUSTOMER, terms=[{"name": "Email"}])
WITHOUT_TERM = but(CUSTOMER, terms=[{"name": "Email", "key": "email", "term": False}])
IN_ATLAS = but(CUSTOMER, term={"name": "Customer", "parent": "Party"}, terms=[{"name": "Email", "key": "email"}])
UNKNOWN_LABEL = but(CUSTOMER, terms=[{"name": "Email", "key": "email", "labels": ["Unknown"]}])
DESCRIBED = but(CUSTOMER, cluedin_glossary={"category": "Enterprise", "descriptions": True})
ABOUT_A_KEY = but(
    CUSTOMER, cluedin_glossary={"category": "Enterprise", "condition": {"key": "customer.id", "exists": True}}
)
ABOUT_A_TYPE = but(CUSTOMER, cluedin_glossary={"category": "Enterprise", "condition": {"entity_type": "/Customer"}})
DESCRIBED_TERM = but(
    DESCRIBED,
    term=but(CUSTOMER["term"], definition="A definition.", summary="A summary."),
    terms=[{"name": "Email", "key": "email", "definition": "A definition.", "summary": "A summary."}],
)

OF_TERMS: Data = {
    "source": "purview",
    "glossary": "Enterprise",
    "select": {"attribute": None, "assigned": "any"},
    "defaults": {"condition": {"entity_type": "/Person"}},
    "allow_native": True,
}
OF_TERMS_ALONE = but(
    OF_TERMS, into={"vocabularies": False}, defaults={"condition": {"key": "user.email", "exists": True}}
)
OF_VOCABULARIES: Data = {"source": "cluedin", "into": {"glossary": "Catalogue", "root": "CluedIn"}}

COLUMNS: Data = {
    "email": {"key": "customer.email", "identifier": {}},
    "id": "customer.id",
    "full_name": "customer.fullName",
    "account_id": "customer.accountId",
    "segment": "customer.segment",
    "crm_notes": {"ignore": True},
}
MAP: Data = {"vocabulary": "customer", "primary_identifier": "id", "columns": COLUMNS, "unmapped": "ignore"}
CONTACTS: Data = {
    "asset": {"type": FILE, "qualified_name": f"{RAW}/contacts.csv"},
    "data_set": {"group": "CRM", "source": "contacts", "name": "contacts"},
    "map": MAP,
    "relations": [{"column": "account_id", "type": "/WorksFor", "to": "/Organization"}],
}
NOT_MAPPED = but(CONTACTS, map=None, relations=None)
NOT_FOUND = but(NOT_MAPPED, asset={"type": FILE, "qualified_name": f"{RAW}/nowhere.csv", "missing": "wait"})
OF_TWO_TYPES = but(NOT_MAPPED, asset={"type": FILE, "qualified_name": EXPORTED})
BY_NAME = but(CONTACTS, map={"vocabulary": "customer", "unmapped": "ignore", "auto": "by_name"}, relations=None)
BY_TERM: Data = {
    "select": {"term": "Invoice", "glossary": "Enterprise"},
    "data_set": {"group": "Lake", "source": "sql", "name": "{asset.name}"},
}

DELIVERY: Data = {
    "type": "file-parquet",
    "connection": LAKE,
    "path": "exports/customers/",
    "schedule": "hourly",
    "overwrite": True,
    "target": {"secrets": SECRET},
}
CONTRACT: Data = {
    "entity": "/Customer",
    "where": [
        {"key": "customer.email", "operator": "equals", "value": "a@example.com"},
        {"property": "Name", "operator": "exists"},
    ],
    "delivery": DELIVERY,
    "columns": [{"from": "customer.id"}, {"from": "customer.email"}, {"from": {"property": "Name"}}],
}
COOKBOOK = but(
    CONTRACT,
    type="file-parquet",
    schedule="hourly",
    options={"connection": LAKE, "path": "exports/customers/", "overwrite": True},
    delivery={"target": {"secrets": SECRET}},
)
SECRET_IN_A_VAULT = but(CONTRACT, delivery=but(DELIVERY, target={"secrets": {"AccountKey": IN_A_VAULT}}))
AS_JSON = but(CONTRACT, delivery={"type": "file-json", "connection": LAKE, "path": "exports/customers/"})
OTHER_CONNECTOR = but(CONTRACT, delivery={"type": "other", "target": {"provider": "Azure Databricks Connector"}})
TARGET_THERE = but(CONTRACT, delivery=but(DELIVERY, path="exports/there/", target={"name": "there"}))
SCANNED = but(
    CONTRACT, delivery=but(DELIVERY, path="exports/scanned/", asset={"type": FILE, "qualified_name": EXPORTED})
)
TO_A_DATABASE = but(
    CONTRACT,
    delivery={
        "type": "sql",
        "connection": "mssql://sql.example.com/mdm",
        "target": {"name": "exportcontract", "secrets": {"password": {"env": "LAKE_KEY"}}},
    },
)
INTO_DATAVERSE = but(
    CONTRACT,
    dataverse={
        "table": "contacts",
        "key": "customer_id",
        "columns": {"customer_id": "new_id", "customer_email": "emailaddress1", "Name": "new_name"},
    },
)
SECOND = but(CONTRACT, delivery=but(DELIVERY, path="exports/second/", target={"name": "second", "secrets": SECRET}))

PEOPLE: Data = {
    "entity": "/Customer",
    "where": CONTRACT["where"],
    "target": {"name": "exportcontract", "provider": "Azure DataLake Connector"},
    "columns": ["customer.email", {"property": "Name"}],
}
RULE = {
    "condition": "AND",
    "field": "Properties[customer.id]",
    "objectTypeId": "011ac3b4-0b46-4f9c-a82a-8c14f9dd642b",
    "operator": "306e5d29-832f-41e7-a6db-1c02eb5ebf74",
    "type": "string",
    "value": [],
    "rules": [],
}

_UNITS = '{"category": "ENUM", "name": "%s", "elementDefs": [{"value": "bar"}]}'
SCRIPTS = {
    "types.js": _UNITS % "pi_unit",
    "types2.js": _UNITS % "pi_units",
    "tags.jsonl": '{"qn": "pi://srv1/a", "tag": "A", "other": "o"}\n{"qn": "pi://srv2/b", "tag": "B", "other": "p"}\n',
    "tags2.jsonl": '{"qn": "pi://srv1/c", "tag": "C", "other": "o"}\n',
    "vat.js": "return ask(record);",
    "other.js": "return nothing;",
}
"""Files beside the manifests, which documents name."""
CRAWLER: Data = {
    "provider": "HubSpot",
    "name": "Sales EU",
    "secrets": {"apiToken": {"env": "LAKE_KEY"}},
    "source": "Sales EU",
    "source_quality": 4,
    "active": True,
    "users": ["ada"],
    "owners": ["ada", {"role": "steward"}],
    "entities": ["/Customer"],
    "schedule": "every 4 hours",
}
CRAWLER_IN_A_VAULT = but(CRAWLER, secrets={"apiToken": IN_A_VAULT})
ENRICHER: Data = {
    "provider": "REST API",
    "name": "VAT check",
    "entity_type": "/Customer",
    "config": {"version": "v2", "includeConfidenceScore": True, "processScript": {"file": "vat.js"}},
    "secrets": {"apiKey": {"env": "LAKE_KEY"}},
    "source": "VAT",
    "source_quality": 4,
    "active": True,
    "users": ["ada"],
    "owners": ["ada", {"role": "steward"}],
    "returns": {"keys": ["customer.segment"]},
}
ENRICHER_IN_A_VAULT = but(ENRICHER, secrets={"apiKey": IN_A_VAULT})
OLD_ENRICHER = but(
    ENRICHER, config={"version": "v1", "method": "GET", "url": "https://vat.example.com", "headers": "Accept: any"}
)
SETTINGS: Data = {
    "set": {"Purview.SyncStreams.Enabled": False, "Purview.CollectionName": "CluedIn"},
    "secrets": {"Purview.ClientSecret": {"env": "LAKE_KEY"}},
    "expect": {"Purview.PollDataSources.Enabled": False},
    "reset": ["Adf.ClientId"],
    "expect_features": ["Access Control"],
}
SETTINGS_IN_A_VAULT = but(SETTINGS, secrets={"Purview.ClientSecret": IN_A_VAULT})

RULE_OF_CLUEDIN: Data = {
    "scope": "data_part",
    "where": [
        {"key": "customer.email", "operator": "equals", "value": "a@example.com"},
        {"property": "Name", "operator": "exists"},
        {"entity_type": "/Customer"},
        {"any": [{"key": "customer.id", "operator": "exists"}]},
        {"power_fx": "Entity.Name = Blank()"},
        {"raw": RULE},
    ],
    "do": [
        {
            "when": [
                {"key": "customer.email", "operator": "equals", "value": "a@example.com"},
                {"property": "Name", "operator": "exists"},
                {"entity_type": "/Customer"},
                {"any": [{"key": "customer.id", "operator": "exists"}]},
                {"power_fx": "Entity.Name = Blank()"},
                {"raw": RULE},
            ],
            "actions": [
                {"add_tag": "HasMail"},
                {"set_value": {"key": "customer.segment", "value": "A"}},
                {"delete_value": "customer.segment"},
                {"power_fx": 'AddTag(Entity, "x")'},
                {"use": "Delete Value", "with": {"FieldName": "customer.changedAt"}},
            ],
        }
    ],
    "after": ["second"],
    "active": True,
}
CLEANING: Data = {
    "fields": ["customer.segment", {"property": "name"}],
    "where": RULE_OF_CLUEDIN["where"],
    "owners": ["ada", {"role": "steward"}],
    "include_data_parts": True,
}
COMPARED: Data = {
    "where": RULE_OF_CLUEDIN["where"],
    "limit": 100,
    "rules": [
        {
            "name": "Mail",
            "match": [
                {
                    "key": "customer.email",
                    "by": "Fuzzy match - Sift4",
                    "with": {"threshold": 3},
                    "normalize": ["To lowercase", {"use": "Replace text", "with": {"pattern": "a"}}],
                },
                {"property": "Name", "by": "Equals"},
            ],
            "active": True,
        },
        {"name": "Id", "match": [{"key": "customer.id", "by": "Equals"}]},
    ],
    "owners": ["ada", {"role": "steward"}],
}
SECOND_RULE = but(RULE_OF_CLUEDIN, after=None)
MASKING: Data = {
    "target": "entity:/Customer.field:email",
    "members": ["ada", {"role": "sales"}],
    "unless": [{"role_in": ["steward"]}],
    "also_view": {"keys": ["customer.segment"], "vocabulary": "person"},
    "rows": RULE_OF_CLUEDIN["where"],
    "active": True,
    "order": "last",
    "after": ["second"],
}
SECOND_POLICY: Data = {"keys": ["customer.segment"], "members": ["ada"]}
MASKED_KEYS = but(MASKING, target=None, keys=["customer.email"])
MASKED_VOCABULARY = but(MASKING, target=None, vocabulary="customer", also_view=None)
MASKED_LAST = but(MASKED_KEYS, after=None)
ALLOWED = but(MASKING, effect="allow", unless=None, also_view=None)
AGENT: Data = {
    "owner": "ada",
    "purpose": "Finds badly formed contact data.",
    "instructions": "Look closely.",
    "mode": "suggest",
    "scope": {
        "entity": "/Customer",
        "keys": ["customer.email"],
        "where": RULE_OF_CLUEDIN["where"],
        "sample": 100,
    },
    "model": "eu-small",
    "jobs": [{"name": "mails", "prompt": "Which are odd?", "skills": ["Create Rules"], "schedule": "0 6 * * *"}],
}
ANALYST = but(AGENT, mode="analysis", model=None, jobs=[{"name": "mails", "prompt": "Which are odd?"}])
AGENT_AS_IN_THE_COOKBOOK = but(
    AGENT, scope={"keys": ["customer.email"]}, target={"entity": "/Customer"}, options={"sample": 100}
)
AGENT_WITH_LABELS = but(AGENT, scope=but(AGENT["scope"], keys=["customer.id"]), allow_labels=["PII"])
AGENT_WITH_DUPLICATES = but(
    AGENT, jobs=[{"name": "mails", "prompt": "Which are alike?", "skills": ["Find Duplicates"]}]
)
AGENT_OF_FILES = but(AGENT, instructions={"file": "vat.js"}, jobs=[{"name": "mails", "prompt": {"file": "vat.js"}}])
RECORDS: Data = {
    "events": ["record.added", "record.changed", "record.removed"],
    "url": "https://example.com/hooks/records",
    "authorization": {"env": "LAKE_KEY"},
    "entity": "/Customer",
    "where": CONTRACT["where"],
    "columns": ["customer.email", {"property": "Name"}],
}
RECORDS_IN_A_VAULT = but(RECORDS, url=IN_A_VAULT, authorization=IN_A_VAULT)
RECORDS_BY_REFERENCE = but(RECORDS, url={"env": "LAKE_KEY"})
WATCHED: Data = {
    "events": ["export.succeeded"],
    "url": "https://example.com/hooks/teams",
    "secret": {"env": "LAKE_KEY"},
    "for": ["exportcontract"],
}
WATCHED_IN_A_VAULT = but(WATCHED, secret=IN_A_VAULT, previous=IN_A_VAULT)
WATCHED_TWICE = but(WATCHED, previous={"env": "LAKE_KEY", "version": "0"})
WORKFLOWS: Data = {
    "events": ["workflow.*"],
    "event_hub": {"name": "cluedin-events", "connection_string": {"env": "LAKE_KEY"}},
}
WORKFLOWS_IN_A_VAULT = but(WORKFLOWS, event_hub={"name": "cluedin-events", "connection_string": IN_A_VAULT})

TYPES: Data = {
    "service_type": "OSI PI",
    "version": "2.0",
    "enums": [
        {
            "name": "pi_state",
            "description": "States.",
            "values": ["Good", "Bad", {"value": "Unknown", "description": "no signal"}],
            "default": "Good",
        }
    ],
    "structs": [
        {"name": "pi_range", "description": "From, to.", "attributes": [{"name": "low", "type": "float"}]},
    ],
    "entities": [
        {
            "name": "pi_database",
            "super_types": ["DataSet"],
            "description": "A database.",
            "schema_tab": "elements",
            "options": {"note": "one"},
            "attributes": [
                {
                    "name": "server",
                    "type": "string",
                    "description": "Its server.",
                    "required": True,
                    "unique": False,
                    "indexable": False,
                    "cardinality": "single",
                },
                {"name": "state", "type": "pi_state", "default": "Good"},
            ],
        },
        {
            "name": "pi_element",
            "schema_columns": ["data_type"],
            "attributes": [{"name": "data_type", "type": "string"}],
        },
    ],
    "relationships": [
        {
            "name": "pi_database_elements",
            "description": "Elements of a database.",
            "category": "composition",
            "container": {"type": "pi_database", "as": "elements"},
            "part": {"type": "pi_element", "as": "database"},
            "label": "pi.elements",
        },
        {
            "name": "pi_database_others",
            "category": "composition",
            "container": {"type": "pi_database", "as": "others"},
            "part": {"type": "pi_element", "as": "other"},
        },
        {
            "name": "pi_twins",
            "category": "association",
            "ends": [{"type": "pi_element", "as": "twins", "many": True}, {"type": "pi_element", "as": "twin_of"}],
        },
    ],
    "classifications": [
        {"name": "CONTOSO.ANY", "description": "Any."},
        {
            "name": "CONTOSO.TAG",
            "description": "A tag.",
            "super_types": ["CONTOSO.ANY"],
            "entity_types": ["pi_element"],
        },
    ],
    "business_metadata": [
        {
            "name": "pi_quality",
            "description": "How good.",
            "applies_to": ["pi_element"],
            "attributes": [{"name": "note", "type": "string", "description": "A note.", "max_length": 200}],
        }
    ],
    "typedefs": {"category": "ENUM", "name": "pi_unit", "elementDefs": [{"value": "bar"}]},
    "removed": "delete",
}
TYPES_APART: Data = {
    "service_type": "OSI PI",
    "enums": [{"name": "pi_lonely_state", "values": ["Good"], "default": "Good"}],
    "entities": [{"name": "pi_lonely"}, *({"name": name} for name in ("pi_database", "pi_element"))],
    "relationships": [but(TYPES["relationships"][0], description=None)],
    "classifications": [{"name": "CONTOSO.ALONE"}],
    "business_metadata": TYPES["business_metadata"],
}
"""Types of which no other names the first."""
TAGS: Data = {
    "type": "pi_database",
    "defaults": {"owners": ["ada"], "experts": ["ada"], "labels": ["ot"]},
    "assets": [
        {"qualified_name": "pi://srv0", "type": "pi_site"},
        {
            "qualified_name": "pi://srv1/plant",
            "type": "pi_database",
            "name": "Plant",
            "description": "The plant.",
            "attributes": {"server": "srv1"},
            "columns": [
                {
                    "name": "temp",
                    "description": "Degrees.",
                    "data_type": "Float32",
                    "attributes": {"unit": "C"},
                    "labels": ["PII"],
                    "classifications": ["CONTOSO.TAG"],
                }
            ],
            "business_metadata": {"pi_facts": {"note": "good"}},
            "classifications": ["CONTOSO.ANY"],
            "labels": ["hot"],
            "terms": ["Enterprise/Party/Customer"],
            "owners": ["ada"],
            "experts": ["ada"],
        },
        {
            "qualified_name": "pi://srv1/valve",
            "type": "pi_valve",
            "relationships": {"site": {"type": "pi_site", "qualified_name": "pi://srv1"}},
        },
        {"qualified_name": "pi://srv1", "type": "pi_site"},
        {"qualified_name": "pi://srv1/of-the-document"},
        {"qualified_name": "pi://srv2", "type": "pi_site"},
    ],
    "removed": "delete",
}
TYPES_OF_TAGS: Data = {
    "service_type": "OSI PI",
    "entities": [
        {
            "name": "pi_database",
            "schema_tab": "elements",
            "attributes": [{"name": "server", "type": "string"}, {"name": "another", "type": "string"}],
        },
        {
            "name": "pi_element",
            "attributes": [{"name": name, "type": "string"} for name in ("data_type", "unit", "another")],
        },
        {"name": "pi_site"},
        {"name": "pi_hall"},
        {"name": "pi_valve", "super_types": ["pi_hall"]},
    ],
    "relationships": [
        {
            "name": "pi_database_elements",
            "category": "composition",
            "container": {"type": "pi_database", "as": "elements"},
            "part": {"type": "pi_element", "as": "database"},
        },
        {
            "name": "pi_valve_site",
            "category": "association",
            "ends": [{"type": "pi_valve", "as": "site"}, {"type": "pi_site", "as": "valves", "many": True}],
        },
        {
            "name": "pi_valve_hall",
            "category": "association",
            "ends": [{"type": "pi_valve", "as": "hall"}, {"type": "DataSet", "as": "valves_of", "many": True}],
        },
    ],
    "classifications": [{"name": "CONTOSO.ANY"}, {"name": "CONTOSO.TAG"}],
    "business_metadata": [
        {"name": name, "applies_to": ["DataSet"], "attributes": [{"name": "note", "type": "string"}]}
        for name in ("pi_facts", "another")
    ],
}
TAGS_OF_A_FILE: Data = {
    "type": "pi_database",
    "from": {
        "file": "manifests/tags.jsonl",
        "map": {"qualified_name": "qn", "name": "tag"},
        "complete": True,
        "scope": "pi://srv1/",
        "expect": {"min_rows": 1, "max_shrink_percent": 50},
    },
    "removed": "delete",
}
TYPES_OF_A_FILE = but(TYPES, typedefs={"file": "manifests/types.js"})
DATABASE = but(CONTRACT, delivery={"type": "sql", "connection": "mssql://sql.example.com/mdm"})
THERE: Data = {
    "entity": "/Person",
    "delivery": but(DELIVERY, path="exports/there/", target={"secrets": SECRET}),
    "columns": [{"from": "person.email"}],
}
"""A contract, `there`, that is applied before anything is told: so there is an export target that nobody here makes."""
SCANS: tuple[Data, ...] = tuple(
    {
        "account": "contosolake",
        "filesystem": "mdm",
        "path": f"exports/scanned/{name}.parquet",
        "columns": [
            {"name": "customer_id", "type": "string"},
            {"name": "customer_email", "type": "string", "classifications": ["MICROSOFT.PERSONAL.EMAIL"]},
        ],
        "resource_set": resource_set,
    }
    for name, resource_set in (("exportcontract", False), ("exportcontract", True), ("another", False))
)
"""Files that a scan found before anything is told."""
