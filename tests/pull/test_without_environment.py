"""`pull --from` in projects whose environments nobody names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ..cli.conftest import Ran
from ..cli.conftest import run as run

Run = Callable[..., Ran]


@pytest.fixture
def anew(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project as `init` lays it, with a file of terms."""
    for name in ("CI", "RECONCILER_ENV", "RECONCILER_SECRETS"):
        monkeypatch.delenv(name, raising=False)
    assert run("init", str(tmp_path), "--yes").code == 0
    (tmp_path / "terms.csv").write_text("Name,Definition,Parent Term Name\nCustomer_Age,In years,Customer\n")
    return tmp_path


def pull(run: Run, root: Path) -> Ran:
    return run("-q", "pull", "--from", str(root / "terms.csv"), "--glossary", "Enterprise")


def test_a_new_project_and_an_allow_list_need_none(anew: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_SECRETS", "CLUEDIN_PASSWORD")
    ran = pull(run, anew)
    assert ran.code == 0, ran.err
    assert "{name: Age, definition: In years}" in (anew / "manifests/glossary/customer.yaml").read_text()
    assert "`${var.GLOSSARY}` counts as `Enterprise`, as in `prod`" in ran.out
    assert "NO_PASSWORD" not in ran.out + ran.err
    assert not (anew / "manifests/environments/unnamed.yaml").exists()


def test_the_prefix_has_two_names(anew: Path, run: Run) -> None:
    """As `contracts import` has them."""
    for option in ("--prefix", "--key-prefix"):
        assert run("-q", "pull", "--from", str(anew / "none.csv"), option, "a").err.startswith("Usage"), option
        path = str(anew / "terms.csv")
        assert run("-q", "pull", "--from", path, option, "a", "--glossary", "Enterprise").code == 0, option


def test_what_all_environments_say_is_not_told(anew: Path, run: Run) -> None:
    path = anew / "manifests/environments/test.yaml"
    path.write_text(path.read_text().replace("GLOSSARY: Enterprise test", "GLOSSARY: Enterprise"))
    ran = pull(run, anew)
    assert (ran.code, "counts as" in ran.out) == (0, False)


def test_the_process_may_set_a_variable(anew: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_VAR_GLOSSARY", "Other")
    ran = pull(run, anew)
    assert (ran.code, "counts as" in ran.out) == (1, False)
    assert "its parent `Customer` is in no row and in no manifest" in ran.out + ran.err
