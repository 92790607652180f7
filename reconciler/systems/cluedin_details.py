"""Many objects in one GraphQL document: each is one field under an alias of its own (GraphQL specification, 2.7).

CluedIn's GraphQL answers one object by its id, and there is no call for several [B]. How large a document may be (its
depth, complexity, number of fields, bytes) is not published [U]: a refused one is sent again in halves, down to the
document of one object as CluedIn's own pages send it, and what was too large is not tried again in the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from reconciler.errors import SystemFailureError
from reconciler.systems.answers import Shape
from reconciler.systems.cluedin_answers import ANOTHER, answer_to, is_another
from reconciler.systems.cluedin_documents import One, learn_size, size_of
from reconciler.systems.cluedin_refusals import may_be_for_size
from reconciler.systems.http import Effect

_LEARNT = "objects a document"


class Asker(Protocol):
    """What sends a document; `learnt` lasts as long as the connection."""

    learnt: dict[str, Any]

    def graphql(self, document: str, variables: Mapping[str, Any], *, effect: Effect, shape: Shape | None) -> Any:
        """Sends a document; returns its `data`."""

    def each(self, work: Callable[[Sequence[str]], list[Any]], items: Iterable[Sequence[str]]) -> list[list[Any]]:
        """Does the work for every item, several at once."""


@cache
def _times(one: One, count: int) -> str:
    """The document that reads as many objects at once."""
    fields = " ".join(f"{alias}: {call}" for alias, call in one.calls(count))
    return f"{one.head(count)} {{ {one.root} {{ id {fields} }} }}"


def each_of(
    cluedin: Asker, document: str, ids: Iterable[str], kept: Callable[[Any], Any] = lambda row: row
) -> list[Any]:
    """What a document of one object answers for each of some ids, in their order; None for one that is not there.

    `kept` makes what is kept of each as soon as its answer came. Raises what the document of one raises.
    """
    wanted = list(ids)
    size = size_of(cluedin, _LEARNT)
    parts = [wanted[at : at + size] for at in range(0, len(wanted), size)]
    read = cluedin.each(lambda part: [kept(row) for row in _part(cluedin, document, part)], parts)
    return [found for part in read for found in part]


def _part(cluedin: Asker, document: str, ids: Sequence[str]) -> list[Any]:
    one = One.of(document)
    if len(ids) == 1:
        return [_single(cluedin, document, one, ids[0])]
    try:
        return _several(cluedin, one, ids)
    except SystemFailureError as refused:
        if not may_be_for_size(refused):
            raise
        if not getattr(refused, "absent", False):
            learn_size(cluedin, _LEARNT, len(ids) // 2)
    middle = len(ids) // 2
    return _part(cluedin, document, ids[:middle]) + _part(cluedin, document, ids[middle:])


def _single(cluedin: Asker, document: str, one: One, id: str) -> Any:
    """What is gone may be null, or an error whose text carries the inner status 404: which is [U]."""
    try:
        return cluedin.graphql(document, {one.variable: id}, effect="read", shape=None)[one.root][one.field]
    except SystemFailureError as refused:
        if getattr(refused, "absent", False):
            return None
        raise


def _several(cluedin: Asker, one: One, ids: Sequence[str]) -> list[Any]:
    document = _times(one, len(ids))
    given = {f"{one.variable}{number}": id for number, id in enumerate(ids)}
    found = cluedin.graphql(document, given, effect="read", shape=_about(document, one, ids))[one.root]
    return [found[f"a{number}"] for number in range(len(ids))]


def _about(document: str, one: One, ids: Sequence[str]) -> Shape:
    """The answer that the document asks for, each object being the one that was asked for under its alias."""
    shape = answer_to(document)

    def judge(value: Any) -> str:
        if wrong := shape(value):
            return wrong
        found = (value.get("data") or {}).get(one.root) or {}
        return ANOTHER if any(is_another(found.get(f"a{number}"), id) for number, id in enumerate(ids)) else ""

    return judge
