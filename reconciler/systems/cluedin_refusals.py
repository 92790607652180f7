"""What CluedIn's GraphQL refuses, which it tells in an answer of 200."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.errors import Diagnostic, SystemFailureError
from reconciler.systems.redact import SECRETS
from reconciler.systems.refusals import Refused

_NOT_FOR_SIZE = frozenset({401, 403, 429, 502, 503, 504})


class GraphQLRefused(SystemFailureError):
    """GraphQL answered 200 with errors. `conflict` tells that the text carries the inner status 409.

    `absent`: every error says that there is no such object, by its inner status. `doubtful`, as of `Refused`:
    something that was sent before may be what it is refused for.
    """

    def __init__(self, field: str, errors: Sequence[Any], *, doubtful: bool = False) -> None:
        self.messages = [str(error.get("message", error) if isinstance(error, Mapping) else error) for error in errors]
        self.field, self.doubtful = field, doubtful
        self.absent = all(inner_status(error) == 404 for error in errors)
        text = "; ".join(self.messages)
        self.conflict = bool(re.search(r"\b409\b", text))
        super().__init__(Diagnostic("error", "cluedin.refused", SECRETS.clean(f"cluedin refused {field}: {text}")))


_INNER = re.compile(r"(?:Request failed with status code|Response status code does not indicate success:) (\d{3})\b")
"""How the HTTP clients of Node.js (axios) and of .NET word a status that they got; CluedIn's services are of both
kinds, and which of the two an error carries is [U]."""


def inner_status(error: Any) -> int | None:
    """The status behind an error of GraphQL: a member of its extensions, or the fixed words it begins with."""
    if not isinstance(error, Mapping):
        return None
    given = error.get("extensions")
    extensions: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    if {str(extensions.get(name)) for name in ("status", "statusCode", "code")} & {"404", "NOT_FOUND"}:
        return 404
    found = _INNER.match(str(error.get("message") or ""))
    return int(found[1]) if found else None


def may_be_for_size(error: SystemFailureError) -> bool:
    """Whether a smaller document may be answered: the server said no, and not who or when may ask."""
    if isinstance(error, Refused):
        return error.status not in _NOT_FOR_SIZE
    return isinstance(error, GraphQLRefused)
