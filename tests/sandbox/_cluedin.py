"""What tests of the CluedIn sandbox share: a signed-in client without HTTP, and the documents it sends."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from reconciler_sandbox.cluedin import CluedIn
from reconciler_sandbox.store import Store
from reconciler_sandbox.web import Request, Response, Router

ADMIN = "admin@contoso.test"
PASSWORD = "sandbox-password"
V1 = "/api/api/v1"

KEY = (
    "vocabularyKeyId vocabularyId displayName name key groupName isVisible isObsolete isCluedInCore"
    " dataType storage description dataClassificationCode mapsToOtherKeyId glossaryTermId"
    " isValueChangeInsignificant mappedKey dataAnnotationsIsRequired"
    " compositeVocabulary { name displayName dataType } connector { id name }"
    " vocabulary { vocabularyName } author { username }"
)
VOCABULARY = (
    "vocabularyId vocabularyName keyPrefix isActive isCluedInCore grouping description providerId createdAt"
    " entityTypeConfiguration { icon entityType displayName } connector { id name }"
)
TERM = (
    "id name active categoryId category { name } ruleSet description version shortDescription isOwner"
    " relatedTags { name }"
)
RULE = {
    "condition": "AND",
    "field": "EntityType",
    "objectTypeId": "3be85371-cbe0-4180-8820-73e6e37a6c32",
    "operator": "0bafc522-8011-43ba-978a-babe222ba466",
    "type": "string",
    "value": ["/Person"],
    "rules": [],
}


class Client:
    """A sandbox and somebody signed in to it."""

    def __init__(self, *, lag_ms: int = 0, user: str = ADMIN, **settings: Any) -> None:
        self.settings = SimpleNamespace(**settings)
        self.store = Store()
        self.plane = CluedIn(self.store, self.settings)
        self.plane.seed()
        self.store.lag_ms = lag_ms
        self.router = Router()
        self.router.extend(self.plane.routes())
        self.token = ""
        self.token = self.sign_in(user)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        path, _, query = path.partition("?")
        if self.token:
            headers.setdefault("authorization", f"Bearer {self.token}")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        response = self.router.dispatch(Request(method, path, parse_qsl(query), headers, data))
        assert response is not None, f"no route for {path}"
        return response

    def form(self, **fields: str) -> Response:
        return self.send("POST", "/auth/connect/token", urlencode(fields).encode())

    def sign_in(self, user: str = ADMIN) -> str:
        answer = self.form(grant_type="password", username=user, password=PASSWORD, client_id="contoso")
        return str(answer.body["access_token"])

    def gql(self, query: str, **variables: Any) -> Response:
        return self.send("POST", "/graphql", {"query": query, "variables": variables})

    def data(self, query: str, **variables: Any) -> Any:
        """The field below the section; fails on errors."""
        answer = self.gql(query, **variables)
        assert "errors" not in answer.body, answer.body
        section = next(iter(answer.body["data"].values()))
        return next(value for name, value in section.items() if name != "id")

    def error(self, query: str, **variables: Any) -> str:
        """The text of the one error in an answer with status 200."""
        answer = self.gql(query, **variables)
        assert answer.status == 200, answer.body
        assert len(answer.body["errors"]) == 1, answer.body
        return str(answer.body["errors"][0]["message"])

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.send("GET", V1 + path)
        assert answer.status == status, answer.body
        return answer.body

    # Everyday calls

    def vocabulary(self, name: str = "Customer", prefix: str = "customer", **more: Any) -> Any:
        return self.data(CREATE_VOCABULARY, vocabulary=vocabulary_input(name, prefix, **more))

    def key(self, vocabulary: str, name: str = "email", **more: Any) -> Any:
        return self.data(CREATE_KEY, vocabularyKey=key_input(vocabulary, name, **more))

    def keys(self, vocabulary: str, **filters: Any) -> dict[str, Any]:
        found = self.data(KEYS_OF, id=vocabulary, **filters)
        return {key["name"]: key for key in found["data"]}

    def category(self, name: str = "Enterprise") -> str:
        return str(self.data(CREATE_CATEGORY, category={"name": name})["id"])

    def term(self, name: str, category: str, **more: Any) -> Any:
        given = {"name": name, "categoryId": category, "ruleSet": {"condition": "AND", "rules": [RULE]}}
        return self.data(CREATE_TERM, term={**given, **more})


def vocabulary_input(name: str, prefix: str, **more: Any) -> dict[str, Any]:
    kind = {"new": False, "icon": "User", "entityType": "/Person", "displayName": "Person"}
    given = {"vocabularyName": name, "keyPrefix": prefix, "providerId": "", "entityTypeConfiguration": kind}
    return {**given, "description": slate(name), **more}


def key_input(vocabulary: str, name: str, **more: Any) -> dict[str, Any]:
    given = {"vocabularyId": vocabulary, "name": name, "displayName": name.title(), "groupName": "Metadata"}
    return {
        **given,
        "isVisible": True,
        "dataType": "Text",
        "storage": "Keyword",
        "description": slate(name),
        **more,
    }


def save_input(key: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A whole save of a key as it was read."""
    members = {"vocabularyKeyId", "vocabularyId", "displayName", "name", "groupName", "isVisible", "dataType"}
    members |= {"storage", "description", "glossaryTermId", "dataClassificationCode", "mapsToOtherKeyId"}
    members |= {"isValueChangeInsignificant", "dataAnnotationsIsRequired"}
    return {**{name: key[name] for name in members}, **changes}


