"""What glossary mappings become."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kinds.conftest import ONLY_CLUEDIN, ONLY_PURVIEW, TEST_ENVIRONMENT, outcome_of

ROOT = Path(__file__).parents[2]
LABELS = """
labels:
  PII: {classification: CLUEDIN.PII, purview_label: pii, cluedin_code: /Email, description: Personal.}
  Secret: {classification: MICROSOFT.SECRET}
"""
BOTH = """
glossary: Enterprise
term: {name: Customer}
vocabulary: {name: Customer, key_prefix: customer, entity_type: {name: Customer}}
terms:
  - {name: Email, key: email}
"""


def test_the_worked_example_becomes_these_resources():
    outcome = outcome_of(ROOT, "sandbox")
    assert [one.code for one in outcome.findings if one.severity != "info"] == []
    expected = Path(__file__).with_name("customer_addresses.txt").read_text(encoding="utf-8")
    customer = [one.address for one in outcome.resources if any(o.name == "customer" for o in one.origins)]
    assert sorted(set(customer)) == expected.splitlines()


def test_everything_that_is_needed_is_there():
    by_address = outcome_of(ROOT, "sandbox").by_address
    missing = {need for one in by_address.values() for need in one.needs if need not in by_address}
    assert missing == set()


def test_containers_are_ensured_and_foreign_things_referred_to():
    resources = outcome_of(ROOT, "sandbox").resources
    wanted = [one for one in resources if any(origin.kind == "GlossaryMapping" for origin in one.origins)]
    modes = {one.address: one.mode for one in wanted if one.mode != "own"}
    assert modes == {
        "cluedin.entity_type:/Customer": "ensure",
        "cluedin.entity_type:/Product": "ensure",
        "cluedin.glossary_category:Enterprise": "ensure",
        "cluedin.glossary_term:Customer segments": "refer",
        "purview.collection:contoso-purview": "refer",
        "purview.collection:contoso-purview/MDM": "ensure",
        "purview.collection:contoso-purview/MDM/CluedIn": "ensure",
        "purview.glossary:Enterprise": "ensure",
        "purview.term:Enterprise/Account": "refer",
        "purview.term:Enterprise/Party": "refer",
        "purview.type:cluedin_column": "ensure",
        "purview.type:cluedin_entity": "ensure",
        "purview.type:cluedin_tabular": "ensure",
        "purview.type:cluedin_tabular_columns": "ensure",
    }


def test_only_what_is_mentioned_is_managed(expand):
    by_address = expand(BOTH).by_address
    assert by_address["purview.term:Enterprise/Customer"].values == {}
    assert by_address["cluedin.vocabulary_key:customer.email"].values == {
        "vocabulary": "customer",
        "display_name": "Email",
    }
    assert by_address["cluedin.vocabulary:customer"].values == {
        "name": "Customer",
        "entity_type": "/Customer",
    }


def test_an_explicit_empty_value_is_managed_and_empty(expand):
    spec = BOTH.replace("{name: Email, key: email}", "{name: Email, key: email, definition: '', experts: []}")
    term = expand(spec).by_address["purview.term:Enterprise/Customer/Email"]
    assert term.values == {"definition": ""}
    assert term.members == {"experts"}


def test_contacts_become_object_ids_and_owners_user_names(expand):
    spec = """
    glossary: Enterprise
    term: {name: Customer, experts: [ada, ADA@acme.test], stewards: [30435ff9-9b96-44af-a5a9-e05c8b1ae2df]}
    vocabulary: {name: Customer, key_prefix: customer, owners: [ada, eve@acme.test]}
    """
    by_address = expand(spec).by_address
    assert by_address["purview.term:Enterprise/Customer"].values == {
        "experts[30435ff9-9b96-44af-a5a9-e05c8b1ae2df]": True,
        "stewards[30435ff9-9b96-44af-a5a9-e05c8b1ae2df]": True,
    }
    assert by_address["cluedin.vocabulary:customer"].values["owners[ada@cluedin.test]"] is True
    assert by_address["cluedin.vocabulary:customer"].values["owners[eve@acme.test]"] is True


def test_a_key_has_what_its_item_says(expand):
    spec = """
    vocabulary: {name: C, key_prefix: c, group: Main}
    terms:
      - name: Email
        key: email
        display_name: E-mail
        description: Where to write.
        data_type: Email
        storage: Keyword
        classification: /Email
        visible: true
        annotations: {required: true, max_length: 50}
        value_change_insignificant: false
    """
    assert expand(spec).by_address["cluedin.vocabulary_key:c.email"].values == {
        "vocabulary": "c",
        "display_name": "E-mail",
        "group": "Main",
        "description": "Where to write.",
        "data_type": "Email",
        "storage": "Keyword",
        "classification": "/Email",
        "visible": True,
        "required": True,
        "max_length": 50,
        "value_change_insignificant": False,
    }


def test_labels_reach_columns_keys_and_approvals(expand):
    spec = BOTH.replace("{name: Email, key: email}", "{name: Email, key: email, labels: [PII, Secret]}")
    outcome = expand(spec, labels=LABELS)
    assert outcome.codes == []
    column = "cluedin_column/cluedin.entity.Customer#customer.email"
    assert outcome.addresses_of("purview.classification", "purview.label", "purview.classification_type") == [
        f"purview.classification:CLUEDIN.PII@{column}",
        f"purview.classification:MICROSOFT.SECRET@{column}",
        "purview.classification_type:CLUEDIN.PII",
        "purview.classification_type:MICROSOFT.SECRET",
        f"purview.label:pii@{column}",
    ]
    by_address = outcome.by_address
    assert by_address["cluedin.vocabulary_key:customer.email"].values["classification"] == "/Email"
    for address in (f"purview.entity:{column}", f"purview.classification:CLUEDIN.PII@{column}",
                    "cluedin.vocabulary_key:customer.email"):  # fmt: skip
        assert by_address[address].labels == {"PII", "Secret"}
    assert by_address["purview.classification_type:MICROSOFT.SECRET"].mode == "refer"
    assert by_address["purview.classification_type:CLUEDIN.PII"].values == {"description": "Personal."}


def test_labels_that_do_not_propagate_to_entities_stay_off_them(expand):
    spec = BOTH.replace("{name: Email, key: email}", "{name: Email, key: email, labels: [PII]}")
    outcome = expand(spec, labels=LABELS + "\npropagate: [export]\n")
    assert outcome.addresses_of("purview.classification", "purview.label") == []


@pytest.mark.parametrize(
    ("removed", "key", "vocabulary"),
    [("obsolete", "retire", "forget"), ("delete", "delete", "delete"), ("keep", "forget", "forget")],
)
def test_what_removal_does(expand, removed, key, vocabulary):
    by_address = expand(BOTH + f"\nremoved: {removed}\n").by_address
    assert by_address["cluedin.vocabulary_key:customer.email"].on_remove == key
    assert by_address["cluedin.vocabulary:customer"].on_remove == vocabulary
    assert by_address["purview.term:Enterprise/Customer"].on_remove == "delete"
    assert by_address["purview.entity:cluedin_entity/cluedin.entity.Customer"].on_remove == "delete"


def test_without_purview_only_the_catalogue_is_left(expand):
    outcome = expand(BOTH, environment=ONLY_CLUEDIN)
    assert outcome.only("glossary.no_purview").severity == "info"
    assert outcome.addresses == [
        "cluedin.entity_type:/Customer",
        "cluedin.vocabulary:customer",
        "cluedin.vocabulary_key:customer.email",
    ]


def test_without_cluedin_terms_and_assets_are_left(expand):
    outcome = expand(BOTH, environment=ONLY_PURVIEW)
    assert outcome.only("glossary.no_cluedin").severity == "info"
    assert {address.partition(".")[0] for address in outcome.addresses} == {"purview"}
    assert "purview.entity:cluedin_entity/cluedin.entity.Customer" in outcome.addresses


def test_without_a_vocabulary_only_terms_are_left(expand):
    spec = "glossary: Enterprise\nterm: {name: Customer}\nterms: [{name: Email}]"
    assert expand(spec).addresses == [
        "purview.glossary:Enterprise",
        "purview.term:Enterprise/Customer",
        "purview.term:Enterprise/Customer/Email",
    ]


def test_without_a_term_assets_are_left_and_no_glossary(expand):
    spec = BOTH.replace("term: {name: Customer}\n", "")
    outcome = expand(spec)
    assert outcome.addresses_of("purview.term", "purview.glossary", "purview.assignment") == []
    assert "purview.entity:cluedin_column/cluedin.entity.Customer#customer.email" in outcome.addresses


def test_terms_can_be_kept_off_assets(expand):
    assert expand(BOTH + "\nassign_terms: false\n").addresses_of("purview.assignment") == []


def test_prefixes_of_the_environment_are_in_names(expand):
    environment = TEST_ENVIRONMENT.replace(
        "collection: acme/MDM", "collection: abc123\n  type_prefix: t_\n  name_prefix: test"
    )
    outcome = expand(BOTH, environment=environment)
    assert "purview.entity:t_column/test.entity.Customer#customer.email" in outcome.addresses
    assert outcome.by_address["purview.collection:abc123"].mode == "refer"
    column = outcome.by_address["purview.entity:t_column/test.entity.Customer#customer.email"]
    assert column.values == {
        "name": "customer.email",
        "table": "t_entity/test.entity.Customer",
        "attributes[vocabulary_key]": "customer.email",
        "collection": "abc123",
    }
    assert "purview.type:t_tabular_columns" in column.needs


def test_names_are_encoded_in_keys(expand):
    spec = """
    glossary: Enterprise
    term: {name: "A/B", parent: "Party/Legal%2FTax"}
    vocabulary: {name: C, key_prefix: c, entity_type: {name: Größe, code: /Big.One/Größe}}
    """
    outcome = expand(spec)
    assert outcome.codes == ["vocabulary.entity_type_code"]
    spec = spec.replace("/Big.One/Größe", "/Big.One/Size")
    assert expand(spec).addresses_of("purview.term", "purview.entity") == [
        "purview.entity:cluedin_entity/cluedin.entity.Big%2EOne.Size",
        "purview.term:Enterprise/Party/Legal%2FTax",
        "purview.term:Enterprise/Party/Legal%2FTax/A%2FB",
    ]


def test_a_pair_of_terms_is_one_edge_from_both_ends(expand):
    one = "glossary: G\nterm: {name: Customer, synonyms: [Client], related: [Other/Path/Thing]}"
    other = "glossary: G\nterm: {name: Client, parent: Old, synonyms: [Customer]}"
    outcome = expand(one, other)
    assert outcome.codes == []
    assert outcome.addresses_of("purview.related_term") == [
        "purview.related_term:seeAlso:G/Customer@Other/Path/Thing",
        "purview.related_term:synonyms:G/Customer@G/Old/Client",
    ]
    assert outcome.by_address["purview.term:Other/Path/Thing"].mode == "refer"
    assert outcome.by_address["purview.term:G/Old/Client"].mode == "own"


def test_a_renamed_concept_moves_its_terms(expand):
    spec = """
    glossary: G
    term: {name: Customer, parent: Party, moved_from: Client}
    terms: [{name: E-Mail, moved_from: Email}, {name: Id}]
    """
    moved = {address: one.moved_from for address, one in expand(spec).by_address.items() if one.moved_from}
    assert moved == {
        "purview.term:G/Party/Customer": ("G/Party/Client",),
        "purview.term:G/Party/Customer/E-Mail": (
            "G/Party/Client/Email",
            "G/Party/Customer/Email",
            "G/Party/Client/E-Mail",
        ),
        "purview.term:G/Party/Customer/Id": ("G/Party/Client/Id",),
    }


def test_a_changed_key_leaves_the_old_one_obsolete_and_mapped(expand):
    spec = """
    vocabulary: {name: C, key_prefix: c}
    terms: [{name: E-Mail, key: mail, moved_from: {name: Email, key: email}}]
    """
    by_address = expand(spec).by_address
    former = by_address["cluedin.vocabulary_key:c.email"]
    assert former.values == {"vocabulary": "c", "obsolete": True, "maps_to": "c.mail"}
    assert former.needs == ("cluedin.vocabulary:c", "cluedin.vocabulary_key:c.mail")
    assert by_address["cluedin.vocabulary_key:c.mail"].values["display_name"] == "E-Mail"


@pytest.mark.parametrize(
    ("condition", "fields"),
    [
        ("auto", [("EntityType", ["/Customer"])]),
        ("{entity_type: /Person}", [("EntityType", ["/Person"])]),
        ("{key: customer.email, exists: true}", [("Properties[customer.email]", [])]),
    ],
)
def test_conditions(expand, condition, fields):
    spec = BOTH + f"\ncluedin_glossary: {{category: Enterprise, condition: {condition}}}\n"
    by_address = expand(spec).by_address
    whole = by_address["cluedin.glossary_term:Customer"].values["condition"]
    part = by_address["cluedin.glossary_term:Customer_Email"].values["condition"]
    assert [(rule["field"], rule["value"]) for rule in whole["rules"]] == fields
    assert part["rules"] == [*whole["rules"], part["rules"][-1]]
    assert part["rules"][-1]["field"] == "Properties[customer.email]"
    assert part["rules"][-1]["operator"] == "306e5d29-832f-41e7-a6db-1c02eb5ebf74"


def test_glossary_terms_need_category_type_and_key(expand):
    by_address = expand(BOTH + "\ncluedin_glossary: {category: Enterprise, active: true}\n").by_address
    term = by_address["cluedin.glossary_term:Customer_Email"]
    assert term.needs == (
        "cluedin.glossary_category:Enterprise",
        "cluedin.entity_type:/Customer",
        "cluedin.vocabulary_key:customer.email",
    )
    assert term.values["active"] is True


def test_atlas_gets_what_it_keeps(expand):
    environment = TEST_ENVIRONMENT.replace("collection: acme/MDM", "mode: atlas")
    spec = BOTH.replace(
        "{name: Customer}\nv", "{name: Customer, definition: Buys., status: Approved, experts: [ada]}\nv"
    )
    outcome = expand(spec, environment=environment)
    assert outcome.codes == ["glossary.not_in_atlas", "glossary.not_in_atlas"]
    assert outcome.by_address["purview.term:Enterprise/Customer"].values == {"definition": "Buys."}
    assert outcome.addresses_of("purview.collection") == []


def test_atlas_gets_categories_where_purview_has_parents(expand):
    environment = TEST_ENVIRONMENT.replace("collection: acme/MDM", "mode: atlas")
    spec = BOTH.replace("{name: Customer}\nv", "{name: Customer, parent: Party/Legal}\nv")
    outcome = expand(spec, environment=environment)
    kept = {address: one.mode for address, one in outcome.by_address.items() if one.type.name == "category"}
    assert kept == {
        "purview.category:Enterprise/Party": "ensure",
        "purview.category:Enterprise/Party/Legal": "ensure",
        "purview.category:Enterprise/Party/Legal/Customer": "own",
    }
    assert "purview.term:Enterprise/Party/Legal" not in outcome.by_address
    concept = outcome.by_address["purview.term:Enterprise/Party/Legal/Customer"]
    item = outcome.by_address["purview.term:Enterprise/Party/Legal/Customer/Email"]
    assert concept.needs[-1] == "purview.category:Enterprise/Party/Legal"
    assert item.needs[-1] == "purview.category:Enterprise/Party/Legal/Customer"


def test_resources_say_where_they_come_from(expand):
    origin = expand(BOTH).by_address["cluedin.vocabulary_key:customer.email"].origins[0]
    assert (origin.kind, origin.name, origin.file, origin.line) == (
        "GlossaryMapping", "m0", "manifests/m0.yaml", 9,
    )  # fmt: skip
