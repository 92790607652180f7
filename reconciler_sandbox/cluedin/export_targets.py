"""Provider definitions: export targets, and the configurations behind data sources ([B] one type for both)."""

from __future__ import annotations

import re
from typing import Any

from reconciler_sandbox.cluedin import http_address
from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.connectors import (
    BOOLEANS,
    DATA_LAKE,
    ENDPOINT_SOURCE,
    HTTP,
    ONE_LAKE,
    OPTIONS,
    SQL_SERVER,
    Connectors,
)
from reconciler_sandbox.cluedin.errors import bad_request, not_found
from reconciler_sandbox.cluedin.vocabularies import first_is_one
from reconciler_sandbox.cluedin.world import (
    PROVIDER,
    STREAM,
    Args,
    Caller,
    Doc,
    Resolver,
    World,
    fixed_id,
    matches,
    new_id,
    now,
    ordered,
    page_of,
)

# Fields whose values may hold no white space ([B] from the public source of the data-lake connector).
_TIGHT = ("AccountName", "FileSystemName", "DirectoryName")
# What a connection cannot do without ([B] names, [C] that each of them is checked).
_NEEDED = {
    DATA_LAKE: ("AccountName", "AccountKey", "FileSystemName", "DirectoryName"),
    ONE_LAKE: ("WorkspaceName", "ItemName", "ItemType", "ItemFolder", "ClientId", "ClientSecret", "TenantId"),
    SQL_SERVER: ("host", "databaseName", "username", "password"),
    HTTP: ("url",),
}
# The fields that the server composes a display name of, each followed by a blank ([B] for the data lake).
_DISPLAY = {
    DATA_LAKE: ("AccountName", "FileSystemName", "DirectoryName"),
    ONE_LAKE: ("WorkspaceName", "ItemName"),
    SQL_SERVER: ("host", "databaseName"),
}