def slate(text: str) -> str:
    return json.dumps([{"type": "paragraph", "children": [{"text": text}]}], separators=(",", ":"))


def _management(kind: str, variables: str, call: str) -> str:
    return f"{kind} x({variables}) {{ management {{ id {call} }} }}"


CREATE_VOCABULARY = _management(
    "mutation",
    "$vocabulary: InputVocabulary",
    f"createVocabulary(vocabulary: $vocabulary) {{ {VOCABULARY} }}",
)
SAVE_VOCABULARY = _management(
    "mutation", "$vocabulary: InputVocabulary!", f"saveVocabulary(vocabulary: $vocabulary) {{ {VOCABULARY} }}"
)
ACTIVATE = _management(
    "mutation", "$vocabularyId: ID!", f"activateVocabulary(vocabularyId: $vocabularyId) {{ {VOCABULARY} }}"
)
VOCABULARIES = _management(
    "query",
    "$searchName: String, $pageNumber: Int, $pageSize: Int, $isActive: Boolean",
    "vocabularies(searchName: $searchName, pageNumber: $pageNumber, pageSize: $pageSize, isActive: $isActive)"
    f" {{ total data {{ {VOCABULARY} isUsed }} }}",
)
ONE_VOCABULARY = _management(
    "query",
    "$id: ID!",
    f"vocabulary(id: $id) {{ {VOCABULARY} isVocabularyOwner author {{ username }} owners {{ id username roles }} }}",
)
CREATE_KEY = _management(
    "mutation",
    "$vocabularyKey: InputVocabularyKey",
    f"createVocabularyKey(vocabularyKey: $vocabularyKey) {{ {KEY} }}",
)
SAVE_KEY = _management(
    "mutation",
    "$vocabularyKey: InputVocabularyKey!",
    f"saveVocabularyKey(vocabularyKey: $vocabularyKey) {{ {KEY} }}",
)
MAP_KEY = _management(
    "mutation",
    "$from: ID!, $to: ID!",
    f"mapVocabularyKey(vocabularyKeyId: $from, mapToVocabularyKeyId: $to) {{ {KEY} }}",
)
RENAME_KEY = _management(
    "mutation",
    "$v: ID!, $k: ID!, $name: String!",
    "renameVocabularyKey(vocabularyId: $v, vocabularyKeyId: $k, newName: $name)",
)
KEYS_OF = _management(
    "query",
    "$id: ID!, $filterIsObsolete: String, $skipFilterVisibility: Boolean",
    "vocabularyKeysFromVocabularyId(id: $id, filterIsObsolete: $filterIsObsolete,"
    f" skipFilterVisibility: $skipFilterVisibility) {{ total data {{ {KEY} }} }}",
)
ALL_KEYS = _management(
    "query",
    "$searchName: String, $pageNumber: Int, $pageSize: Int, $filterIsObsolete: String, $skipFilterVisibility: Boolean",
    "vocabularyKeys(searchName: $searchName, pageNumber: $pageNumber, pageSize: $pageSize,"
    " filterIsObsolete: $filterIsObsolete, skipFilterVisibility: $skipFilterVisibility)"
    f" {{ total data {{ {KEY} }} }}",
)
KEY_BY_NAME = _management("query", "$key: String!", f"vocabularyPerKey(key: $key) {{ {KEY} isVocabularyOwner }}")
CREATE_CATEGORY = _management(
    "mutation", "$category: InputGlossaryCategory", "createGlossaryCategory(category: $category) { id name }"
)
CREATE_TERM = _management("mutation", "$term: InputGlossaryTerm", f"createGlossaryTerm(term: $term) {{ {TERM} }}")
SAVE_TERM = _management("mutation", "$term: InputGlossaryTerm", f"saveGlossaryTerm(term: $term) {{ {TERM} }}")
ONE_TERM = _management("query", "$id: ID!", f"glossaryTerm(id: $id) {{ {TERM} }}")
TERMS = _management(
    "query",
    "$searchName: String, $pageNumber: Int, $pageSize: Int",
    "glossaryTerms(searchName: $searchName, pageNumber: $pageNumber, pageSize: $pageSize)"
    " { total data { id name active description ruleSet } }",
)
ENTITY_TYPES = _management(
    "query",
    "$searchName: String",
    "entityTypeConfigurations(searchName: $searchName) { total data { id type entityType displayName icon route } }",
)
CREATE_ENTITY_TYPE = _management(
    "mutation", "$json: String!", "createEntityTypeConfigurationV2(entityTypeConfiguration: $json)"
)
