"""What is replaced takes its parts with it, and they are there again after the apply."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.diff import Options
from reconciler.errors import ReconcilerError, RefusedError
from reconciler.kinds import models
from reconciler.manifest.spec import example
from reconciler.workflow import Approval, apply_plan

from ..support import EACH_SANDBOX, SANDBOXES, Project, project

pytestmark = pytest.mark.long

ATLAS = "/datamap/api/atlas/v2"
ALPHA = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: alpha}
spec:
  glossary: Enterprise
  removed: delete
  term: {name: Alpha, definition: The first., status: Approved}
  vocabulary:
    name: Alpha
    key_prefix: alpha
    entity_type: {name: Alpha, code: /Alpha, icon: Cube}
  cluedin_glossary: {category: Letters}
  terms:
    - {name: One, key: one, labels: [PII], synonyms: [Two]}
    - {name: Two, key: two, definition: "<p>Second</p>"}
"""
BETA = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: beta}
spec:
  glossary: Enterprise
  term: {name: Beta}
  vocabulary:
    name: Beta
    key_prefix: beta
    entity_type: {name: Beta, code: /Beta, icon: Cube}
  terms:
    - {name: First, key: first, description: The first}
    - {name: Other, key: other}
"""
LETTERS = """
apiVersion: reconciler/v1
kind: ExportContract
metadata: {name: letters_v1}
spec:
  entity: /Alpha
  delivery:
    type: file-parquet
    connection: abfss://mdm@contosolake.dfs.core.windows.net
    path: letters/
    schedule: daily
    overwrite: true
    target: {name: letters, secrets: {AccountKey: {env: LAKE_KEY}}}
  columns: [{from: alpha.one}, {from: alpha.two}]
