"""What the verbs share: the set-up of a run, its options, its output."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
COPIES = (*FORMATS, "junit")
"""The formats of a copy of a plan, of which one is for machines alone."""
COPIES_OF_FINDINGS = ("text", "json", "sarif", "junit")


class _Seconds(click.FloatRange):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = float(super().convert(value, param, ctx))
        if not math.isfinite(found):
            self.fail(f"{value} is no number of seconds", param, ctx)
        return found


SECONDS = _Seconds(min=0)
"""A time to wait: a number from 0, and neither infinite nor none at all."""


@dataclass(slots=True)
class Setup:
    """The options before the verb."""

    given: Path | None
    """The project that was named; without one it is where somebody stands."""
    environment: str | None
    quiet: bool
    verbose: bool
    _found: Path | None = None

    @property
    def project(self) -> Path:
        """The project: the named one, else the nearest upwards, of which one line tells when it is not here."""
        if self.given is not None:
            return self.given
        if self._found is None:
            from reconciler.cli.standing import project_around

            self._found = project_around(Path())
            if self._found != Path():
                tell(f"project {self._found}")
        return self._found

    @project.setter
    def project(self, named: Path) -> None:
        self.given = named

    def named(self) -> str:
        """The environment; the worked example alone may leave it out.

        Raises `click.UsageError` that lists the environments of the project.
        """
        if self.environment:
            return self.environment
        if not (self.project / "manifests").is_dir():
            if self.given is not None and not self.given.is_dir():
                raise click.UsageError(f"there is no folder {self.given}: name the project with --project DIRECTORY.")
            where = f"in {self.given}" if self.given is not None else "here or above"
            raise click.UsageError(
                f"there is no folder manifests {where}. Name the project with --project DIRECTORY, "
                "or begin one with `reconciler init`."
            )
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
        "--allow-deletes",
        type=click.IntRange(min=0),
        metavar="N",
        help="The exact number of removals that the guards would refuse.",
    ),
    click.option("--ref", metavar="REV", help="Plan the manifests of a Git revision, to roll back to it."),
    click.option("--takeover", is_flag=True, help="Take over what another environment claims; it is refused then."),
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
        takeover=given["takeover"],
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


@contextmanager
def failing_as(form: str) -> Iterator[None]:
    """Says a failure on stdout as well where a report in JSON is asked for: who reads that gets JSON in any case."""
    from reconciler.errors import ReconcilerError

    try:
        yield
    except ReconcilerError as error:
        if form == "json":
            from reconciler.report import jsonform

            say(jsonform.dump(jsonform.failure(error.diagnostics)))
        raise


@contextmanager
def failing_into(verb: str, also: Iterable[str]) -> Iterator[None]:
    """Writes a failure into the copies that CI shows as tests or findings: an empty page would look sound."""
    from reconciler.errors import ConfigurationError, ReconcilerError

    try:
        yield
    except ReconcilerError as error:
        from reconciler.report import jsonform, junit, sarif

        def rendered(form: str) -> str:
            if form == "sarif":
                return jsonform.dump(sarif.findings(found))
            return junit.findings(verb, [one.as_dict() for one in found])

        found, forms = list(error.diagnostics), ("junit", "sarif")
        try:
            write_also(rendered, [one for one in also if one.partition("=")[0] in forms], forms)
        except ConfigurationError as unwritten:
            complain(unwritten.diagnostics)
        raise


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
    if form == "junit":
        from reconciler.report import junit

        return junit.plan(shape)
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


def also_option(forms: Sequence[str]) -> Callable[[F], F]:
    """The option for further copies of a report."""
    told = f"Another copy of the report ({', '.join(forms)}); a folder that is missing is made."
    return click.option("--also", multiple=True, metavar="FORMAT=FILE", help=told)


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


def copies(also: Iterable[str], forms: Sequence[str] = FORMATS) -> list[tuple[str, Path]]:
    """Format and file of each `--also`; raises `click.UsageError` for what is neither."""
    found = []
    for item in also:
        form, _, path = item.partition("=")
        if form not in forms or not path:
            raise click.UsageError(f"--also takes FORMAT=FILE with a format of {', '.join(forms)}; got {item!r}")
        if path == "-":
            raise click.UsageError(
                f"--also writes files; for {form} on stdout give --format {form} where the verb has it"
            )
        found.append((form, Path(path)))
    return found


def write_also(render: Callable[[str], str], also: Iterable[str], forms: Sequence[str] = FORMATS) -> None:
    """Extra copies of the report, which `render` gives in a format: `--also markdown=plan.md`."""
    for form, path in copies(also, forms):
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
