"""Contracts in the Open Data Contract Standard: out and back without a loss, and what others wrote."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft201909Validator, FormatChecker

from reconciler.contracts.odcs.export import as_odcs
from reconciler.contracts.odcs.imported import Imported, imported
from reconciler.contracts.odcs.standard import json_schema
from reconciler.desired.wishes import draft
from reconciler.kinds.export_contract.rules import RuleId
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.spec import Column, Delivery, ExportContract
from reconciler.report.yamlform import written

from ..invariants import documents
from ..support import ENVIRONMENT
from .conftest import CONTRACT, GLOSSARY, LABELS

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((Path(__file__).parent / "odcs_examples").rglob("*.yaml"))
VARIABLES = {"RECONCILER_VAR_SANDBOX_URL": "http://127.0.0.1:1"}


def contracts_in(root: Path) -> list[Contract]:
    return list(draft(root, "sandbox", VARIABLES).world.of(Contract))


def contract_of(text: str) -> Contract:
    """The contract of a manifest, beside a glossary mapping that has its keys."""
    with tempfile.TemporaryDirectory() as folder:
        manifests = Path(folder, "manifests")
        (manifests / "environments").mkdir(parents=True)
        for name, part in {"environments/sandbox": ENVIRONMENT, "g": GLOSSARY, "l": LABELS, "c": text}.items():
            (manifests / f"{name}.yaml").write_text(part.lstrip(), encoding="utf-8")
        [found] = contracts_in(Path(folder))
        assert found.document.spec is not None
        return found


def manifest(spec: dict[str, Any], **metadata: Any) -> str:
    about = {"name": "customers_wide_v1", **metadata}
    return written({"apiVersion": "reconciler/v1", "kind": "ExportContract", "metadata": about, "spec": spec})


def read(text: str, **more: Any) -> Imported:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file.odcs.yaml")
        path.write_text(text, encoding="utf-8")
        return imported(path, path.name, **more)


def require_nothing_lost(contract: Contract) -> dict[str, Any]:
    """Out, validated by the standard's schema, back in, read as a manifest: the same contract."""
    odcs = as_odcs(contract, "sandbox")
    text = written(odcs)
    assert yaml.safe_load(text) == odcs, "readers of YAML 1.1 see something else"
    Draft201909Validator(json_schema(), format_checker=FormatChecker()).validate(odcs)
    back = read(text)
    assert back.findings == []
    [made] = back.manifests
    again = contract_of(written(made))
    assert again.document.spec == contract.document.spec
    assert given_in(again.document.spec) == given_in(contract.document.spec)
    for part in ("name", "description", "tags", "distinct"):
        assert getattr(again.document, part) == getattr(contract.document, part), part
    return odcs


def given_in(spec: Any) -> Any:
    return spec.model_dump(exclude_unset=True)


def test_the_same_contract_gives_the_same_file() -> None:
    contract = contract_of(CONTRACT)
    [made] = read(written(as_odcs(contract, "sandbox"))).manifests
    again = contract_of(written(made))
    assert written(as_odcs(again, "sandbox")) == written(as_odcs(contract, "sandbox"))


def test_the_worked_example() -> None:
    for contract in contracts_in(ROOT):
        odcs = require_nothing_lost(contract)
        assert (odcs["apiVersion"], odcs["kind"], odcs["status"]) == ("v3.1.0", "DataContract", "active")


def test_what_readers_of_the_standard_see() -> None:
    odcs = as_odcs(contract_of(CONTRACT), "sandbox")
    [table] = odcs["schema"]
    columns = {one["name"]: one for one in table["properties"]}
    assert table["physicalName"].endswith("/exports/customers_wide_v1/customers_wide_v1.parquet")
    assert columns["customer_id"]["primaryKey"]
    assert columns["customer_id"]["classification"] == "Restricted"
    assert columns["customer_email"]["classification"] == "PII"  # the label of the key beneath
    assert "PersistHash" in columns  # what the connector adds is in the file as well
    assert odcs["servers"][0]["location"] == "abfss://mdm@contosolake.dfs.core.windows.net/exports/customers_wide_v1/"
    assert odcs["team"] == {"name": "Sales Ops"}
    levels = {one["property"]: (one["value"], one["unit"]) for one in odcs["slaProperties"]}
    assert levels == {"latency": (90, "minutes"), "retention": (30, "d"), "frequency": (60, "minutes")}
    ours = {one["property"]: one["value"] for one in odcs["customProperties"]}
    assert ours["reconciler.sla.rpo_minutes"] == 60
    assert "reconciler.owner" not in ours  # nothing stands there twice


