"""Where two claims overlap, and where they do not."""

from __future__ import annotations

import pytest

from reconciler.claims.holdings import Holdings

ONE, TWO = ("cluedin:one",), ("cluedin:two",)


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        (Holdings(name_prefixes=("a",)), Holdings(name_prefixes=("A",)), ["the name prefix `a`"]),
        (Holdings(name_prefixes=("a",)), Holdings(name_prefixes=("a-b",)), []),
        (Holdings(glossaries=("Words",)), Holdings(glossaries=("Words",)), ["the glossary `Words`"]),
        (Holdings(glossaries=("Words",)), Holdings(glossaries=("words",)), []),
        (Holdings(glossaries=("A*",)), Holdings(glossaries=("AB",)), []),
        (Holdings(glossaries=("[old]",)), Holdings(glossaries=("[old]",)), ["the glossary `[old]`"]),
        (Holdings(glossaries=("Words",)), Holdings(scope_glossaries=("W*",)), ["the glossary `Words`"]),
        (Holdings(scope_glossaries=("W*",)), Holdings(scope_glossaries=("Words",)), ["the glossary `Words`"]),
        (Holdings(scope_glossaries=("W*",)), Holdings(scope_glossaries=("Others",)), []),
        (Holdings(scope_glossaries=("W*",)), Holdings(), []),
        (Holdings(scope_collections=("r/*",)), Holdings(scope_collections=("r/a",)), ["the collection `r/a`"]),
        (
            Holdings(vocabularies=("a",), cluedin=ONE),
            Holdings(vocabularies=("A",), cluedin=ONE),
            ["the key prefix `a`"],
        ),
        (Holdings(vocabularies=("a",), cluedin=ONE), Holdings(vocabularies=("a",), cluedin=TWO), []),
        (Holdings(vocabularies=("a",), cluedin=ONE), Holdings(vocabularies=("a.b",), cluedin=ONE), []),
        (
            Holdings(scope_key_prefixes=("a",), cluedin=ONE),
            Holdings(vocabularies=("a.b",), cluedin=ONE),
            ["the key prefix `a.b`"],
        ),
        (
            Holdings(scope_key_prefixes=("a",), cluedin=ONE),
            Holdings(scope_key_prefixes=("a.b", "c"), cluedin=ONE),
            ["the key prefix `a.b`"],
        ),
    ],
)
def test_overlaps_are_seen_from_both_sides(ours: Holdings, theirs: Holdings, words: list[str]) -> None:
    assert [one.words for one in ours.overlaps(theirs)] == words
    assert bool(theirs.overlaps(ours)) == bool(words)


def test_nothing_is_nothing() -> None:
    assert not Holdings(cluedin=ONE)
    assert Holdings(glossaries=("Words",))
