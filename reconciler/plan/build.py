"""Reads the live state, compares, and makes the plan of what differs; writes nothing."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.desired import Wishes
from reconciler.diff import WRITES, Change, Options, diff
from reconciler.diff.identity import moves
from reconciler.diff.named import refuse_unknown, without_effect
from reconciler.diff.shape import digest_of
from reconciler.errors import Diagnostic, RefusedError, Source
from reconciler.ledger import Ledger
from reconciler.ledger.binding import not_ours
from reconciler.live import LiveState, Note, known, look_around, read, wanted
from reconciler.manifest.garbage import garbage_collection_paused
from reconciler.plan.context import add_context
from reconciler.plan.document import Plan
from reconciler.plan.held import addresses_of, keep_targets, unwanted_by, wait_for_held
from reconciler.plan.unspeakable import secrets_in_texts
from reconciler.policy import check
from reconciler.resources.base import Resource
from reconciler.resources.keys import field_of
from reconciler.resources.objects import Origin
from reconciler.systems.base import System

if TYPE_CHECKING:
    from reconciler.environment.policy import OnDrift


@garbage_collection_paused()
def build(
    wishes: Wishes,
    ledger: Ledger,
    systems: Mapping[str, System],
    options: Options,
    note: Note = lambda line: None,
    readings: Mapping[str, System] | None = None,
    *,
    keep_answers: bool = False,
) -> Plan:
    """Reads the live state, compares, checks the guards; writes nothing.

    `readings` are systems that remember what was read just now for the answers to the manifests' questions; they
    forget it, as a comparison takes memory of its own, unless `keep_answers` says that somebody goes on with them.
    Raises `RefusedError` when the ledger belongs to other systems.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        readings = readings or {name: system.fresh() for name, system in systems.items()}
        identified = beside.submit(_bound, ledger, readings)
        read_at, waited = time.monotonic(), {name: system.delayed for name, system in systems.items()}
        wants = wishes.resources.values()
        ids = known(ledger, moves(wishes.resources, ledger))
        whole = _above(wishes, options.replace)
        live = read(wanted(wants, ledger, whole), systems, ledger, known=ids, note=note, readings=readings)
        look_around(live, wants, readings, ledger, ids, note)
        took = time.monotonic() - read_at
        for reading in () if keep_answers else readings.values():
            reading.forget()
        names = identified.result()
    plan = compare(wishes, ledger, live, names, options)
    plan.live, plan.read_at, plan.took = live, read_at, took
    plan.delayed = {name: system.delayed - waited[name] for name, system in systems.items()}
    plan.diagnostics += [*_of_systems(plan, systems), *secrets_in_texts(plan.changes)]
    return plan


def _above(wishes: Wishes, addresses: Iterable[str]) -> set[str]:
    """Some wanted resources and all that need them: what may have to be made again with them."""
    found = {address for address in addresses if address in wishes.resources}
    for want in sorted(wishes.resources.values(), key=lambda one: wishes.levels.get(one.address, 0)) if found else ():
        if not found.isdisjoint(want.needs):
            found.add(want.address)
    return found


