"""Requests, responses and routing of the sandbox, free of any web framework."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from reconciler_sandbox.wire import read


@dataclass(slots=True)
class Request:
    """One HTTP request as a plane of the sandbox sees it.

    `path` is percent-encoded, with double slashes collapsed and without a trailing slash; `query` keeps
    order and repetition; header names are lower case. `value` is the body once a plane has checked its shape.
    """

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    value: Any = None

    def json(self) -> Any:
        """The body as JSON, None when empty; raises `Refusal` (400) when it is not JSON."""
        if self.value is not None:
            return self.value
        if not self.body:
            return None
        try:
            return read(self.body)
        except ValueError as error:
            raise Refusal(
                Response(400, {"errorCode": "ATLAS-400-00-01A", "errorMessage": f"invalid JSON: {error}"})
            ) from None

    def arg(self, name: str, default: str | None = None) -> str | None:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), default)

    def args(self, name: str) -> list[str]:
        """Every value of a repeated query parameter."""
        return [value for key, value in self.query if key == name]


@dataclass(slots=True)
class Response:
    """What a handler answers: a JSON value, bytes, or None for no body."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """Raised by a handler to answer with an error response at once."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


Handler = Callable[..., Response]


class Router:
    """Finds the handler of a request.

    Patterns are paths with `{name}` for one segment. Literal segments match without regard to case, as the
    front ends of the real systems do. Handlers are called with the request and the unquoted segments.
    """

    def __init__(self) -> None:
        self._routes: dict[int, list[tuple[str, re.Pattern[str], Handler]]] = {}  # by number of segments

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        """Adds one route."""
        regex = "".join(
            f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{\w+\})", pattern)
        )
        route = (method, re.compile(f"{regex}$", re.IGNORECASE), handler)
        self._routes.setdefault(pattern.count("/"), []).append(route)

    def extend(self, routes: Iterable[tuple[str, str, Handler]], prefix: str = "") -> None:
        """Adds several routes under a prefix."""
        for method, pattern, handler in routes:
            self.add(method, prefix + pattern, handler)

    def dispatch(self, request: Request) -> Response | None:
        """Answers the request; None when no pattern matches the path, 405 when only the method differs."""
        seen = False
        for method, regex, handler in self._routes.get(request.path.count("/"), ()):
            match = regex.match(request.path)
            if match is None:
                continue
            if method != request.method:
                seen = True
                continue
            try:
                return handler(request, **{k: unquote(v) for k, v in match.groupdict().items()})
            except Refusal as refusal:
                return refusal.response
        return Response(405, {"message": "Method Not Allowed"}) if seen else None
