"""The control call by which somebody takes a project of CluedIn to another state."""

from __future__ import annotations

from typing import Protocol

from reconciler_sandbox.web import Refusal, Request, Response


class _HasProjects(Protocol):
    """A CluedIn whose projects people work on."""

    def put_in_state(self, told: object) -> None:
        """Takes a project where it is told to; `ValueError` with a sentence for what cannot be."""


def answer(cluedin: _HasProjects | None, request: Request) -> Response:
    """`POST /_sandbox/cluedin/projects`: 204, or 400 with a sentence."""
    try:
        if cluedin is not None:
            cluedin.put_in_state(request.json())
    except ValueError as error:
        raise Refusal(Response(400, {"message": str(error)})) from None
    return Response(204)
