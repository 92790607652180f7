"""`contracts check` as a person and as CI run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..cli.conftest import Ran
from ..cli.conftest import run as run
from .conftest import Repository

Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that nobody asks."""
    monkeypatch.setenv("RECONCILER_VAR_SANDBOX_URL", "http://127.0.0.1:1")


def check(run: Run, *words: str) -> Ran:
    return run("--env", "sandbox", "contracts", "check", *words)


def test_it_says_what_is_promised(repository: Repository, run: Run) -> None:
    ran = check(run)
    assert ran.code == 0
    assert "customers_wide_v1 (active)" in ran.out
    assert "exports/customers_wide_v1/customers_wide_v1.parquet" in ran.out
    assert "PII:customer_email" in ran.out


def test_nothing_changed_for_readers(repository: Repository, run: Run) -> None:
    ran = check(run, "--against", "promised")
    assert ran.code == 0
    assert "Nothing changed for readers since promised." in ran.out


def test_a_break_is_refused(repository: Repository, run: Run) -> None:
    repository.edit("contract.yaml", "path: exports/customers_wide_v1/", "path: elsewhere/")
    ran = check(run, "--against", "promised")
    assert ran.code == 4
    assert "[contract.breaking.path_changed]" in ran.out
    assert "at manifests/contract.yaml:13" in ran.out
    assert "customers_wide_v2" in ran.out


def test_weaker_rules_need_a_word(repository: Repository, run: Run) -> None:
    repository.edit("contract.yaml", "lineage_required: true", "lineage_required: false")
    assert check(run, "--against", "promised").code == 4
    assert check(run, "--against", "promised", "--approve", "customers_wide_v1").code == 0


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_machines_read_it(repository: Repository, run: Run, form: str) -> None:
    repository.edit("contract.yaml", "days: 30", "days: 7")
    ran = check(run, "--against", "promised", "--format", form)
    assert ran.code == 4
    if form == "json":
        shape: dict[str, Any] = json.loads(ran.out)
        [finding] = shape["comparison"]["contracts"]["customers_wide_v1"]
        assert (finding["verdict"], finding["refused"]) == ("breaking", True)
        assert "LAKE_KEY" not in json.dumps(shape["comparison"])
    elif form == "sarif":
        assert json.loads(ran.out)["runs"][0]["results"][0]["ruleId"] == "contract.breaking.retention_loosened"
    else:
        assert ran.out.startswith("::error file=manifests/contract.yaml")


def test_a_contract_that_breaks_is_a_test_that_fails(repository: Repository, run: Run, tmp_path: Path) -> None:
    report = tmp_path / "out/contracts.xml"
    assert check(run, "--against", "promised", "--also", f"junit={report}").code == 0
    assert 'name="customers_wide_v1 is what it was"' in report.read_text()
    repository.edit("contract.yaml", "days: 30", "days: 7")
    assert check(run, "--against", "promised", "--also", f"junit={report}").code == 4
    assert 'classname="contract.breaking.retention_loosened"' in report.read_text()
    assert 'failures="1"' in report.read_text()
    assert "is what it was" not in report.read_text()


def test_an_unknown_revision(repository: Repository, run: Run) -> None:
    ran = check(run, "--against", "no-such-branch")
    assert ran.code == 1
    assert "there is no commit 'no-such-branch' here" in ran.err


def test_a_revision_is_never_an_option(repository: Repository, run: Run) -> None:
    ran = check(run, "--against", "--output=/tmp/x")
    assert ran.code == 1
    assert "there is no commit" in ran.err


def test_a_revision_from_before_the_environment(repository: Repository, run: Run) -> None:
    environment = "manifests/environments/sandbox.yaml"
    text = (repository.root / environment).read_text(encoding="utf-8")
    repository.git("rm", "-q", environment)
    repository.commit()
    repository.git("tag", "-f", "promised")
    repository.write("environments/sandbox.yaml", text)
    repository.edit("contract.yaml", "path: exports/customers_wide_v1/", "path: elsewhere/")
    ran = check(run, "--against", "promised")
    assert ran.code == 4
    assert "[contract.breaking.path_changed]" in ran.out


def test_without_git(repository: Repository, run: Run, tmp_path: Path) -> None:
    (tmp_path / ".git").rename(tmp_path / "gone")
    ran = check(run, "--against", "promised")
    assert ran.code == 1
    assert "Git refuses" in ran.err


def test_an_unknown_contract(repository: Repository, run: Run) -> None:
    ran = check(run, "customer_wide_v1")
    assert ran.code == 1
    assert "customers_wide_v1" in ran.err


def test_manifests_of_the_past_that_do_not_hold_today(repository: Repository, run: Run) -> None:
    repository.edit("contract.yaml", "schedule: hourly", "schedule: [hourly]")
    repository.commit()
    repository.git("tag", "-f", "promised")
    repository.edit("contract.yaml", "schedule: [hourly]", "schedule: hourly")
    ran = check(run, "--against", "promised")
    assert ran.code == 1
    assert "at promised:" in ran.err


@pytest.mark.parametrize("new", ["key: mail,", "key: mail, moved_from: {key: email},"])
def test_a_key_renamed_in_a_glossary_mapping(repository: Repository, run: Run, new: str) -> None:
    repository.edit("glossary.yaml", "key: email,", new)
    ran = check(run, "--against", "promised")
    assert ran.code == 4
    assert "[contract.breaking.key_re" in ran.out
    assert "at manifests/contract.yaml:19" in ran.out
    assert "manifests/glossary.yaml:8" in ran.out


def test_other_mistakes_come_first(repository: Repository, run: Run) -> None:
    repository.edit("glossary.yaml", "key: email,", "key: mail,")
    repository.edit("contract.yaml", "entity: Customer", "entity: [Customer]")
    assert check(run, "--against", "promised").code == 1
