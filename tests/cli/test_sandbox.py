"""`reconciler sandbox serve`: one process, one port, says where, leaves when asked to."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from reconciler.cli.sandbox import command

from .. import portal


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


def test_it_takes_no_version_that_is_none() -> None:
    answer = CliRunner().invoke(command, ["serve", "--cluedin-version", "newest"])
    assert answer.exit_code == 2
    assert "'newest' is no version such as 4.6" in answer.output


def test_the_demo_ends_well_and_is_plain_where_nobody_looks(capfd: pytest.CaptureFixture[str]) -> None:
    """In a pipe no command line carries a colour, not even one that says `not bold`."""
    from reconciler.cli import main

    with pytest.raises(SystemExit) as left:
        main(["-q", "demo"])
    told = capfd.readouterr().out
    assert left.value.code in (0, None)
    assert "Both systems match the manifests." in told
    assert "\x1b" not in told
