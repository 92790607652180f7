"""`reconciler agents`: lets an agent look without anything counting, and shows what was asked; no part of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.common import SECONDS, Setup, say
from reconciler.cli.exports import FORM, moment
from reconciler.cli.progress import session
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.desired.wanted import Wishes
    from reconciler.kinds.ai_agent.scene import Scene
    from reconciler.resources.base import Desired
    from reconciler.systems.base import System
    from reconciler.systems.cluedin import CluedIn
    from reconciler.workflow import Session

_SAID = {
    "accepted": "CluedIn took the request",
    "complete": "Complete",
    "running": "Not over yet",
    "unknown": "The answer was lost, and it may be going on",
}


@click.group("agents")
def command() -> None:
    """Let an agent look at data, or show what was asked. NAME is that of an AiAgent."""


@command.command("analyse")
@click.argument("name")
@click.option("--wait", type=SECONDS, default=0.0, metavar="S", help="Seconds to wait for its end.")
@click.pass_obj
def analyse_(setup: Setup, name: str, wait: float) -> None:
    """Run the jobs of the AiAgent NAME as they are in CluedIn, so that nothing of the results counts.

    A job is run only where it reads the keys that the manifest names, and no more. Each run costs.

    Exit codes: 0 accepted, or complete with --wait; 4 refused and nothing done; 5 it was asked for and its end is open.
    """
    ends = []
    with session(setup, "agents analyse") as run, _jobs(run, name, held=True, scoped=True) as (cluedin, _, jobs):
        from reconciler.actions.agents import analyse

        for job, id in jobs.items():
            ends.append(done := analyse(cluedin, id, wait))
            say(f"{_SAID[done.state]}: an analysis by {job}." + (f" ({done.message})" if done.message else ""))
    is_open = any(done.state in ("running", "unknown") for done in ends)
    raise click.exceptions.Exit(Exit.PARTIAL if is_open else Exit.OK)


@command.command("log")
@click.argument("name")
@click.option("--since", metavar="TIME", callback=moment, help="Show what was asked since then.")
@click.option("--with-text", is_flag=True, help="Show prompts and answers too; never where keys carry labels.")
@click.option("--format", "form", type=FORM, default="text", show_default=True)
@click.pass_obj
def log_(setup: Setup, name: str, since: datetime | None, with_text: bool, form: str) -> None:
    """Show what was asked in the runs of the AiAgent NAME: ids, times and costs.

    The correlation id is that of this look, which CluedIn's own log may have as well.

    Exit codes: 0; 4 where texts are asked for that must not be shown.
    """
    with session(setup, "agents log") as run, _jobs(run, name, scoped=with_text) as (cluedin, scene, jobs):
        from reconciler.actions.agents import log
        from reconciler.errors import RefusedError

        labels = ", ".join(sorted(scene.words | set(scene.spec.allow_labels)))
        if with_text and labels:
            raise RefusedError.of(
                "agents.labelled",
                f"the agent {name} may read keys that carry {labels}, whose values stand in its prompts",
                "Leave --with-text out; whoever may see them looks in CluedIn.",
            )
        rows = [one for job, id in jobs.items() for one in log(cluedin, job, id, since, texts=with_text)]
        id = run.correlation_id
    _tell(rows, id, form, with_text)


def _tell(rows: list[Any], id: str, form: str, texts: bool) -> None:
    if form == "json":
        from reconciler.report.jsonform import dump

        left = () if texts else ("input", "output")
        asked = [{name: value for name, value in asdict(row).items() if name not in left} for row in rows]
        say(dump({"correlation_id": id, "asked": asked}).rstrip())
        return
    for row in rows:
        what = "analysis" if row.dry else "run"
        cost = f", all runs of the job so far {row.cost}" if row.cost else ""
        say(f"{row.started}  {row.job}: {what} {row.run}, chat {row.chat}, {row.state.lower()}{cost}")
        for word, text in (("asked", row.input), ("answered", row.output)):
            if text:
                say(f"  {word}: {text}")
    say(f"{len(rows)} asked." if rows else "Nothing was asked.")


@contextmanager
def _jobs(
    run: Session, name: str, *, held: bool = False, scoped: bool = False
) -> Iterator[tuple[CluedIn, Scene, dict[str, str]]]:
    """The CluedIn, the document, and the ids of its jobs by name.

    `held` refuses a document that a plan would hold back, `scoped` jobs that read other data than it says.

    Raises `ReconcilerError` where there is no such document, or CluedIn does not have its jobs.
    """
    from reconciler.actions.providers import live_provider
    from reconciler.errors import ReconcilerError, RefusedError
    from reconciler.kinds.ai_agent.scene import Scene
    from reconciler.manifest.suggest import did_you_mean
    from reconciler.questions import ask
    from reconciler.systems.cluedin import CluedIn

    draft = run.draft()
    wishes = draft.wishes().required()
    known = {scene.document.name: scene for scene in draft.world.of(Scene)}
    if name not in known:
        advice = did_you_mean(name, known, what="There are the AiAgents")
        raise ReconcilerError.of("agents.unknown", f"no AiAgent is named {name}", advice)
    scene = known[name]
    wanted = _jobs_of(wishes, name)
    if not wanted:
        raise RefusedError.of("agents.no_job", f"the AiAgent {name} has no job in CluedIn", "Write `jobs`, and apply.")
    with run.connected(draft) as systems:
        cluedin = systems["cluedin"]
        assert isinstance(cluedin, CluedIn)
        if held or scoped:
            answered = draft.wishes(ask(scene.questions(), systems))
            if held:
                _require_sound(answered, scene)
            if scoped:
                _require_scope(_jobs_of(answered, name), systems)
        yield cluedin, scene, {want.key: live_provider(want, systems) for want in wanted}


def _jobs_of(wishes: Wishes, name: str) -> list[Desired]:
    """What an AiAgent wants of jobs."""
    return [
        want
        for want in wishes.resources.values()
        if want.type.full_name == "cluedin.ai_job"
        and any(origin.kind == "AiAgent" and origin.name == name for origin in want.origins)
    ]


def _require_sound(wishes: Wishes, scene: Scene) -> None:
    """Refuses a document of which something stands in the way, as a plan would hold it back."""
    from reconciler.errors import RefusedError

    here = scene.document.source(()).file
    found = [*wishes.findings, *wishes.refusals]
    errors = [one for one in found if one.severity == "error" and one.source is not None and one.source.file == here]
    if errors:
        raise RefusedError(*errors)


def _require_scope(wanted: list[Desired], systems: Mapping[str, System]) -> None:
    """Refuses a job that would read other records or other keys than the manifest says."""
    from reconciler.errors import RefusedError
    from reconciler.live import read
    from reconciler.resources import types

    type = types()["cluedin.ai_job"]
    found = read({type: {want.key: frozenset({"keys", "records"}) for want in wanted}}, systems).of(type)
    for want in wanted:
        live = found.by_key.get(type.fold(want.key))
        if live is None:
            continue
        told = {name: type.field(name).canonical(want.values[name]) for name in ("keys", "records")}
        same = all(live.fields.get(name) == value for name, value in told.items())
        if not same:
            raise RefusedError.of(
                "agents.scope",
                f"the job {want.key} reads other data in CluedIn than the manifest says",
                "Apply first.",
            )
