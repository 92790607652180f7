"""Apache Atlas's own type classes, asked by a small Java program of ours (`java/Answers.java`).

Maven fetches the jar and what it needs once into a folder that git ignores; javac compiles the program anew.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..tools import missing, program
from .reference import ROOT

VERSION = "2.4.0"
SOURCES = Path(__file__).parent / "java"
JARS = ROOT / ".cache" / f"atlas-intg-{VERSION}"

Question = dict[str, Any]


class Atlas:
    """Answers questions with what Apache Atlas's classes say."""

    def __init__(self, folder: Path) -> None:
        self._path = f"{folder}{os.pathsep}{JARS / '*'}"
        # Its classes read their settings when they are loaded, and do not load without the file.
        (folder / "atlas-application.properties").touch()
        (folder / "log4j.properties").write_text("log4j.rootLogger=OFF\n", encoding="utf-8")
        _run(["javac", "-cp", self._path, "-d", str(folder), str(SOURCES / "Answers.java")])

    def ask(self, questions: Iterable[Question]) -> list[dict[str, Any]]:
        """The answers to all questions, in order."""
        lines = "".join(f"{json.dumps(question)}\n" for question in questions)
        return [json.loads(line) for line in _run(["java", "-cp", self._path, "Answers"], lines).splitlines()]


def atlas(folder: Path) -> Atlas:
    """The program, compiled into a folder; skips without Java or Maven, and fails without them in CI."""
    for command in ("java", "javac", "mvn"):
        program(command, why="a JDK and Maven run Apache Atlas's own type classes")
    if not (JARS / f"atlas-intg-{VERSION}.jar").exists():
        _fetch()
    return Atlas(folder)


def _fetch() -> None:
    command = ["mvn", "-q", "-B", "-f", str(SOURCES / "pom.xml"), "dependency:copy-dependencies"]
    run = subprocess.run(
        [*command, f"-DoutputDirectory={JARS}"], capture_output=True, text=True, timeout=600, check=False
    )
    if run.returncode:
        missing(f"Maven could not fetch org.apache.atlas:atlas-intg: {run.stdout[-500:]}")


def _run(command: list[str], text: str = "") -> str:
    run = subprocess.run(command, input=text, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout
