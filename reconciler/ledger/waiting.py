"""Writes that wait for an approval: which tasks hold them back, and when there is nothing to wait for any more.

An open intent says in words what it waits for; the ids of the tasks are in them, so that a ledger needs no other
place for them and every plan shows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from reconciler.ledger.ledger import Entry, Ledger

if TYPE_CHECKING:
    from reconciler.systems.base import System, Task

_WAITS = "waits for approval: task "
_APPROVED = "was approved and does not show yet; --retry-pending sends it again: task "
_CLOSED = "was sent, its approval task is closed, and it does not show; --retry-pending sends it again: task "
_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def waits_for(tasks: Iterable[Task]) -> str:
    """The words of an intent that waits for tasks."""
    return _WAITS + ", ".join(sorted(task.id for task in tasks))


def tasks_in(words: str) -> list[str]:
    """The ids of the tasks that an intent waits for."""
    return _GUID.findall(words) if words.startswith((_WAITS, _APPROVED, _CLOSED)) else []


def reopen(ledger: Ledger, systems: Mapping[str, System], is_there: Callable[[Entry], bool]) -> Iterator[str]:
    """Lets go of intents whose tasks were decided, so that what is left to do is planned anew; says which.

    A task that somebody rejected leaves nothing to wait for. One that was approved is carried out a little later
    (the server queues it), so it is waited for until it shows; but a create that shows is done, and what it could
    not go on to set is an update. Where nobody tells what was decided, the words say so. What was accepted without a
    task, and is held back by nobody, was not done: an answer may have come from elsewhere.
    """
    for entry in ledger.entries.values():
        if entry.intent is None or not entry.intent.waiting:
            continue
        system = systems.get(entry.address.partition(".")[0])
        if system is None:
            continue
        tasks = tasks_in(entry.intent.waiting)
        if not tasks:
            if system.waits_for_nobody(entry.id):
                entry.intent.waiting = ""
                yield f"{entry.address}: was sent before, and nobody holds it back: what does not show is planned again"
            continue
        decisions = {system.decision(task) for task in tasks}
        if "open" in decisions:
            continue
        if "rejected" in decisions:
            entry.intent.waiting = ""
            yield f"{entry.address}: its approval task was rejected ({', '.join(tasks)})"
        elif entry.intent.action == "create" and is_there(entry):
            entry.intent.waiting = ""
        else:
            entry.intent.waiting = (_APPROVED if decisions == {"approved"} else _CLOSED) + ", ".join(tasks)
