"""Keeps secret values out of everything that is shown, in whatever form they come back.

Systems, libraries and exceptions repeat what they were sent: escaped as JSON or by `repr` (once or more), for HTML or
for URLs, in base64 (a header of user and password), and cut to a length. So each secret is looked for in all these
forms, and a beginning or an end of one is taken for it where a text was cut. Whoever cuts a text cleans it first.
What nobody knows by value, as it stands in a system only, is known by where it stands: as the user of an address, or
signing it.
"""

from __future__ import annotations

import base64
import html
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any

import orjson

from reconciler.systems.secrecy import without_signatures

MASK = "(sensitive value)"
_SHORTEST = 8
_FEW = _PARTS = 16
_ANY_KEY = orjson.OPT_NON_STR_KEYS
_CUT = ("…", "...", "[...]", "<...")
_SHORT_ESCAPES = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
_LITERAL = re.compile(r"[A-Za-z0-9]+")
_ELEMENT = re.compile(r"\\+|[^\\]", re.DOTALL)
"""A character of a secret; back slashes in a row are one, as every escaping multiplies them."""


class Redactor:
    """Replaces every known secret value of eight characters or more, in every form, longest first.

    Shorter values are not replaced by value, as they would blot out ordinary words; the field rules keep them
    out of plans and reports already.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: frozenset[str] = frozenset()
        self._forms: tuple[_Form, ...] = ()
        self._marks: tuple[bytes, ...] = ()

    def add(self, value: str) -> None:
        """Makes a value unspeakable from now on."""
        if len(value) < _SHORTEST or value in self._values:
            return
        forms = [_Form(value), *(_Form(form) for form in _base64(value) if len(form) >= _SHORTEST)]
        with self._lock:
            known = {form.text: form for form in (*self._forms, *forms)}
            self._forms = tuple(sorted(known.values(), key=lambda form: (-len(form.text), form.text)))
            self._marks += tuple(
                mark
                for mark in {mark for form in forms for mark in form.marks}
                if not any(one in mark for one in self._marks)  # what holds it holds that one
            )
            self._values |= {value}

    def known(self) -> tuple[Any, ...]:
        """What is unspeakable now; `forget_since` takes it."""
        return self._values, self._forms, self._marks

    def forget_since(self, known: tuple[Any, ...]) -> None:
        """Forgets what was added since: for programs that work for one after another, as a test suite does."""
        with self._lock:
            self._values, self._forms, self._marks = known

    def clean(self, text: str) -> str:
        """The text without any known secret value, and without users and signatures of addresses."""
        text = without_signatures(text, MASK)
        for form in self._forms:
            if form.lead in text:
                text = form.without_beginnings(form.whole.sub(MASK, text))
            if form.tail in text:
                text = form.without_ends(text)
        return text

    def cut(self, text: str, most: int) -> str:
        """The cleaned text, not longer than `most`: in this order, as half a secret is known by nobody."""
        return self.clean(text)[:most]

    def clean_all(self, value: Any) -> Any:
        """The same plain data with every text in it cleaned: before a format escapes what it shows."""
        if isinstance(value, str):
            return self.clean(value)
        if not isinstance(value, dict | list | tuple):
            return value
        written = _written(value)
        if written is None or self._marks_in(written):
            if len(value) > _FEW and not isinstance(value, dict):  # most of a long list has none
                return [item for part in _parts(value) for item in self.clean_all(part)]
            return _each(value, self.clean_all)
        return _unsigned(value) if _may_hold_address(written) else value

    def found_in(self, value: Any) -> bool:
        """Whether a text in plain data would be cleaned."""
        if not self.may_be_in(value):
            return False
        cleaned, written = self.clean_all(value), _written(value)
        return bool(cleaned != value) if written is None else _written(cleaned) != written

    def knows(self, value: Any) -> bool:
        """Whether a known secret is in plain data as a whole; what only signs an address is nobody's by value."""
        written = _written(value)
        if written is not None and not self._marks_in(written):
            return False
        text = str(value) if written is None else written.decode()
        return any(form.lead in text and form.whole.search(text) for form in self._forms)

    def may_be_in(self, value: Any) -> bool:
        """A look at all of it at once: without these letters, digits and signs no secret is in it, whole or cut."""
        written = _written(value)
        return written is None or _may_hold_address(written) or self._marks_in(written)

    def places(self, values: Sequence[Any]) -> Iterator[int]:
        """The places in a list of those that may hold a secret: many of them are looked at for little more than one."""
        marked = set(self._marked(values, 0))
        for at, value in enumerate(values):
            written = _written(value)
            if at in marked or written is None or _may_hold_address(written):
                yield at

    def _marked(self, values: Sequence[Any], start: int) -> Iterator[int]:
        written = _written(values)
        if not values or (written is not None and not self._marks_in(written)):
            return
        if len(values) == 1:
            yield start
            return
        for part in _parts(values):
            yield from self._marked(part, start)
            start += len(part)

    def _marks_in(self, written: bytes) -> bool:
        return any(mark in written for mark in self._marks)


SECRETS = Redactor()
"""The one redactor of the process: secrets are resolved in one place and shown in none."""


