"""What every test may ask for: golden files, which `pytest --update` rewrites, and Azurite."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from reconciler.systems import rate
from reconciler.systems.redact import SECRETS

from .support_azurite import azurite

# A busy machine is no finding: how long an example takes is nobody's property.
hypothesis.settings.register_profile(
    "reconciler", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("reconciler")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` rewrites golden files instead of comparing; `--strict-contract` judges every request."""
    parser.addoption("--update", action="store_true", help="rewrite golden files")
    parser.addoption("--strict-contract", action="store_true", help="fail tests whose requests are not proven")
    parser.addoption("--strict-met", metavar="FILE", help="the suite runs in two halves: the exceptions that were met")


def pytest_configure(config: pytest.Config) -> None:
    """`--strict-contract` holds every request of every test against what is proven of the systems."""
    os.environ["RECONCILER_CACHE"] = "off"  # what a test expands is its own
    rate.START = 1e9  # the systems of tests have no limit: looking for one would only be waited for
    if config.getoption("--strict-contract"):
        try:
            from .conformance.strict import Strict
        except ImportError as error:
            raise pytest.UsageError(f"--strict-contract needs pip install -e '.[conformance]': {error}") from None
        config.pluginmanager.register(Strict(config), "strict-contract")


def pytest_collection_finish() -> None:
    """Modules, tests and contracts live to the end: looking through them again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 5)


@pytest.fixture(autouse=True)
def secrets_of_the_test() -> Iterator[None]:
    """Tokens of one test are no secrets in the next: thousands of them would slow down every text that is shown."""
    known = SECRETS.known()
    yield
    SECRETS.forget_since(known)


@pytest.fixture(scope="session")
def azurite_port(request: pytest.FixtureRequest) -> Iterator[int]:
    """One Azurite for all tests, of which each has a container of its own."""
    with azurite(request.config) as port:
        yield port


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the golden file of that name beside the test, or rewrites the file."""
    folder = Path(request.path).parent / "golden"

    def compare(name: str, text: str) -> None:
        path = folder / name
        if request.config.getoption("--update"):
            folder.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"no golden file {name}; run pytest --update"
        assert text == path.read_text(encoding="utf-8")

    return compare
