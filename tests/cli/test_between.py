"""What may happen between a reviewed plan and its apply, with a ledger that several clones share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..support import Project
from .conftest import Ran
from .test_state import in_a_clone

Run = Callable[..., Ran]
CUSTOMER = "glossary/customer.yaml"


@pytest.fixture
def planned(example: Project, run: Run, tmp_path: Path) -> Path:
    """Applied, edited in two places, planned and reviewed; the plan's file."""
    in_a_clone(tmp_path)
    example.edit("environments/sandbox.yaml", "  variables:", "  ledger: {git: {}}\n  variables:")
    ran = run("apply", "--yes")
    assert ran.code == 0, ran.out[-1500:] + ran.err
    example.edit(CUSTOMER, "definition: Primary contact address.", "definition: Where to write to.")
    example.edit(CUSTOMER, "definition: Number in the CRM.", "definition: Number in the old CRM.")
    saved = tmp_path.parent / f"{tmp_path.name}-plan.json"
    assert run("plan", "--out", str(saved)).code == 0
    return saved


def term(made: Project, name: str) -> dict[str, Any]:
    found = made.terms("Enterprise")
    return next(one for one in found.values() if one["name"].startswith(f"{name}") or one.get("nickName") == name)


def definition(made: Project, name: str) -> str:
    return str(term(made, name)["longDescription"])


def test_an_edit_of_a_field_that_the_plan_writes_stops_it(planned: Path, example: Project, run: Run) -> None:
    example.edit_term(term(example, "Email")["guid"], longDescription="By a person.")
    before = example.writes()
    ran = run("apply", str(planned), "--yes")
    assert ran.code == 3, ran.err
    assert "Enterprise/Party/Customer/Email" in ran.err
    assert example.writes() == before
    assert definition(example, "Customer Id") == "Number in the CRM."


@pytest.mark.long
def test_any_other_edit_does_not(planned: Path, example: Project, run: Run) -> None:
    example.edit_term(term(example, "Email")["guid"], shortDescription="By a person.")
    example.edit_term(term(example, "Segment")["guid"], longDescription="By a person.")
    assert run("apply", str(planned), "--yes").code == 0
    assert definition(example, "Email") == "Where to write to."
    assert term(example, "Email")["shortDescription"] == "By a person."
    assert definition(example, "Segment") == "By a person."


def test_a_manifest_that_changes_the_plan_stops_it(planned: Path, example: Project, run: Run) -> None:
    example.edit(CUSTOMER, "Where to write to.", "Where to write to first.")
    before = example.writes()
    assert run("apply", str(planned), "--yes").code == 3
    assert example.writes() == before


@pytest.mark.long
def test_a_merge_that_does_not_change_it_does_not(planned: Path, example: Project, run: Run) -> None:
    example.edit(CUSTOMER, "description: The customer concept in both systems", "description: Customers")
    example.edit(CUSTOMER, "# one item", "# each item")
    assert run("apply", str(planned), "--yes").code == 0


@pytest.mark.long
def test_what_another_clone_applied_meanwhile_is_not_written_twice(planned: Path, example: Project, run: Run) -> None:
    """Its plan is already in place: that is no other plan, so nothing is refused and nothing written twice."""
    assert run("apply", "--yes").code == 0
    before = example.writes()
    ran = run("apply", str(planned), "--yes")
    assert ran.code == 0, ran.err
    assert example.writes() == before


def test_half_an_apply_run_again_finishes(planned: Path, example: Project, run: Run) -> None:
    fault = {"path": f"term/{term(example, 'Email')['guid']}", "method": "PUT", "status": 400, "times": 1}
    example.http("POST", "/_sandbox/faults", json=fault)
    ran = run("apply", str(planned), "--yes", "--format", "json")
    assert ran.code == 5, ran.err
    statuses = sorted(outcome["status"] for outcome in json.loads(ran.out)["outcomes"])
    assert "failed" in statuses
    assert "done" in statuses
    assert run("apply", str(planned), "--yes").code == 0
    assert (definition(example, "Email"), definition(example, "Customer Id")) == (
        "Where to write to.",
        "Number in the old CRM.",
    )
    assert run("plan", "--detailed-exitcode").code == 0
