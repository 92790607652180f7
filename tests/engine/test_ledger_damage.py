"""A damaged ledger: only a torn last line is passed over; anything else is one clear error, never a silent loss."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import ConfigurationError, ReconcilerError
from reconciler.ledger import Entry, Intent, Ledger, LocalLedger, Mark
from reconciler.ledger import local as module

from .conftest import World
from .fakes import thing


def book_at(folder: Path) -> LocalLedger:
    return LocalLedger(folder / "ledger.jsonl", "test")


def entry(number: int, text: str = "one") -> Entry:
    return Entry(f"purview.thing:{number}", f"id-{number}", origins=["K/n"], fields={"text": Mark(text, text)})


def filled(book: LocalLedger) -> Ledger:
    """A file with a beginning and two more flushes."""
    ledger = book.load()
    for number in range(5):
        ledger.put(entry(number))
    book.flush(ledger)
    ledger.put(Entry("purview.thing:5", "id-5", intent=Intent("update", {"text": "b"}, {"text": "s"}, {"text": True})))
    ledger.drop("purview.thing:0")
    book.flush(ledger)
    ledger.put(entry(1, "two"))
    ledger.put(entry(2, "two"))
    book.flush(ledger)
    return ledger


def of_before(path: Path, *flushes: list[dict[str, Any]]) -> None:
    """A file as the format before had it: no checksums, each flush closed by its header."""
    header = {"ledger": "local:test", "environment": "test", "salt": "ab" * 16, "repository": "", "commit": ""}
    text = ""
    for serial, shapes in enumerate(flushes, 1):
        closing = header | {"serial": serial, "systems": {"purview": "purview:fake"}, "format": 1}
        text += ("\n" if text else "") + "".join(f"{json.dumps(shape)}\n" for shape in [*shapes, closing])
    path.write_text(text)


OLD = {"address": "purview.thing:a", "how": "created", "canon": 1, "id": "1", "fields": {"text": ["x", "y"]}}


def error_of(book: LocalLedger) -> Any:
    with pytest.raises(ConfigurationError) as raised:
        book.load()
    [found] = raised.value.diagnostics
    assert found.source is not None
    assert found.source.file == str(book.path)
    assert "Git or a backup" in found.detail
    assert "move it away" in found.detail
    return found


@given(data=st.data())
@settings(max_examples=400)
def test_a_changed_byte_or_a_missing_piece_is_an_error_or_a_torn_last_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    book = book_at(tmp_path_factory.mktemp("ledger"))
    whole = filled(book)
    good = book.path.read_bytes()
    where = data.draw(st.integers(0, len(good) - 1))
    end = data.draw(st.integers(where + 1, len(good)))
    byte = data.draw(st.integers(0, 255))
    damaged = data.draw(st.sampled_from([good[:where] + bytes([byte]) + good[where + 1 :], good[:where] + good[end:]]))
    book.path.write_bytes(damaged)
    if damaged == good:
        return
    kept = damaged.rpartition(b"\n")[0]
    if good.startswith(damaged) or (kept + b"\n" == good[: len(kept) + 1] and len(kept) == good[:-1].rfind(b"\n")):
        _is_as_after_a_kill(book, damaged, good)
        return
    if damaged.rstrip(b"\r\n") == good.rstrip(b"\n"):  # the last line end
        assert book.load().entries == whole.entries
        return
    error_of(book)


def _is_as_after_a_kill(book: LocalLedger, damaged: bytes, good: bytes) -> None:
    """The lines that are whole count, or the file says that its beginning is not whole."""
    base = 6
    lines = damaged.count(b"\n") + (good.startswith(damaged + b"\n"))
    if lines < base:
        error_of(book)
        return
    known = {f"purview.thing:{n}" for n in range(5)}
    steps: list[Any] = [{"purview.thing:0"}, set(), set(), set(), set(), set()]
    for gone in steps[: max(0, lines - base)]:
        known -= gone
    if lines >= base + 2:
        known.add("purview.thing:5")
    try:
        assert book.load().entries.keys() == known
    except ConfigurationError:
        assert not good.startswith(damaged), "a cut alone is what a kill leaves behind"


def test_every_changed_bit_of_a_small_file_is_seen(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    ledger = book.load()
    ledger.put(entry(1))
    book.flush(ledger)
    good = book.path.read_bytes()
    for where in range(len(good) - 1):
        for bit in range(8):
            book.path.write_bytes(good[:where] + bytes([good[where] ^ (1 << bit)]) + good[where + 1 :])
            error_of(book)


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(
    "line",
    ["<<<<<<< HEAD", "=======", ">>>>>>> theirs", "5", "{}", "[]", "null", '{"address":"purview.thing:a"}', '"text"',
     '{"address":5,"how":"created","canon":1,"fields":{}}', '{"dropped":5}',
     '{"address":"a","how":"created","canon":1,"fields":{"text":"x"}}',
     '{"address":"a","how":"created","canon":1,"fields":{},"intent":{}}',
     '{"address":"purview.thing:a","how":"crea'],
)  # fmt: skip
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str, sealed: bool) -> None:
    book = book_at(tmp_path)
    if sealed:
        filled(book)
    else:
        of_before(book.path, [OLD], [OLD | {"address": "purview.thing:b"}])
    lines = book.path.read_text().splitlines()
    book.path.write_text("\n".join([*lines[:2], line, *lines[2:]]) + "\n")
    assert error_of(book).source.line == 3


def test_lines_that_are_gone_doubled_or_exchanged_are_seen(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    filled(book)
    lines = book.path.read_text().splitlines(keepends=True)
    for changed in (
        lines[:2] + lines[3:],
        [*lines[:3], lines[2], *lines[3:]],
        [*lines[:1], lines[2], lines[1], *lines[3:]],
    ):
        book.path.write_text("".join(changed))
        assert "checksum" in error_of(book).summary


def test_an_empty_file_is_no_ledger(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    book.path.write_bytes(b"")
    assert "header" in error_of(book).summary


def test_line_ends_of_another_system_do_no_harm(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    whole = filled(book)
    book.path.write_bytes(book.path.read_bytes().replace(b"\n", b"\r\n"))
    again = book_at(tmp_path)
    ledger = again.load()
    assert ledger.entries == whole.entries
    ledger.put(entry(9))
    again.flush(ledger)
    assert book_at(tmp_path).load().entries == ledger.entries


@pytest.mark.parametrize("cut", [1, 2, 30, 400])
def test_a_torn_end_gives_way_to_the_next_flush(tmp_path: Path, cut: int) -> None:
    book = book_at(tmp_path)
    filled(book)
    book.path.write_bytes(book.path.read_bytes()[:-cut])
    again = book_at(tmp_path)
    ledger = again.load()
    ledger.put(entry(7))
    again.flush(ledger)
    after = book_at(tmp_path).load()
    assert after.entries == ledger.entries
    assert after.header.serial == ledger.header.serial


def test_part_of_a_flush_makes_another_serial(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    ledger = filled(book)
    assert book_at(tmp_path).load().header.serial == ledger.header.serial == 3
    ledger.put(entry(1, "three"))
    before = book.path.read_bytes()
    book.flush(ledger)
    book.path.write_bytes(book.path.read_bytes()[: len(before) + 40])
    assert book_at(tmp_path).load().header.serial == 4, "a waiting apply sees that the ledger moved"


def test_a_ledger_of_the_format_before_is_read_and_gets_checksums(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    of_before(book.path, [OLD], [{"dropped": "purview.thing:a"}, OLD | {"address": "purview.thing:b"}])
    with book.path.open("a") as file:
        file.write('\n{"address":"purview.thing:c","ho')
    ledger = book.load()
    assert ledger.entries.keys() == {"purview.thing:b"}
    assert ledger.entries["purview.thing:b"].fields == {"text": Mark("x", "y")}
    ledger.put(entry(1))
    book.flush(ledger)
    assert all('"sum":"' in line for line in book.path.read_text().splitlines())
    after = book_at(tmp_path).load()
    assert after.entries == ledger.entries
    assert after.header == ledger.header
    assert after.header.salt == "ab" * 16


# -- a full disk ---------------------------------------------------------------------------------------------------


class Disk:
    """Takes some bytes more, then none."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room: int | None = None
        monkeypatch.setattr(module, "_write_all", self.write_all)

    def write_all(self, file: Any, data: bytes) -> None:
        taken = data if self.room is None else data[: self.room]
        file.write(taken)
        if len(taken) < len(data):
            self.room = 0
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room = None if self.room is None else self.room - len(data)


