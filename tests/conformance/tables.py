"""Tables of cases: a module per operation group, a function per operation of the client."""

from __future__ import annotations

import importlib
import inspect
import os
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import pytest

Case = Callable[..., None]


def need(*names: str) -> ModuleType:
    """The last of the modules; skips without it, but fails where `make test-all` runs in CI."""
    found = None
    for name in names:
        try:
            found = importlib.import_module(name)
        except ImportError:
            reason = f"{name} is not installed: pip install -e '.[conformance]'"
            if os.environ.get("RECONCILER_CI") == "1" and os.environ.get("RECONCILER_CONFORMANCE") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
    assert found is not None
    return found


def cases(group: str, module: ModuleType) -> dict[str, Case]:
    """The cases of one group by the client's name for the operation, `group.operation`."""
    return {
        f"{group}.{name}": function
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
    }


def operations(group: str, *kinds: type) -> set[str]:
    """What a client offers: the public methods of some of its classes."""
    methods = [item for kind in kinds for item in vars(kind).items()]
    return {f"{group}.{name}" for name, value in methods if inspect.isfunction(value) and not name.startswith("_")}


def check_complete(held: Iterable[str], offered: set[str], left_out: dict[str, str]) -> None:
    """Every operation has a case or a reason, and no case or reason is about something else."""
    held = set(held)
    assert not held & left_out.keys(), f"both tried and left out: {sorted(held & left_out.keys())}"
    assert held | left_out.keys() == offered, sorted((held | left_out.keys()) ^ offered)
    assert all(left_out.values())


def names_of(entities: Iterable[Any]) -> list[str]:
    """Qualified names, sorted."""
    return sorted(one["attributes"]["qualifiedName"] for one in entities)
