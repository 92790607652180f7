"""Classifications and labels go in the upload that makes their entities; what it does not take goes by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from reconciler.resources import types
from reconciler.resources.objects import Write
from reconciler.systems.dialect import Product
from reconciler.systems.purview import Purview
from reconciler.systems.refusals import Refused
from tests.resources.purview_bench import Bench, bench

EMAIL = "CUSTOM.EMAIL"
NAMES = [f"x{number}" for number in range(4)]


@pytest.fixture(params=["purview", "atlas"])
def on(request: pytest.FixtureRequest) -> Iterator[Bench]:
    mode: Product = request.param
    with bench(mode=mode) as found:
        found.define_types()
        found.create_many("classification_type", {name: {} for name in (EMAIL, "OTHER")})
        found.sent.clear()
        yield found


def part(on: Bench, name: str, key: str, **values: Any) -> Write:
    type = types()[f"purview.{name}"]
    return on.write(type, key, values, None)


def make(on: Bench, parts: Mapping[str, list[Write]]) -> list[Write]:
    """Makes tables with what hangs on them; the writes, with what went along."""
    type = types()["purview.entity"]
    writes = [on.write(type, f"t_table/{name}", {"name": name}, None) for name in parts]
    for write, along in zip(writes, parts.values(), strict=True):
        write.along = along
    assert all(type.create_many(on.purview.fresh(), writes))
    return writes


def marks(on: Bench, name: str) -> list[Write]:
    return [
        part(on, "classification", f"{EMAIL}@t_table/{name}", propagate=name == "x0"),
        part(on, "label", f"pii@t_table/{name}"),
        part(on, "label", f"gdpr@t_table/{name}"),
    ]


def shown(on: Bench, name: str) -> tuple[list[tuple[str, bool]], list[str]]:
    """The classifications of a table, with whether they spread, and its labels."""
    entity = on.purview.fresh().entities([("t_table", name)])["t_table", name]
    held = [(one["typeName"], bool(one.get("propagate"))) for one in entity.get("classifications") or []]
    return held, sorted(entity.get("labels") or [])


def test_all_comes_in_one_request(on: Bench) -> None:
    writes = make(on, {name: marks(on, name) for name in NAMES})
    assert [(method, path.rpartition("/")[2]) for method, path, _ in on.writes()] == [("POST", "bulk")]
    assert all(len(write.along) == 3 for write in writes)
    spread = {"x0"} if on.purview.dialect.scheme == "atlas" else set()  # Purview has no such member
    assert [shown(on, name) for name in NAMES] == [([(EMAIL, name in spread)], ["gdpr", "pii"]) for name in NAMES]


def test_entities_without_any_are_made_as_before(on: Bench) -> None:
    make(on, {"x0": [], "x1": marks(on, "x1")})
    [(_, _, body)] = on.writes()
    assert {"classifications", "labels"}.isdisjoint(body["entities"][0])
    assert shown(on, "x0") == ([], [])


@pytest.mark.long
def test_an_upload_that_is_refused_with_them_is_sent_without(on: Bench) -> None:
    unknown = part(on, "classification", "NOBODY.KNOWS@t_table/x1")
    writes = make(on, {"x0": marks(on, "x0"), "x1": [unknown]})
    assert [len(body["entities"]) for _, _, body in on.writes()] == [2, 2]
    if on.purview.dialect.scheme == "atlas":  # its 500 may have come after the work: the live state is to tell
        assert [len(write.along) for write in writes] == [3, 1]
    else:
        assert [write.along for write in writes] == [[], []], "none of it was sent"
    assert shown(on, "x0") == ([], [])
    later = make(on, {"x2": marks(on, "x2")})
    assert len(on.writes()) == 3, "it is not tried again in the run"
    assert later[0].along == []


def test_what_is_there_keeps_what_it_has(on: Bench) -> None:
    make(on, {"x0": [part(on, "classification", "OTHER@t_table/x0"), part(on, "label", "theirs@t_table/x0")]})
    [write] = make(on, {"x0": marks(on, "x0")})
    assert write.was_there
    assert shown(on, "x0") == ([("OTHER", False)], ["theirs"])


def test_a_refusal_of_the_entities_themselves_is_raised(on: Bench) -> None:
    type = types()["purview.entity"]
    write = on.write(type, "no_such_type/x0", {"name": "x0"}, None)
    write.along = [part(on, "label", "pii@no_such_type/x0")]
    with pytest.raises(Refused):
        type.create_many(on.purview.fresh(), [write])
    assert "what hangs on entities goes by itself" not in on.purview.learnt


@pytest.mark.parametrize("status", [401, 413])
def test_what_has_nothing_to_do_with_them_is_no_reason_to_leave_them(
    on: Bench, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: Any, **more: Any) -> Any:
        raise Refused("purview", "POST /entity/bulk", status, "", "no")

    monkeypatch.setattr(Purview, "answered", refuse)
    type = types()["purview.entity"]
    write = on.write(type, "t_table/x0", {"name": "x0"}, None)
    write.along = marks(on, "x0")
    with pytest.raises(Refused):
        type.create_many(on.purview.fresh(), [write])
    assert len(write.along) == 3


def test_what_an_earlier_sending_may_have_brought_counts_as_sent(on: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    answered, tries = Purview.answered, []

    def late(self: Purview, method: str, path: str, json: Any = None, *more: Any, **given: Any) -> Any:
        tries.append(json)
        answer = answered(self, method, path, json, *more, **given)
        if len(tries) == 1:
            raise Refused("purview", "POST /entity/bulk", 400, "", "again?", doubtful=True)
        return answer

    monkeypatch.setattr(Purview, "answered", late)
    [write] = make(on, {"x0": marks(on, "x0")})
    assert len(tries) == 2
    assert "labels" not in tries[1]["entities"][0]
    assert len(write.along) == 3
    assert shown(on, "x0") == ([(EMAIL, on.purview.dialect.scheme == "atlas")], ["gdpr", "pii"])


def test_a_classification_of_another_type_is_refused_where_the_system_looks(on: Bench) -> None:
    """Apache Atlas takes it with an upload, and refuses it in a call of its own (answered by 2.4.0)."""
    body = {"name": "COLUMNS_ONLY", "category": "CLASSIFICATION", "entityTypes": ["t_column"]}
    on.purview.call("POST", "/types/typedefs", {"classificationDefs": [body]}, effect="once")
    on.sent.clear()
    make(on, {"x0": [part(on, "classification", "COLUMNS_ONLY@t_table/x0")]})
    atlas = on.purview.dialect.scheme == "atlas"
    assert len(on.writes()) == (1 if atlas else 2)
    assert shown(on, "x0") == ([("COLUMNS_ONLY", False)] if atlas else [], [])
