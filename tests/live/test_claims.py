"""Claims on a server: types that it takes, a register that tells all of them, and what becomes of deleted ones."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from reconciler.claims.holdings import Holdings
from reconciler.claims.owner import Owner
from reconciler.claims.register import Claim, read, remove, write

from .world import Place


@pytest.fixture
def here(place: Place) -> Iterator[Place]:
    yield place
    place.release()


def claim(place: Place, name: str, **more: tuple[str, ...]) -> Claim:
    owner = Owner(str(uuid.uuid4()), f"{place.names}/{name}", str(uuid.uuid4()), name)
    return Claim(owner, Holdings(name_prefixes=(f"{place.names}-{name}",), **more), since=1_700_000_000_000)


def told(place: Place, *ours: Claim) -> list[Claim | None]:
    """What the register tells of each claim, but for its live id."""
    found = read(place.purview)
    listed = [found.of(one.owner.ledger) for one in ours]
    return [one and Claim(one.owner, one.holdings, one.since) for one in listed]


def test_claims_are_kept_changed_taken_away_and_laid_again(here: Place) -> None:
    one, two = claim(here, "one", glossaries=("B", "Ä / 1")), claim(here, "two")
    write(here.purview, one, exists=read(here.purview).exists)
    assert told(here, one, two) == [one, None]
    write(here.purview, two, exists=True)
    assert told(here, one, two) == [one, two]
    less = Claim(one.owner, Holdings(name_prefixes=one.holdings.name_prefixes), one.since)
    write(here.purview, less, exists=True)
    assert told(here, one, two) == [less, two]
    remove(here.purview, [found for found in [read(here.purview).of(one.owner.ledger)] if found is not None])
    assert told(here, one, two) == [None, two]
    write(here.purview, one, exists=True)
    assert told(here, one, two) == [one, two]


def test_types_that_are_there_are_no_obstacle(here: Place) -> None:
    one = claim(here, "one")
    for exists in (False, False, True):
        write(here.purview, one, exists=exists)
        assert told(here, one) == [one]
