"""`reconciler sandbox serve`: one process, one port, says where, leaves when asked to."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.sandbox import command, to_paste
from reconciler_sandbox.settings import Settings

from .. import portal
from .conftest import ROOT


def test_it_serves_and_leaves() -> None:
    words = [sys.executable, "-m", "reconciler", "sandbox", "serve", "--port", "0", "--normalise", "--seed", "empty"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        line = run.stderr.readline() if run.stderr else ""
        found = re.search(r"http://\S+", line)
        assert found, line
        assert portal.get(f"{found[0]}/api/status").headers["x-cluedin-version"].startswith("4.8")
        assert portal.get(f"{found[0]}/datamap/api/atlas/v2/glossary").status_code == 401
        assert portal.get(f"{found[0]}/_sandbox/stats").json() == {"cluedin": {"GET": 1}, "purview": {"GET": 1}}
        run.send_signal(signal.SIGTERM)
        assert run.wait(10) == 0
        assert run.stdout is not None
        assert run.stdout.read() == ""


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_what_it_prints_to_paste_is_what_its_environment_needs() -> None:
    words = [sys.executable, "-m", "reconciler", "sandbox", "serve", "--port", "0"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        told = [run.stderr.readline().rstrip("\n") for _ in range(8)]
        run.kill()
    assert told[5:] == to_paste(told[0], Settings())
    paste = "; ".join(told[6:])
    shown = subprocess.run(["sh", "-c", f"{paste}; env"], capture_output=True, text=True, check=True, env={})
    found = dict(line.split("=", 1) for line in shown.stdout.splitlines())
    assert found["RECONCILER_VAR_SANDBOX_URL"] == told[0].split()[-1]
    needed = re.findall(r"env: (\w+)", "".join(path.read_text() for path in (ROOT / "manifests").rglob("*.yaml")))
    assert sorted(found["RECONCILER_SECRETS"].split(",")) == sorted(needed)
    assert all(found[name] for name in needed)


def test_where_a_token_is_looked_at_there_is_nothing_to_paste() -> None:
    assert to_paste("sandbox listening on http://x", Settings(strict_auth=True)) == []
    assert to_paste("sandbox listening on http://x", Settings(mode="atlas")) == []


def test_it_takes_no_version_that_is_none() -> None:
    answer = CliRunner().invoke(command, ["serve", "--cluedin-version", "newest"])
    assert answer.exit_code == 2
    assert "'newest' is no version such as 4.6" in answer.output


def test_the_demo_ends_well_and_is_plain_where_nobody_looks(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one screen, in any folder. In a pipe no command line carries a colour, not even one that says `not bold`."""
    from reconciler.cli import main

    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["demo"])
    told = capfd.readouterr().out
    assert len(told.splitlines()) <= 45
    assert "Apply complete! Resources: 137 added" in told
    assert told.count("No changes. CluedIn and Purview match the manifests.") == 4
    assert "0 added, 1 changed, 0 destroyed, 1 renamed" in told  # a key that is displayed otherwise, and its term
    assert list(tmp_path.iterdir()) == []
    assert left.value.code in (0, None)
    assert "Both systems match the manifests." in told
    assert "\x1b" not in told
