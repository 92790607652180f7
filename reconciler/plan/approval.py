"""Saved plans: written, read back, held against what is planned now."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from reconciler.diff import EXECUTABLE
from reconciler.diff.shape import digest_of_shape, shape_of
from reconciler.errors import Diagnostic, ReconcilerError, StaleError
from reconciler.plan.document import COUNTED, FORMAT, Plan, digest_of_plan, effects_agreed

GOOD_FOR = datetime.timedelta(days=7)
CLOCKS_APART = datetime.timedelta(minutes=5)
"""How far the clocks of two machines may differ."""
PLAN_AGAIN = "Plan again, and approve the new plan."


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
    executable = [change for change in shape["changes"] if change["action"] in EXECUTABLE]
    if digest_of_plan(header, executable) != shape["digest"]:
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
        elif effects_agreed(before[digest]) != effects_agreed(shape_of(change)):
            stale.append(_moved("altered", change.action, change.address))
    standing = {change.address for change in plan.changes}
    for digest, shape in before.items():
        if digest not in now and shape["address"] in standing - {c.address for c in now.values()}:
            stale.append(_moved("missing", shape["action"], shape["address"]))
    if stale:
        raise StaleError(*stale)


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
