"""Canaries in crawlers, enrichers and settings: in options that no control calls a secret, in headers, in scripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ..support import SECRETS, Project
from .canaries import FORMATS, every_file, hits
from .conftest import Ran
from .test_canary import SAVE, graphql

Run = Callable[..., Ran]
HUBSPOT, REST = "7673c455-074a-499f-afd3-c77dfbb7bc1f", "98648745-e0da-40cf-8724-8f4fb9fe338a"
OURS = {
    "CRM_TOKEN": "kanary-ten-of-the-crm",
    "VAT_KEY": "kanary-eleven-of-the-vat",
    "VAT_HEADERS": "Authorization: Bearer kanary-twelve",
    "APP_SECRET": "kanary-thirteen-of-the-app",
}
MANIFESTS = """
apiVersion: reconciler/v1
kind: Crawler
metadata: {name: hubspot}
spec:
  provider: HubSpot
  name: Sales EU
  secrets: {apiToken: {env: CRM_TOKEN, version: "1"}}
  entities: [/Person]
---
apiVersion: reconciler/v1
kind: Enricher
metadata: {name: vat}
spec:
  provider: REST API
  name: VAT check
  entity_type: /Organization
  config: {version: v1, method: GET, url: "https://vat.example.com/ask"}
  secrets: {apiKey: {env: VAT_KEY, version: "1"}, headers: {env: VAT_HEADERS, version: "1"}}
  active: true
---
apiVersion: reconciler/v1
kind: Setting
metadata: {name: settings}
spec:
  secrets: {Purview.ClientSecret: {env: APP_SECRET, version: "1"}, EventHub.ConnectionString: {env: APP_SECRET}}
"""
BY_PEOPLE = {
    "version": "v1",
    "method": "GET",
    "url": "https://vat.example.com/?code=kanary-fourteen",
    "headers": "Accept: any\nX-Api-Key: kanary-fifteen",
    "apiKey": "kanary-sixteen",
    "processRequestScript": 'request.headers = {"Authorization": "Bearer kanary-seventeen"};',
    "acceptedEntityType": "/Person",
}
CONNECT = """mutation m($c: ID, $a: JSON, $d: String) { inbound {
  createConnection(connectorId: $c, authInfo: $a, accountDisplay: $d) { id } } }"""


def configurations(project: Project) -> dict[str, dict[str, object]]:
    rows = project.http("GET", "/_sandbox/state")["cluedin"]["provider-definition"].values()
    return {row["accountDisplay"]: row for row in rows}


@pytest.mark.long
def test_in_crawlers_enrichers_and_settings(
    caged: Project, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Ours by reference, and those that people typed into the portal, which nobody here knows by value."""
    for name, value in OURS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RECONCILER_SECRETS", ",".join((*SECRETS, *OURS)))
    caged.write("providers.yaml", MANIFESTS)
    caged.edit("environments/sandbox.yaml", "allow_disruptive: [", 'allow_disruptive: ["cluedin.crawler:*", ')
    shown = [run("-v", "validate"), run("-v", "plan", "--out", str(tmp_path / "p.json")), run("-v", "apply", "--yes")]
    assert [ran.code for ran in shown] == [0, 0, 0], [ran.out + ran.err for ran in shown]
    made = configurations(caged)
    assert made["Sales EU"]["helperConfiguration"] == {"apiToken": OURS["CRM_TOKEN"]}
    given = made["VAT check"]["helperConfiguration"]
    assert isinstance(given, dict)
    assert (given["apiKey"], given["headers"]) == (OURS["VAT_KEY"], OURS["VAT_HEADERS"])
    shown += [run("-v", "plan", "--detailed-exitcode")]
    assert shown[-1].code == 0, shown[-1].out
    assert hits(json.dumps(caged.http("GET", "/_sandbox/state")["purview"])) == []

    for name in ("Sales EU", "VAT check"):
        theirs = {"apiToken": "kanary-eighteen"} if name == "Sales EU" else BY_PEOPLE
        graphql(caged, SAVE, c={"id": made[name]["id"], "helperConfiguration": theirs})
    graphql(caged, CONNECT, c=HUBSPOT, a={"apiToken": "kanary-nineteen"}, d="Of others")
    graphql(caged, CONNECT, c=REST, a=BY_PEOPLE, d="Of others")
    shown += [run("-v", "drift", "--format", one) for one in FORMATS]
    assert "config[url]" in shown[-1].out + shown[-2].out
    also = [word for one in FORMATS for word in ("--also", f"{one}={tmp_path / one}")]
    shown += [run("-v", "plan", "--force-conflicts", *also)]
    shown += [run("-v", *words) for words in (("graph",), ("doctor",), ("pull", "--out", str(tmp_path / "pulled")))]
    assert "Of others" in "".join(path.read_text() for path in (tmp_path / "pulled").rglob("*.yaml"))
    shown += [run("-v", "apply", "--yes")]
    for ran in shown:
        assert hits(ran.out + ran.err) == []
    assert every_file(tmp_path) == []


@pytest.mark.parametrize(
    "given",
    [
        "headers: 'Authorization: Bearer kanary-twenty'",
        "url: 'https://vat.example.com/?code=kanary-twenty'",
        "url: 'https://me:kanary-twenty@vat.example.com/'",
        'processRequestScript: \'ask({"apiKey": "kanary-twenty"})\'',
        "apiKey: kanary-twenty",
    ],
)
def test_a_secret_in_clear_is_refused_and_not_shown(caged: Project, run: Run, given: str) -> None:
    caged.write(
        "providers.yaml",
        f"""
        apiVersion: reconciler/v1
        kind: Enricher
        metadata: {{name: vat}}
        spec:
          provider: REST API
          name: VAT check
          entity_type: /Organization
          config:
            version: v1
            {given}
        """,
    )
    for words in (("validate",), ("plan", "--format", "json")):
        ran = run("-v", *words)
        assert ran.code == 1
        assert "provider.secret" in ran.out + ran.err
        assert hits(ran.out + ran.err) == []
