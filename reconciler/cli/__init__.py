"""The command line: one small file per verb, imported only when the verb is used."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

import click

from reconciler import __version__
from reconciler.manifest.garbage import collect_garbage_seldom

COMPLETES = "_RECONCILER_COMPLETE"
"""What a shell sets that completes a line; click's own."""

VERBS = {
    "init": "Lay down a new project: environments, a first manifest, editor settings.",
    "validate": "Check manifests offline: schema, references, duplicates.",
    "plan": "Show what would change and why; write nothing.",
    "apply": "Carry out a saved plan, or plan, ask and apply.",
    "drift": "Show what people changed in the systems since the last apply.",
    "show": "Show a saved plan in any format.",
    "pull": "Write what is live as manifests whose plan only adopts.",
    "adopt": "Take what matches under management; send nothing to a system.",
    "fmt": "Bring manifests into one layout, comments kept; offline.",
    "contracts": "Check export contracts; exchange them as Open Data Contract Standard.",
    "handover": "Make files for the tools around CluedIn of the contracts; offline.",
    "release-notes": "Write what changed between two Git revisions, for people; offline.",
    "graph": "Show the lineage, or what depends on what; offline.",
    "exports": "Run an export now, or show its runs.",
    "crawlers": "Let a crawler fetch everything anew.",
    "enrichers": "Ask an enricher about the records that are there, or forget its answers.",
    "agents": "Let an AI agent of CluedIn look without anything counting, or show what was asked.",
    "rules": "Look at what a rule of CluedIn does, or process its records again.",
    "watch": "Tell what happens in CluedIn, and deliver it to webhooks, signed.",
    "webhook": "Verify a message that came from `watch`.",
    "metrics": "Publish figures of data sets to Purview.",
    "doctor": "Check endpoints, sign-in, versions, rights and clashes; write nothing.",
    "state": "Look at the ledger, or correct it by hand.",
    "unlock": "Take the lock of a run away that is dead.",
    "schema": "Write the JSON Schemas of manifests, plan and result.",
    "github": "Run a verb in a job of GitHub Actions: outputs, summary, comment, issue.",
    "azure-devops": "Run a verb in a job of Azure Pipelines: variables, summary, thread, work item.",
    "sandbox": "Serve a local CluedIn, Purview and Entra ID.",
    "demo": "Run the worked example against the sandbox, end to end.",
}


