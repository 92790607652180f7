"""`--takeover` and exit 4 as a person meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from ..support import Project
from .conftest import Ran

Run = Callable[..., Ran]
OTHERS = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: others}
spec:
  glossary: Enterprise
  term: {name: Others}
"""


def test_refused_with_4_until_it_is_taken_over(example: Project, run: Run, tmp_path: Path) -> None:
    other = Project(tmp_path / "elsewhere/other", example.url)
    other.write("others.yaml", OTHERS)
    assert other.apply().complete
    saved = tmp_path / "plan.json"
    before = example.http("GET", "/_sandbox/state")
    planned = run("plan", "--out", str(saved))
    assert planned.code == 4
    assert "other, environment sandbox, has held the glossary `Enterprise` since" in planned.out
    assert "--takeover" in planned.out
    assert saved.exists(), "a refused plan is saved, too"
    applied = run("apply", str(saved))
    assert applied.code == 4
    assert "has held the glossary `Enterprise`" in applied.out + applied.err
    assert run("apply", "--yes").code == 4
    assert run("apply", "--yes", "--skip-refused").code == 4
    assert example.http("GET", "/_sandbox/state") == before
    taking = run("plan", "--takeover", "--out", str(saved))
    assert taking.code == 0
    assert json.loads(saved.read_text(encoding="utf-8"))["options"]["takeover"] is True
    assert "will be taken over from other, environment sandbox" in taking.out
    assert run("apply", str(saved)).code == 0
    assert run("plan", "--detailed-exitcode").code == 0
