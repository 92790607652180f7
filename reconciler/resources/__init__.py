"""One file per live object type: its fields and their rules, its key, how to read and to write it.

Types are found by discovery: every class below `Resource` with a `name` in a module of
`reconciler.resources.<system>` is a type, and nothing is registered in a second place.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property

from reconciler.resources.base import Resource

SYSTEMS = ("cluedin", "purview")
_NAME = re.compile(rf"({'|'.join(SYSTEMS)})\.([a-z][a-z_]*)")


class _Types(Mapping[str, Resource]):
    """Every type; the module of one is imported when it is asked for, as most runs need a few.

    A type is looked for in the module of its own name, and where it is not there, in all of them.
    """

    def __init__(self) -> None:
        self._found: dict[str, Resource] = {}

    def __getitem__(self, name: str) -> Resource:
        """The type of a name; raises `KeyError` where there is none."""
        if name not in self._found:
            called = _NAME.fullmatch(name)
            if called is not None and called[2] in _modules(called[1]):
                self._found |= _types_of(*called.groups())
        return self._found[name] if name in self._found else self._all[name]

    def __iter__(self) -> Iterator[str]:
        """Every name, in order."""
        return iter(self._all)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._all)

    @cached_property
    def _all(self) -> dict[str, Resource]:
        found: dict[str, Resource] = {}
        for system in SYSTEMS:
            for module in _modules(system):
                found |= _types_of(system, module)
        return dict(sorted(found.items()))


@cache
def types() -> Mapping[str, Resource]:
    """Every resource type by `system.name`, in a stable order."""
    return _Types()


@cache
def _modules(system: str) -> tuple[str, ...]:
    package = importlib.import_module(f"{__name__}.{system}")
    return tuple(sorted(info.name for info in pkgutil.iter_modules(package.__path__)))


def _types_of(system: str, module: str) -> dict[str, Resource]:
    """The types that a module has."""
    members = vars(importlib.import_module(f"{__name__}.{system}.{module}")).values()
    classes = (one for one in members if isinstance(one, type) and issubclass(one, Resource) and "name" in vars(one))
    return {one.full_name: one for one in (member.instance() for member in classes)}


def folded(address: str) -> str:
    """An address as its system compares it; of a type that nobody knows, as it is."""
    name, _, key = address.partition(":")
    type = types().get(name)
    return type.address(type.fold(key)) if type is not None else address


def type_of(address: str) -> Resource:
    """The type of an address; raises KeyError for an unknown one."""
    return types()[address.partition(":")[0]]
