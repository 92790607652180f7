"""A secret is known in every form in which it may come back."""

from __future__ import annotations

import base64
import html
import json
import re
import urllib.parse

import pytest

from reconciler.systems.redact import MASK, Redactor

PLAIN = "canary-of-the-mine"
ODD = "ca\"n\\a'ry/of+the=mine & <müde> 🐤"
FORMS = {
    "as it is": str,
    "json": lambda v: json.dumps({"x": v}),
    "json in json": lambda v: json.dumps(json.dumps({"x": v})),
    "json, not ascii": lambda v: json.dumps({"x": v}, ensure_ascii=False),
    "repr": lambda v: repr({"x": v}),
    "bytes": lambda v: repr(v.encode()),
    "exception": lambda v: repr(ValueError(f"Illegal header value {v.encode()!r}")),
    "url": lambda v: urllib.parse.quote(v, safe=""),
    "path": urllib.parse.quote,
    "form": lambda v: urllib.parse.urlencode({"x": v}),
    "url, lower case": lambda v: re.sub("%..", lambda found: found[0].lower(), urllib.parse.quote(v, safe="")),
    "html": html.escape,
    "base64": lambda v: base64.b64encode(v.encode()).decode(),
    "basic": lambda v: base64.b64encode(f"user:{v}".encode()).decode(),
    "base64, second": lambda v: base64.b64encode(f"u{v}x".encode()).decode(),
    "base64, third": lambda v: base64.b64encode(f"uu{v}xx".encode()).decode(),
    "base64 for urls": lambda v: base64.urlsafe_b64encode(v.encode()).decode().rstrip("="),
    ".net": lambda v: v.replace("\\", "\\\\").replace('"', "\\u0022").replace("'", "\\u0027").replace("+", "\\u002B")
    .replace("&", "\\u0026").replace("<", "\\u003C").replace(">", "\\u003E").replace("ü", "\\u00FC")
    .replace("🐤", "\\uD83D\\uDC24"),
}  # fmt: skip


@pytest.mark.parametrize("value", [PLAIN, ODD])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_masked(value: str, form: str) -> None:
    known = Redactor()
    known.add(value)
    text = FORMS[form](value)
    cleaned = known.clean(f"before {text} after")
    assert MASK in cleaned
    raw = {"base64", "basic", "base64, second", "base64, third", "base64 for urls"}
    if form in raw:
        kept = "".join(part for part in cleaned.removeprefix("before ").removesuffix(" after").split(MASK))
        assert len(kept) <= 12, "only what stood beside it is left"
    else:
        assert not any(word in cleaned for word in ("canary", "mine", "n\\", "n%5C", "ry/of", "ry%2Fof"))


@pytest.mark.parametrize(
    ("cut", "length"),
    [
        *((cut, length) for cut in ("{}…", "{}...") for length in (8, 12, len(PLAIN) - 1)),
        *((cut, length) for cut in ("'{}'", "{}", "{}\nmore", '"{}"') for length in (12, len(PLAIN) - 1)),
    ],
)
def test_a_beginning_that_was_cut_is_masked(cut: str, length: int) -> None:
    known = Redactor()
    known.add(PLAIN)
    assert PLAIN[:8] not in known.clean("said: " + cut.format(PLAIN[:length]))


def test_a_cut_where_the_secret_itself_has_a_dot() -> None:
    known = Redactor()
    known.add("canary-two.of-them")
    assert known.clean("said canary-two...") == f"said {MASK}..."


@pytest.mark.parametrize("cut", ["…", "..."])
def test_an_end_after_a_cut_is_masked(cut: str) -> None:
    known = Redactor()
    known.add(PLAIN)
    assert PLAIN[-8:] not in known.clean(f"said {cut}{PLAIN[-10:]} and more")


def test_words_that_only_begin_alike_stay() -> None:
    known = Redactor()
    known.add("customer-key-2024")
    for text in ("the customer-keyring of customers", "a customer", "'customer'"):
        assert known.clean(text) == text


def test_names_in_data_are_cleaned_too() -> None:
    known = Redactor()
    known.add(PLAIN)
    assert known.clean_all({PLAIN: [PLAIN, 1]}) == {MASK: [MASK, 1]}


def test_each_line_of_a_secret_of_several_is_masked_alone() -> None:
    """A server repeats one header of a block; one that is no secret stays readable, as others say the same."""
    redactor = Redactor()
    redactor.add(
        "Authorization: Bearer kanary-of-the-first\r\nAccept: application/json\nX-Api-Key: kanary-of-the-third"
    )
    for told in (
        "Authorization: Bearer kanary-of-the-first",
        "bad token kanary-of-the-first",
        "X-Api-Key: kanary-of-the-third",
    ):
        assert "kanary" not in redactor.clean(told)
    assert redactor.clean("415 for application/json") == "415 for application/json"
    key = "-----BEGIN KEY-----\nkanary/one+of/the+lines\nkanary/two+of/the+lines\n-----END KEY-----"
    redactor.add(key)
    assert "kanary" not in redactor.clean("line 2: kanary/one+of/the+lines; line 3: kanary/two+of/the+lines")
