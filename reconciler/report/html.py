"""The report as one self-contained page: nothing is loaded, every value is escaped, scripts are optional."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from reconciler.report import view, words
from reconciler.report.htmlstyle import SCRIPT, STYLE
from reconciler.report.values import Shown
from reconciler.report.view import Shape

KINDS = {"+": "added", "-": "removed", " ": "same", "~": "changed"}
UNFOLDED = 20
"""With so few changes all of them are open."""


def plan(shape: Shape) -> str:
    """A plan as an HTML page."""
    title = f"Plan for {words.visible(shape['environment'])}"
    body = [
        *_header(shape, title, view.headline(shape), _verdict(shape)),
        *_held(shape),
        *_refusals(shape),
        *_section("Conflicts", view.of(shape, "conflict"), view.ADVICE["conflict"], unfolded=True),
        *_section("Removals", view.of(shape, *words.REMOVALS), unfolded=True),
        *_changes(shape),
        *(part for kind in ("blocked", "pending", "drift") for part in _verdicts(shape, kind)),
        *_orphans(shape),
        *_findings("Remarks", view.remarks(shape)),
        _footer(shape),
    ]
    return _page(title, body)


def drift(shape: Shape) -> str:
    """What people changed in the systems since the last apply, out of a plan, as an HTML page."""
    title = f"Drift in {words.visible(shape['environment'])}"
    found = view.drifted(shape)
    headline = view.drift_headline(found, len(view.held(shape)))
    unchanged = shape.get("summary", {}).get("unchanged", 0)
    seen = {
        **shape,
        "changes": [change for change, _ in found],
        "summary": {"drift": len(found), "unchanged": unchanged},
    }
    body = [*_header(seen, title, headline), *_held(shape), *_drifted(found), _footer(shape)]
    return _page(title, body)


def _drifted(found: Sequence[tuple[Shape, str]]) -> Iterator[str]:
    if not found:
        return
    yield f'<section><h2>Drift <span class="number">{len(found):,}</span></h2>'
    for change, outlook in found:
        yield from _change(change, len(found) <= UNFOLDED, f"{view.drift_heading(change)}: {outlook}")
    yield "</section>"


def _page(title: str, body: Iterable[str]) -> str:
    policy = (
        f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; base-uri 'none'; form-action 'none'"
    )
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{_text(title)}</title>",
        f"<style>{STYLE}</style>",
    ]
    lines = ["<!doctype html>", '<html lang="en">', "<head>", *head, "</head>", "<body>", "<main>"]
    return "\n".join([*lines, *body, "</main>", f"<script>{SCRIPT}</script>", "</body>", "</html>"]) + "\n"


def _hash(inline: str) -> str:
    """What the page's policy allows to run: exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


def _text(value: object) -> str:
    return _escaped(words.visible(value))


def _escaped(text: str) -> str:
    return escape(text).replace("::", ":&#58;").replace("##", "#&#35;")


def _code(value: object) -> str:
    return f"<code>{_text(value)}</code>"


# -- head and foot -------------------------------------------------------------------------------------------


def _header(shape: Shape, title: str, headline: str, verdict: Iterable[str] = ()) -> Iterator[str]:
    yield f"<header><h1>{_text(title)}</h1>"
    yield f'<p class="headline">{_text(headline)}</p>'
    yield from verdict
    yield from _counts(shape.get("summary", {}))
    if view.executable(shape) or view.of(shape, *view.SECTIONS):
        yield '<p class="filter" hidden><label for="filter">Show only what contains</label>'
        yield '<input id="filter" type="search" autocomplete="off" spellcheck="false">'
        yield '<output for="filter" id="found"></output></p>'
    yield "</header>"


def _verdict(shape: Shape) -> Iterator[str]:
    if obstacles := view.obstacles(shape):
        yield f'<p class="verdict refused"><strong>Refused.</strong> {_text(obstacles)} Nothing is applied.</p>'
    else:
        clear, told = view.verdict(shape)
        if told:
            yield f'<p class="verdict {"ready" if clear else "warning"}"><strong>{_text(told)}</strong></p>'


def _counts(summary: Shape) -> Iterator[str]:
    shown = [name for name in words.ACTIONS if summary.get(name)]
    yield '<div class="scroll" tabindex="0"><table class="counts"><caption>Resources by action</caption><thead><tr>'
    yield "".join(f'<th scope="col">{_badge(name)} {name}</th>' for name in shown) + '<th scope="col">unchanged</th>'
    yield "</tr></thead><tbody><tr>"
    yield "".join(f"<td>{summary[name]:,}</td>" for name in shown) + f"<td>{summary.get('unchanged', 0):,}</td>"
    yield "</tr></tbody></table></div>"


def _badge(action: str) -> str:
    known = words.action(action)
    return f'<span class="badge {known.colour}" aria-hidden="true">{_text(known.symbol)}</span>'


def _footer(shape: Shape) -> str:
    told = [("Digest", shape["digest"]), ("Planned", shape.get("created_at")), ("Ledger", shape.get("ledger"))]
    told += [(words.SYSTEMS.get(name, name), identity) for name, identity in shape.get("systems", {}).items()]
    told += [("Version", shape.get("tool_version"))]
    rows = "".join(f"<div><dt>{_text(name)}</dt><dd>{_code(value)}</dd></div>" for name, value in told if value)
    return f"<footer><dl>{rows}</dl></footer>"


# -- sections ------------------------------------------------------------------------------------------------


