"""A plan: ordered changes, their summary, what refuses them, and the digest that an approval names."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from reconciler import __version__
from reconciler.desired import Held, Wishes, matches_target
from reconciler.diff import (
    EXECUTABLE,
    REASONS,
    WRITES,
    Change,
    Options,
    Unwanted,
    diff,
)
from reconciler.diff.identity import moves
from reconciler.diff.named import refuse_unknown, unknown, without_effect
from reconciler.diff.shape import digest_of, digest_of_shape, effects_of, sha, shape_of
from reconciler.errors import Diagnostic, Exit, ReconcilerError, RefusedError, Source, StaleError
from reconciler.ledger import Entry, Ledger
from reconciler.ledger.binding import not_ours
from reconciler.live import LiveState, Note, known, look_around, read, wanted
from reconciler.manifest.yaml import garbage_collection_paused
from reconciler.policy import REMOVALS, check
from reconciler.resources import folded
from reconciler.resources.base import field_of
from reconciler.systems.base import System
from reconciler.systems.redact import SECRETS

FORMAT = "1.0"
GOOD_FOR = datetime.timedelta(days=7)
CLOCKS_APART = datetime.timedelta(minutes=5)
"""How far the clocks of two machines may differ."""
PLAN_AGAIN = "Plan again, and approve the new plan."
COUNTED = (
    "create", "update", "rename", "replace", "delete", "retire", "adopt", "forget",
    "drift", "conflict", "pending", "blocked", "unchanged",
)  # fmt: skip


@dataclass(slots=True)
class Plan:
    """What an apply would do, why, and what it would not do.

    `notes` is what only the ledger has to learn; it is not part of what is approved.
    """

    environment: str
    ledger: str
    systems: dict[str, str]
    options: Options
    changes: list[Change] = field(default_factory=list)
    orphans: list[Change] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    unchanged: int = 0
    notes: dict[str, Entry | None] = field(default_factory=dict)
    moves: dict[str, str] = field(default_factory=dict)
    """New addresses of ledger entries that follow a rename, with those that they have: before the notes."""
    ids: dict[str, str] = field(default_factory=dict)
    serial: int = 0
    created_at: str = ""
    live: LiveState | None = None
    """What was read for the plan, and when: for a moment it is fresh enough to create what it lacks."""
    read_at: float = 0.0
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By system every name of it that this sign-in saw: the ledger learns them."""

    @property
    def executable(self) -> list[Change]:
        """The changes that an apply carries out."""
        return [change for change in self.changes if change.action in EXECUTABLE]

    @property
    def held(self) -> list[str]:
        """Documents (`Kind/name`) that are held back: nothing of them is in the plan, and nothing is removed."""
        return sorted({finding.document for finding in self.diagnostics if finding.document})

    @property
    def guarded(self) -> list[Diagnostic]:
        """What forbids the plan as a whole, and not only a document or a change of it."""
        return [d for d in self.diagnostics if d.severity == "error" and not d.document]

    @property
    def refused(self) -> bool:
        """Whether a conflict, a guard or a held document stands in the way."""
        return any(d.severity == "error" for d in self.diagnostics) or any(
            change.action == "conflict" for change in self.changes
        )

    @property
    def open(self) -> bool:
        """Whether an apply has anything to do, or something waits that it would do."""
        return any(change.action in EXECUTABLE | {"blocked", "pending"} for change in self.changes)

    @property
    def exit_code(self) -> Exit:
        """The promised exit code of a plan, and of an apply of it that has nothing to write."""
        return Exit.REFUSED if self.refused else Exit.OK

    @property
    def requires_approval(self) -> dict[str, list[str]]:
        """Labels that somebody has to approve before an apply, each with the addresses that it is about."""
        found: dict[str, list[str]] = {}
        for change in self.executable:
            for label in sorted(change.approvals):
                found.setdefault(label, []).append(change.address)
        return found

    @property
    def drifted(self) -> list[Change]:
        """The changes that show what people did in the systems."""
        reasons = {"drift", "gone", "renamed", "conflict", "interrupted"}
        return [
            change
            for change in self.changes
            if change.action == "drift" or change.reason in reasons or any(f.reason in reasons for f in change.fields)
        ]

    @property
    def summary(self) -> dict[str, int]:
        """How many changes of each action there are, and how many resources are as wanted."""
        counts = dict.fromkeys(COUNTED, 0)
        for change in self.changes:
            counts[change.action] += 1
        return counts | {"unchanged": self.unchanged}

    @property
    def header(self) -> dict[str, Any]:
        """What an approval is bound to, besides the changes."""
        return {
            "format_version": FORMAT,
            "environment": self.environment,
            "ledger": self.ledger,
            "systems": self.systems,
            "options": self.options.as_dict(),
        }

    @property
    def digest(self) -> str:
        """The digest of the header and of every executable change, with what it does beyond its fields."""
        shapes = ({"digest": one.digest, **SECRETS.clean_all(effects_of(one))} for one in self.executable)
        return _digest(self.header, shapes)

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON (`schemas/plan.schema.json`), without any secret value."""
        shape = {
            "format_version": FORMAT,
            "tool_version": __version__,
            "created_at": self.created_at,
            **{name: value for name, value in self.header.items() if name != "format_version"},
            "digest": self.digest,
            "summary": self.summary,
            "changes": [shape_of(change) for change in self.changes],
            "orphans": [shape_of(change) for change in self.orphans],
            "diagnostics": [diagnostic.as_dict() for diagnostic in self.diagnostics],
        }
        cleaned: dict[str, Any] = SECRETS.clean_all(shape)
        return cleaned


@garbage_collection_paused()
def build(
    wishes: Wishes,
    ledger: Ledger,
    systems: Mapping[str, System],
    options: Options,
    note: Note = lambda line: None,
    readings: Mapping[str, System] | None = None,
) -> Plan:
    """Reads the live state, compares, checks the guards; writes nothing.

    `readings` are systems that remember what was read just now for the answers to the manifests' questions.
    Raises `RefusedError` when the ledger belongs to other systems.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        identified = beside.submit(_bound, ledger, systems)
        read_at = time.monotonic()
        wants = wishes.resources.values()
        ids = known(ledger, moves(wishes.resources, ledger))
        whole = _above(wishes, options.replace)
        readings = readings or {name: system.fresh() for name, system in systems.items()}
        live = read(wanted(wants, ledger, whole), systems, ledger, known=ids, note=note, readings=readings)
        look_around(live, wants, readings, ledger, ids, note)
        names = identified.result()
    plan = compare(wishes, ledger, live, names, options)
    plan.live, plan.read_at = live, read_at
    plan.diagnostics += _of_systems(plan, systems)
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
    policy = wishes.environment.policy
    while True:
        unwanted = _unwanted(wishes)
        differences = diff(wishes.resources, ledger, live, options, policy.on_drift, wishes.levels, unwanted)
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
    plan.names = dict(names)
    _wait_for_held(plan.changes, ledger, unwanted)
    of_held = {name: _addresses_of(name, held, ledger) for name, held in wishes.held.items()}
    here = {*wishes.resources, *(change.address for change in (*plan.changes, *plan.orphans))}.union(*of_held.values())
    refuse_unknown(options, here | ledger.entries.keys())
    if options.targets:
        _keep_targets(plan, wishes, of_held, here)
    plan.diagnostics += without_effect(options, wishes.resources, plan.changes)
    approved = frozenset(policy.approved_labels)
    for change in plan.changes:
        change.approvals = change.approvals - approved if change.action in WRITES else frozenset()
    for change in (*plan.changes, *plan.orphans):
        change.digest = digest_of(change)
    plan.changes.sort(key=lambda change: (change.level, change.address, change.action))
    plan.diagnostics += _blocked(plan.changes)
    moved = ledger.moved(plan.moves)
    plan.diagnostics += check(plan.executable, moved, wishes.environment, options.allow_deletes)
    return plan


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


