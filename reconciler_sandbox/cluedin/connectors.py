"""The provider catalogue."""

from __future__ import annotations

from typing import Any

from reconciler_sandbox.cluedin.world import CONNECTOR, Args, Caller, Doc, Resolver, World

ENDPOINT_SOURCE = "742f9d66-8ef2-4544-8a90-41531a26cc59"

_NONE: Doc = {"id": None, "name": None, "about": None, "icon": None, "type": None}

SQL_SERVER = "838e4ea2-80e0-4b60-b1d1-f052bfcd0caf"
DATA_LAKE = "f6178e19-7168-449c-b4b6-f9810e86c1c2"
ONE_LAKE = "36c1b087-97c0-4460-a813-6e4ea1d1bc9a"
REST_API = "98648745-e0da-40cf-8724-8f4fb9fe338a"
HUBSPOT = "7673c455-074a-499f-afd3-c77dfbb7bc1f"
HTTP = "486cc091-4c77-4190-8e2d-058bc4ca8a85"

# What a data-lake connector makes of a value that is no JSON boolean: the default ([B] that it does so in the
# public source of the connector, [C] the defaults of the two that are not obvious).
BOOLEANS = {
    "IsStreamCacheEnabled": False,
    "UseCurrentTimeForExport": False,
    "IsArrayColumnsEnabled": False,
    "ShouldEscapeVocabularyKeys": False,
    "ShouldWriteGuidAsString": False,
    "IsDeltaMode": False,
    "IsOverwriteEnabled": True,
    "ShouldLoadToTable": False,
}
# Values of the fields that offer a choice ([B] from the same source: formats are lower case, schedules are not).
OPTIONS = {
    "OutputFormat": ("csv", "json", "parquet"),
    "Schedule": ("Hourly", "Daily", "Weekly", "CustomCron"),
    "method": ("GET", "POST"),
    "version": ("v1", "v2"),
}
_LAKE = "IsStreamCacheEnabled OutputFormat StreamCacheConnectionString* Schedule CustomCron FileNamePattern"
_LAKE += " UseCurrentTimeForExport IsArrayColumnsEnabled ShouldEscapeVocabularyKeys ShouldWriteGuidAsString"
_LAKE += " IsDeltaMode IsOverwriteEnabled"

# Name, provider id, kind, modes, fields (a star marks a secret). Ids and fields are [B] from public
# connectors, except the fields of Open Mirroring and Databricks, which are of the same family [C].
# Kinds other than Crawler are [C].
_CATALOGUE: tuple[tuple[str, str, str, tuple[str, ...], str], ...] = (
    ("Endpoint Data Source", ENDPOINT_SOURCE, "Crawler", (), ""),
    (
        "SQL Server Connector",
        SQL_SERVER,
        "Connector",
        ("Sync", "EventStream"),
        "host databaseName username password* portNumber",
    ),
    (
        "Azure DataLake Connector",
        DATA_LAKE,
        "Connector",
        ("Sync", "EventStream"),
        f"AccountName AccountKey* FileSystemName DirectoryName {_LAKE}",
    ),
    (
        "OneLake Connector",
        ONE_LAKE,
        "Connector",
        ("Sync", "EventStream"),
        "WorkspaceName ItemName ItemType ItemFolder ClientId ClientSecret* TenantId ShouldLoadToTable"
        f" TableName {_LAKE}",
    ),
    (
        "Fabric Open Mirroring Connector",
        "75cd5880-0537-4c6d-ae14-511c273acd68",
        "Connector",
        ("Sync",),
        f"WorkspaceName MirroredDatabaseName ClientId ClientSecret* TenantId {_LAKE}",
    ),
    (
        "Azure Databricks Connector",
        "615f15fd-91a2-4b8a-9ce5-fef4f7c44ace",
        "Connector",
        ("Sync", "EventStream"),
        f"AccountName AccountKey* FileSystemName DirectoryName {_LAKE}",
    ),
    (
        "Http Connector",  # no field of it is of type `password`: both are inputs ([B] its public source)
        HTTP,
        "Connector",
        ("EventStream",),
        "url authorization",
    ),
    ("REST API", REST_API, "Enricher", (), ""),
    ("HubSpot", HUBSPOT, "Cloud", (), "apiToken"),  # an input as well ([B] its public source)
)
_NOT_V2: Doc = {"name": "version", "operator": "NotEquals", "value": "v2", "unfulfilledAction": "Hidden"}
_ONLY_V2: Doc = {**_NOT_V2, "operator": "Equals"}
# The controls of the enricher by name: type, whether it is needed, and on what it depends ([B] its public source for
# names, types and what depends on what; [C] how the members of a dependency are spelt in JSON).
_REST_API: tuple[tuple[str, str, bool, Doc | None], ...] = (
    ("version", "option", True, None),
    ("acceptedEntityType", "entityTypeSelector", True, None),
    ("includeConfidenceScore", "checkbox", False, None),
    ("method", "option", True, _NOT_V2),
    ("url", "input", True, _NOT_V2),
    ("apiKey", "password", False, None),
    ("headers", "multiline", False, _NOT_V2),
    ("vocabularyAndProperties", "multiline", False, None),
    ("processRequestScript", "scriptEditor", False, _NOT_V2),
    ("processResponseScript", "scriptEditor", False, _NOT_V2),
    ("processScript", "scriptEditor", True, _ONLY_V2),
)


