"""An empty folder becomes a project that works, and nothing that is there is touched."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli import cli, main
from reconciler.cli.init import WAYS
from reconciler.cli.sandbox import to_paste
from reconciler.desired import load
from reconciler.schema import MANIFEST, schemas, text_of
from reconciler.starter import lay
from reconciler_sandbox.server import running
from reconciler_sandbox.settings import Settings

from .conftest import ROOT, Ran

Run = Callable[..., Ran]
ENVIRONMENTS = ["prod", "sandbox", "test"]
LAID = [
    ".github/actions/reconciler/action.yml",
    *(f".github/workflows/{name}.yml" for name in ("apply", "drift", "plan")),
    ".gitignore",
    ".vscode/extensions.json",
    ".vscode/settings.json",
    *(f"manifests/environments/{name}.yaml" for name in ENVIRONMENTS),
    "manifests/glossary/customer.yaml",
    "schemas/manifest.schema.json",
]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    for name in ("CI", "RECONCILER_ENV", "RECONCILER_SECRETS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def go(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a verb where the test stands."""

    def run(*words: str) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(list(words))
        out, err = capsys.readouterr()
        return Ran(int(left.value.code or 0), out, err)

    return run


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    with running(seed="demo") as made:
        yield made.url


@pytest.mark.parametrize("ci", ["azure-devops", "none"])
def test_pipelines_are_laid_down_for_one_place(here: Path, go: Run, ci: str) -> None:
    assert go("init", "--yes", "--ci", ci).code == 0
    pipelines = ("apply", "drift", "plan", "templates/apply", "templates/run")
    azure = [f"azure-pipelines/{name}.yml" for name in pipelines] if ci == "azure-devops" else []
    assert list(files_of(here)) == sorted([*azure, *(one for one in LAID if not one.startswith(".github"))])
    assert go("validate").code == 0


def test_an_empty_folder_becomes_a_project_that_is_valid_and_plans(
    here: Path, go: Run, sandbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert go("init", "--yes").code == 0
    assert list(files_of(here)) == LAID
    ran = go("validate")
    assert (ran.code, ran.out) == (0, "No errors, no warnings.\n")
    for name, value in re.findall(r"(\w+)=(\S+)", "\n".join(to_paste(f"sandbox listening on {sandbox}", Settings()))):
        monkeypatch.setenv(name, value)
    ran = go("--env", "sandbox", "plan", "--detailed-exitcode")
    assert ran.code == 2, ran.out + ran.err
    assert "Warning" not in ran.out + ran.err
    assert go("validate").code == 0, "with the variables of the sandbox too"


def test_it_says_what_it_made_and_what_is_next(here: Path, go: Run) -> None:
    told = go("init", "new folder", "--yes").out
    assert [line.split("  ")[1] for line in told.splitlines() if line.startswith("made")] == LAID
    assert "  cd 'new folder'\n" in told
    assert "reconciler --env test doctor" in told
    for verb in re.findall(r"^  reconciler (?:--env \w+ )?(\w+)", told, re.MULTILINE):
        assert verb in cli.list_commands(None)  # type: ignore[arg-type]


def test_what_is_there_is_left_and_said(here: Path, go: Run) -> None:
    for name in LAID:
        if not name.startswith("schemas/"):
            (here / name).parent.mkdir(parents=True, exist_ok=True)
            (here / name).write_text("mine")
    before = files_of(here)
    told = go("init", "--yes").out
    after = files_of(here)
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {"schemas/manifest.schema.json"}
    assert [line.split("  ")[1] for line in told.splitlines() if line.startswith("left")] == list(before)


def test_manifests_that_are_there_get_no_example_beside_them(here: Path, go: Run) -> None:
    (here / "manifests/own").mkdir(parents=True)
    (here / "manifests/own/customer.yaml").write_text("")
    (here / "manifests/environments").mkdir()
    (here / "manifests/environments/test.yml").write_text("")
    told = go("init", "--yes").out
    assert "left  manifests/glossary/customer.yaml  (there are manifests)" in told
    assert not (here / "manifests/glossary/customer.yaml").exists()
    assert not (here / "manifests/environments/test.yaml").exists()


@pytest.mark.parametrize("way", WAYS)
def test_what_options_say_stands_in_the_files(way: str, here: Path, go: Run) -> None:
    words = ["--cluedin", "https://mdm.acme.com/", "--organization", "Acme: Sales, #1", "--user", "${bot}@acme.com"]
    words += ["--purview", "acme.purview.azure.com", "--collection", "acme/Data's", "--sign-in", way]
    words += ["--tenant", "acme.com", "--client", "30435ff9-9b96-44af-a5a9-e05c8b1ae2df"]
    assert go("init", *words).code == 0
    found = {name: load(here, name, {}) for name in ENVIRONMENTS}
    assert [one.findings for one in found.values()] == [[], [], []]
    prod, test = found["prod"].environment, found["test"].environment
    assert prod.cluedin is not None
    assert prod.purview is not None
    assert (prod.cluedin.url, prod.cluedin.organization) == ("https://mdm.acme.com", "Acme: Sales, #1")
    assert prod.cluedin.sign_in.user == "${bot}@acme.com"
    assert (prod.purview.endpoint, prod.purview.collection) == ("https://acme.purview.azure.com", "acme/Data's")
    assert test.purview is not None
    assert test.purview.sign_in == prod.purview.sign_in
    assert test.purview.name_prefix != prod.purview.name_prefix
    assert (prod.purview.sign_in.tenant_id == "acme.com") == (way == "client-secret")


def test_who_sits_at_a_terminal_is_asked_what_no_option_says(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.cli.init.in_ci", lambda: False)
    typed = ["no address:1:2", "mdm.acme.com", "", "", "", "oidc", "mdm-lab.acme.com", "acme", "", "acme/Lab"]
    ran = CliRunner().invoke(cli, ["init", "--purview", "acme.purview.azure.com"], input="\n".join([*typed, ""]))
    assert ran.exit_code == 0, ran.output
    assert "is no address such as" in ran.output
    assert "Purview of prod" not in ran.output, "an option said it"
    test, prod = (load(here, name, {}).environment for name in ("test", "prod"))
    assert test.cluedin is not None
    assert prod.cluedin is not None
    assert test.purview is not None
    assert (test.cluedin.url, test.cluedin.organization) == ("https://mdm-lab.acme.com", "acme")
    assert (test.purview.collection, test.purview.sign_in.method) == ("acme/Lab", "workload_identity")
    assert prod.cluedin.organization == "mdm"


def test_where_nobody_answers_options_are_needed(here: Path, go: Run) -> None:
    ran = go("init")
    assert ran.code == 1
    assert "give --cluedin URL and --purview ENDPOINT, or --yes" in ran.err
    assert go("init", "--cluedin", "mdm.acme.com", "--purview", "acme.purview.azure.com").code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--cluedin", "ftp://x"], "is no address such as https://acme.cluedin.example"),
        (["--cluedin", "a.b", "--test-cluedin", "https://A.B/", "--test-organization", "A"], "would both own"),
        (["--collection", "acme//mdm"], "has two slashes with no name between them"),
        (["--organization", " "], "it must be a text on one line"),
    ],
)
def test_an_answer_that_makes_no_environment_lays_nothing_down(
    words: list[str], told: str, here: Path, go: Run
) -> None:
    ran = go("init", "--yes", *words)
    assert ran.code == 1
    assert told in ran.err
    assert files_of(here) == {}


