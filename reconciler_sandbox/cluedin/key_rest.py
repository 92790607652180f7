"""Vocabulary keys over REST ([B] paths and status codes; [U] members of answers, which mirror the models)."""

from __future__ import annotations

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.errors import CluedInError, bad_request, not_found
from reconciler_sandbox.cluedin.key_views import KeyFilter, KeyViews
from reconciler_sandbox.cluedin.keys import Keys
from reconciler_sandbox.cluedin.numbers import obsolete_filter, storage_name, type_name
from reconciler_sandbox.cluedin.usage import Usage
from reconciler_sandbox.cluedin.vocabularies import Vocabularies
from reconciler_sandbox.cluedin.world import KEY, Call, Doc, RestRoute, World, ordered, page_of
from reconciler_sandbox.web import Request, Response

_ONE = "/vocabs/vocabulary/{vocabulary}/key/{key}"


class KeyRest:
    """Keys, one by one and in bulk."""

    def __init__(self, world: World, vocabularies: Vocabularies, keys: Keys, views: KeyViews, usage: Usage) -> None:
        self._world = world
        self._vocabularies = vocabularies
        self._keys = keys
        self._views = views
        self._usage = usage

    def routes(self) -> list[RestRoute]:
        """Paths; fixed words stand before ids."""
        return [
            ("GET", "/vocabs/allkeys", self._list),
            ("GET", "/vocabs/keys", self._list),
            ("POST", "/vocabs/keys", self._bulk),
            ("POST", "/vocabs/keys/exist", self._exist),
            ("POST", "/vocabs/key", self._create),
            ("PUT", "/vocabs/key", self._save),
            ("PUT", "/vocabs/key/rename", self._rename),
            ("GET", "/vocabs/key/getbykeynames", self._by_names),
            ("POST", "/vocabs/key/getbykeynames", self._by_names),
            ("PUT", "/vocabs/key/{key}/activate", self._activate),
            ("GET", "/vocabs/key/{key}", self._get),
            ("GET", "/vocabs/fullyqualifiedkey/{name}", self._by_name),
            ("GET", "/vocabs/reindexrunning/{name}", self._reindex_running),
            ("POST", "/vocabs/reprocesskey/{name}", self._reprocess),
            ("GET", "/vocabs/vocabularykeymapping/validate/{key}/{target}", self._validate_mapping),
            ("GET", "/vocabs/{vocabulary}/allkeys", self._list),
            ("GET", "/vocabs/{vocabulary}/keys", self._list),
            ("GET", "/vocabs/vocabulary/{vocabulary}/verifykeyname/{name}", self._verify_name),
            ("GET", _ONE, lambda call, vocabulary, key: self._get(call, key)),
            ("DELETE", _ONE, self._delete),
            ("DELETE", f"{_ONE}/mapstokey/{{target}}", self._delete),
            ("GET", "/vocabusage/vocabulary/{vocabulary}/key/{key}/usage", self._used_by),
            ("GET", "/vocabusage/vocabulary/{vocabulary}/key/{key}/hasdata", self._has_data),
            ("POST", "/vocabusage/impactfromupdate", self._impact),
        ]

    # Reading

    def _list(self, call: Call, vocabulary: str | None = None) -> Response:
        """Pages from 0, `take` 20; obsolete keys are among them unless asked otherwise ([B])."""
        request = call.request
        vocabulary = vocabulary or request.arg("filterVocabulary")
        found = self._views.find(_filter(request), models.guid(vocabulary) if vocabulary else None)
        found = ordered(found, request.arg("orderBy"), models.flag(request, "orderAsc") is False)
        page = page_of(found, models.whole(request, "page", 0), models.whole(request, "take", 20))
        return Response(200, {"total": len(found), "data": [self._views.model(doc) for doc in page]})

    def _get(self, call: Call, key: str) -> Response:
        return Response(200, self._views.model(self._visible(key)))

    def _by_name(self, call: Call, name: str) -> Response:
        found = self._views.full_name(name)
        if found is None:
            raise not_found("The vocabulary key", name)
        return Response(200, self._views.model(found))

    def _by_names(self, call: Call) -> Response:
        names = call.request.args("keyNames") if call.request.method == "GET" else models.body_of(call.request)
        if not isinstance(names, list):
            raise bad_request("A list of names is needed.")
        found = [self._views.full_name(str(name)) for name in names]
        return Response(200, [self._views.model(doc) for doc in found if doc])

    def _exist(self, call: Call) -> Response:
        body = models.Model({"keys": "list?"}).read(call.request)
        return Response(200, [name for name in body["keys"] or [] if self._world.taken(KEY, "key", str(name))])

    def _verify_name(self, call: Call, vocabulary: str, name: str) -> Response:
        prefix = self._vocabularies.newest(models.guid(vocabulary))["keyPrefix"]
        free = self._world.taken(KEY, "key", f"{prefix}.{name}") is None
        return Response(200, free and not any(character.isspace() for character in name))

    def _reindex_running(self, call: Call, name: str) -> Response:
        found = self._views.full_name(name)
        return Response(200, found is not None and self._keys.busy(found["vocabularyKeyId"]))

    # Writing

    def _create(self, call: Call) -> Response:
        doc = self._keys.create(call.caller, _worded(models.ADD_KEY.read(call.request)))
        return Response(201, self._views.model(doc))

    def _bulk(self, call: Call) -> Response:
        """One outcome for each key, in their order ([B] members of an outcome, [U] their words)."""
        body = models.body_of(call.request)
        if not isinstance(body, list):
            raise bad_request("A list of keys is needed.")
        return Response(200, [self._one_of_bulk(call, item) for item in body])

    def _one_of_bulk(self, call: Call, item: object) -> Doc:
        outcome: Doc = {"vocabularyKey": item, "status": 201, "id": None, "error": None}
        try:
            outcome["id"] = self._keys.create(call.caller, _worded(models.ADD_KEY.check(item)))["vocabularyKeyId"]
        except CluedInError as error:
            faults = [f"{name}: {' '.join(texts)}" for name, texts in (error.fields or {}).items()]
            outcome |= {"status": error.status, "error": " ".join([error.detail, *faults])}
        return outcome

    def _save(self, call: Call) -> Response:
        given = _worded(models.UPDATE_KEY.read(call.request))
        key = self._keys.newest(given["vocabularyKeyId"])
        if key["vocabularyId"] != given["vocabularyId"]:
            raise bad_request(
                "The key belongs to another vocabulary.", vocabularyId="The vocabulary cannot be changed."
            )
        if given["groupName"] is None:
            given["groupName"] = key["groupName"]
        return Response(200, self._views.model(self._keys.save(call.caller, key["vocabularyKeyId"], given)))

    def _rename(self, call: Call) -> Response:
        given = models.RENAME_KEY.read(call.request)
        return Response(
            200, self._views.model(self._keys.rename(call.caller, given["vocabularyKeyId"], given["newName"]))
        )

    def _activate(self, call: Call, key: str) -> Response:
        return Response(200, self._views.model(self._keys.activate(call.caller, models.guid(key))))

    def _delete(self, call: Call, vocabulary: str, key: str, target: str | None = None) -> Response:
        target = target or call.request.arg("mapsToOtherKeyId")
        maps_to = models.guid(target) if target else None
        self._keys.delete(call.caller, models.guid(vocabulary), models.guid(key), maps_to)
        return Response(200)

    def _reprocess(self, call: Call, name: str) -> Response:
        """202 when queued, 200 when there is no such key ([B])."""
        return Response(202 if self._views.full_name(name) else 200)

    def _validate_mapping(self, call: Call, key: str, target: str) -> Response:
        found = self._visible(key)
        self._keys.check_mapping(found["vocabularyKeyId"], self._visible(target)["vocabularyKeyId"])
        return Response(200, True)

    # Use

    def _used_by(self, call: Call, vocabulary: str, key: str) -> Response:
        return Response(200, self._usage.reasons(self._visible(key)))

    def _has_data(self, call: Call, vocabulary: str, key: str) -> Response:
        return Response(200, bool(self._visible(key)["records"]))

    def _impact(self, call: Call) -> Response:
        """What a change would touch; 400 for a circular mapping ([B] content, [U] names of members)."""
        given = _worded(models.KEY_IMPACT.read(call.request))
        key = self._keys.newest(given["vocabularyKeyId"])
        self._keys.check_mapping(key["vocabularyKeyId"], given["mapsToOtherKeyId"])
        changes = [name for name in ("dataType", "storage", "mapsToOtherKeyId") if given[name] != key[name]]
        records = key["records"] if changes else 0
        impact = {
            "requiresReprocessing": bool(records),
            "affectedRecords": records,
            "services": ["Reprocess"] if records else [],
            "artifacts": self._usage.reasons(key) if changes else [],
        }
        return Response(200, impact)

    def _visible(self, key: str) -> Doc:
        found = self._world.get(KEY, models.guid(key))
        if found is None:
            raise not_found("The vocabulary key", key)
        return found


def _filter(request: Request) -> KeyFilter:
    """The filters of the query. The older path takes a boolean for obsolete keys ([B])."""
    obsolete = request.arg("filterIsObsolete") or ""
    words = {"true": "OnlyObsolete", "false": "IgnoreObsolete"}
    kind = request.arg("filterDataType")
    has_provider = models.flag(request, "filterHasProvider")
    return KeyFilter(
        search=request.arg("searchName"),
        data_type=type_name(int(kind)) if kind and kind.isdigit() else kind,
        classification=request.arg("filterClassification"),
        provider=request.arg("filterProviderId"),
        has_provider=False if models.flag(request, "filterHasNoSource") else has_provider,
        kinds=tuple(int(item) for item in request.args("filterTypes") if item.isdigit()),
        obsolete=obsolete_filter(words.get(obsolete.lower(), obsolete), "All"),
        visible=models.flag(request, "filterVisibility"),
        used=models.flag(request, "filterIsUsed"),
    )


def _worded(given: Doc) -> Doc:
    """A checked body with words in place of integers."""
    return {**given, "dataType": type_name(given["dataType"]), "storage": storage_name(given["storage"])}
