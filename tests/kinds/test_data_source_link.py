"""What data source links become, offline and with what the systems answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import orjson
import pytest

from reconciler.desired import Wishes
from reconciler.desired.wishes import draft
from reconciler.questions import Answers, Question
from reconciler.questions.assets import AssetAt, AssetsTagged, ScannedAsset, ScannedColumn
from reconciler.questions.catalogue import KeyAt, LiveKey, LiveVocabulary, VocabularyAt
from reconciler.questions.inbound import DataSetsNamed, LiveDataSet
from reconciler.resources import types
from tests.kinds.conftest import ONLY_CLUEDIN, ONLY_PURVIEW, TEST_ENVIRONMENT, document

PATH, NAME = "azure_datalake_gen2_path", "https://lake/raw/contacts.csv"
ASSET = f"{PATH}/{NAME}"
CUSTOMER = """
glossary: Enterprise
term: {name: Customer}
vocabulary: {name: Customer, key_prefix: customer, entity_type: {name: Customer}}
terms:
  - {name: Id, key: id}
  - {name: Email, key: email, labels: [PII]}
  - {name: Full Name, key: fullName}
  - {name: Account, key: accountId, term: false}
  - {name: Mail, key: mail, term: false, obsolete: true, maps_to: customer.email}
"""
LABELS = """
labels: {PII: {classification: CLUEDIN.PII, purview_label: pii}}
propagate: [entity, data_set]
"""
HEAD = f"""
asset: {{type: {PATH}, qualified_name: "{NAME}"}}
data_set: {{group: CRM, source: contacts, name: contacts}}
"""
MAPPED = (
    HEAD
    + """
map:
  vocabulary: customer
  primary_identifier: id
  columns:
    id: customer.id
    email: {key: customer.email, identifier: {origin: email}, alias: true}
    notes: ignore
"""
)
SET = "CRM/contacts/contacts"
DATASET = "cluedin_dataset/cluedin.dataset.CRM.contacts.contacts"
COLUMN = "cluedin_column/cluedin.dataset.CRM.contacts.contacts"
RULE = """
select: {term: Source, glossary: Enterprise, types: [azure_datalake_gen2_path]}
data_set: {group: "{asset.type}", source: "{asset.qualified_name}", name: "{asset.name}"}
map: {vocabulary: customer, auto: by_name, unmapped: ignore}
"""


def asset(*columns: str | ScannedColumn, name: str = NAME, type: str = PATH) -> ScannedAsset:
    made = tuple(
        one if isinstance(one, ScannedColumn) else ScannedColumn(one, "string", f"column/{name}#{one}")
        for one in columns
    )
    return ScannedAsset(type, name, name.rpartition("/")[2], made)


class Desk:
    """A project of links beside the customer's glossary mapping, and what the systems answer it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment, self.labels, self.mapping = TEST_ENVIRONMENT, LABELS, CUSTOMER

    def write(self, *specs: str) -> None:
        texts = {"environments/test": document("Environment", "test", self.environment)}
        texts |= {"customer": document("GlossaryMapping", "customer-mapping", self.mapping)} if self.mapping else {}
        texts |= {"labels": document("LabelMap", "labels", self.labels)} if self.labels else {}
        texts |= {f"l{at}": document("DataSourceLink", f"l{at}", spec) for at, spec in enumerate(specs)}
        for name, text in texts.items():
            path = self.root / "manifests" / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")

    def offline(self, *specs: str) -> Wishes:
        self.write(*specs)
        return draft(self.root, "test", {}).wishes()

    def asked(self, *specs: str) -> list[Question]:
        self.write(*specs)
        return draft(self.root, "test", {}).questions()

    def online(self, *specs: str, known: Mapping[Any, tuple[Any, ...]] = {}) -> Wishes:
        """Everything is asked; what the test does not say has no rows. Answers are found by kind and name.

        What holds a document back is shown among the findings.
        """
        self.write(*specs)
        drafted = draft(self.root, "test", {})
        assert drafted.ok, [str(one) for one in drafted.findings]
        rows: dict[Question, tuple[Any, ...]] = {}
        for question in drafted.questions():
            rows[question] = known.get(type(question), ())
            if isinstance(question, AssetAt):
                rows[question] = tuple(r for r in rows[question] if r.qualified_name == question.qualified_name)
            if isinstance(question, VocabularyAt):
                rows[question] = tuple(r for r in rows[question] if r.prefix.casefold() == question.prefix.casefold())
            if isinstance(question, KeyAt):
                rows[question] = tuple(r for r in rows[question] if r.key == question.key)
        wishes = drafted.wishes(Answers(rows))
        said = [*wishes.findings, *wishes.refusals]
        wishes.findings = sorted(said, key=lambda one: (one.source.file, one.source.line) if one.source else ("", 0))
        return wishes


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def codes(wishes: Wishes) -> list[str]:
    return [finding.code for finding in wishes.findings]


def of(wishes: Wishes, *names: str) -> list[str]:
    return sorted(one for one in wishes.resources if one.partition(":")[0] in names)


def link_only(wishes: Wishes) -> list[str]:
    return sorted(a for a, w in wishes.resources.items() if any(o.kind == "DataSourceLink" for o in w.origins))


# -- expansion ---------------------------------------------------------------------------------------------


