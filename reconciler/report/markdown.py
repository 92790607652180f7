"""The report as Markdown, for a comment on a pull request or a job summary."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.report import concepts, lineage, mermaid, outcomes, view, words
from reconciler.report.escaping import code, comment, fence, inside_html, prose
from reconciler.report.fitting import Item, Page, fit

if TYPE_CHECKING:
    from reconciler.saved.parts import Diagnostic
    from reconciler.saved.plan import Change, Plan
    from reconciler.saved.result import Outcome, Result

LIMIT = 65_000
"""GitHub takes a little more in one comment."""
BY_CONCEPT = "By concept"
NUMBERS = "In numbers"


def plan(shape: Plan, *, limit: int = LIMIT, link: str | None = None) -> str:
    """A plan in at most so many characters; conflicts and removals first, whole resources left out at the end."""
    head = [
        f"## Plan for {code(shape['environment'])}",
        f"{_mark(shape)}**{prose(concepts.verdict(shape))}**",
        _verdict(shape),
    ]
    foot = [f"Digest: {code(shape['digest'])}", *_provenance(shape)]
    if link:
        foot.append(f"[The whole plan](<{_address(link)}>)")
    items = [*_by_concept(concepts.groups(shape)), *_numbers(shape), *_plan_items(shape)]
    page = Page(_head(shape, "plan", head), items, "\n\n".join(foot))
    return fit(page, limit)


def drift(shape: Plan, *, limit: int = LIMIT, link: str | None = None) -> str:
    """What people changed in the systems since the last apply, out of a plan."""
    found = view.drifted(shape)
    headline = concepts.drift_headline(found, len(view.held(shape)))
    head = [f"## Drift in {code(shape['environment'])}", f"**{prose(headline)}**"]
    items = [*_by_concept(concepts.by_thing(change for change, _ in found), concepts.DRIFT_ADVICE), *_held(shape)]
    items += [_collapsed("Details", change, f"{view.drift_heading(change)}: {outlook}") for change, outlook in found]
    foot = f"[The whole report](<{_address(link)}>)" if link else ""
    return fit(Page(_head(shape, "drift", head), items, foot), limit)


def result(shape: Result, plan_shape: Plan | None = None, *, limit: int = LIMIT) -> str:
    """The result of an apply: what is not done, and what to do about it."""
    origins = outcomes.origins(plan_shape)
    head = [f"## Apply to {code(shape['environment'])}", f"**{prose(outcomes.headline(shape, plan_shape))}**"]
    head.append("\n".join(f"- {prose(line)}" for line in outcomes.advice(shape, plan_shape)))
    items = [Item("Problems", _finding(finding)) for finding in shape.get("diagnostics", ())]
    items += [
        Item("Not done", _outcome(outcome, origins.get(outcome["address"], [])))
        for outcome in outcomes.open_ones(shape)
    ]
    items += [Item("Not done", line) for line in outcomes.not_started_line(shape)]
    items += [replace(item, section="Done") for item in _by_concept(concepts.of_done(shape, plan_shape))]
    return fit(Page(_head(shape, "result", head), items, "\n".join(_foot(shape, plan_shape))), limit)


def failure(environment: str, verb: str, findings: Sequence[Diagnostic], *, limit: int = LIMIT) -> str:
    """What is told where a verb ended before there was a plan or a result."""
    head = f"## No {verb} of {code(environment)}" if environment else f"## No {verb}"
    told = "❌ **It ended before anything was written.**" if findings else "❌ **It ended early.** The log tells more."
    items = [Item("", _finding(one)) for one in findings]
    return fit(Page([f"{head}\n\n{told}"] * 2, items), limit)


def findings(verb: str, found: Sequence[Diagnostic], *, limit: int = LIMIT) -> str:
    """What a verb that works offline has to say."""
    head = f"## {verb.capitalize()}\n\n" + ("" if found else "✅ No errors, no warnings.")
    return fit(Page([head.rstrip()] * 2, [Item("", _finding(one)) for one in found]), limit)


def _foot(shape: Result, plan_shape: Plan | None) -> Iterator[str]:
    yield f"Digest: {code(shape['digest'])}"
    if shape.get("correlation_id"):
        yield f"Correlation id: {code(shape['correlation_id'])}"
    yield from _provenance(plan_shape)


def _provenance(shape: Plan | None) -> Iterator[str]:
    if told := view.provenance(shape):
        yield f"Manifests: {prose(told)}"


def _head(shape: Plan | Result, kind: str, parts: Sequence[str]) -> Iterator[str]:
    """The head without and with the remark that something was left out."""
    for truncated in (False, True):
        told = {
            "environment": shape["environment"],
            "digest": shape["digest"],
            "format": f"{kind}/{shape['format_version']}",
            "truncated": truncated,
        }
        yield "\n\n".join([comment("reconciler", told), *(part for part in parts if part)])


def _headline(shape: Plan) -> str:
    return prose(view.headline(shape))


def _mark(shape: Plan) -> str:
    if view.refused(shape):
        return "⛔ "
    if view.orphans(shape) and not view.executable(shape):
        return "ℹ️ "
    return "✅ " if view.verdict(shape)[0] else "⚠️ "


def _verdict(shape: Plan) -> str:
    """What stands in the way, or what to do, where the sentence above it does not say it."""
    if view.refused(shape):
        return "Nothing is applied."
    clear, told = view.verdict(shape)
    if labels := sorted(view.needing(shape)):
        told = told.replace(view.approving(labels), code(view.approving(labels)))
    return told if not clear else ""


def _by_concept(every: Sequence[concepts.Group], advice: str = "") -> Iterator[Item]:
    """The plan by the things that it is about; technical types are folded."""
    found, most, left = concepts.shown(every)
    for group in found:
        told = group.first(concepts.SENTENCES if group.technical else most)
        heading = f"**{prose(group.heading)}**" + (f" ({prose(group.advice)})" if group.advice else "")
        lines = [f"- {_symbol(change)} {_sentence(change)}" for change in told]
        lines += [f"- … {more}"] if (more := group.more(told)) else []
        listed = "\n".join(lines)
        folded = f"<details><summary>{html.escape(group.heading)}</summary>\n\n{listed}\n\n</details>"
        full = folded if group.technical else f"{heading}\n\n{listed}"
        yield Item(BY_CONCEPT, full, f"- {heading}", prose(advice), owed=True)
    if left:
        yield Item(BY_CONCEPT, f"- … {prose(concepts.left_out(left))}", advice=prose(advice), owed=True)


def _numbers(shape: Plan) -> Iterator[Item]:
    table = _table(shape.get("summary", {}))
    yield Item(NUMBERS, "\n\n".join(filter(None, [f"**{_headline(shape)}**", table])), owed=True)


def _sentence(change: Change) -> str:
    told = [prose(concepts.sentence(change))]
    told += [f"({prose(used)})"] if (used := concepts.used_by(change)) else []
    told += [f"⚠️ {prose(beware)}"] if (beware := concepts.effects(change)) else []
    return " ".join(told)


def _table(summary: Mapping[str, int]) -> str:
    rows = [
        f"| `{known.symbol.replace('|', chr(92) + '|')}` {name} | {summary[name]:,} |"
        for name, known in words.ACTIONS.items()
        if summary.get(name)
    ]
    if not rows:
        return ""
    return "\n".join(["| Action | Resources |", "|:--|--:|", *rows, f"| unchanged | {summary.get('unchanged', 0):,} |"])


# -- items ---------------------------------------------------------------------------------------------------


def _held(shape: Plan) -> Iterator[Item]:
    for document, findings in view.held(shape).items():
        title = f"{prose(words.document(document))} is held back"
        told = "\n".join(_finding(finding) for finding in findings)
        yield Item(view.HELD_TITLE, f"#### {title}\n\n{told}", f"- {title}", view.HELD_ADVICE, owed=True)


def _plan_items(shape: Plan) -> Iterator[Item]:
    yield from _held(shape)
    for finding in view.hinted(view.refusals(shape)):
        yield Item("Refused", _finding(finding), f"- {prose(finding['summary'])}", owed=True)
    for change in view.of(shape, "conflict"):
        yield _open("Conflicts", change)
    for change in view.of(shape, *words.REMOVALS):
        yield _open("Removals", change)
    todo = [change for change in view.executable(shape) if change["action"] not in words.REMOVALS]
    for type_name, group in view.by_type(sorted(todo, key=lambda change: not change.get("disruptive"))):
        section = f"Changes of {inside_html(type_name)}: {len(group):,}" if type_name else "Changes"
        for change in group:
            yield replace(_collapsed(section, change, view.heading(change)), folded=bool(type_name))
    yield from _lineage(shape)
    for kind in ("blocked", "pending", "drift"):
        for change in view.of(shape, kind):
            yield _collapsed(view.TITLES[kind], change, view.heading(change), view.ADVICE[kind])
    for change in view.orphans(shape):
        yield Item(view.TITLES["orphan"], f"- {prose(view.orphan(change))}", advice=view.ADVICE["orphan"])
    for finding in view.remarks(shape):
        yield Item("Remarks", _finding(finding))


def _open(section: str, change: Change) -> Item:
    """A resource that is never collapsed, and never left out without its name."""
    title = f"{_symbol(change)} {code(change['address'])} {words.action(change['action']).will}"
    advice = view.ADVICE["conflict"] if change["action"] == "conflict" else ""
    return Item(section, f"#### {title}\n\n{_body(change)}".rstrip(), f"- {title}", advice, owed=True)


def _collapsed(section: str, change: Change, heading: str, advice: str = "") -> Item:
    address = words.visible(change["address"])
    told = f"{_symbol(change)} {inside_html(address)}{prose(heading.removeprefix(address))}"
    mark = " ⚠️" if change.get("disruptive") else ""
    full = f"<details><summary>{told}{mark}</summary>\n\n{_body(change)}\n\n</details>"
    return Item(section, full, f"- {told}{mark}", advice)


def _lineage(shape: Plan) -> Iterator[Item]:
    """A picture of the flows that change; only told where it would be more than Mermaid draws."""
    graph = lineage.of_plan(shape)
    if graph is None:
        return
    count = sum(1 for node in graph.nodes.values() if node.role == "process")
    told = f"Lineage: {words.number(count, 'process changes', 'processes change')}"
    picture = mermaid.mermaid(graph)
    brief = f"- {told}. The picture is too large for here: see {code('reconciler graph')}."
    if not mermaid.fits(graph, picture):
        yield Item("Lineage", brief, brief, owed=True)
        return
    drawn = fence([picture.rstrip()], "mermaid")
    yield Item("Lineage", f"<details><summary>{told}</summary>\n\n{drawn}\n\n</details>", brief, owed=True)


def _symbol(change: Change) -> str:
    return f"<code>{words.action(change['action']).symbol.replace('>', '&gt;')}</code>"


def _body(change: Change) -> str:
    """Why, from where, with which effects, and the fields as a diff."""
    told = []
    if why := view.reason(change):
        told.append(f"Because {prose(why)}.")
    if places := view.origins(change):
        told.append(f"From {', '.join(map(code, places))}.")
    if labels := change.get("approvals"):
        told.append(f"Carries the labels: {', '.join(map(code, labels))}.")
    if awaited := change.get("requires_approval"):
        told.append(f"Needs an approval: apply with {code(view.approving(awaited))}.")
    parts = [prose(concepts.sentence(change)), " ".join(told)]
    if change.get("message"):
        parts.append(prose(change["message"]))
    parts += [f"⚠️ **{prose(sentence)}**" for sentence in view.warnings(change)]
    parts.append(_diff(change))
    return "\n\n".join(part for part in parts if part)


def _diff(change: Change) -> str:
    lines = [
        f"{sign} {text}{f'  # {shown.reason}' if index == 0 and shown.reason else ''}".rstrip()
        for shown in view.fields(change)
        for index, (sign, text) in enumerate(shown.as_lines)
    ]
    if not lines:
        return ""
    sides = ["--- manifest", "+++ system"] if view.is_about_people(change) else []
    return fence([*sides, *lines])


def _finding(finding: Diagnostic) -> str:
    told = [f"- **{prose(finding['summary'])}** {code(finding['code'])}"]
    if place := view.place(finding):
        told.append(f"at {code(place)}")
    if finding.get("detail"):
        told.append(f"— {prose(' '.join(finding['detail'].split()))}")
    if finding.get("request_id"):
        told.append(f"(request id {code(finding['request_id'])})")
    return " ".join(told)


def _outcome(outcome: Outcome, places: Sequence[str]) -> str:
    known = outcomes.STATUSES.get(outcome["status"])
    told = [f"- **{known.word if known else prose(outcome['status'])}** {code(outcome['address'])}"]
    told.append(f"({prose(outcome['action'])})")
    if outcome.get("message"):
        told.append(f"— {prose(outcome['message'])}")
    if outcome.get("request_id"):
        told.append(f"(request id {code(outcome['request_id'])})")
    if places:
        told.append(f"from {', '.join(map(code, places))}")
    return " ".join(told)


def _address(link: str) -> str:
    return words.visible(link).replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
