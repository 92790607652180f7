"""The report as one self-contained page: nothing is loaded, scripts are optional.

Elements are made by htpy, which escapes every text and attribute that it is given: a value cannot become markup.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import htpy as h

from reconciler.report import view, words
from reconciler.report.htmlstyle import SCRIPT, STYLE
from reconciler.report.values import Shown
from reconciler.resources.keys import Address

if TYPE_CHECKING:
    from reconciler.saved.parts import Diagnostic
    from reconciler.saved.plan import Change, Plan

KINDS = {"+": "added", "-": "removed", " ": "same", "~": "changed"}
UNFOLDED = 20
"""With so few changes all of them are open."""


def plan(shape: Plan) -> str:
    """A plan as an HTML page."""
    title = f"Plan for {words.visible(shape['environment'])}"
    body = [
        _header(shape, title, view.headline(shape), _verdict(shape)),
        *_held(shape),
        _refusals(shape),
        _section("Conflicts", view.of(shape, "conflict"), view.ADVICE["conflict"], unfolded=True),
        _section("Removals", view.of(shape, *words.REMOVALS), unfolded=True),
        _changes(shape),
        *(_verdicts(shape, kind) for kind in ("blocked", "pending", "drift")),
        _orphans(shape),
        _findings("Remarks", view.remarks(shape)),
        _footer(shape),
    ]
    return _page(title, body)


def drift(shape: Plan) -> str:
    """What people changed in the systems since the last apply, out of a plan, as an HTML page."""
    title = f"Drift in {words.visible(shape['environment'])}"
    found = view.drifted(shape)
    headline = view.drift_headline(found, len(view.held(shape)))
    unchanged = shape.get("summary", {}).get("unchanged", 0)
    seen: Plan = {
        **shape,
        "changes": [change for change, _ in found],
        "summary": {"drift": len(found), "unchanged": unchanged},
    }
    return _page(title, [_header(seen, title, headline), *_held(shape), _drifted(found), _footer(shape)])


def _drifted(found: Sequence[tuple[Change, str]]) -> h.Node:
    if not found:
        return None
    return h.section[
        _title("Drift", len(found)),
        _lines(
            _change(change, len(found) <= UNFOLDED, f"{view.drift_heading(change)}: {outlook}")
            for change, outlook in found
        ),
    ]


def _page(title: str, body: Iterable[h.Node]) -> str:
    policy = (
        f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; base-uri 'none'; form-action 'none'"
    )
    head = [
        h.meta(charset="utf-8"),
        h.meta(http_equiv="Content-Security-Policy", content=policy),
        h.meta(name="viewport", content="width=device-width, initial-scale=1"),
        h.meta(name="color-scheme", content="light dark"),
        h.meta(name="referrer", content="no-referrer"),
        h.title[_text(title)],
    ]
    start = ["<!doctype html>", '<html lang="en">', "<head>", *map(_harmless, head)]
    rest = ["<body>", _harmless(h.main[_lines(body)]), f"<script>{SCRIPT}</script>", "</body>", "</html>"]
    return "\n".join([*start, f"<style>{STYLE}</style>", "</head>", *rest]) + "\n"


def _harmless(part: h.BaseElement) -> str:
    """The part as it may stand in a log: with nothing that the runners of CI take for a command."""
    return str(part).replace("::", ":&#58;").replace("##", "#&#35;")


def _hash(inline: str) -> str:
    """What the page's policy allows to run: exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


def _text(value: object) -> str:
    """A value on one line, with what cannot be seen made visible."""
    return words.visible(value)


def _code(value: object) -> h.Element:
    return h.code[_text(value)]


def _lines(parts: Iterable[h.Node]) -> Iterator[h.Node]:
    """Each part on a line of its own."""
    yield "\n"
    for part in parts:
        if part is not None:
            yield part
            yield "\n"


def _title(text: str, number: int) -> h.Element:
    return h.h2[f"{text} ", h.span(".number")[f"{number:,}"]]


# -- head and foot -------------------------------------------------------------------------------------------


def _header(shape: Plan, title: str, headline: str, verdict: h.Node = None) -> h.Element:
    search = None
    if view.executable(shape) or view.of(shape, *view.SECTIONS):
        search = h.p(".filter", hidden=True)[
            h.label(for_="filter")["Show only what contains"],
            h.input("#filter", type="search", autocomplete="off", spellcheck="false"),
            h.output("#found", for_="filter"),
        ]
    told = [h.h1[_text(title)], h.p(".headline")[_text(headline)], verdict, _counts(shape.get("summary", {})), search]
    return h.header[_lines(told)]


def _verdict(shape: Plan) -> h.Node:
    if obstacles := view.obstacles(shape):
        return h.p(".verdict.refused")[h.strong["Refused."], f" {_text(obstacles)} Nothing is applied."]
    clear, told = view.verdict(shape)
    return h.p(class_=["verdict", "ready" if clear else "warning"])[h.strong[_text(told)]] if told else None


