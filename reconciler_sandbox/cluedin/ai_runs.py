"""Runs of AI jobs, with what was asked and answered, and who approved a result ([A] paths and members)."""

from __future__ import annotations

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.errors import bad_request, not_found
from reconciler_sandbox.cluedin.world import AI_JOB, AI_RUN, Call, Doc, RestRoute, World, new_id, now
from reconciler_sandbox.web import Response

_COST = 0.0125
_APPROVE = models.Model({"results": "list!", "action": "int!"})


class AiRuns:
    """What jobs did."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[RestRoute]:
        """Paths."""
        base = "/aijob/{job}"
        return [
            ("GET", f"{base}/runs", self._list),
            ("GET", f"{base}/runs/{{run}}/chats", self._chats),
            ("GET", f"{base}/runs/{{run}}/chats/{{chat}}", self._chat),
            ("POST", f"{base}/results/{{type}}/approvals", self._approve),
            ("POST", f"{base}/execution-queue", self._run_now),
        ]

    def begin(self, call: Call, job: Doc, *, dry: bool) -> str:
        """A run, which is over at once; the id of its progress."""
        moment = now()
        chat = {
            "id": new_id(),
            "sequenceId": 1,
            "input": job["prompt"],
            "output": "Two values look alike.",
            "rawRequest": f'{{"prompt": "{job["prompt"]}"}}',
            "rawResponse": "{}",
        }
        doc = {"id": new_id(), "job": job["id"], "startedAt": moment, "completedAt": moment, "state": "Completed"}
        more = {"count": 1, "createdBy": call.caller.user_id, "dryRun": dry, "chats": [chat], "approved": False}
        self._world.put(AI_RUN, {**doc, **more})
        return new_id()

    def cost(self, job: str) -> Doc:
        """What the runs of a job cost."""
        return {"totalTokenCost": _COST * len(self._of(job)), "costCurrency": "EUR"}

    def approved(self, job: str) -> bool:
        """Whether somebody approved a result."""
        return any(one["approved"] for one in self._of(job))

    def _of(self, job: str) -> list[Doc]:
        found = self._world.find(AI_RUN, "job", job, latest=True)
        return sorted(found, key=lambda one: str(one["startedAt"]), reverse=True)

    def _list(self, call: Call, job: str) -> Response:
        rows = self._of(self._job(job)["id"])
        shown = [{name: row[name] for name in row if name not in ("chats", "job", "approved")} for row in rows]
        return _page(call, [{**row, "chatsWithNoResults": []} for row in shown])

    def _chats(self, call: Call, job: str, run: str) -> Response:
        return _page(call, [{name: one[name] for name in ("id", "sequenceId")} for one in self._run(job, run)["chats"]])

    def _chat(self, call: Call, job: str, run: str, chat: str) -> Response:
        found = next((one for one in self._run(job, run)["chats"] if one["id"] == models.guid(chat)), None)
        if found is None:
            raise not_found("The chat", chat)
        return Response(200, found)

    def _approve(self, call: Call, job: str, type: str) -> Response:
        """Makes results count ([B]); here those of all runs of the job."""
        _APPROVE.read(call.request)
        for row in self._of(self._job(job)["id"]):
            self._world.put(AI_RUN, {**row, "approved": True})
        return Response(200)

    def _run_now(self, call: Call, job: str) -> Response:
        return Response(200, {"jobProgressId": self.begin(call, self._job(job), dry=False)})

    def _job(self, job: str) -> Doc:
        return self._world.newest(AI_JOB, models.guid(job), "The job")

    def _run(self, job: str, run: str) -> Doc:
        found = self._world.get(AI_RUN, models.guid(run), latest=True)
        if found is None or found["job"] != self._job(job)["id"]:
            raise not_found("The run", run)
        return found


def _page(call: Call, rows: list[Doc]) -> Response:
    """Pages from 1 ([C]), of 20 unless another size is asked for."""
    number, size = models.whole(call.request, "pageNumber", 1), models.whole(call.request, "pageSize", 20)
    if not number or not size:
        raise bad_request("Pages are counted from 1.")
    told = {"totalCount": len(rows), "pageSize": size, "currentPage": number, "totalPages": -(-len(rows) // size)}
    return Response(200, {**told, "data": rows[(number - 1) * size : number * size]})
