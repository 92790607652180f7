"""Whether a job of an AI agent is on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated

from reconciler.resources.asked import Asked, Known
from reconciler.resources.base import Resource
from reconciler.resources.cluedin.ai import jobs, jobs_by_id, key_of
from reconciler.resources.cluedin.ai_agent import RIGHT
from reconciler.resources.cluedin.ai_job import COSTS, patch
from reconciler.resources.cluedin.shared import Row
from reconciler.resources.objects import Live, Write
from reconciler.resources.rules import Default, Disruptive
from reconciler.systems.cluedin import CluedIn


class AiJobState(Resource):
    """Key is the job's. It is there, off, as soon as the job is."""

    system = "cluedin"
    name = "ai_job_state"
    right = RIGHT
    deletes = "none"
    hosted = True
    with_host = True
    undone_by = {"enabled": False}

    class Fields:
        enabled: Annotated[bool, Default(False), Disruptive(COSTS, frozenset({True}))]

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """The list of jobs tells whether each is on [A]."""
        known = Asked.of(self.full_name, wanted).known
        for row in jobs(cluedin):
            yield self._live(row, known)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`GET /aijob/{id}` [A]."""
        [found] = jobs_by_id(cluedin, [id])
        return self._live(found, Known()) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """One list."""
        return 1

    def _live(self, row: Row, known: Known) -> Live:
        id = str(row["id"])
        return self.live(known.key_of("cluedin.ai_job", id, key_of(row)), id, raw=row, enabled=bool(row.get("enabled")))

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called as its job."""
        return to(f"cluedin.ai_job:{key}")

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """What was just made is off; it is switched on where that is wanted."""
        id = write.id_of(f"cluedin.ai_job:{write.key}")
        if write.get("enabled"):
            patch(cluedin, id, {"enabled": True})
        return id

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """A patch of the one member [A]."""
        assert write.live is not None
        patch(cluedin, write.live.id, {"enabled": bool(write.get("enabled"))})
