"""Did you mean: the known word that is nearest to what was written."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, ignoring case, or None when none is like it."""
    by_folded = {candidate.casefold(): candidate for candidate in sorted(known)}
    found = get_close_matches(word[:200].casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], *, what: str = "Known are") -> str:
    """One sentence of advice: the nearest word, else all known words."""
    words = sorted(set(known))
    match = nearest(word, words)
    if match is not None:
        return f"Did you mean `{match}`?"
    if not words:
        return ""
    shown = ", ".join(f"`{candidate}`" for candidate in words[:20])
    return f"{what} {shown}{' and others' if len(words) > 20 else ''}."
