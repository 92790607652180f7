"""A plan cut down to what only the ledger learns."""

from __future__ import annotations

from fnmatch import fnmatchcase

from reconciler.diff import WRITES
from reconciler.errors import Diagnostic
from reconciler.plan.document import Plan

_LEFT = frozenset({"adopt", "conflict", "blocked"})
_NOT_ADOPTED = {
    "create": ("is not there", "Let an apply make it, or correct its name."),
    "update": ("is managed already, and differs", "An apply would change it: look at `reconciler plan`."),
}


def cut_to_adoptions(plan: Plan) -> None:
    """Takes every write out of a plan, and what the guards say of them; what is named and written is refused."""
    named = plan.options.targets
    for change in plan.changes:
        if change.action in WRITES and any(fnmatchcase(change.address, one) and "*" not in one for one in named):
            what, advice = _NOT_ADOPTED.get(change.action, (f"would be changed: {change.action}", "Look at the plan."))
            source = change.origins[0].source if change.origins else None
            summary = f"{change.address} cannot be adopted: it {what}"
            plan.diagnostics.append(Diagnostic("error", "adopt.refused", summary, advice, source, change.address))
    plan.changes = [change for change in plan.changes if change.action in _LEFT]
    plan.diagnostics = [one for one in plan.diagnostics if not one.code.startswith("guard.")]
    plan.orphans = []
