"""How severe a difference is: by the rules of the contract as it was and as it is, and by what it ignores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.contracts.compare import Finding
from reconciler.errors import Diagnostic, Source
from reconciler.kinds.export_contract.physical import PhysicalSchema
from reconciler.kinds.export_contract.rules import Ignore, RuleSeverity, severity_of, stricter


@dataclass(frozen=True, slots=True)
class Judgement:
    """How severe one difference is, and what it is ignored by; an error must not go on as it is."""

    severity: RuleSeverity
    ignored: Ignore | None = None


def judged(
    finding: Finding, old: PhysicalSchema | None, new: PhysicalSchema | None, today: str, *, approved: bool
) -> Judgement:
    """The judgement of one difference between two states of a contract.

    A promise is judged by the rules under which it was made, or by stricter ones: a milder rule counts from the next
    base on. `approved` says that somebody agreed to weaker rules of the contract; `today` is a day such as
    `2027-03-31`.
    """
    if finding.verdict == "governance" and approved:
        return Judgement("info")
    if finding.verdict != "governance" and new is not None:
        for one in new.ignores:
            if one.counts(today) and one.means(finding.code, finding.column):
                return Judgement("info", one)
    promised = old is None or old.compatibility == "additive_only"
    usual = severity_of(finding.code, finding.verdict, promised=promised)
    severities = [schema.rules.get(finding.code, usual) for schema in (old, new) if schema is not None]
    return Judgement(stricter(severities[0], severities[-1]) if severities else usual)


def expired(schemas: Iterable[PhysicalSchema], today: str) -> Iterator[Diagnostic]:
    """A finding for each rule whose last day of being ignored has passed."""
    for schema in schemas:
        for at, one in enumerate(schema.ignores):
            if not one.counts(today):
                said = f"{schema.contract}: `{one.rule}`{_of(one)} was ignored until {one.until} ({one.reason})"
                yield _at(schema, at, "warning", "contract.ignore_expired", said, "Remove it, or agree on another day.")


def unused(schema: PhysicalSchema, findings: Iterable[Finding], today: str) -> Iterator[Diagnostic]:
    """A finding for each ignored rule that no difference comes under any more."""
    found = list(findings)
    for at, one in enumerate(schema.ignores):
        if one.counts(today) and not any(one.means(finding.code, finding.column) for finding in found):
            said = f"{schema.contract}: nothing comes under `{one.rule}`{_of(one)}, which is ignored until {one.until}"
            yield _at(schema, at, "info", "contract.ignore_unused", said, "Remove it.")


def _of(one: Ignore) -> str:
    return f" of `{one.column}`" if one.column else ""


def _at(schema: PhysicalSchema, at: int, severity: RuleSeverity, code: str, said: str, advice: str) -> Diagnostic:
    place = schema.where(f"ignore.{at}")
    return Diagnostic(severity, code, said, advice, Source(place.file, place.line))
