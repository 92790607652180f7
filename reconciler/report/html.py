"""The report of a plan as one self-contained page: nothing is loaded, scripts are optional."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import htpy as h

from reconciler.report import concepts, htmlconcepts, view, words
from reconciler.report.htmlparts import badge, code, counted, findings, listed, on_lines, page, plain
from reconciler.report.values import Shown
from reconciler.resources.keys import Address

if TYPE_CHECKING:
    from reconciler.saved.plan import Change, Plan

KINDS = {"+": "added", "-": "removed", " ": "same", "~": "changed"}
UNFOLDED = 20
"""With so few changes all of them are open."""


def plan(shape: Plan) -> str:
    """A plan as an HTML page."""
    title = f"Plan for {words.visible(shape['environment'])}"
    verdict = [htmlconcepts.verdict(shape), _verdict(shape)]
    body = [
        _header(shape, title, view.headline(shape), verdict, left_out=_left_out(shape)),
        *htmlconcepts.by_concept(shape, concepts.groups(shape)),
        htmlconcepts.pictures(shape),
        *_held(shape),
        _refusals(shape),
        _section("Conflicts", view.of(shape, "conflict"), view.ADVICE["conflict"], unfolded=True),
        _section("Removals", view.of(shape, *words.REMOVALS), unfolded=True),
        _changes(shape),
        *(_verdicts(shape, kind) for kind in ("blocked", "pending", "drift")),
        _orphans(shape),
        findings("Remarks", view.remarks(shape)),
        _footer(shape),
    ]
    return page(title, body)


def drift(shape: Plan) -> str:
    """What people changed in the systems since the last apply, out of a plan, as an HTML page."""
    title = f"Drift in {words.visible(shape['environment'])}"
    found = view.drifted(shape)
    headline = concepts.drift_headline(found, len(view.held(shape)))
    unchanged = shape.get("summary", {}).get("unchanged", 0)
    seen: Plan = {
        **shape,
        "changes": [change for change, _ in found],
        "summary": {"drift": len(found), "unchanged": unchanged},
    }
    by_concept = htmlconcepts.by_concept(seen, concepts.by_thing(seen["changes"]), concepts.DRIFT_ADVICE)
    return page(title, [_header(seen, title, headline), *by_concept, *_held(shape), _drifted(found), _footer(shape)])


def _drifted(found: Sequence[tuple[Change, str]]) -> h.Node:
    if not found:
        return None
    return h.section[
        counted("Drift", len(found)),
        on_lines(
            _change(change, len(found) <= UNFOLDED, f"{view.drift_heading(change)}: {outlook}")
            for change, outlook in found
        ),
    ]


# -- head and foot -------------------------------------------------------------------------------------------


def _header(shape: Plan, title: str, headline: str, verdict: Sequence[h.Node] = (), *, left_out: str = "") -> h.Element:
    told: list[h.Node] = [h.h1[plain(title)]]
    told += verdict
    told += [
        h.p(".headline")[plain(headline)],
        _counts(shape.get("summary", {})),
        htmlconcepts.filters(shape, left_out),
    ]
    return h.header[on_lines(told)]


def _left_out(shape: Plan) -> str:
    """How much of a large plan is on the page, which is all that the filter finds; nothing where all of it is."""
    told = shape.get("changes", ())
    shown = len(view.shorter(told).changes)
    return "" if shown == len(told) else f"{shown:,} of {len(told):,} changes are on this page; plan.json has all."


def _verdict(shape: Plan) -> h.Node:
    """What stands in the way, or what to do, where the sentence above it does not say it."""
    if view.refused(shape):
        return h.p["Nothing is applied."]
    clear, told = view.verdict(shape)
    return h.p[plain(told)] if told and not clear else None


def _counts(summary: Mapping[str, int]) -> h.Element:
    shown = [name for name in words.ACTIONS if summary.get(name)]
    heads = [*(h.th(scope="col")[badge(name), f" {name}"] for name in shown), h.th(scope="col")["unchanged"]]
    cells = [h.td[f"{summary[name]:,}"] for name in shown] + [h.td[f"{summary.get('unchanged', 0):,}"]]
    table = h.table(".counts")[h.caption["Resources by action"], h.thead[h.tr[heads]], h.tbody[h.tr[cells]]]
    return h.div(".scroll", tabindex="0")[table]


def _footer(shape: Plan) -> h.Element:
    told: list[tuple[str, str | None]] = [("Digest", shape["digest"]), ("Planned", view.planned(shape))]
    told += [("Ledger", shape.get("ledger"))]
    told += [(words.SYSTEMS.get(name, name), identity) for name, identity in shape.get("systems", {}).items()]
    told += [("Manifests", view.provenance(shape)), ("Version", shape.get("tool_version"))]
    rows = [h.div[h.dt[plain(name)], h.dd[code(value)]] for name, value in told if value]
    if linked := list(htmlconcepts.sources(shape)):
        rows.append(h.div[h.dt["On the web"], h.dd[[[", " if at else "", one] for at, one in enumerate(linked)]]])
    return h.footer[h.dl[rows]]


# -- sections ------------------------------------------------------------------------------------------------


def _changes(shape: Plan) -> h.Node:
    todo = [change for change in view.executable(shape) if change["action"] not in words.REMOVALS]
    return _section("Changes", todo, unfolded=len(todo) <= UNFOLDED)


def _verdicts(shape: Plan, kind: str) -> h.Node:
    return _section(view.TITLES[kind], view.of(shape, kind), view.ADVICE[kind])


def _section(title: str, changes: Sequence[Change], advice: str = "", *, unfolded: bool = False) -> h.Node:
    if not changes:
        return None
    shorter = view.shorter(changes)

    def parts() -> Iterator[h.Node]:
        yield counted(title, len(changes))
        if advice:
            yield h.p(".advice")[plain(advice)]
        for type_name, group in view.by_type(shorter.changes):
            if type_name:
                total = sum(Address.of(change["address"]).type == type_name for change in changes)
                yield h.h3(".group")[code(type_name), " ", h.span(".number")[f"{total:,}"]]
            for change in group:
                yield _change(change, unfolded)
        yield from (h.p(".more")[plain(line)] for line in shorter.lines)

    return h.section[on_lines(parts())]


def _change(change: Change, unfolded: bool, heading: str = "") -> h.Element:
    address = words.visible(change["address"])
    told = (heading or view.heading(change)).removeprefix(address).strip()
    mark = [" ", h.span(".badge.yellow")["disruptive"]] if change.get("disruptive") else None
    parts = [
        h.summary[badge(change["action"]), " ", h.h3[code(address), f" {plain(told)}"], mark],
        h.p(".sentence")[concepts.sentence(change)],
        h.p(".why")[_why(change)],
        h.p[plain(change["message"])] if change.get("message") else None,
        *(h.p(".warning")[h.strong["Warning:"], f" {plain(one)}"] for one in view.warnings(change)),
        *_fields(change),
    ]
    kind = ["change", words.action(change["action"]).colour]
    return h.details(htmlconcepts.marks(change), class_=kind, open=unfolded)[on_lines(parts)]


def _why(change: Change) -> Iterator[h.Node]:
    """Sentences with a blank between them."""
    told: list[h.Node] = []
    if why := view.reason(change):
        told.append(f"Because {plain(why)}.")
    if places := view.origins(change):
        told.append(["From ", listed(places), "."])
    if labels := change.get("approvals"):
        told.append(["Carries the labels: ", listed(labels), "."])
    if awaited := change.get("requires_approval"):
        told.append(["Needs an approval: apply with ", code(view.approving(awaited)), "."])
    for at, sentence in enumerate(told):
        yield [" ", sentence] if at else sentence


def _fields(change: Change) -> Iterator[h.Node]:
    shown = list(view.fields(change))
    if not shown:
        return
    sides = view.is_about_people(change)
    if sides:
        yield h.p(".legend")[h.del_["− in Git"], " ", h.ins["+ in the portal"]]
    yield h.dl(".fields")[on_lines(_field(one, sides) for one in shown)]


def _field(one: Shown, sides: bool) -> h.Element:
    note = [" ", h.span(".note")[plain(one.reason)]] if one.reason else None
    return h.div(class_=KINDS[one.sign])[h.dt[_sign(one.sign), code(one.path), note], _value(one, sides)]


def _value(shown: Shown, sides: bool) -> h.Node:
    """Before and after, or where two sides are compared both, in the order of their colours."""
    if shown.lines:
        lines = (h.span(class_=KINDS[sign])[_sign(sign), f"{text}\n"] for sign, text in shown.lines)
        return h.dd[h.pre(tabindex="0")[lines]]
    before = h.del_[shown.before] if shown.before else None
    after = h.ins[shown.after] if shown.after else None
    if sides:
        return h.dd[before or "nothing", " in Git, ", after or "nothing", " in the portal"] if before or after else None
    arrow = [" ", h.span(".arrow", aria_label="becomes")["→"], " "] if before and after else None
    return h.dd[before, arrow, after] if before or after else None


def _sign(sign: str) -> h.Element:
    return h.span(".sign")[sign]


def _orphans(shape: Plan) -> h.Node:
    found = view.orphans(shape)
    if not found:
        return None
    more = h.p(".more")[f"… and {len(found) - view.COLLAPSE:,} more"] if len(found) > view.COLLAPSE else None
    return h.section[
        counted(view.TITLES["orphan"], len(found)),
        h.p(".advice")[plain(view.ADVICE["orphan"])],
        h.ul[on_lines(h.li[plain(view.orphan(change))] for change in found[: view.COLLAPSE])],
        more,
    ]


def _held(shape: Plan) -> Iterator[h.Node]:
    for at, (document, found) in enumerate(view.held(shape).items()):
        told = f"{view.HELD_TITLE}: {words.document(document)}"
        yield findings(told, found, "refusals", "" if at else view.HELD_ADVICE)


def _refusals(shape: Plan) -> h.Node:
    return findings("Refused", view.refusals(shape), "refusals")
