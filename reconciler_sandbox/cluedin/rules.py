"""Rules: what happens to records whose condition holds. They are kept and shown, and run on no record here.

So what a rule once did to records stays when it is changed, switched off or removed, as it does in the real one until
records are processed anew ([B]: the vendor's page on managing rules).
"""

from __future__ import annotations

import time
from typing import Any

from reconciler_sandbox.cluedin import conditions
from reconciler_sandbox.cluedin.access import Access
from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.claims import RULES
from reconciler_sandbox.cluedin.errors import CluedInError, bad_request, conflict
from reconciler_sandbox.cluedin.rule_catalogue import KINDS, SCOPES, Actions
from reconciler_sandbox.cluedin.vocabularies import first_is_one
from reconciler_sandbox.cluedin.world import (
    RULE,
    Args,
    Caller,
    Doc,
    Resolver,
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

PAGE = 20
"""Rules of a page over GraphQL: nobody can ask for more or fewer ([B])."""


class Rules:
    """The rules of an organisation, and GraphQL's view of them."""

    def __init__(self, world: World, people: Administration, actions: Actions) -> None:
        self._world = world
        self._people = people
        self._actions = actions
        self._processing: dict[str, float] = {}  # until when records of a rule are processed anew

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Management.rules": self._list,
            "Management.rule": lambda caller, args: self._shown(caller, self.visible(args["id"])),
            "ManagementMutation.createRule": self._create,
            "ManagementMutation.saveRule": self._save,
        }

    # Reading

    def visible(self, rule_id: str) -> Doc:
        """A rule as callers see it by now."""
        return self._world.visible(RULE, rule_id, "The rule")

    def newest(self, rule_id: str | None) -> Doc:
        """A rule as the server knows it."""
        return self._world.newest(RULE, rule_id, "The rule")

    def search(self, name: str | None, active: bool | None, scope: str) -> list[Doc]:
        """The rules of a scope in the order in which they run."""
        return [
            doc
            for doc in sorted(self._world.all(RULE), key=lambda one: int(one["order"]))
            if doc["scope"] == scope and matches(name, doc["name"]) and active in (None, doc["isActive"])
        ]

    def _list(self, caller: Caller, args: Args) -> Doc:
        """Pages from 1, of always 20 ([B])."""
        found = self.search(args.get("searchName"), args.get("isActive"), _scope(args.get("scope")))
        found = ordered(found, args.get("sortBy"), (args.get("sortDirection") or "").lower().startswith("desc"))
        page = page_of(found, first_is_one(args.get("pageNumber")), PAGE)
        return {"total": len(found), "data": [self._shown(caller, doc) for doc in page]}

    def _shown(self, caller: Caller, doc: Doc) -> Doc:
        """One rule; its actions stand in its `rules`, and `actions` is null ([B])."""
        return {
            **doc,
            "rules": [self.inner(rule) for rule in doc["rules"]],
            "actions": None,
            "sourceDetail": None,
            "isOwner": caller.user_id == doc["createdBy"],
            "author": self._people.person(doc["createdBy"]),
            "isReprocessing": self.is_processing(doc["id"]),
            "requiresAttention": False,
            "hasFailed": False,
            "affectedRecords": 0,
        }

    def inner(self, rule: Doc) -> Doc:
        """An inner rule, whose actions have the types of this server."""
        return {**rule, "actions": [{**one, "type": self._actions.shown(one["type"])} for one in rule["actions"]]}

    def is_processing(self, rule_id: str) -> bool:
        """Whether records of the rule are being processed anew: that takes as long as the sandbox lags."""
        return time.monotonic() < self._processing.get(rule_id, 0)

    def process(self, rule_id: str) -> None:
        """Begins to process the records of a rule anew; 409 while that runs already ([B])."""
        self.settled(rule_id)
        self._processing[rule_id] = time.monotonic() + self._world.store.lag_ms / 1000

    def abort(self, rule_id: str) -> None:
        """Stops that."""
        self._processing.pop(rule_id, None)

    def settled(self, rule_id: str) -> None:
        """409 while records of the rule are processed anew ([B] of a save over REST, [C] of one over GraphQL)."""
        if self.is_processing(rule_id):
            raise conflict("The rule is being re-processed.")

    # Writing

    def _create(self, caller: Caller, args: Args) -> Doc:
        """A rule is made empty and saved then ([B])."""
        return self._shown(caller, self.create(caller, args["rule"]))

    def create(self, caller: Caller, given: Doc) -> Doc:
        """A new rule, at the end of its scope."""
        moment = now()
        scope = _scope(given.get("scope"))
        before = [one["order"] for one in self._world.all(RULE, latest=True) if one["scope"] == scope]
        doc: Doc = {
            "id": new_id(),
            "name": self._name(given),
            "description": None,
            "order": 1 + max(before, default=0),
            "isActive": False,
            "createdBy": caller.user_id,
            "modifiedBy": caller.user_id,
            "createdAt": moment,
            "modifiedAt": moment,
            "condition": conditions.stored(self._world, {}),
            "rules": [],
            "scope": scope,
        }
        return self._world.put(RULE, doc)

    def _save(self, caller: Caller, args: Args) -> Doc:
        return self._shown(caller, self.save(caller, args["rule"]))

    def save(self, caller: Caller, given: Doc) -> Doc:
        """Replaces name, description, condition and actions: what is not sent is lost ([C], as with streams)."""
        before = self.newest(given.get("id"))
        if _scope(given.get("scope") or before["scope"]) != before["scope"]:
            raise bad_request("The scope of a rule does not change.")
        self.settled(before["id"])
        rules = given.get("rules") or []
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            raise bad_request("The rules are not a JSON array of objects.")
        after = {
            **before,
            "name": self._name(given),
            "description": self._world.rich_text(given.get("description")),
            "isActive": bool(given.get("isActive")),
            "condition": conditions.stored(self._world, given.get("condition") or {}),
            "rules": [self._action(caller, before["scope"], place, rule) for place, rule in enumerate(rules, 1)],
        }
        return self.submit(caller, "Update rule", before, after)

    def submit(self, caller: Caller, action: str, before: Doc, after: Doc | None) -> Doc:
        """Writes, or leaves a task to approve ([B]: the vendor's notes say so of rules, and of who owns none).

        Who governs all rules needs no approval ([C] of administrators); a removal is the owner's ([B]).
        """
        access = Access(self._world)
        foreign = not access.governs(caller, RULES) and not access.owns(caller, before["id"], before)
        if foreign and after is None:
            raise CluedInError(403, "Only an owner of the rule removes it.")
        stamped = {**after, "modifiedAt": now(), "modifiedBy": caller.user_id} if after is not None else None
        write = put_of(RULE, stamped) if stamped is not None else Write(RULE, before["id"])
        self._world.submit(caller, action, before["id"], [write], waits=foreign)
        return stamped or before

    def _action(self, caller: Caller, scope: str, place: int, given: Doc) -> Doc:
        """One inner rule, with the members that the server adds ([B])."""
        return {
            "description": None,
            "type": "ProcessingRule",
            "order": place,
            "isActive": False,
            "modifiedBy": None,
            "modifiedAt": None,
            "createdBy": caller.user_id,
            "createdAt": now(),
            "ownedBy": caller.user_id,
            **given,
            "actions": [self._known(action, scope) for action in given.get("actions") or []],
            "id": given.get("id") or new_id(),
            "organizationId": fixed_id("organization"),
            "conditions": conditions.stored(self._world, given.get("conditions") or {}),
        }

    def _known(self, action: Any, scope: str) -> Doc:
        """An action as stored; a control that is a number gets its word, as GraphQL shows it ([B])."""
        if not isinstance(action, dict):
            raise bad_request("An action is not a JSON object.")
        given = action.get("properties") or []
        properties = [{**one, "kind": KINDS[0]} if one.get("kind") == 0 else one for one in given]
        return {**action, "type": self._actions.kept(action.get("type"), scope), "properties": properties}

    def _name(self, given: Doc) -> str:
        name = self._world.text(given.get("name"))
        if not (name or "").strip():
            raise bad_request("The model is not valid.", name="This member is required.")
        return str(name)


def _scope(given: Any) -> str:
    """The scope that is named; rules about data parts are what one gets without ([B])."""
    found = {scope.lower(): scope for scope in SCOPES}.get(str(given or SCOPES[0]).lower())
    if found is None:
        raise bad_request(f"The scope '{given}' is not one of {', '.join(SCOPES)}.")
    return found
