"""Pipelines of Data Factory and Fabric, before Microsoft's own models of them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ..support import Project
from .conftest import JUDGES, Run

NAME = "cluedin_export_customers_wide_v1"
ADF, FABRIC = f"adf/pipeline/{NAME}.json", f"fabric/{NAME}.DataPipeline/pipeline-content.json"
BOTH = pytest.mark.parametrize(("target", "file"), [("adf", ADF), ("fabric", FABRIC)])


def made(root: Path, run: Run, target: str, file: str, *words: str) -> Any:
    assert run("handover", target, *words).code == 0
    return json.loads((root / "handover" / file).read_text(encoding="utf-8"))


def every(activities: list[Any]) -> Iterator[Any]:
    for one in activities:
        yield one
        for inside in ("activities", "ifTrueActivities"):
            yield from every(one["typeProperties"].get(inside, []))


def expressions(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value.get("type") == "Expression":
        yield value["value"]
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from expressions(one)


@pytest.mark.long
@BOTH
def test_the_models_of_data_factory_know_all_of_it(
    offline: Path, run: Run, tool: Callable[[str], Path], target: str, file: str
) -> None:
    shape = made(offline, run, target, file)
    if target == "fabric":  # the same activities, through connections: what Data Factory writes as a whole address
        for one in every(shape["properties"]["activities"]):
            if one["type"] == "WebActivity":
                assert one.pop("externalReferences")["connection"]
                one["typeProperties"]["url"] = one["typeProperties"].pop("relativeUrl")
    (offline / "read.json").write_text(json.dumps(shape))
    words = [str(tool("adf") / "python"), str(JUDGES / "read_pipeline.py"), str(offline / "read.json")]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["problems"] == []
    assert [tuple(one) for one in found["activities"]] == [
        ("Password", "WebActivity"), ("SignIn", "WebActivity"), ("HistoryBefore", "WebActivity"),
        ("RememberNewest", "SetVariableActivity"), ("RunExport", "WebActivity"), ("IfRefused", "IfConditionActivity"),
        ("Refused", "FailActivity"), ("UntilComplete", "UntilActivity"), ("Pause", "WaitActivity"),
        ("HistoryNow", "WebActivity"), ("SetNewest", "SetVariableActivity"), ("SetStatus", "SetVariableActivity"),
        ("NotComplete", "FailActivity"),
    ]  # fmt: skip
    again = {one["name"]: one for one in every(found["again"]["properties"]["activities"])}
    assert again["RunExport"] == {one["name"]: one for one in every(shape["properties"]["activities"])}["RunExport"]


@BOTH
def test_an_export_is_asked_for_once_and_nothing_secret_is_shown(
    offline: Path, run: Run, target: str, file: str
) -> None:
    properties = made(offline, run, target, file)["properties"]
    found = {one["name"]: one for one in every(properties["activities"])}
    assert found["RunExport"]["policy"]["retry"] == 0
    assert properties["concurrency"] == 1
    after = {one["activity"]: one["dependencyConditions"] for one in found["UntilComplete"]["dependsOn"]}
    assert after == {"RunExport": ["Completed"], "IfRefused": ["Succeeded", "Skipped"]}, "a time-out is no failure"
    for name in ("Password", "SignIn"):
        assert (found[name]["policy"]["secureInput"], found[name]["policy"]["secureOutput"]) == (True, True)
    for one in found.values():
        if "Authorization" in one["typeProperties"].get("headers", {}):
            assert one["policy"]["secureInput"] is True, one["name"]
    names = set(found)
    for one in found.values():
        assert {before["activity"] for before in one["dependsOn"]} <= names
    for text in expressions(properties["activities"]):
        assert text.startswith("@"), text
        assert (text.count("("), text.count("'") % 2) == (text.count(")"), 0), text
        assert set(re.findall(r"activity\('(\w+)'\)", text)) <= names, text
        assert set(re.findall(r"parameters\.(\w+)", text)) <= properties["parameters"].keys(), text
        assert set(re.findall(r"variables\('(\w+)'\)", text)) <= properties["variables"].keys(), text


def test_ids_of_streams_come_from_the_ledger(example: Project, run: Run) -> None:
    ran = run("handover", "adf", "--with-ids")
    assert (ran.code, "the ledger knows no stream of customers_wide_v1 [handover.no_id]" in ran.err) == (1, True)
    assert made(example.root, run, "adf", ADF)["properties"]["parameters"]["streamId"]["defaultValue"] == ""
    assert example.apply().complete
    sent = len(example.requests())
    id = made(example.root, run, "adf", ADF, "--with-ids")["properties"]["parameters"]["streamId"]["defaultValue"]
    assert len(example.requests()) == sent
    assert id in {str(one) for one in example.http("GET", "/_sandbox/state")["cluedin"]["stream"]}
    assert run("handover", "adf", "--with-ids", "--check").code == 0
    assert run("handover", "airflow", "--with-ids").code == 1


def test_names_that_a_tool_cannot_tell_apart_are_refused(offline: Path, run: Run) -> None:
    text = (offline / "manifests/exports/customers_wide_v1.yaml").read_text()
    twin = text.replace("customers_wide_v1", "customers.wide.v1")
    (offline / "manifests/exports/twin.yaml").write_text(twin)
    ran = run("handover", "fabric")
    assert (ran.code, "would both be called cluedin_export_customers_wide_v1" in ran.err) == (1, True), ran.err
    assert run("handover", "airflow").code == 0


def test_items_of_fabric_are_as_its_git_integration_keeps_them(offline: Path, run: Run) -> None:
    content = made(offline, run, "fabric", FABRIC)
    folder = offline / "handover/fabric" / f"{NAME}.DataPipeline"
    item = json.loads((folder / ".platform").read_text())
    assert (item["metadata"]["type"], item["metadata"]["displayName"]) == ("DataPipeline", NAME)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", item["config"]["logicalId"])
    rules = yaml.safe_load((offline / "handover/fabric/parameter.yml").read_text())["find_replace"]
    used = {
        one["externalReferences"]["connection"]
        for one in every(content["properties"]["activities"])
        if "externalReferences" in one
    }
    assert {rule["find_value"] for rule in rules} == used
    assert all(rule["replace_value"]["sandbox"].startswith("$ENV:") for rule in rules)
