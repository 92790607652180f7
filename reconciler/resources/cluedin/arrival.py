"""Which names CluedIn gives the properties of records as they arrive, and which it refuses.

The vendor's pages "Logs" and "Endpoint" [B], for endpoints, files and SQL alike: `id` becomes `_id`, blanks and dots
are taken out, and a record with a refused property is not saved at all. What is refused is a sentence of CluedIn's
own: a name "should start with a letter, only contain latin letters and numbers, should not be empty, and should
have a maximum of 250 characters" [B]; Arabic, Asian and Cyrillic letters are named as not supported [B].

How far the rest of that sentence goes is not public [U]: `_` is accepted against its words [B], as `_id` shows.
So only what the pages name is certain to be refused; other marks, digits in front and letters with accents are
doubtful. Nor is it said whether `ID` is renamed like `id` [U]: it is taken to stay, and called doubtful.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from reconciler.resources.keys import unquote

LONGEST = 250
"""Most characters of a property's name [B]."""
_REMOVED = re.compile(r"[\s.]")
_SURE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LATIN_MARKS = "ªºµ"


@lru_cache(maxsize=1 << 14)
def arrived(name: str) -> str:
    """The name under which a property is found once its record has arrived."""
    kept = _REMOVED.sub("", name)
    return "_id" if kept == "id" else kept


@lru_cache(maxsize=1 << 14)
def refusal(name: str) -> str | None:
    """Why CluedIn certainly saves no record with a property of this name; None when it is not certain."""
    kept = unicodedata.normalize("NFC", arrived(name))
    if not kept:
        return "nothing is left of its name once blanks and dots are gone"
    if len(kept) > LONGEST:
        return f"its name is longer than {LONGEST} characters"
    foreign = next((one for one in kept if _is_foreign(one)), None)
    return f"`{foreign}` is no Latin letter" if foreign else None


@lru_cache(maxsize=1 << 14)
def doubt(name: str) -> str | None:
    """Why it is not certain that CluedIn takes a name as it is; None when it is, and when it is refused."""
    kept = unicodedata.normalize("NFC", arrived(name))
    if refusal(name) is not None:
        return None
    if kept[0].isdecimal():
        return "begins with a digit"
    odd = next((one for one in kept if not (one.isalnum() or one == "_")), None)
    if odd is not None:
        return f"has the mark `{odd}`"
    if kept.casefold() == "id":
        return "may be renamed like `id`"
    return None if _SURE.fullmatch(kept) else "has letters with accents"


def columns_of(keys: Iterable[str]) -> dict[str, dict[str, str]]:
    """By data set, what live columns are called in keys `<data set>#<quoted column>…`, and by the names that arrive.

    Of two names that arrive as one the first in the alphabet counts.
    """
    found: dict[str, set[str]] = {}
    for key in keys:
        parent, _, rest = key.partition("#")
        found.setdefault(parent, set()).add(unquote(rest.partition("/")[0]))
    return {
        parent: {**{arrived(name): name for name in sorted(names, reverse=True)}, **{name: name for name in names}}
        for parent, names in found.items()
    }


def never_fills(column: str, calls: Mapping[str, str], live: Iterable[str]) -> bool:
    """Whether a live mapping of a wanted column has the first name, and one of the name that arrives is there too."""
    return calls.get(column) == column and arrived(column) != column and arrived(column) in live


def _is_foreign(character: str) -> bool:
    """Whether it is a letter of another script than the Latin one, or a digit of one."""
    if character in _LATIN_MARKS or character.isascii():
        return False
    if character.isalpha():
        return not unicodedata.name(character, "").startswith("LATIN")
    return character.isdecimal()
