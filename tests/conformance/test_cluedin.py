"""CluedIn's own SDK, unmodified: signing in, people, vocabularies and keys, rules, records in and out."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler_sandbox.server import Running, running

from .. import portal
from ..sandbox._cluedin import RULE
from ..sandbox.test_cluedin_graphql import _document as document
from .facts import toolkit
from .tables import need
from .test_toolkit import STEPS

pytestmark = pytest.mark.long

OFFERED = 29
"""How many functions the SDK has, with those that only make a context."""
_MAKES = "makes accounts; how the service answers is in no public source, and the reconciler makes nobody"
_INNARDS = "the inner form of a record as XML, which no public source describes"
LEFT_OUT = {
    "account.create_organization": _MAKES,
    "account.create_user": _MAKES,
    "account.create_admin_user": _MAKES,
    "account.get_invitation_code": _MAKES,
    "account.get_user": "the form of its answer is in no public source; `get_users` tells the same of everybody",
    "entity.get_entity_blob": _INNARDS,
    "entity.get_entity_as_clue": _INNARDS,
    "public.post_clue": _INNARDS,
    "vocab.get_vocab_keys": "the form of its answer is in no public source, CluedIn's REST description included",
}

_ALL = """query getAllVocabularies($pageNumber: Int, $pageSize: Int) { management { id
  vocabularies(pageNumber: $pageNumber, pageSize: $pageSize) { total data { vocabularyId keyPrefix } } } }"""
_CREATE = """mutation createVocabulary($vocabulary: InputVocabulary) { management { id
  createVocabulary(vocabulary: $vocabulary) { vocabularyId vocabularyName keyPrefix isActive } } }"""
_KEY = """mutation createVocabularyKey($vocabularyKey: InputVocabularyKey) { management { id
  createVocabularyKey(vocabularyKey: $vocabularyKey) { vocabularyKeyId key dataType } } }"""
_KEYS = """query getVocabularyKeysFromVocabularyId($id: ID!) { management { id
  vocabularyKeysFromVocabularyId(id: $id) { total data { key displayName } } } }"""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(seed="empty", recorded_actions=True) as found:  # as the SDK knows the actions of rules by their types
        yield found


@pytest.fixture
def context(server: Running) -> Any:
    """Signed in as the sandbox's administrator."""
    portal.post(f"{server.url}/_sandbox/reset").raise_for_status()
    made = need("cluedin").Context.from_dict(signing_in(server))
    made.get_token()
    return made


def signing_in(server: Running) -> dict[str, str]:
    """What a file of the SDK says."""
    people = {"user_email": "admin@contoso.test", "user_password": "sandbox-password"}
    return {"domain": "localhost", "org_name": "contoso", "org_url": server.url, **people}


def test_sign_in(context: Any) -> None:
    assert context.access_token
    assert context.jwt_payload["ClientId"] == "contoso"


def test_a_context_from_a_file(server: Running, tmp_path: Path) -> None:
    path = tmp_path / "context.json"
    path.write_text(json.dumps(signing_in(server)), encoding="utf-8")
    made = need("cluedin").Context.from_json_file(str(path))
    assert made.get_token()["token_type"] == "Bearer"


def test_a_wrong_password(server: Running) -> None:
    base = {"domain": "localhost", "org_name": "contoso", "org_url": server.url}
    made = need("cluedin").Context.from_dict(base | {"user_email": "admin@contoso.test", "user_password": "wrong"})
    with pytest.raises(OSError, match=r"40[01]"):
        made.get_token()


def test_a_context_from_a_token(context: Any) -> None:
    made = need("cluedin").Context.from_jwt(context.access_token)
    assert (made.org_name, made.access_token) == ("contoso", context.access_token)


def test_vocabularies_and_keys(context: Any) -> None:
    call = need("cluedin.gql").org_gql
    wanted: dict[str, Any] = {"vocabularyName": "Shop", "keyPrefix": "shop", "providerId": ""}
    wanted["entityTypeConfiguration"] = {"icon": "Profile", "entityType": "/Customer", "displayName": "Customer"}
    made = call(context, _CREATE, {"vocabulary": wanted})
    assert "errors" not in made, json.dumps(made)
    vocabulary = made["data"]["management"]["createVocabulary"]
    key = {"vocabularyId": vocabulary["vocabularyId"], "name": "email", "displayName": "Email"}
    key |= {"groupName": "Contact", "dataType": "Email"}
    made = call(context, _KEY, {"vocabularyKey": key})
    assert "errors" not in made, json.dumps(made)
    assert made["data"]["management"]["createVocabularyKey"]["key"] == "shop.email"
    keys = call(context, _KEYS, {"id": vocabulary["vocabularyId"]})["data"]["management"]
    assert [one["key"] for one in keys["vocabularyKeysFromVocabularyId"]["data"]] == ["shop.email"]
    found = call(context, _ALL, {"pageNumber": 1, "pageSize": 500})["data"]["management"]["vocabularies"]
    assert "shop" in {one["keyPrefix"] for one in found["data"]}


def test_without_a_token(server: Running, context: Any) -> None:
    context.access_token = "of nobody"
    with pytest.raises(OSError, match="401"):
        need("cluedin.gql").org_gql(context, _ALL)


# people


def test_people(context: Any) -> None:
    account = need("cluedin.account")
    organization = context.jwt_payload["OrganizationId"]
    names = {one["Account"]["UserName"] for one in account.get_users(context, organization)}
    assert {"admin@contoso.test", "ada@example.com"} <= names
    assert account.is_organization_available_response(context, "contoso") == {"isAvailable": False}
    assert account.is_organization_available(context, "fabrikam")
    assert account.is_user_available_response(context, "ada@example.com", "contoso") == {"isAvailable": False}
    assert account.is_user_available(context, "nobody@example.com", "contoso")


