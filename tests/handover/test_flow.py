"""Flows of Power Automate: what they refer to is there, and nothing secret stands in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import Run

INBOUND, OUTBOUND = "customers_wide_v1.inbound.crm-contacts.json", "customers_wide_v1.outbound.json"


@pytest.fixture
def flows(offline: Path, run: Run) -> dict[str, Any]:
    assert run("handover", "flow").code == 0
    return {path.name: json.loads(path.read_text()) for path in (offline / "handover/flow").iterdir()}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


def levels(actions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield actions
    for one in actions.values():
        yield from levels(one.get("actions", {}))


def test_what_a_flow_refers_to_is_there(flows: dict[str, Any]) -> None:
    assert sorted(flows) == [INBOUND, OUTBOUND]
    for flow in flows.values():
        every = {name: one for actions in levels(flow["actions"]) for name, one in actions.items()}
        for actions in levels(flow["actions"]):
            for one in actions.values():
                assert one.get("runAfter", {}).keys() <= actions.keys(), "what it waits for is beside it"
        for text in texts([flow["actions"], flow["triggers"]]):
            assert set(re.findall(r"parameters\('([$\w]+)'\)", text)) <= flow["parameters"].keys(), text
            assert set(re.findall(r"outputs\('(\w+)'\)", text)) <= every.keys(), text
            assert (text.count("("), text.count("'") % 2) == (text.count(")"), 0), text
        for name, parameter in flow["parameters"].items():
            assert parameter["type"].startswith("Secure") == (
                name in ("apiToken", "receiverUrl", "teamsWebhookUrl", "$authentication")
            )
            assert not (parameter["type"] == "SecureString" and "defaultValue" in parameter)
        for one in every.values():
            if one["type"] == "Http":
                assert one["runtimeConfiguration"]["secureData"]["properties"] == ["inputs", "outputs"]


def test_a_row_goes_to_the_data_set_that_feeds_the_contract(flows: dict[str, Any]) -> None:
    send = flows[INBOUND]["actions"]["Send_to_CluedIn"]["inputs"]
    assert send["uri"] == "@{parameters('cluedinUrl')}/upload/api/endpoint/@{parameters('dataSetId')}"
    assert "X-Correlation-Id" in send["headers"]
    assert send["headers"]["Idempotency-Key"].endswith("['modifiedon'])}")
    assert isinstance(send["body"], list), "the endpoint takes lists"


def test_people_are_told_of_what_is_new_and_verified(flows: dict[str, Any]) -> None:
    actions = flows[OUTBOUND]["actions"]
    assert actions["If_it_is_new"]["runAfter"] == {"Verify": ["Succeeded"]}
    assert actions["If_it_is_new"]["expression"] == {"equals": ["@outputs('Verify')?['statusCode']", 200]}
    assert set(actions["Verify"]["inputs"]["headers"]) == {"webhook-id", "webhook-timestamp", "webhook-signature"}
