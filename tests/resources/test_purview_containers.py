"""Types, classification types, collections and glossaries, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.errors import SystemFailureError
from reconciler.resources import types
from reconciler.resources.purview.typedef_wire import plain_definition_of, wire_of
from reconciler.systems.refusals import Refused
from tests.resources.purview_bench import TYPES, Bench, bench

TYPE = types()["purview.type"]
METRICS = {
    "category": "BUSINESS_METADATA",
    "options": {"managedBy": "reconciler"},
    "attributeDefs": [
        {
            "name": "records_total",
            "typeName": "long",
            "options": {"applicableEntityTypes": '["t_table"]', "maxStrLength": "50"},
        }
    ],
}


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as found:
        yield found


def test_types_read_back_what_was_defined(on: Bench) -> None:
    before = len(on.sent)
    on.define_types()
    on.create("type", "t_metrics", category="businessMetadataDefs", definition=METRICS)
    assert len(on.writes(before)) == 2
    wanted = on.canonical("type", "t_column", category="entityDefs", definition=TYPES["column"])
    live = on.one("type", "t_column")
    assert wanted.items() <= live.fields.items()
    assert TYPE.foreign(live) is None
    relation = on.one("type", "t_table_columns")
    assert relation.fields["category"] == "relationshipDefs"
    assert relation.fields["definition[ends][2]"]["name"] == "table"
    wanted = on.canonical("type", "t_metrics", category="businessMetadataDefs", definition=METRICS)
    assert wanted.items() <= on.one("type", "t_metrics").fields.items()


def test_types_are_only_added_to(on: Bench) -> None:
    on.define_types()
    raw = on.one("type", "t_table").raw
    more = {"name": "theirs", "typeName": "string", "isOptional": True, "cardinality": "SINGLE"}
    theirs = {**raw, "attributeDefs": [*raw["attributeDefs"], more]}
    on.purview.call("PUT", "/types/typedefs", {"entityDefs": [theirs]}, effect="set")
    on.update("type", "t_table", {"definition[attributes][format]": "string", "definition[options][extra]": "1"})
    live = on.one("type", "t_table").fields
    for name in ("group", "source", "theirs", "format"):
        assert live[f"definition[attributes][{name}]"] == "string"
    assert live["definition[options][managedBy]"] == "reconciler"
    assert live["definition[options][extra]"] == "1"


def test_an_update_of_a_type_is_whole_and_without_a_stamp(on: Bench) -> None:
    """Attributes and super types left out would be removed; a stamp is nothing that types are known to be held by."""
    on.define_types()
    before = len(on.sent)
    on.update("type", "t_table", {"definition[attributes][format]": "string"})
    [(method, _, body)] = on.writes(before)
    [sent] = body["entityDefs"]
    assert method == "PUT"
    assert "lastModifiedTS" not in sent
    assert sent["superTypes"]
    assert sent["options"]["managedBy"] == "reconciler"
    assert {"group", "format"} <= {one["name"] for one in sent["attributeDefs"]}


def test_a_type_without_our_mark_is_not_ours(on: Bench) -> None:
    assert "is not ours" in (TYPE.foreign(on.one("type", "DataSet")) or "")
    assert not on.there("type", "t_none")


def test_the_kinds_own_types_can_be_made(on: Bench) -> None:
    from reconciler.kinds.project.asset_types import definitions

    known = definitions("c_")
    wanted = {name: {"category": one.category, "definition": one.definition} for name, one in known.items()}
    on.create_many("type", wanted)
    live = on.read("type", *wanted)
    for name, values in wanted.items():
        assert on.canonical("type", name, **values).items() <= live[name].fields.items()


def test_many_types_are_read_by_listing(on: Bench) -> None:
    definition = {"superTypes": ["DataSet"], "options": {"managedBy": "reconciler"}, "attributeDefs": []}
    keys = {f"t_{number}": {"category": "entityDefs", "definition": definition} for number in range(30)}
    on.create_many("type", keys)
    before = len(on.sent)
    assert set(on.read("type", *keys)) == set(keys)
    assert [path for _, path, _ in on.sent[before:]] == ["/datamap/api/atlas/v2/types/typedefs"]


def test_definitions_survive_the_way_there_and_back() -> None:
    shape = plain_definition_of(METRICS)
    assert plain_definition_of(wire_of("m", "businessMetadataDefs", shape)) == shape
    assert shape["attributeOptions"]["records_total"]["applicableEntityTypes"] == ["t_table"]


def test_classification_types(on: Bench) -> None:
    on.create_many("classification_type", {"CLUEDIN.PII": {"description": "Personal"}, "CLUEDIN.X Y": {}})
    assert on.one("classification_type", "CLUEDIN.PII").fields == {"description": "Personal"}
    before = len(on.sent)
    on.update("classification_type", "CLUEDIN.PII", {"description": "Personal data"})
    assert "lastModifiedTS" not in on.writes(before)[0][2]["classificationDefs"][0]
    assert on.one("classification_type", "CLUEDIN.PII").fields == {"description": "Personal data"}
    on.delete("classification_type", "CLUEDIN.PII")
    assert not on.there("classification_type", "CLUEDIN.PII")
    assert on.there("classification_type", "CLUEDIN.X Y")
    with pytest.raises(SystemFailureError, match="Microsoft's own"):
        on.create("classification_type", "MICROSOFT.MINE")


def test_a_classification_type_in_use_stays(on: Bench) -> None:
    on.define_types()
    on.create("entity", "t_table/x")
    on.create("classification_type", "CLUEDIN.PII")
    on.create("classification", "CLUEDIN.PII@t_table/x")
    with pytest.raises(Refused) as refused:
        on.delete("classification_type", "CLUEDIN.PII")
    assert refused.value.status == 409


def test_collections_by_name_and_by_path(on: Bench) -> None:
    asked = ("k3p0xd", "contoso-purview/MDM/CluedIn", "contoso-purview/MDM/None", "MDM")
    live = on.read("collection", *asked)
    assert {key: one.id for key, one in live.items() if key in asked} == {
        "k3p0xd": "k3p0xd",
        "contoso-purview/MDM/CluedIn": "k3p0xd",
    }
    assert {"Contoso/MDM", "contoso-purview/MDM"} <= live.keys(), "the others tell names that look alike"


def test_the_last_part_of_a_path_can_be_created(on: Bench) -> None:
    key = "contoso-purview/MDM/New"
    name = on.create("collection", key)
    assert name is not None
    assert name[0].isalpha()
    assert len(name) == 6
    assert on.create("collection", key) == name
    assert on.one("collection", key).id == name
    with pytest.raises(SystemFailureError, match="there is no collection"):
        on.create("collection", "nowhere")


def test_an_ambiguous_path_names_both(on: Bench) -> None:
    twin = {"friendlyName": "CluedIn", "parentCollection": {"referenceName": "9vsaza", "type": "CollectionReference"}}
    on.purview._memory["collections"] = [*on.purview.collections(), {"name": "twin01", **twin}]
    type = types()["purview.collection"]
    with pytest.raises(SystemFailureError, match="k3p0xd, twin01"):
        list(type.read(on.purview, {"contoso-purview/MDM/CluedIn": frozenset()}))


def test_glossaries(on: Bench) -> None:
    on.create("glossary", "Products", description="What we sell")
    live = on.one("glossary", "Products")
    assert live.fields == {"description": "What we sell"}
    on.purview.call("PUT", f"/glossary/{live.id}/partial", {"usage": "theirs"}, effect="set")
    on.update("glossary", "Products", {"description": "All we sell"})
    live = on.one("glossary", "Products")
    assert live.fields == {"description": "All we sell"}
    assert live.raw["usage"] == "theirs"
    assert {"Enterprise", "Marketing"} <= set(on.read("glossary", "Products"))


def test_problems() -> None:
    def problems(name: str, key: str, **values: object) -> list[str]:
        type = types()[f"purview.{name}"]
        return list(type.problems(type.desired(key, **values)))

    assert problems("type", "cluedin_column", category="entityDefs") == []
    assert problems("type", "cluedin-column")
    assert problems("type", "x", category="termTemplateDefs")
    assert problems("glossary", "a.b")
    assert problems("glossary", " a")
    assert problems("classification_type", "A-B")
    assert problems("classification_type", "MICROSOFT.MINE")
    assert problems("classification_type", "CLUEDIN.PII") == []
