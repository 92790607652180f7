"""What a change of a contract, or of what it is made of, means to its readers."""

from __future__ import annotations

import pytest

from .conftest import CONTRACT, Repository

EMAIL = "    - {name: customer_email, from: customer.email, logical_type: string}\n"

BREAKING = {
    "a column removed": (EMAIL, "", [("breaking, disruptive", "column_removed")]),
    "a column of another key": (
        "{name: customer_fullName, from: customer.fullName}",
        "{name: customer_segment, from: customer.segment}",
        [("additive, disruptive", "column_added"), ("breaking, disruptive", "column_removed")],
    ),
    "another logical type": ("logical_type: string", "logical_type: number", [("breaking", "type_changed")]),
    "a narrower filter": (
        "  primary_key:",
        "    - {key: customer.email, operator: exists}\n  primary_key:",
        [("breaking, disruptive", "filter_narrowed")],
    ),
    "another filter": ("value: [A, B]", "value: [A, C]", [("breaking, disruptive", "filter_changed")]),
    "another primary key": (
        "primary_key: customer_id", "primary_key: customer_email", [("breaking", "primary_key_changed")],
    ),
    "another account": ("mdm@contosolake", "mdm@otherlake", [("breaking, disruptive", "account_changed")]),
    "another container": ("mdm@contosolake", "gold@contosolake", [("breaking, disruptive", "container_changed")]),
    "another path": (
        "path: exports/customers_wide_v1/", "path: exports/customers/", [("breaking, disruptive", "path_changed")],
    ),
    "a file a run": ("overwrite: true", "overwrite: false", [("breaking, disruptive", "file_pattern_changed")]),
    "another format": ("type: file-parquet", "type: file-csv", [("breaking, disruptive", "delivery_type_changed")]),
    "partitions": (
        "    schedule: hourly", "    schedule: hourly\n    partition_by: [customer_id]",
        [("breaking", "partition_by_changed")],
    ),
    "a slower schedule": (
        "schedule: hourly\n    overwrite: true",
        "schedule: '30 */2 * * *'\n    overwrite: true",
        [("breaking", "interval_loosened")],
    ),
    "less fresh": ("freshness_p95_minutes: 90", "freshness_p95_minutes: 120", [("breaking", "freshness_p95_loosened")]),
    "no recovery point": (", rpo_minutes: 60", "", [("breaking", "rpo_loosened")]),
    "kept for less": ("days: 30", "days: 7", [("breaking", "retention_loosened")]),
}  # fmt: skip
ADDITIVE = {
    "a column more": (
        "  labels:", "    - {name: customer_segment, from: customer.segment}\n  labels:",
        [("additive, disruptive", "column_added")],
    ),
    "a wider filter": (
        "  where:\n    - {key: customer.segment, operator: in, value: [A, B]}\n", "",
        [("additive, disruptive", "filter_widened")],
    ),
    "fresher": ("freshness_p95_minutes: 90", "freshness_p95_minutes: 75", [("additive", "freshness_p95_tightened")]),
    "kept for longer": ("days: 30", "days: 365", [("additive", "retention_tightened")]),
    "relations": (
        "    overwrite: true", "    overwrite: true\n    relations: {outgoing: true}",
        [("additive, disruptive", "column_added")],
    ),
}  # fmt: skip
GOVERNANCE = {
    "a label off": ('  labels: ["Restricted:customer_id"]\n', "", [("governance", "label_removed")]),
    "no approval": ("[PII, Restricted]", "[Restricted]", [("governance", "approval_dropped")]),
    "no lineage": ("lineage_required: true", "lineage_required: false", [("governance", "lineage_dropped")]),
    "weaker": ("compatibility: additive_only", "compatibility: none", [("governance", "compatibility_weakened")]),
    "retired": ("  primary_key:", "  status: retired\n  primary_key:", [("governance", "contract_removed")]),
}


