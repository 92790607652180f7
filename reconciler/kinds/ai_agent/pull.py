"""AI agents of what is live: those that a manifest registered, as nobody else says who is in charge and what for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from reconciler.kinds.project.pulled_criteria import criteria_of
from reconciler.kinds.pulling import Estate, GivesWay, Pulled, Puller, without_nothing
from reconciler.resources.cluedin.ai import TEMPLATE
from reconciler.resources.keys import unquote
from reconciler.resources.objects import Live


class AiAgentPuller(Puller):
    """A document an agent, with its jobs."""

    kind = "AiAgent"
    types = ("cluedin.ai_agent", "cluedin.ai_job", "cluedin.ai_job_state")
    gives_way: ClassVar[Mapping[str, GivesWay]] = {}

    def pull(self, estate: Estate) -> Iterator[Pulled]:
        """What no manifest wants yet."""
        if not estate.has("cluedin") or estate.limits.words:
            return
        jobs = estate.new("cluedin.ai_job")
        for key, live in estate.new("cluedin.ai_agent").items():
            if unquote(key) == TEMPLATE:
                continue
            mine = {name: job for name, job in jobs.items() if job.fields.get("agent") == unquote(key)}
            spec = _spec(estate, live, mine)
            if isinstance(spec, str):
                estate.leave(spec, f"cluedin.ai_agent:{key}")
                continue
            estate.claim("cluedin.ai_agent", key)
            for name in mine:
                estate.claim("cluedin.ai_job", name)
            yield Pulled(self.kind, unquote(key), spec, "agents", str(live.fields.get("description") or ""), exact=True)


def _spec(estate: Estate, live: Live, jobs: Mapping[str, Live]) -> dict[str, Any] | str:
    """The document of an agent, or why there is none."""
    registry = {path.partition("[")[2].rstrip("]"): value for path, value in live.fields.items()
                if path.startswith("registry[")}  # fmt: skip
    if not registry.get("owner") or not registry.get("purpose"):
        return "an agent of which nobody says who is in charge and what it is for"
    if estate.world.environment.person(registry["owner"]) is None:
        return "an agent whose owner the environment does not know"
    scopes = [_scope(job) for job in jobs.values()]
    if not scopes or any(one != scopes[0] for one in scopes) or "keys" not in scopes[0] or "entity" not in scopes[0]:
        return "an agent whose jobs do not read the same keys of one entity type, or that has none"
    on = {bool((job.raw or {}).get("enabled")) for job in jobs.values()}
    models = {job.fields.get("model") for job in jobs.values()}
    if len(on) > 1 or len(models) > 1:
        return "an agent whose jobs are not all on or off, or use several models"
    mode = "suggest" if on == {True} else "analysis"
    if any(job.fields.get("schedule") for job in jobs.values()) and mode == "analysis":
        return "an agent that is off and has a schedule"
    more = without_nothing(review_by=registry.get("review_by"), instructions=live.fields.get("instructions"),
                           model=next(iter(models)))  # fmt: skip
    return {
        "owner": registry["owner"],
        "purpose": registry["purpose"],
        "mode": mode,
        **more,
        "scope": scopes[0],
        "jobs": [_job(name, job) for name, job in jobs.items()],
    }


def _scope(job: Live) -> dict[str, Any]:
    """What a job reads, as `scope` says it."""
    found: dict[str, Any] = without_nothing(keys=list(job.fields.get("keys") or ()), sample=job.fields.get("sample"))
    where = criteria_of(job.fields.get("records") or {})
    entity = next((one["entity_type"] for one in where if "entity_type" in one), None)
    rest = [one for one in where if one.get("entity_type") != entity or entity is None]
    return {**({"entity": entity} if entity else {}), **found, **without_nothing(where=rest)}


def _job(name: str, job: Live) -> dict[str, Any]:
    told = without_nothing(skills=list(job.fields.get("skills") or ()), schedule=job.fields.get("schedule"))
    return {"name": unquote(name), "prompt": job.fields.get("prompt") or "", **told}
