"""Writes that the identity may not do: one finding for each role that lacks somewhere, however many the writes.

Likewise for a sign-in that ended in the middle and cannot be renewed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.diff import Change
from reconciler.errors import Diagnostic, ReconcilerError, RefusedError
from reconciler.plan import Plan
from reconciler.resources.objects import Write
from reconciler.resources.rights import NOWHERE_YET, Need
from reconciler.systems.base import System
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.refusals import Refused

NAMED = 3
"""Addresses that a finding names; every one of them has its own outcome."""


def is_forbidden(error: ReconcilerError) -> bool:
    """Whether a refusal is about rights: 403, or GraphQL's 200 with the inner status in its text."""
    if isinstance(error, GraphQLRefused):
        return any(re.search(r"\b403\b", message) for message in error.messages)
    return isinstance(error, Refused) and error.status == 403


def is_signed_out(error: ReconcilerError) -> bool:
    """Whether nobody is signed in any longer: trying the members of a batch one by one would change nothing."""
    refused = isinstance(error, Refused) and error.status == 401
    return refused or error.diagnostics[0].code.startswith("sign_in.")


@dataclass(slots=True)
class _Group:
    need: Need
    first: Diagnostic
    addresses: list[str] = field(default_factory=list)


class Forbidden:
    """What was refused for want of a right, by the right that lacks."""

    def __init__(self, systems: Mapping[str, System]) -> None:
        self._systems = systems
        self._lock = threading.Lock()
        self._groups: dict[tuple[str, Need], _Group] = {}
        self._signed_out: dict[str, Diagnostic] = {}

    def need(self, change: Change, write: Write) -> Need:
        """The right that a write needs, as far as its place is known."""
        return change.type.right.need(self._collection(change, write))

    def alike(self, chunk: Sequence[Change], writes: Mapping[str, Write]) -> bool:
        """Whether a chunk needs one right in one known place, so that one refusal speaks for all of it."""
        needs = {self.need(change, writes[change.address]) for change in chunk}
        return len(needs) == 1 and not any(need.where == NOWHERE_YET for need in needs)

    def note(self, change: Change, write: Write, error: ReconcilerError) -> str:
        """Takes a refusal down; returns the sentence for the outcome of the change."""
        need = self.need(change, write)
        with self._lock:
            key = (change.type.system, need)
            group = self._groups.setdefault(key, _Group(need, error.diagnostics[0]))
            group.addresses.append(change.address)
        return f"not permitted: {need.role} on {need.where} is missing"

    def note_signed_out(self, change: Change, error: ReconcilerError) -> str:
        """Takes down that a system does not take our sign-in; returns the sentence for the outcome."""
        with self._lock:
            self._signed_out.setdefault(change.type.system, error.diagnostics[0])
        return f"not signed in to {change.type.system} any longer"

    def diagnostics(self, known: Iterable[Diagnostic] = ()) -> Iterator[Diagnostic]:
        """One finding for each right that lacks, and for each lost sign-in that is not `known` already."""
        summaries = [one.summary for one in known]
        for system, lost in sorted(self._signed_out.items()):
            if not any(summary.startswith(f"{system} refused") or summary == lost.summary for summary in summaries):
                yield lost
        for (system, need), group in sorted(self._groups.items()):
            yield Diagnostic(
                "error",
                f"{system}.forbidden",
                f"{_count(group.addresses)} not written: the identity lacks {need.role} on {need.where}",
                f"{need.advice}\nThe system's words: {group.first.summary}",
                request_id=group.first.request_id,
            )

    def _collection(self, change: Change, write: Write) -> str | None:
        """Where the object lies: where it is put, else where it was found, else where all of ours are."""
        if change.type.full_name == "purview.collection":
            return write.key
        placed = write.get("collection") if write.has("collection") else None
        if placed is None and write.live is not None:
            placed = write.live.fields.get("collection")
        if placed is None and not _on_others(change):
            placed = self._systems[change.type.system].settings.get("collection")
        return str(placed) if placed else None


def _on_others(change: Change) -> bool:
    """Whether the change hangs on an asset that others made, whose collection is its own."""
    return change.type.name == "asset" or any(need.startswith("purview.asset:") for need in change.depends_on)


def _count(addresses: Iterable[str]) -> str:
    names = sorted(addresses)
    shown = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    return f"{len(names)} {'resource' if len(names) == 1 else 'resources'} ({shown})"


def refuse_unfit(plan: Plan, systems: Mapping[str, System]) -> None:
    """Raises `RefusedError` when a system of the plan is not one that may be written to."""
    written = {change.type.system for change in plan.executable if change.action != "forget"}
    findings = [finding for name in sorted(written) for finding in systems[name].findings()]
    if errors := [finding for finding in findings if finding.severity == "error"]:
        raise RefusedError(*errors)
