"""Calls on which Apache Atlas answers otherwise than one would think; each row was seen on a server of 2.4.0."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .calls import NOWHERE, Calls, attribute
from .world import API, SEARCHED, Place

TYPED = {"count": "int", "size": "long", "good": "boolean", "since": "date", "huge": "biginteger"}


class Quirks:
    """One walk with types, entities and a glossary of its own."""

    def __init__(self, place: Place, call: Calls) -> None:
        self.place, self.call = place, call
        self.prefix, self.tag = f"{place.types}q", f"{place.label} Q"
        self.table, self.column, self.process = (f"{self.prefix}_{kind}" for kind in "tcp")
        listed = [attribute(name, of) for name, of in TYPED.items()]
        listed.append(attribute("words", "array<string>", cardinality="SET"))
        self.definition = {"name": self.table, "superTypes": ["DataSet"], "attributeDefs": listed}

    def walk(self) -> None:
        """Every call."""
        self.types()
        self.values()
        table = self.entity("one")
        self.names(table)
        self.flows()
        self.annotations(table)
        self.uploads()
        self.words(table)
        self.searches()
        self.plumbing()

    def note(self, label: str, found: Any) -> None:
        """A value that counts, not only a status."""
        self.call.lines.append(f"{label}: {found}")

    def body(self, name: str, type_name: str = "", guid: str = "-1", **attributes: Any) -> dict[str, Any]:
        held = {"qualifiedName": f"{self.place.names}.quirk.{name}", "name": name, **attributes}
        return {"typeName": type_name or self.table, "guid": guid, "attributes": held}

    def entity(self, name: str, type_name: str = "", **more: Any) -> str:
        related = {"relationshipAttributes": more.pop("related")} if "related" in more else {}
        sent = {"entities": [self.body(name, type_name, **more) | related]}
        return str(self.place.call("POST", "/entity/bulk", sent)["guidAssignments"]["-1"])

    def read(self, guid: str) -> dict[str, Any]:
        found: dict[str, Any] = self.place.call("GET", f"/entity/guid/{guid}")["entity"]
        return found

    def until(self, test: Callable[[], bool]) -> bool:
        """Whether something shows in the end: what spreads, and what is searched for, takes a while on a server."""
        end = time.monotonic() + SEARCHED
        while not (found := test()) and time.monotonic() < end:
            time.sleep(0.5)
        return found

    # -- types -----------------------------------------------------------------------------------------------

    def types(self) -> None:
        call, defs = self.call, "/types/typedefs"
        column = {"name": self.column, "superTypes": ["DataSet"], "attributeDefs": []}
        process = {"name": self.process, "superTypes": ["Process"], "attributeDefs": []}
        marked = self.definition | {"options": {"mark": "ours"}}
        self.place.call("POST", defs, {"entityDefs": [marked, column, process]})
        ends = {
            "endDef1": {"type": self.table, "name": "columns", "isContainer": True, "cardinality": "SET"},
            "endDef2": {"type": self.column, "name": "table", "isContainer": False, "cardinality": "SINGLE"},
        }
        relation = {"name": f"{self.prefix}_r", "relationshipCategory": "COMPOSITION", "attributeDefs": [], **ends}
        self.place.call("POST", defs, {"relationshipDefs": [relation]})
        tag = {"name": self.tag, "superTypes": [], "attributeDefs": [attribute("level", "int")]}
        narrow = {"name": f"{self.tag} Narrow", "superTypes": [], "entityTypes": [self.process], "attributeDefs": []}
        must = attribute("must", isOptional=False, valuesMinCount=1)
        strict = {"name": f"{self.tag} Strict", "superTypes": [], "attributeDefs": [must]}
        self.place.call("POST", defs, {"classificationDefs": [tag, narrow, strict]})
        call("delete a type that a classification is for", "DELETE", f"/types/typedef/name/{self.process}")
        lone = {"name": f"{self.prefix}_lone", "superTypes": ["DataSet"], "attributeDefs": []}
        self.place.call("POST", defs, {"entityDefs": [lone]})
        self.place.call("POST", defs, {"businessMetadataDefs": [self.business("lone_b", lone["name"])]})
        path = f"/types/typedef/name/{lone['name']}"
        call("delete a type that business metadata is for", "DELETE", path)
        call("it is there", "GET", path)
        for label, changed in {
            "no attributes": {"attributeDefs": None},
            "no super types": {"superTypes": None},
            "no options": {},
        }.items():
            sent = {key: value for key, value in (self.definition | changed).items() if value is not None}
            call(f"change: {label}", "PUT", defs, {"entityDefs": [sent]})
        shown = self.place.call("GET", f"/types/typedef/name/{self.table}")
        self.note("its options", "gone" if not (shown.get("options") or {}).get("mark") else "kept")
        for end in ("endDef1", "endDef2"):
            renamed = relation | {end: ends[end] | {"name": "other"}}
            call(f"change: {end} renamed", "PUT", defs, {"relationshipDefs": [renamed]})
        bad = {"name": f"{self.prefix}_bad", "superTypes": ["DataSet"], "attributeDefs": []}
        for label, wrong in {
            "an unknown attribute type": {"attributeDefs": [attribute("a", f"{self.prefix}_none")]},
            "an unknown super type": {"superTypes": [f"{self.prefix}_none"]},
            "an attribute that an ancestor has": {"attributeDefs": [attribute("name")]},
        }.items():
            call(f"a type with {label}", "POST", defs, {"entityDefs": [bad | wrong]})
        lost = relation | {"name": f"{self.prefix}_lost", "endDef2": ends["endDef2"] | {"type": f"{self.prefix}_none"}}
        call("a relationship with an unknown end", "POST", defs, {"relationshipDefs": [lost]})
        call("types of no category", "GET", defs, type="NONSENSE")

    def business(self, name: str, of_type: Any) -> dict[str, Any]:
        """Business metadata with one attribute, for entities of a type."""
        options = {"applicableEntityTypes": f'["{of_type}"]', "maxStrLength": "50"}
        return {"name": f"{self.prefix}_{name}", "attributeDefs": [attribute("known", options=options)]}

    # -- entities --------------------------------------------------------------------------------------------

    def values(self) -> None:
        held = self.read(self.entity("unset"))["attributes"]
        self.note("never set", " ".join(f"{name}={held[name]}" for name in TYPED))
        given = self.entity("given", count=1, size=2, good=True, since=3, huge=4)
        cleared = self.body("given", guid=given, **dict.fromkeys(TYPED))
        self.place.call("POST", "/entity/bulk", {"entities": [cleared]})
        held = self.read(given)["attributes"]
        self.note("set to null", " ".join(f"{name}={held[name]}" for name in TYPED))
        self.note("a set with a member twice", self.read(self.entity("set", words=["x", "x"]))["attributes"]["words"])
        for label, attributes in {
            "a date without a time": {"since": "2024-01-02"},
            "a big integer": {"huge": 10**30},
        }.items():
            self.call(label, "POST", "/entity/bulk", {"entities": [self.body(label.replace(" ", "-"), **attributes)]})

    def names(self, table: str) -> None:
        taken = self.body("unset") | {"guid": table}
        self.call("a qualified name that is taken", "POST", "/entity/bulk", {"entities": [taken]})
        self.call("no entities", "POST", "/entity/bulk", {"entities": []})
        listed = self.call("one guid twice", "GET", "/entity/bulk", guid=[table, table])
        self.note("entities of it", len(listed["entities"]))

    def flows(self) -> None:
        """Lineage, and what a process or a table goes on showing."""
        first, second = self.entity("in"), self.entity("out")
        flow = {"inputs": [{"guid": first}], "outputs": [{"guid": second}]}
        process = self.entity("flow", self.process, **flow)
        classified = {"classification": {"typeName": self.tag}, "entityGuids": [first]}
        self.call("classify what flows", "POST", "/entity/bulk/classification", classified)
        came = self.until(lambda: bool(self.read(second).get("classifications")))
        held = self.read(second).get("classifications") or []
        self.note("what comes by lineage", [one["entityGuid"] == first for one in held] if came else "nothing")
        self.call("declassify it", "DELETE", f"/entity/guid/{first}/classification/{self.tag}")
        part = self.body("flow", self.process, guid=process, outputs=[])
        self.call("no outputs", "POST", "/entity/bulk", {"entities": [part]})
        listed = self.read(process)["relationshipAttributes"]["outputs"]
        self.note("outputs listed", [one["relationshipStatus"] for one in listed])
        column = self.entity("part", self.column, related={"table": {"guid": first}})
        moved = self.body("part", self.column, guid=column)
        moved["relationshipAttributes"] = {"table": {"guid": second}}
        self.call("a part moved", "POST", "/entity/bulk", {"entities": [moved]})
        listed = self.read(first)["relationshipAttributes"]["columns"]
        self.note("parts listed at its first whole", [one["relationshipStatus"] for one in listed])

    def annotations(self, table: str) -> None:
        call, base = self.call, f"/entity/guid/{table}"
        call("read as nothing", "GET", f"{base}/classification/{self.tag} none")
        call("declassify of nothing", "DELETE", f"{base}/classification/{self.tag} none")
        call(
            "classify where it does not apply", "POST", f"{base}/classifications", [{"typeName": f"{self.tag} Narrow"}]
        )
        bad = {"typeName": self.tag, "attributes": {"level": "x"}}
        call("classify with a bad value", "POST", f"{base}/classifications", [bad])
        call("classify as an empty list", "POST", f"{base}/classifications", [])
        for method in ("PUT", "DELETE"):
            call(f"no labels, {method}", method, f"{base}/labels", [])
        self.place.call("POST", "/types/typedefs", {"businessMetadataDefs": [self.business("b", self.table)]})
        sent = self.body("business") | {"businessAttributes": {f"{self.prefix}_b": {"unknown": "x"}}}
        call("an unknown business attribute", "POST", "/entity/bulk", {"entities": [sent]})

    def uploads(self) -> None:
        """What is put on entities in the upload that makes them, which is not looked at as in a call of its own."""
        narrow, strict = f"{self.tag} Narrow", f"{self.tag} Strict"
        marks: dict[str, dict[str, Any]] = {
            "marks": {"classifications": [{"typeName": self.tag, "propagate": False}], "labels": ["b", "a", "a"]},
            "an attribute more": {"classifications": [{"typeName": self.tag, "attributes": {"more": 1}}]},
            "one twice": {"classifications": [{"typeName": self.tag}, {"typeName": self.tag, "propagate": False}]},
            "one for other types": {"classifications": [{"typeName": narrow}]},
            "one without what is mandatory": {"classifications": [{"typeName": strict}]},
            "one that is not there": {"classifications": [{"typeName": f"{self.tag} none"}]},
            "a bad value": {"classifications": [{"typeName": self.tag, "attributes": {"level": "x"}}]},
            "an empty label": {"labels": ["", "a"]},
            "a label with a blank": {"labels": ["a b"]},
        }
        for label, put in marks.items():
            name = f"up-{label.replace(' ', '-')}"
            self.call(f"upload {label}", "POST", "/entity/bulk", {"entities": [self.body(name) | put]})
            if entity := self.place.entity(self.table, self.body(name)["attributes"]["qualifiedName"]):
                self.note("it has", self.marks_of(entity))
        twice = [self.body("up-twin", guid=f"-{at}") | {"labels": [word]} for at, word in enumerate("ab", 1)]
        guid = self.place.call("POST", "/entity/bulk", {"entities": twice})["guidAssignments"]["-1"]
        self.note("one entity twice in an upload", self.marks_of(self.read(guid)))
        self.call(
            "classify without what is mandatory", "POST", f"/entity/guid/{guid}/classifications", [{"typeName": strict}]
        )
        self.call("an empty label by itself", "PUT", f"/entity/guid/{guid}/labels", [""])

    def marks_of(self, entity: dict[str, Any]) -> str:
        """What is on an entity, in words without names of this run."""
        held = []
        for one in entity.get("classifications") or []:
            values = dict(sorted((one.get("attributes") or {}).items()))
            held.append(f"{one['typeName'].removeprefix(self.place.label)} {one['propagate']} {values}".lstrip())
        return "; ".join([*sorted(held), *sorted(entity.get("labels") or [])])

    # -- glossary --------------------------------------------------------------------------------------------

    def words(self, table: str) -> None:
        call, name = self.call, f"{self.place.glossary} Q"
        own = {"qualifiedName": f"{name} own"}
        made = call("a glossary with a qualified name of its own", "POST", "/glossary", {"name": name} | own)
        self.note("its qualified name", "its own" if made["qualifiedName"] == own["qualifiedName"] else "the name")
        call("the same qualified name", "POST", "/glossary", {"name": f"{name} 2"} | own)
        home = {"anchor": {"glossaryGuid": made["guid"]}}
        bodies = [{"name": name} | home for name in ("One", "Two", "Three")]
        one, two, three = (term["guid"] for term in self.place.call("POST", "/glossary/terms", bodies))
        self.stale_terms(one, two, three, home)
        self.assigned(one, table)
        self.call("a partial change of nothing", "PUT", f"/glossary/term/{one}/partial", {})

    def stale_terms(self, one: str, two: str, three: str, home: dict[str, Any]) -> None:
        call, path = self.call, f"/glossary/term/{one}"
        here, there = (
            self.place.call("POST", "/glossary/category", {"name": name} | home)["guid"] for name in ("Here", "There")
        )
        term = self.place.call("GET", path)
        related = term | {"categories": [{"categoryGuid": here}], "synonyms": [{"termGuid": two}]}
        self.place.call("PUT", path, related)
        before = self.place.call("GET", path)
        self.place.call("PUT", path, {key: value for key, value in before.items() if key != "synonyms"})
        call("a term as it was before a synonym went", "PUT", path, before)
        self.note("its synonyms", len(self.place.call("GET", path).get("synonyms") or []))
        both = {"synonyms": [{"termGuid": two}, {"termGuid": three}]}
        self.place.call("PUT", path, self.place.call("GET", path) | both)
        before = self.place.call("GET", path)
        left = [link for link in before["synonyms"] if link["termGuid"] == two]
        self.place.call("PUT", path, before | {"synonyms": left})
        call("a term as it was before one of its synonyms went", "PUT", path, before)
        before = self.place.call("GET", path)
        self.place.call("PUT", path, self.place.call("GET", path) | {"categories": [{"categoryGuid": there}]})
        stale = {key: value for key, value in before.items() if key != "synonyms"}
        call("a term as it was before its category moved", "PUT", path, stale)
        term = self.place.call("GET", path)
        call("a term without its glossary", "PUT", path, {key: term[key] for key in term if key != "anchor"})

    def assigned(self, term: str, table: str) -> None:
        call, path = self.call, f"/glossary/terms/{term}/assignedEntities"
        gone = self.entity("gone")
        self.place.call("POST", path, [{"guid": table}, {"guid": gone}])
        held = self.place.call("GET", f"/glossary/term/{term}")["assignedEntities"]
        both = [{"guid": one["guid"], "relationshipGuid": one["relationshipGuid"]} for one in held]
        self.place.call("DELETE", f"/entity/guid/{gone}")
        call("take off two, one deleted since", "PUT", path, both)
        left = self.place.call("GET", f"/glossary/term/{term}").get("assignedEntities") or []
        self.note("still assigned", len(left))
        self.place.call("PUT", path, [one for one in both if one["guid"] == table])
        call("take off the only one, deleted since", "PUT", path, [one for one in both if one["guid"] == gone])

    # -- searches and the rest -------------------------------------------------------------------------------

    def searches(self) -> None:
        call, path = self.call, "/search/basic"
        call("search an unknown type", "POST", path, {"typeName": f"{self.prefix}_none"})
        call("search with a negative limit", "POST", path, {"typeName": self.table, "limit": -1})
        call("search for nothing", "POST", path, {})
        wanted = {"attributeName": "name", "operator": "eq", "attributeValue": "out"}
        body = {"typeName": self.table, "entityFilters": {"condition": "AND", "criterion": [wanted]}}

        def found() -> list[str]:
            listed = self.place.call("POST", path, body).get("entities") or []
            return [one["attributes"]["name"] for one in listed]

        self.until(lambda: bool(found()))
        self.note("found by a filter", found())
        call("search by the query language", "GET", "/search/dsl", query=f'from {self.table} where name = "out"')

    def plumbing(self) -> None:
        """What stands before every call."""
        http = self.place.http
        broken = http.post(f"{API}/entity/bulk", content=b"{", headers={"content-type": "application/json"})
        self.note("broken JSON", self.answered(broken))
        self.note("a wrong method", self.answered(http.patch(f"{API}/glossary", json={})))
        self.note("an unknown path", self.answered(http.get(f"{API}/nothing/{NOWHERE}")))
        status = http.get("/api/atlas/admin/status")
        self.note("status", f"{status.status_code} {status.json()['Status']}")

    @staticmethod
    def answered(answer: Any) -> str:
        try:
            body = answer.json()
        except ValueError:
            body = None
        code = body.get("errorCode", "") if isinstance(body, dict) else ""
        return f"{answer.status_code} {code}".rstrip()
