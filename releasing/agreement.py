"""Version, changelog and tag of a release: three places that have to say the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

UNRELEASED = "Unreleased"
_VERSION = re.compile(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?")
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_SAID = re.compile(r"^__version__ = [\"'](.+)[\"']$", re.MULTILINE)


def disagreements(root: Path, tag: str) -> Iterator[str]:
    """What stands in the way of a release of the tag, each in a sentence that says what to do."""
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if not _VERSION.fullmatch(version):
        yield f"pyproject.toml: {version} is no version such as 1.2.3 or 1.2.3rc1"
    if tag != f"v{version}":
        yield f"the tag is {tag}, and the version in pyproject.toml {version}: tag v{version}, or change the version"
    said = _SAID.search((root / "reconciler/__init__.py").read_text(encoding="utf-8"))
    if said is None or said[1] != version:
        found = said[1] if said else "nothing"
        yield f"reconciler/__init__.py says {found}, and pyproject.toml {version}: write {version} in both"
    action = (root / "action.yml").read_text(encoding="utf-8")
    if f'\n    default: "{version}"\n' not in action:
        yield f'action.yml installs another version than {version}: write default: "{version}" there, and in the copy'
    yield from _of_changelog((root / "CHANGELOG.md").read_text(encoding="utf-8"), version)


def _of_changelog(text: str, version: str) -> Iterator[str]:
    unreleased = [one.body for one in _parts(text) if one.title == UNRELEASED]
    released = [one for one in _parts(text) if one.title != UNRELEASED]
    if any(unreleased):
        yield f"CHANGELOG.md has entries under {UNRELEASED}: move them under {version}"
    newest = released[0].title.partition(" ")[0] if released else "none"
    if newest != version:
        yield f"CHANGELOG.md: the newest version is {newest}: write ## {version} - YYYY-MM-DD"
        return
    if not _is_day(released[0].title.removeprefix(f"{version} - ")):
        yield f"CHANGELOG.md: {version} has no day: write ## {version} - YYYY-MM-DD"
    if not released[0].body:
        yield f"CHANGELOG.md: nothing is told of {version}"


class _Part(NamedTuple):
    """What stands under a heading of a version."""

    title: str
    body: str


def _parts(text: str) -> list[_Part]:
    titles_and_bodies = _HEADING.split(text)[1:]
    pairs = zip(titles_and_bodies[::2], titles_and_bodies[1::2], strict=True)
    return [_Part(title.strip(), body.strip()) for title, body in pairs]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
