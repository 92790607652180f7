"""The audit of an apply: a line a change, whatever becomes of it, and no write that it does not know."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from reconciler.apply import Result, execute
from reconciler.audit.actor import Actor, actor, commit
from reconciler.audit.audit import Audit
from reconciler.audit.file import FileTrail
from reconciler.audit.place import audit_of
from reconciler.audit.trail import Nowhere, unwritable
from reconciler.diff import Options
from reconciler.environment.audit import AuditPlace
from reconciler.environment.spec import Environment
from reconciler.errors import ConfigurationError, Exit, ReconcilerError
from reconciler.plan import build

from .conftest import World
from .fakes import thing


class Memory(Nowhere):
    """A trail in memory, that fails from a line on when a test says so."""

    def __init__(self, fails_at: int = 10_000) -> None:
        self.raw: list[bytes] = []
        self.fails_at = fails_at

    def append(self, lines: Sequence[bytes]) -> None:
        if len(self.raw) + len(lines) >= self.fails_at:
            raise unwritable("the memory", "it is full", "Forget something.")
        self.raw += lines

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        shapes = [json.loads(line) for line in self.raw]
        return [shape for shape in shapes if event in ("", shape["event"])]


def apply(world: World, trail: Memory, *wants: Any, labels: frozenset[str] = frozenset(), **options: Any) -> Result:
    wishes, ledger = world.wishes(*wants), world.book.load()
    plan = build(wishes, ledger, world.systems, Options(**options))
    audit = Audit(trail, lambda: {"correlation_id": "c-1", "environment": "test", "commit": "abc"}, labels)
    return execute(plan, wishes, world.book, ledger, world.systems, audit=audit)


def test_a_line_tells_who_wanted_what_and_what_became_of_it_and_never_a_value(world: World) -> None:
    world.system.refuse = {"b"}
    trail = Memory()
    apply(world, trail, thing("a", text="a secret thought", people=["ada"]), thing("b", text="x"))
    begin, *_, end = trail.lines()
    done, failed = sorted(trail.lines("change"), key=lambda line: line["address"])
    assert {"event": "begin", "changes": 2, "audit": 1, "line": 1}.items() <= begin.items()
    assert begin["digest"].startswith("sha256:")
    assert done.pop("at").endswith("Z")
    assert done.pop("line") in (2, 3)
    assert done == {
        "audit": 1, "event": "change", "correlation_id": "c-1", "environment": "test", "commit": "abc",
        "address": "purview.thing:a", "action": "create", "fields": ["people", "text"],
        "manifests": ["manifests/one.yaml:3"], "outcome": "done",
    }  # fmt: skip
    assert (failed["address"], failed["outcome"]) == ("purview.thing:b", "failed")
    assert (end["event"], end["complete"]) == ("end", False)
    assert b"secret thought" not in b"".join(trail.raw)
    assert b"ada" not in b"".join(trail.raw), "who is among the members is a value"


def test_nothing_to_do_is_nothing_to_tell(world: World) -> None:
    apply(world, Memory(), thing("a", text="x"))
    trail = Memory()
    assert apply(world, trail, thing("a", text="x"), labels=frozenset({"PII"})).complete
    assert trail.raw == []


def test_every_outcome_is_told_once_also_of_what_was_not_reached(world: World) -> None:
    world.system.refuse = {"a"}
    trail = Memory()
    apply(world, trail, thing("a", text="x"), thing("b", text="x", needs=("purview.thing:a",)), thing("c", text="x"))
    told = [(line["address"][-1], line["outcome"]) for line in trail.lines("change")]
    assert sorted(told) == [("a", "failed"), ("b", "skipped"), ("c", "done")]


def test_labels_that_are_approved_are_told_before_anything_is_written(world: World) -> None:
    trail = Memory(fails_at=3)
    with pytest.raises(ReconcilerError, match="could not be written") as failed:
        apply(world, trail, thing("a", text="x"), labels=frozenset({"PII", "Legal"}))
    assert failed.value.exit_code == Exit.ERROR
    assert world.system.writes == [], "nobody approves what is not noted"
    trail = Memory()
    apply(world, trail, thing("a", text="x"), labels=frozenset({"PII", "Legal"}))
    assert [line["label"] for line in trail.lines("approval")] == ["Legal", "PII"]
    assert [line["event"] for line in trail.lines()] == ["begin", "approval", "approval", "change", "end"]


def test_after_an_audit_that_fails_no_further_write_is_sent(world: World) -> None:
    """What was written is in the ledger: the next run goes on with the rest."""
    wants = (thing("a", text="x"), thing("b", text="x", needs=("purview.thing:a",)))
    trail = Memory(fails_at=2)
    result = apply(world, trail, *wants)
    assert [keys for _, keys in world.system.writes] == [("a",)]
    assert [one.code for one in result.diagnostics] == ["audit.unwritable"], "once"
    assert result.exit_code == Exit.PARTIAL
    assert {one.change.key: one.status for one in result.outcomes} == {"a": "done", "b": "not_started"}
    assert world.actions(*wants) == [("create", "b", "new")]


def test_a_place_that_fails_once_gets_all_lines_in_the_end(world: World) -> None:
    trail = Memory(fails_at=2)
    append, times = trail.append, []

    def once(lines: Sequence[bytes]) -> None:
        times.append(1)
        trail.fails_at = 2 if len(times) == 2 else 100
        append(lines)

    trail.append = once  # type: ignore[method-assign]
    result = apply(world, trail, thing("a", text="x"), thing("b", text="x", needs=("purview.thing:a",)))
    assert result.exit_code == Exit.PARTIAL
    assert [line["line"] for line in trail.lines()] == [1, 2, 3, 4]


def test_what_a_killed_run_did_is_told_by_the_next(world: World) -> None:
    world.apply(thing("a", text="one"), thing("b", text="one"), thing("gone", text="x"))
    world.system.die_after = 1
    killed = Memory()
    wants = (thing("a", text="two"), thing("b", text="two", needs=("purview.thing:a",)))
    with pytest.raises(KeyboardInterrupt):
        apply(world, killed, *wants)
    assert [line["event"] for line in killed.lines()] == ["begin", "change"]
    assert world.system.at("b")["values"]["text"] == "one"
    world.system.at("b")["values"]["text"] = "two"  # the request was carried out after all
    world.system.die_after = None
    trail = Memory()
    assert apply(world, trail, *wants).complete
    [line] = trail.lines("change")
    assert {
        "address": "purview.thing:b",
        "action": "update",
        "fields": ["text"],
        "earlier": True,
    }.items() <= line.items()


def test_what_a_killed_run_did_not_do_is_not_told(world: World) -> None:
    world.apply(thing("a", text="one"))
    world.system.die_after = 0
    with pytest.raises(KeyboardInterrupt):
        apply(world, Memory(), thing("a", text="two"))
    world.system.die_after = None
    trail = Memory()
    assert apply(world, trail, thing("a", text="one")).complete, "the manifest went back"
    assert trail.lines("change") == []


def test_what_others_wrote_runs_nothing_in_a_log(world: World) -> None:
    trail = Memory()
    audit = Audit(trail, lambda: {"who": "::add-mask::x ##vso[task] \u202e"})
    wishes, ledger = world.wishes(thing("a", text="x")), world.book.load()
    audit.begin(build(wishes, ledger, world.systems, Options()), ledger, wishes.resources)
    assert b"::" not in trail.raw[0]
    assert b"##" not in trail.raw[0]
    assert trail.raw[0].isascii()
    assert trail.lines()[0]["who"] == "::add-mask::x ##vso[task] \u202e"


# -- a file ------------------------------------------------------------------------------------------------------


def test_a_file_is_only_ever_added_to(tmp_path: Path) -> None:
    trail = FileTrail(tmp_path / "a/b.jsonl", "a/b.jsonl")
    trail.append([b'{"audit":1}\n', b'{"audit":2}\n'])
    trail.path.write_bytes(trail.path.read_bytes()[:-4])  # a disk that was full
    trail.append([b'{"audit":3}\n'])
    assert trail.path.read_bytes() == b'{"audit":1}\n{"audit"\n{"audit":3}\n'


@pytest.mark.parametrize("content", ["# a manifest\n", '{"ledger":1}\n', '{"aud'])
def test_a_file_that_holds_something_else_is_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x"
    path.write_text(content)
    if content.startswith('{"aud'):
        FileTrail(path, "x").append([b'{"audit":1}\n'])
        assert path.read_bytes() == b'{"aud\n{"audit":1}\n', "a first line that was cut short"
        return
    with pytest.raises(ReconcilerError, match="holds something else"):
        FileTrail(path, "x").append([b'{"audit":1}\n'])
    assert path.read_text() == content


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(ReconcilerError, match="audit x could not be written"):
        FileTrail(tmp_path / "x", "x").append([b"{}\n"])


@pytest.mark.parametrize("path", ["a/../../x", "../x"])
def test_no_audit_outside_the_project(tmp_path: Path, path: str) -> None:
    environment = Environment(audit=AuditPlace.model_construct(path=path, blob=None))
    with pytest.raises(ConfigurationError, match="outside the project"):
        audit_of(environment, "test", tmp_path / "project", {}, frozenset())


def test_no_audit_behind_a_link_out_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "project/.reconciler").mkdir(parents=True)
    (tmp_path / "project/.reconciler/audit").symlink_to(tmp_path)
    with pytest.raises(ConfigurationError, match="outside the project"):
        audit_of(Environment(), "test", tmp_path / "project", {}, frozenset())


# -- who ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = tmp_path / "project"
    (root / "manifests").mkdir(parents=True)
    (root / "manifests/x.yaml").write_text("a: 1\n")
    for words in (["init", "-q"], ["config", "user.name", "Ada"], ["config", "user.email", "ada@example.com"],
                  ["add", "."], ["commit", "-qm", "x"]):  # fmt: skip
        subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)
    return root


def test_who_by_ci_by_git_and_by_the_machine(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = {"GITHUB_ACTOR": "ada", "GITHUB_TRIGGERING_ACTOR": "bob", "BUILD_REQUESTEDFOR": "Eve"}
    run = {"GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}
    assert actor(repository, {**job, **run}).as_dict() == {
        "name": "ada", "source": "GITHUB_ACTOR", "started_by": "bob", "run": "https://git.example/a/b/actions/runs/7",
    }  # fmt: skip
    devops = {"BUILD_REQUESTEDFOR": "Eve", "BUILD_REQUESTEDFOREMAIL": "eve@example.com"}
    assert actor(repository, devops) == Actor("Eve", "BUILD_REQUESTEDFOR", "eve@example.com")
    assert actor(repository, {}) == Actor("Ada", "git", "ada@example.com")
    monkeypatch.setattr("getpass.getuser", lambda: "somebody")
    assert actor(tmp_path, {}) == Actor("somebody", "user")


def test_the_commit_and_whether_the_manifests_are_those_of_it(repository: Path, tmp_path: Path) -> None:
    head, changed = commit(repository, {})
    assert len(head) == 40
    assert not changed
    (repository / "manifests/x.yaml").write_text("a: 2\n")
    assert commit(repository, {}) == (head, True)
    assert commit(tmp_path, {"GITHUB_SHA": "f" * 40}) == ("f" * 40, False)
    assert commit(tmp_path, {}) == ("", False)


def test_what_stands_on_every_line(repository: Path) -> None:
    id = str(uuid.uuid4())
    env = {"RECONCILER_CORRELATION_ID": id, "GITHUB_ACTOR": "ada"}
    audit = audit_of(Environment(), "test", repository, env, frozenset())
    about = audit.about()
    assert about["commit"]
    assert about == {
        "correlation_id": id, "environment": "test", "commit": about["commit"],
        "who": {"name": "ada", "source": "GITHUB_ACTOR"},
    }  # fmt: skip
    (repository / "manifests/x.yaml").write_text("a: 2\n")
    older = audit_of(Environment(), "test", repository, env, frozenset(), "0" * 40)
    assert older.about() == {**about, "commit": "0" * 40}, "a rollback is of the commit that it goes back to"
