"""Parsing: no bytes make it raise, and what PyYAML writes is read back equal, at the right lines."""

from __future__ import annotations

import gc
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.manifest import scalars
from reconciler.manifest.yaml import parse_yaml, position


def first(text: str) -> Any:
    file = parse_yaml(text.encode(), "x.yaml")
    assert file.findings == []
    return file.documents[0].data


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("True", True), ("TRUE", True), ("false", False), ("tRUE", "tRUE"),
        ("yes", "yes"), ("No", "No"), ("on", "on"), ("OFF", "OFF"), ("y", "y"), ("n", "n"),
        ("null", None), ("~", None), ("", None), ("Null", None), ("nUll", "nUll"),
        ("12", 12), ("-3", -3), ("+3", 3), ("0", 0), ("0o14", 12), ("0x1F", 31),
        ("012", "012"), ("1_000", "1_000"), ("1:30", "1:30"), ("0b11", "0b11"), ("00", "00"),
        ("1e3", 1000.0), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1.2.3", "1.2.3"),
        ("2024-01-01", "2024-01-01"), ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z"), ("=", "="),
        ("'12'", "12"), ('"true"', "true"), ("!!str 12", "12"), ("!!int '12'", 12),
        ("<<", "<<"),
    ],
)  # fmt: skip
def test_plain_words_mean_what_yaml_1_2_says(written: str, value: object) -> None:
    read = first(f"a: {written}\n")["a"]
    assert (read, type(read)) == (value, type(value))


def test_words_that_others_read_differently_stay_text_as_keys() -> None:
    assert first("on: 1\nno: 2\n012: 3\n") == {"on": 1, "no": 2, "012": 3}


def test_garbage_collection_is_as_before() -> None:
    assert gc.isenabled()
    parse_yaml(b"a: [", "x")
    assert gc.isenabled()


def test_documents_before_a_mistake_are_kept() -> None:
    file = parse_yaml(b"a: 1\n---\nb: 2\n---\nc: [\n", "x")
    assert [document.data for document in file.documents] == [{"a": 1}, {"b": 2}]
    assert [finding.code for finding in file.findings] == ["manifest.yaml_syntax"]


def test_all_duplicates_are_said_and_the_first_value_stays() -> None:
    file = parse_yaml(b"a: 1\nb: {c: 1, c: 2}\na: 3\n", "x")
    assert file.documents[0].data == {"a": 1, "b": {"c": 1}}
    assert [str(finding.source) for finding in file.findings] == ["x:2:11", "x:3:1"]


YAML_WORDS = st.sampled_from(
    ["a: ", "- ", "\n", "  ", "\t", "&a ", "*a", "<<: ", "[", "]", "{", "}", ", ", "'", '"', "|\n", ">-\n",
     "---\n", "...\n", "!!str ", "!x ", "? ", ": ", "#", "%YAML 1.1\n", "\\", "\r\n",
     "\ufeff", "\u2028", "é", "1e3", "~", "yes"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(content: bytes) -> None:
    for finding in parse_yaml(content, "x").findings:
        assert finding.summary


@settings(max_examples=600)
@given(st.lists(YAML_WORDS, max_size=40).map("".join))
def test_no_mixture_of_yaml_makes_it_raise(text: str) -> None:
    file = parse_yaml(text.encode(), "x")
    lines = len(text.splitlines()) + 1
    for finding in file.findings:
        assert finding.source is not None
        assert 1 <= (finding.source.line or 1) <= lines
    for document in file.documents:
        for path, _ in walk(document.data):
            assert 1 <= (position(document, path).line or 0) <= lines


def safe(text: str) -> bool:
    return scalars.tag_of(text) == scalars.TEXT


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=30).filter(safe)
SCALARS = (
    TEXTS
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.booleans()
    | st.none()
    | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(TEXTS, below, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300)
@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=5), st.booleans())
def test_what_pyyaml_writes_is_read_back_equal(data: dict[str, Any], flow: bool) -> None:
    text = yaml.dump(data, Dumper=yaml.SafeDumper, default_flow_style=flow, sort_keys=False)
    assert first(text) == data


KEYS = st.text("abcdefgh", min_size=1, max_size=4).filter(safe)
NESTED = st.recursive(
    st.integers(0, 99) | KEYS,
    lambda below: st.lists(below, min_size=1, max_size=3) | st.dictionaries(KEYS, below, min_size=1, max_size=3),
)


@settings(max_examples=200)
@given(st.dictionaries(KEYS, NESTED, min_size=1, max_size=4), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_positions_are_those_of_the_text(data: dict[str, Any], newline: str, bom: bool) -> None:
    text = "# first line\n" + yaml.dump(data, Dumper=yaml.SafeDumper, sort_keys=False, width=10_000)
    content = ("\ufeff" if bom else "") + text.replace("\n", newline)
    document = parse_yaml(content.encode(), "x").documents[0]
    lines = text.split("\n")
    for path, value in walk(data):
        if isinstance(value, (dict, list)) or not path:
            continue
        place = position(document, path)
        assert place.line is not None
        assert place.column is not None
        assert lines[place.line - 1][place.column - 1 :].strip("'\"") == str(value)


def walk(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    yield path, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from walk(member, (*path, key))


def test_many_mappings_are_read_with_their_places() -> None:
    rows = [{"name": f"n{at}", "key": f"k{at}", "order": at, "labels": ["a"], "hidden": False} for at in range(5000)]
    text = yaml.dump({"rows": rows}, Dumper=yaml.CSafeDumper, sort_keys=False)
    document = parse_yaml(text.encode(), "x").documents[0]
    assert document.data == {"rows": rows}
    for at in range(0, 5000, 500):
        assert position(document, ("rows", at, "key")).line == 3 + at * 6
