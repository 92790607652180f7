"""Hand-overs: files for the tools around CluedIn, of the manifests alone; one file here for each receiving tool."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

from reconciler.handover.base import Target


@cache
def targets() -> dict[str, Target]:
    """Every receiving tool by its word, found by discovery: the modules here that have a `TARGET`."""
    names = sorted(path.stem for root in __path__ for path in Path(root).glob("*.py") if path.stem != "__init__")
    found = (getattr(importlib.import_module(f"{__name__}.{name}"), "TARGET", None) for name in names)
    return {one.word: one for one in found if one is not None}
