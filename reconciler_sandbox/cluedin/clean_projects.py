"""Clean projects: which values of which records people want to mend, and how far they are with it.

GraphQL's members are the toolkit's ([B]); what the states are, and what an edit does in each, is the vendor's page on
managing clean projects ([B]). Its words for states beyond `New` are public as people read them, and not as the
interface has them ([U]): each sandbox and each reset writes them with blanks or without. Nothing is loaded or cleaned
here: a state, and whether there are changes, is all that stands for it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Any

from reconciler_sandbox.cluedin import conditions
from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.errors import bad_request
from reconciler_sandbox.cluedin.vocabularies import first_is_one
from reconciler_sandbox.cluedin.world import (
    CLEAN,
    KEY,
    RULE,
    Args,
    Caller,
    Doc,
    Resolver,
    World,
    Write,
    matches,
    new_id,
    now,
    page_of,
    put_of,
)

NEW, READY, CHANGED, ARCHIVED = "New", "Ready for clean", "Ready to process", "Archived"
STATES = (
    *(NEW, "Generating", "Generation aborting", READY, CHANGED, "Processing", "Processing aborting", "Processed"),
    *("Reverting", "Revert aborting", ARCHIVED),
)
"""What a project may be, as the vendor's reference has it ([B])."""
_AT_WORK = ("Generating", "Generation aborting", "Processing", "Processing aborting", "Reverting", "Revert aborting")
_KINDS = ("vocabulary", "entity")
_DISRUPTIVE = ("fields", "condition", "includeDataParts")