def test_both_halves_offline(desk: Desk) -> None:
    wishes = desk.offline(MAPPED)
    assert codes(wishes) == []
    assert [one for one in link_only(wishes) if not one.startswith(("purview.type:", "purview.collection:"))] == [
        f"cluedin.annotation:{SET}",
        f"cluedin.annotation_keys:{SET}",
        f"cluedin.column_mapping:{SET}#email",
        f"cluedin.column_mapping:{SET}#id",
        f"cluedin.column_mapping:{SET}#notes",
        f"cluedin.data_set:{SET}",
        "cluedin.data_source:CRM/contacts",
        "cluedin.data_source_group:CRM",
        f"cluedin.identifier:{SET}#customer.email",
        f"purview.asset:{ASSET}",
        f"purview.assignment:Enterprise/Customer/Email@{COLUMN}#email",
        f"purview.assignment:Enterprise/Customer/Id@{COLUMN}#id",
        f"purview.classification:CLUEDIN.PII@{COLUMN}#email",
        f"purview.entity:{COLUMN}#email",
        f"purview.entity:{COLUMN}#id",
        f"purview.entity:{COLUMN}#notes",
        f"purview.entity:{DATASET}",
        "purview.entity:cluedin_ingest_process/cluedin.ingest.CRM.contacts.contacts",
        "purview.entity:cluedin_map_process/cluedin.map.CRM.contacts.contacts",
        f"purview.label:pii@{COLUMN}#email",
    ]


def test_what_each_part_says(desk: Desk) -> None:
    resources = desk.offline(MAPPED).resources
    assert resources["cluedin.data_source_group:CRM"].mode == "ensure"
    assert resources[f"cluedin.annotation:{SET}"].values == {"vocabulary": "customer", "entity_type": "/Customer"}
    assert resources[f"cluedin.annotation_keys:{SET}"].values == {"primary_identifier": "customer.id"}
    assert resources[f"cluedin.column_mapping:{SET}#email"].values == {"key": "customer.email", "alias": True}
    assert resources[f"cluedin.column_mapping:{SET}#notes"].values == {"key": "--ignore--"}
    assert resources[f"cluedin.identifier:{SET}#customer.email"].values == {"origin": "email"}
    data_set = resources[f"cluedin.data_set:{SET}"]
    assert data_set.values == {
        "type": "endpoint", "fields[_id]": True, "fields[email]": True, "fields[notes]": True,
    }  # fmt: skip
    assert {w.on_remove for a, w in resources.items() if a.startswith(("cluedin.data_s", "cluedin.annotation"))} == {
        "forget"
    }
    assert resources[f"purview.entity:{COLUMN}#notes"].values["attributes[vocabulary_key]"] is None


def test_every_key_of_the_record_is_written_with_the_key_that_its_column_fills(desk: Desk) -> None:
    more = "  name: email\n  description: email\n  created: email\n  modified: id\n"
    values = (
        desk.offline(MAPPED.replace("  columns:", f"{more}  columns:"))
        .resources[f"cluedin.annotation_keys:{SET}"]
        .values
    )
    assert values == {
        "primary_identifier": "customer.id", "name_key": "customer.email", "description_key": "customer.email",
        "created_map": "customer.email", "modified_map": "customer.id",
    }  # fmt: skip
    assert values.keys() == types()["cluedin.annotation_keys"].fields.keys()


def test_mappings_come_after_keys_and_what_builds_on_them_last(desk: Desk) -> None:
    spec = MAPPED + "relations: [{column: id, type: /WorksFor, to: /Account, direction: incoming, origin: CRM}]\n"
    levels = (wishes := desk.offline(spec)).levels
    chain = [
        "cluedin.data_source_group:CRM", "cluedin.data_source:CRM/contacts", f"cluedin.data_set:{SET}",
        f"cluedin.annotation:{SET}", f"cluedin.column_mapping:{SET}#id",
    ]  # fmt: skip
    assert [levels[one] for one in chain] == sorted(levels[one] for one in chain)
    last = [f"cluedin.annotation_keys:{SET}", f"cluedin.relation:{SET}#id/%2FWorksFor"]
    assert all(levels[one] > levels[chain[-1]] for one in last)
    assert levels[chain[-1]] > levels["cluedin.vocabulary_key:customer.id"]
    assert wishes.resources[last[1]].values == {"to": "/Account", "direction": "incoming", "origin": "CRM"}
    assert wishes.resources["cluedin.entity_type:/Account"].mode == "refer"