@pytest.mark.parametrize("room", [0, 1, 60, 300])
def test_a_first_write_on_a_full_disk_leaves_nothing_behind(
    world: World, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    disk = Disk(monkeypatch)
    disk.room = room
    with pytest.raises(ReconcilerError, match="No space left"):
        world.apply(thing("a", text="one"), thing("b", text="one"))
    assert world.system.writes == [], "no request without a durable intent"
    assert list(world.book.path.parent.glob("ledger*")) == []
    disk.room = None
    assert world.apply(thing("a", text="one"), thing("b", text="one")).complete


@pytest.mark.parametrize("room", [0, 1, 60, 400])
def test_a_later_write_on_a_full_disk_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    world.apply(thing("a", text="one"))
    before = world.book.path.read_bytes()
    disk = Disk(monkeypatch)
    disk.room = room
    with pytest.raises(ReconcilerError, match="No space left"):
        world.apply(thing("a", text="two"), *(thing(f"b{n}", text="one") for n in range(5)))
    assert world.book.path.read_bytes() == before
    disk.room = None
    assert world.apply(thing("a", text="two")).complete


def test_a_disk_that_is_full_after_the_writes_is_told_and_the_next_run_finishes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.apply(thing("a", text="one"))
    disk = Disk(monkeypatch)
    flush = LocalLedger.flush

    def first_flush_only(book: LocalLedger, ledger: Ledger) -> None:
        flush(book, ledger)
        disk.room = 0

    monkeypatch.setattr(LocalLedger, "flush", first_flush_only)
    result = world.apply(thing("a", text="one"), thing("b", text="one"))
    assert [d.code for d in result.diagnostics] == ["ledger.unwritable"]
    assert int(result.exit_code) == 5
    monkeypatch.undo()
    monkeypatch.setattr("reconciler.resources.types", lambda: {"purview.thing": type(thing("a").type).instance()})
    assert world.apply(thing("a", text="one"), thing("b", text="one")).complete
    assert world.book.load().entries["purview.thing:b"].how == "created"