def test_nobody_lacks_a_record(context: Any) -> None:
    assert need("cluedin.public").restore_user_entities(context) == []


# rules

_CREATE_RULE = """mutation createRule($rule: InputCreateRule!) { management { id createRule(rule: $rule) { id } } }"""
_SAVE_RULE = """mutation saveRule($rule: InputRule!) { management { id saveRule(rule: $rule) { id } } }"""
_TAG = {"name": "Add Tag", "type": "CluedIn.Rules.Actions.AddTag, CluedIn.Rules"}
_TAG |= {"properties": [{"name": "Value", "type": "System.String", "kind": "None", "value": "person"}]}


def _rule(context: Any, name: str) -> str:
    call = need("cluedin.gql").org_gql
    made = call(context, _CREATE_RULE, {"rule": {"name": name, "scope": "DataPart"}})
    id = made["data"]["management"]["createRule"]["id"]
    inner = {"name": "Tag", "conditions": {}, "actions": [_TAG]}
    rule = {"id": id, "name": name, "isActive": True, "rules": [inner]}
    rule["condition"] = {"condition": "AND", "rules": [RULE]}
    assert "errors" not in call(context, _SAVE_RULE, {"rule": rule})
    return str(id)


def test_rules_are_listed_over_pages(context: Any) -> None:
    rules = need("cluedin.rules")
    ids = {_rule(context, f"rule {number:02}") for number in range(23)}
    answer = rules.get_rules(context, page_number=2, search_name="rule", is_active=True)
    page = rules.get_rules_page(answer)
    assert (page["total"], len(page["data"])) == (23, 3)
    assert {one["id"] for one in rules.get_all_rules(context)} == ids
    assert list(rules.get_all_rules(context, rules.RuleScope.ENTITY)) == []


def test_a_rule_runs_in_the_sdk_as_it_was_read(context: Any) -> None:
    """The SDK carries out the rules that it reads: condition and action must be as CluedIn's own."""
    rules = need("cluedin.rules")
    id = _rule(context, "people")
    assert rules.get_rule(context, id)["data"]["management"]["rule"]["name"] == "people"
    [whole] = rules.get_all_rule_details(context)
    processors, skipped = rules.RuleProcessor.prepare([whole])
    assert skipped == []
    found = [{"entityType": "/Person"}, {"entityType": "/Product"}]
    done = [rules.RuleProcessor.apply_all(one, processors) for one in found]
    assert ["person" in str(one) for one in done] == [True, False]


# records


def test_ingestion_and_search(context: Any) -> None:
    """Records go in by the endpoint, in batches, and are found by a search that goes over pages."""
    call = need("cluedin.gql").org_gql

    def run(name: str, **variables: Any) -> Any:
        answer = call(context, document(next(one for one in toolkit() if one["document"] == name)), variables)
        assert "errors" not in answer, json.dumps(answer)
        return next(value for key, value in next(iter(answer["data"].values())).items() if key != "id")

    world: dict[str, Any] = {}
    for name in _INBOUND:
        variables, keep = STEPS[name]
        world |= keep(run(name, **variables(world)))
    run("modifyAnnotation", annotation={"id": world["annotation"], "originEntityCodeKey": "shop.email"})
    auto = "mutation a($d: ID!) { inbound { modifyDataSetAutoSubmit(dataSetId: $d, autoSubmit: true) } }"
    assert "errors" not in call(context, auto, {"d": world["set"]})

    rows = [{"id": str(number), "email": f"{number}@example.com"} for number in range(5)]
    url = f"{context.org_url}/upload/api/endpoint/{world['set']}"
    sent = list(need("cluedin.ingestion").post(context, url, rows, batch_size=2))
    assert [one["response"]["received"] for one in sent] == [2, 2, 1]
    gql = need("cluedin.gql")
    found = list(gql.search(context, "entityType:/Person", page_size=2))
    assert sorted(one["shop.email"] for one in found) == [one["email"] for one in rows]
    assert all(one["originEntityCode"] in one["codes"] for one in found)
    query = "query q($query: String, $cursor: PagingCursor) { search(query: $query, cursor: $cursor) { %s } }"
    whole = query % "totalResults cursor entries { name properties }"
    assert gql.gql(context, whole, {"query": "entityType:/Person"})["data"]["search"]["totalResults"] == 5
    assert {one["name"] for one in gql.entries(context, whole, {"query": "*"})} >= {"3@example.com", "Ada"}


_INBOUND = (
    *("getUsers", "createVocabulary", "createVocabularyKey", "createDataSourceSet", "createDataSource"),
    *("createDataSets", "createManualAnnotation", "addPropertyMappingToCluedMappingConfiguration"),
)
"""What there must be before records can come, in the toolkit's words."""


def test_every_function_is_tried_or_left_out() -> None:
    found = {"context.from_dict", "context.from_jwt", "context.get_token", "context.from_json_file"}
    for name in ("account", "entity", "gql", "ingestion", "public", "rules.rules", "vocab"):
        module = need(f"cluedin.{name}")
        found |= {
            f"{name.partition('.')[0]}.{key}"
            for key, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not key.startswith("_")
        }
    calls = [one.func for one in ast.walk(ast.parse(Path(__file__).read_text("utf-8"))) if isinstance(one, ast.Call)]
    used = {one.attr for one in calls if isinstance(one, ast.Attribute)}
    left = {name for name in found if name.partition(".")[2] not in used}
    assert left == LEFT_OUT.keys()
    assert len(found) == OFFERED