def _written(value: Any) -> bytes | None:
    """The data as JSON; None for what is not plain, or no valid text."""
    try:
        return orjson.dumps(value, option=_ANY_KEY)
    except TypeError:
        return None


def _may_hold_address(written: bytes) -> bool:
    """Whether there may be an address with a user or a signature."""
    return b"=" in written or b"%3" in written or (0 <= written.find(b"://") < written.rfind(b"@"))


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    size = -(-len(values) // _PARTS)
    return (values[at : at + size] for at in range(0, len(values), size))


def _each(value: Any, clean: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    return [clean(item) for item in value]


def _unsigned(value: Any) -> Any:
    """Plain data in which no known secret is, without users and signatures of addresses."""
    if isinstance(value, str):
        return without_signatures(value, MASK)
    if isinstance(value, list) and len(value) > _FEW:  # most of a long list has none
        looks = ((item, _written(item)) for item in value)
        return [_unsigned(item) if said is None or _may_hold_address(said) else item for item, said in looks]
    return _each(value, _unsigned) if isinstance(value, dict | list | tuple) else value


class _Form:
    """A text to look for, whole or cut, however its characters are escaped."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lead = max(_LITERAL.findall(text[:_SHORTEST]), key=len, default="")
        """What stands in every text that holds it or a beginning of it: looking for that is quick."""
        self.tail = text[-_SHORTEST:]
        self.marks = (self.lead.encode(), max(_LITERAL.findall(self.tail), key=len, default="").encode())
        """Of any text that holds it or a part of it, however JSON writes that text, one is in it."""

    @cached_property
    def whole(self) -> re.Pattern[str]:
        """All of it; made when a text may hold it, which for most forms never happens."""
        return re.compile("".join(self._elements))

    @cached_property
    def _head(self) -> re.Pattern[str]:
        return re.compile("".join(self._elements[:_SHORTEST]))

    @cached_property
    def _elements(self) -> list[str]:
        return [_escaped(element) for element in _ELEMENT.findall(self.text)]

    def without_beginnings(self, text: str) -> str:
        """The text without beginnings that a cut ends: an ellipsis, a closing quote, the end of a line."""
        at = 0
        while found := self._head.search(text, at):
            ends = [found.end()]
            for element in self._elements[_SHORTEST:]:
                more = _compiled(element).match(text, ends[-1])
                if more is None:
                    break
                ends.append(more.end())
            at = ends[-1]
            closed = at == len(text) or text[at] in "\r\n'\"`)\\"
            cut = next((end for end in reversed(ends) if text.startswith(_CUT, end)), None)
            if cut is None and closed and len(ends) + _SHORTEST > self._telling:
                cut = at
            if cut is not None:
                text = text[: found.start()] + MASK + text[cut:]
                at = found.start() + len(MASK)
        return text

    def without_ends(self, text: str) -> str:
        """The text without ends that follow an ellipsis."""
        form, tail = self.text, self.tail
        at = text.find(tail)
        while at >= 0:
            start, end = at, at + len(tail)
            while start > 0 and end - start < len(form) and text[start - 1] == form[start - end - 1]:
                start -= 1
            if text.endswith(_CUT, 0, start):
                text = text[:start] + MASK + text[end:]
                end = start + len(MASK)
            at = text.find(tail, end)
        return text

    @property
    def _telling(self) -> int:
        """How much tells that it is meant where nothing shows a cut: the word `customer` begins many secrets."""
        return min(24, max(12, len(self.text) // 2))


_compiled = cache(re.compile)


@cache
def _escaped(element: str) -> str:
    """A pattern of one character as it is and as JSON, `repr`, Markdown, HTML and URLs write it, to any depth."""
    if element.isascii() and element.isalnum():
        return element
    if element.startswith("\\"):
        return r"(?:\\|%(?:25)*5[cC]|\\u005[cC])+"
    return f"(?:{'|'.join(_ways(element))})"


def _ways(character: str) -> Iterator[str]:
    code, data = ord(character), character.encode("utf-8", "surrogatepass")
    units = character.encode("utf-16-be", "surrogatepass").hex()
    yield rf"\\*{re.escape(character)}"
    yield "(?i:" + "".join(rf"\\*u{units[at : at + 4]}" for at in range(0, len(units), 4)) + ")"
    yield rf"(?i:\\*x{code:02x})" if code < 256 else rf"(?i:\\*U{code:08x})"
    yield "(?i:" + "".join(rf"\\*x{byte:02x}" for byte in data) + ")"
    yield "(?i:" + "".join(f"%(?:25)*{byte:02x}" for byte in data) + ")"
    named = re.escape(html.escape(character).removeprefix("&"))
    yield rf"(?i:&(?:amp;)*(?:{named}|#x0*{code:x};|#0*{code};))"
    if character == " ":
        yield r"\+"
    if character in _SHORT_ESCAPES:
        yield rf"\\+{_SHORT_ESCAPES[character]}"


def _base64(value: str) -> Iterator[str]:
    """What base64 makes of the value wherever it stands in what is encoded (`user:value`, a whole body)."""
    data = value.encode("utf-8", "surrogatepass")
    for before in range(3):
        text = base64.b64encode(b"\0" * before + data).decode()
        own = text[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        yield own
        yield own.translate({ord("+"): "-", ord("/"): "_"})
