"""Streams: which records go where."""

from __future__ import annotations

from typing import Any

from reconciler_sandbox.cluedin import conditions
from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.connectors import Connectors
from reconciler_sandbox.cluedin.errors import bad_request
from reconciler_sandbox.cluedin.export_targets import ExportTargets
from reconciler_sandbox.cluedin.vocabularies import first_is_one
from reconciler_sandbox.cluedin.world import (
    ANNOTATION,
    DATA_SET,
    KEY,
    PROVIDER,
    STREAM,
    Args,
    Caller,
    Doc,
    Resolver,
    World,
    Write,
    fixed_id,
    matches,
    new_id,
    now,
    ordered,
    page_of,
    put_of,
)

# Properties of records that are no vocabulary keys ([B] that Name is one, and the columns that a data-lake
# export always has; [C] the rest).
METADATA = (
    *("Id", "Name", "EntityType", "Codes", "OriginEntityCode", "DisplayName", "Description", "Aliases", "Tags"),
    *("CreatedDate", "ModifiedDate", "DiscoveryDate", "Culture", "Encoding", "Revision", "Uri", "Authors"),
    *("PersistHash", "PersistVersion", "ProviderDefinitionId", "Timestamp", "Epoch", "ContainerName", "SortDate"),
)
_FLAGS = (
    *("exportOutgoingEdges", "exportIncomingEdges"),
    *("exportOutgoingEdgeProperties", "exportIncomingEdgeProperties"),
)
# What makes a running stream empty its target and send everything again ([B]).
_DISRUPTIVE = (
    *("condition", "rules", "connectorProviderDefinitionId", "containerName", "mode", "mapping"),
    *("connectorProperties", *_FLAGS),
)


