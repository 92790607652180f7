"""What others put on our things keeps them: every sort of part that the systems have, on every sandbox.

One project, one removal: each sort of part hangs on a term and a column of its own. `PEOPLE` is a stranger.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler.diff import Change, Options
from reconciler.resources.purview.term_parts import RELATED
from reconciler.workflow import Approval, apply_plan

from ..support import EACH_SANDBOX, SANDBOXES, Project, project

pytestmark = pytest.mark.long

ATLAS = "/datamap/api/atlas/v2"
PEOPLE = "11111111-2222-3333-4444-555555555555"
TABLE = "cluedin_entity/cluedin.entity.Alpha"
COLUMN = "cluedin_column/cluedin.entity.Alpha#alpha."

HEAD = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: alpha}
spec:
  glossary: Enterprise
  removed: delete
  term: {name: Alpha}
  vocabulary:
    name: Alpha
    key_prefix: alpha
    entity_type: {name: Alpha, code: /Alpha, icon: Cube}
  cluedin_glossary: {category: Letters}
  terms:
"""


@dataclass
class Scene:
    """The project, and the guids that people need to put something on its things."""

    made: Project
    guids: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    again: dict[str, Change] = field(default_factory=dict)

    def put(self, guid: str, **more: Any) -> None:
        """A person saves a term in the portal, with something more in it."""
        term = self.made.http("GET", f"{ATLAS}/glossary/term/{guid}")
        term.pop("lastModifiedTS", None)
        merged = {name: [*term.get(name, []), *value] if isinstance(value, list) else value
                  for name, value in more.items()}  # fmt: skip
        self.made.http("PUT", f"{ATLAS}/glossary/term/{guid}?includeTermHierarchy=true", json=term | merged)

    def entity(self, guid: str, **more: Any) -> None:
        """A person changes an entity."""
        found = self.made.http("GET", f"{ATLAS}/entity/guid/{guid}")["entity"]
        body = {"guid": guid, "typeName": found["typeName"], "attributes": {}, **more}
        body["attributes"] = {name: found["attributes"][name] for name in ("name", "qualifiedName")} | body[
            "attributes"
        ]
        self.made.http("POST", f"{ATLAS}/entity", json={"entity": body})

    def another(self, type_name: str, name: str, **more: Any) -> str:
        """An entity of another team."""
        body = {"typeName": type_name, "guid": "-1", "attributes": {"name": name, "qualifiedName": f"team://{name}"}}
        body["attributes"] |= more
        answer = self.made.http("POST", f"{ATLAS}/entity", json={"entity": body})
        return str(answer["guidAssignments"]["-1"])


Deed = Callable[[Scene, str, str], None]
"""What people do, given the guids of a term and of its column."""


def _process(end: str) -> Deed:
    def deed(scene: Scene, term: str, column: str) -> None:
        scene.another("Process", f"load-{end}", **{end: [{"guid": column}]})

    return deed


def _related(name: str) -> Deed:
    return lambda scene, term, column: scene.put(term, **{name: [{"termGuid": scene.foreign["term"]}]})


def _lineage(scene: Scene, term: str, column: str) -> None:
    ends = {"end1": {"guid": column}, "end2": {"guid": scene.foreign["set"]}}
    scene.made.http("POST", f"{ATLAS}/relationship", json={"typeName": "direct_lineage_dataset_dataset", **ends})


def _classify(name: str) -> Deed:
    body = [{"typeName": name}]
    return lambda s, term, column: s.made.http("POST", f"{ATLAS}/entity/guid/{column}/classifications", json=body)


def _child(scene: Scene, term: str, column: str) -> None:
    above = scene.made.http("GET", f"{ATLAS}/glossary/term/{term}")
    body = {"name": f"{above['name']}_Theirs", "nickName": "Theirs", "anchor": above["anchor"]}
    body["parentTerm"] = {"termGuid": term}
    scene.made.http("POST", f"{ATLAS}/glossary/term?includeTermHierarchy=true", json=body)


