"""What a rule does beside following its source: what it never takes, what it is refused for, what holds it back."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ManifestError
from reconciler.plan import Plan
from reconciler.resources.cluedin.settings import TERMS_TO_GLOSSARY, TERMS_TO_VOCABULARIES, VOCABULARIES_TO_TERMS

from ..histories.alone import Alone
from ..histories.direct import HERE, Doors, doors
from .people import TEMPLATE, Portals
from .test_oracle import held, project, told

HEAD = "apiVersion: reconciler/v1\nkind: GlossaryMapping\nmetadata: {name: %s}\nspec:\n"
OF_TERMS = "source: purview\nglossary: Words\nselect: {assigned: any}"
OF_VOCABULARIES = "source: cluedin\nselect: {vocabulary: Product}\ninto: {glossary: Catalogue, root: Vocabularies}"


def rule(spec: str, name: str = "rule") -> str:
    """A rule as people write it."""
    return HEAD % name + textwrap.indent(spec, "  ")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Doors, Path, Any]]:
    with doors() as made:
        made.open(HERE)
        yield made, tmp_path_factory.mktemp("rules"), made.keep()


@pytest.fixture
def estate(ground: tuple[Doors, Path, Any], request: pytest.FixtureRequest) -> tuple[Alone, Portals, str, str]:
    """A project with a rule over a glossary with two terms that are flagged: the two systems and the two terms."""
    made, portals = project(ground, request.node.name.replace("/", "-")[:60], rule(OF_TERMS))
    glossary = portals.glossary("Words")
    top = portals.add_term(glossary, "Customer", None, "Buys.", True)
    return made, portals, top, portals.add_term(glossary, "Email", top, "", True)


def codes(plan: Plan) -> set[str]:
    """The codes of all findings."""
    return {one.code for one in plan.diagnostics}


def refusal(made: Alone) -> set[str]:
    """The codes for which there is no plan at all."""
    with pytest.raises(ManifestError) as refused:
        made.plan()
    return {one.code for one in refused.value.diagnostics if one.severity == "error"}


# -- what is wrong with a rule -------------------------------------------------------------------------------------

WRONG = {
    "a pattern that is none": ("derived.pattern", "source: purview\nglossary: Words\nselect: {term: \"(a\"}"),
    "an attribute without a value": ("derived.attribute", "source: purview\nglossary: W\nselect: {attribute: Flag}"),
    "a field of the other source": ("derived.foreign_field", "source: purview\nglossary: Words\nselect: {core: true}"),
    "a concept that is spelled out": ("derived.foreign_field", f"{OF_TERMS}\nterm: {{name: Customer}}"),
    "a part of a rule in what is none": ("derived.no_rule", "glossary: W\nterm: {name: A}\nselect: {assigned: any}"),
    "terms that are spelled out": ("derived.foreign_field", f"{OF_TERMS}\nterms: [{{name: Customer}}]"),
    "assets beside a rule": ("derived.foreign_field", f"{OF_TERMS}\nassets: false"),
    "assignments beside a rule": ("derived.foreign_field", f"{OF_TERMS}\nassign_terms: false"),
    "a template's pattern that is none": (
        "derived.pattern", "source: purview\nglossary: Words\nselect: {template: \"(a\"}",
    ),
    "a vocabulary's pattern that is none": (
        "derived.pattern", "source: cluedin\ninto: {glossary: Words}\nselect: {vocabulary: \"(a\"}",
    ),
    "a prefix's pattern that is none": (
        "derived.pattern", "source: cluedin\ninto: {glossary: Words}\nselect: {key_prefix: \"(a\"}",
    ),
    "a placeholder of a vocabulary's that is none": (
        "derived.naming", f"{OF_TERMS}\nnaming: {{vocabulary: \"{{nick}}\"}}",
    ),
    "a placeholder of a term that is none": ("derived.naming", f"{OF_VOCABULARIES}\nnaming: {{term: \"{{nick}}\"}}"),
    "a placeholder below it that is none": ("derived.naming", f"{OF_VOCABULARIES}\nnaming: {{child: \"{{nick}}\"}}"),
    "no glossary": ("derived.no_glossary", "source: purview"),
    "no glossary to fill": ("derived.no_glossary", "source: cluedin"),
    "nothing to make": (
        "derived.makes_nothing", f"{OF_TERMS}\ninto: {{vocabularies: false, glossary_category: null}}",
    ),
    "no condition": ("derived.condition", f"{OF_TERMS}\ninto: {{vocabularies: false}}"),
    "a placeholder that is none": ("derived.naming", f"{OF_TERMS}\nnaming: {{key: \"{{name}}\"}}"),
    "CluedIn's own root": ("derived.native_root", "source: cluedin\ninto: {glossary: Words, root: CluedIn-1}"),
    "keys that expire": ("glossary.removed", f"{OF_TERMS}\nremoved: expire"),
    "terms that become obsolete": ("glossary.removed", f"{OF_VOCABULARIES}\nremoved: obsolete"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_rule_is_told_before_anything_is_asked(ground: tuple[Doors, Path, Any], case: str) -> None:
    code, spec = WRONG[case]
    made, _ = project(ground, case, rule(spec))
    made.doors.sandboxes[HERE].requests.clear()
    assert refusal(made) == {code}
    assert not made.doors.sandboxes[HERE].requests


# -- CluedIn's own sync --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("switch", [TERMS_TO_VOCABULARIES, TERMS_TO_GLOSSARY])
def test_a_rule_gives_way_to_the_sync_of_the_same_direction(
    estate: tuple[Alone, Portals, str, str], switch: str
) -> None:
    made, portals, _, _ = estate
    portals.switch(VOCABULARIES_TO_TERMS, "true")
    assert held(made.plan()) == set(), "the other direction is another thing"
    portals.switch(switch, "true")
    plan = made.plan()
    assert [one.summary for one in plan.diagnostics if one.code == "glossary.native_sync" and switch in one.summary]
    assert held(plan) == {"glossary.native_sync"}
    assert plan.changes == []
    made.edit("rule.yaml", "source: purview", "source: purview\n  allow_native: true")
    plan = made.plan()
    assert held(plan) == set()
    assert "glossary.native_sync" in codes(plan)
    assert plan.changes


def test_a_user_who_may_not_read_settings_is_told_so(estate: tuple[Alone, Portals, str, str]) -> None:
    made, _, _, _ = estate
    made.http("PUT", "/_sandbox/settings", json={"denied_fields": ["Administration.configurationSettings"]})
    plan = made.plan()
    made.http("PUT", "/_sandbox/settings", json={"denied_fields": []})
    assert held(plan) == set()
    assert "glossary.native_unknown" in codes(plan)
    assert plan.changes


# -- what is never a source ----------------------------------------------------------------------------------------


def test_two_rules_do_not_feed_each_other(estate: tuple[Alone, Portals, str, str]) -> None:
    made, portals, _, _ = estate
    back = "source: cluedin\nselect: {active: false}\ninto: {glossary: Words, root: Vocabularies}"
    made.write("back.yaml", rule(back, "back"))
    assert refusal(made) == {"derived.same_glossary"}
    made.edit("rule.yaml", "assigned: any", 'assigned: any, term: "(?!Vocabularies).*", attribute: null')
    made.apply()
    terms = {one["nickName"] for one in portals.state()["purview"]["term"].values() if one["nickName"] != "Customer"}
    assert {"Product", "SKU"} <= terms
    vocabularies = {one["keyPrefix"] for one in portals.state()["cluedin"]["vocabulary"].values()}
    assert {one for one in vocabularies if one.startswith("purview.")} == {"purview.Customer"}
    assert told(made.plan()) == (set(), set())


def test_terms_of_the_sync_are_no_source(estate: tuple[Alone, Portals, str, str]) -> None:
    made, portals, top, _ = estate
    glossary = portals.term(top)["anchor"]["glossaryGuid"]
    root = portals.add_term(glossary, "CluedIn-0123456789ab", None, "", True)
    portals.add_term(glossary, "Product", root, "", True)
    plan = made.plan()
    assert not [one.address for one in plan.changes if "0123456789" in one.address or "Product" in one.address]
    assert "derived.own" in codes(plan)


def test_what_git_spells_out_is_left_to_it(estate: tuple[Alone, Portals, str, str]) -> None:
    made, _, _, _ = estate
    made.apply()
    entity = "entity_type: {name: Ours, code: /Purview/Customer}"
    spelled = f"vocabulary: {{name: Ours, key_prefix: purview.Customer, {entity}}}\nassets: false"
    made.write("git.yaml", rule(f"{spelled}\nterms: [{{name: Mail, key: Email, term: false}}]", "git"))
    plan = made.plan()
    assert {(one.action, one.address) for one in plan.changes} == {
        ("update", "cluedin.vocabulary:purview.Customer"),
        ("update", "cluedin.entity_type:/Purview/Customer"),
        ("update", "cluedin.vocabulary_key:purview.Customer.Email"),
    }
    assert plan.orphans == []


# -- what holds a rule back ----------------------------------------------------------------------------------------


def test_a_source_that_cannot_be_read_removes_nothing(estate: tuple[Alone, Portals, str, str]) -> None:
    made, portals, _, email = estate
    made.apply()
    portals.delete_term(email)
    fault = {"method": "GET", "path": "glossary/[^/]*/terms", "status": 403, "times": 1}
    made.http("POST", "/_sandbox/faults", json=fault)
    plan = made.plan(prune=True)
    made.http("DELETE", "/_sandbox/faults")
    assert held(plan) == {"source.unreadable"}
    assert {one.action for one in plan.changes} == {"blocked"}
    assert {one.action for one in made.plan(prune=True).changes} == {"retire"}


def test_a_rule_that_takes_nothing_any_more_removes_nothing(estate: tuple[Alone, Portals, str, str]) -> None:
    made, portals, top, email = estate
    made.apply()
    for guid in (top, email):
        portals.flag_term(guid, False)
    plan = made.plan(prune=True)
    assert held(plan) == {"derived.nothing_selected"}
    assert {one.action for one in plan.changes} == {"blocked"}
    (made.root / "manifests" / "rule.yaml").unlink()
    assert {one.action for one in made.plan(prune=True).changes} == {"retire", "forget"}


def test_a_term_on_no_column_is_told(estate: tuple[Alone, Portals, str, str]) -> None:
    made, portals, _, _ = estate
    made.edit("rule.yaml", "select: {assigned: any}", "allow_native: false")
    assert "derived.not_assigned" in codes(made.plan())
    assert portals.term(estate[2])["templateName"] == [TEMPLATE]


# -- other documents -----------------------------------------------------------------------------------------------


LINK = """
    apiVersion: reconciler/v1
    kind: DataSourceLink
    metadata: {name: contacts}
    spec:
      asset:
        type: azure_datalake_gen2_path
        qualified_name: https://contosolake.dfs.core.windows.net/raw/crm/contacts.csv
      data_set: {group: CRM, source: contacts, name: contacts}
      map: {vocabulary: purview.Customer, columns: {email: purview.Customer.Email}, unmapped: ignore}
    """
CONTRACT = """
    apiVersion: reconciler/v1
    kind: ExportContract
    metadata: {name: customers_v1}
    spec:
      entity: /Purview/Customer
      delivery:
        type: file-parquet
        connection: abfss://mdm@contosolake.dfs.core.windows.net
        path: exports/customers/
        schedule: hourly
        overwrite: true
        target: {secrets: {AccountKey: {env: LAKE_KEY}}}
      columns: [{from: purview.Customer.Email}]
    """


def test_other_documents_may_name_what_the_same_plan_makes(estate: tuple[Alone, Portals, str, str]) -> None:
    """What the rule has made of nothing yet counts as declared: a link, a contract, and a key that maps to one."""
    made, _, _, _ = estate
    made.write("link.yaml", LINK)
    made.write("contract.yaml", CONTRACT)
    old = "vocabulary: {name: Old, key_prefix: old, entity_type: {name: Old}}\nassets: false"
    item = "{name: Mail, key: mail, term: false, maps_to: purview.Customer.Email}"
    made.write("git.yaml", rule(f"{old}\nterms: [{item}]", "git"))
    result = made.apply()
    assert [(one.change.address, one.message) for one in result.outcomes if one.status != "done"] == []
    assert told(made.plan()) == (set(), set())


def test_a_document_of_another_name_goes_on_with_what_it_made(estate: tuple[Alone, Portals, str, str]) -> None:
    made, portals, _, email = estate
    made.apply()
    portals.rename_term(email, "Mail")
    made.edit("rule.yaml", "{name: rule}", "{name: other}")
    assert {(one.action, one.address) for one in made.plan().changes} == {
        ("update", "cluedin.vocabulary_key:purview.Customer.Email"),
        ("rename", "cluedin.glossary_term:Customer_Mail"),
    }
