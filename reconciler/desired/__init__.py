"""Manifests → resources: loads a project, checks it across documents, and expands it for one environment."""

from reconciler.desired.called import documents_of, matches_target, name_of
from reconciler.desired.recalled import load, recalled
from reconciler.desired.wishes import (
    NOWHERE,
    Draft,
    Held,
    Wishes,
    draft,
)

__all__ = [
    "NOWHERE",
    "Draft",
    "Held",
    "Wishes",
    "documents_of",
    "draft",
    "load",
    "matches_target",
    "name_of",
    "recalled",
]
