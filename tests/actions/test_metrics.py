"""`metrics publish` against the sandbox: figures land as business metadata, and nothing else moves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ..support import Project
from .conftest import Run, cluedin, link

ATLAS = "/datamap/api/atlas/v2"
GROUPS = "{ inbound { dataSourceSets(page: 0, pageSize: 50) { data { dataSources { dataSets { id } } } } } }"
SET = "cluedin_dataset/cluedin.dataset.CRM.contacts.{}"


def send_records(acting: Project, count: int) -> None:
    """Records for every data set there is."""
    system = cluedin(acting)
    groups = system.graphql(f"query x {GROUPS}", effect="read")["inbound"]["dataSourceSets"]["data"]
    records = [{"id": number} for number in range(count)]
    for id in [one["id"] for group in groups for source in group["dataSources"] for one in source["dataSets"]]:
        system.connection.send("POST", f"/upload/api/endpoint/{id}", effect="once", json=records)


def business(acting: Project, name: str = "contacts") -> dict[str, Any]:
    """The business metadata of a data set's entity."""
    type_name, _, qualified = SET.format(name).partition("/")
    path = f"{ATLAS}/entity/uniqueAttribute/type/{type_name}?attr:qualifiedName={qualified}"
    found: dict[str, Any] = acting.http("GET", path)["entity"].get("businessAttributes") or {}
    return found


def test_figures_are_published_and_a_plan_stays_empty(acting: Project, run: Run) -> None:
    link(acting, metrics="publish")
    assert acting.apply().complete
    send_records(acting, 3)
    before = datetime.now(UTC)
    ran = run("metrics", "publish", "--format", "json")
    assert ran.code == 0, ran.err
    [row] = json.loads(ran.out)["data_sets"]
    assert (row["state"], row["records_total"], row["records_failed"]) == ("published", 3, 0)
    found = business(acting)["cluedin_metrics"]
    assert (found["records_total"], found["records_failed"]) == (3, 0)
    assert abs(found["measured_at"] / 1000 - before.timestamp()) < 60
    assert acting.plan().changes == []

    send_records(acting, 2)
    assert "5 records" in run("metrics", "publish").out
    assert business(acting)["cluedin_metrics"]["records_total"] == 5


def test_what_others_wrote_stays(acting: Project, run: Run) -> None:
    link(acting, metrics="publish")
    assert acting.apply().complete
    send_records(acting, 1)
    option = {"applicableEntityTypes": '["cluedin_dataset"]', "maxStrLength": "50"}
    theirs = {"name": "Theirs", "attributeDefs": [{"name": "cost", "typeName": "string", "options": option}]}
    acting.http("POST", f"{ATLAS}/types/typedefs", json={"businessMetadataDefs": [theirs]})
    type_name, _, qualified = SET.format("contacts").partition("/")
    path = f"{ATLAS}/entity/uniqueAttribute/type/{type_name}?attr:qualifiedName={qualified}"
    guid = acting.http("GET", path)["entity"]["guid"]
    acting.http("POST", f"{ATLAS}/entity/guid/{guid}/businessmetadata", json={"Theirs": {"cost": "7"}})
    assert run("metrics", "publish").code == 0
    assert business(acting)["Theirs"] == {"cost": "7"}
    assert business(acting)["cluedin_metrics"]["records_total"] == 1


def test_without_an_apply_it_is_refused_and_nothing_is_written(acting: Project, run: Run) -> None:
    link(acting, metrics="publish")
    ran = run("metrics", "publish")
    assert ran.code == 4
    assert "Apply first" in ran.err
    assert acting.writes() == []


def test_nothing_to_publish_asks_no_system(acting: Project, run: Run) -> None:
    link(acting)
    ran = run("metrics", "publish")
    assert ran.code == 0
    assert "Nothing to publish" in ran.out
    assert acting.requests() == []


def test_one_data_set_of_several(acting: Project, run: Run) -> None:
    link(acting, metrics="publish")
    link(acting, "silent")
    assert acting.apply().complete
    send_records(acting, 2)
    link(acting, "later", metrics="publish")
    ran = run("metrics", "publish")
    assert ran.code == 5, "one was written, one has to be applied first"
    assert "Published 1 of 2 data sets." in ran.out
    assert "apply first" in ran.out
    assert business(acting, "silent") == {}


def test_no_record_yet_is_not_zero(acting: Project, run: Run) -> None:
    link(acting, metrics="publish")
    assert acting.apply().complete
    ran = run("metrics", "publish")
    assert ran.code == 0
    assert "no record has come" in ran.out
    assert business(acting) == {}


def test_a_link_without_an_asset_says_so(acting: Project, run: Run) -> None:
    link(acting, metrics="publish")
    link(acting, "bare", metrics="publish", lineage=False)
    assert acting.apply().complete
    ran = run("metrics", "publish")
    assert ran.code == 4
    assert "lineage: true" in ran.out
