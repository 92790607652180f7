"""Approval tasks of CluedIn: writes that were answered well, and wait until somebody agrees.

A caller who neither owns an object nor is Accountable gets a task instead of a write ([B]: the vendor's prose on
its REST operations). `GET /tasks/requests` lists the tasks that the caller asked for, active ones unless told
otherwise, by pages from 0; `GET /tasks/approval/{id}` shows one ([B]: the vendor's OpenAPI document before it was
cut to what customers need, and its prose; both may be closed to an account). The members of a task are [U]: an
object is known by its id in any of them, a decision by the words in its status.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from reconciler.errors import SystemFailureError
from reconciler.systems.base import Decision, T, Task
from reconciler.systems.http import Effect

TAKE = 100
PAGES = 20
"""Pages that are looked at: whoever has more tasks open is told less, and no plan takes an hour."""
CLOSED_TO_US = (400, 401, 403, 404, 405)
_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_STATUS = re.compile(r"status|state|outcome|decision|result", re.IGNORECASE)
_WORDS: tuple[tuple[str, Decision], ...] = (("reject", "rejected"), ("declin", "rejected"), ("denied", "rejected"))
_AGREED = re.compile(r"(approved|accepted)$", re.IGNORECASE)
"""Not `complete`: that is what the vendor calls a task that was decided either way [B]."""
_OPEN = re.compile(r"(pending|open|waiting|new|active|requested)", re.IGNORECASE)


class Asks(Protocol):
    """What is needed of a connected CluedIn."""

    learnt: dict[str, Any]

    def memo(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for the key in this reading."""

    def rest(
        self, method: str, path: str, json: Any = None, query: Any = (), *, effect: Effect, accept: Iterable[int] = ()
    ) -> Any:
        """A REST call."""


def tasks_for(cluedin: Asks, object_id: str) -> tuple[Task, ...]:
    """The open tasks of ours that name an object; the list is read once in a reading."""
    wanted = object_id.strip("{}").lower()
    if not _GUID.fullmatch(wanted):
        return ()
    return tuple(Task(id, "open") for id, names in open_tasks(cluedin).items() if wanted in names)


def open_tasks(cluedin: Asks) -> dict[str, frozenset[str]]:
    """Every id in each open task that we asked for, by the task's own id; none where tasks are not shown to us."""
    return cluedin.memo("approval tasks", lambda: dict(_read(cluedin)))


def _read(cluedin: Asks) -> Iterator[tuple[str, frozenset[str]]]:
    if cluedin.learnt.get("tasks") is False:
        return
    seen = 0
    for page in range(PAGES):
        found = _ask(cluedin, "/tasks/requests", {"page": page, "take": TAKE, "filterActive": True})
        if found is None:
            cluedin.learnt["tasks"] = False
            return
        rows = _rows(found)
        for row in rows:
            if own := _own_id(row):
                yield own, frozenset(text.lower() for text in _texts(row) for text in _GUID.findall(text)) - {own}
        seen += len(rows)
        total = found.get("total") if isinstance(found, Mapping) else None
        if not rows or len(rows) < TAKE or (isinstance(total, int) and seen >= total):
            return


def decision(cluedin: Asks, task_id: str) -> Decision:
    """What became of a task: `open`, `approved`, `rejected`, or `unknown` where nobody tells."""
    if task_id.lower() in open_tasks(cluedin):
        return "open"
    found = _ask(cluedin, f"/tasks/approval/{task_id}")
    words = [value for row in _maps(found) for name, value in row.items() if _STATUS.search(name) and value]
    texts = [str(word) for word in words if isinstance(word, str)]
    for part, verdict in _WORDS:
        if any(part in text.lower() for text in texts):
            return verdict
    if any(_AGREED.match(text) for text in texts):
        return "approved"
    return "open" if any(_OPEN.match(text) for text in texts) else "unknown"


def _ask(cluedin: Asks, path: str, query: Mapping[str, Any] | None = None) -> Any:
    """A reading that may fail: whoever cannot see tasks is not to be stopped by them."""
    try:
        return cluedin.rest("GET", path, query=query or (), effect="read", accept=CLOSED_TO_US)
    except (SystemFailureError, ValueError):
        return None


def _rows(found: Any) -> list[Mapping[str, Any]]:
    """The rows of a page in whatever they are wrapped: `{total, data}` as other lists are [C]."""
    listed = found
    if isinstance(found, Mapping):
        listed = next((value for value in found.values() if isinstance(value, list)), [])
    return [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []


def _own_id(row: Mapping[str, Any]) -> str:
    """The id of a task: `id`, or `taskId` as its path calls it ([U] member, [B] that it is a GUID)."""
    named = {name.lower(): value for name, value in row.items()}
    return next((str(named[name]).lower() for name in ("id", "taskid") if named.get(name)), "")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _maps(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for item in value.values():
            yield from _maps(item)
