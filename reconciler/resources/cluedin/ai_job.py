"""A job of an AI agent: what it is asked, of which data, and what it may suggest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.ai import (
    MOST,
    agents,
    endpoints,
    jobs,
    jobs_by_id,
    key_of,
    key_words,
    keys_spelled,
    skill_words,
    skills_spelled,
    source_type,
)
from reconciler.resources.cluedin.ai_agent import RIGHT, name_faults
from reconciler.resources.cluedin.conditions import Condition, faults, wire
from reconciler.resources.cluedin.shared import Row, advice, mentions, refuse
from reconciler.resources.keys import PARTS, quote, unquote
from reconciler.resources.objects import Live, Write
from reconciler.resources.rules import Disruptive, Rule, Unordered
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Refused

COSTS = "a job that is on runs at once by its schedule, and each run costs"
"""The notes on the operations, [B]."""
_DETAILS = frozenset(
    {"description", "prompt", "skills", "schedule", "agent", "model", "keys", "records", "sample", PARTS}
)
_OF_DATA = ("keys", "records", "sample")


class Cron(Rule):
    """A cron expression, of which blanks are one."""

    def canonical(self, value: Any) -> Any:
        """With single blanks."""
        return " ".join(str(value).split())


class AiJob(Resource):
    """Key is its name; names are not unique [C]. It is made switched off; its data is one source, which is ours whole.

    Everything else of it stays as people have it: only members that change are sent, as a JSON Patch.
    """

    system = "cluedin"
    name = "ai_job"
    right = RIGHT
    claims = {"Management: Data Catalog": "Informed"}
    unique = False
    holds_by_id = True

    class Fields:
        description: str
        prompt: str
        skills: Annotated[list[str], Unordered()]
        schedule: Annotated[str, Cron(), Disruptive(COSTS)]
        agent: str
        model: str
        keys: Annotated[list[str], Unordered()]
        records: Annotated[dict[str, Any], Condition()]
        sample: int

    # -- names ---------------------------------------------------------------------------------------------

    def former(self, key: str, other: str) -> str | None:
        """The other name."""
        return unquote(other)

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """The list, and each that a managed field needs [A]."""
        asked = Asked.of(self.full_name, wanted)
        rows = [(row, asked.paths(key_of(row), str(row["id"]))) for row in jobs(cluedin)]
        managed = [str(row["id"]) for row, paths in rows if mentions(paths, _DETAILS)]
        details = dict(zip(managed, jobs_by_id(cluedin, managed), strict=True))
        for row, _ in rows:
            found = details.get(str(row["id"]), row)
            if found is not None:  # one that went between the two answers
                yield self._live(cluedin, found, asked)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`GET /aijob/{id}` [A]."""
        [found] = jobs_by_id(cluedin, [id])
        return self._live(cluedin, found, Asked(self.full_name, {})) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """The lists of jobs, agents and skills, each managed job, and the names of keys."""
        return managed + 6

    def _live(self, cluedin: CluedIn, row: Row, asked: Asked) -> Live:
        told: dict[str, Any] = {}
        if "dataSources" in row:
            told = self._told(cluedin, row, asked)
        return self.live(key_of(row), str(row["id"]), raw=row, at_rest=not row.get("enabled"), **told)

    def _told(self, cluedin: CluedIn, row: Row, asked: Asked) -> dict[str, Any]:
        names = {str(one["id"]): key_of(one) for one in agents(cluedin)} | dict(asked.known.keys_of("cluedin.ai_agent"))
        id = str(row.get("aiAgentId") or "")
        [source] = (row["dataSources"] or [{}])[:1]
        found: dict[str, Any] = {name: row.get(name) for name in ("description", "prompt")}
        found["skills"] = skill_words(cluedin, row.get("allowedSkills") or ())
        found["schedule"] = row.get("cronSchedule") if row.get("enableCronSchedule") else None
        found["agent"] = unquote(names.get(id, id))
        found["model"] = row.get("endpointName") or None
        found["keys"] = key_words(cluedin, source.get("vocabularyKeys") or ())
        found["records"] = source.get("filterRule")
        found["sample"] = source.get("sampleSize") if source.get("sample") else None
        return found

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`POST /aijob`, switched off [A]."""
        sent = {"name": unquote(write.key), "enabled": False, "enableCronSchedule": False, "cronSchedule": None}
        told = cluedin.rest("POST", "/aijob", {**sent, **_changed(cluedin, write, {})}, effect="once")
        return str(told["id"]).lower() if isinstance(told, Mapping) and told.get("id") else None

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`PATCH /aijob/{id}`: a JSON Patch of the members that change [A]. Its data is sent as it was read just
        before, with ours in it."""
        assert write.live is not None
        whole = write.live.raw if write.live.raw and "dataSources" in write.live.raw else None
        if whole is None:
            [whole] = jobs_by_id(cluedin, [write.live.id])
        if whole is None:
            raise refuse("missing", f"the job {write.live.key} is gone")
        changed = _changed(cluedin, write, whole)
        if write.key != write.live.key:
            changed["name"] = unquote(write.key)
        patch(cluedin, write.live.id, changed)

    def rename(self, cluedin: CluedIn, write: Write) -> None:
        """The same with its name [A]."""
        self.update(cluedin, write)

    def retire(self, cluedin: CluedIn, write: Write) -> None:
        """Switches it off [A]."""
        assert write.live is not None
        patch(cluedin, write.live.id, {"enabled": False})

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`DELETE /aijob/{id}` [A]; refused once somebody approved a result, which is kept for audit [B]."""
        assert write.live is not None
        try:
            cluedin.rest("DELETE", f"/aijob/{write.live.id}", effect="set", accept=(404,))
        except Refused as refused:
            if refused.status == 400:
                why = refused.diagnostics[0].summary
                raise refuse(
                    "approved",
                    f"CluedIn keeps the job {unquote(write.key)}: {why}",
                    "Its approved results are kept for audit; write `on_remove: disable`.",
                ) from None
            raise

    def problems(self, desired: Desired) -> Iterable[str]:
        """A name, keys, and a sample that is none too big."""
        yield from name_faults("a job", desired.key)
        values = desired.values
        if values.get("records"):
            yield from faults(values["records"], root=False)
        if "keys" in values and not values["keys"]:
            yield f"the job {unquote(desired.key)} names no vocabulary key, which would be all of them"
        if values.get("sample") is not None and not 0 < int(values["sample"]) <= MOST:
            yield f"a sample has 1 to {MOST:,} records, not {values['sample']}"


def patch(cluedin: CluedIn, id: str, members: Mapping[str, Any]) -> None:
    """A JSON Patch of members at the top [A]."""
    sent = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in members.items()]
    cluedin.rest("PATCH", f"/aijob/{id}", sent, effect="set")


def _changed(cluedin: CluedIn, write: Write, whole: Row) -> Row:
    """What a write says anew."""
    found: Row = {name: write.get(name) or None for name in ("description", "prompt") if write.has(name)}
    if write.has("skills"):
        found["allowedSkills"] = skills_spelled(cluedin, write.get("skills") or ())
    if write.has("schedule"):
        found |= {"enableCronSchedule": bool(write.get("schedule")), "cronSchedule": write.get("schedule") or None}
    if write.has("agent"):
        found["aiAgentId"] = write.id_of(f"cluedin.ai_agent:{quote(str(write.get('agent')))}")
    if write.has("model"):
        known = endpoints(cluedin)
        if write.get("model") not in known:
            word = str(write.get("model"))
            raise refuse("model", f"no job of this CluedIn uses a model {word}", advice(word, known))
        found["endpointId"] = known[str(write.get("model"))]
    if any(write.has(name) for name in _OF_DATA):
        [before] = (whole.get("dataSources") or [{}])[:1]
        found["dataSources"] = [_data(cluedin, write, before)]
    return found


def _data(cluedin: CluedIn, write: Write, before: Row) -> Row:
    """The one source of data: what is there, else as the template has it, with what is said anew."""
    base = dict(before) if before else {**source_type(cluedin), "name": unquote(write.key), "sample": False}
    if write.has("keys"):
        base["vocabularyKeys"] = keys_spelled(cluedin, write.get("keys") or ())
    if write.has("records"):
        base["filterRule"] = wire(write.get("records") or {})
    if write.has("sample"):
        base |= {"sample": write.get("sample") is not None, "sampleSize": write.get("sample")}
    return base
