"""Clean projects over REST: removing one, and loading what it is about ([B] paths and codes)."""

from __future__ import annotations

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.clean_projects import CleanProjects
from reconciler_sandbox.cluedin.world import Call, RestRoute
from reconciler_sandbox.web import Response


class CleanRest:
    """`/api/v2/clean`, as far as GraphQL has no twin."""

    def __init__(self, projects: CleanProjects) -> None:
        self._projects = projects

    def routes(self) -> list[RestRoute]:
        """Paths below the root of the second version."""
        return [
            ("DELETE", "/clean/{project}", self._delete),
            ("POST", "/clean/{project}/generate", self._generate),
        ]

    def _delete(self, call: Call, project: str) -> Response:
        self._projects.delete(call.caller, models.guid(project))
        return Response(200, None)

    def _generate(self, call: Call, project: str) -> Response:
        self._projects.generate(call.caller, models.guid(project))
        return Response(200, None)
