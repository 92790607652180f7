"""What is worth saying about moves: one that leads nowhere, and a removal beside an addition that looks like one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.diff.change import Change, Differences
from reconciler.errors import Diagnostic, Source
from reconciler.ledger import Entry, Ledger
from reconciler.resources import type_of
from reconciler.resources.base import Desired, Resource
from reconciler.resources.keys import Address
from reconciler.resources.prose import exact
from reconciler.resources.rules import Definition, RichText

_GOES = frozenset({"delete", "retire", "conflict", "forget"})
_HERE = "\0"


def of(out: Differences, desired: Mapping[str, Desired], ledger: Ledger) -> list[Diagnostic]:
    """The remarks on a comparison."""
    return [*_nowhere(out, desired, ledger), *_onto_another(out, desired, ledger), *_look_alike(out, desired, ledger)]


# -- moves that lead nowhere ---------------------------------------------------------------------------------------


def _nowhere(out: Differences, desired: Mapping[str, Desired], ledger: Ledger) -> Iterator[Diagnostic]:
    """`moved_from` of what is created anew, as neither the ledger nor the system has anything of the former name.

    Where nothing of the type is known yet, a new environment is set up with manifests that have a history.
    """
    movers = [want for want in desired.values() if want.moved and want.past is None and want.mode == "own"]
    if not movers:
        return
    created = {change.address for change in out.changes if change.action == "create" and change.reason == "new"}
    led = {_place(want) for want in movers if want.address not in created}
    known = {Address.of(address).type for address, entry in ledger.entries.items() if entry.how != "referred"}
    for want in movers:
        if want.address in created and _place(want) not in led and want.type.full_name in known:
            led.add(_place(want))
            yield Diagnostic(
                "warning",
                "moved_from.nowhere",
                f"{want.address} was moved from {' or '.join(want.moved_from)}, and neither the ledger nor the system "
                "knows anything of that name: it is created anew",
                "Correct `moved_from`, or remove it. A path starts at the top of the glossary: `/Name`, `Parent/Name`.",
                source=_place(want),
                address=want.address,
            )


def _onto_another(out: Differences, desired: Mapping[str, Desired], ledger: Ledger) -> Iterator[Diagnostic]:
    """`moved_from` of what takes the name of something that leaves the manifests in the same step."""
    moved = set(out.moves.values())
    for want in desired.values():
        holder = ledger.get(want.address) if want.moved and want.mode == "own" else None
        if holder is None or want.address in out.moves or not set(holder.moved).isdisjoint(want.moved_from):
            continue
        formers = [want.type.address(key) for key in want.moved_from]
        left = (one for one in formers if one in ledger.entries and one not in desired and one not in moved)
        if (former := next(left, None)) is not None:
            yield Diagnostic(
                "warning",
                "moved_from.name_in_use",
                f"{want.address} was moved from {_key(former)}, and its new name is that of what leaves the "
                "manifests in the same step: the object that has the name is kept for it, and not the one that moved",
                "To keep the object that it was, take the other one out and apply, and "
                f"{'rename it' if want.past is None else 'roll back'} in the next step.",
                source=_place(want),
                address=want.address,
            )


def _place(want: Desired) -> Source | None:
    return want.origins[0].source if want.origins else None


# -- additions that look like renames ------------------------------------------------------------------------------


def _look_alike(out: Differences, desired: Mapping[str, Desired], ledger: Ledger) -> Iterator[Diagnostic]:
    """What is new beside what no manifest wants any more, of one definition or on one and the same object."""
    written = {address for address, want in desired.items() if not want.derived_from}  # a rule has no `moved_from`
    created = {c.address: c for c in out.changes if c.action == "create" and c.reason == "new" and c.address in written}
    gone = {c.address: c for c in (*out.changes, *out.orphans) if c.action in _GOES and c.address not in desired}
    if not created or not gone:
        return
    entries = {address: found for address in gone if (found := ledger.get(out.moves.get(address, address))) is not None}
    pairs = _by_definition(created, desired, entries, ledger) | _by_host(created, desired, gone, entries)
    for new, old in sorted(pairs.items()):
        change = created[new]
        if change.type.own_name(change.key) == change.type.own_name(_key(old)) and _parent(new) in pairs:
            continue  # what stands above it is what moved
        said = change.type.former(change.key, _key(old))
        if said is None:
            continue
        yield Diagnostic(
            "warning",
            "moved_from.missing",
            f"{new} is new and {old} is gone from the manifests: it looks like a rename, and would be a new object",
            f"If it is one, write `moved_from: {said}` there; the object, and what hangs on it, then stays.",
            source=_place(desired[new]),
            address=new,
        )


def _by_definition(
    created: Mapping[str, Change], desired: Mapping[str, Desired], gone: Mapping[str, Entry], ledger: Ledger
) -> dict[str, str]:
    """Pairs of one definition, where just one of each has it."""
    before = _only_ones(
        ((type_of(address).full_name, path, mark.sent), address)
        for address, entry in gone.items()
        for path, mark in entry.fields.items()
        if _is_definition(type_of(address), path)
    )
    after = _only_ones(
        ((change.type.full_name, path, ledger.digest(exact(canonical))), address)
        for address, change in created.items()
        for path, value in desired[address].values.items()
        if _is_definition(change.type, path) and (canonical := change.type.field(path).canonical(value)) is not None
    )
    return {address: before[what] for what, address in after.items() if what in before}


def _is_definition(type: Resource, path: str) -> bool:
    return (
        type.can_rename and path in type.fields and (type.field(path).has(Definition) or type.field(path).has(RichText))
    )


def _only_ones(pairs: Iterable[tuple[tuple[str, str, str], str]]) -> dict[tuple[str, str, str], str]:
    found: dict[tuple[str, str, str], set[str]] = {}
    for what, address in pairs:
        found.setdefault(what, set()).add(address)
    return {what: addresses.pop() for what, addresses in found.items() if len(addresses) == 1}


def _by_host(
    created: Mapping[str, Change],
    desired: Mapping[str, Desired],
    gone: Mapping[str, Change],
    entries: Mapping[str, Entry],
) -> dict[str, str]:
    """Pairs of which one was put on the very object that the other is put on now, as terms on the column of a key."""
    before = {
        (change.type.full_name, rest): need
        for address, change in gone.items()
        if change.type.hosted and address in entries
        for need in entries[address].depends_on
        if need in gone and (rest := _without(change.type, change.key, need)) != change.key
    }
    found: dict[str, str] = {}
    for change in created.values():
        for need in desired[change.address].needs if change.type.hosted else ():
            old = before.get((change.type.full_name, _without(change.type, change.key, need)))
            if need in created and old is not None and Address.of(old).type == Address.of(need).type:
                found.setdefault(need, old)
    return found


def _without(type: Resource, key: str, need: str) -> str:
    return type.follow(key, lambda address: _HERE if address == need else _key(address))


def _key(address: str) -> str:
    return Address.of(address).key


def _parent(address: str) -> str | None:
    type = type_of(address)
    parent = type.parent_key(_key(address))
    return type.address(parent) if parent is not None else None
