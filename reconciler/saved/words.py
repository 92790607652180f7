"""The fixed words of what is saved; the order is that of the schemas and of every summary."""

from __future__ import annotations

from typing import Literal

Severity = Literal["error", "warning", "info"]
Action = Literal[
    "create", "update", "delete", "replace", "rename", "retire", "adopt", "forget",
    "conflict", "blocked", "pending", "drift",
]  # fmt: skip
Adopt = Literal["matching", "empty", "overwrite"]
Level = Literal["verified", "declared"]
"""How far a field is kept that is not enforced."""
Status = Literal["done", "failed", "stale", "pending", "unverified", "unknown", "skipped", "not_started"]
