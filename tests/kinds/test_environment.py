"""Environments: what they say, and what is wrong between two of them."""

from __future__ import annotations

import pytest

from reconciler.environment.spec import Environment
from reconciler.kinds import kinds, models
from tests.kinds.conftest import TEST_ENVIRONMENT, document

ADA = "30435ff9-9b96-44af-a5a9-e05c8b1ae2df"


def made(**spec) -> Environment:
    people = {"ada": {"object_id": ADA.upper(), "email": "Ada@acme.test"}}
    return Environment.model_validate({"people": people, **spec})


def test_it_is_written_as_the_kinds_are_and_is_none_of_them():
    assert set(models()) - set(kinds()) == {"Environment"}


@pytest.mark.parametrize("name", ["ada", "ada@ACME.test", ADA, ADA.upper()])
def test_a_person_by_alias_mail_or_id(name):
    person = made().person(name)
    assert person is not None
    assert person.id == ADA


def test_any_object_id_is_a_person():
    person = made().person("7c0e5d0e-2f0b-4a0e-8a39-0a3f6f2b9a11")
    assert person is not None
    assert person.user is None
    assert made().person("eve") is None


def test_the_ledger_has_a_default_place():
    assert made().ledger_path("test") == ".reconciler/ledger/test.jsonl"
    assert made(ledger={"path": "x.jsonl"}).ledger_path("test") == "x.jsonl"


SIGN_INS = [
    ("{method: client_secret, tenant_id: t}", "the method `client_secret` needs `client_id` and `secret`"),
    ("{method: default, token: {env: TOKEN}}", "the method `default` takes no `token`"),
    ("{method: basic, user: me}", "the method `basic` needs `password`"),
]


@pytest.mark.parametrize(("sign_in", "message"), SIGN_INS)
def test_a_sign_in_is_complete(expand, sign_in, message):
    outcome = expand(environment=f"purview: {{endpoint: 'https://x', collection: c, sign_in: {sign_in}}}")
    assert len(outcome.findings) == 1
    assert message.lower() in f"{outcome.findings[0].summary} {outcome.findings[0].detail}".lower()


def test_cluedin_wants_a_password_or_a_token(expand):
    outcome = expand(environment="cluedin: {url: 'https://x', organization: o, sign_in: {user: me}}")
    assert "either `user` and `password`, or `token`" in outcome.findings[0].summary + outcome.findings[0].detail


