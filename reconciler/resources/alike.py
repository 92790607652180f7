"""Fields that hold one value under two names (`rules.Alike`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def known_of(alike: Mapping[str, str], path: str, known: Mapping[str, T]) -> T | None:
    """What is known of a path, else of the field that has its value under another name."""
    found = known.get(path)
    return found if found is not None else known.get(alike.get(path, path))
