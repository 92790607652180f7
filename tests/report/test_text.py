"""The report for a terminal."""

from __future__ import annotations

import click
import pytest

from reconciler.errors import Diagnostic
from reconciler.report import text

from . import samples

CONTROL = "\x1b\r\u202e\u2028\x07"


def test_a_plan_with_every_action(golden) -> None:
    golden("plan.txt", text.plan(samples.every_action(), colour=False, next_step="reconciler apply plan.json"))


def test_a_plan_in_colour_says_the_same() -> None:
    coloured = text.plan(samples.every_action(), colour=True)
    assert "\x1b[32m" in coloured
    assert click.unstyle(coloured) == text.plan(samples.every_action(), colour=False)


def test_a_plan_that_can_be_applied_ends_with_the_next_step() -> None:
    shown = text.plan(samples.plan(samples.change("create", "E/A")), next_step="reconciler apply plan.json")
    assert shown.endswith("To perform exactly these actions: reconciler apply plan.json\n")
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in shown


def test_a_refused_plan_offers_no_next_step_and_ends_with_the_refusal() -> None:
    shown = text.plan(samples.every_action(), next_step="reconciler apply plan.json")
    assert "reconciler apply" not in shown
    assert "Refused: 1 conflict and 1 refusal stand in the way." in shown
    assert shown.endswith("  Plan again with --allow-deletes 3.\n")


def test_no_changes() -> None:
    assert text.plan(samples.plan()).startswith("No changes. CluedIn and Purview match the manifests.\n")


@pytest.mark.parametrize(
    ("systems", "sentence"),
    [
        ({"purview": "x"}, "No changes. Purview matches the manifests."),
        ({}, "No changes. CluedIn and Purview match the manifests."),
    ],
)
def test_no_changes_names_the_systems(systems: dict[str, str], sentence: str) -> None:
    assert text.plan(samples.plan(systems=systems)).startswith(sentence)


def test_no_changes_with_kept_drift() -> None:
    fields = [samples.field("definition", "a", "b", "drift"), samples.field("usage", "a", "b", "drift")]
    shown = text.plan(samples.plan(samples.change("drift", "E/Kept", fields, reason="drift")))
    assert "match the manifests. 2 drifted fields are kept by policy." in shown
    assert 'definition: "b" in the manifest, "a" in the system' in shown


def test_many_changes_of_one_kind_are_counted() -> None:
    shown = text.plan(samples.many("create", 2000))
    assert shown.count("will be created") == 200
    assert "… and 1,800 more purview.term to create" in shown


@pytest.mark.parametrize("action", ["delete", "conflict", "retire", "replace"])
def test_removals_and_conflicts_are_listed_all(action: str) -> None:
    shown = text.plan(samples.many(action, 500))
    assert shown.count("# purview.term:") == 500
    assert "more purview.term" not in shown


def test_an_action_of_a_later_version_is_shown() -> None:
    assert "purview.term:E/A has the verdict merge" in text.plan(samples.plan(samples.change("merge", "E/A")))


def test_nothing_acts_on_the_terminal() -> None:
    for shown in (text.plan(samples.hostile()), text.drift(samples.hostile())):
        assert not set(CONTROL) & set(shown)
    finding = Diagnostic("error", CONTROL, CONTROL, CONTROL, address=CONTROL, request_id=CONTROL)
    assert not set(CONTROL) & set(text.findings([finding]))
    outcome = {"address": f"a.b:{CONTROL}", "action": "update", "status": "failed", "message": CONTROL}
    assert not set(CONTROL) & set(text.result(samples.result() | {"outcomes": [outcome], "complete": False}))


def test_drift(golden) -> None:
    fields = [samples.field("definition", "By hand.", "Ours.", "drift"), samples.field("usage", None, "New.")]
    back = samples.change("update", "E/Back", fields, reason="drift")
    again = samples.change("create", "E/Again", [samples.field("usage", None, "New.", "new")], reason="gone")
    plan = samples.every_action()
    golden("drift.txt", text.drift(plan | {"changes": [*plan["changes"], back, again]}))


def test_no_drift() -> None:
    assert text.drift(samples.plan()) == "No drift. The systems are as the last apply left them.\n"


def test_a_complete_result() -> None:
    outcomes = [("E/A", "create", "done"), ("E/B", "update", "done"), ("E/C", "adopt", "done")]
    shown = text.result(samples.result(*outcomes), samples.plan())
    assert shown == "Apply complete! Resources: 1 added, 1 changed, 0 destroyed, 1 adopted.\n"


def test_an_incomplete_result(golden) -> None:
    golden("result.txt", text.result(samples.incomplete(), samples.every_action()))


def test_an_interrupted_result_counts_what_was_not_started() -> None:
    outcomes = [(f"E/{index}", "create", "not_started") for index in range(1820)]
    shown = text.result(samples.result(*outcomes, interrupted=True))
    assert "… and 1,800 more not started" in shown
    assert "Apply interrupted. Resources: 0 added, 0 changed, 0 destroyed; 1,820 not started." in shown


def test_findings(golden) -> None:
    golden("findings.txt", text.findings(samples.findings()))


def test_no_findings() -> None:
    assert text.findings([]) == "No errors, no warnings.\n"


def test_adoptions_that_write_are_counted_as_such() -> None:
    fills = samples.field("summary", None, "Ours.", "newly_managed")
    adopted = [samples.change("adopt", f"E/{at}", [fills] if at == 1 else [], reason="matches") for at in range(3)]
    told = text.plan(samples.plan(*adopted))
    assert "Plan: 0 to add, 0 to change, 0 to destroy, 3 to adopt (1 of them writes)." in told
    assert "of them write" not in text.plan(samples.plan(adopted[0]))
