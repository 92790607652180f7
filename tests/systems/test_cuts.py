"""Who cuts a text cleans it first: half a secret is known by nobody."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.actions.exports import _why
from reconciler.contracts.revision import at_revision
from reconciler.errors import ReconcilerError
from reconciler.manifest.words import show_value
from reconciler.plan.file import faults
from reconciler.systems.redact import SECRETS, Redactor

CANARY = "kanary-of-the-cut-which-nobody-may-see"


def refused_by_git(text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    def run(words: list[str], **more: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(words, 128, b"", text.encode())

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(ReconcilerError) as told, at_revision(Path(), "main"):
        pass
    return str(told.value)


@pytest.mark.parametrize(
    ("most", "shown"),
    [
        (300, refused_by_git),
        (300, lambda text, patch: _why({"errorMessage": f"Failed: {text}\n at Connector.Export()"})),
        (200, lambda text, patch: " ".join(faults({"format_version": text}))),
        (60, lambda text, patch: show_value(text)),
        (300, lambda text, patch: SECRETS.cut(text, 300)),
    ],
    ids=["git", "export", "saved plan", "manifest", "cut"],
)  # fmt: skip
def test_a_secret_across_a_cut_is_masked_as_a_whole(
    most: int, shown: Callable[[str, pytest.MonkeyPatch], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    SECRETS.add(CANARY)
    for seen in range(4, len(CANARY), 3):
        told = shown(f"{'x' * (most - seen)}{CANARY} and more {'y' * most}", monkeypatch)
        assert "kana" not in told, seen
        assert "x" * 20 in told


def test_cleaned_then_cut() -> None:
    known = Redactor()
    known.add(CANARY)
    assert known.cut(f"abc {CANARY}", 10) == "abc (sensi"
    assert known.cut("abc", 10) == "abc"
