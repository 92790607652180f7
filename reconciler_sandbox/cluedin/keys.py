"""Vocabulary keys: rules, and the fields of the GraphQL schema."""

from __future__ import annotations

import time
from typing import Any

from reconciler_sandbox.cluedin.classifications import CLASSIFICATIONS
from reconciler_sandbox.cluedin.errors import CluedInError, bad_request, conflict, not_found
from reconciler_sandbox.cluedin.key_views import KeyViews
from reconciler_sandbox.cluedin.numbers import DATA_TYPES, STORAGES, default_storage
from reconciler_sandbox.cluedin.usage import Usage
from reconciler_sandbox.cluedin.vocabularies import Vocabularies
from reconciler_sandbox.cluedin.world import (
    KEY,
    TERM,
    Args,
    Caller,
    Doc,
    Resolver,
    World,
    Write,
    new_id,
    now,
    put_of,
)

_ANNOTATIONS = (
    "dataAnnotationsIsPrimaryKey",
    "dataAnnotationsIsEditable",
    "dataAnnotationsIsNullable",
    "dataAnnotationsIsRequired",
    "dataAnnotationsMinimumLength",
    "dataAnnotationsMaximumLength",
)
# What a save replaces; members that the caller leaves out are cleared ([C]).
_SAVED = (
    *("displayName", "groupName", "isVisible", "dataType", "storage", "description", "glossaryTermId"),
    *("dataClassificationCode", "mapsToOtherKeyId", "isValueChangeInsignificant", "isObsolete"),
    *_ANNOTATIONS,
)
# What makes the server process records again ([B]).
_HEAVY = ("dataType", "storage", "dataClassificationCode", "mapsToOtherKeyId")


