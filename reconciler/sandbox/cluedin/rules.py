"""Rules: what happens to records whose condition holds. They are kept and shown, and run on no record here."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.cluedin import conditions, models
from reconciler.sandbox.cluedin.administration import Administration
from reconciler.sandbox.cluedin.errors import bad_request
from reconciler.sandbox.cluedin.vocabularies import first_is_one
from reconciler.sandbox.cluedin.world import (
    RULE,
    Args,
    Call,
    Caller,
    Doc,
    Resolver,
    RestRoute,
    World,
    Write,
    fixed_id,
    matches,
    new_id,
    now,
    ordered,
    page_of,
    put_of,
)
from reconciler.sandbox.web import Response

SCOPES = ("DataPart", "Survivorship", "Entity")
"""What rules are about ([C]); REST numbers them 0 to 2 in an order that no public source says ([I] this one)."""
PAGE = 20
"""Rules of a page over GraphQL: nobody can ask for more or fewer ([C])."""


class Rules:
    """The rules of an organisation, over GraphQL and REST."""

    def __init__(self, world: World, people: Administration) -> None:
        self._world = world
        self._people = people

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Management.rules": self._list,
            "Management.rule": lambda caller, args: self._shown(caller, self._visible(args["id"])),
            "ManagementMutation.createRule": self._create,
            "ManagementMutation.saveRule": self._save,
        }

    def routes(self) -> list[RestRoute]:
        """Reading, removal and the switch ([C] paths and forms)."""
        return [
            ("GET", "/rules", self._rest_list),
            ("GET", "/rules/{rule}", lambda call, rule: Response(200, self._model(self._visible(models.guid(rule))))),
            ("DELETE", "/rules/{rule}", self._rest_delete),
            ("POST", "/rules/{rule}/activate", lambda call, rule: self._switch(call, rule, True)),
            ("POST", "/rules/{rule}/deactivate", lambda call, rule: self._switch(call, rule, False)),
        ]

    # Reading

    def _visible(self, rule_id: str) -> Doc:
        return self._world.visible(RULE, rule_id, "The rule")

    def _newest(self, rule_id: str | None) -> Doc:
        return self._world.newest(RULE, rule_id, "The rule")

    def _search(self, name: str | None, active: bool | None, scope: str) -> list[Doc]:
        return [
            doc
            for doc in sorted(self._world.all(RULE), key=lambda one: int(one["order"]))
            if doc["scope"] == scope and matches(name, doc["name"]) and active in (None, doc["isActive"])
        ]

    def _list(self, caller: Caller, args: Args) -> Doc:
        """Pages from 1, of always 20 ([C])."""
        found = self._search(args.get("searchName"), args.get("isActive"), _scope(args.get("scope")))
        found = ordered(found, args.get("sortBy"), (args.get("sortDirection") or "").lower().startswith("desc"))
        page = page_of(found, first_is_one(args.get("pageNumber")), PAGE)
        return {"total": len(found), "data": [self._shown(caller, doc) for doc in page]}

    def _shown(self, caller: Caller, doc: Doc) -> Doc:
        """One rule; its actions stand in its `rules`, and `actions` is null ([C])."""
        return {
            **doc,
            "actions": None,
            "sourceDetail": None,
            "isOwner": caller.user_id == doc["createdBy"],
            "author": self._people.person(doc["createdBy"]),
            "isReprocessing": False,
            "requiresAttention": False,
            "hasFailed": False,
            "affectedRecords": 0,
        }

    # Writing

    def _create(self, caller: Caller, args: Args) -> Doc:
        """A rule is made empty and saved then ([C])."""
        given = args["rule"]
        moment = now()
        scope = _scope(given.get("scope"))
        doc: Doc = {
            "id": new_id(),
            "name": self._name(given),
            "description": None,
            "order": 1 + max((one["order"] for one in self._world.all(RULE, latest=True)), default=0),
            "isActive": False,
            "createdBy": caller.user_id,
            "modifiedBy": caller.user_id,
            "createdAt": moment,
            "modifiedAt": moment,
            "condition": conditions.stored(self._world, {}),
            "rules": [],
            "scope": scope,
        }
        return self._shown(caller, self._world.put(RULE, doc))

    def _save(self, caller: Caller, args: Args) -> Doc:
        """Replaces name, description, condition and actions: what is not sent is lost ([I], as with streams)."""
        given = args["rule"]
        before = self._newest(given.get("id"))
        if _scope(given.get("scope") or before["scope"]) != before["scope"]:
            raise bad_request("The scope of a rule does not change.")
        rules = given.get("rules") or []
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            raise bad_request("The rules are not a JSON array of objects.")
        after = {
            **before,
            "name": self._name(given),
            "description": self._world.rich_text(given.get("description")),
            "isActive": bool(given.get("isActive")),
            "condition": conditions.stored(self._world, given.get("condition") or {}),
            "rules": [self._action(caller, place, rule) for place, rule in enumerate(rules, 1)],
        }
        return self._shown(caller, self._submit(caller, "Update rule", before, after))

    def _submit(self, caller: Caller, action: str, before: Doc, after: Doc | None) -> Doc:
        """Writes, or leaves a task to approve ([C]: the vendor's notes say so of rules)."""
        stamped = {**after, "modifiedAt": now(), "modifiedBy": caller.user_id} if after is not None else None
        write = put_of(RULE, stamped) if stamped is not None else Write(RULE, before["id"])
        self._world.submit(caller, action, before["id"], [write])
        return stamped or before

    def _action(self, caller: Caller, place: int, given: Doc) -> Doc:
        """One inner rule, with the members that the server adds ([C])."""
        return {
            "description": None,
            "type": "ProcessingRule",
            "order": place,
            "isActive": False,
            "modifiedBy": None,
            "modifiedAt": None,
            "actions": [],
            "createdBy": caller.user_id,
            "createdAt": now(),
            "ownedBy": caller.user_id,
            **given,
            "id": given.get("id") or new_id(),
            "organizationId": fixed_id("organization"),
            "conditions": conditions.stored(self._world, given.get("conditions") or {}),
        }

    def _name(self, given: Doc) -> str:
        name = self._world.text(given.get("name"))
        if not (name or "").strip():
            raise bad_request("The model is not valid.", name="This member is required.")
        return str(name)

    # REST

    def _model(self, doc: Doc) -> Doc:
        """A rule as REST shows it ([C] members)."""
        inner = [{key: value for key, value in rule.items() if key != "ownedBy"} for rule in doc["rules"]]
        return {
            **doc,
            "rules": inner,
            "organizationId": fixed_id("organization"),
            "numberOfRecords": 0,
            "rulesApplied": len(doc["rules"]),
            "sourceObjectId": None,
            "sourceTypeId": None,
            "scope": SCOPES.index(doc["scope"]),
            "isReprocessing": False,
            "requiresAttention": False,
            "hasFailed": False,
            "affectedRecords": 0,
        }

    def _rest_list(self, call: Call) -> Response:
        """Pages from 0 of 20, unless more are taken ([C])."""
        request = call.request
        place = models.whole(request, "scope", 0)
        if place >= len(SCOPES):
            raise bad_request(f"The value '{place}' is not valid for scope.")
        found = self._search(request.arg("searchName"), models.flag(request, "filterActive"), SCOPES[place])
        found = ordered(found, request.arg("orderBy"), models.flag(request, "orderAsc") is False)
        page = page_of(found, models.whole(request, "page", 0), models.whole(request, "take", 20))
        return Response(200, {"data": [self._model(doc) for doc in page], "total": len(found)})

    def _switch(self, call: Call, rule: str, active: bool) -> Response:
        before = self._newest(models.guid(rule))
        self._submit(call.caller, "Update rule", before, {**before, "isActive": active})
        return Response(200, None)

    def _rest_delete(self, call: Call, rule: str) -> Response:
        self._submit(call.caller, "Delete rule", self._newest(models.guid(rule)), None)
        return Response(200, None)


def _scope(given: Any) -> str:
    """The scope that is named; rules about data parts are what one gets without ([C])."""
    found = {scope.lower(): scope for scope in SCOPES}.get(str(given or SCOPES[0]).lower())
    if found is None:
        raise bad_request(f"The scope '{given}' is not one of {', '.join(SCOPES)}.")
    return found
