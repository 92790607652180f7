"""What a release is built of and installed with is locked: every package with hashes, in the versions of every day."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = {
    "locked.txt": PROJECT["project"]["dependencies"],
    "locked-build.txt": [*PROJECT["dependency-groups"]["release"], *PROJECT["build-system"]["requires"]],
}
_PINNED = re.compile(r"^([\w.-]+)==(\S+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


def pinned(name: str) -> dict[str, tuple[str, int]]:
    """By package the version and how many hashes it has."""
    found = _PINNED.findall((ROOT / name).read_text(encoding="utf-8"))
    return {package: (version, rest.count("--hash=sha256:")) for package, version, rest in found}


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_needed_is_locked_with_hashes(name: str) -> None:
    locked = pinned(name)
    wanted = {re.split(r"[<>=!~\[; ]", one)[0].lower() for one in NEEDED[name]}
    assert wanted - locked.keys() == set()
    assert [package for package, (_, hashes) in locked.items() if hashes == 0] == []


@pytest.mark.parametrize("name", NEEDED)
def test_versions_are_those_that_are_tested_together(name: str) -> None:
    tested = pinned("constraints.txt")
    assert {package: version for package, (version, _) in pinned(name).items()} == {
        package: tested[package][0] for package in pinned(name)
    }
