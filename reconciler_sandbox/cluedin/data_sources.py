"""Data source groups and data sources ([B] that they exist in GraphQL only, without rename and removal)."""

from __future__ import annotations

from collections.abc import Callable

from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.connectors import ENDPOINT_SOURCE
from reconciler_sandbox.cluedin.errors import bad_request, not_found
from reconciler_sandbox.cluedin.export_targets import ExportTargets
from reconciler_sandbox.cluedin.world import (
    DATA_GROUP,
    DATA_SET,
    DATA_SOURCE,
    PROVIDER,
    USER,
    Args,
    Caller,
    Doc,
    Resolver,
    World,
    matches,
    now_z,
    page_of,
)

_TYPES = ("endpoint", "file", "sql")


class DataSources:
    """Where data comes from."""

    def __init__(self, world: World, people: Administration, targets: ExportTargets) -> None:
        self._world = world
        self._people = people
        self._targets = targets
        self.set_view: Callable[[Doc], Doc] = lambda doc: doc
        """How the data sets of a source are shown; given by their area."""

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Inbound.dataSourceSets": self._groups,
            "Inbound.dataSource": lambda caller, args: self.shown(caller, self.visible(args["id"])),
            "InboundMutation.createDataSourceSet": self._create_group,
            "InboundMutation.createDataSource": self._create,
            "InboundMutation.saveDataBaseConfigurationForDataSource": self._save_database,
        }

    def visible(self, source_id: str) -> Doc:
        """A source as callers see it by now."""
        found = self._world.get(DATA_SOURCE, source_id)
        if found is None:
            raise not_found("The data source", source_id)
        return found

    def newest(self, source_id: str | None) -> Doc:
        """A source as the server knows it."""
        found = self._world.get(DATA_SOURCE, source_id, latest=True)
        if found is None:
            raise not_found("The data source", source_id or "without an id")
        return found

    def author(self, given: str | None, caller: Caller) -> str:
        """Whom an object belongs to: the author that is named, or who asks ([B] member, [C] default)."""
        if given and self._world.get(USER, given) is None:
            raise bad_request(f"The author {given} does not exist.")
        return given.lower() if given else caller.user_id

    # Groups

    def _groups(self, caller: Caller, args: Args) -> Doc:
        """Pages from 0 ([B])."""
        page, size = args.get("page") or 0, args.get("pageSize") or 20
        if page < 0:
            raise bad_request(f"The page number {page} is not valid: pages are counted from 0.")
        found = [doc for doc in self._world.all(DATA_GROUP) if matches(args.get("searchName"), doc["name"])]
        return {"total": len(found), "data": [self._group(caller, doc) for doc in page_of(found, page, size)]}

    def _group(self, caller: Caller, doc: Doc) -> Doc:
        def sources(_info: object) -> list[Doc]:
            return [self.shown(caller, source) for source in self._world.find(DATA_SOURCE, "group", doc["id"])]

        return {**doc, "author": self._people.person(doc["author"]), "dataSources": sources}

    def _create_group(self, caller: Caller, args: Args) -> str:
        """Answers with the bare id, a number as text ([B]); names may repeat ([B])."""
        given = args.get("dataSourceSet") or {}
        moment = now_z()
        doc = {
            "id": str(self._world.store.next("cluedin data source set")),
            "name": _named(self._world, given),
            "author": self.author(given.get("author"), caller),
            "createdAt": moment,
            "updatedAt": moment,
        }
        return str(self._world.put(DATA_GROUP, doc)["id"])

    # Sources

    def brief(self, doc: Doc) -> Doc:
        """A source as its data sets carry it ([B])."""
        group = self._world.get(DATA_GROUP, doc["dataSourceSetId"], latest=True)
        return {
            **doc,
            "author": self._people.person(doc["author"]),
            "dataSourceSet": {"id": group["id"], "name": group["name"]} if group else None,
            "canBeDeleted": True,
            "hasError": False,
            "latestErrorMessage": None,
            "errorType": None,
            "stopped": False,
            "crashedDuringUpload": False,
            "logoType": None,
            "fileMetadata": None,
            "connectionStatus": {"connected": True, "errorMessage": ""},
        }

    def shown(self, caller: Caller, doc: Doc) -> Doc:
        """A source with its sets and its configuration.

        The configuration's id is in upper case here and in lower case in the object itself ([B]).
        """
        definition = doc["connectorConfigurationId"].lower()

        def configuration(_info: object) -> Doc | None:
            found = self._world.get(PROVIDER, definition)
            return self._targets.shown(caller, found) if found else None

        def sets(_info: object) -> list[Doc]:
            return [self.set_view(item) for item in self._world.find(DATA_SET, "source", doc["id"])]

        return {**self.brief(doc), "dataSets": sets, "connectorConfiguration": configuration}

    def _create(self, caller: Caller, args: Args) -> Doc:
        """Makes a source and the configuration behind it ([B]); names may repeat ([B])."""
        group = self._world.get(DATA_GROUP, args.get("dataSourceSetId"), latest=True)
        if group is None:
            raise not_found("The data source group", args.get("dataSourceSetId") or "without an id")
        given = args.get("dataSource") or {}
        if given.get("type") not in _TYPES:
            raise bad_request(f"The type '{given.get('type')}' is not one of {', '.join(_TYPES)}.")
        name = _named(self._world, given)
        number = self._world.store.next("cluedin data source")
        options = {"EndpointName": name, "DataSourceId": number}
        definition = self._targets.create(caller, ENDPOINT_SOURCE, options, name)
        moment = now_z()
        doc = {
            "id": str(number),
            "dataSourceSetId": group["id"],
            "type": given["type"],
            "name": name,
            "author": self.author(given.get("author"), caller),
            "createdAt": moment,
            "updatedAt": moment,
            "sql": None,
            "connectorConfigurationId": definition["id"].upper(),
        }
        return self.shown(caller, self._world.put(DATA_SOURCE, doc))

    def _save_database(self, _caller: Caller, args: Args) -> bool:
        """Keeps the connection of a source of type sql ([B] call, [C] that other types are refused)."""
        doc = self.newest(args["id"])
        if doc["type"] != "sql":
            raise bad_request("The data source is not of type sql.")
        self._world.put(DATA_SOURCE, {**doc, "sql": args.get("configuration"), "updatedAt": now_z()})
        return True


def _named(world: World, given: Doc) -> str:
    name = world.text(given.get("name"))
    if not (name or "").strip():
        raise bad_request("The model is not valid.", name="This member is required.")
    return str(name)
