"""Keeps secret values out of everything that is shown, in whatever form they come back.

Systems, libraries and exceptions repeat what they were sent: escaped as JSON or by `repr`, percent-encoded, in base64
(a header of user and password), and cut to a length. So each secret is known in all these forms, and a beginning or
an end of one is taken for it where a text was cut. Whoever cuts a text cleans it first.
"""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "(sensitive value)"
_SHORTEST = 8
_CUT = ("…", "...", "[...]", "<...")
_PERCENT = re.compile(r"%[0-9A-F]{2}")
_DOTNET = re.compile(r"[^ !#-%(-*,-;=?-\[\]-_a-~]")
"""What System.Text.Json escapes in texts by default, .NET documentation of `JavaScriptEncoder.Default` (grade A)."""


class Redactor:
    """Replaces every known secret value of eight characters or more, in every form, longest first.

    Shorter values are not replaced by value, as they would blot out ordinary words; the field rules keep them
    out of plans and reports already.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()

    def add(self, value: str) -> None:
        """Makes a value unspeakable from now on."""
        if len(value) < _SHORTEST or value in self._values:
            return
        with self._lock:
            self._values |= {value}
            forms = {form for form in forms_of(value) if len(form) >= _SHORTEST}
            self._forms = tuple(sorted({*self._forms, *forms}, key=lambda form: (-len(form), form)))

    def clean(self, text: str) -> str:
        """The text without any known secret value."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        for form in self._forms:
            if form[:_SHORTEST] in text:
                text = _without_beginnings(text, form)
            if form[-_SHORTEST:] in text:
                text = _without_ends(text, form)
        return text

    def clean_all(self, value: Any) -> Any:
        """The same plain data with every text in it cleaned: before a format escapes what it shows."""
        if not self._forms:
            return value
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, dict):
            return {self.clean_all(key): self.clean_all(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.clean_all(item) for item in value]
        return value


SECRETS = Redactor()
"""The one redactor of the process: secrets are resolved in one place and shown in none."""


def forms_of(value: str) -> set[str]:
    """A value as it may come back: as it is, escaped, encoded, and escaped or encoded once more."""
    once = {value, *_escaped(value)}
    return {*once, *(form for known in once for form in _escaped(known)), *_base64(value)}


def _escaped(text: str) -> Iterator[str]:
    data = text.encode("utf-8", "surrogatepass")
    yield from (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    yield _DOTNET.sub(_dotnet, text)
    yield from (repr(text)[1:-1], repr(data)[2:-1], ascii(text)[1:-1])
    for form in (quote(data, safe=""), quote(data), quote_plus(data)):
        yield from (form, _PERCENT.sub(lambda found: found[0].lower(), form))
    yield from (html.escape(text), html.escape(text, quote=False))


def _dotnet(found: re.Match[str]) -> str:
    short = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}.get(found[0])
    units = found[0].encode("utf-16-be", "surrogatepass")
    return short or "".join(f"\\u{units[at]:02X}{units[at + 1]:02X}" for at in range(0, len(units), 2))


def _base64(value: str) -> Iterator[str]:
    """What base64 makes of the value wherever it stands in what is encoded (`user:value`, a whole body)."""
    data = value.encode("utf-8", "surrogatepass")
    for before in range(3):
        text = base64.b64encode(b"\0" * before + data).decode()
        own = text[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        yield own
        yield own.translate({ord("+"): "-", ord("/"): "_"})


def _without_beginnings(text: str, form: str) -> str:
    """The text without beginnings of a form that a cut ends: an ellipsis, a closing quote, the end of a line."""
    at = text.find(form[:_SHORTEST])
    while at >= 0:
        end = at + _SHORTEST
        while end < len(text) and end - at < len(form) and text[end] == form[end - at]:
            end += 1
        cut = text.startswith(_CUT, end)
        if cut or (end - at >= _telling(form) and (end == len(text) or text[end] in "\r\n'\"`)")):
            text = text[:at] + MASK + text[end:]
            end = at + len(MASK)
        at = text.find(form[:_SHORTEST], end)
    return text


def _telling(form: str) -> int:
    """How much of a form tells that it is meant where nothing shows a cut: the word `customer` begins many secrets."""
    return min(24, max(12, len(form) // 2))


def _without_ends(text: str, form: str) -> str:
    """The text without ends of a form that follow an ellipsis."""
    at = text.find(form[-_SHORTEST:])
    while at >= 0:
        start = at
        while start > 0 and at + _SHORTEST - start < len(form) and text[start - 1] == form[start - at - _SHORTEST - 1]:
            start -= 1
        end = at + _SHORTEST
        if text.endswith(_CUT, 0, start):
            text = text[:start] + MASK + text[end:]
            end = start + len(MASK)
        at = text.find(form[-_SHORTEST:], end)
    return text
