"""`reconciler contracts`: whether export contracts keep what they promised, and contracts as others read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import odcs
from reconciler.cli.common import (
    COPIES_OF_FINDINGS,
    Setup,
    also_option,
    colour,
    copies,
    failing_into,
    require_writable,
    say,
    write_also,
)
from reconciler.cli.progress import session
from reconciler.errors import Diagnostic, Exit, worst

if TYPE_CHECKING:
    from reconciler.contracts.check import Comparison
    from reconciler.desired.wishes import Draft
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
@also_option(COPIES_OF_FINDINGS)
@click.pass_obj
def check(
    setup: Setup,
    names: tuple[str, ...],
    revision: str | None,
    live: bool,
    approve: tuple[str, ...],
    form: str,
    also: tuple[str, ...],
) -> None:
    """Check all contracts, or those named, against what their readers have: the last apply, or a revision.

    Where nobody can tell what that was, it says "base unknown", and never that nothing breaks.

    Exit codes: 4 for a change that breaks what a contract promised, or weakens its rules without an approval; 1 for
    invalid manifests, keys that are missing, obsolete or mapped away in CluedIn, or data that are older than
    promised; 0 otherwise.
    """
    require_writable((path for _, path in copies(also, COPIES_OF_FINDINGS)), setup.project)
    with failing_into("contracts check", also), session(setup, "contracts check", verifying=True) as run:
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
    report = _Report(found, comparison, [*changed, *unsure, *stale])
    write_also(report.rendered, also, COPIES_OF_FINDINGS)
    say(report.rendered(form, coloured=colour()), commands=form == "github")
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
        wishes = run.wishes(draft, run.book(draft).load())
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


@dataclass(frozen=True, slots=True)
class _Report:
    """What a check found: the contracts, with what they were compared, and what is wrong."""

    found: dict[str, PhysicalSchema]
    comparison: Comparison | None
    diagnostics: list[Diagnostic]

    def rendered(self, form: str, *, coloured: bool = False) -> str:
        """The report in one of the formats."""
        from reconciler.contracts.base import said
        from reconciler.report import contracts, github, jsonform, junit, sarif

        if form == "json":
            return jsonform.dump(self._shape(jsonform.FORMAT))
        if form == "sarif":
            return jsonform.dump(sarif.findings(self.diagnostics))
        if form == "github":
            return github.findings(self.diagnostics)
        if form == "junit":
            return junit.findings("contracts check", [one.as_dict() for one in self.diagnostics], self._unchanged())
        shapes = [schema.as_dict() for _, schema in sorted(self.found.items())]
        against = said(self.comparison) if self.comparison is not None else ""
        return contracts.text(shapes, self.diagnostics, against=against, colour=coloured)

    def _shape(self, version: str) -> dict[str, Any]:
        return {
            "format_version": version,
            "contracts": {name: schema.as_dict() for name, schema in sorted(self.found.items())},
            "base": _base(self.comparison),
            "comparison": self.comparison.as_dict() if self.comparison is not None else None,
            "diagnostics": [one.as_dict() for one in self.diagnostics],
        }

    def _unchanged(self) -> Iterator[str]:
        """The contracts that were compared and are what they were."""
        if self.comparison is not None:
            changed = {name for name, findings in self.comparison.findings.items() if findings}
            yield from (f"{name} is what it was" for name in sorted(self.found.keys() - changed))


def _base(comparison: Comparison | None) -> dict[str, Any]:
    """What was compared with; a base that is not known is said, as no findings would look like no break."""
    if comparison is None:
        return {"known": False, "revision": None, "from": None}
    source = "ledger" if comparison.from_ledger else "against"
    return {"known": True, "revision": comparison.revision, "from": source}
