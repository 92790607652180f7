"""A canary in every place where a secret can stand: each name, each parameter of an address, headers, scripts.

The names and parameters are read from the one module that says what a secret is, so that none can be added there
without a canary here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.handover import targets
from reconciler.systems import secrecy

from ..support import SECRETS, Project
from .canaries import FORMATS, every_file, hits
from .conftest import Ran
from .test_canary import SAVE, graphql
from .test_canary_providers import CONNECT, HUBSPOT, REST
from .test_canary_webhooks import HTTP

Run = Callable[..., Ran]
LAKE = "f6178e19-7168-449c-b4b6-f9810e86c1c2"
SPELLED = {
    "password": ("password", "Password", "sqlPassword"),
    "passphrase": ("passphrase", "KeyPassphrase"),
    "secret": ("secret", "clientSecret", "ClientSecret"),
    "token": ("token", "apiToken", "access_token", "AuthToken"),
    "api[_-]?key": ("apiKey", "api_key", "Api-Key", "apikey"),
    "account[_-]?key": ("AccountKey", "account_key", "accountkey"),
    "access[_-]?key": ("SharedAccessKey", "secret_access_key", "accesskey"),
    "connection[_-]?string": ("ConnectionString", "connection_string", "connectionstring"),
    "authorization": ("authorization", "Authorization"),
    "credentials?": ("credential", "Credentials"),
    "signature": ("signature", "Signature"),
}
"""Names that say that a value is a secret, as people and connectors spell them, by the part of the pattern."""
NAMES = [name for names in SPELLED.values() for name in names]
PARAMETERS = ("sig", "code", "key", "pwd", "token", "secret", "password", "api_key", "access_token", "signature")
HEADERS = ("Authorization", "X-Api-Key", "X-Functions-Key", "Cookie", "X-Auth-Token")


def values() -> Iterator[str]:
    """Values that carry a secret, whatever they are called."""
    for at, name in enumerate(PARAMETERS):
        yield f"https://a.test/in?v=1&{name}=kanary-parameter-{at}"
        yield f"https://a.test/in?v%3D1%26{name}%3Dkanary-encoded-{at}"
    yield "https://me:kanary-user@a.test/in"
    yield "https://kanary-user-alone@a.test/in"
    for at, name in enumerate(HEADERS):
        yield f"Accept: any\n{name}: kanary-header-{at}"
    yield "Endpoint=sb://a.test/;SharedAccessKey=kanary-in-a-string"
    yield 'ask({"apiKey": "kanary-in-a-script"});'


def options(mark: str) -> dict[str, str]:
    """Every place in the configuration of one object, with a value of its own."""
    named = {name: f"kanary-{mark}-{at}" for at, name in enumerate(NAMES)}
    return named | {f"plain{at}": value.replace("kanary", f"kanary-{mark}") for at, value in enumerate(values())}


def test_every_part_of_the_pattern_has_a_canary() -> None:
    parts = secrecy._NAMED.split("|")
    assert sorted(parts) == sorted(SPELLED)
    assert all(re.fullmatch(rf".*(?:{part})", name, re.IGNORECASE) for part in parts for name in SPELLED[part])
    assert set(secrecy._SHORT.split("|")) <= set(PARAMETERS)
    assert [name for name in NAMES if not secrecy.is_secret(name, "x")] == []
    assert [value for value in values() if not secrecy.carries_secret(value)] == []


MANIFESTS = """
apiVersion: reconciler/v1
kind: Crawler
metadata: {name: hubspot}
spec: {provider: HubSpot, name: Sales EU, secrets: {apiToken: {env: CRM_TOKEN, version: "1"}}, entities: [/Person]}
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
---
apiVersion: reconciler/v1
kind: Webhook
metadata: {name: told}
spec:
  events: [target.changed, crawler.changed, enricher.changed, stream.changed, drift.detected, apply.finished]
  url: {env: HOOK_URL, version: "1"}
  secret: {env: HOOK_SECRET, version: "1"}
---
apiVersion: reconciler/v1
kind: Webhook
metadata: {name: records}
spec:
  events: [record.added]
  url: {env: RECORDS_URL, version: "1"}
  authorization: {env: VAT_HEADERS, version: "1"}
  entity: /Person
  columns: [person.email]
  state: started
---
apiVersion: reconciler/v1
kind: Setting
metadata: {name: settings}
spec:
  secrets: {Purview.ClientSecret: {env: CRM_TOKEN, version: "1"}, EventHub.ConnectionString: {env: VAT_KEY}}
