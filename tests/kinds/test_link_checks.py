"""What is said about data source links that cannot be applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.questions.assets import AssetAt
from reconciler.questions.catalogue import KeyAt, LiveKey, LiveVocabulary, VocabularyAt
from tests.kinds.conftest import ONLY_PURVIEW, TEST_ENVIRONMENT
from tests.kinds.test_data_source_link import HEAD, MAPPED, RULE, Desk, asset, codes


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


SECOND = HEAD.replace("contacts.csv", "other.csv")
MAP = "\nmap: {vocabulary: customer, columns: {id: customer.id}"

# code, line in the file, summary, a part of the advice, spec
FINDINGS = {
    "neither form": ("link.form", 1, "The document has no `asset`", "`select`", HEAD.replace(HEAD.splitlines()[1], "")),
    "both forms": (
        "link.form", 1, "The document has both `asset` and `select`", "Name one", HEAD + RULE.splitlines()[1],
    ),
    "blank at the end": (
        "link.name", 6, "The name `CRM ` begins or ends with a blank", "Remove", HEAD.replace("CRM", '"CRM "'),
    ),
    "signed address": (
        "provider.secret", 5, "The qualified name of the asset carries a secret, which would show in every plan",
        "without one", HEAD.replace("contacts.csv", "contacts.csv?sv=1&sig=abc"),
    ),
    "placeholder without a rule": (
        "link.placeholder", 6, "`{asset.name}` stands for nothing here: only a rule with `select` fills it", "select",
        HEAD.replace("CRM", '"{asset.name}"'),
    ),
    "unknown placeholder": (
        "link.placeholder", 6, "`{asset.nmae}` is not a placeholder", "Did you mean `asset.name`?",
        RULE.replace("{asset.name}", "{asset.nmae}"),
    ),
    "sql": (
        "link.sql_later", 6,
        "A source of type `sql` comes later: its connection, with the password, is not written yet", "endpoint",
        HEAD.replace("name: contacts}", "name: contacts, type: sql}"),
    ),
    "file": (
        "link.file_set", 6, "A data set of type `file` cannot be made by a call: it is made by uploading a file",
        "upload the file", HEAD.replace("name: contacts}", "name: contacts, type: file}"),
    ),
    "auto off": (
        "link.auto_off", 8, "`auto` has no `off`, which many readers of YAML take for false", "auto: none",
        HEAD + MAP + ", auto: off}",
    ),
    "auto false": (
        "link.auto_off", 8, "`auto` has no `off`, which many readers of YAML take for false", "auto: none",
        HEAD + MAP + ", auto: false}",
    ),
    "stewards": (
        "link.stewards", 7, "Assets have owners and experts; stewards belong to glossary terms", "`owners`",
        HEAD + "stewards: [ada]",
    ),
    "relations without a map": (
        "link.no_map", 7, "Relations need mapped columns, and the document has no `map`", "Add `map`",
        HEAD + "relations: [{column: a, type: /B, to: /C}]",
    ),
    "owners without lineage": (
        "link.no_lineage", 8, "`owners` has no effect: with `lineage: false` the data set is no asset in Purview",
        "Remove one", HEAD + "lineage: false\nowners: [ada]",
    ),
    "metrics without lineage": (
        "link.no_lineage", 8, "`metrics` has no effect: with `lineage: false` the data set is no asset in Purview",
        "Remove one", HEAD + "lineage: false\nmetrics: publish",
    ),
    "unknown owner": (
        "contact.unknown", 7, "Nobody is known as `adaa`", "Did you mean `ada`?", HEAD + "owners: [adaa]",
    ),
    "mapping without vocabulary": (
        "link.vocabulary", 7, "The mapping names no vocabulary, and nothing tells which it is", "customer-mapping",
        HEAD + "map: {unmapped: ignore}",
    ),
    "column without key": (
        "link.column_form", 8, "The column `a` has no key", "`ignore`",
        HEAD + "\nmap: {vocabulary: customer, columns: {a: {alias: true}}}",
    ),
    "column with both": (
        "link.column_form", 8, "The column `a` has both a key and `ignore`", "`ignore`",
        HEAD + "\nmap: {vocabulary: customer, columns: {a: {key: customer.id, ignore: true}}}",
    ),
    "identifier that is left out": (
        "link.ignored_column", 8, "The column `a` is left out, so it cannot be an identifier", "Map it",
        HEAD + "\nmap: {vocabulary: customer, columns: {a: {ignore: true, identifier: {origin: x}}}}",
    ),
    "short key": (
        "link.key", 8, "`email` is not a full key", "Did you mean `customer.email`?",
        HEAD + "\nmap: {vocabulary: customer, columns: {a: email}}",
    ),
    "undeclared key of ours": (
        "link.key_undeclared", 8,
        "No document declares the key `customer.emial`: it is looked up in CluedIn when planning",
        "Did you mean `customer.email`?", HEAD + "\nmap: {vocabulary: customer, columns: {a: customer.emial}}",
    ),
    "obsolete key": (
        "link.obsolete_key", 8, "The key `customer.mail` is obsolete", "took its place",
        HEAD + "\nmap: {vocabulary: customer, columns: {a: customer.mail}}",
    ),
    "unlisted column": (
        "link.not_listed", 8, "`data_set.fields` does not list the column `id`", "Did you mean `ID`?",
        HEAD.replace("name: contacts}", "name: contacts, fields: [ID]}") + MAP + ", unmapped: ignore}",
    ),
    "listed twice": (
        "link.field_twice", 6, "The column `id` is listed twice", "Keep one",
        HEAD.replace("name: contacts}", "name: contacts, fields: [id, id]}") + MAP + "}",
    ),
    "listed and not mapped": (
        "link.unmapped", 8, "Nothing maps the columns `city`, `zip`", "unmapped: ignore",
        HEAD.replace("name: contacts}", "name: contacts, fields: [id, city, zip]}") + MAP + "}",
    ),
    "identifier that is not mapped": (
        "link.not_mapped", 8, "The column `ids` is not mapped, so it cannot be `primary_identifier` of the records",
        "Did you mean `id`?", HEAD + MAP + ", primary_identifier: ids}",
    ),
    "name that is left out": (
        "link.not_mapped", 8, "The column `a` is left out, so it cannot be `name` of the records", "Map the column",
        HEAD + "\nmap: {vocabulary: customer, name: a, columns: {a: ignore}}",
    ),
    "relation of an unmapped column": (
        "link.not_mapped", 9, "The column `a` is not mapped, so it cannot be a relation", "Mapped are `id`",
        HEAD + MAP + "}\nrelations: [{column: a, type: /B, to: /C}]",
    ),
    "relation twice": (
        "link.relation_twice", 11, "The column `id` has the relation `/B` twice", "Keep one",
        HEAD + MAP + "}\nrelations:\n  - {column: id, type: /B, to: /C}\n  - {column: id, type: /B, to: /D}",
    ),
    "edge type without a slash": (
        "resource.invalid", 9,
        "a relation is named by a column and an edge type that starts with `/`, not by 'id/WorksFor'", "",
        HEAD + MAP + "}\nrelations: [{column: id, type: WorksFor, to: /C}]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FINDINGS)
def test_finding(desk: Desk, case: str) -> None:
    code, line, summary, advice, spec = FINDINGS[case]
    found = desk.offline(spec).findings
    assert [one.code for one in found] == [code], [str(one) for one in found]
    assert found[0].summary == summary
    assert advice in found[0].detail
    assert (found[0].source.file, found[0].source.line) == ("manifests/l0.yaml", line)


def test_everything_is_said_at_once(desk: Desk) -> None:
    spec = HEAD.replace("CRM", '" CRM"') + "\nmap: {vocabulary: customer, columns: {a: email, b: {}}}\nowners: [eve]"
    assert sorted(codes(desk.offline(spec))) == ["contact.unknown", "link.column_form", "link.key", "link.name"]


@pytest.mark.parametrize(
    ("other", "code", "part"),
    [
        (HEAD.replace("name: contacts}", "name: more}"), "link.asset_twice", "manifests/l0.yaml:6"),
        (SECOND, "link.data_set_twice", "manifests/l0.yaml:6"),
        (SECOND.replace("CRM", "Crm"), "link.data_set_case", "only in case"),
    ],
)
def test_one_asset_feeds_one_data_set(desk: Desk, other: str, code: str, part: str) -> None:
    [found] = desk.offline(HEAD, other).findings
    assert (found.code, found.source.file) == (code, "manifests/l1.yaml")
    assert part in found.summary


def test_data_sets_of_one_source_share_its_quality(desk: Desk) -> None:
    quality = "name: contacts, source_quality: {}}}"
    one = HEAD.replace("name: contacts}", quality.format(5))
    two = SECOND.replace("name: contacts}", quality.format(6).replace("contacts", "more"))
    [found] = desk.offline(one, two).findings
    assert (found.code, found.source.file) == ("link.quality_differs", "manifests/l1.yaml")
    assert found.summary == "The quality of the source CRM/contacts is 6 here and 5 in manifests/l0.yaml:6"
    assert codes(desk.offline(one, two.replace("6", "5"))) == []
    assert codes(desk.offline(one, two.replace("source: contacts", "source: more"))) == []


def test_a_glossary_mapping_without_vocabulary(desk: Desk) -> None:
    desk.mapping = "glossary: G\nterm: {name: Customer}"
    [found] = desk.offline(HEAD + "map: {vocabulary: customer-mapping, unmapped: ignore}").findings
    assert (found.code, found.summary) == (
        "link.vocabulary",
        "The GlossaryMapping `customer-mapping` has no vocabulary",
    )


def test_a_vocabulary_goes_by_its_document_or_its_prefix(desk: Desk) -> None:
    for name in ("customer-mapping", "customer", "Customer"):
        wishes = desk.offline(MAPPED.replace("vocabulary: customer", f"vocabulary: {name}"))
        assert codes(wishes) == []
        assert wishes.resources["cluedin.annotation:CRM/contacts/contacts"].values["vocabulary"] == "customer"


def test_a_vocabulary_without_entity_type(desk: Desk) -> None:
    desk.mapping = "vocabulary: {name: C, key_prefix: customer}\nterms: [{name: Id, key: id}]"
    assert codes(desk.offline(HEAD + MAP + "}")) == ["link.entity_type"]
    typed = HEAD + MAP + ", entity_type: /Customer}"
    wishes = desk.offline(typed)
    assert codes(wishes) == []
    assert wishes.resources["cluedin.entity_type:/Customer"].mode == "refer"


LIVE = LiveVocabulary("user", "User", "/User", (LiveKey("user.email", "email", "Email"),))


@pytest.mark.parametrize(
    ("spec", "code", "advice"),
    [
        ("map: {vocabulary: usr, unmapped: ignore}", "link.vocabulary", ""),
        ("map: {vocabulary: custmer, unmapped: ignore}", "link.vocabulary", "Did you mean `customer`?"),
        ("map: {vocabulary: user, columns: {a: user.emial}}", "link.key", "Did you mean `user.email`?"),
        ("map: {vocabulary: customer, columns: {a: customer.emial}}", "link.key", "Did you mean `customer.email`?"),
        ("map: {vocabulary: bare, unmapped: ignore}", "link.entity_type", "map.entity_type"),
    ],
)
def test_what_is_not_in_cluedin_either(desk: Desk, spec: str, code: str, advice: str) -> None:
    known = {
        AssetAt: (asset("a"),),
        VocabularyAt: (LIVE, LiveVocabulary("bare", "Bare", "")),
        KeyAt: (LiveKey("user.email", "email", "Email"),),
    }
    errors = [one for one in desk.online(HEAD + spec, known=known).findings if one.severity == "error"]
    assert [one.code for one in errors] == [code]
    assert advice in errors[0].detail


def test_a_column_that_the_scan_does_not_show(desk: Desk) -> None:
    wishes = desk.online(MAPPED + "  unmapped: ignore\n", known={AssetAt: (asset("id", "Email", "notes"),)})
    [found] = wishes.findings
    assert (found.severity, found.code, found.source.line) == ("error", "link.not_scanned", 13)
    assert found.detail == "Did you mean `Email`? Case counts."


def test_a_record_key_that_nothing_was_found_for(desk: Desk) -> None:
    spec = HEAD + MAP + ", auto: by_name, unmapped: ignore, name: title}"
    assert codes(desk.offline(spec)) == [], "offline it may still be found"
    assert codes(desk.online(spec, known={AssetAt: (asset("id", "title"),)})) == ["link.not_mapped"]


@pytest.mark.parametrize(
    ("scope", "spec", "code", "part"),
    [
        ("purview: {read_only: true}", MAPPED, "scope.read_only", "may only read Purview"),
        ("purview: {read_only: true}", MAPPED + "lineage: false", "", ""),
        ("cluedin: {read_only: true}", MAPPED, "scope.read_only", "may only read CluedIn"),
        ("cluedin: {key_prefixes: [x]}", MAPPED + "  unmapped: create\n", "scope.outside", "keys of `customer`"),
        ("cluedin: {key_prefixes: [Customer]}", MAPPED + "  unmapped: create\n", "", ""),
        ("cluedin: {key_prefixes: [x]}", MAPPED, "", ""),
    ],
)
def test_scope(desk: Desk, scope: str, spec: str, code: str, part: str) -> None:
    desk.environment = TEST_ENVIRONMENT + f"scope: {{{scope}}}\n"
    found = [one for one in desk.offline(spec).findings if one.source.file == "manifests/l0.yaml"]
    assert [one.code for one in found] == ([code] if code else [])
    assert all(part in one.summary for one in found)


def test_a_rule_without_purview_selects_nothing(desk: Desk) -> None:
    desk.environment = TEST_ENVIRONMENT[: TEST_ENVIRONMENT.index("purview:")]
    found = [one for one in desk.offline(RULE).findings if one.source.file == "manifests/l0.yaml"]
    assert [(one.severity, one.code) for one in found] == [("warning", "link.no_purview")]


def test_atlas_has_no_collections_to_select_from(desk: Desk) -> None:
    desk.environment = TEST_ENVIRONMENT.replace("collection: acme/MDM", "mode: atlas")
    spec = RULE.replace("glossary: Enterprise", "glossary: Enterprise, collection: Raw")
    assert "link.not_in_atlas" in codes(desk.offline(spec))


def test_undeclared_keys_are_nobodys_without_cluedin(desk: Desk) -> None:
    desk.environment = ONLY_PURVIEW
    wishes = desk.online(
        HEAD + "map: {vocabulary: customer, columns: {a: customer.emial}}", known={AssetAt: (asset("a"),)}
    )
    assert not [one for one in wishes.findings if one.severity != "info"]
