"""The pipeline that Azure Data Factory and Microsoft Fabric have in common: run an export, and look until it is there.

* `RunExport` answers when the export has ended, and a Web activity waits ten minutes at most (its documentation, [B]):
  it is sent once (`retry` 0), and a time-out is no failure. What tells is the history.
* The newest run is remembered before the request and compared after it, so that no two clocks are compared. The form of
  the history's answer is not public [U]: it is looked at as text, in which the newest run stands first [B].
* A token of CluedIn holds for an hour [B], and everything here takes less.
* The correlation id is that of the pipeline's run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Activity = dict[str, Any]

PATIENCE = "0.00:50:00"
_LOOK_SECONDS = 30
_BASE = "pipeline().parameters.cluedinUrl"
_ACTIONS = f"@concat({_BASE}, '/api/api/v1/streams/', pipeline().parameters.streamId, '/connectorActions/"
_BEARER = "@concat('Bearer ', activity('SignIn').output.access_token)"
_START = '"StartTime":"'
_STATUS = '"Status":"'


def activities(password: Iterable[Activity], secret: str) -> list[Activity]:
    """The activities, of which `password` gets the password, and the expression `secret` is it."""
    first = list(password)
    return [
        *first,
        _sign_in(secret, first[-1]["name"]),
        _history("HistoryBefore", after={"SignIn": ["Succeeded"]}),
        _set("RememberNewest", "newestBefore", _newest("HistoryBefore"), "HistoryBefore"),
        _run(),
        _refused(),
        _until(),
        _fail(),
    ]


def variables() -> dict[str, Any]:
    """What the pipeline keeps while it runs."""
    return {
        "newestBefore": {"type": "String", "defaultValue": ""},
        "newest": {"type": "String", "defaultValue": ""},
        "status": {"type": "String", "defaultValue": ""},
    }


def parameter(value: str) -> dict[str, Any]:
    """A parameter that is a text."""
    return {"type": "string", "defaultValue": value}


def web(name: str, url: str, method: str, *, after: dict[str, list[str]], **more: Any) -> Activity:
    """A Web activity that is sent once, and of which the monitor shows neither side where `hidden`."""
    hidden = more.pop("hidden", False)
    retry = more.pop("retry", 0)
    policy = {
        "timeout": "0.00:12:00",
        "retry": retry,
        "retryIntervalInSeconds": 30,
        "secureInput": hidden,
        "secureOutput": hidden,
    }
    properties = {"method": method, "url": _expression(url), "httpRequestTimeout": "00:10:00", **more}
    return {
        "name": name,
        "type": "WebActivity",
        "dependsOn": _depends(after),
        "policy": policy,
        "userProperties": [],
        "typeProperties": properties,
    }


def _sign_in(secret: str, after: str) -> Activity:
    """The password grant of a user: CluedIn has no other for these paths [B]. Nothing of it is shown."""
    parts = (
        "'grant_type=password&username=', uriComponent(pipeline().parameters.user)",
        "'&client_id=', uriComponent(pipeline().parameters.organization)",
        f"'&password=', uriComponent({secret})",
    )
    return web(
        "SignIn",
        f"@concat({_BASE}, '/auth/connect/token')",
        "POST",
        after={after: ["Succeeded"]},
        hidden=True,
        retry=2,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=_expression(f"@concat({', '.join(parts)})"),
    )


def _history(name: str, after: dict[str, list[str]]) -> Activity:
    return _action(name, "GetExportHistory", after, retry=3)


def _action(name: str, action: str, after: dict[str, list[str]], retry: int = 0) -> Activity:
    headers = {
        "Content-Type": "application/json",
        "Authorization": _expression(_BEARER),
        "X-Correlation-Id": _expression("@pipeline().RunId"),
    }
    url = f"{_ACTIONS}{action}/execute')"
    found = web(name, url, "POST", after=after, retry=retry, headers=headers, body="{}")
    found["policy"]["secureInput"] = True  # it holds the token
    return found


def _run() -> Activity:
    return _action("RunExport", "RunExport", {"RememberNewest": ["Succeeded"]})


def _refused() -> Activity:
    """CluedIn answers 200 also where it says that nothing was exported."""
    said = "toLower(replace(string(activity('RunExport').output), ' ', ''))"
    no = " , ".join(f"contains({said}, '\"{name}\":false')" for name in ("success", "issuccessful"))
    return {
        "name": "IfRefused",
        "type": "IfCondition",
        "dependsOn": _depends({"RunExport": ["Succeeded"]}),
        "userProperties": [],
        "typeProperties": {
            "expression": _expression(f"@or({no})"),
            "ifTrueActivities": [_failing("Refused", "CluedIn refused to run the export.", {})],
        },
    }


def _until() -> Activity:
    """Until a run that was not there before is complete; the history is read whether RunExport answered or not."""
    wait = {
        "name": "Pause",
        "type": "Wait",
        "dependsOn": [],
        "userProperties": [],
        "typeProperties": {"waitTimeInSeconds": _LOOK_SECONDS},
    }
    steps = [
        wait,
        _history("HistoryNow", {"Pause": ["Succeeded"]}),
        _set("SetNewest", "newest", _newest("HistoryNow"), "HistoryNow"),
        _set("SetStatus", "status", _first("HistoryNow", _STATUS, 8), "HistoryNow"),
    ]
    new = "not(equals(variables('newest'), variables('newestBefore')))"
    return {
        "name": "UntilComplete",
        "type": "Until",
        "dependsOn": _depends({"RunExport": ["Completed"], "IfRefused": ["Succeeded", "Skipped"]}),
        "userProperties": [],
        "typeProperties": {
            "expression": _expression(f"@and({new}, equals(toLower(variables('status')), 'complete'))"),
            "timeout": PATIENCE,
            "activities": steps,
        },
    }


def _fail() -> Activity:
    return _failing("NotComplete", "No complete run shows in the history of the export.", {"UntilComplete": ["Failed"]})


def _failing(name: str, message: str, after: dict[str, list[str]]) -> Activity:
    told = f"@concat('{message} correlation_id = ', pipeline().RunId)"
    return {
        "name": name,
        "type": "Fail",
        "dependsOn": _depends(after),
        "userProperties": [],
        "typeProperties": {"message": _expression(told), "errorCode": "ExportNotComplete"},
    }


def _set(name: str, variable: str, expression: str, after: str) -> Activity:
    return {
        "name": name,
        "type": "SetVariable",
        "dependsOn": _depends({after: ["Succeeded"]}),
        "policy": {"secureInput": False, "secureOutput": False},
        "userProperties": [],
        "typeProperties": {"variableName": variable, "value": _expression(expression)},
    }


def _newest(activity: str) -> str:
    """The start of the newest run, to the second; `none` where there is none."""
    return _first(activity, _START, 19)


def _first(activity: str, mark: str, length: int) -> str:
    """What stands behind the first mark, whether the rows are JSON or JSON in a text."""
    text = f"replace(replace(string(activity('{activity}').output), '\\\"', '\"'), '\": ', '\":')"
    at = f"add(indexOf({text}, '{mark}'), {len(mark)})"
    return f"@if(contains({text}, '{mark}'), substring({text}, {at}, {length}), 'none')"


def _depends(after: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [{"activity": name, "dependencyConditions": conditions} for name, conditions in after.items()]


def _expression(text: str) -> dict[str, str]:
    return {"value": text, "type": "Expression"}
