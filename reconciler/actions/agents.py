"""What is done with AI agents and not kept: runs of which nothing counts, and what was asked in runs.

`/aijob/{id}/dry-run`, `/runs` and `/chats` are of the official description [A]; that results of a dry run are not live
is in the notes on it [B]. Nothing here ever approves a result or queues a run that counts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reconciler.actions.providers import POLL, Done
from reconciler.errors import RefusedError
from reconciler.resources.cluedin.ai import jobs_by_id
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import LostAnswer, Refused

PAGE = 100
_SAVED = ("name", "description", "metadata", "prompt", "allowedSkills", "enableCronSchedule", "cronSchedule",
          "endpointId", "aiAgentId", "enabled", "dataSources")  # fmt: skip
"""What a save of a job takes, and so does a dry run [A]."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a run, and its answer; texts only where they are asked for."""

    job: str
    run: str
    chat: str
    started: str
    ended: str
    state: str
    dry: bool
    cost: str
    """What all runs of the job cost so far, with the currency; empty where nobody tells."""
    input: str = ""
    output: str = ""


def analyse(cluedin: CluedIn, id: str, wait: float) -> Done:
    """`POST /aijob/{id}/dry-run` of a job as it is live [A]; with patience looks at its runs until that is over."""
    [job] = jobs_by_id(cluedin.fresh(), [id])
    if job is None:
        raise RefusedError.of("agents.missing", "CluedIn has no such job any more", "Apply first.")
    body = {name: job[name] for name in _SAVED if name in job}
    before = {str(run.get("id")) for run in _runs(cluedin, id)} if wait else set()
    try:
        told = cluedin.rest("POST", f"/aijob/{id}/dry-run", body, effect="once")
    except LostAnswer as lost:
        return Done("unknown", lost.diagnostics[0].summary)
    progress = f"progress {told['jobProgressId']}" if isinstance(told, Mapping) and told.get("jobProgressId") else ""
    return Done("complete" if _is_over(cluedin, id, before, wait) else "running", progress) if wait else Done(
        "accepted", progress
    )  # fmt: skip


def _is_over(cluedin: CluedIn, id: str, before: set[str], wait: float) -> bool:
    """Whether a run that was not there before has ended."""
    until, pause = time.monotonic() + wait, POLL[0]
    while True:
        new = [run for run in _runs(cluedin, id) if str(run.get("id")) not in before and run.get("dryRun")]
        if any(run.get("completedAt") for run in new):
            return True
        left = until - time.monotonic()
        if left <= 0 or cluedin.connection.stop.wait(min(pause, left)):
            return False
        pause = min(pause * 2, POLL[1])


def log(cluedin: CluedIn, job: str, id: str, since: datetime | None, *, texts: bool) -> Iterator[Asked]:
    """What was asked in the runs of a job since a moment, newest first. Texts are read only where they are wanted."""
    [whole] = jobs_by_id(cluedin, [id])
    cost = _cost(whole or {})
    for run in _runs(cluedin, id):
        if since is not None and (_moment(run.get("startedAt")) or since) < since:
            continue
        path = f"/aijob/{id}/runs/{run['id']}/chats"
        for chat in _pages(cluedin, path):
            one = cluedin.rest("GET", f"{path}/{chat['id']}", effect="read") if texts else {}
            yield Asked(
                job,
                str(run["id"]),
                str(chat["id"]),
                str(run.get("startedAt") or ""),
                str(run.get("completedAt") or ""),
                str(run.get("state") or ""),
                bool(run.get("dryRun")),
                cost,
                str(one.get("input") or ""),
                str(one.get("output") or ""),
            )


def _runs(cluedin: CluedIn, id: str) -> list[dict[str, Any]]:
    try:
        found = _pages(cluedin, f"/aijob/{id}/runs")
    except Refused as refused:
        if refused.status not in (403, 404):
            raise
        raise RefusedError.of(
            "agents.no_log", "CluedIn does not show the runs of the job", "Give the account Management: AI Agents."
        ) from None
    return sorted(found, key=lambda run: str(run.get("startedAt") or ""), reverse=True)


def _pages(cluedin: CluedIn, path: str) -> list[dict[str, Any]]:
    """Every row of a paged answer [A]. Whether pages are counted from 0 or 1 is not public [U]: the answer says which
    one it is, and it is gone on from there until all are there."""
    found: dict[str, dict[str, Any]] = {}
    number: int | None = None
    while True:
        query = {"pageSize": str(PAGE)} | ({"pageNumber": str(number)} if number is not None else {})
        told = cluedin.rest("GET", path, query=query, effect="read") or {}
        rows = told.get("data") or ()
        new = {str(row["id"]): dict(row) for row in rows if str(row["id"]) not in found}
        found |= new
        if not new or len(found) >= int(told.get("totalCount") or 0):
            return list(found.values())
        number = int(told.get("currentPage") or 0) + 1


def _cost(job: Mapping[str, Any]) -> str:
    amount = job.get("totalTokenCost")
    return f"{amount:g} {job.get('costCurrency') or ''}".strip() if isinstance(amount, int | float) else ""


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC)
