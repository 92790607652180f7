"""What happens to a data source link in the life of its project: plans and requests as golden files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import Exit, RefusedError
from reconciler.kinds import models
from reconciler.manifest.spec import example as example_of
from reconciler.questions import ask
from reconciler.resources.objects import Write
from reconciler.systems.cluedin import CluedIn

from .. import portal
from ..resources.cluedin_support import Desk, connect
from ..support import Project, project
from .conftest import Recorder
from .test_stories import fields, shown

PATH, NAME = "azure_datalake_gen2_path", "https://contosolake.dfs.core.windows.net/raw/crm/contacts.csv"
ACCOUNTS = NAME.replace("contacts", "accounts")
SET = "CRM/contacts/contacts"
MAPPING = f"cluedin.column_mapping:{SET}#email"
LINK = "datasourcelink.yaml"
INGEST = "purview.entity:cluedin_ingest_process/cluedin.ingest.CRM.contacts.contacts"
DATASET = "cluedin_dataset/cluedin.dataset.CRM.contacts.contacts"
ATLAS = "/datamap/api/atlas/v2"
RULE = """
    apiVersion: reconciler/v1
    kind: DataSourceLink
    metadata: {name: sources}
    spec:
      select: {term: Account, glossary: Enterprise, types: [azure_datalake_gen2_path], collection: contoso-purview/Raw}
      data_set: {group: Lake, source: "{asset.qualified_name}", name: "{asset.name}"}
      map: {vocabulary: customer, auto: by_term_then_name, unmapped: create}
"""


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[Project]:
    """The example of a data source link beside those of the kinds that it refers to; nothing applied yet."""
    with project(tmp_path) as made:
        for name in ("LabelMap", "GlossaryMapping", "DataSourceLink"):
            made.write(f"{name.lower()}.yaml", example_of(models()[name]))
        yield made


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The same, applied; shared by tests that end with a plan without changes."""
    with project(tmp_path_factory.mktemp("settled")) as made:
        for name in ("LabelMap", "GlossaryMapping", "DataSourceLink"):
            made.write(f"{name.lower()}.yaml", example_of(models()[name]))
        assert made.apply().complete
        yield made


@pytest.fixture
def done(linked: Project) -> Project:
    """The same, applied."""
    assert linked.apply().complete
    return linked


def cluedin_of(made: Project) -> CluedIn:
    return connect(made)  # type: ignore[arg-type]


def entity(made: Project, key: str) -> dict[str, Any]:
    type_name, _, name = key.partition("/")
    found: dict[str, Any] = made.http(
        "GET", f"{ATLAS}/entity/uniqueAttribute/type/{type_name}", params={"attr:qualifiedName": name}
    )["entity"]
    return found


def tag(made: Project, qualified_name: str, term: str = "Account") -> None:
    guid = entity(made, f"{PATH}/{qualified_name}")["guid"]
    made.http("POST", f"{ATLAS}/glossary/terms/{made.terms('Enterprise')[term]['guid']}/assignedEntities",
              json=[{"guid": guid}])  # fmt: skip


def scan(made: Project, path: str, *columns: Any) -> None:
    body = {
        "account": "contosolake",
        "filesystem": "raw",
        "path": path,
        "columns": list(columns),
        "collection": "1lfhuf",
    }
    made.http("POST", "/_sandbox/scan", json=body)


def test_first_apply(linked: Project, requests: Recorder, golden) -> None:
    golden("link_first_apply.plan.txt", shown(linked))
    assert requests.lines == [], "a plan writes nothing"
    assert linked.apply().complete
    golden("link_first_apply.requests.txt", requests.text)
    assert shown(linked).startswith("No changes.")