@pytest.mark.parametrize("case", BREAKING.values(), ids=list(BREAKING))
def test_what_breaks_readers(repository: Repository, case: tuple[str, str, list[tuple[str, str]]]) -> None:
    old, new, verdicts = case
    repository.edit("contract.yaml", old, new)
    found = repository.compared()
    assert sorted(repository.verdicts()) == sorted(verdicts)
    assert bool(found.refused) is any(verdict.startswith("breaking") for verdict, _ in verdicts)


@pytest.mark.parametrize("case", ADDITIVE.values(), ids=list(ADDITIVE))
def test_what_gives_readers_more(repository: Repository, case: tuple[str, str, list[tuple[str, str]]]) -> None:
    old, new, verdicts = case
    repository.edit("contract.yaml", old, new)
    assert repository.verdicts() == verdicts
    assert not repository.compared().refused


@pytest.mark.parametrize("case", GOVERNANCE.values(), ids=list(GOVERNANCE))
def test_what_is_never_silent(repository: Repository, case: tuple[str, str, list[tuple[str, str]]]) -> None:
    old, new, verdicts = case
    repository.edit("contract.yaml", old, new)
    assert repository.verdicts() == verdicts
    assert repository.compared().refused
    assert not repository.compared("customers_wide_v1").refused


def test_nothing_changed(repository: Repository) -> None:
    assert repository.verdicts() == []


def test_a_new_contract_and_one_that_is_gone(repository: Repository) -> None:
    (repository.root / "manifests/contract.yaml").unlink()
    repository.write("next.yaml", CONTRACT.replace("customers_wide_v1", "customers_wide_v2"))
    assert repository.verdicts() == [("governance", "contract_removed")]
    assert repository.verdicts("customers_wide_v2") == [("additive", "contract_added")]


def test_a_break_is_told_and_not_refused_without_the_promise(repository: Repository) -> None:
    repository.edit("contract.yaml", "compatibility: additive_only", "compatibility: none")
    repository.commit()
    repository.git("tag", "-f", "promised")
    repository.edit("contract.yaml", EMAIL, "")
    assert repository.verdicts() == [("breaking, disruptive", "column_removed")]
    assert not repository.compared().refused


def test_a_draft_has_promised_nothing(repository: Repository) -> None:
    repository.edit("contract.yaml", "  primary_key:", "  status: draft\n  primary_key:")
    repository.commit()
    repository.git("tag", "-f", "promised")
    repository.edit("contract.yaml", EMAIL, "")
    assert repository.verdicts() == []


def test_a_renamed_key_breaks_the_contract_that_exports_it(repository: Repository) -> None:
    repository.edit("glossary.yaml", "{name: Email, key: email,", "{name: Email, key: mail, moved_from: {key: email},")
    [finding] = repository.compared().refused
    assert finding.code == "key_renamed"
    assert "customer.email" in finding.summary
    assert "customer.mail" in finding.summary
    assert str(finding.here) == "manifests/contract.yaml:19"
    assert str(finding.there) == "manifests/glossary.yaml:8"
    [said] = [d for d in repository.compared().diagnostics() if d.severity == "error"]
    assert "manifests/glossary.yaml:8" in said.summary
    assert "customers_wide_v2" in said.detail


def test_a_key_that_is_declared_no_more_breaks_it_too(repository: Repository) -> None:
    repository.edit("glossary.yaml", "    - {name: Email, key: email, labels: [PII]}\n", "")
    codes = [finding.code for finding in repository.compared().refused]
    assert codes == ["key_removed", "label_removed"]


def test_a_renamed_key_is_told_without_any_revision_too(repository: Repository) -> None:
    repository.edit("glossary.yaml", "{name: Email, key: email,", "{name: Email, key: mail, moved_from: {key: email},")
    [said] = [finding for finding in repository.draft().findings if finding.code == "key.renamed"]
    assert "manifests/glossary.yaml:8" in said.summary
    assert str(said.source).startswith("manifests/contract.yaml:19")
