"""Types of one's own over time: they grow, and what the system would refuse or never undo is refused before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ManifestError
from reconciler.kinds import models
from reconciler.manifest.spec import example

from ..support import Project, project

ATLAS = "/datamap/api/atlas/v2"
TYPES = example(models()["CustomType"])


@pytest.fixture
def made(tmp_path: Path) -> Any:
    with project(tmp_path) as found:
        found.write("types.yaml", TYPES)
        assert found.apply().complete
        yield found


def live(made: Project, name: str) -> dict[str, Any]:
    return made.http("GET", f"{ATLAS}/types/typedef/name/{name}")  # type: ignore[no-any-return]


def test_a_type_gets_more_and_keeps_what_people_added(made: Project) -> None:
    database = live(made, "pi_database")
    theirs = {"name": "theirs", "typeName": "string", "isOptional": True, "cardinality": "SINGLE"}
    database["attributeDefs"].append(theirs)
    database["options"]["theirs"] = "yes"
    made.http("PUT", f"{ATLAS}/types/typedefs", json={"entityDefs": [database]})
    state = live(made, "pi_state")
    state["elementDefs"].append({"value": "Stale", "ordinal": 4})
    made.http("PUT", f"{ATLAS}/types/typedefs", json={"enumDefs": [state]})
    assert made.actions() == []
    made.edit("types.yaml", "- {name: tags, type: array<string>}", "- {name: tags, type: array<string>}\n"
              "        - {name: uom, type: string, default: bar}")  # fmt: skip
    made.edit("types.yaml", "values: [Good, Bad,", "values: [Good, Bad, Worse,")
    assert {address for _, address in made.actions()} == {"purview.type:pi_database", "purview.type:pi_state"}
    assert made.apply().complete
    assert made.actions() == []
    attributes = {one["name"]: one for one in live(made, "pi_database")["attributeDefs"]}
    assert attributes.keys() == {"server", "tags", "state", "theirs", "uom"}
    assert attributes["uom"]["defaultValue"] == "bar"
    assert live(made, "pi_database")["options"]["theirs"] == "yes"
    values = [one["value"] for one in live(made, "pi_state")["elementDefs"]]
    assert values == ["Good", "Bad", "Unknown", "Stale", "Worse"]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("{name: data_type, type: string}", "{name: data_type, type: int}", "attributes"),
        ("{name: tags, type: array<string>}", "{name: tags, type: array<string>, required: true}", "required"),
        ("{name: tags, type: array<string>}", "{name: tags, type: array<string>, unique: true}", "unique"),
        ("{type: pi_element, as: database}", "{type: pi_element, as: base}", "ends"),
        ("category: composition", "category: aggregation", "relationship"),
        ("{name: tags, type: array<string>}", "{name: new, type: string, required: true}", "required"),
    ],
)
def test_what_the_system_does_not_change_is_refused_with_the_way_out(
    made: Project, old: str, new: str, path: str
) -> None:
    made.edit("types.yaml", old, new)
    if path == "relationship":
        made.edit("types.yaml", "      schema_tab: elements\n", "")
    before = len(made.writes())
    refused = [change for change in made.plan().changes if change.action == "conflict"]
    assert [change.reason for change in refused] == ["immutable"]
    assert f"definition[{path}]" in refused[0].message
    assert len(made.writes()) == before


def test_what_leaves_the_manifest_stays(made: Project) -> None:
    made.edit("types.yaml", "        - {name: tags, type: array<string>}\n", "")
    made.edit("types.yaml", "[Good, Bad, {value", "[Good, {value")
    assert made.actions() == []
    assert "tags" in {one["name"] for one in live(made, "pi_database")["attributeDefs"]}


def test_a_required_attribute_may_become_optional(made: Project) -> None:
    made.edit("types.yaml", "type: string, required: true", "type: string, required: false")
    assert made.actions() == [("update", "purview.type:pi_database")]
    assert made.apply().complete
    assert live(made, "pi_database")["attributeDefs"][0]["isOptional"] is True
    assert made.actions() == []


def test_a_type_of_others_is_never_taken_over(tmp_path: Path) -> None:
    with project(tmp_path) as made:
        theirs = {"category": "ENTITY", "name": "pi_element", "superTypes": ["DataSet"], "attributeDefs": []}
        made.http("POST", f"{ATLAS}/types/typedefs", json={"entityDefs": [theirs]})
        made.write("types.yaml", TYPES)
        refused = {
            change.address: change for change in made.plan(adopt="overwrite").changes if change.action == "conflict"
        }
        assert "is not ours" in refused["purview.type:pi_element"].message


def test_deleted_types_go_from_the_outside_in_and_not_while_they_are_used(made: Project) -> None:
    made.edit("types.yaml", "spec:\n", "spec:\n  removed: delete\n")
    made.write("asset.yaml", example(models()["Asset"]))
    made.write("labels.yaml", example(models()["LabelMap"]))
    assert made.apply().complete
    entity = {"typeName": "pi_element", "guid": "-1", "attributes": {"qualifiedName": "pi://theirs", "name": "theirs"}}
    host = {"typeName": "pi_database", "uniqueAttributes": {"qualifiedName": "pi://srv1/plant"}}
    entity["relationshipAttributes"] = {"database": host}
    guid = made.http("POST", f"{ATLAS}/entity", json={"entity": entity})["guidAssignments"]["-1"]
    (made.root / "manifests/types.yaml").unlink()
    (made.root / "manifests/asset.yaml").unlink()
    plan = made.plan(prune=True)
    kept = {change.address for change in plan.changes if change.action == "conflict"}
    assert "purview.entity:pi_database/pi://srv1/plant" in kept, "a column of others hangs on it"
    made.http("DELETE", f"{ATLAS}/entity/guid/{guid}")
    gone = [change for change in made.plan(prune=True).changes if change.action == "delete"]
    assert made.apply(prune=True, allow_deletes=len(gone)).complete
    names = {one["name"] for one in made.http("GET", f"{ATLAS}/types/typedefs/headers")}
    assert not {name for name in names if name.startswith("pi_")}


def test_pasted_definitions_are_the_same_as_those_that_are_spelled_out(made: Project) -> None:
    """What a server answers, pasted as it is, is what is there."""
    names = ("pi_state", "pi_range", "pi_database", "pi_element", "pi_database_elements", "pi_quality", "CONTOSO.TAG")
    answered = [live(made, name) for name in names]
    (made.root / "types").mkdir()
    (made.root / "types/all.json").write_text(json.dumps(answered), encoding="utf-8")
    made.write(
        "types.yaml",
        "apiVersion: reconciler/v1\nkind: CustomType\nmetadata: {name: osi-pi}\n"
        "spec: {service_type: OSI PI, typedefs: {file: types/all.json}}\n",
    )
    assert made.actions() == []
    broken = (made.root / "types/all.json").read_text(encoding="utf-8")
    (made.root / "types/all.json").write_text(broken[: len(broken) // 2], encoding="utf-8")
    with pytest.raises(ManifestError, match="is no sound JSON"):
        made.plan()
