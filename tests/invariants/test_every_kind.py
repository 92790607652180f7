"""What must hold for every kind, on every sandbox."""

from __future__ import annotations

from pathlib import Path

from reconciler.plan import load as saved_plan
from reconciler.plan import save
from reconciler.report.jsonform import dump

from ..support import Project


def test_apply_then_plan_is_empty(subject: Project) -> None:
    result = subject.apply()
    assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
    plan = subject.plan()
    assert [(c.action, c.address, [(f.path, f.before, f.after) for f in c.fields]) for c in plan.changes] == []


def test_apply_twice_sends_no_write(subject: Project) -> None:
    subject.apply()
    before = len(subject.writes())
    assert subject.apply().complete
    assert subject.writes()[before:] == []


def test_plan_writes_nothing_and_has_one_digest(subject: Project) -> None:
    first = subject.plan()
    assert subject.plan().digest == first.digest
    assert subject.writes() == []
    assert not (subject.root / ".reconciler").exists()


def test_a_saved_plan_is_read_with_the_digests_that_it_was_saved_with(subject: Project, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    made = subject.plan()
    save(made, path, dump)
    assert saved_plan(path)["digest"] == made.digest
    subject.apply()
    for manifest in (subject.root / "manifests").glob("*.yaml"):
        manifest.unlink()
    removing = subject.plan(prune=True)
    save(removing, path, dump)
    assert saved_plan(path)["digest"] == removing.digest
    assert removing.executable


def test_an_interrupted_apply_run_again_ends_the_same(subject: Project) -> None:
    whole = {c.address for c in subject.plan().executable}
    subject.http(
        "POST",
        "/_sandbox/faults",
        json={"method": "POST", "path": "entity/bulk|graphql", "every": 7, "times": 3, "after": "response"},
    )
    subject.apply()
    subject.http("DELETE", "/_sandbox/faults")
    assert subject.apply().complete
    assert subject.actions() == []
    assert whole


def test_removal_takes_away_what_we_made_and_nothing_else(subject: Project) -> None:
    before = subject.http("GET", "/datamap/api/atlas/v2/glossary?limit=100")
    subject.apply()
    for path in (subject.root / "manifests").glob("*.yaml"):
        path.unlink()
    removals = [c for c in subject.plan(prune=True).changes if c.action in ("delete", "retire")]
    result = subject.apply(prune=True, allow_deletes=len(removals))
    assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
    assert subject.actions(prune=True) == []
    after = subject.http("GET", "/datamap/api/atlas/v2/glossary?limit=100")
    assert [g["name"] for g in after] == [g["name"] for g in before]
    assert [len(g.get("terms", [])) for g in after] == [len(g.get("terms", [])) for g in before]
