"""From two looks at an area to what happened between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.watch.events import Event, digest
from reconciler.watch.things import Thing

_MOST_KEPT = 50
"""States of one object whose repetition is counted."""
_STATES = {"started": "started", "streaming": "started", "paused": "paused", "stopped": "stopped"}


@dataclass(slots=True)
class Held:
    """What is remembered of one object: how it was, and how often it was so before."""

    kind: str
    subject: str
    name: str
    parts: dict[str, str]
    healthy: bool = True
    times: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, thing: Thing) -> Held:
        """An object as it is seen for the first time."""
        return cls(thing.kind, thing.subject, thing.name, dict(thing.parts), thing.healthy)

    def count(self, state: str) -> int:
        """How often it came to a state: what goes there and back is another occurrence each time."""
        number = self.times.pop(state, 0) + 1
        self.times[state] = number
        while len(self.times) > _MOST_KEPT:
            del self.times[next(iter(self.times))]
        return number


def compared(
    before: Mapping[str, Held], now: Mapping[str, Thing], is_gone: Callable[[str, str], bool]
) -> tuple[list[Event], dict[str, Held]]:
    """What happened, and what is to be remembered, by key; what is missing and not gone is remembered as it was.

    Whether something is gone is asked by its group and its id.
    """
    events: list[Event] = []
    after: dict[str, Held] = {}
    for key, thing in now.items():
        known = before.get(key)
        held = Held.of(thing)
        if known is None:
            events.append(_event(thing, "added", f"added/{thing.id}"))
        else:
            held.times = dict(known.times)
            events += _changed(known, held, thing)
        if not thing.healthy and (known is None or known.healthy):
            turn = f"{thing.id}/ill/{held.count('ill')}"
            events.append(Event(f"{thing.kind}.unhealthy", thing.subject, turn, _about(thing)))
        after[key] = held
    for key, known in before.items():
        if key not in now:
            group, _, id = key.partition(":")
            if is_gone(group, id):
                gone = Thing(known.kind, id, known.subject, known.name)
                events.append(_event(gone, "removed", f"removed/{id}"))
            else:
                after[key] = known
    return events, after


def _changed(known: Held, held: Held, thing: Thing) -> Iterator[Event]:
    changed = [name for name, value in thing.parts.items() if known.parts.get(name) != value]
    told = [name for name in changed if name != "modified"] or changed
    if thing.healthy and not known.healthy:
        told.append("health")
    if told:
        state = digest([thing.parts, thing.healthy])
        yield _event(thing, _action(told, thing), f"{thing.id}/{state}/{held.count(state)}", told)


def _action(told: list[str], thing: Thing) -> str:
    """One word for what happened, where one says it all."""
    if told == ["active"]:
        return "switched_on" if thing.parts["active"] == "true" else "switched_off"
    if told == ["state"]:
        return _STATES.get(thing.parts["state"], "changed")
    if told == ["name"]:
        return "renamed"
    if told == ["job"]:
        return "reprocessed" if thing.parts["job"] else "changed"
    if told == ["health"]:
        return "recovered"
    return "changed"


def _about(thing: Thing) -> dict[str, Any]:
    return {"object": thing.kind, "name": thing.name, "object_id": thing.id}


def _event(thing: Thing, action: str, occurrence: str, changed: list[str] | None = None) -> Event:
    about: dict[str, Any] = {**_about(thing), "action": action}
    if changed:
        about["changed"] = sorted(changed)
    if thing.by and action != "removed":
        about["modified_by"] = thing.by
    names = frozenset({thing.name}) if thing.kind == "stream" else frozenset()
    return Event(f"{thing.kind}.changed", thing.subject, occurrence, about, names=names)
