"""The audit in a file of the project."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from reconciler.audit.trail import BEGINNING, unwritable

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
                begins = file.read(len(BEGINNING))
                if begins and not BEGINNING.startswith(begins):
                    raise unwritable(self.name, "it holds something else", "Name another file with `audit.path`.")
                rest = memoryview(_after(file.fileno()) + b"".join(lines))
                while rest:
                    rest = rest[file.write(rest) or 0 :]
                os.fsync(file.fileno())
        except OSError as error:
            raise unwritable(self.name, error.strerror or str(error), _ADVICE) from None


def _after(descriptor: int) -> bytes:
    """What has to come before the next line: a line end, where the last one was cut short."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if not size:
        return b""
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return b"" if os.read(descriptor, 1) == b"\n" else b"\n"
