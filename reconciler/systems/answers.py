"""Whether an answer is one: the shapes that answers have, and what is wrong with one that has another.

A gateway, a proxy or a server in trouble may answer in a system's place, with a success that is none. What is not
the shape that was asked for says nothing about the system: nothing may be taken for absent, created or done by it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from reconciler.errors import Diagnostic

Shape = Callable[[Any], str]
"""Takes the JSON of an answer (None for an empty body); returns what is wrong with it in words, or nothing."""

NO_BODY = "an empty body"
STRANGE = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What it looks like in the code that makes sense of answers when one has another form deep inside."""
_TRACEBACK = "RECONCILER_TRACEBACK"


def parse(body: bytes) -> tuple[Any, str]:
    """The JSON of a body and what is wrong with it; (None, "") for an empty one.

    As RFC 8259 has it: no byte order mark, no NaN. Of members that come twice the last counts, as everywhere.
    """
    if not body.strip():
        return None, ""
    try:
        return orjson.loads(body), ""
    except orjson.JSONDecodeError:
        start = body.lstrip()[:1]
        return None, "a page of HTML" if start == b"<" else "a body that is no JSON"


def strange(system: str, what: str, error: Exception) -> Diagnostic:
    """A finding for an answer that cannot be understood. Raises the error where somebody wants to see where."""
    if os.environ.get(_TRACEBACK):
        raise error
    return Diagnostic(
        "error",
        f"{system}.strange_answer",
        f"{system} answered about {what} in a form that cannot be understood ({type(error).__name__}: {error})"[:300],
        f"Run the command again. If it stays so, set {_TRACEBACK}=1 to see where, and report it.",
    )


def defect(error: Exception) -> Diagnostic:
    """A finding for an error that nobody thought of, in the middle of an apply. Raises it where it shall be seen."""
    if os.environ.get(_TRACEBACK):
        raise error
    said = f"{type(error).__name__}: {error}"[:300]
    advice = f"Set {_TRACEBACK}=1 to see where, and report it; running again goes on from here."
    return Diagnostic("error", "apply.defect", f"this is a defect of reconciler: {said}", advice)


def done(value: Any) -> str:
    """Of a write of which nothing is asked back: anything but an error."""
    return _error(value)


def an_object(*members: str, any_of: Iterable[str] = (), **named: str) -> Shape:
    """An object with these members, with one `any_of` these, and with members that repeat what was asked for.

    `named` are members with the value that they must have, in any case of letters: GUIDs come in both.
    """
    choice = tuple(any_of)

    def judge(value: Any) -> str:
        if not isinstance(value, Mapping):
            return _other(value, "an object")
        if wrong := _error(value):
            return wrong
        missing = [name for name in (*members, *named) if value.get(name) is None]
        if missing:
            return f"an object without {missing[0]}"
        if choice and not any(name in value for name in choice):
            return f"an object without {' and without '.join(choice)}"
        others = [name for name, asked in named.items() if str(value[name]).casefold() != asked.casefold()]
        return f"another object than the one that was asked for ({others[0]})" if others else ""

    return judge


def a_list(*members: str) -> Shape:
    """A list of objects that each have these members."""

    def judge(value: Any) -> str:
        if not isinstance(value, list):
            return _error(value) or _other(value, "a list")
        return _rows(value, members)

    return judge


def holding(member: str, *members: str, optional: bool = False) -> Shape:
    """An object with a list in one member, whose rows are objects that each have `members`."""

    def judge(value: Any) -> str:
        if wrong := an_object()(value):
            return wrong
        if member not in value:
            return "" if optional else f"an object without {member}"
        return _rows(value[member], members) if isinstance(value[member], list) else f"no list as {member}"

    return judge


def _rows(rows: list[Any], members: Iterable[str]) -> str:
    for row in rows:
        if not isinstance(row, Mapping):
            return "a list of something else than objects"
        for name in members:
            if row.get(name) is None:
                return f"a row without {name}"
    return ""


def _error(value: Any) -> str:
    """An error's envelope under a status of success: Atlas' own, Azure's, and what gateways and GraphQL write."""
    if not isinstance(value, Mapping):
        return ""
    if value.get("errorCode") or isinstance(value.get("error"), Mapping) or value.get("errors"):
        return "an error in its body"
    return ""


def _other(value: Any, wanted: str) -> str:
    return NO_BODY if value is None else f"something else than {wanted}"
