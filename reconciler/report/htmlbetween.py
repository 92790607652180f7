"""What disagrees between the two systems, as one self-contained page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import htpy as h

from reconciler.report import between, words
from reconciler.report.htmlparts import code, counted, on_lines, page, plain

if TYPE_CHECKING:
    from reconciler.saved.between import Ambiguous, Between, Disagreement, Side

UNFOLDED = 20
"""So many disagreements of a sort are open at once; more of them are folded."""


def render(shape: Between) -> str:
    """The verdict, each sort of disagreement with both sides, and what nobody can tell."""
    title = f"CluedIn and Purview in {words.visible(shape['environment'])}"
    kind = "warning" if shape["disagreements"] else "ready"
    told: list[h.Node] = [h.h1[plain(title)], h.p(class_=["verdict", kind])[h.strong[plain(between.headline(shape))]]]
    told += [h.p(".advice")[plain(line)] for line in (between.paired(shape), *between.left_out(shape))]
    footer = h.footer[h.dl[h.div[h.dt["Version"], h.dd[code(shape["tool_version"])]]]]
    return page(title, [h.header[on_lines(told)], *map(_sort, between.sorts(shape)), _doubts(shape), footer])


def _sort(sort: between.Sort) -> h.Element:
    unfolded = sort.total <= UNFOLDED
    more = h.p(".more")[f"… {plain(sort.more)}"] if sort.more else None
    return h.section[on_lines([counted(sort.title, sort.total), *(_one(one, unfolded) for one in sort.shown), more])]


def _one(one: Disagreement, unfolded: bool) -> h.Element:
    place = between.place(one)
    told = [
        h.dl(".fields")[on_lines([_side("Purview", one, one["purview"]), _side("CluedIn", one, one["cluedin"])])],
        h.p(".why")[plain(between.why(one))],
        h.p[plain(one["advice"]), [" ", code(place)] if place else None],
    ]
    summary = h.summary[h.h3[plain(one["sentence"])]]
    return h.details(".change", open=unfolded)[on_lines([summary, *told])]


def _side(system: str, one: Disagreement, side: Side) -> h.Element:
    return h.div[h.dt[system, " ", code(side["address"])], h.dd[plain(between.said(one, side))]]


def _doubts(shape: Between) -> h.Node:
    found = shape["ambiguous"]
    if not found:
        return None
    more = between.more_of(len(found), between.MOST)
    return h.section[
        on_lines(
            [
                counted(between.DOUBTS, len(found)),
                h.p(".advice")[between.DOUBTS_ADVICE],
                h.ul[on_lines(map(_doubt, found[: between.MOST]))],
                h.p(".more")[f"… {plain(more)}"] if more else None,
            ]
        )
    ]


def _doubt(one: Ambiguous) -> h.Element:
    return h.li[code(one["address"]), f": {plain(one['why'])} ", h.span(".note")[plain(between.candidates(one))]]
