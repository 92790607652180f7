"""How many of the random stories a run tells: some at once, more in the long half, all of them every week."""

from __future__ import annotations

from typing import Any

import pytest


def numbers(every: int, *, quick: int = 0, long: int) -> list[Any]:
    """The numbers below `every` as parameters: the first `quick` of them are for `make test`, the first `long` for
    `make test-all`, and the others for `make test-many`."""
    marks = [[], [pytest.mark.long], [pytest.mark.many]]
    return [pytest.param(one, marks=marks[(one >= quick) + (one >= long)]) for one in range(every)]
