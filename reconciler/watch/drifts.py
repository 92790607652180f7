"""What people changed of what is managed, as `drift` tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.diff import Change
from reconciler.resources.keys import field_of
from reconciler.watch.events import Event, digest


def drifted(changes: Iterable[Change], known: Mapping[str, str]) -> tuple[list[Event], dict[str, str]]:
    """What was not told yet, and what is to be remembered; `known` is what was remembered the last time.

    The occurrence is of what is there now; whoever keeps count of it tells it from the same before.
    """
    events: list[Event] = []
    after: dict[str, str] = {}
    for change in changes:
        state = digest([change.action, change.reason, [[item.path, item.before] for item in change.fields]])
        after[change.address] = state
        if known.get(change.address) != state:
            about = {"object": change.type.name, "fields": sorted({field_of(item.path) for item in change.fields})}
            events.append(Event("drift.detected", change.address, state, about))
    return events, after
