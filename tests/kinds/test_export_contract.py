"""Export contracts: what they promise, what the connector does, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from reconciler.kinds import models
from reconciler.kinds.export_contract.spec import (
    Column,
    Dataverse,
    Dbt,
    Delivery,
    Ignored,
    Options,
    References,
    Retention,
    Sla,
    Target,
)
from reconciler.kinds.project.exported import Relations
from reconciler.kinds.project.filters import Where
from reconciler.kinds.project.levels import LEVELS
from reconciler.questions.catalogue import KeyAt
from reconciler.questions.outbound import StreamNamed
from reconciler.schema import schemas

from .conftest import ONLY_CLUEDIN, ONLY_PURVIEW, TEST_ENVIRONMENT, document
from .contract_support import ANSWERS, CONTRACT, LAKE, Bench

COOKBOOK_2_2 = """
{
  "name": "customers_wide_v1",
  "type": "file-parquet",
  "options": {
    "connection": "s3://company-analytics",
    "path": "mdm/customers_wide_v1/",
    "partition_by": ["event_date"],
    "compression": "snappy",
    "overwrite": false
  },
  "schedule": "0 * * * *"
}
"""
COOKBOOK_10_1 = """
name: customers_wide_v1
owner: "Sales Ops"
primary_key: customer_id
delivery: { type: file-parquet, schedule: hourly }
sla: { freshness_p95_minutes: 60 }
labels: ["PII:email"]
compatibility: additive_only
lineage_required: true
approval_required_when_labels: ["PII","Restricted"]
"""
EVERYTHING = """
name: customers_wide_v1
owner: "Sales Ops"
entity: Customer
where:
  - {key: customer.segment, operator: in, value: [A, B]}
primary_key: customer_id
delivery:
  type: file-parquet
  connection: "abfss://mdm@contosolake.dfs.core.windows.net"
  path: exports/customers_wide_v1/
  schedule: hourly
  overwrite: false
  partition_by: [event_date]
  compression: snappy
  mode: sync
  relations: {outgoing: false, incoming: false}
  state: started
  purview_readable: true
  target:
    name: customers_wide_v1
    manage: true
    provider: null
    secrets: {AccountKey: {env: LAKE_KEY, version: "1"}}
    config: {}
  asset: auto
columns:
  - {name: customer_id,       from: customer.id,       type: string, required: true}
  - {name: customer_email,    from: customer.email,    type: string, description: Primary contact address}
  - {name: customer_fullName, from: customer.fullName, type: string}
  - {name: Name,              from: {property: Name},  type: string}