WRITTEN = {
    name: value
    for name, value in vars(documents).items()
    if isinstance(value, dict) and any(isinstance(one, dict) and "from" in one for one in value.get("columns", ()))
}


@pytest.mark.parametrize("spec", WRITTEN.values(), ids=list(WRITTEN))
def test_every_form_of_a_contract(spec: dict[str, Any]) -> None:
    require_nothing_lost(contract_of(manifest(spec)))


def test_a_dotted_column_can_be_referred_to() -> None:
    delivery = {"type": "file-csv", "connection": documents.LAKE, "path": "a", "purview_readable": False}
    columns = [{"from": "customer.id"}, {"from": "customer_id"}]
    odcs = require_nothing_lost(contract_of(manifest({"entity": "Customer", "delivery": delivery, "columns": columns})))
    first, second, *_ = odcs["schema"][0]["properties"]
    assert (first["name"], first["id"]) == ("customer.id", "customer_id")
    assert "id" not in second


# -- generated ------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30) | st.sampled_from(
    [
        "no",
        "1e5",
        "0o17",
        "2026-01-31",
        "~",
        "1.0",
        "a: b",
        "::error file=x::y",
        "##[group]",
        " x ",
        "a\n\nb\n",
        "${var.x}",
        "$${",
        "é",
    ]
)
RULES = get_args(RuleId)
SAFE = st.sampled_from(["a", "Sales Ops", "x-1", "null", "12"])
KEYS = st.sampled_from(["customer.id", "customer.email", "customer.fullName", "customer.segment", "other.x-y z"])
NAMES = st.sampled_from(["customer_id", "customer_email", "customer.id", "Id", "OriginEntityCode", "nowhere"])
MINUTES = st.integers(1, 100_000)


