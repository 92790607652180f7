"""Resource types against Apache Atlas: types, entities, lineage, glossary, classifications, soft deletes."""

from __future__ import annotations

import pytest

from .world import Place

PLAIN = {"cardinality": "SINGLE", "isOptional": True, "isUnique": False, "isIndexable": False}


def entity_type(*supers: str, **attributes: str) -> dict[str, object]:
    listed = [{"name": name, "typeName": of, **PLAIN} for name, of in attributes.items()]
    return {
        "category": "ENTITY",
        "superTypes": list(supers),
        "options": {"managedBy": "reconciler"},
        "attributeDefs": listed,
    }


@pytest.fixture(scope="module")
def typed(place: Place) -> Place:
    """Types for a table with columns and a process."""
    t = place.types
    place.create("type", f"{t}t", category="entityDefs", definition=entity_type("DataSet", group="string"))
    place.create("type", f"{t}c", category="entityDefs", definition=entity_type("DataSet", tags="array<string>"))
    place.create("type", f"{t}p", category="entityDefs", definition=entity_type("Process", columnMapping="string"))
    ends = {
        "endDef1": {"type": f"{t}t", "name": "columns", "isContainer": True, "cardinality": "SET"},
        "endDef2": {"type": f"{t}c", "name": "table", "isContainer": False, "cardinality": "SINGLE"},
    }
    relation = {"category": "RELATIONSHIP", "relationshipCategory": "COMPOSITION", **ends}
    place.create("type", f"{t}tc", category="relationshipDefs", definition=relation)
    return place


@pytest.fixture(scope="module")
def words(typed: Place) -> Place:
    """Our glossary."""
    if not typed.there("glossary", typed.glossary):
        typed.create("glossary", typed.glossary, description="Words")
    return typed


# -- types -------------------------------------------------------------------------------------------------


def test_types_read_as_they_were_made_and_grow(typed: Place) -> None:
    key = f"{typed.types}t"
    live = typed.one("type", key)
    assert live.fields["definition[attributes][group]"] == "string"
    assert "definition[superTypes][DataSet]" in live.fields
    typed.update("type", key, {"definition[attributes][source]": "string"})
    assert typed.one("type", key).fields["definition[attributes][source]"] == "string"
    assert typed.one("type", key).fields["definition[attributes][group]"] == "string"


def test_a_type_is_made_once(typed: Place) -> None:
    body = {"name": f"{typed.types}t", **entity_type("DataSet")}
    assert typed.code("POST", "/types/typedefs", {"entityDefs": [body]}) == "409-00-001"


def test_an_attribute_cannot_be_removed(typed: Place) -> None:
    body = {"name": f"{typed.types}t", **entity_type("DataSet")}
    assert typed.code("PUT", "/types/typedefs", {"entityDefs": [body]}) == "400-00-00D"


def test_a_type_in_use_cannot_be_deleted(typed: Place) -> None:
    typed.create("entity", f"{typed.types}t/{typed.names}.used", name="used")
    assert typed.code("DELETE", f"/types/typedef/name/{typed.types}t") == "409-00-002"
    typed.delete("entity", f"{typed.types}t/{typed.names}.used")


def test_entities_of_an_unknown_type_are_not_there(place: Place) -> None:
    assert place.read("entity", f"{place.types}unknown/x") == {}
    path = f"/entity/bulk/uniqueAttribute/type/{place.types}unknown"
    assert place.code("GET", path, **{"attr_0:qualifiedName": "x"}) == "400-00-014"


# -- entities ----------------------------------------------------------------------------------------------


def test_an_entity_with_columns(typed: Place) -> None:
    t, table = typed.types, f"{typed.types}t/{typed.names}.crm"
    typed.create("entity", table, name="CRM", description="All of it", attributes={"group": "g"})
    typed.create("entity", f"{t}c/{typed.names}.crm#id", name="id", table=table, attributes={"tags": ["b", "a"]})
    typed.create("entity", f"{t}c/{typed.names}.crm#mail", name="mail", table=table)
    live = typed.one("entity", table)
    assert live.fields == {"name": "CRM", "description": "All of it", "attributes[group]": "g"}
    assert typed.parts("entity", table) == [f"purview.entity:{t}c/{typed.names}.crm#{name}" for name in ("id", "mail")]
    column = typed.one("entity", f"{t}c/{typed.names}.crm#id")
    assert column.fields["table"] == table
    assert column.fields["attributes[tags]"] == ["a", "b"]
    typed.update("entity", table, {"name": "Customers", "description": None})
    assert typed.one("entity", table).fields == {"name": "Customers", "attributes[group]": "g"}
    typed.delete("entity", f"{t}c/{typed.names}.crm#mail")
    assert typed.parts("entity", table) == [f"purview.entity:{t}c/{typed.names}.crm#id"]
    typed.delete("entity", table)
    assert not typed.there("entity", f"{t}c/{typed.names}.crm#id"), "a part goes with its whole"


