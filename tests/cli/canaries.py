"""Canaries: values of the secrets of a test, and how each of them may be written wherever it got to."""

from __future__ import annotations

import base64
import html
import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

CANARIES = {
    "CLUEDIN_PASSWORD": "kanary\"one\\of+the/pässwords'of=it & <more>",
    "PURVIEW_TOKEN": "kanary-two.of/the+tokens==<'\"&\\>",
    "LAKE_KEY": "kanary+three/of%the=keys==",
}
FORMATS = ("html", "markdown", "json", "text")
_PIECES = ("kanary", "pässwords", "sswords", "/tokens", "keys==")
"""What tells of a canary that was cut."""


def encodings(value: str) -> Iterator[str]:
    """A value as JSON, `repr`, URLs, forms, HTML and base64 write it, and cut."""
    data = value.encode()
    once = [value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]]
    once += [repr(data)[2:-1], urllib.parse.quote(value, safe=""), urllib.parse.quote(value)]
    once += [urllib.parse.quote_plus(value), html.escape(value)]
    yield from once
    yield from (json.dumps(one)[1:-1] for one in once)
    yield from (encode(data).decode() for encode in (base64.b64encode, base64.urlsafe_b64encode))
    yield base64.b64encode(b"admin@contoso.test:" + data).decode()


def in_base64(value: str) -> Iterator[str]:
    """What base64 makes of a value in the middle of other data, whatever stands before it."""
    data = value.encode()
    for before in range(3):
        text = base64.b64encode(bytes(before) + data).decode()
        yield text[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]


_FORMS = {
    name: {form for one in encodings(value) for form in (one, urllib.parse.quote(one), one.lower())}
    | {*in_base64(value)}
    for name, value in CANARIES.items()
}
_TELLING = {*_PIECES, *(form for piece in _PIECES[:2] for form in in_base64(piece))}


def hits(text: str | bytes) -> list[str]:
    """The canaries in a text: a whole one in any encoding, or a telling piece of one."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    found = [name for name, forms in _FORMS.items() if any(form in text for form in forms)]
    return found + [piece for piece in sorted(_TELLING) if piece in text]


def every_file(folder: Path) -> list[str]:
    """The files below a folder that hold one."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and hits(path.read_bytes())]
