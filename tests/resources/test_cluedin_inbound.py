"""Data source groups, sources and sets, and a whole apply, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.apply import execute
from reconciler.desired import Wishes
from reconciler.diff import Options
from reconciler.environment.spec import Environment
from reconciler.errors import SystemFailureError
from reconciler.graph import combine, levels
from reconciler.ledger import LocalLedger
from reconciler.plan import Plan, build
from reconciler.resources.base import Desired
from reconciler_sandbox.server import Running, running
from tests.resources.cluedin_support import Desk, connect, faked, type_
from tests.resources.inbound_support import CONFIGURE, IGNORE, SAVE_SET, SET, SOURCE, Scene


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "normalising"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running(seed="demo", normalise=request.param) as one:
        yield one


@pytest.fixture
def scene(sandbox: Running, request: pytest.FixtureRequest) -> Scene:
    return Scene(connect(sandbox), request.node.name.partition("[")[0].removeprefix("test_"))


def test_groups_are_created_and_repeat_names(scene: Scene) -> None:
    groups = scene.desk("data_source_group")
    first, second = (groups.create("A%2FB") for _ in range(2))
    found = groups.type.read(scene.cluedin.fresh(), {"A%2FB": frozenset()})
    assert [live.id for live in found if live.key == "A%2FB"] == [first, second]
    assert groups.problems("") != ""
    assert groups.problems("A/B") != ""
    assert groups.problems("A%2FB") == ""


def test_source_gets_its_configuration(scene: Scene) -> None:
    scene.made()
    sources = scene.desk("data_source")
    live = sources.get(f"{scene.group}/contacts")
    assert live.fields == {"type": "endpoint"}
    found = scene.ask(SOURCE, id=live.id)
    assert found["author"]["username"] == "admin@contoso.test"
    assert found["connectorConfiguration"]["accountDisplay"].strip() == "contacts"
    options = found["connectorConfiguration"]["helperConfiguration"]
    assert options == {"EndpointName": "contacts", "DataSourceId": int(live.id)}
    again = sources.type.find(scene.cluedin, live.id)
    assert again is not None
    assert again.key == live.key
    assert sources.type.find(scene.cluedin, "999999") is None
    assert "upload" in sources.problems("a/b", type="file")
    assert sources.problems("a/b", type="sql") == ""
    assert "2 parts" in sources.problems("a", type="sql")


def test_set_reads_back_and_has_two_of_one_name(scene: Scene) -> None:
    id = scene.made(fields=["id", "email"], source_quality=8)
    sets = scene.desk("data_set")
    live = sets.get(scene.set)
    assert (live.id, id) == (id, id.lower())
    assert live.fields["fields[id]"] is True
    assert (live.fields["type"], live.fields["source_quality"]) == ("endpoint", 8)
    found = sets.type.find(scene.cluedin, id.upper())
    assert found is not None
    assert found.key == scene.set
    sets.create(scene.set)
    both = list(sets.type.read(scene.cluedin.fresh(), {scene.set: frozenset()}))
    assert [one.key for one in both] == [scene.set, scene.set]
    assert sets.read(f"{scene.group}/contacts/other") is None
    assert sets.read("no/such/set") is None


def test_set_update_keeps_what_others_set(scene: Scene) -> None:
    id = scene.made()
    sets, source = scene.desk("data_set"), scene.desk("data_source").get(f"{scene.group}/contacts").id
    scene.ask(SAVE_SET, d={"id": id, "onlyUpdateClueHeadVersion": True})
    definition = scene.cluedin.graphql(
        "query x($id: ID!) { inbound { dataSource(id: $id) { connectorConfigurationId } } }",
        {"id": source},
        effect="read",
    )["inbound"]["dataSource"]["connectorConfigurationId"]
    scene.ask(CONFIGURE, c={"id": definition, "source": "theirs"})
    sets.update(scene.set, source_quality=3)
    assert sets.get(scene.set).fields["source_quality"] == 3
    switch = scene.desk("auto_submit")
    assert switch.get(scene.set).fields == {"on": False}
    switch.update(scene.set, on=True)
    assert switch.get(scene.set).fields == {"on": True}
    found = scene.ask(SET, id=id)
    assert found["onlyUpdateClueHeadVersion"] is True
    assert found["configuration"]["object"]["endPointName"] == "contacts"
    kept = scene.ask(SOURCE, id=source)["connectorConfiguration"]
    assert (kept["source"], kept["helperConfiguration"]["EndpointName"]) == ("theirs", "contacts")
    switch.update(scene.set, on=False)
    assert switch.get(scene.set).fields == {"on": False}
    again = switch.type.find(scene.cluedin, id)
    assert again is not None
    assert again.key == scene.set
    assert switch.type.find(scene.cluedin, "999999") is None
    assert "3 parts" in switch.problems("a/b")
    with pytest.raises(SystemFailureError, match="columns"):
        sets.update(scene.set, fields=["phone"])


def test_columns_that_arrive_join_the_set(scene: Scene) -> None:
    id = scene.made(fields=["email"])
    path, records = f"/upload/api/endpoint/{id}", [{"email": "a@b", "home city": "Oslo"}]
    answer = scene.cluedin.connection.send("POST", path, effect="once", json=records)
    assert answer.status == 200
    fields = scene.desk("data_set").get(scene.set).fields
    assert {path for path in fields if path.startswith("fields")} == {"fields[email]", "fields[homecity]"}


def test_set_problems(scene: Scene) -> None:
    sets = scene.desk("data_set")
    assert sets.problems("a/b/c", fields=["id"], type="sql") == ""
    assert "490" in sets.problems("a/b/c", fields=[str(n) for n in range(491)])
    assert "upload" in sets.problems("a/b/c", type="file")
    assert "3 parts" in sets.problems("a/b")


def test_archived_sets_are_not_there() -> None:
    brief = {"id": "AA", "name": "c", "isArchive": True}

    def answer(request: httpx.Request) -> httpx.Response:
        if b"getAllDataSourceSet" in request.content:
            rows = [{"id": "1", "name": "a", "dataSources": [{"id": "2", "name": "b", "type": "endpoint"}]}]
            return httpx.Response(200, json={"data": {"inbound": {"dataSourceSets": {"total": 1, "data": rows}}}})
        return httpx.Response(200, json={"data": {"inbound": {"dataSource": {"id": "2", "dataSets": [brief]}}}})

    assert Desk(faked(answer), "data_set").read("a/b/c") is None


def test_the_only_set_of_a_source_is_read_without_the_source(scene: Scene) -> None:
    sets, counts = scene.desk("data_set"), scene.cluedin.connection.counts
    scene.desk("data_source_group").create(scene.group)
    scene.desk("data_source").create(f"{scene.group}/contacts", type="endpoint")

    def requests() -> int:
        before = counts.requests
        found = [live.key for live in sets.type.read(scene.cluedin.fresh(), {scene.set: frozenset({"type"})})]
        assert found == [scene.set] * len(found)
        return counts.requests - before

    listing = requests()
    sets.create(scene.set, type="endpoint")
    assert requests() == listing + 1, "the set"
    sets.create(f"{scene.group}/contacts/other", type="endpoint")
    assert requests() == listing + 2, "the source, and the set"


def test_one_apply_makes_everything_and_the_next_has_nothing_to_do(scene: Scene, tmp_path: Path) -> None:
    group = scene.group
    parent, one, ours = f"{group}/contacts", f"{group}/contacts/contacts", f"inb.{group}"

    def want(name: str, key: str, /, *needs: str, **values: Any) -> Desired:
        return type_(name).desired(key, needs=[f"cluedin.{need}" for need in needs], **values)

    keys = [f"vocabulary_key:{ours}.{name}" for name in ("id", "email")]
    mapped = [f"column_mapping:{one}#{name}" for name in ("id", "email")]
    wants = [
        want("vocabulary", ours, name=ours, entity_type="/Person"),
        *(want("vocabulary_key", key.partition(":")[2], f"vocabulary:{ours}", vocabulary=ours) for key in keys),
        want("data_source_group", group),
        want("data_source", parent, f"data_source_group:{group}", type="endpoint"),
        want("data_set", one, f"data_source:{parent}", type="endpoint", fields=["id", "email", "x"], source_quality=7),
        want(
            "annotation",
            one,
            f"data_set:{one}",
            f"vocabulary:{ours}",
            vocabulary=ours,
            entity_type="/Person",
            origin="--data-source-name--",
        ),
        *(
            want("column_mapping", f"{one}#{name}", f"data_set:{one}", f"annotation:{one}", key, key=key[15:])
            for name, key in zip(("id", "email"), keys, strict=True)
        ),
        want("column_mapping", f"{one}#x", f"data_set:{one}", f"annotation:{one}", key=IGNORE),
        want("annotation_keys", one, f"annotation:{one}", *mapped, primary_identifier=f"{ours}.id"),
        want("identifier", f"{one}#{ours}.email", f"annotation:{one}", *mapped, origin="email"),
        want(
            "relation",
            f"{one}#email/%2FKnows",
            f"data_set:{one}",
            f"annotation:{one}",
            *mapped,
            to="/Person",
            origin="CRM",
        ),
        want("auto_submit", one, f"data_set:{one}", *mapped, on=True),
    ]
    book = LocalLedger(tmp_path / "ledger.jsonl", "test")
    systems: dict[str, Any] = {"cluedin": scene.cluedin}

    def planned(*resources: Desired) -> tuple[Wishes, Any, Plan]:
        found, findings = combine(resources)
        order, more = levels(found)
        assert not findings + more
        wishes, ledger = Wishes("test", Environment(), found, order), book.load()
        return wishes, ledger, build(wishes, ledger, systems, Options(prune=True))

    wishes, ledger, plan = planned(*wants)
    assert {change.action for change in plan.changes} == {"create"}
    result = execute(plan, wishes, book, ledger, systems)
    assert [(o.change.address, o.status, o.message) for o in result.outcomes if o.status != "done"] == []
    assert scene.desk("auto_submit").get(one).fields == {"on": True}
    assert planned(*wants)[2].executable == []
    left = [item for item in wants if item.key != f"{one}#x"]
    wishes, ledger, plan = planned(*left)
    assert [(change.action, change.address) for change in plan.changes] == [
        ("delete", f"cluedin.column_mapping:{one}#x")
    ]
