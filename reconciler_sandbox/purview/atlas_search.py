"""Searches that Apache Atlas has and Purview has not, in atlas mode only.

Paths, parameters and the members of answers are those of Apache Atlas's own client [A]; which entities a
search finds, and in which order, is grade B: there is no index here, names and words are compared. The codes of
refusals are in Apache Atlas's own table [A]; that these are the cases for them is grade B. Of its query
language there is the plainest part.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from reconciler_sandbox.purview.core import Core, Doc, Route, new_guid, number
from reconciler_sandbox.purview.entity_view import EntityView
from reconciler_sandbox.purview.errors import bad_request, refuse
from reconciler_sandbox.purview.graph import Graph
from reconciler_sandbox.purview.typedefs import Types
from reconciler_sandbox.purview.values import text
from reconciler_sandbox.web import Request, Response

_TEXTS = ("name", "displayName", "qualifiedName", "description", "userDescription")
_SAVED = "saved search"


class AtlasSearch:
    """Search by attribute, relationship and words, suggestions, and searches that people save."""

    def __init__(self, core: Core, graph: Graph, view: EntityView) -> None:
        self._core = core
        self._store = core.store
        self._graph = graph
        self._view = view

    def routes(self) -> list[Route]:
        """Routes below `/atlas/v2`."""
        found: list[Route] = [
            ("GET", "/search/attribute", self._attribute),
            ("GET", "/search/dsl", self._dsl),
            ("GET", "/search/relationship", self._relationship),
            ("GET", "/search/fulltext", self._full_text),
            ("GET", "/search/quick", self._quick),
            ("POST", "/search/quick", self._quick),
            ("GET", "/search/suggestions", self._suggestions),
            ("GET", "/search/saved", self._list),
            ("POST", "/search/saved", self._add),
            ("PUT", "/search/saved", self._update),
            ("GET", "/search/saved/execute/guid/{guid}", self._run_guid),
            ("GET", "/search/saved/execute/{name}", self._run_name),
            ("GET", "/search/saved/{name}", self._get),
            ("DELETE", "/search/saved/{guid}", self._delete),
        ]
        return [(method, path, self._atlas_only(handler)) for method, path, handler in found]

    def _atlas_only(self, handler: Callable[..., Response]) -> Callable[..., Response]:
        def handle(request: Request, **segments: str) -> Response:
            if not self._core.atlas:
                return Response(404, {"errorCode": "ATLAS-404-00-004", "errorMessage": "No such resource"})
            return handler(request, **segments)

        return handle

    # what there is

    def _find(self, given: Doc) -> list[Doc]:
        """Entities of a type and its sub-types, with these words, living if that is asked."""
        type_name, words = given.get("typeName"), str(given.get("query") or "").lower().replace("*", " ").split()
        if type_name and self._core.types.get(type_name, "ENTITY") is None:
            refuse("404-00-001", f"Given typename {type_name} was invalid")
        family = self._core.types.family(type_name) if type_name else None
        return [
            doc
            for doc in self._store.all("entity")
            if (family is None or doc["typeName"] in family)
            and (doc["status"] == "ACTIVE" or not given.get("excludeDeletedEntities"))
            and all(word in _text(doc) for word in words)
        ]

    def _result(self, kind: str, found: list[Doc], given: Doc) -> Doc:
        limit, offset = int(given.get("limit") or 100), int(given.get("offset") or 0)
        page = [self._view.found(doc) for doc in found[offset : offset + limit]]
        answer: Doc = {"queryType": kind, "approximateCount": len(found)}
        return answer | ({"entities": page} if page else {})

    # searches

    def _attribute(self, request: Request) -> Response:
        """Entities of a type whose attribute begins with a text."""
        given = _given(request, "typeName", "attrName", "attrValuePrefix")
        name, start = given.get("attrName") or "qualifiedName", str(given.get("attrValuePrefix") or "")
        if not start:
            refuse("400-00-047", "No search parameter was found: attrValuePrefix is needed")
        found = [doc for doc in self._find(given) if str(doc["attributes"].get(name) or "").startswith(start)]
        return Response(200, self._result("BASIC", found, given) | {"searchParameters": given})

    def _relationship(self, request: Request) -> Response:
        """Entities at the other end of an entity's relationships of one attribute."""
        given = _given(request, "guid", "relation", "excludeDeletedEntities")
        doc = self._store.get("entity", given.get("guid") or "")
        if doc is None:
            refuse("404-00-005", f"Given instance guid {given.get('guid')} is invalid/not found")
        relations = self._core.types.kind(doc["typeName"]).relations
        if given.get("relation") not in relations:
            words = f"No relationshipDef defined for {doc['typeName']} on attribute: {given.get('relation')}"
            refuse("400-00-043", words)
        names = {one.name for one in relations[given["relation"]]}
        held = [one for one in self._graph.relations_of([doc["guid"]])[doc["guid"]] if one["typeName"] in names]
        ends = [end["guid"] for one in held for end in (one["end1"], one["end2"]) if end["guid"] != doc["guid"]]
        others = self._store.get_many("entity", set(ends))
        found = [others[guid] for guid in dict.fromkeys(ends) if guid in others]
        if given.get("excludeDeletedEntities"):
            found = [one for one in found if one["status"] == "ACTIVE"]
        return Response(200, self._result("RELATIONSHIP", found, given) | {"queryText": given["guid"]})

    def _full_text(self, request: Request) -> Response:
        given = _given(request, "query")
        found = self._find({**given, "excludeDeletedEntities": True}) if given.get("query") else []
        page = found[int(given["offset"]) : int(given["offset"]) + int(given["limit"])]
        hits = [{"entity": self._view.header(doc), "score": 1.0} for doc in page]
        answer: Doc = {"queryType": "FULL_TEXT", "queryText": given.get("query"), "approximateCount": len(found)}
        return Response(200, answer | ({"fullTextResult": hits} if hits else {}))

    def _dsl(self, request: Request) -> Response:
        """The query language: `from TYPE where NAME = "VALUE" and … limit N` (that it answers: grade A)."""
        given = _given(request, "query", "typeName")
        words = str(given.get("query") or "")
        found = _QUERY.fullmatch(words.strip())
        if found is None:
            refuse("400-00-059", f"Invalid DSL query: {words}")
        type_name = found["type"] or given.get("typeName")
        docs = self._find({"typeName": type_name, "excludeDeletedEntities": True})
        tests = [criteria(_criterion(one)) for one in re.split(r"\band\b", found["where"] or "") if one.strip()]
        docs = [doc for doc in docs if all(test(doc) for test in tests)]
        limit = int(found["limit"] or given["limit"])
        return Response(200, self._result("DSL", docs, given | {"limit": limit}) | {"queryText": words})

    def _quick(self, request: Request) -> Response:
        """Words with a count by type."""
        given = request.json() if request.method == "POST" else None
        given = given or _given(request, "query", "typeName", "excludeDeletedEntities")
        found = self._find(given)
        counts: dict[str, int] = {}
        for doc in found:
            counts[doc["typeName"]] = counts.get(doc["typeName"], 0) + 1
        metrics = [{"name": name, "count": count} for name, count in sorted(counts.items())]
        result = self._result("BASIC", found, given)
        return Response(200, {"searchResults": result, "aggregationMetrics": {"__typeName": metrics}})

    def _suggestions(self, request: Request) -> Response:
        given = _given(request, "prefixString", "fieldName")
        start, name = str(given.get("prefixString") or "").lower(), given.get("fieldName")
        values = {
            str(doc["attributes"][key])
            for doc in self._store.all("entity")
            for key in ([name] if name else _TEXTS)
            if doc["attributes"].get(key) and str(doc["attributes"][key]).lower().startswith(start)
        }
        return Response(200, {"suggestions": sorted(values)[:5], "prefixString": start, "fieldName": name})

    # saved searches

    def _saved(self, owner: str | None, name: str) -> Doc:
        found = [one for one in self._store.all(_SAVED) if one["name"] == name and owner in (None, one["ownerName"])]
        if not found:
            words = f"Instance AtlasUserSavedSearch with unique attribute {owner}:{name} does not exist"
            refuse("404-00-009", words)
        return found[0]

    def _by_guid(self, guid: str) -> Doc:
        found = self._store.get(_SAVED, guid)
        if found is None:
            refuse("404-00-005", f"Given instance guid {guid} is invalid/not found")
        return found

    def _put(self, doc: Doc) -> Response:
        self._store.put(_SAVED, doc["guid"], doc, {})
        return Response(200, doc)

    def _list(self, request: Request) -> Response:
        owner = request.arg("user")
        return Response(200, [one for one in self._store.all(_SAVED) if owner in (None, one["ownerName"])])

    def _get(self, request: Request, name: str) -> Response:
        return Response(200, self._saved(request.arg("user"), name))

    def _add(self, request: Request) -> Response:
        body: Doc = request.json() or {}
        if not body.get("name") or not body.get("ownerName"):
            refuse("400-00-047", "No search parameter was found: a saved search needs name and ownerName")
        taken = [one for one in self._store.all(_SAVED) if _key(one) == _key(body)]
        if taken:
            refuse("409-00-006", f"search named {body['name']} already exists for user {body['ownerName']}")
        return self._put({**body, "guid": new_guid(), "searchType": body.get("searchType") or "BASIC"})

    def _update(self, request: Request) -> Response:
        body: Doc = request.json() or {}
        before = self._by_guid(str(body["guid"])) if body.get("guid") else self._saved(*_key(body))
        owner = body.get("ownerName") or before["ownerName"]
        if owner != before["ownerName"]:
            words = f"saved-search {before['name']} can not be moved from user {before['ownerName']} to {owner}"
            refuse("400-00-056", words)
        return self._put({**before, **body, "guid": before["guid"]})

    def _delete(self, request: Request, guid: str) -> Response:
        self._store.delete(_SAVED, self._by_guid(guid)["guid"])
        return Response(204)

    def _run_name(self, request: Request, name: str) -> Response:
        return self._run(self._saved(request.arg("user"), name))

    def _run_guid(self, request: Request, guid: str) -> Response:
        return self._run(self._by_guid(guid))

    def _run(self, saved: Doc) -> Response:
        given: Doc = saved.get("searchParameters") or {}
        return Response(200, self._result("BASIC", self._find(given), given) | {"searchParameters": given})


