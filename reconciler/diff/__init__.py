"""What changes and why: base (ledger), live and desired, compared field by field; see `comparison`."""

from __future__ import annotations

from reconciler.diff.change import (
    EXECUTABLE,
    REASONS,
    WRITES,
    Change,
    Differences,
    FieldChange,
    Options,
    Unwanted,
)
from reconciler.diff.comparison import diff
from reconciler.diff.fields import token_of
from reconciler.diff.parts import Parts

__all__ = [
    "EXECUTABLE",
    "REASONS",
    "WRITES",
    "Change",
    "Differences",
    "FieldChange",
    "Options",
    "Parts",
    "Unwanted",
    "diff",
    "token_of",
]
