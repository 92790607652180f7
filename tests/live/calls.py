"""Calls in a row that show how a server answers: what it takes, what it refuses, and with which code."""

from __future__ import annotations

from typing import Any

from .world import Place

NOWHERE = "11111111-1111-1111-1111-111111111111"


class Calls:
    """Makes calls and notes label, status and error code of each."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.lines: list[str] = []

    def __call__(self, label: str, method: str, path: str, json: Any = None, **query: Any) -> Any:
        answer = self._place.send(method, path, json, query)
        try:
            body = answer.json() if answer.content else None
        except ValueError:
            body = None
        code = body.get("errorCode", "") if isinstance(body, dict) else ""
        self.lines.append(f"{label}: {answer.status_code} {code}".rstrip())
        return body


def attribute(name: str, type_name: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "typeName": type_name, "isOptional": True, "cardinality": "SINGLE", **more}


class Answers:
    """One walk through types, entities, classifications, glossary and deletes."""

    def __init__(self, place: Place) -> None:
        self.place, self.call = place, Calls(place)
        self.prefix = f"{place.types}w"
        self.table_type, self.column_type, self.process_type = (f"{self.prefix}_{kind}" for kind in "tcp")
        self.relation_type, self.tag = f"{self.prefix}_r", f"{place.label} W.Tag"
        self.definition = {
            "name": self.table_type,
            "superTypes": ["DataSet"],
            "attributeDefs": [attribute("group"), attribute("place")],
        }

    def walk(self) -> list[str]:
        """Every call; the notes."""
        self.types()
        table, column = self.entities()
        self.process(table)
        self.classifications(table, column)
        self.glossary(table)
        return self.call.lines

    def body(self, type_name: str, name: str, guid: str = "-1", **attributes: Any) -> dict[str, Any]:
        held = {"qualifiedName": f"{self.place.names}.walk.{name}", "name": name, **attributes}
        return {"typeName": type_name, "guid": guid, "attributes": held}

    def named(self, name: str) -> dict[str, Any]:
        unique = {"qualifiedName": f"{self.place.names}.walk.{name}"}
        return {"typeName": self.table_type, "uniqueAttributes": unique}

    def post(self, label: str, *bodies: dict[str, Any]) -> dict[str, str]:
        answer = self.call(label, "POST", "/entity/bulk", {"entities": bodies})
        found: dict[str, str] = answer.get("guidAssignments") or {}
        return found

    def types(self) -> None:
        call, defs = self.call, "/types/typedefs"
        column = {"superTypes": ["DataSet"], "attributeDefs": [attribute("tags", "array<string>", cardinality="SET")]}
        process = {"name": self.process_type, "superTypes": ["Process"], "attributeDefs": []}
        ends = {
            "endDef1": {"type": self.table_type, "name": "columns", "isContainer": True, "cardinality": "SET"},
            "endDef2": {"type": self.column_type, "name": "table", "isContainer": False, "cardinality": "SINGLE"},
        }
        first = [self.definition, {"name": self.column_type, **column}, process]
        call("types", "POST", defs, {"entityDefs": first})
        call("a type that exists", "POST", defs, {"entityDefs": [self.definition]})
        relation = {"name": self.relation_type, "relationshipCategory": "COMPOSITION", **ends}
        call("a relationship type", "POST", defs, {"relationshipDefs": [relation]})
        call("read a type", "GET", f"/types/typedef/name/{self.table_type}")
        call("read no type", "GET", f"/types/typedef/name/{self.prefix}_none")
        held = self.definition["attributeDefs"]
        assert isinstance(held, list)
        for label, changed in {
            "a new mandatory attribute": {"attributeDefs": [*held, attribute("new", isOptional=False)]},
            "an attribute less": {"attributeDefs": held[:1]},
            "an attribute of another type": {"attributeDefs": [attribute("group", "int"), *held[1:]]},
            "a super type less": {"superTypes": []},
            "a type that is not there": {"name": f"{self.prefix}_none"},
        }.items():
            call(f"change: {label}", "PUT", defs, {"entityDefs": [self.definition | changed]})
        tag = {"name": self.tag, "description": "d", "superTypes": [], "attributeDefs": [attribute("level")]}
        call("a classification type", "POST", defs, {"classificationDefs": [tag]})
        call("a classification with a hyphen", "POST", defs, {"classificationDefs": [{"name": f"{self.prefix}-x"}]})
        call("an entity type with a hyphen", "POST", defs, {"entityDefs": [{"name": f"{self.prefix}-x"}]})

    def entities(self) -> tuple[str, str]:
        call, t, c = self.call, self.table_type, self.column_type
        table = self.post("an entity", self.body(t, "table"))["-1"]
        self.post("the same entity", self.body(t, "table"))
        self.post("a changed entity", self.body(t, "table", group="g"))
        part = {"typeName": t, "guid": table, "attributes": {"group": "h"}}
        self.post("an update without what is mandatory", part)
        for name in ("name", "qualifiedName"):
            body = self.body(t, "less")
            del body["attributes"][name]
            self.post(f"no {name}", body)
        self.post("an unknown type", self.body(f"{self.prefix}_none", "x"))
        self.post("an unknown attribute", self.body(t, "more", nothing=1))
        self.post("a text for a list", self.body(c, "text", tags="no list"))
        self.post("an unknown guid", self.body(t, "guid", NOWHERE))
        related = {"relationshipAttributes": {"table": self.named("table")}}
        self.post("a column alone", self.body(c, "column"))
        column = self.post("a column", self.body(c, "column") | related)["-1"]
        self.post("an update of a column without its table", self.body(c, "column", column))
        lost = {"relationshipAttributes": {"table": self.named("nowhere")}}
        self.post("a column of no table", self.body(c, "lost") | lost)
        call("read by guid", "GET", f"/entity/guid/{table}")
        call("read a header", "GET", f"/entity/guid/{table}/header")
        call("read no guid", "GET", f"/entity/guid/{NOWHERE}")
        call("read by name", "GET", f"/entity/uniqueAttribute/type/{t}", **self.unique("attr", "table"))
        call("read no name", "GET", f"/entity/uniqueAttribute/type/{t}", **self.unique("attr", "nowhere"))
        bulk = "/entity/bulk/uniqueAttribute/type"
        call("read names", "GET", f"{bulk}/{t}", **self.unique("attr_0", "table"))
        call("read names that are not there", "GET", f"{bulk}/{t}", **self.unique("attr_0", "nowhere"))
        call("read names of no type", "GET", f"{bulk}/{self.prefix}_none", **self.unique("attr_0", "table"))
        call("read guids, one wrong", "GET", "/entity/bulk", guid=[table, NOWHERE])
        return table, column

    def unique(self, key: str, name: str) -> dict[str, str]:
        return {f"{key}:qualifiedName": f"{self.place.names}.walk.{name}"}

    def process(self, table: str) -> None:
        flow = {"inputs": [self.named("table")], "outputs": [{"guid": "-2", "typeName": self.table_type}]}
        made = self.post(
            "a process", self.body(self.process_type, "p", **flow), self.body(self.table_type, "out", "-2")
        )
        dangling = {"inputs": [self.named("nowhere")], "outputs": []}
        self.post("a process of nothing", self.body(self.process_type, "q", **dangling))
        for label, guid in (("a table", table), ("a process", made["-1"])):
            self.call(f"lineage of {label}", "GET", f"/lineage/{guid}", direction="BOTH", depth=3)
        self.call("lineage of nothing", "GET", f"/lineage/{NOWHERE}", direction="BOTH", depth=3)

    def classifications(self, table: str, column: str) -> None:
        call, bulk = self.call, "/entity/bulk/classification"
        body = {"classification": {"typeName": self.tag}, "entityGuids": [table]}
        call("classify", "POST", bulk, body)
        call("classify again, and another", "POST", bulk, body | {"entityGuids": [table, column]})
        call("classify as nothing", "POST", bulk, body | {"classification": {"typeName": f"{self.tag} none"}})
        call("read classifications", "GET", f"/entity/guid/{table}/classifications")
        call("delete a classification in use", "DELETE", f"/types/typedef/name/{self.tag}")
        one = f"/entity/guid/{table}/classification/{self.tag}"
        call("declassify", "DELETE", one)
        call("declassify again", "DELETE", one)
        call("add labels", "PUT", f"/entity/guid/{table}/labels", ["a", "b"])
        call("take a label", "DELETE", f"/entity/guid/{table}/labels", ["a"])
        call("a label with a blank", "PUT", f"/entity/guid/{table}/labels", ["a b"])

    def glossary(self, table: str) -> None:
        call, name = self.call, f"{self.place.glossary} W"
        glossary = call("a glossary", "POST", "/glossary", {"name": name, "qualifiedName": name})["guid"]
        call("the glossary again", "POST", "/glossary", {"name": name, "qualifiedName": name})
        call("a glossary with a dot", "POST", "/glossary", {"name": "W.W"})
        call("change a glossary", "PUT", f"/glossary/{glossary}/partial", {"shortDescription": "x"})
        home = {"anchor": {"glossaryGuid": glossary}}
        above, below = self.categories(glossary, home)
        first, second = self.terms(glossary, home, above)
        self.changed_terms(first, second)
        self.assignments(first, table)
        self.deletes(glossary, home, first, above, below, table)

    def categories(self, glossary: str, home: dict[str, Any]) -> tuple[str, str]:
        call, path = self.call, "/glossary/category"
        above = call("a category", "POST", path, {"name": "Above"} | home)["guid"]
        inside = {"parentCategory": {"categoryGuid": above}}
        below = call("a category below", "POST", path, {"name": "Below"} | inside | home)["guid"]
        call("a category again", "POST", path, {"name": "Above"} | home)
        call("a category below called as one at the top", "POST", path, {"name": "Above"} | inside | home)
        call("a category with an @", "POST", path, {"name": "A@B"} | home)
        call("a category of no glossary", "POST", path, {"name": "Lost"})
        lost = {"parentCategory": {"categoryGuid": NOWHERE}}
        call("a category below nothing", "POST", path, {"name": "Lost"} | lost | home)
        call("read categories", "GET", f"/glossary/{glossary}/categories", limit=10, offset=0, sort="ASC")
        read = call("read a category", "GET", f"{path}/{below}")
        alone = {key: value for key, value in read.items() if key != "parentCategory"}
        call("move a category to the top", "PUT", f"{path}/{below}", alone)
        call("move a category below", "PUT", f"{path}/{below}", read)
        call("rename a category", "PUT", f"{path}/{above}", call("read", "GET", f"{path}/{above}") | {"name": "New"})
        return above, below

    def terms(self, glossary: str, home: dict[str, Any], category: str) -> tuple[str, str]:
        call, path = self.call, "/glossary/term"
        placed = {"categories": [{"categoryGuid": category}]}
        made = call("terms", "POST", f"{path}s", [{"name": "A"} | placed | home, {"name": "B"} | home])
        call("terms, one there already", "POST", f"{path}s", [{"name": "C"} | home, {"name": "B"} | home])
        listed = call("read headers", "GET", f"/glossary/{glossary}/terms/headers", limit=10, offset=0, sort="ASC")
        call.lines.append("all or nothing: " + ", ".join(sorted(one["displayText"] for one in listed)))
        call("a term with a dot", "POST", path, {"name": "a.b"} | home)
        call("a term of no glossary", "POST", path, {"name": "Lost"})
        call("a term of a wrong glossary", "POST", path, {"name": "Lost", "anchor": {"glossaryGuid": NOWHERE}})
        call("a term without a name", "POST", path, home)
        call("read no term", "GET", f"{path}/{NOWHERE}")
        call("read terms", "GET", f"/glossary/{glossary}/terms", limit=10, offset=0, sort="ASC")
        call("read terms beyond the end", "GET", f"/glossary/{glossary}/terms", limit=10, offset=50, sort="ASC")
        call("read terms of no glossary", "GET", f"/glossary/{NOWHERE}/terms", limit=10, offset=0, sort="ASC")
        return str(made[0]["guid"]), str(made[1]["guid"])

    def changed_terms(self, first: str, second: str) -> None:
        call, path = self.call, f"/glossary/term/{first}"
        term = call("read a term", "GET", path)
        call("change a term", "PUT", path, term | {"synonyms": [{"termGuid": second}], "longDescription": "x"})
        term = call("read it again", "GET", path)
        call("send it unchanged", "PUT", path, term)
        call("relate it to itself", "PUT", path, term | {"seeAlso": [{"termGuid": first}]})
        call("relate it to nothing", "PUT", path, term | {"seeAlso": [{"termGuid": NOWHERE}]})
        renamed = call("rename it", "PUT", path, term | {"name": "A2"})
        call.lines.append("its qualified name stays: " + str(renamed["qualifiedName"]).partition("@")[0])
        call("give it a name that is taken", "PUT", path, term | {"name": "B"})
        call("give it its name back", "PUT", path, term)
        call("change its text alone", "PUT", f"{path}/partial", {"longDescription": "p"})
        call("change its status", "PUT", f"{path}/partial", {"status": "Approved"})

    def assignments(self, term: str, table: str) -> None:
        call, path = self.call, f"/glossary/terms/{term}/assignedEntities"
        call("assign", "POST", path, [{"guid": table}])
        call("assign again", "POST", path, [{"guid": table}])
        call("assign to nothing", "POST", path, [{"guid": NOWHERE}])
        call("take off without the relationship", "PUT", path, [{"guid": table}])
        call("take off with a wrong relationship", "PUT", path, [{"guid": table, "relationshipGuid": NOWHERE}])
        call("delete an assigned term", "DELETE", f"/glossary/term/{term}")

    def deletes(self, glossary: str, home: dict[str, Any], term: str, above: str, below: str, table: str) -> None:
        call = self.call
        call("delete a glossary with an assigned term", "DELETE", f"/glossary/{glossary}")
        call("delete a type in use", "DELETE", f"/types/typedef/name/{self.table_type}")
        call("delete a table", "DELETE", "/entity/bulk", guid=table)
        call("read it", "GET", f"/entity/guid/{table}")
        call(
            "read it by name", "GET", f"/entity/uniqueAttribute/type/{self.table_type}", **self.unique("attr", "table")
        )
        call("delete it again", "DELETE", "/entity/bulk", guid=table)
        call("delete nothing", "DELETE", f"/entity/guid/{NOWHERE}")
        call("delete its term", "DELETE", f"/glossary/term/{term}")
        call("read the term", "GET", f"/glossary/term/{term}")
        call("delete it again", "DELETE", f"/glossary/term/{term}")
        again = call("a term of the same name", "POST", "/glossary/term", {"name": "A"} | home)
        call("delete that too", "DELETE", f"/glossary/term/{again['guid']}")
        call("delete a category", "DELETE", f"/glossary/category/{above}")
        call("read it", "GET", f"/glossary/category/{above}")
        call("read what was below", "GET", f"/glossary/category/{below}")
        call("delete the glossary", "DELETE", f"/glossary/{glossary}")
        call("read it", "GET", f"/glossary/{glossary}")
        call("delete it again", "DELETE", f"/glossary/{glossary}")
        name = f"{self.place.glossary} W"
        anew = call("a glossary of the same name", "POST", "/glossary", {"name": name, "qualifiedName": name})
        call("delete that too", "DELETE", f"/glossary/{anew['guid']}")
