"""What the systems said to the requests of one piece of work, whichever threads it is done by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(slots=True)
class Noted:
    """`ids` are those of the answers, in the order in which they come; `wrote`: a write was carried out."""

    ids: list[str] = field(default_factory=list)
    wrote: bool = False


_NOTED: ContextVar[Noted | None] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[Noted]:
    """Collects what the systems say until its end."""
    found = Noted()
    token = _NOTED.set(found)
    try:
        yield found
    finally:
        _NOTED.reset(token)


def note(id: str) -> None:
    """Adds the id of an answer to what collects them, if anything does."""
    found = _NOTED.get()
    if found is not None and id:
        found.ids.append(id)


def note_write() -> None:
    """A write was answered as carried out."""
    found = _NOTED.get()
    if found is not None:
        found.wrote = True


def spread(pool: Executor, work: Callable[[T], U], items: Iterable[T]) -> Iterator[U]:
    """As `pool.map`; what the work of other threads notes is collected where this is called."""
    if _NOTED.get() is None:
        return pool.map(work, items)
    todo = list(items)
    return pool.map(lambda context, item: context.run(work, item), [copy_context() for _ in todo], todo)
