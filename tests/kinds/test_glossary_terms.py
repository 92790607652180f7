"""A glossary in one document: terms at the top, and items within items."""

from __future__ import annotations

from .conftest import ONLY_PURVIEW, TEST_ENVIRONMENT

ATLAS = TEST_ENVIRONMENT.replace("collection: acme/MDM", "collection: acme/MDM\n  mode: atlas")
FLAT = "glossary: G\nterms: [{name: A}, {name: B, terms: [{name: C, terms: [{name: D}]}]}]"


def test_terms_without_a_concept_stand_at_the_top(expand):
    found = expand(FLAT)
    assert found.codes == []
    assert found.addresses == [
        "purview.glossary:G",
        "purview.term:G/A",
        "purview.term:G/B",
        "purview.term:G/B/C",
        "purview.term:G/B/C/D",
    ]
    needs = {address: want.needs for address, want in found.by_address.items()}
    assert needs["purview.term:G/A"] == ("purview.glossary:G",)
    assert needs["purview.term:G/B/C/D"] == ("purview.glossary:G", "purview.term:G/B/C")


def test_what_stands_in_an_item_follows_its_rename(expand):
    found = expand("glossary: G\nterms: [{name: New, moved_from: Old, terms: [{name: In, moved_from: Was}]}]")
    assert found.by_address["purview.term:G/New"].moved_from == ("G/Old",)
    assert found.by_address["purview.term:G/New/In"].moved_from == ("G/Old/Was", "G/New/Was", "G/Old/In")


def test_keys_of_items_within_items_are_of_the_one_vocabulary(expand):
    concept = "glossary: G\nterm: {name: T}\nvocabulary: {name: T, key_prefix: t, entity_type: {name: T}}"
    found = expand(f"{concept}\nterms: [{{name: A, terms: [{{name: B, key: b}}]}}]\ncluedin_glossary: {{category: K}}")
    assert found.codes == []
    assert "cluedin.vocabulary_key:t.b" in found.addresses
    assert "cluedin.glossary_term:T_A_B" in found.addresses
    assert "purview.assignment:G/T/A/B@cluedin_column/cluedin.entity.T#t.b" in found.addresses


def test_an_item_that_is_no_term_has_no_terms_in_it(expand):
    found = expand("glossary: G\nterm: {name: T}\nvocabulary: {name: T, key_prefix: t}\n"
                   "terms: [{name: A, key: a, term: false, terms: [{name: B}]}]")  # fmt: skip
    assert found.only("item.no_term_above").source.column is not None


def test_terms_need_a_glossary(expand):
    assert expand("terms: [{name: A}]").only("glossary.missing").summary == "The terms have no glossary"


def test_in_atlas_categories_stand_for_what_holds_others(expand):
    found = expand(FLAT, environment=ATLAS)
    assert found.addresses_of("purview.category") == ["purview.category:G/B", "purview.category:G/B/C"]
    assert "purview.category:G/B/C" in found.by_address["purview.term:G/B/C/D"].needs


def test_without_assets_a_vocabulary_stays_in_cluedin(expand):
    spec = "vocabulary: {name: T, key_prefix: t, entity_type: {name: T}}\nassets: false\nterms: [{name: A, key: a}]"
    assert {one.partition(".")[0] for one in expand(spec).addresses} == {"cluedin"}
    assert expand(spec, environment=ONLY_PURVIEW).resources == []