def test_the_lineage_leads_from_the_asset_to_the_entity_type(settled: Project) -> None:
    guid = entity(settled, f"{PATH}/{NAME}")["guid"]
    lineage = settled.http("GET", f"{ATLAS}/lineage/{guid}", params={"direction": "OUTPUT", "depth": 6})
    names = {one["displayText"] for one in lineage["guidEntityMap"].values()}
    assert {"contacts.csv", "Ingest Data", "contacts", "Map to Entity", "Customer"} <= names
    email = entity(settled, "cluedin_column/cluedin.dataset.CRM.contacts.contacts#email")
    assert [one["typeName"] for one in email["classifications"]] == ["CLUEDIN.PII"]
    assert [one["displayText"] for one in email["relationshipAttributes"]["meanings"]]
    contacts = entity(settled, DATASET)["contacts"]
    assert [one["id"] for one in contacts["Owner"]] == ["30435ff9-9b96-44af-a5a9-e05c8b1ae2df"]


def test_a_mapping_that_somebody_changed_is_shown_with_both_keys(settled: Project) -> None:
    cluedin = cluedin_of(settled)
    desk = Desk(cluedin, "column_mapping")
    write = Write(MAPPING, f"{SET}#email", {"key": "customer.id"}, desk.get(f"{SET}#email"), desk.id_of)
    desk.type.update(cluedin.fresh(), write)
    assert ("update", MAPPING, "key", "customer.id", "customer.email") in fields(settled)
    assert settled.apply().complete
    assert settled.actions() == []
    assert desk.get(f"{SET}#email").fields["key"] == "customer.email"


def test_a_mapping_that_somebody_deleted_is_made_again(settled: Project) -> None:
    Desk(cluedin_of(settled), "column_mapping").delete(f"{SET}#email")
    assert ("create", MAPPING, "key", None, "customer.email") in fields(settled)
    assert settled.apply().complete
    assert settled.actions() == []


def test_a_flow_that_somebody_turned_is_shown_with_both_ends(settled: Project) -> None:
    _, _, key = INGEST.partition(":")
    live = entity(settled, key)
    other = {"typeName": PATH, "uniqueAttributes": {"qualifiedName": ACCOUNTS}}
    body = {"typeName": live["typeName"], "guid": live["guid"], "attributes": {
        "qualifiedName": live["attributes"]["qualifiedName"], "inputs": [other]}}  # fmt: skip
    settled.http("POST", f"{ATLAS}/entity/bulk", json={"entities": [body]})
    assert fields(settled) == [("update", INGEST, "inputs", [f"{PATH}/{ACCOUNTS}"], [f"{PATH}/{NAME}"])]
    assert settled.apply().complete
    assert settled.actions() == []


def test_an_owner_that_somebody_took_away_comes_back(settled: Project) -> None:
    live = entity(settled, DATASET)
    body = {"typeName": live["typeName"], "guid": live["guid"], "contacts": {"Owner": []},
            "attributes": {"qualifiedName": live["attributes"]["qualifiedName"]}}  # fmt: skip
    settled.http("POST", f"{ATLAS}/entity/bulk", json={"entities": [body]})
    [(action, address, path, before, after)] = fields(settled)
    assert (action, address, before, after) == ("update", f"purview.entity:{DATASET}", None, True)
    assert path == "owners[30435ff9-9b96-44af-a5a9-e05c8b1ae2df]"
    assert settled.apply().complete
    assert settled.actions() == []


def test_a_missing_asset_holds_its_document_back_and_the_rest_goes_on(linked: Project) -> None:
    linked.edit(LINK, "contacts.csv", "contact.csv")
    plan = linked.plan()
    assert plan.held == ["DataSourceLink/crm-contacts"]
    assert [(one.code, one.document) for one in plan.diagnostics if one.severity == "error"] == [
        ("link.asset_missing", "DataSourceLink/crm-contacts")
    ]
    assert "cluedin.vocabulary:customer" in {change.address for change in plan.executable}
    with pytest.raises(RefusedError, match="no asset"):
        linked.apply()
    assert linked.apply(skip_refused=True).exit_code == Exit.PARTIAL
    assert linked.apply(targets=("cluedin.vocabulary:*",)).exit_code == Exit.OK, "its targets are others'"


