"""People at the pages of CluedIn: what they do, and which events that is, without anything of `watch`."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .. import portal
from ..support import SECRETS, Project

LAKE, HTTP = "f6178e19-7168-449c-b4b6-f9810e86c1c2", "486cc091-4c77-4190-8e2d-058bc4ca8a85"
REST_API, HUBSPOT = "98648745-e0da-40cf-8724-8f4fb9fe338a", "7673c455-074a-499f-afd3-c77dfbb7bc1f"
Happened = tuple[str, str, str]
"""Type of the event, id of the object, and what was done."""

_CONNECT = """mutation m($c: ID, $a: JSON, $d: String) { inbound {
  createConnection(connectorId: $c, authInfo: $a, accountDisplay: $d) { id } } }"""
_SAVE = """mutation m($c: InputConnectorConfiguration) { inbound { saveConnectorConfiguration(
  connectorConfiguration: $c) { id } } }"""
_RULE = """mutation m($rule: InputCreateRule!) { management { createRule(rule: $rule) { id } } }"""
_SAVE_RULE = """mutation m($rule: InputRule!) { management { saveRule(rule: $rule) { id } } }"""
_GROUP = """mutation m($s: InputDataSourceSet) { inbound { createDataSourceSet(dataSourceSet: $s) } }"""
_SOURCE = """mutation m($g: ID, $s: InputDataSource) { inbound {
  createDataSource(dataSourceSetId: $g, dataSource: $s) { id } } }"""


@dataclass
class People:
    """Somebody who is signed in."""

    project: Project
    token: str = ""
    number: int = 0
    known: dict[str, list[str]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    """What was done something with since the last look: of that one object more would be one event."""
    off: set[str] = field(default_factory=set)
    state: dict[str, str] = field(default_factory=dict)
    runnable: dict[str, str] = field(default_factory=dict)
    """By id of a stream whose runs are watched, the id of its target."""

    # -- calls -------------------------------------------------------------------------------------------------

    def sign_in(self) -> str:
        if not self.token:
            form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
            url = f"{self.project.url}/auth/connect/token"
            told = portal.request("POST", url, data={**form, "password": SECRETS["CLUEDIN_PASSWORD"]})
            self.token = told.json()["access_token"]
        return self.token

    def rest(self, method: str, path: str, **more: Any) -> Any:
        headers = {"authorization": f"Bearer {self.sign_in()}"}
        told = portal.request(method, f"{self.project.url}/api/api/v1{path}", headers=headers, timeout=30, **more)
        told.raise_for_status()
        return told.json() if told.content else None

    def graphql(self, document: str, **variables: Any) -> Any:
        headers = {"authorization": f"Bearer {self.sign_in()}"}
        sent = {"query": document, "variables": variables}
        told = portal.request("POST", f"{self.project.url}/graphql", headers=headers, json=sent, timeout=30).json()
        assert "errors" not in told, told
        return next(iter(next(iter(told["data"].values())).values()))

    # -- what they do --------------------------------------------------------------------------------------------

    def name(self, what: str) -> str:
        self.number += 1
        return f"{what} {self.number}"

    def _made(self, kind: str, id: str) -> str:
        self.known.setdefault(kind, []).append(id)
        self.touched.add(id)
        return id

    def group(self, id: str) -> str:
        self.known.setdefault("group", []).append(id)
        return id

    def some(self, kind: str, rng: random.Random, fits: Callable[[str], bool] = lambda id: True) -> str | None:
        """One of those that nothing was done with since the last look."""
        free = [id for id in self.known.get(kind, ()) if id not in self.touched and fits(id)]
        if not free:
            return None
        id = rng.choice(free)
        self.touched.add(id)
        return id

    def connect(self, kind: str, provider: str, options: dict[str, Any]) -> Happened:
        made = self.graphql(_CONNECT, c=provider, a=options, d=self.name(kind))
        return f"{kind}.changed", self._made(kind, str(made["id"])), "added"

    def act(self, rng: random.Random) -> list[Happened]:
        """Something, as they please; nothing where what they wanted is not there."""
        return rng.choice(DEEDS)(self, rng)


def _target(people: People, rng: random.Random) -> list[Happened]:
    return [people.connect("target", HTTP, {"url": "https://a.example.com/x"})]


def _crawler(people: People, rng: random.Random) -> list[Happened]:
    return [people.connect("crawler", HUBSPOT, {"apiToken": "of-somebody"})]


def _enricher(people: People, rng: random.Random) -> list[Happened]:
    return [people.connect("enricher", REST_API, {"acceptedEntityType": "/Person", "version": "v2"})]


def _rename(people: People, rng: random.Random) -> list[Happened]:
    kind = rng.choice(["target", "crawler", "enricher"])
    if (id := people.some(kind, rng)) is None:
        return []
    people.graphql(_SAVE, c={"id": id, "accountDisplay": people.name(kind)})
    return [(f"{kind}.changed", id, "renamed")]


def _options(people: People, rng: random.Random) -> list[Happened]:
    if (id := people.some("target", rng, lambda id: id not in people.off)) is None:
        return []
    options = {"url": f"https://a.example.com/{people.name('p').replace(' ', '')}"}
    people.graphql(_SAVE, c={"id": id, "helperConfiguration": options})
    return [("target.changed", id, "changed")]


def _break(people: People, rng: random.Random) -> list[Happened]:
    """The address is gone, so that the target does not work; or it is there again."""
    used = set(people.runnable.values())
    if (id := people.some("target", rng, lambda id: id not in used)) is None:
        return []
    if id in people.off:
        people.off.remove(id)
        people.graphql(_SAVE, c={"id": id, "helperConfiguration": {"url": "https://a.example.com/again"}})
        return [("target.changed", id, "changed")]
    people.off.add(id)
    people.graphql(_SAVE, c={"id": id, "helperConfiguration": {}})
    return [("target.changed", id, "changed"), ("target.unhealthy", id, "")]


def _switch(people: People, rng: random.Random) -> list[Happened]:
    kind = rng.choice(["crawler", "enricher"])
    if (id := people.some(kind, rng)) is None:
        return []
    on = id in people.off
    people.rest("PUT", "/organization/providers", params={"id": id, "active": str(on).lower()})
    (people.off.remove if on else people.off.add)(id)
    return [(f"{kind}.changed", id, "switched_on" if on else "switched_off")]


def _gone(people: People, rng: random.Random) -> list[Happened]:
    kind = rng.choice(["target", "enricher", "stream", "rule"])
    used = set(people.runnable.values()) | set(people.runnable)
    if (id := people.some(kind, rng, lambda id: id not in used)) is None:
        return []
    path = {"target": "/connector/{}", "enricher": "/integration/enricher/{}/delete", "stream": "/streams/{}",
            "rule": "/rules/{}"}[kind]  # fmt: skip
    people.rest("DELETE", path.format(id))
    people.known[kind].remove(id)
    return [(f"{kind}.changed", id, "removed")]


def _stream(people: People, rng: random.Random) -> list[Happened]:
    id = people.rest("POST", "/streams", json={"name": people.name("stream"), "condition": {}, "rules": [], "mode": 0})
    people.state[id] = "new"
    return [("stream.changed", people._made("stream", str(id)), "added")]


def _rename_stream(people: People, rng: random.Random) -> list[Happened]:
    if (id := people.some("stream", rng, lambda id: id not in people.runnable)) is None:
        return []
    people.rest("PUT", f"/streams/{id}", json={"name": people.name("stream"), "condition": {}, "rules": [], "mode": 0})
    return [("stream.changed", id, "renamed")]


def _state(people: People, rng: random.Random) -> list[Happened]:
    """A stream whose runs are watched is paused and started again; what is stopped tells no runs."""
    if (id := people.some("stream", rng, lambda id: id in people.runnable)) is None:
        return []
    wanted = "pause" if people.state[id] == "started" else "start"
    people.rest("POST", f"/streams/{id}/{wanted}")
    people.state[id] = "paused" if wanted == "pause" else "started"
    return [("stream.changed", id, people.state[id])]


def _run(people: People, rng: random.Random) -> list[Happened]:
    """A run changes nothing of the stream, so that one may be beside a change of it."""
    if not people.runnable:
        return []
    id = rng.choice(sorted(people.runnable))
    told = people.rest("POST", f"/streams/{id}/connectorActions/RunExport/execute", json={})
    assert told["success"]
    return [("export.succeeded", id, "")]


def _group(people: People, rng: random.Random) -> list[Happened]:
    id = people.graphql(_GROUP, s={"name": people.name("group"), "author": None})
    return [("source.changed", people.group(str(id)), "added")]


def _source(people: People, rng: random.Random) -> list[Happened]:
    groups = people.known.get("group", [])
    if not groups:
        return []
    made = people.graphql(_SOURCE, g=rng.choice(groups), s={"name": people.name("source"), "type": "endpoint"})
    return [("source.changed", str(made["id"]), "added")]


def _rule(people: People, rng: random.Random) -> list[Happened]:
    scope = rng.choice(["DataPart", "Survivorship", "Entity"])
    made = people.graphql(_RULE, rule={"name": people.name("rule"), "scope": scope})
    return [("rule.changed", people._made("rule", str(made["id"])), "added")]


def _rename_rule(people: People, rng: random.Random) -> list[Happened]:
    if (id := people.some("rule", rng)) is None:
        return []
    rule = {"id": id, "name": people.name("rule"), "isActive": False, "condition": {}, "rules": []}
    people.graphql(_SAVE_RULE, rule=rule)
    return [("rule.changed", id, "renamed")]


def _again(people: People, rng: random.Random) -> list[Happened]:
    if (id := people.some("stream", rng, lambda id: people.state.get(id) == "started")) is None:
        return []
    people.rest("POST", f"/streams/reingest/{id}")
    return [("stream.changed", id, "reprocessed")]


DEEDS: tuple[Callable[[People, random.Random], list[Happened]], ...] = (
    *(_target, _crawler, _enricher, _rename, _options, _break, _switch, _gone, _stream, _rename_stream, _state, _run),
    *(_run, _group, _source, _rule, _rename_rule, _again),
)
