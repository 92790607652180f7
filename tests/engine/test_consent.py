"""What needs somebody's word: labels that ask for an approval, and changes with effects beyond their field."""

from __future__ import annotations

from typing import Annotated

import pytest

from reconciler.consent import Consent
from reconciler.environment.policy import Policy
from reconciler.errors import RefusedError
from reconciler.plan import Plan
from reconciler.resources.rules import Disruptive, fields_of
from reconciler.workflow import Approval, _require

from .conftest import World
from .fakes import THING, thing


def wanted(**values: str) -> object:
    return thing("a", **{"text": "x", **values}, approvals=frozenset({"PII"}))


def refusals(plan: Plan, *labels: str) -> list[str]:
    approval = Approval(labels=frozenset(labels))
    try:
        _require(plan, approval, Consent(plan, approval))
    except RefusedError as refused:
        return [d.code for d in refused.diagnostics]
    return []


def test_a_label_is_approved_by_name(world: World) -> None:
    plan = world.plan(wanted())
    assert plan.requires_approval == {"PII": ["purview.thing:a"]}
    assert plan.as_dict()["changes"][0]["requires_approval"] == ["PII"]
    assert refusals(plan) == ["approval.missing"]
    assert refusals(plan, "Restricted") == ["approval.missing"]
    assert refusals(plan, "PII", "Restricted") == []


def test_an_environment_may_approve_for_good(world: World) -> None:
    world.policy = Policy(approved_labels=("PII",))
    plan = world.plan(wanted())
    assert plan.requires_approval == {}
    assert plan.as_dict()["changes"][0]["requires_approval"] == []


def test_what_is_unchanged_needs_nobody(world: World) -> None:
    world.apply(wanted())
    assert world.plan(wanted()).requires_approval == {}
    assert world.plan(wanted(text="y")).requires_approval == {"PII": ["purview.thing:a"]}


class Fields:
    state: Annotated[str, Disruptive("It begins from zero", only=frozenset({"stopped"}))]
    text: Annotated[str, Disruptive("It is sent again")]


@pytest.mark.parametrize(
    ("before", "after", "disrupts"),
    [
        ("paused", "started", False),
        ("started", "stopped", True),
        ("stopped", "started", True),
        (None, "started", False),
    ],
)
def test_some_changes_of_a_field_disrupt_and_others_do_not(before: str, after: str, disrupts: bool) -> None:
    rule = fields_of(Fields)["state"].get(Disruptive)
    assert rule is not None
    assert rule.disrupts(before, after) is disrupts


@pytest.mark.parametrize(("at_rest", "sentences"), [(False, ("It is sent again",)), (True, ())])
def test_nothing_disrupts_what_is_at_rest(
    world: World, monkeypatch: pytest.MonkeyPatch, at_rest: bool, sentences: tuple[str, ...]
) -> None:
    monkeypatch.setitem(THING.fields, "text", fields_of(Fields)["text"])
    monkeypatch.setitem(THING._by_path, "text", fields_of(Fields)["text"])
    world.apply(thing("a", text="x"))
    rows = world.system.listing
    live = THING.live
    monkeypatch.setattr(THING, "live", lambda *args, **more: live(*args, **more, at_rest=at_rest))
    assert rows()
    plan = world.plan(thing("a", text="y"))
    assert plan.changes[0].disruptive == sentences
    assert plan.refused is not at_rest


def test_a_path_says_how_far_it_is_kept(world: World) -> None:
    plan = world.plan(thing("a", text="x", note="n", strength={"note": "declared"}))
    shape = plan.as_dict()["changes"][0]
    assert {f["path"]: f.get("level") for f in shape["fields"]} == {"text": None, "note": "declared"}