def _given(request: Request, *names: str) -> Doc:
    """Parameters of a query as a body would have them."""
    found: Doc = {name: value for name in names if (value := request.arg(name)) not in (None, "", "None")}
    if "excludeDeletedEntities" in found:
        found["excludeDeletedEntities"] = found["excludeDeletedEntities"].lower() == "true"
    return found | {"limit": number(request, "limit", 100), "offset": number(request, "offset", 0)}


def _criterion(words: str) -> Doc:
    found = _CONDITION.fullmatch(words.strip())
    if found is None:
        refuse("400-00-059", f"Invalid DSL query: {words}")
    value = found["value"].strip("\"'").replace("*", "%")
    return {"attributeName": found["name"], "operator": found["sign"].lower(), "attributeValue": value}


def check_basic(types: Types, given: Doc) -> None:
    """What Apache Atlas refuses of a basic search (answered by 2.4.0, grade A)."""
    if not any(given.get(key) for key in ("typeName", "classification", "query", "termName")):
        refuse("400-00-047", "No search parameter was found. One of the following parameters is needed")
    type_name = given.get("typeName")
    if type_name and types.get(str(type_name), "ENTITY") is None:
        refuse("400-00-00A", f"Unknown/invalid typename: {type_name}")
    if int(given.get("limit") or 0) < 0 or int(given.get("offset") or 0) < 0:
        bad_request("Limit/offset should be non-negative")


