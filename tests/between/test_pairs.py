"""What belongs together by name and by asset, and where nobody can tell."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.between.git import Git
from reconciler.between.pairs import Pairing, pair, simple
from reconciler.between.sides import Sides, vocabulary, vocabulary_key
from reconciler.desired import Wishes
from reconciler.desired.wishes import NOWHERE
from reconciler.kinds.base import World
from reconciler.ledger import Entry, Header, Ledger
from reconciler.resources.objects import Live


def sides(*terms: str, **vocabularies: dict[str, Any]) -> Sides:
    """Terms by path, and vocabularies by prefix with their display name and their keys: name → display name."""
    made = Sides(terms={f"G/{term}": Live(f"G/{term}", term) for term in terms})
    for prefix, one in vocabularies.items():
        made.vocabularies[prefix] = Live(prefix, prefix, {"name": one.get("name", prefix)})
        for name, shown in one.get("keys", {}).items():
            key, fields = f"{prefix}.{name}", shown if isinstance(shown, dict) else {"display_name": shown}
            made.keys[key], made.prefixes[key] = Live(key, key, fields), prefix
            made.in_vocabulary.setdefault(prefix, []).append(key)
    return made


def paired(made: Sides, *assigned: str) -> Pairing:
    """Without manifests; the ledger knows the assignments given, `TERM@ASSET`."""
    ledger = Ledger(Header.new("test"), [Entry(f"purview.assignment:{one}") for one in assigned])
    return pair(made, Git(World([], NOWHERE, {}), Wishes("test", NOWHERE), ledger))


def told(found: Pairing) -> dict[str, tuple[str, str]]:
    return {other.partition(":")[2]: (one.term.removeprefix("G/"), one.by) for other, one in found.pairs.items()}


def test_names_are_compared_without_case_blanks_and_signs() -> None:
    assert simple("Full Name") == simple("fullName") == simple("full_name") == simple("FULL-NAME") != simple("Name")
    made = sides(
        "Customer", "Customer/Full Name", "Customer/E-Mail", "Other", customer={"keys": {"fullName": "", "m": "Email"}}
    )
    assert told(paired(made)) == {
        "customer": ("Customer", "name"),
        "customer.fullName": ("Customer/Full Name", "name"),
        "customer.m": ("Customer/E-Mail", "name"),
    }


def test_an_item_is_no_concept_though_a_vocabulary_has_its_name() -> None:
    found = paired(sides("Customer", "Customer/Email", customer={"keys": {"mail": "Email"}}, email={}))
    assert told(found) == {"customer": ("Customer", "name"), "customer.mail": ("Customer/Email", "name")}
    assert found.doubts == []


def test_a_term_below_a_concept_that_groups_others_may_be_one_itself() -> None:
    made = sides("Party", "Party/Customer", "Party/Customer/Email", party={}, customer={"keys": {"email": "Email"}})
    assert told(paired(made)) == {
        "party": ("Party", "name"),
        "customer": ("Party/Customer", "name"),
        "customer.email": ("Party/Customer/Email", "name"),
    }


def test_of_several_of_one_name_nobody_can_tell() -> None:
    made = sides(
        "Sales/Customer", "Service/Customer", "Product", "Product/Code",
        customer={}, product={"keys": {"a": "Code", "b": "code"}},
    )  # fmt: skip
    found = paired(made)
    assert told(found) == {"product": ("Product", "name")}
    doubts = {one.address: (set(one.candidates), one.why) for one in found.doubts}
    terms = {"purview.term:G/Sales/Customer", "purview.term:G/Service/Customer"}
    assert doubts[vocabulary("customer")] == (terms, "several terms are called customer")
    assert doubts[vocabulary_key("product.a")][1] == "several things in CluedIn are called Code"
    assert doubts.keys() == {vocabulary("customer"), vocabulary_key("product.a"), vocabulary_key("product.b")}


def test_keys_out_of_use_come_last() -> None:
    old = {"display_name": "Email", "obsolete": True}
    made = sides("Customer", "Customer/Email", customer={"keys": {"email": "Email", "mail": old}})
    assert told(paired(made))["customer.email"] == ("Customer/Email", "name")
    assert "customer.mail" not in told(paired(made))
    alone = sides("Customer", "Customer/Email", customer={"keys": {"mail": old}})
    assert told(paired(alone))["customer.mail"] == ("Customer/Email", "name")


@pytest.mark.parametrize("gone", [False, True], ids=["live", "taken off"])
def test_an_asset_is_surer_than_a_name_and_the_ledger_surer_than_an_asset(gone: bool) -> None:
    made = sides("Customer", "Buyer", "Buyer/Mail", "Buyer/Other", customer={"keys": {"email": "Email"}})
    made.assets = {vocabulary("customer"): "e/C", vocabulary_key("customer.email"): "c/C#customer.email"}
    made.terms_on = {"e/C": ["G/Buyer"], "c/C#customer.email": ["G/Buyer/Other"]}
    assert told(paired(made)) == {"customer": ("Buyer", "stamp"), "customer.email": ("Buyer/Other", "stamp")}
    if gone:
        made.terms_on = {}
    found = paired(made, "G/Buyer@e/C", "G/Buyer/Mail@c/C#customer.email", "G/Gone@c/C#customer.email")
    assert told(found) == {"customer": ("Buyer", "ledger"), "customer.email": ("Buyer/Mail", "ledger")}


def test_two_terms_on_one_asset_and_one_asset_for_two_vocabularies() -> None:
    made = sides("A", "A/One", "A/Two", a={"keys": {"x": "One"}}, b={})
    made.assets = {vocabulary("a"): "e/T", vocabulary("b"): "e/T", vocabulary_key("a.x"): "c/T#a.x"}
    made.shared = {vocabulary("a"), vocabulary("b")}
    made.terms_on = {"e/T": ["G/A"], "c/T#a.x": ["G/A/One", "G/A/Two"]}
    found = paired(made, "G/A@e/T")
    assert told(found) == {"a": ("A", "name")}, "the type's asset tells nothing of one of the two"
    assert [(one.address, one.why) for one in found.doubts] == [
        (vocabulary_key("a.x"), "several terms are on the asset c/T#a.x")
    ]


def test_a_prefix_and_a_full_key_of_one_spelling_are_two_things() -> None:
    made = sides("A", "A/B", "C", a={"keys": {"b": "B"}})
    made.vocabularies["a.b"] = Live("a.b", "v", {"name": "C"})
    assert {(one.other, one.term) for one in paired(made).pairs.values()} == {
        (vocabulary("a"), "G/A"),
        (vocabulary("a.b"), "G/C"),
        (vocabulary_key("a.b"), "G/A/B"),
    }
