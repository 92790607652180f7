"""The report of an apply as one self-contained page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import htpy as h

from reconciler.report import concepts, htmlconcepts, outcomes, view, words
from reconciler.report.htmlparts import badge, code, counted, findings, listed, on_lines, page, plain
from reconciler.resources.keys import Address

if TYPE_CHECKING:
    from reconciler.saved.plan import Plan
    from reconciler.saved.result import Outcome, Result


def result(shape: Result, plan_shape: Plan | None = None) -> str:
    """What is not done and what to do about it, then what is done."""
    title = f"Apply to {words.visible(shape['environment'])}"
    body = [
        _header(shape, plan_shape, title),
        findings("Problems", shape.get("diagnostics", ()), "refusals"),
        _not_done(shape, outcomes.origins(plan_shape)),
        *(htmlconcepts.by_concept(plan_shape, concepts.of_done(shape, plan_shape), title="Done") if plan_shape else ()),
        *_done(shape),
        _footer(shape, plan_shape),
    ]
    return page(title, body)


def _header(shape: Result, plan_shape: Plan | None, title: str) -> h.Element:
    headline = outcomes.headline(shape, plan_shape)
    kind = "ready" if outcomes.whole(shape, plan_shape) else "warning"
    told = [h.h1[plain(title)], h.p(class_=["verdict", kind])[h.strong[plain(headline)]]]
    advised = [h.p(".advice")[plain(line)] for line in outcomes.advice(shape, plan_shape)]
    return h.header[on_lines([*told, *advised])]


def _not_done(shape: Result, origins: Mapping[str, Sequence[str]]) -> h.Node:
    found = outcomes.open_ones(shape)
    if not found:
        return None
    total = sum(outcome["status"] != "done" for outcome in shape["outcomes"])
    more = (h.p(".more")[plain(line)] for line in outcomes.not_started_line(shape))
    told = h.ul[on_lines(_outcome(outcome, origins.get(outcome["address"], ())) for outcome in found)]
    return h.section[on_lines([counted("Not done", total), told, *more])]


def _outcome(outcome: Outcome, places: Sequence[str]) -> h.Element:
    known = outcomes.STATUSES.get(outcome["status"])
    word = known.word if known else outcome["status"]
    told: list[h.Node] = [h.strong[plain(word)], " ", code(outcome["address"]), f" ({plain(outcome['action'])})"]
    if outcome.get("message"):
        told += [h.br, plain(outcome["message"])]
    if outcome.get("request_id"):
        told += [" (request id ", code(outcome["request_id"]), ")"]
    if places:
        told += [h.br, "from ", *listed(places)]
    return h.li[told]


def _done(shape: Result) -> Iterator[h.Node]:
    """What is done, by type, in the order of the plan; of many of a type only the first ones."""
    done = [outcome for outcome in shape["outcomes"] if outcome["status"] == "done"]
    if not done:
        return
    yield counted("Done, by type", len(done))
    ordered = sorted(done, key=lambda outcome: Address.of(outcome["address"]).type)
    for type_name, group in groupby(ordered, key=lambda outcome: Address.of(outcome["address"]).type):
        members = list(group)
        left = len(members) - view.COLLAPSE
        yield h.details(".change")[
            on_lines(
                [
                    h.summary[h.h3[code(type_name)], " ", h.span(".number")[f"{len(members):,}"]],
                    h.ul[on_lines(map(_line, members[: view.COLLAPSE]))],
                    h.p(".more")[f"… and {left:,} more"] if left > 0 else None,
                ]
            )
        ]


def _line(outcome: Outcome) -> h.Element:
    return h.li[badge(outcome["action"]), " ", code(outcome["address"]), f" {words.action(outcome['action']).did}"]


def _footer(shape: Result, plan_shape: Plan | None) -> h.Element:
    told = [("Digest", shape["digest"]), ("Correlation id", shape.get("correlation_id"))]
    told += [("Manifests", view.provenance(plan_shape))]
    told += [("Version", plan_shape.get("tool_version"))] if plan_shape else []
    return h.footer[h.dl[(h.div[h.dt[plain(name)], h.dd[code(value)]] for name, value in told if value)]]
