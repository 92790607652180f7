"""What prune leaves: hosts of what is refused, things under foreign parts of CluedIn, things that changed meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reconciler.diff import Change, Options
from reconciler.kinds import models
from reconciler.ledger import Intent
from reconciler.manifest.spec import example
from reconciler.plan import Plan
from reconciler.systems.cluedin import CluedIn
from reconciler.workflow import Approval, apply_plan

from ..resources.cluedin_support import Desk, connect
from ..support import EACH_SANDBOX, SANDBOXES, Project, project

pytestmark = pytest.mark.long

ATLAS = "/datamap/api/atlas/v2"
LAKE = "Azure DataLake Connector"
ALPHA = """
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
    - {name: One, key: one}
    - {name: Two, key: two}
"""
TERM = "purview.term:Enterprise/Alpha"
TABLE = "purview.entity:cluedin_entity/cluedin.entity.Alpha"
COLUMN = "purview.entity:cluedin_column/cluedin.entity.Alpha#alpha.one"
KEY, VOCABULARY = "cluedin.vocabulary_key:alpha.one", "cluedin.vocabulary:alpha"


@pytest.fixture(params=EACH_SANDBOX)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """Alpha and a contract about people, applied."""
    with project(tmp_path, **SANDBOXES[request.param]) as found:
        for name in ("LabelMap", "ExportContract"):
            found.write(f"{name}.yaml", example(models()[name]))
        found.write("alpha.yaml", ALPHA)
        assert found.apply().complete
        yield found


def cluedin_of(made: Project) -> CluedIn:
    """A person's CluedIn."""
    return connect(SimpleNamespace(url=made.url))  # type: ignore[arg-type]


def removed(made: Project) -> dict[str, Change]:
    """The plan of removing everything but the labels."""
    for name in ("alpha", "ExportContract"):
        (made.root / f"manifests/{name}.yaml").unlink(missing_ok=True)
    made.settle()
    return {change.address: change for change in made.plan(prune=True).changes}


def prune(made: Project, show: Callable[[Plan], None] = lambda plan: None) -> dict[str, tuple[str, str]]:
    """Removes what is not refused; the outcomes by address."""
    number = sum(change.action in ("delete", "retire") for change in removed(made).values())
    options = Options(prune=True, allow_deletes=number)
    result = apply_plan(made.session(), options, Approval(skip_refused=True), show=show)
    return {outcome.change.address: (outcome.status, outcome.message) for outcome in result.outcomes}


def stays(made: Project, address: str, words: str) -> None:
    """It is refused for what the words say, and still refused for the same after the rest is gone."""
    for _ in range(2):
        change = removed(made)[address]
        assert change.action == "conflict", address
        assert words in change.message
        prune(made)


def test_a_column_that_people_edited_keeps_its_table(made: Project) -> None:
    guid = made.plan().ids[COLUMN]
    found = made.http("GET", f"{ATLAS}/entity/guid/{guid}")["entity"]
    attributes = {name: found["attributes"][name] for name in ("qualifiedName", "name")} | {"vocabulary_key": "theirs"}
    body = {"guid": guid, "typeName": found["typeName"], "attributes": attributes}
    made.http("POST", f"{ATLAS}/entity", json={"entity": body})
    told, _, ways = removed(made)[COLUMN].message.partition(". To end this: ")
    assert told == "not removed: people changed attributes[vocabulary_key]"
    assert f"--force-conflicts={COLUMN}, or apply the rest with --skip-refused" in ways
    assert removed(made)[COLUMN].fields == []
    stays(made, TABLE, f"{COLUMN} hangs on it and is not removed: people changed attributes[vocabulary_key]")
    assert made.http("GET", f"{ATLAS}/entity/guid/{guid}")["entity"]["attributes"]["vocabulary_key"] == "theirs"


def test_a_key_that_people_edited_keeps_its_vocabulary(made: Project) -> None:
    Desk(cluedin_of(made), "vocabulary_key").update("alpha.one", display_name="Theirs")
    stays(made, VOCABULARY, f"{KEY} hangs on it and is not removed: people changed display_name")
    assert Desk(cluedin_of(made), "vocabulary_key").read("alpha.one") is not None
    assert Desk(cluedin_of(made), "vocabulary_key").read("alpha.two") is None, "nobody touched that one"


@pytest.mark.parametrize("state", ["paused", "stopped"])
def test_a_stream_that_people_halted_stays_with_all_that_it_needs(made: Project, state: str) -> None:
    """Its state and its export have no removal of their own: they are known as long as the stream is there."""
    Desk(cluedin_of(made), "stream_state").update("people_wide_v1", state=state)
    words = "cluedin.stream_state:people_wide_v1 hangs on it and is not removed: people changed state"
    stays(made, "cluedin.stream:people_wide_v1", words)
    stays(made, f"cluedin.export_target:{LAKE}/people_wide_v1", "hangs on it and is not removed")
    Desk(cluedin_of(made), "stream_state").update("people_wide_v1", state="started")
    assert removed(made)["cluedin.stream:people_wide_v1"].action == "delete"
    prune(made)
    assert Desk(cluedin_of(made), "stream").read("people_wide_v1") is None


