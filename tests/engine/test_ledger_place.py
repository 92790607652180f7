"""The ledger stays inside the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import ConfigurationError
from reconciler.ledger.place import ledger_file


@pytest.mark.parametrize("path", [".reconciler/ledger/x.jsonl", "ledgers/a b.jsonl", "x"])
def test_inside(tmp_path: Path, path: str) -> None:
    assert ledger_file(tmp_path, path) == tmp_path / path


@pytest.mark.parametrize("path", ["../x.jsonl", "a/../../x", "/tmp/x", "C:/x", ".git/x", "", ".", "a\0b"])
def test_outside(tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigurationError):
        ledger_file(tmp_path / "project", path)


@pytest.mark.parametrize("name", ["x.jsonl", "x.new", "x.jsonl.lock", "folder"])
def test_a_link_out_of_the_project(tmp_path: Path, name: str) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError):
        ledger_file(root, "folder/x.jsonl" if name == "folder" else "x.jsonl")


def test_a_link_within_the_project_is_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "ledger").symlink_to(tmp_path / "kept")
    assert ledger_file(tmp_path, "ledger/x.jsonl") == tmp_path / "ledger/x.jsonl"
