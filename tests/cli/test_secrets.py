"""Nothing secret in any output, and nothing secret to anybody who may not have it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from reconciler.systems.answer import Answer
from reconciler.systems.http import Connection

from ..support import SECRETS, Project
from .conftest import Ran

Run = Callable[..., Ran]


def test_no_output_file_or_ledger_holds_a_secret(example: Project, run: Run, tmp_path: Path) -> None:
    shown = []
    saved, page = tmp_path / "plan.json", tmp_path / "plan.html"
    example.http("POST", "/_sandbox/faults", json={"path": "glossary/terms", "status": 400, "times": 1,
                 "body": {"errorMessage": f"refused: {SECRETS['PURVIEW_TOKEN']}"}})  # fmt: skip
    for words in (
        ("-v", "validate"),
        ("-v", "plan", "--out", str(saved), "--also", f"html={page}"),
        ("-v", "apply", "--yes"),
        ("-v", "apply", "--yes", "--format", "json"),
        ("drift", "--format", "markdown"),
    ):
        ran = run(*words)
        shown += [ran.out, ran.err]
    files = [path.read_text(encoding="utf-8", errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    for secret in SECRETS.values():
        assert not [text for text in shown + files if secret in text]


def test_a_secret_that_is_not_allowed_is_not_read(example: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_SECRETS", "PURVIEW_TOKEN")
    ran = run("plan")
    assert ran.code == 1
    assert "CLUEDIN_PASSWORD" in ran.err
    assert "RECONCILER_SECRETS" in ran.err
    assert example.requests() == []


def test_a_secret_that_is_not_set_is_named(example: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLUEDIN_PASSWORD")
    ran = run("plan")
    assert ran.code == 1
    assert "CLUEDIN_PASSWORD" in ran.err


def test_a_host_that_is_not_allowed_gets_no_credential(
    example: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_VAR_SANDBOX_URL", "https://evil.example.net")
    ran = run("plan")
    assert ran.code == 1
    assert "evil.example.net" in ran.err
    assert "RECONCILER_ALLOWED_HOSTS" in ran.err


def test_plain_http_is_for_loopback_only(example: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_ALLOWED_HOSTS", "acme.example.net")
    monkeypatch.setenv("RECONCILER_VAR_SANDBOX_URL", "http://acme.example.net")
    ran = run("plan")
    assert ran.code == 1
    assert "not encrypted" in ran.err


def test_a_secret_in_a_field_that_is_none_is_a_finding(example: Project, run: Run) -> None:
    example.edit(
        "glossary/customer.yaml", "definition: Primary contact address.", "definition: {env: CLUEDIN_PASSWORD}"
    )
    ran = run("validate")
    assert ran.code == 1
    assert "secret" in ran.out
    assert "customer.yaml:3" in ran.out


def test_other_variables_of_the_process_are_out_of_reach(
    example: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "a-token-of-the-runner")
    example.edit("glossary/customer.yaml", "Primary contact address.", '"${var.GITHUB_TOKEN}"')
    ran = run("validate")
    assert ran.code == 1
    assert "a-token-of-the-runner" not in ran.out + ran.err


KEY = SECRETS["LAKE_KEY"]


def _repeated(request: dict[str, Any]) -> Answer | None:
    """A refusal that repeats what was sent, as servers do."""
    body = request.get("json")
    if not isinstance(body, dict) or "createConnection(" not in body.get("query", ""):
        return None
    assert KEY in str(body["variables"])
    said = {"message": f"The account refused {KEY}", "extensions": {"code": "INVALID", "variables": body["variables"]}}
    answer = {"errors": [said], "data": None}
    return Answer(200, {}, orjson.dumps(answer), value=answer)


def test_the_key_of_the_lake_is_in_no_output_of_any_verb(
    example: Project, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where CluedIn repeats it: in an answer that refuses the target, and in the stored target itself."""
    saved, out = tmp_path / "plan.json", tmp_path / "out"
    out.mkdir()
    formats = ("html", "markdown", "json", "text")
    also = [word for one in formats for word in ("--also", f"{one}={out / one}")]
    shown = [run("-v", "plan", "--out", str(saved), *also)]
    send = Connection.send
    with monkeypatch.context() as patched:
        patched.setattr(Connection, "send", lambda *a, **more: _repeated(more) or send(*a, **more))
        shown.append(run("-v", "apply", "--yes"))
    assert shown[-1].code == 5, "the target was refused"
    assert "The account refused" in shown[-1].out + shown[-1].err
    shown.append(run("-v", "apply", "--yes", "--format", "json"))
    assert shown[-1].code == 0
    example.edit("exports/customers_wide_v1.yaml", 'version: "1"', 'version: "2"')
    for words in (
        ("-v", "plan", "--out", str(saved), *also),
        *(("show", str(saved), "--format", one) for one in formats),
        ("apply", "--yes", "--format", "json"),
        ("drift", "--format", "json"),
        ("-v", "exports", "run", "customers_wide_v1", "--wait", "20"),
        ("-v", "exports", "history", "customers_wide_v1"),
        ("-v", "contracts", "check"),
        ("-v", "contracts", "check", "--live"),
        ("-v", "doctor"),
        ("graph", "--format", "json"),
        ("graph", "--format", "mermaid"),
    ):
        shown.append(run(*words))
        assert shown[-1].code == 0, words
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path.name for path in out.iterdir()} == set(formats)
    assert any(".reconciler" in path.parts for path in files)
    assert [path for path, content in files.items() if KEY.encode() in content] == []
    assert [ran.out + ran.err for ran in shown if KEY in ran.out + ran.err] == []


def test_a_manifest_that_holds_a_secret_is_warned_of_before_it_is_sent(example: Project, run: Run) -> None:
    secret = SECRETS["LAKE_KEY"]
    name = next(
        path.relative_to(example.root / "manifests")
        for path in (example.root / "manifests").rglob("*.yaml")
        if "Primary contact address." in path.read_text(encoding="utf-8")
    )
    example.edit(str(name), "Primary contact address.", f"Ask with {secret} there.")
    ran = run("plan")
    assert ran.code == 0
    [told] = [line for line in ran.out.splitlines() if "holds the value of a secret of this run" in line][:1]
    assert "Customer/Email" in told
    assert "[secret.in_text]" in ran.out
    assert str(name) in ran.out
    assert secret not in ran.out + ran.err


@pytest.mark.parametrize("words", [("validate",), ("validate", "--format", "json"), ("graph",), ("plan",)])
def test_a_manifest_that_is_wrong_by_a_secret_does_not_show_it(
    example: Project, run: Run, words: tuple[str, ...]
) -> None:
    secret = SECRETS["CLUEDIN_PASSWORD"]
    example.edit("glossary/customer.yaml", "data_type: Email", f"data_type: {secret}")
    ran = run(*words)
    assert ran.code == 1
    assert "data_type" in ran.out + ran.err
    assert secret not in ran.out + ran.err


@pytest.mark.parametrize("words", [("graph", "--all"), ("graph", "--all", "--format", "json"), ("validate",)])
def test_a_name_that_is_a_secret_is_masked(example: Project, run: Run, words: tuple[str, ...]) -> None:
    secret = SECRETS["CLUEDIN_PASSWORD"]
    example.edit("glossary/customer.yaml", "name: Email", f"name: Email {secret}")
    ran = run(*words)
    assert ran.out + ran.err
    assert secret not in ran.out + ran.err
