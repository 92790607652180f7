"""References between resources: one resource out of many wishes, order, cycles and dangling references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from reconciler.errors import Diagnostic, Source
from reconciler.resources.base import Desired, OnRemove, Origin

_STRENGTH = {"refer": 0, "ensure": 1, "own": 2}
_WEAKEST: tuple[OnRemove, ...] = ("block", "forget", "retire", "delete")


def combine(wishes: Iterable[Desired]) -> tuple[dict[str, Desired], list[Diagnostic]]:
    """One resource per address: scalars must agree, members unite, the weakest removal wins.

    Returns the resources and a finding for every disagreement, naming both places.
    """
    found: dict[str, Desired] = {}
    folded: dict[str, str] = {}
    shared: dict[str, list[Desired]] = {}
    findings: list[Diagnostic] = []
    for wish in wishes:
        address = wish.address
        if address in found:
            shared.setdefault(address, [found[address]]).append(wish)
            continue
        twin = folded.setdefault(wish.type.address(wish.type.fold(wish.key)), address)
        if twin != address:
            findings.append(_twins(found[twin], wish))
            continue
        found[address] = wish
    for address, same in shared.items():
        findings += _disagreements(same)
        found[address] = _united(same)
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
    sorter = TopologicalSorter({address: wish.needs for address, wish in resources.items()})
    try:
        order = list(sorter.static_order())
    except CycleError as error:
        chain = list(reversed(error.args[1]))
        first = next((resources[a] for a in chain if a in resources), None)
        findings.append(
            Diagnostic(
                "error",
                "reference.cycle",
                "resources need each other: " + " → ".join(chain),
                "Break the chain: one of these references has to go.",
                source=_source(first.origins) if first else None,
            )
        )
        return {}, findings
    level: dict[str, int] = {}
    for address in order:
        wish_ = resources.get(address)
        if wish_ is not None:
            level[address] = 1 + max((level.get(need, 0) for need in wish_.needs), default=0)
    return level, findings


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
        moved_from=next((wish.moved_from for wish in wishes if wish.moved_from), None),
    )


def _disagreements(wishes: Sequence[Desired]) -> Iterable[Diagnostic]:
    said: dict[str, Desired] = {}
    for wish in wishes:
        for path, value in wish.values.items():
            first = said.setdefault(path, wish)
            canonical = wish.type.field(path).canonical
            if first is not wish and canonical(first.values[path]) != canonical(value):
                yield Diagnostic(
                    "error",
                    "resource.disagreement",
                    f"{wish.address}: {path} is {value!r} here and {first.values[path]!r} in "
                    f"{_source(first.origins)}",
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


def _source(origins: tuple[Origin, ...]) -> Source | None:
    return origins[0].source if origins else None
