"""Refusals of CluedIn, with the status that its REST interface gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from reconciler_sandbox.web import Response


class CluedInError(Exception):
    """A refusal.

    Over REST it is problem details with the status. Over GraphQL it is an error in an answer with status 200
    whose text carries the inner status: clients look for `409` in it ([B], the vendor's own client does).
    """

    def __init__(self, status: int, detail: str, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(f"Request failed with status code {status} ({HTTPStatus(status).phrase}): {detail}")
        self.status = status
        self.detail = detail
        self.fields = fields

    def response(self) -> Response:
        """The refusal as ASP.NET problem details ([B] that it uses them, [C] which members are filled)."""
        body: dict[str, Any] = {
            "type": f"https://httpstatuses.io/{self.status}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.fields:
            body["title"] = "One or more validation errors occurred."
            body["errors"] = {name: list(messages) for name, messages in self.fields.items()}
        return Response(self.status, body, {"Content-Type": "application/problem+json; charset=utf-8"})


def bad_request(detail: str, **fields: str) -> CluedInError:
    """400, with a message per field where one is at fault."""
    return CluedInError(400, detail, {name: [message] for name, message in fields.items()} or None)


def not_found(what: str, key: str) -> CluedInError:
    """404."""
    return CluedInError(404, f"{what} {key} cannot be found.")


def conflict(detail: str) -> CluedInError:
    """409: exists already, or nothing would change."""
    return CluedInError(409, detail)