def compare(
    wishes: Wishes, ledger: Ledger, live: LiveState, names: Mapping[str, tuple[str, ...]], options: Options
) -> Plan:
    """The plan for a live state that was read; pure but for the clock."""
    while True:
        unwanted = unwanted_by(wishes)
        differences = diff(wishes.resources, ledger, live, options, _Drift(wishes), wishes.levels, unwanted)
        without_refused = wishes.without([*differences.refusals, *_incomplete(differences.changes, wishes, live)])
        if without_refused is None:
            break
        wishes = without_refused
    plan = Plan(
        wishes.environment_name,
        ledger.header.ledger,
        {system: seen[0] for system, seen in names.items()},  # which does not depend on who plans
        options,
        differences.changes,
        differences.orphans,
        [*wishes.refusals, *differences.diagnostics, *_remarks(wishes, differences.changes)],
        differences.unchanged,
        differences.notes,
        differences.moves,
        differences.ids,
        ledger.header.serial,
        datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    plan.names, plan.wishes = dict(names), wishes
    wait_for_held(plan.changes, ledger, unwanted)
    of_held = {name: addresses_of(name, held, ledger) for name, held in wishes.held.items()}
    here = {*wishes.resources, *(change.address for change in (*plan.changes, *plan.orphans))}.union(*of_held.values())
    refuse_unknown(options, here | ledger.entries.keys())
    if options.targets:
        keep_targets(plan, wishes, of_held, here)
    plan.diagnostics += without_effect(options, wishes.resources, plan.changes)
    approved = frozenset(wishes.environment.policy.approved_labels) if plan.changes else frozenset()
    for change in plan.changes:
        fills = change.action == "adopt" and bool(change.fields)
        change.approvals = change.approvals - approved if change.action in WRITES or fills else frozenset()
    for change in (*plan.changes, *plan.orphans):
        change.digest = digest_of(change)
    plan.changes.sort(key=lambda change: (change.level, change.address, change.action))
    add_context(plan.changes, wishes.resources, live)
    plan.diagnostics += _blocked(plan.changes)
    moved = ledger.moved(plan.moves)
    if plan.executable:
        plan.diagnostics += check(plan.executable, moved, wishes.environment, options.allow_deletes)
    return plan


class _Drift:
    """What the environment says of changes by others: asked where there are any, as in most plans there are none."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes

    def of(self, type: Resource, path: str, origins: Iterable[Origin], how: str) -> OnDrift:
        """The rule for one field of one resource; an empty path is the resource as a whole."""
        return self._wishes.environment.policy.on_drift.of(type, path, origins, how)


def _incomplete(changes: Iterable[Change], wishes: Wishes, live: LiveState) -> Iterable[Diagnostic]:
    """Writes that the system would refuse, as something that it needs has no value."""
    for change in changes:
        want = wishes.resources.get(change.address)
        if want is None or change.action not in ("create", "update", "replace", "adopt", "rename"):
            continue
        there = live.of(want.type).by_id.get(change.id) if change.action != "replace" and change.id else None
        touched = {field_of(item.path) for item in change.fields}
        if lacking := [path for path in want.lacks(there) if there is None or field_of(path) in touched]:
            names = ", ".join(lacking)
            yield Diagnostic(
                "error",
                "resource.incomplete",
                f"{change.address} cannot be {'written' if there else 'created'} without {names}, and has none",
                "Give it a value in the manifest.",
                want.origins[0].source if want.origins else None,
                change.address,
            )


def _of_systems(plan: Plan, systems: Mapping[str, System]) -> Iterable[Diagnostic]:
    """What is to be said of a system as a whole; what forbids writing to it is an error only where we would."""
    written = {change.type.system for change in plan.executable if change.action in WRITES | {"adopt"}}
    for name, system in systems.items():
        for finding in system.findings():
            refused = finding.severity == "error" and name not in written
            yield replace(finding, severity="warning") if refused else finding


def _remarks(wishes: Wishes, changes: Iterable[Change]) -> Iterable[Diagnostic]:
    """Warnings of the manifests; what is only worth knowing, where the plan changes something of that file."""
    touched = {origin.file for change in changes for origin in change.origins}
    for finding in wishes.findings:
        told = finding.severity == "info" and finding.source is not None and finding.source.file in touched
        if finding.severity == "warning" or told:
            yield finding


def _bound(ledger: Ledger, systems: Mapping[str, System]) -> dict[str, tuple[str, ...]]:
    names = {name: system.identities() for name, system in sorted(systems.items())}
    for system, seen in names.items():
        if finding := not_ours(ledger.header.systems.get(system), seen):
            raise RefusedError(finding)
    return names


def _blocked(changes: Iterable[Change]) -> Iterable[Diagnostic]:
    for change in changes:
        if change.action in ("blocked", "pending", "conflict"):
            yield Diagnostic(
                "warning",
                f"{change.action}.{change.reason}",
                f"{change.address} {change.message}"
                if change.action != "conflict"
                else f"{change.address}: {change.message}",
                source=_place(change),
                address=change.address,
            )


def _place(change: Change) -> Source | None:
    """Where a person has to look: where the name is written, else where the resource is wanted."""
    origin = change.named or next(iter(change.origins), None)
    return origin.source if origin is not None and origin.file else None
