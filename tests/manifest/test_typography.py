"""What word processors, JSON and a comma make of a text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.manifest.yaml import parse_yaml

from .conftest import Load

HEAD = "apiVersion: reconciler/v1\nkind: GlossaryMapping\nmetadata: {name: a}\nspec:\n"


@pytest.mark.parametrize(
    "text",
    ["“Enterprise”", "„Kunde“", "„Kunde”", "«Client»", "»Kunde«", "‘Enterprise’", "‚Kunde‘", "“Two words”",
     "{of: “Customers, new”}", "[“a”]", "“over\n  two lines”"],
)  # fmt: skip
def test_curly_quotes_are_no_quotes(text: str) -> None:
    [found] = parse_yaml(f"a: 1\nglossary: {text}\n".encode(), "x.yaml").findings
    assert (found.severity, found.code) == ("error", "manifest.curly_quotes")
    assert found.source is not None
    assert (found.source.line, found.source.column) == (2, 11 + (text.startswith("[")) + 5 * text.startswith("{"))
    assert "straight quotes" in found.detail


def test_curly_quotes_around_a_key() -> None:
    [found] = parse_yaml("“glossary”: x\n".encode(), "x.yaml").findings
    assert found.code == "manifest.curly_quotes"


@pytest.mark.parametrize(
    "text",
    ["“Yes” is what they said", "“Yes” and “no”", "Customers’", "’s-Hertogenbosch", '"“Enterprise”"', "'„Kunde“'",
     "the “Enterprise”", "|\n  “Enterprise”", "5”"],
)  # fmt: skip
def test_curly_quotes_within_a_text_or_meant(text: str) -> None:
    file = parse_yaml(f"glossary: {text}\n".encode(), "x.yaml")
    assert file.findings == []


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text())))
@settings(max_examples=300)
def test_json_is_read_as_json_whatever_it_escapes(data: dict[str, object]) -> None:
    text = json.dumps(data)
    if (
        any(
            0xE000 <= ord(letter) <= 0xF8FF or ord(letter) < 32 or ord(letter) in range(127, 160)
            for letter in json.dumps(data, ensure_ascii=False)
        )
        or "\\u00" in text
        or "\\u2028" in text
        or "\\u2029" in text
    ):
        return  # characters that manifests may not hold, and those of private use
    if "\\ud" in text and any(0xD800 <= ord(letter) <= 0xDFFF for letter in json.dumps(data, ensure_ascii=False)):
        return  # halves alone are no text
    if not data or "\\b" in text or "\\f" in text or "\\ufff" in text or "\\ufeff" in text:
        return
    file = parse_yaml(text.encode(), "x.json")
    assert file.findings == []
    assert file.documents[0].data == data


def test_pairs_keep_columns_and_mean_nothing_where_a_backslash_is_one() -> None:
    pair = "\\ud83d\\ude00"
    text = f'{{"{pair}": "{pair} \\\\ud83d {pair.upper().replace("U", "u")}", "b": \'{pair}\', "c": {pair}, "d": }}'
    file = parse_yaml(text.encode(), "x.yaml")
    assert file.findings == []
    assert file.documents[0].data == {"😀": "😀 \\ud83d 😀", "b": pair, "c": pair, "d": None}
    assert file.documents[0].place.child("b").offset == (0, text.index("'"))  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ['"\\ud83d"', '"\\ude00\\ud83d"', '"\\\\ud83d\\ude00"'])
def test_half_a_pair_is_no_character(text: str) -> None:
    [found] = parse_yaml(f"a: {text}\n".encode(), "x.yaml").findings
    assert found.summary == "A `\\u` escape names no character"


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ("  glossary: G\n  terms: [{name: Names of people, for the portal}]\n", "manifest.unknown_field"),
        ("  glossary: G\n  terms:\n    - {name: Names of people,\n       for the portal}\n", "manifest.unknown_field"),
        ("  {glossary: More than 1,000}\n", "manifest.unknown_field"),
    ],
)
def test_a_comma_that_cuts_a_text_is_told(load: Load, spec: str, code: str) -> None:
    [found] = load({"a.yaml": HEAD + spec}).findings
    assert found.code == code
    assert "quote" in found.detail.lower()


def test_a_field_that_is_only_unknown_says_nothing_of_commas(load: Load) -> None:
    for terms in ("[{name: a, keyy: b}]", "[{name: a, keyy: }]", "\n    - name: a,\n      keyy:"):
        [found] = load({"a.yaml": f"{HEAD}  glossary: G\n  terms: {terms}\n"}).findings
        assert found.code == "manifest.unknown_field"
        assert "comma" not in found.detail
        assert "Did you mean `key`?" in found.detail
