"""The account service beside sign-in: who there is, and which names are free.

Paths and the members `Account`, `Entity` and `isAvailable` are those that CluedIn's own SDK reads ([B]). It also
makes organisations and people; how those calls answer is in no public source, and nobody is made here.
"""

from __future__ import annotations

from typing import Any

from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.tokens import Tokens, unauthorised
from reconciler_sandbox.cluedin.world import USER, World, fixed_id
from reconciler_sandbox.sign_in import ORGANIZATION
from reconciler_sandbox.web import Request, Response


class Accounts:
    """`/auth/api/account/…`."""

    def __init__(self, world: World, people: Administration, tokens: Tokens) -> None:
        self._world = world
        self._people = people
        self._tokens = tokens

    def routes(self) -> list[tuple[str, str, Any]]:
        """Paths; whether a name is free may be asked before there is a token ([B] for people's names)."""
        return [
            ("GET", "/auth/api/account/accounts", self._all),
            ("GET", "/auth/api/account/available", self._organization_free),
            ("GET", "/auth/api/account/username", self._name_free),
        ]

    def _all(self, request: Request) -> Response:
        if self._tokens.caller(request) is None:
            return unauthorised()
        wanted = request.arg("organizationId")
        if wanted and wanted.lower() != fixed_id("organization"):
            return Response(403, {"message": "The organisation is not the caller's."})
        found = [self._people.full(user) for user in self._world.all(USER)]
        return Response(200, [{"Account": one["Account"], "Entity": one["Entity"]} for one in found])

    def _organization_free(self, request: Request) -> Response:
        return Response(200, {"isAvailable": (request.arg("clientId") or "").lower() != ORGANIZATION})

    def _name_free(self, request: Request) -> Response:
        name = (request.arg("username") or "").strip().lower()
        return Response(200, {"isAvailable": not self._world.find(USER, "name", name)})
