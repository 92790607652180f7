"""How names are spelled: when two spellings are one name, and when they only look like one.

A letter with an accent has two forms in Unicode, composed (NFC) and decomposed (NFD); editors and file systems
change one into the other unasked, and nobody sees which is which: they are one name. Names that differ in case, in
blanks, in compatible forms of letters (NFKC) or in characters that nobody sees, such as a soft hyphen that came
along with a pasted name, are two to most systems, and nearly always one to people.
"""

from __future__ import annotations

import unicodedata


def composed(text: str) -> str:
    """The text in NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def look_alike(name: str) -> str:
    """The form in which names look the same to people: without case, without outer blanks, inner ones as one."""
    # Folding can decompose and normalising can fold back: twice is stable (Unicode's NFKC_Casefold, UAX 31).
    text = name
    if not name.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _seen(name)).casefold())
    return " ".join(text.casefold().split())


def difference(one: str, other: str) -> str:
    """What two names that look alike differ in."""
    one, other = composed(one), composed(other)
    if one == other:
        return "in its Unicode form only"
    if one.casefold() == other.casefold():
        return "in case only"
    if _seen(one) == _seen(other):
        return "in characters that nobody sees only"
    blanks = [name.replace(" ", "").strip("/").casefold() for name in (one, other)]
    return "in blanks and case only" if blanks[0] == blanks[1] else "in case and form of letters only"


def _seen(text: str) -> str:
    """The text without its format characters (category Cf: soft hyphens, zero-width joiners, marks of direction)."""
    return text if text.isascii() else "".join(one for one in text if unicodedata.category(one) != "Cf")
