"""Names that a rule makes of names: keys, names of terms, and what `naming` says."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9]")
_NOT_IN_TERMS = re.compile(r"[@.<>]")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def slug(name: str) -> str:
    """A name as a part of a key: letters and digits alone, and a letter first."""
    found = _NOT_IN_KEYS.sub("", name)
    return f"k{found}" if found[:1].isdigit() else found


def as_term(name: str) -> str:
    """A name that a term may have: `@`, `.`, `<` and `>` are blanks, and runs of blanks are one."""
    return " ".join(_NOT_IN_TERMS.sub(" ", name).split())


def filled(pattern: str, words: Mapping[str, str]) -> str:
    """A pattern of `naming` with its placeholders replaced."""
    return _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), pattern)


def placeholders(pattern: str) -> list[str]:
    """The placeholders of a pattern."""
    return _PLACEHOLDER.findall(pattern)
