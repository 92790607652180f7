"""Entity types that CluedIn ships are there before us: told once, recorded, and then watched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.systems.http import Connection
from reconciler_sandbox.cluedin import world
from reconciler_sandbox.server import running

from ..support import Project

PERSON = "cluedin.entity_type:/Person"
PEOPLE = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: people}
spec:
  vocabulary: {name: People, key_prefix: people, entity_type: {name: Person, code: /Person, icon: Cube}}
  terms: [{name: Email, key: email, term: false}]
  assign_terms: false
"""


def test_another_icon_is_told_once_and_a_later_one_is_drift(tmp_path: Path) -> None:
    with running(seed="demo") as sandbox:
        made = Project(tmp_path, sandbox.url)
        made.write("people.yaml", PEOPLE)
        said = [d for d in made.plan().diagnostics if d.code == "ensured.differs"]
        assert [(d.severity, d.address) for d in said] == [("info", PERSON)]
        assert "icon" in said[0].summary
        assert made.apply().complete
        plan = made.plan()
        assert (plan.changes, plan.drifted) == ([], [])
        assert [d for d in plan.diagnostics if d.code == "ensured.differs"] == []
        kept = sandbox.sandbox.cluedin._world  # type: ignore[union-attr]
        [doc] = [one for one in kept.all(world.ENTITY_TYPE) if one["type"] == "/Person"]
        kept.put(world.ENTITY_TYPE, {**doc, "icon": "Heart"})
        [change] = made.plan().drifted
        assert (change.action, change.address, [f.path for f in change.fields]) == ("drift", PERSON, ["icon"])
        kept.put(world.ENTITY_TYPE, doc)
        assert made.plan().drifted == []


def test_a_name_that_is_taken_is_refused_with_the_reason_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A term hidden by ownership holds the name: no list shows it, and the create is a 409."""
    with running(seed="demo") as sandbox:
        made = Project(tmp_path, sandbox.url)
        made.write("people.yaml", f"{PEOPLE.rstrip()}\n  cluedin_glossary: {{category: Enterprise}}\n".replace(
            "term: false", "term: true").replace("  assign_terms: false\n", ""))  # fmt: skip
        names = [
            c.address.partition(":")[2] for c in made.plan().changes if c.type.full_name == "cluedin.glossary_term"
        ]
        kept = sandbox.sandbox.cluedin._world  # type: ignore[union-attr]
        assert names
        category = kept.all(world.CATEGORY)[0]
        hidden = dict(kept.all(world.TERM)[0]) if kept.all(world.TERM) else {}
        kept.put(world.TERM, {**hidden, "id": "0f0f0f0f-0000-4000-8000-000000000001", "name": names[0],
                              "categoryId": category["id"], "ownedBy": "somebody-else"})  # fmt: skip
        [setting] = [one for one in kept.all(world.SETTING) if one["key"] == "GlossaryAccess.FilterTermsByOwnership"]
        kept.put(world.SETTING, {**setting, "value": "true"})
        sent: list[str] = []
        send = Connection.send

        def counted(self: Connection, method: str, path: str, **more: Any) -> Any:
            sent.append(str((more.get("json") or {}) if path == "/graphql" else ""))
            return send(self, method, path, **more)

        monkeypatch.setattr(Connection, "send", counted)
        outcomes = {o.change.address: o for o in made.apply().outcomes}
        found = outcomes[f"cluedin.glossary_term:{names[0]}"]
        assert found.status == "failed"
        assert "409" in found.message
        assert "FilterTermsByOwnership" in found.message
        assert len([one for one in sent if "mutation" in one and f"'name': '{names[0]}'" in one]) == 1
