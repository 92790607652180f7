"""The comparison as a whole: both sides read, paired, and each pair looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import get_args

from reconciler import __version__
from reconciler.between.found import Found, Matter
from reconciler.between.git import Git
from reconciler.between.kinds_of_data import kinds_of_data
from reconciler.between.lonely import lonely
from reconciler.between.pairs import Pairing, pair
from reconciler.between.sides import Sides, read_sides
from reconciler.between.texts import definition, name, use
from reconciler.desired.wishes import Draft
from reconciler.ledger import Ledger
from reconciler.live import Note
from reconciler.saved import between as saved
from reconciler.systems.base import System

FORMAT = "1.0"
CHECKS = (name, definition, use)
"""What is compared of a pair."""


def compare(draft: Draft, ledger: Ledger, systems: Mapping[str, System], note: Note) -> saved.Between:
    """Where the systems disagree within the scope of the environment; writes nothing.

    Raises `ConfigurationError` for an environment with one system, `SystemFailureError` where not all could be read.
    """
    sides = read_sides(draft.environment, systems, note)
    git = Git(draft.world, draft.wishes(), ledger)
    pairing = pair(sides, git)
    found = [*_of_pairs(sides, git, pairing), *lonely(sides, git, pairing), *kinds_of_data(sides, git, pairing)]
    return _shape(draft, pairing, sorted(found, key=_by_place), sides)


def _of_pairs(sides: Sides, git: Git, pairing: Pairing) -> Iterator[Found]:
    for one in pairing.pairs.values():
        matter = Matter(one, sides, git)
        for check in CHECKS:
            yield from check(matter)


def _by_place(found: Found) -> tuple[str, str, str]:
    return found.purview.address.casefold(), found.cluedin.address.casefold(), found.code


def _shape(draft: Draft, pairing: Pairing, found: list[Found], sides: Sides) -> saved.Between:
    by = Counter(one.by for one in pairing.pairs.values())
    disagreeing = {one.pair.other for one in found}
    return {
        "format_version": FORMAT,
        "tool_version": __version__,
        "environment": draft.world.environment_name,
        "environment_file": environment.file if (environment := draft.project.environment) is not None else "",
        "pairs": {reason: by[reason] for reason in get_args(saved.Because)},  # type: ignore[typeddict-item]
        "agreeing": len(pairing.pairs.keys() - disagreeing),
        "summary": dict(sorted(Counter(one.code for one in found).items())),
        "disagreements": [one.as_dict() for one in found],
        "ambiguous": [
            {"address": one.address, "candidates": list(one.candidates), "why": one.why} for one in pairing.doubts
        ],
        "left_out": [{"why": why, "count": count} for why, count in sorted(sides.left.items())],
    }
