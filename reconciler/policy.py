"""Guards over changes: how much may be deleted or changed at once, what is protected, what is disruptive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from reconciler.diff import Change
from reconciler.errors import Diagnostic
from reconciler.ledger import Ledger

if TYPE_CHECKING:
    from reconciler.environment.policy import Policy
    from reconciler.environment.scope import Scope
    from reconciler.environment.spec import Environment

REMOVALS = frozenset({"delete", "retire", "replace"})
ADDITIONS = frozenset({"newly_managed", "new"})
"""Reasons of updates that replace no value: a field mentioned now, and the rest of a create that was cut short."""
_KEPT = "It was when the ledger was last written: apply `policy.protect` without it first, then remove it."


@dataclass(frozen=True)
class Proposal:
    """What the guards look at: the changes, what we own, what the environment allows and what was allowed by hand."""

    changes: Sequence[Change]
    ledger: Ledger
    policy: Policy
    scope: Scope
    allow_deletes: int | None
    """The number of removals that somebody has read and agreed to."""

    @cached_property
    def removals(self) -> list[Change]:
        """Everything that goes."""
        return [change for change in self.changes if change.action in REMOVALS]

    @cached_property
    def losses(self) -> list[Change]:
        """What goes and nothing takes the place of."""
        return [change for change in self.removals if change.reason != "superseded"]

    @cached_property
    def overwritten(self) -> list[Change]:
        """Updates that change what was there, and do not only fill it or finish what was cut short."""
        return [change for change in self.changes if _overwrites(change, self.ledger)]

    @cached_property
    def owned(self) -> Counter[str]:
        """How many resources we own, by type and by document."""
        owned: Counter[str] = Counter()
        for entry in self.ledger.entries.values():
            if entry.how == "referred":
                continue
            owned[f"type {entry.address.partition(':')[0]}"] += 1
            owned.update(f"document {origin}" for origin in entry.origins)
        return owned


def protection(proposal: Proposal) -> Iterator[Diagnostic]:
    """What `policy.protect` names, or named when the ledger was last written, is never removed."""
    for change in proposal.removals:
        entry = proposal.ledger.get(change.address)
        pattern = next((one for one in proposal.policy.protect if is_protected(change.address, (one,))), None)
        if pattern is not None or (entry is not None and entry.protect):
            yield Diagnostic(
                "error",
                "guard.protected",
                f"{change.address} is protected and may not be removed",
                f"The pattern {pattern!r} in policy.protect of the environment says so." if pattern else _KEPT,
                address=change.address,
            )


def share_of_removals(proposal: Proposal) -> Iterator[Diagnostic]:
    """Not too many of a type, or of a document, are removed at once, unless their number was allowed by hand."""
    if proposal.allow_deletes is not None:
        return
    guards = proposal.policy.guards
    for group, number in sorted(_groups(proposal.losses).items()):
        of = proposal.owned[group]
        if number > guards.deletes_most:
            why = f"more than {guards.deletes_most}"
        elif of >= guards.deletes_of and number * 100 > of * guards.deletes_percent:
            why = f"more than {guards.deletes_percent} %"
        elif number >= guards.deletes_all and number == of:
            why = "all of them"
        else:
            continue
        yield Diagnostic(
            "error",
            "guard.deletes",
            f"the plan removes {number} of {of} of {group}: {why}",
            f"If that is meant, plan again with --allow-deletes {len(proposal.losses)}.",
        )


def containers(proposal: Proposal) -> Iterator[Diagnostic]:
    """What holds other things is not removed by the way, unless the number of removals was allowed by hand."""
    for change in proposal.losses if proposal.allow_deletes is None else ():
        if change.type.container:
            yield Diagnostic(
                "error",
                "guard.container",
                f"{change.address} is a container; its removal is never implied",
                "If that is meant, plan again with --allow-deletes N, N being the number of removals.",
                address=change.address,
            )


def number_of_removals(proposal: Proposal) -> Iterator[Diagnostic]:
    """The number that was allowed by hand is that of the removals."""
    allowed, number = proposal.allow_deletes, len(proposal.losses)
    if allowed is not None and number and allowed != number:
        yield Diagnostic(
            "error",
            "guard.other_number",
            f"--allow-deletes {allowed} was given, and the plan removes {number}",
            "Read the removals, then give their exact number.",
        )


def share_of_updates(proposal: Proposal) -> Iterator[Diagnostic]:
    """Not too many of a type, or of a document, are overwritten at once."""
    guards = proposal.policy.guards
    for group, number in sorted(_groups(proposal.overwritten).items()):
        of = proposal.owned[group]
        if of >= guards.updates_of and number * 100 > of * guards.updates_percent:
            yield Diagnostic(
                "error",
                "guard.updates",
                f"the plan updates {number} of {of} of {group}: more than {guards.updates_percent} %",
                "If that is meant, raise policy.guards.updates_percent in the environment, or apply by --target.",
            )


def disruption(proposal: Proposal) -> Iterator[Diagnostic]:
    """What has effects beyond its field is changed only where `policy.allow_disruptive` says so."""
    allowed = proposal.policy.allow_disruptive
    patterns = () if isinstance(allowed, bool) else allowed
    for change in proposal.changes:
        if not change.disruptive or allowed is True:
            continue
        if any(fnmatchcase(change.address, pattern) for pattern in patterns):
            continue
        yield Diagnostic(
            "error",
            "guard.disruptive",
            f"{change.address}: {' '.join(change.disruptive)}",
            "If that is meant, allow it in policy.allow_disruptive of the environment.",
            source=change.origins[0].source if change.origins else None,
            address=change.address,
        )


def read_only_systems(proposal: Proposal) -> Iterator[Diagnostic]:
    """Nothing is written to a system that the scope makes read only; what is only forgotten is not written."""
    for change in proposal.changes:
        if proposal.scope.reads_only(change.type.system) and change.action != "forget":
            yield Diagnostic(
                "error",
                "guard.read_only",
                f"{change.address}: the environment's scope makes {change.type.system} read only",
                address=change.address,
            )


GUARDS: tuple[Callable[[Proposal], Iterable[Diagnostic]], ...] = (
    protection,  # policy.protect
    share_of_removals,  # policy.guards.deletes_*, --allow-deletes
    containers,  # --allow-deletes
    number_of_removals,  # --allow-deletes
    share_of_updates,  # policy.guards.updates_*
    disruption,  # policy.allow_disruptive
    read_only_systems,  # scope.SYSTEM.read_only
)
"""Every guard with what lifts or moves it, in the order in which their findings are told."""


def check(
    changes: Sequence[Change], ledger: Ledger, environment: Environment, allow_deletes: int | None
) -> list[Diagnostic]:
    """What stands in the way of the changes: one diagnostic per refusal."""
    proposal = Proposal(changes, ledger, environment.policy, environment.scope, allow_deletes)
    return [finding for guard in GUARDS for finding in guard(proposal)]


def is_protected(address: str, patterns: Iterable[str]) -> bool:
    """Whether patterns of `policy.protect` name the address."""
    return any(fnmatchcase(address, pattern) for pattern in patterns)


def _overwrites(change: Change, ledger: Ledger) -> bool:
    if change.action != "update" or change.reason in ADDITIONS:
        return False
    entry = ledger.get(change.address)
    if entry is not None and entry.intent is not None:
        return False  # the rest of an apply that passed the guards
    return any(item.before is not None for item in change.fields)


def _groups(changes: Iterable[Change]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for change in changes:
        counts[f"type {change.type.full_name}"] += 1
        counts.update({f"document {origin.kind}/{origin.name}" for origin in change.origins})
    return counts