def _rename(scene: Scene, term: str, column: str) -> None:
    found = scene.made.http("GET", f"{ATLAS}/glossary/term/{term}")
    own = found["nickName"]
    scene.put(term, nickName=f"{own}2", name=f"{found['name']}2")


def _assign(scene: Scene, term: str, column: str) -> None:
    path = f"{ATLAS}/glossary/terms/{term}/assignedEntities"
    scene.made.http("POST", path, json=[{"guid": scene.foreign["set"]}])


def _their_term(scene: Scene, term: str, column: str) -> None:
    path = f"{ATLAS}/glossary/terms/{scene.foreign['term']}/assignedEntities"
    scene.made.http("POST", path, json=[{"guid": column}])


def _category(scene: Scene, term: str, column: str) -> None:
    scene.put(term, categories=[{"categoryGuid": scene.foreign["category"]}])


def _metadata(scene: Scene, term: str, column: str) -> None:
    path = f"{ATLAS}/entity/guid/{column}/businessmetadata?isOverwrite=false"
    scene.made.http("POST", path, json={"team_facts": {"cost": "high"}})


def _labels(scene: Scene, term: str, column: str) -> None:
    scene.made.http("PUT", f"{ATLAS}/entity/guid/{column}/labels", json=["gold"])


PERSON = [{"id": PEOPLE, "info": "of a person"}]

ON_TERMS: dict[str, tuple[Deed, str]] = {
    **{name: (_related(name), "Lead") for name in RELATED},
    "child": (_child, "Theirs"),
    "renamed": (_rename, "its name"),
    "assigned": (_assign, "theirs-set"),
    "category": (_category, "category"),
    "expert": (lambda s, term, column: s.put(term, contacts={"Expert": PERSON}), "experts["),
    "steward": (lambda s, term, column: s.put(term, contacts={"Steward": PERSON}), "stewards["),
    "definition": (lambda s, term, column: s.put(term, longDescription="Ours now"), "definition"),
    "summary": (lambda s, term, column: s.put(term, shortDescription="Ours now"), "summary"),
    "abbreviation": (lambda s, term, column: s.put(term, abbreviation="ON"), "abbreviation"),
    "usage": (lambda s, term, column: s.put(term, usage="Daily"), "usage"),
    "status": (lambda s, term, column: s.put(term, status="Approved"), "status"),
    "resources": (lambda s, term, column: s.put(term, resources=[{"displayName": "W", "url": "u://w"}]), "resources"),
    "classified": (
        lambda s, term, column: s.put(term, classifications=[{"typeName": "MICROSOFT.PERSONAL.EMAIL"}]),
        "the classification MICROSOFT.PERSONAL.EMAIL",
    ),
    "examples": (lambda s, term, column: s.put(term, examples=["an example"]), "examples"),
    "additional": (lambda s, term, column: s.put(term, additionalAttributes={"a": "b"}), "additional"),
}  # fmt: skip
ON_COLUMNS: dict[str, tuple[Deed, str]] = {
    "classification": (_classify("MICROSOFT.PERSONAL.EMAIL"), "MICROSOFT.PERSONAL.EMAIL"),
    "label": (_labels, "gold"),
    "owner": (lambda s, term, column: s.entity(column, contacts={"Owner": PERSON}), "owners["),
    "columnexpert": (lambda s, term, column: s.entity(column, contacts={"Expert": PERSON}), "experts["),
    "theirterm": (_their_term, "Lead"),
    "reader": (_process("inputs"), "load-inputs"),
    "writer": (_process("outputs"), "load-outputs"),
    "lineage": (_lineage, "theirs-set"),
    "metadata": (_metadata, "team_facts.cost"),
    "custom": (lambda s, term, column: s.entity(column, customAttributes={"note": "x"}), "note"),
    "described": (lambda s, term, column: s.entity(column, attributes={"description": "Mine"}), "description"),
    "userword": (lambda s, term, column: s.entity(column, attributes={"userDescription": "Mine"}), "userDescription"),
    "displayed": (lambda s, term, column: s.entity(column, attributes={"displayName": "Mine"}), "displayName"),
    "edited": (lambda s, term, column: s.entity(column, attributes={"vocabulary_key": "theirs"}), "vocabulary_key"),
}  # fmt: skip
UNTOUCHED = "untouched"


