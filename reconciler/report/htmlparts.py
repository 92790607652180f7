"""What every HTML report is made of: the page with its policy, and elements that take any text.

Elements are made by htpy, which escapes every text and attribute that it is given: a value cannot become markup.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import htpy as h

from reconciler.report import view, words
from reconciler.report.htmlstyle import SCRIPT, STYLE

if TYPE_CHECKING:
    from reconciler.saved.parts import Diagnostic


def page(title: str, body: Iterable[h.Node]) -> str:
    """A whole page, which loads nothing and runs its own script alone."""
    policy = (
        f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; base-uri 'none'; form-action 'none'"
    )
    head = [
        h.meta(charset="utf-8"),
        h.meta(http_equiv="Content-Security-Policy", content=policy),
        h.meta(name="viewport", content="width=device-width, initial-scale=1"),
        h.meta(name="color-scheme", content="light dark"),
        h.meta(name="referrer", content="no-referrer"),
        h.title[plain(title)],
    ]
    start = ["<!doctype html>", '<html lang="en">', "<head>", *map(_harmless, head)]
    rest = ["<body>", _harmless(h.main[on_lines(body)]), f"<script>{SCRIPT}</script>", "</body>", "</html>"]
    return "\n".join([*start, f"<style>{STYLE}</style>", "</head>", *rest]) + "\n"


def _harmless(part: h.BaseElement) -> str:
    """The part as it may stand in a log: with nothing that the runners of CI take for a command.

    The pieces make a plain text: `str` of a part gives one that escapes what is put into it, also the `&` of `&#58;`.
    """
    return "".join(part.iter_chunks()).replace("::", ":&#58;").replace("##", "#&#35;")


def _hash(inline: str) -> str:
    """What the page's policy allows to run: exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


def plain(value: object) -> str:
    """A value on one line, with what cannot be seen made visible."""
    return words.visible(value)


def code(value: object) -> h.Element:
    """A value as code."""
    return h.code[plain(value)]


def on_lines(parts: Iterable[h.Node]) -> Iterator[h.Node]:
    """Each part on a line of its own."""
    yield "\n"
    for part in parts:
        if part is not None:
            yield part
            yield "\n"


def counted(text: str, number: int) -> h.Element:
    """The title of a section, with how many it holds."""
    return h.h2[f"{text} ", h.span(".number")[f"{number:,}"]]


def badge(action: str) -> h.Element:
    """The symbol of an action."""
    known = words.action(action)
    return h.span(class_=["badge", known.colour], aria_hidden="true")[plain(known.symbol)]


def listed(values: Iterable[object]) -> Iterator[h.Node]:
    """Values as code, with commas between them."""
    for at, value in enumerate(values):
        yield [", ", code(value)] if at else code(value)


def findings(title: str, found: Sequence[Diagnostic], kind: str = "remarks", advice: str = "") -> h.Node:
    """A section of findings; None where there are none."""
    if not found:
        return None
    advised = h.p(".advice")[plain(advice)] if advice else None
    told = map(_finding, view.hinted(found))
    return h.section(class_=kind)[counted(plain(title), len(found)), advised, h.ul[on_lines(told)]]


def _finding(finding: Diagnostic) -> h.Element:
    told: list[h.Node] = [h.strong[plain(finding["summary"])], " ", code(finding["code"])]
    if place := view.place(finding):
        told += [" at ", code(place)]
    if finding.get("detail"):
        told += [h.br, plain(finding["detail"])]
    if finding.get("request_id"):
        told += [" (request id ", code(finding["request_id"]), ")"]
    return h.li[told]
