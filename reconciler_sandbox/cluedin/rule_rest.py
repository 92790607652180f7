"""Rules over REST: reading, saving, order, the switch, processing anew, and the catalogue ([B] paths and members)."""

from __future__ import annotations

import random
from typing import Any

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.errors import bad_request
from reconciler_sandbox.cluedin.golden import Golden
from reconciler_sandbox.cluedin.rule_catalogue import KINDS, OBJECT_TYPES, OPERATORS, SCOPES, Actions
from reconciler_sandbox.cluedin.rule_preview import previewed
from reconciler_sandbox.cluedin.rules import PAGE, Rules
from reconciler_sandbox.cluedin.world import (
    RULE,
    Call,
    Doc,
    RestRoute,
    World,
    fixed_id,
    ordered,
    page_of,
)
from reconciler_sandbox.web import Response

_USAGES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_VERSION = ", Version={}.0.0, Culture=neutral, PublicKeyToken=null"


class RuleRest:
    """Rules over REST.

    REST numbers the scopes 0 to 2, and no public source says which is which: each sandbox and each reset shuffles
    them, so that nobody can do without asking.
    """

    def __init__(self, world: World, rules: Rules, actions: Actions, golden: Golden) -> None:
        self._world = world
        self._rules = rules
        self._actions = actions
        self._golden = golden
        self._scopes = random.sample(SCOPES, len(SCOPES))

    def routes(self) -> list[RestRoute]:
        """Paths; the fixed ones before those with an id."""
        return [
            ("GET", "/rules", self._list),
            ("POST", "/rules", self._create),
            ("PUT", "/rules", self._save),
            ("GET", "/rules/actions", lambda call: Response(200, [self._action(one) for one in self._actions.all()])),
            ("GET", "/rules/operators", lambda call: Response(200, OPERATORS)),
            ("GET", "/rules/objecttypes/{usage}", self._object_types),
            ("POST", "/rules/preview", self._preview),
            ("GET", "/rules/byprocessingorder", self._order),
            ("POST", "/rules/setprocessingorder", self._reorder),
            ("GET", "/rules/{rule}", lambda call, rule: Response(200, self._model(self._rules.visible(_id(rule))))),
            ("DELETE", "/rules/{rule}", self._delete),
            ("POST", "/rules/{rule}/activate", lambda call, rule: self._switch(call, rule, True)),
            ("POST", "/rules/{rule}/deactivate", lambda call, rule: self._switch(call, rule, False)),
            ("POST", "/rules/{rule}/reprocess", self._reprocess),
            ("GET", "/rules/{rule}/reprocess/status", self._status),
            ("POST", "/rules/{rule}/reprocess/abort", self._abort),
        ]

    # the catalogue

    def _action(self, action: Doc) -> Doc:
        """An action as it can be taken; its scopes are numbers ([B] members, [C] which it supports)."""
        properties = [
            {
                "name": name.rstrip("?"),
                "type": "System.String",
                "kind": 0,
                "friendlyType": None,
                "friendlyName": name.rstrip("?"),
                "defaultValue": None,
                "value": None,
                "isStringOnly": False,
                "excludedProperties": None,
                "isRequired": not name.endswith("?"),
            }
            for name in action["properties"]
        ]
        return {
            "name": action["name"],
            "type": action["type"],
            "properties": properties,
            "supportsPreview": action["previews"],
            "supportsProcessingRuleScopes": sorted(self._scopes.index(one) for one in action["scopes"]),
            "supportsRuleUsages": [1],
        }

    def _preview(self, call: Call) -> Response:
        """What actions make of one record ([B] that it takes actions alone, and its members; [C] of which record)."""
        given = models.body_of(call.request)
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise bad_request("A list of actions is needed.")
        kept = [{**one, "type": self._actions.kept(one.get("type"))} for one in given]
        return Response(200, previewed(kept, self._golden.all()))

    def _object_types(self, call: Call, usage: str) -> Response:
        if not usage.isdigit() or int(usage) not in _USAGES:
            raise bad_request(f"The value '{usage}' is not valid for usage.")
        return Response(200, list(OBJECT_TYPES))

    # reading

    def _model(self, doc: Doc) -> Doc:
        """A rule as REST shows it ([B] members): numbers for scopes and kinds, and types with a version ([C])."""
        return {
            **doc,
            "rules": [self._inner(rule) for rule in doc["rules"]],
            "organizationId": fixed_id("organization"),
            "numberOfRecords": 0,
            "rulesApplied": len(doc["rules"]),
            "sourceObjectId": None,
            "sourceTypeId": None,
            "scope": self._scopes.index(doc["scope"]),
            "isReprocessing": self._rules.is_processing(doc["id"]),
            "requiresAttention": False,
            "hasFailed": False,
            "affectedRecords": 0,
        }

    def _inner(self, rule: Doc) -> Doc:
        actions = [
            {
                **action,
                "type": action["type"] + _VERSION.format(self._world.version),
                "properties": [_numbered(one) for one in action.get("properties") or []],
            }
            for action in self._rules.inner(rule)["actions"]
        ]
        return {key: value for key, value in rule.items() if key != "ownedBy"} | {"actions": actions}

    def _scope(self, call: Call) -> str:
        """The scope that a number stands for; rules about data parts are what one gets without ([B])."""
        place = models.whole(call.request, "scope", self._scopes.index("DataPart"))
        if place >= len(SCOPES):
            raise bad_request(f"The value '{place}' is not valid for scope.")
        return self._scopes[place]

    def _list(self, call: Call) -> Response:
        """Pages from 0, of always 20 ([B]: the notes on the operations say so; `take` is read and does nothing)."""
        request = call.request
        models.whole(request, "take", PAGE)
        found = self._rules.search(request.arg("searchName"), models.flag(request, "filterActive"), self._scope(call))
        found = ordered(found, request.arg("orderBy"), models.flag(request, "orderAsc") is False)
        page = page_of(found, models.whole(request, "page", 0), PAGE)
        return Response(200, {"data": [self._model(doc) for doc in page], "total": len(found)})

    # order

    def _order(self, call: Call) -> Response:
        found = self._rules.search(None, None, self._scope(call))
        return Response(200, [{name: doc[name] for name in ("id", "name", "order")} for doc in found])

    def _reorder(self, call: Call) -> Response:
        """All rules of one scope by their ids, in the order in which they are to run ([B] form, [C] the refusal)."""
        given = models.body_of(call.request)
        if not isinstance(given, list) or not all(models.is_guid(one) for one in given):
            raise bad_request("A list of ids is needed.")
        ids = [_id(one) for one in given]
        rules = {doc["id"]: doc for doc in self._world.all(RULE, latest=True)}
        scopes = {rules[one]["scope"] if one in rules else "" for one in ids}
        whole = {id for id, doc in rules.items() if doc["scope"] in scopes}
        if len(scopes) != 1 or set(ids) != whole or len(ids) != len(whole):
            raise bad_request("Every rule of one scope is needed, each once.")
        for place, one in enumerate(ids, 1):
            self._world.put(RULE, {**rules[one], "order": place})
        return Response(200, None)

    # writing

    def _create(self, call: Call) -> Response:
        """The id of the new rule; it is saved as it was sent ([B])."""
        body = models.RULE.read(call.request)
        made = self._rules.create(call.caller, {"name": body["name"], "scope": self._word(body["scope"])})
        self._rules.save(call.caller, {**body, "id": made["id"], "scope": made["scope"]})
        return Response(200, made["id"])

    def _save(self, call: Call) -> Response:
        """Replaces the rule; `shouldReprocess` sends the records of the old and the new condition along ([B])."""
        body = models.UPDATE_RULE.read(call.request)
        before = self._rules.newest(_id(str(body["id"])))
        self._rules.save(call.caller, {**body, "id": before["id"], "scope": self._word(body["scope"])})
        if body["shouldReprocess"]:
            self._rules.process(before["id"])
        return Response(200, None)

    def _word(self, place: int) -> str:
        if not 0 <= place < len(SCOPES):
            raise bad_request(f"The value '{place}' is not valid for scope.")
        return self._scopes[place]

    def _switch(self, call: Call, rule: str, active: bool) -> Response:
        before = self._rules.newest(_id(rule))
        self._rules.submit(call.caller, "Update rule", before, {**before, "isActive": active})
        return Response(200, None)

    def _delete(self, call: Call, rule: str) -> Response:
        self._rules.submit(call.caller, "Delete rule", self._rules.newest(_id(rule)), None)
        return Response(200, None)

    # processing anew

    def _reprocess(self, call: Call, rule: str) -> Response:
        """202, or 409 while it runs ([B]: notes on the operations)."""
        self._rules.process(self._rules.newest(_id(rule))["id"])
        return Response(202, None)

    def _status(self, call: Call, rule: str) -> Response:
        """Whether it runs ([U] form)."""
        running = self._rules.is_processing(self._rules.newest(_id(rule))["id"])
        return Response(200, {"isReprocessing": running})

    def _abort(self, call: Call, rule: str) -> Response:
        self._rules.abort(self._rules.newest(_id(rule))["id"])
        return Response(202, None)


def _id(rule: str) -> str:
    return models.guid(rule)


def _numbered(given: Doc) -> Doc:
    """A property with the number of its control, where GraphQL has a word ([B])."""
    kind: Any = given.get("kind", 0)
    return {**given, "kind": KINDS.index(kind) if kind in KINDS else kind if isinstance(kind, int) else 0}
