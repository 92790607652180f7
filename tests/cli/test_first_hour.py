"""What goes wrong in the first hour: each mistake ends with one message that says what to do, and the promised code."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.cli import main
from reconciler.cli.sandbox import to_paste
from reconciler.starter.answers import Answers
from reconciler.starter.lay import Texts, lay, texts
from reconciler_sandbox.server import running
from reconciler_sandbox.settings import Settings

CUSTOMER = "manifests/glossary/customer.yaml"
ENVIRONMENTS = "manifests/environments"
SANDBOX = f"{ENVIRONMENTS}/sandbox.yaml"
Change = Callable[[Path, pytest.MonkeyPatch], object]


@dataclass(frozen=True)
class Mistake:
    """What somebody did, the words that they typed, and what they are told."""

    name: str
    words: str
    told: tuple[str, ...]
    change: Change = lambda folder, monkeypatch: None
    code: int = 1
    errors: int = 1


def edit(name: str, old: str, new: str) -> Change:
    def change(folder: Path, _: pytest.MonkeyPatch) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def write(name: str, content: str | bytes) -> Change:
    def change(folder: Path, _: pytest.MonkeyPatch) -> None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return change


def remove(*names: str) -> Change:
    def change(folder: Path, _: pytest.MonkeyPatch) -> None:
        for path in sorted((path for name in names for path in folder.glob(name)), reverse=True):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()

    return change


def set_to(name: str, value: str | None) -> Change:
    def change(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)

    return change


def saved(rewrite: Callable[[bytes], bytes]) -> Change:
    """A saved plan that something has happened to."""

    def change(folder: Path, _: pytest.MonkeyPatch) -> None:
        assert run("--env sandbox plan --out plan.json -q").code == 0
        (folder / "plan.json").write_bytes(rewrite((folder / "plan.json").read_bytes()))

    return change


def then(*changes: Change) -> Change:
    def change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for one in changes:
            one(folder, monkeypatch)

    return change


def read_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for whoever may not write there; root may write anywhere, so access is asked in words."""
    (folder / "there").mkdir()
    granted = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "there" and granted(path, mode))


def taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = socket.socket()
    monkeypatch.setattr(socket, "held", holder, raising=False)
    holder.bind(("127.0.0.1", 18999))
    holder.listen()


def elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "empty/.git").mkdir(parents=True)
    monkeypatch.chdir(folder / "empty")


def edited(content: bytes) -> bytes:
    return content.replace(b"Primary contact address.", b"Whatever somebody typed.")


def of_a_later_version(content: bytes) -> bytes:
    return json.dumps({**json.loads(content), "format_version": "9.0"}).encode()


NO_SYSTEM = "apiVersion: reconciler/v1\nkind: Environment\nmetadata: {name: lab}\nspec: {}\n"
LAB = f"{ENVIRONMENTS}/lab.yaml"

