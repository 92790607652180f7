"""What documents that are held back mean for a plan, and what is left of it for some targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler.desired import Held, Wishes, matches_target
from reconciler.diff import WRITES, Change, Unwanted
from reconciler.diff.named import unknown
from reconciler.ledger import Ledger
from reconciler.plan.document import Plan
from reconciler.policy import REMOVALS
from reconciler.resources import folded


def unwanted_by(wishes: Wishes) -> Unwanted:
    """What is known of resources that no manifest wants: stand-ins, and what held documents may want."""
    may_want: set[str] = set()
    for held in wishes.held.values():
        may_want |= held.may_want
        for address, want in held.wants.items():
            former = map(want.type.address, want.moved_from)
            may_want.update(map(folded, (address, *former, *want.needs)))
    return Unwanted(frozenset(wishes.superseded), frozenset(wishes.held), frozenset(may_want))


def wait_for_held(changes: Iterable[Change], ledger: Ledger, unwanted: Unwanted) -> None:
    """What a held document wanted before, and others want now, is not written without knowing both."""
    for change in changes if unwanted.held else ():
        entry = ledger.get(change.address)
        now = {f"{origin.kind}/{origin.name}" for origin in change.origins}
        missing = sorted(unwanted.held.intersection(entry.origins) - now) if entry is not None else []
        if missing and change.action in WRITES:
            change.action, change.reason = "blocked", "held"
            change.message = f"waits for {', '.join(missing)}, which is held back and wanted it too"


def addresses_of(document: str, held: Held, ledger: Ledger) -> set[str]:
    """What a held document wants as far as that is known, and what it wanted before."""
    before = {entry.address for entry in ledger.entries.values() if document in entry.origins}
    return before | {address for address, want in held.wants.items() if want.mode == "own"}


def keep_targets(plan: Plan, wishes: Wishes, of_held: Mapping[str, set[str]], known: set[str]) -> None:
    """Filters the changes to the targets and what they need; nothing becomes an orphan by it.

    A document that is held back refuses only a plan whose targets it has a part in.
    """
    for target in plan.options.targets:
        if not any(matches_target(address, (target,)) for address in known):
            raise unknown("target", target, known)
    keep = {address for address in known if matches_target(address, plan.options.targets)}
    together = _together((*plan.changes, *plan.orphans))
    todo = list(keep)
    freed = {change.address: change.after for change in plan.changes if change.after}
    while todo:
        address = todo.pop()
        want = wishes.resources.get(address)
        others = (*freed.get(address, ()), *together.get(address, ()))
        for need in (*(want.needs if want is not None else ()), *others):
            if need not in keep:
                keep.add(need)
                todo.append(need)
    plan.changes = [change for change in plan.changes if change.address in keep]
    plan.orphans = [change for change in plan.orphans if change.address in keep]
    waiting = {change.address for change in plan.changes if change.reason == "held"}
    theirs = keep - (wishes.resources.keys() - waiting)  # what others want too, and is as it should be, is not theirs
    aside = {name for name, addresses in of_held.items() if theirs.isdisjoint(addresses)}
    plan.diagnostics = [
        replace(finding, severity="warning", document="") if finding.document in aside else finding
        for finding in plan.diagnostics
    ]


def _together(changes: Iterable[Change]) -> dict[str, list[str]]:
    """What goes with what: parts with their host, and the whole family of what is replaced."""
    found: dict[str, list[str]] = {}
    for change in changes:
        if change.takes and change.action in REMOVALS:
            found.setdefault(change.address, []).extend(change.takes)
            for part in change.takes if change.action == "replace" else ():
                found.setdefault(part, []).append(change.address)
    return found
