"""A page is typed: what stands after `$` in its blocks of `console`, in one shell, and what it shows has to come."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .pages import ROOT, blocks

ELSEWHERE = "another terminal"
PORT = "127.0.0.1:8180"
NEEDED = [name for name in ("bash", "perl") if shutil.which(name) is None]


@dataclass
class Typed:
    """A line after `$`, and the lines that the page shows of its answer."""

    line: str
    shown: list[str] = field(default_factory=list)
    code: int = 0


def typed(page: Path, *, elsewhere: bool = False) -> list[Typed]:
    """The lines of a page, or those of its other terminal."""
    told = [one for one in blocks(page) if one.language == "console" and (one.mark == ELSEWHERE) == elsewhere]
    return [line for block in told for line in _lines(block.text, block.mark)]


def _lines(text: str, mark: str) -> Iterator[Typed]:
    """The commands of a block, which begins with one; a comment above it may say how the last one exits."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    code = int(mark.removeprefix("exit code ")) if mark.startswith("exit code ") else 0
    for at, part in enumerate(parts, 1):
        line, *shown = part.rstrip("\n").split("\n")
        yield Typed(line, shown, code if at == len(parts) else 0)


class Shell:
    """A shell that keeps its folder and its variables from line to line; the sandbox of the pages is at `here`."""

    def __init__(self, folder: Path, here: str) -> None:
        self.folder, self.home, self.here = folder, folder, here.partition("//")[2]
        (folder / "bin").mkdir()
        script = f'#!/bin/sh\nexec "{sys.executable}" -m reconciler "$@"\n'
        (folder / "bin/reconciler").write_text(script)
        (folder / "bin/reconciler").chmod(0o755)
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        path = f"{folder / 'bin'}{os.pathsep}{kept['PATH']}"
        self.env = {**kept, "PATH": path, "PYTHONPATH": str(ROOT)}

    def type(self, line: str) -> tuple[int, str]:
        """The exit code, and all that is shown."""
        after = f"\ncode=$?; env -0 >'{self.home}/env'; pwd >'{self.home}/pwd'; exit $code"
        words = ["bash", "--norc", "-c", line.replace(PORT, self.here) + after]
        ran = subprocess.run(
            words,
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        told = (self.home / "env").read_text().split("\0")
        self.env = dict(one.split("=", 1) for one in told if "=" in one)
        self.folder = Path((self.home / "pwd").read_text().strip())
        return ran.returncode, ran.stdout

    def does(self, one: Typed) -> None:
        """Types a line of a page, and holds the page to what it shows, in its order."""
        code, told = self.type(one.line)
        assert code == one.code, f"$ {one.line}\n{told}"
        answer = iter(told.splitlines())
        for line in one.shown:
            assert any(found.startswith(line) for found in answer), f"$ {one.line}\n{told}\ndoes not show: {line}"
