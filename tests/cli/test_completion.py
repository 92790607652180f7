"""The Tab key offers what the manifests have, and is never the place where a fault shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from reconciler.cli import completion, main
from reconciler.kinds import models
from reconciler.resources import types

from .conftest import ROOT

Offered = Callable[..., list[str]]
CUSTOMER = "Enterprise/Party/Customer"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the worked example to stand in."""
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECONCILER_ENV", raising=False)
    return tmp_path


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Offered:
    """What Bash would offer for the last of these words; nothing may be said beside it."""

    def ask(*words: str) -> list[str]:
        monkeypatch.setenv("_RECONCILER_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", "\n".join(["reconciler", *words]))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        assert (left.value.code, err) == (0, "")
        return [line.partition(",")[2].replace("\\\\", "\\") for line in out.splitlines() if line]

    return ask


def test_environments_are_offered_before_and_after_the_verb(here: Path, offered: Offered) -> None:
    (here / "manifests/environments/prod.yaml").write_text("anything")
    for words in (["--env", ""], ["plan", "--env", ""], ["state", "list", "--env", ""]):
        assert offered(*words) == ["prod", "sandbox"]
    assert offered("--env", "pr") == ["prod"]


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "--target"],
        ["apply", "--replace"],
        ["graph", "--target"],
        ["drift", "--accept"],
        ["state", "show"],
        ["state", "forget", "purview.term:x"],
        ["state", "mv"],
        ["--env", "sandbox", "plan", "--rotate"],
        ["plan", "--env", "sandbox", "--target"],
    ],
)
def test_addresses_are_offered_wherever_one_is_taken(words: list[str], here: Path, offered: Offered) -> None:
    assert offered(*words, f"purview.term:{CUSTOMER}/E") == [f"{CUSTOMER}/Email"], "Bash replaces what is after a colon"
    assert offered(*words, "purview.term", ":", f"{CUSTOMER}/Em") == [f"{CUSTOMER}/Email"]
    assert offered(*words, "purview.gl") == ["purview.glossary:Enterprise"]
    assert f"{CUSTOMER}/Full\\ Name" in offered(*words, f"purview.term:{CUSTOMER}/")


def test_contracts_are_offered_by_name(here: Path, offered: Offered) -> None:
    for words in (["contracts", "check"], ["contracts", "export"], ["exports", "run"], ["exports", "history"]):
        assert offered(*words, "") == ["customers_wide_v1"]
    assert offered("init", "--organization", "") == []


def test_kinds_and_types_are_offered_where_one_is_taken() -> None:
    command = click.Command("x", params=[click.Option(["--type"], metavar="TYPE")])
    completion.completed(command)
    context = click.Context(command)
    found = [item.value for item in command.params[0].shell_complete(context, "")]
    assert found == sorted([*models(), *types()])
    assert [item.value for item in command.params[0].shell_complete(context, "Glo")] == ["GlossaryMapping"]


def test_of_very_many_manifests_only_the_types_are_offered(
    here: Path,
    offered: Offered,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(completion, "MOST_BYTES", 100)
    assert offered("plan", "--target", "purview.glos") == ["purview.glossary:"]


@pytest.mark.parametrize("text", ["a: [", "\t", "apiVersion: reconciler/v1\nkind: Nothing\n", "\x00"])
def test_broken_manifests_offer_what_is_left_and_say_nothing(text: str, here: Path, offered: Offered) -> None:
    (here / "manifests/glossary/customer.yaml").write_text(text)
    offered("plan", "--target", "purview.term:")
    (here / "manifests/environments/sandbox.yaml").write_text(text)
    assert offered("plan", "--target", "purview.term:") == []
    assert offered("--env", "") == ["sandbox"]


def test_without_a_project_nothing_is_offered_and_nothing_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    offered: Offered,
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (["--env"], ["plan", "--target"], ["contracts", "check"]):
        assert offered(*words, "") == []
    for words in (["no-verb"], ["plan", "--no-option"], ["sandbox", "serve", "--port", "many"]):
        offered(*words, "")
    assert offered("pl") == ["plan"]


def test_a_shell_that_is_not_known_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("_RECONCILER_COMPLETE", "tcsh_source")
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert "bash, zsh, fish" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs Bash")
def test_in_bash_itself(here: Path) -> None:
    """The line of the page, and then what a Tab does: a word per colon, in an array of its own."""
    script = r"""
        reconciler() { "$PYTHON" -m reconciler "$@"; }
        eval "$(_RECONCILER_COMPLETE=bash_source reconciler | sed 's/^\(.*\)\$1)$/\1"$PYTHON" -m reconciler)/')"
        COMP_WORDS=(reconciler plan --target purview.term : Enterprise/Party/Customer/Full) COMP_CWORD=5
        _reconciler_completion reconciler
        printf '%s\n' "${COMPREPLY[@]}"
    """
    env = {**os.environ, "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, check=False, env=env)
    assert ran.stdout == f"{CUSTOMER}/Full\\ Name\n", ran.stderr