def test_the_lineage_names_columns_as_they_are(desk: Desk) -> None:
    wishes = desk.online(MAPPED, known={AssetAt: (asset("ID", "email", "notes"),)})
    assert "link.unmapped" in codes(wishes), "case counts: `id` is not `ID`"
    wishes = desk.online(MAPPED, known={AssetAt: (asset("id", "email", "notes"),)})
    assert codes(wishes) == []
    ingest = wishes.resources["purview.entity:cluedin_ingest_process/cluedin.ingest.CRM.contacts.contacts"]
    assert ingest.values["name"] == "Ingest Data"
    assert (ingest.values["inputs"], ingest.values["outputs"]) == ([ASSET], [DATASET])
    text = ingest.values["column_mapping"]
    assert text.startswith('[{"DatasetMapping":{"Source":"https://lake/raw/contacts.csv","Sink":"cluedin.dataset.')
    assert orjson.loads(text)[0]["ColumnMapping"] == [
        {"Source": "id", "Sink": "_id"}, {"Source": "email", "Sink": "email"}, {"Source": "notes", "Sink": "notes"},
    ]  # fmt: skip
    mapped = wishes.resources["purview.entity:cluedin_map_process/cluedin.map.CRM.contacts.contacts"]
    assert mapped.values["outputs"] == ["cluedin_entity/cluedin.entity.Customer"]
    assert orjson.loads(mapped.values["column_mapping"])[0]["ColumnMapping"] == [
        {"Source": "email", "Sink": "customer.email"},
        {"Source": "_id", "Sink": "customer.id"},
    ]
    assert wishes.resources[f"purview.entity:{COLUMN}#id"].values["attributes[data_type]"] == "string"


def test_a_type_that_is_kept_out_of_purview_has_no_map_process(desk: Desk) -> None:
    desk.mapping += "assets: false\n"
    wishes = desk.offline(MAPPED)
    assert codes(wishes) == []
    entities = of(wishes, "purview.entity")
    assert f"purview.entity:{DATASET}" in entities
    assert [one for one in entities if "map_process" in one or "cluedin_entity" in one] == []


def test_without_a_mapped_column_there_is_no_map_process(desk: Desk) -> None:
    everything_ignored = HEAD + "map: {vocabulary: customer, columns: {id: ignore}}\n"
    for spec in (HEAD, everything_ignored):
        wishes = desk.offline(spec)
        assert codes(wishes) == []
        assert not [one for one in wishes.resources if "map_process" in one]
        assert "purview.entity:cluedin_ingest_process/cluedin.ingest.CRM.contacts.contacts" in wishes.resources
    assert not of(desk.offline(HEAD), "cluedin.annotation")


def test_names_are_quoted_in_keys_and_encoded_in_qualified_names(desk: Desk) -> None:
    spec = (
        HEAD.replace("name: contacts}", 'name: "a/b #1@%"}')
        + "map: {vocabulary: customer, columns: {'e/m#': customer.email}}"
    )
    resources = desk.offline(spec).resources
    assert "cluedin.data_set:CRM/contacts/a%2Fb %231%40%25" in resources
    assert "cluedin.column_mapping:CRM/contacts/a%2Fb %231%40%25#e%2Fm%23" in resources
    assert "purview.entity:cluedin_dataset/cluedin.dataset.CRM.contacts.a%2Fb%20%231%40%25" in resources


def test_auto_submit_comes_after_all_else_in_cluedin(desk: Desk) -> None:
    assert f"cluedin.auto_submit:{SET}" not in desk.offline(MAPPED).resources
    more = MAPPED.replace("name: contacts}", "name: contacts, auto_submit: true}")
    resources = desk.offline(more + "relations: [{column: id, type: /Knows, to: /Customer}]\n").resources
    last = resources.pop(f"cluedin.auto_submit:{SET}")
    ours = {address for address in resources if address.startswith("cluedin.") and SET in address}
    assert {address.partition(":")[0] for address in ours} >= {
        "cluedin.data_set", "cluedin.annotation", "cluedin.column_mapping", "cluedin.annotation_keys",
        "cluedin.identifier", "cluedin.relation",
    }  # fmt: skip
    assert ours <= set(last.needs)
    assert last.values == {"on": True}
    assert not any(f"cluedin.auto_submit:{SET}" in one.needs for one in resources.values())


def test_only_what_is_mentioned_is_managed(desk: Desk) -> None:
    more = MAPPED.replace("name: contacts}", "name: contacts, auto_submit: false, source_quality: 7}")
    more = more.replace("vocabulary: customer", "vocabulary: customer\n  origin: data_source_name\n  description: null")
    resources = desk.offline(more + "owners: [ada]\nmetrics: publish\n").resources
    values = resources[f"cluedin.data_set:{SET}"].values
    assert (values.get("auto_submit"), values["source_quality"]) == (None, 7)
    assert resources[f"cluedin.auto_submit:{SET}"].values == {"on": False}
    assert resources[f"cluedin.annotation:{SET}"].values["origin"] == "--data-source-name--"
    assert resources[f"cluedin.annotation_keys:{SET}"].values == {
        "primary_identifier": "customer.id", "description_key": None,
    }  # fmt: skip
    owner = "owners[30435ff9-9b96-44af-a5a9-e05c8b1ae2df]"
    assert resources[f"purview.entity:{DATASET}"].values[owner] is True
    assert "purview.type:cluedin_metrics" in resources


def test_record_keys_that_are_all_empty_are_cleared_on_the_annotation(desk: Desk) -> None:
    wishes = desk.offline(MAPPED.replace("primary_identifier: id", "primary_identifier: null"))
    assert not of(wishes, "cluedin.annotation_keys")
    assert wishes.resources[f"cluedin.annotation:{SET}"].values["primary_identifier"] is None


