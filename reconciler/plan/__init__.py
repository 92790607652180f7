"""Plans: made in `build`, kept as `document`, saved as `file`, approved in `approval`."""

from __future__ import annotations

from reconciler.plan.approval import require_approved
from reconciler.plan.build import build, compare
from reconciler.plan.document import Plan
from reconciler.plan.file import load, save

__all__ = ["Plan", "build", "compare", "load", "require_approved", "save"]
