"""A release is refused where its version, its changelog and its tag do not say the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from releasing.__main__ import main
from releasing.agreement import disagreements

ROOT = Path(__file__).parents[2]
CHANGELOG = """# Changelog

## Unreleased

## 1.2.3 - 2026-11-30

### Added

- A thing.

## 1.2.2 - 2026-10-01

- Old.
"""


def release(
    root: Path, version: str = "1.2.3", said: str | None = None, changelog: str = CHANGELOG, installed: str = ""
) -> Path:
    (root / "reconciler").mkdir()
    (root / "pyproject.toml").write_text(f'[project]\nname = "x"\nversion = "{version}"\n')
    (root / "reconciler/__init__.py").write_text(f'"""X."""\n\n__version__ = "{said or version}"\n')
    (root / "CHANGELOG.md").write_text(changelog)
    (root / "action.yml").write_text(f'inputs:\n  version:\n    default: "{installed or version}"\n')
    return root


@pytest.mark.parametrize(
    "changelog", [CHANGELOG, CHANGELOG.replace("## Unreleased\n\n", "")], ids=["an empty Unreleased", "none"]
)
def test_what_agrees_is_released(tmp_path: Path, changelog: str) -> None:
    assert list(disagreements(release(tmp_path, changelog=changelog), "v1.2.3")) == []


def test_a_release_candidate_is_released(tmp_path: Path) -> None:
    changelog = CHANGELOG.replace("1.2.3", "1.2.3rc1")
    assert list(disagreements(release(tmp_path, "1.2.3rc1", changelog=changelog), "v1.2.3rc1")) == []


@pytest.mark.parametrize("tag", ["1.2.3", "v1.2.4", "v1.2.3-1", "v1.2.3 ", ""])
def test_a_tag_of_another_version_is_refused(tmp_path: Path, tag: str) -> None:
    [why] = disagreements(release(tmp_path), tag)
    assert "tag v1.2.3, or change the version" in why


def test_an_action_that_installs_another_version_is_refused(tmp_path: Path) -> None:
    [why] = disagreements(release(tmp_path, installed="1.2.2"), "v1.2.3")
    assert "action.yml installs another version than 1.2.3" in why


def test_a_version_that_the_module_does_not_say_is_refused(tmp_path: Path) -> None:
    [why] = disagreements(release(tmp_path, said="1.2.2"), "v1.2.3")
    assert why == "reconciler/__init__.py says 1.2.2, and pyproject.toml 1.2.3: write 1.2.3 in both"


@pytest.mark.parametrize("version", ["1.2", "1.2.3.dev1", "2026-11-30"])
def test_what_is_no_version_is_refused(tmp_path: Path, version: str) -> None:
    found = list(disagreements(release(tmp_path, version), f"v{version}"))
    assert f"{version} is no version" in found[0]


@pytest.mark.parametrize(
    ("changelog", "why"),
    [
        (CHANGELOG.replace("## Unreleased\n", "## Unreleased\n\n- More.\n"), "has entries under Unreleased"),
        (CHANGELOG.replace("## 1.2.3 - 2026-11-30", "## 1.2.4 - 2026-11-30"), "the newest version is 1.2.4"),
        (CHANGELOG.replace("1.2.3", "1.2.1"), "the newest version is 1.2.1"),
        ("# Changelog\n\n## Unreleased\n", "the newest version is none"),
        (CHANGELOG.replace(" - 2026-11-30", ""), "1.2.3 has no day"),
        (CHANGELOG.replace("2026-11-30", "2026-11-31"), "1.2.3 has no day"),
        (CHANGELOG.replace("2026-11-30", "20261130"), "1.2.3 has no day"),
        (CHANGELOG.replace("### Added\n\n- A thing.\n\n", ""), "nothing is told of 1.2.3"),
    ],
    ids=["unreleased entries", "newer", "older", "none", "no day", "no such day", "another form", "empty"],
)
def test_a_changelog_that_tells_something_else_is_refused(tmp_path: Path, changelog: str, why: str) -> None:
    [told] = disagreements(release(tmp_path, changelog=changelog), "v1.2.3")
    assert why in told


def test_every_reason_is_told_and_the_exit_code_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = release(tmp_path, said="1.0.0", changelog="# Changelog\n")
    assert main(["agree", "v9"], root) == 1
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_the_command_needs_nothing_but_python() -> None:
    """The workflow asks before anything is installed."""
    line = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import releasing.__main__"
    subprocess.run([sys.executable, "-I", "-S", "-c", line], check=True, timeout=60)


def test_the_versions_of_this_tree_agree() -> None:
    """Whether there is a release of it or not."""
    found = [why for why in disagreements(ROOT, "v0") if why.startswith(("reconciler/", "pyproject"))]
    assert found == []
