"""What holds of every hand-over: the same bytes, nothing secret, and `--check` that sees what differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.handover import TARGETS
from reconciler.handover import targets

from ..cli.canaries import CANARIES
from ..support import Project
from .conftest import SHOWN, Run

CONTRACT = "exports/customers_wide_v1.yaml"


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_tools_of_the_command_line_are_those_that_are_there() -> None:
    assert sorted(TARGETS) == sorted(targets())
    assert {one.word: word for word, one in targets().items()} == {word: word for word in TARGETS}


@pytest.mark.parametrize("target", TARGETS)
def test_the_pages_show_what_is_made_of_the_worked_example(
    offline: Path, run: Run, target: str, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--update"):
        assert run("handover", target, "--out", str(SHOWN)).code == 0
    ran = run("handover", target, "--check", "--out", str(SHOWN))
    assert ran.code == 0, f"{ran.err}: pytest --update tests/handover"
    assert run("handover", target, "--out", str(offline / "a")).code == 0
    made = files(offline / "a" / target)
    assert made == files(SHOWN / target)
    assert made


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_secret_and_no_request(caged: Project, run: Run, target: str, tmp_path: Path) -> None:
    ran = run("handover", target)
    assert ran.code == 0
    assert caged.requests() == []
    made = files(tmp_path / "handover" / target)
    text = "".join(made.values()) + ran.out + ran.err
    assert [value for value in CANARIES.values() if value in text] == []
    assert made == files(SHOWN / target) or caged.url in text, "the endpoint alone differs"


def test_check_sees_edits_changes_and_what_is_gone(offline: Path, run: Run) -> None:
    made = offline / "handover" / "airflow" / "customers_wide_v1.py"
    ran = run("handover", "airflow", "--check")
    assert (ran.code, "is missing [handover.missing]" in ran.err) == (1, True)
    assert not made.exists()
    assert f"made  {made}" in run("handover", "airflow").out
    assert f"kept  {made}" in run("handover", "airflow").out
    assert run("handover", "airflow", "--check").code == 0
    text = made.read_text()
    made.write_text(text.replace("WAIT_SECONDS = 1800", "WAIT_SECONDS = 60"))
    ran = run("handover", "airflow", "--check")
    assert (ran.code, "was edited by hand [handover.edited]" in ran.err) == (1, True)
    made.write_text(text)
    contract = offline / "manifests" / CONTRACT
    contract.write_text(contract.read_text().replace("Customers as the warehouse reads them", "Otherwise"))
    ran = run("handover", "airflow", "--check")
    assert (ran.code, "is not what the manifests say now [handover.outdated]" in ran.err) == (1, True)
    old = made.with_name("gone_v1.py")
    old.write_text(text)
    made.with_name("own.py").write_text("# by a person\n")
    assert run("handover", "airflow", "customers_wide_v1").code == 0
    assert run("handover", "airflow", "customers_wide_v1", "--check").code == 0
    ran = run("handover", "airflow", "--check")
    assert (ran.code, ran.err.count("handover.left_over"), str(old) in ran.err) == (1, 1, True)
    ran = run("handover", "airflow")
    assert (ran.code, old.exists(), f"{old} is made of no contract any more" in ran.err) == (0, True, True)


def test_names_that_no_contract_has_and_contracts_without_a_run(offline: Path, run: Run) -> None:
    ran = run("handover", "airflow", "customer_wide_v1")
    assert (ran.code, "Did you mean `customers_wide_v1`" in ran.err) == (1, True), ran.err
    contract = offline / "manifests" / CONTRACT
    text = contract.read_text()
    contract.write_text(text.replace("  status: active", "  status: draft"))
    ran = run("handover", "airflow", "customers_wide_v1")
    assert (ran.code, "has nothing for Apache Airflow: its status is draft" in ran.err) == (1, True), ran.err
    ran = run("handover", "airflow")
    assert (ran.code, "customers_wide_v1 is left out: its status is draft" in ran.err) == (0, True)
    assert not (offline / "handover").exists()


@pytest.mark.parametrize("out", ["manifests", "manifests/deeper"])
def test_manifests_are_no_place_for_files(offline: Path, run: Run, out: str) -> None:
    ran = run("handover", "airflow", "--out", str(offline / out))
    assert (ran.code, "holds what the project is made of" in ran.err) == (1, True), ran.err
