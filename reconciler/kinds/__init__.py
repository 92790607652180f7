"""One folder per manifest kind: `spec.py` is what people write, `kind.py` what becomes of it."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from typing import Any

from reconciler.environment.spec import Environment
from reconciler.kinds.base import Kind
from reconciler.manifest.spec import Manifest


@cache
def kinds() -> dict[str, type[Kind[Any]]]:
    """Every kind by its word, found by discovery, in a stable order."""
    found: dict[str, type[Kind[Any]]] = {}
    folders = {path.parent.name for root in __path__ for path in Path(root).glob("*/kind.py")}
    for name in sorted(folders):
        for member in vars(importlib.import_module(f"{__name__}.{name}.kind")).values():
            if isinstance(member, type) and issubclass(member, Kind) and "manifest" in vars(member):
                found[member.manifest.kind] = member
    return dict(sorted(found.items()))


@cache
def models() -> dict[str, type[Manifest]]:
    """The model of every document that people write, by its word: the kinds, and the environment."""
    known: dict[str, type[Manifest]] = {word: kind.manifest for word, kind in kinds().items()}
    known[Environment.kind] = Environment
    return dict(sorted(known.items()))
