"""Terms on entities that were made a moment ago come in an upload of many; what that does not do is done singly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.resources.purview.assigning import meanings
from reconciler.resources.purview.assignment import Assignment
from reconciler.systems.purview import Purview
from reconciler.systems.refusals import LostAnswer, Refused
from tests.resources.purview_bench import Bench, bench

NAMES = [f"x{number}" for number in range(6)]
WANTED = {f"Enterprise/T{name}@t_table/{name}": {} for name in NAMES}
"""A term of its own on each table."""


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as found:
        found.define_types()
        found.create_many("term", {f"Enterprise/T{name}": {} for name in NAMES})
        found.create_many("entity", {f"t_table/{name}": {"name": name} for name in NAMES})
        found.sent.clear()
        yield found


def put(on: Bench, wanted: dict[str, dict[str, Any]]) -> Counter[str]:
    """Puts terms on tables; how often each call was sent, by the end of its path."""
    before = len(on.sent)
    on.create_many("assignment", wanted)
    return Counter(path.rpartition("/")[2] for _, path, _ in on.writes(before))


def there(on: Bench, wanted: dict[str, dict[str, Any]]) -> bool:
    """Whether all is there, once."""
    found = on.purview.fresh().entities(("t_table", name) for name in NAMES)
    once = all(len(one["meanings"]) == len(meanings(one)) for one in found.values() if one.get("meanings"))
    return once and set(on.read("assignment", *wanted)) == set(wanted)


def answered(monkeypatch: pytest.MonkeyPatch, change: Any) -> None:
    """What becomes of an upload, as a test tells it; the other calls go through."""
    call = Purview.call

    def other(self: Purview, method: str, path: str, json: Any = None, *more: Any, **given: Any) -> Any:
        if path == "/entity/bulk" and method == "POST":
            return change(lambda body: call(self, method, path, body, *more, **given), json)
        return call(self, method, path, json, *more, **given)

    monkeypatch.setattr(Purview, "call", other)


def test_new_entities_get_their_terms_in_one_upload(on: Bench) -> None:
    assert put(on, WANTED) == {"bulk": 1}
    assert there(on, WANTED)


def test_what_is_put_on_them_afterwards_is_put_singly_and_takes_nothing_off(on: Bench) -> None:
    put(on, WANTED)
    more = {f"Enterprise/T{name}@t_table/x0": {} for name in NAMES[1:]}
    assert put(on, more) == {"assignedEntities": 5}
    assert there(on, WANTED | more)


def test_all_terms_of_an_entity_come_together(on: Bench) -> None:
    wanted = {f"Enterprise/T{name}@t_table/{other}": {} for name in NAMES for other in NAMES[:2]}
    assert put(on, wanted) == {"bulk": 1}
    assert there(on, wanted)


def test_entities_that_were_there_before_are_no_matter_of_an_upload(on: Bench) -> None:
    on.purview.made.take(on.read("entity", *(f"t_table/{name}" for name in NAMES))[f"t_table/{n}"].id for n in NAMES)
    assert put(on, WANTED) == {"assignedEntities": 6}
    assert there(on, WANTED)


def test_a_term_that_somebody_put_on_a_new_one_stays(on: Bench) -> None:
    theirs = {"Enterprise/Tx5@t_table/x0": {}}
    entity, term = on.id_of("purview.entity:t_table/x0"), on.id_of("purview.term:Enterprise/Tx5")
    on.purview.call("POST", f"/glossary/terms/{term}/assignedEntities", [{"guid": entity}], effect="once")
    assert put(on, WANTED) == {"bulk": 1, "assignedEntities": 1}
    assert there(on, WANTED | theirs)


def test_where_somebody_was_faster_all_are_looked_at_again(on: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    entity, term = on.id_of("purview.entity:t_table/x0"), on.id_of("purview.term:Enterprise/Tx5")
    late = iter([True])

    def change(send: Any, body: Any) -> Any:
        if next(late, False):
            path = f"/glossary/terms/{term}/assignedEntities"
            on.purview.call("POST", path, [{"guid": entity}], effect="once")
            theirs = {
                **body["entities"][0],
                "relationshipAttributes": {},
                "attributes": {"qualifiedName": "x0", "name": "new"},
            }
            send({"entities": [theirs]})
        return send(body)

    answered(monkeypatch, change)
    put(on, WANTED)
    assert there(on, WANTED | {"Enterprise/Tx5@t_table/x0": {}})
    assert on.one("entity", "t_table/x0").fields["name"] == "new"


def test_where_an_upload_is_refused_they_are_put_singly(on: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(send: Any, body: Any) -> Any:
        raise Refused("purview", "POST /entity/bulk", 400, "ATLAS-400-00-01A", "no such relation")

    answered(monkeypatch, change)
    assert put(on, WANTED) == {"assignedEntities": 6}
    assert there(on, WANTED)


def test_where_an_upload_leaves_them_out_they_are_put_singly_from_then_on(
    on: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Assignment, "settle", 0)

    def change(send: Any, body: Any) -> Any:
        return send({"entities": [{**one, "relationshipAttributes": {}} for one in body["entities"]]})

    answered(monkeypatch, change)
    assert put(on, WANTED) == {"bulk": 1, "assignedEntities": 6}
    assert there(on, WANTED)
    on.create_many("entity", {f"t_table/new{name}": {"name": name} for name in NAMES})
    assert put(on, {f"Enterprise/T{name}@t_table/new{name}": {} for name in NAMES}) == {"assignedEntities": 6}


def test_an_upload_whose_answer_is_lost_is_not_sent_again(on: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(send: Any, body: Any) -> Any:
        send(body)
        raise LostAnswer("purview", "POST /entity/bulk", "dropped")

    answered(monkeypatch, change)
    with pytest.raises(LostAnswer):
        put(on, WANTED)
    assert there(on, WANTED)
