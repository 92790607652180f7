"""Type definitions over HTTP."""

from __future__ import annotations

from typing import Any

from reconciler_sandbox.purview.core import Core, Doc, Route, new_guid
from reconciler_sandbox.purview.errors import bad_request, refuse
from reconciler_sandbox.purview.typedefs import LISTS, Rules, applicable_types, check_update, full_attribute, one_name
from reconciler_sandbox.web import Request, Response

_KINDS = {
    "entitydef": "ENTITY",
    "classificationdef": "CLASSIFICATION",
    "relationshipdef": "RELATIONSHIP",
    "structdef": "STRUCT",
    "enumdef": "ENUM",
    "businessmetadatadef": "BUSINESS_METADATA",
    "typedef": None,
}
_ORDER = [
    "category",
    "guid",
    "createdBy",
    "updatedBy",
    "createTime",
    "updateTime",
    "version",
    "name",
    "description",
    "typeVersion",
    "serviceType",
    "options",
    "lastModifiedTS",
]


class TypesApi:
    """Reads and writes type definitions."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._types = core.types

    def routes(self) -> list[Route]:
        """Routes below `/atlas/v2`."""
        atomic = self._core.atomic
        found: list[Route] = [
            ("GET", "/types/typedefs", self._list),
            ("GET", "/types/typedefs/headers", self._headers),
            ("POST", "/types/typedefs", atomic(self._create)),
            ("PUT", "/types/typedefs", atomic(self._update)),
            ("DELETE", "/types/typedefs", atomic(self._delete)),
            ("DELETE", "/types/typedef/name/{name}", atomic(self._delete_one)),
        ]
        for word, category in _KINDS.items():
            found += self._readers(word, category)
        return found

    def template_routes(self) -> list[Route]:
        """Routes of term templates, which are not below `/atlas/v2`."""
        return self._readers("termtemplatedef", "TERM_TEMPLATE")

    def _readers(self, word: str, category: str | None) -> list[Route]:
        def by_name(request: Request, name: str) -> Response:
            found = self._types.get(name, category)
            if found is None:
                refuse("404-00-001", f"Given typename {name} was invalid")
            return Response(200, self.show(found))

        def by_guid(request: Request, guid: str) -> Response:
            types = (item for item in self._types.defs.values() if item["guid"] == guid)
            found = next((item for item in types if category in (None, item["category"])), None)
            if found is None:
                refuse("404-00-002", f"Given type guid {guid} was invalid")
            return Response(200, self.show(found))

        return [
            ("GET", f"/types/{word}/name/{{name}}", by_name),
            ("GET", f"/types/{word}/guid/{{guid}}", by_guid),
        ]

    def show(self, item: Doc) -> Doc:
        """A definition as the server answers it (grade A: recordings for entity types)."""
        found = {key: item[key] for key in _ORDER if item.get(key) is not None}
        if item["category"] != "ENUM":
            found["attributeDefs"] = item.get("attributeDefs") or []
        for key in (
            "elementDefs",
            "defaultValue",
            "relationshipCategory",
            "relationshipLabel",
            "propagateTags",
        ):
            if item.get(key) is not None:
                found[key] = item[key]
        if item["category"] in ("ENTITY", "CLASSIFICATION"):
            found["superTypes"] = item.get("superTypes") or []
            found["subTypes"] = self._types.subs(item["name"])
        if item["category"] == "CLASSIFICATION":
            found["entityTypes"] = item.get("entityTypes") or []
        if item["category"] == "ENTITY":
            found["relationshipAttributeDefs"] = self._relation_attributes(item["name"])
            found["businessAttributeDefs"] = {}
        if item["category"] == "RELATIONSHIP":
            found |= {"endDef1": item["endDef1"], "endDef2": item["endDef2"]}
        return found

    def _relation_attributes(self, name: str) -> list[Doc]:
        found = []
        for key, relations in self._types.kind(name).relations.items():
            for relation in relations:
                far = relation.far["type"]
                entry: Doc = {
                    "name": key,
                    "typeName": f"array<{far}>" if relation.many else far,
                    "isOptional": True,
                    "cardinality": relation.near.get("cardinality") or "SINGLE",
                    "valuesMinCount": -1,
                    "valuesMaxCount": -1,
                    "isUnique": False,
                    "isIndexable": False,
                    "includeInNotification": False,
                }
                if relation.owns:
                    entry["constraints"] = [{"type": "ownedRef"}]
                entry["relationshipTypeName"] = relation.name
                entry["isLegacyAttribute"] = bool(relation.near.get("isLegacyAttribute"))
                found.append(entry)
        return found

    def _wanted(self, request: Request) -> list[Doc]:
        kind = (request.arg("type") or "").upper()
        if kind and kind not in LISTS.values() and not self._core.atlas:  # 2.4.0 finds nothing of it, grade A
            refuse("400-00-015", f"Type Category {kind} is invalid")
        name = request.arg("name")
        templates = (request.arg("includeTermTemplate") or "").lower() == "true" or kind == "TERM_TEMPLATE"
        return [
            item
            for item in self._types.defs.values()
            if (not kind or item["category"] == kind)
            and (templates or item["category"] != "TERM_TEMPLATE")
            and name in (None, item["name"])
        ]

    def _list(self, request: Request) -> Response:
        found: dict[str, list[Doc]] = {key: [] for key in LISTS}
        if self._core.atlas:
            found.pop("termTemplateDefs")
        lists = {category: key for key, category in LISTS.items()}
        for item in self._wanted(request):
            found.setdefault(lists[item["category"]], []).append(self.show(item))
        return Response(200, found)

    def _headers(self, request: Request) -> Response:
        keys = ("guid", "name", "category", "serviceType")
        return Response(200, [{key: item[key] for key in keys if item.get(key)} for item in self._wanted(request)])

    def _payload(self, request: Request) -> dict[str, list[Doc]]:
        body = request.json()
        if not isinstance(body, dict):
            bad_request("typedefs: an object is expected")
        found = {}
        for key, category in LISTS.items():
            items = body.get(key) or []
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                bad_request(f"{key}: a list of definitions is expected")
            found[key] = [item | {"category": category} for item in items]
        return found

    def _full(self, raw: Doc) -> Doc:
        item = {key: value for key, value in raw.items() if value is not None}
        for key in ("subTypes", "relationshipAttributeDefs", "businessAttributeDefs", "lastModifiedTS"):
            item.pop(key, None)
        item["attributeDefs"] = [full_attribute(a) for a in one_name(raw.get("attributeDefs") or [])]
        if self._core.atlas:  # as 2.4.0 shows it, grade A
            for attribute in item["attributeDefs"]:
                attribute["searchWeight"] = -1
        if item["category"] == "RELATIONSHIP":
            for key in ("endDef1", "endDef2"):
                if isinstance(item.get(key), dict):
                    defaults = {"isContainer": False, "cardinality": "SINGLE", "isLegacyAttribute": False}
                    item[key] = defaults | {k: v for k, v in item[key].items() if v is not None}
        item.setdefault("typeVersion", "1.0")
        return item

    def create(self, payload: dict[str, list[Doc]]) -> dict[str, list[Doc]]:
        """Adds definitions; existing names are ignored in Purview, 409 in Atlas (grade A: documents)."""
        fresh: dict[str, Doc] = {}
        for items in payload.values():
            for raw in items:
                name = raw.get("name")
                if name in self._types.defs or name in fresh:
                    if self._core.atlas:
                        refuse("409-00-001", f"Given type {name} already exists")
                    continue
                fresh[str(name)] = self._full(raw)
        rules = Rules(self._types, fresh, atlas=self._core.atlas)
        created: dict[str, list[Doc]] = {key: [] for key in LISTS}
        for item in fresh.values():
            rules.check(item)
            if self._core.atlas:  # as 2.4.0 fills it in, grade A
                item["description"] = item.get("description") or item["name"]
                if item["category"] == "RELATIONSHIP":
                    item.setdefault("propagateTags", "NONE")
            item |= self._core.stamp() | {"guid": new_guid(), "version": 1}
            self._core.store.put("typedef", item["name"], item)
        self._types.forget()
        lists = {category: key for key, category in LISTS.items()}
        for item in fresh.values():
            created[lists[item["category"]]].append(self.show(item))
        if self._core.atlas:
            created.pop("termTemplateDefs")
        return created

    def _create(self, request: Request) -> Response:
        return Response(200, self.create(self._payload(request)))

    def _update(self, request: Request) -> Response:
        payload = self._payload(request)
        changed: dict[str, Doc] = {}
        for items in payload.values():
            for raw in items:
                old = self._types.get(str(raw.get("name")), raw["category"])
                if old is None:
                    refuse("404-00-001", f"Given typename {raw.get('name')} was invalid")
                new = self._full(self._kept(old) | {key: value for key, value in raw.items() if value is not None})
                check_update(old, new, atlas=self._core.atlas)
                changed[new["name"]] = new | {key: old[key] for key in ("guid", "createTime", "createdBy")}
        rules = Rules(self._types, changed, atlas=self._core.atlas)
        answer: dict[str, list[Doc]] = {key: [] for key in LISTS}
        lists = {category: key for key, category in LISTS.items()}
        for name, item in changed.items():
            rules.check(item)
            old = self._types.defs[name]
            item["version"] = old["version"] + 1
            if not self._core.atlas:
                item["lastModifiedTS"] = old["lastModifiedTS"]
            self._core.touch(item)
            self._core.store.put("typedef", name, item)
        self._types.forget()
        for item in changed.values():
            answer[lists[item["category"]]].append(self.show(item))
        if self._core.atlas:
            answer.pop("termTemplateDefs")
        return Response(200, answer)

    def _kept(self, old: Doc) -> Doc:
        """What an update may leave out: not attributes and super types, which then are none (grade A: Atlas).

        Options left out are removed in Atlas, a mark of ours too (answered by 2.4.0, grade A); whether in Purview is
        not known, and here they stay.
        """
        gone = {"attributeDefs", "superTypes", *(("options",) if self._core.atlas else ())}
        return {key: value for key, value in old.items() if key not in gone}

    def _delete(self, request: Request) -> Response:
        names = [str(item.get("name")) for items in self._payload(request).values() for item in items]
        self._remove(names)
        return Response(204)

    def _delete_one(self, request: Request, name: str) -> Response:
        self._remove([name])
        return Response(204)

    def _remove(self, names: list[str]) -> None:
        for name in names:
            item = self._types.get(name)
            if item is None:
                refuse("404-00-001", f"Given typename {name} was invalid")
            if self._types.is_base(name):
                refuse("400-00-024", f"{name} is a System-type")
            self._unused(item, set(names))
        for name in names:
            self._core.store.delete("typedef", name)
        self._types.forget()

    def _unused(self, item: Doc, going: set[str]) -> None:
        name, category = item["name"], item["category"]
        store = self._core.store
        used = False
        if category == "ENTITY":
            used = bool(store.find("entity", "type", name, latest=True))
        elif category == "RELATIONSHIP":
            used = bool(store.find("relation", "type", name, latest=True))
        elif category == "CLASSIFICATION":
            used = any(
                held["typeName"] == name
                for entity in store.all("entity", latest=True)
                for held in entity.get("classifications") or []
            )
        elif category == "BUSINESS_METADATA":
            used = any(name in (e.get("businessAttributes") or {}) for e in store.all("entity", latest=True))
        elif category == "TERM_TEMPLATE":
            used = any(name in (term.get("attributes") or {}) for term in store.all("term", latest=True))
        if used:
            refuse("409-00-002", f"Given type {name} has references")
        staying = [other for other in self._types.defs.values() if other["name"] not in going]
        for other in staying:
            ends = [other[end]["type"] for end in ("endDef1", "endDef2") if isinstance(other.get(end), dict)]
            if name in ends:
                refuse("409-00-005", f"Given type {name} has associated relationshipDefs")
            attributes = other.get("attributeDefs") or []
            applied = other["category"] == "BUSINESS_METADATA" and any(name in applicable_types(a) for a in attributes)
            if applied and self._core.atlas:  # answered by 2.4.0, grade A: as if it were not there
                refuse("404-00-001", f"Given typename {name} was invalid")
            uses = [a["typeName"] for a in attributes]
            named = [*(other.get("superTypes") or []), *(other.get("entityTypes") or [])]  # Atlas 2.4.0, grade A
            if name in named or any(name in _words(use) for use in uses):
                refuse("409-00-002", f"Given type {name} has references")


def _words(type_name: str) -> Any:
    return type_name.replace("array<", " ").replace("map<", " ").replace(">", " ").replace(",", " ").split()
