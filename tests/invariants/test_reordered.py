"""The order in which a system lists things means nothing."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from reconciler.systems.answer import Answer
from reconciler.systems.http import Connection

from ..support import Project

ROWS = frozenset(
    {"data", "value", "entities", "entityDefs", "classificationDefs", "relationshipDefs", "users", "owners"}
)
SETS = frozenset({"classifications", "labels", "meanings", "synonyms", "seeAlso", "resources", "Expert", "Steward"})


def reversed_lists(value: Any, name: str = "") -> Any:
    """The same answer with every list turned round whose order means nothing."""
    if isinstance(value, dict):
        return {key: reversed_lists(item, key) for key, item in value.items()}
    if isinstance(value, list):
        items = [reversed_lists(item) for item in value]
        return items[::-1] if name in ROWS | SETS else items
    return value


def test_reordered_live_lists_change_nothing(subject: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    subject.apply()
    digest = subject.plan().digest
    send = Connection.send
    turned = []

    def backwards(self: Connection, method: str, path: str, **more: Any) -> Answer:
        answer = send(self, method, path, **more)
        value = answer.json()
        turned.append(path)
        body = value[::-1] if isinstance(value, list) else reversed_lists(value)
        sent = orjson.dumps(body) if value is not None else b""
        return Answer(answer.status, answer.headers, sent, value=body if value is not None else None)

    monkeypatch.setattr(Connection, "send", backwards)
    plan = subject.plan()
    assert [(c.action, c.address) for c in plan.changes] == []
    assert plan.digest == digest
    assert turned
