"""Flows of Power Automate for each contract, as workflow definitions: rows of Dataverse in, messages of ours out.

* In: a row of Dataverse that was added or changed goes to the ingestion endpoint of a data set that feeds the contract,
  with the run's id as correlation id and `id|modified` as key of idempotency: a flow may send a row twice.
* Out: a message of ours goes to the receiver that verifies it, and what is new to Teams. The expression language has no
  HMAC [C], so that a flow verifies nothing itself; and the address of its trigger has a signature in it: a secret.

The form is that of workflow definitions, schema 2016-06-01 (its documentation, [B]).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.handover.base import Asked, Files, Subject, Target, as_json, made_by, no_export
from reconciler.handover.facts import feeding

_SCHEMA = "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#"
_NEW = 200
"""What a receiver answers to a message of ours that did not come before; 208 to one that did."""
_ID = "triggerOutputs()?['body']?[parameters('idColumn')]"
_MODIFIED = "triggerOutputs()?['body']?['modifiedon']"


def _files(subjects: Sequence[Subject], asked: Asked) -> Files:  # noqa: ARG001
    files: Files = {}
    for one in subjects:
        files[f"{one.name}.outbound.json"] = as_json(_outbound(one))
        for name in feeding(one):
            files[f"{one.name}.inbound.{name}.json"] = as_json(_inbound(one, name))
    return files


def _definition(
    subject: Subject, told: str, parameters: dict[str, Any], trigger: dict[str, Any], actions: dict[str, Any]
) -> dict[str, Any]:
    return {
        "$schema": _SCHEMA,
        "contentVersion": "1.0.0.0",
        "description": f"{told} {made_by('flow', subject.environment_name, subject.name)}",
        "parameters": {"$connections": {"type": "Object", "defaultValue": {}}, **parameters},
        "triggers": trigger,
        "actions": actions,
        "outputs": {},
    }


def _text(value: str, *, secret: bool = False) -> dict[str, Any]:
    return {"type": "SecureString"} if secret else {"type": "String", "defaultValue": value}


def _inbound(subject: Subject, link: str) -> dict[str, Any]:
    system = subject.environment.cluedin
    parameters = {
        "cluedinUrl": _text(str(system.url).rstrip("/") if system else ""),
        "apiToken": _text("", secret=True),
        "dataSetId": _text(""),
        "table": _text(""),
        "idColumn": _text(""),
    }
    row = {
        "type": "OpenApiConnectionWebhook",
        "inputs": {
            "host": {
                "apiId": "/providers/Microsoft.PowerApps/apis/shared_commondataserviceforapps",
                "connectionName": "shared_commondataserviceforapps",
                "operationId": "SubscribeWebhookTrigger",
            },
            "parameters": {
                "subscriptionRequest/message": 4,
                "subscriptionRequest/entityname": "@parameters('table')",
                "subscriptionRequest/scope": 4,
            },
            "authentication": "@parameters('$authentication')",
        },
    }
    send = _http(
        "@{parameters('cluedinUrl')}/upload/api/endpoint/@{parameters('dataSetId')}",
        {
            "Authorization": "@{concat('Bearer ', parameters('apiToken'))}",
            "Content-Type": "application/json",
            "X-Correlation-Id": "@{workflow()?['run']?['name']}",
            "Idempotency-Key": f"@{{concat({_ID}, '|', {_MODIFIED})}}",
        },
        ["@triggerOutputs()?['body']"],
        {},
    )
    parameters["$authentication"] = {"type": "SecureObject", "defaultValue": {}}
    return _definition(
        subject,
        f"Sends rows of Dataverse to the data set of the DataSourceLink {link}.",
        parameters,
        {"When_a_row_is_added_or_modified": row},
        {"Send_to_CluedIn": send},
    )


def _outbound(subject: Subject) -> dict[str, Any]:
    """What the receiver answers decides: where the flow changed a byte of the body, the signature does not hold [C]."""
    parameters = {"receiverUrl": _text("", secret=True), "teamsWebhookUrl": _text("", secret=True)}
    trigger = {"type": "Request", "kind": "Http", "inputs": {"method": "POST", "schema": {}}}
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    headers = {name: f"@{{triggerOutputs()?['headers']?['{name}']}}" for name in names}
    verify = _http("@parameters('receiverUrl')", headers, "@triggerBody()", {})
    told = "@{triggerBody()?['type']}: @{triggerBody()?['data']?['subject']}"
    tell = _http("@parameters('teamsWebhookUrl')", {"Content-Type": "application/json"}, {"text": told}, {})
    once = {
        "type": "If",
        "expression": {"equals": ["@outputs('Verify')?['statusCode']", _NEW]},
        "actions": {"Tell_Teams": tell},
        "runAfter": {"Verify": ["Succeeded"]},
    }
    answer = {
        "type": "Response",
        "kind": "Http",
        "inputs": {"statusCode": "@outputs('Verify')?['statusCode']"},
        "runAfter": {"Verify": ["Succeeded", "Failed", "TimedOut"]},
    }
    return _definition(
        subject,
        "Tells Teams of messages about the contract that the receiver of `handover webhook` lets through.",
        parameters,
        {"When_a_message_comes": trigger},
        {"Verify": verify, "If_it_is_new": once, "Answer": answer},
    )


def _http(uri: str, headers: dict[str, str], body: Any, after: dict[str, list[str]]) -> dict[str, Any]:
    """A request that is sent again after 408, 429 and 5xx; neither side of it is shown in the run."""
    return {
        "type": "Http",
        "inputs": {
            "method": "POST",
            "uri": uri,
            "headers": headers,
            "body": body,
            "retryPolicy": {"type": "exponential", "count": 4, "interval": "PT10S"},
        },
        "runAfter": after,
        "runtimeConfiguration": {"secureData": {"properties": ["inputs", "outputs"]}},
    }


TARGET = Target("flow", "Power Automate", no_export, _files)
