"""Sign-ins that end in the middle of an apply, and rights that lack in one place."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from reconciler.apply import Result
from reconciler.connect import connect
from reconciler.desired import load
from reconciler.errors import Exit

from ..support import Project
from .conftest import CLIENT, CONCEPT, TENANT, Ran, asked, sign_in

Run = Callable[..., Ran]
OURS = "contoso-purview/MDM/CluedIn"


@pytest.fixture(autouse=True)
def trusting(monkeypatch: pytest.MonkeyPatch, certificate: tuple[str, str]) -> None:
    """The tests' own calls trust the sandbox, too."""
    context = ssl.create_default_context(cafile=certificate[0])
    monkeypatch.setattr("tests.portal.request", httpx.Client(verify=context).request)


@pytest.fixture
def signed_in(secure: Project) -> Project:
    """The project with an application that signs in to Entra ID, against a sandbox that checks every token."""
    who = f"tenant_id: {TENANT}, client_id: {CLIENT}, secret: {{env: AZURE_SECRET}}"
    sign_in(secure, f"{{method: client_secret, {who}, authority: '{secure.url}'}}")
    secure.env["AZURE_SECRET"] = "sandbox-secret"
    secure.env["RECONCILER_SECRETS"] += ",AZURE_SECRET"
    return secure


def change(made: Project, **settings: Any) -> None:
    made.http("POST", "/_sandbox/settings", json=settings)


def break_with(made: Project, **fault: Any) -> None:
    made.http("POST", "/_sandbox/faults", json=fault)


def complete(result: Result) -> None:
    assert [outcome.as_dict() for outcome in result.outcomes if outcome.status != "done"] == []
    assert result.diagnostics == []
    assert result.exit_code == Exit.OK


# -- invisible to the user -----------------------------------------------------------------------------------------


@pytest.mark.long
def test_tokens_that_expire_in_mid_apply(signed_in: Project) -> None:
    """Both systems' tokens hold for two seconds, the apply takes longer: they are renewed before they expire."""
    change(signed_in, token_seconds=2, latency_ms=120)
    started = time.monotonic()
    result = signed_in.apply()
    assert time.monotonic() - started > 2.5, "the apply must outlive its tokens"
    complete(result)
    assert len(asked(signed_in, f"/{TENANT}/oauth2/v2.0/token")) > 1
    assert len(asked(signed_in, "/auth/connect/token")) > 1
    change(signed_in, token_seconds=None, latency_ms=0)
    assert signed_in.actions() == []


def test_a_token_that_ends_before_its_time(signed_in: Project) -> None:
    """Whoever rolls the keys of the tenant ends every token: each is renewed once, by one request."""
    environment = load(signed_in.root, "sandbox", signed_in.env).environment
    purview = connect(environment, signed_in.env)["purview"]
    purview.identities()
    signed_in.http("POST", "/_sandbox/revoke")
    answers = purview.each(lambda number: purview.connection.send("GET", "/collections", effect="read"), range(8))
    purview.connection.close()
    assert {answer.status for answer in answers} == {200}
    assert len(asked(signed_in, f"/{TENANT}/oauth2/v2.0/token")) == 2


@pytest.mark.parametrize("path", ["^/graphql", "^/datamap/.*entity/bulk$", "^/datamap/.*glossary/terms$"])
@pytest.mark.parametrize("nth", [1, 3])
def test_a_401_once(signed_in: Project, path: str, nth: int) -> None:
    break_with(signed_in, path=path, status=401, every=nth, times=1)
    complete(signed_in.apply())


@pytest.mark.long
def test_a_refresh_token_that_is_used_up_falls_back_to_the_password(signed_in: Project) -> None:
    change(signed_in, token_seconds=2, latency_ms=80)
    break_with(signed_in, path="^/auth/connect/token", status=400, body={"error": "invalid_grant"}, every=2, times=1)
    complete(signed_in.apply())


def test_a_handed_in_token_that_ends_in_mid_apply(secure: Project) -> None:
    """It cannot be renewed: the apply says so once and stops there, and the next one, with a new token, goes on."""
    form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": "sandbox-secret"}

    def hand_in(seconds: int | None) -> None:
        change(secure, token_seconds=seconds)
        scope = {"scope": "https://purview.azure.net/.default"}
        made = secure.http("POST", f"/{TENANT}/oauth2/v2.0/token", data={**form, **scope})
        secure.env["PURVIEW_TOKEN"] = made["access_token"]
        change(secure, token_seconds=None)

    hand_in(None)
    break_with(secure, method="POST", path="^/datamap/.*glossary/terms$", status=401)
    result = secure.apply()
    secure.http("DELETE", "/_sandbox/faults")
    assert result.exit_code == Exit.PARTIAL
    [finding] = result.diagnostics
    assert "401" in finding.summary
    assert "cannot be renewed" in finding.detail
    assert len([r for r in asked(secure, "/glossary/terms") if r["status"] == 401]) == 2, "once, and once more"
    hand_in(None)
    complete(secure.apply())
    assert secure.actions() == []


