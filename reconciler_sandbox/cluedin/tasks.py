"""Tasks: writes that wait for somebody's approval."""

from __future__ import annotations

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.errors import conflict, not_found
from reconciler_sandbox.cluedin.world import (
    TASK,
    Call,
    Doc,
    RestRoute,
    World,
    matches,
    now,
    ordered,
    page_of,
)
from reconciler_sandbox.web import Response


class Tasks:
    """The approval pipeline over REST ([B] paths, codes and filters; [U] members of a task)."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[RestRoute]:
        """Paths."""
        return [
            ("GET", "/tasks", self._list),
            ("GET", "/tasks/requests", self._requests),
            ("GET", "/tasks/approval/{task}", self._get),
            ("PUT", "/tasks/approval/approve/{task}", self._approve),
            ("PUT", "/tasks/approval/reject/{task}", self._reject),
            ("GET", "/tasks/byobject/{thing}/{kind}", self._by_object),
            ("GET", "/tasks/{task}", self._get),
        ]

    def _list(self, call: Call) -> Response:
        return self._page(call, self._world.all(TASK))

    def _requests(self, call: Call) -> Response:
        return self._page(call, [task for task in self._world.all(TASK) if task["requestedBy"] == call.caller.user_id])

    def _by_object(self, call: Call, thing: str, kind: str) -> Response:
        return self._page(call, [task for task in self._world.all(TASK) if task["objectId"] == models.guid(thing)])

    def _page(self, call: Call, tasks: list[Doc]) -> Response:
        """Only active ones unless asked otherwise ([B])."""
        request = call.request
        active = models.flag(request, "filterActive")
        wanted = [task for task in tasks if task["active"] == (active is not False)]
        wanted = [task for task in wanted if matches(request.arg("searchName"), task["name"])]
        wanted = ordered(wanted, request.arg("orderBy"), models.flag(request, "orderAsc") is False)
        page = page_of(wanted, models.whole(request, "page", 0), models.whole(request, "take", 20))
        return Response(200, {"total": len(wanted), "data": [_shown(task) for task in page]})

    def _get(self, call: Call, task: str) -> Response:
        return Response(200, _shown(self._task(task)))

    def _approve(self, call: Call, task: str) -> Response:
        found = self._open(task)
        self._world.approve(found["writes"])
        return self._close(call, found, "Approved")

    def _reject(self, call: Call, task: str) -> Response:
        return self._close(call, self._open(task), "Rejected")

    def _close(self, call: Call, task: Doc, status: str) -> Response:
        done = {
            **task,
            "status": status,
            "active": False,
            "decidedBy": call.caller.user_id,
            "decidedAt": now(),
        }
        self._world.put(TASK, done)
        return Response(200, _shown(done))

    def _open(self, task_id: str) -> Doc:
        task = self._task(task_id)
        if not task["active"]:
            raise conflict(f"The task {task_id} is complete.")
        return task

    def _task(self, task_id: str) -> Doc:
        task = self._world.get(TASK, models.guid(task_id))
        if task is None:
            raise not_found("The task", task_id)
        return task


def _shown(task: Doc) -> Doc:
    return {name: value for name, value in task.items() if name != "writes"}
