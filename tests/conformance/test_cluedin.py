"""CluedIn's own SDK, unmodified: signing in, and its GraphQL call with documents of CluedIn's toolkit."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

import pytest

from reconciler.sandbox.server import Running, running

from .tables import need

pytestmark = pytest.mark.long

SERVED = {
    "context.from_dict": "addresses",
    "context.from_jwt": "what the token says of organisation and address",
    "context.get_token": "sign-in with a password",
    "gql.org_gql": "GraphQL at the organisation's address: vocabularies, keys, their creation",
}
OFFERED = 29
"""How many functions the SDK has, with those that only make a context."""
LEFT_OUT = {
    "account.*": "the accounts service is not what the reconciler manages",
    "context.from_json_file": "calls no server",
    "entity.*": "records are not in the sandbox",
    "gql.gql": "GraphQL over records, another schema at another address",
    "gql.entries": "pages of records",
    "gql.search": "a search of records",
    "ingestion.*": "records are not in the sandbox",
    "public.*": "records are not in the sandbox",
    "rules.*": "rules are not in the sandbox",
    "vocab.*": "reads the schema of records",
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
    with running(seed="empty") as found:
        yield found


@pytest.fixture
def context(server: Running) -> Any:
    """Signed in as the sandbox's administrator."""
    made = need("cluedin").Context.from_dict(
        {
            "domain": "localhost",
            "org_name": "contoso",
            "org_url": server.url,
            "user_email": "admin@contoso.test",
            "user_password": "sandbox-password",
        }
    )
    made.get_token()
    return made


def test_sign_in(context: Any) -> None:
    assert context.access_token
    assert context.jwt_payload["ClientId"] == "contoso"


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


def test_every_function_is_tried_or_left_out() -> None:
    found = {"context.from_dict", "context.from_jwt", "context.get_token", "context.from_json_file"}
    for name in ("account", "entity", "gql", "ingestion", "public", "rules.rules", "vocab"):
        module = need(f"cluedin.{name}")
        found |= {
            f"{name.partition('.')[0]}.{key}"
            for key, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not key.startswith("_")
        }
    left = {name for name in found if any(fnmatch(name, pattern) for pattern in LEFT_OUT)}
    assert found - left == SERVED.keys()
    assert all(any(fnmatch(name, pattern) for name in found) for pattern in LEFT_OUT)
    assert len(found) == OFFERED
