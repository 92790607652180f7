"""Answers that several types read, kept as compressed JSON: whole objects only while somebody looks at one.

Once it is made of Python's objects it takes ten times as much memory or more; to make it again takes microseconds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

import orjson

K = TypeVar("K")

_FAST = 1
"""The level of compression that takes the least time."""


def packed(value: Any) -> bytes:
    """The JSON of a value that came as JSON, compressed: answers say the same words over and over."""
    return zlib.compress(orjson.dumps(value), _FAST)


def unpacked(kept: bytes) -> Any:
    """The value, made anew."""
    return orjson.loads(zlib.decompress(kept))


class Leaf:
    """An object, with what its answer says of those that it refers to (`referredEntities`)."""

    __slots__ = ("_json", "_referred")

    def __init__(self, value: Mapping[str, Any], referred: Mapping[str, Any]) -> None:
        self._json, self._referred = packed(value), referred

    def open(self) -> dict[str, Any]:
        """The object, made anew: what is done to it changes nothing that is kept."""
        found: dict[str, Any] = unpacked(self._json)
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
        return leaf.open() if isinstance(leaf, Leaf) else leaf if leaf is None else unpacked(leaf)

    def __iter__(self) -> Iterator[K]:
        """What they are asked for by."""
        return iter(self._leaves)

    def __len__(self) -> int:
        """How many they are."""
        return len(self._leaves)
