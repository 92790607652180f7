"""Many writes in one GraphQL document: each is a field of the operation itself, under an alias of its own.

The fields of a mutation are carried out one after the other, in their order (GraphQL specification, 6.2.2); those
below one section might be at once, so each write has a section to itself. What a server refuses of one write stands
in `errors` with the alias as the first word of its path (7.1.2), and the others are carried out all the same.
How large a document may be is not published [U]: a refused one is sent again in halves, down to the one write that
CluedIn's own pages send, and what was too large is not tried again in the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from reconciler.errors import SystemFailureError
from reconciler.systems import noted
from reconciler.systems.answer import Answer
from reconciler.systems.answers import Shape
from reconciler.systems.cluedin_answers import answer_to, answer_to_some
from reconciler.systems.cluedin_documents import One, learn_size, size_of
from reconciler.systems.cluedin_refusals import GraphQLRefused, may_be_for_size
from reconciler.systems.http import Effect
from reconciler.systems.refusals import LostAnswer

Result = Any | SystemFailureError
"""What a write answered, or the error in which it ended."""

_LEARNT = "writes a document"
_WITH_ERRORS = (400,)
"""The status in which some servers of GraphQL answer whatever has errors, what was carried out included ([C] here)."""
_CALL = "POST /graphql"


class Writer(Protocol):
    """What sends a document; `learnt` lasts as long as the connection."""

    learnt: dict[str, Any]

    def graphql(self, document: str, variables: Mapping[str, Any], *, effect: Effect) -> Any:
        """Sends a document; returns its `data`, raises for `errors`."""

    def answer_to(
        self, document: str, variables: Mapping[str, Any], *, effect: Effect, shape: Shape, accept: Iterable[int] = ()
    ) -> Answer:
        """Sends a document; returns the answer as it is, also one with `data` and an accepted error status."""


@cache
def _times(one: One, count: int) -> str:
    """The document of as many writes."""
    fields = " ".join(f"{alias}: {one.root} {{ {call} }}" for alias, call in one.calls(count))
    return f"{one.head(count)} {{ {fields} }}"


def written_each(cluedin: Writer, document: str, given: Sequence[Mapping[str, Any]], *, effect: Effect) -> list[Result]:
    """Sends a document of one write for each of some values of its variables; in their order, what each answered.

    An error of one says nothing about the others. One whose answer was lost, or does not tell what became of it, has
    a `LostAnswer`. Raises `StoppedError` when a stop was asked for before the first.
    """
    results: list[Result] = []
    while len(results) < len(given):
        size = size_of(cluedin, _LEARNT)
        results += _part(cluedin, document, given[len(results) : len(results) + size], effect)
    return results


def _part(cluedin: Writer, document: str, given: Sequence[Mapping[str, Any]], effect: Effect) -> list[Result]:
    one = One.of(document)
    try:
        if len(given) == 1:
            made = cluedin.graphql(document, given[0], effect=effect)[one.root][one.field]
            return [_no_word_of(one, "nothing") if made is None and one.body else made]
        return _several(cluedin, one, given, effect)
    except SystemFailureError as refused:
        if len(given) == 1 or not may_be_for_size(refused):
            return [refused] * len(given)
    learn_size(cluedin, _LEARNT, len(given) // 2)
    return written_each(cluedin, document, given, effect=effect)


def _several(cluedin: Writer, one: One, given: Sequence[Mapping[str, Any]], effect: Effect) -> list[Result]:
    document = _times(one, len(given))
    variables = {f"{name}{number}": value for number, each in enumerate(given) for name, value in each.items()}
    shape = answer_to_some(document)
    told = cluedin.answer_to(document, variables, effect=effect, shape=shape, accept=_WITH_ERRORS)
    said: dict[str, Any] = told.value
    errors: list[Mapping[str, Any]] = list(said.get("errors") or ())
    if errors and "data" not in said:  # refused before anything was carried out (GraphQL specification, 7.1)
        raise GraphQLRefused(one.field, errors, doubtful=told.doubtful)
    data: Mapping[str, Any] = said["data"] or {}
    results = [
        _result(one, data.get(alias), [error for error in errors if _is_about(error, alias)], doubtful=told.doubtful)
        for alias in (f"a{number}" for number in range(len(given)))
    ]
    if not data:  # one refusal took the answers of all with it: this server is to be asked for one at a time
        learn_size(cluedin, _LEARNT, 1)
    if not all(isinstance(result, SystemFailureError) for result in results):
        noted.note_write()
    return results


def _result(one: One, found: Any, errors: Sequence[Mapping[str, Any]], *, doubtful: bool) -> Result:
    """What became of one write: what it answered, a refusal, or no word of it."""
    there = isinstance(found, Mapping) and one.field in found
    made = found[one.field] if there else None
    if errors:
        return GraphQLRefused(one.field, errors, doubtful=doubtful or made is not None)
    if there and not one.body:
        return made  # a plain value, which may be null: what it says is not public [U]
    wrong = answer_to(_alone(one))({"data": {one.root: found}}) if made is not None else "nothing"
    return _no_word_of(one, wrong) if wrong else made


def _no_word_of(one: One, wrong: str) -> LostAnswer:
    return LostAnswer("cluedin", _CALL, f"answered {wrong} as {one.field}")


@cache
def _alone(one: One) -> str:
    return f"mutation {one.name} {{ {one.root} {{ {one.field} {one.body} }} }}"


def _is_about(error: Mapping[str, Any], alias: str) -> bool:
    path = error.get("path")
    return isinstance(path, list) and path[:1] == [alias]
