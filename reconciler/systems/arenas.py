"""Memory of the C library for threads that read: a few pools instead of one for each thread."""

from __future__ import annotations

import sys
from functools import cache

_POOLS, _MOST = -8, 2
"""`M_ARENA_MAX` (mallopt(3)), and how many."""


@cache
def few_arenas() -> None:
    """Lets threads share pools where the C library is glibc, which gives each of the first sixteen its own.

    Each pool keeps what its largest answers took, long after they are gone; twelve of them keep it twelve times.
    Does nothing elsewhere.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    if tell is not None:
        tell(_POOLS, _MOST)
