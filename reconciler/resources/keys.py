"""Keys of resources, and paths of their fields: how parts are joined, quoted and taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

PARTS = "*parts*"
"""Among the paths that a reading is asked for: also what hangs on the object, as it may be removed."""

_STEPS = re.compile(r"\[([^\]]*)\]")


def quote(part: str) -> str:
    """A part of a key with `/ # % @` percent-encoded, so that the part stays one part."""
    return part.replace("%", "%25").replace("/", "%2F").replace("#", "%23").replace("@", "%40")


def unquote(part: str) -> str:
    """The part as people write it."""
    return part.replace("%40", "@").replace("%23", "#").replace("%2F", "/").replace("%25", "%")


def path_of(name: str, *steps: str) -> str:
    """The path of an entry of a field: `experts[30435ff9]`, `attributes[Template][Name]`."""
    if not steps:
        return name
    return name + "".join(f"[{step.replace('%', '%25').replace(']', '%5D')}]" for step in steps)


def steps_of(path: str) -> tuple[str, ...]:
    """The entries that a path names below its field."""
    return tuple(step.replace("%5D", "]").replace("%25", "%") for step in _STEPS.findall(path))


def field_of(path: str) -> str:
    """The name of the field that a path belongs to."""
    return path.partition("[")[0]


class Address(NamedTuple):
    """What a resource is called everywhere, `purview.term:Enterprise/Customer`: the name of its type, and its key."""

    type: str
    key: str

    @classmethod
    def of(cls, text: str) -> Address:
        """The address in a text; one without a colon names a type and no key."""
        type, _, key = text.partition(":")
        return cls(type, key)

    def __str__(self) -> str:
        """The text of it."""
        return f"{self.type}:{self.key}"


def entries(name: str, value: Any, depth: int, steps: tuple[str, ...] = ()) -> Iterable[tuple[str, Any]]:
    """The paths and values of a field whose value is nested so deep: one for each way down."""
    if len(steps) == depth:
        yield path_of(name, *steps), value
        return
    for step, item in value.items():
        yield from entries(name, item, depth, (*steps, str(step)))


def former_keys(keys: str | Iterable[str] | None, key: str) -> tuple[str, ...]:
    """Keys that a resource had before, each once, and none that it has now."""
    if not keys:
        return ()
    found = (keys,) if isinstance(keys, str) else tuple(keys or ())
    return tuple(one for one in dict.fromkeys(found) if one != key)
