"""Scans at the push of a button."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler_sandbox.scan import pattern_of, qualified_name
from tests.sandbox._purview import Caller

FILE: dict[str, Any] = {
    "account": "contosolake",
    "filesystem": "mdm",
    "path": "exports/customers_wide_v1.parquet",
    "columns": ["id", {"name": "email", "type": "string"}],
}
NAME = "https://contosolake.dfs.core.windows.net/mdm/exports/customers_wide_v1.parquet"


def scan(call: Caller, status: int = 200, **more: Any) -> Any:
    answer = call.http.post("/_sandbox/scan", json={**FILE, **more})
    assert answer.status_code == status, answer.text
    return answer.json()


def columns(call: Caller, guid: str) -> list[str]:
    """The columns of a file, found the way clients find them."""
    schema = call.read(guid)["relationshipAttributes"]["tabular_schema"]["guid"]
    return sorted(item["displayText"] for item in call.read(schema)["relationshipAttributes"]["columns"])


def test_scan_finds_a_file_with_columns(call: Caller) -> None:
    found = scan(call)
    assert (found["typeName"], found["qualifiedName"]) == ("azure_datalake_gen2_path", NAME)
    entity = call.read(found["guid"])
    assert entity["attributes"]["name"] == "customers_wide_v1.parquet"
    assert entity["attributes"]["path"] == "/exports/customers_wide_v1.parquet"
    assert columns(call, found["guid"]) == ["email", "id"]
    email = call.read(found["columns"]["email"])
    assert email["attributes"]["qualifiedName"] == f"{NAME}#__tabular_schema//email"


def test_scan_is_found_by_search(call: Caller) -> None:
    scan(call)
    body = {"keywords": "customers_wide_v1", "filter": {"objectType": "Files"}, "limit": 5}
    answer = call("POST", "/datamap/api/search/query", body, **{"api-version": "2023-09-01"})
    assert [item["qualifiedName"] for item in answer["value"]] == [NAME]


def test_scanning_again_changes_what_is_there(call: Caller) -> None:
    first = scan(call)
    second = scan(call, columns=["id", "email", "city"])
    assert second["guid"] == first["guid"]
    assert columns(call, first["guid"]) == ["city", "email", "id"]


def test_resource_sets_have_placeholders(call: Caller) -> None:
    found = scan(call, resource_set=True, path="exports/customers_20240304135000.parquet")
    assert found["typeName"] == "azure_datalake_gen2_resource_set"
    assert found["qualifiedName"].endswith("/customers_{Year}{Month}{Day}{Hour}{Minute}{Second}.parquet")
    assert columns(call, found["guid"]) == ["email", "id"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/customers_wide_v1.csv", "a/customers_wide_v{N}.csv"),
        ("v2/51b1106a-5b27-433f-a788-838162fba5ac_1.csv", "v2/{GUID}_{N}.csv"),
        ("a/{N}.csv", "a/{N}.csv"),
        ("7.csv", "{N}.csv"),
    ],
)
def test_patterns(path: str, expected: str) -> None:
    assert pattern_of(path) == expected


def test_accounts_may_be_hosts() -> None:
    assert (
        qualified_name("https://x.dfs.core.windows.net/", "/a/", "/b.csv") == "https://x.dfs.core.windows.net/a/b.csv"
    )


def test_scan_checks_what_it_is_told(call: Caller) -> None:
    scan(call, 400, path="")
    scan(call, 400, color="red")
    scan(call, 400, columns=[1])
    assert call.http.post("/_sandbox/scan", json=[]).status_code == 400