def test_an_asset_that_is_gone_takes_nothing_along(done: Project) -> None:
    guid = entity(done, f"{PATH}/{NAME}")["guid"]
    done.http("DELETE", f"{ATLAS}/entity/guid/{guid}")
    plan = done.plan(prune=True)
    assert plan.held == ["DataSourceLink/crm-contacts"]
    assert {change.action for change in plan.changes} == {"blocked"}
    assert plan.orphans == []
    assert done.apply(skip_refused=True, prune=True).exit_code == Exit.REFUSED, "there was nothing else to do"


def test_lineage_that_waits_is_made_once_when_the_scan_comes(linked: Project, golden) -> None:
    late = "https://contosolake.dfs.core.windows.net/raw/crm/late.csv"
    linked.edit(LINK, f"qualified_name: {NAME}", f"qualified_name: {late}\n    missing: wait")
    assert ("info", "link.asset_waits") in [(one.severity, one.code) for one in linked.plan().diagnostics]
    assert linked.apply().complete
    assert linked.actions() == [], "what waits is no difference"
    columns = ("id", "email", "full_name", "account_id", "crm_notes", {"name": "updated_at", "type": "timestamp"})
    scan(linked, "crm/late.csv", *columns)
    golden("link_scanned.plan.txt", shown(linked))
    assert ("create", INGEST) in linked.actions()
    assert linked.apply().complete
    assert linked.actions() == []


def test_a_new_column_of_the_asset_is_mapped_without_telling_the_data_set(done: Project) -> None:
    scan(
        done, "crm/contacts.csv", "id", "email", "full_name", "updated_at", "account_id", "segment", "crm_notes", "city"
    )
    plan = done.plan()
    assert [one.code for one in plan.diagnostics] == ["link.column_later"]
    assert f"cluedin.column_mapping:{SET}#city" in [change.address for change in plan.executable]
    assert f"cluedin.data_set:{SET}" not in [change.address for change in plan.executable]
    assert done.apply().complete
    assert done.actions() == []