@pytest.mark.parametrize(
    ("environment", "code", "there", "gone"),
    [
        (ONLY_CLUEDIN, "link.no_purview", "cluedin", "purview"),
        (ONLY_PURVIEW, "link.no_cluedin", "purview", "cluedin"),
    ],
)
def test_a_system_that_is_not_there_leaves_the_other_half(desk: Desk, environment, code, there, gone) -> None:
    desk.environment = environment
    wishes = desk.offline(MAPPED)
    assert code in codes(wishes)
    assert {f.severity for f in wishes.findings} == {"info"}
    found = {one.partition(".")[0] for one in link_only(wishes)}
    assert (there in found, gone in found) == (True, False)


def test_without_lineage_the_asset_is_still_asked_for(desk: Desk) -> None:
    spec = MAPPED + "lineage: false\n"
    assert any(isinstance(one, AssetAt) for one in desk.asked(spec))
    wishes = desk.online(spec, known={AssetAt: (asset("id", "email", "notes"),)})
    assert not [one for one in link_only(wishes) if one.startswith("purview.")]
    assert codes(desk.online(spec)) == ["link.asset_missing"]


def test_atlas_has_no_collections_and_no_owners(desk: Desk) -> None:
    desk.environment = TEST_ENVIRONMENT.replace("collection: acme/MDM", "mode: atlas")
    wishes = desk.offline(MAPPED + "owners: [ada]\n")
    assert "link.not_in_atlas" in codes(wishes)
    values = wishes.resources[f"purview.entity:{DATASET}"].values
    assert not [path for path in values if path.startswith(("owners", "collection"))]
    assert not of(wishes, "purview.collection")


def test_terms_are_assigned_only_where_asked(desk: Desk) -> None:
    wishes = desk.offline(MAPPED + "assign_terms: false\n")
    assert not [one for one in link_only(wishes) if one.startswith("purview.assignment")]


def test_labels_reach_the_scanners_columns_where_a_map_says_so(desk: Desk) -> None:
    known = {AssetAt: (asset("id", "email", "notes"),)}
    source = f"column/{NAME}#email"
    assert not [one for one in desk.online(MAPPED, known=known).resources if source in one]
    desk.labels = LABELS.replace("data_set]", "data_set, source]")
    resources = desk.online(MAPPED, known=known).resources
    assert resources[f"purview.asset:{source}"].mode == "refer"
    assert f"purview.asset:{source}" in resources[f"purview.classification:CLUEDIN.PII@{source}"].needs
    assert f"purview.label:pii@{source}" in resources
    assert not [one for one in resources if f"CLUEDIN.PII@column/{NAME}#id" in one]


def test_a_live_vocabulary_is_only_referred_to(desk: Desk) -> None:
    desk.mapping = ""
    live = LiveVocabulary("user", "User", "/Infrastructure/User", (LiveKey("user.email", "email", "Email"),))
    known = {
        AssetAt: (asset("email", "x"),), VocabularyAt: (live,), KeyAt: (LiveKey("user.email", "email", "Email"),),
    }  # fmt: skip
    spec = HEAD + "map: {vocabulary: user, columns: {email: user.email}, unmapped: ignore}\n"
    wishes = desk.online(spec, known=known)
    assert codes(wishes) == []
    for address in ("vocabulary:user", "vocabulary_key:user.email", "entity_type:/Infrastructure/User"):
        assert wishes.resources[f"cluedin.{address}"].mode == "refer"
    assert "purview.entity:cluedin_column/cluedin.entity.Infrastructure.User#user.email" in wishes.resources
    assert wishes.resources[f"cluedin.annotation:{SET}"].values["entity_type"] == "/Infrastructure/User"
    assert not [f for f in desk.offline(spec).findings if f.severity != "info"], "offline it may well be there"


# -- the asset ---------------------------------------------------------------------------------------------


def test_a_missing_asset_is_an_error(desk: Desk) -> None:
    wishes = desk.online(MAPPED)
    [finding] = wishes.findings
    assert (finding.code, finding.severity, finding.source.line) == ("link.asset_missing", "error", 5)
    assert PATH in finding.summary
    assert NAME in finding.summary
    theirs = [wishes.resources[address].origins for address in link_only(wishes)]
    assert all(any(one.kind != "DataSourceLink" for one in origins) for origins in theirs), "only what others want too"


def test_a_missing_asset_may_be_waited_for(desk: Desk) -> None:
    spec = MAPPED.replace('.csv"}', '.csv", missing: wait}')
    live = LiveDataSet(SET, "1", ("_id", "email", "notes", "late"))
    wishes = desk.online(spec, known={DataSetsNamed: (live,)})
    assert codes(wishes) == ["link.asset_waits"]
    assert wishes.findings[0].severity == "info"
    assert not [one for one in wishes.resources if "ingest.CRM" in one or one.startswith("purview.asset:")]
    assert f"purview.entity:{DATASET}" in wishes.resources
    assert f"cluedin.column_mapping:{SET}#id" in wishes.resources
    assert f"purview.entity:{COLUMN}#late" in wishes.resources, "what the data set has meanwhile"


# -- columns -----------------------------------------------------------------------------------------------


def test_columns_of_a_data_set_that_is_there_cannot_be_told(desk: Desk) -> None:
    live = LiveDataSet(SET, "1", ("_id", "email"))
    wishes = desk.online(MAPPED, known={AssetAt: (asset("id", "email", "notes"),), DataSetsNamed: (live,)})
    assert codes(wishes) == ["link.column_later"]
    assert "`notes`" in wishes.findings[0].summary
    values = wishes.resources[f"cluedin.data_set:{SET}"].values
    assert [one for one in values if one.startswith("fields")] == ["fields[_id]", "fields[email]"]
    assert f"cluedin.column_mapping:{SET}#notes" in wishes.resources


