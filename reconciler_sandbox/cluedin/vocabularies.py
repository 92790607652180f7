"""Vocabularies: rules, and the fields of the GraphQL schema."""

from __future__ import annotations

import re
from typing import Any

from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.connectors import Connectors
from reconciler_sandbox.cluedin.entity_types import EntityTypes
from reconciler_sandbox.cluedin.errors import bad_request, conflict
from reconciler_sandbox.cluedin.usage import Usage
from reconciler_sandbox.cluedin.world import (
    KEY,
    VOCABULARY,
    Args,
    Caller,
    Doc,
    Resolver,
    World,
    Write,
    matches,
    new_id,
    now,
    ordered,
    page_of,
    put_of,
)

# Recorded prefixes hold dots and underscores, though the documentation forbids special characters ([B]).
_PREFIX = re.compile(r"[^\W\d][\w.\-]*\Z")
# Members that the list lacks ([B] that the vendor's document leaves them out, [C] that they are null).
_DETAIL = {
    "description": None,
    "providerId": None,
    "entityTypeConfiguration": None,
    "author": None,
    "owners": None,
}


class Vocabularies:
    """The vocabularies of the data catalogue."""

    def __init__(
        self, world: World, people: Administration, types: EntityTypes, connectors: Connectors, usage: Usage
    ) -> None:
        self._world = world
        self._people = people
        self._types = types
        self._connectors = connectors
        self._usage = usage

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Management.vocabularies": self._list,
            "Management.vocabulary": lambda caller, args: self.detail(caller, self.visible(args["id"])),
            "ManagementMutation.createVocabulary": self._create,
            "ManagementMutation.saveVocabulary": self._save,
            "ManagementMutation.activateVocabulary": lambda caller, args: self.detail(
                caller, self.activate(caller, args["vocabularyId"])
            ),
        }

    # Reading

    def visible(self, vocabulary_id: str) -> Doc:
        """A vocabulary as callers see it by now."""
        return self._world.visible(VOCABULARY, vocabulary_id, "The vocabulary")

    def newest(self, vocabulary_id: str | None) -> Doc:
        """A vocabulary as the server knows it; new keys may follow a new vocabulary at once."""
        return self._world.newest(VOCABULARY, vocabulary_id, "The vocabulary")

    def search(
        self,
        *,
        name: str | None = None,
        active: bool | None = None,
        grouping: str | None = None,
        provider: str | None = None,
        kinds: list[int] | None = None,
        no_source: bool | None = None,
        used: bool | None = None,
    ) -> list[Doc]:
        """The vocabularies that fit."""
        return [
            doc
            for doc in self._world.all(VOCABULARY)
            if matches(name, doc["vocabularyName"], doc["keyPrefix"])
            and active in (None, doc["isActive"])
            and (not grouping or doc["grouping"].lower() == grouping.lower())
            and (not provider or doc["providerId"] == provider.lower())
            and (not kinds or kind_of(doc) in kinds)
            and (not no_source or doc["providerId"] is None)
            and (used is None or self._usage.vocabulary(doc["vocabularyId"]) == used)
        ]

    def _list(self, _caller: Caller, args: Args) -> Doc:
        """Pages from 1 ([B]); an earlier page is an error ([C])."""
        found = self.search(
            name=args.get("searchName"),
            active=args.get("isActive"),
            grouping=args.get("entityType"),
            provider=args.get("connectorId"),
            kinds=[args["filterTypes"]] if args.get("filterTypes") else None,
            no_source=args.get("filterHasNoSource"),
            used=args.get("filterIsUsed"),
        )
        found = ordered(found, args.get("sortBy"), (args.get("sortDirection") or "").lower().startswith("desc"))
        page = page_of(found, first_is_one(args.get("pageNumber")), args.get("pageSize") or 20)
        return {"total": len(found), "data": [self._listed(doc) for doc in page]}

    def _listed(self, doc: Doc) -> Doc:
        return {
            **doc,
            **_DETAIL,
            "connector": lambda info: self._connectors.source(doc["providerId"]),
            "isUsed": lambda info: self._usage.vocabulary(doc["vocabularyId"]),
        }

    def detail(self, caller: Caller, doc: Doc) -> Doc:
        """One vocabulary with everything."""
        return {
            **doc,
            "connector": lambda info: self._connectors.source(doc["providerId"]),
            "isUsed": lambda info: self._usage.vocabulary(doc["vocabularyId"]),
            "entityTypeConfiguration": lambda info: self._types.configuration(doc["grouping"]),
            "isVocabularyOwner": caller.user_id in doc["owners"],
            "author": lambda info: self._people.person(doc["createdBy"]),
            "owners": lambda info: [person for owner in doc["owners"] if (person := self._people.person(owner))],
        }

    # Writing

    def _create(self, caller: Caller, args: Args) -> Doc:
        given = self._given(args.get("vocabulary"))
        self._types.ensure(caller, args["vocabulary"].get("entityTypeConfiguration"))
        return self.detail(caller, self.create(caller, given))

    def _save(self, caller: Caller, args: Args) -> Doc:
        given = self._given(args.get("vocabulary"))
        self._types.ensure(caller, args["vocabulary"].get("entityTypeConfiguration"))
        return self.detail(caller, self.save(caller, {**given, "vocabularyId": args["vocabulary"].get("vocabularyId")}))

    @staticmethod
    def _given(vocabulary: Doc | None) -> Doc:
        """The members of the REST model out of the GraphQL input."""
        if vocabulary is None:
            raise bad_request("A vocabulary is needed.")
        grouping = (vocabulary.get("entityTypeConfiguration") or {}).get("entityType")
        given = {name: vocabulary.get(name) for name in ("vocabularyName", "keyPrefix", "description")}
        given |= {"grouping": grouping, "providerId": vocabulary.get("providerId") or None}
        for name in ("vocabularyName", "keyPrefix", "grouping"):
            if not (given[name] or "").strip():
                raise bad_request("The model is not valid.", **{name: "This member is required."})
        return given

    def create(self, caller: Caller, given: Doc) -> Doc:
        """Makes an inactive vocabulary ([B]); its author owns it ([B])."""
        doc = self._formed(given)
        self._check_prefix(doc["keyPrefix"])
        self._check_name(doc["vocabularyName"], None)
        doc |= {
            "vocabularyId": new_id(),
            "isCluedInCore": False,
            "isDynamic": True,
            "isProvider": False,
            "isActive": False,
            "createdAt": now(),
            "createdBy": caller.user_id,
            "owners": [caller.user_id],
        }
        self._world.submit(caller, "Create vocabulary", doc["vocabularyId"], [put_of(VOCABULARY, doc)])
        return doc

    def save(self, caller: Caller, given: Doc) -> Doc:
        """Replaces name, entity type, source and description; the prefix stays ([B])."""
        before = self.newest(given["vocabularyId"])
        changed = self._formed(given)
        if before["isCluedInCore"]:
            raise bad_request("A vocabulary of CluedIn cannot be changed.")
        if changed["keyPrefix"] != before["keyPrefix"]:
            raise bad_request("The key prefix cannot be changed.", keyPrefix="The key prefix cannot be changed.")
        after = {**before, **changed}
        if after == before:
            raise conflict("Nothing about the vocabulary would change.")
        self._check_name(after["vocabularyName"], before["vocabularyId"])
        self._world.submit(caller, "Update vocabulary", before["vocabularyId"], [put_of(VOCABULARY, after)])
        return after

    def activate(self, caller: Caller, vocabulary_id: str) -> Doc:
        """Activates; doing it twice is no error ([C])."""
        doc = {**self.newest(vocabulary_id), "isActive": True}
        self._world.submit(caller, "Activate vocabulary", vocabulary_id, [put_of(VOCABULARY, doc)])
        return doc

    def delete(self, caller: Caller, vocabulary_id: str) -> None:
        """Removes a vocabulary and its keys; 400 when a key is in use ([B])."""
        doc = self.newest(vocabulary_id)
        if doc["isCluedInCore"]:
            raise bad_request("A vocabulary of CluedIn cannot be deleted.")
        keys = self._world.find(KEY, "vocabulary", doc["vocabularyId"], latest=True)
        used = [key["key"] for key in keys if self._usage.reasons(key, within=doc["vocabularyId"])]
        if used:
            raise bad_request(f"The vocabulary cannot be deleted: keys are in use ({', '.join(used)}).")
        writes = [Write(KEY, key["vocabularyKeyId"]) for key in keys]
        self._world.submit(
            caller, "Delete vocabulary", vocabulary_id, [*writes, Write(VOCABULARY, doc["vocabularyId"])]
        )

    def set_owners(self, caller: Caller, vocabulary_id: str, owners: list[str]) -> Doc:
        """Replaces the owners."""
        doc = {**self.newest(vocabulary_id), "owners": owners}
        self._world.submit(caller, "Change vocabulary owners", vocabulary_id, [put_of(VOCABULARY, doc)])
        return doc

    def prefix_owner(self, prefix: str) -> Doc | None:
        """The vocabulary that has this prefix, ignoring case ([B])."""
        return self._world.taken(VOCABULARY, "prefix", prefix.strip().lower())

    def _formed(self, given: Doc) -> Doc:
        return {
            "vocabularyName": self._world.text(given["vocabularyName"]),
            "keyPrefix": given["keyPrefix"],
            "grouping": given["grouping"],
            "providerId": given["providerId"].lower() if given["providerId"] else None,
            "description": self._world.rich_text(given["description"]),
        }

    def _check_prefix(self, prefix: str) -> None:
        if not _PREFIX.match(prefix):
            raise bad_request("The key prefix is not valid.", keyPrefix="Letters, digits, dots and underscores only.")
        if self.prefix_owner(prefix):
            raise conflict(f"A vocabulary with the key prefix '{prefix}' exists.")

    def _check_name(self, name: str, but: str | None) -> None:
        if self._world.taken(VOCABULARY, "name", name.lower(), but=but):
            raise conflict(f"A vocabulary with the name '{name}' exists.")


def kind_of(doc: dict[str, Any]) -> int:
    """The kind of a vocabulary or key as one of the numbers 1 to 3 ([B] the numbers, [U] which is which)."""
    return 1 if doc["isCluedInCore"] else 3 if doc["isProvider"] else 2


def first_is_one(page: int | None) -> int:
    """A page counted from 1, as an index from 0."""
    if page is None:
        return 0
    if page < 1:
        raise bad_request(f"The page number {page} is not valid: pages are counted from 1.")
    return page - 1