def _counts(summary: Mapping[str, int]) -> h.Element:
    shown = [name for name in words.ACTIONS if summary.get(name)]
    heads = [*(h.th(scope="col")[_badge(name), f" {name}"] for name in shown), h.th(scope="col")["unchanged"]]
    cells = [h.td[f"{summary[name]:,}"] for name in shown] + [h.td[f"{summary.get('unchanged', 0):,}"]]
    table = h.table(".counts")[h.caption["Resources by action"], h.thead[h.tr[heads]], h.tbody[h.tr[cells]]]
    return h.div(".scroll", tabindex="0")[table]


def _badge(action: str) -> h.Element:
    known = words.action(action)
    return h.span(class_=["badge", known.colour], aria_hidden="true")[_text(known.symbol)]


def _footer(shape: Plan) -> h.Element:
    told = [("Digest", shape["digest"]), ("Planned", shape.get("created_at")), ("Ledger", shape.get("ledger"))]
    told += [(words.SYSTEMS.get(name, name), identity) for name, identity in shape.get("systems", {}).items()]
    told += [("Version", shape.get("tool_version"))]
    return h.footer[h.dl[(h.div[h.dt[_text(name)], h.dd[_code(value)]] for name, value in told if value)]]


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
        yield _title(title, len(changes))
        if advice:
            yield h.p(".advice")[_text(advice)]
        for type_name, group in view.by_type(shorter.changes):
            if type_name:
                total = sum(Address.of(change["address"]).type == type_name for change in changes)
                yield h.h3(".group")[_code(type_name), " ", h.span(".number")[f"{total:,}"]]
            for change in group:
                yield _change(change, unfolded)
        yield from (h.p(".more")[_text(line)] for line in shorter.lines)

    return h.section[_lines(parts())]


def _change(change: Change, unfolded: bool, heading: str = "") -> h.Element:
    address = words.visible(change["address"])
    told = (heading or view.heading(change)).removeprefix(address).strip()
    mark = [" ", h.span(".badge.yellow")["disruptive"]] if change.get("disruptive") else None
    parts = [
        h.summary[_badge(change["action"]), " ", h.h3[_code(address), f" {_text(told)}"], mark],
        h.p(".why")[_why(change)],
        h.p[_text(change["message"])] if change.get("message") else None,
        *(h.p(".warning")[h.strong["Warning:"], f" {_text(one)}"] for one in view.warnings(change)),
        *_fields(change),
    ]
    return h.details(class_=["change", words.action(change["action"]).colour], open=unfolded)[_lines(parts)]


def _why(change: Change) -> Iterator[h.Node]:
    """Sentences with a blank between them."""
    told: list[h.Node] = []
    if why := view.reason(change):
        told.append(f"Because {_text(why)}.")
    if places := view.origins(change):
        told.append(["From ", _listed(places), "."])
    if labels := change.get("approvals"):
        told.append(["Carries the labels: ", _listed(labels), "."])
    if awaited := change.get("requires_approval"):
        told.append(["Needs an approval: apply with ", _code(view.approving(awaited)), "."])
    for at, sentence in enumerate(told):
        yield [" ", sentence] if at else sentence


def _listed(values: Iterable[object]) -> Iterator[h.Node]:
    for at, value in enumerate(values):
        yield [", ", _code(value)] if at else _code(value)


def _fields(change: Change) -> Iterator[h.Node]:
    shown = list(view.fields(change))
    if not shown:
        return
    if view.is_about_people(change):
        yield h.p(".legend")[h.del_["− manifest"], " ", h.ins["+ system"]]
    yield h.dl(".fields")[_lines(map(_field, shown))]


def _field(one: Shown) -> h.Element:
    note = [" ", h.span(".note")[_text(one.reason)]] if one.reason else None
    return h.div(class_=KINDS[one.sign])[h.dt[_sign(one.sign), _code(one.path), note], _value(one)]


def _value(shown: Shown) -> h.Node:
    if shown.lines:
        lines = (h.span(class_=KINDS[sign])[_sign(sign), f"{text}\n"] for sign, text in shown.lines)
        return h.dd[h.pre(tabindex="0")[lines]]
    before = h.del_[shown.before] if shown.before else None
    after = h.ins[shown.after] if shown.after else None
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
        _title(view.TITLES["orphan"], len(found)),
        h.p(".advice")[_text(view.ADVICE["orphan"])],
        h.ul[_lines(h.li[_text(view.orphan(change))] for change in found[: view.COLLAPSE])],
        more,
    ]


def _held(shape: Plan) -> Iterator[h.Node]:
    for document, findings in view.held(shape).items():
        told = f"{view.HELD_TITLE}: {words.document(document)}"
        yield _findings(told, findings, "refusals", view.HELD_ADVICE)


def _refusals(shape: Plan) -> h.Node:
    return _findings("Refused", view.refusals(shape), "refusals")


def _findings(title: str, found: Sequence[Diagnostic], kind: str = "remarks", advice: str = "") -> h.Node:
    if not found:
        return None
    advised = h.p(".advice")[_text(advice)] if advice else None
    return h.section(class_=kind)[_title(_text(title), len(found)), advised, h.ul[_lines(map(_finding, found))]]


def _finding(finding: Diagnostic) -> h.Element:
    told: list[h.Node] = [h.strong[_text(finding["summary"])], " ", _code(finding["code"])]
    if place := view.place(finding):
        told += [" at ", _code(place)]
    if finding.get("detail"):
        told += [h.br, _text(finding["detail"])]
    return h.li[told]
