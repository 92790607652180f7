# Made by `reconciler handover dataverse` of ExportContract/customers_wide_v1 in sandbox, digest e42d68ca362d9717. Change the contract, not this file.
"""Writes the records of the export customers_wide_v1 to the table contacts of Dataverse; dataverse.py lies beside it.

    python customers_wide_v1.outbound.py EXPORTED_FILE

EXPORTED_FILE is the newest file of the export, fetched from the lake: Parquet (needs pyarrow), CSV, or JSON. The table needs
an active alternate key of new_customerid.

`write: upsert`: a row that is not there is made, one that is there is changed.
Run it again after whatever stopped it: each row is written by its alternate key, so that no row is made twice.

Exit code 0: each row is as the mode wants it. 5: some are not, and are told on stderr. 1: nothing more could be done.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from itertools import islice
from pathlib import Path

from dataverse import Dataverse, Failed, address

TABLE = "contacts"
KEY = ["customer_id"]  # columns of the export, whose columns in the table are the alternate key
COLUMNS = {"customer_id":"new_customerid","customer_email":"emailaddress1","customer_fullName":"new_fullname","customer_segment":"new_segment"}  # column of the export: column of the table
TYPES = {}  # what the contract lets readers take a column for; all others are text
WRITE = "upsert"
BATCH = 100
READ_AGAIN = 3

HOW = {
    "upsert": {},
    "create_only": {"If-None-Match": "*"},
    "update_only": {"If-Match": "*"},
}
GOOD = ("written", "same", "there", "absent")


def rows(path: Path):
    """The rows of an exported file; ends the script with one sentence where it cannot be read."""
    try:
        yield from _read(path)
    except ImportError:
        raise SystemExit(f"{path} is Parquet, and the package pyarrow is not installed") from None
    except OSError as error:
        raise SystemExit(f"{path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise SystemExit(f"{path} cannot be read: it is not UTF-8") from None
    except (ValueError, csv.Error) as error:  # pyarrow's own are ValueErrors too
        raise SystemExit(f"{path} cannot be read: {error}") from None


def _read(path: Path):
    if path.suffix == ".parquet":
        import pyarrow.parquet

        for part in pyarrow.parquet.ParquetFile(path).iter_batches(columns=list(COLUMNS)):
            yield from part.to_pylist()
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)
    else:
        text = path.read_text(encoding="utf-8-sig").strip()
        for row in json.loads(text) if text.startswith("[") else map(json.loads, text.splitlines()):
            if not isinstance(row, dict):
                raise ValueError("a row of it is no JSON object")
            yield row


def value(column: str, raw: object) -> object:
    """A value as the table takes it; raises `ValueError` for one that is not what the contract says."""
    if raw is None or raw == "":
        return None
    kind, text = TYPES.get(column), str(raw).strip()
    if kind == "integer":
        return int(text)
    if kind == "number":
        if not math.isfinite(number := float(text)):
            raise ValueError(f"{column} is no number")
        return number
    if kind == "boolean":
        if text.lower() not in ("true", "false", "1", "0"):
            raise ValueError(f"{column} is neither true nor false")
        return text.lower() in ("true", "1")
    return str(raw)


class Writer:
    """Writes rows, and counts what became of them."""

    def __init__(self, dataverse: Dataverse) -> None:
        self.dataverse = dataverse
        self.counts: dict[str, int] = {}
        self._seen: set[str] = set()

    def write(self, some: list[dict]) -> None:
        """A batch of rows."""
        wanted: dict[str, dict] = {}
        for row in some:
            try:
                values = {name: value(name, row[name]) for name in COLUMNS}
                where = address(TABLE, {COLUMNS[name]: values[name] for name in KEY})
            except ValueError as error:
                self.count("unfit", str(error))
                continue
            except KeyError as error:
                raise SystemExit(f"the file has no column {error}: is it one of this export?") from None
            if where in self._seen:
                self.count("repeated", f"{where} came before")
                continue
            self._seen.add(where)
            wanted[where] = {COLUMNS[name]: values[name] for name in COLUMNS if name not in KEY}
        if WRITE == "optimistic":
            self._after_a_look(wanted)
        elif wanted:
            asked = [("PATCH", where, HOW[WRITE], body) for where, body in wanted.items()]
            for (_, where, _, _), answer in zip(asked, self.dataverse.batch(asked)):
                self._judge(where, answer)

    def _after_a_look(self, wanted: dict[str, dict]) -> None:
        """Only what differs, and only over the state that was looked at."""
        left = wanted
        for _ in range(READ_AGAIN):
            left = self._look_and_write(left)
        for where in left:
            self.count("changing", f"{where} was changed by others each time")

    def _look_and_write(self, wanted: dict[str, dict]) -> dict[str, dict]:
        """Those that somebody else wrote between the look and the write."""
        if not wanted:
            return {}
        names = ",".join(sorted({name for body in wanted.values() for name in body}) or [COLUMNS[KEY[0]]])
        looks = self.dataverse.batch([("GET", f"{where}?$select={names}", {}, None) for where in wanted])
        asked = []
        for (where, body), answer in zip(wanted.items(), looks):
            if answer.status == 404:
                asked.append(("PATCH", where, {"If-None-Match": "*"}, body))
            elif answer.status != 200:
                self.count("refused", f"{where}: {answer.told}")
            else:
                live = json.loads(answer.body)
                differs = {name: new for name, new in body.items() if live.get(name) != new}
                if differs:
                    asked.append(("PATCH", where, {"If-Match": live["@odata.etag"]}, differs))
                else:
                    self.count("same")
        again = {}
        for (_, where, _, _), answer in zip(asked, self.dataverse.batch(asked) if asked else []):
            if answer.status in (404, 412):
                again[where] = wanted[where]
            else:
                self._judge(where, answer)
        return again

    def _judge(self, where: str, answer) -> None:
        if answer.status in (200, 201, 204):
            self.count("written")
        elif WRITE == "create_only" and answer.status == 412:
            self.count("there")
        elif WRITE == "update_only" and answer.status == 404:
            self.count("absent")
        else:
            self.count("refused", f"{where}: {answer.told}")

    def count(self, what: str, told: str = "") -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
        if told:
            print(f"{what}: {told}", file=sys.stderr)


def main(words: list[str]) -> int:
    if len(words) != 1:
        raise SystemExit("name the exported file")
    writer, left = Writer(Dataverse()), rows(Path(words[0]))
    try:
        while some := list(islice(left, BATCH)):
            writer.write(some)
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps({"table": TABLE, "write": WRITE, **writer.counts}))
    return 0 if writer.counts.keys() <= set(GOOD) else 5


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