FINDINGS = {
    "no system": ("environment.no_system", "The environment has neither `cluedin` nor `purview`", "strict: false"),
    "no collection": (
        "environment.no_collection", "Without `collection` our assets land in the root collection of Purview",
        "purview: {endpoint: 'https://x'}",
    ),
    "collection outside the scope": (
        "scope.collection", "The collection `acme/MDM` is outside `scope.purview.collections`",
        TEST_ENVIRONMENT + "scope: {purview: {collections: [acme/Other]}}",
    ),
    "one person twice": (
        "environment.same_person", f"`eve` and `ada` are the same person: {ADA}",
        TEST_ENVIRONMENT + f"  eve: {{object_id: {ADA}}}",
    ),
    "unknown kind": (
        "policy.unknown_kind", "`GlosaryMapping` is no kind",
        TEST_ENVIRONMENT + "policy: {on_drift: {kinds: {GlosaryMapping: keep}}}",
    ),
    "unknown field": (
        "policy.unknown_field", "`purview.term.defintion` is no field",
        TEST_ENVIRONMENT + "policy: {on_drift: {fields: {purview.term.defintion: keep}}}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FINDINGS)
def test_finding(expand, case):
    code, summary, environment = FINDINGS[case]
    found = expand(environment=environment).only(code)
    assert found.summary == summary
    assert found.source is not None
    assert found.source.file == "manifests/environments/test.yaml"


def test_unknown_words_come_with_the_nearest(expand):
    _, _, environment = FINDINGS["unknown field"]
    found = expand(environment=environment).only("policy.unknown_field")
    assert found.detail == "Did you mean `purview.term.definition`?"


def other(text: str) -> dict[str, str]:
    return {"environments/prod.yaml": document("Environment", "prod", text)}


APART = TEST_ENVIRONMENT.replace("https://acme.cluedin", "https://prod.cluedin")
PREFIXED = APART.replace("collection: acme/MDM", "collection: acme/MDM\n  name_prefix: cluedin-prod")


def test_one_purview_needs_two_name_prefixes(expand):
    scope = "scope: {{purview: {{glossaries: [{}]}}}}\n"
    outcome = expand(environment=TEST_ENVIRONMENT + scope.format("A"), files=other(APART + scope.format("B")))
    assert outcome.only("environment.same_name_prefix").summary == (
        "Qualified names of `test` would be those of `prod` (manifests/environments/prod.yaml:1): "
        "both environments write to one Purview with the prefix `cluedin`"
    )


@pytest.mark.parametrize(
    ("here", "there", "shared"),
    [
        ("glossaries: [A, B]", "glossaries: [B]", "`B` of its glossaries"),
        ("glossaries: ['Ent*']", "glossaries: [Enterprise]", "`Enterprise` of its glossaries"),
        ("glossaries: [A]", "read_only: false", "`A` of its glossaries"),
        ("read_only: false", "read_only: false", "everything of its glossaries"),
        ("{glossaries: [A], collections: [acme/MDM]}", "{glossaries: [B], collections: [acme/MDM]}",
         "`acme/MDM` of its collections"),
    ],
)  # fmt: skip
def test_scopes_that_overlap_in_purview(expand, here, there, shared):
    scope = "scope: {{purview: {{{}}}}}\n"
    one, two = (scope.format(part.strip("{}")) for part in (here, there))
    found = expand(environment=TEST_ENVIRONMENT + one, files=other(PREFIXED + two)).only("scope.overlap")
    assert found.summary == (
        "The environments `test` and `prod` (manifests/environments/prod.yaml:1) are one purview, "
        f"and both claim {shared}"
    )


def test_scopes_that_overlap_in_cluedin(expand):
    two = TEST_ENVIRONMENT.replace("https://acme.purview", "https://prod.purview")
    scope = "scope: {{cluedin: {{key_prefixes: [{}]}}}}\n"
    outcome = expand(environment=TEST_ENVIRONMENT + scope.format("a.b"), files=other(two + scope.format("A")))
    assert "both claim `a.b` of its key prefixes" in outcome.only("scope.overlap").summary


def test_scopes_apart_are_fine(expand):
    scope = "scope: {{purview: {{glossaries: [{}]}}, cluedin: {{key_prefixes: [{}]}}}}\n"
    outcome = expand(
        environment=TEST_ENVIRONMENT + scope.format("A", "a"),
        files=other(TEST_ENVIRONMENT.replace("MDM", "MDM\n  name_prefix: other") + scope.format("B", "b")),
    )
    assert outcome.findings == []


def test_one_of_two_may_be_read_only(expand):
    files = other(TEST_ENVIRONMENT + "scope: {purview: {read_only: true}, cluedin: {read_only: true}}\n")
    assert expand(files=files).findings == []


def test_two_environments_keep_two_ledgers(expand):
    place = "ledger: {path: one.jsonl}\n"
    files = other(PREFIXED.replace("https://acme.purview", "https://prod.purview") + place)
    assert expand(environment=TEST_ENVIRONMENT + place, files=files).only("environment.same_ledger")


BLOB = "ledger: {blob: {account_url: https://acme.blob.core.windows.net, container: ledgers%s}}\n"
GIT = "ledger: {git: {%s}}\n"


@pytest.mark.parametrize(
    ("here", "there", "said"),
    [
        (BLOB % ", prefix: one", BLOB % ", prefix: one", "`ledger.blob.prefix`"),
        (BLOB % ", prefix: reconciler/prod", BLOB % "", "`ledger.blob.prefix`"),
        (GIT % "ref: refs/reconciler/x", GIT % "ref: refs/reconciler/x", "`ledger.git.ref`"),
        (GIT % "ref: refs/reconciler/prod/ledger", "", "`ledger.git.ref`"),
        ("ledger: {path: .reconciler/ledger/prod.jsonl}\n", "", "`ledger.path`"),
    ],
)
def test_two_environments_keep_one_ledger_wherever_it_is(expand, here, there, said):
    files = other(PREFIXED.replace("https://acme.purview", "https://prod.purview") + there)
    found = expand(environment=TEST_ENVIRONMENT + here, files=files).only("environment.same_ledger")
    assert said in found.detail


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (BLOB % "", BLOB % ""),
        (GIT % "", GIT % ""),
        ("", GIT % ""),
        (GIT % "ref: refs/reconciler/x", GIT % "ref: refs/reconciler/x, remote: other"),
        (BLOB % ", prefix: one", BLOB.replace("acme", "other") % ", prefix: one"),
        (BLOB % "", GIT % ""),
    ],
)
def test_two_environments_with_the_usual_places_keep_two(expand, here, there):
    files = other(PREFIXED.replace("https://acme.purview", "https://prod.purview") + there)
    codes = [found.code for found in expand(environment=TEST_ENVIRONMENT + here, files=files).findings]
    assert "environment.same_ledger" not in codes
