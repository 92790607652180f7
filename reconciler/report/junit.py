"""Findings, plans and drift as JUnit XML, for the pages of tests that CI systems have.

Elements and attributes are those of the schema that Jenkins publishes with its xUnit plugin (junit-10.xsd, [A]); it is
the narrowest of them, and Azure DevOps and GitLab read the same. What an apply would do is a test that passes, what
stands in its way one that fails, and what waits one that is skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from xml.etree import ElementTree

from reconciler.report import concepts, view, words

if TYPE_CHECKING:
    from reconciler.saved.parts import Diagnostic
    from reconciler.saved.plan import Change, Plan

Outcome = Literal["passed", "failure", "skipped"]
_OF_FINDINGS: dict[str, Outcome] = {"error": "failure"}
_OF_CHANGES: dict[str, Outcome] = {
    "conflict": "failure",
    "blocked": "skipped",
    "pending": "skipped",
    "drift": "skipped",
}


@dataclass(frozen=True, slots=True)
class _Case:
    """One test: its class, which viewers group by its dots, its name, and what it tells."""

    group: str
    name: str
    outcome: Outcome = "passed"
    message: str = ""
    """The sentence beside a test that does not pass."""
    lines: Sequence[str] = ()


def findings(verb: str, found: Sequence[Diagnostic], sound: Iterable[str] = ()) -> str:
    """A test for each finding, of which errors fail, and one that passes for each of what is `sound`."""
    cases = [*map(_finding, view.by_severity(found)), *(_Case(f"reconciler.{verb}", name) for name in sound)]
    return _written(f"reconciler {verb}", cases or [_Case(f"reconciler.{verb}", "No errors, no warnings")])


def plan(shape: Plan) -> str:
    """A test for each change and each finding; conflicts and refusals fail."""
    cases = [*_diagnostics(shape), *map(_change, shape.get("changes", ()))]
    return _written(f"reconciler plan {shape['environment']}", cases or [_Case("reconciler.plan", "No changes")])


def drift(shape: Plan) -> str:
    """A test that fails for each thing that people changed in the systems."""
    cases = [*_held(shape), *(_drifted(change, outlook) for change, outlook in view.drifted(shape))]
    return _written(f"reconciler drift {shape['environment']}", cases or [_Case("reconciler.drift", "No drift")])


def _diagnostics(shape: Plan) -> Iterator[_Case]:
    yield from _held(shape)
    yield from map(_finding, [*view.refusals(shape), *view.remarks(shape)])


def _held(shape: Plan) -> Iterator[_Case]:
    for document, found in view.held(shape).items():
        told = [line for finding in found for line in (finding["summary"], *_advice(finding))]
        yield _Case("reconciler.held_back", words.document(document), "failure", f"{view.HELD_TITLE}.", told)


def _finding(finding: Diagnostic) -> _Case:
    place = view.place(finding)
    name = f"{place}: {finding['summary']}" if place else finding["summary"]
    outcome = _OF_FINDINGS.get(finding["severity"], "passed")
    told = [f"{finding['severity']}: {finding['summary']}", *_advice(finding)]
    return _Case(finding["code"], name, outcome, finding["summary"], told)


def _advice(finding: Diagnostic) -> Iterator[str]:
    yield from finding.get("detail", "").splitlines()
    if place := view.place(finding):
        yield f"at {place}"
    if finding.get("address"):
        yield finding["address"]
    if finding.get("request_id"):
        yield f"request id {finding['request_id']}"


def _change(change: Change) -> _Case:
    told = [concepts.sentence(change), *_why(change)]
    outcome = _OF_CHANGES.get(change["action"], "passed")
    group = f"{change['system']}.{change['type']}"
    return _Case(group, view.heading(change), outcome, change.get("message") or told[0], told)


def _drifted(change: Change, outlook: str) -> _Case:
    told = [concepts.sentence(change), *_why(change), outlook]
    group = f"{change['system']}.{change['type']}"
    return _Case(group, view.drift_heading(change), "failure", f"{told[0]} ({outlook})", told)


def _why(change: Change) -> Iterator[str]:
    if why := view.reason(change):
        yield f"Because {why}."
    if places := view.origins(change):
        yield f"From {', '.join(places)}."
    if labels := change.get("requires_approval"):
        yield f"Needs an approval: apply with {view.approving(labels)}."
    yield from view.warnings(change)


def _written(name: str, cases: Sequence[_Case]) -> str:
    """The document; what acts or hides in a text is shown by its number, so that it is XML in any case."""
    counts = {"tests": str(len(cases)), "failures": str(_count(cases, "failure")), "errors": "0"}
    top = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(top, "testsuite", {"name": words.visible(name), **counts})
    suite.set("skipped", str(_count(cases, "skipped")))
    for one in cases:
        _add(suite, one)
    ElementTree.indent(top)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(top, encoding="unicode")}\n'


def _count(cases: Sequence[_Case], outcome: Outcome) -> int:
    return sum(one.outcome == outcome for one in cases)


def _add(suite: ElementTree.Element, case: _Case) -> None:
    names = {"classname": words.visible(case.group), "name": words.visible(case.name)}
    test = ElementTree.SubElement(suite, "testcase", names)
    text = "\n".join(words.visible(line) for line in case.lines if line)
    if case.outcome == "passed":
        if text:
            ElementTree.SubElement(test, "system-out").text = text
        return
    told = ElementTree.SubElement(test, case.outcome, {"message": words.visible(case.message)})
    told.text = text
