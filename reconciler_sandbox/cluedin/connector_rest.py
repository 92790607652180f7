"""Connector configurations over REST ([B] paths and status codes; [U] members of answers)."""

from __future__ import annotations

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.connectors import Connectors
from reconciler_sandbox.cluedin.errors import CluedInError, bad_request, not_found
from reconciler_sandbox.cluedin.export_targets import ExportTargets, credentials_fault
from reconciler_sandbox.cluedin.world import PROVIDER, STREAM, Call, Doc, RestRoute, World, Write
from reconciler_sandbox.web import Response


class ConnectorRest:
    """Reading, verifying and removing what is connected."""

    def __init__(self, world: World, targets: ExportTargets, connectors: Connectors) -> None:
        self._world = world
        self._targets = targets
        self._connectors = connectors

    def routes(self) -> list[RestRoute]:
        """Paths; fixed words stand before ids."""
        return [
            ("GET", "/connector/connectorinfo", self._info),
            ("GET", "/connector/connectorstatus/{definition}", self._status),
            ("GET", "/connector/verifyconnection/{definition}", self._verify),
            ("POST", "/connector/verifycredentials/{provider}", self._verify_credentials),
            ("GET", "/connector/{definition}/containers", self._containers),
            ("GET", "/connector/{definition}/container/{name}/validatename", self._validate_name),
            ("GET", "/connector/{definition}", self._get),
            ("DELETE", "/connector/{definition}", self._delete),
        ]

    def _info(self, call: Call) -> Response:
        return self._get(call, call.request.arg("id") or "")

    def _get(self, call: Call, definition: str) -> Response:
        """A configuration; the official list names `connectorinfo?id=` only, the short path is [C]."""
        return Response(200, self._model(self._visible(definition)))

    def _status(self, call: Call, definition: str) -> Response:
        return Response(200, self._targets.status(self._visible(definition)))

    def _verify(self, call: Call, definition: str) -> Response:
        """500 with problem details when the connection fails ([B])."""
        fault = self._targets.fault(self._visible(definition))
        if fault:
            raise CluedInError(500, fault)
        return Response(200, {"success": True})

    def _verify_credentials(self, call: Call, provider: str) -> Response:
        found = self._connectors.provider(models.guid(provider))
        if found is None:
            raise not_found("The connector", provider)
        body = models.body_of(call.request)
        fault = credentials_fault(found["id"], body if isinstance(body, dict) else {})
        return Response(200, {"success": fault is None, "errorMessage": fault})

    def _containers(self, call: Call, definition: str) -> Response:
        self._visible(definition)
        return Response(200, sorted({doc["containerName"] for doc in self._users(definition) if doc["containerName"]}))

    def _validate_name(self, call: Call, definition: str, name: str) -> Response:
        self._visible(definition)
        return Response(200, {"originalName": name, "resultName": name})

    def _delete(self, call: Call, definition: str) -> Response:
        """404 when there is none, 409 with the streams that use it ([B])."""
        doc = self._targets.newest(models.guid(definition))
        users = self._users(definition)
        if users:
            names = [f"{stream['name']} ({stream['id']})" for stream in users]
            raise CluedInError(409, f"The connector is used by streams: {', '.join(names)}.", {"streams": names})
        self._world.submit(call.caller, "Delete connector", doc["id"], [Write(PROVIDER, doc["id"])])
        return Response(200)

    def _users(self, definition: str) -> list[Doc]:
        return self._world.find(STREAM, "target", models.guid(definition), latest=True)

    def _visible(self, definition: str) -> Doc:
        if not definition:
            raise bad_request("An id is needed.", id="This value is required.")
        return self._targets.visible(models.guid(definition))

    def _model(self, doc: Doc) -> Doc:
        connector = self._connectors.provider(doc["providerId"]) or {}
        secret = self._targets.secrets(doc["providerId"])
        shown = {key: value for key, value in (doc["helperConfiguration"] or {}).items() if key not in secret}
        return {**doc, "name": connector.get("name"), "helperConfiguration": shown, "connector": connector}