def _unwanted(wishes: Wishes) -> Unwanted:
    """What is known of resources that no manifest wants: stand-ins, and what held documents may want."""
    may_want: set[str] = set()
    for held in wishes.held.values():
        may_want |= held.may_want
        for address, want in held.wants.items():
            former = map(want.type.address, want.moved_from)
            may_want.update(map(folded, (address, *former, *want.needs)))
    return Unwanted(frozenset(wishes.superseded), frozenset(wishes.held), frozenset(may_want))


def _wait_for_held(changes: Iterable[Change], ledger: Ledger, unwanted: Unwanted) -> None:
    """What a held document wanted before, and others want now, is not written without knowing both."""
    for change in changes if unwanted.held else ():
        entry = ledger.get(change.address)
        now = {f"{origin.kind}/{origin.name}" for origin in change.origins}
        missing = sorted(unwanted.held.intersection(entry.origins) - now) if entry is not None else []
        if missing and change.action in WRITES:
            change.action, change.reason = "blocked", "held"
            change.message = f"waits for {', '.join(missing)}, which is held back and wanted it too"


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


def save(plan: Plan, path: Path, written: Callable[[Mapping[str, Any]], str]) -> None:
    """Writes the plan as JSON; `written` makes text of it that does no harm in a log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(plan.as_dict()).encode())


def load(path: Path, faults: Callable[[Mapping[str, Any]], Iterable[str]] = lambda shape: ()) -> dict[str, Any]:
    """The JSON of a saved plan, whose digests are those of its content.

    `faults` says in what a shape is no plan, as its schema has it. Raises `ReconcilerError` when the file is no plan,
    of a later major version, or not as it was saved.
    """
    try:
        shape: dict[str, Any] = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ReconcilerError.of("plan.unreadable", f"{path}: {error.strerror or error}") from None
    except orjson.JSONDecodeError as error:
        raise ReconcilerError.of(
            "plan.unreadable", f"{path} is not a plan: {error}", "Save one with plan --out."
        ) from None
    version = str(shape.get("format_version", "")) if isinstance(shape, dict) else ""
    if version.partition(".")[0] != FORMAT.partition(".")[0]:
        raise ReconcilerError.of(
            "plan.version",
            f"{path} has plan format {version or 'unknown'}, this version reads {FORMAT}",
            "Plan again with this version of the tool.",
        )
    missing = {"digest", "changes", "options", "summary", "environment"} - shape.keys()
    if missing:
        raise ReconcilerError.of("plan.unreadable", f"{path} is not a plan: {', '.join(sorted(missing))} missing")
    if wrong := next(iter(faults(shape)), ""):
        raise ReconcilerError.of("plan.invalid", f"{path} is no valid plan: {wrong}", PLAN_AGAIN)
    if wrong := next(_unfit(shape), ""):
        raise ReconcilerError.of("plan.edited", f"{path} is not as it was saved: {wrong}", PLAN_AGAIN)
    return shape


def _unfit(shape: Mapping[str, Any]) -> Iterator[str]:
    """What of a saved plan does not fit its digests, or its counts."""
    counts = dict.fromkeys(COUNTED, 0)
    for change in (*shape["changes"], *shape.get("orphans", ())):
        try:
            digest = digest_of_shape(change)
        except (KeyError, TypeError, ValueError, AttributeError):  # of another version's types, or no values of them
            digest = ""
        if digest != change["digest"]:
            yield f"the digest of {change['address']} does not fit what the plan says of it"
        elif not change["address"].startswith(f"{change['system']}.{change['type']}:"):
            yield f"{change['address']} is of another type than the plan says"
    for change in shape["changes"]:
        counts[change["action"]] += 1
    header = {name: shape.get(name) for name in ("format_version", "environment", "ledger", "systems", "options")}
    if _digest(header, (change for change in shape["changes"] if change["action"] in EXECUTABLE)) != shape["digest"]:
        yield "its digest does not fit its options and changes"
    if any(shape["summary"].get(action, 0) != number for action, number in counts.items() if action != "unchanged"):
        yield "its summary does not fit its changes"


def require_approved(approved: Mapping[str, Any], plan: Plan) -> None:
    """Raises `StaleError` unless the new plan is the approved one, or what is left of it.

    That is so when the headers are equal, each new change is in the approved set, and each approved change
    that is missing is already in place.
    """
    stale = [*_expired(approved)]
    header = {name: approved.get(name) for name in plan.header}
    stale += [
        Diagnostic("error", "approval.header", f"{name} was {header[name]!r} when approved and is {value!r} now")
        for name, value in plan.header.items()
        if header[name] != value
    ]
    before = {change["digest"]: change for change in approved["changes"] if change["action"] in EXECUTABLE}
    now = {change.digest: change for change in plan.executable}
    approved_addresses = {change["address"] for change in before.values()}
    for digest, change in now.items():
        if digest not in before:
            word = "altered" if change.address in approved_addresses else "added"
            stale.append(_moved(word, change.action, change.address))
        elif _effects(before[digest]) != _effects(shape_of(change)):
            stale.append(_moved("altered", change.action, change.address))
    standing = {change.address for change in plan.changes}
    for digest, shape in before.items():
        if digest not in now and shape["address"] in standing - {c.address for c in now.values()}:
            stale.append(_moved("missing", shape["action"], shape["address"]))
    if stale:
        raise StaleError(*stale)


def _digest(header: Mapping[str, Any], executable: Iterable[Mapping[str, Any]]) -> str:
    return sha([header, sorted([change["digest"], *_effects(change)] for change in executable)])


def _effects(shape: Mapping[str, Any]) -> list[Any]:
    """What a change does beyond what its own digest covers, and who has to agree to it."""
    names = ("approvals", "requires_approval", "disruptive_because")
    return [bool(shape["disruptive"]), *(sorted(shape.get(name, ())) for name in names)]


def _moved(word: str, action: str, address: str) -> Diagnostic:
    return Diagnostic(
        "error",
        f"approval.{word}",
        f"{word} since the approval: {action} {address}",
        "Live state, manifests or commit moved; plan again and approve the new plan.",
        address=address,
    )


def _expired(approved: Mapping[str, Any]) -> Iterable[Diagnostic]:
    said = approved.get("created_at")
    try:
        made = datetime.datetime.fromisoformat(str(said))
        age = datetime.datetime.now(datetime.UTC) - made
    except (ValueError, TypeError):  # no time, or one without its offset
        words = "the plan does not say when it was made" if said is None else f"{said!r} is no time of a plan"
        yield Diagnostic("error", "approval.undated", words, PLAN_AGAIN)
        return
    if age > GOOD_FOR:
        words = f"the plan is from {made:%Y-%m-%d}; a plan is good for 7 days"
        yield Diagnostic("error", "approval.expired", words, PLAN_AGAIN)
    elif age < -CLOCKS_APART:
        words = f"the plan is from {made.isoformat()}, which is still to come"
        yield Diagnostic("error", "approval.undated", words, f"Look at the clocks of both machines. {PLAN_AGAIN}")


def _bound(ledger: Ledger, systems: Mapping[str, System]) -> dict[str, tuple[str, ...]]:
    names = {name: system.identities() for name, system in sorted(systems.items())}
    for system, seen in names.items():
        if finding := not_ours(ledger.header.systems.get(system), seen):
            raise RefusedError(finding)
    return names


def _keep_targets(plan: Plan, wishes: Wishes, of_held: Mapping[str, set[str]], known: set[str]) -> None:
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


def _addresses_of(document: str, held: Held, ledger: Ledger) -> set[str]:
    """What a held document wants as far as that is known, and what it wanted before."""
    before = {entry.address for entry in ledger.entries.values() if document in entry.origins}
    return before | {address for address, want in held.wants.items() if want.mode == "own"}


def _together(changes: Iterable[Change]) -> dict[str, list[str]]:
    """What goes with what: parts with their host, and the whole family of what is replaced."""
    found: dict[str, list[str]] = {}
    for change in changes:
        if change.takes and change.action in REMOVALS:
            found.setdefault(change.address, []).extend(change.takes)
            for part in change.takes if change.action == "replace" else ():
                found.setdefault(part, []).append(change.address)
    return found


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


def reason_text(reason: str) -> str:
    """A reason in words."""
    return REASONS.get(reason, reason.replace("_", " "))
