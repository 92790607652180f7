"""One answer as it came, and whether it is one to what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson

from reconciler.systems.answers import Shape, parse


@dataclass(slots=True)
class Answer:
    """A successful answer: status, headers in lower case, and the body as bytes.

    `doubtful`: an earlier sending of the same request may have been carried out already.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    doubtful: bool = False
    value: Any = None
    """The body as JSON, once it was found to have the shape that was asked for."""

    def json(self) -> Any:
        """The body as JSON whatever its content type; None when empty."""
        return orjson.loads(self.body) if self.body.strip() else None


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why what came is no answer; `foreign` when it cannot be the system's at all."""

    text: str
    foreign: bool


def wrong_with(answer: Answer, shape: Shape | None) -> Wrong | None:
    """What is wrong with a success, if anything; keeps its JSON where nothing is."""
    if shape is None:
        return None
    if answer.status >= 300:
        return Wrong(f"answered {answer.status}, a redirect, which an API does not", True)
    answer.value, broken = parse(answer.body)
    wrong = broken or shape(answer.value)
    said = f"answered {answer.status} with {wrong}, which is no answer to it"
    return Wrong(said, bool(broken) or answer.value is None) if wrong else None


def query_text(query: Sequence[tuple[str, Any]] | Mapping[str, Any]) -> str:
    """A query as it goes out, with its `?`; empty where there is nothing to ask.

    Everything but letters, digits and `-._~` is percent-encoded, which every server reads alike. A blank as `+`
    is the way of HTML forms: where a gateway takes addresses by RFC 3986 alone, it stays a `+`, and a qualified
    name with a blank is not found (a user of Purview quotes such a log; grade C).
    """
    pairs = query.items() if isinstance(query, Mapping) else query
    text = "&".join(f"{quote(key, safe='')}={quote(_text(value), safe='')}" for key, value in pairs)
    return f"?{text}" if text else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
