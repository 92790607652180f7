"""Deduplication projects: which records are compared, by which rules, and how far people are with it.

GraphQL's members are the toolkit's ([B]), states and what may be done in each are of the vendor's pages ([B]). What no
public source tells ([U]) is another one in each sandbox and after each reset, so that nobody can rely on it: the ids of
functions and normalisations, the words for the two kinds of filter, how a criterion says whether it means a property
of records or a vocabulary key and how it writes one, and whether states are written with blanks. No record is compared.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from reconciler_sandbox.cluedin import conditions
from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.errors import bad_request, not_found
from reconciler_sandbox.cluedin.vocabularies import first_is_one
from reconciler_sandbox.cluedin.world import (
    DEDUP,
    KEY,
    Args,
    Caller,
    Doc,
    Resolver,
    World,
    Write,
    new_id,
    now,
    page_of,
    put_of,
)

EMPTY, READY, REVIEW, ARCHIVED = "Requires configuration", "Ready to generate", "Ready for review", "Archived"
STATES = (
    *(EMPTY, READY, "Generating", "Aborting generation", REVIEW, "Committing", "Merged", "Unmerging"),
    *("Abort unmerging", ARCHIVED),
)
"""What a project may be, as the vendor's reference has it ([B])."""
EDITABLE = (EMPTY, READY)
"""The states in which a project and its rules may be edited ([B])."""
_AT_WORK = ("Generating", "Aborting generation", "Committing", "Unmerging", "Abort unmerging")
FUNCTIONS = ("Equals", "Fuzzy match - Sift4", "Contains", "Starts with", "Ends with", "First token equals", "Email")
"""Some of the functions that compare values, by the names that people read ([B])."""
NORMALIZERS = ("To lowercase", "Trim whitespace", "Remove punctuation", "Phone number", "Email mask", "Replace text")
"""Some of what is done to values before, likewise ([B])."""
_WORDS = ("EntityType", "BusinessDomain", "Simple", "Basic"), ("Filter", "Advanced", "Query", "RuleBuilder")


