"""Every managed field of every type that is edited live is seen as drift, at its address and path; nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.resources import type_of
from reconciler.resources.keys import field_of
from reconciler.resources.rules import Secret, WriteOnly

from .edits import edit_of
from .estate import Estate, estate

pytestmark = pytest.mark.long

FIXED = {
    ("cluedin.vocabulary_key", "vocabulary"): "the vocabulary is a part of the full key",
    ("cluedin.annotation", "vocabulary"): "a reset makes another annotation",
    ("cluedin.data_source", "type"): "a part of what the source is: nobody can change it",
    ("cluedin.data_set", "type"): "the source's",
    ("cluedin.data_set", "fields"): "CluedIn's own list: a link wants of it what is there",
    ("cluedin.enricher", "tested"): "says that credentials are tried once, as it is made; no system shows it",
    ("purview.type", "category"): "another category is another type",
    ("purview.type", "definition"): "definitions are additive, and compared by member in the tests of the type",
    ("purview.entity", "part_of"): "a part of another whole is another part",
    ("purview.entity", "table"): "a column without its table is another column",
}
"""Managed fields of the estate whose live value people cannot edit by itself, or that have tests of their own."""


LINK = "CRM/contacts/contacts#account_id"
ALONG = {f"cluedin.column_mapping:{LINK} key": [(f"cluedin.relation:{LINK}/%2FWorksFor", "to")]}
"""What an edit takes along: relations are those of the key that a column is mapped to."""


@pytest.fixture(params=["plain", pytest.param("normalising", marks=pytest.mark.long)])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Estate]:
    """The estate, applied, on one of the sandboxes."""
    with estate(tmp_path, normalise=request.param == "normalising") as applied:
        yield applied


def managed(made: Estate) -> dict[str, list[str]]:
    """The managed paths that a system shows, by address."""
    found: dict[str, list[str]] = {}
    for address, entry in sorted(made.entries().items()):
        rules = type_of(address).field
        shown = (path for path in sorted(entry.fields) if not rules(path).has(Secret) | rules(path).has(WriteOnly))
        found[address] = [path for path in shown if (type_of(address).full_name, field_of(path)) not in FIXED]
    return found


def unread(made: Estate) -> list[str]:
    """Managed paths without a value in what a plan read, though one was seen when they were written."""
    session = made.session()
    ledger, plan = session.book(session.draft()).load(), made.plan()
    assert plan.live is not None
    found = []
    for address, entry in ledger.entries.items():
        type, key = type_of(address), address.partition(":")[2]
        readout = plan.live.of(type)
        live = readout.by_id.get(entry.id) or readout.by_key.get(type.fold(key))
        assert live is not None, f"{address} was not read"
        for path, mark in entry.fields.items():
            is_shown = not type.field(path).has(Secret) | type.field(path).has(WriteOnly)
            if is_shown and path not in live.fields and mark.seen != ledger.digest(None):
                found.append(f"{address} {path}")
    return found


@contextmanager
def edited(made: Estate, address: str, path: str) -> Iterator[None]:
    """The estate with another live value of one path."""
    edits = edit_of(made, address, path)
    assert edits, f"no edit is known for {address} {path}"
    before = [(kind, key, made.sandbox.store.get(kind, key, latest=True)) for kind, key, _ in edits]
    for (kind, key, change), (_, _, doc) in zip(edits, before, strict=True):
        assert doc is not None, f"{kind} {key}"
        _put(made, kind, key, change(doc))
    try:
        yield
    finally:
        for kind, key, doc in before:
            _put(made, kind, key, doc or {})


def _put(made: Estate, kind: str, key: str, doc: dict[str, object]) -> None:
    if kind.startswith("cluedin/"):
        made.world.put(kind, doc)
    else:
        made.sandbox.store.put(kind, key, doc)
        if kind == "typedef":
            made.sandbox._build()


def test_every_edit_is_seen_and_nothing_else(made: Estate) -> None:
    """One edit at a time: the first resource of the estate that manages each field of each type."""
    assert unread(made) == []
    fields = managed(made)
    wrong: list[str] = []
    done: set[tuple[str, str]] = set()
    for address, paths in fields.items():
        for path in paths:
            name = type_of(address).full_name
            what = (name, path if name == "purview.entity" else field_of(path))
            if what in done:
                continue
            done.add(what)
            with edited(made, address, path):
                seen = [(one, item) for one, _, items in made.drift() for item in items]
                if seen != [(address, path), *ALONG.get(f"{address} {path}", ())]:
                    wrong.append(f"{address} {path}: {seen}")
    assert wrong == []
    assert made.told() == []
