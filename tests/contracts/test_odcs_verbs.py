"""`contracts export` and `contracts import` as people and CI run them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from reconciler.contracts.odcs.standard import problems

from ..cli.conftest import Ran
from ..cli.conftest import run as run
from .conftest import Repository

Run = Callable[..., Ran]
EXAMPLES = Path(__file__).parent / "odcs_examples"


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that nobody asks."""
    monkeypatch.setenv("RECONCILER_VAR_SANDBOX_URL", "http://127.0.0.1:1")


def test_a_contract_leaves_and_comes_back(repository: Repository, run: Run, tmp_path: Path) -> None:
    ran = run("contracts", "export", "customers_wide_v1", "--out", str(tmp_path / "shared"))
    assert ran.code == 0
    assert ran.out == ""
    file = tmp_path / "shared" / "customers_wide_v1.odcs.yaml"
    assert f"wrote {file}" in ran.err
    assert list(problems(yaml.safe_load(file.read_text()))) == []
    before = repository.draft().world
    ran = run("contracts", "import", str(file), "--out", str(tmp_path / "back.yaml"))
    assert (ran.code, ran.err) == (0, f"wrote {tmp_path / 'back.yaml'}\n")
    repository.write("contract.yaml", (tmp_path / "back.yaml").read_text())
    assert repository.verdicts() == []
    [was], [now] = before.written("ExportContract"), repository.draft().world.written("ExportContract")
    assert now.spec == was.spec


def test_on_stdout_there_is_nothing_but_the_contracts(repository: Repository, run: Run) -> None:
    repository.write("second.yaml", (repository.root / "manifests/contract.yaml").read_text().replace("_v1", "_v2"))
    ran = run("-q", "contracts", "export")
    assert (ran.code, ran.err) == (0, "")
    assert [one["id"] for one in yaml.safe_load_all(ran.out)] == ["customers_wide_v1", "customers_wide_v2"]
    assert run("-q", "contracts", "export").out == ran.out


def test_what_cannot_be_exported(repository: Repository, run: Run, tmp_path: Path) -> None:
    assert "customers_wide_v1" in run("contracts", "export", "customer_wide_v1").err
    ran = run("contracts", "export", "--out", str(tmp_path / "manifests"))
    assert ran.code == 1
    assert "cannot be written" in ran.err
    repository.edit("contract.yaml", "entity: Customer", "entity: [Customer]")
    assert run("contracts", "export").code == 1


def test_a_file_that_lacks_something_is_not_written(run: Run, tmp_path: Path) -> None:
    file = EXAMPLES / "schema/table-column.odcs.yaml"
    ran = run("contracts", "import", str(file), "--out", str(tmp_path / "made.yaml"))
    assert ran.code == 1
    assert "[odcs.no_source]" in ran.err
    assert f"at {file}:12:7" in ran.err
    assert "1 error, 0 warnings." in ran.err
    assert not (tmp_path / "made.yaml").exists()


@pytest.mark.parametrize("option", ["--prefix", "--key-prefix"])
def test_what_is_left_behind_is_no_error(run: Run, option: str) -> None:
    ran = run("contracts", "import", str(EXAMPLES / "schema/table-column.odcs.yaml"), option, "customer")
    assert ran.code == 0
    assert "[odcs.left_behind]" in ran.err
    assert yaml.safe_load(ran.out)["spec"]["columns"][0]["from"] == "customer.rcvr_cntry_code"


def test_nothing_is_written_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "there.yaml").write_text("mine")
    file = EXAMPLES / "server/azure-server.odcs.yaml"
    ran = run("contracts", "import", str(file), "--out", str(tmp_path / "there.yaml"))
    assert ran.code == 1
    assert "is there already" in ran.err
    assert (tmp_path / "there.yaml").read_text() == "mine"


def test_a_file_that_is_not_there(run: Run) -> None:
    ran = run("contracts", "import", "nowhere.yaml")
    assert ran.code == 1
    assert "nowhere.yaml" in ran.err


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.yaml")), ids=lambda path: path.name)
def test_among_the_manifests_it_gets_one_sentence(repository: Repository, run: Run, path: Path) -> None:
    repository.write("exports/theirs.odcs.yaml", path.read_text())
    ran = run("--env", "sandbox", "validate")
    assert ran.code == 1
    assert "1 error" in ran.out
    assert ran.out.count("exports/theirs.odcs.yaml:") == 1
    assert "a file of the Open Data Contract Standard (v3." in ran.out
    assert "reconciler contracts import manifests/exports/theirs.odcs.yaml" in ran.out
