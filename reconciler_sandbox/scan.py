"""A scan that finds one exported file, at the push of a button: `POST /_sandbox/scan`.

The body names where the file is and what is in it:

    {"account": "contosolake", "filesystem": "mdm", "path": "exports/customers.parquet",
     "columns": ["id", {"name": "email", "type": "string", "classifications": ["MICROSOFT.PERSONAL.EMAIL"]}],
     "resource_set": false, "collection": "Raw's name"}

What a scan leaves behind are a file or a resource set, its `tabular_schema` and its `column` entities ([B] from
recorded answers). In the names of resource sets, digits, times and GUIDs give way to placeholders; which ones a
real scanner picks cannot be foreseen ([C]), so a path that holds braces is taken as it is.
"""

from __future__ import annotations

import re
from typing import Any

from reconciler_sandbox.purview import Purview
from reconciler_sandbox.purview.entities import Write
from reconciler_sandbox.purview.errors import bad_request
from reconciler_sandbox.web import Request, Response

Doc = dict[str, Any]

_KNOWN = {"account", "filesystem", "path", "columns", "resource_set", "collection", "size"}
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_TIME = re.compile(r"(?<!\d)\d{14}(?!\d)")
_FILE, _SET = "azure_datalake_gen2_path", "azure_datalake_gen2_resource_set"


def answer(purview: Purview, request: Request) -> Response:
    """Runs the scan and says what it found: guids by name."""
    body = request.json()
    if not isinstance(body, dict):
        bad_request("a JSON object is expected")
    return Response(200, find(purview, body))


def find(purview: Purview, given: Doc) -> Doc:
    """Writes the entities of one file; scanning it again changes those that are there."""
    unknown = sorted(set(given) - _KNOWN)
    missing = [name for name in ("account", "filesystem", "path") if not str(given.get(name) or "").strip("/ ")]
    if unknown or missing:
        bad_request(f"unknown members: {unknown}, missing members: {missing}")
    entities = _entities(given)
    write = Write()
    with purview.core.store.transaction():
        purview.entities.upsert(entities, write)
        for guid in write.assigned.values() if given.get("collection") else ():
            doc = purview.entities.get(guid, latest=True)
            purview.entities.save(doc | {"collectionId": given["collection"]})
    columns = {
        one["attributes"]["name"]: write.assigned[one["guid"]] for one in entities if one["typeName"] == "column"
    }
    file = next(one for one in entities if one["typeName"] in (_FILE, _SET))
    return {
        "guid": write.assigned[file["guid"]],
        "typeName": file["typeName"],
        "qualifiedName": file["attributes"]["qualifiedName"],
        "columns": columns,
    }


def qualified_name(account: str, filesystem: str, path: str) -> str:
    """The name of a file in the lake ([B])."""
    host = account.removeprefix("https://").rstrip("/")
    host = host if "." in host else f"{host}.dfs.core.windows.net"
    return f"https://{host}/{filesystem.strip('/')}/{path.strip('/')}"


def pattern_of(path: str) -> str:
    """The name of the resource set that a path falls into ([C])."""
    if "{" in path:
        return path
    folder, _, name = path.rpartition("/")
    name = _GUID.sub("{GUID}", name)
    name = _TIME.sub("{Year}{Month}{Day}{Hour}{Minute}{Second}", name)
    return f"{folder}/{re.sub(r'[0-9]+', '{N}', name)}".lstrip("/")


def _entities(given: Doc) -> list[Doc]:
    """The file with what is around it, below temporary guids."""
    path = str(given["path"]).strip("/")
    if given.get("resource_set"):
        path = pattern_of(path)
    name = qualified_name(str(given["account"]), str(given["filesystem"]), path)
    base = name.removesuffix(f"/{path}")
    filesystem = _entity("-1", "azure_datalake_gen2_filesystem", base, base.rpartition("/")[2])
    file = _entity("-2", _SET if given.get("resource_set") else _FILE, name, path.rpartition("/")[2])
    file["relationshipAttributes"] = {"filesystem": {"guid": "-1"}}
    if not given.get("resource_set"):
        file["attributes"] |= {"path": f"/{path}", "isFile": True, "size": given.get("size") or 0}
    schema = _entity("-3", "tabular_schema", f"{name}#__tabular_schema", "tabular_schema")
    schema["relationshipAttributes"] = {"schemaOfDatasets": [{"guid": "-2"}]}
    columns = [_column(name, place, one) for place, one in enumerate(given.get("columns") or [])]
    return [filesystem, file, schema, *columns]


def _column(file: str, place: int, given: Any) -> Doc:
    """A column, from its name or from an object with name, type and classifications."""
    one = given if isinstance(given, dict) else {"name": given}
    if not isinstance(one.get("name"), str) or not one["name"]:
        bad_request("a column needs a name")
    found = _entity(f"-{place + 4}", "column", f"{file}#__tabular_schema//{one['name']}", one["name"])
    found["attributes"]["type"] = one.get("type") or "string"
    found["relationshipAttributes"] = {"composeSchema": {"guid": "-3"}}
    if one.get("classifications"):
        found["classifications"] = [{"typeName": name} for name in one["classifications"]]
    return found


def _entity(guid: str, type_name: str, qualified: str, name: str) -> Doc:
    return {"guid": guid, "typeName": type_name, "attributes": {"qualifiedName": qualified, "name": name}}
