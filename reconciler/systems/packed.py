"""Answers that several types read, kept as the JSON that they came as: whole objects only while somebody looks at one.

An object takes five to ten times as much memory once it is made of Python's; to make it again takes microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

import orjson

K = TypeVar("K")


def packed(value: Any) -> bytes:
    """The JSON of a value that came as JSON."""
    return orjson.dumps(value)


class Leaf:
    """An object, with what its answer says of those that it refers to (`referredEntities`)."""

    __slots__ = ("_json", "_referred")

    def __init__(self, value: Mapping[str, Any], referred: Mapping[str, Any]) -> None:
        self._json, self._referred = packed(value), referred

    def open(self) -> dict[str, Any]:
        """The object, made anew: what is done to it changes nothing that is kept."""
        found: dict[str, Any] = orjson.loads(self._json)
        found["referredEntities"] = self._referred
        return found


class Sheaf(Mapping[K, Any], Generic[K]):
    """Objects by what they are asked for by, each made when it is looked at; None stands for itself."""

    __slots__ = ("_leaves",)

    def __init__(self, leaves: Mapping[K, Leaf | bytes | None]) -> None:
        self._leaves = leaves

    def __getitem__(self, key: K) -> Any:
        """The object, made anew."""
        leaf = self._leaves[key]
        return leaf.open() if isinstance(leaf, Leaf) else leaf if leaf is None else orjson.loads(leaf)

    def __iter__(self) -> Iterator[K]:
        """What they are asked for by."""
        return iter(self._leaves)

    def __len__(self) -> int:
        """How many they are."""
        return len(self._leaves)
