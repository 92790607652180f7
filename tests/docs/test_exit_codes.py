"""The page of exit codes has every code that is promised, in the order in which they win."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from reconciler.errors import PRECEDENCE

from ..tools import program
from .pages import DOCS, blocks

PAGE = DOCS / "exit-codes.md"


def test_the_page_has_every_code_in_the_order_in_which_they_win() -> None:
    rows = re.findall(r"^\| `(\d+)` \| .+ \| .+ \|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert [int(row) for row in rows] == [int(code) for code in PRECEDENCE]


@pytest.mark.parametrize(
    ("left", "told", "code"),
    [(0, "nothing to do\n", 0), (2, "changes wait for an approval\n", 0), (4, "", 4), (1, "", 1)],
)
def test_the_lines_for_a_job_do_what_they_say(left: int, told: str, code: int, tmp_path: Path) -> None:
    bash = program("bash", why="a block of the page is Bash")
    [block] = blocks(PAGE)
    stand_in = f"reconciler() {{ return {left}; }}\n"
    command = [bash, "-e", "-c", stand_in + block.text]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.returncode) == (told, code)
