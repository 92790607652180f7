"""Documents in SQLite: the one store behind every plane of the sandbox."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson

from reconciler_sandbox.settings import SandboxError
from reconciler_sandbox.wire import kept, written

_TABLES = """
create table if not exists docs (kind text, key text, doc blob, primary key (kind, key));
create table if not exists marks (
  kind text, name text, value text, key text, primary key (kind, name, value, key)
);
create index if not exists marks_by_key on marks (kind, key);
create table if not exists shadows (kind text, key text, doc blob, until real);
create index if not exists shadows_by_key on shadows (kind, key);
create table if not exists counters (name text primary key, value integer);
"""

_PAGE = {
    "asc": (
        "select d.key, d.doc from marks m join docs d on d.kind = m.kind and d.key = m.key"
        " where m.kind = ? and m.name = ? order by m.value asc limit ? offset ?"
    ),
    "desc": (
        "select d.key, d.doc from marks m join docs d on d.kind = m.kind and d.key = m.key"
        " where m.kind = ? and m.name = ? order by m.value desc limit ? offset ?"
    ),
}


class Store:
    """JSON documents by kind and key, in insertion order, with secondary marks to find them by.

    With `lag_ms`, a read sees a document as it was that long ago, while a read with `latest=True` (what the
    server itself uses for uniqueness and references) sees the newest. Kinds named in `eager` never lag.
    """

    def __init__(self, path: str = ":memory:", lag_ms: int = 0) -> None:
        self.lag_ms = lag_ms
        self.lock = threading.RLock()
        self._depth = 0
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("pragma journal_mode=wal")
            self._db.execute("pragma synchronous=off")
            self._db.executescript(_TABLES)
        except sqlite3.Error as error:
            raise SandboxError(f"the data file {path} cannot be used: {error}", "Name another file.") from None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction of its own, or the one that is open: nested savepoints would only cost time."""
        with self.lock:
            if self._depth:
                yield
                return
            with self.transaction():
                yield

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen, or none of them."""
        with self.lock:
            name = f"s{self._depth}"
            self._depth += 1
            self._db.execute(f"savepoint {name}")
            try:
                yield
            except BaseException:
                self._db.execute(f"rollback to {name}")
                raise
            finally:
                self._db.execute(f"release {name}")
                self._depth -= 1

    def put(self, kind: str, key: str, doc: Mapping[str, Any], marks: Mapping[str, str] | None = None) -> None:
        """Writes a document; `marks` replace the earlier ones when given."""
        with self._writing():
            self._shade(kind, key)
            self._db.execute(
                "insert into docs values (?, ?, ?) on conflict (kind, key) do update set doc = excluded.doc",
                (kind, key, written(doc)),
            )
            if marks is not None:
                self._db.execute("delete from marks where kind = ? and key = ?", (kind, key))
                self._db.executemany(
                    "insert or ignore into marks values (?, ?, ?, ?)",
                    [(kind, name, value, key) for name, value in marks.items()],
                )

    def delete(self, kind: str, key: str) -> bool:
        """Removes a document; says whether it was there."""
        with self._writing():
            self._shade(kind, key)
            gone = self._db.execute("delete from docs where kind = ? and key = ?", (kind, key)).rowcount
            self._db.execute("delete from marks where kind = ? and key = ?", (kind, key))
        return bool(gone)

    def get(self, kind: str, key: str, *, latest: bool = False) -> dict[str, Any] | None:
        """One document, or None."""
        with self.lock:
            if self.lag_ms and not latest:
                shade = self._db.execute(
                    "select doc from shadows where kind = ? and key = ? and until > ? order by until limit 1",
                    (kind, key, time.time()),
                ).fetchone()
                if shade is not None:
                    return None if shade[0] is None else kept(shade[0])
            row = self._db.execute("select doc from docs where kind = ? and key = ?", (kind, key)).fetchone()
        return None if row is None else kept(row[0])

    def all(self, kind: str, *, latest: bool = False) -> list[dict[str, Any]]:
        """Every document of a kind, in insertion order."""
        with self.lock:
            rows = self._db.execute("select key, doc from docs where kind = ? order by rowid", (kind,)).fetchall()
            shades = self._shades(kind) if self.lag_ms and not latest else {}
        return self._blend(rows, shades)

    def everything(self) -> dict[str, dict[str, dict[str, Any]]]:
        """All documents by kind and key, as they are now."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        with self.lock:
            for kind, key, doc in self._db.execute("select kind, key, doc from docs order by kind, rowid"):
                found.setdefault(kind, {})[key] = orjson.loads(doc)
        return found

    def find(self, kind: str, mark: str, value: str, *, latest: bool = False) -> list[dict[str, Any]]:
        """The documents that carry a mark with this value, in insertion order.

        While a document lags, it is found by the marks it has now, and shown as it was.
        """
        with self.lock:
            rows = self._db.execute(
                "select d.key, d.doc from marks m join docs d on d.kind = m.kind and d.key = m.key"
                " where m.kind = ? and m.name = ? and m.value = ? order by d.rowid",
                (kind, mark, value),
            ).fetchall()
            shades = self._shades(kind) if self.lag_ms and not latest else {}
        keys = {key for key, _ in rows}
        return self._blend(rows, {key: doc for key, doc in shades.items() if key in keys})

    def get_many(self, kind: str, keys: Iterable[str], *, latest: bool = False) -> dict[str, dict[str, Any]]:
        """The documents of these keys that exist, by key."""
        wanted = list(dict.fromkeys(keys))
        if self.lag_ms and not latest:
            found = {key: self.get(kind, key) for key in wanted}
            return {key: doc for key, doc in found.items() if doc is not None}
        if len(wanted) == 1:
            one = self.get(kind, wanted[0], latest=True)
            return {} if one is None else {wanted[0]: one}
        with self.lock:
            rows = self._db.execute(
                "select key, doc from docs where kind = ? and key in (select value from json_each(?))",
                (kind, orjson.dumps(wanted).decode()),
            ).fetchall()
        by_key = dict(rows)
        return {key: kept(by_key[key]) for key in wanted if key in by_key}

    def find_many(
        self, kind: str, mark: str, values: Iterable[str], *, latest: bool = False
    ) -> dict[str, list[dict[str, Any]]]:
        """What `find` gives, for several values of a mark at once; values without a document are left out."""
        wanted = list(dict.fromkeys(values))
        found: dict[str, list[dict[str, Any]]] = {}
        if (self.lag_ms and not latest) or len(wanted) < 2:
            for value in wanted:
                if docs := self.find(kind, mark, value, latest=latest):
                    found[value] = docs
            return found
        with self.lock:
            rows = self._db.execute(
                "select m.value, d.doc from marks m join docs d on d.kind = m.kind and d.key = m.key"
                " where m.kind = ? and m.name = ? and m.value in (select value from json_each(?))"
                " order by d.rowid",
                (kind, mark, orjson.dumps(wanted).decode()),
            ).fetchall()
        for value, doc in rows:
            found.setdefault(value, []).append(kept(doc))
        return found

    def page(
        self, kind: str, mark: str, *, limit: int = -1, offset: int = 0, descending: bool = False
    ) -> list[dict[str, Any]]:
        """The documents that carry a mark, whatever its value, ordered by that value."""
        way = "desc" if descending else "asc"
        lagging = bool(self.lag_ms)
        with self.lock:
            rows = self._db.execute(
                _PAGE[way],
                (kind, mark, -1 if lagging else limit, 0 if lagging else offset),
            ).fetchall()
            shades = self._shades(kind) if lagging else {}
        if not lagging:
            return [kept(doc) for _, doc in rows]
        keys = {key for key, _ in rows}
        docs = self._blend(rows, {key: doc for key, doc in shades.items() if key in keys})
        return docs[offset:] if limit < 0 else docs[offset : offset + limit]

    def counted(self, kind: str, mark: str) -> int:
        """How many documents carry a mark now."""
        with self.lock:
            row = self._db.execute("select count(*) from marks where kind = ? and name = ?", (kind, mark)).fetchone()
        return int(row[0])

    def count(self, kind: str) -> int:
        """How many documents of a kind there are now."""
        with self.lock:
            row = self._db.execute("select count(*) from docs where kind = ?", (kind,)).fetchone()
        return int(row[0])

    def next(self, counter: str) -> int:
        """The next number of a named sequence, from 1."""
        with self._writing():
            self._db.execute(
                "insert into counters values (?, 1) on conflict (name) do update set value = value + 1",
                (counter,),
            )
            return int(self._db.execute("select value from counters where name = ?", (counter,)).fetchone()[0])

    def clear(self) -> None:
        """Forgets everything."""
        with self._writing():
            self._db.execute("delete from docs")
            self._db.execute("delete from marks")
            self._db.execute("delete from shadows")
            self._db.execute("delete from counters")

    def close(self) -> None:
        """Closes the database."""
        self._db.close()

    def _shade(self, kind: str, key: str) -> None:
        """Keeps what readers still see while the coming write is young."""
        if not self.lag_ms:
            return
        now = time.time()
        self._db.execute("delete from shadows where kind = ? and key = ? and until <= ?", (kind, key, now))
        row = self._db.execute("select doc from docs where kind = ? and key = ?", (kind, key)).fetchone()
        self._db.execute(
            "insert into shadows values (?, ?, ?, ?)",
            (kind, key, row[0] if row else None, now + self.lag_ms / 1000),
        )

    def _shades(self, kind: str) -> dict[str, bytes | None]:
        found: dict[str, bytes | None] = {}
        for key, doc in self._db.execute(
            "select key, doc from shadows where kind = ? and until > ? order by until desc",
            (kind, time.time()),
        ):
            found[key] = doc
        return found

    @staticmethod
    def _blend(rows: list[tuple[str, bytes]], shades: dict[str, bytes | None]) -> list[dict[str, Any]]:
        docs = [shades.pop(key) if key in shades else doc for key, doc in rows]
        docs += list(shades.values())  # deleted a moment ago, still seen
        return [kept(doc) for doc in docs if doc is not None]