MISTAKES = [
    Mistake("the environment without its option", "plan sandbox", (
        "An environment is named with --env: `reconciler plan --env sandbox`",
    )),
    Mistake("no environment named", "plan", ("name the environment with --env NAME", "prod, sandbox, test")),
    Mistake("an option that there is not", "-e sandbox plan", ("No such option", "-e")),
    Mistake("an option without its value", "plan --env", ("--env' requires an argument", "--help")),
    Mistake("an unknown verb", "planx", ("No such command 'planx'", "Did you mean `reconciler plan`?")),
    Mistake("an unknown format", "--env sandbox plan --format xml", ("'xml' is not one of 'text', 'json'",)),
    Mistake("--also without a format", "--env sandbox plan --also plan.md", ("--also takes FORMAT=FILE",)),
    Mistake("an environment misspelt", "--env sanbox plan", ("no environment `sanbox`", "Did you mean `sandbox`?")),
    Mistake("an address misspelt", "--env sandbox plan --target purview.term:Enterprise/Custmer", (
        "--target purview.term:Enterprise/Custmer matches nothing", "Did you mean `purview.term:Enterprise/Customer`?",
    )),
    Mistake("an address that is none", "--env sandbox graph --all --target x", (
        "--target x matches nothing", "`graph --all` lists the addresses",
    )),
    Mistake("an address that the ledger does not know", "--env sandbox state show purview.term:X", (
        "the ledger knows no purview.term:X", "`reconciler state list`",
    )),
    Mistake("an address of the sandbox without its scheme", "--env sandbox plan", (
        "`spec.cluedin.url`: write https://HOST", "The value comes from RECONCILER_VAR_SANDBOX_URL.",
    ), set_to("RECONCILER_VAR_SANDBOX_URL", "127.0.0.1:8180"), errors=2),
    Mistake("an address of the sandbox that is empty", "--env sandbox plan", (
        "`spec.purview.endpoint` must have at least 1 character", "The value comes from RECONCILER_VAR_SANDBOX_URL.",
    ), set_to("RECONCILER_VAR_SANDBOX_URL", ""), errors=2),
    Mistake("a folder without a project", "plan", (
        "no folder manifests here or above", "`reconciler init`",
    ), elsewhere),
    Mistake("a project that is not there", "--project nowhere plan", ("there is no folder nowhere", "--project")),
    Mistake("no manifests at all", "validate", ("There is no folder `manifests`", "--project"), then(
        remove("manifests/**/*", "manifests"),
    )),
    Mistake("no environment at all", "--env test plan", (
        "no environment `test`", "Create `manifests/environments/test.yaml`",
    ), remove("manifests/environments/*", CUSTOMER)),
    Mistake("an environment without systems", "--env lab plan", (
        "neither `cluedin` nor `purview`", "Add the system",
    ), then(write(LAB, NO_SYSTEM), remove(CUSTOMER))),
    Mistake("a secret that is not set", "--env sandbox plan", (
        "the secret CLUEDIN_PASSWORD is not set", "Set the variable",
    ), set_to("CLUEDIN_PASSWORD", None)),
    Mistake("a secret that is not on the list", "--env sandbox plan", (
        "`CLUEDIN_PASSWORD` is not on the allow-list", "Add CLUEDIN_PASSWORD to RECONCILER_SECRETS",
    ), set_to("RECONCILER_SECRETS", "PURVIEW_TOKEN")),
    Mistake("a wrong password", "--env sandbox plan", (
        "sign-in of admin@contoso.test to organization contoso failed", "Check user and password",
    ), set_to("CLUEDIN_PASSWORD", "not-that")),
    Mistake("a secret written into a manifest", "--env sandbox validate", (
        "must be a reference to a secret", "Write `{env: NAME", "sandbox.yaml:17",
    ), edit(SANDBOX, "{env: CLUEDIN_PASSWORD}", "sandbox-password")),
    Mistake("a sandbox that does not run", "--env sandbox plan", (
        "127.0.0.1:1:", "`reconciler sandbox serve`",
    ), set_to("RECONCILER_VAR_SANDBOX_URL", "http://127.0.0.1:1")),
    Mistake("a host that is not allowed", "--env test plan", (
        "host acme-test.cluedin.example is not allowed", "Add it to RECONCILER_ALLOWED_HOSTS",
    )),
    Mistake("an address that is no address", "--env sandbox validate", (
        "`spec.purview.endpoint`: write https://HOST", "sandbox.yaml:19",
    ), edit(SANDBOX, "endpoint: ${var.SANDBOX_URL}", "endpoint: acme purview")),
    Mistake("another address than CluedIn's", "--env sandbox plan", (
        "Check `url`: it is https://ORGANIZATION.DOMAIN, without a path",
    ), edit(SANDBOX, "url: ${var.SANDBOX_URL}", "url: ${var.SANDBOX_URL}/_sandbox/stats")),
    Mistake("a port that is in use", "sandbox serve --port 18999", (
        "cannot listen on 127.0.0.1 port 18999", "Choose another port",
    ), taken),
    Mistake("a folder that is read-only", "--env sandbox plan --out there/plan.json", (
        "there/plan.json cannot be written: its folder is read-only", "Name another file",
    ), read_only),
    Mistake("a plan among the manifests", "--env sandbox plan --out manifests/plan.json", (
        "manifests/plan.json cannot be written", "Name another file",
    )),
    Mistake("a plan into a folder that is a file", "--env sandbox plan --out .gitignore/plan.json", (
        ".gitignore is no folder", "Name another file",
    )),
    Mistake("a plan that is not there", "apply plan.json", (
        "plan.json: No such file", "Name the file that plan --out saved",
    )),
    Mistake("a manifest for a plan", f"apply {CUSTOMER}", ("is not a plan", "Save one with plan --out")),
    Mistake("a plan of another environment", "--env test apply plan.json", (
        "the plan is for environment sandbox, --env names test", "Leave --env out",
    ), saved(lambda content: content)),
    Mistake("a plan that was edited", "apply plan.json", (
        "plan.json is not as it was saved", "Plan again, and approve the new plan",
    ), saved(edited)),
    Mistake("a plan that PowerShell wrote", "apply plan.json", (
        "it is UTF-16", "Windows PowerShell", "plan --out",
    ), saved(lambda content: content.decode().encode("utf-16"))),
    Mistake("a plan that an editor saved with a mark", "show plan.json", (
        "it is UTF-8 with a mark at its beginning (BOM)", "plan --out",
    ), saved(lambda content: b"\xef\xbb\xbf" + content)),
    Mistake("a plan that was cut off", "apply plan.json", (
        "is not a plan: unexpected end of data", "Save one with plan --out",
    ), saved(lambda content: content[:300])),
    Mistake("a plan of a later version", "apply plan.json", (
        "has plan format 9.0", "Plan again with this version",
    ), saved(of_a_later_version)),
    Mistake("a plan from before an edit", "apply plan.json", (
        "plan again and approve the new plan",
    ), then(
        saved(lambda content: content), edit(CUSTOMER, "Primary contact address.", "Where we write to."),
    ), code=3),
    Mistake("nobody to answer", "--env sandbox apply", ("nobody is there to answer; give --yes",)),
    Mistake("a JSON file among the manifests", "--env sandbox validate", (
        "its name must end with .yaml", "move it out of the folder",
    ), write("manifests/rows.json", "{}")),
    Mistake("a tab", "--env sandbox validate", (
        "A tab is used as indentation", "Indent with spaces", "tab.yaml:2",
    ), write("manifests/tab.yaml", "spec:\n\tglossary: Enterprise\n")),
    Mistake("a kind misspelt", "--env sandbox validate", (
        "`GlossaryMaping` is not known", "Did you mean `GlossaryMapping`?",
    ), edit(CUSTOMER, "GlossaryMapping", "GlossaryMaping")),
    Mistake("a field misspelt", "--env sandbox validate", (
        "no field `glosary`", "Did you mean `glossary`?",
    ), edit(CUSTOMER, "  glossary:", "  glosary:")),
    Mistake("a variable misspelt", "--env sandbox validate", (
        "The variable `GLOSARY` is not defined", "Did you mean `GLOSSARY`?",
    ), edit(CUSTOMER, "${var.GLOSSARY}", "${var.GLOSARY}")),
    Mistake("a variable misspelt, in every environment", "validate", (
        "is not defined in manifests/environments/prod.yaml, manifests/environments/sandbox.yaml and",
    ), edit(CUSTOMER, "${var.GLOSSARY}", "${var.GLOSARY}")),
    Mistake("the same name twice", "--env sandbox validate", (
        "The GlossaryMapping `customer` is defined twice", "Rename or remove one",
    ), lambda folder, _: (folder / "manifests/copy.yaml").write_bytes((folder / CUSTOMER).read_bytes()), errors=-1),
    Mistake("an environment in a file of another name", "validate", (
        "The environment `test` is in the file `qa`", "Give both the same name",
    ), lambda folder, _: (folder / ENVIRONMENTS / "test.yaml").rename(folder / ENVIRONMENTS / "qa.yaml")),
]  # fmt: skip


