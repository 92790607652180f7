"""What CluedIn's answers must be: of GraphQL, what the document selects; of REST, by path.

GraphQL's answer has the members that the document names, and no others (GraphQL specification, 6.4): a member that
was asked for and is not there means that something else answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from reconciler.systems.answer import Answer
from reconciler.systems.answers import NO_BODY, Shape, a_list, an_object, done, parse

Selection = dict[str, "Selection | None"]
"""What a document selects: by member, what is selected below it."""

ANOTHER = "another object than the one that was asked for"
_WORD = re.compile(r'"(?:\\.|[^"\\])*"|#[^\n]*|[{}():]|\.\.\.|[\w$!@=\[\]|&-]+')


@cache
def answer_to(document: str) -> Shape:
    """The shape of an answer to a document: errors, or everything that it selects."""
    wanted = selection(document)

    def judge(value: Any) -> str:
        if (wrong := _no_answer(value)) or value.get("errors"):
            return wrong
        data = value.get("data")
        if not isinstance(data, Mapping):
            return "neither data nor errors"
        return next(_missing(data, wanted, ()), "")

    return judge


@cache
def answer_to_some(document: str) -> Shape:
    """The same where each field of the operation is for itself: one that is null has been refused, or is lost."""
    wanted = selection(document)

    def judge(value: Any) -> str:
        if wrong := _no_answer(value):
            return wrong
        data = value.get("data")
        if data is None:
            return "" if value.get("errors") else "neither data nor errors"
        if not isinstance(data, Mapping):
            return "something else than an object as data"
        return next((f"no {alias}" for alias in wanted if alias not in data), "")

    return judge


def _no_answer(value: Any) -> str:
    """What is wrong with an answer before its data is looked at."""
    if not isinstance(value, Mapping):
        return NO_BODY if value is None else "something else than an object"
    errors = value.get("errors")
    sound = not errors or (isinstance(errors, list) and all(map(_is_error, errors)))
    return "" if sound else "errors that are none"


def answer_about(document: str, id: str) -> Shape:
    """The same where the document reads one object by its id: what answers must be that one."""
    shape = answer_to(document)
    return lambda value: shape(value) or _another(value, id)


def is_another(found: Any, id: str) -> bool:
    """Whether an object tells another id than the one that was asked for."""
    told = (found.get("id") or found.get("vocabularyId")) if isinstance(found, Mapping) else None
    return told is not None and str(told).casefold() != id.casefold()


def _another(value: Any, id: str) -> str:
    operations = (one for one in (value.get("data") or {}).values() if isinstance(one, Mapping))
    return ANOTHER if any(is_another(found, id) for one in operations for found in one.values()) else ""


def _is_error(error: Any) -> bool:
    """Whether it has a message, as the specification demands (7.1.2)."""
    return isinstance(error, Mapping) and isinstance(error.get("message"), str)


def _missing(value: Any, wanted: Selection, path: tuple[str, ...]) -> Iterator[str]:
    for name, below in wanted.items():
        if name not in value:
            yield f"no {'.'.join((*path, name))}"
            return
        inner = value[name]
        if below is None:
            continue
        where = (*path, name)
        if inner is None:
            if not path:  # `management` and its like hold the operations, and are always there [B]
                yield f"null as {name}"
            continue
        if "total" in below and not _is_listing(inner, below):
            yield f"no rows and total in {'.'.join(where)}"
            return
        for item in inner if isinstance(inner, list) else (inner,):
            if item is None:
                continue
            if not isinstance(item, Mapping):
                yield f"a value as {'.'.join(where)}, which has members"
                return
            yield from _missing(item, below, where)


def _is_listing(value: Any, wanted: Selection) -> bool:
    """Whether it has a count, and rows where rows were asked for."""
    if not isinstance(value, Mapping) or not isinstance(value.get("total"), int):
        return False
    return all(isinstance(value.get(name), list) for name, below in wanted.items() if below is not None)


@cache
def selection(document: str) -> Selection:
    """The members that a document selects, by their names in the answer; arguments left out."""
    words = [word for word in _WORD.findall(document) if not word.startswith("#")]
    found: Selection = {}
    open_: list[Selection] = []
    depth = 0
    last = ""
    for index, word in enumerate(words):
        if word in "()":
            depth += 1 if word == "(" else -1
        elif depth:
            continue
        elif word == "{":
            below: Selection = {} if open_ else found
            if open_:
                open_[-1][last] = below
            open_.append(below)
        elif word == "}":
            open_.pop()
        elif word == ":":
            continue
        elif open_ and words[index - 1] != ":":  # an alias stands before what it is for
            open_[-1][word] = None
            last = word
    return found


def _something(value: Any) -> str:
    """A list or an object: the shape is not published [U]."""
    return "" if isinstance(value, list | Mapping) else NO_BODY if value is None else "neither a list nor an object"


_REST: tuple[tuple[str, re.Pattern[str], Shape], ...] = (
    ("GET", re.compile(r"/streams/[^/]+"), an_object()),
    ("GET", re.compile(r"/streammapping/\w+.*"), a_list()),
    ("GET", re.compile(r"/vocabs/key/[^/]+"), an_object()),
    ("GET", re.compile(r"/vocabs/dataclassifications"), _something),
    ("GET", re.compile(r"/rules/(actions|byprocessingorder|objecttypes/\d+)"), a_list()),
    ("GET", re.compile(r"/rules/[^/]+"), an_object()),
    ("GET", re.compile(r"/accesscontrolpolicies/(actions|byprocessingorder)"), a_list()),
    ("GET", re.compile(r"/accesscontrolpolicies/[^/]+"), an_object()),
    ("GET", re.compile(r"/aiagent(/[^/]+)?"), _something),
    ("GET", re.compile(r"/(aijob|aijobskills)"), a_list()),
    ("GET", re.compile(r"/aijob/[^/]+(/runs(/[^/]+/chats(/[^/]+)?)?)?"), an_object()),
    ("GET", re.compile(r"/entitytypeinfo"), an_object()),
    ("GET", re.compile(r"/integration/enricher/.+"), _something),
    ("GET", re.compile(r"/organization/configurationsettings/v2/[^/]+"), a_list()),
)
"""What is read over REST by method and path below the root, with what is made of it; of the rest nothing is asked."""


def rest_shape(method: str, path: str) -> Shape:
    """The shape of an answer of REST."""
    return next((shape for verb, pattern, shape in _REST if verb == method and pattern.fullmatch(path)), done)


def is_problem(answer: Answer) -> bool:
    """Whether an error is CluedIn's: problem details (RFC 9457, [B] that it uses them), or no body at all [U]."""
    value, broken = parse(answer.body)
    if broken:
        return False
    return value is None or (isinstance(value, Mapping) and str(value.get("status")) == str(answer.status))