Fields = dict[str, st.SearchStrategy[Any]]


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of the fields, and none of the others."""
    return st.fixed_dictionaries({}, optional=fields)


COLUMN_FIELDS: Fields = {
    "from_": KEYS | st.sampled_from([{"property": "Name"}, {"property": "Id"}]),
    "name": NAMES,
    "type": SAFE,
    "logical_type": st.sampled_from(["string", "date", "timestamp", "number", "boolean"]),
    "required": st.sampled_from([True, False, "filter"]),
    "description": st.none() | TEXT,
    "accepted_values": st.lists(TEXT, max_size=2),
    "references": some(contract=SAFE, column=SAFE).map(lambda one: one if len(one) == 2 else None),
}
COLUMNS = st.builds(
    lambda source, rest: {"from": source, **rest},
    COLUMN_FIELDS["from_"],
    some(**{name: one for name, one in COLUMN_FIELDS.items() if name != "from_"}),
)
DELIVERY_FIELDS: Fields = {
    "type": st.sampled_from(["file-parquet", "file-csv", "file-json", "onelake-parquet", "sql", "http", "other"]),
    "connection": st.sampled_from(
        [
            documents.LAKE,
            f"{documents.LAKE}/base/",
            "https://contosolake.dfs.core.windows.net/mdm",
            "abfss://My Space@onelake.dfs.fabric.microsoft.com/Sales.Lakehouse",
            "https://onelake.dfs.fabric.microsoft.com/Space/Sales.Lakehouse/Files",
            "mssql://sql.example.com:1444/mdm",
            "https://example.com/hook",
            "s3://bucket/base",
            "no address",
        ]
    ),
    "path": st.sampled_from(["exports/a/", "/exports//b", "c", "ä b/", "100%/"]),
    "schedule": st.sampled_from(["hourly", "daily", "weekly", "0 * * * *", "30 */2 * * *", "never"]),
    "overwrite": st.booleans(),
    "partition_by": st.lists(NAMES, max_size=2),
    "compression": SAFE,
    "mode": st.sampled_from(["sync", "events"]),
    "relations": some(outgoing=st.booleans(), incoming=st.booleans()),
    "state": st.sampled_from(["started", "paused", "leave"]),
    "purview_readable": st.booleans(),
    "target": some(
        name=SAFE,
        manage=st.booleans(),
        provider=SAFE,
        secrets=st.just({"AccountKey": {"env": "LAKE_KEY", "version": "1"}}),
        config=st.dictionaries(
            TEXT, st.booleans() | st.integers(-9, 9) | st.sampled_from([1e20, 0.1]) | SAFE, max_size=2
        ),
    ),
    "asset": st.sampled_from(["auto", "none", {"type": "t", "qualified_name": "q"}]),
}
DELIVERIES = some(**DELIVERY_FIELDS)
IGNORED = st.fixed_dictionaries(
    {"rule": st.sampled_from(RULES), "until": st.just("2027-03-31"), "reason": st.just("Both agreed")},
    optional={"column": NAMES},
)
SPEC_FIELDS: Fields = {
    "name": st.just("customers_wide_v1"),
    "owner": TEXT,
    "entity": st.sampled_from(["Customer", "/Customer", "Order"]),
    "where": st.lists(st.sampled_from([{"key": "customer.id", "operator": "exists"}]), max_size=2),
    "primary_key": NAMES | st.lists(NAMES, max_size=3),
    "delivery": DELIVERIES,
    "columns": st.lists(COLUMNS, max_size=4),
    "labels": st.lists(
        st.sampled_from(["PII", "PII:email", "Restricted:customer_id", "Odd: x"]), max_size=2, unique=True
    ),
    "sla": some(freshness_p95_minutes=MINUTES, rpo_minutes=MINUTES, rto_minutes=MINUTES),
    "retention": some(days=st.integers(1, 10_000)),
    "compatibility": st.sampled_from(["additive_only", "none"]),
    "rules": st.dictionaries(st.sampled_from(RULES), st.sampled_from(["error", "warning", "info"]), max_size=2),
    "ignore": st.lists(IGNORED, max_size=2),
    "dbt": some(loaded_at_field=SAFE),
    "dataverse": some(
        table=st.just("contacts"),
        key=SAFE | st.lists(SAFE, min_size=1, max_size=2),
        columns=st.dictionaries(SAFE, st.sampled_from(["new_a", "new_b"]), max_size=2),
        write=st.sampled_from(["upsert", "create_only", "update_only", "optimistic"]),
        batch=st.integers(1, 1000),
    ),
    "lineage_required": st.booleans(),
    "approval_required_when_labels": st.lists(SAFE, max_size=2),
    "status": st.sampled_from(["draft", "active", "deprecated", "retired"]),
    "type": st.sampled_from(["file-parquet", "sql"]),
    "options": some(connection=st.just(documents.LAKE), path=SAFE, overwrite=st.booleans()),
    "schedule": st.sampled_from(["daily", "0 * * * *"]),
}
SPECS = some(**SPEC_FIELDS)
METADATA = some(
    description=TEXT,
    tags=st.lists(TEXT, max_size=2),
    distinct=st.booleans() | st.lists(SAFE, min_size=1, max_size=2),
)


def as_text(spec: Any) -> Any:
    """A spec whose texts hold no variables: those are replaced before anything is exported."""
    if isinstance(spec, str):
        return spec.replace("${", "$${")
    if isinstance(spec, dict):
        return {key: as_text(value) for key, value in spec.items()}
    return [as_text(item) for item in spec] if isinstance(spec, list) else spec


def test_the_generated_contracts_have_every_field() -> None:
    for fields, model in ((SPEC_FIELDS, ExportContract), (DELIVERY_FIELDS, Delivery), (COLUMN_FIELDS, Column)):
        assert set(fields) == set(model.model_fields)


@settings(max_examples=10)
@given(SPECS, METADATA, st.sampled_from(["customers_wide_v1", "customers", "c.d-e_v07", "1_v2"]))
def test_any_contract(spec: dict[str, Any], metadata: dict[str, Any], name: str) -> None:
    require_nothing_lost(contract_of(manifest(as_text(spec), **metadata, name=name)))


@pytest.mark.long
@settings(max_examples=500)
@given(SPECS, METADATA, st.sampled_from(["customers_wide_v1", "customers", "c.d-e_v07", "1_v2"]))
def test_very_many_contracts(spec: dict[str, Any], metadata: dict[str, Any], name: str) -> None:
    require_nothing_lost(contract_of(manifest(as_text(spec), **metadata, name=name)))


# -- of others ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_published_examples_import_or_say_what_they_lack(path: Path) -> None:
    found = imported(path, path.name)
    errors = [finding for finding in found.findings if finding.severity == "error"]
    if found.manifests:
        assert not errors
        assert all(ExportContract.model_validate(one["spec"]) for one in found.manifests)
    else:
        [lack] = found.findings
        assert lack.code == "odcs.no_source"
        assert lack.source is not None
        assert lack.source.line
        assert "--key-prefix" in lack.detail


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_with_a_prefix_all_of_them_import(path: Path) -> None:
    found = imported(path, path.name, "customer")
    tables = yaml.safe_load(path.read_text(encoding="utf-8")).get("schema") or []
    assert len(found.manifests) == max(1, len(tables))
    assert {finding.severity for finding in found.findings} <= {"warning"}
    assert len({one["metadata"]["name"] for one in found.manifests}) == len(found.manifests)
    for table, made in zip(tables, found.manifests, strict=False):
        assert len(made["spec"].get("columns", [])) == len(table.get("properties") or [])
    for one in found.manifests:
        contract_of(written(one))


def test_what_is_left_behind_is_told_with_its_line() -> None:
    [path] = [one for one in EXAMPLES if one.name == "full-example.odcs.yaml"]
    lines = path.read_text(encoding="utf-8").splitlines()
    left = [finding for finding in imported(path, path.name, "tbl").findings if finding.code == "odcs.left_behind"]
    for word in ("price", "roles", "support", "domain", "servers", "contractCreatedTs"):
        [said] = [finding for finding in left if finding.summary.startswith(f"`{word}`")]
        assert said.source is not None
        assert lines[(said.source.line or 0) - 1].startswith(f"{word}:")


OTHERS = """
apiVersion: v3.1.0
kind: DataContract
id: 4c1fb3c0-2c1d-4d9f-9f1e-1b2ad6ad4c40
name: orders
version: 2.0.0
status: active
description: {purpose: Orders for the warehouse}
servers:
  - server: prod
    type: azure
    location: abfss://mdm@contosolake.dfs.core.windows.net/exports/orders/
    format: parquet
