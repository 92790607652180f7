"""AI agents, their jobs, and what these did: paths, bodies and most answers of the official description ([A]).

What is in no public source is drawn at random for each sandbox and each reset ([U]): ids of skills, whether a job names
skills and vocabulary keys by id or by name, the word for the type of its data. The answers of agents are not described;
here they are the members that are sent, with an id ([C]). No model is asked: a run has one chat, made of the prompt.
"""

from __future__ import annotations

import random
from typing import Any

from reconciler_sandbox.cluedin import conditions, models
from reconciler_sandbox.cluedin.ai_runs import AiRuns
from reconciler_sandbox.cluedin.errors import CluedInError, bad_request
from reconciler_sandbox.cluedin.seed import user_id
from reconciler_sandbox.cluedin.world import (
    AI_AGENT,
    AI_JOB,
    AI_WORDS,
    KEY,
    ZERO,
    Call,
    Doc,
    RestHandler,
    RestRoute,
    World,
    Write,
    fixed_id,
    new_id,
    now,
    put_of,
)
from reconciler_sandbox.web import Response

SINCE = "4.6"
"""Agents came with this version ([B])."""
TEMPLATE, MODEL = "reconciler-template", "eu-small"
_SKILLS = (("Create Rules", False), ("Create Cleaning Suggestions", False), ("Find Duplicates", True))
_MAP = "map?"
_AGENT = models.Model({"name": "text!", "description": "text?", "instructions": "text?", "metadata": _MAP})
_JOB = models.Model(
    {
        "name": "text!",
        "description": "text?",
        "metadata": _MAP,
        "prompt": "text?",
        "allowedSkills": "list?",
        "enableCronSchedule": "bool",
        "cronSchedule": "text?",
        "endpointId": "guid",
        "aiAgentId": "guid",
        "enabled": "bool",
        "dataSources": "list?",
    }
)
_SOURCE = models.Model(
    {
        "id": "guid",
        "name": "text?",
        "type": "text?",
        "filterRule": _MAP,
        "sample": "bool",
        "sampleSize": "int?",
        "isReferenceData": "bool?",
        "dataSetId": "guid?",
        "vocabularyKeys": "list?",
        "tail": "bool",
    }
)
_LISTED = ("id", "name", "description", "allowedSkills", "enabled", "aiAgentId", "createdAt", "createdBy", "modifiedAt",
           "modifiedBy", "metadata", "enableCronSchedule", "cronSchedule")  # fmt: skip


def _drawn() -> Doc:
    """What is others at each reset; kept with the jobs that are written so."""
    return {
        "id": "words",
        "skills": [{"id": new_id(), "name": name, "autoApprove": auto} for name, auto in _SKILLS],
        "byId": random.random() < 0.5,
        "keysById": random.random() < 0.5,
        "type": random.choice(("GoldenRecords", "Entities", "Records", "EntityQuery")) + str(random.randint(2, 99)),
    }


