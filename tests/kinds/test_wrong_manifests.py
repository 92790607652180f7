"""Mistakes in the worked example, and snippets pasted as they are: a clear finding with place and way out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reconciler.desired import load
from reconciler.errors import Diagnostic, ManifestError

ROOT = Path(__file__).parents[2]
LINK, CONTRACT = "sources/crm-contacts.yaml", "exports/customers_wide_v1.yaml"
LABELS, GLOSSARY = "labels.yaml", "glossary/customer.yaml"
STREAM = "apiVersion: reconciler/v1\nkind: Stream\nmetadata: {name: s1}\nspec:\n"
FLOW = """\
  process: {typeName: cluedin_export, attributes: {name: c, qualifiedName: cluedin.export.c}}
  inputs: [{qualifiedName: cluedin.entity.Person}]
  outputs: [{qualifiedName: "s3://company-analytics/mdm/customers_wide_v1"}]
"""
"""The integrator cookbook's lineage (4.2), as YAML."""


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The worked example's manifests."""
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
    return tmp_path / "manifests"


def errors(folder: Path) -> list[Diagnostic]:
    """What stands against a plan of the project."""
    try:
        found = load(
            folder.parent, "sandbox", {"RECONCILER_SECRETS": "CLUEDIN_PASSWORD,PURVIEW_TOKEN,LAKE_KEY"}
        ).findings
    except ManifestError as refused:
        found = list(refused.diagnostics)
    return [one for one in found if one.severity == "error"]


