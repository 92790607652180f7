"""The ledger file: appended, synced, rewritten when it has grown, and never a value in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import ConfigurationError, RefusedError
from reconciler.ledger import Entry, Intent, LocalLedger, Mark


def full(book: LocalLedger, number: int) -> None:
    ledger = book.load()
    for n in range(number):
        mark = ledger.digest("a value that must not be seen")
        ledger.put(Entry(f"purview.thing:{n}", f"id-{n}", "created", ["Kind/name"], fields={"text": Mark(mark, mark)}))
    book.flush(ledger)


def test_it_reads_what_it_wrote(tmp_path: Path) -> None:
    book = LocalLedger(tmp_path / "x" / "ledger.jsonl", "test")
    ledger = book.load()
    entry = Entry(
        "purview.thing:a", "1", "adopted", ["K/n"], ["purview.thing:b"], "retire", 3, True, True, "c",
        {"f": Mark("s", "t"), "m[x]": Mark("s", "t", ours=False)},
        Intent("update", {"f": "b"}, {"f": "s"}, {"f": True}, "waits"),
    )  # fmt: skip
    ledger.put(entry)
    book.flush(ledger)
    assert LocalLedger(book.path, "test").load().entries["purview.thing:a"] == entry
    assert b"a value" not in book.path.read_bytes()


def test_it_is_rewritten_only_when_it_has_grown(tmp_path: Path) -> None:
    book = LocalLedger(tmp_path / "ledger.jsonl", "test")
    for _ in range(2):
        full(book, 50)
    book.compact(book.load())
    assert len(book.path.read_text().splitlines()) > 100
    for _ in range(3):
        full(book, 50)
    before = book.load()
    book.compact(before)
    assert len(book.path.read_text().splitlines()) == 51
    after = LocalLedger(book.path, "test").load()
    assert after.entries == before.entries
    assert after.header == before.header


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nonsense", "header"),
        ('{"ledger":"x","environment":"other","salt":"00","format":1}', "other"),
        ('{"ledger":"x","environment":"test","salt":"00","format":99}', "format"),
    ],
)
def test_what_is_no_ledger_of_ours_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=why):
        LocalLedger(path, "test").load()


def test_only_one_apply_holds_it(tmp_path: Path) -> None:
    book = LocalLedger(tmp_path / "ledger.jsonl", "test")
    with book.lock(0), pytest.raises(RefusedError, match="another apply"), book.lock(0.05):
        pass
    with book.lock(0):
        pass


def test_digests_are_salted(tmp_path: Path) -> None:
    one = LocalLedger(tmp_path / "a", "test").load()
    two = LocalLedger(tmp_path / "b", "test").load()
    assert one.digest("x") == one.digest("x") != two.digest("x")
