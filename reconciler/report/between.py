"""What disagrees between the two systems, for people and for code scanning: the words that all formats share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconciler.errors import Diagnostic, Source
from reconciler.report import junit, sarif, words
from reconciler.report.colour import painter
from reconciler.report.escaping import code, comment, prose
from reconciler.report.fitting import Item, Page, fit
from reconciler.report.markdown import LIMIT

if TYPE_CHECKING:
    from reconciler.saved.between import Ambiguous, Between, Disagreement, Side

MOST = 100
"""So many disagreements of one sort are shown; JSON has all."""
LONGEST = 300
"""Characters of a value that are shown; JSON has the whole."""
TITLES = {
    "between.name": "Called differently",
    "between.definition": "Defined differently",
    "between.in_use": "In use on one side only",
    "between.term_alone": "Terms without a key",
    "between.key_alone": "Keys without a term",
    "between.label_alone": "Labels without a classification",
    "between.classification_alone": "Classifications without a label",
    "between.other_label": "Labels that mean another classification",
}
"""The sorts, in the order in which they are told."""
LACKS = {
    "between.term_alone": "no key for it",
    "between.key_alone": "no term for it",
    "between.label_alone": "no classification",
    "between.classification_alone": "no data classification",
}
"""What the side that says nothing lacks."""
REASONS = {"manifest": "by a manifest", "ledger": "by the ledger", "stamp": "by an asset", "name": "by name"}
DOUBTS = "Nobody can tell"
DOUBTS_ADVICE = "These have several counterparts, and were compared with none. Say in a manifest which belong together."


@dataclass(frozen=True, slots=True)
class Sort:
    """The disagreements of one sort: the first of them, and how many more there are."""

    title: str
    total: int
    shown: Sequence[Disagreement]

    @property
    def more(self) -> str:
        """How many are not shown; empty for none."""
        return more_of(self.total, len(self.shown))


def more_of(total: int, shown: int) -> str:
    """`and 380 more; --format json has all`; empty where all are shown."""
    return f"and {total - shown:,} more; --format json has all" if total > shown else ""


def sorts(shape: Between) -> Iterator[Sort]:
    """Every sort that there is something of."""
    by_code: dict[str, list[Disagreement]] = {}
    for one in shape["disagreements"]:
        by_code.setdefault(one["code"], []).append(one)
    for name in sorted(by_code, key=[*TITLES, *sorted(by_code)].index):
        yield Sort(TITLES.get(name, name), len(by_code[name]), by_code[name][:MOST])


def headline(shape: Between) -> str:
    """The verdict in a sentence."""
    pairs = words.number(sum(shape["pairs"].values()), "pair")  # type: ignore[arg-type]
    doubts = len(shape["ambiguous"])
    beside = (
        f" {words.number(doubts, 'thing')} {'has' if doubts == 1 else 'have'} several counterparts." if doubts else ""
    )
    found = len(shape["disagreements"])
    if not found:
        return f"CluedIn and Purview agree: {pairs} compared.{beside}"
    return f"{words.number(found, 'disagreement')} between CluedIn and Purview, {pairs} compared.{beside}"


def paired(shape: Between) -> str:
    """`Paired: 3 by a manifest, 5 by name`."""
    counts: dict[str, Any] = dict(shape["pairs"])
    told = ", ".join(f"{counts[name]:,} {how}" for name, how in REASONS.items() if counts.get(name))
    return f"Paired: {told}." if told else "Nothing is paired."


def left_out(shape: Between) -> list[str]:
    """What was not looked at, a line each."""
    return [f"Left out: {one['count']:,} {one['why']}" for one in shape["left_out"]]


def said(one: Disagreement, side: Side) -> str:
    """What a side says, as it is shown; what it lacks where it says nothing."""
    value = side["value"]
    if not value:
        return LACKS.get(one["code"], "nothing")
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"


def place(one: Disagreement) -> str:
    """The manifest that is about it; empty for none."""
    return words.origin(one) if one.get("file") else ""


def why(one: Disagreement) -> str:
    """What pairs the two: `Paired by name: both are called Email.`"""
    return f"Paired {REASONS.get(one['paired_by'], one['paired_by'])}: {one['because']}."


# -- text --------------------------------------------------------------------------------------------------------


def text(shape: Between, *, colour: bool = False) -> str:
    """The report for a terminal."""
    paint = painter(colour)
    lines = [f"Compared in environment {words.visible(shape['environment'])}. {paired(shape)}", ""]
    for sort in sorts(shape):
        lines.append(paint(f"{sort.title} ({sort.total:,})", bold=True))
        for one in sort.shown:
            lines += [f"  {paint('≠', fg='yellow')} {words.visible(one['sentence'])}.", *_sides_as_text(one)]
        lines += [f"  … {sort.more}"] if sort.more else []
        lines.append("")
    lines += _doubts_as_text(shape["ambiguous"], paint(DOUBTS, bold=True))
    lines += map(words.visible, left_out(shape))
    lines.append(paint(headline(shape), fg="yellow" if shape["disagreements"] else "green", bold=True))
    return "\n".join(lines) + "\n"


def _sides_as_text(one: Disagreement) -> Iterator[str]:
    for name, side in (("Purview", one["purview"]), ("CluedIn", one["cluedin"])):
        yield f"      {name}  {words.visible(side['address'])}: {words.visible(said(one, side))}"
    yield f"      {words.visible(why(one))}"
    yield f"      {words.visible(one['advice'])}{f' ({place(one)})' if place(one) else ''}"


def _doubts_as_text(doubts: Sequence[Ambiguous], title: str) -> Iterator[str]:
    if not doubts:
        return
    yield f"{title} ({len(doubts):,})"
    yield f"  {DOUBTS_ADVICE}"
    for one in doubts[:MOST]:
        yield f"  ? {words.visible(one['address'])}: {words.visible(one['why'])}"
        yield f"      {words.visible(candidates(one))}"
    if more := more_of(len(doubts), MOST):
        yield f"  … {more}"
    yield ""


def candidates(one: Ambiguous) -> str:
    """What a thing may belong to; the first of many."""
    shown = one["candidates"][:5]
    more = f" and {len(one['candidates']) - 5:,} more" if len(one["candidates"]) > 5 else ""
    return f"{', '.join(shown)}{more}"


# -- Markdown ----------------------------------------------------------------------------------------------------


def markdown(shape: Between, *, limit: int = LIMIT) -> str:
    """The report for a comment or an issue, in at most so many characters."""
    mark = "⚠️ " if shape["disagreements"] else "✅ "
    head = [
        f"## CluedIn and Purview in {code(shape['environment'])}",
        f"{mark}**{prose(headline(shape))}**",
        prose(" ".join([paired(shape), *(f"{line}." for line in left_out(shape))])),
    ]
    items = [
        Item(sort.title, _as_markdown(one), f"- {prose(one['sentence'])}")
        for sort in sorts(shape)
        for one in sort.shown
    ]
    items = [*_with_the_rest(shape, items), *_doubts_as_markdown(shape["ambiguous"])]
    heads = []
    for truncated in (False, True):
        told = {"environment": shape["environment"], "format": f"between/{shape['format_version']}"}
        heads.append("\n\n".join([comment("reconciler", {**told, "truncated": truncated}), *head]))
    return fit(Page(heads, items), limit)


def _with_the_rest(shape: Between, items: Sequence[Item]) -> Iterator[Item]:
    """The items, each sort with how many more there are at its end."""
    for sort in sorts(shape):
        yield from (item for item in items if item.section == sort.title)
        if sort.more:
            yield Item(sort.title, f"- … {sort.more}", owed=True)


def _as_markdown(one: Disagreement) -> str:
    origin = f" ({code(place(one))})" if place(one) else ""
    return "\n".join(
        [
            f"- {prose(one['sentence'])}.",
            f"  - Purview {code(one['purview']['address'])}: {prose(said(one, one['purview']))}",
            f"  - CluedIn {code(one['cluedin']['address'])}: {prose(said(one, one['cluedin']))}",
            f"  - {prose(why(one))}",
            f"  - {prose(one['advice'])}{origin}",
        ]
    )


def _doubts_as_markdown(doubts: Sequence[Ambiguous]) -> Iterator[Item]:
    for one in doubts[:MOST]:
        full = f"- {code(one['address'])}: {prose(one['why'])} ({prose(candidates(one))})"
        yield Item(DOUBTS, full, advice=DOUBTS_ADVICE)
    if more := more_of(len(doubts), MOST):
        yield Item(DOUBTS, f"- … {more}", advice=DOUBTS_ADVICE)


# -- code scanning, and pages of tests -------------------------------------------------------------------------------


def as_sarif(shape: Between) -> dict[str, Any]:
    """The disagreements as SARIF 2.1.0; those that no manifest is about stand in the environment's file."""
    return sarif.findings([_as_finding(one, shape["environment_file"]) for one in shape["disagreements"]])


def as_junit(shape: Between) -> str:
    """The disagreements as JUnit XML: a test that fails for each."""
    found = [_as_finding(one, shape["environment_file"]) for one in shape["disagreements"]]
    return junit.findings("drift --between", [replace(one, severity="error").as_dict() for one in found])


def _as_finding(one: Disagreement, otherwise: str) -> Diagnostic:
    source = Source(one.get("file") or otherwise, one.get("line") or 1)
    sides = [
        f"{name} {side['address']}: {said(one, side)}"
        for name, side in (("Purview", one["purview"]), ("CluedIn", one["cluedin"]))
    ]
    detail = "\n".join([*sides, why(one), one["advice"]])
    return Diagnostic("warning", one["code"], f"{one['sentence']}.", detail, source, one["purview"]["address"])
