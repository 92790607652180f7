"""One file per live object type: its fields and their rules, its key, how to read and to write it.

Types are found by discovery: every class below `Resource` with a `name` in a module of
`reconciler.resources.<system>` is a type, and nothing is registered in a second place.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from reconciler.resources.base import Resource

SYSTEMS = ("cluedin", "purview")


@cache
def types() -> dict[str, Resource]:
    """Every resource type by `system.name`, in a stable order."""
    found: dict[str, Resource] = {}
    for system in SYSTEMS:
        package = importlib.import_module(f"reconciler.resources.{system}")
        for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
            members = vars(importlib.import_module(f"{package.__name__}.{module}")).values()
            for member in members:
                if isinstance(member, type) and issubclass(member, Resource) and "name" in vars(member):
                    one = member.instance()
                    found.setdefault(one.full_name, one)
    return dict(sorted(found.items()))


def folded(address: str) -> str:
    """An address as its system compares it; of a type that nobody knows, as it is."""
    name, _, key = address.partition(":")
    type = types().get(name)
    return type.address(type.fold(key)) if type is not None else address


def type_of(address: str) -> Resource:
    """The type of an address; raises KeyError for an unknown one."""
    return types()[address.partition(":")[0]]