def test_records_that_bring_columns_are_no_drift(settled: Project) -> None:
    id = Desk(cluedin_of(settled), "data_set").get(SET).id
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    token = settled.http("POST", "/auth/connect/token", data={**form, "password": "sandbox-password"})["access_token"]
    answer = portal.post(
        f"{settled.url}/upload/api/endpoint/{id}",
        json=[{"id": 1, "nickname": "Bo"}],
        headers={"authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200
    assert settled.actions() == []


def test_labels_on_the_source_columns_leave_the_scanners_findings(linked: Project) -> None:
    linked.edit("labelmap.yaml", "[entity, data_set, export]", "[entity, data_set, source]")
    assert linked.apply().complete
    key = f"column/{NAME}#__tabular_schema//email"
    names = sorted(one["typeName"] for one in entity(linked, key)["classifications"])
    assert names == ["CLUEDIN.PII", "MICROSOFT.PERSONAL.EMAIL"]
    assert linked.actions() == []
    linked.edit("labelmap.yaml", "data_set, source]", "data_set]")
    removals = [one for one in linked.actions(prune=True) if one[0] == "delete"]
    assert linked.apply(prune=True, allow_deletes=len(removals)).complete
    assert [one["typeName"] for one in entity(linked, key)["classifications"]] == ["MICROSOFT.PERSONAL.EMAIL"]


def test_a_rule_makes_a_link_of_every_tagged_asset(linked: Project, golden) -> None:
    (linked.root / "manifests" / LINK).unlink()
    linked.write("sources.yaml", RULE)
    assert linked.apply().complete
    plan = linked.plan()
    assert [(one.severity, one.code) for one in plan.diagnostics] == [("warning", "link.nothing_selected")]
    tag(linked, NAME)
    tag(linked, ACCOUNTS)
    golden("link_rule.plan.txt", shown(linked))
    assert linked.apply().complete
    assert linked.actions() == []
    scan(linked, "crm/third.csv", "email", {"name": "born", "type": "date"})
    tag(linked, NAME.replace("contacts", "third"))
    key = "Lake/https:%2F%2Fcontosolake.dfs.core.windows.net%2Fraw%2Fcrm%2Fthird.csv/third.csv"
    assert ("create", f"cluedin.data_set:{key}") in linked.actions()
    assert linked.apply().complete
    assert linked.actions() == []


@pytest.mark.long
def test_an_asset_that_lost_its_term_leaves_data_in_place(linked: Project) -> None:
    (linked.root / "manifests" / LINK).unlink()
    linked.write("sources.yaml", RULE)
    tag(linked, NAME)
    assert linked.apply().complete
    linked.http("DELETE", f"{ATLAS}/glossary/terms/{linked.terms('Enterprise')['Account']['guid']}/assignedEntities",
                json=[{"guid": entity(linked, f"{PATH}/{NAME}")["guid"],
                       "relationshipGuid": _relation(linked)}])  # fmt: skip
    plan = linked.plan()
    assert plan.executable == [], "without --prune nothing goes"
    assert [one.code for one in plan.diagnostics if one.severity == "warning"] == ["link.nothing_selected"]
    pruned = {change.address: change.action for change in linked.plan(prune=True).changes}
    key = "Lake/https:%2F%2Fcontosolake.dfs.core.windows.net%2Fraw%2Fcrm%2Fcontacts.csv/contacts.csv"
    assert pruned[f"cluedin.data_set:{key}"] == "forget"
    assert pruned["cluedin.vocabulary_key:customer.segment"] == "retire"


def _relation(made: Project) -> str:
    terms = entity(made, f"{PATH}/{NAME}")["relationshipAttributes"]["meanings"]
    return str(next(one["relationshipGuid"] for one in terms))


@pytest.mark.long
def test_a_link_that_left_and_came_back_finds_what_could_not_go(done: Project) -> None:
    text = (done.root / "manifests" / LINK).read_text(encoding="utf-8")
    (done.root / "manifests" / LINK).unlink()
    gone = [change for change in done.plan(prune=True).changes if change.action in ("delete", "retire")]
    assert done.apply(prune=True, allow_deletes=len(gone)).complete
    assert done.actions(prune=True) == []
    assert Desk(cluedin_of(done), "data_set").read(SET) is not None, "CluedIn has no call that deletes it"
    done.write(LINK, text)
    back = {change.address: change.action for change in done.plan().changes}
    assert back[f"cluedin.data_set:{SET}"] == "adopt"
    assert back["cluedin.vocabulary_key:customer.segment"] == "update", "it is not obsolete any more"
    assert back[INGEST] == "create"
    assert done.apply().complete
    assert done.actions() == []


@pytest.mark.long
def test_apache_atlas_takes_the_lineage_too(linked: Project) -> None:
    linked.edit("environments/sandbox.yaml", "collection: contoso-purview/MDM/CluedIn", "mode: atlas")
    assert "link.not_in_atlas" in [one.code for one in linked.plan().diagnostics]
    assert linked.apply().complete
    assert linked.actions() == []
    assert entity(linked, INGEST.partition(":")[2])["attributes"]["inputs"]


def test_kinds_say_what_only_answers_make_them_want(linked: Project) -> None:
    """What offline expansion does not show is of the types that a kind names: they stay while a document is held."""
    linked.write("rule.yaml", RULE)
    for name in ("ExportContract", "Stream"):
        linked.write(f"{name.lower()}.yaml", example_of(models()[name]))
    assert linked.apply(skip_refused=True).wrote
    tag(linked, ACCOUNTS)
    session = linked.session()
    draft = session.draft()
    with session.connected(draft) as systems:
        readings = {name: system.fresh() for name, system in systems.items()}
        online = replace(draft.world, answers=ask(draft.questions(), readings))
    seen = set()
    for document in draft.project.documents:
        before = {want.address for want in draft.world.kind(document).expand()}
        after = {want.address for want in online.kind(document).expand()}
        more = {address.partition(":")[0] for address in after - before}
        assert more <= draft.world.kind(document).told_by_answers, document.kind
        seen |= {document.kind} if more else set()
    assert "DataSourceLink" in seen
