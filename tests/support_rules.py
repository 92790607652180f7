"""Rules as people make and order them on the pages of the sandbox's CluedIn, and as they are there."""

from __future__ import annotations

from typing import Any

from . import portal
from .support import Project

_CREATE = "mutation r($rule: InputCreateRule!) { management { createRule(rule: $rule) { id } } }"
_SAVE = "mutation r($rule: InputRule!) { management { saveRule(rule: $rule) { id } } }"
_SIGN_IN = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test",
            "password": "sandbox-password"}  # fmt: skip


class Page:
    """Somebody signed in to CluedIn's pages."""

    def __init__(self, made: Project) -> None:
        token = made.http("POST", "/auth/connect/token", data=_SIGN_IN)["access_token"]
        self._url, self._headers = made.url, {"authorization": f"Bearer {token}"}

    def ask(self, document: str, **variables: Any) -> Any:
        """One document of GraphQL; its one field."""
        sent = {"query": document, "variables": variables}
        told = portal.post(f"{self._url}/graphql", json=sent, headers=self._headers).json()
        assert "errors" not in told, told
        return next(iter(told["data"]["management"].values()))

    def rest(self, method: str, path: str, json: Any = None) -> Any:
        """One call over REST."""
        return self.rest_at(method, f"/api/api/v1{path}", json)

    def rest_at(self, method: str, path: str, json: Any = None) -> Any:
        """One call at any path."""
        answer = portal.request(method, f"{self._url}{path}", json=json, headers=self._headers, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def make(self, name: str, scope: str, **more: Any) -> str:
        """A rule, with what it does."""
        id = str(self.ask(_CREATE, rule={"name": name, "scope": scope})["id"])
        if more:
            self.ask(_SAVE, rule={"id": id, "name": name, "scope": scope, **more})
        return id


def by_hand(made: Project, name: str, scope: str, **more: Any) -> str:
    """A rule that a person makes; its id."""
    return Page(made).make(name, scope, **more)


def live(made: Project, by: str = "name") -> dict[str, Any]:
    """The rules that are there."""
    return {one[by]: one for one in made.http("GET", "/_sandbox/state")["cluedin"].get("rule", {}).values()}


def order(made: Project, scope: str = "DataPart") -> list[str]:
    """Their names in the order in which they run."""
    mine = [one for one in live(made, by="id").values() if one["scope"] == scope]
    return [one["name"] for one in sorted(mine, key=lambda one: int(one["order"]))]


def rule_calls(made: Project) -> list[str]:
    """The writes about rules over REST, as `PUT /rules`."""
    paths = ((one["method"], one["path"].partition("/v1")[2]) for one in made.writes())
    return [f"{method} {path}" for method, path in paths if path.startswith("/rules")]