class Deduplication:
    """The deduplication projects of an organisation, and GraphQL's view of them."""

    def __init__(self, world: World, people: Administration) -> None:
        self._world = world
        self._people = people
        self.simple, self.advanced = (random.choice(words) for words in _WORDS)
        self.property_level, self.key_level = random.sample((0, 1), 2)
        self._in_brackets = random.random() < 0.5
        self._closed_up = random.random() < 0.5
        self.functions = {new_id(): name for name in FUNCTIONS}
        self.normalizers = {new_id(): name for name in NORMALIZERS}

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Management.deDupProjects": self._list,
            "Management.deDupProject": lambda caller, args: self.shown(caller, self.visible(args["id"])),
            "Management.deDuplicateProjectRules": self._rules,
            "ManagementMutation.createDedupProject": self._create,
            "ManagementMutation.saveDedupProject": self._save,
            "ManagementMutation.createDedupRule": self._create_rule,
            "ManagementMutation.updateDedupRule": self._update_rule,
        }

    # Reading

    def visible(self, id: str) -> Doc:
        """A project as callers see it by now."""
        return self._world.visible(DEDUP, id, "The deduplication project")

    def newest(self, id: str | None) -> Doc:
        """A project as the server knows it."""
        return self._world.newest(DEDUP, id, "The deduplication project")

    def _list(self, caller: Caller, args: Args) -> Doc:
        """Pages from 1 ([B]); stages are left out, or taken alone, where they are named."""
        only = {_folded(one) for one in args.get("includeProjectStages") or ()}
        but = {_folded(one) for one in args.get("excludeProjectStages") or ()}
        found = [
            doc
            for doc in self._world.all(DEDUP)
            if (not only or _folded(doc["status"]) in only) and _folded(doc["status"]) not in but
        ]
        page = page_of(found, first_is_one(args.get("pageNumber")), args.get("itemsPerPage") or 20)
        return {"total": len(found), "data": [self.shown(caller, doc) for doc in page]}

    def shown(self, caller: Caller, doc: Doc) -> Doc:
        """One project with everything."""
        word = "".join(part.title() for part in doc["status"].split()) if self._closed_up else doc["status"]
        kind = self.simple if doc["simple"] else self.advanced
        return {
            **doc,
            "status": word,
            "deduplicationScopeFilterType": kind,
            "groupCount": 3 if doc["matched"] else 0,
            "isOwner": caller.user_id == doc["createdBy"],
            "author": self._people.person(doc["createdBy"]),
            "requiresAttention": False,
        }

    def _rules(self, caller: Caller, args: Args) -> Doc:
        """Pages from 1 ([B]), in their order."""
        found = sorted(self.visible(args["id"])["rules"], key=lambda one: int(one["order"]))
        page = page_of(found, first_is_one(args.get("pageNumber")), args.get("itemsPerPage") or 20)
        return {"total": len(found), "data": [self._rule(one) for one in page]}

    def _rule(self, one: Doc) -> Doc:
        return {**one, "matchingCriteria": [self._criterion(item) for item in one["matchingCriteria"]]}

    def _criterion(self, one: Doc) -> Doc:
        """With the names that no write takes ([B])."""
        is_key = bool(one["isKey"])
        field = f"Properties[{one['fieldName']}]" if is_key and self._in_brackets else one["fieldName"]
        return {
            "name": one["name"],
            "objectType": self.key_level if is_key else self.property_level,
            "fieldName": field,
            "matchingTypeId": self._id_of(self.functions, one["function"]),
            "matchingTypeDisplayName": one["function"],
            "comparisonConfiguration": one["comparison"],
            "normalizationConfiguration": [
                {"id": self._id_of(self.normalizers, item["name"]), "displayName": item["name"],
                 "configuration": item["configuration"]}
                for item in one["normalization"]
            ],
        }  # fmt: skip

    @staticmethod
    def _id_of(names: Mapping[str, str], name: str) -> str:
        return next(id for id, known in names.items() if known == name)

    # Writing

    def _create(self, caller: Caller, args: Args) -> Doc:
        doc: Doc = {
            "id": new_id(),
            "createdBy": caller.user_id,
            "createdDate": now(),
            "status": EMPTY,
            "matched": False,
            "rules": [],
            **self._given(args.get("dedupProject") or {}),
        }
        return self.shown(caller, self._world.put(DEDUP, doc))

    def _save(self, caller: Caller, args: Args) -> Doc:
        """Replaces the whole ([B]): a limit that is not sent is none any more."""
        before = self.editable(args["id"])
        after = {**before, **self._given(args.get("dedupProject") or {})}
        return self.shown(caller, self.submit(caller, "Update deduplication project", before, after))

    def _given(self, given: Args) -> Doc:
        name = self._world.text(given.get("name"))
        if not (name or "").strip():
            raise bad_request("The model is not valid.", name="This member is required.")
        word, tree = given.get("deduplicationScopeFilterType"), given.get("deduplicationScopeFilter")
        if word not in (self.simple, self.advanced) or not isinstance(tree, dict):
            raise bad_request("The model is not valid.", deduplicationScopeFilterType=f"There is no type {word!r}.")
        if word == self.simple and not is_simple(tree):
            raise bad_request("The filter is not of the type.", deduplicationScopeFilter="More than one entity type.")
        limited = bool(given.get("shouldLimitQuerySize"))
        return {
            "name": name,
            "description": self._world.rich_text(given.get("description")),
            "simple": word == self.simple,
            "deduplicationScopeFilter": conditions.stored(self._world, tree),
            "shouldLimitQuerySize": limited,
            "querySizeLimit": given.get("querySizeLimit") if limited else None,
        }

    def _create_rule(self, caller: Caller, args: Args) -> Doc:
        """A rule at the end, which is not active ([U])."""
        before = self.editable(args["id"])
        order = 1 + max((int(one["order"]) for one in before["rules"]), default=0)
        rule = {
            "id": new_id(), "enabled": False, "order": order, "createdBy": caller.user_id, "creationDate": now(),
            **self._given_rule(args.get("rule") or {}),
        }  # fmt: skip
        self.change_rules(caller, before, [*before["rules"], rule])
        return self._rule(rule)

    def _update_rule(self, caller: Caller, args: Args) -> Doc:
        before = self.editable(args["id"])
        rule = {**self.rule(before, args["ruleId"]), **self._given_rule(args.get("rule") or {})}
        self.change_rules(caller, before, [rule if one["id"] == rule["id"] else one for one in before["rules"]])
        return self._rule(rule)

    @staticmethod
    def rule(project: Doc, id: str) -> Doc:
        """A rule of a project."""
        found = next((one for one in project["rules"] if one["id"] == id.lower()), None)
        if found is None:
            raise not_found("The matching rule", id)
        return dict(found)

    def change_rules(self, caller: Caller, before: Doc, rules: list[Doc]) -> None:
        """Writes the rules of a project; with the first one there is something to generate ([B])."""
        after = {**before, "rules": rules, "status": READY if rules else EMPTY}
        self.submit(caller, "Update a deduplication rule", before, after)

    def _given_rule(self, given: Args) -> Doc:
        name = self._world.text(given.get("name"))
        criteria = given.get("matchingCriteria") or []
        if not (name or "").strip() or not criteria:
            raise bad_request("The model is not valid.", matchingCriteria="A name and a criterion are needed.")
        found = [self._checked(one) for one in criteria]
        return {"name": name, "matchingCriteria": found[::-1] if self._world.normalising else found}

    def _checked(self, one: Any) -> Doc:
        known = {"name", "objectType", "fieldName", "matchingTypeId", "comparisonConfiguration",
                 "normalizationConfiguration"}  # fmt: skip
        if not isinstance(one, dict) or (more := sorted(one.keys() - known)):
            raise bad_request(f"A criterion has unknown members: {more if isinstance(one, dict) else one}.")
        is_key, field = one.get("objectType") == self.key_level, str(one.get("fieldName") or "")
        if one.get("objectType") not in (self.key_level, self.property_level) or not one.get("name"):
            raise bad_request("The criterion is not valid.", objectType="This is no type of an object.")
        bare = field.removeprefix("Properties[").removesuffix("]")
        if is_key and ((bare != field) is not self._in_brackets or not self._world.taken(KEY, "key", bare)):
            raise bad_request(f"The vocabulary key {field!r} does not exist.", fieldName="Unknown key.")
        function = self.functions.get(str(one.get("matchingTypeId") or "").lower())
        if function is None:
            raise bad_request("There is no such function.", matchingTypeId="Unknown function.")
        return {
            "name": one["name"],
            "isKey": is_key,
            "fieldName": bare if is_key else field,
            "function": function,
            "comparison": _texts(one.get("comparisonConfiguration")),
            "normalization": [self._normalizer(item) for item in one.get("normalizationConfiguration") or ()],
        }

    def _normalizer(self, one: Any) -> Doc:
        if not isinstance(one, dict) or one.keys() - {"id", "configuration"}:
            raise bad_request("A normalisation has unknown members.")
        name = self.normalizers.get(str(one.get("id") or "").lower())
        if name is None:
            raise bad_request("There is no such normalisation.", normalizationConfiguration="Unknown.")
        return {"name": name, "configuration": _texts(one.get("configuration"))}

    def editable(self, id: str) -> Doc:
        """A project that may be edited; 400 in another state ([B])."""
        found = self.newest(id)
        if found["status"] not in EDITABLE:
            raise bad_request(f"The project is in the state {found['status']!r}: discard its matches first.")
        return found

    def delete(self, caller: Caller, id: str) -> None:
        """400 where something is going on in it ([B] that there is a wrong state, [C] which)."""
        before = self.newest(id)
        if before["status"] in _AT_WORK:
            raise bad_request(f"The project is in the state {before['status']!r}.")
        self.submit(caller, "Delete deduplication project", before, None)

    def submit(self, caller: Caller, action: str, before: Doc, after: Doc | None) -> Doc:
        """Writes, or leaves a task to approve."""
        write = put_of(DEDUP, after) if after is not None else Write(DEDUP, before["id"])
        self._world.submit(caller, action, before["id"], [write])
        return after or before


def is_simple(tree: Mapping[str, Any]) -> bool:
    """Whether a filter is one entity type and nothing else."""
    nodes = [tree] if tree.get("field") else [one for one in tree.get("rules") or () if isinstance(one, dict)]
    return len(nodes) == 1 and nodes[0].get("field") == "EntityType" and not nodes[0].get("rules")


def _folded(state: Any) -> str:
    return "".join(str(state).split()).casefold()


def _texts(given: Any) -> Doc | None:
    if given is None:
        return None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise bad_request("A configuration is a mapping of texts.")
    return dict(given)
