"""Lays out a page of limited length: what must be told first, then whole items as far as they fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from reconciler.report.words import number


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a section, and its brief form for where the whole of it does not fit."""

    section: str
    full: str
    brief: str = ""
    advice: str = ""
    """A sentence below the section's title."""
    owed: bool = False
    """Room is kept for the brief form: the item is only left out when not even those fit."""
    folded: bool = False
    """The section is folded, and its title is HTML."""


_FOLD = "<details><summary>{}</summary>"


class Page:
    """A head, items in the order of importance, and a foot."""

    def __init__(self, heads: Iterable[str], items: Sequence[Item], foot: str = "") -> None:
        self.head, self.cut_head = heads
        self.items, self.foot = items, foot

    def text(self, chosen: Sequence[tuple[Item, str]]) -> str:
        """The page with the items chosen, each in the form chosen."""
        left_out = len(self.items) - len(chosen)
        whole = not left_out and all(form == item.full for item, form in chosen)
        parts = [self.head if whole else self.cut_head, *_sections(chosen)]
        if not whole:
            parts.append(_remark(left_out))
        return "\n\n".join([*parts, self.foot] if self.foot else parts) + "\n"


def fit(page: Page, limit: int) -> str:
    """The page in at most `limit` characters."""
    whole = page.text([(item, item.full) for item in page.items])
    if len(whole) <= limit:
        return whole
    return page.text([*_chosen(page, limit)])[:limit]


def _chosen(page: Page, limit: int) -> Iterator[tuple[Item, str]]:
    """Items in full while there is room, keeping room for the brief forms that are owed further down."""
    room = limit - len(page.text([])) - 2 * len(str(len(page.items)))
    room -= sum(_length(title, _FOLD, advice) for title, advice in {(item.section, item.advice) for item in page.items})
    owed = sum(_length(item.brief) for item in page.items if item.owed)
    for item in page.items:
        owed -= _length(item.brief) if item.owed else 0
        if _length(item.full) + owed <= room:
            form = item.full
        elif item.brief and _length(item.brief) + (0 if item.owed else owed) <= room:
            form = item.brief
        else:
            continue
        room -= _length(form)
        yield item, form


def _length(*texts: str) -> int:
    return sum(len(text) + 8 for text in texts)


def _sections(chosen: Sequence[tuple[Item, str]]) -> Iterator[str]:
    for title, group in groupby(chosen, key=lambda one: one[0].section):
        members = list(group)
        first = members[0][0]
        if title:
            yield _FOLD.format(title) if first.folded else f"### {title}"
        if first.advice:
            yield first.advice
        yield _joined([form for _, form in members])
        if first.folded:
            yield "</details>"


def _joined(forms: Sequence[str]) -> str:
    """Neighbouring list items without a blank line between them."""
    text = forms[0]
    for before, form in pairwise(forms):
        text += ("\n" if before.startswith("- ") and form.startswith("- ") else "\n\n") + form
    return text


def _remark(left_out: int) -> str:
    if not left_out:
        return "_Some entries are shown by name only: no more fits here._"
    return f"_… and {number(left_out, 'more entry', 'more entries')}: no more fits here._"
