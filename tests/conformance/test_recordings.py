"""Asked what Microsoft's SDK tests asked the real service, the sandbox answers alike.

The recordings are read where they are at hand. Alike means: the same status, the headers that matter, and the same
fields with the same types; values that a service makes up (ids, times, scores) are its own.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from reconciler_sandbox.server import Running, running

from .. import portal
from . import reviewed
from .reference import load, reference

pytestmark = pytest.mark.long

CASES = (
    "java_administration_testCollections",
    "java_administration_testGetAccount",
    "java_administration_testUpdatePolicy",
    "java_catalog_testListGlossaries",
    "java_datamap_getTypeByName",
    "js_catalog_create_a_glossary",
    "js_catalog_lro_import_terms",
    "js_datamap_create_a_glossary",
    "js_datamap_get_glossary",
    "js_datamap_import_entity_business_metadata",
    "net_account_GetTask",
    "net_administration_GetMetadataPolicy",
    "net_administration_MetadataRoles_List",
    "net_administration_UpdateTask",
    "net_datamap_GetGlossary",
    "net_datamap_GetTypes",
    "net_datamap_Search",
    "python_administration_collections_list",
    "python_administration_listkeys_404",
    "python_administration_meta_policy",
    "python_administration_meta_roles",
)
NOT_THERE = {
    "adf_": "Azure Data Factory is not in the sandbox",
    "java_scanning_": "scanning is not in the sandbox",
    "java_sharing_": "sharing is not in the sandbox",
    "js_scanning_": "scanning is not in the sandbox",
    "net_arm_": "Azure Resource Manager is not in the sandbox",
    "net_workflow_": "workflows are not in the sandbox",
    "python_datamap_typedefs_403": "compared whole in test_a_refusal_of_the_gateway",
    "python_scanning_": "scanning is not in the sandbox",
}
HEADERS = (
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
    "cache-control",
    "content-type",
    "etag",
    "expires",
    "last-modified",
    "pragma",
    "retry-after",
    "server",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "x-xss-protection",
)
"""Compared by value; those that a recording does not have must be missing."""
PRESENT = ("x-ms-request-id", "x-ms-correlation-request-id", "api-supported-versions", "location", "operation-location")
"""Compared by being there."""


@pytest.fixture
def server() -> Iterator[Running]:
    with running(seed="empty", stale_policy=0) as found:
        yield found


def test_every_recording_is_compared_or_left_out() -> None:
    names = {path.stem.removesuffix(".truncated") for path in reference("purview/recordings").glob("*.json")}
    left = {name for name in names if any(name.startswith(start) for start in NOT_THERE)}
    assert names - left == set(CASES)
    assert all(any(name.startswith(start) for name in names) for start in NOT_THERE)


@pytest.mark.parametrize("name", CASES)
def test_the_sandbox_answers_alike(name: str, server: Running) -> None:
    entries = load(f"purview/recordings/{name}.json")["Entries"]
    entries = [one for one in entries if "login.microsoftonline.com" not in one["RequestUri"]]
    _prepare(server, entries)
    ids = _policy_ids(server, entries)
    faults: list[str] = []
    for number, entry in enumerate(entries, start=1):
        answer = _ask(server, entry, ids)
        faults += [f"{number}: {fault}" for fault in _differences(entry, answer)]
    known = {one for one in reviewed.RECORDINGS if one.startswith(f"{name} ")}
    assert {f"{name} {fault}" for fault in faults} == known


def test_a_refusal_of_the_gateway() -> None:
    """Who has no role gets the recorded body; in the sandbox writes are refused, as it has no account without roles."""
    entry = load("purview/recordings/python_datamap_typedefs_403.json")["Entries"][-1]
    entity = {"typeName": "DataSet", "attributes": {"qualifiedName": "one", "name": "one"}}
    with running(seed="empty", forbidden_collections=("contoso-purview",)) as server:
        answer = _call(server, "POST", "/datamap/api/atlas/v2/entity", json={"entity": entity})
    assert answer.status_code == entry["StatusCode"]
    assert answer.json() == json.loads(base64.b64decode(entry["ResponseBody"]))


def _prepare(server: Running, entries: list[dict[str, Any]]) -> None:
    """What the recorded account had: its glossaries."""
    for entry in entries:
        body = _body(entry)
        for row in body if isinstance(body, list) else (body or {}).get("value", ()) if isinstance(body, dict) else ():
            if "guid" in row or row.get("glossaryType") == "AtlasGlossary":
                words = ("name", "shortDescription", "longDescription", "language", "usage", "contacts")
                wanted = {key: row[key] for key in words if key in row}
                if row.get("contact"):
                    wanted["contacts"] = {one["contactType"]: [{"id": one["id"]}] for one in row["contact"]}
                _call(server, "POST", "/datamap/api/atlas/v2/glossary", json=wanted).raise_for_status()
        named = re.search(r"/glossary/name/([^/]+)/", entry["RequestUri"])
        if named:
            _call(server, "POST", "/datamap/api/atlas/v2/glossary", json={"name": named[1]}).raise_for_status()


def _policy_ids(server: Running, entries: list[dict[str, Any]]) -> dict[str, str]:
    """The recorded policies that are asked for by their id, each as the root's of this server."""
    found = [re.search("/metadataPolicies/([0-9a-f-]{36})", one["RequestUri"]) for one in entries]
    [root] = _call(server, "GET", "/policystore/metadataPolicies").json()["values"]
    return {one[1]: root["id"] for one in found if one}


