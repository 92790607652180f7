"""The ledger in a local file: JSON lines with checksums, appended and synced at every flush, rewritten when grown.

The file begins with a header and all entries of that time, put in place as a whole. A flush after that is one
append of the changed entries and a closing header line; what a kill or a full disk cut short of it is one last
line, which counts as not written and gives way to the next flush. Anything else that does not read is an error.
A file without its last flushes reads like one of before them: no file can tell that by itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import RawIOBase
from pathlib import Path

from reconciler.errors import ConfigurationError, Diagnostic, ReconcilerError, Source
from reconciler.ledger import lines
from reconciler.ledger.book import Held, locked
from reconciler.ledger.ledger import Header, Ledger
from reconciler.manifest.garbage import garbage_collection_paused

WORTH_REWRITING = 2
"""A file with more than this many lines an entry is rewritten at the end of an apply."""
WAYS_OUT = (
    "Bring back the file as it was, from Git or a backup. Without one, move it away: `plan --adopt=matching` then "
    "finds what is there; what we had created is no longer known as ours, and will not be deleted."
)


class LocalLedger:
    """A ledger file and its lock. Only one apply at a time holds the lock."""

    shared = False

    def __init__(self, path: Path, environment: str) -> None:
        self.path = path
        self.environment = environment
        self._lines = 0
        self._good = self._size = 0
        self._seal = b""

    @property
    def place(self) -> str:
        """The file."""
        return str(self.path)

    @garbage_collection_paused()
    def load(self) -> Ledger:
        """The ledger as last flushed; a new one when there is no file.

        Raises `ConfigurationError` when the file is not a ledger, is damaged, is newer than this tool, or belongs
        to another environment.
        """
        self._lines = self._good = self._size = 0
        self._seal = b""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return Ledger(Header.new(self.environment))
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from None
        try:
            found = lines.read(data)
        except lines.BrokenLine as broken:
            raise self._unusable(broken.why, broken.number) from None
        header = found.header
        if header is None:
            raise self._unusable("it has no complete header")
        if header.environment != self.environment:
            raise self._unusable(f"it belongs to environment {header.environment!r}")
        header.serial += found.half  # part of a flush is there, so it is not the ledger of before
        self._lines, self._good, self._size, self._seal = found.lines, found.good, len(data), found.seal
        return Ledger(header, found.entries.values())

    def flush(self, ledger: Ledger) -> None:
        """Makes what changed durable, synced; raises `ReconcilerError` when the disk does not take it."""
        if not ledger.changed and not ledger.header_changed and ledger.header.serial:
            return
        ledger.header.serial += 1
        try:
            if self._seal:
                self._append(ledger)
            else:
                self._rewrite(ledger)
        except OSError as error:
            ledger.header.serial -= 1
            raise _unwritable(self.path, error.strerror or str(error)) from None
        ledger.changed.clear()
        ledger.header_changed = False

    def compact(self, ledger: Ledger) -> None:
        """Rewrites the file with one line an entry, in order of address, when it has grown; atomic."""
        if self._lines <= WORTH_REWRITING * (len(ledger.entries) + 1):
            return
        with suppress(OSError):  # all of it is on the disk already
            self._rewrite(ledger)

    def _append(self, ledger: Ledger) -> None:
        """Writes what changed after what counts of the file."""
        shapes = [
            {"dropped": address} if (entry := ledger.get(address)) is None else entry.as_dict()
            for address in sorted(ledger.changed)
        ]
        written, seal = lines.write([*shapes, ledger.header.as_dict()], self._seal)
        with self.path.open("r+b", buffering=0) as file:
            if file.seek(0, os.SEEK_END) != self._size:
                raise self._unusable("something else wrote to it during this run")
            file.truncate(self._good)
            file.seek(max(0, self._good - 1))
            lacks_its_end = file.read(1) != b"\n"
            data = b"\n" * lacks_its_end + b"".join(written)
            try:
                _write_all(file, data)
            except OSError:
                with suppress(OSError):
                    file.truncate(self._good)
                self._size = file.seek(0, os.SEEK_END)
                raise
        self._seal, self._lines = seal, self._lines + len(written)
        self._good = self._size = self._good + len(data)

    def _rewrite(self, ledger: Ledger) -> None:
        """Puts a whole new file in place: it is there as a whole, or the one of before is."""
        entries = [ledger.entries[address].as_dict() for address in sorted(ledger.entries)]
        written, seal = lines.write([ledger.header.as_dict() | {"entries": len(entries)}, *entries])
        self.path.parent.mkdir(parents=True, exist_ok=True)
        size = _replace(self.path, written)
        self._seal, self._lines, self._good, self._size = seal, len(written), size, size

    @contextmanager
    def lock(self, timeout: float | None) -> Iterator[Held]:
        """Holds the ledger for one apply; raises `RefusedError` when another holds it for too long."""
        from filelock import FileLock, Timeout

        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{self.path}.lock", timeout=timeout or 0.0)
        try:
            lock.acquire()
        except Timeout:
            raise locked(str(self.path)) from None
        try:
            yield _always
        finally:
            lock.release()

    def holder(self) -> str:
        """Nothing: the machine ends the lock with its holder."""
        return ""

    def unlock(self) -> None:
        """Nothing to do: the machine ends the lock with its holder."""

    def require_writable(self) -> None:
        """Raises `ReconcilerError` where the file, or the folder that it will be in, is not ours to write."""
        near = next(path for path in (self.path, *self.path.absolute().parents) if path.exists())
        if not os.access(near, os.W_OK):
            raise _unwritable(self.path, f"no right to write to {near}")

    def _unusable(self, why: str, line: int = 0) -> ConfigurationError:
        summary = f"the ledger {self.path} cannot be used: {f'line {line}: ' if line else ''}{why}"
        source = Source(str(self.path), line or None)
        return ConfigurationError(Diagnostic("error", "ledger.unusable", summary, WAYS_OUT, source))


def _unwritable(path: Path, why: str) -> ReconcilerError:
    return ReconcilerError.of(
        "ledger.unwritable",
        f"the ledger {path} could not be written: {why}",
        "Make room or give the right to write there, then run again: what was done is found by looking.",
    )


def _always() -> None:
    """A lock of this machine is held until it is given back."""


def _write_all(file: RawIOBase, data: bytes) -> None:
    """Writes and syncs; without a buffer, so that nothing of a write that failed is written later."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]
    os.fsync(file.fileno())


def _replace(path: Path, written: Sequence[bytes]) -> int:
    """Puts a file with some lines in the place of another, durably; returns its size."""
    temporary = path.with_name(f"{path.name}.new")
    data = b"".join(written)
    try:
        with temporary.open("wb", buffering=0) as file:
            _write_all(file, data)
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    with suppress(OSError):  # not every system lets a folder be synced
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return len(data)
