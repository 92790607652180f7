"""Crawlers and enrichers: what is made and in which order, how they are switched, and what is told before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.diff import Options
from reconciler.errors import ReconcilerError, RefusedError
from reconciler.workflow import Approval, apply_plan

from ..support import Project, project
from .conftest import ROOT

FILE = "vat.yaml"
ENRICHER = """
apiVersion: reconciler/v1
kind: Enricher
metadata: {name: vat}
spec:
  provider: REST API
  name: VAT check
  entity_type: /Organization
  config:
    version: V2
    processScript: {file: scripts/vat.js}
  secrets: {apiKey: {env: LAKE_KEY, version: "1"}}
  active: true
  returns: {keys: [organization.website]}
"""
CRAWLER = """
apiVersion: reconciler/v1
kind: Crawler
metadata: {name: hubspot}
spec:
  provider: HubSpot
  name: Sales EU
  secrets: {apiToken: {env: LAKE_KEY, version: "1"}}
  source: Sales EU
  active: true
  entities: [/Person]
"""
VAT, SALES = "REST API/VAT check", "HubSpot/Sales EU"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as one:
        one.write("scripts/vat.js", "return ask(record);\n")
        yield one


def configured(made: Project) -> dict[str, Any]:
    """Configurations by name."""
    rows = made.http("GET", "/_sandbox/state")["cluedin"].get("provider-definition", {}).values()
    return {row["accountDisplay"]: row for row in rows}


def codes(made: Project, text: str) -> set[str]:
    """The errors of a document, told offline or by a plan."""
    made.write(FILE, text)
    try:
        found = made.plan().diagnostics
    except ReconcilerError as error:
        found = error.diagnostics
    return {one.code for one in found if one.severity == "error"}


def test_an_enricher_is_shown_before_it_is_made_and_switched_last(made: Project) -> None:
    made.write(FILE, ENRICHER)
    made.write("hubspot.yaml", CRAWLER)
    plan = made.plan()
    at = {change.address: place for place, change in enumerate(plan.executable)}
    process = "purview.entity:cluedin_enrich_process/cluedin.enrich.REST%20API.VAT%20check"
    assert at[process] < at[f"cluedin.enricher:{VAT}"] < at[f"cluedin.provider_state:{VAT}"]
    told = {change.address: change for change in plan.executable}
    assert "starts to work as soon as it is made" in told[f"cluedin.enricher:{VAT}"].disruptive[0]
    assert {item.path for item in told[process].fields} >= {"inputs", "outputs", "column_mapping"}
    assert made.apply().complete
    assert made.actions() == []
    found = configured(made)
    assert found["VAT check"]["helperConfiguration"] == {
        "version": "v2", "processScript": "return ask(record);\n", "acceptedEntityType": "/Organization",
        "apiKey": "the-key-of-the-lake==",
    }  # fmt: skip
    assert (found["Sales EU"]["source"], found["Sales EU"]["active"]) == ("Sales EU", True)

    made.write("scripts/vat.js", "return tell(record);\r\n")
    [change] = made.plan().executable
    assert [item.path for item in change.fields] == ["config[processScript]"]
    assert made.apply().complete
    after = configured(made)["VAT check"]["helperConfiguration"]
    assert (after["processScript"], after["apiKey"]) == ("return tell(record);\n", "the-key-of-the-lake==")


def test_what_is_not_wanted_any_more_is_switched_off_or_deleted_and_comes_back(made: Project) -> None:
    made.write(FILE, f"{ENRICHER}  on_remove: delete\n")
    made.write("hubspot.yaml", CRAWLER)
    assert made.apply().complete
    (made.root / "manifests" / FILE).unlink()
    (made.root / "manifests/hubspot.yaml").unlink()
    removals = {address: action for action, address in made.actions(prune=True) if address.startswith("cluedin.")}
    assert removals[f"cluedin.crawler:{SALES}"] == "retire"
    assert removals[f"cluedin.enricher:{VAT}"] == "delete"
    gone = [address for action, address in made.actions(prune=True) if action in ("delete", "retire")]
    assert made.apply(prune=True, allow_deletes=len(gone)).complete
    assert made.actions(prune=True) == []
    assert {name: row["active"] for name, row in configured(made).items()} == {"Sales EU": False}
    made.write("hubspot.yaml", CRAWLER)
    assert made.apply().complete
    assert made.actions() == []
    assert configured(made)["Sales EU"]["active"] is True


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "name"),
    [(CRAWLER + "  source_quality: 3\n", "Sales EU"), (ENRICHER + "  source_quality: 3\n", "VAT check")],
    ids=["crawler", "enricher"],
)
def test_whichever_answer_of_a_create_is_lost_the_next_run_ends_it(made: Project, text: str, name: str) -> None:
    """Source and quality follow in a second call: until then CluedIn shows values of its own, which nobody chose."""
    made.write("one.yaml", text)
    for number in range(1, 100):
        made.http("POST", "/_sandbox/reset")
        shutil.rmtree(made.root / ".reconciler", ignore_errors=True)
        lost = {"path": "^/graphql", "every": number, "times": 1, "after": "response"}
        made.http("POST", "/_sandbox/faults", json=lost)
        made.apply()
        [fault] = made.http("GET", "/_sandbox/faults")
        made.http("DELETE", "/_sandbox/faults")
        again = made.apply()
        assert again.complete, (number, [(one.change.address, one.message) for one in again.outcomes])
        assert made.actions() == []
        assert configured(made)[name]["sourceQuality"] == 3
        if not fault["hits"]:
            break
    assert number > 5


def test_a_server_that_switches_nothing_is_told_of_and_nobody_switches_for_the_whole_platform(made: Project) -> None:
    made.write("hubspot.yaml", CRAWLER)
    assert made.apply().complete
    made.http("PUT", "/_sandbox/settings", json={"undocumented": False})
    made.edit("hubspot.yaml", "active: true", "active: false")
    [outcome] = made.apply().outcomes
    assert outcome.status == "failed"
    assert "does not switch" in outcome.message
    assert configured(made)["Sales EU"]["active"] is True
    asked = [request["path"].lower() for request in made.requests()]
    assert not any("toggleproviderstatus" in path for path in asked)


def test_who_gets_labelled_records_is_approved(made: Project) -> None:
    made.write("labels.yaml", "apiVersion: reconciler/v1\nkind: LabelMap\nmetadata: {name: labels}\nspec:\n"
               "  labels: {PII: {classification: CLUEDIN.PII}}\n")  # fmt: skip
    made.write(
        "mapping.yaml",
        """
        apiVersion: reconciler/v1
        kind: GlossaryMapping
        metadata: {name: customer}
        spec:
          glossary: Enterprise
          term: {name: Customer}
          vocabulary: {name: Customer, key_prefix: customer, entity_type: {name: Customer, code: /Customer}}
          terms: [{name: Email, key: email, labels: [PII]}]
        """,
    )
    made.write(FILE, ENRICHER.replace("/Organization", "Customer").replace("organization.website", "customer.email"))
    with pytest.raises(RefusedError, match="PII needs an approval"):
        made.apply()
    assert apply_plan(made.session(), Options(), Approval(labels=frozenset({"PII"}))).complete
    assert made.actions() == []


WRONG = {
    "provider.unknown": ("provider: REST API", "provider: REST APIs"),
    "provider.other_kind": ("provider: REST API", "provider: Azure DataLake Connector"),
    "provider.option": ("version: V2", "versions: V2"),
    "provider.value": ("version: V2", "version: v3"),
    "provider.hidden": ("version: V2", "version: v2\n    url: https://vat.example.com"),
    "provider.missing": ("processScript: {file: scripts/vat.js}", "includeConfidenceScore: true"),
    "provider.script": ("scripts/vat.js", "scripts/none.js"),
    "provider.secret": ("version: V2", "version: V2\n    apiKey: in-clear-for-all"),
    "provider.twice": ("version: V2", "version: V2\n    acceptedEntityType: /Person"),
    "entity.unknown": ("/Organization", "/Organisation"),
    "key.unknown": ("organization.website", "organization.websites"),
}


def test_what_is_wrong_is_told_before_anything_is_written(made: Project) -> None:
    assert codes(made, ENRICHER) == set()
    told = {code: codes(made, ENRICHER.replace(*change)) for code, change in WRONG.items()}
    assert {code for code in WRONG if code not in told[code]} == set()
    in_headers = ENRICHER.replace("version: V2", "version: v1\n    headers: 'Authorization: Bearer secret-word'")
    in_url = ENRICHER.replace("version: V2", "version: v1\n    url: https://vat.example.com/?code=secret-word")
    in_script = ENRICHER.replace("{file: scripts/vat.js}", """'ask({"apiKey": "secret-word"})'""")
    outside = ENRICHER.replace("scripts/vat.js", "../../etc/passwd")
    assert "provider.secret" in codes(made, in_headers)
    assert "provider.secret" in codes(made, in_url)
    assert "provider.secret" in codes(made, in_script)
    assert "provider.script" in codes(made, outside)
    made.write("hubspot.yaml", CRAWLER.replace("secrets: {apiToken: {env: LAKE_KEY, version: \"1\"}}",
                                               "config: {apiToken: in-clear-for-all}"))  # fmt: skip
    assert codes(made, ENRICHER) == {"provider.secret"}
    made.write("hubspot.yaml", CRAWLER)
    made.write("twin.yaml", CRAWLER.replace("name: hubspot", "name: twin"))
    assert codes(made, ENRICHER) == {"provider.twin"}
    assert made.writes() == []


def test_no_line_of_the_product_names_the_call_that_switches_for_the_whole_platform() -> None:
    sources = (ROOT / "reconciler").rglob("*.py")
    assert [str(path) for path in sources if "toggleprovider" in path.read_text(encoding="utf-8").lower()] == []


def test_keys_that_the_enricher_says_nothing_of_are_told(made: Project) -> None:
    """Whole, or as a prefix beside a name: how an enricher tells its keys is public nowhere."""
    made.write(FILE, ENRICHER.replace("keys: [organization.website]", "keys: [organization.website, vat.status]"))
    made.write(
        "vat-keys.yaml",
        """
        apiVersion: reconciler/v1
        kind: GlossaryMapping
        metadata: {name: vat}
        spec:
          glossary: Enterprise
          term: {name: VAT, definition: What we know of it.}
          vocabulary: {name: VAT, key_prefix: vat, entity_type: {name: Organization, code: /Organization}}
          terms: [{name: Status, key: status, data_type: Text, definition: Whether it is known.}]
        """,
    )
    told = [one for one in made.plan().diagnostics if one.code == "enricher.returns"]
    assert [(one.severity, "organization.website" in one.summary) for one in told] == [("warning", True)]