class ExportTargets:
    """Connections to other systems."""

    def __init__(self, world: World, people: Administration, connectors: Connectors) -> None:
        self._world = world
        self._people = people
        self._connectors = connectors

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Inbound.connectorConfigurations": self._list,
            "Inbound.connectorConfiguration": lambda caller, args: self.shown(caller, self.visible(args.get("id"))),
            "InboundMutation.createConnection": lambda caller, args: self.shown(
                caller,
                self.create(caller, args.get("connectorId"), args.get("authInfo"), args.get("accountDisplay")),
            ),
            "InboundMutation.saveConnectorConfiguration": lambda caller, args: self.shown(
                caller, self.save(args.get("connectorConfiguration") or {})
            ),
            "InboundMutation.grantUsersPermission": self._grant,
        }

    # Reading

    def visible(self, definition_id: str | None) -> Doc:
        """A configuration as callers see it by now."""
        found = self._world.get(PROVIDER, definition_id)
        if found is None:
            raise not_found("The connector configuration", definition_id or "without an id")
        return found

    def newest(self, definition_id: str | None) -> Doc:
        """A configuration as the server knows it."""
        found = self._world.get(PROVIDER, definition_id, latest=True)
        if found is None:
            raise not_found("The connector configuration", definition_id or "without an id")
        return found

    def _list(self, caller: Caller, args: Args) -> Doc:
        """Pages from 1, called pageNo; without `status: All` only active ones ([B] argument, [C] effect).

        Names are not unique, and items carry no helper configuration ([B]).
        """
        everything = (args.get("status") or "").lower() == "all"
        found = [
            doc
            for doc in self._world.all(PROVIDER)
            if (everything or doc["active"]) and matches(args.get("searchName"), doc["accountDisplay"], self._name(doc))
        ]
        found = ordered(found, args.get("sortBy"), (args.get("sortDirection") or "").lower().startswith("desc"))
        page = page_of(found, first_is_one(args.get("pageNo")), args.get("itemsPerPage") or 20)
        listed = [{**self.shown(caller, doc), "helperConfiguration": None, "configuration": None} for doc in page]
        return {"total": len(found), "configurations": listed}

    def shown(self, caller: Caller, doc: Doc) -> Doc:
        """One configuration with everything.

        Secrets come back as they were written: the vendor's own client copies them from here into its saves
        ([C], whether they are masked is not public).
        """
        person = self._people.person(doc["createdBy"])
        connector = self._connectors.provider(doc["providerId"]) or {}
        return {
            **doc,
            "name": connector.get("name"),
            "codeName": (connector.get("name") or "").replace(" ", ""),
            "configuration": self.effective(doc),
            "connector": connector or None,
            "connectorStatus": lambda _info: self.status(doc),
            "failingAuthentication": self.fault(doc) is not None,
            "streamModes": connector.get("streamModes"),
            "reAuthEndpoint": None,
            "guide": None,
            "stats": None,
            "status": None,
            "isUnApproved": False,
            "supportsAutomaticWebhookCreation": False,
            "supportsConfiguration": True,
            "supportsWebhooks": False,
            "userId": doc["createdBy"],
            "userName": person["username"] if person else None,
            "users": [found for user in doc["users"] if (found := self._people.person(user))],
            "permissions": [],
            "webhookManagementEndpoints": None,
            "webhooks": None,
            "isOwner": caller.user_id == doc["createdBy"],
        }

    def _name(self, doc: Doc) -> str:
        return str((self._connectors.provider(doc["providerId"]) or {}).get("name") or "")

    # What the connector makes of it

    def effective(self, doc: Doc) -> Doc:
        """The options that the connector works with, without secrets ([C] that they are shown at all).

        Data-lake connectors take JSON booleans only: "true" counts for nothing, silently ([B]).
        """
        given = doc["helperConfiguration"] or {}
        secret = self.secrets(doc["providerId"])
        found = {name: value for name, value in given.items() if name not in secret}
        for name in {field["name"] for field in self._fields(doc["providerId"])} & BOOLEANS.keys():
            value = given.get(name)
            found[name] = value if isinstance(value, bool) else BOOLEANS[name]
        if doc["providerId"] == ENDPOINT_SOURCE:
            found["firstTime"] = True
        return found

    def secrets(self, provider_id: str) -> set[str]:
        """The names of a provider's secret fields ([B] that the type says so)."""
        return {field["name"] for field in self._fields(provider_id) if field["type"] == "password"}

    def _fields(self, provider_id: str) -> list[Doc]:
        methods = (self._connectors.provider(provider_id) or {}).get("authMethods") or {}
        return [field for fields in methods.values() for field in fields or []]

    def fault(self, doc: Doc) -> str | None:
        """Why a connection cannot work; None when it does."""
        options = doc["helperConfiguration"] or {}
        fault = credentials_fault(doc["providerId"], options)
        return http_address.fault_of(options) if fault is None and doc["providerId"] == HTTP else fault

    def status(self, doc: Doc) -> Doc:
        """The health of a connection ([B] members, [C] words)."""
        fault = self.fault(doc)
        detail = {"providerDefinitionId": doc["id"], "hasError": fault is not None, "errorMessage": fault}
        return {"status": "Unhealthy" if fault else "Healthy", "connectorStatusDetails": [detail]}

    # Writing

    def create(self, caller: Caller, provider_id: str | None, given: Any, display: str | None) -> Doc:
        """Sets a provider up with an account; display names are not unique ([B])."""
        connector = self._connectors.provider(provider_id)
        if connector is None:
            raise not_found("The connector", provider_id or "without an id")
        options = _options(given)
        definition = new_id()
        return self._world.put(
            PROVIDER,
            {
                "id": definition,
                "providerId": connector["id"],
                "accountDisplay": self._display(connector["id"], options, display),
                "accountId": "0",
                "active": True,
                "autoSync": False,
                "helperConfiguration": options,
                "source": "",
                "sourceQuality": 5,
                "createdDate": now(),
                "createdBy": caller.user_id,
                "entityId": fixed_id(f"entity of {definition}"),
                "users": [caller.user_id],
            },
        )

    def save(self, given: Doc) -> Doc:
        """Replaces the helper configuration as a whole: a secret that is left out is gone ([C])."""
        after = dict(self.newest(given.get("id")))
        if given.get("accountDisplay") is not None:
            after["accountDisplay"] = self._display(after["providerId"], {}, given["accountDisplay"])
        if "helperConfiguration" in given:
            after["helperConfiguration"] = _options(given["helperConfiguration"])
        for name in ("source", "sourceQuality"):
            if given.get(name) is not None:
                after[name] = given[name]
        if self.fault(after):
            self._halt(after["id"])
        return self._world.put(PROVIDER, after)

    def _halt(self, definition: str) -> None:
        """Stops the streams of a target that does not work any more ([B]; here at once, there within a minute)."""
        for stream in self._world.find(STREAM, "target", definition, latest=True):
            if stream["status"] == "Started":
                self._world.put(STREAM, {**stream, "status": "Stopped", "requiresAttention": True})

    def _grant(self, caller: Caller, args: Args) -> Doc:
        """Adds people to a configuration ([B] call, [C] that it adds)."""
        doc = self.newest(args.get("connectorId"))
        users = [str(user).lower() for user in args.get("userIds") or []]
        unknown = [user for user in users if self._people.person(user) is None]
        if unknown:
            raise bad_request(f"Unknown users: {', '.join(unknown)}.")
        after = {**doc, "users": list(dict.fromkeys([*doc["users"], *users]))}
        return self.shown(caller, self._world.put(PROVIDER, after))

    def _display(self, provider_id: str, options: Doc, display: str | None) -> str:
        """The name people see; composed names end in a blank ([B]), given ones when normalising ([C])."""
        if display and self._world.at_least("4.3"):
            return f"{display.strip()} " if self._world.normalising else display
        if provider_id == HTTP:  # `{Url}.{Authorization}`, secret and all ([B] public source of the connector)
            return f"{options.get('url') or ''}.{options.get('authorization') or ''}"
        return "".join(f"{options.get(name) or ''} " for name in _DISPLAY.get(provider_id, ()))


def credentials_fault(provider_id: str, options: Doc) -> str | None:
    """What keeps a connection with these options from working."""
    missing = [name for name in _NEEDED.get(provider_id, ()) if not str(options.get(name) or "").strip()]
    if missing:
        return f"Missing: {', '.join(missing)}."
    for name in _TIGHT:
        if re.search(r"\s", str(options.get(name) or "")):
            return f"{name} may not hold white space."
    for name, choices in OPTIONS.items():
        if options.get(name) and options[name] not in choices:
            return f"{name} '{options[name]}' is not one of {', '.join(choices)}."
    if options.get("Schedule") == "CustomCron" and not str(options.get("CustomCron") or "").strip():
        return "CustomCron is needed for a custom schedule."
    if re.search(r"[/\\?%]", str(options.get("FileNamePattern") or "")):
        return "The file name pattern may not hold / \\ ? or %."
    return None


def _options(given: Any) -> Doc:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise bad_request("The configuration is not a JSON object.")
    return dict(given)
