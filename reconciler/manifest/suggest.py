"""Did you mean: the known word that is nearest to what was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches

MOST = 200
"""So many suggestions are worth their time in one run: nobody reads the next, and each compares with every word."""
_LEFT: ContextVar[list[int] | None] = ContextVar("suggestions", default=None)


@contextmanager
def few_suggestions() -> Iterator[None]:
    """Within it only the first `MOST` unknown words are compared with the known ones, so that findings stay cheap."""
    token = _LEFT.set([MOST])
    try:
        yield
    finally:
        _LEFT.reset(token)


def _spent() -> bool:
    left = _LEFT.get()
    if left is None:
        return False
    left[0] -= 1
    return left[0] < 0


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, ignoring case, or None when none is like it."""
    return None if _spent() else _nearest(word, known)


def _nearest(word: str, known: Iterable[str]) -> str | None:
    by_folded = {candidate.casefold(): candidate for candidate in sorted(known)}
    found = get_close_matches(word[:200].casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def few_nearest(word: str, known: Iterable[str], most: int = 5) -> list[str]:
    """The known words that are most like `word`, ignoring case, the nearest first; none when none is like it."""
    by_folded = {candidate.casefold(): candidate for candidate in sorted(known)}
    return [by_folded[one] for one in get_close_matches(word[:200].casefold(), by_folded, n=most, cutoff=0.6)]


def did_you_mean(word: str, known: Iterable[str], *, what: str = "Known are") -> str:
    """One sentence of advice: the nearest word, else all known words; nothing once there were many."""
    if _spent():
        return ""
    words = sorted(set(known))
    match = _nearest(word, words)
    if match is not None:
        return f"Did you mean `{match}`?"
    if not words:
        return ""
    shown = ", ".join(f"`{candidate}`" for candidate in words[:20])
    return f"{what} {shown}{' and others' if len(words) > 20 else ''}."
