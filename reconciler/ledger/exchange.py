"""A ledger as one file, whatever place keeps it: to look at it, to move it elsewhere, to bring a version back."""

from __future__ import annotations

from reconciler.errors import ConfigurationError, Diagnostic, RefusedError
from reconciler.ledger import lines
from reconciler.ledger.book import Book
from reconciler.ledger.ledger import Ledger


def as_file(ledger: Ledger) -> bytes:
    """The ledger as the file of a local one: a header and a line an entry, in order of address, with checksums."""
    entries = [ledger.entries[address].as_dict() for address in sorted(ledger.entries)]
    written, _ = lines.write([ledger.header.as_dict() | {"entries": len(entries)}, *entries])
    return b"".join(written)


def from_file(data: bytes, name: str) -> Ledger:
    """The ledger of such a file, called `name`; raises `ConfigurationError` with the line where it does not read."""
    try:
        found = lines.read(data)
    except lines.BrokenLine as broken:
        where = f"line {broken.number}: " if broken.number else ""
        raise _unfit(name, f"{where}{broken.why}") from None
    if found.header is None or found.half:
        raise _unfit(name, "it has no complete header" if found.header is None else "it is cut short")
    return Ledger(found.header, found.entries.values())


def _unfit(name: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        Diagnostic("error", "ledger.unfit", f"{name} is no ledger: {why}", "Take a file from `reconciler state pull`.")
    )


def put_in_place(book: Book, there: Ledger, given: Ledger, *, force: bool) -> None:
    """Makes a ledger the newest version of the place, after `there`, which was loaded from it.

    The caller holds the lock.

    Raises `RefusedError` for one of another environment or line of descent, and for an older version, without `force`;
    one of another environment is refused in any case.
    """
    if given.header.environment != there.header.environment:
        raise _refused(
            f"it belongs to environment {given.header.environment!r}, not {there.header.environment!r}",
            "Name the environment that it belongs to with --env.",
        )
    if there.header.serial and not force:
        if given.header.salt != there.header.salt:
            raise _refused(f"it does not descend from the one at {book.place}", "With --force it takes its place.")
        if given.header.serial < there.header.serial:
            raise _refused(
                f"its serial is {given.header.serial}, and {book.place} is at {there.header.serial}",
                "With --force it takes its place, and what the newer one knows is forgotten.",
            )
    header = given.header
    header.ledger, header.serial = there.header.ledger, max(header.serial, there.header.serial)
    made = Ledger(header, given.entries.values())
    made.changed = {*given.entries, *there.entries}
    made.header_changed = True
    book.flush(made)


def _refused(why: str, detail: str) -> RefusedError:
    return RefusedError(Diagnostic("error", "ledger.push_refused", f"the ledger is not taken: {why}", detail))
