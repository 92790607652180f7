"""A verb in a job of CI, and what the job leaves for people; GitHub Actions and Azure Pipelines share it."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.common import Setup, for_files, say, writing
from reconciler.errors import Diagnostic, Exit, ReconcilerError

if TYPE_CHECKING:
    from collections.abc import Callable

VERBS = {"validate": ["validate"], "contracts": ["contracts", "check"], "plan": ["plan"], "apply": ["apply"]}
"""What stands on the command line for each verb that a job may run; `drift` is told apart below."""
ALL = (*VERBS, "drift")
OF_THE_JOB = {
    ("plan", "--out"): "the job keeps plan.json with its reports, in the folder of its own --out before the verb",
    ("drift", "--format"): "the job reads drift as JSON itself; other formats are written with --also FORMAT=FILE",
    ("drift", "--between"): "a job tells what people changed; run `reconciler drift --between` in a step of its own",
    ("drift", "--accept"): "the job has --pull-request at GitHub; elsewhere run `reconciler drift --accept`",
}
"""The options of a verb that its job sets, or that would make another report of it, with what to do instead."""


@dataclass(slots=True)
class Ran:
    """What came of a verb: at most one of a plan, a result and findings, and how it ended."""

    verb: str
    environment: str
    code: int = 0
    failure: Exception | None = None
    plan: Any = None
    result: Any = None
    found: list[Any] | None = None

    @property
    def told(self) -> list[Any]:
        """What was said of a failure, as JSON."""
        if isinstance(self.failure, ReconcilerError):
            return [one.as_dict() for one in self.failure.diagnostics]
        if isinstance(self.failure, click.ClickException):
            return [Diagnostic("error", "job.usage", self.failure.format_message()).as_dict()]
        return []

    def markdown(self, limit: int, link: str) -> str:
        """The report in at most so many characters."""
        from reconciler.report import markdown

        if self.result is not None:
            return markdown.result(self.result, limit=limit)
        if self.plan is not None and self.verb == "drift":
            return markdown.drift(self.plan, limit=limit, link=link or None)
        if self.plan is not None:
            return markdown.plan(self.plan, limit=limit, link=link or None)
        if self.found is not None and self.failure is None:
            return markdown.findings(self.verb, self.found, limit=limit)
        return markdown.failure(self.environment, self.verb, self.told, limit=limit)

    @property
    def reason(self) -> dict[str, str]:
        """The output that says why it failed; empty where it did not."""
        from reconciler.report import github

        reasons = {int(code): word for code, word in github.REASONS.items()}
        return {"failure-reason": reasons.get(self.code, "")}

    def outputs(self) -> dict[str, str]:
        """What the next steps of a job may ask for; empty where there is nothing to tell."""
        from reconciler.report import github

        found = dict.fromkeys(github.OUTPUTS, "")
        if self.plan is not None:
            found |= github.outputs(self.plan)
        if self.result is not None:
            found |= github.outputs_of_result(self.result)
        return found | self.reason


@dataclass(slots=True)
class Run:
    """A verb with its arguments, run in this process, so that a signal to the job reaches it."""

    setup: Setup
    verb: str
    words: Sequence[str]
    out: Path
    beside: Callable[[Sequence[Diagnostic]], str]
    """Findings as what the job shows beside the lines that they are about."""
    ran: Ran = field(init=False)

    def __post_init__(self) -> None:
        self.ran = Ran(self.verb, self.setup.environment or "")

    def __call__(self) -> Ran:
        """Runs it; what it raises is kept until everything is told."""
        with writing(self.out):
            self.out.mkdir(parents=True, exist_ok=True)
        if (taken := self._taken) is not None:
            self.ran.code, self.ran.failure = int(Exit.ERROR), taken
            return self.ran
        if self.verb == "drift":
            return self._drift()
        return self._offline() if self.verb in ("validate", "contracts") else self._online()

    @property
    def _taken(self) -> click.UsageError | None:
        """What is wrong with the arguments where one of them is the job's own."""
        given = {word.partition("=")[0] for word in itertools.takewhile(lambda word: word != "--", self.words)}
        for (verb, option), instead in OF_THE_JOB.items():
            if verb == self.verb and option in given:
                return click.UsageError(f"{option} is not for the arguments of {verb} in a job: {instead}")
        return None

    def _online(self) -> Ran:
        """A plan or an apply, with its files."""
        saved = self.out / ("plan.json" if self.verb == "plan" else "result.json")
        forms = [("markdown", "md"), ("html", "html"), *([("junit", "xml")] if self.verb == "plan" else [])]
        keeps = ["--out", str(saved)] if self.verb == "plan" else ["--yes", "--also", f"json={saved}"]
        saved.unlink(missing_ok=True)
        self.does([*VERBS[self.verb], *keeps, *self._also(forms), *self.words])
        if saved.is_file():
            shape = _json(saved.read_bytes())
            if "outcomes" in shape:
                self.ran.result = shape
            else:
                self.ran.plan = shape
        return self.ran

    def _drift(self) -> Ran:
        """What people changed, once as JSON and as text in the log."""
        told = self.hears(["drift", "--format", "json", *self._also([("junit", "xml")]), *self.words])
        if self.ran.failure is None and told:
            from reconciler.report import text

            self.ran.plan = _json(told.encode())
            with writing(self.out / "drift.json"):
                (self.out / "drift.json").write_text(for_files(told), encoding="utf-8")
            say(text.drift(self.ran.plan))
        return self.ran

    def _offline(self) -> Ran:
        """Findings: in the log, beside the lines that they are about, as SARIF and JUnit, and for the summary."""
        saved = self.out / f"{self.verb}.json"
        saved.unlink(missing_ok=True)
        forms = [("sarif", "sarif"), ("junit", "xml"), ("json", "json")]
        self.does([*VERBS[self.verb], *self._also(forms), *self.words])
        if self.ran.failure is None and saved.is_file():
            told = _json(saved.read_bytes())
            self.ran.found = told["findings"] if "findings" in told else told["diagnostics"]
            say(self.beside([Diagnostic.of_dict(one) for one in self.ran.found]), commands=True)
        return self.ran

    def _also(self, forms: Sequence[tuple[str, str]]) -> list[str]:
        return [word for form, end in forms for word in ("--also", f"{form}={self.out / self.verb}.{end}")]

    def hears(self, words: Sequence[str]) -> str:
        """What a command says on stdout."""
        with redirect_stdout(io.StringIO()) as said:
            self.does(words)
        return said.getvalue()

    def does(self, words: Sequence[str]) -> None:
        """Runs a command as `main` would; what it raises is kept until everything is told."""
        from reconciler.cli import cli

        before = ["--project", str(self.setup.given)] if self.setup.given is not None else []
        before += ["--env", self.setup.environment] if self.setup.environment else []
        before += [flag for flag, on in (("-q", self.setup.quiet), ("-v", self.setup.verbose)) if on]
        self.ran.failure = None
        try:
            self.ran.code = int(cli.main([*before, *words], prog_name="reconciler", standalone_mode=False) or 0)
        except click.exceptions.Exit as leave:
            self.ran.code = leave.exit_code
        except ReconcilerError as error:
            self.ran.code, self.ran.failure = int(error.exit_code), error
        except (click.Abort, KeyboardInterrupt):
            self.ran.code, self.ran.failure = int(Exit.INTERRUPTED), click.Abort()
        except Exception as error:  # noqa: BLE001 - told to people first, then raised
            self.ran.code, self.ran.failure = int(Exit.ERROR), error


def _json(data: bytes) -> Any:
    import orjson

    return orjson.loads(data)
