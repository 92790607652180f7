"""What the live state proves of a change: still as planned, shown, exactly as wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.diff import Change
from reconciler.diff.fields import is_retired
from reconciler.ledger import waits_for
from reconciler.resources.objects import Live
from reconciler.resources.prose import exact
from reconciler.resources.rules import CreateOnly, Members
from reconciler.saved.words import Status
from reconciler.systems.base import System

_REWRITABLE = (str, list, dict)
"""Values of which a system may keep a form of its own; a number or a truth is either as sent, or not there yet."""

UNSEEN: Mapping[Status, str] = {
    "not_started": "",
    "unverified": "was accepted, and the run ended before it was looked at",
    "unknown": "was being sent when the run ended",
}
"""What is said of a change that the run did not get to the end of."""


def unmoved(change: Change, path: str, before: Any, found: Live) -> bool:
    """Whether a field still has the value that the plan saw.

    A member of a set that only grows may have come by what this plan wrote before: a new rule stands after the others.
    """
    rule = change.type.field(path)
    members = rule.get(Members)
    if members is not None and members.grows and path in found.fields:
        return True
    return rule.hidden or before in change.type.meanings(found, path)


def moved_since(change: Change, found: Live | None, place: str = "") -> str:
    """What others did to an object that is to go, since the plan; empty when nothing.

    `place` is the key that it has by now, if what stands above it was renamed by this plan: the names of its parts
    then follow, and only what they are is compared.
    """
    if found is None:
        return "was deleted by others since the plan"
    if change.snapshot is None:
        return ""
    now, then = {part.token for part in found.parts}, set(change.snapshot["parts"])
    if place and place == found.key != change.live_key:
        now, then = set(map(_nameless, now)), set(map(_nameless, then))
    more = now - then
    return "was changed by others since the plan" if more or found.fields != change.snapshot["fields"] else ""


def _nameless(token: str) -> str:
    """A part by its type and its id, whatever it is called; one without an id as it is."""
    address, _, id = token.rpartition(" ")
    return f"{address.partition(':')[0]} {id}" if address.startswith(("purview.", "cluedin.")) else token


def shows(change: Change, found: Live | None) -> bool:
    """Whether the live state shows the write: as wanted, or in a form of the system's own."""
    if change.action == "delete":
        return found is None
    if found is None:
        return _undoes(change)
    if change.action == "retire":
        return not change.type.retired_by or is_retired(change.type, found)
    if change.action == "rename" and not is_called(change, found):
        return False
    for item in change.fields:
        rule = change.type.field(item.path)
        if rule.hidden or rule.has(CreateOnly):
            continue
        wanted = rule.canonical(item.after)
        is_live = change.type.shown(found, item.path, wanted)
        before = None if change.action == "replace" else item.before  # of the object that is no more
        if is_live != wanted and not (isinstance(is_live, _REWRITABLE) and wanted and is_live != before):
            return False
    return True


def _undoes(change: Change) -> bool:
    """Whether a write leaves settings of a host as if nobody had made them, where they may not be listed any more."""
    taken_back = all(item.reason == "taken_back" for item in change.fields)
    return change.action == "update" and bool(change.type.undone_by) and taken_back


def is_called(change: Change, found: Live) -> bool:
    """Whether the live object has the name that a rename gives it."""
    return change.type.fold(found.key) == change.type.fold(change.target or change.key)


def is_as_wanted(change: Change, found: Live) -> bool:
    """Whether the live object holds exactly what the change would write.

    A change of formatting alone shows only in the exact form.
    """
    if change.action == "rename" and not is_called(change, found):
        return False
    for item in change.fields:
        rule = change.type.field(item.path)
        if rule.hidden or rule.has(CreateOnly):
            continue
        wanted = rule.canonical(item.after)
        is_live = change.type.shown(found, item.path, wanted)
        if is_live != wanted or (is_live == item.before and exact(is_live) != exact(wanted)):
            return False
    return True


def is_empty(change: Change, found: Live) -> bool:
    """Whether the live object holds defaults and nothing else."""
    return all(None in change.type.meanings(found, path) for path in found.fields)


def unseen(system: System, id: str) -> tuple[Status, str]:
    """What a write is that was answered well and does not show: pending when a task holds it back."""
    tasks = system.tasks_for(id) if id else ()
    if tasks:
        return "pending", waits_for(tasks)
    return "unverified", "was accepted and does not show; it may wait for an approval"
