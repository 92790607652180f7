"""A folder in which files lie already: those of other environments, and those that several contracts share."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Run
from .test_frame import CONTRACT, files


@pytest.fixture
def two(offline: Path) -> Path:
    """The worked example with a second environment, and a second contract in both."""
    manifests = offline / "manifests"
    sandbox = (manifests / "environments/sandbox.yaml").read_text()
    (manifests / "environments/zwei.yaml").write_text(
        sandbox.replace("name: sandbox", "name: zwei").replace("127.0.0.1:8180", "127.0.0.1:8181")
    )
    text = (manifests / CONTRACT).read_text()
    second = text.replace("customers_wide_v1", "orders_v1").replace("path: exports/", "path: exports/orders/")
    (manifests / "exports/orders_v1.yaml").write_text(second)
    return offline


def test_names_that_carry_the_environment_lie_beside_each_other(two: Path, run: Run) -> None:
    for environment in ("sandbox", "zwei"):
        ran = run("--env", environment, "handover", "dbt")
        assert (ran.code, "delete it" in ran.err) == (0, False), ran.err
    for environment in ("sandbox", "zwei"):
        ran = run("--env", environment, "handover", "dbt", "--check")
        assert ran.code == 0, ran.err
    assert sorted(files(two / "handover/dbt")) == ["cluedin_sandbox.yml", "cluedin_zwei.yml"]


def test_no_file_of_another_environment_is_written_over(two: Path, run: Run) -> None:
    assert run("--env", "sandbox", "handover", "airflow").code == 0
    before = files(two / "handover")
    (two / "handover/airflow/orders_v1.py").unlink()
    for words in ([], ["--check"], ["customers_wide_v1"]):
        ran = run("--env", "zwei", "handover", "airflow", *words)
        assert (ran.code, "[handover.other_environment]" in ran.err) == (1, True), ran.err
        assert "made for sandbox, and not for zwei: " in ran.err
        assert f"{two / 'handover/airflow/customers_wide_v1.py'} [" in ran.err
        assert "--out handover/zwei" in ran.err
        assert not (two / "handover/airflow/orders_v1.py").exists(), "all or nothing"
    assert run("--env", "sandbox", "handover", "airflow").code == 0
    ran = run("--env", "zwei", "handover", "airflow")
    assert "customers_wide_v1.py and 1 more [handover.other_environment]" in ran.err
    assert run("--env", "zwei", "handover", "airflow", "--out", str(two / "handover/zwei")).code == 0
    assert run("--env", "sandbox", "handover", "airflow", "--check").code == 0
    assert before.items() <= files(two / "handover").items()


def test_a_language_alone_leaves_the_others_in_use(offline: Path, run: Run) -> None:
    assert run("handover", "webhook").code == 0
    for words in (["--check"], []):
        ran = run("handover", "webhook", "--language", "node", *words)
        assert (ran.code, "delete it" in ran.err) == (0, False), ran.err
    gone = offline / "handover/webhook/receiver.rb"
    gone.write_text((offline / "handover/webhook/receiver.py").read_text())
    ran = run("handover", "webhook", "--language", "node", "--check")
    assert (ran.code, ran.err.count("handover.left_over"), str(gone) in ran.err) == (1, 1, True)


@pytest.mark.parametrize(("target", "shared"), [("dbt", "cluedin_sandbox.yml"), ("alerts", "alerts.json")])
def test_names_take_no_other_contract_out_of_a_shared_file(two: Path, run: Run, target: str, shared: str) -> None:
    assert run("--env", "sandbox", "handover", target).code == 0
    before = files(two / "handover")
    for words in ([], ["--check"]):
        ran = run("--env", "sandbox", "handover", target, "customers_wide_v1", *words)
        assert (ran.code, "[handover.shared_file]" in ran.err) == (1, True), ran.err
        assert (shared in ran.err, "orders_v1 would go out of " in ran.err) == (True, True)
    assert files(two / "handover") == before
    assert run("--env", "sandbox", "handover", target, "orders_v1", "customers_wide_v1", "--check").code == 0
    apart = ["--out", str(two / "apart")]
    assert run("--env", "sandbox", "handover", target, "orders_v1", *apart).code == 0
    assert run("--env", "sandbox", "handover", target, *apart).code == 0, "more contracts take nothing away"
    (two / "manifests/exports/orders_v1.yaml").unlink()
    assert run("--env", "sandbox", "handover", target, "customers_wide_v1").code == 0, "what is gone may go"


@pytest.mark.parametrize("target", ["fabric", "dataverse", "airflow"])
def test_what_is_the_same_for_all_contracts_is_theirs_together(two: Path, run: Run, target: str) -> None:
    assert run("--env", "sandbox", "handover", target).code == 0
    before = files(two / "handover")
    assert run("--env", "sandbox", "handover", target, "customers_wide_v1").code == 0
    assert files(two / "handover") == before
    assert run("--env", "sandbox", "handover", target, "--check").code == 0


def test_a_file_that_is_not_utf_8_was_edited_and_is_not_missing(offline: Path, run: Run) -> None:
    assert run("handover", "airflow").code == 0
    made = offline / "handover/airflow/customers_wide_v1.py"
    text = made.read_bytes()
    made.write_bytes(text + "# für".encode("latin-1"))
    ran = run("handover", "airflow", "--check")
    assert (ran.code, "was edited by hand [handover.edited]" in ran.err, "missing" in ran.err) == (1, True, False)
    assert run("handover", "airflow").code == 0
    assert made.read_bytes() == text
    made.unlink()
    made.mkdir()
    ran = run("handover", "airflow", "--check")
    assert (ran.code, "cannot be read" in ran.err, "[handover.unreadable]" in ran.err) == (1, True, True)


def test_where_nothing_is_made_a_sentence_says_so(offline: Path, run: Run) -> None:
    (offline / "manifests" / CONTRACT).unlink()
    for words in ([], ["--check"]):
        ran = run("handover", "airflow", *words)
        assert (ran.code, ran.out) == (0, "No contract has anything for Apache Airflow: there is nothing to make.\n")
