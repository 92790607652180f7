"""What is saved is defined once: whoever writes it writes every member, and the words are those of the reports."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, get_args

import orjson
import pytest
from jsonschema import Draft202012Validator

from reconciler.apply.result import Outcome, Result
from reconciler.diff import EXECUTABLE, WRITES, Options
from reconciler.diff.change import Change, FieldChange
from reconciler.diff.shape import digest_of, shape_of
from reconciler.errors import Diagnostic, Source
from reconciler.kinds.telling.names import Names
from reconciler.plan import Plan, load, save
from reconciler.plan.document import COUNTED
from reconciler.provenance import Person, Provenance
from reconciler.report import outcomes, text, words
from reconciler.report.jsonform import dump
from reconciler.resources.objects import Edited, Origin
from reconciler.saved import parts, plan, result
from reconciler.saved.schema import plan_schema, result_schema
from reconciler.saved.words import Action, Status
from reconciler.systems.redact import Redactor

from .conftest import World
from .fakes import THING, thing

DIGEST = "sha256:" + "0" * 64
COMMIT = "0" * 40


def members(definition: Any) -> set[str]:
    return {*definition.__required_keys__, *definition.__optional_keys__}


def full_change() -> Change:
    """A change of which nothing is left out."""
    return Change(
        "purview.thing:a", THING, "rename", "manifest_changed", "id-1",
        [FieldChange("text", "a canary", "two", "manifest_changed", "verified")],
        (Origin("Thing", "a", "a.yaml", 1),), depends_on=("purview.thing:b",), labels=frozenset({"PII"}),
        approvals=frozenset({"PII"}), disruptive=("All is read anew.",), message="Look twice.", live_key="b",
        edited=Edited("Ada", 1_796_047_500_000), used_by=("purview.thing:c",),
        held_by=("the thing d",),
        snapshot={"fields": {}}, digest=DIGEST,
    )  # fmt: skip


FINDING = Diagnostic(
    "error", "a.code", "It is wrong.", "Mend it.", Source("a.yaml", 1, 2), "purview.thing:a", "request", "Thing/a"
)


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> Plan:
    known = Redactor()
    known.add("a canary")
    monkeypatch.setattr("reconciler.diff.shape.SECRETS", known)
    change = full_change()
    made = Plan(
        "test", "ledger", {"purview": "purview:fake"}, Options(ref=COMMIT, takeover=True), [change], [change], [FINDING]
    )
    made.provenance = Provenance(
        COMMIT, True, (Person("Ada", "ada@example.com"),), 12, repository="https://github.com/acme/mdm"
    )
    made.created_at, made.approved = "2025-01-31T08:00:00+00:00", ["PII"]
    return made


def test_every_member_of_a_plan_is_written(whole: Plan) -> None:
    shape = whole.as_dict()
    [change] = shape["changes"]
    [field] = change["fields"]
    written = {
        plan.Plan: shape,
        plan.Header: whole.header,
        plan.Options: shape["options"],
        plan.Change: change,
        plan.Origin: change["origins"][0],
        plan.Field: field,
        parts.Diagnostic: shape["diagnostics"][0],
    }
    of_people = {plan.Field: {"who"}}  # the next test
    expected = {one: members(one) - of_people.get(one, set()) for one in written}
    assert {one: {*made} for one, made in written.items()} == expected
    assert [*Draft202012Validator(plan_schema()).iter_errors(shape)] == []


def test_every_member_of_a_result_is_written(whole: Plan) -> None:
    outcome = Outcome(full_change(), "failed", "It was refused.", "request")
    shape = Result(whole, [outcome], diagnostics=[FINDING], correlation_id="an-id", approvals={"PII": "Ada"}).as_dict()
    assert {*shape} == members(result.Result)
    assert {*shape["outcomes"][0]} == members(result.Outcome)
    assert {*shape["approvals"][0]} == members(result.Approval)
    assert [*Draft202012Validator(result_schema()).iter_errors(shape)] == []


def test_options_are_saved_and_come_back() -> None:
    assert {one.name for one in dataclasses.fields(Options)} == members(plan.Options)
    given = Options(True, "matching", ("a",), ("b",), ("c",), ("d",), 5, True, COMMIT)
    assert Options.of(given.as_dict()) == given


def test_words_are_those_of_the_reports() -> None:
    assert [*words.ACTIONS] == [*get_args(Action)]
    assert {*COUNTED} == {*get_args(Action), "unchanged"}
    assert WRITES < EXECUTABLE < {*get_args(Action)}
    assert {"done", *outcomes.STATUSES} == {*get_args(Status)}


def test_every_member_is_described() -> None:
    def undescribed(schema: dict[str, Any]) -> list[str]:
        found = [name for name, one in schema.get("properties", {}).items() if not one.get("description")]
        inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
        return found + [name for one in inner for name in undescribed(one)]

    assert undescribed(plan_schema()) + undescribed(result_schema()) == []


def test_what_a_later_minor_version_adds_is_read_and_kept(world: World, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    save(world.plan(thing("a", text="one")), path, dump)
    later = orjson.loads(path.read_bytes()) | {"format_version": "1.0", "mood": "good"}
    later["changes"][0]["colour"] = "blue"
    path.write_bytes(orjson.dumps(later))
    assert load(path) == later


def test_a_person_in_a_path_is_named_beside_it_and_no_digest_covers_that(
    whole: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = "30435ff9-9b96-44af-a5a9-e05c8b1ae2df"
    [change] = whole.changes
    change.fields = [FieldChange(f"people[{id}]", None, True, "drift"), FieldChange("text", "a", "b", "drift")]
    digests = [digest_of(change), whole.digest]
    before = text.plan(whole.as_dict())
    monkeypatch.setattr("reconciler.kinds.telling.names.NO_NAMES", Names(people={id: "ada"}))
    change.sentence = ""
    shape = whole.as_dict()
    assert [item.get("who") for item in shape["changes"][0]["fields"]] == ["ada", None]
    assert f"people[{id}] (ada)" in text.plan(shape)
    assert "(ada)" not in before
    assert [digest_of(change), whole.digest] == digests
    assert [*Draft202012Validator(plan_schema()).iter_errors(shape)] == []


def test_shapes_of_changes_leave_out_what_is_empty() -> None:
    bare = Change("purview.thing:a", THING, "drift", "drift")
    assert {*shape_of(bare)} == members(plan.Change) - {
        "disruptive_because", "message", "id", "live_key", "object", "concept", "sentence",
        "edited_by", "edited_at", "used_by", "held_by",
    }  # fmt: skip