def test_a_deleted_entity_still_answers_and_its_name_is_free(typed: Place) -> None:
    key = f"{typed.types}t/{typed.names}.soft"
    first = typed.create("entity", key, name="soft")
    typed.delete("entity", key)
    assert not typed.there("entity", key)
    assert typed.call("GET", f"/entity/guid/{first}")["entity"]["status"] == "DELETED"
    assert typed.call("DELETE", "/entity/bulk", guid=first) in ({}, None), "again is no error"
    second = typed.create("entity", key, name="soft again")
    assert second != first
    assert typed.one("entity", key).id == second
    typed.delete("entity", key)


def test_labels_and_many_entities_in_one_read(typed: Place) -> None:
    keys = [f"{typed.types}t/{typed.names}.many.{number}" for number in range(60)]
    typed.create_many("entity", {key: {"name": key[-12:]} for key in keys})
    assert set(typed.read("entity", *keys, f"{typed.types}t/{typed.names}.none")) == set(keys)
    typed.create("label", f"pii@{keys[0]}")
    typed.create("label", f"gold@{keys[0]}")
    typed.delete("label", f"pii@{keys[0]}")
    assert set(typed.read("label", f"pii@{keys[0]}", f"gold@{keys[0]}")) >= {f"gold@{keys[0]}"}
    assert not typed.there("label", f"pii@{keys[0]}")
    typed.delete("entity", *keys)


# -- lineage -----------------------------------------------------------------------------------------------


def test_a_process_is_lineage(typed: Place) -> None:
    t, n = typed.types, typed.names
    source, middle, target = (f"{t}t/{n}.flow.{name}" for name in ("source", "middle", "target"))
    for key in (source, middle, target):
        typed.create("entity", key, name=key[-6:])
    columns = [{"DatasetMapping": {"Source": "a", "Sink": "b"}, "ColumnMapping": [{"Source": "x", "Sink": "y"}]}]
    typed.create("entity", f"{t}p/{n}.flow.in", name="in", inputs=[source], outputs=[middle], column_mapping=columns)
    typed.create("entity", f"{t}p/{n}.flow.out", name="out", inputs=[middle], outputs=[target])
    live = typed.one("entity", f"{t}p/{n}.flow.in")
    assert (live.fields["inputs"], live.fields["outputs"]) == ([source], [middle])
    guid = typed.one("entity", middle).id
    lineage = typed.call("GET", f"/lineage/{guid}", direction="BOTH", depth=3)
    names = {node["attributes"]["qualifiedName"] for node in lineage["guidEntityMap"].values()}
    assert names == {f"{n}.flow.{name}" for name in ("source", "in", "middle", "out", "target")}
    assert len(lineage["relations"]) == 4
    typed.update("entity", f"{t}p/{n}.flow.in", {"inputs": [target]})
    assert typed.one("entity", f"{t}p/{n}.flow.in").fields["inputs"] == [target]
    typed.update("entity", f"{t}p/{n}.flow.in", {"inputs": [source]})
    typed.delete("entity", f"{t}p/{n}.flow.in")
    assert typed.one("entity", source).id
    lineage = typed.call("GET", f"/lineage/{guid}", direction="INPUT", depth=3)
    status = {node["attributes"]["qualifiedName"]: node["status"] for node in lineage["guidEntityMap"].values()}
    assert status[f"{n}.flow.in"] == "DELETED", "what was deleted softly stays in the lineage, marked"
    typed.delete("entity", source)
    typed.delete("entity", middle)
    assert "inputs" not in typed.one("entity", f"{t}p/{n}.flow.out").fields


# -- classifications ---------------------------------------------------------------------------------------


def test_a_classification_on_entities(typed: Place) -> None:
    t, n, name = typed.types, typed.names, f"{typed.label} Secret.Top"
    typed.create("classification_type", name, description="Need to know")
    assert typed.one("classification_type", name).fields["description"] == "Need to know"
    typed.update("classification_type", name, {"description": "Changed"})
    assert typed.one("classification_type", name).fields["description"] == "Changed"
    table, column = f"{t}t/{n}.classified", f"{t}c/{n}.classified#x"
    typed.create("entity", table, name="classified")
    typed.create("entity", column, name="x", table=table)
    typed.create("classification", f"{name}@{table}")
    assert typed.there("classification", f"{name}@{table}")
    assert not typed.there("classification", f"{name}@{column}"), "what came by propagation is not ours"
    guid = typed.one("entity", table).id
    assert typed.code("POST", f"/entity/guid/{guid}/classifications", [{"typeName": name}]) == "400-00-01A", (
        "twice is refused"
    )
    typed.create("classification", f"{name}@{table}")
    assert typed.code("DELETE", f"/types/typedef/name/{name}") == "409-00-002"
    typed.delete("classification", f"{name}@{table}")
    assert not typed.there("classification", f"{name}@{table}")
    typed.delete("entity", table)


