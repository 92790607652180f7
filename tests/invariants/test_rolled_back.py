"""Every kind is rolled back by `--ref` to what it was, with its renames; an older checkout is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.errors import RefusedError
from reconciler.kinds import kinds

from ..support import Project
from ..support_git import commit, git, repository

LATER: dict[str, list[tuple[str, str]]] = {
    "LabelMap": [
        ("description: Personal data.", "description: Data of people."),
        ("description: Need-to-know data.", "description: For few."),
    ],
    "GlossaryMapping": [
        ("name: Customer\n    definition: A person", "name: Client\n    moved_from: Customer\n    definition: Who"),
        ("definition: Primary contact address.", "definition: Where to write."),
        ("{name: Full Name, key", "{name: Whole Name, moved_from: Full Name, key"),
        ("{name: Customer Id, key: id,", "{name: Account Id, moved_from: Customer Id, key: id,"),
        ("{name: Account Id, key: accountId,", "{name: Customer Id, moved_from: Account Id, key: accountId,"),
        ("icon: User", "icon: Cube"),
        ("status: Approved", "status: Draft"),
    ],
    "DataSourceLink": [("source_quality: 5", "source_quality: 4"), ("crm_notes: ignore", "crm_notes: {ignore: true}")],
    "ExportContract": [
        ("retention: {days: 365}", "retention: {days: 30}"),
        ("schedule: hourly", "schedule: daily"),
        ("freshness_p95_minutes: 60", "freshness_p95_minutes: 2880"),
        ("operator: exists", "operator: not_exists"),
    ],
    "Stream": [("state: started", "state: stopped"), ("operator: exists", "operator: not_exists")],
    "Crawler": [("source_quality: 4", "source_quality: 3"), ("active: true", "active: false")],
    "Enricher": [("includeConfidenceScore: true", "includeConfidenceScore: false"), ("ask(record)", "tell(record)")],
    "Webhook": [("[export.succeeded, export.late]", "[export.failed]")],
    "Rule": [("Marks people who have an address.", "Marks people."), ("{add_tag: HasMail}", "{add_tag: Mail}")],
    "MaskingPolicy": [
        ("also_view: {keys: [person.fullName]}", "also_view: {keys: [person.gender]}"),
        ("active: true", "active: false"),
    ],
    "AiAgent": [
        ("Finds badly formed contact data.", "Finds names that nobody has."),
        ("Which names are badly formed?", "Which names are odd?"),
        ("sample: 500", "sample: 400"),
        ("mode: suggest", "mode: analysis"),
    ],
    "CustomType": [
        ("description: A database of tags.", "description: Tags."),
        ("description: no signal", "description: nothing came"),
        ("description: A measured tag.", "description: A tag."),
        ("service_type: OSI PI", "service_type: AVEVA PI"),
        ("max_length: 200", "max_length: 300"),
    ],
    "Asset": [
        ("name: Plant", "name: The plant"),
        ("What the tag database", "All that the tag database"),
        ("state: Good", "state: Bad"),
        ("score: 0.9", "score: 0.5"),
        ("data_type: Float32}\n", "data_type: Float64}\n"),
    ],
    "Deduplication": [("People that came from several systems.", "The same people."), ("limit: 5000", "limit: 100")],
    "CleanProject": [("Genders of people, and their names.", "Genders."), ("{property: name}", "person.email")],
    "Setting": [
        ("SampleSize: 50", "SampleSize: 60"),
        ("SyncDataSources.Enabled: false", "SyncDataSources.Enabled: true"),
    ],
}
"""What a later commit changes in the example of each kind; what it renames, it says."""

VOLATILE = re.compile(
    r"time|modified|version|/(re)?sent$|/job$|/(ruleSet|conditions?|filterRule|deduplicationScopeFilter)(/rules/\d+)*/id$",
    re.IGNORECASE,
)
"""Counters and times, and ids that each save of a condition makes anew: no write takes them back."""


def test_every_kind_has_a_later_commit() -> None:
    assert LATER.keys() == set(kinds())


def live(subject: Project) -> dict[str, Any]:
    """What the systems keep by place."""
    places = leaves(subject.http("GET", "/_sandbox/state"))
    return {place: value for place, value in places if not VOLATILE.search(place)}


def leaves(state: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its place."""
    inner = state.items() if isinstance(state, dict) else enumerate(state) if isinstance(state, list) else None
    if inner is None:
        yield place, state
    for name, value in inner or ():
        yield from leaves(value, f"{place}/{name}")


@pytest.mark.long
def test_rolled_back_is_as_it_was(subject: Project) -> None:
    repository(subject.root)
    first = commit(subject.root)
    assert subject.apply().complete
    subject.settle()
    before = live(subject)
    for name in kinds():
        path = subject.root / "manifests" / f"{name.lower()}.yaml"
        for old, new in LATER[name] if path.exists() else ():
            subject.edit(path.name, old, new)
    second = commit(subject.root)
    assert subject.apply().complete
    assert subject.plan().changes == []
    subject.settle()
    assert live(subject) != before

    git(subject.root, "checkout", "-q", first)
    with pytest.raises(RefusedError, match=f"commit {first[:12]} does not descend from {second[:12]}"):
        subject.apply()
    git(subject.root, "checkout", "-q", "main")

    plan = subject.plan(ref="HEAD~1")
    assert {change.action for change in plan.changes} <= {"update", "rename"}
    assert plan.orphans == []
    assert subject.apply(ref="HEAD~1").complete
    assert [(c.action, c.address, c.fields) for c in subject.plan(ref=first).changes] == []
    subject.settle()
    after = live(subject)
    assert {at: (before.get(at), after.get(at)) for at in before | after if before.get(at) != after.get(at)} == {}
    assert subject.apply().complete, "and forward again"
    assert subject.plan().changes == []
