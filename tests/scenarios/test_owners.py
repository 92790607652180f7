"""Owners of what is made in CluedIn: who is added, who is taken away, and who never is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.errors import ManifestError
from reconciler_sandbox.cluedin.ownership import role_id
from reconciler_sandbox.cluedin.seed import user_id
from reconciler_sandbox.sign_in import ADMIN

from .. import portal
from ..pull.conftest import files, pull, start_anew
from ..support import Project, project

ADA, SALES, STEWARD = "ada@example.com", "sales-ops@example.com", role_id("DataSteward")
ADDRESS = "cluedin.owners:cluedin.crawler:HubSpot/Sales EU"
FILE = "hubspot.yaml"
CRAWLER = """
apiVersion: reconciler/v1
kind: Crawler
metadata: {name: hubspot}
spec:
  provider: HubSpot
  name: Sales EU
  secrets: {apiToken: {env: LAKE_KEY, version: "1"}}
  owners: [ada, {role: steward}]
"""


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as one:
        one.write(FILE, CRAWLER)
        yield one


def owners(made: Project) -> set[str]:
    """Who owns the one object that has owners of its own."""
    rows = made.http("GET", "/_sandbox/state")["cluedin"].get("ownership", {}).values()
    names = {user_id(name): name for name in (ADMIN, ADA, SALES)} | {STEWARD: "steward"}
    return {names[row["userId"] or row["roleId"]] for row in rows}


def test_it_is_the_whole_set_but_for_who_signs_in(made: Project) -> None:
    assert made.apply().complete
    assert owners(made) == {ADMIN, ADA, "steward"}
    assert made.actions() == []
    made.edit(FILE, "owners: [ada, {role: steward}]", f"owners: ['{SALES}', {ADMIN}]")
    plan = made.plan()
    assert [(change.action, change.address) for change in plan.changes] == [("update", ADDRESS)]
    assert "owners.signs_in" in {finding.code for finding in plan.diagnostics}
    assert made.apply().complete
    assert owners(made) == {ADMIN, SALES}
    assert made.actions() == []


def test_an_empty_set_leaves_who_made_it_and_none_mentioned_leaves_all(made: Project) -> None:
    made.apply()
    made.edit(FILE, "owners: [ada, {role: steward}]", "owners: []")
    assert made.apply().complete
    assert owners(made) == {ADMIN}
    made.edit(FILE, "  owners: []\n", "")
    assert made.actions() == []


def test_what_people_change_of_owners_is_drift(made: Project) -> None:
    made.apply()
    thing = next(iter(made.http("GET", "/_sandbox/state")["cluedin"]["provider-definition"]))
    form = {"grant_type": "password", "client_id": "contoso", "username": ADMIN, "password": "sandbox-password"}
    token = made.http("POST", "/auth/connect/token", data=form)["access_token"]
    path = f"{made.url}/api/api/v1/ownership/object"
    headers = {"authorization": f"Bearer {token}"}
    [kind] = {row["objectTypeId"] for row in portal.request("GET", f"{path}/{thing}", headers=headers).json()}
    added = {"userId": user_id(SALES), "objectId": thing, "objectTypeId": kind}
    assert portal.request("POST", path, headers=headers, json=added).status_code == 200
    [change] = made.plan().changes
    assert (change.action, change.address, change.reason) == ("update", ADDRESS, "drift")
    assert made.apply().complete
    assert owners(made) == {ADMIN, ADA, "steward"}


def test_without_a_type_nobody_is_added_and_it_is_said_what_to_do(made: Project) -> None:
    """What reading answers is in no public description: where the type is not told, a person begins."""
    made.http(
        "POST",
        "/_sandbox/faults",
        json={"method": "GET", "path": "/ownership/object/", "status": 200, "body": [{"userId": user_id(ADMIN)}]},
    )
    result = made.apply()
    [outcome] = [one for one in result.outcomes if one.status != "done"]
    assert outcome.change.address == ADDRESS
    assert "of which type" in outcome.message
    made.http("DELETE", "/_sandbox/faults")
    assert made.apply().complete
    assert owners(made) == {ADMIN, ADA, "steward"}


@pytest.mark.parametrize(
    ("written", "code"),
    [("{role: keeper}", "owners.role"), ("nobody", "contact.unknown"), ("nobody@example.com", "owners.user")],
)
def test_an_owner_whom_nobody_knows_is_told_with_its_line(made: Project, written: str, code: str) -> None:
    made.edit(FILE, "owners: [ada, {role: steward}]", f"owners: [ada, {written}]")
    try:
        findings = made.plan().diagnostics
    except ManifestError as error:
        findings = error.diagnostics
    [found] = [one for one in findings if one.code == code]
    assert found.source is not None
    assert (found.source.line, found.severity) == (8, "error")


def test_owners_come_back_as_manifests_name_them(made: Project) -> None:
    assert made.apply().complete
    live = owners(made)
    start_anew(made)
    assert crawler(made)["owners"] == ["ada", {"role": "steward"}]
    assert ("adopt", ADDRESS) in made.actions(adopt="matching")
    start_anew(made)
    made.edit("environments/sandbox.yaml", STEWARD, "00000000-0000-4000-8000-000000000001")
    assert "owners" not in crawler(made), "the whole set, or nothing"
    assert owners(made) == live, "it only reads"


def crawler(made: Project) -> dict[str, Any]:
    """The crawler that a pull finds."""
    pull(made)
    (text,) = (text for text in files(made).values() if b"kind: Crawler" in text)
    found: dict[str, Any] = yaml.safe_load(text)["spec"]
    return found
