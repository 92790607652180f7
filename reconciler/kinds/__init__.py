"""One folder per manifest kind: `spec.py` is what people write, `kind.py` what becomes of it."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from typing import Any

from reconciler.environment.spec import Environment
from reconciler.kinds.base import Kind
from reconciler.kinds.pulling import Puller
from reconciler.kinds.telling.teller import Teller
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
def pullers() -> dict[str, type[Puller]]:
    """How documents are made of what is live, by the word of their kind; every room has its own `pull.py`."""
    found: dict[str, type[Puller]] = {}
    for path in sorted(path for root in __path__ for path in Path(root).glob("*/pull.py")):
        for member in vars(importlib.import_module(f"{__name__}.{path.parent.name}.pull")).values():
            if isinstance(member, type) and issubclass(member, Puller) and "kind" in vars(member):
                found[member.kind] = member
    return found


@cache
def tellers() -> dict[str, Teller]:
    """Who tells what changes of a kind mean, by its word; every room has its own `sentence.py`."""
    found: dict[str, Teller] = {}
    for path in sorted(path for root in __path__ for path in Path(root).glob("*/sentence.py")):
        for member in vars(importlib.import_module(f"{__name__}.{path.parent.name}.sentence")).values():
            if isinstance(member, type) and issubclass(member, Teller) and "kind" in vars(member):
                found[member.kind] = member()
    return found


@cache
def models() -> dict[str, type[Manifest]]:
    """The model of every document that people write, by its word: the kinds, and the environment."""
    known: dict[str, type[Manifest]] = {word: kind.manifest for word, kind in kinds().items()}
    known[Environment.kind] = Environment
    return dict(sorted(known.items()))
