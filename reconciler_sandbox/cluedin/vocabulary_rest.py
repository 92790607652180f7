"""Vocabularies over REST ([B] paths and status codes; [U] members of answers, which mirror the models)."""

from __future__ import annotations

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.administration import Administration
from reconciler_sandbox.cluedin.classifications import CODES
from reconciler_sandbox.cluedin.connectors import Connectors
from reconciler_sandbox.cluedin.errors import bad_request, not_found
from reconciler_sandbox.cluedin.numbers import TYPE_NUMBER
from reconciler_sandbox.cluedin.usage import Usage
from reconciler_sandbox.cluedin.vocabularies import Vocabularies
from reconciler_sandbox.cluedin.world import (
    CONNECTOR,
    KEY,
    VOCABULARY,
    Call,
    Doc,
    RestRoute,
    World,
    ordered,
    page_of,
)
from reconciler_sandbox.web import Response

_ONE = "/vocabs/vocabulary/{vocabulary}"


class VocabularyRest:
    """Vocabularies, their owners, and the lists around them."""

    def __init__(
        self,
        world: World,
        vocabularies: Vocabularies,
        people: Administration,
        connectors: Connectors,
        usage: Usage,
    ) -> None:
        self._world = world
        self._vocabularies = vocabularies
        self._people = people
        self._connectors = connectors
        self._usage = usage

    def routes(self) -> list[RestRoute]:
        """Paths; fixed words stand before ids."""
        return [
            ("GET", "/vocabs", self._list),
            ("GET", "/vocabs/vocabulary", self._flat),
            ("GET", "/vocabs/refresh", self._flat),
            ("POST", "/vocabs/vocabulary", self._create),
            ("PUT", "/vocabs/vocabulary", self._save),
            ("GET", "/vocabs/vocabulary/checkprefix", self._check_prefix),
            ("GET", "/vocabs/vocabulary/prefixexists/{prefix}", self._prefix_exists),
            ("GET", "/vocabs/vocabularybyname/{name}", self._by_name),
            ("GET", "/vocabs/dataclassifications", lambda call: Response(200, list(CODES))),
            ("GET", "/vocabs/datatypes", lambda call: Response(200, sorted(TYPE_NUMBER.values()))),
            ("GET", "/vocabs/sources", self._sources),
            ("GET", _ONE, self._get),
            ("DELETE", _ONE, self._delete),
            ("PUT", f"{_ONE}/activate", self._activate),
            ("GET", f"{_ONE}/groups", self._groups),
            ("GET", f"{_ONE}/owners", self._owners),
            ("POST", f"{_ONE}/owners", self._add_owners),
            ("DELETE", f"{_ONE}/owners", self._remove_owners),
            ("GET", f"{_ONE}/isowner/{{user}}", self._is_owner),
            ("GET", "/vocabusage/vocabulary/{vocabulary}/usage", self._used_by),
            ("GET", "/vocabusage/vocabulary/{vocabulary}/hasdata", self._has_data),
        ]

    def _list(self, call: Call) -> Response:
        """Pages from 0, `take` 20 ([B])."""
        request = call.request
        found = self._vocabularies.search(
            name=request.arg("searchName"),
            active=models.flag(request, "filterIsActive"),
            grouping=request.arg("filterGrouping"),
            provider=request.arg("filterIntegration"),
            kinds=[int(kind) for kind in request.args("filterTypes") if kind.isdigit()],
            no_source=models.flag(request, "filterHasNoSource"),
            used=models.flag(request, "filterIsUsed"),
        )
        found = ordered(found, request.arg("orderBy"), models.flag(request, "orderAsc") is False)
        page = page_of(found, models.whole(request, "page", 0), models.whole(request, "take", 20))
        return Response(200, {"total": len(found), "data": [self._model(doc) for doc in page]})

    def _flat(self, call: Call) -> Response:
        return Response(200, [self._model(doc) for doc in self._world.all(VOCABULARY)])

    def _get(self, call: Call, vocabulary: str) -> Response:
        return Response(200, self._model(self._vocabularies.visible(models.guid(vocabulary))))

    def _by_name(self, call: Call, name: str) -> Response:
        found = self._world.find(VOCABULARY, "name", name.lower())
        if not found:
            raise not_found("The vocabulary", name)
        return Response(200, self._model(found[0]))

    def _create(self, call: Call) -> Response:
        doc = self._vocabularies.create(call.caller, models.ADD_VOCABULARY.read(call.request))
        return Response(201, self._model(doc))

    def _save(self, call: Call) -> Response:
        doc = self._vocabularies.save(call.caller, models.UPDATE_VOCABULARY.read(call.request))
        return Response(200, self._model(doc))

    def _activate(self, call: Call, vocabulary: str) -> Response:
        return Response(200, self._model(self._vocabularies.activate(call.caller, models.guid(vocabulary))))

    def _delete(self, call: Call, vocabulary: str) -> Response:
        self._vocabularies.delete(call.caller, models.guid(vocabulary))
        return Response(200)

    def _check_prefix(self, call: Call) -> Response:
        """Whether a prefix is free; the vocabulary that has it comes along ([B] content, [U] names)."""
        prefix = call.request.arg("prefix")
        if not prefix:
            raise bad_request("A prefix is needed.", prefix="This value is required.")
        found = self._vocabularies.prefix_owner(prefix)
        return Response(200, {"isUnique": found is None, "vocabulary": self._model(found) if found else None})

    def _prefix_exists(self, call: Call, prefix: str) -> Response:
        return Response(200, self._vocabularies.prefix_owner(prefix) is not None)

    def _sources(self, call: Call) -> Response:
        wanted = {models.guid(item) for item in call.request.args("ids")}
        known = [self._connectors.source(doc["id"]) for doc in self._world.all(CONNECTOR)]
        return Response(200, [doc for doc in known if not wanted or doc["id"] in wanted])

    def _groups(self, call: Call, vocabulary: str) -> Response:
        found = self._vocabularies.visible(models.guid(vocabulary))
        keys = self._world.find(KEY, "vocabulary", found["vocabularyId"])
        return Response(200, sorted({key["groupName"] for key in keys}))

    # Owners: read with GET, changed by repeated userId values of the query ([B])

    def _owners(self, call: Call, vocabulary: str) -> Response:
        doc = self._vocabularies.visible(models.guid(vocabulary))
        return Response(200, [self._people.person(user) for user in doc["owners"]])

    def _add_owners(self, call: Call, vocabulary: str) -> Response:
        doc = self._vocabularies.newest(models.guid(vocabulary))
        new = [user for user in self._users(call) if user not in doc["owners"]]
        self._vocabularies.set_owners(call.caller, doc["vocabularyId"], [*doc["owners"], *new])
        return Response(200)

    def _remove_owners(self, call: Call, vocabulary: str) -> Response:
        doc = self._vocabularies.newest(models.guid(vocabulary))
        gone = self._users(call)
        left = [user for user in doc["owners"] if user not in gone]
        self._vocabularies.set_owners(call.caller, doc["vocabularyId"], left)
        return Response(200)

    def _is_owner(self, call: Call, vocabulary: str, user: str) -> Response:
        doc = self._vocabularies.visible(models.guid(vocabulary))
        return Response(200, user.lower() in doc["owners"])

    def _users(self, call: Call) -> list[str]:
        users = [models.guid(user) for user in call.request.args("userId")]
        unknown = [user for user in users if self._people.person(user) is None]
        if unknown or not users:
            raise bad_request("The users are not valid.", userId=", ".join(unknown) or "This value is required.")
        return users

    # Use

    def _used_by(self, call: Call, vocabulary: str) -> Response:
        doc = self._vocabularies.visible(models.guid(vocabulary))
        keys = self._world.find(KEY, "vocabulary", doc["vocabularyId"])
        return Response(200, [reason for key in keys for reason in self._usage.reasons(key)])

    def _has_data(self, call: Call, vocabulary: str) -> Response:
        doc = self._vocabularies.visible(models.guid(vocabulary))
        return Response(200, any(key["records"] for key in self._world.find(KEY, "vocabulary", doc["vocabularyId"])))

    def _model(self, doc: Doc) -> Doc:
        return {**doc, "connector": self._connectors.source(doc["providerId"])}