class Keys:
    """The keys of the data catalogue."""

    def __init__(self, world: World, vocabularies: Vocabularies, views: KeyViews, usage: Usage) -> None:
        self._world = world
        self._vocabularies = vocabularies
        self._views = views
        self._usage = usage
        self._busy: dict[str, float] = {}

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Management.vocabularyKeys": self._views.list_all,
            "Management.vocabularyKeysFromVocabularyId": self._views.list_one,
            "Management.vocabularyPerKey": self._views.by_name,
            "ManagementMutation.createVocabularyKey": self._create,
            "ManagementMutation.saveVocabularyKey": self._save,
            "ManagementMutation.mapVocabularyKey": self._map,
            "ManagementMutation.renameVocabularyKey": lambda caller, args: self.rename(
                caller, args["vocabularyKeyId"], args["newName"]
            )["vocabularyKeyId"],
        }

    def newest(self, key_id: str | None) -> Doc:
        """A key as the server knows it."""
        found = self._world.get(KEY, key_id, latest=True)
        if found is None:
            raise not_found("The vocabulary key", key_id or "without an id")
        return found

    # GraphQL

    def _create(self, caller: Caller, args: Args) -> Doc:
        """Heeds the first members of the input; the others need a save ([B] in the vendor's client)."""
        given: Doc = args.get("vocabularyKey") or {}
        heeded = {
            name: given.get(name)
            for name in (
                "vocabularyId",
                "displayName",
                "name",
                "groupName",
                "dataType",
                "storage",
                "description",
            )
        }
        visible = given.get("isVisible")
        heeded |= {"isVisible": visible is not False, "glossaryTermId": given.get("glossaryTermId")}
        return self._views.shown(caller, self.create(caller, heeded))

    def _save(self, caller: Caller, args: Args) -> Doc:
        given = args["vocabularyKey"]
        before = self.newest(given.get("vocabularyKeyId"))
        for name in ("displayName", "dataType", "storage"):
            if not given.get(name):
                raise bad_request("The model is not valid.", **{name: "This member is required."})
        if given.get("name") not in (None, before["name"]):
            raise bad_request("A key is renamed by its own operation.", name="The name cannot be changed.")
        saved = {name: given.get(name) for name in _SAVED}
        # The input has no member for this one, so that a save cannot touch it ([C]).
        saved["isObsolete"] = before["isObsolete"]
        return self._views.shown(caller, self.save(caller, before["vocabularyKeyId"], saved))

    def _map(self, caller: Caller, args: Args) -> Doc:
        key = self.newest(args["vocabularyKeyId"])
        target = self.newest(args["mapToVocabularyKeyId"])
        return self._views.shown(caller, self._store(caller, key, {"mapsToOtherKeyId": target["vocabularyKeyId"]}))

    # Writing

    def create(self, caller: Caller, given: Doc) -> Doc:
        """Makes a key; its full name is unique and case matters ([B])."""
        vocabulary = self._vocabularies.newest(given.get("vocabularyId"))
        name = (given.get("name") or "").strip()
        for member, value in (
            ("name", name),
            ("displayName", given.get("displayName")),
            ("groupName", given.get("groupName")),
        ):
            if not (value or "").strip():
                raise bad_request("The model is not valid.", **{member: "This member is required."})
        if any(character.isspace() for character in name):
            raise bad_request("The name is not valid.", name="A name holds no white space.")
        full = f"{vocabulary['keyPrefix']}.{name}"
        if self._world.taken(KEY, "key", full):
            raise conflict(f"A vocabulary key with the name '{full}' exists.")
        doc = self._formed({**given, "isObsolete": False}, core=vocabulary["isCluedInCore"]) | {
            "vocabularyKeyId": new_id(),
            "vocabularyId": vocabulary["vocabularyId"],
            "name": name,
            "key": full,
            "isCluedInCore": vocabulary["isCluedInCore"],
            "isDynamic": not vocabulary["isCluedInCore"],
            "isProvider": vocabulary["isProvider"],
            "providerId": vocabulary["providerId"],
            "compositeVocabularyId": given.get("compositeVocabularyId"),
            "createdAt": now(),
            "createdBy": caller.user_id,
            "isActive": True,
            "records": 0,
        }
        self._check(doc)
        self._world.submit(caller, "Create vocabulary key", doc["vocabularyKeyId"], [put_of(KEY, doc)])
        return doc

    def save(self, caller: Caller, key_id: str, given: Doc) -> Doc:
        """Replaces what can be set; saving nothing new is a 409 ([B] for vocabularies, [C] for keys)."""
        before = self.newest(key_id)
        if before["isCluedInCore"]:
            raise bad_request("A vocabulary key of CluedIn cannot be changed.")
        formed = self._formed({"groupName": before["groupName"], **given}, core=False)
        return self._store(caller, before, formed)

    def _store(self, caller: Caller, before: Doc, changes: Doc) -> Doc:
        if self.busy(before["vocabularyKeyId"]):
            raise CluedInError(423, f"A re-index of '{before['key']}' is running.")
        after = {**before, **changes}
        if after == before:
            raise conflict("Nothing about the vocabulary key would change.")
        self._check(after)
        self._world.submit(caller, "Update vocabulary key", before["vocabularyKeyId"], [put_of(KEY, after)])
        self._reindex(before, after)
        return after

    def rename(self, caller: Caller, key_id: str, name: str) -> Doc:
        """Makes a key of the new name; the old one becomes obsolete and maps to it ([B])."""
        old = self.newest(key_id)
        name = name.strip()
        full = f"{old['key'][: -len(old['name'])]}{name}"
        if not name or any(character.isspace() for character in name):
            raise bad_request("The name is not valid.", newName="A name holds no white space.")
        if old["isCluedInCore"]:
            raise bad_request("A vocabulary key of CluedIn cannot be renamed.")
        if self._world.taken(KEY, "key", full):
            raise bad_request(f"A vocabulary key with the name '{full}' exists.")
        new = {**old, "vocabularyKeyId": new_id(), "name": name, "key": full, "createdAt": now()}
        new |= {"createdBy": caller.user_id, "records": 0}
        gone = {**old, "isObsolete": True, "mapsToOtherKeyId": new["vocabularyKeyId"]}
        self._world.submit(caller, "Rename vocabulary key", key_id, [put_of(KEY, new), put_of(KEY, gone)])
        return new

    def delete(self, caller: Caller, vocabulary_id: str, key_id: str, maps_to: str | None) -> None:
        """Removes an unused key. A used one needs a key to map to, becomes obsolete and stays ([B])."""
        key = self.newest(key_id)
        if key["vocabularyId"] != vocabulary_id:
            raise not_found("The vocabulary key", key_id)
        if key["isCluedInCore"]:
            raise bad_request("A vocabulary key of CluedIn cannot be deleted.")
        if not self._usage.reasons(key):
            self._world.submit(caller, "Delete vocabulary key", key_id, [Write(KEY, key_id)])
            return
        if maps_to is None:
            raise bad_request(f"The vocabulary key '{key['key']}' is in use; name a key to map it to.")
        gone = {**key, "isObsolete": True, "mapsToOtherKeyId": self.newest(maps_to)["vocabularyKeyId"]}
        self._check(gone)
        self._world.submit(caller, "Delete vocabulary key", key_id, [put_of(KEY, gone)])

    def activate(self, caller: Caller, key_id: str) -> Doc:
        """Keys can be activated; no answer shows whether they are ([B])."""
        doc = {**self.newest(key_id), "isActive": True}
        self._world.submit(caller, "Activate vocabulary key", key_id, [put_of(KEY, doc)])
        return doc

    # Rules

    def check_mapping(self, key_id: str, target_id: str | None) -> None:
        """400 when following the mappings from the target leads back to the key ([B])."""
        seen: set[str] = set()
        while target_id and target_id not in seen:
            if target_id == key_id:
                raise bad_request("The mapping is circular: the key would map to itself.")
            seen.add(target_id)
            target_id = self.newest(target_id)["mapsToOtherKeyId"]

    def busy(self, key_id: str) -> bool:
        """Whether a re-index of this key is running; writes to it get 423 meanwhile ([B])."""
        return self._busy.get(key_id, 0.0) > time.monotonic()

    def _reindex(self, before: Doc, after: Doc) -> None:
        length = float(self._world.option("reindex_ms", 0)) / 1000
        if length and before["records"] and any(before[name] != after[name] for name in _HEAVY):
            self._busy[before["vocabularyKeyId"]] = time.monotonic() + length

    def _formed(self, given: Doc, *, core: bool) -> Doc:
        """The stored members, with the defaults that recorded answers show ([B])."""
        data_type = given.get("dataType") or "Text"
        doc: dict[str, Any] = {name: given.get(name) for name in _SAVED}
        doc |= {
            "displayName": self._world.text(given.get("displayName")),
            "groupName": given.get("groupName") or "Metadata",
            "dataType": data_type,
            "storage": given.get("storage") or default_storage(data_type),
            "description": self._world.rich_text(given.get("description")),
            "dataClassificationCode": given.get("dataClassificationCode") or (None if core else "/"),
            "isVisible": bool(given.get("isVisible")),
            "isObsolete": bool(given.get("isObsolete")),
            "isValueChangeInsignificant": bool(given.get("isValueChangeInsignificant")),
        }
        for name in ("mapsToOtherKeyId", "glossaryTermId"):
            doc[name] = (doc[name] or "").lower() or None
        return doc

    def _check(self, doc: Doc) -> None:
        if doc["dataType"] not in DATA_TYPES:
            raise bad_request("The data type is unknown.", dataType=f"'{doc['dataType']}' is not a data type.")
        if doc["storage"] not in STORAGES:
            raise bad_request("The storage is unknown.", storage=f"'{doc['storage']}' is not a storage.")
        if doc["dataType"] == "Text" and doc["storage"] != "Keyword" and self._world.at_least("4.4"):
            raise bad_request("Keys of type Text are stored as Keyword.", storage="Text must be Keyword.")
        if doc["dataClassificationCode"] not in CLASSIFICATIONS:
            raise bad_request("The data classification is unknown.", dataClassificationCode="Not in the list.")
        if doc["dataType"] == "Lookup":
            self._check_lookup(doc["glossaryTermId"])
        if doc["mapsToOtherKeyId"]:
            self.check_mapping(doc["vocabularyKeyId"], doc["mapsToOtherKeyId"])

    def _check_lookup(self, term_id: str | None) -> None:
        """A Lookup takes its values from a term, which must be active ([B])."""
        term = self._world.get(TERM, term_id, latest=True)
        if term is None or not term["active"]:
            raise bad_request("A Lookup needs an active glossary term.", glossaryTermId="Not an active glossary term.")
