"""Refusals that do not say what became of a write, until the live state has told what is meant.

A conflict (409) says that a lost request was carried out after all, that nothing would change, or that something of
somebody else is in the way; any refusal of a request that was sent before without an answer may mean that the first
one did the work (what was taken off a term already cannot be taken off). Only the live state tells these apart, and
only where an earlier request of ours may have done the work is there anything to wait for.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.diff import Change
from reconciler.errors import Diagnostic, ReconcilerError


class Conflicts:
    """What the systems said in this apply, by address; one object serves all threads."""

    def __init__(self) -> None:
        self._said: dict[str, Diagnostic] = {}
        self._doubtful: set[str] = set()
        self._unanswered: set[str] = set()

    def unanswered(self, changes: Iterable[Change]) -> None:
        """A request for the changes was sent and not answered: it may have been carried out."""
        self._unanswered.update(change.address for change in changes)

    def note(self, change: Change, error: ReconcilerError) -> bool:
        """Keeps a refusal that does not say what became of the change; says whether it is such a one."""
        doubtful = getattr(error, "doubtful", False) or change.address in self._unanswered
        if not doubtful and not getattr(error, "conflict", False):
            return False
        self._said[change.address] = error.diagnostics[0]
        if doubtful:
            self._doubtful.add(change.address)
        return True

    def said(self, change: Change) -> Diagnostic | None:
        """What the system said to the last write of the change; None when that told enough."""
        return self._said.get(change.address)

    def is_doubtful(self, change: Change) -> bool:
        """Whether what is in the way may be our own work that does not show yet."""
        return change.address in self._doubtful

    def is_of_others(self, change: Change) -> bool:
        """Whether the system said that something is in the way, and nothing of ours can be it."""
        return change.address in self._said and not self.is_doubtful(change)

    def may_be_ours(self, change: Change) -> bool:
        """Whether an earlier request for the change went without an answer."""
        return change.address in self._unanswered

    def settle(self, changes: Iterable[Change]) -> None:
        """It is our own work that was in the way: the changes go on."""
        for change in changes:
            self._said.pop(change.address, None)
            self._doubtful.discard(change.address)
