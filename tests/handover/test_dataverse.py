"""Scripts between CluedIn and Dataverse, run against a stand-in for the Web API: each row once, as its mode says."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.handover.dataverse import MEANS

from ..support import SECRETS, Project
from .conftest import ROOT, Run
from .dataverse import INGESTION, TOKEN, Estate, Gone, serving

NAME = "customers_wide_v1"
INBOUND = f"{NAME}.inbound.crm-contacts.py"
CONTRACT = "exports/customers_wide_v1.yaml"
COLUMNS = ("customer_id", "customer_email", "customer_fullName", "customer_segment", "Name")


class Scripts:
    """What was handed over, run as it is."""

    def __init__(self, folder: Path, run: Run, estate: Estate, address: str) -> None:
        self.folder, self.hand_over, self.estate, self.address = folder, run, estate, address
        self.process: subprocess.Popen[str] | None = None
        self.made = folder / "handover" / "dataverse"

    def make(self, **said: Any) -> None:
        """Hands over, with other words in the contract's `dataverse`."""
        contract = self.folder / "manifests" / CONTRACT
        lines = "".join(f"    {name}: {json.dumps(value)}\n" for name, value in said.items())
        contract.write_text((ROOT / "manifests" / CONTRACT).read_text() + lines)
        assert self.hand_over("handover", "dataverse").code == 0

    def export(self, rows: list[dict[str, str]], name: str = "export.csv") -> Path:
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        return path

    def run(self, script: str, *words: str, **env: str) -> tuple[int, str, str]:
        """Exit code, report and what it tells; -9 where it was killed."""
        known = {"PATH": os.environ["PATH"], "DATAVERSE_URL": self.address, "DATAVERSE_TOKEN": TOKEN}
        known |= {"CLUEDIN_URL": self.address, "CLUEDIN_API_TOKEN": INGESTION, "DATA_SET_ID": "set"}
        known |= {"PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen(
            [sys.executable, str(self.made / script), *words],
            cwd=self.folder,
            env=known | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, err = self.process.communicate(timeout=120)
        return self.process.returncode, out, err

    def killed_at(self, chance: random.Random, most: int, *moments: str) -> None:
        """Kills the next run at one of its requests: before it, in the middle of its batch, or after it."""
        left, when = chance.randint(1, most), chance.choice(moments)

        def kill(moment: str) -> Callable[[int], None]:
            def at(_number: int) -> None:
                nonlocal left
                left -= moment == "before"
                if moment == when and left <= 0 and self.process is not None:
                    self.process.send_signal(signal.SIGKILL)
                    self.process.wait()
                    raise Gone

            return at

        for moment in ("before", "within", "after"):
            setattr(self.estate, moment, kill(moment))

    def unharmed(self) -> None:
        for moment in ("before", "within", "after"):
            setattr(self.estate, moment, lambda _number: None)


@pytest.fixture
def estate() -> Estate:
    return Estate()


@pytest.fixture
def scripts(offline: Path, run: Run, estate: Estate) -> Iterator[Scripts]:
    with serving(estate) as address:
        yield Scripts(offline, run, estate, address)


def customers(count: int, mark: str = "") -> list[dict[str, str]]:
    return [
        {
            "customer_id": f"C{at}",
            "customer_email": f"c{at}{mark}@example.com",
            "customer_fullName": f"O'Nälson {at}",
            "customer_segment": "" if at % 7 == 0 else "A",
            "Name": f"{at}",
        }
        for at in range(count)
    ]


# -- out ------------------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("write", sorted(MEANS))
def test_a_thousand_rows_are_there_once_whatever_kills_the_script(scripts: Scripts, estate: Estate, write: str) -> None:
    scripts.make(write=write, batch=20)
    path, chance = scripts.export(customers(1000)), random.Random(write)
    before = {}
    for at in range(1000 if write == "update_only" else 300):
        row = estate.add(new_customerid=f"C{at}", emailaddress1="before", description="of others")
        before[row["new_customerid"]] = row["contactid"]
    for _ in range(12):
        scripts.killed_at(chance, 45, "before", "within", "after")
        estate.busy, estate.busy_parts = chance.randint(0, 2), chance.randint(0, 2)
        assert scripts.run(f"{NAME}.outbound.py", str(path))[0] == -9
    scripts.unharmed()
    code, out, err = scripts.run(f"{NAME}.outbound.py", str(path))
    assert code == 0, err
    assert Counter(row["new_customerid"] for row in estate.rows) == Counter(f"C{at}" for at in range(1000))
    for row in estate.rows:
        assert row["contactid"] == before.get(row["new_customerid"], row["contactid"]), "none was made anew"
        kept = write == "create_only" and row["new_customerid"] in before
        assert row["emailaddress1"] == ("before" if kept else f"{row['new_customerid'].lower()}@example.com")
        assert row.get("description") == ("of others" if row["new_customerid"] in before else None)
    assert sum(value for name, value in json.loads(out).items() if name not in ("table", "write")) == 1000


@pytest.mark.parametrize(
    ("write", "new", "known"),
    [
        ("upsert", "written", "written"),
        ("create_only", "written", "there"),
        ("update_only", "absent", "written"),
        ("optimistic", "written", "written"),
    ],
)
def test_every_way_of_writing_does_what_the_page_says(
    scripts: Scripts, estate: Estate, write: str, new: str, known: str
) -> None:
    estate.add(new_customerid="C1", emailaddress1="before", new_fullname="O'Nälson 1", new_segment="A", fax="of others")
    scripts.make(write=write)
    code, out, err = scripts.run(f"{NAME}.outbound.py", str(scripts.export(customers(2))))
    assert (code, json.loads(out)) == (0, {"table": "contacts", "write": write, **Counter([new, known])}), err
    rows = {row["new_customerid"]: row for row in estate.rows}
    assert ("C0" in rows) == (new == "written")
    assert rows["C1"]["emailaddress1"] == ("before" if known == "there" else "c1@example.com")
    assert rows["C1"]["fax"] == "of others"
    if new == "written":
        assert (rows["C0"]["new_fullname"], rows["C0"]["new_segment"]) == ("O'Nälson 0", None)
    page = (ROOT / "docs" / "handover.md").read_text()
    assert f"| `{write}` | {MEANS[write]} |" in page


def test_what_others_write_in_between_is_looked_at_again(scripts: Scripts, estate: Estate) -> None:
    row = estate.add(new_customerid="C1", emailaddress1="before")
    scripts.make(write="optimistic")
    moments = iter(["once"])

    def others(key: str) -> None:
        if key == "C1" and next(moments, None):
            estate.touch(row, fax="of others", new_segment="A")

    estate.on_write = others
    path = str(scripts.export(customers(2)[1:]))
    code, out, _ = scripts.run(f"{NAME}.outbound.py", path)
    assert (code, json.loads(out)["written"]) == (0, 1)
    assert (row["emailaddress1"], row["fax"]) == ("c1@example.com", "of others")
    assert sum(path.endswith("$batch") for _, path in estate.requests) == 4, "look, write, look, write"
    assert json.loads(scripts.run(f"{NAME}.outbound.py", path)[1])["same"] == 1
    estate.touch(row, emailaddress1="again")
    estate.on_write = lambda key: estate.touch(row, fax="and again")
    code, out, err = scripts.run(f"{NAME}.outbound.py", path)
    assert (code, json.loads(out)["changing"]) == (5, 1)
    assert "was changed by others each time" in err
    assert row["emailaddress1"] == "again", "nothing was written over what nobody had looked at"


def test_a_busy_server_is_waited_for_as_it_says(scripts: Scripts, estate: Estate) -> None:
    scripts.make(batch=3)
    estate.busy, estate.busy_parts = 2, 4
    code, out, err = scripts.run(f"{NAME}.outbound.py", str(scripts.export(customers(5))))
    assert (code, json.loads(out)["written"], len(estate.rows)) == (0, 5, 5), err
    estate.busy, estate.retry_after = 100, "0"
    code, out, err = scripts.run(f"{NAME}.outbound.py", str(scripts.export(customers(1))))
    assert (code, out) == (1, "")
    assert "Number of requests exceeded" in err
    assert estate.busy == 92, "eight times"


def test_rows_that_cannot_be_written_are_told_and_the_others_are_written(scripts: Scripts, estate: Estate) -> None:
    rows = [*customers(3), *customers(1, "twice")]
    rows[1]["customer_id"], rows[2]["customer_id"] = "", "/Customer#CRM:7"
    scripts.make()
    code, out, err = scripts.run(f"{NAME}.outbound.py", str(scripts.export(rows)))
    assert (code, json.loads(out)) == (
        5,
        {"table": "contacts", "write": "upsert", "unfit": 2, "repeated": 1, "written": 1},
    )
    assert "new_customerid is empty" in err
    assert "has / :, which no alternate key may have" in err
    assert estate.rows[0]["emailaddress1"] == "c0@example.com", "the first of a key"
    estate.table = "accounts"
    code, out, err = scripts.run(f"{NAME}.outbound.py", str(scripts.export(rows[:1])))
    assert (code, json.loads(out)["refused"], "no such resource" in err) == (5, 1, True)


def test_what_the_contract_calls_numbers_is_sent_as_numbers(scripts: Scripts, estate: Estate) -> None:
    scripts.make()
    contract = scripts.folder / "manifests" / CONTRACT
    text = contract.read_text().replace("from: customer.id}", "from: customer.id, logical_type: integer}")
    contract.write_text(text.replace("from: customer.segment}", "from: customer.segment, logical_type: boolean}"))
    assert scripts.hand_over("handover", "dataverse").code == 0
    estate.add(new_customerid=7, new_segment=False)
    rows = [{"customer_id": "7", "customer_segment": "True"}, {"customer_id": "x8"}, {"customer_id": "9"}]
    (scripts.folder / "rows.json").write_text(
        "\n".join(json.dumps({**dict.fromkeys(COLUMNS, ""), **row}) for row in rows), encoding="utf-8"
    )
    code, out, err = scripts.run(f"{NAME}.outbound.py", "rows.json")
    assert (code, json.loads(out)["unfit"], json.loads(out)["written"]) == (5, 1, 2), err
    assert [(row["new_customerid"], row["new_segment"]) for row in estate.rows] == [(7, True), (9, None)]


NO_FILES: dict[str, tuple[bytes | None, str]] = {
    "missing.csv": (None, "missing.csv cannot be read: No such file or directory"),
    "latin.csv": ("customer_id\nfür".encode("latin-1"), "latin.csv cannot be read: it is not UTF-8"),
    "latin.json": ('{"customer_id": "für"}'.encode("latin-1"), "latin.json cannot be read: it is not UTF-8"),
    "broken.json": (b'[{"customer_id": ', "broken.json cannot be read: Expecting value"),
    "texts.json": (b'["customer_id"]', "texts.json cannot be read: a row of it is no JSON object"),
    "long.csv": (b"customer_id\n" + b"x" * 200_000, "long.csv cannot be read: field larger than"),
    "other.csv": (b"other\n1", "the file has no column 'customer_id': is it one of this export?"),
    "text.parquet": (b"no Parquet", "text.parquet"),
}


@pytest.mark.parametrize("name", NO_FILES)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(scripts: Scripts, estate: Estate, name: str) -> None:
    scripts.make()
    content, told = NO_FILES[name]
    if content is not None:
        (scripts.folder / name).write_bytes(content)
    code, out, err = scripts.run(f"{NAME}.outbound.py", name)
    assert (code, out, len(err.splitlines()), told in err) == (1, "", 1, True), err
    assert estate.rows == []


def test_packages_that_are_not_installed_are_named(scripts: Scripts) -> None:
    scripts.make()
    for package in ("pyarrow", "azure"):
        (scripts.made / f"{package}.py").write_text(f"raise ModuleNotFoundError({package!r})")
    code, _, err = scripts.run(f"{NAME}.outbound.py", str(scripts.export([], "rows.parquet")))
    assert (code, len(err.splitlines()), "the package pyarrow is not installed" in err) == (1, 1, True), err
    code, _, err = scripts.run(f"{NAME}.outbound.py", str(scripts.export(customers(1))), DATAVERSE_TOKEN="")
    told = "DATAVERSE_TOKEN is not set, and the package azure-identity is not installed"
    assert (code, err.strip()) == (1, told)


# -- in -------------------------------------------------------------------------------------------------------------

IN = ("--table", "contacts", "--id", "contactid")


def people(estate: Estate, count: int) -> None:
    for at in range(count):
        estate.add(fullname=f"O'Nälson {at}", emailaddress1=f"c{at}@example.com")


def records(estate: Estate) -> Iterator[dict[str, Any]]:
    """Records as a receiver has them that looks at keys of idempotency."""
    for body in {one.key: one.body for one in estate.posted}.values():
        yield from json.loads(body)


@pytest.mark.long
def test_a_thousand_rows_come_to_cluedin_once_whatever_kills_the_script(scripts: Scripts, estate: Estate) -> None:
    scripts.make()
    people(estate, 1000)
    program = scripts.made / INBOUND
    program.write_text(program.read_text().replace("PAGE = 500", "PAGE = 60").replace("BATCH = 500", "BATCH = 25"))
    chance, kills = random.Random(7), 0
    while True:
        scripts.killed_at(chance, 17, "before", "after") if kills < 12 else scripts.unharmed()
        estate.busy = chance.randint(0, 2)
        code, _, err = scripts.run(INBOUND, *IN)
        if code == 0:
            break
        assert code == -9, err
        kills += 1
    assert kills == 12
    assert Counter(one["contactid"] for one in records(estate)) == Counter(row["contactid"] for row in estate.rows)
    sent = {one.key: {other.body for other in estate.posted if other.key == one.key} for one in estate.posted}
    assert {len(bodies) for bodies in sent.values()} == {1}, "under one key the same bytes"
    assert len(estate.posted) - len(sent) <= kills, "again only where an answer was lost"
    came = len(estate.posted)
    assert json.loads(scripts.run(INBOUND, *IN)[1])["sent"] == 0
    assert len(estate.posted) == came
    estate.touch(estate.rows[3], emailaddress1="new@example.com")
    assert json.loads(scripts.run(INBOUND, *IN)[1])["sent"] == 1, "another state of a row is another key"


def test_rows_come_page_by_page_with_a_key_and_without_words_of_odata(scripts: Scripts, estate: Estate) -> None:
    scripts.make()
    people(estate, 1100)
    since = estate.rows[100]["modifiedon"]
    words = ("--select", "fullname", "--since", since, "--key-column", "sent_as")
    code, out, err = scripts.run(INBOUND, *IN, *words, CORRELATION_ID="run-7")
    assert (code, json.loads(out)) == (0, {"table": "contacts", "sent": 1000, "not_saved": 0}), err
    assert {one.correlation for one in estate.posted} == {"run-7"}
    found = list(records(estate))
    assert [one["contactid"] for one in found] == [row["contactid"] for row in estate.rows[100:]]
    assert {tuple(sorted(one)) for one in found} == {("contactid", "fullname", "modifiedon", "sent_as")}
    assert found[0]["sent_as"] == f"{found[0]['contactid']}|{since}"
    assert sum(method == "GET" for method, _ in estate.requests) == 2


def test_the_sandbox_takes_the_records(scripts: Scripts, estate: Estate, example: Project) -> None:
    assert example.apply().complete
    sets = example.http("GET", "/_sandbox/state")["cluedin"]["data-set"]
    data_set = next(iter(sets))
    scripts.make()
    people(estate, 3)
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    form["password"] = SECRETS["CLUEDIN_PASSWORD"]
    token = example.http("POST", "/auth/connect/token", data=form)["access_token"]
    code, out, err = scripts.run(INBOUND, *IN, CLUEDIN_URL=example.url, CLUEDIN_API_TOKEN=token, DATA_SET_ID=data_set)
    assert (code, json.loads(out)["sent"]) == (0, 3), err
    assert example.http("GET", "/_sandbox/state")["cluedin"]["data-set"][data_set]["records"] == 3
    assert token not in out + err


@pytest.mark.parametrize("missing", ["DATAVERSE_URL", "DATA_SET_ID", "CLUEDIN_API_TOKEN"])
def test_what_is_missing_is_named(scripts: Scripts, missing: str) -> None:
    scripts.make()
    code, _, err = scripts.run(INBOUND, *IN, **{missing: ""})
    assert (code, err.strip()) == (1, f"{missing} is not set")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("CLUEDIN_URL", "cluedin.example.com", "CLUEDIN_URL has to begin with https://"),
        ("STATE_FILE", "no/such/folder.sqlite", "STATE_FILE no/such/folder.sqlite: unable to open database file"),
        ("STATE_FILE", "manifests/labels.yaml", "STATE_FILE manifests/labels.yaml: file is not a database"),
    ],
)
def test_what_is_wrong_around_it_is_told_in_a_sentence(scripts: Scripts, name: str, value: str, told: str) -> None:
    scripts.make()
    code, _, err = scripts.run(INBOUND, *IN, **{name: value})
    assert (code, err.strip()) == (1, told)


