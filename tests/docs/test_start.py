"""What of the first page is no line with an answer: the other terminal, one's own systems, what is installed."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler_sandbox.sign_in import PASSWORD

from .pages import DOCS, ROOT
from .shell import NEEDED, PORT, Shell, typed

START = DOCS / "start.md"
PAGE = START.read_text(encoding="utf-8")


def plain(heading: str) -> list[str]:
    """The lines of the block without answers under a heading, each without its remark."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.search(r"```\n(.*?)```", part, re.DOTALL)
    assert found is not None
    return [line.partition("  #")[0].rstrip() for line in found[1].splitlines()]


@contextmanager
def sandbox_of(shell: Shell, line: str) -> Iterator[list[str]]:
    """Types the line of the other terminal, for a port that is free; gives the lines that it shows."""
    words = ["bash", "--norc", "-c", f"exec {line} --port 0"]
    with subprocess.Popen(
        words, cwd=shell.home, env=shell.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as serving:
        assert serving.stdout is not None
        told: list[str] = []
        for shown in serving.stdout:
            told.append(shown.rstrip("\n"))
            if "RECONCILER_VAR_SANDBOX_URL" in shown:
                break
        try:
            yield told
        finally:
            serving.terminate()
            serving.wait(20)


def shows(told: Iterable[str], lines: Iterable[str]) -> str:
    """The first of the lines that does not come in its order; empty where all do."""
    answer = iter(told)
    return next((line for line in lines if not any(found.startswith(line) for found in answer)), "")


@pytest.mark.long
@pytest.mark.skipif(bool(NEEDED), reason=f"needs {' and '.join(NEEDED)}")
def test_the_other_terminal_serves_what_it_shows(tmp_path: Path) -> None:
    [other] = typed(START, elsewhere=True)
    with sandbox_of(Shell(tmp_path, ""), other.line) as served:
        here = served[0].rpartition("//")[2]
        assert shows(served, [line.replace(PORT, here) for line in other.shown]) == ""


AZ = """#!/bin/sh
case "$1" in
  login) exit 0 ;;
  account) echo '{"accessToken": "of-somebody", "expiresOn": "2099-01-01 00:00:00.000000", "expires_on": 4070908800}' ;;
esac
"""
"""What `az` of Azure answers, as far as it is asked here."""


@pytest.mark.long
@pytest.mark.skipif(bool(NEEDED), reason=f"needs {' and '.join(NEEDED)}")
def test_the_lines_for_one_s_own_systems_do_what_they_say(tmp_path: Path) -> None:
    """With the sandbox for one's own systems: its addresses and its user are the answers to the questions."""
    shell = Shell(tmp_path, "")
    (tmp_path / "bin/az").write_text(AZ)
    (tmp_path / "bin/az").chmod(0o755)
    shell.env["AZURE_TOKEN_CREDENTIALS"] = "AzureCliCredential"  # nothing else is asked who this is
    for line in ("reconciler init mdm --yes", "cd mdm"):
        assert line in [one.line for one in typed(START)]
        assert shell.type(line)[0] == 0
    with sandbox_of(shell, "reconciler sandbox serve --seed empty") as served:
        answer(shell.folder / "manifests/environments/test.yaml", served[0].rpartition(" ")[2])
        lines = plain("5. Your own systems")
        assert [line.split()[0] for line in lines] == ["export", "export", "export", "az", "reconciler", "reconciler"]
        for line in lines:
            asked = line.replace("acme-test.cluedin.example", "127.0.0.1").replace(
                "PASSWORD=...", f"PASSWORD={PASSWORD}"
            )
            code, told = shell.type(asked)
            assert code == 0, f"$ {asked}\n{told}"
        assert "To perform exactly these actions: reconciler apply plan.json" in told
        assert shell.type("reconciler apply plan.json")[0] == 0


def answer(path: Path, url: str) -> None:
    """Writes the answers to the questions of an environment; each question must be there."""
    answers = {"url": url, "organization": "contoso", "user": "admin@contoso.test", "endpoint": url}
    answers["collection"] = "contoso-purview/MDM/CluedIn"
    text = path.read_text(encoding="utf-8")
    for name, value in answers.items():
        text, count = re.subn(rf"^(\s+{name}:) .*$", rf"\1 {value}", text, flags=re.MULTILINE)
        assert count == 1, name
    path.write_text(text, encoding="utf-8")


def test_what_is_installed_is_what_the_project_offers() -> None:
    """The line that installs it names the project, and an extra that there is; `tests/releasing` installs that."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = re.search(r"^pip install '([\w-]+)\[(\w+)\]'$", PAGE, re.MULTILINE)
    assert found is not None
    assert found[1] == project["name"]
    assert found[2] in project["optional-dependencies"]


@pytest.mark.skipif(bool(NEEDED), reason=f"needs {' and '.join(NEEDED)}")
def test_the_line_for_the_tab_key_is_one(tmp_path: Path) -> None:
    found = re.search(r"^(eval .+?)  ", (DOCS / "cli.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    code, told = Shell(tmp_path, "").type(f"{found[1]} && complete -p reconciler")
    assert code == 0, told
    assert "_reconciler_completion" in told


def test_every_line_that_can_be_typed_is_typed() -> None:
    """A block is one of a shell with answers, or one of the two that tests above know."""
    fences = re.findall(r"^```(\w*)$", PAGE, re.MULTILINE)[::2]
    assert set(fences) <= {"console", ""}
    assert fences.count("") == 2