@pytest.fixture(scope="module", params=EACH_SANDBOX)
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The removal, planned and applied with `--prune --skip-refused`, after people did all of it."""
    with project(tmp_path_factory.mktemp("removal"), **SANDBOXES[request.param]) as made:
        items = [f"    - {{name: {name}, key: {name}}}\n" for name in (*ON_TERMS, *ON_COLUMNS, UNTOUCHED)]
        made.write("alpha.yaml", HEAD + "".join(items))
        assert made.apply().complete
        scene = Scene(made)
        _strangers(scene)
        for name, (deed, _) in {**ON_TERMS, **ON_COLUMNS}.items():
            ids = made.plan().ids
            deed(scene, ids[f"purview.term:Enterprise/Alpha/{name}"], ids[f"purview.entity:{COLUMN}{name}"])
        (made.root / "manifests/alpha.yaml").unlink()
        scene.changes = {change.address: change for change in made.plan(prune=True).changes}
        removals = sum(change.action in ("delete", "retire") for change in scene.changes.values())
        options = Options(prune=True, allow_deletes=removals)
        result = apply_plan(made.session(), options, Approval(skip_refused=True))
        assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
        scene.again = {change.address: change for change in made.plan(prune=True).changes}
        yield scene


def _strangers(scene: Scene) -> None:
    made = scene.made
    scene.foreign["term"] = made.terms("Marketing")["Lead"]["guid"]
    scene.foreign["set"] = scene.another("DataSet", "theirs-set")
    home = made.terms("Enterprise")["Alpha"]["anchor"]["glossaryGuid"]
    body = {"name": "Theirs", "anchor": {"glossaryGuid": home}}
    scene.foreign["category"] = made.http("POST", f"{ATLAS}/glossary/category", json=body)["guid"]
    options = {"applicableEntityTypes": json.dumps(["DataSet"]), "maxStrLength": "50"}
    fact = {"name": "cost", "typeName": "string", "isOptional": True, "cardinality": "SINGLE", "options": options}
    metadata = [{"category": "BUSINESS_METADATA", "name": "team_facts", "attributeDefs": [fact]}]
    made.http("POST", f"{ATLAS}/types/typedefs", json={"businessMetadataDefs": metadata})


def refused(changes: dict[str, Change], address: str, words: str) -> None:
    """The change refuses the removal, and says for what."""
    change = changes[address]
    assert (change.action, change.reason) == ("conflict", "removed"), change.message
    assert words in change.message


@pytest.mark.parametrize("name", ON_TERMS)
def test_what_hangs_on_a_term_keeps_it(scene: Scene, name: str) -> None:
    for changes in (scene.changes, scene.again):
        refused(changes, f"purview.term:Enterprise/Alpha/{name}", ON_TERMS[name][1])


@pytest.mark.parametrize("name", ON_COLUMNS)
def test_what_hangs_on_a_column_keeps_it(scene: Scene, name: str) -> None:
    for changes in (scene.changes, scene.again):
        refused(changes, f"purview.entity:{COLUMN}{name}", ON_COLUMNS[name][1])


def test_the_hosts_of_what_is_refused_stay(scene: Scene) -> None:
    for changes in (scene.changes, scene.again):
        refused(changes, "purview.term:Enterprise/Alpha", "hangs on it and is not removed")
        refused(changes, f"purview.entity:{TABLE}", "hangs on it and is not removed")


def test_what_nobody_touched_goes(scene: Scene) -> None:
    gone = {f"purview.term:Enterprise/Alpha/{UNTOUCHED}", f"purview.entity:{COLUMN}{UNTOUCHED}"}
    assert {scene.changes[address].action for address in gone} == {"delete"}
    assert gone.isdisjoint(scene.again)
    assert not [address for address in scene.again if address.startswith("purview.assignment:")]
