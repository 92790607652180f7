"""The report for a terminal, in the manner of Terraform; symbols and words carry the meaning, colour adds to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from reconciler.errors import Diagnostic
from reconciler.report import concepts, outcomes, view, words
from reconciler.report.colour import Paint, painter
from reconciler.report.values import Shown
from reconciler.resources.keys import Address

if TYPE_CHECKING:
    from reconciler.saved.parts import Diagnostic as Finding
    from reconciler.saved.plan import Change, Plan
    from reconciler.saved.result import Result

SIGNS = {"+": "green", "-": "red", "~": "yellow"}
SEVERITIES = {"error": ("Error", "red"), "warning": ("Warning", "yellow"), "info": ("Note", "cyan")}


def plan(shape: Plan, *, colour: bool = False, next_step: str = "") -> str:
    """A plan; `next_step` is the command that performs exactly it."""
    return _text(_Text(painter(colour)).plan(shape, next_step))


def result(shape: Result, plan_shape: Plan | None = None, *, colour: bool = False) -> str:
    """The result of an apply; the plan tells where each resource comes from."""
    return _text(_Text(painter(colour)).result(shape, plan_shape))


def drift(shape: Plan, *, colour: bool = False) -> str:
    """What people changed in the systems since the last apply, out of a plan."""
    return _text(_Text(painter(colour)).drift(shape))


def findings(diagnostics: Sequence[Diagnostic], *, colour: bool = False) -> str:
    """Findings with where they are and what to do, and a count."""
    return _text(_Text(painter(colour)).findings([one.as_dict() for one in diagnostics]))


def _text(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Text:
    """Lines of text, painted or not."""

    def __init__(self, paint: Paint) -> None:
        self.paint = paint

    # -- a plan --------------------------------------------------------------------------------------------

    def plan(self, shape: Plan, next_step: str) -> Iterator[str]:
        todo = view.executable(shape)
        on_top = list(self._by_concept(shape))
        yield from on_top
        if todo:
            yield f"Changes in environment {words.visible(shape['environment'])}:"
            yield self._legend(todo)
            yield ""
            yield from self._changes(todo)
        for action in view.SECTIONS:
            yield from self._section(action, view.of(shape, action))
        yield from self._orphans(view.orphans(shape))
        yield from self._held(shape)
        for finding in view.remarks(shape):
            yield from self._finding(finding)
            yield ""
        yield self.paint(view.headline(shape), bold=True)
        if not on_top:
            yield concepts.verdict(shape)
        yield f"Digest: {words.visible(shape['digest'])}"
        yield from self._provenance(shape)
        refused = view.refused(shape)
        labels = sorted(view.needing(shape)) if view.awaited(shape) else []
        if next_step and todo and not refused and not labels:
            yield f"To perform exactly these actions: {next_step}"
        if todo and not refused and labels:
            approved = f"{next_step} {view.approving(labels)}" if next_step else view.approving(labels)
            yield f"Needs an approval. Who may agree applies with: {approved}"
        if refused:
            yield from self._refused(shape)

    def _by_concept(self, shape: Plan) -> Iterator[str]:
        """The verdict in a sentence, and the plan by the things that it is about."""
        found = concepts.groups(shape)
        if not found and not view.refused(shape) and not view.orphans(shape):
            return
        yield f"Plan for {words.visible(shape['environment'])}"
        yield self.paint(concepts.verdict(shape), bold=True)
        yield ""
        yield from self._groups(found)

    def _groups(self, every: Sequence[concepts.Group]) -> Iterator[str]:
        found, most, left = concepts.shown(every)
        for group in found:
            yield self.paint(group.heading, bold=True) + (f" ({group.advice})" if group.advice else "")
            told = [] if group.technical else group.first(most)
            for change in told:
                used = concepts.used_by(change)
                yield f"  {self._symbol(change['action'])} {concepts.sentence(change)}{f' ({used})' if used else ''}"
                if beware := concepts.effects(change):
                    yield f"    {self.paint(beware, fg='yellow')}"
            if told and (more := group.more(told)):
                yield f"  … {more}"
        if left:
            yield f"… {concepts.left_out(left)}"
        if found:
            yield ""

    def _legend(self, changes: Sequence[Change]) -> str:
        present = {change["action"] for change in changes}
        known = [name for name in words.ACTIONS if name in present] + sorted(present - words.ACTIONS.keys())
        return "  " + "  ".join(f"{self._symbol(name)} {words.action(name).verb}" for name in known)

    def _symbol(self, action: str) -> str:
        known = words.action(action)
        return self.paint(known.symbol, fg=known.colour)

    def _section(self, kind: str, changes: Sequence[Change]) -> Iterator[str]:
        if not changes:
            return
        yield self.paint(f"{view.TITLES[kind]}: {len(changes):,}", bold=True)
        yield f"  {view.ADVICE[kind]}"
        yield ""
        yield from self._changes(changes)

    def _changes(self, changes: Iterable[Change]) -> Iterator[str]:
        shorter = view.shorter(changes)
        for change in shorter.changes:
            yield from self._change(change)
            yield ""
        for line in shorter.lines:
            yield f"  {line}"
        if shorter.lines:
            yield ""

    def _change(self, change: Change) -> Iterator[str]:
        yield "  " + self.paint(f"# {view.heading(change)}", bold=True)
        if why := view.reason(change):
            yield f"  # (because {why})"
        for place in view.origins(change):
            yield f"  # {place}"
        if labels := change.get("approvals"):
            yield f"  # carries the labels: {words.visible(', '.join(labels))}"
        if awaited := change.get("requires_approval"):
            yield f"  # needs an approval: apply with {view.approving(awaited)}"
        if message := change.get("message"):
            yield f"  # {words.visible(message)}"
        for sentence in view.warnings(change):
            yield "  " + self.paint(f"# Warning: {sentence}", fg="yellow", bold=True)
        key = words.visible(Address.of(change["address"]).key)
        yield f"  {self._symbol(change['action'])} {words.visible(change['type'])} {key}"
        about_people = view.is_about_people(change)
        for shown in view.fields(change):
            yield from self._field(shown, about_people)

    def _field(self, shown: Shown, about_people: bool) -> Iterator[str]:
        sign = self.paint(shown.sign, fg=SIGNS[shown.sign])
        yield f"      {sign} {shown.path}{self._values(shown, about_people)}" + (
            f"  # {shown.reason}" if shown.reason else ""
        )
        for mark, text in shown.lines:
            yield "          " + self.paint(f"{mark} {text}".rstrip(), fg=SIGNS.get(mark))

    @staticmethod
    def _values(shown: Shown, about_people: bool) -> str:
        if shown.lines:
            return ": (- manifest, + system)" if about_people else ":"
        if about_people and (shown.before or shown.after):
            return f": {shown.before or 'nothing'} in the manifest, {shown.after or 'nothing'} in the system"
        values = [value for value in (shown.before, shown.after) if value]
        return f": {' -> '.join(values)}" if values else ""

    def _orphans(self, changes: Sequence[Change]) -> Iterator[str]:
        if not changes:
            return
        yield self.paint(f"{view.TITLES['orphan']}: {len(changes):,}", bold=True)
        yield f"  {view.ADVICE['orphan']}"
        for change in changes[: view.COLLAPSE]:
            yield f"  {self._symbol(change['action'])} {view.orphan(change)}"
        if len(changes) > view.COLLAPSE:
            yield f"  … and {len(changes) - view.COLLAPSE:,} more"
        yield ""

    def _held(self, shape: Plan) -> Iterator[str]:
        found = view.held(shape)
        if not found:
            return
        yield self.paint(f"{view.HELD_TITLE}: {len(found):,}", bold=True)
        yield f"  {view.HELD_ADVICE}"
        yield ""
        for document, findings in found.items():
            yield "  " + self.paint(f"# {words.document(document)} is held back", bold=True)
            for finding in findings:
                yield from (f"  {line}" for line in self._finding(finding))
            yield ""

    def _refused(self, shape: Plan) -> Iterator[str]:
        yield ""
        yield self.paint(f"Refused: {view.obstacles(shape)}", fg="red", bold=True)
        for line in view.held_in_short(shape):
            yield f"  {line}"
        for finding in view.hinted(view.refusals(shape)):
            yield from self._finding(finding)

    # -- findings ------------------------------------------------------------------------------------------

    def findings(self, shapes: Sequence[Finding]) -> Iterator[str]:
        for finding in view.by_severity(shapes):
            yield from self._finding(finding)
            yield ""
        errors = sum(1 for shape in shapes if shape["severity"] == "error")
        warnings = sum(1 for shape in shapes if shape["severity"] == "warning")
        if not errors and not warnings:
            yield self.paint("No errors, no warnings.", fg="green", bold=True)
        else:
            counts = f"{words.number(errors, 'error')}, {words.number(warnings, 'warning')}."
            yield self.paint(counts, fg="red" if errors else "yellow", bold=True)

    def _finding(self, finding: Finding) -> Iterator[str]:
        word, colour = SEVERITIES.get(finding["severity"], ("Note", "cyan"))
        label = self.paint(f"{word}:", fg=colour, bold=True)
        yield f"{label} {words.visible(finding['summary'])} [{words.visible(finding['code'])}]"
        place = view.place(finding)
        if place:
            yield f"  at {place}"
        if finding.get("address") and finding["address"] not in finding["summary"]:
            yield f"  {words.visible(finding['address'])}"
        for line in finding.get("detail", "").split("\n"):
            if line.strip():
                yield f"  {words.visible(line)}"
        if finding.get("request_id"):
            yield f"  request id: {words.visible(finding['request_id'])}"

    # -- drift and a result --------------------------------------------------------------------------------

    def drift(self, shape: Plan) -> Iterator[str]:
        found = view.drifted(shape)
        if found:
            yield f"Drift in {words.visible(shape['environment'])}"
            yield self.paint(concepts.drift_headline(found, len(view.held(shape))), bold=True)
            yield ""
            yield from self._groups(concepts.by_thing(change for change, _ in found))
            yield f"Changed in the systems of environment {words.visible(shape['environment'])} since the last apply:"
            yield ""
        for change, outlook in found:
            yield "  " + self.paint(f"# {view.drift_heading(change)}: {outlook}", bold=True)
            yield f"  # {concepts.sentence(change)}"
            yield from list(self._change(change))[1:]
            yield ""
        yield from self._held(shape)
        yield self.paint(concepts.drift_headline(found, len(view.held(shape))), bold=True)

    def result(self, shape: Result, plan_shape: Plan | None) -> Iterator[str]:
        origins = outcomes.origins(plan_shape)
        for outcome in outcomes.open_ones(shape):
            yield f"  {self._status(outcome['status'])} {words.visible(outcome['address'])} ({outcome['action']})"
            for place in origins.get(outcome["address"], ()):
                yield f"      {place}"
            if outcome.get("message"):
                yield f"      {words.visible(outcome['message'])}"
            if outcome.get("request_id"):
                yield f"      request id: {words.visible(outcome['request_id'])}"
        yield from (f"  {line}" for line in outcomes.not_started_line(shape))
        if outcomes.open_ones(shape) or outcomes.not_started_line(shape):
            yield ""
        for finding in shape.get("diagnostics", ()):
            yield from self._finding(finding)
            yield ""
        colour = "green" if outcomes.whole(shape, plan_shape) else "red"
        yield self.paint(outcomes.headline(shape, plan_shape), fg=colour, bold=True)
        yield from outcomes.advice(shape, plan_shape)
        yield from self._provenance(plan_shape)

    @staticmethod
    def _provenance(shape: Plan | None) -> Iterator[str]:
        if told := view.provenance(shape):
            yield f"Manifests: {told}"

    def _status(self, status: str) -> str:
        known = outcomes.STATUSES.get(status)
        return self.paint(f"{known.word if known else status}:", fg="red" if status == "failed" else "yellow")
