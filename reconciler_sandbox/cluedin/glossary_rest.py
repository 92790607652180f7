"""The glossary over REST ([B] paths, models and status codes)."""

from __future__ import annotations

from typing import Any

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.errors import bad_request, conflict, not_found
from reconciler_sandbox.cluedin.glossary import Glossary, average
from reconciler_sandbox.cluedin.world import (
    CATEGORY,
    KEY,
    LEXICON,
    TAG,
    TERM,
    Call,
    Doc,
    RestRoute,
    World,
    Write,
    matches,
    new_id,
    now,
    ordered,
    page_of,
)
from reconciler_sandbox.web import Response

_ALL = 2**31 - 1


class GlossaryRest:
    """Terms, categories, tags, synonyms."""

    def __init__(self, world: World, glossary: Glossary) -> None:
        self._world = world
        self._glossary = glossary

    def routes(self) -> list[RestRoute]:
        """Paths; fixed words stand before ids."""
        return [
            ("GET", "/glossary", self._list),
            ("POST", "/glossary", self._create),
            ("PUT", "/glossary", self._save),
            ("GET", "/glossary/category", lambda call: self._named(call, CATEGORY)),
            ("POST", "/glossary/category", self._create_category),
            ("PUT", "/glossary/category", self._save_category),
            ("GET", "/glossary/category/search/{name}", lambda call, name: self._found(CATEGORY, name)),
            ("GET", "/glossary/category/{item}", self._category),
            ("DELETE", "/glossary/category/{item}", self._delete_category),
            ("GET", "/glossary/tag", lambda call: self._named(call, TAG)),
            ("POST", "/glossary/tag", self._create_tag),
            ("DELETE", "/glossary/tag/{item}", self._delete_tag),
            ("GET", "/glossary/term/search/{name}", lambda call, name: self._found(TERM, name)),
            ("POST", "/glossary/termlexicon", self._add_synonym),
            ("DELETE", "/glossary/lexicon/{item}", self._delete_synonym),
            ("POST", "/glossary/endorsement", self._endorse),
            ("DELETE", "/glossary/endorsement", self._unendorse),
            ("POST", "/glossary/rating", self._rate),
            ("PUT", "/glossary/rating", self._rate),
            ("GET", "/glossary/dependencies/{item}", self._dependencies),
            ("GET", "/glossary/{item}", self._get),
            ("DELETE", "/glossary/{item}", self._delete),
        ]

    # Terms

    def _list(self, call: Call) -> Response:
        """Pages from 0, `take` 20 ([B])."""
        request = call.request
        category = request.arg("filterCategory")
        found = self._glossary.search(
            call.caller,
            name=request.arg("searchName"),
            active=models.flag(request, "filterActive"),
            category=models.guid(category) if category else None,
        )
        tag, creator = request.arg("filterTag"), request.arg("filterCreator")
        found = [doc for doc in found if not creator or doc["createdBy"] == creator.lower()]
        found = [
            doc for doc in found if not tag or any(tag in (item["id"], item["name"]) for item in doc["relatedTags"])
        ]
        found = ordered(found, request.arg("orderBy"), models.flag(request, "orderAsc") is False)
        page = page_of(found, models.whole(request, "page", 0), models.whole(request, "take", 20))
        return Response(200, {"total": len(found), "data": [self._listed(doc) for doc in page]})

    def _listed(self, doc: Doc) -> Doc:
        category = self._world.get(CATEGORY, doc["categoryId"], latest=True) or {}
        members = ("id", "createdAt", "modifiedAt", "name", "modifiedBy", "createdBy", "active", "categoryId")
        shown = {name: doc[name] for name in members}
        return {
            **shown,
            "categoryName": category.get("name"),
            "matches": 0,
            "requiresAttention": doc["requiresAttention"],
        }

    def _get(self, call: Call, item: str) -> Response:
        return Response(200, self._model(self._glossary.visible(call.caller, models.guid(item))))

    def _create(self, call: Call) -> Response:
        given = _tree_checked(models.ADD_TERM.read(call.request))
        return Response(201, self._model(self._glossary.create(call.caller, given)))

    def _save(self, call: Call) -> Response:
        given = _tree_checked(models.UPDATE_TERM.read(call.request))
        given["relatedTags"] = [models.TAG.check(tag) for tag in given["relatedTags"] or []]
        return Response(200, self._model(self._glossary.save(call.caller, given)))

    def _delete(self, call: Call, item: str) -> Response:
        self._glossary.delete(call.caller, models.guid(item))
        return Response(200)

    def _dependencies(self, call: Call, item: str) -> Response:
        term = self._glossary.newest(models.guid(item))
        keys = [key for key in self._world.all(KEY, latest=True) if key["glossaryTermId"] == term["id"]]
        return Response(
            200, [{"type": "VocabularyKey", "id": key["vocabularyKeyId"], "name": key["key"]} for key in keys]
        )

    def _endorse(self, call: Call) -> Response:
        given = models.ENDORSEMENT.read(call.request)
        self._glossary.endorse(call.caller, given["termId"], True)
        return Response(200)

    def _unendorse(self, call: Call) -> Response:
        self._glossary.endorse(call.caller, models.guid(call.request.arg("termId") or ""), False)
        return Response(200)

    def _rate(self, call: Call) -> Response:
        given = models.RATING.read(call.request)
        return Response(200, self._model(self._glossary.rate(call.caller, given["termId"], given["rating"])))

    def _model(self, doc: Doc) -> Doc:
        synonyms = self._world.find(LEXICON, "term", doc["id"])
        shown = {name: value for name, value in doc.items() if name != "ratings"}
        return {**shown, "rating": average(doc), "lexicon": synonyms}

    # Categories, tags, synonyms

    def _named(self, call: Call, kind: str) -> Response:
        """Everything on one page unless asked otherwise ([B])."""
        found = self._world.all(kind)
        page, take = models.whole(call.request, "page", 0), models.whole(call.request, "take", _ALL)
        return Response(200, {"total": len(found), "data": found[page * take : (page + 1) * take]})

    def _found(self, kind: str, name: str) -> Response:
        """Those whose name matches; 404 when there is none ([B])."""
        found = [doc for doc in self._world.all(kind) if matches(name, doc["name"])]
        if not found:
            raise not_found("The name", name)
        return Response(200, [self._model(doc) for doc in found] if kind == TERM else found)

    def _category(self, call: Call, item: str) -> Response:
        return Response(200, self._existing(CATEGORY, item))

    def _create_category(self, call: Call) -> Response:
        given = models.ADD_CATEGORY.read(call.request)
        return Response(201, self._glossary.create_category(given["name"]))

    def _save_category(self, call: Call) -> Response:
        given = models.UPDATE_CATEGORY.read(call.request)
        return Response(200, self._glossary.save_category(given["id"], given["name"]))

    def _delete_category(self, call: Call, item: str) -> Response:
        """Through the approval pipeline ([B]); one with terms is in use ([C])."""
        category = self._existing(CATEGORY, item)
        if self._world.find(TERM, "category", category["id"], latest=True):
            raise bad_request("The glossary category holds terms.")
        self._world.submit(call.caller, "Delete glossary category", category["id"], [Write(CATEGORY, category["id"])])
        return Response(200)

    def _create_tag(self, call: Call) -> Response:
        given = models.TAG.read(call.request)
        return Response(201, self._glossary.create_tag(given["name"]))

    def _delete_tag(self, call: Call, item: str) -> Response:
        self._world.drop(TAG, self._existing(TAG, item)["id"])
        return Response(200)

    def _add_synonym(self, call: Call) -> Response:
        given = models.LEXICON.read(call.request)
        term = self._glossary.newest(given["glossaryTermId"])
        value = (given["value"] or "").strip()
        if not value:
            raise bad_request("The model is not valid.", value="This member is required.")
        if self._world.taken(LEXICON, "value", value.lower()):
            raise conflict(f"The lexicon entry '{value}' exists.")
        doc = {
            "id": new_id(),
            "value": value,
            "glossaryTermId": term["id"],
            "type": given["type"],
            "createdDate": now(),
        }
        return Response(201, self._world.put(LEXICON, doc))

    def _delete_synonym(self, call: Call, item: str) -> Response:
        self._world.drop(LEXICON, self._existing(LEXICON, item)["id"])
        return Response(200)

    def _existing(self, kind: str, item: str) -> Doc:
        found = self._world.get(kind, models.guid(item), latest=True)
        if found is None:
            raise not_found("The object", item)
        return found


def _tree_checked(given: Doc) -> Doc:
    """A body whose condition tree fits its model at each level ([B]: nothing else is allowed in a node)."""
    if given["ruleSet"] is not None:
        given["ruleSet"] = _checked(given["ruleSet"])
    return given


def _checked(node: Any) -> Doc:
    clean = models.FILTER_RULE.check(node)
    clean["rules"] = [_checked(child) for child in clean["rules"] or []]
    return clean
