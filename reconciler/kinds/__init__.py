"""One file per manifest kind: its model, its docstring with an example, and how it becomes resources."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from reconciler.environment.spec import Environment
from reconciler.kinds.base import Kind
from reconciler.manifest.spec import Manifest


@cache
def kinds() -> dict[str, type[Kind]]:
    """Every kind by its word, found by discovery, in a stable order."""
    found: dict[str, type[Kind]] = {}
    for name in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        for member in vars(importlib.import_module(f"{__name__}.{name}")).values():
            if isinstance(member, type) and issubclass(member, Kind) and "kind" in vars(member):
                found[member.kind] = member
    return dict(sorted(found.items()))


@cache
def models() -> dict[str, type[Manifest]]:
    """The model of every document that people write, by its word: the kinds, and the environment."""
    known: dict[str, type[Manifest]] = {**kinds(), Environment.kind: Environment}
    return dict(sorted(known.items()))
