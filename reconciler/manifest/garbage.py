"""The search for cycles among objects: seldom in a run, and not at all while many objects are made that have none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (200_000, 20, 50)
"""When Python looks for circles among its objects: a run makes hundreds of thousands, and keeps nearly all of them."""


def collect_garbage_seldom() -> None:
    """For the whole of a process that makes one run."""
    gc.set_threshold(*_SELDOM)


@contextmanager
def garbage_collection_paused() -> Iterator[None]:
    """Parsing makes many objects and no cycles; looking for cycles takes twice as long as the parsing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
