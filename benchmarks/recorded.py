"""A project's live state as rows of JSON, and a ledger that knows all of it: the inputs of a no-op plan.

`python -m benchmarks.recorded FOLDER N` writes a project of about N resources, its `live.json` and its ledger.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

import reconciler
from benchmarks.projects import write_resources
from reconciler.desired import Wishes, load
from reconciler.ledger import Entry, Ledger, LocalLedger, Mark
from reconciler.ledger.ledger import Header
from reconciler.live import LiveState, Readout
from reconciler.resources import types
from reconciler.resources.base import Desired
from reconciler.resources.keys import field_of, steps_of
from reconciler.resources.rules import CreateOnly, Each, Members, Unordered, Verified

ENVIRONMENT = "bench"
LIVE, LEDGER, BYTES = "live.json", "ledger.jsonl", "bytes"
PAGE = 500
"""Rows in a page, as answers of the systems have them."""
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def write(folder: Path, resources: int) -> None:
    """Everything that a no-op plan reads."""
    (folder / BYTES).write_text(str(write_resources(folder, resources)), encoding="utf-8")
    wishes = load(folder, ENVIRONMENT, {}).required()
    rows: dict[str, list[Any]] = {}
    for want in wishes.resources.values():
        rows.setdefault(want.type.full_name, []).append([want.key, id_of(want), _values(want)])
    pages = [(name, of[at : at + PAGE]) for name, of in rows.items() for at in range(0, len(of), PAGE)]
    (folder / LIVE).write_bytes(b"".join(orjson.dumps(page) + b"\n" for page in pages))
    _ledger_of(wishes, LocalLedger(folder / LEDGER, ENVIRONMENT))


def read_ledger(folder: Path) -> Ledger:
    """The ledger, as an apply would find it."""
    return LocalLedger(folder / LEDGER, ENVIRONMENT).load()


def read_live(folder: Path) -> LiveState:
    """The rows as live state: page by page decoded, brought to canonical form and filed, as answers of a system."""
    readouts: dict[str, Readout] = {}
    with (folder / LIVE).open("rb") as pages:
        for page in pages:
            name, rows = orjson.loads(page)
            type, readout = types()[name], readouts.setdefault(name, Readout())
            for key, id, values in rows:
                readout.add(type, type.live(key, id, **values))
    return LiveState(readouts)


def id_of(want: Desired) -> str:
    """A live id as the systems give them, the same in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, want.address))


def _ledger_of(wishes: Wishes, book: LocalLedger) -> None:
    ledger = Ledger(Header.new(ENVIRONMENT))
    for want in wishes.resources.values():
        if want.mode != "refer":
            ledger.put(_entry(want, ledger))
        elif not want.type.read_only:
            entry = Entry(want.address, id_of(want), "referred", canon=want.type.canon)
            entry.follow(want)
            ledger.put(entry)
    book.flush(ledger)
    book.compact(ledger)


def _entry(want: Desired, ledger: Ledger) -> Entry:
    marks = {}
    for path, value in want.values.items():
        rule = want.type.field(path)
        if not rule.has(Verified) and not rule.has(CreateOnly):
            digest = ledger.digest(rule.canonical(value))
            marks[path] = Mark(digest, digest)
    return Entry(
        want.address,
        id_of(want),
        "ensured" if want.mode == "ensure" else "created",
        sorted({f"{origin.kind}/{origin.name}" for origin in want.origins}),
        sorted(want.needs),
        want.on_remove,
        want.type.canon,
        commit=COMMIT,
        fields=marks,
    )


def _values(want: Desired) -> dict[str, Any]:
    """The values nested by field, as a system's answer holds them; lists without an order come the other way round."""
    nested: dict[str, Any] = {}
    for path, value in want.values.items():
        name = field_of(path)
        rule = want.type.fields[name]
        if rule.has(Members):
            nested.setdefault(name, []).insert(0, steps_of(path)[0])
        elif rule.has(Each):
            _put(nested.setdefault(name, {}), steps_of(path), value)
        elif rule.has(Unordered) and value:
            nested[name] = list(reversed(value))
        else:
            nested[name] = value
    return nested


def _put(into: dict[str, Any], steps: Iterable[str], value: Any) -> None:
    *outer, last = steps
    for step in outer:
        into = into.setdefault(step, {})
    into[last] = value


if __name__ == "__main__":
    from compileall import compile_dir

    compile_dir(Path(reconciler.__file__).parent, quiet=1)  # as pip does with the peers when it installs them
    write(Path(sys.argv[1]), int(sys.argv[2]))
