"""Patterns over names that others write, matched without going back: time grows with the name, never explodes.

A pattern is a row of pieces. Each takes the set of places where the pieces before it may end, and gives those
where it may end itself, so that no place is looked at twice for one piece.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

Piece = Callable[[str, set[int]], set[int]]


def matches(pieces: Iterable[Piece], text: str) -> bool:
    """Whether the pieces, one after the other, make up the whole text."""
    places = {0}
    for piece in pieces:
        places = piece(text, places)
        if not places:
            return False
    return len(text) in places


def literal(wanted: str) -> Piece:
    """Exactly this text."""
    return lambda text, places: {at + len(wanted) for at in places if text.startswith(wanted, at)}


def anything(text: str, places: set[int]) -> set[int]:
    """Any text, also none."""
    return set(range(min(places), len(text) + 1))


def one_of(*lengths: int, like: str) -> Piece:
    """Text of one of these lengths, like a regular expression whose every match is that long."""
    pattern = re.compile(like)

    def ends(text: str, places: set[int]) -> set[int]:
        found = ((at, at + length) for at in places for length in lengths)
        return {end for at, end in found if end <= len(text) and pattern.fullmatch(text, at, end)}

    return ends


def run_of(like: str, least: int = 1) -> Piece:
    """As many characters of a class as there are, or fewer, and at least so many."""
    pattern = re.compile(like)

    def ends(text: str, places: set[int]) -> set[int]:
        found: set[int] = set()
        begun = -1  # the first place from which this run may have begun
        for at in range(min(places), len(text) + 1):
            if at in places and begun < 0:
                begun = at
            if begun >= 0 and at - begun >= least:
                found.add(at)
            if at < len(text) and not pattern.fullmatch(text, at, at + 1):
                begun = -1
        return found

    return ends


def starred(pattern: str) -> Sequence[Piece]:
    """The pieces of a pattern in which `*` stands for any text and everything else for itself."""
    first, *rest = pattern.split("*")
    pieces = [literal(first)]
    for part in rest:
        pieces += [anything, literal(part)]
    return pieces
