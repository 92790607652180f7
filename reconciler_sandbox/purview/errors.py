"""Refusals of the data map.

Codes and messages are Apache Atlas's (grade A for Atlas 2.4, B for Purview, which keeps them); Purview's own
words, such as `PreConditionCheckFailed`, are grade B.
"""

from __future__ import annotations

from typing import Any, NoReturn

from reconciler_sandbox.web import Refusal, Response


def refuse(code: str, message: str, status: int | None = None) -> NoReturn:
    """Refuses with an Atlas code such as `404-00-005`; the status is its first part unless given."""
    body = {"errorCode": f"ATLAS-{code}", "errorMessage": message}
    raise Refusal(Response(status or int(code[:3]), body))


def refuse_word(status: int, code: str, message: str) -> NoReturn:
    """Refuses with one of Purview's own codes, which are words."""
    raise Refusal(Response(status, {"errorCode": code, "errorMessage": message}))


def refuse_account(status: int, code: str, message: str) -> NoReturn:
    """Refuses in the shape of the account plane (grade A: recordings)."""
    error: dict[str, Any] = {"code": code, "message": message, "target": None, "details": []}
    raise Refusal(Response(status, {"error": error}))


def broken() -> NoReturn:
    """What Apache Atlas answers where its own code stumbles (the status answered by 2.4.0, grade A; the body is C)."""
    raise Refusal(Response(500, {"errorMessage": "There was an error processing your request. It has been logged."}))


def no_entity(guid: str) -> NoReturn:
    """The guid is not known."""
    refuse("404-00-005", f"Given instance guid {guid} is invalid/not found")


def bad_request(message: str) -> NoReturn:
    """The general complaint about parameters."""
    refuse("400-00-029", message)
