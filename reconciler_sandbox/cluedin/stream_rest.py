"""Streams over REST ([B] paths, models and enumerations as integers)."""

from __future__ import annotations

from typing import Any

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.errors import bad_request
from reconciler_sandbox.cluedin.export_targets import ExportTargets
from reconciler_sandbox.cluedin.numbers import MAPPING_TYPE, STREAM_MODE, STREAM_STATUS, word
from reconciler_sandbox.cluedin.streams import METADATA, Streams
from reconciler_sandbox.cluedin.world import (
    KEY,
    PROVIDER,
    STREAM,
    Call,
    Doc,
    RestRoute,
    World,
    fixed_id,
    ordered,
    page_of,
)
from reconciler_sandbox.web import Response

_SAME = (
    *("name", "description", "id", "createdAt", "createdBy", "modifiedAt", "modifiedBy", "condition", "rules"),
    *("connectorProviderDefinitionId", "containerName", "exportIncomingEdges", "exportOutgoingEdges"),
    *("exportIncomingEdgeProperties", "exportOutgoingEdgeProperties", "requiresAttention", "connectorProperties"),
)
_EDGES = {
    "exportIncomingEdges": "bool",
    "exportOutgoingEdges": "bool",
    "exportIncomingEdgeProperties": "bool",
    "exportOutgoingEdgeProperties": "bool",
}
_STREAM = models.Model(
    {
        "name": "text?",
        "description": "text?",
        "condition": "map?",
        "rules": "list?",
        "connectorProviderDefinitionId": "guid?",
        "containerName": "text?",
        **_EDGES,
        "mode": "int",
    }
)
_SET_UP = models.Model(
    {
        "connectorProviderDefinitionId": "guid!",
        "containerName": "text?",
        "oldContainerName": "text?",
        "existingContainerAction": "int",
        "dataTypes": "list?",
        **_EDGES,
        "mode": "int",
        "connectorProperties": "map?",
    }
)


