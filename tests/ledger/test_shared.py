"""What every place that many machines share promises: versions, damage, and who may write."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from reconciler.errors import ReconcilerError, RefusedError
from reconciler.ledger import Entry, LockLostError
from reconciler.ledger.sharded import ShardedBook

from .estates import Estate, fill


def test_what_one_machine_wrote_another_reads(estate: Estate) -> None:
    fill(estate.book("one"), "a", "b", "c")
    book = estate.book("two")
    ledger = book.load()
    assert {address: entry.id for address, entry in ledger.entries.items()} == {
        f"purview.thing:{name}": f"id-{name}" for name in "abc"
    }
    ledger.drop("purview.thing:a")
    book.flush(ledger)
    again = estate.book("three").load()
    assert sorted(again.entries) == ["purview.thing:b", "purview.thing:c"]
    assert again.header.serial == 2
    assert again.header.salt == ledger.header.salt


def test_a_large_one_comes_back_whole(estate: Estate) -> None:
    fill(estate.book("one"), *map(str, range(3000)))
    assert len(estate.book("two").load().entries) == 3000


def test_who_loaded_before_another_wrote_is_refused_and_nothing_is_lost(estate: Estate) -> None:
    one, two = estate.book("one"), estate.book("two")
    fill(one, "a")
    late = two.load()
    fill(one, "b")
    late.put(Entry("purview.thing:c"))
    with pytest.raises(ReconcilerError, match="somebody else wrote to the ledger"):
        two.flush(late)
    assert sorted(estate.book("three").load().entries) == ["purview.thing:a", "purview.thing:b"]


def test_two_first_versions_are_one(estate: Estate) -> None:
    one, two = estate.book("one"), estate.book("two")
    first, second = one.load(), two.load()
    first.put(Entry("purview.thing:a"))
    second.put(Entry("purview.thing:b"))
    one.flush(first)
    with pytest.raises(ReconcilerError, match="somebody else wrote"):
        two.flush(second)


def test_of_many_writers_one_has_its_way(estate: Estate) -> None:
    books = [estate.book(f"machine{number}") for number in range(4)]
    ledgers = [book.load() for book in books]
    for number, ledger in enumerate(ledgers):
        ledger.put(Entry(f"purview.thing:{number}"))
    codes: dict[int, str] = {}

    def work(number: int) -> None:
        try:
            books[number].flush(ledgers[number])
        except ReconcilerError as error:
            codes[number] = error.diagnostics[0].code

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [won] = {0, 1, 2, 3} - codes.keys()
    assert set(codes.values()) == {"ledger.moved"}
    assert list(estate.book("last").load().entries) == [f"purview.thing:{won}"]


@pytest.mark.parametrize("damage", ["shard", "header", "gone", "more"])
def test_a_version_that_was_not_written_so_is_an_error_with_ways_out(estate: Estate, damage: str) -> None:
    fill(estate.book("one"), "a", "b")
    estate.damage(damage)
    with pytest.raises(ReconcilerError, match=r"cannot be used") as found:
        estate.book("two").load()
    assert estate.way_out in found.value.diagnostics[0].detail


def test_a_ledger_of_another_environment_is_not_taken(estate: Estate) -> None:
    book = estate.book("one")
    fill(book, "a")
    with pytest.raises(ReconcilerError, match="belongs to environment 'test'"):
        ShardedBook(book.store, "prod", "prod").load()


def test_whether_it_can_be_written_is_told_without_writing(estate: Estate) -> None:
    book = estate.book("one")
    book.require_writable()
    assert book.load().header.serial == 0
    assert book.holder() == ""


# -- the lock -----------------------------------------------------------------------------------------------------


def test_one_holds_it_and_the_other_says_who(estate: Estate) -> None:
    one, two = estate.book("one"), estate.book("two")
    with one.lock(0) as held:
        held()
        assert " on " in two.holder()
        with pytest.raises(RefusedError, match=r" on .* holds the ledger"), two.lock(0):
            pass
    assert two.holder() == ""
    with two.lock(0):
        pass
    assert one.holder() == ""


def test_who_waits_gets_it_when_it_is_free(estate: Estate) -> None:
    one, two = estate.book("one"), estate.book("two")
    over = threading.Event()

    def work() -> None:
        with one.lock(0):
            over.wait(2)

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 20
    while not two.holder() and time.monotonic() < deadline:
        time.sleep(0.05)
    threading.Timer(0.5, over.set).start()
    with two.lock(20):
        pass
    thread.join()


def test_of_many_that_want_it_at_once_one_has_it(estate: Estate) -> None:
    books = [estate.book(f"machine{number}", estate.shortest) for number in range(4)]
    inside: list[int] = []
    most: list[int] = []

    def work(book: ShardedBook) -> None:
        with book.lock(60):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.05)
            inside.pop()

    threads = [threading.Thread(target=work, args=(book,)) for book in books]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


def test_the_lock_of_who_died_is_taken_over_after_its_time(waiting: Estate) -> None:
    """Nobody releases it: as after a kill."""
    seconds = waiting.shortest
    one, two = waiting.book("one", seconds), waiting.book("two", seconds)
    lock = one.store.lock()
    lock.take(0)
    began = time.monotonic()
    with two.lock(None):
        assert seconds - 1 <= time.monotonic() - began < 5 * seconds
        with pytest.raises(LockLostError):
            lock.require()


def test_who_is_alive_keeps_it_and_a_contender_does_not_wait_for_ever(waiting: Estate) -> None:
    seconds = max(8, waiting.shortest)
    one, two = waiting.book("one", seconds), waiting.book("two", seconds)
    with one.lock(0) as held:
        began = time.monotonic()
        with pytest.raises(RefusedError), two.lock(None):
            pass
        assert time.monotonic() - began < seconds, "refused as soon as it was renewed"
        held()


def test_a_holder_that_is_cut_off_writes_no_more(waiting: Estate) -> None:
    one = waiting.book("one", waiting.shortest)
    with one.lock(0) as held:
        held()
        waiting.cut_off()
        time.sleep(waiting.shortest)
        with pytest.raises(LockLostError, match="could not be renewed"):
            held()


def test_a_lock_can_be_taken_away_and_its_holder_notices(waiting: Estate) -> None:
    one, two = waiting.book("one", waiting.shortest), waiting.book("two", waiting.shortest)
    with one.lock(0) as held:
        two.unlock()
        assert two.holder() == ""
        with pytest.raises(LockLostError, match="another has taken it"):
            _hold_for(2 * waiting.shortest, held)  # its next renewal is due, and takes as long as the place takes
    two.unlock()
    with two.lock(0):
        pass


def _hold_for(seconds: float, held: Callable[[], None]) -> None:
    """Asks again and again whether the lock is still held."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.05)
        held()
