"""Fixtures of the sandbox's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox._purview import Caller, callers


@pytest.fixture(scope="module")
def _empty() -> Iterator[Caller]:
    yield from callers(seed="empty")


@pytest.fixture
def call(_empty: Caller) -> Caller:
    """A caller of an empty Purview; emptied again for every test."""
    _empty.http.post("/_sandbox/reset")
    return _empty


@pytest.fixture(scope="module")
def _atlas() -> Iterator[Caller]:
    yield from callers(seed="empty", mode="atlas")


@pytest.fixture
def atlas(_atlas: Caller) -> Caller:
    """A caller of an empty Apache Atlas."""
    _atlas.http.post("/_sandbox/reset")
    return _atlas


@pytest.fixture(scope="module")
def demo() -> Iterator[Caller]:
    """A caller of the demo estate, which tests only read."""
    yield from callers(seed="demo")
