"""The folder of reference documents that are not part of the project: read where they are, else the test skips."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def folder() -> Path | None:
    """`RECONCILER_REFERENCE`, or `shared/reference` in or beside the repository."""
    named = os.environ.get("RECONCILER_REFERENCE")
    places = [Path(named)] if named else [ROOT / "shared" / "reference", ROOT.parent / "shared" / "reference"]
    return next((place for place in places if place.is_dir()), None)


def reference(name: str) -> Path:
    """A file or folder of it; skips without it."""
    place = folder()
    if place is None or not (place / name).exists():
        pytest.skip(f"{name} of the reference documents is not here: set RECONCILER_REFERENCE to their folder")
    return place / name


def load(name: str) -> Any:
    """A JSON file of it; skips without it."""
    return json.loads(reference(name).read_text(encoding="utf-8-sig"))
