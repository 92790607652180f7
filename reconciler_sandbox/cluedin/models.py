"""The bodies of REST requests: which members there are, which are needed, what they may hold.

Members and requirements follow the official description ([B]). Members that are left out and cannot be null
take the default of their type, false or 0, as model binding in .NET does ([C]): a client that forgets one
changes it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from reconciler_sandbox.cluedin.errors import CluedInError, bad_request
from reconciler_sandbox.web import Refusal, Request

_DEFAULTS: dict[str, Any] = {"bool": False, "int": 0, "guid": str(uuid.UUID(int=0))}


@dataclass(frozen=True, slots=True)
class Model:
    """A body: members by name, each `kind`, `kind?` (may be null) or `kind!` (needed, and not empty)."""

    members: dict[str, str]

    def read(self, request: Request) -> dict[str, Any]:
        """The checked body of a request."""
        return self.check(body_of(request))

    def check(self, body: Any) -> dict[str, Any]:
        """The checked body, with defaults; 400 with a message per member otherwise."""
        if not isinstance(body, dict):
            raise bad_request("A JSON object is needed as the body.")
        given = {self._name(name): value for name, value in body.items()}
        faults = {name: ["This member is not known."] for name in given if name not in self.members}
        clean: dict[str, Any] = {}
        for name, spec in self.members.items():
            value = given.get(name)
            fault = _fault(spec, value, name in given)
            if fault:
                faults[name] = [fault]
            clean[name] = _DEFAULTS.get(spec) if value is None else value
            if value is not None and spec.startswith("guid"):
                clean[name] = str(value).strip("{}").lower()
        if faults:
            raise CluedInError(400, "The model is not valid.", faults)
        return clean

    def _name(self, name: str) -> str:
        """Names match whatever their case, as ASP.NET reads them ([C])."""
        return next((known for known in self.members if known.lower() == name.lower()), name)


def _fault(spec: str, value: Any, given: bool) -> str | None:
    kind = spec.rstrip("?!")
    if value is None:
        if spec.endswith("!"):
            return "This member is required."
        return "This member cannot be null." if given and spec in ("bool", "int", "guid") else None
    fits = {
        "text": lambda: isinstance(value, str) and (not spec.endswith("!") or bool(value.strip())),
        "bool": lambda: isinstance(value, bool),
        "int": lambda: isinstance(value, int) and not isinstance(value, bool),
        "guid": lambda: is_guid(value),
        "map": lambda: isinstance(value, dict),
        "list": lambda: isinstance(value, list),
    }[kind]()
    if fits:
        return None
    return "This member is required." if value == "" else f"{value!r} is not of the kind {kind}."


def is_guid(value: object) -> bool:
    """Whether a value is the text of a GUID, in any case, with or without braces."""
    if not isinstance(value, str):
        return False
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def guid(value: str) -> str:
    """A GUID out of a path or a query, in lower case; 400 when it is none."""
    if not is_guid(value):
        raise bad_request(f"The value '{value}' is not valid.")
    return value.strip("{}").lower()


def body_of(request: Request) -> Any:
    """The JSON body; 400 in problem details when it cannot be read."""
    try:
        return request.json()
    except Refusal:
        raise bad_request("The body is not JSON.") from None


def flag(request: Request, name: str) -> bool | None:
    """A boolean of the query; None when it is absent, 400 when it is something else."""
    value = request.arg(name)
    if value is None or value == "":
        return None
    if value.lower() not in ("true", "false"):
        raise bad_request(f"The value '{value}' is not valid for {name}.")
    return value.lower() == "true"


def whole(request: Request, name: str, default: int) -> int:
    """A whole number of the query, not below 0."""
    value = request.arg(name)
    if value is None or value == "":
        return default
    if not value.isdigit():
        raise bad_request(f"The value '{value}' is not valid for {name}.")
    return int(value)


_ANNOTATIONS = {
    "dataAnnotationsIsPrimaryKey": "bool?",
    "dataAnnotationsIsEditable": "bool?",
    "dataAnnotationsIsNullable": "bool?",
    "dataAnnotationsIsRequired": "bool?",
    "dataAnnotationsMinimumLength": "int?",
    "dataAnnotationsMaximumLength": "int?",
}
_KEY = {
    "vocabularyId": "guid!",
    "displayName": "text!",
    "dataType": "int",
    "storage": "int",
    "analyzer": "text?",
    "isVisible": "bool",
    **_ANNOTATIONS,
    "dataClassificationCode": "text?",
    "mapsToOtherKeyId": "guid?",
    "compositeVocabularyId": "guid?",
    "compositeVocabularyKeySeparator": "text?",
    "description": "text?",
    "glossaryTermId": "guid?",
    "additionalProperties": "map?",
}
_VOCABULARY = {
    "vocabularyName": "text!",
    "grouping": "text!",
    "keyPrefix": "text!",
    "providerId": "guid?",
    "description": "text?",
}

ADD_VOCABULARY = Model(_VOCABULARY)
UPDATE_VOCABULARY = Model({"vocabularyId": "guid!", **_VOCABULARY})
ADD_KEY = Model({**_KEY, "name": "text!", "groupName": "text!", "isValueChangeInsignificant": "bool"})
UPDATE_KEY = Model(
    {
        **_KEY,
        "vocabularyKeyId": "guid!",
        "groupName": "text?",
        "isValueChangeInsignificant": "bool?",
        "isObsolete": "bool",
        "isObsoleteSinceVersion": "text?",
    }
)
RENAME_KEY = Model({"vocabularyKeyId": "guid!", "vocabularyId": "guid!", "newName": "text!"})
KEY_IMPACT = Model(
    {
        "vocabularyKeyId": "guid!",
        "vocabularyId": "guid!",
        "dataType": "int!",
        "storage": "int!",
        "mapsToOtherKeyId": "guid?",
    }
)
ADD_CATEGORY = Model({"name": "text!"})
UPDATE_CATEGORY = Model({"id": "guid!", "name": "text!"})
ADD_TERM = Model({"name": "text!", "categoryId": "guid!", "parentId": "guid?", "ruleSet": "map?"})
UPDATE_TERM = Model(
    {
        "id": "guid",
        "name": "text?",
        "description": "text?",
        "shortDescription": "text?",
        "isObsolete": "bool",
        "active": "bool",
        "categoryId": "guid",
        "certificationLevel": "text?",
        "ruleSet": "map?",
        "organizationId": "guid",
        "relatedTags": "list?",
    }
)
TAG = Model({"id": "guid?", "name": "text!"})
ENDORSEMENT = Model({"termId": "guid!"})
RATING = Model({"termId": "guid!", "rating": "int!"})
LEXICON = Model(
    {
        "id": "guid",
        "value": "text?",
        "glossaryTermId": "guid",
        "type": "text?",
        "createdDate": "text",
        "term": "map?",
    }
)
FILTER_RULE = Model(
    {
        "objectTypeId": "guid",
        "condition": "text?",
        "field": "text?",
        "id": "guid",
        "operator": "guid",
        "rules": "list?",
        "type": "text?",
        "value": "list?",
    }
)
ENTITY_TYPE = Model(
    {
        "id": "guid",
        "type": "text!",
        "icon": "text?",
        "displayName": "text?",
        "route": "text?",
        "active": "bool",
        "color": "text?",
        "layoutConfiguration": "text?",
        "pageTemplateId": "guid?",
        "ownedByRoleId": "guid?",
        "additionalProperties": "map?",
    }
)
SETTINGS = Model({"settings": "list?"})
SETTING = Model({"configurationKey": "text!", "value": "text!", "useDefault": "bool!"})
_RULE = {
    "name": "text!",
    "description": "text?",
    "organizationId": "guid",
    "isActive": "bool",
    "createdAt": "text?",
    "createdBy": "text?",
    "modifiedAt": "text?",
    "modifiedBy": "text?",
    "condition": "map?",
    "rules": "list?",
    "numberOfRecords": "int",
    "rulesApplied": "int",
    "order": "int",
    "sourceObjectId": "text?",
    "sourceTypeId": "guid?",
    "scope": "int",
    "isReprocessing": "bool",
    "requiresAttention": "bool",
    "hasFailed": "bool",
    "affectedRecords": "int",
}
RULE = Model({**_RULE, "id": "guid"})
UPDATE_RULE = Model({**_RULE, "id": "guid!", "shouldReprocess": "bool"})
POLICY = Model(
    {
        "name": "text?",
        "description": "text?",
        "id": "guid",
        "organizationId": "guid",
        "createdAt": "text?",
        "createdBy": "text?",
        "modifiedAt": "text?",
        "modifiedBy": "text?",
        "condition": "map?",
        "rules": "list?",
        "isActive": "bool",
        "order": "int",
        "requiresAttention": "bool",
    }
)
"""`AccessControlPolicyModel` of the official description ([A])."""
