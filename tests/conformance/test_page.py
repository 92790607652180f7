"""The blocks of the page about the sandbox, run as they stand there, with the clients as their publishers ship them."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler_sandbox.command import main
from reconciler_sandbox.server import running

from .tables import need

PAGE = Path(__file__).parents[2] / "docs" / "sandbox.md"
ADDRESS = "http://127.0.0.1:8180"
SHOWN = re.compile(r"<!-- runs with: ?(.*?) ?-->\n\n```(\w+)\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)
CLIENTS = {"apache_atlas", "azure", "cluedin", "curl", "pyapacheatlas", "reconciler_sandbox"}


@dataclass(frozen=True)
class Block:
    """Some lines of the page: what the sandbox is started with, their language, and what they print."""

    options: str
    language: str
    lines: str
    printed: str

    @property
    def modules(self) -> list[str]:
        """What the lines import."""
        if self.language != "python":
            return []
        found = [one for one in ast.walk(ast.parse(self.lines)) if isinstance(one, ast.Import | ast.ImportFrom)]
        return [getattr(one, "module", None) or one.names[0].name for one in found]

    @property
    def clients(self) -> set[str]:
        """The clients that they use."""
        named = {module.partition(".")[0] for module in self.modules} & CLIENTS
        return named | ({"curl"} if re.search(r"\bcurl ", self.lines) else set())


BLOCKS = [Block(*found) for found in SHOWN.findall(PAGE.read_text(encoding="utf-8"))]


def marked(block: Block) -> object:
    """CluedIn's SDK comes with what `make test-all` installs."""
    name = "-".join([*sorted(block.clients), *block.options.split()])
    return pytest.param(block, id=name, marks=[pytest.mark.long] if "cluedin" in block.clients else [])


@pytest.mark.parametrize("block", [marked(block) for block in BLOCKS])
def test_a_block_of_the_page_prints_what_the_page_shows(block: Block, tmp_path: Path) -> None:
    command = [sys.executable, "-"] if block.language == "python" else ["sh", "-e"]
    if block.modules:
        need(*block.modules)
    for program in ("sh", "curl") if block.language == "sh" else ():
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    settings = main.make_context("page", shlex.split(block.options)).params
    with running(**settings | {"port": 0}) as server:
        lines = block.lines.replace(ADDRESS, server.url)
        env = os.environ | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        ran = subprocess.run(
            command, input=lines, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False
        )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.rstrip("\n") == block.printed.rstrip("\n"), ran.stderr


def test_every_client_has_a_block_and_every_block_is_run() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert set().union(*(block.clients for block in BLOCKS)) == CLIENTS
    assert len(BLOCKS) == len(re.findall(r"^```(?:python|sh)$", page, re.MULTILINE)), "a block is not run"
    assert all(block.printed.strip() for block in BLOCKS), "a block shows nothing"
    used = [block.lines for block in BLOCKS if block.clients - {"reconciler_sandbox"}]
    assert all(ADDRESS in lines for lines in used)