def test_columns_that_nothing_maps_are_one_error(desk: Desk) -> None:
    wishes = desk.online(MAPPED, known={AssetAt: (asset("id", "email", "notes", "city", "zip"),)})
    [finding] = wishes.findings
    assert (finding.code, finding.summary) == ("link.unmapped", "Nothing maps the columns `city`, `zip`")


def test_columns_that_nothing_maps_may_be_left_out(desk: Desk) -> None:
    spec = MAPPED + "  unmapped: ignore\n"
    wishes = desk.online(spec, known={AssetAt: (asset("id", "email", "notes", "city"),)})
    assert codes(wishes) == []
    assert wishes.resources[f"cluedin.column_mapping:{SET}#city"].values == {"key": "--ignore--"}


def test_columns_that_nothing_maps_may_get_keys(desk: Desk) -> None:
    spec = MAPPED + "  unmapped: create\n"
    columns = ("id", "email", "notes", ScannedColumn("birth date", "datetime2(7)", "k"), "2nd_mail")
    wishes = desk.online(spec, known={AssetAt: (asset(*columns),)})
    assert [(one.severity, one.code) for one in wishes.findings] == [("warning", "link.column_doubtful")]
    assert "`2nd_mail` begins with a digit" in wishes.findings[0].summary
    made = wishes.resources["cluedin.vocabulary_key:customer.birthdate"]
    assert (made.mode, made.on_remove) == ("ensure", "retire")
    assert made.values == {"vocabulary": "customer", "display_name": "birth date", "data_type": "DateTime"}
    assert wishes.resources[f"cluedin.column_mapping:{SET}#birth date"].values == {
        "key": "customer.birthdate",
        "arrives_as": "birthdate",
    }
    assert "cluedin.vocabulary_key:customer.k2ndmail" in wishes.resources
    assert "purview.entity:cluedin_column/cluedin.entity.Customer#customer.birthdate" in wishes.resources


@pytest.mark.parametrize("auto", ["none", "by_name"])
def test_a_key_that_was_made_is_left_to_people(desk: Desk, auto: str) -> None:
    """The second time the key is there: it is still wanted, and its type is nobody's but the stewards'."""
    live = LiveVocabulary("customer", "Customer", "/Customer", (LiveKey("customer.city", "City", "GeographyCity"),))
    spec = MAPPED + f"  unmapped: create\n  auto: {auto}\n"
    known = {AssetAt: (asset("id", "email", "notes", "city"),), VocabularyAt: (live,)}
    made = desk.online(spec, known=known).resources["cluedin.vocabulary_key:customer.city"]
    assert (made.mode, made.values) == ("ensure", {"vocabulary": "customer"})


@pytest.mark.parametrize(
    ("columns", "code", "part"),
    [
        (("a_b", "a b"), "link.same_key", "`a_b` and `a b`"),
        (("Full_Name",), "link.key_case", "differs from `customer.fullName`"),
        (("!!",), "link.no_key_name", "`!!`"),
    ],
)
def test_keys_that_cannot_be_made(desk: Desk, columns: tuple[str, ...], code: str, part: str) -> None:
    spec = MAPPED + "  unmapped: create\n"
    if columns == ("Full_Name",):
        columns = ("fullname",)
    wishes = desk.online(spec, known={AssetAt: (asset("id", "email", "notes", *columns),)})
    assert [one for one in codes(wishes) if one != "link.column_doubtful"] == [code]
    assert any(part in one.summary for one in wishes.findings)


def test_a_made_key_that_differs_in_case_from_a_declared_one_is_told_offline(desk: Desk) -> None:
    """What `validate` can tell is no refusal of `plan`: both find the manifests invalid."""
    spec = MAPPED.replace("name: contacts}", "name: contacts, fields: [id, email, notes, fullname]}")
    assert spec != MAPPED
    wishes = desk.offline(spec + "  unmapped: create\n")
    assert [one.code for one in wishes.findings if one.severity == "error"] == ["link.key_case"]
    assert "differs from `customer.fullName`" in wishes.findings[0].summary


# -- names under which columns arrive, and keys that several of them end in -----------------------------------


def test_columns_go_by_the_names_under_which_they_arrive(desk: Desk) -> None:
    """CluedIn's pages "Logs" and "Endpoint": `id` becomes `_id`, blanks and dots are taken out."""
    spec = HEAD + "map: {vocabulary: customer, columns: {id: customer.id, first name: customer.email, a.b: ignore}}\n"
    wishes = desk.online(spec, known={AssetAt: (asset("id", "first name", "a.b"),)})
    assert codes(wishes) == []
    mappings = {a.partition("#")[2]: w.values for a, w in wishes.resources.items() if "column_mapping" in a}
    assert mappings == {
        "id": {"key": "customer.id", "arrives_as": "_id"},
        "first name": {"key": "customer.email", "arrives_as": "firstname"},
        "a.b": {"key": "--ignore--", "arrives_as": "ab"},
    }
    fields = [one for one in wishes.resources[f"cluedin.data_set:{SET}"].values if one.startswith("fields")]
    assert fields == ["fields[_id]", "fields[firstname]", "fields[ab]"]
    assert wishes.resources[f"purview.entity:{COLUMN}#id"].values["name"] == "_id"
    assert wishes.resources[f"purview.entity:{COLUMN}#first%20name"].values["name"] == "firstname"