class Verbs(click.Group):
    """Finds a verb's command in the module of its name, so that `--help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The verbs, in the order of a day's work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"reconciler.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return _taking_options_of_the_whole(command, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of verbs, from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


def _options_of_the_whole(envvar: str | None = None) -> list[click.Option]:
    """Options that stand before the verb, or after it; `envvar` names the environment where none does."""
    folder = click.Path(file_okay=False, path_type=Path)
    return [
        click.Option(["--project"], type=folder, help="The directory with manifests/ (default: the nearest upwards)."),
        click.Option(
            ["--env", "environment"],
            envvar=envvar,
            shell_complete=_environments,
            help="The environment, as in manifests/environments/NAME.yaml.",
        ),
        click.Option(["-q", "--quiet"], is_flag=True, help="No progress on stderr."),
        click.Option(["-v", "--verbose"], is_flag=True, help="Also each request and its answer, on stderr."),
    ]


def _environments(ctx: click.Context, option: click.Parameter, incomplete: str) -> list[Any]:
    from reconciler.cli.completion import environments

    return list(environments(ctx, option, incomplete))


def _taking_options_of_the_whole(command: click.Command, verb: str) -> click.Command:
    """A verb, and each verb of a group, that takes them too; what stands last counts."""

    def take(ctx: click.Context, option: click.Parameter, value: Any) -> None:
        root = ctx.find_root()
        if value and option.name and root.obj is not None:
            setattr(root.obj, option.name, value)
        elif value and option.name:  # a shell completes a line, and nothing runs
            root.params[option.name] = value

    if not any(option.name == "project" for option in command.params):
        for option in _options_of_the_whole():
            option.expose_value, option.hidden, option.callback = False, True, take
            command.params.append(option)
        command.epilog = "Also takes --project, --env, -q and -v, as before the verb."
    if COMPLETES in os.environ:
        from reconciler.cli.completion import completed

        completed(command, verb)
    if isinstance(command, click.Group):
        for one in command.commands.values():
            _taking_options_of_the_whole(one, verb)
    return command


@click.group(
    cls=Verbs,
    params=_options_of_the_whole("RECONCILER_ENV"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="reconciler")
@click.pass_context
def cli(ctx: click.Context, project: Path | None, environment: str | None, quiet: bool, verbose: bool) -> None:
    """Plan and apply for CluedIn and Microsoft Purview: desired state as YAML in Git."""
    from reconciler.cli.common import Setup

    ctx.obj = Setup(project, environment, bool(quiet), bool(verbose))


def main(args: list[str] | None = None) -> Any:
    """Runs the command line and leaves with the promised exit code."""
    if COMPLETES in os.environ:
        from reconciler.cli.completion import answer

        sys.exit(answer(cli, COMPLETES))
    _never_a_secret_in_a_crash()
    collect_garbage_seldom()
    try:
        code = cli.main(args=args, prog_name="reconciler", standalone_mode=False)
    except click.exceptions.Exit as leave:
        code = leave.exit_code
    except click.ClickException as error:
        _refuse(error)
        code = 1
    except (click.Abort, KeyboardInterrupt):
        _tell("interrupted")
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception as error:  # noqa: BLE001 - the last line of defence against a traceback
        code = _leave(error)
    if args is None:
        gc.freeze()  # all of it goes with the process, circles or not
    sys.exit(int(code or 0))


def _tell(text: str) -> None:
    from reconciler.cli.common import tell

    tell(text)


def _refuse(error: click.ClickException) -> None:
    """How a command is used, and what was wrong with this one; what was typed may come from anywhere."""
    from reconciler.report.seen import visible

    usage = error.ctx.get_usage() + "\n" if isinstance(error, click.UsageError) and error.ctx is not None else ""
    from reconciler.cli.usage import advice

    lines = [visible(line) for line in error.format_message().split("\n")]
    _tell("\n".join([usage + "Error: " + "\n".join(lines), *map(visible, advice(error))]))


def _never_a_secret_in_a_crash() -> None:
    """Tracebacks of threads and at the very end are shown by Python itself: cleaned, too."""
    if threading.excepthook is not threading.__excepthook__:
        return  # somebody else shows them
    threading.excepthook = lambda crash: _tell(
        "".join(traceback.format_exception(crash.exc_type, crash.exc_value, crash.exc_traceback)).rstrip()
    )
    sys.excepthook = lambda kind, error, trace: _tell("".join(traceback.format_exception(kind, error, trace)).rstrip())


def _leave(error: Exception) -> int:
    from reconciler.cli.common import complain
    from reconciler.errors import ManifestError, ReconcilerError
    from reconciler.report.seen import visible

    if isinstance(error, ManifestError):
        complain(one for one in error.diagnostics if one.severity != "info")  # `validate` tells the rest
        return int(error.exit_code)
    if isinstance(error, ReconcilerError):
        complain(error.diagnostics)
        return int(error.exit_code)
    if os.environ.get("RECONCILER_TRACEBACK"):
        _tell("".join(traceback.format_exception(error)).rstrip())
        return 1
    if isinstance(error, OSError):
        about = f"{error.filename}: " if error.filename else ""
        _tell(f"Error: {visible(about + (error.strerror or str(error)))}")
        return 1
    _tell(f"Error: {type(error).__name__}: {visible(error)}")
    _tell("This is a defect of reconciler. Set RECONCILER_TRACEBACK=1 to see where, and report it.")
    return 1
