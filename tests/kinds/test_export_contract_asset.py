"""Which scanned asset an export arrived in, and what is put on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.kinds.export_contract.asset import fits
from reconciler.questions import Question
from reconciler.questions.assets import AssetAt, AssetsNamed, ScannedAsset, ScannedColumn
from reconciler.questions.flows import OutputsOf
from reconciler.questions.outbound import StreamNamed

from .conftest import document
from .contract_support import ANSWERS, CONTRACT, Bench, Judged

SET, PATH = "azure_datalake_gen2_resource_set", "azure_datalake_gen2_path"
BASE = "contosolake.dfs.core.windows.net/mdm/exports/customers_wide_v"
LAKE = f"https://{BASE}1"
ONE_FILE = f"{LAKE}/customers_wide_v1.parquet"
PLACEHOLDER = "purview.entity:cluedin_export_target/cluedin.target.customers_wide_v1"
STATES = (StreamNamed("customers_wide_v1"), StreamNamed("customers_wide_v2"))
PROCESS = "purview.entity:cluedin_export/cluedin.export.customers_wide_v1"


@pytest.fixture
def judge(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def asset(name: str, type: str = PATH, **columns: str) -> ScannedAsset:
    """A scanned asset; columns with one classification each, or none."""
    found = tuple(
        ScannedColumn(column, "string", f"column/{name}#__tabular_schema//{column}", frozenset(filter(None, [word])))
        for column, word in (columns or {"customer_id": "", "customer_email": ""}).items()
    )
    return ScannedAsset(type, name, name.rpartition("/")[2], found)


def scan(*assets: ScannedAsset) -> dict[Question, tuple[Any, ...]]:
    """The answers after a scan."""
    below = tuple(one for one in assets if f"{BASE}1" in one.qualified_name)
    return {**ANSWERS, AssetsNamed((SET, PATH), f"{BASE}1"): below, AssetsNamed((SET, PATH), BASE): assets}


def outputs(found: Judged) -> str:
    """What the export arrived in, by the lineage."""
    return found.resource(PROCESS).values["outputs"][1]  # type: ignore[no-any-return]


def test_before_a_scan_a_placeholder_stands_for_it(judge: Bench) -> None:
    found = judge(CONTRACT, answers=scan())
    assert found.resource(PLACEHOLDER)
    assert outputs(found) == PLACEHOLDER.partition(":")[2]
    assert judge.superseded(found) == set()


def test_a_scan_takes_its_place(judge: Bench) -> None:
    before = judge(CONTRACT, answers=scan())
    stand_ins = {one.address for one in before.resources if "cluedin.target." in one.address}
    found = judge(CONTRACT, answers=scan(asset(ONE_FILE)))
    assert outputs(found) == f"{PATH}/{ONE_FILE}"
    assert found.resource(f"purview.asset:{PATH}/{ONE_FILE}").mode == "refer"
    column = f"column/{ONE_FILE}#__tabular_schema//customer_email"
    for mark in ("purview.classification:CLUEDIN.PII", "purview.assignment:Enterprise/Customer/Email"):
        address = f"{mark}@{column}"
        assert f"purview.asset:{column}" in found.resource(address).needs
    assert not [one for one in found.resources if "cluedin.target." in one.address]
    assert judge.superseded(found) == stand_ins, "without pruning, and nothing else"
    [mapping] = found.resource(PROCESS).values["column_mapping"]
    assert mapping["DatasetMapping"]["Sink"] == ONE_FILE


def test_what_search_misses_today_is_not_given_up(judge: Bench) -> None:
    process = OutputsOf(*PROCESS.partition(":")[2].split("/", 1))
    stand_in = asset("cluedin.target.customers_wide_v1", "cluedin_export_target")
    found = judge(CONTRACT, answers=scan() | {process: (asset(ONE_FILE), stand_in)})
    assert outputs(found) == f"{PATH}/{ONE_FILE}"
    assert outputs(judge(CONTRACT, answers=scan() | {process: (stand_in,)})) == PLACEHOLDER.partition(":")[2]


@pytest.mark.parametrize(
    "name",
    [
        f"{LAKE}/customers_wide_v{{N}}.parquet",
        f"https://{BASE}{{N}}/customers_wide_v{{N}}.parquet",
        f"{LAKE}/{{SparkPartitions}}",
    ],
)
def test_names_of_resource_sets_are_read_as_patterns(judge: Bench, name: str) -> None:
    assert outputs(judge(CONTRACT, answers=scan(asset(name, SET)))) == f"{SET}/{name}"


def test_resource_sets_come_before_files_before_the_folder(judge: Bench) -> None:
    whole, file, folder = asset(f"{LAKE}/customers_wide_v{{N}}.parquet", SET), asset(ONE_FILE), asset(LAKE)
    assert outputs(judge(CONTRACT, answers=scan(folder, file, whole))) == whole.key
    assert outputs(judge(CONTRACT, answers=scan(folder, file))) == file.key
    assert outputs(judge(CONTRACT, answers=scan(folder))) == folder.key


def test_of_two_that_fit_nobody_guesses(judge: Bench) -> None:
    rivals = [asset(f"{LAKE}/{one}{{SparkPartitions}}", SET) for one in ("", "c")]
    found = judge(CONTRACT, answers=scan(*rivals))
    warning = found.one("contract.ambiguous_asset")
    assert warning.severity == "warning"
    assert "c{SparkPartitions}" in warning.summary
    assert "delivery.asset" in warning.detail
    assert found.resource(PLACEHOLDER)
    assert judge.superseded(found) == set()


def test_the_lineage_stays_where_it_leads_when_a_rival_appears(judge: Bench) -> None:
    rivals = [asset(f"{LAKE}/{one}{{SparkPartitions}}", SET) for one in ("", "c")]
    process = OutputsOf(*PROCESS.partition(":")[2].split("/", 1))
    found = judge(CONTRACT, answers=scan(*rivals) | {process: (rivals[1],)})
    assert outputs(found) == rivals[1].key
    assert "keeps leading" in found.one("contract.ambiguous_asset").detail


def test_one_that_takes_in_two_contracts_is_not_taken(judge: Bench) -> None:
    second = CONTRACT.replace("customers_wide_v1", "customers_wide_v2")
    both = asset(f"https://{BASE}{{N}}/customers_wide_v{{N}}.parquet", SET)
    answers = scan(both) | {AssetsNamed((SET, PATH), f"{BASE}2"): ()}
    answers |= dict.fromkeys(STATES, ())
    found = judge(CONTRACT, document("ExportContract", "customers_wide_v2", second), answers=answers)
    said = [one.summary for one in found.findings if one.code == "contract.ambiguous_asset"]
    assert len(said) == 2
    assert "`customers_wide_v2`" in said[0]
    assert found.resource(PLACEHOLDER)


def test_single_files_are_not_taken_for_the_export(judge: Bench) -> None:
    timed = CONTRACT.replace("overwrite: true", "overwrite: false")
    loose = asset(f"{LAKE}/customers_wide_v1_20251121070000.parquet")
    found = judge(timed, answers=scan(loose))
    assert "contract.asset_loose" in found.codes
    gathered = asset(f"{LAKE}/customers_wide_v{{N}}_{{Year}}{{Month}}{{Day}}{{Hour}}{{Minute}}{{Second}}.parquet", SET)
    assert outputs(judge(timed, answers=scan(loose, gathered))) == gathered.key


def test_an_asset_may_be_named(judge: Bench) -> None:
    named = CONTRACT.replace(
        "  overwrite: true\n", f"  overwrite: true\n  asset: {{type: {SET}, qualified_name: '{LAKE}/x'}}\n"
    )
    there = judge(named, answers={**ANSWERS, AssetAt(SET, f"{LAKE}/x"): (asset(f"{LAKE}/x", SET),)})
    assert outputs(there) == f"{SET}/{LAKE}/x"
    missing = judge(named, answers={**ANSWERS, AssetAt(SET, f"{LAKE}/x"): ()})
    assert missing.one("contract.asset_missing").severity == "warning"
    assert missing.resource(PLACEHOLDER)


@pytest.mark.parametrize(("word", "placeholder"), [("none", False), ("placeholder", True)])
def test_the_lineage_may_end_at_the_target_or_the_placeholder(judge: Bench, word: str, placeholder: bool) -> None:
    contract = CONTRACT.replace("  overwrite: true\n", f"  overwrite: true\n  asset: {word}\n")
    found = judge(contract, answers=scan(asset(ONE_FILE)))
    assert len(found.resource(PROCESS).values["outputs"]) == 1 + placeholder
    assert (judge.superseded(found) == set()) is placeholder


def test_a_column_that_the_scan_lacks_is_said(judge: Bench) -> None:
    found = judge(CONTRACT, answers=scan(asset(ONE_FILE, customer_id="")))
    assert found.one("contract.column_missing_in_scan").severity == "warning"


def test_what_the_scanner_found_and_no_label_says(judge: Bench) -> None:
    email = "MICROSOFT.PERSONAL.EMAIL"
    suggested = judge(CONTRACT, answers=scan(asset(ONE_FILE, customer_id=email, customer_email=email)))
    finding = suggested.one("label.detected")
    assert (finding.severity, "`PII`" in finding.summary) == ("warning", True), "customer_email has the label"
    unknown = judge(CONTRACT, answers=scan(asset(ONE_FILE, customer_id="MICROSOFT.PERSONAL.AGE", customer_email="")))
    assert unknown.one("label.detected").severity == "info"
    assert not [one for one in suggested.resources if email in one.address], "never written"


@pytest.mark.parametrize(
    ("folder", "asked", "scanned"),
    [
        ("exports/2026/customers", "exports/", "exports/{Year}/customers"),
        ("exports/2026/09/customers", "exports/", "exports/{Year}/{Month}/customers"),
        ("exports/v2/customers", "exports/v", "exports/v{N}/customers"),
        ("exports/en-us/customers", "exports/", "exports/{LOC}/customers"),
        ("exports/0f8fad5b-d9cb-469f-a165-70867728950e/x", "exports/", "exports/{GUID}/x"),
        ("exports/feed1/x", "exports/", "exports/{HEX}/x"),
        ("exports/people", "exports/people", "exports/people"),
    ],
)
def test_a_folder_that_the_scanner_generalises_is_found(judge: Bench, folder: str, asked: str, scanned: str) -> None:
    lake = "contosolake.dfs.core.windows.net/mdm"
    row = asset(f"https://{lake}/{scanned}/customers_wide_v{{N}}.parquet", SET)
    contract = CONTRACT.replace("exports/customers_wide_v1/", folder)
    found = judge(contract, answers={**ANSWERS, AssetsNamed((SET, PATH), f"{lake}/{asked}"): (row,)})
    assert outputs(found) == row.key


def test_a_placeholder_that_nobody_knows_is_no_silence(judge: Bench) -> None:
    lake = "contosolake.dfs.core.windows.net/mdm"
    row = asset(f"https://{lake}/exports/{{Era}}/customers/customers_wide_v{{N}}.parquet", SET)
    contract = CONTRACT.replace("exports/customers_wide_v1/", "exports/2026/customers")
    found = judge(contract, answers={**ANSWERS, AssetsNamed((SET, PATH), f"{lake}/exports/"): (row,)})
    warning = found.one("contract.asset_unsure")
    assert warning.severity == "warning"
    assert "`{Era}`" in warning.summary
    assert row.qualified_name in warning.detail
    assert found.resource(PLACEHOLDER), "nobody guesses"
    elsewhere = asset(f"https://{lake}/exports/{{Era}}/products/products_v{{N}}.parquet", SET)
    other = judge(contract, answers={**ANSWERS, AssetsNamed((SET, PATH), f"{lake}/exports/"): (elsewhere,)})
    assert "contract.asset_unsure" not in other.codes


@pytest.mark.parametrize(
    ("name", "path", "fit"),
    [
        ("a/x_{N}.parquet", "a/x_12.parquet", True),
        ("a/x_{N}.parquet", "a/x_.parquet", False),
        ("a/{GUID}.csv", "a/0f8fad5b-d9cb-469f-a165-70867728950e.csv", True),
        ("a/{Year}/{Month}/{N}.csv", "a/2026/01/7.csv", True),
        ("a/{HEX}.csv", "a/ff0a.csv", True),
        ("a/{LOC}.csv", "a/en-us.csv", True),
        ("a/x.csv", "a/xXcsv", False),
        ("a/{Unknown}.csv", "a/7.csv", False),
    ],
)
def test_placeholders_of_scanners(name: str, path: str, fit: bool) -> None:
    assert fits(name, path) is fit
