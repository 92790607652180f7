"""The actions and the lineage with the documents that the kinds show as their examples."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from reconciler.kinds import models
from reconciler.manifest.spec import example
from reconciler.report import markdown
from reconciler.report.lineage import PLACEHOLDER, of_plan

from ..support import SECRETS, Project, project
from .conftest import LAKE_KEY, Run, cluedin
from .test_metrics import GROUPS

ROOT = Path(__file__).parents[2]
SCANNED = {
    "account": "contosolake",
    "filesystem": "raw",
    "path": "crm/contacts.csv",
    "columns": ["id", "email", "full_name", "updated_at", "account_id", "crm_notes"],
}


OURS = ("DataSourceLink", "ExportContract", "Stream")


@pytest.fixture
def example_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Project]]:
    """The worked example with the examples of these kinds in place of its own documents of `OURS`."""
    with project(tmp_path) as made:
        shutil.rmtree(tmp_path / "manifests")
        shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
        for path in (tmp_path / "manifests").rglob("*.yaml"):
            if any(f"kind: {kind}" in path.read_text(encoding="utf-8") for kind in OURS):
                path.unlink()
        made.env |= {"LAKE_KEY": LAKE_KEY, "RECONCILER_SECRETS": ",".join((*SECRETS, "LAKE_KEY"))}
        for name, value in made.env.items():
            monkeypatch.setenv(name, value)
        for name in ("CI", "RECONCILER_ENV", "FORCE_COLOR", "GITHUB_ACTIONS"):
            monkeypatch.delenv(name, raising=False)

        def written(*names: str) -> Project:
            for name in names:
                made.write(f"{name}.yaml", example(models()[name]))
            return made

        yield written


@pytest.fixture
def linked(example_of: Callable[..., Project]) -> Project:
    """A data source link whose asset was scanned."""
    made = example_of("DataSourceLink")
    made.http("POST", "/_sandbox/scan", json=SCANNED)
    return made


def test_the_lineage_of_a_link_is_known_offline_and_drawn_in_its_plan(linked: Project, run: Run) -> None:
    before = len(linked.requests())
    shape = json.loads(run("graph", "--format", "json").out)
    told = {node["id"]: (node["role"], node.get("group")) for node in shape["nodes"]}
    names = [
        "purview.asset:azure_datalake_gen2_path/https://contosolake.dfs.core.windows.net/raw/crm/contacts.csv",
        "purview.entity:cluedin_ingest_process/cluedin.ingest.CRM.contacts.contacts",
        "purview.entity:cluedin_dataset/cluedin.dataset.CRM.contacts.contacts",
        "purview.entity:cluedin_map_process/cluedin.map.CRM.contacts.contacts",
        "purview.entity:cluedin_entity/cluedin.entity.Customer",
    ]
    edges = {(edge["from"], edge["to"]) for edge in shape["edges"]}
    assert set(pairwise(names)) <= edges
    assert told[names[0]] == ("asset", "source")
    assert len(linked.requests()) == before

    page = markdown.plan(linked.plan().as_dict())
    assert "<summary>Lineage: " in page
    assert "crm/contacts.csv<br/>azure_datalake_gen2_path" in page


def test_figures_of_a_link_are_published(linked: Project, run: Run) -> None:
    assert linked.apply().complete
    system = cluedin(linked)
    groups = system.graphql(f"query x {GROUPS}", effect="read")["inbound"]["dataSourceSets"]["data"]
    ids = [one["id"] for group in groups for source in group["dataSources"] for one in source["dataSets"]]
    for id in ids:
        system.connection.send("POST", f"/upload/api/endpoint/{id}", effect="once", json=[{"id": "1"}, {"id": "2"}])
    ran = run("metrics", "publish", "--format", "json")
    assert ran.code == 0, ran.err
    [row] = [row for row in json.loads(ran.out)["data_sets"] if row["document"] == "crm-contacts"]
    assert (row["state"], row["records_total"]) == ("published", 2)
    assert linked.plan().changes == [], "figures and records are no state"


def test_the_export_of_a_contract_is_run(example_of: Callable[..., Project], run: Run) -> None:
    made = example_of("ExportContract", "Stream")
    assert run("exports", "run", "people_wide_v1").code == 4, "there is nothing yet"
    assert made.apply().complete
    ran = run("exports", "run", "people_wide_v1", "--wait", "10", "--format", "json")
    assert ran.code == 0, ran.err
    shape = json.loads(ran.out)
    assert shape["state"] == "complete"
    assert shape["run"]["file"].startswith("exports/people_wide_v1/")
    assert run("exports", "run", "Stream/people-names", "--wait", "10").code == 0
    assert "1 run in its history" in run("exports", "history", "people_wide_v1").out
    assert LAKE_KEY not in ran.out + ran.err
    assert made.plan().changes == []


def test_a_contract_ends_in_a_placeholder_until_its_file_is_scanned(
    example_of: Callable[..., Project], run: Run
) -> None:
    made = example_of("ExportContract")
    assert f"cluedin.target.people_wide_v1 - {PLACEHOLDER}" in run("graph").out
    assert made.apply().complete
    found = {"account": "contosolake", "filesystem": "mdm", "path": "exports/people_wide_v1/people_wide_v1_{N}.parquet"}
    made.http("POST", "/_sandbox/scan", json={**found, "resource_set": True, "columns": ["person_email"]})
    graph = of_plan(made.plan().as_dict())
    assert graph is not None
    changed = {edge.state: graph.nodes[edge.target] for edge in graph.edges if edge.state in ("new", "removed")}
    assert (changed["removed"].role, changed["new"].role) == ("target", "asset")
    assert changed["new"].name == "people_wide_v1/people_wide_v1_{N}.parquet"
