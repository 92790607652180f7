"""Documents that give every field of their kind something to do, and values that must fit them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .fields import Data, Examples

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
OTHER_TERMS = CUSTOMER["terms"][1:2]
WITHOUT_KEY = but(CUSTOMER, terms=[{"name": "Email"}, *OTHER_TERMS])
WITHOUT_TERM = but(CUSTOMER, terms=[{"name": "Email", "key": "email", "term": False}, *OTHER_TERMS])
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
SCANNED = but(CONTRACT, delivery=but(DELIVERY, path="exports/scanned/", asset={"type": FILE, "qualified_name": EXPORTED}))
TO_A_DATABASE = but(
    CONTRACT,
    delivery={
        "type": "sql",
        "connection": "mssql://sql.example.com/mdm",
        "target": {"name": "exportcontract", "secrets": {"password": {"env": "LAKE_KEY"}}},
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


@dataclass(frozen=True)
class Stage:
    """A document of a kind among others."""

    kind: str
    spec: Data
    others: Data = field(default_factory=dict)
    """The specs of the other documents, by `Kind` or `Kind/name`."""
    about: str = ""
    """What it has that the first stage of the kind has not."""
    only: tuple[str, ...] = ("",)
    """The beginnings of the paths of the fields that are told on it."""
    atlas: bool = False


_LABELS: Data = {"LabelMap": LABELS}
_CUSTOMER: Data = {**_LABELS, "GlossaryMapping": CUSTOMER}
_TARGETS: Data = {
    **_CUSTOMER,
    "ExportContract": CONTRACT,
    "ExportContract/second": SECOND,
    "ExportContract/database": TO_A_DATABASE,
}
STAGES = (
    Stage("LabelMap", LABELS, {"GlossaryMapping": CUSTOMER, "DataSourceLink": CONTACTS}),
    Stage("LabelMap", LABELS, {"GlossaryMapping": UNKNOWN_LABEL}, "a label that no map knows", ("on_unmapped",)),
    Stage(
        "LabelMap",
        LABELS,
        {"GlossaryMapping": CUSTOMER, "ExportContract": SCANNED},
        "a scanned column",
        ("labels{}.detected_by", "on_detected"),
    ),
    Stage("GlossaryMapping", CUSTOMER, _LABELS),
    Stage("GlossaryMapping", DESCRIBED, _LABELS, "descriptions in CluedIn", ("term.", "terms[].")),
    Stage("GlossaryMapping", DESCRIBED_TERM, _LABELS, "definitions", ("cluedin_glossary.descriptions",)),
    Stage("GlossaryMapping", ABOUT_A_KEY, _LABELS, "a condition on a key", ("cluedin_glossary.condition.",)),
    Stage("GlossaryMapping", ABOUT_A_TYPE, _LABELS, "a condition on a type", ("cluedin_glossary.condition.entity",)),
    Stage("GlossaryMapping", WITHOUT_KEY, _LABELS, "an item without a key", ("terms[].",)),
    Stage("GlossaryMapping", WITHOUT_TERM, _LABELS, "an item without a term", ("terms[].",)),
    Stage("GlossaryMapping", CUSTOMER, _LABELS, "Apache Atlas", ("term.", "terms[]."), atlas=True),
    Stage("DataSourceLink", CONTACTS, _CUSTOMER),
    Stage("DataSourceLink", NOT_MAPPED, _CUSTOMER, "no mapping", ("asset",)),
    Stage("DataSourceLink", NOT_FOUND, _CUSTOMER, "an asset that no scan found", ("asset.",)),
    Stage("DataSourceLink", BY_NAME, _CUSTOMER, "keys by name", ("map.vocabulary", "map.auto")),
    Stage("DataSourceLink", BY_TERM, _CUSTOMER, "a rule", ("select",)),
    Stage("ExportContract", CONTRACT, _CUSTOMER),
    Stage("ExportContract", COOKBOOK, _CUSTOMER, "as in the cookbook", ("type", "schedule", "options")),
    Stage("ExportContract", SECRET_IN_A_VAULT, _CUSTOMER, "a secret in a vault", ("delivery.target.secrets{}.",)),
    Stage("ExportContract", AS_JSON, _CUSTOMER, "as JSON", ("delivery.mode",)),
    Stage("ExportContract", OTHER_CONNECTOR, _CUSTOMER, "another connector", ("delivery.target.provider",)),
    Stage("ExportContract", TARGET_THERE, _CUSTOMER, "a target that is there", ("delivery.target.manage",)),
    Stage("ExportContract", SCANNED, _CUSTOMER, "a scanned file", ("delivery.asset",)),
    Stage("Stream", PEOPLE, _TARGETS),
    Stage("Stream", but(PEOPLE, where=None), _TARGETS, "no other condition", ("condition",)),
)

EXAMPLES = Examples(
    values={
        "LabelMap labels": (but(LABELS["labels"], Another={"classification": "CLUEDIN.ANOTHER"}),),
        "LabelMap on_detected": ("ignore",),
        "GlossaryMapping term": (but(CUSTOMER["term"], definition="A definition."),),
        "GlossaryMapping term.template": ("CluedIn Template",),
        "GlossaryMapping term.attributes": ({"CluedIn Template": {"CluedInDataType": "Text"}},),
        "GlossaryMapping term.experts": (["ada"],),
        "GlossaryMapping term.stewards": (["ada"],),
        "GlossaryMapping vocabulary": (but(CUSTOMER["vocabulary"], description="Another."),),
        "GlossaryMapping vocabulary.source": ("SQL Server Connector",),
        "GlossaryMapping vocabulary.owners": (["ada"],),
        "GlossaryMapping vocabulary.entity_type.code": ("/Another",),
        "GlossaryMapping terms": (CUSTOMER["terms"][:-1],),
        "GlossaryMapping terms[].template": ("CluedIn Template",),
        "GlossaryMapping terms[].attributes": ({"CluedIn Template": {"CluedInDataType": "Text"}},),
        "GlossaryMapping terms[].experts": (["ada"],),
        "GlossaryMapping terms[].stewards": (["ada"],),
        "GlossaryMapping terms[].classification": ("/Email",),
        "GlossaryMapping terms[].labels": (["PII"], ["Restricted"]),
        "GlossaryMapping terms[].lookup": ("Customer segments", "Another list"),
        "GlossaryMapping terms[].maps_to": ("customer.fullName",),
        "GlossaryMapping cluedin_glossary.condition": ({"entity_type": "/Person"},),
        "GlossaryMapping cluedin_glossary.condition.key": ("customer.id", "customer.email"),
        "DataSourceLink asset": ({"type": FILE, "qualified_name": f"{RAW}/accounts.csv"},),
        "DataSourceLink data_set": ({"group": "CRM", "source": "contacts", "name": "another"},),
        "DataSourceLink data_set.fields": (["id", "email", "full_name", "account_id", "segment", "crm_notes"],),
        "DataSourceLink map": (but(MAP, origin="crm"),),
        "DataSourceLink map.vocabulary": ("product",),
        "DataSourceLink map.primary_identifier": ("email",),
        "DataSourceLink map.name": ("full_name",),
        "DataSourceLink map.description": ("full_name",),
        "DataSourceLink map.created": ("full_name",),
        "DataSourceLink map.modified": ("full_name",),
        "DataSourceLink map.columns": (but(COLUMNS, updated_at="customer.changedAt"),),
        "DataSourceLink map.columns{}.key": ("customer.changedAt",),
        "DataSourceLink map.auto": ("by_name",),
        "DataSourceLink map.entity_type": ("/Another",),
        "DataSourceLink relations": ([{"column": "email", "type": "/Knows", "to": "/Person"}, *CONTACTS["relations"]],),
        "DataSourceLink relations[].column": ("email",),
        "DataSourceLink relations[].type": ("/Knows",),
        "DataSourceLink relations[].to": ("/Person",),
        "DataSourceLink owners": (["ada"],),
        "ExportContract entity": ("/Person",),
        "ExportContract where": ([{"key": "customer.id", "operator": "exists"}],),
        "ExportContract where[].key": ("customer.id",),
        "ExportContract where[].property": ("CreatedDate",),
        "ExportContract primary_key": ("customer_id",),
        "ExportContract delivery": (but(DELIVERY, path="exports/others/"),),
        "ExportContract delivery.connection": ("abfss://other@contosolake.dfs.core.windows.net",),
        "ExportContract delivery.schedule": ("daily",),
        "ExportContract delivery.mode": ("events",),
        "ExportContract delivery.target": ({"name": "another", "secrets": SECRET},),
        "ExportContract delivery.target.provider": ("SQL Server Connector",),
        "ExportContract delivery.target.secrets": ({"AccountKey": {"env": "LAKE_KEY", "version": "2"}},),
        "ExportContract delivery.target.secrets{}.version": ("2",),
        "ExportContract delivery.target.config": ({"UseCurrentTimeForExport": True},),
        "ExportContract delivery.asset": ("none",),
        "ExportContract delivery.asset.type": (FILE, RESOURCE_SET),
        "ExportContract delivery.asset.qualified_name": (EXPORTED, EXPORTED.replace("exportcontract", "another")),
        "ExportContract columns": ([{"from": "customer.email"}],),
        "ExportContract columns[].from": ("customer.fullName",),
        "ExportContract columns[].from.property": ("CreatedDate",),
        "ExportContract labels": (["PII"],),
        "ExportContract sla": ({"freshness_p95_minutes": 120},),
        "ExportContract sla.freshness_p95_minutes": (120,),
        "ExportContract approval_required_when_labels": (["PII"],),
        "ExportContract options": ({"connection": LAKE, "path": "exports/others/", "overwrite": True},),
        "ExportContract options.connection": ("abfss://other@contosolake.dfs.core.windows.net",),
        "ExportContract schedule": ("daily",),
        "Stream entity": ("/Person",),
        "Stream where": ([{"key": "customer.id", "operator": "exists"}],),
        "Stream where[].key": ("customer.id",),
        "Stream where[].property": ("CreatedDate",),
        "Stream condition": (RULE,),
        "Stream target": ({"name": "second", "provider": "Azure DataLake Connector"},),
        "Stream target.name": ("second",),
        "Stream target.provider": ("SQL Server Connector",),
        "Stream columns": (["customer.id"],),
        "Stream columns[].property": ("CreatedDate",),
        "Stream state": ("started",),
    },
    beside={
        "GlossaryMapping terms[].lookup": {"data_type": "Lookup", "lookup": "Customer segments"},
    },
)
