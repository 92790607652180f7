"""The contracts of a project against an earlier revision, and against the history of their exports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reconciler.contracts.compare import Finding, added, compare, removed
from reconciler.contracts.judge import Judgement, judged, unused
from reconciler.errors import Diagnostic, Source
from reconciler.kinds.export_contract.physical import PhysicalSchema, Place
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.schema import physical_schema
from reconciler.kinds.export_contract.spec import ExportContract
from reconciler.kinds.project.declared import declared
from reconciler.manifest.findings import place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.actions.freshness import Freshness
    from reconciler.desired.wishes import Draft
    from reconciler.kinds.base import World

_VERSION = re.compile(r"^(.*_v)(\d+)$")


@dataclass(slots=True)
class Comparison:
    """What changed for the readers of each contract since a revision."""

    revision: str
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    before: dict[str, PhysicalSchema] = field(default_factory=dict)
    now: dict[str, PhysicalSchema] = field(default_factory=dict)
    approved: frozenset[str] = frozenset()
    """Contracts whose weaker rules somebody approved."""
    today: str = ""
    """The day on which ignored rules are looked at, such as `2027-03-31`."""
    from_ledger: bool = False
    """Whether the revision is the commit that the ledger names, and not one that somebody named."""

    @property
    def refused(self) -> list[Finding]:
        """What must not go on as it is: breaks of a promise, and weaker rules that nobody approved."""
        return [f for found in self.findings.values() for f in found if self.refuses(f)]

    def refuses(self, finding: Finding) -> bool:
        """Whether one finding must not go on as it is."""
        return self.judged(finding).severity == "error"

    def judged(self, finding: Finding) -> Judgement:
        """How severe one finding is."""
        old, new = self.before.get(finding.contract), self.now.get(finding.contract)
        return judged(finding, old, new, self.today, approved=finding.contract in self.approved)

    def diagnostics(self) -> Iterator[Diagnostic]:
        """The findings as diagnostics, with both places and what to do; then what is ignored in vain."""
        for finding in (f for found in self.findings.values() for f in found):
            yield self._diagnostic(finding)
        for name, found in self.findings.items():
            if name in self.now:
                yield from unused(self.now[name], found, self.today)

    def _diagnostic(self, finding: Finding) -> Diagnostic:
        judgement = self.judged(finding)
        words = f"{finding.verdict}, disruptive" if finding.disruptive else finding.verdict
        if judgement.ignored is not None:
            words += f", ignored until {judgement.ignored.until} ({judgement.ignored.reason})"
        there = f" ({finding.there})" if finding.there and finding.there != finding.here else ""
        return Diagnostic(
            judgement.severity,
            f"contract.{finding.verdict}.{finding.code}",
            f"{finding.contract}: {words}: {finding.summary}{there}",
            _advice(finding) if judgement.severity == "error" else "",
            Source(finding.here.file, finding.here.line),
        )

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "against": self.revision,
            "contracts": {
                name: [_shape(finding, self.judged(finding)) for finding in found]
                for name, found in sorted(self.findings.items())
            },
        }


def schemas(draft: Draft) -> dict[str, PhysicalSchema]:
    """The physical schemas of the contracts of a project by name, as far as they can be told offline."""
    return {one.name: physical_schema(one) for one in draft.world.of(Contract)}


def unreadable(old: Draft, revision: str) -> list[Diagnostic]:
    """Why contracts of an earlier revision cannot be compared: their manifests do not hold today."""
    broken = [one for one in old.world.written(ExportContract.kind) if one.spec is None]
    files = {one.source(()).file for one in broken}
    return [
        replace(f, severity="error", summary=f"at {revision}: {f.summary}")
        for f in old.findings
        if f.severity == "error" and f.source is not None and f.source.file in files
    ]


def against(old: Draft, new: Draft, revision: str, approved: Iterable[str] = (), today: str = "") -> Comparison:
    """What changed for readers from an old state of the project to the new one."""
    before, now = schemas(old), schemas(new)
    found = Comparison(revision, before=before, now=now, approved=frozenset(approved), today=today)
    for name in sorted({*before, *now}):
        was, is_ = before.get(name), now.get(name)
        if was is not None and is_ is not None:
            found.findings[name] = compare(was, is_, lambda key: _key_place(new.world, key))
        elif was is not None:
            found.findings[name] = [removed(was)] if was.status not in ("draft", "retired") else []
        elif is_ is not None:
            found.findings[name] = [added(is_)]
    return found


def stale(schema: PhysicalSchema, measured: Freshness) -> Iterator[Diagnostic]:
    """What the history of an export says about the promised freshness."""
    promised, at = schema.freshness_p95_minutes, schema.where("sla")
    source = Source(at.file, at.line)
    if promised is None:
        return
    if measured.p95_minutes is None:
        yield Diagnostic(
            "warning",
            "contract.no_runs",
            f"{schema.contract}: no complete run is in the history, so the promised freshness cannot be told",
            f"Run it with `reconciler exports run {schema.contract}`, or wait for the schedule.",
            source,
        )
        return
    if measured.p95_minutes > promised:
        yield Diagnostic(
            "error",
            "contract.not_fresh",
            f"{schema.contract}: 95 of 100 files held data up to {measured.p95_minutes:.0f} minutes old when they were"
            f" ready; {promised} are promised",
            "Look at the runs with `reconciler exports history`, or promise less.",
            source,
        )
    allowed = promised + (schema.interval_minutes or 0)
    if measured.data_age_minutes is not None and measured.data_age_minutes > allowed:
        yield Diagnostic(
            "error",
            "contract.overdue",
            f"{schema.contract}: the newest file holds data that are {measured.data_age_minutes:.0f} minutes old;"
            f" with the schedule, {allowed} are the most",
            "See whether the stream runs and its export target is healthy.",
            source,
        )


def next_version(name: str) -> str:
    """The name under which a breaking change may be published."""
    found = _VERSION.match(name)
    return f"{found[1]}{int(found[2]) + 1}" if found else f"{name}_v2"


def _advice(finding: Finding) -> str:
    if finding.verdict == "governance":
        return f"Who may agree to it says so with --approve {finding.contract}."
    if finding.verdict == "additive":
        return f"Take it back, or judge `{finding.code}` otherwise in `rules`."
    version = next_version(finding.contract)
    return f"Take it back, or publish the change as {version} with a path of its own and keep this one for its readers."


def _key_place(world: World, key: str) -> Place | None:
    ours = declared(world).keys.get(key, ())
    if not ours:
        return None
    source = place(ours[0].spot.document, ours[0].spot.path("key"))
    return Place(source.file, source.line or 1)


def _shape(finding: Finding, judgement: Judgement) -> Mapping[str, Any]:
    ignored = judgement.ignored
    return {
        "verdict": finding.verdict,
        "disruptive": finding.disruptive,
        "code": finding.code,
        "severity": judgement.severity,
        "refused": judgement.severity == "error",
        "ignored": {"until": ignored.until, "reason": ignored.reason} if ignored is not None else None,
        "column": finding.column or None,
        "summary": finding.summary,
        "file": finding.here.file,
        "line": finding.here.line,
        "also": str(finding.there) if finding.there else None,
    }
