"""`reconciler state`: what the ledger knows, and the few ways to correct it by hand."""

from __future__ import annotations

import fnmatch
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.common import SECONDS, Setup, agreed, require_writable, say, tell, writing
from reconciler.cli.progress import session
from reconciler.report.seen import visible

if TYPE_CHECKING:
    from reconciler.ledger import Book, Entry, Ledger

FORMS = click.Choice(["text", "json"])
_NAMED = 10
"""So many addresses are named at once; the others are counted."""
YES = click.option("--yes", is_flag=True, help="Do not ask.")
WAIT = click.option("--lock-timeout", type=SECONDS, metavar="S", help="Seconds to wait for an apply.")


@click.group("state")
def command() -> None:
    """Look at the ledger, or correct it; nothing is sent to a system."""


@command.command("list")
@click.argument("patterns", nargs=-1, metavar="[ADDRESS]...")
@click.option("--format", "form", type=FORMS, default="text", help="The report on stdout.")
@click.pass_obj
def list_(setup: Setup, patterns: tuple[str, ...], form: str) -> None:
    """List what the ledger knows; an ADDRESS may hold `*`."""
    ledger = _read(setup, "state list")
    found = [entry for address, entry in sorted(ledger.entries.items()) if _meant(address, patterns)]
    if form == "json":
        from reconciler.report.jsonform import dump

        rows = [{"address": entry.address, "id": entry.id, "how": entry.how, **_open(entry)} for entry in found]
        say(dump({"ledger": ledger.header.ledger, "serial": ledger.header.serial, "entries": rows}))
        return
    say("\n".join(f"{visible(entry.address)}  {_how(entry)}  {visible(entry.id)}".rstrip() for entry in found))
    if patterns and not found:
        raise _unknown(patterns[0], ledger)


def _open(entry: Entry) -> dict[str, str]:
    """The write that is under way, or was cut short; the next apply tells what became of it."""
    return {"open": entry.intent.action} if entry.intent is not None else {}


def _how(entry: Entry) -> str:
    """How an entry came to be known; not so of what may never have been created."""
    if entry.intent is None:
        return entry.how
    known = entry.how if entry.id else "not known to be there"
    return f"{known} ({entry.intent.action} not finished)"


@command.command("show")
@click.argument("address")
@click.pass_obj
def show(setup: Setup, address: str) -> None:
    """Show all that the ledger knows of ADDRESS, as JSON: ids, origins, and digests; there are no values."""
    from reconciler.report.jsonform import dump

    say(dump(_known(_read(setup, "state show"), address).as_dict()))


@command.command("forget")
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@YES
@WAIT
@click.pass_obj
def forget(setup: Setup, addresses: tuple[str, ...], yes: bool, lock_timeout: float | None) -> None:
    """Let go of each ADDRESS: it stays in the system, and is no longer known as ours. An ADDRESS may hold `*`."""
    with _held(setup, "state forget", lock_timeout) as (book, ledger):
        found = dict.fromkeys(one for pattern in addresses for one in _every(ledger, pattern))
        _ask(yes, f"Forget {_few(found)}, of {len(ledger.entries)}? What we created is never deleted afterwards.")
        for address in found:
            ledger.drop(address)
        book.flush(ledger)
    tell(f"forgotten: {_few(found)}")


@command.command("mv")
@click.argument("old")
@click.argument("new")
@YES
@WAIT
@click.pass_obj
def move(setup: Setup, old: str, new: str, yes: bool, lock_timeout: float | None) -> None:
    """Let what is known as OLD be known as NEW; for renames prefer `moved_from` in the manifest."""
    with _held(setup, "state mv", lock_timeout) as (book, ledger):
        _known(ledger, old)
        if old.partition(":")[0] != new.partition(":")[0] or not new.partition(":")[2]:
            raise click.UsageError(f"{new} is no address of the type {old.partition(':')[0]}")
        if new in ledger.entries:
            raise click.UsageError(f"the ledger knows {new} already; forget it first, if that is meant")
        _ask(yes, f"Let {visible(old)} be known as {visible(new)}?")
        ledger.move({new: old})
        book.flush(ledger)
    tell(f"{visible(old)} is known as {visible(new)}")


