"""An older revision, planned on what a later one left: what came in between is taken back."""

from reconciler.rollback.rollback import Rollback, rollback_to

__all__ = ["Rollback", "rollback_to"]