def told(found: list[Diagnostic]) -> list[str]:
    """Code and place of findings."""
    return [f"{one.code} {one.source.file.removeprefix('manifests/')}:{one.source.line}" for one in found if one.source]


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "line"),
    [
        (CONTRACT, "state: started", "state: off", "manifest.invalid_value", 17),
        (CONTRACT, "schedule: hourly", "schedule: 5", "manifest.wrong_type", 15),
        (CONTRACT, "overwrite: true", "overwrite: [true]", "manifest.wrong_type", 16),
        (CONTRACT, "{name: customer_id, from: customer.id}", "{name: customer_id}", "manifest.missing_field", 21),
        (CONTRACT, "customer.id}", "customer.id, form: x}", "manifest.unknown_field", 21),
        (CONTRACT, "name: customer_email", "name: email", "contract.column_name", 22),
        (CONTRACT, '{env: LAKE_KEY, version: "1"}', "the-key-in-clear", "secret.plain_value", 19),
        (CONTRACT, 'version: "1"', "version: 1", "manifest.wrong_type", 19),
        (CONTRACT, "env: LAKE_KEY", "env: HOME", "secret.not_allowed", 19),
        (CONTRACT, "abfss://mdm@contosolake.dfs.core.windows.net", "contosolake", "contract.connection", 13),
        (CONTRACT, "minutes: 90", "minutes: fast", "manifest.wrong_type", 26),
        (CONTRACT, "minutes: 90", "minutes: 5", "contract.freshness", 26),
        (CONTRACT, "additive_only", "additive-only", "manifest.invalid_value", 27),
        (CONTRACT, "PII:customer_email", "Secret:customer_email", "label.unknown", 25),
        (CONTRACT, "PII:customer_email", "PII:mail", "contract.label_column", 25),
        (CONTRACT, "primary_key: customer_id", "primary_key: cust_id", "contract.primary_key", 10),
        (LINK, "asset: #", "asset: [a] #", "manifest.yaml_syntax", 9),
        (LINK, "    type: azure_datalake_gen2_path\n", "", "manifest.missing_field", 8),
        (LINK, "type: endpoint", "type: kafka", "manifest.invalid_value", 15),
        (LINK, "fields: from_asset", "fields: 3", "manifest.invalid_value", 16),
        (LINK, "crm_notes: ignore", "crm_notes:", "manifest.wrong_type", 28),
        (LINK, "primary_identifier: id", "primary_identifier: ident", "link.not_mapped", 19),
        (LINK, "metrics: publish", "metrics: off", "manifest.invalid_value", 30),
        (LINK, "owners: [sales-ops]", "owners: [bob]", "contact.unknown", 29),
        (LINK, "owners: [sales-ops]", "owners: sales-ops", "manifest.wrong_type", 29),
        (CONTRACT, "name: customer_id, from: customer.id}", "name: customer_id, from: customer.id, of the customer}",
         "manifest.unknown_field", 21),
        (LABELS, "on_unmapped: error", "on_unmapped: errr", "manifest.invalid_value", 18),
        (LABELS, "purview_label: pii", "purview_label: p i", "manifest.invalid_value", 12),
        (LABELS, "  labels:", "  labels: [", "manifest.yaml_syntax", 8),
        (LABELS, "kind: LabelMap", "kind: LabelMaps", "manifest.unknown_kind", 3),
        (GLOSSARY, "definition:", "definitionn:", "manifest.unknown_field", 12),
        (LINK, "  metrics: publish", "  metrics: publish\n  metrics: none", "manifest.duplicate_key", 31),
    ],
)  # fmt: skip
def test_a_mistake_is_one_finding_with_its_line(
    example: Path, file: str, old: str, new: str, code: str, line: int
) -> None:
    text = (example / file).read_text(encoding="utf-8")
    assert old in text
    (example / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = errors(example)
    assert told(found) == [f"{code} {file}:{line}"]
    assert "must be a valid" not in found[0].summary, "the words of a library help nobody"


def test_a_map_that_is_not_valid_defines_its_words_all_the_same(example: Path) -> None:
    """A label that it lacks is unknown, and is said beside what is wrong with the map."""
    for file, old, new in (
        (LABELS, "on_unmapped: error", "on_unmapped: errr"),
        (CONTRACT, "PII:customer_email", "PPI:customer_email"),
    ):
        text = (example / file).read_text(encoding="utf-8")
        (example / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = errors(example)
    assert [one.code for one in found] == ["label.unknown", "manifest.invalid_value"]
    assert "Did you mean `PII`?" in found[0].detail


@pytest.mark.parametrize("broken", ["definitionn: x", "[", "“"])
def test_what_a_broken_mapping_declares_is_not_missing(example: Path, broken: str) -> None:
    """Without CluedIn to ask, an entity type that only the broken mapping makes is no second finding."""
    environment = example / "environments/sandbox.yaml"
    lines = environment.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(at for at, line in enumerate(lines) if line.startswith("  cluedin:"))
    end = next(at for at in range(start + 1, len(lines)) if not lines[at].startswith("    "))
    environment.write_text("".join([*lines[:start], *lines[end:]]), encoding="utf-8")
    before = {one.code for one in errors(example)}
    text = (example / GLOSSARY).read_text(encoding="utf-8")
    (example / GLOSSARY).write_text(text.replace("definition:", broken, 1), encoding="utf-8")
    after = {one.code for one in errors(example)}
    assert after - before
    assert "entity.unknown" not in after


@pytest.mark.parametrize(
    ("other", "code", "line"),
    [
        ({"name: contacts\n": "name: second\n", "source: contacts": "source: second"}, "link.asset_twice", 8),
        ({"contacts.csv": "accounts.csv"}, "link.data_set_twice", 14),
    ],
)
def test_two_documents_on_one_thing_name_each_other(example: Path, other: dict[str, str], code: str, line: int) -> None:
    text = (example / LINK).read_text(encoding="utf-8").replace("name: crm-contacts", "name: second-link")
    for old, new in other.items():
        text = text.replace(old, new)
    (example / "sources/second.yaml").write_text(text, encoding="utf-8")
    found = errors(example)
    assert told(found) == [f"{code} sources/second.yaml:{line}"]
    assert "manifests/sources/crm-contacts.yaml:14" in found[0].summary


@pytest.mark.parametrize(
    ("spec", "codes"),
    [
        ("  state: started\n", ["manifest.missing_field"]),
        ("  - a\n", ["manifest.wrong_type"]),
        ("", ["manifest.missing_field"]),
        ("  target: {name: t, provider: p}\n  state: off\n", ["manifest.invalid_value"]),
        ("  target: {name: t, provider: p}\n  colums: []\n", ["manifest.unknown_field"]),
    ],
)
def test_a_wrong_stream_is_one_finding(example: Path, spec: str, codes: list[str]) -> None:
    (example / "s.yaml").write_text(STREAM + spec, encoding="utf-8")
    assert [one.code for one in errors(example)] == codes


@pytest.mark.parametrize("kind", ["Lineage", "Process", "ExportContract"])
def test_the_cookbooks_lineage_is_reported_with_the_kind_that_makes_it(example: Path, kind: str) -> None:
    envelope = f"apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: c}}\nspec:\n"
    (example / "lineage.yaml").write_text(envelope + FLOW, encoding="utf-8")
    found = errors(example)
    assert found
    assert {one.source.file for one in found if one.source} == {"manifests/lineage.yaml"}
    assert all("`ExportContract` makes its process" in one.detail for one in found)


@pytest.mark.parametrize("text", [FLOW, "name: customers_wide_v1\ntype: file-parquet\n"], ids=["4.2", "2.2"])
def test_what_is_pasted_without_an_envelope_is_one_finding(example: Path, text: str) -> None:
    (example / "pasted.yaml").write_text(text, encoding="utf-8")
    [found] = errors(example)
    assert found.code == "manifest.no_envelope"
    assert "`spec` of `ExportContract`" in found.detail


def test_the_names_of_fields_are_those_that_people_write(example: Path) -> None:
    (example / "extra.yaml").write_text("kind: Stream\nowner: me\n", encoding="utf-8")
    assert not [one for one in errors(example) if "`api_version`" in one.detail]


def test_the_cookbooks_labels_become_classifications(example: Path) -> None:
    (example / "labels.yaml").write_text(
        "apiVersion: reconciler/v1\nkind: LabelMap\nmetadata: {name: cookbook}\nspec:\n  labels:\n"
        "    PII: {classification: CLUEDIN.PII}\n    Restricted: {classification: CLUEDIN.RESTRICTED}\n",
        encoding="utf-8",
    )
    wishes = load(example.parent, "sandbox", {})
    made = {one for one in wishes.resources if one.startswith("purview.classification_type:")}
    assert made == {"purview.classification_type:CLUEDIN.PII", "purview.classification_type:CLUEDIN.RESTRICTED"}
