"""The estates: each test of `test_shared` runs on all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .estates import BlobEstate, Estate, GitEstate, blob_estate


@pytest.fixture(params=["git", pytest.param("blob", marks=pytest.mark.node)])
def estate(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Estate]:
    """A place that many share."""
    yield from _made(request, tmp_path)


@pytest.fixture(params=["git", pytest.param("blob", marks=[pytest.mark.node, pytest.mark.long])])
def waiting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Estate]:
    """The same, where a test waits for the end of a lock: a lease of Azure lives 15 seconds at least."""
    yield from _made(request, tmp_path)


def _made(request: pytest.FixtureRequest, root: Path) -> Iterator[Estate]:
    if request.param == "git":
        yield GitEstate(root)
    else:
        with blob_estate(request.getfixturevalue("azurite_port")) as made:
            yield made


@pytest.fixture
def repository(tmp_path: Path) -> GitEstate:
    """A remote and clones of it."""
    return GitEstate(tmp_path)


@pytest.fixture
def account(azurite_port: int) -> Iterator[BlobEstate]:
    """A container of its own."""
    with blob_estate(azurite_port) as made:
        yield made
