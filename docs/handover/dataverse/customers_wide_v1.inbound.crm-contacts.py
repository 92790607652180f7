# Made by `reconciler handover dataverse` of ExportContract/customers_wide_v1 in sandbox, digest 4e598d7c94fada42. Change the contract, not this file.
"""Sends rows of Dataverse to the data set of the DataSourceLink crm-contacts in CluedIn; dataverse.py lies beside it.

    python customers_wide_v1.inbound.crm-contacts.py --table contacts --id contactid [--select contactid,fullname,emailaddress1] [--since 2026-01-31T00:00:00Z]

Needed: DATA_SET_ID and CLUEDIN_API_TOKEN, a token for ingestion; CLUEDIN_URL where it is not http://127.0.0.1:8180.

A row goes once for each state of it: its key is `id|modifiedon`, and STATE_FILE (default: sandbox.crm-contacts.sqlite) keeps which went. What is
about to be sent is written there first, so that a batch whose answer was lost goes again with the same bytes and the same
`Idempotency-Key`. CluedIn is not documented to look at that key: where it does not, such a batch stands twice among the
records of the data set, and records of one primary identifier become one. `--key-column NAME` puts the key of each row into
a column too; map it or ignore it in the link. Without STATE_FILE, or with another, everything is sent.

`--since` leaves out what was changed before; a row that is deleted in Dataverse is not noticed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sqlite3
import sys
import uuid

from dataverse import Dataverse, Failed, needed, send

URL = "http://127.0.0.1:8180"
STATE = "sandbox.crm-contacts.sqlite"
PAGE = 500
BATCH = 500
MODIFIED = "modifiedon"


class Sent:
    """Which rows went, in a file that is written before anything is sent."""

    def __init__(self, path: str) -> None:
        try:
            self._file = sqlite3.connect(path)
            self._file.execute("pragma locking_mode = exclusive")  # one run at a time; it ends with the process
            self._file.executescript(
                "create table if not exists batch (id text primary key, body blob, done integer not null);"
                "create table if not exists row (key text primary key, batch text not null);"
                "begin exclusive; commit;"
            )
        except sqlite3.Error as error:
            raise SystemExit(f"STATE_FILE {path}: {error}{': does another run use it?' * ('locked' in str(error))}") from None

    def new(self, keys: list[str]) -> set[str]:
        """Those that were never about to be sent."""
        return {key for key in keys if not self._file.execute("select 1 from row where key = ?", (key,)).fetchone()}

    def begin(self, id: str, body: bytes, keys: list[str]) -> None:
        with self._file:
            self._file.execute("insert into batch values (?, ?, 0)", (id, body))
            self._file.executemany("insert into row values (?, ?)", [(key, id) for key in keys])

    def end(self, id: str) -> None:
        with self._file:  # its rows are kept by their keys alone
            self._file.execute("update batch set done = 1, body = null where id = ?", (id,))

    def forget(self, id: str) -> None:
        with self._file:
            self._file.execute("delete from row where batch = ?", (id,))
            self._file.execute("delete from batch where id = ?", (id,))

    def open_ones(self) -> list[tuple[str, bytes]]:
        """Batches of an earlier run whose end nobody knows."""
        return self._file.execute("select id, body from batch where done = 0 order by rowid").fetchall()


class Refused(Failed):
    """A batch of which CluedIn can read nothing."""


class CluedIn:
    """The ingestion endpoint of one data set."""

    def __init__(self) -> None:
        root = (os.environ.get("CLUEDIN_URL") or URL).rstrip("/")
        if not root.startswith(("https://", "http://")):
            raise SystemExit("CLUEDIN_URL has to begin with https://")
        self.address = f"{root}/upload/api/endpoint/{needed('DATA_SET_ID')}"
        self.token = needed("CLUEDIN_API_TOKEN")
        self.run = os.environ.get("CORRELATION_ID") or str(uuid.uuid4())

    def take(self, id: str, body: bytes) -> int:
        """Sends a batch; how many records of it were not saved."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": id,
            "X-Correlation-Id": self.run,
        }
        answer = send("POST", self.address, lambda: headers, body)
        if answer.status == 400:
            raise Refused(f"CluedIn cannot read the batch: {answer.body[:300].decode(errors='replace')}")
        if answer.status not in (200, 201, 202):
            raise Failed(f"CluedIn took no records: HTTP {answer.status}")
        try:
            said = json.loads(answer.body)
        except ValueError:
            return 0
        return int(said.get("errorsCount") or bool(said.get("error"))) if isinstance(said, dict) else 0


def key_of(row: dict, id_column: str) -> str:
    return f"{row[id_column]}|{row.get(MODIFIED) or row.get('@odata.etag', '')}"


def as_record(row: dict, key: str, key_column: str) -> dict:
    """A row without what OData says about it."""
    record = {name: value for name, value in row.items() if "@" not in name}
    return {**record, key_column: key} if key_column else record


def pages(dataverse: Dataverse, asked: argparse.Namespace):
    """Pages of a table in the order in which rows were changed, so that what changes meanwhile comes at the end."""
    query = {"$orderby": f"{MODIFIED},{asked.id}"}
    if asked.select:
        query["$select"] = ",".join(dict.fromkeys([asked.id, *asked.select.split(","), MODIFIED]))
    if asked.since:
        query["$filter"] = f"{MODIFIED} ge {asked.since}"
    return dataverse.pages(asked.table, query, PAGE)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser()
    for name in ("--table", "--id"):
        parser.add_argument(name, required=True)
    for name in ("--select", "--since", "--key-column"):
        parser.add_argument(name, default="")
    asked = parser.parse_args(words)
    sent, cluedin = Sent(os.environ.get("STATE_FILE") or STATE), CluedIn()
    went, failed = 0, 0

    def take(id: str, body: bytes) -> int:
        """Sends a batch; what CluedIn cannot read is made anew in the next run, as none of it was saved."""
        try:
            not_saved = cluedin.take(id, body)
        except Refused:
            sent.forget(id)
            raise
        sent.end(id)
        return not_saved

    try:
        for id, body in sent.open_ones():
            failed += take(id, body)
        for page in pages(Dataverse(), asked):
            keyed = {key_of(row, asked.id): row for row in page}
            new = sent.new(list(keyed))
            keys = [key for key in keyed if key in new]
            for at in range(0, len(keys), BATCH):
                some = keys[at : at + BATCH]
                records = [as_record(keyed[key], key, asked.key_column) for key in some]
                id, body = hashlib.sha256("\n".join(some).encode()).hexdigest(), json.dumps(records).encode()
                sent.begin(id, body, some)
                failed += take(id, body)
                went += len(some)
    except KeyError as error:
        print(f"the rows have no column {error}", file=sys.stderr)
        return 1
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps({"table": asked.table, "sent": went, "not_saved": failed}))
    return 5 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
