"""How vocabulary keys are found, and what answers show of them."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.connectors import Connectors
from reconciler_sandbox.cluedin.numbers import STORAGE_NUMBER, TYPE_NUMBER, obsolete_filter
from reconciler_sandbox.cluedin.usage import Usage
from reconciler_sandbox.cluedin.vocabularies import Vocabularies, first_is_one, kind_of
from reconciler_sandbox.cluedin.world import KEY, VOCABULARY, Args, Caller, Doc, World, matches, page_of

_COMPOSITE = {"name": None, "displayName": None, "dataType": None}
_MAPPED = ("VocabularyKeyId", "VocabularyId", "Name", "DataType", "DisplayName", "Key", "Storage")


@dataclass(frozen=True, slots=True)
class KeyFilter:
    """Which keys a list shows."""

    search: str | None = None
    data_type: str | None = None
    classification: str | None = None
    provider: str | None = None
    core: bool | None = None
    dynamic: bool | None = None
    from_provider: bool | None = None
    has_provider: bool | None = None
    kinds: tuple[int, ...] = ()
    obsolete: str = "IgnoreObsolete"
    visible: bool | None = None
    used: bool | None = None

    def accepts(self, doc: Doc) -> bool:
        """Whether a key is shown, apart from its use."""
        if self.visible is not None and doc["isVisible"] != self.visible:
            return False
        if self.obsolete != "All" and doc["isObsolete"] != (self.obsolete == "OnlyObsolete"):
            return False
        return (
            matches(self.search, doc["key"], doc["displayName"])
            and (not self.data_type or doc["dataType"] == self.data_type)
            and (not self.classification or doc["dataClassificationCode"] == self.classification)
            and (not self.provider or doc["providerId"] == self.provider.lower())
            and self.core in (None, doc["isCluedInCore"])
            and self.dynamic in (None, doc["isDynamic"])
            and self.from_provider in (None, doc["isProvider"])
            and self.has_provider in (None, doc["providerId"] is not None)
            and (not self.kinds or kind_of(doc) in self.kinds)
        )


class KeyViews:
    """Reading keys."""

    def __init__(
        self,
        world: World,
        people: Administration,
        connectors: Connectors,
        vocabularies: Vocabularies,
        usage: Usage,
    ) -> None:
        self._world = world
        self._people = people
        self._connectors = connectors
        self._vocabularies = vocabularies
        self._usage = usage

    def find(self, wanted: KeyFilter, vocabulary_id: str | None = None) -> list[Doc]:
        """The keys that fit, of one vocabulary or of all."""
        if vocabulary_id is None:
            docs = self._world.all(KEY)
        else:
            docs = self._world.find(KEY, "vocabulary", vocabulary_id.lower())
        found = [doc for doc in docs if wanted.accepts(doc)]
        if wanted.used is None:
            return found
        return [doc for doc in found if bool(self._usage.reasons(doc)) == wanted.used]

    def list_all(self, caller: Caller, args: Args) -> Doc:
        """Keys of all vocabularies, in pages from 1 ([B])."""
        without = args.get("hasNoProvider") or args.get("filterHasNoSource")
        found = self.find(
            KeyFilter(
                search=args.get("searchName"),
                data_type=args.get("dataType"),
                classification=args.get("classification"),
                provider=args.get("connectorId"),
                core=args.get("isCluedInCore"),
                dynamic=args.get("isDynamic"),
                from_provider=args.get("isProvider"),
                has_provider=False if without else None,
                kinds=(args["filterTypes"],) if args.get("filterTypes") else (),
                obsolete=obsolete_filter(args.get("filterIsObsolete"), "IgnoreObsolete"),
                visible=None if args.get("skipFilterVisibility") else True,
                used=args.get("filterIsUsed"),
            )
        )
        page = page_of(found, first_is_one(args.get("pageNumber")), args.get("pageSize") or 20)
        return {"total": len(found), "data": [self.shown(caller, doc) for doc in page]}

    def list_one(self, caller: Caller, args: Args) -> Doc:
        """Every key of one vocabulary, without paging ([B])."""
        wanted = KeyFilter(
            search=args.get("searchName"),
            data_type=args.get("dataType"),
            classification=args.get("classification"),
            obsolete=obsolete_filter(args.get("filterIsObsolete"), "IgnoreObsolete"),
            visible=None if args.get("skipFilterVisibility") else True,
        )
        found = self.find(wanted, args["id"])
        return {"total": len(found), "data": [self.shown(caller, doc) for doc in found]}

    def by_name(self, caller: Caller, args: Args) -> Doc | None:
        """One key by its full name, in exactly this case ([B]); null when there is none ([C])."""
        found = self.full_name(args["key"])
        return self.shown(caller, found) if found else None

    def full_name(self, name: str) -> Doc | None:
        """One key as callers see it by now."""
        found = self._world.find(KEY, "key", name)
        return found[0] if found else None

    def shown(self, caller: Caller, doc: Doc) -> Doc:
        """A key as GraphQL shows it."""
        return {
            **doc,
            "compositeVocabulary": _COMPOSITE,
            "connector": lambda info: self._connectors.source(doc["providerId"]),
            "mappedKey": lambda info: self._mapped(doc),
            "vocabulary": lambda info: self._vocabulary(doc),
            "author": lambda info: self._people.person(doc["createdBy"]),
            "isVocabularyOwner": lambda info: (
                caller.user_id in self._vocabularies.newest(doc["vocabularyId"])["owners"]
            ),
        }

    def _vocabulary(self, doc: Doc) -> Doc | None:
        found = self._world.get(VOCABULARY, doc["vocabularyId"], latest=True)
        if found is None:
            return None
        return {**found, "connector": lambda info: self._connectors.source(found["providerId"])}

    def _mapped(self, doc: Doc) -> Doc | None:
        """The key that this one maps to, members in PascalCase ([B])."""
        target = self._world.get(KEY, doc["mapsToOtherKeyId"], latest=True)
        return {name: target[name[0].lower() + name[1:]] for name in _MAPPED} if target else None

    def model(self, doc: Doc) -> Doc:
        """A key as REST shows it: integers for data type and storage ([B] in requests, [C] in answers)."""
        hidden = ("records",)
        return {
            **{name: value for name, value in doc.items() if name not in hidden},
            "dataType": TYPE_NUMBER[doc["dataType"]],
            "storage": STORAGE_NUMBER[doc["storage"]],
            "mappedKey": self._mapped(doc),
            "organizationId": None,
        }
