"""The wheel and the source distribution: built as a release builds them, installed, and used where no checkout is."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from releasing.contents import faults

ROOT = Path(__file__).parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

pytestmark = [pytest.mark.long, pytest.mark.skipif(os.name != "posix", reason="needs a shell's words")]


class Python:
    """A fresh environment of Python, and what is typed in it."""

    def __init__(self, folder: Path, *, new: bool = True) -> None:
        if new:
            venv.create(folder, with_pip=True)
        self.folder, self.bin = folder, folder / "bin"

    def pip(self, *words: str | Path) -> None:
        done = subprocess.run(
            [self.bin / "python", "-m", "pip", "-q", "--disable-pip-version-check", *words],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
            cwd=self.folder,
        )
        assert done.returncode == 0, done.stderr

    def build(self, out: Path, *words: str) -> Path:
        """What `python -m build` makes of the checkout."""
        command = [self.bin / "python", "-m", "build", "--no-isolation", "--outdir", out, *words, ROOT]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return next(out.glob("*.whl"))

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of the process that runs the tests but a home."""
        return {"PATH": f"{self.bin}{os.pathsep}/usr/bin{os.pathsep}/bin", "HOME": str(self.folder), **more}


class Desk:
    """An empty folder, with the commands of an environment and the variables that it was told."""

    def __init__(self, python: Python, folder: Path) -> None:
        self.python, self.folder, self.variables = python, folder, dict[str, str]()

    def run(self, *words: str | Path, code: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of the environment, and insists on its exit code."""
        command = [self.python.bin / words[0], *words[1:]]
        env = self.python.environment(**self.variables, **more)
        ran = subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=180, check=False
        )
        assert ran.returncode == code, ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr
        return ran

    def paste(self, line: str) -> None:
        """Takes a line `export NAME=VALUE…`."""
        words = shlex.split(line)
        assert words[0] == "export"
        self.variables |= dict(word.split("=", 1) for word in words[1:])


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of the tests share, so that what takes long is made once."""
    here = tmp_path_factory.getbasetemp()
    found = (here.parent if "PYTEST_XDIST_WORKER" in os.environ else here) / "workshop"
    found.mkdir(exist_ok=True)
    return found


@contextmanager
def once(folder: Path) -> Iterator[bool]:
    """Whether it is on us to fill the folder; who comes later waits until it is filled."""
    with FileLock(f"{folder}.lock"):
        done = Path(f"{folder}.done")
        yield not done.exists()
        done.touch()


@pytest.fixture(scope="session")
def tools(workshop: Path) -> Python:
    """What a release is built with, by hash."""
    with once(workshop / "tools") as first:
        made = Python(workshop / "tools", new=first)
        if first:
            made.pip("install", "--require-hashes", "-r", ROOT / "locked-build.txt")
    return made


@pytest.fixture(scope="session")
def dist(tools: Python, workshop: Path) -> Path:
    """A source distribution, and the wheel that is built of it."""
    with once(workshop / "dist") as first:
        if first:
            tools.build(workshop / "dist")
    return workshop / "dist"


def wheel_of(dist: Path) -> Path:
    return next(dist.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(dist: Path, workshop: Path) -> Python:
    """The wheel with its sandbox, in an environment of its own."""
    with once(workshop / "installed") as first:
        made = Python(workshop / "installed", new=first)
        if first:
            made.pip("install", "-c", ROOT / "constraints.txt", f"{wheel_of(dist)}[sandbox]")
    return made


@pytest.fixture
def desk(installed: Python, tmp_path: Path) -> Desk:
    return Desk(installed, tmp_path)


@pytest.fixture(scope="module")
def sandbox(installed: Python, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The lines that the installed sandbox prints, while it serves on a free port."""
    words = [installed.bin / "reconciler", "sandbox", "serve", "--port", "0"]
    folder = tmp_path_factory.mktemp("sandbox")
    with subprocess.Popen(
        words, cwd=folder, env=installed.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as serving:
        assert serving.stdout is not None
        told: list[str] = []
        for line in serving.stdout:
            told.append(line.strip())
            if "RECONCILER_VAR_SANDBOX_URL" in line:
                break
        try:
            yield told
        finally:
            serving.send_signal(signal.SIGTERM)
            assert serving.wait(20) == 0


# -- what is built --------------------------------------------------------------------------------------------------


def test_it_holds_what_git_tracks_and_nothing_else(dist: Path) -> None:
    assert list(faults(ROOT, dist)) == []


def test_twine_finds_nothing(tools: Python, dist: Path) -> None:
    command = [tools.bin / "python", "-m", "twine", "check", "--strict", *dist.iterdir()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("PASSED") == 2


def test_the_source_distribution_builds_the_same_wheel_as_the_checkout(
    tools: Python, dist: Path, tmp_path: Path
) -> None:
    """To the byte, so that who builds it again sees that what is published is of these sources."""
    again = tools.build(tmp_path, "--wheel")
    assert digests(again) == digests(wheel_of(dist))
    assert again.read_bytes() == wheel_of(dist).read_bytes()


def digests(wheel: Path) -> dict[str, str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def test_the_source_distribution_can_be_installed(tools: Python, dist: Path, tmp_path: Path) -> None:
    words = ("--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", tmp_path)
    tools.pip("wheel", *words, next(dist.glob("*.tar.gz")))
    assert digests(next(tmp_path.glob("*.whl"))) == digests(wheel_of(dist))


def test_what_is_locked_is_enough_for_it(dist: Path, tmp_path: Path) -> None:
    """With hashes, as CONTRIBUTING says; and without the sandbox one sentence tells what is missing."""
    python = Python(tmp_path / "venv")
    python.pip("install", "--require-hashes", "-r", ROOT / "locked.txt")
    python.pip("install", "--no-deps", "--no-index", wheel_of(dist))
    python.pip("check")
    (tmp_path / "here").mkdir()
    desk = Desk(python, tmp_path / "here")
    desk.run("reconciler", "init", "--yes")
    desk.run("reconciler", "validate")
    told = desk.run("reconciler", "sandbox", "serve", code=1).stderr
    assert told.count("Error:") == 1
    assert "[sandbox]" in told


# -- what is installed ------------------------------------------------------------------------------------------------


def test_it_is_the_wheel_that_runs(desk: Desk, installed: Python) -> None:
    line = "import reconciler, reconciler_sandbox as s, sys; print(reconciler.__file__, s.__file__, *sys.path[1:])"
    told = [Path(one).resolve() for one in desk.run("python", "-c", line).stdout.split()]
    assert all(one.is_relative_to(installed.folder) for one in told[:2])
    assert not [one for one in told if one.is_relative_to(ROOT)]


def test_it_tells_its_version(desk: Desk) -> None:
    assert VERSION in desk.run("reconciler", "--version").stdout


def test_the_demo_ends_well_and_leaves_nothing(desk: Desk) -> None:
    assert "Both systems match the manifests." in desk.run("reconciler", "demo").stdout
    assert list(desk.folder.iterdir()) == []


def test_a_project_out_of_nothing_is_applied_and_pulled(desk: Desk, sandbox: list[str]) -> None:
    desk.run("reconciler", "init", "--yes")
    assert desk.run("reconciler", "validate").stdout == "No errors, no warnings.\n"
    for line in sandbox:
        if line.startswith("export "):
            desk.paste(line)
    desk.variables["RECONCILER_ENV"] = "sandbox"
    assert "21 to add" in desk.run("reconciler", "plan", "--out", "plan.json", "--detailed-exitcode", code=2).stdout
    assert "Apply complete! Resources: 21 added" in desk.run("reconciler", "apply", "plan.json").stdout
    desk.run("reconciler", "plan", "--detailed-exitcode")
    desk.run("reconciler", "drift", "--detailed-exitcode")
    other = Desk(desk.python, desk.folder / "other")
    other.folder.mkdir()
    other.variables = desk.variables
    other.run("reconciler", "init", "--yes")
    (other.folder / "manifests/glossary/customer.yaml").unlink()
    assert ".yaml" in other.run("reconciler", "pull").stdout
    other.run("reconciler", "validate")
    written = "".join(path.read_text() for path in sorted((other.folder / "manifests").rglob("*.yaml")))
    assert "Primary contact address." in written


def test_it_writes_its_schemas(desk: Desk) -> None:
    desk.run("reconciler", "schema", "--out", "out")
    tracked = {path.name: path.read_bytes() for path in (ROOT / "schemas").iterdir()}
    assert {path.name: path.read_bytes() for path in (desk.folder / "out").iterdir()} == tracked


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_it(desk: Desk, shell: str) -> None:
    script = desk.run("reconciler", _RECONCILER_COMPLETE=f"{shell}_source").stdout
    assert "_RECONCILER_COMPLETE" in script
    asked: dict[str, Any] = {"_RECONCILER_COMPLETE": f"{shell}_complete", "COMP_WORDS": "reconciler pl"}
    told = desk.run("reconciler", **asked, COMP_CWORD="pl" if shell == "fish" else "1").stdout
    assert re.search(r"\bplan\b", told)


def test_without_the_extra_for_workbooks_one_sentence_tells_it(desk: Desk) -> None:
    with zipfile.ZipFile(desk.folder / "book.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    told = desk.run("reconciler", "pull", "--from", "book.xlsx", code=1).stderr
    assert told.count("Error:") == 1
    assert "pip install 'cluedin-purview-reconciler[excel]'" in told


def test_the_sandbox_has_a_command_of_its_own(desk: Desk) -> None:
    assert "--seed" in desk.run("cluedin-purview-sandbox", "--help").stdout


def test_its_types_are_known_to_who_imports_it(installed: Python, tmp_path: Path) -> None:
    """`py.typed` is there, and mypy believes it."""
    (tmp_path / "use.py").write_text("from reconciler import __version__\nreveal_type(__version__)\n")
    words = [sys.executable, "-m", "mypy", "--config-file=", "--python-executable", installed.bin / "python", "use.py"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False)
    assert 'Revealed type is "str"' in done.stdout.replace("builtins.", ""), done.stdout
