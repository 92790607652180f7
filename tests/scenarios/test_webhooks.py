"""Webhooks of records: what is made, changed, stopped, deleted and taken up again; of workflows: two settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.diff import Options
from reconciler.errors import RefusedError
from reconciler.kinds.pulling import Limits
from reconciler.workflow import Approval, apply_plan, pull_estate

from ..support import Project, project

FILE = "hook.yaml"
HOOK = """
apiVersion: reconciler/v1
kind: Webhook
metadata: {name: people-hook}
spec:
  events: [record.added, record.changed, record.removed]
  url: https://example.com/hooks/people
  authorization: {env: LAKE_KEY, version: "1"}
  entity: /Person
  where: [{key: person.email, operator: exists}]
  columns: [person.email]
  state: started
"""
LABELS = """
apiVersion: reconciler/v1
kind: LabelMap
metadata: {name: labels}
spec: {labels: {PII: {classification: CLUEDIN.PII}}}
"""
PEOPLE = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: people}
spec:
  glossary: Enterprise
  term: {name: Client}
  vocabulary: {name: Client, key_prefix: client, entity_type: {name: Client, code: /Client}}
  terms: [{name: Mail, key: mail, labels: [PII]}]
"""


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as one:
        one.write(FILE, HOOK)
        assert one.apply().complete
        assert one.actions() == []
        yield one


def live(made: Project) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The stream and the export target."""
    state = made.http("GET", "/_sandbox/state")["cluedin"]
    streams = {one["name"]: one for one in state.get("stream", {}).values()}
    targets = {one["accountDisplay"]: one for one in state.get("provider-definition", {}).values()}
    return streams.get("people-hook"), targets.get("people-hook")


def test_it_makes_a_stream_of_events_to_the_address(made: Project) -> None:
    stream, target = live(made)
    assert stream is not None
    assert target is not None
    assert (stream["status"], stream["mode"], stream["containerName"]) == ("Started", "EventStream", "people-hook")
    assert target["helperConfiguration"] == {
        "url": "https://example.com/hooks/people", "authorization": "the-key-of-the-lake==",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("hooks/people", "hooks/others", {("update", "cluedin.export_target:Http Connector/people-hook")}),
        ('version: "1"', 'version: "2"', {("update", "cluedin.export_target:Http Connector/people-hook")}),
        ("operator: exists", "operator: not_exists", {("update", "cluedin.stream:people-hook")}),
        ("state: started", "state: paused", {("update", "cluedin.stream_state:people-hook")}),
        ("  state:", "  container: people\n  state:", {("update", "cluedin.stream_export:people-hook")}),
    ],
)
def test_a_change_is_one_change_and_then_nothing(made: Project, old: str, new: str, changed: set[Any]) -> None:
    made.edit(FILE, old, new)
    assert set(made.actions()) == changed
    assert made.apply().complete
    assert made.actions() == []
    _, target = live(made)
    assert target is not None
    assert target["helperConfiguration"]["authorization"] == "the-key-of-the-lake=="


@pytest.mark.parametrize(("word", "left"), [("stop", ("Stopped", True)), ("keep", ("Started", True)), ("delete", None)])
def test_what_becomes_of_it_when_nobody_wants_it(made: Project, word: str, left: Any) -> None:
    made.write(FILE, HOOK + f"  on_remove: {word}\n")
    assert made.apply().complete
    (made.root / "manifests" / FILE).unlink()
    gone = [address for action, address in made.actions(prune=True) if action in ("delete", "retire")]
    assert made.apply(prune=True, allow_deletes=len(gone)).complete
    assert made.actions(prune=True) == []
    stream, target = live(made)
    assert ((stream["status"], target is not None) if stream else None) == left
    made.write(FILE, HOOK)
    assert made.apply(adopt="overwrite").complete
    assert made.actions() == []
    stream, _ = live(made)
    assert stream is not None
    assert stream["status"] == "Started"


def test_labelled_keys_are_approved(made: Project) -> None:
    made.write("labels.yaml", LABELS)
    made.write("people.yaml", PEOPLE)
    assert made.apply().complete
    made.edit(FILE, "columns: [person.email]", "columns: [person.email, client.mail]")
    with pytest.raises(RefusedError, match="PII needs an approval"):
        made.apply()
    assert apply_plan(made.session(), Options(), Approval(labels=frozenset({"PII"}))).complete
    assert made.actions() == []


def test_it_is_pulled_as_it_was_written(made: Project) -> None:
    written = HOOK.replace('  authorization: {env: LAKE_KEY, version: "1"}\n', "")
    made.write(FILE, written)
    assert made.apply().complete
    (made.root / "manifests" / FILE).unlink()
    for path in (made.root / ".reconciler").rglob("*.jsonl"):
        path.unlink()
    pull_estate(made.session(), Limits(type="Webhook"))
    [path] = [one for one in (made.root / "manifests").rglob("*.yaml") if "kind: Webhook" in one.read_text()]
    text = path.read_text(encoding="utf-8")
    for line in ("url: https://example.com/hooks/people", "entity: /Person", "state: started"):
        assert line in text
    assert "authorization" in text.split("spec:")[0]
    assert "the-key-of-the-lake" not in text
    assert {action for action, _ in made.actions(adopt="matching")} <= {"adopt"}


def test_workflows_are_two_settings(tmp_path: Path) -> None:
    with project(tmp_path) as one:
        one.write(FILE, """
            apiVersion: reconciler/v1
            kind: Webhook
            metadata: {name: workflows}
            spec:
              events: [workflow.*]
              event_hub: {name: cluedin-events, connection_string: {env: LAKE_KEY, version: "1"}}
            """)  # fmt: skip
        assert one.apply().complete
        assert one.actions() == []
        settings = one.http("GET", "/_sandbox/state")["cluedin"]["setting"]
        values = {key: row.get("value") for key, row in settings.items() if key.startswith("eventhub")}
        assert values == {"eventhub.name": "cluedin-events", "eventhub.connectionstring": "the-key-of-the-lake=="}
