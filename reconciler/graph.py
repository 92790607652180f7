"""References between resources: one resource out of many wishes, order, cycles and dangling references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    folded: dict[tuple[str, str], str] = {}
    findings: list[Diagnostic] = []
    for wish in wishes:
        address = wish.address
        same = found.get(address)
        if same is not None:
            findings += _disagreements(same, wish)
            found[address] = _united(same, wish)
            continue
        key = wish.type.fold(wish.key)
        if key != wish.key or (wish.type.full_name, key) in folded:
            twin = folded.setdefault((wish.type.full_name, key), address)
            if twin != address:
                findings.append(_twins(found[twin], wish))
                continue
        else:
            folded[(wish.type.full_name, key)] = address
        found[address] = wish
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


def _united(one: Desired, other: Desired) -> Desired:
    return replace(
        one,
        values={**one.values, **other.values},
        origins=tuple(dict.fromkeys((*one.origins, *other.origins))),
        needs=tuple(dict.fromkeys((*one.needs, *other.needs))),
        mode=max(one.mode, other.mode, key=_STRENGTH.__getitem__),
        on_remove=min(one.on_remove, other.on_remove, key=_WEAKEST.index),
        members=one.members | other.members,
        labels=one.labels | other.labels,
        moved_from=one.moved_from or other.moved_from,
    )


def _disagreements(one: Desired, other: Desired) -> Iterable[Diagnostic]:
    for path in one.values.keys() & other.values.keys():
        canonical = one.type.field(path).canonical
        if canonical(one.values[path]) != canonical(other.values[path]):
            yield Diagnostic(
                "error",
                "resource.disagreement",
                f"{one.address}: {path} is {other.values[path]!r} here and {one.values[path]!r} in "
                f"{_source(one.origins)}",
                "Two manifests want the same object; they must agree on its fields.",
                source=_source(other.origins),
                address=one.address,
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
