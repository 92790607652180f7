"""What the verbs share: the set-up of a run, its options, its output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.errors import Diagnostic

if TYPE_CHECKING:
    from reconciler.saved.plan import Plan
    from reconciler.saved.result import Result

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("text", "json", "markdown", "html")


@dataclass(slots=True)
class Setup:
    """The options before the verb."""

    project: Path
    environment: str | None
    quiet: bool
    verbose: bool

    def named(self) -> str:
        """The environment; the worked example alone may leave it out.

        Raises `click.UsageError` that lists the environments of the project.
        """
        if self.environment:
            return self.environment
        if not (self.project / "manifests").is_dir():
            where = "here" if self.project == Path() else f"in {self.project}"
            raise click.UsageError(f"there is no folder manifests {where}. Name the project with --project DIRECTORY.")
        names = self.environments()
        if names == ["sandbox"]:
            return "sandbox"
        known = f" This project has: {', '.join(names)}." if names else ""
        raise click.UsageError(f"name the environment with --env NAME.{known}")

    def environments(self) -> list[str]:
        """The environments that the project has files for."""
        folder = self.project / "manifests" / "environments"
        return sorted({path.stem for pattern in ("*.yaml", "*.yml") for path in folder.glob(pattern)})


_PLAN_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--target",
        "targets",
        multiple=True,
        metavar="ADDRESS",
        help="Only this address and what it needs; may end in *.",
    ),
    click.option("--prune", is_flag=True, help="Remove what we created and no manifest wants any more."),
    click.option(
        "--adopt",
        type=click.Choice(["matching", "empty", "overwrite"]),
        help="How existing objects are taken over (default: empty).",
    ),
    click.option(
        "--force-conflicts",
        is_flag=False,
        flag_value="*",
        multiple=True,
        metavar="[ADDRESS]",
        help="Overwrite conflicts, everywhere or at one address.",
    ),
    click.option("--replace", multiple=True, metavar="ADDRESS", help="Delete and create this object anew."),
    click.option("--rotate", multiple=True, metavar="ADDRESS", help="Send the secrets of this object again."),
    click.option(
        "--allow-deletes", type=int, metavar="N", help="The exact number of removals that the guards would refuse."
    ),
    click.option("--ref", metavar="REV", help="Plan the manifests of a Git revision, to roll back to it."),
    click.option("--retry-pending", is_flag=True, help="Send again what was accepted and never showed."),
)


def plan_options(command: F) -> F:
    """The options that change what would be written, shared by `plan` and `apply`."""
    for option in reversed(_PLAN_OPTIONS):
        command = option(command)
    return command


def options_of(given: Mapping[str, Any]) -> Any:
    """The plan options of a command's parameters."""
    from reconciler.diff import Options

    forced = tuple(given["force_conflicts"])
    return Options(
        prune=given["prune"],
        adopt=given["adopt"] or "empty",
        force_conflicts=True if "*" in forced else forced or False,
        replace=tuple(given["replace"]),
        rotate=tuple(given["rotate"]),
        targets=tuple(given["targets"]),
        allow_deletes=given["allow_deletes"],
        retry_pending=given["retry_pending"],
        ref=given["ref"] or "",
    )


def colour(stream: Any = None) -> bool:
    """Whether a stream (default: stdout) takes colour."""
    from reconciler.report.colour import wants_colour

    return wants_colour(os.environ, (stream or sys.stdout).isatty())


def say(text: str, *, commands: bool = False) -> None:
    """The report, on stdout; never a secret, and no command to a runner unless it is made of `commands`."""
    _write(text, commands=commands)


def tell(text: str) -> None:
    """Progress and what is wrong, on stderr; as harmless as the report."""
    _write(text, err=True)


def complain(diagnostics: Iterable[Diagnostic]) -> None:
    """Diagnostics, on stderr."""
    from reconciler.report import text

    tell(text.findings(list(diagnostics), colour=colour(sys.stderr)))


def for_files(text: str) -> str:
    """A report as it is written to a file, which somebody may print into a log."""
    from reconciler.report.logs import harmless
    from reconciler.systems.redact import SECRETS

    return harmless(SECRETS.clean(text))


def _write(text: str, *, err: bool = False, commands: bool = False) -> None:
    """The one place where this program writes to a terminal or a log."""
    from reconciler.systems.redact import SECRETS

    shown = SECRETS.clean(text) if commands else for_files(text)
    click.echo(shown, nl=not shown.endswith("\n"), err=err, color=True)


