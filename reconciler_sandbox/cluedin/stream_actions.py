"""What a data-lake connector can be asked to do for a stream ([B] names and conditions, [U] forms of answers)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.connectors import DATA_LAKE, ONE_LAKE
from reconciler_sandbox.cluedin.errors import bad_request, not_found
from reconciler_sandbox.cluedin.export_targets import ExportTargets
from reconciler_sandbox.cluedin.stream_log import ERROR, INFORMATION, logged
from reconciler_sandbox.cluedin.streams import Streams
from reconciler_sandbox.cluedin.world import PROVIDER, Call, Doc, RestRoute, World
from reconciler_sandbox.web import Response

_HISTORY_MAX = 1000
# The default name holds the stream's id, so that a stream made anew writes other files ([B]).
_PATTERN = "{StreamId:D}_{DataTime:yyyyMMddHHmmss}.{OutputFormat}"
_CRON = {"Hourly": "0 0/1 * * *", "Daily": "0 0 * * *", "Weekly": "0 0 * * 1"}
_DATES = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


class StreamActions:
    """Actions of a stream's connector."""

    def __init__(self, world: World, streams: Streams, targets: ExportTargets) -> None:
        self._world = world
        self._streams = streams
        self._targets = targets

    def routes(self) -> list[RestRoute]:
        """Paths."""
        return [
            ("GET", "/streams/{stream}/connectorActions", self._list),
            ("POST", "/streams/{stream}/connectorActions/{action}/execute", self._execute),
        ]

    def _list(self, call: Call, stream: str) -> Response:
        """Only RunExport is listed, though others can be executed ([B]).

        The connectors have actions since 2025-09 ([B]); that the path is as old, which is 4.6, is [C].
        """
        self._require_actions()
        doc = self._streams.visible(models.guid(stream))
        return Response(200, [] if self._unable(doc) else [{"name": "RunExport", "displayName": "Run export"}])

    def _execute(self, call: Call, stream: str, action: str) -> Response:
        self._require_actions()
        doc = self._streams.newest(models.guid(stream))
        given = models.body_of(call.request)
        if given is not None and not isinstance(given, dict):
            raise bad_request("A JSON object of parameters is needed.")
        actions: dict[str, Callable[[Doc], Any]] = {
            "runexport": self._run,
            "getexporthistory": lambda doc: doc["history"],
            "getstreamcacherowcount": lambda doc: {"rowCount": self._streams.records(doc)},
        }
        found = actions.get(action.lower())
        if found is None:
            raise not_found("The action", action)
        reason = self._unable(doc)
        if reason:
            raise bad_request(reason)
        return Response(200, found(doc))

    def _require_actions(self) -> None:
        if not self._world.at_least("4.6"):
            raise not_found("The path", "connectorActions")

    def _target(self, doc: Doc) -> Doc | None:
        return self._world.get(PROVIDER, doc["connectorProviderDefinitionId"], latest=True)

    def _unable(self, doc: Doc) -> str | None:
        """Why there are no actions: they need a lake, its stream cache, Sync, and a stream that has begun ([B])."""
        target = self._target(doc)
        if target is None or target["providerId"] not in (DATA_LAKE, ONE_LAKE):
            return "The stream's connector has no actions."
        if doc["mode"] != "Sync" or not self._targets.effective(target).get("IsStreamCacheEnabled"):
            return "Actions need the stream cache and the mode Sync."
        return None if doc["status"] in ("Started", "Paused") else f"The stream is {doc['status']}."

    def _run(self, doc: Doc) -> dict[str, Any]:
        """Writes a file, which is a full snapshot ([B]), and a row of the history ([B] members)."""
        target = self._target(doc) or {}
        options = target["helperConfiguration"]
        moment = datetime.now(UTC) + timedelta(seconds=float(self._world.option("clock_skew_s", 0)))
        at = f"{moment:%Y-%m-%dT%H:%M:%S.%f}0+00:00"
        schedule = options.get("Schedule")
        fault = self._targets.fault(target)
        row = {
            "DataTime": at,
            "StartTime": at,
            "EndTime": at,
            "TotalRows": 0 if fault else self._streams.records(doc),
            "Status": "Failed" if fault else "Complete",
            "FilePath": f"{_folder(options)}/{file_name(doc, options, moment)}",
            "CronSchedule": options.get("CustomCron") if schedule == "CustomCron" else _CRON.get(str(schedule)),
        }
        after = {**doc, "history": [row, *doc["history"]][:_HISTORY_MAX]}
        logged(self._world, after, ERROR if fault else INFORMATION, fault or f"{row['TotalRows']} rows were written.")
        return {"success": fault is None, "errorMessage": fault}


def _folder(options: Doc) -> str:
    return str(options.get("DirectoryName") or options.get("ItemFolder") or "").strip("/")


def file_name(doc: Doc, options: Doc, moment: datetime) -> str:
    """The name that a pattern makes ([B] placeholders)."""

    def fill(match: re.Match[str]) -> str:
        name, form = match["name"].lower(), match["form"]
        if name == "datatime":
            return moment.strftime(re.sub("yyyy|MM|dd|HH|mm|ss", lambda part: _DATES[part[0]], form or "o"))
        if name == "streamid":
            return str(doc["id"]).replace("-", "") if form == "N" else str(doc["id"])
        known = {"containername": doc["containerName"], "outputformat": options.get("OutputFormat") or "csv"}
        return str(known.get(name, match[0]))

    pattern = options.get("FileNamePattern") or _PATTERN
    return re.sub(r"\{(?P<name>\w+)(?::(?P<form>[^}]*))?\}", fill, str(pattern))
