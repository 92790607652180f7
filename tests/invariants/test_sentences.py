"""Every change of every kind has a sentence: in plain English, with names and without types and ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest

from reconciler.diff import REASONS
from reconciler.kinds import kinds, tellers
from reconciler.kinds.telling.fields import Flag
from reconciler.kinds.telling.names import NO_NAMES, Names
from reconciler.kinds.telling.things import Unknown
from reconciler.plan.telling import tell, thing_of
from reconciler.resources import types
from reconciler.resources.base import Resource
from reconciler.resources.keys import path_of
from reconciler.resources.rules import Each, Members, Secret
from reconciler.saved.words import Action

GUID = "30435ff9-9b96-44af-a5a9-e05c8b1ae2df"
A_GUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
A_TYPE = re.compile("|".join(re.escape(name) for name in types()) + r"|\b[a-z]+_[a-z_]+:")
ACTIONS = get_args(Action)
MORE_REASONS = ("pending", "waits", "unknown", "ambiguous", "reference_unfit", "missing_reference", "foreign")
"""Reasons of verdicts that say themselves why, and of a later version."""
KEYS = {
    "cluedin.annotation": "CRM/contacts/People", "cluedin.annotation_keys": "CRM/contacts/People",
    "cluedin.auto_submit": "CRM/contacts/People", "cluedin.clean_project": "Fix genders",
    "cluedin.crawler": "HubSpot/Sales EU",
    "cluedin.dedup_order": "Duplicate people", "cluedin.dedup_project": "Duplicate people",
    "cluedin.dedup_rule": "Duplicate people/Mail",
    "cluedin.enricher": "REST API/VAT check", "cluedin.provider_state": "REST API/VAT check",
    "cluedin.column_mapping": "CRM/contacts/People#e%2Fmail",
    "cluedin.data_set": "CRM/contacts/People", "cluedin.data_source": "CRM/contacts",
    "cluedin.data_source_group": "CRM", "cluedin.entity_type": "/Customer",
    "cluedin.export_target": "Azure DataLake Connector/People", "cluedin.glossary_category": "People",
    "cluedin.glossary_term": "People", "cluedin.identifier": "CRM/contacts/People#customer.email",
    "cluedin.owners": "cluedin.enricher:REST API/VAT check",
    "cluedin.relation": "CRM/contacts/People#boss/reports to", "cluedin.rule": "DataPart/Tag people",
    "cluedin.rule_order": "DataPart", "cluedin.rule_state": "DataPart/Tag people",
    "cluedin.policy": "mask_email", "cluedin.policy_order": "all", "cluedin.policy_state": "mask_email",
    "cluedin.ai_agent": "dq-analyzer", "cluedin.ai_job": "phones", "cluedin.ai_job_state": "phones",
    "cluedin.setting": "Purview.SyncStreams.Enabled",
    "cluedin.stream": "People",
    "cluedin.stream_export": "People", "cluedin.stream_state": "People", "cluedin.vocabulary": "people",
    "cluedin.vocabulary_key": "customer.email", "purview.asset": "azure_datalake_gen2_path/https://l.test/raw/People.csv",
    "purview.business_metadata": "pi_quality@pi_database/pi://srv1/plant",
    "purview.assignment": "E/Party/Email@cluedin_column/cluedin.entity.Customer#customer.email",
    "purview.category": "E/People", "purview.classification": "CLUEDIN.PII@column/https://l.test/a.parquet#t//Email",
    "purview.classification_type": "CLUEDIN.PII", "purview.collection": "acme/MDM/People",
    "purview.entity": "cluedin_column/cluedin.target.People#customer_email", "purview.glossary": "Enterprise",
    "purview.label": "pii@cluedin_column/cluedin.dataset.CRM.contacts.People#Email",
    "purview.related_term": "synonym:E/Email@E/Mail", "purview.term": "E/Party/Email",
    "purview.type": "cluedin_organization_provider",
}  # fmt: skip
"""What a key of each type looks like."""
NAMES = Names(
    concepts={"GlossaryMapping/one": "Customer"}, keys={"customer.email": "Email"},
    key_labels={"customer.email": ("PII",)}, entities={"/Customer": "Customer"}, people={GUID: "ada"},
    words={"CLUEDIN.PII": "PII"}, personal=frozenset({"PII"}),
)  # fmt: skip
CONDITION = {
    "condition": "AND",
    "rules": [
        {
            "field": "EntityType", "objectTypeId": "3be85371-cbe0-4180-8820-73e6e37a6c32",
            "operator": "0bafc522-8011-43ba-978a-babe222ba466", "value": ["/Customer"],
        },
        {
            "field": "Properties[customer.email]", "objectTypeId": "011ac3b4-0b46-4f9c-a82a-8c14f9dd642b",
            "operator": "306e5d29-832f-41e7-a6db-1c02eb5ebf74", "value": [],
        },
    ],
}  # fmt: skip
VALUES: tuple[tuple[Any, Any], ...] = (
    (None, "text"), ("text", None), ("one", "two"), (True, False), (None, True), (["a"], ["a", "b"]),
    (["b", "a"], ["a", "b"]),
    ({"a": GUID}, {"a": {"b": GUID}}), (CONDITION, {**CONDITION, "condition": "OR"}), (1, 23_456), (GUID, GUID.upper()),
    ("2026-11-30", "2026-12-01T08:30:00Z"), (f'[{{"id": "{GUID}"}}]', "[]"), ("x" * 5000, f"see {GUID}"),
)  # fmt: skip


def test_every_kind_has_its_teller() -> None:
    assert tellers().keys() == kinds().keys()
    assert all(teller.noun for teller in tellers().values())


@pytest.mark.parametrize("name", types())
def test_somebody_has_words_for_every_type_and_every_field(name: str) -> None:
    thing = thing_of(name, next(iter(tellers().values())))
    assert not isinstance(thing, Unknown), f"no room's sentence.py has words for {name}"
    assert thing.fields.keys() == types()[name].fields.keys()
    assert name in KEYS, "say here what a key of the type looks like"


def paths(type: Resource) -> Iterator[str]:
    for name, rules in type.fields.items():
        entry = rules.has(Members) or rules.has(Each) or rules.has(Secret)
        yield path_of(name, GUID) if entry else name
        if entry:
            yield path_of(name, "one %two", "three")


def changes(name: str, kind: str) -> Iterator[dict[str, Any]]:
    type = types()[name]
    bare = {
        "address": f"{name}:{KEYS[name]}", "system": type.system, "type": type.name, "digest": "", "depends_on": [],
        "origins": [{"kind": kind, "name": "one", "file": "", "line": 0}], "approvals": ["PII", "Restricted"],
        "requires_approval": ["PII"], "disruptive": False, "fields": [],
    }  # fmt: skip
    fields = [{"path": path, "before": a, "after": b} for path in paths(type) for a, b in VALUES]
    for action in (*ACTIONS, "of_a_later_version"):
        for reason in (*REASONS, *MORE_REASONS, "of_a_later_version"):
            one = {**bare, "action": action, "reason": reason}
            yield one
            yield {**one, "fields": [{**item, "reason": reason} for item in fields[:: len(VALUES) + 1]]}
            yield {**one, "message": f"lives as {KEYS[name]}x; for {name}:{KEYS[name]} {GUID}", "fields": []}
        for reason in ("manifest_changed", "drift", "conflict", "newly_managed"):
            yield from (
                {**bare, "action": action, "reason": reason, "fields": [{**item, "reason": reason}]} for item in fields
            )


FIRST, *OTHERS = kinds()
EACH_KIND = [FIRST, *(pytest.param(kind, marks=pytest.mark.long) for kind in (*OTHERS, "OfALaterVersion"))]


@pytest.mark.parametrize("kind", EACH_KIND)
@pytest.mark.parametrize("name", types())
def test_every_change_has_a_sentence(name: str, kind: str) -> None:
    for change in changes(name, kind):
        for names in (NO_NAMES, NAMES):
            concept, sentence = tell(change, names)
            assert concept, change
            assert re.fullmatch(r"[^a-z\s].*[^\s.,;:]\.", sentence), (sentence, change)
            assert not A_GUID.search(sentence), (sentence, change)
            assert not A_TYPE.search(sentence), (sentence, change)
            assert not re.search(r"[{}\[\]]|\bNone\b|  |\bthe the\b|objectTypeId", sentence), (sentence, change)
            assert len(sentence) < 1000, (sentence, change)


TYPICAL = {
    "create": ("new", "gone"), "update": ("manifest_changed", "drift", "forced"), "rename": ("renamed_in_manifest",),
    "replace": ("manifest_changed",), "delete": ("removed", "superseded"), "retire": ("removed",),
    "adopt": ("matches",), "forget": ("removed",), "conflict": ("conflict", "differs", "removed", "near_match"),
    "blocked": ("missing_reference", "waits"), "pending": ("pending",), "drift": ("drift", "gone"),
}  # fmt: skip
"""The reasons for which each action is met most."""
HELD = ["purview.term:E/Mail", "the label a"]


def said_of(name: str) -> Iterator[str]:
    """What is said of one thing of a type, by action and reason."""
    teller = next((one for one in tellers().values() if name in one.things), tellers()["GlossaryMapping"])
    type, thing = types()[name], thing_of(name, teller)
    field = next((one for one in type.fields if one not in ("name", "attributes")), None)
    for action, reasons in TYPICAL.items():
        for reason in reasons:
            before, after = (False, True) if isinstance(thing.fields.get(field or ""), Flag) else ("one", "two")
            items = [{"path": field, "before": before, "after": after, "reason": reason}] if field else []
            changed = items if action in ("update", "conflict", "drift") and reason not in ("removed", "gone") else []
            one = next(changes(name, teller.kind)) | {
                "action": action, "reason": reason, "fields": changed, "approvals": [],
                "requires_approval": ["PII"] if action == "replace" else [], "edited_by": "",
                "live_key": f"{KEYS[name]} old" if action == "rename" else "",
                "message": "waits for purview.term:E/Mail, which is in conflict" if reason == "waits" else "",
                "held_by": HELD if (action, reason) == ("conflict", "removed") else [],
            }  # fmt: skip
            yield f"  {action} ({reason}): {tell(one, NAMES).sentence}"


def test_what_every_action_says_of_every_type(golden) -> None:
    told = [line for name in types() for line in (f"## {name}", *said_of(name), "")]
    golden("sentences.txt", "\n".join(told))


def test_a_concept_is_that_of_the_document_nearest_to_it() -> None:
    origins = [{"kind": kind, "name": "one", "file": "", "line": 0} for kind in ("ExportContract", "GlossaryMapping")]
    change = next(changes("purview.entity", "ExportContract")) | {"origins": origins}
    assert tell(change, NAMES).concept == "Customer"
    assert tell(change, replace(NAMES, concepts={})).concept == "one"
    assert tell(change | {"origins": []}).concept == "customer_email"


def renamed(old: str, new: str, action: str = "rename", names: Names = NO_NAMES) -> str:
    change = next(changes("purview.term", "GlossaryMapping"))
    reason = "renamed_in_manifest" if action == "rename" else "renamed"
    more = {"address": f"purview.term:{new}", "action": action, "reason": reason, "live_key": old, "message": ""}
    return tell(change | more | {"requires_approval": []}, names).sentence


def test_a_move_says_from_where_to_where() -> None:
    assert renamed("E/Party/Email", "E/Contact/Mail") == (
        "The term Email moves from Party to Contact and is renamed to Mail, in Purview."
    )
    assert renamed("E/Party/Email", "E/Contact/Email") == "The term Email moves from Party to Contact, in Purview."
    assert renamed("E/Email", "E/Party/Email") == "The term Email moves from the top of E to Party, in Purview."
    assert renamed("E/A/Way/Email", "E/B/Way/Email") == (
        "The term Email moves from E / A / Way to E / B / Way, in Purview."
    )
    assert renamed("E/Party/Email", "E/Party/Mail") == "The term Email is renamed to Mail, in Purview."
    assert renamed("E/Contact/Mail", "E/Party/Email", "drift") == (
        "The term Email was moved from Party to Contact and renamed to Mail in Purview and keeps that name."
    )
    assert renamed("E/Contact/Email", "E/Party/Email", "drift") == (
        "The term Email was moved from Party to Contact in Purview and stays there."
    )


def test_what_goes_along_with_a_renamed_parent_does_not_move() -> None:
    along = replace(NO_NAMES, paths={"E/Party": "E/Side"})
    assert renamed("E/Party/Email", "E/Side/Mail", names=along) == "The term Email is renamed to Mail, in Purview."
    assert renamed("E/Party/Ways/Email", "E/Side/Ways/Mail", names=along).startswith("The term Email is renamed")
    assert renamed("E/Party/Email", "E/Contact/Email", names=along).startswith("The term Email moves from Side to C")


def test_what_differs_is_named() -> None:
    """Of a single field as of several: a value alone does not say what it is of."""
    change = next(changes("cluedin.vocabulary", "GlossaryMapping")) | {"action": "conflict", "reason": "differs"}
    flag, word = (
        {"path": path, "before": a, "after": b} for path, a, b in (("active", True, False), ("name", "a", "b"))
    )
    both = "whether it is active: yes in the portal → no in Git"
    assert f"({both})" in tell(change | {"fields": [flag]}).sentence
    assert "(name “a” in the portal → “b” in Git)" in tell(change | {"fields": [word]}).sentence
    assert f"({both}; name “a” in the portal → “b” in Git)" in tell(change | {"fields": [flag, word]}).sentence
