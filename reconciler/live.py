"""Every needed resource type of every system, read in bulk; both systems and all types at the same time.

What could not be read is unknown, which is not the same as absent: nothing is created, changed or deleted on
the ground of a failed reading.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Container, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from reconciler.errors import Diagnostic, SystemFailureError
from reconciler.ledger import Entry, Ledger, reopen
from reconciler.resources import type_of
from reconciler.resources.asked import Asked, Known
from reconciler.resources.base import Desired, Resource
from reconciler.resources.keys import PARTS, Address, field_of
from reconciler.resources.objects import Live
from reconciler.systems.answers import STRANGE, strange
from reconciler.systems.base import System
from reconciler.systems.refusals import LostAnswer, Unreachable

Note = Callable[[str], None]
"""Takes one line of progress."""


@dataclass(slots=True)
class Readout:
    """What one reading of a type found."""

    by_key: dict[str, Live] = field(default_factory=dict)
    by_id: dict[str, Live] = field(default_factory=dict)
    several: dict[str, list[Live]] = field(default_factory=dict)
    failure: Diagnostic | None = None

    def add(self, type: Resource, live: Live) -> None:
        """Files an object under its folded key and its id."""
        key = type.fold(live.key)
        if key in self.by_key and self.by_key[key].id != live.id:
            self.several.setdefault(key, [self.by_key[key]]).append(live)
        self.by_key[key] = live
        if live.id:
            self.by_id[live.id] = live


class LiveState:
    """The readouts by type name."""

    def __init__(self, readouts: Mapping[str, Readout]) -> None:
        self.readouts = dict(readouts)
        self.others: dict[str, list[str]] = {}
        """By type, keys that are live beside what was asked for, as far as `look_around` looked."""

    def of(self, type: Resource) -> Readout:
        """What was read of a type; an empty readout when nothing was asked."""
        return self.readouts.get(type.full_name) or Readout()

    def __len__(self) -> int:
        """How many objects were read."""
        return sum(len(readout.by_key) for readout in self.readouts.values())


Wanted = dict[Resource, dict[str, frozenset[str]]]


def answers_of(type: Resource) -> str:
    """The answers that a type is read from, by a name that the types have in common which share them."""
    return f"{type.system}/{type.reads_with or type.name}"


def wanted(desired: Iterable[Desired], ledger: Ledger, whole: Container[str] = ()) -> Wanted:
    """The keys to read of each type, with the paths that matter on them: what manifests want, and what we own.

    `whole` are wanted addresses that are read with their parts, like what may be removed.
    """
    found: Wanted = {}
    shared: dict[frozenset[str], frozenset[str]] = {}
    for want in desired:
        paths = [*want.values, *_members_of_before(want, ledger)] if want.members else want.values
        names = frozenset((*paths, PARTS) if want.address in whole else paths)
        found.setdefault(want.type, {})[want.key] = shared.setdefault(names, names)
        for former in want.moved_from:
            found[want.type].setdefault(former, names)
    for address, entry in ledger.entries.items():
        if entry.how == "referred":
            continue  # not ours: read while a manifest refers to it
        try:
            type = type_of(address)
        except KeyError:
            continue  # a type of a newer version, or one that is gone: left alone
        keys = found.setdefault(type, {})
        _, _, key = address.partition(":")
        if key not in keys:
            names = frozenset(entry.fields if entry.tombstone else (*entry.fields, PARTS))
            keys[key] = shared.setdefault(names, names)
    return found


def _members_of_before(want: Desired, ledger: Ledger) -> Iterable[str]:
    """Members of a set that we put there, and that the manifests may no longer mention."""
    entry = ledger.get(want.address)
    return [path for path in entry.fields if field_of(path) in want.members] if entry is not None else ()


def known(ledger: Ledger, moves: Mapping[str, str] | None = None) -> Known:
    """The live ids that the ledger remembers, under the addresses that the manifests give their objects now.

    `moves` are the addresses that the manifests gave another one, by the new one.
    """
    ids = {address: entry.id for address, entry in ledger.entries.items() if entry.id}
    moved = {address: ids[former] for address, former in (moves or {}).items() if former in ids}
    return Known(ids | moved, given=moved)


def read(
    types: Wanted,
    systems: Mapping[str, System],
    ledger: Ledger | None = None,
    *,
    known: Known | None = None,
    keep_raw: bool = False,
    note: Note = lambda line: None,
    readings: Mapping[str, System] | None = None,
    seek: bool | None = None,
) -> LiveState:
    """Reads the types, grouped so that types that share answers follow one another.

    What is `known` by its live id is read whole under whatever name it lives. With a ledger, what a listing lacks
    is looked for by that id before it counts as gone (`seek` asks for that without a ledger), and writes that wait
    for an approval are let go of once that was decided. `readings` are systems that remember what was read just now.

    Raises the system's error when a system cannot be reached or refuses the sign-in; a refusal that concerns
    one type makes that type unknown.
    """
    groups: dict[str, list[Resource]] = {}
    for type in sorted(types, key=lambda one: one.full_name):
        groups.setdefault(answers_of(type), []).append(type)
    readings = readings or {name: system.fresh() for name, system in systems.items()}
    seek = ledger is not None if seek is None else seek
    if known is None:
        known = Known({a: e.id for a, e in ledger.entries.items() if e.id}) if ledger is not None else Known()
    for system in (*systems.values(), *readings.values()) if ledger is not None else ():
        system.known = known.by_type
    for reading in readings.values():
        reading.hints = known

    def read_group(group: list[Resource]) -> list[tuple[str, Readout]]:
        return [
            (type.full_name, _read_type(type, readings[type.system], types[type], known, seek, keep_raw, note))
            for type in group
        ]

    if not groups:
        return LiveState({})
    with ThreadPoolExecutor(max_workers=len(groups)) as pool:
        results = list(pool.map(read_group, groups.values()))
    state = LiveState(dict(pair for result in results for pair in result))
    if ledger is not None:
        for line in reopen(ledger, readings, lambda entry: _is_there(entry, state)):
            note(line)
    return state


def _is_there(entry: Entry, state: LiveState) -> bool:
    name, key = Address.of(entry.address)
    readout = state.readouts.get(name)
    if readout is None:
        return False
    return (bool(entry.id) and entry.id in readout.by_id) or type_of(entry.address).fold(key) in readout.by_key


def _read_type(
    type: Resource,
    system: System,
    keys: Mapping[str, frozenset[str]],
    known: Known,
    seek: bool,
    keep_raw: bool,
    note: Note,
) -> Readout:
    readout = Readout()
    try:
        for live in type.read(system, Asked(type.full_name, keys, known)):
            _file(type, readout, live, keep_raw)
        if seek:
            _seek(type, readout, system, keys, known, keep_raw)
    except SystemFailureError as error:
        if isinstance(error, Unreachable) or getattr(error, "status", 0) == 401:
            raise
        readout.failure = error.diagnostics[0]
    except STRANGE as error:
        readout.failure = strange(type.system, type.full_name, error)
    note(f"{type.full_name}: {len(readout.by_key)} read")
    return readout


def _seek(
    type: Resource,
    readout: Readout,
    system: System,
    keys: Mapping[str, frozenset[str]],
    known: Known,
    keep_raw: bool,
) -> None:
    """Looks for what the ledger knows and the reading lacks: by its id, or by a second reading.

    Another object under its name counts as made anew by others once the one that we know is really gone.
    """
    missing: dict[str, set[str]] = {}
    for key, id in known.ids_of(type.full_name):
        if key in keys and id not in readout.by_id:
            missing.setdefault(id, set()).add(type.fold(key))
    if not missing:
        return
    if builtins.type(type).find is not Resource.find:
        again = [found for found in system.each(lambda id: type.find(system, id), list(missing)) if found is not None]
    else:
        again = [live for live in type.read(system.fresh(), Asked(type.full_name, keys, known)) if live.id in missing]
    for live in again:
        key = type.fold(live.key)
        if key in readout.by_key and key in missing.get(live.id, ()):
            other = readout.by_key[key].id
            why = f"{live.key} was read as {other} and as {live.id}: what was read does not fit together"
            raise LostAnswer(type.system, type.full_name, why, "Run the command again.")
        _file(type, readout, live, keep_raw)


def _file(type: Resource, readout: Readout, live: Live, keep_raw: bool) -> None:
    if not keep_raw:
        live.edited = type.edited(live)
        live.raw = None
    readout.add(type, live)


def look_around(
    state: LiveState,
    desired: Iterable[Desired],
    readings: Mapping[str, System],
    ledger: Ledger,
    known: Known,
    note: Note = lambda line: None,
) -> None:
    """Asks for names that look like those that are wanted, not there, and not ours: a second, smaller reading.

    A type that tells all its names anyway is not asked. What cannot be read is not known, and said.
    """
    missing: dict[Resource, list[str]] = {}
    for want in desired:
        if type(want.type).others is Resource.others or want.distinct or want.address in ledger.entries:
            continue
        readout = state.of(want.type)
        if readout.failure is None and want.type.fold(want.key) not in readout.by_key:
            missing.setdefault(want.type, []).append(want.key)
    for kind, keys in missing.items():
        asked = Asked(kind.full_name, dict.fromkeys(keys, frozenset[str]()), known)
        try:
            state.others[kind.full_name] = list(kind.others(readings[kind.system], asked))
        except SystemFailureError as error:
            if isinstance(error, Unreachable) or getattr(error, "status", 0) == 401:
                raise
            note(f"{kind.full_name}: names that look alike could not be looked for: {error.diagnostics[0].summary}")
