"""How names are spelled: when two spellings are one name, and when they only look like one.

A letter with an accent has two forms in Unicode, composed (NFC) and decomposed (NFD); editors and file systems
change one into the other unasked, and nobody sees which is which: they are one name. Names that differ in case, in
blanks or in compatible forms of letters (NFKC) are two to most systems, and nearly always one to people.
"""

from __future__ import annotations

import unicodedata


def composed(text: str) -> str:
    """The text in NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def look_alike(name: str) -> str:
    """The form in which names look the same to people: without case, without outer blanks, inner ones as one."""
    # Folding can decompose and normalising can fold back: twice is stable (Unicode's NFKC_Casefold, UAX 31).
    text = name if name.isascii() else unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(text.casefold().split())


def difference(one: str, other: str) -> str:
    """What two names that look alike differ in."""
    one, other = composed(one), composed(other)
    if one == other:
        return "in its Unicode form only"
    if one.casefold() == other.casefold():
        return "in case only"
    blanks = [name.replace(" ", "").strip("/").casefold() for name in (one, other)]
    return "in blanks and case only" if blanks[0] == blanks[1] else "in case and form of letters only"