def test_what_a_killed_apply_had_just_made_is_no_stranger(made: Project) -> None:
    """Its id was never noted: what it hangs on is removed with it all the same."""
    book = made.session().ledger_place()
    ledger = book.load()
    address = f"purview.assignment:Enterprise/Alpha/One@{COLUMN.partition(':')[2]}"
    entry = ledger.entries[address]
    entry.id, entry.intent = "", Intent("create", begun=True)
    ledger.touch(address)
    book.flush(ledger)
    changes = removed(made)
    assert {changes[one].action for one in (address, COLUMN, TABLE, f"{TERM}/One", TERM)} == {"delete"}
    prune(made)
    assert removed(made) == {}


def test_a_word_on_an_assignment_keeps_term_and_column(made: Project) -> None:
    guid = made.plan().ids[COLUMN]
    meanings = made.http("GET", f"{ATLAS}/entity/guid/{guid}")["entity"]["meanings"]
    relation = made.http("GET", f"{ATLAS}/relationship/guid/{meanings[0]['relationGuid']}")["relationship"]
    made.http("PUT", f"{ATLAS}/relationship", json=relation | {"attributes": {"description": "Agreed in May."}})
    stays(made, COLUMN, "the description that people noted on it")
    assert removed(made)[f"{TERM}/One"].action == "conflict"


def test_our_own_child_is_no_stranger_under_a_parent_that_people_renamed(made: Project) -> None:
    term = made.http("GET", f"{ATLAS}/glossary/term/{made.plan().ids[TERM]}")
    term.pop("lastModifiedTS", None)
    path = f"{ATLAS}/glossary/term/{term['guid']}?includeTermHierarchy=true"
    made.http("PUT", path, json=term | {"nickName": "Aleph", "name": "Aleph"})
    changes = removed(made)
    assert changes[f"{TERM}/One"].action == "delete"
    assert changes[TERM].message.startswith("not removed: people changed its name (it is Enterprise/Aleph now). To end")


ON_CLUEDIN: dict[str, tuple[str, Callable[[CluedIn], None], str]] = {
    "a key": (
        VOCABULARY,
        lambda c: _ignore(Desk(c, "vocabulary_key").create("alpha.theirs", vocabulary="alpha", display_name="T")),
        "the key alpha.theirs",
    ),
    "the text of a vocabulary": (
        VOCABULARY,
        lambda c: Desk(c, "vocabulary").update("alpha", "description", description="Ask Ada."),
        "it holds description",
    ),
    "an owner": (
        VOCABULARY,
        lambda c: Desk(c, "vocabulary").update("alpha", "owners", owners=["ada@example.com"]),
        "the owner ada@example.com",
    ),
    "the text of a key": (
        KEY,
        lambda c: Desk(c, "vocabulary_key").update("alpha.one", description="Ask Ada."),
        "it holds description",
    ),
    "a key mapped to it": (
        KEY,
        lambda c: _ignore(
            Desk(c, "vocabulary_key").create("alpha.old", vocabulary="alpha", display_name="O", maps_to="alpha.one")
        ),
        "the key alpha.old, which is mapped to it",
    ),
    "the text of a glossary term": (
        "cluedin.glossary_term:Alpha",
        lambda c: Desk(c, "glossary_term").update("Alpha", description="Ask Ada."),
        "it holds description",
    ),
    "tag and certification": (
        "cluedin.glossary_term:Alpha",
        lambda c: _save_term(c, relatedTags=[{"name": "golden"}], certificationLevel="Gold"),
        "the tag golden, the certification Gold",
    ),
    "the name of a glossary term": (
        "cluedin.glossary_term:Alpha",
        lambda c: _save_term(c, name="Aleph"),
        "its name (it is Aleph now)",
    ),
    "an action of a stream": (
        "cluedin.stream:people_wide_v1",
        lambda c: _add_action(c),
        "the action Mask",
    ),
    "another stream": (
        f"cluedin.export_target:{LAKE}/people_wide_v1",
        lambda c: _another_stream(c),
        "the stream theirs, which exports to it",
    ),
}


def _ignore(result: Any) -> None:
    """What a person does answers nothing."""


