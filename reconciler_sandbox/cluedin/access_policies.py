"""Policies of access control: who may see, see masked, or edit which keys of which records.

Paths, bodies and answers are those of the official description ([A]); that the list may also come as `{total, data}`
is in its overlay ([B]), so that a sandbox shows it in either form, as it was drawn at its start. What a policy grants
nobody checks here but `access_view`: the pages of CluedIn do.
"""

from __future__ import annotations

import random
from typing import Any

from reconciler_sandbox.cluedin import conditions, models
from reconciler_sandbox.cluedin.access_words import EDIT, MASK, VIEW, Words
from reconciler_sandbox.cluedin.errors import bad_request
from reconciler_sandbox.cluedin.ownership import role_id
from reconciler_sandbox.cluedin.seed import user_id
from reconciler_sandbox.cluedin.world import (
    POLICY,
    Call,
    Doc,
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
from reconciler_sandbox.web import Response

TEMPLATE = "reconciler-template"
TEMPLATE_KEY, TEMPLATE_VOCABULARY = "user.email", "person"
_BY = "createdBy"


class AccessPolicies:
    """The policies of an organisation, over REST."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._words = Words(world)
        self._paged = random.random() < 0.5

    def routes(self) -> list[RestRoute]:
        """Paths; the fixed ones before those with an id."""
        base = "/accesscontrolpolicies"
        return [
            ("GET", base, self._list),
            ("POST", base, self._create),
            ("GET", f"{base}/actions", lambda call: Response(200, self._words.catalogue())),
            ("GET", f"{base}/byprocessingorder", self._order),
            ("POST", f"{base}/setprocessingorder", self._reorder),
            ("GET", f"{base}/{{policy}}", lambda call, policy: Response(200, self._model(self._visible(policy)))),
            ("PUT", f"{base}/{{policy}}", self._save),
            ("DELETE", f"{base}/{{policy}}", self._delete),
            ("POST", f"{base}/{{policy}}/activate", lambda call, policy: self._switch(call, policy, True)),
            ("POST", f"{base}/{{policy}}/deactivate", lambda call, policy: self._switch(call, policy, False)),
        ]

    def seed(self) -> None:
        """The policy that somebody made in the pages so that others can learn of it how one is written."""
        members = [["role", role_id("DataSteward")], ["user", user_id("ada@example.com")]]
        scope = [["key", TEMPLATE_KEY], ["vocabulary", fixed_id(f"vocabulary {TEMPLATE_VOCABULARY}")]]
        rules = [self._seeded(does, members, scope) for does in (VIEW, MASK, EDIT)]
        rules += [{**self._seeded(does, members, []), "all": 1} for does in (VIEW, MASK, EDIT)]
        self._world.put(POLICY, self._doc(user_id("ada@example.com"), {"name": TEMPLATE, "rules": rules}, 1))

    def _seeded(self, does: str, members: list[list[str]], scope: list[list[str]]) -> Doc:
        rule = {"does": does, "members": members, "scope": scope, "all": 0}
        return self._inner(user_id("ada@example.com"), {"name": f"{does} {len(scope)}", **rule}, 1)

    # -- reading -------------------------------------------------------------------------------------------

    def _in_order(self) -> list[Doc]:
        return sorted(self._world.all(POLICY), key=lambda one: int(one["order"]))

    def _list(self, call: Call) -> Response:
        request = call.request
        active, creator = models.flag(request, "filterActive"), request.arg("filterCreator")
        found = [
            doc
            for doc in self._in_order()
            if matches(request.arg("searchName"), doc["name"])
            and active in (None, doc["isActive"])
            and creator in (None, "", doc[_BY])
        ]
        if request.arg("orderBy"):
            found = ordered(found, request.arg("orderBy"), models.flag(request, "orderAsc") is False)
        page = page_of(found, models.whole(request, "page", 0), models.whole(request, "take", 20))
        shown = [self._model(doc) for doc in page]
        return Response(200, {"total": len(found), "data": shown} if self._paged else shown)

    def _model(self, doc: Doc) -> Doc:
        return {
            **doc,
            "rules": [self._words.shown(rule) for rule in doc["rules"]],
            "organizationId": fixed_id("organization"),
            "requiresAttention": False,
        }

    def _visible(self, policy: str) -> Doc:
        return self._world.visible(POLICY, models.guid(policy), "The policy")

    def _newest(self, policy: str) -> Doc:
        return self._world.newest(POLICY, models.guid(policy), "The policy")

    # -- writing -------------------------------------------------------------------------------------------

    def _create(self, call: Call) -> Response:
        """The id of the new policy, at the end; an id that is sent means nothing ([B])."""
        body = models.POLICY.read(call.request)
        places = [one["order"] for one in self._world.all(POLICY, latest=True)]
        doc = self._doc(call.caller.user_id, self._taken(call, body), 1 + max(places, default=0))
        self._world.submit(call.caller, "Create policy", doc["id"], [put_of(POLICY, doc)])
        return Response(200, doc["id"])

    def _doc(self, by: str, given: Doc, order: int) -> Doc:
        moment = now()
        return {
            "id": new_id(),
            "name": given["name"],
            "description": given.get("description"),
            "createdAt": moment,
            _BY: by,
            "modifiedAt": moment,
            "modifiedBy": by,
            "condition": conditions.stored(self._world, given.get("condition") or {}),
            "rules": given["rules"],
            "isActive": bool(given.get("isActive")),
            "order": order,
        }

    def _save(self, call: Call, policy: str) -> Response:
        """Replaces all of it; the id of the path counts ([B]). Place and time of its making stay ([C])."""
        before = self._newest(policy)
        body = models.POLICY.read(call.request)
        after = {**before, **self._doc(before[_BY], self._taken(call, body), before["order"])}
        after |= {"id": before["id"], "createdAt": before["createdAt"], "modifiedBy": call.caller.user_id}
        self._world.submit(call.caller, "Update policy", before["id"], [put_of(POLICY, after)])
        return Response(200)

    def _taken(self, call: Call, body: Doc) -> Doc:
        """A body as it is kept; 400 for an action that is not registered, and for a filter that is none ([B])."""
        name = self._world.text(body["name"])
        if not (name or "").strip():
            raise bad_request("The model is not valid.", name="This member is required.")
        rules = body["rules"] or []
        if not all(isinstance(rule, dict) and str(rule.get("name") or "").strip() for rule in rules):
            raise bad_request("The model is not valid.", rules="Each rule needs a name.")
        inner = [self._inner(call.caller.user_id, self._words.taken(rule), at) for at, rule in enumerate(rules, 1)]
        return {**body, "name": name, "rules": inner}

    def _inner(self, by: str, rule: Doc, place: int) -> Doc:
        moment = now()
        made = {"createdBy": by, "createdAt": moment, "description": None, "type": "AccessControlPolicyRule"}
        kept = {name: value for name, value in rule.items() if value is not None and name in (*made, "id")}
        return {
            **made,
            **kept,
            "id": rule.get("id") or new_id(),
            "name": rule["name"],
            "order": place,
            "isActive": False,
            "modifiedBy": by,
            "modifiedAt": moment,
            "organizationId": fixed_id("organization"),
            "conditions": conditions.stored(self._world, rule.get("conditions") or {}),
            **{member: rule[member] for member in ("does", "members", "scope", "all")},
        }

    def _delete(self, call: Call, policy: str) -> Response:
        doc = self._newest(policy)
        self._world.submit(call.caller, "Delete policy", doc["id"], [Write(POLICY, doc["id"])])
        return Response(200)

    def _switch(self, call: Call, policy: str, active: bool) -> Response:
        doc = {**self._newest(policy), "isActive": active}
        self._world.submit(call.caller, "Update policy", doc["id"], [put_of(POLICY, doc)])
        return Response(200)

    # -- order ---------------------------------------------------------------------------------------------

    def _order(self, call: Call) -> Response:
        found = [{name: doc[name] for name in ("id", "name", "order")} for doc in self._in_order()]
        return Response(200, found)

    def _reorder(self, call: Call) -> Response:
        """Every policy, each once, with its place ([A] form, [C] that one that is missing is refused)."""
        given = models.body_of(call.request)
        if not isinstance(given, list) or not all(_is_place(one) for one in given):
            raise bad_request("A list of policies with their places is needed.")
        docs = {doc["id"]: doc for doc in self._world.all(POLICY, latest=True)}
        places: dict[str, Any] = {str(one["id"]).lower(): one["order"] for one in given}
        if places.keys() != docs.keys() or len(given) != len(docs):
            raise bad_request("Every policy is needed, each once.")
        for id, place in places.items():
            if docs[id]["order"] != place:
                self._world.put(POLICY, {**docs[id], "order": place})
        return Response(200)


def _is_place(one: Any) -> bool:
    return isinstance(one, dict) and models.is_guid(one.get("id")) and isinstance(one.get("order"), int)
