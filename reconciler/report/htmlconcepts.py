"""The upper part of the HTML report: what to filter by, the plan by concept, and its lineage before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import htpy as h

from reconciler.plan.telling import document_of, teller_of
from reconciler.report import concepts, lineage, links, svg, view, words
from reconciler.report.htmlparts import badge, on_lines, plain

if TYPE_CHECKING:
    from reconciler.saved.plan import Change, Plan

LISTED = 100
"""So many sentences of one concept are on the page; the rest is counted."""
_FILTERS = {"concept": "Concept", "system": "System", "action": "Action", "manifest": "Manifest"}
BEFORE, AFTER = "Before", "After"


def marks(change: Change) -> dict[str, str]:
    """The attributes by which a change is found."""
    return {f"data-{name}": value for name, value in _values(change).items()}


def _values(change: Change) -> dict[str, str]:
    noun = teller_of(change).noun
    return {
        "concept": f"{noun} {concepts.concept(change)}".strip(),
        "system": words.SYSTEMS.get(change["system"], words.visible(change["system"])),
        "action": words.action(words.visible(change["action"])).verb,
        "manifest": words.document(document_of(change)) or "none",
    }


def filters(shape: Plan, left_out: str = "") -> h.Node:
    """What to choose by, shown only where the script runs; it finds nothing of what is left out, and says so."""
    changes = shape.get("changes", ())
    if not changes:
        return None
    known: Mapping[str, dict[str, None]] = {name: {} for name in _FILTERS}
    for change in changes:
        for name, value in _values(change).items():
            known[name][value] = None
    chosen = [_choice(name, sorted(values, key=str.casefold)) for name, values in known.items()]
    return h.div("#filters.filter", hidden=True, role="search", aria_label="What to show")[
        on_lines(
            [
                *chosen,
                h.span(".pair")[
                    h.label(for_="filter")["Containing"],
                    h.input("#filter", type="search", autocomplete="off", spellcheck="false"),
                ],
                h.button("#all", type="button", aria_pressed="false")["Expand all"],
                h.output("#found", for_="filter"),
                h.span(".note")[left_out] if left_out else None,
            ]
        )
    ]


def _choice(name: str, values: Iterable[str]) -> h.Node:
    options = [h.option(value="")["all"], *(h.option(value=value)[value] for value in values)]
    return h.span(".pair")[h.label(for_=f"by-{name}")[_FILTERS[name]], h.select(f"#by-{name}", data_by=name)[options]]


def by_concept(
    shape: Plan, found: Sequence[concepts.Group], advice: str = "", *, title: str = "By concept"
) -> Iterator[h.Node]:
    """The plan in sentences, a part for each thing that it is about; technical types are folded."""
    if not found:
        return
    most = concepts.each(len(found))
    parts = [_group(shape, group, 0 if group.technical else most) for group in found]
    advised = h.p(".advice")[plain(advice)] if advice else None
    yield h.section(".concepts")[on_lines([h.h2[title], advised, *parts])]


def _group(shape: Plan, group: concepts.Group, most: int) -> h.Element:
    """What matters first of a thing, and the rest folded; of technical types all of it is."""
    told = group.first(LISTED)
    first = told if 0 < len(told) <= most + 1 and most else told[:most]
    title, _, rest = group.heading.rpartition(": ")
    left = group.more(told)
    parts = [
        h.summary[h.h3[h.strong[plain(title)], f": {plain(rest)}"]],
        h.p(".advice")[plain(group.advice)] if group.advice else None,
        _rows(shape, first) if first else None,
        _folded(shape, told[len(first) :], len(group.changes) - len(told), folded=bool(first)),
        h.p(".more")[f"… {left}"] if left and not first else None,
    ]
    return h.details(".concept", open=bool(most))[on_lines(parts)]


def _folded(shape: Plan, changes: Sequence[Change], left: int, *, folded: bool) -> h.Node:
    """The rest of a group, counted once: also what is not even listed."""
    if not changes or not folded:
        return _rows(shape, changes) if changes else None
    told = f"and {words.number(len(changes) + left, 'more change')}"
    told += f", the first {len(changes):,} of them here" if left else ""
    return h.details(".rest")[h.summary[told], _rows(shape, changes)]


def _rows(shape: Plan, changes: Sequence[Change]) -> h.Element:
    return h.ul[on_lines(_row(shape, change) for change in changes)]


def _row(shape: Plan, change: Change) -> h.Element:
    told: list[h.Node] = [badge(change["action"]), " ", concepts.sentence(change)]
    if used := concepts.used_by(change):
        told.append(h.span(".note")[f" ({used})"])
    if beware := concepts.effects(change):
        told += [" ", h.strong(".beware")[beware]]
    if address := links.asset(shape, change):
        told += [" ", h.a(href=address, rel="noreferrer")["in the portal"]]
    return h.li(".told", marks(change))[told]


def pictures(shape: Plan) -> h.Node:
    """The lineage that changes, as it is before and after."""
    graph = lineage.of_plan(shape)
    if graph is None:
        return None
    drawn = ((BEFORE, "new"), (AFTER, "removed"))
    found = [(title, svg.picture(graph, state, f"Lineage: {title.lower()}")) for title, state in drawn]
    if all(picture is None for _, picture in found):
        many = words.number(len(graph.nodes), "part")
        return h.section[
            h.h2["Lineage"], h.p(".more")[f"Of {many}, which is too much for a picture: see the graph verb."]
        ]
    told = [h.figure[h.figcaption[title], _drawn(picture)] for title, picture in found]
    return h.section[h.h2["Lineage"], on_lines(told)]


def _drawn(picture: h.Element | None) -> h.Node:
    if picture is None:
        return h.p(".more")["Nothing of it is there."]
    return h.div(".scroll", tabindex="0")[picture]


def sources(shape: Plan) -> Iterator[h.Node]:
    """Links to the commit and the pull request, where their addresses are known."""
    if address := links.commit(shape):
        yield h.a(href=address, rel="noreferrer")["commit"]
    if address := links.pull_request(shape):
        yield h.a(href=address, rel="noreferrer")["pull request"]


def verdict(shape: Plan) -> h.Element:
    """The plan in one sentence."""
    clear = not view.refused(shape) and view.verdict(shape)[0]
    kind = "ready" if clear else "refused" if view.refused(shape) else "warning"
    return h.p(class_=["verdict", kind])[h.strong[plain(concepts.verdict(shape))]]