class CleanProjects:
    """The clean projects of an organisation, and GraphQL's view of them."""

    def __init__(self, world: World, people: Administration) -> None:
        self._world = world
        self._people = people
        self._closed_up = random.random() < 0.5

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Preparation.allCleanProjects": self._list,
            "Preparation.cleanProjectDetail": lambda caller, args: self.shown(caller, self.visible(args["id"])),
            "Preparation.allCleanProjectRules": self._rules,
            "PreparationMutation.createNewCleanProject": self._create,
            "PreparationMutation.updateNewCleanProject": self._update,
            "PreparationMutation.generateResult": lambda caller, args: self.generate(caller, args["id"])["id"],
        }

    # Reading

    def visible(self, id: str) -> Doc:
        """A project as callers see it by now."""
        return self._world.visible(CLEAN, id, "The clean project")

    def newest(self, id: str | None) -> Doc:
        """A project as the server knows it."""
        return self._world.newest(CLEAN, id, "The clean project")

    def search(self, name: str | None) -> list[Doc]:
        """Projects that fit; those that were put away have a list of their own ([B] of the pages, [C] of the call)."""
        return [doc for doc in self._world.all(CLEAN) if doc["status"] != ARCHIVED and matches(name, doc["name"])]

    def _list(self, caller: Caller, args: Args) -> Doc:
        """Pages from 1 ([B])."""
        found = self.search(args.get("searchName"))
        page = page_of(found, first_is_one(args.get("page")), args.get("pageSize") or 20)
        return {"total": len(found), "projects": [self.shown(caller, doc) for doc in page]}

    def shown(self, caller: Caller, doc: Doc) -> Doc:
        """One project with everything; the read adds names and icons that no write takes ([B])."""
        return {
            **doc,
            "status": self._word(doc["status"]),
            "fields": [self._field(one) for one in doc["fields"]],
            "isOwner": caller.user_id == doc["createdBy"],
            "author": self._people.person(doc["createdBy"]),
            "lastCommittedByUser": None,
            "requiresAttention": False,
            "hasRules": bool(self._made(doc["id"])),
        }

    def _word(self, status: str) -> str:
        return status if status == NEW or not self._closed_up else "".join(word.title() for word in status.split())

    def _field(self, one: Mapping[str, str]) -> Doc:
        keys = self._world.find(KEY, "key", one["property"]) if one["type"] == "vocabulary" else []
        return {**one, "displayName": keys[0]["displayName"] if keys else one["property"].title(), "icon": "Tag"}

    def _made(self, id: str) -> list[Doc]:
        """The rules that cleaning made: they name the project they are of ([C])."""
        return [rule for rule in self._world.all(RULE) if rule.get("sourceId") == id]

    def _rules(self, caller: Caller, args: Args) -> Doc:
        """Pages from 1 ([B] that there is such a field, and its members)."""
        found = self._made(self.visible(args["id"])["id"])
        return {
            "total": len(found),
            "rules": page_of(found, first_is_one(args.get("page")), args.get("pageSize") or 20),
        }

    # Writing

    def _create(self, caller: Caller, args: Args) -> Doc:
        """A new project, of which nothing is loaded yet ([B])."""
        given = args["cleanProject"]
        doc: Doc = {
            "id": new_id(),
            **self._given(given),
            "status": NEW,
            "rowCount": 0,
            "createdBy": caller.user_id,
            "createdDate": now(),
            "lastCommittedDate": None,
            "lastCommittedBy": None,
            "autoGenerateRules": None,
            "staleDataStrategy": None,
            "hasCleanChanges": False,
            "hasBeenCommitted": False,
            "providerProjectId": None,
            "lost": 0,
        }
        return self.shown(caller, self._world.put(CLEAN, doc))

    def _update(self, caller: Caller, args: Args) -> Doc:
        """Replaces the whole. Another name or text changes nothing else; other records or values throw away all the
        cleaning that was done, and the project is loaded anew ([B])."""
        before = self.newest(args["id"])
        self._editable(before)
        after = {**before, **self._given(args["cleanProject"])}
        if before["status"] != NEW and any(_meaning(before[name]) != _meaning(after[name]) for name in _DISRUPTIVE):
            lost = before["lost"] + (1 if before["hasCleanChanges"] else 0)
            after |= {"status": READY, "hasCleanChanges": False, "lost": lost}
        return self.shown(caller, self.submit(caller, "Update clean project", before, after))

    def delete(self, caller: Caller, id: str) -> None:
        """400 where something is going on in it ([B] that there is a wrong state, [C] which)."""
        before = self.newest(id)
        if before["status"] in _AT_WORK:
            raise bad_request(f"The project is in the state {before['status']!r}.")
        self.submit(caller, "Delete clean project", before, None)

    def generate(self, caller: Caller, id: str) -> Doc:
        """Loads the records: at once here, and what was done so far is gone ([B])."""
        before = self.newest(id)
        self._editable(before)
        return self.submit(
            caller, "Generate results", before, {**before, "status": READY, "hasCleanChanges": False, "rowCount": 3}
        )

    def submit(self, caller: Caller, action: str, before: Doc, after: Doc | None) -> Doc:
        """Writes, or leaves a task to approve."""
        write = put_of(CLEAN, after) if after is not None else Write(CLEAN, before["id"])
        self._world.submit(caller, action, before["id"], [write])
        return after or before

    @staticmethod
    def _editable(doc: Doc) -> None:
        if doc["status"] in (ARCHIVED, *_AT_WORK):
            raise bad_request(f"The project is in the state {doc['status']!r}.")

    def _given(self, given: Args) -> Doc:
        name = self._world.text(given.get("name"))
        if not (name or "").strip():
            raise bad_request("The model is not valid.", name="This member is required.")
        fields = [self._checked(one) for one in given.get("fields") or ()]
        if not fields:
            raise bad_request("The model is not valid.", fields="This member is required.")
        if self._world.normalising:
            fields = fields[::-1]
        return {
            "name": name,
            "query": given.get("query"),
            "includeDataParts": bool(given.get("includeDataParts")),
            "fields": fields,
            "description": self._world.rich_text(given.get("description")),
            "condition": conditions.stored(self._world, given.get("condition") or {}),
        }

    def _checked(self, one: Any) -> Doc:
        kind, name = one.get("type"), one.get("property") or ""
        if kind not in _KINDS:
            raise bad_request(f"The type {kind!r} is not one of {', '.join(_KINDS)}.", fields="Unknown type.")
        if kind == "vocabulary" and not self._world.taken(KEY, "key", name):
            raise bad_request(f"The vocabulary key {name!r} does not exist.", fields="Unknown key.")
        if kind == "entity" and not re.fullmatch(r"[a-z]+", name):
            raise bad_request(f"The property {name!r} does not exist.", fields="Unknown property.")
        return {"property": name, "type": kind}


def _meaning(value: Any) -> Any:
    """What counts as a change: fields are a set, and nodes have new ids with each save ([C])."""
    if isinstance(value, list):
        return sorted((one["type"], one["property"]) for one in value)
    return conditions.meaning(value)
