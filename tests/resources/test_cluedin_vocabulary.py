"""Vocabularies against the sandbox: creation, saves that keep what others wrote, owners, removal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.errors import StoppedError, SystemFailureError
from reconciler.resources.cluedin import shared
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler_sandbox.server import Running, running
from tests.resources.cluedin_support import USER, Desk, connect


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running(seed="demo") as one:
        yield one


@pytest.fixture
def desk(sandbox: Running) -> Desk:
    return Desk(connect(sandbox), "vocabulary")


def test_create_read_update_delete(desk: Desk) -> None:
    id = desk.create("tale", name="Tale", entity_type="/Person", description="One\nTwo", active=True)
    live = desk.get("tale")
    assert live.id == id
    assert live.fields == {
        "name": "Tale",
        "description": "One\nTwo",
        "entity_type": "/Person",
        "active": True,
        f"owners[{USER}]": True,
    }
    desk.update("tale", "description", description="Three")
    assert desk.get("tale").fields["description"] == "Three"
    assert desk.type.find(desk.cluedin, live.id) is not None
    desk.delete("tale")
    assert desk.read("tale") is None
    assert desk.type.find(desk.cluedin, live.id) is None


def test_a_save_from_the_list_keeps_what_the_list_does_not_show(desk: Desk) -> None:
    desk.create("kept", name="Kept", entity_type="/Person", description="Keep me", provider="Endpoint Data Source")
    desk.update("kept", "name", name="Kept on")
    live = desk.get("kept")
    assert live.fields["name"] == "Kept on"
    assert live.fields["description"] == "Keep me"
    assert live.fields["provider"] == "Endpoint Data Source"
    assert live.fields["entity_type"] == "/Person"


def test_fields_are_cleared(desk: Desk) -> None:
    desk.create("cleared", entity_type="/Person", description="Gone", provider="Endpoint Data Source")
    desk.update("cleared", description=None, provider=None)
    fields = desk.get("cleared").fields
    assert "description" not in fields
    assert "provider" not in fields
    assert fields["name"] == "cleared"


def test_a_save_of_nothing_new_is_a_conflict_that_the_live_state_has_to_explain(desk: Desk) -> None:
    desk.create("same", name="Same", entity_type="/Person", description="Same")
    with pytest.raises(GraphQLRefused) as refused:
        desk.update("same", name="Same")
    assert refused.value.conflict
    assert not refused.value.doubtful


def test_a_second_one_of_the_prefix_is_refused_in_any_case(desk: Desk) -> None:
    desk.create("twice", entity_type="/Person")
    with pytest.raises(GraphQLRefused) as refused:
        desk.create("Twice", entity_type="/Person")
    assert refused.value.conflict
    assert desk.get("TWICE").key == "twice"


def test_owners_are_added_and_taken_back_one_by_one(desk: Desk) -> None:
    desk.create("owned", entity_type="/Person", owners=["ADA@example.com"])
    assert f"owners[{USER}]" in desk.get("owned").fields
    assert desk.get("owned").fields["owners[ada@example.com]"] is True
    write = desk.write("owned", desk.get("owned"), owners=["sales-ops@example.com"])
    write.values["owners[ada@example.com]"] = False
    desk.type.update(desk.cluedin.fresh(), write)
    owners = {path for path in desk.get("owned").fields if path.startswith("owners")}
    assert owners == {f"owners[{USER}]", "owners[sales-ops@example.com]"}
    with pytest.raises(SystemFailureError, match="no user nobody"):
        desk.update("owned", owners=["nobody"])


def test_activation_is_one_way(desk: Desk) -> None:
    desk.create("oneway", entity_type="/Person")
    assert desk.get("oneway").fields["active"] is False
    desk.update("oneway", active=True)
    assert desk.get("oneway").fields["active"] is True
    with pytest.raises(SystemFailureError, match="cannot be deactivated"):
        desk.update("oneway", active=False)


def test_unknown_names_are_told_with_the_known_ones(desk: Desk) -> None:
    with pytest.raises(SystemFailureError) as refused:
        desk.create("sourced", entity_type="/Person", provider="Endpoint Data Sourc")
    assert "Did you mean Endpoint Data Source?" in refused.value.diagnostics[0].detail
    with pytest.raises(SystemFailureError, match="needs an entity type"):
        desk.create("typeless")


def test_only_managed_vocabularies_are_read_in_detail(desk: Desk) -> None:
    for number in range(3):
        desk.create(f"cost{number}", entity_type="/Person")
    counts = desk.cluedin.counts
    before = counts.requests
    rows = list(desk.type.read(desk.cluedin.fresh(), {"cost1": frozenset({"name", "entity_type", "active"})}))
    assert counts.requests - before == 1
    before = counts.requests
    list(desk.type.read(desk.cluedin.fresh(), {"cost1": frozenset({"description"})}))
    assert counts.requests - before == 2 <= desk.type.cost(len(rows), 1)


def test_activation_waits_until_the_vocabulary_is_visible() -> None:
    with running(seed="demo", lag_ms=400) as sandbox:
        desk = Desk(connect(sandbox), "vocabulary")
        id = desk.create("late", entity_type="/Person", active=True)
        assert id
        assert shared.until_visible(desk.cluedin, lambda: bool((desk.read("late") or EMPTY).fields.get("active")))


class EMPTY:
    fields: dict[str, bool] = {}


def test_waiting_ends_at_a_stop(desk: Desk) -> None:
    desk.cluedin.connection.stop.set()
    assert not shared.until_visible(desk.cluedin, lambda: False)
    with pytest.raises(StoppedError):
        desk.cluedin.graphql("mutation m { management { id } }", effect="set")


@pytest.mark.parametrize(
    ("key", "values", "said"),
    [
        ("1st", {}, "must start with a letter"),
        ("with blank", {}, "must start with a letter"),
        ("fine", {"entity_type": "Person"}, "starts with `/`"),
        ("fine", {"active": False}, "cannot be deactivated"),
        ("fine", {"provider": "742f9d66-8ef2-4544-8a90-41531a26cc59"}, "connector's name"),
    ],
)
def test_offline_findings(desk: Desk, key: str, values: dict[str, object], said: str) -> None:
    assert said in desk.problems(key, **values)
    assert desk.problems("ca.vocabulary_x", entity_type="/A/B", active=True, provider=None) == ""