class Connectors:
    """What can be connected, and how other objects name their source."""

    def __init__(self, world: World) -> None:
        self._world = world

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {"Inbound.connectors": self._catalogue}

    def seed(self) -> None:
        """Fills the catalogue."""
        for name, provider, kind, modes, fields in _CATALOGUE:
            icon = f"api/integration/connector/icon/{provider}"
            form = _rest_api() if provider == REST_API else None
            self._world.put(
                CONNECTOR,
                {
                    "id": provider,
                    "name": name,
                    "icon": icon,
                    "about": f"About {name}",
                    "type": kind,
                    "authMethods": {"token": form} if form else _auth_methods(fields),
                    "createdDate": "2024-01-01T00:00:00+00:00",
                    "domain": None,
                    "guide": None,
                    "isEnabled": True,
                    "isNew": False,
                    "properties": form or [],
                    "supportsWebHooks": False,
                    "streamModes": list(modes) or None,
                },
            )

    def source(self, provider_id: str | None) -> Doc:
        """The source of a vocabulary or key: an object with null members when there is none ([B])."""
        return self._world.get(CONNECTOR, provider_id) or _NONE

    def provider(self, provider_id: str | None) -> Doc | None:
        """An entry of the catalogue."""
        return self._world.get(CONNECTOR, provider_id)

    def enrichers(self) -> list[Doc]:
        """The entries that enrich."""
        return [doc for doc in self._world.all(CONNECTOR) if doc["type"] == "Enricher"]

    def _catalogue(self, _caller: Caller, _args: Args) -> list[Doc]:
        return self._world.all(CONNECTOR)


def _rest_api() -> list[Doc]:
    """The form of the enricher, which stands in `authMethods.token` and in `properties` ([B])."""
    return [
        {
            **_field(name, needed=needed),
            "type": kind,
            "displayDependencies": [depends] if depends else [],
        }
        for name, kind, needed, depends in _REST_API
    ]


def _auth_methods(fields: str) -> dict[str, Any]:
    """The form of a provider: names, and which are secret ([B] lists and `password`, [C] the rest)."""
    form = [_field(field, needed=place < 2) for place, field in enumerate(fields.split())]
    return {"token": form, "oauth": None, "credentials": []}


def _field(field: str, *, needed: bool) -> Doc:
    """One input of a form; a star marks a secret."""
    name = field.rstrip("*")
    kind = "checkbox" if name in BOOLEANS else "option" if name in OPTIONS else "input"
    found: Doc = {
        "name": name,
        "displayName": name,
        "type": "password" if field.endswith("*") else kind,
        "isRequired": needed,
    }
    if name in OPTIONS:
        found["options"] = [{"value": value, "name": value} for value in OPTIONS[name]]
    return found