def test_what_is_no_dataverse_is_told_in_a_sentence(scripts: Scripts, estate: Estate) -> None:
    scripts.make()
    estate._page = lambda *_words: (200, {}, {"welcome": "to another server"})  # type: ignore[method-assign]
    code, _, err = scripts.run(INBOUND, *IN)
    assert (code, err.strip()) == (1, "contacts: what answered is no page of rows: is DATAVERSE_URL right?")


def test_a_token_goes_nowhere_else(scripts: Scripts, estate: Estate) -> None:
    scripts.make()
    code, _, err = scripts.run(INBOUND, *IN, DATAVERSE_URL="http://example.com")
    assert (code, "has to begin with https://" in err) == (1, True)
    people(estate, 600)
    page = estate._page

    def elsewhere(*words: Any) -> Any:
        status, headers, body = page(*words)
        return status, headers, body | {"@odata.nextLink": "http://127.0.0.1:1/api/data/v9.2/contacts"}

    estate._page = elsewhere  # type: ignore[method-assign]
    code, _, err = scripts.run(INBOUND, *IN)
    assert (code, "lies at another address" in err) == (1, True)


# -- the contract -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        ({"key": "OriginEntityCode"}, "contract.dataverse_key", "no alternate key of Dataverse may have"),
        ({"key": "customer_segmnt"}, "contract.dataverse_key", "gives it no column of the table"),
    ],
)
def test_a_key_that_tells_no_row_apart_is_refused(scripts: Scripts, said: dict[str, str], code: str, told: str) -> None:
    contract = scripts.folder / "manifests" / CONTRACT
    lines = "".join(f"    {name}: {value}\n" for name, value in said.items())
    contract.write_text(contract.read_text() + lines)
    ran = scripts.hand_over("validate")
    assert (ran.code, f"[{code}]" in ran.out, told in ran.out) == (1, True, True), ran.out


@pytest.mark.parametrize(
    ("was", "line", "told"),
    [
        ("customer_email: emailaddress1", "customer_emial: emailaddress1", "Did you mean `customer_email`"),
        ("customer_email: emailaddress1", "customer_email: new_fullname", "would both fill `new_fullname`"),
    ],
)
def test_columns_are_those_of_the_export_each_for_one(scripts: Scripts, was: str, line: str, told: str) -> None:
    contract = scripts.folder / "manifests" / CONTRACT
    contract.write_text(contract.read_text().replace(was, line))
    ran = scripts.hand_over("validate")
    assert (ran.code, "[contract.dataverse_column]" in ran.out, told in ran.out) == (1, True, True), ran.out


def test_a_contract_without_a_table_has_nothing(scripts: Scripts) -> None:
    contract = scripts.folder / "manifests" / CONTRACT
    contract.write_text(contract.read_text().partition("  dataverse:")[0])
    ran = scripts.hand_over("handover", "dataverse")
    assert (ran.code, "it names no table of Dataverse" in ran.err) == (0, True)