def test_a_manifest_may_name_a_column_as_it_arrives(desk: Desk) -> None:
    spec = MAPPED.replace("identifier: id", "identifier: _id").replace("    id: c", "    _id: c")
    wishes = desk.online(spec, known={AssetAt: (asset("id", "email", "notes"),)})
    assert codes(wishes) == []
    assert wishes.resources[f"cluedin.column_mapping:{SET}#_id"].values == {"key": "customer.id"}
    assert f"cluedin.column_mapping:{SET}#id" not in wishes.resources
    ingest = wishes.resources["purview.entity:cluedin_ingest_process/cluedin.ingest.CRM.contacts.contacts"]
    assert '{"Source":"id","Sink":"_id"}' in ingest.values["column_mapping"]


def test_a_set_that_was_told_the_first_name_has_the_column_once(desk: Desk) -> None:
    live = LiveDataSet(SET, "1", ("id", "email", "notes", "_id"))
    spec = MAPPED.replace('.csv"}', '.csv", missing: wait}')
    wishes = desk.online(spec, known={DataSetsNamed: (live,)})
    assert of(wishes, "cluedin.column_mapping") == [
        f"cluedin.column_mapping:{SET}#{one}" for one in ("email", "id", "notes")
    ]


@pytest.mark.parametrize(
    ("column", "why"),
    [("имя", "`и` is no Latin letter"), ("名前", "`名` is no"), ("اسم", "is no Latin"), (". .", "nothing is left"),
     ("x" * 251, "longer than 250")],
)  # fmt: skip
def test_a_column_that_cannot_arrive_is_refused(desk: Desk, column: str, why: str) -> None:
    spec = HEAD + f'map: {{vocabulary: customer, columns: {{id: customer.id, "{column}": customer.email}}}}\n'
    [finding] = [one for one in desk.offline(spec).findings if one.severity == "error"]
    assert finding.code == "link.column_refused"
    assert f"`{column}`" in finding.summary
    assert why in finding.summary
    assert "data_set.fields" in (finding.detail or "")
    assert finding.source.line == 7
    left_out = desk.online(spec.replace("customer.email", "ignore"), known={AssetAt: (asset("id", column),)})
    assert [(one.severity, one.code) for one in left_out.findings] == [("warning", "link.column_refused")]


@pytest.mark.parametrize(
    ("column", "severity"), [("E-Mail", "warning"), ("2nd", "warning"), ("Größe", "info"), ("ID", "info"), ("x_1", "")]
)
def test_what_is_not_certain_is_said_until_the_data_set_has_the_column(desk: Desk, column: str, severity: str) -> None:
    spec = HEAD + f"map: {{vocabulary: customer, columns: {{{column}: customer.email}}}}\n"
    known: dict[Any, Any] = {AssetAt: (asset(column),)}
    found = [(one.severity, one.code) for one in desk.online(spec, known=known).findings]
    assert found == ([(severity, "link.column_doubtful")] if severity else [])
    there = LiveDataSet(SET, "1", (column,))
    assert codes(desk.online(spec, known={**known, DataSetsNamed: (there,)})) == []


@pytest.mark.parametrize(
    ("one", "other", "name"), [("first name", "first.name", "firstname"), ("id", "_id", "_id"), ("é", "e\u0301", "é")]
)
def test_columns_that_arrive_under_one_name(desk: Desk, one: str, other: str, name: str) -> None:
    spec = HEAD + f"map: {{vocabulary: customer, columns: {{'{one}': customer.id}}, unmapped: ignore}}\n"
    wishes = desk.online(spec, known={AssetAt: (asset(one, other),)})
    errors = [f for f in wishes.findings if f.severity == "error"]
    assert [f.code for f in errors] == ["link.same_arrival"]
    assert f"`{one}` and `{other}`" in errors[0].summary
    columns = f"{{'{one}': customer.id, '{other}': customer.email}}"
    spec = HEAD + f"map: {{vocabulary: customer, columns: {columns}}}\n"
    assert "link.same_arrival" in codes(desk.offline(spec))


def test_listed_columns_may_be_mapped_by_the_names_under_which_they_arrive(desk: Desk) -> None:
    head = HEAD.replace("name: contacts}", "name: contacts, fields: [id, first.name]}")
    spec = head + "map: {vocabulary: customer, columns: {_id: customer.id, firstname: customer.fullName}}\n"
    wishes = desk.offline(spec)
    assert codes(wishes) == []
    mapped = [f"cluedin.column_mapping:{SET}#_id", f"cluedin.column_mapping:{SET}#firstname"]
    assert of(wishes, "cluedin.column_mapping") == mapped


