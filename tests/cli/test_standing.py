"""A project is found from any folder within it, and what is told says which one that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli import main
from reconciler.cli.standing import project_around

from ..support import ENVIRONMENT

BROKEN = "apiVersion: reconciler/v1\nkind: LabelMap\nmetadata: {name: default}\nspec: {lables: {}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in a folder of its own, with one fault."""
    root = tmp_path / "project"
    (root / "manifests/environments").mkdir(parents=True)
    (root / "manifests/environments/sandbox.yaml").write_text(ENVIRONMENT)
    (root / "manifests/labels.yaml").write_text(BROKEN)
    return root


@pytest.mark.parametrize(
    ("here", "found"), [(".", "."), ("manifests", ".."), ("manifests/environments", "../.."), ("a/b", "../..")]
)
def test_the_nearest_folder_with_manifests_is_the_project(project: Path, here: str, found: str) -> None:
    (project / "a/b").mkdir(parents=True)
    assert project_around(project / here) == Path(found)


def test_another_repository_above_is_another_project(project: Path) -> None:
    inner = project / "vendored"
    (inner / "deep/.git").mkdir(parents=True)
    assert project_around(inner / "deep") == Path()
    assert project_around(inner) == Path("..")
    (project / ".git").write_text("gitdir: elsewhere")
    assert project_around(inner) == Path(".."), "the repository's own folder is looked at too"


def test_a_project_within_a_project_is_the_nearer_one(project: Path) -> None:
    (project / "teams/sales/manifests").mkdir(parents=True)
    assert project_around(project / "teams/sales/manifests") == Path("..")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main(list(words))
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_it_is_named_where_one_stands_elsewhere(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project / "manifests/environments")
    code, out, err = run(capsys, "-q", "validate")
    assert code == 1
    assert err == "project ../..\n"
    assert "manifests/labels.yaml:4" in out
    monkeypatch.chdir(project)
    assert run(capsys, "validate")[2] == ""


def test_the_named_one_is_taken_before_or_after_the_verb(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(project / "manifests")
    for words in (["--project", str(other), "validate"], ["validate", "--project", str(other)]):
        code, out, err = run(capsys, *words)
        assert (code, err) == (1, "")
        assert "There is no folder `manifests` in the project" in out


def test_without_any_it_says_how_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, "plan")
    assert code == 1
    assert "there is no folder manifests here or above" in err
    assert "reconciler init" in err


def test_a_project_that_is_absent_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    absent = tmp_path / "absent"
    code, out, _ = run(capsys, "--project", str(absent), "validate")
    assert code == 1
    assert f"There is no folder `{absent}`" in out
    assert "Create `manifests/`" not in out
    code, _, err = run(capsys, "--project", str(absent), "plan")
    assert code == 1
    assert f"there is no folder {absent}" in err