# -- a right that lacks in one place -------------------------------------------------------------------------------


def test_a_403_for_one_collection_is_one_diagnostic_and_the_rest_is_applied(signed_in: Project) -> None:
    change(signed_in, forbidden_collections=["MDM"])
    result = signed_in.apply()
    assert result.exit_code == Exit.PARTIAL
    [finding] = result.diagnostics
    assert finding.code == "purview.forbidden"
    assert f"the role Data Curator on collection {OURS}" in finding.summary
    assert "purview.entity:cluedin_entity/cluedin.entity.Customer" in finding.summary
    assert "Give the identity the role Data Curator" in finding.detail
    assert "403 Unauthorized Not authorized to access account" in finding.detail
    assert finding.request_id
    by_status: dict[str, set[str]] = {}
    for outcome in result.outcomes:
        by_status.setdefault(outcome.status, set()).add(outcome.change.type.full_name)
    assert by_status["failed"] == {"purview.entity"}
    assert {"cluedin.vocabulary", "cluedin.vocabulary_key", "purview.term"} <= by_status["done"]
    assert "purview.entity" not in by_status["done"]
    assert by_status["skipped"] <= {"purview.entity", "purview.assignment", "purview.classification"}
    assert {o.request_id != "" for o in result.outcomes if o.status == "failed"} == {True}


def test_one_refusal_speaks_for_a_batch(signed_in: Project) -> None:
    """Entities that go to one collection are not tried one by one."""
    for number in range(12):
        text = CONCEPT.replace("Customer", f"Thing {number}").replace("customer", f"thing{number}")
        signed_in.write(f"thing{number}.yaml", text.replace(f"/Thing {number}", f"/Thing{number}"))
    change(signed_in, forbidden_collections=["MDM"])
    result = signed_in.apply()
    refused = [request for request in asked(signed_in, "/entity/bulk") if request["status"] == 403]
    assert len(refused) == 1
    assert len([outcome for outcome in result.outcomes if outcome.status == "failed"]) == 13
    [finding] = result.diagnostics
    assert "13 resources" in finding.summary
    assert "and 10 more" in finding.summary


def test_when_the_role_is_given_the_next_run_does_the_rest(signed_in: Project) -> None:
    change(signed_in, forbidden_collections=["MDM"])
    first = signed_in.apply()
    left = {outcome.change.address for outcome in first.outcomes if outcome.status != "done"}
    change(signed_in, forbidden_collections=[])
    second = signed_in.apply()
    complete(second)
    assert {outcome.change.address for outcome in second.outcomes} == left
    assert signed_in.actions() == []


def test_the_command_line_says_it_once_and_leaves_with_5(
    signed_in: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(signed_in, forbidden_collections=["MDM"])
    ran = run("apply", "--yes")
    assert ran.code == 5
    told = ran.out
    assert (told + ran.err).count("the identity lacks") == 1, "the report says it, and nothing says it again"
    assert "Data Curator" in told
    assert OURS in told
    assert "request id:" in told
    again = run("apply", "--yes", "--format", "json")
    assert again.code == 1, "nothing was written this time"
    assert [d["code"] for d in json.loads(again.out)["diagnostics"]] == ["purview.forbidden"]


def test_a_claim_that_lacks_in_cluedin(signed_in: Project) -> None:
    change(signed_in, denied_fields=["ManagementMutation.createVocabulary"])
    result = signed_in.apply()
    assert result.exit_code == Exit.PARTIAL
    [finding] = result.diagnostics
    assert finding.code == "cluedin.forbidden"
    assert "Management: Data Catalog at level Accountable" in finding.summary


# -- both envelopes ------------------------------------------------------------------------------------------------

ATLAS = {"requestId": "of-the-body", "errorCode": "ATLAS-403-00-001", "errorMessage": "not authorized to perform"}
ARM = {"error": {"code": "Unauthorized", "message": "Not authorized to access account"}}


@pytest.mark.parametrize(
    ("body", "headers", "request_id", "words"),
    [
        (ATLAS, {}, "of-the-body", "ATLAS-403-00-001 not authorized to perform"),
        (ATLAS, {"x-ms-request-id": "of-the-header"}, "of-the-header", "ATLAS-403-00-001"),
        (ARM, {"x-ms-correlation-request-id": "correlated"}, "correlated", "Unauthorized Not authorized to access"),
    ],
)
def test_both_envelopes_and_their_request_ids(
    signed_in: Project, body: dict[str, Any], headers: dict[str, str], request_id: str, words: str
) -> None:
    break_with(signed_in, method="POST", path="/atlas/v2/entity/bulk$", status=403, body=body, headers=headers)
    [finding] = signed_in.apply().diagnostics
    assert finding.request_id == request_id
    assert words in finding.detail
