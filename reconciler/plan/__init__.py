"""Plans: made in `build`, kept as `document`, approved in `approval`."""

from __future__ import annotations

from reconciler.plan.approval import load, require_approved, save
from reconciler.plan.build import build, compare
from reconciler.plan.document import Plan

__all__ = ["Plan", "build", "compare", "load", "require_approved", "save"]
