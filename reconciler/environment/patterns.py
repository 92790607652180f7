"""Names and patterns that an environment lists: whether they hold a name, and whether two lists overlap."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import AfterValidator, Field

from reconciler.resources.spelling import composed

Patterns = tuple[Annotated[str, Field(min_length=1), AfterValidator(composed)], ...]


def holds(patterns: Iterable[str] | None, name: str) -> bool:
    """Whether a list of names and patterns holds a name; no list holds everything."""
    return patterns is None or any(fnmatchcase(name, pattern) for pattern in patterns)


def holds_prefix(prefixes: Iterable[str] | None, prefix: str) -> bool:
    """Whether a list of key prefixes holds a prefix, as itself or above it; case means nothing to CluedIn."""
    if prefixes is None:
        return True
    folded = prefix.casefold()
    return any(fnmatchcase(folded, one) or fnmatchcase(folded, f"{one}.*") for one in map(str.casefold, prefixes))


def common(one: Iterable[str] | None, other: Iterable[str] | None, *, prefixes: bool = False) -> str | None:
    """A name or pattern that both lists hold, `*` for everything; None when they are apart."""
    inside = holds_prefix if prefixes else holds
    if one is None and other is None:
        return "*"
    here, there = list(one or ()), list(other or ())
    both = [name for name in here if inside(other, name)] + [name for name in there if inside(one, name)]
    return both[0] if both else None
