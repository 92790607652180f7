"""The ledger in a local file: JSON lines, appended and synced at every flush, rewritten when it has grown.

A flush is one append of the changed entries and a closing header line. A line that a kill cut short, or lines
without a closing header, are as if they had not been written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from reconciler.errors import ConfigurationError
from reconciler.ledger.book import FORMAT, Entry, Header, Ledger
from reconciler.manifest.yaml import garbage_collection_paused

WORTH_REWRITING = 3
"""A file with more than this many lines an entry is rewritten at the end of an apply."""


class LocalLedger:
    """A ledger file and its lock. Only one apply at a time holds the lock."""

    def __init__(self, path: Path, environment: str) -> None:
        self.path = path
        self.environment = environment
        self._lines = 0

    @garbage_collection_paused()
    def load(self) -> Ledger:
        """The ledger as last flushed; a new one when there is no file.

        Raises `ConfigurationError` when the file is not a ledger, is newer than this tool, or belongs to
        another environment.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return Ledger(Header.new(self.environment))
        except OSError as error:
            raise self._unusable(str(error)) from None
        shapes = list(self._committed(data))
        self._lines = len(shapes)
        headers = [shape for shape in shapes if "ledger" in shape]
        if not headers:
            raise self._unusable("it has no complete header")
        if headers[-1].get("format") != FORMAT:
            raise self._unusable(f"its format is {headers[-1].get('format')}, this version reads {FORMAT}")
        header = Header(**headers[-1])
        if header.environment != self.environment:
            raise self._unusable(f"it belongs to environment {header.environment!r}")
        ledger = Ledger(header)
        for shape in shapes:
            if "ledger" in shape:
                continue
            if "dropped" in shape:
                ledger.entries.pop(shape["dropped"], None)
            else:
                ledger.entries[shape["address"]] = Entry.of(shape)
        return ledger

    def flush(self, ledger: Ledger) -> None:
        """Makes the changed entries durable: one append, synced."""
        if not ledger.changed and ledger.header.serial:
            return
        ledger.header.serial += 1
        lines = [self._line(ledger, address) for address in sorted(ledger.changed)]
        lines.append(orjson.dumps(ledger.header.as_dict()))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            if file.tell():
                lines.insert(0, b"")  # closes a line that a kill cut short
            file.write(b"\n".join(lines) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._lines += len(lines)
        ledger.changed.clear()

    def compact(self, ledger: Ledger) -> None:
        """Rewrites the file with one line an entry, in order of address, when it has grown; atomic."""
        if self._lines <= WORTH_REWRITING * (len(ledger.entries) + 1):
            return
        self._lines = len(ledger.entries) + 1
        temporary = self.path.with_suffix(".new")
        lines = [orjson.dumps(ledger.entries[address].as_dict()) for address in sorted(ledger.entries)]
        lines.append(orjson.dumps(ledger.header.as_dict()))
        with temporary.open("wb") as file:
            file.write(b"\n".join(lines) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path)

    @contextmanager
    def lock(self, timeout: float) -> Iterator[None]:
        """Holds the ledger for one apply; raises `ConfigurationError` when another holds it for too long."""
        from filelock import FileLock, Timeout

        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{self.path}.lock", timeout=timeout)
        try:
            lock.acquire()
        except Timeout:
            raise ConfigurationError.of(
                "ledger.locked",
                f"another apply holds the ledger {self.path}",
                "Wait for it to finish, or give more time with --lock-timeout.",
            ) from None
        try:
            yield
        finally:
            lock.release()

    def _line(self, ledger: Ledger, address: str) -> bytes:
        entry = ledger.entries.get(address)
        return orjson.dumps({"dropped": address} if entry is None else entry.as_dict())

    def _committed(self, data: bytes) -> Iterator[dict[str, Any]]:
        waiting: list[dict[str, Any]] = []
        for line in data.split(b"\n"):
            if not line.strip():
                continue
            try:
                shape = orjson.loads(line)
            except orjson.JSONDecodeError:
                waiting.clear()  # a flush that a kill cut short
                continue
            waiting.append(shape)
            if "ledger" in shape:
                yield from waiting
                waiting.clear()

    def _unusable(self, why: str) -> ConfigurationError:
        return ConfigurationError(
            *ConfigurationError.of(
                "ledger.unusable",
                f"the ledger {self.path} cannot be used: {why}",
                "Restore it from a backup, or move it away and adopt what it knew with `plan --adopt`.",
            ).diagnostics
        )
