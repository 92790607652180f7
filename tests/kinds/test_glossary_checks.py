"""What is said about glossary mappings that cannot be applied."""

from __future__ import annotations

import pytest

from tests.kinds.conftest import TEST_ENVIRONMENT

LABELS = """
labels:
  PII: {classification: CLUEDIN.PII, cluedin_code: /Email}
  Card: {classification: CLUEDIN.CARD, cluedin_code: /Card}
"""
TYPED = "vocabulary: {name: C, key_prefix: c, entity_type: {name: Customer}}"
TERM = "glossary: G\nterm: {name: Customer}"


def items(*flow: str) -> str:
    return "\nterms:\n" + "".join(f"  - {one}\n" for one in flow)


# code, line of the finding, summary, a part of the advice, spec
FINDINGS = {
    "a part of rules in what is none": (
        "derived.no_rule", 7, "`select` has no effect: the document spells its concept out", "`source: purview` or",
        TERM + "\nselect: {term: x}",
    ),
    "keys that expire": ("glossary.removed", 7, "Keys cannot expire", "obsolete", TERM + "\nremoved: expire"),
    "no glossary": ("glossary.missing", 5, "The term has no glossary", "`glossary`", "term: {name: Customer}"),
    "nothing": (
        "glossary.empty", 1, "The document has none of `term`, `vocabulary` and `terms`", "managed", "glossary: G",
    ),
    "item without effect": (
        "item.makes_nothing", 8, "`Email` makes neither a key nor a term", "Give it a `key`",
        TERM + items("{name: Email, term: false}"),
    ),
    "field of a key without key": (
        "item.stray_field", 8, "`data_type` has no effect: `Email` has no `key`", "Remove one",
        TERM + items("{name: Email, data_type: Email}"),
    ),
    "field of a term without term": (
        "item.stray_field", 7, "`definition` has no effect: `Email` has `term: false`", "Remove one",
        TYPED + items("{name: Email, key: e, term: false, definition: x}"),
    ),
    "keys without vocabulary": (
        "item.no_vocabulary", 7, "Without `vocabulary` the keys of the terms are not made", "Add it",
        TERM + items("{name: Email, key: e}"),
    ),
    "unusable name": (
        "glossary.name", 8, "The name `a.b` contains `.`, which Purview refuses in names", "another name",
        TERM + items("{name: a.b}"),
    ),
    "blank at the end": (
        "glossary.name", 6, "The name `Customer ` begins or ends with a blank", "another name",
        "glossary: G\nterm: {name: 'Customer '}",
    ),
    "empty part of a path": (
        "path.form", 6, "The path `Party//Legal` has two slashes with no name between them", "Write `Party/Legal`.",
        "glossary: G\nterm: {name: Customer, parent: Party//Legal}",
    ),
    "long name": (
        "glossary.name", 5, f"The name `{'x' * 80}` is longer than 255 characters", "at most 255 characters",
        f"glossary: {'x' * 256}\nterm: {{name: Customer}}",
    ),
    "one term twice": (
        "glossary.same_term", 9, "The term `G/Customer/Email` is declared twice, first in line 8", "Keep one",
        TERM + items("{name: Email}", "{name: Email}"),
    ),
    "former name still declared": (
        "glossary.moved_from_declared", 8,
        "The former term `G/Customer/Mail` is still declared in manifests/m0.yaml:9", "Remove `moved_from`",
        TERM + items("{name: Email, moved_from: Mail}", "{name: Mail}"),
    ),
    "unusable prefix": (
        "vocabulary.key_prefix", 5, "`9a b` cannot be a key prefix", "Begin with a letter",
        "vocabulary: {name: C, key_prefix: 9a b}",
    ),
    "unusable code": (
        "vocabulary.entity_type_code", 5, "`Customer` cannot be the code of an entity type", "/Customer",
        "vocabulary: {name: C, key_prefix: c, entity_type: {name: C, code: Customer}}",
    ),
    "unusual key": (
        "key.name", 7, "The key `e mail` has unusual characters", "Begin with a letter",
        TYPED + items("{name: Email, key: e mail}"),
    ),
    "key with blanks around": (
        "key.name", 7, "` e` cannot be a key", "Remove the blanks", TYPED + items("{name: Email, key: ' e'}"),
    ),
    "one key twice": (
        "key.twice", 8, "The key `c.e` is declared in manifests/m0.yaml:7 as well", "Keep one",
        TYPED + items("{name: A, key: e}", "{name: B, key: e}"),
    ),
    "keys that differ in case": (
        "key.case", 8, "`c.E` differs from `c.e` (manifests/m0.yaml:7) only in case", "rename one",
        TYPED + items("{name: A, key: e}", "{name: B, key: E}"),
    ),
    "lookup without list": (
        "key.lookup", 7, "The key of `A` is a Lookup without a list of values", "active term",
        TYPED + items("{name: A, key: a, data_type: Lookup}"),
    ),
    "list without lookup": (
        "key.lookup", 7, "`lookup` needs the data type `Lookup`, and `A` has `Text`", "data_type: Lookup",
        TYPED + items("{name: A, key: a, data_type: Text, lookup: Segments}"),
    ),
    "unknown target": (
        "key.maps_to_unknown", 7, "No document declares the key `c.emial`", "Did you mean `c.email`?",
        TYPED + items("{name: A, key: a, maps_to: c.emial}", "{name: B, key: email}"),
    ),
    "target without prefix": (
        "key.maps_to_unknown", 7, "No document declares the key `email`", "with its prefix",
        TYPED + items("{name: A, key: a, maps_to: email}", "{name: B, key: email}"),
    ),
    "foreign target": (
        "key.maps_to_foreign", 7, "No document declares `user.email`: it is looked up in CluedIn when planning", "",
        TYPED + items("{name: A, key: a, maps_to: user.email}"),
    ),
    "key that maps to itself": (
        "key.maps_in_circle", 7, "Keys map to each other: `c.a` → `c.a`", "map to none",
        TYPED + items("{name: A, key: a, maps_to: c.a}"),
    ),
    "unknown contact": (
        "contact.unknown", 6, "Nobody is known as `adaa`", "Did you mean `ada`?",
        "glossary: G\nterm: {name: Customer, experts: [ada, adaa]}",
    ),
    "unknown owner": (
        "contact.unknown", 5, "Nobody is known as `eve`", "alias",
        "vocabulary: {name: C, key_prefix: c, owners: [eve]}",
    ),
    "owner without user name": (
        "contact.no_user", 5, "`bob` has no user name in CluedIn", "cluedin_user",
        "vocabulary: {name: C, key_prefix: c, owners: [bob]}",
    ),
    "unknown label": (
        "label.unknown", 7, "No LabelMap defines the label `PI`", "Did you mean `PII`?",
        TYPED + items("{name: A, key: a, labels: [PI]}"),
    ),
    "labels with different codes": (
        "label.codes_differ", 7, "The labels ask for different data classifications: `/Email`, `/Card`",
        "classification", TYPED + items("{name: A, key: a, labels: [PII, Card]}"),
    ),
    "labels without entity type": (
        "label.nowhere", 7, "Without an entity type there is no column in Purview to put labels on", "entity_type",
        "vocabulary: {name: C, key_prefix: c}" + items("{name: A, key: a, labels: [PII]}"),
    ),
    "attributes of another template": (
        "term.other_template", 6, "The attributes are of `CluedIn Tmplate`, and the template is `CluedIn Template`",
        "Did you mean `CluedIn Template`?",
        "glossary: G\nterm: {name: C, template: CluedIn Template, attributes: {CluedIn Tmplate: {a: 1}}}",
    ),
    "synonym of itself": (
        "term.itself", 6, "`Customer` is the term itself", "Remove it",
        "glossary: G\nterm: {name: Customer, synonyms: [Customer]}",
    ),
    "condition without entity type": (
        "condition.no_entity_type", 6, "A condition cannot be derived: the vocabulary has no entity type",
        "entity_type: /CODE", "vocabulary: {name: C, key_prefix: c}\ncluedin_glossary: {category: G}",
    ),
    "unknown condition": (
        "condition.unknown_form", 6, "This is not a condition", "`auto`",
        TYPED + "\ncluedin_glossary: {category: G, condition: {entity: /C}}",
    ),
    "key lost in a move": (
        "item.moved_key", 7, "`A` had a key and has none now", "obsolete: true",
        TYPED + items("{name: A, moved_from: {key: a}}"),
    ),
    "key moved to itself": (
        "item.moved_key", 7, "The key `a` is the same as before", "Remove `key`",
        TYPED + items("{name: A, key: a, moved_from: {key: a}}"),
    ),
    "former key still there": (
        "item.moved_key", 7, "The former key `b` is an item as well", "Remove that item",
        TYPED + items("{name: A, key: a, moved_from: {key: b}}", "{name: B, key: b}"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FINDINGS)
def test_finding(expand, case):
    code, line, summary, advice, spec = FINDINGS[case]
    found = expand(spec, labels=LABELS).only(code)
    assert found.summary == summary
    assert advice in found.detail
    assert found.source is not None
    assert (found.source.file, found.source.line) == ("manifests/m0.yaml", line)


def test_a_document_with_an_error_expands_to_nothing(expand):
    assert expand("glossary: G\nterm: {name: a.b}").resources == []


def test_too_many_contacts(expand):
    ids = ", ".join(f"00000000-0000-0000-0000-{at:012}" for at in range(21))
    assert expand(f"glossary: G\nterm: {{name: C, experts: [{ids}]}}").only("contact.too_many")


def test_formal_names_collide(expand):
    found = expand("glossary: G\nterm: {name: B_C, parent: A}", "glossary: G\nterm: {name: C, parent: A_B}").only(
        "glossary.same_formal_name"
    )
    assert found.summary == "`G/A_B/C` and `G/A/B_C` (manifests/m0.yaml:6) have one name in Purview: `A_B_C`"


def test_one_prefix_belongs_to_one_document(expand):
    found = expand("vocabulary: {name: C, key_prefix: customer}", "vocabulary: {name: D, key_prefix: Customer}").only(
        "vocabulary.same_prefix"
    )
    assert found.summary == (
        "The key prefix `Customer` is taken by manifests/m0.yaml:5; CluedIn compares them without case"
    )


def test_one_full_key_from_two_prefixes(expand):
    found = expand(
        "vocabulary: {name: C, key_prefix: a}\nterms: [{name: X, key: b.c}]",
        "vocabulary: {name: D, key_prefix: a.b}\nterms: [{name: X, key: c}]",
    ).only("key.twice")
    assert "manifests/m0.yaml:6" in found.summary


def test_codes_that_differ_in_case(expand):
    found = expand(
        "vocabulary: {name: C, key_prefix: a, entity_type: {name: C, code: /Customer}}",
        "vocabulary: {name: D, key_prefix: b, entity_type: {name: C, code: /customer}}",
    ).only("vocabulary.code_case")
    assert found.summary == "`/customer` differs from `/Customer` only in case"


def test_names_of_cluedin_terms_are_unique_over_all_documents(expand):
    one = (
        "vocabulary: {{name: Customer, key_prefix: {}, entity_type: {{name: C{}}}}}\ncluedin_glossary: {{category: {}}}"
    )
    found = expand(one.format("a", "a", "X"), one.format("b", "b", "Y")).only("glossary.same_cluedin_term")
    assert found.summary == "CluedIn's glossary term `Customer` is made by manifests/m0.yaml:6 as well"


def test_keys_that_map_in_a_circle(expand):
    spec = TYPED + items("{name: A, key: a, maps_to: c.b}", "{name: B, key: b, maps_to: c.a}")
    outcome = expand(spec)
    assert outcome.codes == ["key.maps_in_circle", "key.maps_in_circle"]
    assert outcome.findings[0].summary == "Keys map to each other: `c.a` → `c.b` → `c.a`"


def test_a_synonym_that_may_be_two_terms(expand):
    outcome = expand(
        "glossary: G\nterm: {name: Customer, synonyms: [Client]}",
        "glossary: G\nterm: {name: Client, parent: A}",
        "glossary: G\nterm: {name: Client, parent: B}",
    )
    assert outcome.only("term.ambiguous").summary == "`Client` may be `G/A/Client` or `G/B/Client`"


def test_of_several_terms_of_a_name_the_own_item_is_meant(expand):
    other = "glossary: G\nterm: {name: Other}\nvocabulary: {name: O, key_prefix: o}\n"
    outcome = expand(
        "glossary: G\nterm: {name: Customer}\n"
        + items('{name: "Field 1", synonyms: ["Field 2"]}', '{name: "Field 2"}'),
        other + items('{name: "Field 2", key: b}'),
    )
    assert not outcome.findings, outcome.findings
    assert "purview.related_term:synonyms:G/Customer/Field 1@G/Customer/Field 2" in outcome.addresses


def test_unknown_labels_may_be_warnings(expand):
    spec = TYPED + items("{name: A, key: a, labels: [Odd]}")
    outcome = expand(spec, labels=LABELS + "on_unmapped: warn\n")
    assert outcome.only("label.unknown").severity == "warning"
    assert "cluedin.vocabulary_key:c.a" in outcome.addresses


OUTSIDE = "The {} is outside the scope of the environment `test`"
SCOPES = [
    ("purview: {glossaries: [Other*]}", "scope.outside", OUTSIDE.format("glossary `G`")),
    ("cluedin: {key_prefixes: [d]}", "scope.outside", OUTSIDE.format("key prefix `c`")),
    ("cluedin: {categories: [X]}", "scope.outside", OUTSIDE.format("category `G`")),
    ("purview: {read_only: true}", "scope.read_only", "The environment `test` may only read Purview"),
    ("cluedin: {read_only: true}", "scope.read_only", "The environment `test` may only read CluedIn"),
]


@pytest.mark.parametrize(("scope", "code", "summary"), SCOPES)
def test_scope(expand, scope, code, summary):
    spec = f"{TERM}\n{TYPED}\ncluedin_glossary: {{category: G}}"
    outcome = expand(spec, environment=TEST_ENVIRONMENT + f"scope: {{{scope}}}\n")
    assert outcome.only(code).summary == summary


def test_what_is_inside_the_scope_is_fine(expand):
    scope = "scope: {purview: {glossaries: ['G*']}, cluedin: {key_prefixes: [C], categories: [G]}}\n"
    spec = f"{TERM}\n{TYPED}\ncluedin_glossary: {{category: G}}".replace("key_prefix: c", "key_prefix: c.sub")
    assert expand(spec, environment=TEST_ENVIRONMENT + scope).findings == []


def test_fields_of_the_form_are_checked_by_the_loader(expand):
    outcome = expand("glossary: G\nterm: {name: C, status: Aproved}")
    assert len(outcome.findings) == 1
    assert "Approved" in outcome.findings[0].detail + outcome.findings[0].summary
