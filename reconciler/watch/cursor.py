"""Up to where one watcher has looked, in a file of its own: digests of what was there, and what is still to be told.

The file is put in place as a whole, so that a kill leaves the one before or the one after. What happened is written
there before anybody is told, and ticked off afterwards: it is told at least once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock, Timeout

from reconciler.errors import ConfigurationError, RefusedError
from reconciler.watch.changes import Held
from reconciler.watch.errors import Logs
from reconciler.watch.runs import Runs

FORMAT = 1
BLIND = 5
"""Looks in a row that showed nothing, after which the watcher is blind."""
_WAYS_OUT = "Move it away: the next look begins anew and tells of nothing that happened before."


@dataclass(slots=True)
class Delivery:
    """A message on its way to one webhook: how often it was tried, and when it is tried next (Unix seconds)."""

    event: str
    hook: str
    attempts: int = 0
    due: float = 0.0


@dataclass(slots=True)
class Told:
    """An event that somebody is still to be told of: its message, and whether it was reported here."""

    message: dict[str, Any]
    reported: bool = False


@dataclass(slots=True)
class Cursor:
    """What one watcher remembers. `begun` is when it began, empty before its first look."""

    environment: str
    system: str
    begun: str = ""
    looked: str = ""
    """When it looked last."""
    failed: int = 0
    """Looks in a row that showed nothing."""
    areas: dict[str, dict[str, Held]] = field(default_factory=dict)
    ended: dict[str, list[str]] = field(default_factory=dict)
    late: dict[str, str] = field(default_factory=dict)
    logged: dict[str, list[str]] = field(default_factory=dict)
    """By id of a stream digests of the errors in its log."""
    drifted: dict[str, str] = field(default_factory=dict)
    """By address what drift was told of."""
    counts: dict[str, int] = field(default_factory=dict)
    """How often the same drift was told, for it comes back."""
    audited: int = -1
    """Bytes of the audit that were read; none before the first look."""
    waiting: dict[str, Told] = field(default_factory=dict)
    """By id."""
    deliveries: list[Delivery] = field(default_factory=list)
    stopped: dict[str, str] = field(default_factory=dict)
    """By webhook that wants nothing any more: the digest of what it was then."""

    @property
    def runs(self) -> Runs:
        """What is remembered of runs, shared with this."""
        return Runs(self.ended, self.late)

    @property
    def logs(self) -> Logs:
        """What is remembered of logs, shared with this."""
        return Logs(self.logged)

    @property
    def since(self) -> datetime:
        """When it began."""
        return datetime.fromisoformat(self.begun)

    def forget_what_is_told(self) -> None:
        """Drops what was reported and has no delivery left."""
        under_way = {one.event for one in self.deliveries}
        self.waiting = {id: told for id, told in self.waiting.items() if not told.reported or id in under_way}


class CursorFile:
    """The file of a cursor, and its lock: two watchers of one file would tell everything twice."""

    def __init__(self, root: Path, environment: str) -> None:
        folder = root / ".reconciler" / "watch"
        self.path = folder / f"{environment}.json"
        self.dead = folder / f"{environment}.dead.jsonl"
        self.environment = environment

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds it. Raises `RefusedError` where another watcher does."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.path.with_suffix(".lock"), timeout=0):
                yield
        except Timeout:
            raise RefusedError.of(
                "watch.locked", f"another `watch` of {self.environment} is at work here", "Let one of them go on."
            ) from None

    def load(self, system: str) -> Cursor:
        """The cursor; a new one where there is none. Raises `ConfigurationError` for one of another system."""
        try:
            shape = orjson.loads(self.path.read_bytes())
            found = _read(shape)
        except FileNotFoundError:
            return Cursor(self.environment, system)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ConfigurationError.of("watch.cursor", f"{self.path} does not read as a cursor", _WAYS_OUT) from None
        if (found.environment, found.system) != (self.environment, system):
            raise ConfigurationError.of(
                "watch.cursor", f"{self.path} is of {found.environment} at {found.system}, not of {system}", _WAYS_OUT
            )
        return found

    def save(self, cursor: Cursor) -> None:
        """Puts the cursor in place; raises `ConfigurationError` where that fails."""
        cursor.forget_what_is_told()
        data = orjson.dumps({"watch": FORMAT, **asdict(cursor)})
        new = self.path.with_suffix(".new")
        try:
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
        except OSError as error:
            raise ConfigurationError.of(
                "watch.cursor", f"{self.path} could not be written: {error.strerror or error}", "Make room there."
            ) from None

    def bury(self, message: Mapping[str, Any], hook: str, why: str) -> None:
        """Adds a message that nobody took to the file of those; raises as `save` does."""
        line = orjson.dumps({"webhook": hook, "why": why, "message": message}, option=orjson.OPT_APPEND_NEWLINE)
        try:
            with open(os.open(self.dead, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
                file.write(line)
        except OSError as error:
            raise ConfigurationError.of(
                "watch.cursor", f"{self.dead} could not be written: {error.strerror or error}", "Make room there."
            ) from None


def _read(shape: dict[str, Any]) -> Cursor:
    if shape.pop("watch") != FORMAT:
        raise ValueError("another format")
    found = Cursor(**shape)
    areas: dict[str, dict[str, Any]] = shape["areas"]
    found.areas = {name: {id: Held(**held) for id, held in things.items()} for name, things in areas.items()}
    found.waiting = {id: Told(**told) for id, told in shape["waiting"].items()}
    found.deliveries = [Delivery(**one) for one in shape["deliveries"]]
    return found
