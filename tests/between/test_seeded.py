"""Of two hundred disagreements exactly those are found, in whatever way the things are known to belong together."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from reconciler.resources.purview.common import KEYS_A_CHUNK
from reconciler.workflow import compare_systems
from reconciler_sandbox.server import running

from .seeded import ITEMS, WAYS, Seeded

TOTAL = 200
SORTS = {
    f"between.{name}"
    for name in (
        *("name", "definition", "in_use", "term_alone", "key_alone"),
        *("label_alone", "classification_alone", "other_label"),
    )
}


@pytest.mark.long
@pytest.mark.parametrize("normalise", [False, True], ids=["plain", "normalising"])
def test_exactly_two_hundred_disagreements_are_found(tmp_path: Path, normalise: bool) -> None:
    """And nothing is written, and no request is sent for a single term or key."""
    with running(seed="demo", normalise=normalise) as sandbox:
        made = Seeded(tmp_path, sandbox)
        for edit in made.concept_level():
            edit()
        made.ambiguous()
        made.disagree(TOTAL)
        made.noise()
        before, writes = len(made.requests()), made.writes()
        shape = compare_systems(made.session())
        sent = made.requests()[before:]
        assert made.writes() == writes
    found = [(one["code"], one["purview"]["address"], one["cluedin"]["address"]) for one in shape["disagreements"]]
    assert sorted(set(found) - made.expected) == []
    assert sorted(made.expected - set(found)) == []
    assert len(found) == len(made.expected) == TOTAL
    alone = [one["sentence"] for one in shape["disagreements"] if one["code"] == "between.label_alone"]
    assert [told for told in alone if not re.search(r"in Purview has (no classification|not [A-Z][\w.]+)$", told)] == []
    assert {one["address"] for one in shape["ambiguous"]} == made.doubts
    assert {code for code, _, _ in found} == SORTS == shape["summary"].keys()
    assert min(shape["pairs"].values()) > 30  # type: ignore[type-var]
    assert shape["agreeing"] > 100
    columns = WAYS.count("stamp") + WAYS.count("manifest") + WAYS.count("ledger")
    most = 12 + columns * (ITEMS + 5) // KEYS_A_CHUNK
    assert len(sent) <= most, Counter((one["method"], one["path"]) for one in sent)
