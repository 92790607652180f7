"""How columns find their keys, for any names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.kinds.data_source_link.columns import Seen, by_name, by_term, folded, key_name, match
from reconciler.kinds.data_source_link.spec import ColumnEntry
from reconciler.kinds.project.data_types import data_type

NAMES = st.text(st.sampled_from("aAbB1 _-.é"), min_size=1, max_size=4)
KEYS = st.lists(NAMES.map("p.".__add__), max_size=6, unique=True)
TERMS = st.dictionaries(st.sampled_from(["G/A", "G/B", "G/C"]), st.lists(st.sampled_from(["p.x", "p.y"]), max_size=2))
COLUMNS = st.lists(
    st.builds(Seen, NAMES, st.just("string"), st.lists(st.sampled_from(["G/A", "G/B", "G/D"]), max_size=2).map(tuple)),
    max_size=6,
    unique_by=lambda one: one.name,
)
ENTRIES = st.dictionaries(NAMES, st.sampled_from([ColumnEntry(key="p.q"), ColumnEntry(ignore=True)]), max_size=3)


@settings(max_examples=300)
@given(COLUMNS, ENTRIES, KEYS, TERMS)
def test_every_column_ends_in_one_place_for_one_reason(columns, entries, keys, terms) -> None:
    found = match(columns, entries, [by_term(terms), by_name("p", keys)])
    unmapped = [one.name for one in found.unmapped]
    places = [*found.targets, *found.ambiguous, *unmapped]
    assert len(places) == len(set(places)), "no column in two places"
    assert set(places) == {one.name for one in columns} | set(entries), "and none lost"
    for name, entry in entries.items():
        assert found.targets[name].key == entry.key, "what is written wins"
    for column in columns:
        if column.name in entries:
            continue
        of_terms = {key for term in column.terms for key in terms.get(term, ())}
        of_names = {key for key in keys if folded(column.name) and folded(key[2:]) == folded(column.name)}
        expected = of_terms or of_names
        if len(expected) == 1:
            assert {found.targets[column.name].key} == expected
        elif expected:
            assert set(found.ambiguous[column.name]) == expected
        else:
            assert column.name in unmapped


@settings(max_examples=200)
@given(COLUMNS, ENTRIES, KEYS, TERMS, st.randoms())
def test_the_order_of_columns_and_keys_means_nothing(columns, entries, keys, terms, random) -> None:
    def outcome(columns, keys) -> tuple:
        found = match(columns, entries, [by_term(terms), by_name("p", keys)])
        ambiguous = {name: frozenset(several) for name, several in found.ambiguous.items()}
        return found.targets, ambiguous, {one.name for one in found.unmapped}

    shuffled = [random.sample(items, len(items)) for items in (columns, keys)]
    assert outcome(columns, keys) == outcome(*shuffled)


@settings(max_examples=200)
@given(NAMES)
def test_a_key_that_was_made_of_a_column_is_found_by_its_name(name) -> None:
    made = key_name(name)
    if made and made.isascii() and name.isascii() and not made.startswith("k"):
        assert match([Seen(name)], {}, [by_name("p", [f"p.{made}"])]).mapped == {name: f"p.{made}"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("bool", "Boolean"), ("boolean", "Boolean"), ("bit", "Boolean"),
        ("int", "Integer"), ("INT32", "Integer"), ("int64", "Integer"), ("bigint", "Integer"),
        ("decimal(10,2)", "Number"), ("float", "Number"), ("double", "Number"), ("numeric", "Number"),
        ("date", "DateTime"), ("datetime2(7)", "DateTime"), ("datetimeoffset", "DateTime"),
        ("timestamp_ms", "DateTime"), ("INT96", "DateTime"),
        ("time", "Time"), ("time(7)", "Time"), ("uniqueidentifier", "Guid"),
        ("nvarchar(50)", "Text"), ("string", "Text"), ("", "Text"), ("interval", "Text"), ("bitmap", "Text"),
    ],
)  # fmt: skip
def test_types_of_keys(word: str, expected: str) -> None:
    assert data_type(word) == expected


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("full_name", "fullname"),
        ("E-Mail 2", "EMail2"),
        ("2nd", "k2nd"),
        ("né", "ne"),
        ("Größe", "Grosse"),
        ("Grüße", "Grusse"),
        ("!", ""),
    ],
)
def test_names_of_keys(column: str, expected: str) -> None:
    assert key_name(column) == expected
