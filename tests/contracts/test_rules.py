"""Rules of compatibility: their ids, how severe each is, and what is ignored for a while."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from reconciler.contracts import compare
from reconciler.contracts.check import Comparison, against
from reconciler.contracts.judge import expired
from reconciler.contracts.revision import at_revision
from reconciler.kinds.export_contract.rules import GOVERNANCE, RuleId, verdict_of

from ..cli.conftest import Ran
from ..cli.conftest import run as run
from .conftest import Repository
from .test_compatibility import ADDITIVE, BREAKING, EMAIL
from .test_compatibility import GOVERNANCE as WEAKER

Run = Callable[..., Ran]
RULES = set(get_args(RuleId))
STATUS = "  compatibility: additive_only\n"


def compared(repository: Repository, today: str = "2027-01-01", *approved: str) -> Comparison:
    with at_revision(repository.root, "promised") as folder:
        return against(repository.draft(folder), repository.draft(), "promised", approved, today)


def judgements(found: Comparison) -> dict[str, str]:
    return {one.code: found.judged(one).severity for one in found.findings["customers_wide_v1"]}


def add(repository: Repository, text: str) -> None:
    repository.edit("contract.yaml", STATUS, STATUS + text)


def promise(repository: Repository) -> None:
    """What stands there is what readers have."""
    repository.commit()
    repository.git("tag", "-f", "promised")


def test_every_rule_has_an_id() -> None:
    code = ast.parse(inspect.getsource(compare))
    told = {node.value for node in ast.walk(code) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    told |= {f"{term.attribute}_changed" for term in compare._TERMS}
    told |= {f"{one[0].rpartition('_')[0]}_{how}" for one in compare._LIMITS for how in ("loosened", "tightened")}
    told |= {"outgoing_edges_changed", "incoming_edges_changed"}
    assert told >= RULES
    words = [one for case in (*BREAKING.values(), *ADDITIVE.values(), *WEAKER.values()) for one in case[2]]
    assert {code for _, code in words} <= RULES
    assert {verdict.partition(",")[0] for verdict, _ in words} == {verdict_of(code) for _, code in words}


def test_the_page_lists_them() -> None:
    page = (Path(__file__).parents[2] / "docs/contracts.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (breaking|additive|governance) \|", page, re.MULTILINE)
    assert rows == [(rule, verdict_of(rule)) for rule in get_args(RuleId)]


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_a_rule_is_as_severe_as_the_contract_says(repository: Repository, severity: str) -> None:
    add(repository, f"  rules: {{column_removed: {severity}, column_added: {severity}}}\n")
    promise(repository)
    repository.edit("contract.yaml", EMAIL, "    - {name: customer_segment, from: customer.segment}\n")
    found = compared(repository)
    assert judgements(found) == {"column_removed": severity, "column_added": severity}
    assert bool(found.refused) is (severity == "error")


def test_a_rule_counts_without_the_promise_as_well(repository: Repository) -> None:
    repository.edit("contract.yaml", STATUS, "  compatibility: none\n  rules: {path_changed: error}\n")
    promise(repository)
    repository.edit("contract.yaml", "path: exports/customers_wide_v1/", "path: elsewhere/")
    repository.edit("contract.yaml", EMAIL, "")
    assert judgements(compared(repository)) == {"path_changed": "error", "column_removed": "warning"}


def test_a_milder_rule_needs_a_word_and_does_not_count_yet(repository: Repository) -> None:
    add(repository, "  rules: {column_removed: info}\n")
    repository.edit("contract.yaml", EMAIL, "")
    assert judgements(compared(repository)) == {"severity_weakened": "error", "column_removed": "error"}
    approved = judgements(compared(repository, "2027-01-01", "customers_wide_v1"))
    assert approved == {"severity_weakened": "info", "column_removed": "error"}


def test_a_stricter_rule_counts_at_once(repository: Repository) -> None:
    add(repository, "  rules: {column_added: error}\n")
    repository.edit("contract.yaml", "  labels:", "    - {name: customer_segment, from: customer.segment}\n  labels:")
    found = compared(repository)
    assert judgements(found) == {"column_added": "error"}
    [said] = found.diagnostics()
    assert "`column_added`" in said.detail


IGNORE = "  ignore:\n    - {rule: column_removed, until: 2027-03-31, reason: Both readers agreed}\n"


def test_an_ignored_rule_is_told_with_its_reason(repository: Repository) -> None:
    add(repository, IGNORE)
    repository.edit("contract.yaml", EMAIL, "")
    found = compared(repository, "2027-03-31")
    assert not found.refused
    [said] = found.diagnostics()
    assert said.severity == "info"
    assert "ignored until 2027-03-31 (Both readers agreed)" in said.summary
    [shape] = found.as_dict()["contracts"]["customers_wide_v1"]
    assert shape["ignored"] == {"until": "2027-03-31", "reason": "Both readers agreed"}
    assert (shape["refused"], shape["column"]) == (False, "customer_email")


def test_after_its_last_day_it_is_refused_and_said(repository: Repository) -> None:
    add(repository, IGNORE)
    repository.edit("contract.yaml", EMAIL, "")
    found = compared(repository, "2027-04-01")
    assert judgements(found) == {"column_removed": "error"}
    [said] = expired(found.now.values(), "2027-04-01")
    assert (said.severity, said.code) == ("warning", "contract.ignore_expired")
    assert said.source is not None
    assert (said.source.file, said.source.line) == ("manifests/contract.yaml", 25)


@pytest.mark.parametrize(("column", "severity"), [("customer_email", "info"), ("customer_id", "error")])
def test_a_column_is_ignored_and_no_other(repository: Repository, column: str, severity: str) -> None:
    add(repository, IGNORE.replace("until", f"column: {column}, until"))
    repository.edit("contract.yaml", EMAIL, "")
    assert judgements(compared(repository)) == {"column_removed": severity}


def test_what_is_ignored_in_vain_is_said(repository: Repository) -> None:
    add(repository, IGNORE)
    [said] = compared(repository).diagnostics()
    assert (said.severity, said.code) == ("info", "contract.ignore_unused")


@pytest.mark.parametrize("rule", GOVERNANCE)
def test_what_weakens_the_contract_cannot_be_ignored(repository: Repository, rule: str) -> None:
    add(repository, IGNORE.replace("column_removed", rule))
    [said] = [finding for finding in repository.draft().findings if finding.severity == "error"]
    assert said.code == "contract.ignore_governance"
    assert "--approve customers_wide_v1" in said.detail


WRONG = {
    "no reason": (", reason: Both readers agreed", "", "reason"),
    "an empty reason": ("reason: Both readers agreed", 'reason: "  "', "why"),
    "no day": (" until: 2027-03-31,", "", "until"),
    "no day of the calendar": ("2027-03-31", "2027-02-31", "calendar"),
    "another form of day": ("2027-03-31", "31.3.2027", "until"),
    "an unknown rule": ("column_removed", "column_remove", "column_removed"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=list(WRONG))
def test_what_is_ignored_without_a_day_or_a_reason_is_refused(
    repository: Repository, case: tuple[str, str, str]
) -> None:
    old, new, word = case
    add(repository, IGNORE.replace(old, new))
    errors = [finding for finding in repository.draft().findings if finding.severity == "error"]
    assert len(errors) == 1, errors
    assert word in errors[0].summary + errors[0].detail
    assert errors[0].source is not None
    assert errors[0].source.line == 26


def test_the_verb_says_what_has_expired(repository: Repository, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_VAR_SANDBOX_URL", "http://127.0.0.1:1")
    add(repository, IGNORE.replace("2027", "2021"))
    ran = run("--env", "sandbox", "contracts", "check", "--against", "promised")
    assert ran.code == 0
    assert "[contract.ignore_expired]" in ran.out
    assert "Nothing changed for readers since promised." in ran.out
    repository.edit("contract.yaml", EMAIL, "")
    ran = run("--env", "sandbox", "contracts", "check", "--against", "promised", "--format", "json")
    assert ran.code == 4
    codes = [one["code"] for one in json.loads(ran.out)["diagnostics"]]
    assert codes == ["contract.breaking.column_removed", "contract.ignore_expired"]
