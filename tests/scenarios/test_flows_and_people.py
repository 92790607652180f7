"""What people do to the inbound and outbound objects of the worked example: drift, conflicts, adoption, additions."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import main
from reconciler.errors import Exit

from ..resources.cluedin_support import Desk, connect
from ..support import Project, project
from .conftest import ROOT

pytestmark = pytest.mark.long

CONTRACT, LINK = "exports/customers_wide_v1.yaml", "sources/crm-contacts.yaml"
SET = "CRM/contacts/contacts"
STREAM = "cluedin.stream:customers_wide_v1"
TARGET = "cluedin.export_target:Azure DataLake Connector/customers_wide_v1"
INGEST = "purview.entity:cluedin_ingest_process/cluedin.ingest.CRM.contacts.contacts"
DATASET = "purview.entity:cluedin_dataset/cluedin.dataset.CRM.contacts.contacts"
COLUMN = "cluedin_column/cluedin.target.customers_wide_v1#customer_email"
FILES = "azure_datalake_gen2_path/https://contosolake.dfs.core.windows.net/raw/crm/"
ADA, SALES = "30435ff9-9b96-44af-a5a9-e05c8b1ae2df", "7c0e5d0e-2f0b-4a0e-8a39-0a3f6f2b9a11"
ATLAS = "/datamap/api/atlas/v2"


# -- what people do in the two portals ---------------------------------------------------------------------------


def write(made: Project, address: str, **values: Any) -> None:
    """A save in CluedIn that changes some fields and keeps the others."""
    name, _, key = address.removeprefix("cluedin.").partition(":")
    desk = Desk(connect(made), name)  # type: ignore[arg-type]
    request = desk.write(key, desk.get(key))
    paths = desk.type.desired(key, **values).values if "key" not in values else values
    request.values.update(paths)
    desk.type.update(desk.cluedin.fresh(), request)


def entity(made: Project, address: str) -> dict[str, Any]:
    type_name, _, name = address.removeprefix("purview.entity:").partition("/")
    path = f"{ATLAS}/entity/uniqueAttribute/type/{type_name}"
    return made.http("GET", path, params={"attr:qualifiedName": name})["entity"]  # type: ignore[no-any-return]


def save(made: Project, address: str, *, attributes: dict[str, Any] | None = None, **more: Any) -> None:
    """A save in Purview of some attributes of an entity."""
    live = entity(made, address)
    named = {"qualifiedName": live["attributes"]["qualifiedName"], "name": live["attributes"]["name"]}
    body = {"typeName": live["typeName"], "guid": live["guid"], "attributes": named | (attributes or {}), **more}
    made.http("POST", f"{ATLAS}/entity/bulk", json={"entities": [body]})


def reference(key: str) -> dict[str, Any]:
    type_name, _, name = key.partition("/")
    return {"typeName": type_name, "uniqueAttributes": {"qualifiedName": name}}


def turn_the_flow(made: Project) -> None:
    save(made, INGEST, attributes={"inputs": [reference(FILES + "accounts.csv")]})


def declassify(made: Project) -> None:
    guid = entity(made, COLUMN)["guid"]
    made.http("DELETE", f"{ATLAS}/entity/guid/{guid}/classification/CLUEDIN.PII")


def filter_by(code: str) -> dict[str, Any]:
    """A stream's condition: records of one entity type."""
    nothing = "00000000-0000-0000-0000-000000000000"
    is_of = {
        "condition": "AND",
        "field": "EntityType",
        "objectTypeId": "3be85371-cbe0-4180-8820-73e6e37a6c32",
        "operator": "0bafc522-8011-43ba-978a-babe222ba466",
        "rules": [],
        "type": "string",
        "value": [code],
    }
    outer = {"field": None, "objectTypeId": nothing, "operator": nothing, "type": "rule", "value": []}
    return {"condition": "AND", "rules": [is_of], **outer}


def scan_another(made: Project) -> None:
    names = ("id", "email", "full_name", "updated_at", "account_id", "segment", "crm_notes")
    columns = [{"name": name, "type": "timestamp" if name == "updated_at" else "string"} for name in names]
    body = {"account": "contosolake", "filesystem": "raw", "path": "crm/people.csv", "columns": columns}
    made.http("POST", "/_sandbox/scan", json=body | {"collection": "1lfhuf"})


@dataclass(frozen=True)
class Edit:
    """One thing that people and the manifest may both change."""

    address: str
    path: str
    by_hand: Callable[[Project], None]
    theirs: Any
    ours: Any
    manifest: tuple[str, str, str] | None = None
    """File, old and new text; None for a membership, which cannot be in conflict with itself."""
    before: Callable[[Project], None] | None = None