def _save_term(cluedin: CluedIn, **more: Any) -> None:
    raw = Desk(cluedin, "glossary_term").get("Alpha").raw
    kept = ("id", "name", "categoryId", "active", "shortDescription", "description", "ruleSet", "isObsolete")
    term = {name: raw.get(name) for name in kept} | {"relatedTags": [], **more}
    document = """mutation saveGlossaryTerm($term: InputGlossaryTerm) { management { id
      saveGlossaryTerm(term: $term) { id } } }"""
    cluedin.graphql(document, {"term": term}, effect="set")


def _add_action(cluedin: CluedIn) -> None:
    raw = Desk(cluedin, "stream").get("people_wide_v1").raw
    stream = {name: raw.get(name) for name in ("id", "name", "description", "condition")}
    rule = {"name": "Mask", "isActive": True, "actions": [{"type": "MaskValue"}]}
    document = "mutation s($stream: InputStream!) { consume { id saveStream(stream: $stream) { id } } }"
    cluedin.graphql(document, {"stream": stream | {"rules": [rule]}}, effect="set")


def _another_stream(cluedin: CluedIn) -> None:
    streams = Desk(cluedin, "stream")
    streams.create("theirs", condition=streams.get("people_wide_v1").raw["condition"])
    while streams.read("theirs") is None:  # a lagging sandbox shows it later
        time.sleep(0.05)
    target = f"{LAKE}/people_wide_v1"
    Desk(cluedin, "stream_export").create("theirs", target=target, container="theirs", export_mode="Sync")


@pytest.mark.parametrize("sort", ON_CLUEDIN)
def test_what_people_put_on_things_of_cluedin_keeps_them(made: Project, sort: str) -> None:
    address, deed, words = ON_CLUEDIN[sort]
    deed(cluedin_of(made))
    stays(made, address, words)


def test_what_people_do_between_plan_and_apply_keeps_it(made: Project) -> None:
    guid = made.plan().ids[COLUMN]
    outcomes = prune(made, lambda plan: made.http("PUT", f"{ATLAS}/entity/guid/{guid}/labels", json=["gold"]))
    assert outcomes[COLUMN] == ("stale", "was changed by others since the plan")
    assert outcomes[TABLE][0] == "skipped"
    assert made.http("GET", f"{ATLAS}/entity/guid/{guid}")["entity"]["labels"] == ["gold"]


def test_what_is_kept_keeps_what_it_needs(made: Project) -> None:
    """A process that people changed reads the table: deleting that would take its lineage."""
    [process] = [a for a in made.plan().ids if a.startswith("purview.entity:cluedin_export/")]
    guid = made.plan().ids[process]
    made.http("PUT", f"{ATLAS}/entity/guid/{guid}/labels", json=["gold"])
    changes = removed(made)
    assert changes[process].action == "conflict"
    needed = [change for change in changes.values() if change.address in changes[process].depends_on]
    assert {change.action for change in needed} <= {"conflict", "forget"}


def test_a_target_takes_along_what_hangs_on_it(made: Project) -> None:
    removed(made)
    plan = made.plan(prune=True, targets=(TABLE,))
    assert {change.address for change in plan.changes} >= {TABLE, COLUMN}


def test_in_atlas_what_was_never_set_is_no_sign_of_people(tmp_path: Path) -> None:
    """Its answers show numbers and booleans that nobody set as 0 and false."""
    with project(tmp_path, mode="atlas") as made:
        made.edit("environments/sandbox.yaml", "    collection: contoso-purview/MDM/CluedIn\n", "    mode: atlas\n")
        sign_in = "{method: token, token: {env: PURVIEW_TOKEN}}"
        made.edit("environments/sandbox.yaml", sign_in, "{method: basic, user: admin, password: {env: PURVIEW_TOKEN}}")
        made.write("alpha.yaml", ALPHA)
        assert made.apply().complete
        changes = removed(made)
        assert {changes[address].action for address in (TERM, TABLE, COLUMN, VOCABULARY)} == {"delete"}
        assert {status for status, _ in prune(made).values()} == {"done"}


def test_what_nobody_pruned_goes_in_order_after_its_parent_was_renamed(made: Project) -> None:
    """Terms that left the manifests follow the new name of what they stand below, and so does what each needs."""
    below = ALPHA.replace("alpha", "beta").replace("Alpha", "Beta")
    below = below.replace("{name: Beta}", "{name: Beta, parent: Alpha}")
    path = made.write("beta.yaml", below)
    assert made.apply().complete
    path.unlink()
    made.settle()
    assert made.apply().complete
    made.edit("alpha.yaml", "term: {name: Alpha}", "term: {name: Aleph, moved_from: Alpha}")
    made.settle()
    assert made.apply().complete
    made.settle()
    parent = "purview.term:Enterprise/Aleph/Beta"
    done = prune(made)
    assert {status for status, _ in done.values()} == {"done"}
    assert {parent, f"{parent}/One", f"{parent}/Two"} <= done.keys()
