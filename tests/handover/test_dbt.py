"""dbt's files in a real dbt: both adapters read them without a word, and their tests find what breaks a promise."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from .conftest import Run

PROJECT = """
name: judged
profile: {adapter}
version: "1.0"
model-paths: [models]
test-paths: [models/tests]
vars: {{cluedin_sandbox_schema: main}}
"""
PROFILES = """
duckdb: {target: dev, outputs: {dev: {type: duckdb, path: there.duckdb}}}
redshift:
  target: dev
  outputs:
    dev: {type: redshift, host: h, user: u, password: p, port: 5439, dbname: d, schema: s, threads: 1}
"""
SECOND = """
apiVersion: reconciler/v1
kind: ExportContract
metadata: {name: orders.v1, description: "Orders {{ of }} customers"}
spec:
  entity: Customer
  where:
    - {key: customer.segment, operator: in, value: [A, B]}
  primary_key: [customer.id, customer.segment]
  delivery:
    type: file-parquet
    connection: abfss://mdm@contosolake.dfs.core.windows.net
    path: exports/orders/
    schedule: hourly
    overwrite: true
    purview_readable: false
    target: {secrets: {AccountKey: {env: LAKE_KEY, version: "1"}}}
  columns:
    - {from: customer.id, required: filter, references: {contract: customers_wide_v1, column: customer_id}}
    - {from: customer.segment}
    - {from: customer.email, accepted_values: ["a@example.com", "It's b", "{{ it's }}", '{% "a\\b" %}', "source (old)"]}
  sla: {freshness_p95_minutes: 90}
  dbt: {loaded_at_field: loaded_at}
"""
ROWS = """
import duckdb
there = duckdb.connect("there.duckdb")
there.execute("create table main.customers_wide_v1 (customer_id text)")
there.execute("insert into main.customers_wide_v1 values ('1'), ('2'), ('2')")
columns = '"customer.id" text, "customer.segment" text, "customer.email" text, loaded_at timestamptz'
there.execute(f'create table main."orders.v1" ({columns})')
rows = [("1", "A", "a@example.com"), ("1", "A", "a@example.com"), ("9", "C", "c@example.com"), (None, "B", None)]
for row in rows + TEMPLATES:
    there.execute("insert into main.\\"orders.v1\\" values (?, ?, ?, now() - interval 3 hour)", row)
"""


LINK = "sources/crm-contacts.yaml"


class Dbt:
    """A dbt project that is nothing but what was handed over."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder = programs, folder
        (folder / "profiles.yml").write_text(PROFILES)

    def do(self, adapter: str, *words: str) -> tuple[int, str]:
        (self.folder / "dbt_project.yml").write_text(PROJECT.format(adapter=adapter))
        env = {**os.environ, "DO_NOT_TRACK": "1", "DBT_PROFILES_DIR": str(self.folder), "NO_COLOR": "1"}
        call = [str(self.programs / "dbt"), "--no-use-colors", *words]
        ran = subprocess.run(call, cwd=self.folder, env=env, capture_output=True, text=True, timeout=300, check=False)
        return ran.returncode, ran.stdout + ran.stderr

    def results(self) -> list[tuple[str, str, int]]:
        """Each test by the end of dbt's name for it, with what came of it and how many rows were wrong."""
        found = json.loads((self.folder / "target/run_results.json").read_text())["results"]
        return sorted((one["unique_id"].split(".", 2)[2], one["status"], one["failures"]) for one in found)


TEMPLATES = [("1", "B", "{{ it's }}"), ("2", "A", '{% "a\\b" %}'), ("2", "B", "source (old)")]
"""Values that are held, though dbt would take them for templates and calls."""


def test_values_that_dbt_would_take_for_templates_are_literals_of_jinja(offline: Path, run: Run) -> None:
    (offline / "manifests/orders.yaml").write_text(SECOND.replace("value: [A, B]", 'value: [A, "{{ B }}"]'))
    ran = run("handover", "dbt")
    assert ran.code == 0, ran.err
    [source] = yaml.safe_load((offline / "handover/dbt/cluedin_sandbox.yml").read_text())["sources"]
    [table] = [one for one in source["tables"] if one["name"] == "orders.v1"]
    found = [
        test["accepted_values"]
        for column in table["columns"]
        for test in column.get("data_tests", ())[-1:]
        if "accepted_values" in test
    ]
    assert [one["arguments"]["values"] for one in found] == [
        ["A", '{{ "{{ B }}" }}'],
        ["a@example.com", "It''s b", """{{ "{{ it''s }}" }}""", r"""{{ "{% \"a\\b\" %}" }}""", '{{ "source (old)" }}'],
    ]


@pytest.mark.long
def test_dbt_reads_the_files_and_its_tests_find_what_is_wrong(
    offline: Path, run: Run, tool: Callable[[str], Path]
) -> None:
    (offline / "manifests/orders.yaml").write_text(SECOND)
    link = offline / "manifests" / LINK
    link.write_text(link.read_text() + "  dbt: {depends_on: [stg_contacts, judged.other]}\n")
    ran = run("handover", "dbt")
    assert ran.code == 0, ran.err
    folder = offline / "dbt"
    folder.mkdir()
    (offline / "handover/dbt").rename(folder / "models")
    for model in ("stg_contacts", "other"):
        (folder / f"models/{model}.sql").write_text("select 1 as id")
    dbt = Dbt(tool("dbt"), folder)
    for adapter in ("redshift", "duckdb"):
        code, out = dbt.do(adapter, "--warn-error", "parse", "--no-partial-parse", "--show-all-deprecations")
        assert (code, "Deprecat" in out) == (0, False), out
    known = json.loads((folder / "target/manifest.json").read_text())["exposures"]
    told = known["exposure.judged.cluedin_sandbox_crm_contacts"]
    assert told["depends_on"]["nodes"] == ["model.judged.stg_contacts", "model.judged.other"]
    assert (told["type"], told["owner"]["name"], told["owner"]["email"]) == (
        "application",
        "sales-ops",
        "sales-ops@example.com",
    )

    subprocess.run(
        [str(dbt.programs / "python"), "-c", f"TEMPLATES = {TEMPLATES}{ROWS}"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    code, out = dbt.do("duckdb", "test")
    assert code == 1, out
    table = "cluedin_sandbox_orders.v1"
    assert [(name.rsplit(".", 1)[0], status, wrong) for name, status, wrong in dbt.results()] == [
        (
            f"source_accepted_values_{table}__customer_email___a_example_com__It_s_b___it_s____a_b____source_old_",
            "warn",
            1,
        ),
        (f"source_accepted_values_{table}__customer_segment___A__B", "fail", 1),
        (f"source_not_null_{table}__customer_id_", "fail", 1),
        (
            f"source_relationships_{table}__customer_id___customer_id__source_cluedin_sandbox_customers_wide_v1_",
            "warn",
            1,
        ),
        ("source_unique_cluedin_sandbox_customers_wide_v1_customer_id", "fail", 1),
        ("unique_orders_v1", "fail", 1),
    ]
    code, out = dbt.do("duckdb", "source", "freshness")
    assert (code, "ERROR STALE" in out) == (1, True), out
    assert "STALE freshness of cluedin_sandbox.orders.v1" in out