EDITS = {
    "a stream's filter": Edit(
        STREAM, "condition", lambda made: write(made, STREAM, condition=filter_by("/Person")),
        ["/Person"], ["/Customer"],
        (CONTRACT, "  primary_key:", "  where: [{key: customer.email, operator: exists}]\n  primary_key:"),
    ),
    "a target's option": Edit(
        TARGET, "config[DirectoryName]", lambda made: write(made, TARGET, config={"DirectoryName": "elsewhere"}),
        "elsewhere", "exports/customers_wide_v1", (CONTRACT, "path: exports/", "path: outbox/"),
    ),
    "a column mapping": Edit(
        f"cluedin.column_mapping:{SET}#account_id", "key",
        lambda made: write(made, f"cluedin.column_mapping:{SET}#account_id", key="customer.id"),
        "customer.id", "customer.accountId", (LINK, "account_id: customer.accountId", "account_id: ignore"),
    ),
    "an identifier": Edit(
        f"cluedin.identifier:{SET}#customer.email", "origin",
        lambda made: write(made, f"cluedin.identifier:{SET}#customer.email", origin="their-mail"),
        "their-mail", "email", (LINK, "{origin: email}", "{origin: our-mail}"),
    ),
    "an edge of the lineage": Edit(
        INGEST, "inputs", turn_the_flow, [f"{FILES}accounts.csv"], [f"{FILES}contacts.csv"],
        (LINK, "raw/crm/contacts.csv", "raw/crm/people.csv"), scan_another,
    ),
    "the owner of a data set": Edit(
        DATASET, f"owners[{SALES}]", lambda made: save(made, DATASET, contacts={"Owner": [{"id": ADA}]}), None, True
    ),
    "a classification on an exported column": Edit(
        f"purview.classification:CLUEDIN.PII@{COLUMN}", "", declassify, None, None
    ),
}  # fmt: skip
edits = pytest.mark.parametrize("edit", EDITS.values(), ids=list(EDITS))


