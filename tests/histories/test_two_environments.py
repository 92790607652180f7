"""Two environments on one Purview, with shared ledgers, among people: neither touches what is the other's, or theirs.

A history that fails tells its number and all that happened; `python -m tests.histories NUMBER` lives it once more
(with as many `--steps`, and `--git` where it was one in Git).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ..support_many import numbers
from .beginnings import Beginnings
from .direct import HERE, THERE, doors

PARTS = 10


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beginnings]:
    with doors() as made:
        made.open(HERE)
        made.open(THERE)
        yield Beginnings(made, tmp_path_factory.mktemp("two"))


@pytest.mark.parametrize("part", numbers(4, quick=1, long=4))
def test_forty_short_histories(histories: Beginnings, part: int) -> None:
    for number in range(12_000 + part * 12, 12_010 + part * 12):
        histories.live(number, steps=1)


@pytest.mark.parametrize("part", numbers(PARTS, long=3))
def test_four_hundred_histories(histories: Beginnings, part: int) -> None:
    for number in range(30_000 + part * 40, 30_000 + (part + 1) * 40):
        histories.live(number, steps=4)


@pytest.mark.long
@pytest.mark.parametrize("part", range(2))
def test_ten_histories_in_git(histories: Beginnings, part: int) -> None:
    """Each apply from a clone of its own."""
    for number in range(40_000 + part * 5, 40_000 + (part + 1) * 5):
        histories.live(number, steps=4, in_git=True)
