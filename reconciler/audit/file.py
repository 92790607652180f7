"""The audit in a file of the project."""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from reconciler.audit.trail import BEGINNING, unreadable, unwritable

_ADVICE = "Make room or give the right to write there, or name another file with `audit.path`."


class FileTrail:
    """Lines are appended and synced; what a kill or a full disk cut short stays as it is, on a line of its own."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    def append(self, lines: Sequence[bytes]) -> None:
        """As `Trail.append`; also refuses a file that holds something else."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b", buffering=0) as file:
                file.seek(0)
                self._require_audit(file)
                rest = memoryview(_after(file.fileno()) + b"".join(lines))
                while rest:
                    rest = rest[file.write(rest) or 0 :]
                os.fsync(file.fileno())
        except OSError as error:
            raise unwritable(self.name, error.strerror or str(error), _ADVICE) from None

    def require_writable(self) -> None:
        """As `Trail.require_writable`; a file that is not there yet needs a folder that lets it be made."""
        near = next(one for one in (self.path, *self.path.absolute().parents) if one.exists())
        try:
            if near == self.path:
                with self.path.open("rb") as file:
                    self._require_audit(file)
        except OSError as error:
            raise unwritable(self.name, error.strerror or str(error), _ADVICE) from None
        if near != self.path and not near.is_dir():
            raise unwritable(self.name, f"{near} is no folder", _ADVICE)
        if not os.access(near, os.W_OK):
            raise unwritable(self.name, f"no right to write to {near}", _ADVICE)

    def read(self, since: int) -> tuple[int, bytes]:
        """As `Trail.read`."""
        try:
            with self.path.open("rb") as file:
                begin = since if 0 <= since <= file.seek(0, os.SEEK_END) else 0
                file.seek(begin)
                return begin, file.read()
        except FileNotFoundError:
            return 0, b""
        except OSError as error:
            raise unreadable(self.name, error.strerror or str(error), "Give the right to read it.") from None

    def _require_audit(self, file: BinaryIO | RawIOBase) -> None:
        begins = file.read(len(BEGINNING))
        if begins and not BEGINNING.startswith(begins):
            raise unwritable(self.name, "it holds something else", "Name another file with `audit.path`.")


def _after(descriptor: int) -> bytes:
    """What has to come before the next line: a line end, where the last one was cut short."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if not size:
        return b""
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return b"" if os.read(descriptor, 1) == b"\n" else b"\n"