class Streams:
    """The rules of streams, and the fields of the GraphQL schema."""

    def __init__(self, world: World, people: Administration, connectors: Connectors, targets: ExportTargets) -> None:
        self._world = world
        self._people = people
        self._connectors = connectors
        self._targets = targets

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Consume.streams": self._list,
            "Consume.stream": lambda caller, args: self.shown(caller, self.visible(args["id"])),
            "Consume.streamMappingProperties": lambda caller, args: [
                {"displayName": name, "key": name, "type": "metadata"} for name in METADATA
            ],
            "ConsumeMutation.createStream": lambda caller, args: self.shown(
                caller, self.create(caller, args["stream"])
            ),
            "ConsumeMutation.saveStream": lambda caller, args: self.shown(
                caller, self.save(caller, args["stream"].get("id"), args["stream"])
            ),
            "ConsumeMutation.setupConnectorStream": self._set_up,
        }

    # Reading

    def visible(self, stream_id: str) -> Doc:
        """A stream as callers see it by now."""
        return self._world.visible(STREAM, stream_id, "The stream")

    def newest(self, stream_id: str | None) -> Doc:
        """A stream as the server knows it."""
        return self._world.newest(STREAM, stream_id, "The stream")

    def search(self, name: str | None, status: str | None, target: str | None) -> list[Doc]:
        """The streams that fit."""
        return [
            doc
            for doc in self._world.all(STREAM)
            if matches(name, doc["name"])
            and (not status or status.lower() in ("all", doc["status"].lower()))
            and (not target or doc["connectorProviderDefinitionId"] == target.lower())
        ]

    def _list(self, caller: Caller, args: Args) -> Doc:
        """Pages from 1 ([B])."""
        found = self.search(args.get("searchName"), args.get("status"), args.get("exportTargetId"))
        found = ordered(found, args.get("sortBy"), (args.get("sortDirection") or "").lower().startswith("desc"))
        page = page_of(found, first_is_one(args.get("pageNumber")), args.get("itemsPerPage") or 20)
        return {"total": len(found), "data": [self.shown(caller, doc) for doc in page]}

    def shown(self, caller: Caller, doc: Doc) -> Doc:
        """One stream with everything."""
        items = [{"sourceDataType": item["key"], "sourceObjectType": item["type"]} for item in doc["mapping"]]
        return {
            **doc,
            "type": None,
            "isOwner": caller.user_id == doc["createdBy"],
            "author": self._people.person(doc["createdBy"]),
            "numberOfRecords": self.records(doc),
            "rulesApplied": len(doc["rules"]),
            "mappingConfiguration": items,
            "connector": lambda _info: self._connector(doc["connectorProviderDefinitionId"]),
        }

    def _connector(self, definition: str | None) -> Doc | None:
        target = self._world.get(PROVIDER, definition)
        if target is None:
            return None
        connector = self._connectors.provider(target["providerId"]) or {}
        return {
            **{name: target[name] for name in ("id", "active", "accountDisplay", "accountId")},
            "name": connector.get("name"),
            "streamModes": connector.get("streamModes"),
            "connector": connector,
            "connectorStatus": self._targets.status(target),
        }

    def records(self, doc: Doc) -> int:
        """How many records a running stream has sent: those of mapped sets of its entity types ([C])."""
        if doc["status"] not in ("Started", "Paused"):
            return 0
        wanted = conditions.entity_types(doc["condition"])
        kinds = {one["id"]: one["entityType"].lower() for one in self._world.all(ANNOTATION, latest=True)}
        sets = self._world.all(DATA_SET, latest=True)
        fits = [one for one in sets if (kind := kinds.get(one["annotationId"])) and (not wanted or kind in wanted)]
        return sum(one["processed"] for one in fits)

    # Writing

    def create(self, caller: Caller, given: Doc) -> Doc:
        """Makes a new stream; names are not unique ([B])."""
        moment = now()
        return self._world.put(
            STREAM,
            {
                "id": new_id(),
                "name": self._name(given),
                "description": None,
                "status": "New",
                "createdBy": caller.user_id,
                "ownedBy": caller.user_id,
                "modifiedBy": caller.user_id,
                "createdAt": moment,
                "modifiedAt": moment,
                "condition": conditions.stored(self._world, {}),
                "rules": [],
                "connectorProviderDefinitionId": None,
                "containerName": None,
                "mode": None,
                "mapping": [],
                "connectorProperties": None,
                **dict.fromkeys(_FLAGS, False),
                "requiresAttention": False,
                "resent": 0,
                "job": None,
                "history": [],
            },
        )

    def save(self, caller: Caller, stream_id: str | None, given: Doc) -> Doc:
        """Replaces name, description, condition and actions: what is not sent is lost ([C])."""
        before = self.newest(stream_id)
        rules = given.get("rules") or []
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            raise bad_request("The rules are not a JSON array of objects.")
        return self.change(
            caller,
            before,
            name=self._name(given),
            description=self._world.rich_text(given.get("description")),
            condition=conditions.stored(self._world, given.get("condition") or {}),
            rules=[self._rule(caller, rule) for rule in rules],
        )

    def _rule(self, caller: Caller, given: Doc) -> Doc:
        """An action of a stream, with the members that the server adds ([B])."""
        return {
            "description": None,
            "type": "StreamProcessing",
            "order": -1,
            "isActive": False,
            "modifiedBy": None,
            "modifiedAt": None,
            "actions": [],
            "createdBy": caller.user_id,
            "createdAt": now(),
            "ownedBy": caller.user_id,
            **given,
            "id": given.get("id") or new_id(),
            "organizationId": fixed_id("organization"),
            "conditions": conditions.stored(self._world, given.get("conditions") or {}),
        }

    def change(self, caller: Caller, before: Doc, **members: Any) -> Doc:
        """Writes a changed stream.

        When filter, actions or export of a started stream change, the target is emptied and everything is sent
        again ([B]); `resent` counts how often.
        """
        after = {**before, **members, "modifiedAt": now(), "modifiedBy": caller.user_id}
        changed = any(_compared(before, name) != _compared(after, name) for name in _DISRUPTIVE)
        if before["status"] == "Started" and changed:
            after = {**after, **self.sent_again(after)}
        return self.submit(caller, "Update stream", before, after)

    @staticmethod
    def sent_again(doc: Doc) -> Doc:
        """The members of a stream that sends everything again: under another job ([C], by the member's name)."""
        return {"resent": doc["resent"] + 1, "job": new_id()}

    def submit(self, caller: Caller, action: str, before: Doc, after: Doc | None) -> Doc:
        """Writes, or leaves a task: changes, states and removal of streams need an approval ([B]), their creation
        does not ([C]: the vendor's notes on it do not say so). Answers what will be, as other writes do ([C])."""
        write = put_of(STREAM, after) if after is not None else Write(STREAM, before["id"])
        self._world.submit(caller, action, before["id"], [write])
        return after or before

    def _name(self, given: Doc) -> str:
        name = self._world.text(given.get("name"))
        if not (name or "").strip():
            raise bad_request("The model is not valid.", name="This member is required.")
        return str(name)

    def _set_up(self, caller: Caller, args: Args) -> Doc:
        """The export over GraphQL; it knows neither connector properties nor properties of edges ([B]).

        Those keep what they were ([U], the vendor's client does not say).
        """
        given = args.get("exportConfiguration") or {}
        return self.shown(caller, self.set_up(caller, args["streamId"], given))

    def set_up(self, caller: Caller, stream_id: str, given: Doc) -> Doc:
        """Sets where a stream goes and which properties it takes; 400 for unknown ones ([B])."""
        before = self.newest(stream_id)
        target = self._world.get(PROVIDER, given.get("connectorProviderDefinitionId"), latest=True)
        if target is None:
            raise bad_request("The connector does not exist.", connectorProviderDefinitionId="Unknown connector.")
        self._check_mode(target, given.get("mode"))
        if not (given.get("containerName") or "").strip():
            raise bad_request("The model is not valid.", containerName="This member is required.")
        mapping = self._mapping(given.get("dataTypes") or [])
        kept = {name: given[name] for name in ("connectorProperties", *_FLAGS[2:]) if name in given}
        return self.change(
            caller,
            before,
            connectorProviderDefinitionId=target["id"],
            containerName=given["containerName"],
            mode=given["mode"],
            mapping=mapping,
            **{name: bool(given.get(name)) for name in _FLAGS[:2]},
            **kept,
        )

    def _check_mode(self, target: Doc, mode: str | None) -> None:
        """A mode of the provider; a stream cache goes with Sync only ([B] for data lakes)."""
        modes = (self._connectors.provider(target["providerId"]) or {}).get("streamModes") or []
        if mode not in modes:
            raise bad_request(f"The mode '{mode}' is not one of {', '.join(modes) or 'none'}.", mode="Unknown mode.")
        if mode != "Sync" and self._targets.effective(target).get("IsStreamCacheEnabled"):
            raise bad_request("The stream cache works in the mode Sync only.", mode="Sync is needed.")

    def _mapping(self, given: list[Doc]) -> list[Doc]:
        """What is exported; keys are told apart by case ([B])."""
        found: dict[tuple[str, str], Doc] = {}
        for item in given:
            key, kind = item.get("key") or "", item.get("type") or ""
            known = key in METADATA if kind == "metadata" else bool(self._world.taken(KEY, "key", key))
            if kind not in ("metadata", "vocabkey") or not known:
                raise bad_request(f"The property '{key}' of type '{kind}' does not exist.", dataTypes=key)
            found[kind, key] = {"key": key, "type": kind}
        listed = list(found.values())
        return sorted(listed, key=_name_of, reverse=True) if self._world.normalising else listed


def _name_of(item: Doc) -> str:
    return str(item["key"])


def _compared(doc: Doc, name: str) -> Any:
    """A member as it counts for a change: the order of properties does not ([C])."""
    value = doc[name]
    return sorted(value, key=_name_of) if name == "mapping" else conditions.meaning(value)
