"""The sandbox's own command: the same options as `reconciler sandbox serve`, what it refuses, what it says first."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner

from reconciler.cli.sandbox import command as verb
from reconciler_sandbox import welcome
from reconciler_sandbox.command import main
from reconciler_sandbox.entra import PURVIEW, SECRET
from reconciler_sandbox.server import running
from reconciler_sandbox.settings import Settings

from .. import portal

OWN = [sys.executable, "-m", "reconciler_sandbox"]
VERB = [sys.executable, "-m", "reconciler", "sandbox", "serve"]
GLOSSARY = "/datamap/api/atlas/v2/glossary"


@contextmanager
def started(command: list[str], *words: str) -> Iterator[tuple[str, list[str], subprocess.Popen[str]]]:
    """A sandbox as a process of its own: its address, and the lines that it said of each system."""
    given = [*command, "--port", "0", "--seed", "empty", *words]
    with subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        try:
            first = run.stderr.readline()
            found = re.fullmatch(r"sandbox listening on (http://\S+)\n", first)
            assert found, first
            yield found[1], [run.stderr.readline() for _ in range(4)], run
        finally:
            run.kill()


@pytest.mark.parametrize("command", [OWN, VERB], ids=["own", "verb"])
def test_it_says_what_to_sign_in_with_and_leaves(command: list[str]) -> None:
    with started(command) as (url, told, run):
        assert "".join(told).rstrip().split("\n") == welcome.lines(url, Settings())[1:]
        assert portal.get(url + GLOSSARY).status_code == 401
        run.send_signal(signal.SIGTERM)
        assert run.wait(10) == 0
        assert run.stdout is not None
        assert run.stdout.read() == ""


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_who_reads_the_first_line_alone_may_close_the_rest() -> None:
    """`serve 2>&1 | head -1` in a script: all is said in one write, so that nothing is written into nowhere."""
    words = [*OWN, "--port", "0", "--seed", "empty"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, bufsize=1) as run:
        assert run.stderr is not None
        try:
            found = re.search(r"http://\S+", run.stderr.readline())
            run.stderr.close()
            assert found
            for _ in range(3):
                assert portal.get(f"{found[0]}/_sandbox/stats").status_code == 200
        finally:
            run.kill()


def signed_in(text: str, url: str) -> httpx.Response:
    """Signs in to CluedIn with what a line says."""
    organisation, user, password = re.findall(r"(?:organisation|user|password) ([^,\s]+)", text)
    form = {"grant_type": "password", "client_id": organisation, "username": user, "password": password}
    return portal.post(f"{url}/auth/connect/token", data=form)


@pytest.mark.parametrize("mode", ["purview", "atlas"])
@pytest.mark.parametrize("strict", [False, True])
def test_what_it_says_to_sign_in_with_does_sign_in(mode: str, strict: bool) -> None:
    with running(seed="empty", mode=mode, strict_auth=strict) as made:
        _, cluedin, data_map, entra, control = welcome.lines(made.url, made.settings)
        assert signed_in(cluedin, made.url).status_code == 200
        tenant = entra.split()[2]
        [secret] = re.findall(r"client secret(?:, such as)? (\S+)", entra)
        form = {"grant_type": "client_credentials", "client_id": "any", "client_secret": secret}
        answer = portal.post(f"{tenant}/oauth2/v2.0/token", data=form | {"scope": f"{PURVIEW}/.default"})
        assert answer.status_code == 200
        if mode == "atlas":
            user, password = re.findall(r"(?:user|password) ([^,;\s]+)", data_map)
            assert portal.get(f"{made.url}/api/atlas/v2/glossary", auth=(user, password)).status_code == 200
        elif strict:
            assert f"scope {PURVIEW}/.default" in data_map
            token = answer.json()["access_token"]
            assert portal.get(made.url + GLOSSARY, headers={"authorization": f"Bearer {token}"}).status_code == 200
        else:
            headers = {"authorization": f"Bearer {data_map.split()[-1]}"}
            assert portal.get(made.url + GLOSSARY, headers=headers).status_code == 200
        assert portal.get(f"{control.split()[1]}stats").status_code == 200
    assert secret == SECRET


def test_what_is_not_served_is_said() -> None:
    assert "not served  it needs graphql-core" in re.sub(
        "  +", "  ", "\n".join(welcome.lines("http://localhost:1", Settings(), cluedin=False))
    )


def test_both_commands_take_the_same() -> None:
    serve = verb.commands["serve"]
    assert isinstance(serve, click.Command)
    own = {option.name: option.opts for option in main.params}
    assert {option.name: option.opts for option in serve.params if option.name in own} == own
    assert {option.name for option in serve.params} - own.keys() <= {"project", "environment", "quiet", "verbose"}
    assert own.keys() <= set(Settings.__dataclass_fields__)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--rate-limit", "-3"], "-3.0 is not in the range x>=0"),
        (["--rate-limit", "nan"], "nan is no number of requests"),
        (["--latency-ms", "-1"], "-1 is not in the range x>=0"),
        (["--lag-ms", "-1"], "-1 is not in the range x>=0"),
        (["--cluedin-version", "4"], "'4' is no version such as 4.6"),
        (["--cluedin-version", "newest"], "'newest' is no version such as 4.6"),
        (["--mode", "fabric"], "'fabric' is not one of 'purview', 'atlas'"),
        (["--port", "0", "--seed", "none.json"], "the seed none.json cannot be read"),
        (["--port", "0", "--seed", "seed.json"], "it has an unknown member terms"),
    ],
)
def test_what_it_does_not_take_is_said_and_ends_with_2(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("seed.json").write_text(json.dumps({"terms": []}), encoding="utf-8")
    ran = CliRunner().invoke(main, words)
    assert ran.exit_code == 2
    assert told in ran.output
    assert "Traceback" not in ran.output


def test_a_version_is_taken_with_its_v() -> None:
    [option] = [one for one in main.params if one.name == "cluedin_version"]
    context = click.Context(main)
    assert [option.process_value(context, one) for one in ("4.6", " v4.6 ", "4.5.0-beta")] == [
        "4.6",
        "4.6",
        "4.5.0-beta",
    ]


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    monkeypatch.delitem(sys.modules, "reconciler_sandbox.server")
    ran = CliRunner().invoke(main, ["--port", "0"])
    assert ran.exit_code == 2
    assert "pip install 'cluedin-purview-reconciler[sandbox]'" in ran.output


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ([], "a JSON object is expected"),
        ({"port": 1}, "not changeable: ['port']"),
        ({"lag_ms": -1}, "lag_ms is a whole number, 0 or more, not -1"),
        ({"lag_ms": 1.5}, "lag_ms is a whole number, 0 or more, not 1.5"),
        ({"latency_ms": "soon"}, "latency_ms is a number, 0 or more, not 'soon'"),
        ({"rate_limit": -3}, "rate_limit is a number, 0 or more, not -3"),
        ({"normalise": "no"}, "normalise is true or false, not 'no'"),
        ({"denied_fields": "Management.rules"}, "denied_fields is a list of names"),
        ({"latency_ms": 3, "stale_policy": None}, "stale_policy is a status, or 0, not None"),
    ],
)
def test_settings_that_cannot_be_change_nothing(wanted: object, told: str) -> None:
    with running(seed="empty", latency_ms=1) as made:
        url = f"{made.url}/_sandbox/settings"
        before = portal.get(url).json()
        answer = portal.request("PUT", url, json=wanted)
        assert answer.status_code == 400
        assert told in answer.json()["message"]
        assert portal.get(url).json() == before


def test_settings_are_shown_and_changed() -> None:
    with running(seed="empty") as made:
        url = f"{made.url}/_sandbox/settings"
        assert portal.get(url).json()["rate_limit"] is None
        assert portal.request("PUT", url, json={"rate_limit": 5, "lag_ms": "20"}).json()["lag_ms"] == 20
        assert portal.post(url, json={"rate_limit": None}).json() == portal.get(url).json()
        assert portal.get(url).json()["rate_limit"] is None
