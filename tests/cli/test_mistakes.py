"""What people get wrong is told as that: once, early, and never as a defect."""

from __future__ import annotations

import base64
import json
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.connect import _unexpired
from reconciler.desired.wishes import draft
from reconciler.errors import ConfigurationError
from reconciler.manifest.secrets import SecretRef
from reconciler.manifest.suggest import MOST, did_you_mean, few_suggestions

from ..support import Project
from .conftest import Ran

Run = Callable[..., Ran]


@pytest.mark.parametrize("option", ["--out={}", "--also=html={}"])
def test_a_file_that_cannot_be_written_is_found_before_anything_is_read(
    option: str, example: Project, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "plan", tmp_path / "manifests"):
        ran = run("plan", option.format(path))
        assert ran.code == 1
        assert "cannot be written" in ran.err or "is a directory" in ran.err
        assert "defect" not in ran.err
        assert "plan: environment" not in ran.err, "nothing was begun"


def test_a_full_disk_is_no_defect(example: Project, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*given: object, **more: object) -> None:
        raise OSError(28, "No space left on device", "plan.json")

    monkeypatch.setattr(Path, "write_bytes", full)
    ran = run("plan", "--out", str(tmp_path / "plan.json"))
    assert ran.code == 1
    assert "plan.json could not be written: No space left on device" in ran.err
    assert "a defect of" not in ran.err


def test_a_sandbox_that_cannot_serve_says_why(run: Run, tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("[")
    (tmp_path / "odd.json").write_text('{"glossary": []}')
    (tmp_path / "no.db").write_text("this is no database, whatever its name says" * 100)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for words, told in (
            (("--port", str(taken.getsockname()[1])), "cannot listen on 127.0.0.1 port"),
            (("--port", "70000"), "70000 is not in the range"),
            (("--port", "0", "--seed", str(tmp_path / "none.json")), "none.json cannot be read"),
            (("--port", "0", "--seed", str(tmp_path / "no.json")), "no.json is no JSON"),
            (("--port", "0", "--seed", str(tmp_path / "odd.json")), "it has an unknown member glossary"),
            (("--rate-limit", "-3"), "-3.0 is not in the range"),
            (("--latency-ms", "-1"), "-1 is not in the range"),
            (("--lag-ms", "-1"), "-1 is not in the range"),
            (("--port", "0", "--data", str(tmp_path / "no.db")), "no.db cannot be used"),
        ):
            ran = run("sandbox", "serve", *words)
            assert ran.code == 1
            assert told in ran.err.replace("\n", " ")
            assert "defect" not in ran.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("plan", "--allow-deletes", "-1"), "-1 is not in the range x>=0"),
        (("apply", "--allow-deletes", "-1"), "-1 is not in the range x>=0"),
        (("apply", "--lock-timeout", "-0.5"), "-0.5 is not in the range x>=0"),
        (("apply", "--lock-timeout", "nan"), "nan is no number of seconds"),
        (("state", "push", "FILE", "--lock-timeout", "-1"), "-1.0 is not in the range x>=0"),
        (("exports", "run", "customers_wide_v1", "--wait", "inf"), "inf is no number of seconds"),
    ],
)
def test_a_number_that_means_nothing_is_refused_at_once(
    example: Project, run: Run, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    (tmp_path / "FILE").write_text("")
    ran = run(*(str(tmp_path / word) if word == "FILE" else word for word in words))
    assert ran.code == 1
    assert told in ran.err
    assert example.requests() == []


def test_a_saved_plan_with_such_a_number_is_none(example: Project, run: Run, tmp_path: Path) -> None:
    saved = tmp_path / "plan.json"
    assert run("plan", "--allow-deletes", "0", "--out", str(saved)).code == 0
    saved.write_text(saved.read_text(encoding="utf-8").replace('"allow_deletes": 0', '"allow_deletes": -1'))
    ran = run("apply", str(saved))
    assert ran.code == 1
    assert "allow_deletes" in ran.err


def token(**claims: float) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.x"


def test_an_expired_token_is_called_expired() -> None:
    with pytest.raises(ConfigurationError, match="the CluedIn token in TOKEN expired at 2001-09-09 01:46:40 UTC"):
        _unexpired(token(exp=1_000_000_000), SecretRef(env="TOKEN"), "CluedIn")
    for good in (token(exp=time.time() + 60), token(), "opaque-token"):
        assert _unexpired(good, SecretRef(env="TOKEN"), "CluedIn") == good


def test_validate_and_plan_agree_on_a_file_that_is_not_loaded(example: Project, run: Run, tmp_path: Path) -> None:
    (tmp_path / "manifests" / "rows.txt").write_text("a,b\n")
    for verb in ("validate", "plan"):
        ran = run(verb)
        assert ran.code == 1
        assert "1 error, 0 warnings." in ran.out + ran.err


def test_an_environment_that_was_not_chosen_blocks_no_other(example: Project, run: Run, tmp_path: Path) -> None:
    other = tmp_path / "manifests" / "environments" / "broken.yaml"
    for text in ("a: [", "apiVersion: reconciler/v1\nkind: Environment\nmetadata: {name: broken}\nspec: {}\n"):
        other.write_text(text)
        assert draft(tmp_path, "sandbox", example.env).ok
        assert not draft(tmp_path, "broken", example.env).ok
        assert run("--env", "sandbox", "plan").code == 0
        assert run("validate").code == 1


def test_a_refusal_is_said_once(example: Project, run: Run, tmp_path: Path) -> None:
    assert run("apply", "--yes").code == 0
    for path in (tmp_path / "manifests" / "glossary").iterdir():
        path.unlink()
    (tmp_path / "manifests" / "exports" / "customers_wide_v1.yaml").unlink(missing_ok=True)
    (tmp_path / "manifests" / "sources" / "crm-contacts.yaml").unlink(missing_ok=True)
    ran = run("apply", "--yes", "--prune")
    assert ran.code == 4
    told = ran.out + ran.err
    refusals = [line for line in told.splitlines() if line.startswith("Error: ")]
    assert len(refusals) > 1
    assert len(refusals) == len(set(refusals))
    assert "the plan above says why" in ran.err


def test_many_findings_cost_few_suggestions() -> None:
    known = ["name", "data_type"]
    with few_suggestions():
        told = [did_you_mean("nmae", known) for _ in range(MOST + 5)]
    assert told[MOST - 1] == "Did you mean `name`?"
    assert set(told[MOST:]) == {""}
    assert did_you_mean("nmae", known) == "Did you mean `name`?"
