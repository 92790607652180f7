"""Exposures for dbt: only of links that read what a model made, with and without a contract beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .conftest import Run

LINK = "sources/crm-contacts.yaml"
CONTRACT = "exports/customers_wide_v1.yaml"

STEWARD = "    steward: {object_id: 5f0c1b7a-8f6e-4a4b-9a55-0c6c7a2d9f10, email: steward@example.com}\n"


def made(offline: Path) -> dict[str, Any]:
    return {path.name: yaml.safe_load(path.read_text()) for path in (offline / "handover/dbt").glob("*.yml")}


def test_a_link_that_names_models_is_an_exposure(offline: Path, run: Run) -> None:
    assert run("handover", "dbt").code == 0
    assert sorted(made(offline)) == ["cluedin_sandbox.yml"], "the example reads a file that no model made"
    people = offline / "manifests/environments/sandbox.yaml"
    people.write_text(people.read_text().replace("    sales-ops:\n", f"{STEWARD}    sales-ops:\n"))
    link = offline / "manifests" / LINK
    text = link.read_text().replace("owners: [sales-ops]", "owners: [steward, sales-ops]")
    link.write_text(text + "  dbt: {depends_on: [stg_contacts]}\n")
    assert run("handover", "dbt").code == 0
    (one,) = made(offline)["exposures.yml"]["exposures"]
    assert (one["name"], one["type"]) == ("cluedin_sandbox_crm_contacts", "application")
    assert one["depends_on"] == ["ref('stg_contacts')"]
    assert one["owner"] == {"name": "steward", "email": "steward@example.com"}
    assert one["config"]["meta"]["other_owners"] == ["sales-ops"]
    assert run("handover", "dbt", "--check").code == 0
    link.write_text(text)
    ran = run("handover", "dbt", "--check")
    assert (ran.code, "handover.left_over" in ran.err, "exposures.yml" in ran.err) == (1, True, True)


def test_no_contract_is_needed(offline: Path, run: Run) -> None:
    (offline / "manifests" / CONTRACT).unlink()
    link = offline / "manifests" / LINK
    link.write_text(link.read_text() + "  dbt: {depends_on: [crm.stg_contacts]}\n")
    assert run("handover", "dbt").code == 0
    assert list(made(offline)) == ["exposures.yml"]
    assert made(offline)["exposures.yml"]["exposures"][0]["depends_on"] == ["ref('crm', 'stg_contacts')"]


def test_a_name_that_no_model_has_is_refused(offline: Path, run: Run) -> None:
    link = offline / "manifests" / LINK
    link.write_text(link.read_text() + '  dbt: {depends_on: ["stg contacts"]}\n')
    ran = run("validate")
    assert (ran.code, "dbt" in ran.out) == (1, True)
