"""A saved plan is what it was when it was saved, or it is refused: nothing else is shown, and nothing else applied."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from reconciler import resources
from reconciler.diff import Change, FieldChange
from reconciler.diff.shape import digest_of, digest_of_shape, shape_of
from reconciler.errors import ReconcilerError, StaleError
from reconciler.plan import load as saved_plan
from reconciler.plan import require_approved, save
from reconciler.report.jsonform import dump
from reconciler.systems.redact import MASK, Redactor

from .conftest import World
from .fakes import thing

WANTS = (thing("a", text="two", tags=["y", "x"]), thing("new", text="one", people=["anna"]))


@pytest.fixture
def saved(world: World, tmp_path: Path) -> tuple[World, Path]:
    """A plan with an update, a create, a delete and drift that is kept."""
    world.apply(thing("a", text="one"), thing("gone", text="one"))
    path = tmp_path / "plan.json"
    save(world.plan(*WANTS, prune=True), path, dump)
    return world, path


def test_its_file_is_as_harmless_in_a_log_as_a_report(world: World, tmp_path: Path) -> None:
    """Whoever prints it runs no command, and sees what hides; it is read as it was saved."""
    hidden, path = "a\u200bb\U000e0062c", tmp_path / "plan.json"
    text = f"::error ::x ##vso[task.setvariable variable=a]b {hidden}"
    made = world.plan(thing("a", text=text))
    save(made, path, dump)
    written = path.read_text(encoding="utf-8")
    assert "::error" not in written
    assert "##vso" not in written
    assert not set(hidden) - set("abc") & set(written)
    assert saved_plan(path) == made.as_dict()
    require_approved(saved_plan(path), world.plan(thing("a", text=text)))


def test_a_signed_address_is_masked_and_the_plan_is_the_approved_one(world: World, tmp_path: Path) -> None:
    """In values and in addresses: nobody knows the signature by value, and its digest covers it all the same."""
    path, first = tmp_path / "plan.json", thing("a?sig=abcdefghij", text="https://hook.test/x?sig=abcdefghij")
    save(world.plan(first), path, dump)
    assert "abcdefghij" not in path.read_text(encoding="utf-8")
    shape = saved_plan(path)
    assert shape["changes"][0]["fields"][0]["after"] == MASK
    require_approved(shape, world.plan(first))
    with pytest.raises(StaleError):
        require_approved(shape, world.plan(thing("a?sig=abcdefghij", text="https://hook.test/x?sig=klmnopqrst")))


def change_of(shape: dict[str, Any], action: str) -> dict[str, Any]:
    return next(change for change in shape["changes"] if change["action"] == action)


EDITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a value": lambda s: change_of(s, "update")["fields"][0].update(after="harmless"),
    "a value before": lambda s: change_of(s, "update")["fields"][0].update(before="harmless"),
    "a hidden value": lambda s: change_of(s, "update")["fields"][0].update(after="x", covers={"after": "sha256:0"}),
    "a path": lambda s: change_of(s, "update")["fields"][0].update(path="note"),
    "a field less": lambda s: change_of(s, "update")["fields"].pop(),
    "an address": lambda s: change_of(s, "create").update(address="purview.thing:other"),
    "an action": lambda s: change_of(s, "delete").update(action="forget"),
    "an object": lambda s: change_of(s, "delete").update(object="sha256:" + "0" * 64),
    "an id": lambda s: change_of(s, "delete").update(id="id-9"),
    "a change less": lambda s: s["changes"].pop(),
    "a change twice": lambda s: s["changes"].append(copy.deepcopy(s["changes"][0])),
    "an option": lambda s: s["options"].update(prune=False),
    "the environment": lambda s: s.update(environment="prod"),
    "the system": lambda s: s["systems"].update(purview="purview:other"),
    "the digest": lambda s: s.update(digest="sha256:" + "0" * 64),
    "a digest": lambda s: s["changes"][0].update(digest="sha256:" + "0" * 64),
    "what needs an approval": lambda s: change_of(s, "update").update(requires_approval=["PII"]),
    "the labels": lambda s: change_of(s, "update").update(approvals=["PII"]),
    "what it disturbs": lambda s: change_of(s, "update").update(disruptive=True),
    "why it disturbs": lambda s: change_of(s, "update").update(disruptive_because=["harmless"]),
    "a type": lambda s: change_of(s, "update").update(type="glossary"),
    "the system of a change": lambda s: change_of(s, "update").update(system="cluedin"),
    "the summary": lambda s: s["summary"].update(delete=0),
    "no digest at all": lambda s: s.pop("digest"),
    "a list for an object": lambda s: s.update(changes={}),
    "an unknown action": lambda s: s["changes"][0].update(action="explode"),
    "an unknown type": lambda s: s["changes"][0].update(address="purview.nothing:a"),
    "an address that is none": lambda s: s["changes"][0].update(address=5),
    "another version": lambda s: s.update(format_version="2.0"),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_plan_is_refused(saved: tuple[World, Path], what: str) -> None:
    _, path = saved
    assert saved_plan(path)["summary"] | {"create": 1, "update": 1, "delete": 1} == saved_plan(path)["summary"]
    shape = orjson.loads(path.read_bytes())
    EDITS[what](shape)
    path.write_bytes(orjson.dumps(shape))
    with pytest.raises(ReconcilerError) as refused:
        saved_plan(path)
    [found] = refused.value.diagnostics
    assert found.code in ("plan.edited", "plan.invalid", "plan.version", "plan.unreadable")
    assert str(path) in found.summary


def test_a_plan_that_is_as_it_was_is_read_and_approved(saved: tuple[World, Path]) -> None:
    world, path = saved
    require_approved(saved_plan(path), world.plan(*WANTS, prune=True))


@pytest.mark.parametrize(
    "said", [None, "", "soon", 5, "2026-01-01", "2026-01-01T10:00:00", "9999-01-01T00:00:00+00:00"]
)
def test_a_plan_without_its_time_or_of_the_future_is_not_approved(saved: tuple[World, Path], said: Any) -> None:
    world, path = saved
    approved = {**saved_plan(path), "created_at": said}
    if said is None:
        del approved["created_at"]
    with pytest.raises(StaleError) as stale:
        require_approved(approved, world.plan(*WANTS, prune=True))
    assert [d.code for d in stale.value.diagnostics] == ["approval.undated"]


def test_clocks_may_differ_a_little(saved: tuple[World, Path]) -> None:
    world, path = saved
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=2)
    require_approved({**saved_plan(path), "created_at": soon.isoformat()}, world.plan(*WANTS, prune=True))


@pytest.mark.parametrize(
    "effect",
    [{"disruptive": True}, {"approvals": ["PII"]}, {"requires_approval": ["PII"]}, {"disruptive_because": ["x"]}],
)
def test_effects_that_the_approved_plan_did_not_show_are_not_approved(
    saved: tuple[World, Path], effect: dict[str, Any]
) -> None:
    world, path = saved
    approved = saved_plan(path)
    change_of(approved, "update").update(effect)
    with pytest.raises(StaleError) as stale:
        require_approved(approved, world.plan(*WANTS, prune=True))
    assert [d.code for d in stale.value.diagnostics] == ["approval.altered"]


def test_a_value_with_a_secret_in_it_is_hidden_and_still_covered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Redactor()
    known.add("correct-horse")
    monkeypatch.setattr("reconciler.diff.shape.SECRETS", known)
    change = world.plan(thing("a", text="it is correct-horse", note="plain")).changes[0]
    shape = orjson.loads(orjson.dumps(shape_of(change)))
    hidden, plain = (next(f for f in shape["fields"] if f["path"] == path) for path in ("text", "note"))
    assert hidden["after"] == MASK
    assert "covers" not in plain
    assert digest_of_shape(shape) == change.digest
    hidden["after"] = "harmless"
    assert digest_of_shape(shape) != change.digest


def test_of_a_secret_the_version_is_covered_and_never_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    type = resources.type_of("cluedin.export_target:x")
    secret = next(
        name for name in type.fields if any(type.field(p).has(_secret()) for p in (name, f"{name}[password]"))
    )
    path = secret if type.field(secret).has(_secret()) else f"{secret}[password]"

    def change(before: Any, version: str) -> Change:
        after = SimpleNamespace(env="NAME", version=version)
        made = Change(
            "cluedin.export_target:x", type, "update", "rotated", "1", [FieldChange(path, before, after, "x")]
        )
        made.digest = digest_of(made)
        return made

    one = change("a live secret", "1")
    assert digest_of(change("another live secret", "1")) == one.digest
    assert digest_of(change("a live secret", "2")) != one.digest
    assert digest_of(change(None, "1")) != one.digest
    shape = orjson.loads(orjson.dumps(shape_of(one)))
    assert digest_of_shape(shape) == one.digest
    shape["fields"][0]["after"] = f"{MASK}, version 2"
    assert digest_of_shape(shape) != one.digest


def _secret() -> Any:
    from reconciler.resources.rules import Secret

    return Secret