class StreamRest:
    """Reading, changing, starting and removing streams."""

    def __init__(self, world: World, streams: Streams, targets: ExportTargets) -> None:
        self._world = world
        self._streams = streams
        self._targets = targets

    def routes(self) -> list[RestRoute]:
        """Paths; fixed words stand before ids."""
        return [
            ("GET", "/streams", self._list),
            ("POST", "/streams", self._create),
            ("POST", "/streams/setupconnector/{stream}", self._set_up),
            ("POST", "/streams/reingest/{stream}", self._reingest),
            ("GET", "/streams/{stream}", self._get),
            ("PUT", "/streams/{stream}", self._save),
            ("DELETE", "/streams/{stream}", self._delete),
            ("GET", "/streams/{stream}/stats", self._get),
            ("POST", "/streams/{stream}/start", self._start),
            ("POST", "/streams/{stream}/pause", self._pause),
            ("POST", "/streams/{stream}/stop", self._stop),
            ("GET", "/streams/{stream}/connectorStatuses", self._statuses),
            ("GET", "/streammapping/options", self._options),
            ("GET", "/streammapping/{stream}", self._mapping),
            ("POST", "/streammapping/{stream}", self._save_mapping),
        ]

    # Reading

    def _list(self, call: Call) -> Response:
        """Pages from 0, `take` 20 ([B])."""
        request = call.request
        status = request.arg("filterStreamStatus")
        if status and status.isdigit():
            status = word(STREAM_STATUS, int(status), "status")
        found = self._streams.search(
            request.arg("searchName"), status, request.arg("filterConnectorProviderDefinitionId")
        )
        creator = (request.arg("filterCreator") or "").lower()
        found = [doc for doc in found if not creator or doc["createdBy"] == creator]
        found = ordered(found, request.arg("orderBy"), models.flag(request, "orderAsc") is False)
        page = page_of(found, models.whole(request, "page", 0), models.whole(request, "take", 20))
        return Response(200, {"data": [_model(doc) for doc in page], "total": len(found)})

    def _get(self, call: Call, stream: str) -> Response:
        return Response(200, _model(self._streams.visible(models.guid(stream))))

    def _mapping(self, call: Call, stream: str) -> Response:
        doc = self._streams.visible(models.guid(stream))
        found = [
            {"sourceDataType": item["key"], "sourceObjectType": MAPPING_TYPE[item["type"]], "destDataType": item["key"]}
            for item in doc["mapping"]
        ]
        return Response(200, found)

    def _options(self, call: Call) -> Response:
        plain = [{"key": name, "type": MAPPING_TYPE["metadata"], "displayName": name} for name in METADATA]
        keys = [
            {"key": key["key"], "type": MAPPING_TYPE["vocabkey"], "displayName": key["displayName"]}
            for key in self._world.all(KEY)
            if not key["isObsolete"]
        ]
        return Response(200, [*plain, *keys])

    def _statuses(self, call: Call, stream: str) -> Response:
        doc = self._streams.visible(models.guid(stream))
        target = self._world.get(PROVIDER, doc["connectorProviderDefinitionId"], latest=True)
        return Response(200, [self._targets.status(target)] if target else [])

    # Changing

    def _create(self, call: Call) -> Response:
        """Makes a stream, with its export if it is there ([B] that one call may carry all), and answers its id."""
        given = _STREAM.read(call.request)
        doc = self._streams.create(call.caller, given)
        self._write(call, doc["id"], given, [])
        return Response(200, doc["id"])

    def _save(self, call: Call, stream: str) -> Response:
        doc = self._streams.newest(models.guid(stream))
        self._write(call, doc["id"], _STREAM.read(call.request), doc["mapping"])
        return Response(200)

    def _write(self, call: Call, stream: str, given: Doc, mapping: list[Doc]) -> None:
        """A whole stream but for its mapping, which has a path of its own ([B])."""
        self._streams.save(call.caller, stream, given)
        if given["connectorProviderDefinitionId"]:
            mode = word(STREAM_MODE, given["mode"], "mode")
            self._streams.set_up(call.caller, stream, {**given, "mode": mode, "dataTypes": mapping})

    def _set_up(self, call: Call, stream: str) -> Response:
        given = _SET_UP.read(call.request)
        if given["existingContainerAction"] not in range(4):
            raise bad_request("The action for an existing container is unknown.")
        types = [_entry(item, "key", "type") for item in given["dataTypes"] or []]
        mode = word(STREAM_MODE, given["mode"], "mode")
        self._streams.set_up(call.caller, models.guid(stream), {**given, "mode": mode, "dataTypes": types})
        return Response(200)

    def _save_mapping(self, call: Call, stream: str) -> Response:
        doc = self._streams.newest(models.guid(stream))
        given = models.body_of(call.request)
        if not isinstance(given, list):
            raise bad_request("A JSON array is needed.")
        if not doc["connectorProviderDefinitionId"]:
            raise bad_request("The stream has no connector.")
        types = [_entry(item, "sourceDataType", "sourceObjectType") for item in given]
        self._streams.set_up(call.caller, doc["id"], {**doc, "dataTypes": types})
        return Response(200)

    # States ([B] paths and words; [C] which step is refused, and with 400)

    def _start(self, call: Call, stream: str) -> Response:
        """A stream needs a target, and a healthy one ([B])."""
        doc = self._streams.newest(models.guid(stream))
        target = self._world.get(PROVIDER, doc["connectorProviderDefinitionId"], latest=True)
        if target is None:
            raise bad_request("The stream has no connector.")
        fault = self._targets.fault(target)
        if fault:
            raise bad_request(f"The connector is not healthy: {fault}")
        return self._become(call, doc, "Started", ("New", "Started", "Paused", "Stopped"))

    def _pause(self, call: Call, stream: str) -> Response:
        return self._become(call, self._streams.newest(models.guid(stream)), "Paused", ("Started", "Paused"))

    def _stop(self, call: Call, stream: str) -> Response:
        """Clears the queue: a later start begins from zero ([B])."""
        doc = self._streams.newest(models.guid(stream))
        return self._become(call, doc, "Stopped", ("Started", "Paused", "Stopped"))

    def _become(self, call: Call, doc: Doc, status: str, allowed: tuple[str, ...]) -> Response:
        if doc["status"] not in allowed:
            raise bad_request(f"The stream is {doc['status']} and cannot become {status}.")
        after = {**doc, "status": status, "requiresAttention": False}
        if status == "Stopped":
            after["log"] = []
        self._streams.submit(call.caller, "Change stream state", doc, after)
        return Response(200)

    def _reingest(self, call: Call, stream: str) -> Response:
        """Sends everything again ([B] path); only a started stream can ([C])."""
        doc = self._streams.newest(models.guid(stream))
        if doc["status"] != "Started":
            raise bad_request(f"The stream is {doc['status']}.")
        self._world.put(STREAM, {**doc, **self._streams.sent_again(doc)})
        return Response(202)

    def _delete(self, call: Call, stream: str) -> Response:
        """Removes a stream; files that it wrote stay ([C])."""
        self._streams.submit(call.caller, "Delete stream", self._streams.newest(models.guid(stream)), None)
        return Response(200)


def _entry(item: Any, key: str, kind: str) -> Doc:
    if not isinstance(item, dict):
        raise bad_request("A property is not a JSON object.")
    return {"key": item.get(key), "type": word(MAPPING_TYPE, item.get(kind), "type")}


def _model(doc: Doc) -> Doc:
    """A stream as `StreamModel`; an unset mode is the 0 of a value that cannot be null ([C])."""
    return {
        **{name: doc[name] for name in _SAME},
        "organizationId": fixed_id("organization"),
        "rulesApplied": len(doc["rules"]),
        "mode": STREAM_MODE[doc["mode"]] if doc["mode"] else 0,
        "status": STREAM_STATUS[doc["status"]],
        "loggingVersion": 1,
        "ingestionCallbackId": None,
        "ingestionCallbackData": None,
        "mostRecentIdleStreamEventAt": None,
        "streamIngestionJobId": doc.get("job"),
    }
