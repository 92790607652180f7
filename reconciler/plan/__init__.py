"""Plans: made in `build`, kept as `document`, saved as `file`, approved in `approval`."""

from __future__ import annotations

from reconciler.plan.adopting import cut_to_adoptions
from reconciler.plan.approval import require_approved
from reconciler.plan.build import build, compare
from reconciler.plan.document import Plan
from reconciler.plan.file import load, save

__all__ = ["Plan", "build", "compare", "cut_to_adoptions", "load", "require_approved", "save"]
