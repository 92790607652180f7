"""Snippets of the integrator's cookbook: read where it is, and never kept; else the test skips."""

from __future__ import annotations

import re

import pytest

from .conformance.reference import folder


def snippet(heading: str, language: str) -> str:
    """The first block of a language below a heading that begins so."""
    place = folder()
    path = place.parent / "seeds" / "system-integrator-cookbook.md" if place is not None else None
    if path is None or not path.is_file():
        pytest.skip("the cookbook is not here: set RECONCILER_REFERENCE to the folder beside it")
    text = path.read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(heading)} .*?^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]
