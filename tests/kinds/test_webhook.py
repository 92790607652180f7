"""Webhooks: which way events go, what each way makes, and what bad input gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.manifest.secrets import SecretRef
from reconciler.questions.catalogue import Connector, Connectors
from reconciler.questions.outbound import StreamNamed

from .conftest import TEST_ENVIRONMENT, Outcome, document, outcome_of
from .contract_support import ANSWERS, Bench

COOKBOOK = """\
{
  "name": "teams-export-success",
  "events": ["export.succeeded"],
  "url": "https://example.com/hooks/teams",
  "secret": "<HMAC>"
}
"""
"""What the integrator cookbook sends to register one (10.3)."""
SIGNED = """
events: [export.succeeded]
url: https://example.com/hooks/teams
secret: {env: HOOK_SECRET, version: "1"}
"""
RECORDS = """
events: [record.added, record.changed, record.removed]
url: https://example.com/hooks/records
authorization: {env: HOOK_HEADER, version: "1"}
entity: customer
columns: [customer.email]
"""
HTTP = Connector("486cc091-4c77-4190-8e2d-058bc4ca8a85", "Http Connector", ("EventStream",), ())
LIVE = {**ANSWERS, Connectors(): (*ANSWERS[Connectors()], HTTP), StreamNamed("hook"): ()}


def found(tmp_path: Path, *specs: str, environment: str = TEST_ENVIRONMENT) -> Outcome:
    texts = {"environments/test.yaml": document("Environment", "test", environment)}
    texts |= {f"hook{at}.yaml": document("Webhook", f"hook{at}", spec) for at, spec in enumerate(specs)}
    for name, text in texts.items():
        path = tmp_path / "manifests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return outcome_of(tmp_path, "test")


def test_the_cookbooks_registration_under_an_envelope_is_one_finding(tmp_path: Path) -> None:
    [finding] = found(tmp_path, COOKBOOK).findings
    assert finding.code == "webhook.secret_in_clear"
    assert finding.source is not None
    assert (finding.source.file, finding.source.line) == ("manifests/hook0.yaml", 9)
    assert "HMAC" not in f"{finding.summary} {finding.detail}"


def test_with_a_reference_it_makes_nothing_and_says_so_once(tmp_path: Path) -> None:
    pasted = COOKBOOK.replace('"<HMAC>"', '{env: HOOK_SECRET, version: "1"}')
    outcome = found(tmp_path, pasted, SIGNED)
    assert (outcome.codes, outcome.resources) == (["webhook.watched"], [])


def test_records_go_by_a_target_and_a_stream_that_nobody_signs(tmp_path: Path) -> None:
    made = Bench(tmp_path)(RECORDS + "state: started\n", name="hook", kind="Webhook", answers=LIVE)
    assert made.said == []
    target = made.resource("cluedin.export_target:Http Connector/hook")
    assert target.values["config[url]"] == "https://example.com/hooks/records"
    assert target.values["secrets[authorization]"] == SecretRef(env="HOOK_HEADER")
    assert (target.on_remove, target.approvals) == ("forget", frozenset({"PII"}))
    export = made.resource("cluedin.stream_export:hook").values
    assert (export["target"], export["export_mode"]) == ("Http Connector/hook", "EventStream")
    assert made.resource("cluedin.stream:hook").on_remove == "retire"
    assert made.resource("cluedin.stream_state:hook").values == {"state": "started"}
    process = made.resource("purview.entity:cluedin_stream_process/cluedin.stream.hook").values
    assert process["outputs"] == ["cluedin_organization_provider/cluedin.provider.Http%20Connector.hook"]


def test_an_address_by_reference_is_a_secret_of_the_target(tmp_path: Path) -> None:
    spec = RECORDS.replace("https://example.com/hooks/records", '{env: HOOK_URL, version: "2"}')
    target = Bench(tmp_path)(spec, name="hook", kind="Webhook", answers=LIVE).resource(
        "cluedin.export_target:Http Connector/hook"
    )
    assert target.values["secrets[url]"] == SecretRef(env="HOOK_URL", version="2")
    assert "config[url]" not in target.values


def test_workflows_are_two_settings(tmp_path: Path) -> None:
    spec = """
    events: [workflow.*]
    event_hub: {name: cluedin-events, connection_string: {env: HUB, version: "1"}}
    """
    outcome = found(tmp_path, spec)
    assert outcome.codes == []
    assert outcome.addresses == ["cluedin.setting:EventHub.ConnectionString", "cluedin.setting:EventHub.Name"]


def changed(spec: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in spec
        spec = spec.replace(old, new)
    return spec


WRONG = {
    "an event of nobody": (changed(SIGNED, ("succeeded", "suceeded")), "manifest.invalid_value", "export.succeeded"),
    "no event": (changed(SIGNED, ("[export.succeeded]", "[]")), "webhook.no_events", "event"),
    "two ways": (changed(SIGNED, ("succeeded]", "succeeded, record.added]")), "webhook.two_ways", "two documents"),
    "another way": (SIGNED + "via: stream\n", "webhook.via", "via: watch"),
    "http": (changed(SIGNED, ("https", "http")), "webhook.url", "Correct"),
    "no address": (changed(SIGNED, ("https://example.com/hooks/teams", "teams")), "webhook.url", "Correct"),
    "a signed address": (changed(SIGNED, ("teams", "teams?sig=abcdefghij")), "webhook.url_secret", "env: NAME"),
    "a user in the address": (changed(SIGNED, ("://", "://me:pass-word@")), "webhook.url_secret", "env: NAME"),
    "no secret": (SIGNED[: SIGNED.index("secret")], "webhook.missing", "env: NAME"),
    "a secret that nobody uses": (RECORDS + 'secret: {env: S, version: "1"}\n', "webhook.unsigned", "authorization"),
    "a header in clear": (
        changed(RECORDS, ('{env: HOOK_HEADER, version: "1"}', "Bearer abc")), "webhook.secret_in_clear", "env: NAME",
    ),
    "fields of records": (SIGNED + "entity: /Person\n", "webhook.field", "other way"),
    "removal of nothing": (SIGNED + "on_remove: delete\n", "webhook.field", "other way"),
    "a contract of nobody": (SIGNED + "for: [customers]\n", "webhook.for_unknown", ""),
    "every record": (changed(RECORDS, ("entity: customer\n", "")), "stream.takes_everything", "entity"),
    "no hub": ("events: [workflow.*]\n", "webhook.missing", "Add it"),
    "a name that is an address": (RECORDS + "name: https://a.example/b\n", "provider.secret", "words"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_what_to_do(tmp_path: Path, name: str) -> None:
    spec, code, advice = WRONG[name]
    errors = [one for one in found(tmp_path, spec).findings if one.severity == "error"]
    assert [one.code for one in errors if one.code != "key.unknown"] == [code], [str(one) for one in errors]
    [one] = [one for one in errors if one.code == code]
    assert advice in one.detail
    assert one.source is not None
    assert one.source.line
    for secret in ("abcdefghij", "pass-word", "Bearer abc"):
        assert secret not in f"{one.summary} {one.detail}"


def test_the_policy_says_who_may_receive(tmp_path: Path) -> None:
    allowed = TEST_ENVIRONMENT + "policy: {webhook_hosts: ['*.example.org', example.com]}\n"
    assert found(tmp_path, SIGNED, environment=allowed).codes == ["webhook.watched"]
    refused = allowed.replace("example.com", "hooks.example.com")
    assert found(tmp_path, SIGNED, environment=refused).codes[0] == "webhook.host"


def test_the_settings_of_the_event_hub_have_one_place(tmp_path: Path) -> None:
    spec = 'events: [workflow.*]\nevent_hub: {name: e, connection_string: {env: HUB, version: "1"}}\n'
    path = tmp_path / "manifests/setting.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(document("Setting", "s", "set: {EventHub.Name: other}"), encoding="utf-8")
    assert found(tmp_path, spec).codes == ["setting.twice"]


def test_two_makers_of_one_stream_are_told(tmp_path: Path) -> None:
    outcome = found(tmp_path, RECORDS + "name: same\n", RECORDS + "name: same\n")
    assert outcome.codes.count("stream.twice") == 1
