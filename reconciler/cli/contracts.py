"""`reconciler contracts`: whether export contracts keep what they promised, and contracts as others read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import odcs
from reconciler.cli.common import Setup, colour, say
from reconciler.cli.progress import session
from reconciler.errors import Diagnostic, Exit, worst

if TYPE_CHECKING:
    from reconciler.contracts.check import Comparison
    from reconciler.desired import Draft
    from reconciler.kinds.export_contract.physical import PhysicalSchema
    from reconciler.workflow import Session

KEYS_GONE = frozenset({"key.unknown", "key.maps_to_unknown"})
FORMS = click.Choice(["text", "json", "sarif", "github"])


@click.group("contracts")
def command() -> None:
    """Check export contracts, and exchange them as files of the Open Data Contract Standard."""


command.add_command(odcs.export)
command.add_command(odcs.import_)


@command.command("check")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--against", "revision", metavar="REV", help="Compare with a Git revision instead of the last apply.")
@click.option("--live", is_flag=True, help="Look at the keys in CluedIn and at the history of each export.")
@click.option("--approve", multiple=True, metavar="NAME", help="A contract whose weaker rules are approved.")
@click.option("--format", "form", type=FORMS, default="text", help="The report on stdout.")
@click.pass_obj
def check(
    setup: Setup, names: tuple[str, ...], revision: str | None, live: bool, approve: tuple[str, ...], form: str
) -> None:
    """Check all contracts, or those named, against what their readers have: the last apply, or a revision.

    Where nobody can tell what that was, it says "base unknown", and never that nothing breaks.

    Exit codes: 4 for a change that breaks what a contract promised, or weakens its rules without an approval; 1 for
    invalid manifests, keys that are missing, obsolete or mapped away in CluedIn, or data that are older than
    promised; 0 otherwise.
    """
    with session(setup, "contracts check") as run:
        from datetime import UTC, datetime

        from reconciler.contracts.check import schemas
        from reconciler.contracts.judge import expired

        today = datetime.now(UTC).date().isoformat()
        draft = run.loaded()
        _require_sound(draft)
        known = schemas(draft)
        found = {name: schema for name, schema in known.items() if not names or name in names}
        base = _compared(run, draft, revision, approve, today)
        comparison = None if isinstance(base, Diagnostic) else base
        if comparison is None or not comparison.refused:
            draft.required()
        odcs.require_known(names, {*known, *(comparison.findings if comparison else ())})
        if comparison is not None and names:
            comparison.findings = {name: one for name, one in comparison.findings.items() if name in names}
        unsure = [*([base] if isinstance(base, Diagnostic) else ()), *expired(found.values(), today)]
        if draft.environment.strict:
            unsure = [replace(one, severity="error") for one in unsure]
        stale = list(_measured(run, draft, found)) if live else []
    changed = list(comparison.diagnostics()) if comparison is not None else []
    _report(form, found, comparison, [*changed, *unsure, *stale])
    codes = [Exit.OK]
    if comparison is not None and comparison.refused:
        codes.append(Exit.REFUSED)
    if any(finding.severity == "error" for finding in (*unsure, *stale)):
        codes.append(Exit.ERROR)
    raise click.exceptions.Exit(worst(codes))


def _require_sound(draft: Draft) -> None:
    """Raises for invalid manifests; a key that is gone is judged by the comparison first, when there is one."""
    errors = {finding.code for finding in draft.findings if finding.severity == "error"}
    if errors - KEYS_GONE:
        draft.required()


def _compared(
    run: Session, draft: Draft, revision: str | None, approve: tuple[str, ...], today: str
) -> Comparison | Diagnostic:
    from reconciler.contracts.base import since, since_the_last_apply

    if revision is not None:
        return since(revision, run.root, draft, run.process_env, approve, today)
    return since_the_last_apply(run.book(draft), run.root, draft, run.process_env, approve, today)


def _measured(run: Session, draft: Draft, found: dict[str, PhysicalSchema]) -> Iterator[Diagnostic]:
    """The findings on the keys beneath every contract, and on promised freshness from the history of its stream."""
    from datetime import UTC, datetime

    from reconciler.actions.exports import history
    from reconciler.actions.freshness import measure
    from reconciler.actions.streams import live_stream, wanted_stream
    from reconciler.contracts.check import stale
    from reconciler.contracts.source_keys import out_of_use
    from reconciler.systems.cluedin import CluedIn

    promising = [one for one in found.values() if one.bound and one.freshness_p95_minutes is not None]
    with run.connected(draft) as systems:
        wishes = run.wishes(draft)
        cluedin = systems.get("cluedin")
        if not isinstance(cluedin, CluedIn):
            return
        yield from out_of_use(found.values(), wishes.resources, systems)
        for schema in promising:
            held = wishes.held.get(f"ExportContract/{schema.contract}")
            if held is not None:
                yield from held.findings
                continue
            stream = live_stream(wanted_stream(wishes.resources, schema.contract), systems)
            yield from stale(schema, measure(history(cluedin, stream.id), datetime.now(UTC)))


def _report(
    form: str, found: dict[str, PhysicalSchema], comparison: Comparison | None, diagnostics: list[Diagnostic]
) -> None:
    from reconciler.contracts.base import said
    from reconciler.report import contracts, github, jsonform, sarif

    if form == "json":
        shape: dict[str, Any] = {
            "format_version": jsonform.FORMAT,
            "contracts": {name: schema.as_dict() for name, schema in sorted(found.items())},
            "base": _base(comparison),
            "comparison": comparison.as_dict() if comparison is not None else None,
            "diagnostics": [one.as_dict() for one in diagnostics],
        }
        say(jsonform.dump(shape))
    elif form == "sarif":
        say(jsonform.dump(sarif.findings(diagnostics)))
    elif form == "github":
        say(github.findings(diagnostics), commands=True)
    else:
        shapes = [schema.as_dict() for _, schema in sorted(found.items())]
        against = said(comparison) if comparison is not None else ""
        say(contracts.text(shapes, diagnostics, against=against, colour=colour()))


def _base(comparison: Comparison | None) -> dict[str, Any]:
    """What was compared with; a base that is not known is said, as no findings would look like no break."""
    if comparison is None:
        return {"known": False, "revision": None, "from": None}
    source = "ledger" if comparison.from_ledger else "against"
    return {"known": True, "revision": comparison.revision, "from": source}