@pytest.mark.parametrize("listed", [True, False])
def test_a_name_under_which_several_columns_arrive_means_none_of_them(desk: Desk, listed: bool) -> None:
    spec = HEAD + "map: {vocabulary: customer, columns: {ab: customer.id}, unmapped: ignore}\n"
    if listed:
        wishes = desk.offline(spec.replace("name: contacts}", "name: contacts, fields: [a.b, a b]}"))
    else:
        wishes = desk.online(spec, known={AssetAt: (asset("a.b", "a b"),)})
    found = next(one for one in wishes.findings if one.code == "link.same_arrival")
    assert "`a.b`, `a b` and `ab`" in found.summary


@pytest.mark.parametrize(
    ("columns", "spec"),
    [
        (("ID", "id"), "auto: by_name"),
        (("full name", "full_name"), "auto: by_name"),
        (("ID", "x"), "auto: by_name, columns: {x: customer.id}"),
        (("a", "b"), "columns: {a: customer.email, b: {key: customer.email}}"),
        (("Größe", "Grosse"), "unmapped: create"),
    ],
)
def test_columns_that_fill_one_key(desk: Desk, columns: tuple[str, str], spec: str) -> None:
    for listed in (False, True):
        head = HEAD.replace("name: contacts}", f"name: contacts, fields: [{', '.join(columns)}]}}") if listed else HEAD
        text = head + f"map: {{vocabulary: customer, {spec}}}\n"
        known = {AssetAt: (asset(*columns),)}
        wishes = desk.offline(text) if listed or "columns: {a" in spec else desk.online(text, known=known)
        errors = [one for one in wishes.findings if one.severity == "error"]
        assert [one.code for one in errors] == ["link.same_key"]
        assert all(f"`{column}`" in errors[0].summary for column in columns)
        assert errors[0].source is not None


def test_letters_outside_ascii_make_keys_of_their_own(desk: Desk) -> None:
    spec = HEAD + "map: {vocabulary: customer, unmapped: create}\n"
    wishes = desk.online(spec, known={AssetAt: (asset("Größe", "Grüße"),)})
    assert [one.code for one in wishes.findings if one.severity == "error"] == []
    assert {"cluedin.vocabulary_key:customer.Grosse", "cluedin.vocabulary_key:customer.Grusse"} <= set(wishes.resources)


def test_a_key_of_the_time_when_letters_were_dropped_stays(desk: Desk) -> None:
    """What fills it now goes on filling it: nothing is retired and nothing made for a rule that changed."""
    spec = HEAD + "map: {vocabulary: customer, unmapped: create}\n"
    live = LiveDataSet(SET, "1", ("Größe", "Grüße"), (("Größe", "customer.Gre"),))
    keys = LiveVocabulary("customer", "Customer", "/Customer", (LiveKey("customer.Gre", "Größe", "Text"),))
    known = {AssetAt: (asset("Größe", "Grüße"),), DataSetsNamed: (live,), VocabularyAt: (keys,)}
    wishes = desk.online(spec, known=known)
    assert codes(wishes) == []
    keys_made = [one for one in of(wishes, "cluedin.vocabulary_key") if "customer.Gr" in one]
    assert keys_made == ["cluedin.vocabulary_key:customer.Gre", "cluedin.vocabulary_key:customer.Grusse"]
    assert wishes.resources[keys_made[0]].values == {"vocabulary": "customer"}


def tagged(name: str, *terms: str) -> ScannedColumn:
    return ScannedColumn(name, "string", f"column/{NAME}#{name}", terms=terms)


@pytest.mark.parametrize(
    ("auto", "column", "expected"),
    [
        ("none", tagged("Full-Name", "Enterprise/Customer/Email"), None),
        ("by_term", tagged("x", "Enterprise/Customer/Email"), "customer.email"),
        ("by_term", tagged("full_name"), None),
        ("by_term", tagged("x", "Enterprise/Other"), None),
        ("by_name", tagged("FULL name"), "customer.fullName"),
        ("by_name", tagged("x", "Enterprise/Customer/Email"), None),
        ("by_name", tagged("mail"), None),
        ("by_term_then_name", tagged("full_name", "Enterprise/Customer/Email"), "customer.email"),
        ("by_term_then_name", tagged("full_name"), "customer.fullName"),
    ],
)
def test_auto_mapping(desk: Desk, auto: str, column: ScannedColumn, expected: str | None) -> None:
    spec = HEAD + f"map: {{vocabulary: customer, auto: {auto}, unmapped: ignore}}\n"
    wishes = desk.online(spec, known={AssetAt: (asset(column),)})
    assert [one.code for one in wishes.findings if one.severity == "error"] == []
    found = wishes.resources[f"cluedin.column_mapping:{SET}#{column.name}"].values["key"]
    assert found == (expected or "--ignore--")


def test_what_is_written_comes_before_what_is_found(desk: Desk) -> None:
    spec = HEAD + "map: {vocabulary: customer, auto: by_name, columns: {email: customer.id}}\n"
    wishes = desk.online(spec, known={AssetAt: (asset("email"),)})
    assert wishes.resources[f"cluedin.column_mapping:{SET}#email"].values["key"] == "customer.id"


def test_two_candidates_are_an_error_that_names_them(desk: Desk) -> None:
    column = tagged("x", "Enterprise/Customer/Email", "Enterprise/Customer/Id")
    spec = HEAD + "map: {vocabulary: customer, auto: by_term_then_name, unmapped: create}\n"
    wishes = desk.online(spec, known={AssetAt: (asset(column),)})
    [finding] = wishes.findings
    assert finding.code == "link.ambiguous"
    assert finding.summary == f"The column `x` of {SET} may fill `customer.email` or `customer.id`"


