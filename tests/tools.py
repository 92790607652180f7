"""Programs that a test needs beside Python: it skips without them and says so, and fails where nothing may skip."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def missing(why: str) -> NoReturn:
    """Skips with the reason; fails instead in CI, where everything must run."""
    if os.environ.get("RECONCILER_CI"):
        pytest.fail(why)
    pytest.skip(why)


def program(*names: str, why: str) -> str:
    """The path of the first of these programs that is installed."""
    found = next(filter(None, map(shutil.which, names)), None)
    return found if found is not None else missing(f"{names[0]} is not installed: {why}")
