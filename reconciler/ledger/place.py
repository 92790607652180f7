"""Where the ledger's file may stand: below the project, whatever links are on the way."""

from __future__ import annotations

from pathlib import Path

from reconciler.environment.below import is_below
from reconciler.errors import ConfigurationError


def ledger_file(root: Path, path: str) -> Path:
    """The file of a ledger that an environment names from the root of the project.

    Raises `ConfigurationError` when it, or a file that is written beside it, would be outside the project, or among
    what Git keeps for itself.
    """
    if not is_below(root, path, ".new", "+.lock"):
        raise ConfigurationError.of(
            "ledger.outside",
            f"the ledger {path} is outside the project",
            "Give `ledger.path` a file below the root of the project, without links that lead out of it.",
        )
    return root / path