"""
TERM = "purview.term:Enterprise/Alpha"
TABLE = "purview.entity:cluedin_entity/cluedin.entity.Alpha"
COLUMN = "purview.entity:cluedin_column/cluedin.entity.Alpha#alpha."
EXPORTED = "purview.assignment:Enterprise/Alpha/One@cluedin_column/cluedin.target.letters_v1#"
EXPORT = "purview.entity:cluedin_entity/cluedin.entity.Person"


@pytest.fixture(params=EACH_SANDBOX)
def alpha(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """Alpha and a contract about people, applied."""
    with project(tmp_path, **SANDBOXES[request.param]) as made:
        for name in ("LabelMap", "ExportContract"):
            made.write(f"{name}.yaml", example(models()[name]))
        made.write("alpha.yaml", ALPHA)
        made.write("beta.yaml", BETA)
        assert made.apply().complete
        yield made


def replaced(made: Project, *addresses: str) -> set[str]:
    """What a replace of the addresses takes along, applied; nothing is left to do afterwards."""
    ids = made.plan().ids
    plan = made.plan(replace=addresses)
    taken = {change.address for change in plan.changes if change.action == "replace"}
    assert {change.action for change in plan.changes} <= {"replace", "update"}
    assert made.plan(replace=addresses, allow_deletes=len(taken) + 1).refused, "the guards count what goes along"
    result = made.apply(replace=addresses, allow_deletes=len(taken))
    assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
    assert made.actions() == []
    again = made.plan().ids
    assert again.keys() == ids.keys()
    assert {address for address in ids if ids[address] != again[address]} >= set(addresses)
    return taken


def test_a_replaced_term_has_its_assignments_and_relations_again(alpha: Project) -> None:
    one = f"{TERM}/One"
    taken = replaced(alpha, one)
    column = "cluedin_column/cluedin.entity.Alpha#alpha.one"
    assert taken == {
        one,
        f"purview.assignment:Enterprise/Alpha/One@{column}",
        "purview.related_term:synonyms:Enterprise/Alpha/One@Enterprise/Alpha/Two",
    }


def test_a_term_is_replaced_below_a_parent_that_is_renamed(alpha: Project) -> None:
    """The parts of the term bear the new name of its parent by then: nobody changed them."""
    alpha.edit("alpha.yaml", "term: {name: Alpha,", "term: {name: Omega, moved_from: Alpha,")
    one = "purview.term:Enterprise/Omega/One"
    plan = alpha.plan(replace=(one,))
    taken = [change.address for change in plan.changes if change.action == "replace"]
    assert len(taken) > 1
    result = alpha.apply(replace=(one,), allow_deletes=len(taken))
    assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
    assert alpha.actions() == []


def test_a_stream_only_waits_for_the_terms_of_its_columns(alpha: Project) -> None:
    """It goes on while a term is made again, and what started it is still known to be ours."""
    alpha.write("letters.yaml", LETTERS)
    assert alpha.apply().complete
    taken = replaced(alpha, f"{TERM}/One")
    assert any(address.startswith(EXPORTED) for address in taken)
    assert [address for address in taken if address.startswith("cluedin.")] == []
    entry = alpha.session().ledger_place().load().entries["cluedin.stream_state:letters_v1"]
    assert entry.how == "created"


def test_a_term_is_not_replaced_under_a_name_that_another_gives_up(alpha: Project) -> None:
    """Two that exchange their names do so first; what is made anew would need a name that is not free yet."""
    alpha.edit("alpha.yaml", "{name: One, key: one, labels: [PII], synonyms: [Two]}",
               "{name: Two, moved_from: One, key: one, labels: [PII], synonyms: [One]}")  # fmt: skip
    alpha.edit("alpha.yaml", "{name: Two, key: two,", "{name: One, moved_from: Two, key: two,")
    [refused] = [c for c in alpha.plan(replace=(f"{TERM}/One",)).changes if c.address == f"{TERM}/One"]
    assert (refused.action, refused.reason) == ("conflict", "replaced")
    assert "another object has its new name so far; apply without --replace first" in refused.message
    assert alpha.apply().complete
    assert alpha.actions() == []
    replaced(alpha, f"{TERM}/One")


def test_a_replace_of_nothing_is_told(alpha: Project) -> None:
    with pytest.raises(ReconcilerError, match="matches nothing"):
        alpha.plan(replace=(f"{TERM}/Nope",))
    [told] = [d for d in alpha.plan(replace=("cluedin.entity_type:/Alpha",)).diagnostics if "replace" in d.code]
    assert (told.severity, told.code) == ("warning", "replace.nothing")


def test_a_replaced_parent_has_its_terms_again(alpha: Project) -> None:
    taken = replaced(alpha, TERM)
    assert taken >= {TERM, f"{TERM}/One", f"{TERM}/Two"}
    assert sum(address.startswith("purview.assignment:") for address in taken) == 3


def test_a_replaced_table_has_its_columns_again_and_what_was_on_them(alpha: Project) -> None:
    taken = replaced(alpha, TABLE)
    assert taken >= {TABLE, f"{COLUMN}one", f"{COLUMN}two"}
    for sort in ("label", "classification", "assignment"):
        assert any(address.startswith(f"purview.{sort}:") for address in taken)


def test_the_lineage_of_a_replaced_table_is_there_again(alpha: Project) -> None:
    before = flows(alpha)
    assert any(before.values())
    replaced(alpha, EXPORT)
    assert flows(alpha) == before


def flows(made: Project) -> dict[str, list[str]]:
    """What the processes read, by address."""
    ids = {a: id for a, id in made.plan().ids.items() if a.startswith("purview.entity:")}
    processes = {a: id for a, id in ids.items() if a.partition("/")[0].endswith(("_process", "_export"))}
    entities = {a: made.http("GET", f"{ATLAS}/entity/guid/{id}")["entity"] for a, id in processes.items()}
    return {a: names(entity["attributes"]["inputs"]) for a, entity in entities.items()}


def names(references: Any) -> list[str]:
    return sorted(one["uniqueAttributes"]["qualifiedName"] for one in references or [])


def test_a_replaced_vocabulary_has_its_keys_again(alpha: Project) -> None:
    taken = replaced(alpha, "cluedin.vocabulary:beta")
    assert taken == {
        "cluedin.vocabulary:beta",
        "cluedin.vocabulary_key:beta.first",
        "cluedin.vocabulary_key:beta.other",
    }


def test_a_vocabulary_whose_keys_are_in_use_stays_as_it_is(alpha: Project) -> None:
    ids = alpha.plan().ids
    result = alpha.apply(replace=("cluedin.vocabulary:alpha",), allow_deletes=3)
    assert not result.complete
    assert alpha.plan().ids == ids


def test_a_replaced_stream_has_its_export_again(alpha: Project) -> None:
    [stream] = [a for a in alpha.plan().ids if a.startswith("cluedin.stream:")]
    taken = replaced(alpha, stream)
    assert any(address.startswith("cluedin.stream_export:") for address in taken)


def test_replacing_a_stream_that_runs_is_disruptive(alpha: Project) -> None:
    changes = {change.address: change for change in alpha.plan(replace=("cluedin.stream:people_wide_v1",)).changes}
    for sort in ("stream", "stream_export", "stream_state"):
        assert changes[f"cluedin.{sort}:people_wide_v1"].disruptive


def test_a_target_that_a_stream_uses_cannot_be_replaced(alpha: Project) -> None:
    [change] = alpha.plan(replace=("cluedin.export_target:Azure DataLake Connector/people_wide_v1",)).changes
    assert change.action == "conflict"
    assert "cluedin.stream_export:people_wide_v1 uses it" in change.message


def test_a_replaced_glossary_term_of_cluedin(alpha: Project) -> None:
    assert replaced(alpha, "cluedin.glossary_term:Alpha_One") == {"cluedin.glossary_term:Alpha_One"}


@pytest.mark.parametrize("address", ["purview.assignment:Enterprise/Alpha@cluedin_entity/cluedin.entity.Alpha",
                                     "purview.label:pii@cluedin_column/cluedin.entity.Alpha#alpha.one",
                                     "purview.classification_type:CLUEDIN.PII"])  # fmt: skip
def test_what_is_put_on_things_can_be_replaced(alpha: Project, address: str) -> None:
    ids = alpha.plan().ids
    plan = alpha.plan(replace=(address,))
    taken = sum(change.action == "replace" for change in plan.changes)
    result = alpha.apply(replace=(address,), allow_deletes=taken)
    assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
    assert alpha.actions() == []
    assert alpha.plan().ids.keys() == ids.keys()


@pytest.mark.parametrize("address", [TERM, f"{TERM}/One", TABLE])
def test_in_atlas_where_deletes_are_soft_and_assigned_terms_stay(tmp_path: Path, address: str) -> None:
    with project(tmp_path, mode="atlas") as made:
        made.edit("environments/sandbox.yaml", "    collection: contoso-purview/MDM/CluedIn\n", "    mode: atlas\n")
        sign_in = "{method: token, token: {env: PURVIEW_TOKEN}}"
        made.edit("environments/sandbox.yaml", sign_in, "{method: basic, user: admin, password: {env: PURVIEW_TOKEN}}")
        made.write("LabelMap.yaml", example(models()["LabelMap"]))
        made.write("alpha.yaml", ALPHA)
        assert made.apply().complete
        assert len(replaced(made, address)) > 1


def test_a_replace_under_foreign_parts_is_refused(alpha: Project) -> None:
    guid = alpha.plan().ids[f"{COLUMN}one"]
    alpha.http("POST", f"{ATLAS}/entity/guid/{guid}/classifications", json=[{"typeName": "MICROSOFT.PERSONAL.EMAIL"}])
    plan = alpha.plan(replace=(TABLE,))
    [change] = plan.changes
    assert (change.action, change.address) == ("conflict", TABLE)
    assert "the classification MICROSOFT.PERSONAL.EMAIL" in change.message
    with pytest.raises(RefusedError):
        alpha.apply(replace=(TABLE,))


def test_a_replace_with_a_part_that_no_manifest_wants_is_refused(alpha: Project) -> None:
    alpha.edit("alpha.yaml", '    - {name: Two, key: two, definition: "<p>Second</p>"}\n', "")
    alpha.edit("alpha.yaml", ", synonyms: [Two]", "")
    [change] = [c for c in alpha.plan(replace=(TERM,)).changes if c.action == "conflict"]
    assert (change.address, f"{TERM}/Two hangs on it" in change.message) == (TERM, True)


def test_what_people_do_between_plan_and_apply_keeps_the_family(alpha: Project) -> None:
    guid = alpha.plan().ids[f"{COLUMN}one"]

    def meanwhile(plan: Any) -> None:
        alpha.http("PUT", f"{ATLAS}/entity/guid/{guid}/labels", json=["gold"])
        alpha.settle()

    options = Options(replace=(TABLE,), allow_deletes=9)
    options.allow_deletes = sum(c.action == "replace" for c in alpha.plan(replace=(TABLE,)).changes)
    result = apply_plan(alpha.session(), options, Approval(), show=meanwhile)
    assert {o.status for o in result.outcomes if o.change.action == "replace"} == {"stale"}
    assert alpha.plan().ids[f"{COLUMN}one"] == guid
    assert alpha.actions() == []


def test_a_refused_delete_leaves_everything_there(alpha: Project) -> None:
    """The server takes the assignments off and refuses the term: they are put on again."""
    one = f"{TERM}/One"
    guid = alpha.plan().ids[one]
    fault = {"method": "DELETE", "path": f"glossary/term/{guid}", "status": 400, "times": 5}
    alpha.http("POST", "/_sandbox/faults", json=fault)
    result = alpha.apply(replace=(one,), allow_deletes=3)
    alpha.http("DELETE", "/_sandbox/faults")
    assert {o.change.address: o.status for o in result.outcomes}[one] == "failed"
    assert alpha.plan().ids[one] == guid
    assert [a for a in alpha.actions() if a[1] != one] == []


def test_a_replace_that_was_cut_short_is_finished_by_the_next_run(alpha: Project) -> None:
    fault = {"method": "POST", "path": "glossary/terms$", "status": 400, "times": 50}
    alpha.http("POST", "/_sandbox/faults", json=fault)
    result = alpha.apply(replace=(TERM,), allow_deletes=len(
        [c for c in alpha.plan(replace=(TERM,)).changes if c.action == "replace"]))  # fmt: skip
    alpha.http("DELETE", "/_sandbox/faults")
    assert not result.complete
    assert alpha.apply().complete
    assert alpha.actions() == []
    assert len([a for a in alpha.plan().ids if a.startswith("purview.assignment:Enterprise/Alpha")]) == 3


def test_a_target_takes_the_family_along(alpha: Project) -> None:
    one = f"{TERM}/One"
    plan = alpha.plan(replace=(one,), targets=(one,))
    assert sum(change.action == "replace" for change in plan.changes) == 3