"""
OURS = {
    "CRM_TOKEN": "kanary-fifty-of-the-crm",
    "VAT_KEY": "kanary-fifty-one",
    "VAT_HEADERS": "Authorization: Bearer kanary-fifty-two",
    "HOOK_URL": "http://127.0.0.1:9/in?sig=kanary-fifty-three",
    "HOOK_SECRET": "kanary-fifty-four-of-the-hook",
    "RECORDS_URL": "https://records.test/in?code=kanary-fifty-five",
}


@pytest.mark.long
def test_no_place_shows_it(caged: Project, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ours by reference, those of people in every place, and in what CluedIn composes of them: over every verb."""
    for name, value in OURS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RECONCILER_SECRETS", ",".join((*SECRETS, *OURS)))
    caged.write("places.yaml", MANIFESTS)
    caged.edit("environments/sandbox.yaml", "allow_disruptive: [", 'allow_disruptive: ["cluedin.crawler:*", ')
    also = [word for one in FORMATS for word in ("--also", f"{one}={tmp_path / one}")]
    shown = [run("-v", "validate"), run("-v", "plan", "--out", str(tmp_path / "p.json"), *also)]
    shown += [run("-v", "apply", "--yes", "--also", f"json={tmp_path / 'result.json'}")]
    assert [ran.code for ran in shown] == [0, 0, 0], [ran.out + ran.err for ran in shown]
    shown += [run("-v", "watch", "--once")]

    rows = caged.http("GET", "/_sandbox/state")["cluedin"]["provider-definition"].values()
    for at, row in enumerate(rows):
        graphql(caged, SAVE, c={"id": row["id"], "helperConfiguration": options(f"ours{at}")})
    for at, provider in enumerate((HUBSPOT, REST, HTTP, LAKE)):
        graphql(caged, CONNECT, c=provider, a=options(f"theirs{at}"), d=f"Of others {at}")
    composed = {"url": "https://a.test/?sig=kanary-composed", "authorization": "Basic kanary-composed"}
    graphql(caged, CONNECT, c=HTTP, a=composed, d=None)
    state = caged.http("GET", "/_sandbox/state")["cluedin"]["provider-definition"].values()
    live = json.dumps(list(state))
    assert "kanary-theirs3-0" in live
    assert any("kanary-composed" in row["accountDisplay"] for row in state), "CluedIn composes a name of it"

    for form in ("text", "json"):
        shown.append(run("-v", "watch", "--once", "--deliver", "--format", form))
        graphql(caged, CONNECT, c=HTTP, a=options(f"more-{form}"), d=f"More {form}")
    shown += [run("-v", "drift", "--format", one) for one in FORMATS]
    shown += [run("-v", "drift", "--between", "--format", "json"), run("-v", "plan", "--force-conflicts", *also)]
    verbs = (("doctor",), ("doctor", "--access"), ("graph",), ("state", "list"), ("explain", "Enricher"))
    shown += [run("-v", *words) for words in (*verbs, ("pull", "--out", str(tmp_path / "pulled")))]
    shown += [run("-v", "handover", word, "--out", str(tmp_path / "handed")) for word in targets()]
    shown += [run("-v", "apply", "--yes"), run("-v", "apply", "--yes", "--format", "json", "--force-conflicts")]
    shown += [run("-v", "show", str(tmp_path / "p.json"), "--format", one) for one in FORMATS]
    assert "Traceback" not in "".join(ran.out + ran.err for ran in shown)
    assert [(ran.out + ran.err)[-300:] for ran in shown if hits(ran.out + ran.err)] == []
    assert hits(json.dumps(caged.http("GET", "/_sandbox/state")["purview"])) == []
    assert every_file(tmp_path) == [], "plans, results, the ledger, the audit, the cursor, manifests, hand-overs"


def in_clear() -> Iterator[tuple[str, str]]:
    """Documents that write a secret where none may stand, with the kind of each."""
    spots = [(name, "kanary-in-clear") for name in NAMES]
    spots += [(f"plain{at}", value) for at, value in enumerate(values())]
    for at, (name, value) in enumerate(spots):
        given = json.dumps({name: value})
        yield "Crawler", f"spec: {{provider: HubSpot, name: 'c{at}', config: {given}}}"
        yield "Enricher", f"spec: {{provider: REST API, name: 'e{at}', entity_type: /Person, config: {given}}}"
        target = f"{{provider: Azure DataLake Connector, config: {given}}}"
        delivery = f"{{type: file-parquet, connection: 'abfss://m@l.dfs.core.windows.net', target: {target}}}"
        columns = "columns: [{from: customer.id}]"
        yield "ExportContract", f"spec: {{entity: Customer, delivery: {delivery}, {columns}}}"
        yield "Setting", f"spec: {{set: {json.dumps({f'Of.{name}': value})}}}"


def test_in_clear_each_is_refused_with_a_finding_of_its_own(caged: Project, run: Run) -> None:
    texts = list(in_clear())
    for at, (kind, spec) in enumerate(texts):
        text = f"apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: d{at}_v1}}\n{spec}\n"
        (caged.root / "manifests" / f"d{at}.yaml").write_text(text)
    ran = run("-v", "validate", "--format", "json")
    assert (ran.code, hits(ran.out + ran.err)) == (1, [])
    found = {one["file"].rpartition("/")[2] for one in json.loads(ran.out)["findings"] if "secret" in one["code"]}
    assert [texts[at] for at in range(len(texts)) if f"d{at}.yaml" not in found] == []
    for words in (("validate",), ("plan",), ("plan", "--format", "json"), ("handover", "runbook")):
        ran = run("-v", *words)
        assert (ran.code, hits(ran.out + ran.err)) == (1, [])