def _call(server: Running, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"authorization": "Bearer token", **more.pop("headers", {})}
    return portal.request(method, server.url + path, headers=headers, timeout=30, **more)


def _ask(server: Running, entry: dict[str, Any], ids: dict[str, str]) -> httpx.Response:
    """The recorded request, with the ids that this server gave."""
    uri = urlsplit(entry["RequestUri"])
    path = uri.path + (f"?{uri.query}" if uri.query else "")
    wanted = {key.lower(): value for key, value in entry["RequestHeaders"].items()}
    headers = {"x-ms-client-request-id": wanted.get("x-ms-client-request-id") or "11111111-2222-3333-4444-555555555555"}
    for old, new in ids.items():
        path = path.replace(old, new)
    sent = entry.get("RequestBody")
    more: dict[str, Any] = {}
    if isinstance(sent, (dict, list)):
        more["json"] = sent
    elif isinstance(sent, str):
        more["content"] = base64.b64decode(sent)
        boundary = more["content"].partition(b"\r\n")[0].removeprefix(b"--").decode()
        headers["content-type"] = f"multipart/form-data; boundary={boundary}"
    answer = _call(server, entry["RequestMethod"], path, headers=headers, **more)
    recorded = _body(entry)
    if isinstance(recorded, dict) and isinstance(recorded.get("id"), str) and answer.is_success:
        ids[recorded["id"]] = str(answer.json().get("id"))
    return answer


def _body(entry: dict[str, Any]) -> Any:
    """A recorded answer: JSON, JSON in a string, or that in base64."""
    body = entry.get("ResponseBody")
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except ValueError:
        return json.loads(base64.b64decode(body))


def _differences(entry: dict[str, Any], answer: httpx.Response) -> list[str]:
    found = []
    if answer.status_code != entry["StatusCode"]:
        found.append(f"status {answer.status_code}, recorded {entry['StatusCode']}")
    recorded = {key.lower(): value for key, value in entry["ResponseHeaders"].items()}
    for name in HEADERS:
        want = recorded.get(name)
        want = ",".join(want) if isinstance(want, list) else want
        if _plain(want) != _plain(answer.headers.get(name)):
            found.append(f"header {name}: {answer.headers.get(name)}, recorded {want}")
    for name in PRESENT:
        if (name in recorded) != (name in answer.headers):
            found.append(f"header {name} is {'there' if name in answer.headers else 'missing'}")
    return found + _fields(_body(entry), answer.json() if answer.content else None, "")


def _plain(value: str | None) -> str | None:
    return value and value.replace(" ", "").lower()


def _fields(want: Any, have: Any, where: str) -> list[str]:
    """Fields that one has and the other has not, and those of another type."""
    if isinstance(want, dict) and isinstance(have, dict):
        found = [f"field {where}.{key} is missing" for key in want.keys() - have.keys()]
        found += [f"field {where}.{key} is not recorded" for key in have.keys() - want.keys()]
        return found + [
            one for key in want.keys() & have.keys() for one in _fields(want[key], have[key], f"{where}.{key}")
        ]
    if isinstance(want, list) and isinstance(have, list):
        if not want or not have:
            return [] if bool(want) == bool(have) else [f"field {where}: {len(have)} items, recorded {len(want)}"]
        return list(
            dict.fromkeys(one for row in have[: len(want)] for one in _fields(_like(row, want), row, f"{where}[]"))
        )
    if _type(want) != _type(have):
        return [f"field {where}: {_type(have)}, recorded {_type(want)}"]
    return []


def _like(row: Any, rows: list[Any]) -> Any:
    """The recorded row that a row is to be compared with: of the same name, else with the same fields, else the first.

    A row without a name is compared with one of its fields, so that a field must have been recorded beside the others.
    """
    if not isinstance(row, dict):
        return rows[0]
    alike = [one for one in rows if isinstance(one, dict) and one.keys() == row.keys()]
    name = row.get("name")
    return next((one for one in rows if isinstance(one, dict) and name and one.get("name") == name),
                alike[0] if alike and not name else rows[0])  # fmt: skip


def _type(value: Any) -> str:
    return {bool: "boolean", int: "number", float: "number", str: "string", type(None): "null"}.get(
        type(value), type(value).__name__
    )