def render_plan(shape: Plan, form: str, *, next_step: str = "") -> str:
    """A plan in one of the formats."""
    if form == "json":
        from reconciler.report import jsonform

        return jsonform.dump(shape)
    if form == "markdown":
        from reconciler.report import markdown

        return markdown.plan(shape)
    if form == "html":
        from reconciler.report import html

        return html.plan(shape)
    from reconciler.report import text

    return text.plan(shape, colour=colour(), next_step=next_step)


def render_result(shape: Result, plan: Plan, form: str, *, coloured: bool = False) -> str:
    """What became of an apply, in one of the formats; `plan` is what was carried out."""
    if form == "json":
        from reconciler.report import jsonform

        return jsonform.dump(shape)
    if form == "markdown":
        from reconciler.report import markdown

        return markdown.result(shape, plan)
    if form == "html":
        from reconciler.report import htmlresult

        return htmlresult.result(shape, plan)
    from reconciler.report import text

    return text.result(shape, plan, colour=coloured)


def require_writable(paths: Iterable[Path], project: Path) -> None:
    """Raises `ConfigurationError` for the first file that may not be written, before any work is done for it.

    What is written replaces what is there, so no file may be named twice, and none of the manifests or the ledger.
    """
    from reconciler.errors import ConfigurationError

    kept = [(project / folder).resolve() for folder in ("manifests", ".reconciler/ledger", ".reconciler/audit")]
    taken: set[Path] = set()
    for path in paths:
        resolved = path.resolve()
        if resolved in taken and (resolved.is_file() or not resolved.exists()):  # a terminal or a pipe takes several
            raise ConfigurationError.of("output.twice", f"{path} is named twice", "Name another file.")
        taken.add(resolved)
        folder = next((one for one in path.absolute().parents if one.exists()), path.absolute().parent)
        if path.is_dir():
            why = "it is a folder"
        elif inside := next((one for one in kept if resolved.is_relative_to(one)), None):
            why = f"{inside} holds what the project is made of"
        elif what := _kept(path):
            why = f"it is {what}"
        elif not folder.is_dir():
            why = f"{folder} is no folder"
        elif not os.access(path if path.exists() else folder, os.W_OK):
            why = f"{'the file' if path.exists() else 'its folder'} is read-only"
        else:
            continue
        raise ConfigurationError.of("output.not_writable", f"{path} cannot be written: {why}", "Name another file.")


def _kept(path: Path) -> str:
    """What a file is by its beginning, when it is one that an environment keeps, wherever."""
    if not path.is_file() or not os.access(path, os.R_OK):
        return ""
    with path.open("rb") as file:
        begins = file.read(10)
    return "a ledger" if begins == b'{"ledger":' else "an audit" if begins.startswith(b'{"audit":') else ""


def copies(also: Iterable[str]) -> list[tuple[str, Path]]:
    """Format and file of each `--also`; raises `click.UsageError` for what is neither."""
    found = []
    for item in also:
        form, _, path = item.partition("=")
        if form not in FORMATS or not path:
            raise click.UsageError(f"--also takes FORMAT=FILE with a format of {', '.join(FORMATS)}; got {item!r}")
        found.append((form, Path(path)))
    return found


def write_also(render: Callable[[str], str], also: Iterable[str]) -> None:
    """Extra copies of the report, which `render` gives in a format: `--also markdown=plan.md`."""
    for form, path in copies(also):
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(for_files(render(form)), encoding="utf-8")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Says of which file it is that it could not be written, as when the disk is full; raises `ConfigurationError`."""
    from reconciler.errors import ConfigurationError

    try:
        yield
    except OSError as error:
        raise ConfigurationError.of(
            "output.not_writable", f"{path} could not be written: {error.strerror or error}", "Name another file."
        ) from None


def agreed(question: str, instead: str = "give --yes") -> bool:
    """Whether the person at the terminal says yes, of which only `yes` is one.

    Raises `click.UsageError` where nobody is there, with what to do `instead`.
    """
    if in_ci():
        raise click.UsageError(f"nobody is there to answer; {instead}")
    sys.stdout.flush()
    return bool(click.prompt(f"{question} Only 'yes' is a yes", default="no", err=True) == "yes")


def in_ci() -> bool:
    """Whether nobody is there to answer."""
    return bool(os.environ.get("CI")) or not sys.stdin.isatty()
