"""People who edit terms in Purview and vocabularies in CluedIn, each by plain calls as their portals make them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson

from reconciler_sandbox.server import Sandbox, request_of

from ..sandbox._cluedin import (
    ACTIVATE,
    ADMIN,
    CREATE_KEY,
    CREATE_VOCABULARY,
    KEY,
    PASSWORD,
    SAVE_KEY,
    SAVE_VOCABULARY,
    VOCABULARY,
    key_input,
    slate,
)

ATLAS = "/datamap/api/atlas/v2"
GLOSSARY = f"{ATLAS}/glossary"
WHOLE = "?includeTermHierarchy=true"
TEMPLATE, FLAG = "CluedIn Template", "CluedInVocab"
_ONE = f"query v($id: ID!) {{ management {{ id vocabulary(id: $id) {{ {VOCABULARY} }} }} }}"
_KEYS = (
    'query k($id: ID!) { management { id vocabularyKeysFromVocabularyId(id: $id, filterIsObsolete: "All",'
    f" skipFilterVisibility: true) {{ total data {{ {KEY} }} }} }} }}"
)

Doc = dict[str, Any]


class Portals:
    """Both systems of a sandbox in this process."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        form = {"grant_type": "password", "username": ADMIN, "password": PASSWORD, "client_id": "contoso"}
        self._token = self.send("POST", "/auth/connect/token", urlencode(form).encode())["access_token"]

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """One call; fails where it is refused."""
        headers = {"authorization": f"Bearer {getattr(self, '_token', 'x')}"}
        data = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        answer = self.sandbox.handle(request_of(method, path, headers, data))
        assert answer is not None
        assert answer.status < 300, (method, path, body, answer.body)
        return answer.body

    # -- Purview -----------------------------------------------------------------------------------------------

    def glossary(self, name: str) -> str:
        """A new glossary."""
        return str(self.send("POST", GLOSSARY, {"name": name})["guid"])

    def add_term(self, glossary: str, name: str, parent: str | None, definition: str, flagged: bool) -> str:
        """A new term, flagged for CluedIn or not."""
        body: Doc = {"nickName": name, "name": name, "anchor": {"glossaryGuid": glossary}}
        body |= {"longDescription": definition, "templateName": [TEMPLATE]}
        body["attributes"] = {TEMPLATE: {FLAG: flagged}}
        if parent is not None:
            body["name"] = f"{self.term(parent)['name']}_{name}"
            body["parentTerm"] = {"termGuid": parent}
        return str(self.send("POST", f"{GLOSSARY}/term{WHOLE}", body)["guid"])

    def term(self, guid: str) -> Doc:
        """A term."""
        found: Doc = self.send("GET", f"{GLOSSARY}/term/{guid}")
        return found

    def edit_term(self, guid: str, **fields: Any) -> None:
        """Changes some fields of a term and leaves the others."""
        self.send("PUT", f"{GLOSSARY}/term/{guid}{WHOLE}", self.term(guid) | {"lastModifiedTS": None} | fields)

    def rename_term(self, guid: str, name: str) -> None:
        """Gives a term another own name."""
        term = self.term(guid)
        before, own = str(term["name"]), str(term["nickName"])
        self.edit_term(guid, name=before[: len(before) - len(own)] + name, nickName=name)

    def flag_term(self, guid: str, flagged: bool) -> None:
        """Flags a term for CluedIn, or takes the flag off."""
        self.edit_term(guid, attributes={TEMPLATE: {FLAG: flagged}})

    def move_term(self, guid: str, parent: str) -> None:
        """Moves a term below another one."""
        own = self.term(guid)["nickName"]
        self.edit_term(guid, name=f"{self.term(parent)['name']}_{own}", parentTerm={"termGuid": parent})

    def delete_term(self, guid: str) -> None:
        """Deletes a term that has none below it."""
        self.send("DELETE", f"{GLOSSARY}/term/{guid}")

    # -- CluedIn -----------------------------------------------------------------------------------------------

    def graphql(self, query: str, **variables: Any) -> Any:
        """The one field below the section; fails on errors."""
        answer = self.send("POST", "/graphql", {"query": query, "variables": variables})
        assert "errors" not in answer, answer
        section = next(iter(answer["data"].values()))
        return next(value for name, value in section.items() if name != "id")

    def add_vocabulary(self, name: str, prefix: str, description: str) -> str:
        """A new vocabulary that is active."""
        kind = {"new": False, "icon": "User", "entityType": "/Person", "displayName": "Person"}
        given = {"vocabularyName": name, "keyPrefix": prefix, "providerId": "", "entityTypeConfiguration": kind}
        made = self.graphql(CREATE_VOCABULARY, vocabulary={**given, "description": slate(description)})
        self.graphql(ACTIVATE, vocabularyId=made["vocabularyId"])
        return str(made["vocabularyId"])

    def edit_vocabulary(self, id: str, **fields: Any) -> None:
        """Changes name or description of a vocabulary."""
        live = self.graphql(_ONE, id=id)
        given = {name: live[name] for name in ("vocabularyId", "vocabularyName", "keyPrefix", "description")}
        kind = {"new": False, **live["entityTypeConfiguration"]}
        self.graphql(SAVE_VOCABULARY, vocabulary={**given, "providerId": "", "entityTypeConfiguration": kind, **fields})

    def add_key(self, vocabulary: str, name: str, display: str, description: str) -> str:
        """A new key."""
        given = key_input(vocabulary, name, displayName=display, description=slate(description))
        return str(self.graphql(CREATE_KEY, vocabularyKey=given)["vocabularyKeyId"])

    def edit_key(self, vocabulary: str, id: str, **fields: Any) -> None:
        """Changes some members of a key and leaves the others."""
        keys = self.graphql(_KEYS, id=vocabulary)["data"]
        live = next(one for one in keys if one["vocabularyKeyId"] == id)
        members = ("vocabularyKeyId", "vocabularyId", "displayName", "name", "groupName", "isVisible", "dataType")
        members += ("storage", "description", "glossaryTermId", "dataClassificationCode", "mapsToOtherKeyId")
        self.graphql(SAVE_KEY, vocabularyKey={**{name: live[name] for name in members}, **fields})

    def switch(self, key: str, value: str) -> None:
        """Sets one of CluedIn's settings."""
        query = """mutation c($id: ID!, $model: UpdateConfigurations!) { administration {
            updateConfigurationSettings(organizationId: $id, model: $model) { errors { groupName } } } }"""
        settings = [{"configurationKey": key, "value": value, "useDefault": False}]
        told = self.graphql(query, id=self.sandbox.cluedin.organization, model={"settings": settings})
        assert told == {"errors": []}

    def state(self) -> Any:
        """Everything that is there, as `/_sandbox/state` tells it."""
        return orjson.loads(orjson.dumps(self.send("GET", "/_sandbox/state")))
