"""`reconciler doctor` against systems in every bad state: what it finds, what it advises, and its exit code."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.doctor import native_sync
from reconciler.doctor.project import secrets
from reconciler.doctor.reach import reach
from reconciler.environment.spec import Environment
from reconciler.ledger import LocalLedger
from reconciler.resources.cluedin.settings import ROOT_OF_VOCABULARIES, VOCABULARIES_TO_TERMS
from reconciler_sandbox.server import running

from .. import portal
from ..support import Project, project
from .conftest import CLIENT, CONCEPT, TENANT, Ran, sign_in

Run = Callable[..., Ran]
OURS = "contoso-purview/MDM/CluedIn"


@pytest.fixture
def plain(tmp_path: Path, clean: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project on a sandbox over plain http, as a laptop has it."""
    with project(tmp_path) as made:
        ready(made, clean)
        yield made


def ready(made: Project, clean: pytest.MonkeyPatch) -> None:
    for name, value in made.env.items():
        clean.setenv(name, value)


@pytest.fixture
def entra(secure: Project, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project over TLS whose application signs in to Entra ID, so that its token says who it is."""
    context = ssl.create_default_context(cafile=certificate[0])
    monkeypatch.setattr("tests.portal.request", httpx.Client(verify=context).request)
    who = f"tenant_id: {TENANT}, client_id: {CLIENT}, secret: {{env: AZURE_SECRET}}"
    sign_in(secure, f"{{method: client_secret, {who}, authority: '{secure.url}'}}")
    return secure


def change(made: Project, **settings: Any) -> None:
    made.http("POST", "/_sandbox/settings", json=settings)


def break_with(made: Project, **fault: Any) -> None:
    made.http("POST", "/_sandbox/faults", json=fault)


def as_admin(made: Project, document: str, **variables: str) -> Any:
    """What CluedIn's administrator does in the portal."""
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    token = made.http("POST", "/auth/connect/token", data={**form, "password": "sandbox-password"})["access_token"]
    body = {"query": document, "variables": variables}
    answer = portal.post(f"{made.url}/graphql", json=body, headers={"authorization": f"Bearer {token}"}).json()
    assert "errors" not in answer, answer
    return answer["data"]


def set_cluedin(made: Project, **values: str) -> None:
    """Changes settings of CluedIn; their names have dots."""
    organization = as_admin(made, "{ administration { organization { Id } } }")["administration"]["organization"]["Id"]
    document = """mutation c($o: ID!, $k: String!, $v: String!) { administration {
        changeConfigurationSettings(organizationId: $o, key: $k, value: $v) } }"""
    for key, value in values.items():
        as_admin(made, document, o=organization, k=key.replace("_", "."), v=value)


def findings(ran: Ran) -> dict[str, dict[str, Any]]:
    """Warnings and errors by code; the last of a code."""
    return {one["code"]: one for one in ran.json["checks"] if one["status"] in ("warning", "error")}


def check(ran: Ran, code: str) -> dict[str, Any]:
    """The first check of a code."""
    return next(one for one in ran.json["checks"] if one["code"] == code)


def finds(ran: Ran, code: str, status: str, *words: str) -> dict[str, Any]:
    """Exit 1, and one finding of this code with every word in its sentence or its advice."""
    assert ran.code == 1, ran.out
    found = findings(ran)
    assert code in found, ran.out
    assert found[code]["status"] == status
    for word in words:
        assert word in f"{found[code]['summary']} {found[code]['detail']}", found[code]
    assert found[code]["detail"], "every finding says what to do"
    return found[code]


# -- nothing wrong -------------------------------------------------------------------------------------------------


def test_nothing_wrong_is_exit_0_and_a_line_for_each_check(plain: Project, run: Run) -> None:
    ran = run("doctor")
    assert ran.code == 0
    assert "✗" not in ran.out
    assert "✓ CluedIn 4.8.0, which this tool is made for" in ran.out
    assert "✓ the Data Map answers, api-version 2023-09-01" in ran.out
    assert "✓ classic glossary: Enterprise" in ran.out
    assert ran.out.rstrip().endswith("Nothing stands in the way.")


def test_it_writes_nothing(plain: Project, run: Run) -> None:
    run("doctor")
    assert plain.writes() == []
    assert not (plain.root / ".reconciler").exists()


def test_no_secret_and_no_token_is_shown(entra: Project, run: Run) -> None:
    shown = run("doctor").out + run("doctor", "--format", "json").out
    for secret in ("sandbox-password", "sandbox-secret", "eyJ"):
        assert secret not in shown


def test_who_signed_in(entra: Project, run: Run) -> None:
    ran = run("doctor", "--format", "json")
    assert ran.code == 0, ran.out
    purview = check(ran, "purview.sign_in")["summary"]
    assert TENANT in purview
    assert f"application {CLIENT}" in purview
    assert f"object id {CLIENT}" in purview
    cluedin = check(ran, "cluedin.sign_in")["summary"]
    assert "admin@contoso.test, organization contoso" in cluedin
    assert "OrganizationAdmin" in cluedin
    assert "TLSv1.3" in check(ran, "purview.reachable")["summary"]


def test_a_broken_environment_is_told_as_validate_tells_it(plain: Project, run: Run) -> None:
    plain.edit("environments/sandbox.yaml", "organization: contoso", "organisation: contoso")
    ran = run("doctor")
    assert ran.code == 1
    assert "organisation" in ran.err
    assert "sandbox.yaml:" in ran.err


# -- reaching it ---------------------------------------------------------------------------------------------------


def test_one_system_that_nobody_answers_at_leaves_the_other_alone(plain: Project, run: Run) -> None:
    plain.edit("environments/sandbox.yaml", 'url: "${var.SANDBOX_URL}"', "url: http://127.0.0.1:9")
    ran = run("doctor", "--format", "json")
    finds(ran, "cluedin.unreachable", "error", "127.0.0.1:9", "refused")
    assert check(ran, "purview.data_map")["status"] == "ok"


@pytest.fixture
def nameless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that knows loopback only."""
    found = socket.getaddrinfo

    def resolve(host: Any, *more: Any, **most: Any) -> Any:
        if str(host) not in ("127.0.0.1", "localhost"):
            raise socket.gaierror(-2, "Name or service not known")
        return found(host, *more, **most)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.usefixtures("nameless")
def test_a_name_that_does_not_resolve(plain: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_ALLOWED_HOSTS", "*.example")
    plain.edit("environments/sandbox.yaml", 'endpoint: "${var.SANDBOX_URL}"', "endpoint: https://atlas.example")
    found = finds(run("doctor", "--format", "json"), "purview.dns", "error", "atlas.example", "private endpoint")
    assert "cannot be resolved" in found["summary"]


@pytest.mark.usefixtures("nameless")
def test_a_new_tenant_may_have_no_host_of_its_own(plain: Project, run: Run) -> None:
    plain.edit("environments/sandbox.yaml", 'endpoint: "${var.SANDBOX_URL}"', "endpoint: https://x.purview.azure.com")
    finds(run("doctor", "--format", "json"), "purview.dns", "error", "https://api.purview-service.microsoft.com")


def test_a_certificate_that_is_not_trusted(secure: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    ran = run("doctor", "--format", "json")
    finds(ran, "cluedin.tls", "error", "SSL_CERT_FILE")
    finds(ran, "purview.tls", "error", "self-signed certificate")


def test_an_answer_that_does_not_come(plain: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.doctor.reach.TIMEOUT", 0.2)
    break_with(plain, path="^/api/status", delay_ms=1000)
    [found] = reach("cluedin", plain.url, "/api/status").checks
    assert (found.level, found.code) == ("error", "cluedin.timeout")


def test_an_answer_that_takes_long(plain: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.doctor.reach.SLOW", 0.05)
    break_with(plain, path="^/api/status", delay_ms=100)
    finds(run("doctor", "--format", "json"), "cluedin.slow", "warning", "ms", "timeout_seconds")


def test_plain_http_outside_loopback_is_not_even_asked(
    plain: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_ALLOWED_HOSTS", "acme.example")
    plain.edit("environments/sandbox.yaml", 'url: "${var.SANDBOX_URL}"', "url: http://acme.example")
    finds(run("doctor", "--format", "json"), "host.not_encrypted", "error", "https://")


def test_a_host_that_is_not_allowed(plain: Project, run: Run) -> None:
    plain.edit("environments/sandbox.yaml", 'url: "${var.SANDBOX_URL}"', "url: https://acme.example")
    finds(run("doctor", "--format", "json"), "host.not_allowed", "error", "acme.example", "RECONCILER_ALLOWED_HOSTS")


def test_another_product_at_the_address(plain: Project, run: Run) -> None:
    page = {"Content-Type": "text/html"}
    break_with(plain, path="^/api/status", status=200, body="<html>Sign in</html>", headers=page)
    finds(run("doctor", "--format", "json"), "cluedin.no_status", "error", "https://ORGANIZATION.DOMAIN")


def test_a_page_where_json_is_expected_is_no_traceback(plain: Project, run: Run) -> None:
    break_with(plain, method="GET", path="/typedefs/headers", status=200, body="a page")
    ran = run("doctor", "--format", "json")
    finds(ran, "purview.unreachable", "error", "no answer to it")
    assert check(ran, "cluedin.version")["status"] == "ok"


@pytest.mark.parametrize(
    ("skew", "status", "words"),
    [(90, "warning", "ahead of"), (-90, "warning", "behind"), (400, "error", "Tokens fail")],
)
def test_clocks_apart(plain: Project, run: Run, skew: float, status: str, words: str) -> None:
    change(plain, clock_skew_s=skew)
    ran = run("doctor", "--format", "json")
    finds(ran, "cluedin.clock", status, words)
    finds(ran, "purview.clock", status, words)


# -- signing in ----------------------------------------------------------------------------------------------------


def test_secrets_that_are_not_set_or_not_allowed(plain: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLUEDIN_PASSWORD")
    monkeypatch.setenv("RECONCILER_SECRETS", "CLUEDIN_PASSWORD")
    ran = run("doctor", "--format", "json")
    finds(ran, "secret.missing", "error", "CLUEDIN_PASSWORD")
    finds(ran, "secret.not_allowed", "error", "PURVIEW_TOKEN", "RECONCILER_SECRETS")
    assert ran.json["summary"]["error"] == 2, "each is said once"
    assert [one["summary"].startswith("not looked at") for one in ran.json["checks"] if one["area"] != "project"] == [
        True,
        True,
    ]


def test_a_token_that_only_its_sign_in_finds_faulty(plain: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PURVIEW_TOKEN", "t\u00e4ken")
    ran = run("doctor", "--format", "json")
    assert ran.code == 1
    finds(ran, "secret.malformed", "error", "PURVIEW_TOKEN", "no token has")


HOOK = """
apiVersion: reconciler/v1
kind: ExportContract
metadata: {name: NAME}
spec:
  entity: /Person
  delivery: {type: http, target: {secrets: {url: {env: URL_OF_NAME, version: "1"}, other: {env: OTHER}}}}
"""


def test_every_secret_that_manifests_name_is_looked_at(
    plain: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of documents too, each once, and of one that is not valid for another reason as well."""
    monkeypatch.setenv("RECONCILER_SECRETS", "CLUEDIN_PASSWORD,PURVIEW_TOKEN,URL_OF_a,URL_OF_b,OTHER")
    monkeypatch.setenv("URL_OF_a", "https://hook.test/?sig=of-the-hook-a")
    for name in ("a", "b"):
        plain.write(f"{name}.yaml", HOOK.replace("NAME", name) + ("  statuss: draft\n" if name == "b" else ""))
    ran = run("doctor", "--format", "json")
    told = {one["summary"]: (one["status"], one["code"]) for one in ran.json["checks"] if "secret" in one["code"]}
    assert ran.code == 1
    assert [told[summary] for summary in sorted(told) if "CLUEDIN" not in summary and "PURVIEW" not in summary] == [
        ("error", "secret.missing"), ("ok", "secret.set"), ("error", "secret.missing"),
    ]  # fmt: skip
    for name in ("OTHER", "URL_OF_a", "URL_OF_b"):
        assert len([summary for summary in told if name in summary]) == 1, name
    assert "of-the-hook" not in ran.out + ran.err
    assert finds(ran, "manifests.invalid", "error", "the manifests have 1 error", "reconciler validate")


def test_each_version_of_a_secret_in_a_vault_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("reconciler.environment.secrets.Secrets.__call__", lambda self, one: asked.append(one.version))
    named = [{"vault": "acme", "secret": "s", "version": digit * 32} for digit in "aba"]
    named += [{"env": "NAME", "version": version} for version in "12"]
    checks = list(secrets([{"secrets": {str(at): one}} for at, one in enumerate(named)], {}))
    assert sorted(asked)[1:] == ["a" * 32, "b" * 32], "a variable has one value, whatever its version"
    assert len(asked) == len(checks) == 3


def test_a_wrong_client_secret_is_named_by_its_code(entra: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_SECRET", "wrong-secret-of-the-app")
    ran = run("doctor", "--format", "json")
    found = finds(ran, "sign_in.failed", "error", "AADSTS7000215", "value of the client secret")
    assert found["request_id"]
    assert "wrong-secret" not in ran.out
    assert check(ran, "cluedin.sign_in")["status"] == "ok"


def test_a_wrong_password_of_cluedin(plain: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUEDIN_PASSWORD", "wrong-password-of-the-user")
    ran = run("doctor", "--format", "json")
    finds(ran, "sign_in.failed", "error", "invalid_username_or_password", "SSO")
    assert check(ran, "purview.data_map")["status"] == "ok"


def test_an_api_token_of_cluedin(plain: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a token is good for REST and ingestion; the configuration is GraphQL, which refuses it."""
    document = 'mutation { administration { createToken(token: {name: "ci", expiredInHours: 1}) { accessToken } } }'
    made = as_admin(plain, document)["administration"]["createToken"]["accessToken"]
    monkeypatch.setenv("CLUEDIN_PASSWORD", made)
    old = "sign_in: {user: admin@contoso.test, password: {env: CLUEDIN_PASSWORD}}"
    plain.edit("environments/sandbox.yaml", old, "sign_in: {token: {env: CLUEDIN_PASSWORD}}")
    ran = run("doctor", "--format", "json")
    finds(ran, "cluedin.refused", "error", "401", "an API token is for its REST interface", "`user` and `password`")
    assert made not in ran.out


def test_a_token_that_purview_does_not_take(secure: Project, run: Run) -> None:
    finds(run("doctor", "--format", "json"), "purview.data_map", "error", "401", "cannot be renewed")


# -- versions and planes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "status", "words"),
    [("4.3", "error", "older than"), ("4.5", "error", "older than"), ("4.9", "warning", "newer than")],
)
def test_versions_of_cluedin(
    tmp_path: Path, run: Run, clean: pytest.MonkeyPatch, version: str, status: str, words: str
) -> None:
    with project(tmp_path, cluedin_version=version) as made:
        ready(made, clean)
        finds(run("doctor", "--format", "json"), "cluedin.version", status, f"CluedIn {version}", words)


def test_cluedin_without_a_version(plain: Project, run: Run) -> None:
    break_with(plain, path="^/api/status", status=200, body={"ServiceStatus": "Green"})
    finds(run("doctor", "--format", "json"), "cluedin.version", "warning", "cannot be told")


def test_red_services(plain: Project, run: Run) -> None:
    break_with(plain, path="^/api/status", status=500, body={"ServiceStatus": "Red"})
    finds(run("doctor", "--format", "json"), "cluedin.health", "error", "red")


def test_an_api_version_that_is_gone(plain: Project, run: Run) -> None:
    error = {"error": {"code": "UnsupportedApiVersion", "message": "The requested api-version is not supported."}}
    break_with(plain, path="/typedefs/headers", status=400, body=error)
    finds(run("doctor", "--format", "json"), "purview.data_map", "error", "2023-09-01", "UnsupportedApiVersion")


def test_a_tenant_with_the_unified_catalog_only(plain: Project, run: Run) -> None:
    break_with(plain, path="^/datamap", status=404)
    break_with(plain, path="^/datagovernance", status=200, body={"value": []})
    ran = run("doctor", "--format", "json")
    finds(ran, "purview.data_map", "error", "only the Unified Catalog answers", "classic Data Map")
    assert "answers at this host" in check(ran, "purview.unified")["summary"]


def test_a_data_map_without_a_classic_glossary(plain: Project, run: Run) -> None:
    break_with(plain, path="/atlas/v2/glossary$", status=404, body={"errorCode": "X", "errorMessage": "no such"})
    finds(run("doctor", "--format", "json"), "purview.glossary", "error", "Unified Catalog only")


def test_apache_atlas(tmp_path: Path, run: Run, clean: pytest.MonkeyPatch) -> None:
    with running(seed="empty", mode="atlas") as sandbox:
        made = Project(tmp_path, sandbox.url)
        ready(made, clean)
        made.edit("environments/sandbox.yaml", "    collection: contoso-purview/MDM/CluedIn\n", "    mode: atlas\n")
        ran = run("doctor", "--format", "json")
        assert ran.code == 0, ran.out
        assert check(ran, "purview.data_map")["summary"] == "Apache Atlas 2.4.0"
        break_with(made, path="admin/version", status=200, body={"Version": "1.2.0"})
        finds(run("doctor", "--format", "json"), "purview.data_map", "warning", "1.2.0")


# -- rights --------------------------------------------------------------------------------------------------------


def curators(ran: Ran) -> list[tuple[str, str]]:
    return [(one["status"], one["summary"]) for one in ran.json["checks"] if one["code"] == "purview.curator"]


def test_data_curator_by_inheritance_is_told_for_information(entra: Project, run: Run) -> None:
    ran = run("doctor", "--format", "json")
    assert [status for status, _ in curators(ran)] == ["info", "info"]
    assert f"is Data Curator on collection {OURS}: it may write" in curators(ran)[0][1]
    assert "root" in curators(ran)[1][1]


def test_the_role_and_the_collection_that_lack_are_named(entra: Project, run: Run) -> None:
    change(entra, forbidden_collections=["MDM"])
    ran = run("doctor", "--format", "json")
    finds(ran, "purview.curator", "error", f"not Data Curator on collection {OURS}", CLIENT)
    assert [status for status, _ in curators(ran)] == ["error", "info"], "the root is another matter"


def test_policies_that_are_not_shown_leave_it_unknown(entra: Project, run: Run) -> None:
    body = {"error": {"code": "Unauthorized", "message": "Not authorized to access account"}}
    break_with(entra, path="^/policystore", status=403, body=body)
    ran = run("doctor", "--format", "json")
    assert ran.code == 0
    assert [status for status, _ in curators(ran)] == ["info", "info"]
    assert all(words.startswith("unknown:") for _, words in curators(ran))


def test_read_only_environments_want_identities_that_cannot_write(entra: Project, run: Run) -> None:
    scope = "  scope: {purview: {read_only: true}, cluedin: {read_only: true}}\n  people:\n"
    entra.edit("environments/sandbox.yaml", "  people:\n", scope)
    (entra.root / "manifests" / "customer.yaml").unlink()
    ran = run("doctor", "--format", "json")
    finds(ran, "purview.curator", "warning", "read only", "Data Reader only")
    finds(ran, "cluedin.rights", "warning", "read only", "Informed")


def test_a_read_only_environment_without_rights_is_as_it_should_be(entra: Project, run: Run) -> None:
    entra.edit("environments/sandbox.yaml", "  people:\n", "  scope: {purview: {read_only: true}}\n  people:\n")
    change(entra, forbidden_collections=["contoso-purview"])
    ran = run("doctor", "--format", "json")
    assert [status for status, _ in curators(ran)] == ["ok", "ok"]
    assert ran.code == 0


def test_a_collection_that_is_made_later(plain: Project, run: Run) -> None:
    plain.edit("environments/sandbox.yaml", OURS, "contoso-purview/MDM/New/Deep")
    ran = run("doctor", "--format", "json")
    assert ran.code == 0
    found = check(ran, "purview.collection")
    assert found["status"] == "info"
    assert "Collection Admin on collection contoso-purview/MDM" in found["detail"]


@pytest.mark.parametrize("forbidden", [[], ["MDM"]], ids=["inherited", "inheritance restricted"])
def test_collection_administrators_of_a_collection_above_are_seen(
    entra: Project, run: Run, forbidden: list[str]
) -> None:
    """Their rule names the parent's rule, which stays where the rest is not inherited (recorded, grade A)."""
    change(entra, forbidden_collections=forbidden)
    entra.edit("environments/sandbox.yaml", OURS, "contoso-purview/MDM/New/Deep")
    found = check(run("doctor", "--format", "json"), "purview.collection")
    assert found["status"] == "info"
    assert found["detail"].endswith("Collection Admin on collection contoso-purview/MDM; the identity has it.")


def test_who_is_no_collection_administrator_above_is_told_before_an_apply(entra: Project, run: Run) -> None:
    entra.edit("environments/sandbox.yaml", OURS, "contoso-purview/MDM/New/Deep")
    mdm = next(name for name, doc in entra.http("GET", "/_sandbox/state")["purview"]["collection"].items()
               if doc["friendlyName"] == "MDM")  # fmt: skip
    alone = {"collection": {"referenceName": mdm}, "attributeRules": []}
    break_with(entra, path="^/policystore", status=200, body={"values": [{"properties": alone}]})
    finds(run("doctor", "--format", "json"), "purview.collection", "error", "not Collection Admin above it", CLIENT)


def test_a_collection_of_no_root(plain: Project, run: Run) -> None:
    plain.edit("environments/sandbox.yaml", OURS, "fabrikam-purview/MDM")
    finds(run("doctor", "--format", "json"), "purview.collection", "error", "fabrikam-purview/MDM", "contoso-purview/")


def test_reading_that_is_not_allowed(plain: Project, run: Run) -> None:
    body = {"error": {"code": "Unauthorized", "message": "Not authorized to access account"}}
    break_with(plain, path="^/datamap", status=403, body=body, headers={"x-ms-correlation-request-id": "c-1"})
    found = finds(run("doctor", "--format", "json"), "purview.data_map", "error", "403", "Data Reader")
    assert found["request_id"] == "c-1"


def test_a_claim_that_lacks_in_cluedin(plain: Project, run: Run) -> None:
    change(plain, denied_fields=["Management.glossaryCategories"])
    ran = run("doctor", "--format", "json")
    finds(ran, "cluedin.read", "error", "cannot read glossary categories", "Management: Glossary")


def test_a_user_whose_rights_nobody_tells(plain: Project, run: Run) -> None:
    plain.edit("environments/sandbox.yaml", "user: admin@contoso.test", "user: ada@example.com")
    found = check(run("doctor", "--format", "json"), "cluedin.rights")
    assert found["status"] == "info"
    assert found["summary"].startswith("unknown:")


def test_terms_that_are_hidden_from_all_but_their_owners(plain: Project, run: Run) -> None:
    set_cluedin(plain, GlossaryAccess_FilterTermsByOwnership="true")
    finds(run("doctor", "--format", "json"), "cluedin.glossary_filter", "warning", "look absent")


# -- clashes -------------------------------------------------------------------------------------------------------


def test_cluedins_own_sync(plain: Project, run: Run) -> None:
    set_cluedin(
        plain,
        Purview_BaseUrl=plain.url,
        Purview_SyncStreams_Enabled="true",
        Purview_CollectionName="hkkib1",
        Purview_SyncCluedInVocabulariesToPurviewGlossaries_Enabled="true",
    )
    ran = run("doctor", "--format", "json")
    assert ran.code == 1
    found = [one for one in ran.json["checks"] if one["code"] == "clash.cluedin_sync"]
    assert [one["status"] for one in found] == ["warning", "warning", "warning"]
    assert "the Purview of this environment" in found[0]["summary"]
    assert "SyncCluedInVocabulariesToPurviewGlossaries" in found[0]["summary"]
    assert "collection hkkib1" in found[1]["summary"]
    assert "GlossariesRoot.Enabled" in found[2]["summary"], "its root is on by itself, and means something now"
    assert all(one["detail"] for one in found)


def test_every_switch_of_the_sync_that_is_on_is_told() -> None:
    """Keys and defaults are recorded ([B]); newer versions have keys that are not public."""
    defaults = json.loads((resources.files("reconciler_sandbox.cluedin") / "settings.json").read_text("utf-8"))
    switches = [key for key in defaults if key.startswith("Purview.") and key.endswith("Enabled")]
    switches += ["Purview.AdfPipelineAutomation", "Purview.SyncRules.Enabled", "Purview.CleanProjectsEnabled"]
    environment = Environment()
    off = [one.level for one in native_sync.findings(defaults, environment)]
    assert off == ["ok"], "as CluedIn comes: the root of a sync that is off does nothing"
    for key in switches:
        also = {VOCABULARIES_TO_TERMS: "true"} if key == ROOT_OF_VOCABULARIES else {}
        told = list(native_sync.findings({**defaults, **also, key: "true"}, environment))
        assert {one.level for one in told} == {"warning"}
        assert any(f"({key})" in one.found for one in told), key
    others = {"Purview.FetchNoVocabularyKeys": "true", "Metrics.Enabled": "true", "PowerApps.Enabled": "true"}
    assert [one.level for one in native_sync.findings({**defaults, **others}, environment)] == ["ok"]


def test_settings_that_are_not_shown_leave_the_sync_unknown(plain: Project, run: Run) -> None:
    change(plain, denied_fields=["Administration.configurationSettings"])
    ran = run("doctor", "--format", "json")
    assert ran.code == 0
    assert check(ran, "clash.cluedin_sync")["summary"].startswith("unknown:")


def test_the_root_term_of_that_sync(plain: Project, run: Run) -> None:
    atlas = "/datamap/api/atlas/v2/glossary"
    glossary = plain.http("GET", f"{atlas}?ignoreTermsAndCategories=true")[0]["guid"]
    plain.http("POST", f"{atlas}/term", json={"name": "CluedIn-3f9a1c", "anchor": {"glossaryGuid": glossary}})
    finds(run("doctor", "--format", "json"), "clash.root_term", "warning", "CluedIn-3f9a1c", "scope.purview.glossaries")


def test_a_type_of_others_under_our_prefix(plain: Project, run: Run) -> None:
    definition = {"name": "cluedin_dataset", "category": "ENTITY", "superTypes": ["DataSet"], "attributeDefs": []}
    plain.http("POST", "/datamap/api/atlas/v2/types/typedefs", json={"entityDefs": [definition]})
    finds(run("doctor", "--format", "json"), "clash.types", "error", "cluedin_dataset", "purview.type_prefix")


def test_our_own_types_and_assets_are_no_clash(plain: Project, run: Run) -> None:
    plain.write("customer.yaml", CONCEPT)
    plain.apply()
    ran = run("doctor", "--format", "json")
    assert ran.code == 0, ran.out
    assert check(ran, "clash.types")["status"] == "ok"
    assert check(ran, "clash.name_prefix")["status"] == "ok"
    assert check(ran, "ledger.readable")["status"] == "ok"
    assert check(ran, "ledger.systems")["status"] == "ok"


def test_assets_of_ours_that_the_ledger_does_not_know(plain: Project, run: Run) -> None:
    plain.write("customer.yaml", CONCEPT)
    plain.apply()
    (plain.root / ".reconciler/ledger/sandbox.jsonl").unlink()
    finds(run("doctor", "--format", "json"), "clash.name_prefix", "warning", "cluedin.entity.Customer", "name_prefix")


# -- the ledger ----------------------------------------------------------------------------------------------------


def test_a_ledger_of_another_system(plain: Project, run: Run) -> None:
    plain.write("customer.yaml", CONCEPT)
    plain.apply()
    path = plain.root / ".reconciler/ledger/sandbox.jsonl"
    book = LocalLedger(path, "sandbox")
    ledger = book.load()
    ledger.header.systems["purview"] = ["purview:fabrikam-purview"]
    ledger.touch(next(iter(ledger.entries)))
    book.flush(ledger)
    ran = run("doctor", "--format", "json")
    finds(ran, "ledger.other_system", "error", "purview:fabrikam-purview", "purview:contoso-purview")


def test_a_ledger_that_cannot_be_read(plain: Project, run: Run) -> None:
    path = plain.root / ".reconciler/ledger/sandbox.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("not a ledger\n")
    finds(run("doctor", "--format", "json"), "ledger.unusable", "error", "sandbox.jsonl", "backup")


# -- the audit -----------------------------------------------------------------------------------------------------


def audited(made: Project, place: str) -> None:
    made.edit("environments/sandbox.yaml", "spec:\n", f"spec:\n  audit: {place}\n")


def test_an_audit_is_looked_at_and_not_made(plain: Project, run: Run) -> None:
    found = check(run("doctor", "--format", "json"), "audit.writable")
    assert (found["status"], found["summary"]) == ("ok", "the audit .reconciler/audit/sandbox.jsonl can be written")
    assert not (plain.root / ".reconciler").exists()
    plain.write("customer.yaml", CONCEPT)
    plain.apply()
    before = (plain.root / ".reconciler/audit/sandbox.jsonl").read_bytes()
    assert check(run("doctor", "--format", "json"), "audit.writable")["status"] == "ok"
    assert (plain.root / ".reconciler/audit/sandbox.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("notes.txt", "it holds something else"),
        ("notes.txt/audit.jsonl", "notes.txt is no folder"),
        ("folder", "Is a directory"),
        ("locked/audit.jsonl", "no right to write to"),
    ],
)
def test_an_audit_that_cannot_be_written_is_one_finding(
    plain: Project, run: Run, monkeypatch: pytest.MonkeyPatch, path: str, words: str
) -> None:
    (plain.root / "notes.txt").write_text("of somebody")
    (plain.root / "folder").mkdir()
    (plain.root / "locked").mkdir()
    monkeypatch.setattr("os.access", lambda path, mode: not str(path).endswith("locked"))
    audited(plain, f"{{path: {path}}}")
    ran = run("doctor", "--format", "json")
    finds(ran, "audit.unwritable", "warning", f"the audit {path}", words, "A plan can be made, an apply cannot.")
    assert sum("audit" in one["code"] for one in ran.json["checks"]) == 1


def test_an_audit_that_a_link_leads_out_of_the_project(plain: Project, run: Run, tmp_path_factory: Any) -> None:
    (plain.root / "kept").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    audited(plain, "{path: kept/audit.jsonl}")
    finds(run("doctor", "--format", "json"), "audit.outside", "error", "kept/audit.jsonl")


def test_a_call_for_webhooks_that_no_document_has_is_told_and_not_used(plain: Project, run: Run) -> None:
    def told() -> list[str]:
        found = json.loads(run("doctor", "--format", "json").out)["checks"]
        return [f"{one['status']}: {one['summary']}" for one in found if one["code"] == "cluedin.webhooks"]

    assert told() == [], "404 is what the documents lead one to expect"
    for status, body, words in ((200, [], "200"), (403, None, "403"), (200, {"error": {"code": "9"}}, "oddly")):
        plain.http("DELETE", "/_sandbox/faults")
        break_with(plain, method="GET", path="/api/api/v1/webhooks", status=status, body=body)
        assert told() == [
            f"info: it answers a call for webhooks that is in no public document ({words}); it is not used"
        ]
    assert not [one for one in plain.writes() if "webhooks" in one["path"]]