def criteria(raw: Any) -> Callable[[Doc], bool]:
    """A test of entities from `entityFilters` (that they count: 2.4.0, grade A; operators as in Atlas's model)."""
    if not isinstance(raw, dict) or not raw:
        return lambda doc: True
    if raw.get("criterion"):
        parts = [criteria(one) for one in raw["criterion"]]
        join = any if str(raw.get("condition")).upper() == "OR" else all
        return lambda doc: join(part(doc) for part in parts)
    name, sign, wanted = raw.get("attributeName"), str(raw.get("operator") or "eq"), raw.get("attributeValue")
    compare = _SIGNS.get(sign) or _SIGNS.get(sign.lower())
    if compare is None:
        bad_request(f"operator {sign} is not known")
    return lambda doc: bool(compare(doc["attributes"].get(str(name), doc.get(str(name))), wanted))


def _in_order(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(held: Any, wanted: Any) -> bool:
        try:
            return held is not None and test(float(held), float(wanted))
        except (TypeError, ValueError):
            return test(str(held), str(wanted))

    return compare


def _like(held: Any, wanted: Any) -> bool:
    pattern = ".*".join(re.escape(part) for part in str(wanted).replace("*", "%").split("%"))
    return held is not None and re.fullmatch(pattern, str(held), re.DOTALL) is not None


def _same(held: Any, wanted: Any) -> bool:
    return held is not None and text(held) == text(wanted)


_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(("eq", "="), _same),
    **dict.fromkeys(("neq", "!="), lambda held, wanted: not _same(held, wanted)),
    **dict.fromkeys(("lt", "<"), _in_order(operator.lt)),
    **dict.fromkeys(("lte", "<="), _in_order(operator.le)),
    **dict.fromkeys(("gt", ">"), _in_order(operator.gt)),
    **dict.fromkeys(("gte", ">="), _in_order(operator.ge)),
    "like": _like,
    "contains": lambda held, wanted: held is not None and str(wanted) in str(held),
    "startsWith": lambda held, wanted: str(held or "").startswith(str(wanted)),
    "endsWith": lambda held, wanted: str(held or "").endswith(str(wanted)),
    "isNull": lambda held, wanted: held is None,
    "notNull": lambda held, wanted: held is not None,
}
_QUERY = re.compile(
    r"(?:from\s+)?(?P<type>\w+)(?:\s+where\s+(?P<where>.+?))?(?:\s+limit\s+(?P<limit>\d+))?", re.IGNORECASE | re.DOTALL
)
_CONDITION = re.compile(
    r"(?P<name>\w+)\s*(?P<sign>!=|<=|>=|=|<|>|like\b)\s*(?P<value>\"[^\"]*\"|'[^']*'|\S+)", re.IGNORECASE
)


def _text(doc: Doc) -> str:
    return " ".join(str(doc["attributes"].get(name) or "") for name in _TEXTS).lower()


def _key(body: Doc) -> tuple[Any, Any]:
    return body.get("ownerName"), body.get("name")