labels: ["PII:customer_email"]
sla: {freshness_p95_minutes: 60, rpo_minutes: 60, rto_minutes: 240}
retention: {days: 365}
compatibility: additive_only
lineage_required: true
approval_required_when_labels: [PII, Restricted]
status: active
"""
"""A contract that says everything that can be said."""
TARGET = "cluedin.export_target:Azure DataLake Connector/customers_wide_v1"
STREAM = "cluedin.stream:customers_wide_v1"
EXPORT = "cluedin.stream_export:customers_wide_v1"
STATE = "cluedin.stream_state:customers_wide_v1"
PROCESS = "purview.entity:cluedin_export/cluedin.export.customers_wide_v1"
KEY_FAX = KeyAt("person.fax")
STREAM_STATE = StreamNamed("customers_wide_v1")
PLACEHOLDER = "purview.entity:cluedin_export_target/cluedin.target.customers_wide_v1"


@pytest.fixture
def judge(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def with_delivery(lines: str, contract: str = CONTRACT) -> str:
    """The contract with further lines below `delivery`."""
    return contract.replace("  overwrite: true\n", f"  overwrite: true\n{lines.rstrip()}\n")


# -- pasting, and contracts that are not bound -----------------------------------------------------------------


def test_the_cookbooks_export_config_validates_word_for_word(judge: Bench) -> None:
    found = judge(COOKBOOK_2_2)
    assert found.said == [("warning", "contract.connection")]
    assert found.one("contract.unbound").summary == "unbound: add entity and columns"
    schema = found.schema()
    assert (schema.delivery_type, schema.path, schema.schedule) == ("file-parquet", "mdm/customers_wide_v1", "hourly")
    assert (schema.partition_by, schema.compression, schema.overwrite) == (("event_date",), "snappy", False)
    assert [one for one in found.resources if any(o.kind == "ExportContract" for o in one.origins)] == []


@pytest.mark.parametrize("labels", [None, ""], ids=["with labels", "without a LabelMap"])
def test_the_cookbooks_export_contract_validates_word_for_word(judge: Bench, labels: str | None) -> None:
    found = judge(COOKBOOK_10_1) if labels is None else judge(COOKBOOK_10_1, labels=labels)
    assert not [one for one in found.findings if one.severity == "error"]
    assert found.one("contract.unbound").summary == "unbound: add entity, connection and columns"
    schema = found.schema()
    assert (schema.owner, schema.primary_key, schema.freshness_p95_minutes) == ("Sales Ops", ("customer_id",), 60)
    assert (schema.compatibility, schema.lineage_required) == ("additive_only", True)
    assert schema.approval_labels == ("PII", "Restricted")
    assert not schema.bound


def test_a_pasted_contract_is_bound_by_adding_what_it_says(judge: Bench) -> None:
    bound = COOKBOOK_10_1.replace("schedule: hourly", f'schedule: hourly, connection: "{LAKE}", path: exports/x')
    found = judge(bound + "entity: customer\ncolumns:\n  - {name: customer_id, from: customer.id}\n"
                  "  - {from: customer.email}\n")  # fmt: skip
    assert found.said == [("warning", "contract.grows")]
    assert found.schema().labels == ("PII:customer_email",)
    assert found.schema().approvals == ("PII",)


def test_a_word_in_both_forms_is_an_error(judge: Bench) -> None:
    assert judge(CONTRACT + "type: file-csv\n").only("contract.twice").summary.startswith("`type`")


@pytest.mark.parametrize("place", ["s3://company-analytics", "gs://company"])
def test_other_clouds_need_a_connector_that_is_named(judge: Bench, place: str) -> None:
    contract = CONTRACT.replace(LAKE, place)
    assert judge(contract).only("contract.connection").severity == "error"
    named = with_delivery("  target: {provider: Amazon S3 Connector, config: {Bucket: x}}", contract)
    found = judge(named.replace("  overwrite: true\n", ""))
    assert found.said == [("warning", "contract.column_name")], "nobody knows what that connector makes of names"
    [target] = found.of("cluedin.export_target")
    assert target.key == "Amazon S3 Connector/customers_wide_v1"
    assert target.values == {"config[Bucket]": "x"}
    unknown = judge(named.replace("  overwrite: true\n", ""), answers=ANSWERS)
    assert ("error", "contract.provider") in unknown.said


def test_the_name_must_be_the_documents(judge: Bench) -> None:
    assert judge("name: other_v1\n" + CONTRACT).only("contract.name").severity == "error"
    assert "contract.version" in judge(CONTRACT, name="customers").codes


def test_a_contract_may_say_everything(judge: Bench) -> None:
    found = judge(EVERYTHING, answers=ANSWERS)
    assert not [one for one in found.findings if one.severity == "error"], found.findings
    assert sorted(code for severity, code in found.said) == ["contract.declared_only"] * 3
    schema = found.schema()
    assert schema.file_pattern == "{ContainerName}_{DataTime:yyyyMMddHHmmss}.{OutputFormat}"
    assert schema.retention_days == 365
    assert schema.approvals == ("PII",)


# -- levels ----------------------------------------------------------------------------------------------------


def leaves() -> set[str]:
    """The path of every field that a contract may write."""
    kind = models()["ExportContract"]
    parts = (
        kind,
        Delivery,
        Options,
        Relations,
        Target,
        Column,
        Sla,
        Retention,
        Where,
        Ignored,
        References,
        Dbt,
        Dataverse,
    )
    inner = {
        "where",
        "ignore",
        "delivery",
        "columns",
        "columns[].references",
        "dbt",
        "dataverse",
        "sla",
        "retention",
        "options",
        "delivery.relations",
        "delivery.target",
    }
    paths = {f"{part.at}{info.alias or name}" for part in parts for name, info in part.model_fields.items()}
    return paths - inner


def test_every_field_has_a_level() -> None:
    assert leaves() == LEVELS.keys()


def test_the_json_schema_says_the_levels() -> None:
    schema = schemas()["ExportContract.schema.json"]
    parts = {"Delivery": "delivery.", "Column": "columns[].", "Where": "where[].", "Sla": "sla."}
    for name, at in parts.items():
        for field, form in schema["$defs"][name]["properties"].items():
            if f"{at}{field}" in LEVELS:
                level = LEVELS[f"{at}{field}"]
                assert form["$comment"] == f"Level: {level}"
                assert form["description"].endswith(f"Level: {level}.")
    assert schema["properties"]["spec"]["properties"]["owner"]["$comment"] == "Level: enforced"


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("from: customer.id}", "from: customer.id, type: integer}", "contract.column_type", "as `string`"),
        ("from: customer.id}", "from: customer.id, required: true}", "contract.declared_only", "by declaration only"),
        ("  overwrite: true", "  overwrite: true\n  partition_by: [day]", "contract.declared_only", "declared only"),
        ("  overwrite: true", "  overwrite: true\n  compression: gzip", "contract.declared_only", "declared only"),
        ("columns:", "retention: {days: 30}\ncolumns:", "contract.declared_only", "declared only"),
    ],
)
def test_promises_that_nothing_keeps_say_so(judge: Bench, old: str, new: str, code: str, words: str) -> None:
    found = judge(CONTRACT.replace(old, new)).only(code)
    assert found.severity == "warning", "and so an error in a strict environment"
    assert words in found.summary


def test_a_renamed_column_is_an_error(judge: Bench) -> None:
    found = judge(CONTRACT.replace("name: customer_id", "name: id")).only("contract.column_name")
    assert (found.severity, found.summary) == ("error", "The file will say `customer_id`, not `id`")


def test_snappy_and_string_are_what_comes(judge: Bench) -> None:
    contract = with_delivery("  compression: snappy", CONTRACT.replace("customer.id}", "customer.id, type: string}"))
    assert judge(contract).said == []


# -- the physical schema ---------------------------------------------------------------------------------------


def test_the_physical_schema_is_what_readers_get(judge: Bench) -> None:
    contract = with_delivery("  relations: {outgoing: true}") + "  - {from: {property: Name}}\n"
    schema = judge(contract).schema()
    assert [(one.name, one.type, one.source) for one in schema.columns[:3]] == [
        ("customer_id", "string", "vocabkey"),
        ("customer_email", "string", "vocabkey"),
        ("Name", "string", "metadata"),
    ]
    assert {one.name: one.type for one in schema.columns if one.system} == {
        "Codes": "string", "ContainerName": "string", "EntityType": "string", "Epoch": "long", "Id": "string",
        "OriginEntityCode": "string", "OutgoingEdges": "string", "PersistHash": "string", "PersistVersion": "int",
        "ProviderDefinitionId": "string", "Timestamp": "string",
    }  # fmt: skip
    email = schema.column("customer_email")
    assert email is not None
    assert str(email.key_place).startswith("manifests/customer.yaml:")
    assert str(email.place).startswith("manifests/a.yaml:")
    assert email.key_labels == ("PII",)
    assert schema.sample_path == (
        "https://contosolake.dfs.core.windows.net/mdm/exports/customers_wide_v1/customers_wide_v1.parquet"
    )
    assert orjson.loads(orjson.dumps(schema.as_dict())) == schema.as_dict()


def test_columns_are_the_keys_themselves_when_not_readable(judge: Bench) -> None:
    schema = judge(with_delivery("  purview_readable: false")
                   .replace("{name: customer_id, from", "{name: customer.id, from")).schema()  # fmt: skip
    assert [one.name for one in schema.columns[:2]] == ["customer.id", "customer.email"]
    assert schema.column("Id").type == "guid"  # type: ignore[union-attr]


def test_a_renamed_key_renames_the_column(judge: Bench) -> None:
    before = judge(CONTRACT).schema()
    renamed = judge(CONTRACT.replace("customer.email", "customer.fullName")).schema()
    assert [one.name for one in before.columns[:2]] != [one.name for one in renamed.columns[:2]]


def test_equal_filters_are_one_text(judge: Bench) -> None:
    one = "where:\n  - {key: customer.segment, operator: in, value: [A, B]}\n  - {key: customer.id, operator: exists}\n"
    other = (
        "where:\n  - {key: customer.id, operator: exists}\n  - {key: customer.segment, operator: in, value: [A, B]}\n"
    )
    assert judge(CONTRACT + one).schema().filter == judge(CONTRACT + other).schema().filter
    assert judge(CONTRACT + one).schema().filter != judge(CONTRACT).schema().filter


# -- references ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["customer", "Customer", "/Customer"])
def test_an_entity_is_a_mapping_a_name_or_a_code(judge: Bench, word: str) -> None:
    assert judge(CONTRACT.replace("entity: customer", f"entity: {word}")).schema().entity == "/Customer"


def test_an_entity_of_cluedin_is_looked_up(judge: Bench) -> None:
    contract = CONTRACT.replace("entity: customer", "entity: Person")
    assert "entity.unknown" not in judge(contract).codes, "offline nobody knows"
    found = judge(contract, answers=ANSWERS)
    assert found.schema().entity == "/Person"
    assert found.resource("cluedin.entity_type:/Person").mode == "refer"
    wrong = judge(CONTRACT.replace("entity: customer", "entity: Persson"), answers=ANSWERS).one("entity.unknown")
    assert "Did you mean `Person`?" in wrong.detail


def test_keys_are_declared_or_live(judge: Bench) -> None:
    foreign = CONTRACT + "  - {from: person.email}\n"
    found = judge(foreign, answers=ANSWERS)
    assert found.resource("cluedin.vocabulary_key:person.email").mode == "refer"
    assert found.resource("cluedin.vocabulary_key:customer.email").mode == "own"
    wrong = judge(CONTRACT + "  - {from: customer.emial}\n").only("key.unknown")
    assert "Did you mean `customer.email`?" in wrong.detail
    gone = judge(CONTRACT + "  - {from: person.fax}\n", answers={**ANSWERS, KEY_FAX: ()})
    assert ("error", "key.unknown") in gone.said


def test_mapped_keys_yield_the_values_of_another(judge: Bench) -> None:
    found = judge(CONTRACT + "  - {from: customer.mail}\n").only("key.mapped")
    assert found.severity == "warning"
    assert "`customer.email`" in found.summary
    live = judge(CONTRACT + "  - {from: person.mail}\n", answers=ANSWERS)
    assert ("warning", "key.mapped") in live.said


def test_properties_are_those_of_streams(judge: Bench) -> None:
    wrong = judge(CONTRACT + "  - {from: {property: Naem}}\n", answers=ANSWERS).one("contract.property")
    assert "Did you mean `Name`?" in wrong.detail


def test_a_system_column_may_be_listed_and_is_not_sent_twice(judge: Bench) -> None:
    found = judge(CONTRACT + "  - {from: {property: Id}, description: Golden record}\n", answers=ANSWERS)
    assert found.resource(EXPORT).values["columns"] == ["vocabkey:customer.id", "vocabkey:customer.email"]


# -- resources -------------------------------------------------------------------------------------------------


def test_path_format_and_schedule_belong_to_the_target(judge: Bench) -> None:
    found = judge(with_delivery('  target: {secrets: {AccountKey: {env: LAKE_KEY, version: "2"}}}'), answers=ANSWERS)
    target = found.resource(TARGET)
    assert {path: value for path, value in target.values.items() if path.startswith("config")} == {
        "config[AccountName]": "contosolake",
        "config[FileSystemName]": "mdm",
        "config[DirectoryName]": "exports/customers_wide_v1",
        "config[OutputFormat]": "parquet",
        "config[IsStreamCacheEnabled]": True,
        "config[Schedule]": "Hourly",
        "config[FileNamePattern]": "{ContainerName}.{OutputFormat}",
        "config[ShouldEscapeVocabularyKeys]": True,
        "config[ShouldWriteGuidAsString]": True,
    }
    assert target.values["secrets[AccountKey]"].version == "2"
    assert set(found.resource(EXPORT).values) == {
        "target", "container", "export_mode", "outgoing_edges", "incoming_edges", "columns",
    }  # fmt: skip


def test_the_stream_starts_after_the_catalogue_shows_it(judge: Bench) -> None:
    found = judge(CONTRACT + "lineage_required: true\n", answers=ANSWERS)
    needs = set(found.resource(STATE).needs)
    column = "cluedin_column/cluedin.target.customers_wide_v1#customer_email"
    assert {EXPORT, TARGET, PROCESS, PLACEHOLDER, f"purview.classification:CLUEDIN.PII@{column}"} <= needs
    assert found.resource(STATE).values == {"state": "started"}


def test_the_lineage_goes_from_the_entity_to_the_provider_and_the_target(judge: Bench) -> None:
    found = judge(CONTRACT, answers=ANSWERS)
    process = found.resource(PROCESS).values
    assert process["inputs"] == ["cluedin_entity/cluedin.entity.Customer"]
    assert process["outputs"] == [
        "cluedin_organization_provider/cluedin.provider.Azure%20DataLake%20Connector.customers_wide_v1",
        "cluedin_export_target/cluedin.target.customers_wide_v1",
    ]
    assert process["column_mapping"] == [
        {
            "DatasetMapping": {
                "Source": "cluedin.entity.Customer",
                "Sink": "cluedin.target.customers_wide_v1",
            },
            "ColumnMapping": [
                {"Source": "customer.email", "Sink": "customer_email"},
                {"Source": "customer.id", "Sink": "customer_id"},
            ],
        }
    ]
    column = "cluedin_column/cluedin.target.customers_wide_v1#customer_email"
    assert found.resource(f"purview.assignment:Enterprise/Customer/Email@{column}").labels == {"PII"}
    assert found.resource(f"purview.label:pii@{column}")


def test_what_is_only_declared_is_marked_in_the_plan(judge: Bench) -> None:
    process = judge(CONTRACT + "retention: {days: 30}\n").resource(PROCESS)
    assert process.strength["attributes[retention_days]"] == "declared"
    assert process.strength["attributes[freshness_p95_minutes]"] == "verified"
    assert process.values["attributes[retention_days]"] == 30


def test_an_owner_is_text_and_a_contact_when_an_alias(judge: Bench) -> None:
    text = judge(CONTRACT + "owner: Sales Ops\n").resource(PROCESS)
    assert text.values["attributes[owner]"] == "Sales Ops"
    assert not [path for path in text.values if path.startswith("owners")]
    alias = judge(CONTRACT + "owner: ada\n").resource(PROCESS)
    assert "owners[30435ff9-9b96-44af-a5a9-e05c8b1ae2df]" in alias.values


@pytest.mark.parametrize(
    ("lines", "status", "state"),
    [
        ("", "active", "started"),
        ("  state: leave", "active", None),
        ("  state: paused", "active", None),
        ("", "draft", None),
        ("", "deprecated", "started"),
    ],
)
def test_what_runs(judge: Bench, lines: str, status: str, state: str | None) -> None:
    found = judge(with_delivery(lines) + f"status: {status}\n", answers=ANSWERS)
    states = [one.values["state"] for one in found.of("cluedin.stream_state")]
    assert states == ([state] if state else [])
    assert found.of("cluedin.stream"), "the rest is made in any case"


def test_a_stream_that_runs_is_paused_and_a_stopped_one_is_not(judge: Bench) -> None:
    running = judge(with_delivery("  state: paused"), answers={**ANSWERS, STREAM_STATE: ("started",)})
    assert running.resource(STATE).values == {"state": "paused"}
    stopped = judge(with_delivery("  state: paused"), answers={**ANSWERS, STREAM_STATE: ("stopped",)})
    assert ("error", "contract.state") in stopped.said
    never = judge(with_delivery("  state: stopped"), answers={**ANSWERS, STREAM_STATE: ("new",)})
    assert "contract.never_ran" in never.codes
    assert never.of("cluedin.stream_state") == []


def test_a_retired_contract_wants_nothing(judge: Bench) -> None:
    found = judge(CONTRACT + "status: retired\n", answers=ANSWERS)
    assert not [one for one in found.resources if any(o.kind == "ExportContract" for o in one.origins)]


def test_half_a_world_gets_its_half(judge: Bench) -> None:
    people = "people:\n" + TEST_ENVIRONMENT.partition("people:\n")[2]
    only = judge(CONTRACT, environment=ONLY_CLUEDIN + people)
    assert only.of("purview.entity") == []
    assert only.resource(STATE).needs == (EXPORT, TARGET)
    assert judge(CONTRACT, environment=ONLY_PURVIEW).of("cluedin.stream") == []


# -- labels and approvals --------------------------------------------------------------------------------------


def test_effective_labels_are_the_contracts_and_the_keys(judge: Bench) -> None:
    found = judge(CONTRACT + 'labels: ["Restricted", "Restricted:id"]\n')
    assert found.schema().labels == ("PII:customer_email", "Restricted", "Restricted:customer_id")
    assert found.resource("purview.classification:CLUEDIN.RESTRICTED@" + PLACEHOLDER.partition(":")[2])


def test_omitting_labels_does_not_bypass_an_approval(judge: Bench) -> None:
    found = judge(CONTRACT + "approval_required_when_labels: [PII]\n")
    for address in (TARGET, STREAM, EXPORT, STATE, PROCESS):
        assert found.resource(address).approvals == {"PII"}
    free = judge(CONTRACT.replace("  - {from: customer.email}\n", "") + "approval_required_when_labels: [PII]\n")
    assert free.resource(STREAM).approvals == frozenset()


@pytest.mark.parametrize(
    ("label", "code"),
    [("PII:emial", "contract.label_column"), ("PIII:email", "label.unknown"), ("PIII", "label.unknown")],
)
def test_labels_that_mean_nothing_are_errors(judge: Bench, label: str, code: str) -> None:
    assert judge(CONTRACT + f'labels: ["{label}"]\n').only(code).severity == "error"


def test_a_label_that_may_mean_two_columns_is_an_error(judge: Bench) -> None:
    found = judge(CONTRACT + '  - {from: person.email}\nlabels: ["PII:email"]\n').only("contract.label_column")
    assert found.summary == "`email` may be `customer_email` or `person_email`"


def test_labelled_columns_are_not_masked_and_that_is_said_once(judge: Bench) -> None:
    assert judge(CONTRACT + "  - {from: customer.fullName}\nlabels: [\"PII:fullName\"]\n").codes.count(
        "contract.not_masked"
    ) == 1  # fmt: skip


# -- what is refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (LAKE, "abfss://mdm@contosolake.blob.core.windows.net", "contract.connection"),
        (LAKE, '"abfss://m dm@contosolake.dfs.core.windows.net"', "contract.connection"),
        (LAKE, f"{LAKE}/exports", "contract.connection"),
        (LAKE, "'abfss://['", "contract.connection"),
        (LAKE, "https://contosolake.dfs.core.windows.net/mdm?sv=1&sig=abc", "contract.connection"),
        ("path: exports/customers_wide_v1/", 'path: "ex ports"', "contract.white_space"),
        ("  path: exports/customers_wide_v1/\n", "", "contract.no_path"),
        ("schedule: hourly", 'schedule: "61 * * * *"', "contract.schedule"),
        ("schedule: hourly", "schedule: often", "contract.schedule"),
        ("  schedule: hourly\n", "", "contract.no_schedule"),
        ("  type: file-parquet\n", "", "contract.no_type"),
        ("  overwrite: true", "  overwrite: true\n  mode: events", "contract.mode"),
        ("file-parquet", "sql", "contract.no_effect"),
        ("file-parquet", "other", "contract.no_provider"),
        ("  overwrite: true", "  target: {config: {FileNamePattern: 'a/b.parquet'}}", "contract.file_name"),
        ("  overwrite: true", "  overwrite: true\n  target: {config: {OutputFormat: csv}}", "contract.twice"),
        ("columns:", "sla: {freshness_p95_minutes: 30}\ncolumns:", "contract.freshness"),
        ("columns:", "primary_key: customer_no\ncolumns:", "contract.primary_key"),
        ("{from: customer.email}", "{from: customer.email}\n  - {from: customer.email}", "contract.column_twice"),
        ("  overwrite: true", "  overwrite: true\n  asset: none\nlineage_required: true", "contract.no_lineage"),
    ],
)  # fmt: skip
def test_what_is_refused(judge: Bench, old: str, new: str, code: str) -> None:
    assert old in CONTRACT
    found = judge(CONTRACT.replace(old, new))
    assert ("error", code) in found.said, found.said
    place = found.findings[[one.code for one in found.findings].index(code)].source
    assert place is not None
    assert place.line


def test_names_that_collide_after_escaping_are_refused(judge: Bench) -> None:
    found = judge(CONTRACT + "  - {from: customer_email}\n", answers=None)
    assert ("error", "contract.column_twice") in found.said


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  overwrite: true", "  overwrite: false", "contract.grows"),
        ("columns:", "primary_key: Id\ncolumns:", "contract.primary_key_changes"),
        ("  overwrite: true", "  target: {config: {FileNamePattern: '{StreamId:D}.parquet'}}", "contract.file_name"),
    ],
)
def test_what_is_warned_of(judge: Bench, old: str, new: str, code: str) -> None:
    assert judge(CONTRACT.replace(old, new)).only(code).severity == "warning"


def test_a_read_only_system_takes_no_contract(judge: Bench) -> None:
    read_only = TEST_ENVIRONMENT + "scope: {cluedin: {read_only: true}}\n"
    assert ("error", "scope.read_only") in judge(CONTRACT, environment=read_only).said


def test_one_target_has_one_path_and_one_schedule(judge: Bench) -> None:
    shared = with_delivery("  target: {name: shared}")
    other = shared.replace("customers_wide_v1/", "other_v1/").replace("hourly", "daily")
    found = judge(shared, document("ExportContract", "other_v1", other))
    assert [one.code for one in found.findings if one.severity == "error"] == ["contract.shared_target"] * 2
    first = found.findings[[one.code for one in found.findings].index("contract.shared_target")]
    assert "manifests/a.yaml:" in first.summary
    assert first.source is not None
    assert first.source.file == "manifests/b0.yaml"


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ("type", "file-parquet", "file-csv"),
        ("connection", "mdm@", "other@"),
        ("path", "customers_wide_v1/", "other_v1/"),
        ("schedule", "hourly", "daily"),
    ],
)
def test_what_a_target_has_one_of_is_the_same_in_all_its_contracts(
    judge: Bench, field: str, old: str, new: str
) -> None:
    shared = with_delivery("  target: {name: shared}")
    found = judge(shared, document("ExportContract", "other_v1", shared.replace(old, new)))
    said = [one.summary for one in found.findings if one.code == "contract.shared_target"]
    assert [summary.rpartition("differ in ")[2] for summary in said] == [f"`{field}`"]


@pytest.mark.parametrize(("type", "folder"), [("sql", {"path": "a"}), ("http", {"path": "a"}), ("other", {})])
def test_what_means_nothing_to_a_connector_is_an_error(judge: Bench, type: str, folder: dict[str, str]) -> None:
    files = {"schedule": "daily", "overwrite": "true", "partition_by": "[day]", "compression": "snappy"}
    written = folder | files | {"purview_readable": "false"}
    delivery = "\n".join(f"  {field}: {value}" for field, value in written.items())
    found = judge(f"entity: customer\ndelivery:\n  type: {type}\n  connection: x\n{delivery}\n", answers=None)
    said = [one.summary for one in found.findings if one.code == "contract.no_effect"]
    assert said == [f"`{field}` means nothing to `{type}`" for field in written]


def test_one_folder_for_two_contracts_is_a_warning_and_one_file_an_error(judge: Bench) -> None:
    other = document("ExportContract", "other_v1", CONTRACT)
    assert judge(CONTRACT, other).only("contract.same_path").severity == "warning"
    fixed = with_delivery("  target: {config: {FileNamePattern: 'all.parquet'}}").replace("  overwrite: true\n", "")
    same = judge(fixed, document("ExportContract", "other_v1", fixed))
    assert ("error", "contract.same_file") in same.said


# -- connectors ------------------------------------------------------------------------------------------------


def test_options_are_those_of_the_live_catalogue(judge: Bench) -> None:
    secrets = 'secrets: {AccountKey: {env: LAKE_KEY, version: "1"}}'
    found = judge(with_delivery(f"  target: {{config: {{Acount: x}}, {secrets}}}"), answers=ANSWERS)
    assert "Did you mean" in found.only("contract.option").detail
    clear = judge(with_delivery("  target: {config: {AccountKey: x}}"), answers=ANSWERS).one("provider.secret")
    assert (clear.severity, clear.summary) == ("error", "`AccountKey` is a secret")
    lacking = judge(CONTRACT, answers=ANSWERS).only("contract.option_missing")
    assert (lacking.severity, lacking.summary) == ("warning", "`Azure DataLake Connector` asks for `AccountKey`")


def test_a_connector_may_be_named_by_its_id(judge: Bench) -> None:
    contract = with_delivery("  target: {provider: F6178E19-7168-449C-B4B6-F9810E86C1C2}")
    assert judge(contract).resource(TARGET), "known offline as well"
    assert judge(contract, answers=ANSWERS).resource(TARGET)


def test_http_takes_events_only(judge: Bench) -> None:
    contract = "entity: customer\ndelivery: {type: http, connection: 'https://example.com/hook'}\n"
    found = judge(contract + "columns: [{from: customer.id}]\n", answers=ANSWERS)
    assert found.said == []
    assert found.resource(EXPORT).values["export_mode"] == "EventStream"
    [target] = found.of("cluedin.export_target")
    assert target.values == {"config[url]": "https://example.com/hook"}


SIGNED = "https://example.com/hook?code=abc-of-the-hook"
HTTP = "entity: customer\ndelivery: {{type: http, {}}}\ncolumns: [{{from: customer.id}}]\n"


@pytest.mark.parametrize(
    ("delivery", "code"),
    [
        (f"connection: '{SIGNED}'", "contract.connection"),
        ("connection: 'https://u:abc-of-the-hook@example.com/'", "contract.connection"),
        ("connection: 'https://u:abc-of-the-hook/x@example.com/'", "contract.connection"),
        ("connection: 'https://example.com', target: {config: {authorization: abc-of-the-hook}}",
         "provider.secret"),
        (f"connection: 'https://example.com', target: {{config: {{probe: '{SIGNED}'}}}}", "provider.secret"),
        ("connection: 'https://example.com', target: {name: 'https://example.com'}", "provider.secret"),
        (f"connection: 's3://x', target: {{provider: Other, name: '{SIGNED}'}}", "provider.secret"),
        (f"connection: 'https://example.com', asset: {{type: t, qualified_name: '{SIGNED}'}}",
         "provider.secret"),
        ("connection: 'https://example.com', target: {secrets: {url: {env: LAKE_KEY}}}",
         "contract.twice"),
    ],
)  # fmt: skip
def test_a_secret_in_clear_is_refused_and_not_repeated(judge: Bench, delivery: str, code: str) -> None:
    found = judge(HTTP.format(delivery))
    assert ("error", code) in found.said
    assert "abc-of-the-hook" not in repr(found.findings)
    unbound = judge(HTTP.format(delivery).replace("entity: customer", "status: draft"))
    assert code == "contract.twice" or ("error", code) in unbound.said, "whatever becomes of the contract"


def test_an_address_may_be_a_secret_as_a_whole(judge: Bench) -> None:
    found = judge(HTTP.format('target: {secrets: {url: {env: LAKE_KEY, version: "3"}}}'), answers=ANSWERS)
    assert found.said == []
    [target] = found.of("cluedin.export_target")
    assert list(target.values) == ["secrets[url]"]
    placeholder = next(one for one in found.of("purview.entity") if "export_target/" in one.key)
    assert placeholder.values["attributes[location]"] is None


def test_what_leaves_for_the_catalogue_has_no_query(judge: Bench) -> None:
    found = judge(HTTP.format("connection: 'https://example.com/hook?version=1#top'"))
    entities = {one.key.partition("/")[0]: one.values for one in found.of("purview.entity")}
    assert entities["cluedin_export_target"]["attributes[location]"] == "https://example.com/hook"
    other = HTTP.replace("http", "other").format(
        "connection: 'https://example.com/hook?version=1', target: {provider: Http Connector, name: hook}"
    )
    named = judge(other.replace("name: hook", "name: 'ftp://example.com/hook?version=1'").replace("Http", "Ftp"))
    entities = {one.key.partition("/")[0]: one.values for one in named.of("purview.entity")}
    assert entities["cluedin_export_target"]["attributes[location]"] == "https://example.com/hook"
    assert entities["cluedin_organization_provider"]["attributes[account_display]"] == "ftp://example.com/hook"


def test_anything_may_be_a_secret_and_nobody_is_told_to_move_it(judge: Bench) -> None:
    secrets = 'secrets: {AccountKey: {env: LAKE_KEY, version: "1"}, AccountName: {env: LAKE_KEY, version: "1"}}'
    contract = with_delivery(f"  target: {{manage: true, provider: Azure DataLake Connector, {secrets}}}")
    contract = contract.replace("type: file-parquet", "type: other").replace(f"  connection: {LAKE}\n", "")
    for line in ("  path: exports/customers_wide_v1/\n", "  schedule: hourly\n", "  overwrite: true\n"):
        contract = contract.replace(line, "")
    told = judge(contract, answers=ANSWERS).one("provider.secret")
    assert told.severity == "warning"
    assert "no secret to CluedIn" in told.summary
    assert "config" not in told.detail


def test_names_with_dots_are_noted(judge: Bench) -> None:
    contract = with_delivery("  purview_readable: false").replace("name: customer_id, ", "")
    note = judge(contract).one("contract.dotted_names")
    assert note.severity == "info"
    assert "`customer.id`" in note.summary
    assert "contract.dotted_names" not in judge(CONTRACT).codes
    only_properties = contract.replace("{from: customer.id}", "{from: {property: Name}}").replace(
        "{from: customer.email}", "{from: {property: CreatedDate}}"
    )
    assert "contract.dotted_names" not in judge(only_properties).codes


def test_one_lake_takes_workspace_and_item(judge: Bench) -> None:
    connection = "abfss://Sales@onelake.dfs.fabric.microsoft.com/Customers.Lakehouse"
    found = judge(CONTRACT.replace("file-parquet", "onelake-parquet").replace(LAKE, connection))
    assert found.said == []
    [target] = found.of("cluedin.export_target")
    options = {
        path: target.values[f"config[{path}]"] for path in ("WorkspaceName", "ItemName", "ItemType", "ItemFolder")
    }
    assert options == {
        "WorkspaceName": "Sales", "ItemName": "Customers", "ItemType": "Lakehouse",
        "ItemFolder": "exports/customers_wide_v1",
    }  # fmt: skip