def test_live_keys_count_for_names(desk: Desk) -> None:
    keys = (LiveKey("customer.city", "City", "Text"), LiveKey("customer.old", "Old", "Text", True))
    live = LiveVocabulary("customer", "Customer", "/Customer", keys)
    spec = HEAD + "map: {vocabulary: customer, auto: by_name, unmapped: ignore}\n"
    wishes = desk.online(spec, known={AssetAt: (asset("City", "old"),), VocabularyAt: (live,)})
    assert wishes.resources[f"cluedin.column_mapping:{SET}#City"].values["key"] == "customer.city"
    assert wishes.resources["cluedin.vocabulary_key:customer.city"].mode == "refer"
    assert wishes.resources[f"cluedin.column_mapping:{SET}#old"].values["key"] == "--ignore--"


def test_terms_tell_the_vocabulary_where_none_is_named(desk: Desk) -> None:
    spec = HEAD + "map: {auto: by_term_then_name, unmapped: create}\n"
    columns = (tagged("a", "Enterprise/Customer/Email"), tagged("full name"), tagged("b"))
    wishes = desk.online(spec, known={AssetAt: (asset(*columns),)})
    assert codes(wishes) == []
    keys = {
        one: wishes.resources[f"cluedin.column_mapping:{SET}#{one}"].values["key"] for one in ("a", "full name", "b")
    }
    assert keys == {"a": "customer.email", "full name": "customer.fullName", "b": "customer.b"}
    assert codes(desk.online(spec, known={AssetAt: (asset(tagged("b")),)})) == ["link.vocabulary"]


# -- rules -------------------------------------------------------------------------------------------------


def other(name: str, *columns: str) -> ScannedAsset:
    return asset(*columns, name=f"https://lake/raw/{name}")


def test_every_selected_asset_becomes_a_link(desk: Desk) -> None:
    rows = (other("a.csv", "id"), other("b#1.csv", "email", "x"))
    wishes = desk.online(RULE, known={AssetsTagged: rows})
    assert codes(wishes) == []
    assert of(wishes, "cluedin.data_set") == [
        f"cluedin.data_set:{PATH}/https:%2F%2Flake%2Fraw%2Fa.csv/a.csv",
        f"cluedin.data_set:{PATH}/https:%2F%2Flake%2Fraw%2Fb%231.csv/b%231.csv",
    ]
    assert len([one for one in wishes.resources if "ingest_process/" in one]) == 2
    origins = {w.origins[-1].line for a, w in wishes.resources.items() if a.startswith("cluedin.column_mapping")}
    assert origins == {5}, "the line of `select`"


def test_a_rule_says_nothing_offline(desk: Desk) -> None:
    wishes = desk.offline(RULE)
    assert codes(wishes) == []
    assert link_only(wishes) == []


def test_declared_assets_and_our_own_are_left_out(desk: Desk) -> None:
    rows = (asset("id"), other("b.csv", "id"), asset("id", name="cluedin.dataset.A.B.C", type="cluedin_dataset"))
    wishes = desk.online(
        RULE.replace(", types: [azure_datalake_gen2_path]", ""),
        HEAD + "map: {vocabulary: customer, columns: {id: customer.id}}",
        known={AssetsTagged: rows, AssetAt: (asset("id"),)},
    )
    assert codes(wishes) == ["link.declared_elsewhere"]
    assert ASSET in wishes.findings[0].summary
    assert [one.rpartition("/")[2] for one in of(wishes, "cluedin.data_set")] == ["contacts", "b.csv"]


def test_nothing_selected_is_a_warning(desk: Desk) -> None:
    wishes = desk.online(RULE)
    [finding] = wishes.findings
    assert (finding.severity, finding.code) == ("warning", "link.nothing_selected")
    assert "prune" in finding.detail


def test_generated_names_may_not_collide(desk: Desk) -> None:
    spec = RULE.replace("{asset.qualified_name}", "files")
    rows = (other("x/a.csv", "id"), other("y/A.csv", "id"))
    wishes = desk.online(spec, known={AssetsTagged: rows})
    [finding] = wishes.findings
    assert finding.code == "link.data_set_twice"
    assert "x/a.csv" in finding.summary
    assert "y/A.csv" in finding.summary


def test_two_rules_may_not_take_one_asset(desk: Desk) -> None:
    wishes = desk.online(RULE, RULE.replace("{asset.type}", "B"), known={AssetsTagged: (other("a.csv", "id"),)})
    assert codes(wishes) == ["link.asset_twice"]


def test_a_rule_may_not_take_the_data_set_of_a_document(desk: Desk) -> None:
    spec = RULE.replace("{asset.type}", "CRM").replace("{asset.qualified_name}", "contacts")
    rows = (ScannedAsset(PATH, "https://lake/raw/z/contacts", "contacts"),)
    wishes = desk.online(
        spec,
        HEAD + "map: {vocabulary: customer, columns: {id: customer.id}}",
        known={AssetsTagged: rows, AssetAt: (asset("id"),)},
    )
    assert codes(wishes) == ["link.data_set_twice"]
