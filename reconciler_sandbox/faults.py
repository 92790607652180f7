"""Faults on demand: refusals, delays and dropped connections, by rule."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler_sandbox.web import Refusal, Response

_KEYS = frozenset(
    (
        "method",
        "path",
        "status",
        "headers",
        "body",
        "every",
        "times",
        "after",
        "probability",
        "delay_ms",
        "seed",
    )
)


@dataclass(slots=True)
class Fault:
    """One rule, with what has become of it so far."""

    rule: dict[str, Any]
    path: re.Pattern[str]
    dice: random.Random
    seen: int = 0
    hits: int = 0

    @classmethod
    def parse(cls, rule: Any) -> Fault:
        """Reads a rule; refuses what it does not know."""
        if not isinstance(rule, Mapping) or set(rule) - _KEYS:
            unknown = sorted(set(rule) - _KEYS) if isinstance(rule, Mapping) else rule
            raise Refusal(Response(400, {"message": f"unknown in a fault: {unknown}"}))
        if rule.get("after") not in (None, "response"):
            raise Refusal(Response(400, {"message": "after is 'response' or left out"}))
        try:
            path = re.compile(str(rule.get("path") or ""))
        except re.error as error:
            raise Refusal(Response(400, {"message": f"path: {error}"})) from None
        return cls(dict(rule), path, random.Random(int(rule.get("seed", 7))))

    def strikes(self, method: str, path: str) -> bool:
        """Whether this request is hit; counts it."""
        rule = self.rule
        wanted = rule.get("method")
        if wanted and str(wanted).upper() != method:
            return False
        if not self.path.search(path) or (rule.get("times") is not None and self.hits >= int(rule["times"])):
            return False
        self.seen += 1
        if rule.get("probability") is not None:
            hit = self.dice.random() < float(rule["probability"])
        else:
            hit = self.seen % max(int(rule.get("every") or 1), 1) == 0
        self.hits += hit
        return hit

    @property
    def drops(self) -> bool:
        """Whether the work is done and the connection then dropped without an answer."""
        return self.rule.get("after") == "response"

    @property
    def delay(self) -> float:
        """Seconds to wait first."""
        return float(self.rule.get("delay_ms") or 0) / 1000

    def response(self) -> Response | None:
        """The refusal, None when the fault only waits or drops."""
        if self.rule.get("status") is None:
            return None
        status = int(self.rule["status"])
        body = self.rule.get("body")
        if body is None:
            body = {"error": {"code": str(status), "message": "Injected by the sandbox"}}
        headers = {str(key): str(value) for key, value in (self.rule.get("headers") or {}).items()}
        return Response(status, body, {"Content-Type": "application/json"} | headers)

    def show(self) -> dict[str, Any]:
        """The rule with its counts."""
        return self.rule | {"seen": self.seen, "hits": self.hits}


@dataclass(slots=True)
class Faults:
    """All rules; the first that strikes decides."""

    rules: list[Fault] = field(default_factory=list)

    def add(self, body: Any) -> list[dict[str, Any]]:
        """Adds one rule or several."""
        new = [Fault.parse(rule) for rule in (body if isinstance(body, list) else [body])]
        self.rules += new
        return self.show()

    def clear(self) -> Response:
        """Takes every fault away, and has nothing more to say."""
        self.rules.clear()
        return Response(204)

    def show(self) -> list[dict[str, Any]]:
        """Every rule."""
        return [fault.show() for fault in self.rules]

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault that hits this request, if one does. Rules after it do not count the request."""
        return next((fault for fault in self.rules if fault.strikes(method, path)), None)
