"""An approved plan, held against what is planned now."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from reconciler.diff import EXECUTABLE
from reconciler.diff.shape import shape_of
from reconciler.errors import Diagnostic, StaleError
from reconciler.plan.document import Plan, effects_agreed, header_of
from reconciler.plan.file import PLAN_AGAIN

if TYPE_CHECKING:
    from reconciler.saved import plan as saved

GOOD_FOR = datetime.timedelta(days=7)
CLOCKS_APART = datetime.timedelta(minutes=5)
"""How far the clocks of two machines may differ."""


def require_approved(approved: saved.Plan, plan: Plan) -> None:
    """Raises `StaleError` unless the new plan is the approved one, or what is left of it.

    That is so when the headers are equal, each new change is in the approved set, and each approved change
    that is missing is already in place.
    """
    stale = [*_expired(approved)]
    header: Mapping[str, object] = header_of(approved)
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


def _expired(approved: saved.Plan) -> Iterable[Diagnostic]:
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
