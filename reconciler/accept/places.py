"""Where a manifest may say the value of a field, and what to write there: guesses, the likeliest first.

Nothing here knows a kind: places are told by what stands in a document now, what else may stand there by its model.
Whether a guess is right is for an expansion to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, get_args, get_origin

from reconciler.manifest import scalars
from reconciler.manifest.documents import Document
from reconciler.manifest.editing import Scalar
from reconciler.manifest.marks import Path, Place, find
from reconciler.manifest.shapes import field_names, wanted
from reconciler.resources.keys import steps_of
from reconciler.resources.prose import Prose
from reconciler.resources.rules import Field

MOST = 40
"""Guesses for one field: each costs an expansion."""

DESCRIPTION = ("metadata", "description")


@dataclass(frozen=True, slots=True, eq=False)
class Guess:
    """Another value at a place of a document, from its top; `word` is a new entry in the mapping at the path.

    A `likely` one stands where the value of now does: why it is not right is what people want to know.
    """

    document: Document
    path: Path
    value: Scalar
    word: str = ""
    likely: bool = False

    @property
    def says(self) -> tuple[Path, str, type, Scalar]:
        """What tells it from other guesses in its document."""
        return self.path, self.word, type(self.value), self.value


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single value of a document: as it is written in its own file, or None where it is not; and as it is used."""

    path: Path
    value: Any
    own: Place | None
    line: int

    @property
    def has_variable(self) -> bool:
        """Whether it is written with a `${…}`."""
        return self.own is not None and isinstance(self.own.data, str) and "${" in self.own.data


def leaves(document: Document) -> Iterator[Leaf]:
    """The single values of a document, those of its folder's defaults included."""
    for path, value in _leaves(document.data, ()):
        own, exact = find(document.layers[:1], path)
        yield Leaf(("spec", *path), value, own if exact else None, document.source(path).line or 0)
    if document.description:
        own, _ = find([document.top], DESCRIPTION)
        yield Leaf(DESCRIPTION, document.description, own, own.source.line or 0)


def guesses(
    document: Document, known: Sequence[Leaf], line: int, path: str, rule: Field, now: Any, live: Any
) -> Iterator[Guess]:
    """What may be written so that the field at `path` is `live` (canonical) and no longer `now`.

    `known` are the values of the document, `line` is where it wants the resource.
    """
    near = sorted(known, key=lambda leaf: abs(leaf.line - line))
    ours = [leaf for leaf in near if leaf.own is not None and not leaf.has_variable]
    wish = rule.canonical(now)
    found = (
        one
        for some in (
            _each(document, (one for one in ours if _says(rule, one.value, wish)), now, live),
            _each(document, (one for one in ours if _is_part(one.value, now)), now, live),
            islice(_other_words(document, ours), MOST // 2),
            islice(_new_entries(document, ours, path, live), MOST // 2),
        )
        for one in some
    )
    yield from islice(_unique(found), MOST)


def _unique(found: Iterator[Guess]) -> Iterator[Guess]:
    met = set()
    for one in found:
        if one.says not in met:
            met.add(one.says)
            yield one


def said_elsewhere(known: Sequence[Leaf], rule: Field, now: Any) -> Leaf | None:
    """A value that says what a field is now, and that cannot be changed in the document alone."""
    wish = rule.canonical(now)
    same = (leaf for leaf in known if _says(rule, leaf.value, wish))
    return next((leaf for leaf in same if leaf.own is None or leaf.has_variable), None)


def _leaves(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(data, dict):
        for step, value in data.items():
            yield from _leaves(value, (*path, step))
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from _leaves(value, (*path, at))
    else:
        yield path, data


def _each(document: Document, found: Iterator[Leaf], now: Any, live: Any) -> Iterator[Guess]:
    for leaf in islice(found, MOST // 4):
        for value in _written(live, leaf.value, now):
            yield Guess(document, leaf.path, value, likely=True)


def _written(live: Any, before: Any, now: Any) -> Iterator[Scalar]:
    """How an author may write a live value where another one stands."""
    if live is None:
        yield ""
        yield None
        return
    if not isinstance(live, str):
        if isinstance(live, bool | int | float):
            yield live
        return
    if isinstance(before, str) and isinstance(now, str) and before and before != now:
        head, _, tail = now.partition(before)
        if live.startswith(head) and live.endswith(tail) and len(live) > len(head + tail):
            yield live[len(head) : len(live) - len(tail)]
    if isinstance(before, str) and isinstance(now, str) and now and before != now and before.count(now) == 1:
        yield before.replace(now, live)
    text = str(live)
    yield text
    if "${" in text:
        yield text.replace("${", "$${")
    value = scalars.read_scalar(text)
    if isinstance(value, bool | int | float):
        yield value
    if isinstance(live, Prose) and not live.exact.startswith("[{"):
        yield live.exact


def _says(rule: Field, value: Any, wish: Any) -> bool:
    """Whether a single value of a manifest is what the field wants, in the form in which it compares."""
    if wish is None:
        return value is None or value == ""
    return isinstance(wish, str | bool | int | float) and bool(rule.canonical(value) == wish)


def _is_part(value: Any, now: Any) -> bool:
    """Whether one of two different texts stands in the other."""
    if not isinstance(value, str) or not isinstance(now, str) or not value or not now or value == now:
        return False
    return value in now or now in value


def _other_words(document: Document, ours: list[Leaf]) -> Iterator[Guess]:
    """The other words that may stand where one of a list of words does; the nearest places first."""
    for leaf in ours:
        if leaf.path == DESCRIPTION:
            continue
        for word in _choices(document, leaf.path):
            if word != leaf.value:
                yield Guess(document, leaf.path, word)


def _new_entries(document: Document, ours: list[Leaf], path: str, live: Any) -> Iterator[Guess]:
    """Fields that are not written yet and take one of a list of words, or a value like the live one."""
    seen = set()
    simple = scalars.read_scalar(live) if isinstance(live, str) else live
    named = (steps_of(path) or (path,))[-1]
    for leaf in ours:
        above = leaf.path[:-1]
        holder, _ = find([document.top], above)
        if above in seen or leaf.path == DESCRIPTION or not isinstance(holder.data, dict):
            continue
        seen.add(above)
        for word in sorted(field_names(wanted(type(document.spec), above[1:])) - holder.data.keys()):
            kinds = wanted(type(document.spec), (*above[1:], word))
            if type(simple) in kinds and (type(simple) is int or word in named or named in word):
                yield Guess(document, above, simple, word)
            for choice in _choices(document, (*above, word)):
                yield Guess(document, above, choice, word)


def _choices(document: Document, path: Path) -> Iterator[Scalar]:
    for kind in wanted(type(document.spec), path[1:]):
        if get_origin(kind) is Literal:
            yield from get_args(kind)
        elif kind is bool:
            yield from (True, False)