class Ai:
    """Agents and jobs of an organisation."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._runs = AiRuns(world)
        words = world.get(AI_WORDS, "words", latest=True) or world.put(AI_WORDS, _drawn())
        self._skills: list[Doc] = words["skills"]
        self._by_id, self._keys_by_id, self._type = words["byId"], words["keysById"], words["type"]

    def routes(self) -> list[RestRoute]:
        """Paths; fixed words stand before ids."""
        found: list[RestRoute] = [
            ("GET", "/aijobskills", self._all_skills),
            ("GET", "/aiagent", lambda call: Response(200, self._world.all(AI_AGENT))),
            ("POST", "/aiagent", self._make_agent),
            ("GET", "/aiagent/{agent}", lambda call, agent: Response(200, self._one(AI_AGENT, agent, "The agent"))),
            ("PUT", "/aiagent/{agent}", self._save_agent),
            ("DELETE", "/aiagent/{agent}", self._delete_agent),
            ("GET", "/aijob", self._jobs),
            ("POST", "/aijob", self._make_job),
            ("GET", "/aijob/{job}", lambda call, job: Response(200, self._view(self._one(AI_JOB, job, "The job")))),
            ("PUT", "/aijob/{job}", self._save_job),
            ("PATCH", "/aijob/{job}", self._patch_job),
            ("DELETE", "/aijob/{job}", self._delete_job),
            ("POST", "/aijob/{job}/dry-run", self._dry_run),
            *self._runs.routes(),
        ]
        return [(method, path, self._served(handler)) for method, path, handler in found]

    def _served(self, handler: RestHandler) -> RestHandler:
        """404 below its version, and 403 while the feature is off ([C])."""

        def handle(call: Call, **segments: str) -> Response:
            if not self._world.at_least(SINCE):
                return Response(404)
            if not self._world.option("ai_agents", True):
                raise CluedInError(403, "The feature AI Agents is not enabled.")
            return handler(call, **segments)

        return handle

    def seed(self) -> None:
        """A job that somebody made in the pages so that others can learn of it how one is written."""
        by = user_id("ada@example.com")
        agent = self._agent(by, {"name": TEMPLATE, "instructions": "Shows how jobs are written."})
        self._world.put(AI_AGENT, agent)
        key = fixed_id("key user.email") if self._keys_by_id else "user.email"
        source = {"name": "Users", "type": self._type, "filterRule": {}, "sample": True, "sampleSize": 10}
        skill = self._skills[0]["id" if self._by_id else "name"]
        given = {"name": TEMPLATE, "prompt": "Say nothing.", "allowedSkills": [skill], "aiAgentId": agent["id"]}
        given |= {"endpointId": fixed_id(f"endpoint {MODEL}"), "dataSources": [{**source, "vocabularyKeys": [key]}]}
        self._world.put(AI_JOB, self._job(by, _JOB.check(given)))

    # -- agents --------------------------------------------------------------------------------------------

    def _all_skills(self, call: Call) -> Response:
        return Response(200, [{**one, "supportedPrimaryDataSourceTypes": [self._type]} for one in self._skills])

    def _one(self, kind: str, id: str, what: str) -> Doc:
        return self._world.visible(kind, models.guid(id), what)

    def _agent(self, by: str, given: Doc) -> Doc:
        moment = now()
        made = {"createdAt": moment, "createdBy": by, "modifiedAt": moment, "modifiedBy": by}
        told = {name: given.get(name) for name in ("description", "instructions")}
        return {"id": new_id(), "name": self._world.text(given["name"]), **told,
                "metadata": dict(given.get("metadata") or {}), **made}  # fmt: skip

    def _make_agent(self, call: Call) -> Response:
        doc = self._agent(call.caller.user_id, _AGENT.read(call.request))
        self._world.submit(call.caller, "Create agent", doc["id"], [put_of(AI_AGENT, doc)])
        return Response(200, doc)

    def _save_agent(self, call: Call, agent: str) -> Response:
        before = self._world.newest(AI_AGENT, models.guid(agent), "The agent")
        after = self._agent(before["createdBy"], _AGENT.read(call.request))
        after |= {"id": before["id"], "createdAt": before["createdAt"], "modifiedBy": call.caller.user_id}
        self._world.submit(call.caller, "Update agent", before["id"], [put_of(AI_AGENT, after)])
        return Response(200, after)

    def _delete_agent(self, call: Call, agent: str) -> Response:
        """400 while a job is linked ([B])."""
        doc = self._world.newest(AI_AGENT, models.guid(agent), "The agent")
        if any(job["aiAgentId"] == doc["id"] for job in self._world.all(AI_JOB, latest=True)):
            raise bad_request("The agent has jobs.")
        self._world.submit(call.caller, "Delete agent", doc["id"], [Write(AI_AGENT, doc["id"])])
        return Response(200)

    # -- jobs ----------------------------------------------------------------------------------------------

    def _jobs(self, call: Call) -> Response:
        return Response(200, [self._listed(doc) for doc in self._world.all(AI_JOB)])

    def _listed(self, doc: Doc) -> Doc:
        cost = self._runs.cost(doc["id"])
        return {name: doc[name] for name in _LISTED} | {"pendingItems": 0, "jobProgressId": None, **cost}

    def _view(self, doc: Doc) -> Doc:
        name = MODEL if doc["endpointId"] == fixed_id(f"endpoint {MODEL}") else None
        rates = {"costPerInputToken": 0.001, "costPerOutputToken": 0.002, "resultsSummary": {"items": []}}
        progress = {"jobProgressId": None, "providerDefinitionId": None}
        return {**doc, "endpointName": name, **rates, **progress, **self._runs.cost(doc["id"])}

    def _job(self, by: str, given: Doc) -> Doc:
        """A job as it is kept; 400 for an agent, a skill, a key or a type of data that is not there ([C])."""
        moment = now()
        if given["aiAgentId"] != ZERO and self._world.get(AI_AGENT, given["aiAgentId"], latest=True) is None:
            raise bad_request("There is no such agent.")
        known = {one["id" if self._by_id else "name"] for one in self._skills}
        if set(given["allowedSkills"] or ()) - known:
            raise bad_request("There is no such skill.")
        made = {"createdAt": moment, "createdBy": by, "modifiedAt": moment, "modifiedBy": by}
        sources = [self._source(_SOURCE.check(one)) for one in given["dataSources"] or ()]
        plain = {"name": self._world.text(given["name"]), "metadata": dict(given["metadata"] or {})}
        lists = {"allowedSkills": list(given["allowedSkills"] or ()), "dataSources": sources}
        return {"id": new_id(), **given, **plain, **lists, **made}

    def _source(self, given: Doc) -> Doc:
        if given["type"] != self._type:
            raise bad_request(f"There is no data of the type {given['type']!r}.")
        if not 0 <= (given["sampleSize"] or 0) <= 1000:
            raise bad_request("The sample is between 0 and 1000 records.")
        for key in given["vocabularyKeys"] or ():
            by_id = self._world.get(KEY, key, latest=True) if models.is_guid(key) else None
            if not (by_id if self._keys_by_id else self._world.find(KEY, "key", key, latest=True)):
                raise bad_request(f"There is no vocabulary key {key!r}.")
        rule = conditions.stored(self._world, given["filterRule"] or {})
        return {**given, "id": new_id() if given["id"] == ZERO else given["id"], "filterRule": rule}

    def _make_job(self, call: Call) -> Response:
        doc = self._job(call.caller.user_id, _JOB.read(call.request))
        return self._kept(call, "Create job", doc)

    def _save_job(self, call: Call, job: str) -> Response:
        return self._replaced(call, job, _JOB.read(call.request))

    def _patch_job(self, call: Call, job: str) -> Response:
        """A JSON Patch ([A]) of members at the top; what may not be replaced is no path ([C])."""
        before = self._world.newest(AI_JOB, models.guid(job), "The job")
        body = models.body_of(call.request)
        given: dict[str, Any] = {name: before[name] for name in _JOB.members}
        if not isinstance(body, list):
            raise bad_request("A list of operations is needed.")
        for one in body:
            name = str(one.get("path") or "").strip("/") if isinstance(one, dict) else ""
            if name not in _JOB.members or str(one.get("op")).lower() not in ("replace", "add"):
                raise bad_request(f"The operation {one!r} is not valid.")
            given[name] = one.get("value")
        return self._replaced(call, job, _JOB.check(given))

    def _replaced(self, call: Call, job: str, given: Doc) -> Response:
        before = self._world.newest(AI_JOB, models.guid(job), "The job")
        after = {**self._job(before["createdBy"], given), "id": before["id"], "createdAt": before["createdAt"]}
        return self._kept(call, "Update job", after)

    def _kept(self, call: Call, action: str, doc: Doc) -> Response:
        """Saves it; one that is on, and has a schedule, runs from then on ([B])."""
        self._world.submit(call.caller, action, doc["id"], [put_of(AI_JOB, doc)])
        if doc["enabled"] and doc["enableCronSchedule"] and doc["cronSchedule"]:
            self._runs.begin(call, doc, dry=False)
        return Response(200, self._view(doc))

    def _delete_job(self, call: Call, job: str) -> Response:
        """400 once somebody approved a result of it ([B])."""
        doc = self._world.newest(AI_JOB, models.guid(job), "The job")
        if self._runs.approved(doc["id"]):
            raise bad_request("The job has approved results, which are kept for audit.")
        self._world.submit(call.caller, "Delete job", doc["id"], [Write(AI_JOB, doc["id"])])
        return Response(200)

    def _dry_run(self, call: Call, job: str) -> Response:
        """A run whose results are not live ([B]), by the body, which is that of a save ([A])."""
        doc = self._world.newest(AI_JOB, models.guid(job), "The job")
        given = self._job(call.caller.user_id, _JOB.read(call.request))
        return Response(200, {"jobProgressId": self._runs.begin(call, {**doc, "prompt": given["prompt"]}, dry=True)})
