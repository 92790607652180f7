"""References between resources: one resource out of many wishes, order, cycles and dangling references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from reconciler.errors import Diagnostic, Source
from reconciler.resources.base import Desired, OnRemove, Resource, Strength
from reconciler.resources.objects import Origin
from reconciler.resources.prose import exact
from reconciler.resources.spelling import difference

_STRENGTH = {"refer": 0, "ensure": 1, "own": 2}
_STRONGEST: tuple[Strength, ...] = ("enforced", "verified", "declared")
_WEAKEST: tuple[OnRemove, ...] = ("block", "forget", "retire", "delete")


def combine(wishes: Iterable[Desired]) -> tuple[dict[str, Desired], list[Diagnostic]]:
    """One resource per address: scalars must agree, members unite, the weakest removal wins.

    Returns the resources and a finding for every disagreement, naming both places.
    """
    found: dict[str, Desired] = {}
    folded: dict[tuple[Resource, str], str] = {}
    alike: dict[tuple[Resource, str], list[Desired]] = {}
    shared: dict[str, list[Desired]] = {}
    findings: list[Diagnostic] = []
    for wish in wishes:
        address = wish.address
        if address in found:
            shared.setdefault(address, [found[address]]).append(wish)
            continue
        twin = folded.setdefault((wish.type, wish.type.fold(wish.key)), address)
        if twin != address:
            findings.append(_twins(found[twin], wish))
            continue
        found[address] = wish
        if not wish.type.hosted:
            alike.setdefault((wish.type, wish.type.near(wish.key)), []).append(wish)
    for address, same in shared.items():
        findings += _disagreements(same)
        found[address] = _united(same)
    for several in alike.values():
        if len(several) > 1:
            findings += _look_alikes([found[wish.address] for wish in several])
    return found, findings


def levels(resources: Mapping[str, Desired]) -> tuple[dict[str, int], list[Diagnostic]]:
    """The level of each resource (one above everything it needs); findings for cycles and dangling needs."""
    findings = [
        Diagnostic(
            "error",
            "reference.dangling",
            f"{address} needs {need}, which nothing declares",
            source=_source(wish.origins),
            address=address,
        )
        for address, wish in resources.items()
        for need in wish.needs
        if need not in resources
    ]
    level = _levels(resources)
    if level is None:
        findings.append(_cycle(resources))
        return {}, findings
    return level, findings


def _levels(resources: Mapping[str, Desired]) -> dict[str, int] | None:
    """The levels, from what needs nothing upwards; None when there is a cycle."""
    level: dict[str, int] = {}
    longest = len(resources) + sum(len(wish.needs) for wish in resources.values())
    for start in resources:
        waiting = [start]
        while waiting:
            address = waiting[-1]
            if address in level:
                waiting.pop()
                continue
            needs = [need for need in resources[address].needs if need in resources]
            open_ = [need for need in needs if need not in level]
            if open_:
                waiting += open_
            else:
                level[address] = 1 + max(map(level.__getitem__, needs), default=0)
            if len(waiting) > longest:  # something waits for itself
                return None
    return level


def _cycle(resources: Mapping[str, Desired]) -> Diagnostic:
    chain: list[str] = []
    try:
        TopologicalSorter({address: wish.needs for address, wish in resources.items()}).prepare()
    except CycleError as error:
        chain = list(reversed(error.args[1]))
    return Diagnostic(
        "error",
        "reference.cycle",
        "resources need each other: " + " → ".join(chain),
        "Break the chain: one of these references has to go.",
        source=_source(resources[chain[0]].origins) if chain else None,
    )


def _united(wishes: Sequence[Desired]) -> Desired:
    return replace(
        wishes[0],
        values={path: value for wish in wishes for path, value in wish.values.items()},
        origins=tuple(dict.fromkeys(origin for wish in wishes for origin in wish.origins)),
        needs=tuple(dict.fromkeys(need for wish in wishes for need in wish.needs)),
        mode=max((wish.mode for wish in wishes), key=_STRENGTH.__getitem__),
        on_remove=min((wish.on_remove for wish in wishes), key=_WEAKEST.index),
        members=frozenset().union(*(wish.members for wish in wishes)),
        labels=frozenset().union(*(wish.labels for wish in wishes)),
        moved_from=tuple(dict.fromkeys(key for wish in wishes for key in wish.moved_from)),
        moved=any(wish.moved for wish in wishes),
        approvals=frozenset().union(*(wish.approvals for wish in wishes)),
        strength=_strengths(wishes),
        requires=frozenset().union(*(wish.requires for wish in wishes)),
        distinct=any(wish.distinct for wish in wishes),
        bearer=next((wish.bearer for wish in wishes if wish.bearer), ""),
        derived_from=next((wish.derived_from for wish in wishes if wish.derived_from), ""),
    )


def _strengths(wishes: Sequence[Desired]) -> dict[str, Strength]:
    """How far paths are kept: as far as the wish that wants most of them says."""
    found: dict[str, Strength] = {}
    for path in dict.fromkeys(path for wish in wishes for path in wish.strength):
        words = [wish.strength.get(path, "enforced") for wish in wishes if path in wish.values]
        found[path] = min(words, key=_STRONGEST.index, default="enforced")
    return found


def _disagreements(wishes: Sequence[Desired]) -> Iterable[Diagnostic]:
    said: dict[str, Desired] = {}
    for wish in wishes:
        for path, value in wish.values.items():
            first = said.setdefault(path, wish)
            if first.values[path] is value:
                continue
            canonical = wish.type.field(path).canonical
            if exact(canonical(first.values[path])) != exact(canonical(value)):
                yield Diagnostic(
                    "error",
                    "resource.disagreement",
                    f"{wish.address}: {path} is {value!r} here and {first.values[path]!r} in {_source(first.origins)}",
                    "Two manifests want the same object; they must agree on its fields.",
                    source=_source(wish.origins),
                    address=wish.address,
                )


def _twins(one: Desired, other: Desired) -> Diagnostic:
    return Diagnostic(
        "error",
        "resource.same_name",
        f"{other.address} and {one.address} are one name to the system",
        f"The other stands in {_source(one.origins)}; rename one of them.",
        source=_source(other.origins),
        address=other.address,
    )


def _look_alikes(wishes: Sequence[Desired]) -> Iterable[Diagnostic]:
    """Names that look alike are two only where a manifest says so; those in places that do are told once, there."""
    first: dict[str, Desired] = {}
    for wish in wishes:
        type = wish.type
        one = first.setdefault(type.fold(type.above(wish.key)), wish)
        meant = all if type.single(wish.key) else any
        if one is wish or meant((one.distinct, wish.distinct)):
            continue
        yield Diagnostic(
            "error",
            "resource.look_alike",
            f"{wish.address} and {one.address} differ {difference(wish.key, one.key)}",
            f"The other stands in {_source(one.origins)}. Spell both the same way{_or_distinct(wish)}.",
            source=_source(wish.origins),
            address=wish.address,
        )


def _or_distinct(wish: Desired) -> str:
    return "" if wish.type.single(wish.key) else ", or say `distinct: true` in the metadata of one of the two"


def _source(origins: tuple[Origin, ...]) -> Source | None:
    return origins[0].source if origins else None
