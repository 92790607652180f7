"""What a wheel or a source distribution lacks, or has too much, is told."""

from __future__ import annotations

import io
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from releasing.__main__ import main
from releasing.contents import LICENSES, NEEDED, faults

ABOUT = "x-1.0.dist-info"
PROJECT = """
[tool.hatch.build.targets.wheel]
only-include = ["reconciler", "reconciler_sandbox", "manifests"]
[tool.hatch.build.targets.wheel.sources]
manifests = "reconciler_sandbox/example"
[tool.hatch.build.targets.sdist]
include = ["/reconciler", "/reconciler_sandbox", "/manifests", "/LICENSE"]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with all that a wheel must have."""
    made = tmp_path / "root"
    inside = [name.replace("reconciler_sandbox/example", "manifests") for name in NEEDED]
    for name in (*inside, "reconciler/__init__.py", "LICENSE", ".gitignore"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text("x")
    (made / "pyproject.toml").write_text(PROJECT)
    subprocess.run(["git", "init", "-q", made], check=True)
    subprocess.run(["git", "-C", made, "add", "."], check=True)
    return made


def build(root: Path, change: Callable[[set[str]], Iterable[str]] = lambda names: names) -> Path:
    """A wheel and a source distribution of the repository, of other names."""
    out = root.parent / "dist"
    out.mkdir()
    listed = subprocess.run(["git", "-C", root, "ls-files"], capture_output=True, text=True, check=True)
    tracked = set(listed.stdout.split())
    packed = {one for one in tracked if "/" in one}
    renamed = {one.replace("manifests/", "reconciler_sandbox/example/", 1) if one[0] == "m" else one for one in packed}
    about = {f"{ABOUT}/{name}" for name in (*LICENSES, "METADATA")}
    with zipfile.ZipFile(out / "x-1.0-py3-none-any.whl", "w") as wheel:
        for name in change(renamed | about):
            wheel.writestr(name, "x")
    with tarfile.open(out / "x-1.0.tar.gz", "w:gz") as sdist:
        for name in change(tracked | {"PKG-INFO"}):
            told = tarfile.TarInfo(f"x-1.0/{name}")
            sdist.addfile(told, io.BytesIO())
    return out


def test_what_git_tracks_is_whole(root: Path) -> None:
    assert list(faults(root, build(root))) == []


@pytest.mark.parametrize("lost", [name for name in NEEDED if "example" not in name])
def test_what_is_lost_is_told_of_both(root: Path, lost: str) -> None:
    told = set(faults(root, build(root, lambda names: names - {lost})))
    assert told == {f"x-1.0-py3-none-any.whl: lacks {lost}", f"x-1.0.tar.gz: lacks {lost}"}


@pytest.mark.parametrize("lost", LICENSES)
def test_a_wheel_without_a_license_is_told(root: Path, lost: str) -> None:
    assert list(faults(root, build(root, lambda names: names - {f"{ABOUT}/{lost}"}))) == [
        f"x-1.0-py3-none-any.whl: lacks {lost}"
    ]


def test_what_is_needed_is_told_though_git_does_not_know_it_either(root: Path) -> None:
    subprocess.run(["git", "-C", root, "rm", "-q", "-f", "reconciler/py.typed"], check=True)
    assert list(faults(root, build(root))) == ["x-1.0-py3-none-any.whl: lacks reconciler/py.typed"]


def test_what_nobody_tracks_is_told(root: Path) -> None:
    """Notes, keys and ledgers that lie about in the folder of whoever builds."""
    told = list(faults(root, build(root, lambda names: names | {"reconciler/.env"})))
    assert told == [
        "x-1.0-py3-none-any.whl: has reconciler/.env, which Git does not track there",
        "x-1.0.tar.gz: has reconciler/.env, which Git does not track there",
    ]


def test_two_wheels_or_none_are_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = build(root)
    (out / "x-1.0.tar.gz").unlink()
    (out / "x-0.9-py3-none-any.whl").write_bytes((out / "x-1.0-py3-none-any.whl").read_bytes())
    assert main(["contents", str(out)], root) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{out} has 2 files *.whl, and needs one",
        f"{out} has 0 files *.tar.gz, and needs one",
    ]
