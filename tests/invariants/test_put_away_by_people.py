"""What people retire, archive, switch off or map away is drift, whether or not a manifest mentions the field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.resources import types
from reconciler_sandbox.cluedin import world

from .estate import Estate, estate

pytestmark = pytest.mark.long

KEY = "cluedin.vocabulary_key:customer.email"
PUT_AWAY: dict[tuple[str, str], tuple[str, str, dict[str, Any]]] = {
    ("cluedin.vocabulary_key", "obsolete"): (KEY, world.KEY, {"isObsolete": True}),
    ("cluedin.vocabulary_key", "maps_to"): (KEY, world.KEY, {}),
    ("cluedin.vocabulary", "active"): ("cluedin.vocabulary:customer", world.VOCABULARY, {"isActive": False}),
    ("cluedin.glossary_term", "active"): ("", world.TERM, {"active": False}),
    ("cluedin.glossary_term", "obsolete"): ("", world.TERM, {"isObsolete": True}),
    ("cluedin.entity_type", "active"): ("cluedin.entity_type:/Customer", world.ENTITY_TYPE, {"active": False}),
    ("cluedin.export_target", "active"): ("", world.PROVIDER, {"active": False}),
    ("cluedin.data_set", "archived"): ("", world.DATA_SET, {"isArchive": True}),
    ("cluedin.clean_project", "archived"): ("", world.CLEAN, {"status": "Archived"}),
    ("cluedin.dedup_project", "archived"): ("", world.DEDUP, {"status": "Archived"}),
    ("purview.term", "status"): ("purview.term:Enterprise/Customer/Email", "", {}),
}
"""By type and field: an address of the estate (the first of the type where none is named), and what people do."""
CANNOT = {("cluedin.export_target", "active"), ("cluedin.data_set", "archived")}
"""What no public call undoes: refused with the way out."""
TOLD_ONLY = {("purview.term", "status"), ("cluedin.clean_project", "archived"), ("cluedin.dedup_project", "archived")}
"""What was there before is not known, or nobody brings it back: told, and not written."""


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Estate]:
    """The estate, applied."""
    with estate(tmp_path) as applied:
        yield applied


def test_every_such_field_is_thought_of() -> None:
    assert {(name, path) for name, type in types().items() for path in type.retiring} == PUT_AWAY.keys()


def test_what_is_put_away_is_drift_and_comes_back(made: Estate) -> None:
    entries = made.entries()
    edit = made.edit_live
    term = next(one for one in sorted(entries) if one.startswith("cluedin.glossary_term:"))
    before = edit(world.TERM, entries[term].id, lambda doc: {**doc, "active": True})
    assert made.told() == []
    assert made.apply().complete  # what came into use is noted: from here on it is missed
    mapped = {"mapsToOtherKeyId": entries["cluedin.vocabulary_key:customer.id"].id}
    for (name, path), (named, kind, change) in PUT_AWAY.items():
        if not kind:
            continue
        address = named or next(one for one in sorted(entries) if one.startswith(f"{name}:"))
        entry = entries[address]
        before = edit(kind, entry.id, lambda doc, c=change or mapped: {**doc, **c})
        assert made.drift() == [(address, made.plan().drifted[0].reason, [path])], address
        [(action, *_)] = made.told()
        if (name, path) in TOLD_ONLY:
            assert action == "drift"
            made.put_back(kind, before)
        elif (name, path) in CANNOT:
            assert action == "conflict"
            made.put_back(kind, before)
        elif entry.how != "created":
            assert action == "drift"
            made.put_back(kind, before)
        else:
            assert action == "update"
            assert made.apply().complete
        assert made.told() == [], address


def test_a_key_renamed_on_its_page_is_put_right(made: Estate) -> None:
    """CluedIn makes a new key, and the old one obsolete and mapped to it."""
    entry = made.entries()[KEY]
    new = made.entries()["cluedin.vocabulary_key:customer.id"].id
    made.edit_live(world.KEY, entry.id, lambda doc: {**doc, "isObsolete": True, "mapsToOtherKeyId": new})
    assert [(a, paths) for a, _, paths in made.drift()] == [(KEY, ["maps_to", "obsolete"])]
    assert made.apply().complete
    assert made.told() == []
    live = made.world.get(world.KEY, entry.id)
    assert (live or {})["isObsolete"] is False
    assert (live or {})["mapsToOtherKeyId"] is None


def test_a_term_that_people_expired_is_told(made: Estate) -> None:
    made.edit("glossarymapping.yaml", "    status: Approved\n", "")
    address = "purview.term:Enterprise/Customer"
    assert made.apply().complete
    made.edit_term(made.entries()[address].id, status="Expired")
    [change] = made.plan().changes
    assert (change.action, change.address, [item.path for item in change.fields]) == ("drift", address, ["status"])
    assert "let the manifest say" in change.message


def test_what_was_put_away_before_us_stays(made: Estate) -> None:
    """An adopted key that was mapped, and a term that was not active, are nobody's drift."""
    entries = made.entries()
    (made.root / ".reconciler/ledger/sandbox.jsonl").unlink()
    new = entries["cluedin.vocabulary_key:customer.id"].id
    made.edit_live(world.KEY, entries[KEY].id, lambda doc: {**doc, "mapsToOtherKeyId": new})
    assert KEY in {change.address for change in made.plan().executable if change.action == "adopt"}
    assert {o.status for o in made.apply(adopt="overwrite").outcomes} == {"done"}
    assert made.told() == []
    other = entries["cluedin.vocabulary_key:customer.fullName"].id
    made.edit_live(world.KEY, entries[KEY].id, lambda doc: {**doc, "mapsToOtherKeyId": other})
    assert made.told() == [("drift", KEY, "drift", ["maps_to"])]


def test_what_is_obsolete_is_not_adopted_in_silence(made: Estate) -> None:
    entries = made.entries()
    (made.root / ".reconciler/ledger/sandbox.jsonl").unlink()
    made.edit_live(world.KEY, entries[KEY].id, lambda doc: {**doc, "isObsolete": True})
    told = {address: (action, reason) for action, address, reason, _ in made.told()}
    assert told[KEY] == ("conflict", "differs")
