"""schemathesis asks the sandbox everything that the data map's contract allows, and much that it does not."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler_sandbox.server import Running, running

from .datamap.world import EXTRACT, TABLE, World, table
from .openapi import document
from .tables import need
from .test_datamap import datamap_client

pytestmark = pytest.mark.long

GROUPS = {
    "types": r"^/(atlas/v2/)?types/",
    "glossaries": r"^/atlas/v2/glossary(?!/terms?\b)",
    "terms": r"^/atlas/v2/glossary/terms?\b",
    "others": r"^/(atlas/v2/)?(entity|relationship|lineage|search)",
}
"""One run each, so that each is short."""
EXAMPLES = "3"
OPAQUE = {"DateFormat": "Java's own object, which holds itself: nothing is ever written in it"}
"""Models that are not followed into their fields."""


@pytest.fixture
def world() -> Iterator[tuple[Running, World]]:
    need("schemathesis")
    with running(seed="empty") as server, datamap_client(server.url) as client:
        import httpx

        body = {"friendlyName": "Staging", "parentCollection": {"referenceName": "contoso-purview"}}
        headers = {"authorization": "Bearer token"}
        httpx.put(f"{server.url}/account/collections/staging", json=body, headers=headers).raise_for_status()
        made = World(client)
        client.entity.add_classifications(made.extract, [{"typeName": "Contoso.Confidential"}])
        yield server, made


def described(group: str, world: World) -> dict[str, Any]:
    """The contract of one group, with the ids of things that are there as examples of parameters."""
    whole = copy.deepcopy(document())
    whole["paths"] = {path: item for path, item in whole["paths"].items() if re.match(GROUPS[group], path)}
    for name in OPAQUE:
        whole["components"]["schemas"][name] = {"type": "object"}
    for path, item in whole["paths"].items():
        names = {parameter["name"] for entry in item.values() for parameter in entry["parameters"]}
        examples = {name: example for name in names if (example := _example(path, name, world)) is not None}
        for entry in item.values():
            for parameter in entry["parameters"]:
                if parameter["name"] in examples:
                    parameter["example"] = examples[parameter["name"]]
    return whole


def _example(path: str, name: str, world: World) -> Any:
    if name == "guid" and "/relationship/" in path:  # between tables that no other example is about
        guids = [world.client.entity.create_or_update({"entity": table(one)})["guidAssignments"] for one in ("a", "b")]
        end1, end2 = ({"guid": next(iter(one.values()))} for one in guids)
        relation = {"typeName": "warehouse_copy", "end1": end1, "end2": end2}
        return world.client.relationship.create(relation)["guid"]
    if name == "guid":
        kind = re.match(r"/(?:atlas/v2/)?types/(\w+)/", path)
        return (
            world.types[_TYPES.get(kind[1], TABLE)]
            if kind
            else [world.report]
            if path.endswith("/bulk")
            else world.extract
        )
    if name == "name" and "/types/" in path:
        return _TYPES.get(path.split("types/")[1].split("/")[0], TABLE)
    return {
        "typeName": TABLE,
        "attr:qualifiedName": EXTRACT,
        "attr_N:qualifiedName": EXTRACT,
        "glossaryId": world.glossary,
        "termId": world.customer,
        "categoryId": world.people,
        "collectionId": world.collection,
        "api-version": "2023-09-01",
        "classificationName": "Contoso.Confidential",
        "businessMetadataName": "operations",
        "name": "rows",
    }.get(name)


_TYPES = {
    "businessmetadatadef": "operations",
    "classificationdef": "Contoso.Confidential",
    "enumdef": "warehouse_tier",
    "relationshipdef": "warehouse_copy",
    "structdef": "warehouse_partition",
    "termtemplatedef": "Policy",
}


@pytest.mark.parametrize("group", GROUPS)
def test_no_request_breaks_the_sandbox(group: str, world: tuple[Running, World], tmp_path: Path) -> None:
    """No 5xx whatever is sent, and every answer that is not a refusal has the contract's form."""
    server, known = world
    path = tmp_path / "contract.json"
    contract = described(group, known)
    path.write_text(json.dumps(contract), encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "run", str(path), "--url", f"{server.url}/datamap/api"]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", "1"]
    command += ["--checks", "not_a_server_error,response_schema_conformance", "--header", "Authorization: Bearer t"]
    command += ["--generation-database", "none", "--warnings", "off", "--no-color", "--continue-on-failure"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=tmp_path, check=False)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    operations = sum(len(item) for item in contract["paths"].values())
    assert re.search(rf"Tested: +{operations}\b", run.stdout), run.stdout[-2000:]
    assert {r["status"] // 100 for r in server.sandbox.requests} == {2, 4}
    reads = {p for p, item in contract["paths"].items() if "get" in item}
    assert _answered(server, reads) == reads, "a read of something that is there was never answered"


def _answered(server: Running, paths: set[str]) -> set[str]:
    done = {r["path"] for r in server.sandbox.requests if r["method"] == "GET" and r["status"] == 200}
    patterns = {path: "/datamap/api" + re.sub(r"\{\w+\}", "[^/]+", path) + "$" for path in paths}
    return {path for path, pattern in patterns.items() if any(re.match(pattern, one) for one in done)}
