"""`fmt`: what it writes, what it says, and when it fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..support import Project
from .conftest import Ran

Run = Callable[..., Ran]
ODD = b"# first\r\nspec:\r\n    labels:\r\n        PII: { classification: A.PII }   # ours\r\nkind: LabelMap\r\n"
ODD += b"apiVersion: reconciler/v1\r\nmetadata:   {name: odd}\r\n"
EVEN = b"# first\r\nspec:\r\n  labels:\r\n    PII: {classification: A.PII}   # ours\r\nkind: LabelMap\r\n"
EVEN += b"apiVersion: reconciler/v1\r\nmetadata: {name: odd}\r\n"


def test_the_worked_example_is_in_the_layout(example: Project, run: Run) -> None:
    ran = run("fmt", "--check")
    assert (ran.code, ran.out) == (0, "")


def test_check_tells_and_writes_nothing_and_fmt_writes(example: Project, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "manifests/odd.yaml"
    path.write_bytes(ODD)
    ran = run("fmt", "--check")
    assert (ran.code, ran.out) == (1, "manifests/odd.yaml\n")
    assert path.read_bytes() == ODD
    assert run("fmt").code == 0
    assert path.read_bytes() == EVEN
    assert run("fmt", "--check").code == 0


def test_what_is_no_yaml_is_said_with_its_place(example: Project, run: Run, tmp_path: Path) -> None:
    (tmp_path / "manifests/broken.yaml").write_text("a: [\n")
    ran = run("fmt")
    assert ran.code == 1
    assert "manifests/broken.yaml:" in ran.err