@dataclass
class Ran:
    """What a run left behind."""

    code: int
    told: str


CAPTURED: list[pytest.CaptureFixture[str]] = []


def run(words: str) -> Ran:
    """A command as it was typed."""
    CAPTURED[-1].readouterr()
    with pytest.raises(SystemExit) as left:
        main(words.split())
    out, err = CAPTURED[-1].readouterr()
    return Ran(int(left.value.code or 0), out + err)


@pytest.fixture(scope="module")
def laid() -> Texts:
    """What `init --yes` lays down."""
    systems = {"purview": "https://acme-purview.purview.azure.com", "collection": "acme/MDM", "user": "r@acme.example"}
    urls = {"test": "https://acme-test.cluedin.example", "prod": "https://acme.cluedin.example"}
    return texts({name: Answers(cluedin=url, organization=name, **systems) for name, url in urls.items()})


@pytest.fixture(scope="module")
def paste() -> Iterator[str]:
    """What a sandbox prints to paste."""
    with running(seed="demo") as sandbox:
        yield "\n".join(to_paste(f"sandbox listening on {sandbox.url}", Settings()))


@pytest.fixture
def folder(
    tmp_path: Path, laid: Texts, paste: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Path]:
    """A project of an hour, to stand in."""
    lay(tmp_path, laid)
    monkeypatch.chdir(tmp_path)
    for name in ("CI", "RECONCILER_ENV", "RECONCILER_ALLOWED_HOSTS", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in re.findall(r"(\w+)=(\S+)", paste):
        monkeypatch.setenv(name, value)
    CAPTURED.append(capsys)
    yield tmp_path
    CAPTURED.pop()


def said(text: str) -> str:
    """A text on one line, without the blanks that click breaks lines with."""
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.name.replace(" ", "-"))
def test_a_mistake_ends_with_one_message_and_what_to_do(
    mistake: Mistake, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mistake.change(folder, monkeypatch)
    ran = run(mistake.words)
    assert ran.code == mistake.code, ran.told
    assert "Traceback" not in ran.told
    assert "a defect of" not in ran.told
    for part in mistake.told:
        assert part in said(ran.told)
    if mistake.errors > 0:
        assert len(re.findall(r"^Error: ", ran.told, re.MULTILINE)) == mistake.errors, ran.told


def test_there_are_enough_of_them() -> None:
    assert len(MISTAKES) >= 30
    assert len({one.name for one in MISTAKES}) == len(MISTAKES)


def test_an_environment_without_systems_is_no_healthy_one(folder: Path) -> None:
    write(LAB, NO_SYSTEM)(folder, pytest.MonkeyPatch())
    remove(CUSTOMER)(folder, pytest.MonkeyPatch())
    ran = run("--env lab doctor")
    assert ran.code == 1
    assert "the environment has neither `cluedin` nor `purview`" in ran.told
    assert "1 error, 0 warnings" in ran.told


def test_validate_says_that_there_is_no_environment(folder: Path) -> None:
    remove("manifests/environments/*", CUSTOMER)(folder, pytest.MonkeyPatch())
    ran = run("validate")
    assert ran.code == 0
    assert "There is no environment" in ran.told
    assert "`reconciler init`" in ran.told


def test_what_holds_a_document_back_stands_at_the_end_too(folder: Path) -> None:
    """Below a long plan the last lines are read, and they say why the exit code is 4."""
    write(
        "manifests/crm.yaml",
        "apiVersion: reconciler/v1\nkind: DataSourceLink\nmetadata: {name: crm}\nspec:\n"
        "  asset: {type: azure_datalake_gen2_path, qualified_name: https://lake.dfs.core.windows.net/raw/none.csv}\n"
        "  data_set: {group: CRM, source: contacts, name: contacts}\n",
    )(folder, pytest.MonkeyPatch())
    ran = run("--env sandbox plan -q")
    assert ran.code == 4, ran.told
    end = ran.told.rstrip().splitlines()
    at = next(number for number, line in enumerate(end) if line.startswith("Refused: 1 document held back"))
    assert at >= len(end) - 3
    assert end[at + 1].startswith("  DataSourceLink crm")