team: {name: Sales Ops}
slaProperties:
  - {property: latency, value: 2, unit: h}
  - {property: retention, value: 1, unit: y}
  - {property: frequency, value: 1, unit: d}
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: string, primaryKey: true, required: true, classification: Restricted}
      - name: amount
        logicalType: number
        customProperties: [{property: reconciler.from, value: order.total}]
"""


def test_what_others_wrote_becomes_a_contract() -> None:
    [made] = read(OTHERS, key_prefix="order").manifests
    assert made["metadata"] == {"name": "orders_v2", "description": "Orders for the warehouse"}
    assert made["spec"] == {
        "owner": "Sales Ops",
        "primary_key": "order_id",
        "delivery": {
            "type": "file-parquet",
            "connection": "abfss://mdm@contosolake.dfs.core.windows.net",
            "path": "exports/orders/",
            "schedule": "daily",
        },
        "columns": [
            {"name": "order_id", "from": "order.order_id", "logical_type": "string", "required": True},
            {"name": "amount", "from": "order.total", "logical_type": "number"},
        ],
        "labels": ["Restricted:order_id"],
        "sla": {"freshness_p95_minutes": 120},
        "retention": {"days": 365},
        "status": "active",
    }


@pytest.mark.parametrize("kind", ["azure", "api"])
def test_a_secret_in_an_address_does_not_become_a_manifest(kind: str) -> None:
    address = "abfss://mdm@contosolake.dfs.core.windows.net/exports/orders/"
    text = OTHERS.replace(address, "https://a.dfs.core.windows.net/mdm?sig=hush-hush").replace("azure", kind)
    found = read(text if kind == "azure" else text.replace("    format: parquet\n", ""), key_prefix="order")
    assert "hush" not in f"{found.manifests}{found.findings}"
    assert "servers" in " ".join(finding.summary for finding in found.findings)


WRONG = {
    "no status": ("status: active\n", "", "odcs.invalid", "'status' is a required property"),
    "an unknown word": ("team: {name: Sales Ops}", "teams: {name: Sales Ops}", "odcs.invalid", "teams"),
    "a wrong type": ("value: 2, unit: h", "value: [2], unit: h", "odcs.invalid", "slaProperties.0.value"),
    "an old version": ("apiVersion: v3.1.0", "apiVersion: v2.2.2", "odcs.version", "v2.2.2"),
    "another kind": ("kind: DataContract", "kind: Contract", "odcs.kind", "no file of the Open Data Contract Standard"),
    "no YAML": ("team: {", "team: {{", "manifest", ""),
    "a word that is none of ours": (
        "reconciler.from, value: order.total}",
        "reconciler.from, value: order.total}, {property: reconciler.form, value: 1}",
        "manifest",
        "form",
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_is_said_with_its_line(case: tuple[str, str, str, str]) -> None:
    old, new, code, word = case
    assert old in OTHERS
    found = read(OTHERS.replace(old, new), key_prefix="order")
    errors = [finding for finding in found.findings if finding.severity == "error"]
    assert errors
    assert not found.ok
    assert errors[0].code.startswith(code)
    assert word in errors[0].summary
    assert errors[0].source is not None
    assert errors[0].source.line