def test_an_upload_brings_classifications_and_labels_to_new_entities_alone(typed: Place) -> None:
    of_type, name = f"{typed.types}t", f"{typed.names}.marked"
    first, second = (f"{typed.label} Marked.{word}" for word in ("First", "Second"))
    for one in (first, second):
        typed.create("classification_type", one)

    def upload(classification: str, label: str) -> dict[str, object]:
        attributes = {"qualifiedName": name, "name": "marked"}
        marks = [{"typeName": classification, "propagate": False}]
        body = {"typeName": of_type, "attributes": attributes, "classifications": marks, "labels": [label]}
        return {"entities": [body]}

    for classification, label in ((first, "kept"), (second, "passed_over")):
        typed.call("POST", "/entity/bulk", upload(classification, label))
        entity = typed.entity(of_type, name)
        assert entity is not None
        held = [(one["typeName"], one["propagate"], one["entityGuid"]) for one in entity["classifications"]]
        assert held == [(first, False, entity["guid"])]
        assert entity["labels"] == ["kept"]
    typed.delete("classification", f"{first}@{of_type}/{name}")
    typed.delete("entity", f"{of_type}/{name}")


# -- glossary ----------------------------------------------------------------------------------------------


def test_terms_keep_their_texts_and_what_others_said(words: Place) -> None:
    key = f"{words.glossary}/Order"
    words.create("term", key, definition="x", summary="y", abbreviation="O", usage="z")
    term = words.terms()["Order"]
    words.call("PUT", f"/glossary/term/{term['guid']}", term | {"examples": ["one", "two"]})
    words.update("term", key, {"summary": "Changed", "usage": None})
    assert words.one("term", key).fields == {"definition": "x", "summary": "Changed", "abbreviation": "O"}
    assert words.terms()["Order"]["examples"] == ["one", "two"]
    found = words.one("term", key)
    again = words.find("term", found.id)
    assert again is not None
    assert again.key == key
    words.delete("term", key)
    assert not words.there("term", key)
    assert words.find("term", found.id) is None
    words.create("term", key)
    assert words.one("term", key).id != found.id
    words.delete("term", key)


def test_categories_are_places(words: Place) -> None:
    top, low = f"{words.glossary}/Goods", f"{words.glossary}/Goods/Parts"
    words.create("category", top)
    words.create("category", low)
    words.create("term", f"{low}/Bolt", definition="Holds")
    words.create("term", f"{words.glossary}/Loose")
    assert words.terms()["Goods_Parts_Bolt"]["qualifiedName"] == f"Goods_Parts_Bolt@{words.glossary}"
    assert words.there("term", f"{low}/Bolt")
    assert words.parts("category", low) == [f"purview.term:{low}/Bolt"]
    assert words.parts("category", top) == [f"purview.category:{low}"]
    words.rename("category", top, f"{words.glossary}/Wares")
    moved = f"{words.glossary}/Wares/Parts"
    assert words.there("category", moved)
    assert words.there("term", f"{moved}/Bolt"), "a term follows its category"
    assert words.terms()["Goods_Parts_Bolt"]
    words.rename("term", f"{moved}/Bolt", f"{moved}/Nut")
    assert words.terms()["Goods_Parts_Nut"]["qualifiedName"] == f"Goods_Parts_Bolt@{words.glossary}"
    words.rename("term", f"{moved}/Nut", f"{words.glossary}/Wares/Nut")
    assert words.there("term", f"{words.glossary}/Wares/Nut")
    words.rename("term", f"{words.glossary}/Wares/Nut", f"{words.glossary}/Nut")
    assert words.terms()["Nut"].get("categories") in (None, [])
    words.rename("category", moved, f"{words.glossary}/Parts")
    assert words.there("category", f"{words.glossary}/Parts")
    for key in ("Parts", "Wares"):
        words.delete("category", f"{words.glossary}/{key}")
        assert not words.there("category", f"{words.glossary}/{key}")
    for key in ("Nut", "Loose"):
        words.delete("term", f"{words.glossary}/{key}")