def test_a_place_that_cannot_be_written_is_named(here: Path, go: Run) -> None:
    (here / "manifests").write_text("a file")
    ran = go("init", "--yes")
    assert ran.code == 1
    assert "manifests could not be written" in ran.err


def test_a_link_to_nothing_is_named(here: Path, go: Run) -> None:
    (here / ".github").symlink_to(here / "elsewhere")
    ran = go("init", "--yes")
    assert ran.code == 1
    assert ".github could not be written: it is a link to nothing" in ran.err


@pytest.mark.parametrize(
    ("mine", "told", "left"),
    [
        ("node_modules/\n", [".reconciler/", "*.plan.json", "/plan.json"], []),
        (".reconciler\r\nplan.json", ["*.plan.json"], [".reconciler/", "/plan.json"]),
    ],
)
def test_what_an_own_gitignore_lacks_is_told(here: Path, go: Run, mine: str, told: list[str], left: list[str]) -> None:
    (here / ".gitignore").write_bytes(mine.encode())
    said = go("init", "--yes").out.splitlines()
    assert (here / ".gitignore").read_bytes() == mine.encode()
    assert {f"  {line}" for line in told} <= {*said}
    assert not {f"  {line}" for line in left} & {*said}


def test_its_own_gitignore_lacks_nothing(here: Path, go: Run) -> None:
    assert "add:" not in go("init", "--yes").out
    assert "add:" not in go("init", "--yes").out


def test_the_editor_finds_the_schema_where_its_settings_say(here: Path, go: Run) -> None:
    go("init", "--yes")
    [(schema, patterns)] = json.loads((here / ".vscode/settings.json").read_text())["yaml.schemas"].items()
    assert (here / schema).read_text(encoding="utf-8") == text_of(schemas()[MANIFEST])
    found = {str(path.relative_to(here)) for pattern in patterns for path in here.glob(pattern)}
    assert found == {name for name in LAID if name.startswith("manifests/")}


def test_a_workflow_beside_the_templates_is_laid_down(
    here: Path, go: Run, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place for workflows: a file in the folder is all that it takes."""
    package = tmp_path_factory.mktemp("package")
    (package / "files/dot_github/workflows").mkdir(parents=True)
    (package / "files/dot_github/workflows/plan.yml").write_text("on: ${{ inputs.x }} [[ -n $CI ]]\n")
    (package / "files/manifests/environments").mkdir(parents=True)
    own = ROOT / "reconciler/starter/files/manifests/environments/sandbox.yaml"
    (package / "files/manifests/environments/sandbox.yaml").write_text(own.read_text())
    (package / "files/manifests/environments/environment.yaml").write_text(
        own.with_name("environment.yaml").read_text()
    )
    monkeypatch.setattr(lay, "files", lambda package_name: package)
    assert go("init", "--yes").code == 0
    assert (here / ".github/workflows/plan.yml").read_text() == "on: ${{ inputs.x }} [[ -n $CI ]]\n"


def test_git_keeps_every_template_so_that_the_package_has_it() -> None:
    """What Git ignores is in no wheel."""
    names = [str(path.relative_to(ROOT)) for path in (ROOT / "reconciler/starter/files").rglob("*") if path.is_file()]
    ran = subprocess.run(["git", "-C", ROOT, "check-ignore", *names], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert len(names) >= 6
