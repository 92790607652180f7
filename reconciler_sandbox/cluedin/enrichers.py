"""Enrichers and crawlers over REST: what the document tells of them, and what only a withdrawn one did.

Paths and status codes of `/integration/enricher` are of the current document, the members of most answers are not
public ([B], [U]). `/organization/providers` stood in an earlier one ([B]), and may be switched off here.
"""

from __future__ import annotations

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.connectors import HTTP, Connectors
from reconciler_sandbox.cluedin.errors import CluedInError, bad_request, not_found
from reconciler_sandbox.cluedin.export_targets import ExportTargets, credentials_fault
from reconciler_sandbox.cluedin.world import PROVIDER, Call, Doc, RestRoute, World, Write, new_id
from reconciler_sandbox.web import Response

_RETURNS = ("vat.status", "vat.country")
"""Vocabulary keys that an enricher says it gives back ([U] how)."""


class Enrichers:
    """What is done with enrichers and crawlers beyond setting them up."""

    def __init__(self, world: World, targets: ExportTargets, connectors: Connectors) -> None:
        self._world = world
        self._targets = targets
        self._connectors = connectors
        self._jobs: dict[str, list[str]] = {}

    def routes(self) -> list[RestRoute]:
        """Paths; fixed words stand before ids."""
        base = "/integration/enricher"
        return [
            ("GET", f"{base}/all", self._all),
            ("GET", f"{base}/externalSearchQuery/exists/{{definition}}", self._has_answers),
            ("DELETE", f"{base}/externalSearchQuery/delete/{{definition}}", self._forget_answers),
            ("POST", f"{base}/{{provider}}/verifycredentials", self._verify),
            ("POST", f"{base}/{{definition}}/enrich", self._enrich),
            ("GET", f"{base}/{{definition}}/activeJobs", self._active_jobs),
            ("DELETE", f"{base}/{{definition}}/delete", self._delete),
            ("GET", f"{base}/{{provider}}/details", self._details),
            ("GET", f"{base}/{{provider}}", self._one),
            ("PUT", "/organization/providers", self._switch),
            ("POST", "/organization/providers/recrawl", self._recrawl),
            ("POST", "/admin/toggleproviderstatus", self._toggle_everywhere),
        ]

    # Enrichers of the catalogue

    def _all(self, call: Call) -> Response:
        return Response(200, [_shown(doc) for doc in self._connectors.enrichers()])

    def _one(self, call: Call, provider: str) -> Response:
        return Response(200, _shown(self._enricher(provider)))

    def _details(self, call: Call, provider: str) -> Response:
        """What the class of an enricher looks up and gives back, not this configuration of it ([B], [U] members)."""
        found = self._enricher(provider)
        return Response(
            200,
            {
                "id": found["id"],
                "name": found["name"],
                "lookupEntityTypes": ["/Organization"],
                "returnedEntityTypes": ["/Organization"],
                "vocabularies": [{"keyPrefix": "vat", "keys": list(_RETURNS)}],
            },
        )

    def _verify(self, call: Call, provider: str) -> Response:
        """400 where a provider cannot be asked ([B])."""
        found = self._connectors.provider(models.guid(provider))
        if found is None:
            raise not_found("The enricher", provider)
        if found["id"] != HTTP and found["type"] == "Enricher":
            raise bad_request("This enricher does not verify credentials.")
        body = models.body_of(call.request)
        fault = credentials_fault(found["id"], body if isinstance(body, dict) else {})
        return Response(200, {"success": fault is None, "errorMessage": fault})

    # Configurations

    def _enrich(self, call: Call, definition: str) -> Response:
        job = new_id()
        self._jobs.setdefault(self._configured(definition)["id"], []).append(job)
        return Response(200, {"jobId": job})

    def _active_jobs(self, call: Call, definition: str) -> Response:
        """Jobs are over when somebody looks for the second time."""
        return Response(200, [{"id": job} for job in self._jobs.pop(self._configured(definition)["id"], [])])

    def _has_answers(self, call: Call, definition: str) -> Response:
        self._configured(definition)
        return Response(200, True)

    def _forget_answers(self, call: Call, definition: str) -> Response:
        self._configured(definition)
        return Response(200, {"jobId": new_id()})

    def _delete(self, call: Call, definition: str) -> Response:
        doc = self._configured(definition)
        self._world.submit(call.caller, "Delete enricher", doc["id"], [Write(PROVIDER, doc["id"])])
        return Response(200)

    def _configured(self, definition: str) -> Doc:
        """A configuration of an enricher; 400 for one of something else."""
        doc = self._targets.newest(models.guid(definition))
        if doc["providerId"] not in {one["id"] for one in self._connectors.enrichers()}:
            raise bad_request("The configuration is not one of an enricher.")
        return doc

    def _enricher(self, provider: str) -> Doc:
        wanted = models.guid(provider)
        found = next((doc for doc in self._connectors.enrichers() if doc["id"] == wanted), None)
        if found is None:
            raise not_found("The enricher", provider)
        return found

    # What a withdrawn document told

    def _switch(self, call: Call) -> Response:
        """The account's own switch: off cancels what is scheduled, on approves what nobody has approved ([B])."""
        self._documented()
        doc = self._targets.newest(models.guid(call.request.arg("id") or ""))
        active = models.flag(call.request, "active")
        if active is None:
            raise bad_request("It is not said whether it is active.", active="This value is required.")
        self._world.put(PROVIDER, {**doc, "active": active})
        return Response(200)

    def _recrawl(self, call: Call) -> Response:
        self._documented()
        self._targets.newest(models.guid(call.request.arg("id") or ""))
        return Response(200)

    def _toggle_everywhere(self, call: Call) -> Response:
        """Switches a provider for *all* organisations ([B]): nobody wants to call this one."""
        self._documented()
        for doc in self._world.all(PROVIDER):
            self._world.put(PROVIDER, {**doc, "active": not doc["active"]})
        return Response(200)

    def _documented(self) -> None:
        if not self._world.option("undocumented", True):
            raise CluedInError(404, "There is no such path.")


def _shown(doc: Doc) -> Doc:
    return {name: doc[name] for name in ("id", "name", "about", "icon", "type", "properties", "authMethods")}