def test_a_qualified_name_is_taken_for_good_by_the_term_that_had_it_first(words: Place) -> None:
    home = {"anchor": {"glossaryGuid": words.glossary_guid()}}
    first = words.call("POST", "/glossary/term", {"name": "First"} | home)
    words.call("PUT", f"/glossary/term/{first['guid']}", first | {"name": "Second"})
    assert words.code("POST", "/glossary/term", {"name": "First"} | home) == "409-00-009"
    words.call("DELETE", f"/glossary/term/{first['guid']}")
    again = words.call("POST", "/glossary/term", {"name": "First"} | home)
    words.call("DELETE", f"/glossary/term/{again['guid']}")


def test_a_category_below_another_cannot_be_called_as_one_at_the_top(words: Place) -> None:
    home = {"anchor": {"glossaryGuid": words.glossary_guid()}}
    top = words.call("POST", "/glossary/category", {"name": "Twin"} | home)
    other = words.call("POST", "/glossary/category", {"name": "Above"} | home)
    below = {"name": "Twin", "parentCategory": {"categoryGuid": other["guid"]}} | home
    assert words.code("POST", "/glossary/category", below) == "409-00-00A"
    for one in (top, other):
        words.call("DELETE", f"/glossary/category/{one['guid']}")


def test_an_upload_keeps_the_terms_that_it_has_and_takes_off_the_others(words: Place) -> None:
    terms = {name: f"{words.glossary}/{name}" for name in ("U1", "U2", "U3")}
    words.create_many("term", {key: {} for key in terms.values()})
    guids = {name: words.one("term", key).id for name, key in terms.items()}
    of_type, name = f"{words.types}t", f"{words.names}.terms"

    def upload(*related: str) -> dict[str, object]:
        """An upload with some terms, by guid."""
        body: dict[str, object] = {"typeName": of_type, "attributes": {"qualifiedName": name, "name": "terms"}}
        if related:
            meant = [{"typeName": "AtlasGlossaryTerm", "guid": guid} for guid in related]
            body["relationshipAttributes"] = {"meanings": meant}
        return {"entities": [body]}

    def held() -> set[str]:
        on = words.read("assignment", *(f"{key}@{of_type}/{name}" for key in terms.values()))
        return {key.partition("@")[0].rpartition("/")[2] for key in on}

    both = {"U1", "U2"}
    for called, then in ((both, both), (both, both), (set[str](), both), ({"U3"}, {"U3"})):
        words.call("POST", "/entity/bulk", upload(*(guids[one] for one in called)))
        assert held() == then
    entity = words.entity(of_type, name)
    assert entity is not None
    alive = [one for one in entity["relationshipAttributes"]["meanings"] if one["relationshipStatus"] == "ACTIVE"]
    assert len(alive) == 1
    unknown = upload(guids["U1"], "00000000-0000-0000-0000-00000000beef")
    assert words.code("POST", "/entity/bulk", unknown) == "404-00-00A"
    assert held() == {"U3"}
    words.delete("assignment", f"{terms['U3']}@{of_type}/{name}")
    words.delete("entity", f"{of_type}/{name}")
    for key in terms.values():
        words.delete("term", key)


def test_relations_between_terms(words: Place) -> None:
    a, b = f"{words.glossary}/A", f"{words.glossary}/B"
    words.create("term", a)
    words.create("term", b)
    for kind in ("synonyms", "seeAlso"):
        words.create("related_term", f"{kind}:{a}@{b}")
    assert set(words.read("related_term", f"synonyms:{a}@{b}")) == {f"synonyms:{a}@{b}", f"seeAlso:{a}@{b}"}
    words.delete("related_term", f"synonyms:{a}@{b}")
    assert set(words.read("related_term", f"synonyms:{a}@{b}")) == {f"seeAlso:{a}@{b}"}
    words.update("term", a, {"definition": "changed"})
    assert words.there("related_term", f"seeAlso:{a}@{b}")
    words.delete("term", b)
    assert not words.read("related_term", f"seeAlso:{a}@{b}")
    words.delete("term", a)


def test_a_term_on_an_entity(words: Place) -> None:
    term, table = f"{words.glossary}/Assigned", f"{words.types}t/{words.names}.assigned"
    words.create("term", term)
    words.create("entity", table, name="assigned")
    words.create("assignment", f"{term}@{table}")
    words.create("assignment", f"{term}@{table}")
    assert words.there("assignment", f"{term}@{table}")
    assert words.parts("term", term) == [f"purview.assignment:{term}@"]
    guid = words.one("term", term).id
    assert words.code("DELETE", f"/glossary/term/{guid}") == "400-00-084"
    words.delete("assignment", f"{term}@{table}")
    assert not words.there("assignment", f"{term}@{table}")
    words.create("assignment", f"{term}@{table}")
    words.delete("entity", table)
    assert words.parts("term", term) == [], "a deleted entity carries no term"
    words.delete("term", term)
    assert not words.there("term", term)