@command.command("pull")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of stdout.")
@click.pass_obj
def pull(setup: Setup, out: Path | None) -> None:
    """Print the ledger as one file, as `state push` takes it."""
    if out is not None:
        require_writable([out], setup.project)
    from reconciler.ledger.exchange import as_file

    data = as_file(_read(setup, "state pull"))
    if out is None:
        sys.stdout.buffer.write(data)
        return
    with writing(out):
        out.write_bytes(data)


@command.command("push")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Also an older one, or one that descends from another.")
@YES
@WAIT
@click.pass_obj
def push(setup: Setup, file: Path, force: bool, yes: bool, lock_timeout: float | None) -> None:
    """Put the ledger of FILE in place: to move it to another place, or to bring an earlier version back."""
    from reconciler.ledger.exchange import from_file, put_in_place

    given = from_file(file.read_bytes(), str(file))
    with _held(setup, "state push", lock_timeout) as (book, ledger):
        _ask(yes, f"Put {len(given.entries)} entries in the place of {len(ledger.entries)} at {book.place}?")
        put_in_place(book, ledger, given, force=force)
        place = book.place
    tell(f"{place} has {len(given.entries)} entries, serial {given.header.serial}")


def _read(setup: Setup, verb: str) -> Ledger:
    with session(setup, verb) as run:
        return run.ledger_place().load()


@contextmanager
def _held(setup: Setup, verb: str, timeout: float | None) -> Iterator[tuple[Book, Ledger]]:
    with session(setup, verb) as run:
        book = run.ledger_place()
        with book.lock(timeout):
            yield book, book.load()


def _meant(address: str, patterns: tuple[str, ...]) -> bool:
    return not patterns or any(fnmatch.fnmatchcase(address, _literal(pattern)) for pattern in patterns)


def _literal(pattern: str) -> str:
    """Only `*` means anything in an address, as everywhere: brackets stand in many."""
    return pattern.replace("[", "[[]").replace("?", "[?]")


def _known(ledger: Ledger, address: str) -> Entry:
    entry = ledger.get(address)
    if entry is None:
        raise _unknown(address, ledger)
    return entry


def _every(ledger: Ledger, pattern: str) -> list[str]:
    """The addresses that a pattern means, at least one."""
    found = [address for address in sorted(ledger.entries) if _meant(address, (pattern,))]
    if not found:
        raise _unknown(pattern, ledger)
    return found


def _few(addresses: Collection[str]) -> str:
    """Some addresses in a sentence, and how many there are beside the first ones."""
    named = ", ".join(visible(one) for one in list(addresses)[:_NAMED])
    return named + (f" and {len(addresses) - _NAMED} more" if len(addresses) > _NAMED else "")


def _unknown(address: str, ledger: Ledger) -> Exception:
    from reconciler.errors import ReconcilerError
    from reconciler.manifest.suggest import few_nearest

    kind = address.partition(":")[0] + ":"
    alike = [one for one in ledger.entries if one.startswith(kind)]  # few of many: comparing takes its time
    near = few_nearest(address, alike or ledger.entries) if "*" not in address else []
    words = ", ".join(f"`{visible(one)}`" for one in near)
    return ReconcilerError.of(
        "ledger.unknown_address",
        f"the ledger knows no {address}",
        f"Did you mean {words}?" if near else "`reconciler state list` shows what it knows; it takes a pattern.",
    )


def _ask(yes: bool, question: str) -> None:
    """Goes on with a yes alone; without anybody to ask a missing --yes is an error."""
    from reconciler.errors import ReconcilerError

    if not yes and not agreed(question):
        raise ReconcilerError.of("state.declined", "nothing changed: the answer was not yes")