@contextmanager
def example(folder: Path) -> Iterator[Project]:
    """The worked example against a sandbox that stores some values in a form of its own."""
    with project(folder, normalise=True) as made:
        shutil.rmtree(folder / "manifests")
        shutil.copytree(ROOT / "manifests", folder / "manifests")
        made.edit("environments/sandbox.yaml", "    allow_disruptive: [", "    allow_disruptive: true # [")
        yield made


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The worked example applied, once for the module: its tests leave it with nothing to do."""
    with example(tmp_path_factory.mktemp("flows")) as made:
        assert made.apply().complete
        yield made


def plain(value: Any) -> Any:
    """A condition by the entity types that it lets through; any other value as it is."""
    return value["rules"][0]["value"] if isinstance(value, dict) else value


def found(made: Project, edit: Edit) -> list[tuple[str, Any, Any]]:
    """What a plan says of the thing edited."""
    return [
        (change.action, plain(field.before), plain(field.after))
        for change in made.plan().changes
        if change.address == edit.address
        for field in change.fields
        if field.path == edit.path
    ]


@edits
def test_an_edit_is_drift_with_both_values_and_is_repaired(flows: Project, edit: Edit) -> None:
    edit.by_hand(flows)
    if not edit.path:
        assert flows.actions() == [("create", edit.address)], "a membership that somebody took away"
    else:
        [(action, before, after)] = found(flows, edit)
        assert action == "update"
        assert (before, after) == (edit.theirs, edit.ours)
    assert {change.reason for change in flows.plan().changes} <= {"drift", "gone"}
    assert flows.apply().complete
    assert flows.actions() == []


@pytest.mark.parametrize(
    "edit", [one for one in EDITS.values() if one.manifest], ids=[name for name, one in EDITS.items() if one.manifest]
)
def test_an_edit_on_both_sides_is_a_conflict_with_its_ways_out(
    flows: Project, edit: Edit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in flows.env.items():
        monkeypatch.setenv(name, value)
    for name in ("CI", "GITHUB_ACTIONS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    assert edit.manifest is not None
    file, old, new = edit.manifest
    if edit.before:
        edit.before(flows)
    flows.edit(file, old, new)
    edit.by_hand(flows)
    before = len(flows.writes())
    with pytest.raises(SystemExit) as left:
        main(["-q", "--project", str(flows.root), "--env", "sandbox", "apply", "--yes"])
    assert left.value.code == Exit.REFUSED
    told = "".join(capsys.readouterr())
    assert edit.address in told
    assert f"--force-conflicts={edit.address}" in told.replace("'", "").replace('"', "")
    assert flows.writes()[before:] == [], "nothing is written while anything is refused"
    flows.edit(file, new, old)
    assert [one[0] for one in found(flows, edit)] == ["update"], "without the edit in the manifest it is drift"
    flows.edit(file, old, new)
    assert flows.apply(force_conflicts=(edit.address,)).complete
    assert flows.actions() == []
    flows.edit(file, new, old)
    assert flows.apply().complete
    assert flows.actions() == []


def test_what_people_added_survives_a_write_of_the_whole_object(flows: Project) -> None:
    """Descriptions, terms, classifications, owners and options that no manifest mentions."""
    save(flows, DATASET, attributes={"userDescription": "Ask Bo."}, contacts={"Owner": [{"id": SALES}, {"id": ADA}]})
    save(flows, INGEST, attributes={"userDescription": "Runs at night."})
    guid, term = entity(flows, DATASET)["guid"], flows.terms("Enterprise")["Invoice"]["guid"]
    flows.http("POST", f"{ATLAS}/glossary/terms/{term}/assignedEntities", json=[{"guid": guid}])
    tag = [{"typeName": "MICROSOFT.PERSONAL.EMAIL"}]
    flows.http("POST", f"{ATLAS}/entity/guid/{entity(flows, COLUMN)['guid']}/classifications", json=tag)
    write(flows, TARGET, config={"UseCurrentTimeForExport": True})
    assert flows.actions() == [], "what no manifest mentions is nobody's business"
    flows.edit(LINK, "owners: [sales-ops]", "owners: []")
    flows.edit(LINK, "identifier: {origin: email}", "identifier: {origin: mail}")
    flows.edit(CONTRACT, "description: Primary contact address", "description: Where we write to")
    flows.edit(CONTRACT, "schedule: hourly", 'schedule: "*/30 * * * *"')
    turn_the_flow(flows)
    changed = {change.address for change in flows.plan().changes}
    assert {DATASET, INGEST, TARGET, f"purview.entity:{COLUMN}"} <= changed
    assert flows.apply().complete
    assert flows.actions() == []
    data_set = entity(flows, DATASET)
    assert data_set["attributes"]["userDescription"] == "Ask Bo."
    assert [one["id"] for one in data_set["contacts"]["Owner"]] == [ADA]
    assert [one["guid"] for one in data_set["relationshipAttributes"]["meanings"]] == [term]
    assert entity(flows, INGEST)["attributes"]["userDescription"] == "Runs at night."
    classifications = {one["typeName"] for one in entity(flows, COLUMN)["classifications"]}
    assert classifications == {"CLUEDIN.PII", "MICROSOFT.PERSONAL.EMAIL"}
    target = Desk(connect(flows), "export_target").get(TARGET.partition(":")[2])  # type: ignore[arg-type]
    assert target.raw["helperConfiguration"]["UseCurrentTimeForExport"] is True
    flows.edit(LINK, "owners: []", "owners: [sales-ops]")
    flows.edit(LINK, "identifier: {origin: mail}", "identifier: {origin: email}")
    flows.edit(CONTRACT, "description: Where we write to", "description: Primary contact address")
    flows.edit(CONTRACT, 'schedule: "*/30 * * * *"', "schedule: hourly")
    assert flows.apply().complete
    assert flows.actions() == []


def test_what_matches_is_adopted_and_what_differs_is_refused(tmp_path: Path) -> None:
    with example(tmp_path) as made:
        assert made.apply().complete
        shutil.rmtree(made.root / ".reconciler")
        actions = {change.address: change.action for change in made.plan().changes}
        assert {actions[edit.address] for edit in EDITS.values() if edit.address != TARGET} == {"adopt"}
        assert set(actions.values()) <= {"adopt", "update"}
        assert [address for address, action in actions.items() if action == "update"] in ([], [TARGET])
        assert made.apply().complete
        assert made.actions() == []
        different = [edit for edit in EDITS.values() if edit.manifest]
        for edit in different:
            edit.by_hand(made)
        shutil.rmtree(made.root / ".reconciler")
        refused = {change.address: change for change in made.plan().changes if change.action == "conflict"}
        assert refused.keys() == {edit.address for edit in different}
        assert {change.reason for change in refused.values()} == {"differs"}
        assert all("--adopt=overwrite" in change.message for change in refused.values())
        assert made.apply(adopt="overwrite").complete
        assert made.actions() == []