def _changes(shape: Shape) -> Iterator[str]:
    todo = [change for change in view.executable(shape) if change["action"] not in words.REMOVALS]
    return _section("Changes", todo, unfolded=len(todo) <= UNFOLDED)


def _verdicts(shape: Shape, kind: str) -> Iterator[str]:
    return _section(view.TITLES[kind], view.of(shape, kind), view.ADVICE[kind])


def _section(title: str, changes: Sequence[Shape], advice: str = "", *, unfolded: bool = False) -> Iterator[str]:
    if not changes:
        return
    yield f'<section><h2>{_text(title)} <span class="number">{len(changes):,}</span></h2>'
    if advice:
        yield f'<p class="advice">{_text(advice)}</p>'
    shorter = view.shorter(changes)
    for type_name, group in view.by_type(shorter.changes):
        if type_name:
            total = sum(change["address"].partition(":")[0] == type_name for change in changes)
            yield f'<h3 class="group">{_code(type_name)} <span class="number">{total:,}</span></h3>'
        for change in group:
            yield from _change(change, unfolded)
    yield from (f'<p class="more">{_text(line)}</p>' for line in shorter.lines)
    yield "</section>"


def _change(change: Shape, unfolded: bool, heading: str = "") -> Iterator[str]:
    known = words.action(change["action"])
    address = words.visible(change["address"])
    mark = ' <span class="badge yellow">disruptive</span>' if change.get("disruptive") else ""
    yield f'<details class="change {known.colour}"{" open" if unfolded else ""}><summary>{_badge(change["action"])} '
    told = (heading or view.heading(change)).removeprefix(address).strip()
    yield f"<h3>{_code(address)} {_text(told)}</h3>{mark}</summary>"
    yield f'<p class="why">{_why(change)}</p>'
    if change.get("message"):
        yield f"<p>{_text(change['message'])}</p>"
    yield from (f'<p class="warning"><strong>Warning:</strong> {_text(one)}</p>' for one in view.warnings(change))
    yield from _fields(change)
    yield "</details>"


def _why(change: Shape) -> str:
    told = []
    if why := view.reason(change):
        told.append(f"Because {_text(why)}.")
    if places := view.origins(change):
        told.append(f"From {', '.join(map(_code, places))}.")
    if labels := change.get("approvals"):
        told.append(f"Carries the labels: {', '.join(map(_code, labels))}.")
    if labels := change.get("requires_approval"):
        told.append(f"Needs an approval: apply with {_code(view.approving(labels))}.")
    return " ".join(told)


def _fields(change: Shape) -> Iterator[str]:
    shown = list(view.fields(change))
    if not shown:
        return
    if view.is_about_people(change):
        yield '<p class="legend"><del>− manifest</del> <ins>+ system</ins></p>'
    yield '<dl class="fields">'
    for one in shown:
        note = f' <span class="note">{_text(one.reason)}</span>' if one.reason else ""
        yield f'<div class="{KINDS[one.sign]}"><dt>{_sign(one.sign)}{_code(one.path)}{note}</dt>{_value(one)}</div>'
    yield "</dl>"


def _value(shown: Shown) -> str:
    if shown.lines:
        lines = "".join(
            f'<span class="{KINDS[sign]}">{_sign(sign)}{_escaped(text)}\n</span>' for sign, text in shown.lines
        )
        return f'<dd><pre tabindex="0">{lines}</pre></dd>'
    before = f"<del>{_escaped(shown.before)}</del>" if shown.before else ""
    after = f"<ins>{_escaped(shown.after)}</ins>" if shown.after else ""
    arrow = ' <span class="arrow" aria-label="becomes">→</span> ' if before and after else ""
    return f"<dd>{before}{arrow}{after}</dd>" if before or after else ""


def _sign(sign: str) -> str:
    return f'<span class="sign">{sign}</span>'


def _orphans(shape: Shape) -> Iterator[str]:
    found = view.orphans(shape)
    if not found:
        return
    yield f'<section><h2>{view.TITLES["orphan"]} <span class="number">{len(found):,}</span></h2>'
    yield f'<p class="advice">{_text(view.ADVICE["orphan"])}</p><ul>'
    yield from (f"<li>{_text(view.orphan(change))}</li>" for change in found[: view.COLLAPSE])
    yield "</ul>"
    if len(found) > view.COLLAPSE:
        yield f'<p class="more">… and {len(found) - view.COLLAPSE:,} more</p>'
    yield "</section>"


def _held(shape: Shape) -> Iterator[str]:
    for document, findings in view.held(shape).items():
        told = f"{view.HELD_TITLE}: {words.document(document)}"
        yield from _findings(told, findings, "refusals", view.HELD_ADVICE)


def _refusals(shape: Shape) -> Iterator[str]:
    return _findings("Refused", view.refusals(shape), "refusals")


def _findings(title: str, found: Sequence[Shape], kind: str = "remarks", advice: str = "") -> Iterator[str]:
    if not found:
        return
    advised = f'<p class="advice">{_text(advice)}</p>' if advice else ""
    yield f'<section class="{kind}"><h2>{_text(title)} <span class="number">{len(found):,}</span></h2>{advised}<ul>'
    for finding in found:
        told = [f"<strong>{_text(finding['summary'])}</strong> {_code(finding['code'])}"]
        if place := view.place(finding):
            told.append(f"at {_code(place)}")
        if finding.get("detail"):
            told.append(f"<br>{_text(finding['detail'])}")
        yield f"<li>{' '.join(told)}</li>"
    yield "</ul></section>"
