"""CluedIn's own sync of vocabularies to Purview, as `--seed native` has it; and ids that renames leave alone."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from reconciler_sandbox.native import SWITCH
from reconciler_sandbox.server import Sandbox, request_of
from reconciler_sandbox.settings import Settings

from ._cluedin import ADMIN, CREATE_VOCABULARY, PASSWORD, SAVE_VOCABULARY, vocabulary_input

UPDATE = """mutation ($id: ID!, $model: UpdateConfigurations!) { administration {
  updateConfigurationSettings(organizationId: $id, model: $model) { errors { groupName } } } }"""
GLOSSARY = "/datamap/api/atlas/v2/glossary"


class Both:
    """A sandbox of both systems in this process, and somebody signed in to them."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(Settings(seed="native"))
        self.headers = {"authorization": "Bearer x"}
        form = {"grant_type": "password", "username": ADMIN, "password": PASSWORD, "client_id": "contoso"}
        self.signed_in = self.send("POST", "/auth/connect/token", urlencode(form).encode())["access_token"]

    def send(self, method: str, path: str, body: Any = None) -> Any:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        answer = self.sandbox.handle(request_of(method, path, dict(self.headers), data))
        assert answer is not None
        assert answer.status in (200, 204), answer.body
        return answer.body

    def graphql(self, query: str, **variables: Any) -> Any:
        self.headers["authorization"] = f"Bearer {self.signed_in}"
        answer = self.send("POST", "/graphql", {"query": query, "variables": variables})
        assert "errors" not in answer, answer
        return next(value for name, value in next(iter(answer["data"].values())).items() if name != "id")

    def terms(self) -> dict[str, dict[str, Any]]:
        [guid] = [one["guid"] for one in self.send("GET", GLOSSARY) if one["name"] == "Enterprise"]
        return {one["name"]: one for one in self.send("GET", f"{GLOSSARY}/{guid}/terms?limit=1000")}


@pytest.fixture
def both() -> Both:
    return Both()


def test_it_keeps_terms_of_every_vocabulary_and_makes_deleted_ones_again(both: Both) -> None:
    root = f"CluedIn-{both.sandbox.cluedin.organization[-12:]}"
    before = both.terms()
    assert {root, f"{root}_Product", f"{root}_Product_SKU"} <= before.keys()
    assert f"{root}_Product_Code (old)" not in before  # it is obsolete
    both.send("DELETE", f"{GLOSSARY}/term/{before[f'{root}_Product_SKU']['guid']}")
    assert f"{root}_Product_SKU" not in both.terms()  # until something is written to CluedIn
    both.graphql(CREATE_VOCABULARY, vocabulary=vocabulary_input("Customer", "customer"))
    assert {f"{root}_Product_SKU", f"{root}_Customer"} <= both.terms().keys()


def test_it_is_switched_off_like_any_setting(both: Both) -> None:
    organization, root = both.sandbox.cluedin.organization, f"CluedIn-{both.sandbox.cluedin.organization[-12:]}"
    off = {"settings": [{"configurationKey": SWITCH, "value": "false", "useDefault": False}]}
    assert both.graphql(UPDATE, id=organization, model=off) == {"errors": []}
    both.graphql(CREATE_VOCABULARY, vocabulary=vocabulary_input("Customer", "customer"))
    assert f"{root}_Customer" not in both.terms()


def test_renames_leave_ids_alone(both: Both) -> None:
    made = both.graphql(CREATE_VOCABULARY, vocabulary=vocabulary_input("Customer", "customer"))
    given = vocabulary_input("Client", "customer") | {"vocabularyId": made["vocabularyId"]}
    assert both.graphql(SAVE_VOCABULARY, vocabulary=given)["vocabularyId"] == made["vocabularyId"]
    party = both.terms()["Party"]
    body = party | {"name": "Partner", "nickName": "Partner", "lastModifiedTS": None}
    both.send("PUT", f"{GLOSSARY}/term/{party['guid']}?includeTermHierarchy=true", body)
    assert both.terms()["Partner"]["guid"] == party["guid"]
    assert "Partner_Legal Party" in both.terms()
