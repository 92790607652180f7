"""Each entity is read once in a reading, by its guid where that is known; its name decides what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.systems import purview_entities
from reconciler.systems.refusals import Refused
from tests.resources.purview_bench import Bench, bench

NAMES = [f"x{number}" for number in range(7)]
KEYS = [("t_table", name) for name in NAMES]


class Remembers:
    """Guids by qualified name, as a ledger has them."""

    def __init__(self, guids: dict[str, str]) -> None:
        self.guids = guids

    def id_of(self, type: str, key: str) -> str:
        """The guid of an entity."""
        return self.guids.get(key.partition("/")[2], "") if type == "purview.entity" else ""


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as found:
        found.define_types()
        found.create_many("entity", {f"t_table/{name}": {"name": name} for name in NAMES})
        guids = {key.partition("/")[2]: live.id for key, live in read(found).items()}
        found.purview.hints = Remembers(guids)
        found.sent.clear()
        yield found


def read(on: Bench) -> dict[str, Any]:
    return on.read("entity", *(f"t_table/{name}" for name in NAMES))


def guids(on: Bench) -> dict[str, str]:
    hints = on.purview.hints
    assert isinstance(hints, Remembers)
    return hints.guids


def paths(on: Bench) -> list[str]:
    """What was asked for, without where every call begins; asking begins anew."""
    asked = [path.removeprefix("/datamap/api/atlas/v2/entity/") for _, path, _ in on.sent]
    on.sent.clear()
    return asked


def called(on: Bench, name: str, to: str) -> None:
    """Somebody gives a table another qualified name."""
    body = {"typeName": "t_table", "guid": guids(on)[name], "attributes": {"qualifiedName": to, "name": to}}
    on.purview.call("POST", "/entity/bulk", {"entities": [body]}, effect="set")
    on.sent.clear()


def test_what_is_known_takes_one_request_and_is_not_read_again(on: Bench) -> None:
    reading = on.purview.fresh()
    assert list(reading.entities(KEYS)) == KEYS
    assert list(reading.entities(KEYS[2:4])) == KEYS[2:4]
    assert set(reading.entities_by_guid(guids(on).values())) == set(guids(on).values())
    assert paths(on) == ["bulk"]


def test_what_was_read_by_guid_is_known_by_name(on: Bench) -> None:
    reading = on.purview.fresh()
    by_guid = reading.entities_by_guid(guids(on).values())
    reading.hints = Remembers({})
    by_key = reading.entities(KEYS)
    assert paths(on) == ["bulk"]
    assert [by_key["t_table", name] for name in NAMES] == [by_guid[guids(on)[name]] for name in NAMES]


def test_the_answer_is_the_same_by_guid_and_by_name(on: Bench) -> None:
    by_guid = read(on)
    on.purview.hints = Remembers({})
    by_name = read(on)
    assert paths(on) == ["bulk", "bulk/uniqueAttribute/type/t_table"]
    assert {key: (live.id, live.fields, live.raw) for key, live in by_guid.items()} == {
        key: (live.id, live.fields, live.raw) for key, live in by_name.items()
    }


def test_what_is_not_known_is_read_by_name(on: Bench) -> None:
    del guids(on)["x3"]
    assert list(on.purview.fresh().entities([*KEYS, ("t_table", "none")])) == KEYS
    assert paths(on) == ["bulk", "bulk/uniqueAttribute/type/t_table"]


def test_a_guid_that_has_another_name_now_stands_for_no_other(on: Bench) -> None:
    called(on, "x0", "renamed")
    found = on.purview.fresh().entities([*KEYS, ("t_table", "renamed")])
    assert ("t_table", "x0") not in found
    assert found["t_table", "renamed"]["guid"] == guids(on)["x0"]


def test_who_took_the_name_of_a_known_one_is_what_has_it(on: Bench) -> None:
    called(on, "x0", "away")
    called(on, "x1", "x0")
    found = on.purview.fresh().entities(KEYS)
    assert found["t_table", "x0"]["guid"] == guids(on)["x1"]
    assert ("t_table", "x1") not in found


def test_one_that_is_gone_keeps_no_other_from_being_found(on: Bench) -> None:
    on.purview.call("DELETE", "/entity/bulk", query=[("guid", guids(on)["x2"])], effect="set")
    on.sent.clear()
    assert list(on.purview.fresh().entities(KEYS)) == [key for key in KEYS if key != ("t_table", "x2")]
    found = on.purview.fresh().entities_by_guid(guids(on).values())
    assert [guid for guid, one in found.items() if one is None] == [guids(on)["x2"]]


def test_one_that_was_made_anew_is_found_under_its_new_guid(on: Bench) -> None:
    on.purview.call("DELETE", "/entity/bulk", query=[("guid", guids(on)["x2"])], effect="set")
    on.create_many("entity", {"t_table/x2": {"name": "another"}})
    found = on.purview.fresh().entities(KEYS)
    assert list(found) == KEYS
    assert found["t_table", "x2"]["guid"] != guids(on)["x2"]


def test_what_is_no_guid_for_the_server_is_read_by_name(on: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    get = on.purview.get

    def strict(path: str, query: Any = (), **more: Any) -> Any:
        if ("guid", "no guid") in query:
            raise Refused("purview", f"GET {path}", 400, "", "no guid")
        return get(path, query, **more)

    monkeypatch.setattr(on.purview, "get", strict)
    guids(on)["x1"] = "no guid"
    assert list(on.purview.entities(KEYS)) == KEYS


@pytest.mark.parametrize("status", [400, 413, 414, 431])
def test_what_is_too_long_is_asked_in_halves_and_remembered(
    on: Bench, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = on.purview.get
    asked: list[int] = []

    def limited(path: str, query: Any = (), **more: Any) -> Any:
        asked.append(len(query))
        if len(query) > 2:
            raise Refused("purview", f"GET {path}", status, "", "too long")
        return get(path, query, **more)

    monkeypatch.setattr(on.purview, "get", limited)
    assert list(on.purview.entities(KEYS)) == KEYS
    assert asked == [7, 4, 2, 2, 3, 2, 1]
    asked.clear()
    reading = on.purview.fresh()
    monkeypatch.setattr(reading, "get", limited)
    assert list(reading.entities(KEYS)) == KEYS
    assert asked == [2, 2, 2, 1]


def test_another_refusal_is_no_matter_of_size(on: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: str, query: Any = (), **more: Any) -> Any:
        raise Refused("purview", f"GET {path}", 403, "", "not yours")

    monkeypatch.setattr(on.purview, "get", refused)
    with pytest.raises(Refused, match="not yours"):
        on.purview.entities(KEYS)
    assert not on.purview.learnt


def test_so_many_guids_fit_in_an_address(on: Bench) -> None:
    query = "&".join(f"guid={'0' * 36}" for _ in range(purview_entities.MOST_GUIDS))
    assert len(query) < 8_000 - len(on.purview.connection.base) - len("/datamap/api/atlas/v2/entity/bulk?")
