"""Guards over changes: how much may be deleted or changed at once, what is protected, what is disruptive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from reconciler.diff import Change
from reconciler.errors import Diagnostic
from reconciler.ledger import Ledger

REMOVALS = frozenset({"delete", "retire", "replace"})
_KEPT = "It was when the ledger was last written: apply `policy.protect` without it first, then remove it."
ADDITIONS = frozenset({"newly_managed", "new"})
"""Reasons of updates that replace no value: a field mentioned now, and the rest of a create that was cut short."""


@dataclass(frozen=True, slots=True)
class Guards:
    """Limits of one apply, per resource type and per document.

    More than `deletes_percent` of at least `deletes_of`, more than `deletes_most`, or all of `deletes_all` or
    more is refused; so are updates of more than `updates_percent` of at least `updates_of`.
    """

    deletes_percent: int = 30
    deletes_of: int = 10
    deletes_most: int = 25
    deletes_all: int = 3
    updates_percent: int = 50
    updates_of: int = 20


def check(
    changes: Sequence[Change],
    ledger: Ledger,
    *,
    guards: Guards,
    protect: Iterable[str],
    allow_deletes: int | None,
    allow_disruptive: bool | Iterable[str],
) -> list[Diagnostic]:
    """What stands in the way of the changes: one diagnostic per refusal."""
    removals = [change for change in changes if change.action in REMOVALS]
    protected = _protected(removals, ledger, tuple(protect))
    removals = [change for change in removals if change.reason != "superseded"]  # something else took their place
    updates = [change for change in changes if _overwrites(change, ledger)]
    findings = [*protected]
    owned = _populations(ledger)
    if allow_deletes is None:
        findings += _too_many_deletes(removals, owned, guards)
        findings += [_container(change) for change in removals if change.type.container]
    elif removals and allow_deletes != len(removals):
        findings.append(
            Diagnostic(
                "error",
                "guard.other_number",
                f"--allow-deletes {allow_deletes} was given, and the plan removes {len(removals)}",
                "Read the removals, then give their exact number.",
            )
        )
    findings += _too_many_updates(updates, owned, guards)
    findings += _disruptive(changes, allow_disruptive)
    return findings


def _overwrites(change: Change, ledger: Ledger) -> bool:
    """Whether an update changes what was there, and does not only fill it or finish what was cut short."""
    if change.action != "update" or change.reason in ADDITIONS:
        return False
    entry = ledger.get(change.address)
    if entry is not None and entry.intent is not None:
        return False  # the rest of an apply that passed the guards
    return any(item.before is not None for item in change.fields)


def _populations(ledger: Ledger) -> Counter[str]:
    """How many resources we own, by type and by document."""
    owned: Counter[str] = Counter()
    for entry in ledger.entries.values():
        if entry.how == "referred":
            continue
        owned[f"type {entry.address.partition(':')[0]}"] += 1
        owned.update(f"document {origin}" for origin in entry.origins)
    return owned


def _groups(changes: Iterable[Change]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for change in changes:
        counts[f"type {change.type.full_name}"] += 1
        counts.update({f"document {origin.kind}/{origin.name}" for origin in change.origins})
    return counts


def _too_many_deletes(removals: Sequence[Change], owned: Mapping[str, int], guards: Guards) -> Iterable[Diagnostic]:
    for group, number in sorted(_groups(removals).items()):
        of = owned[group]
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
            f"If that is meant, plan again with --allow-deletes {len(removals)}.",
        )


def _too_many_updates(updates: Sequence[Change], owned: Mapping[str, int], guards: Guards) -> Iterable[Diagnostic]:
    for group, number in sorted(_groups(updates).items()):
        of = owned[group]
        if of >= guards.updates_of and number * 100 > of * guards.updates_percent:
            yield Diagnostic(
                "error",
                "guard.updates",
                f"the plan updates {number} of {of} of {group}: more than {guards.updates_percent} %",
                "If that is meant, raise policy.guards.updates_percent in the environment, or apply by --target.",
            )


def is_protected(address: str, patterns: Iterable[str]) -> bool:
    """Whether patterns of `policy.protect` name the address."""
    return any(fnmatchcase(address, pattern) for pattern in patterns)


def _protected(removals: Iterable[Change], ledger: Ledger, protect: tuple[str, ...]) -> Iterable[Diagnostic]:
    for change in removals:
        entry = ledger.get(change.address)
        pattern = next((p for p in protect if is_protected(change.address, (p,))), None)
        if pattern is not None or (entry is not None and entry.protect):
            yield Diagnostic(
                "error",
                "guard.protected",
                f"{change.address} is protected and may not be removed",
                f"The pattern {pattern!r} in policy.protect of the environment says so." if pattern else _KEPT,
                address=change.address,
            )


def _container(change: Change) -> Diagnostic:
    return Diagnostic(
        "error",
        "guard.container",
        f"{change.address} is a container; its removal is never implied",
        "If that is meant, plan again with --allow-deletes N, N being the number of removals.",
        address=change.address,
    )


def _disruptive(changes: Iterable[Change], allowed: bool | Iterable[str]) -> Iterable[Diagnostic]:
    patterns = () if isinstance(allowed, bool) else tuple(allowed)
    for change in changes:
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
