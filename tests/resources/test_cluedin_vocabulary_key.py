"""Vocabulary keys against the sandbox: the steps of a creation, whole-object saves, obsolescence, removal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from reconciler.errors import SystemFailureError
from reconciler.resources.cluedin.key_values import DATA_TYPES, prefix_of, storage_of
from reconciler.resources.cluedin.key_writes import KeyWrites
from reconciler.resources.cluedin.shared import until_visible
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.refusals import Refused
from reconciler_sandbox.server import Running, running
from tests.resources.cluedin_support import Desk, connect, faked


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running(seed="demo") as one:
        Desk(connect(one), "vocabulary").create("tale", entity_type="/Person")
        yield one


@pytest.fixture
def keys(sandbox: Running) -> Desk:
    return Desk(connect(sandbox), "vocabulary_key")


def test_create_read_update_retire_delete(keys: Desk) -> None:
    keys.create("tale.other", vocabulary="tale")
    given = {
        "display_name": "E-mail",
        "description": "Primary\naddress",
        "data_type": "Email",
        "group": "Contact",
        "classification": "/Email",
        "required": True,
        "min_length": 3,
        "max_length": 200,
        "value_change_insignificant": True,
        "visible": False,
        "maps_to": "tale.other",
    }
    id = keys.create("tale.email", vocabulary="tale", **given)
    live = keys.get("tale.email")
    assert live.id == id
    assert live.fields == given | {"vocabulary": "tale", "storage": "Keyword", "obsolete": False}
    keys.update("tale.email", description="Changed")
    assert keys.get("tale.email").fields == live.fields | {"description": "Changed"}
    keys.type.retire(keys.cluedin.fresh(), keys.write("tale.email", keys.get("tale.email")))
    retired = keys.get("tale.email").fields
    assert retired == live.fields | {"description": "Changed", "obsolete": True}
    keys.update("tale.email", display_name="E-mail address")
    assert keys.get("tale.email").fields == retired | {"display_name": "E-mail address"}
    keys.update("tale.email", obsolete=False, display_name="Mail")
    assert keys.get("tale.email").fields == live.fields | {"description": "Changed", "display_name": "Mail"}
    keys.delete("tale.email")
    assert keys.read("tale.email") is None


def test_defaults_of_a_creation(keys: Desk) -> None:
    keys.create("tale.plain", vocabulary="tale")
    assert keys.get("tale.plain").fields == {
        "vocabulary": "tale",
        "display_name": "plain",
        "data_type": "Text",
        "storage": "Keyword",
        "group": "Metadata",
        "visible": True,
        "value_change_insignificant": False,
        "obsolete": False,
    }
    keys.create("tale.at", vocabulary="tale", data_type="DateTime")
    assert keys.get("tale.at").fields["storage"] == "Typed"


def test_storage_follows_the_data_type(keys: Desk) -> None:
    keys.create("tale.count", vocabulary="tale", data_type="Integer")
    keys.update("tale.count", data_type="Text")
    fields = keys.get("tale.count").fields
    assert (fields["data_type"], fields["storage"]) == ("Text", "Keyword")


def test_fields_are_cleared(keys: Desk) -> None:
    keys.create("tale.goal", vocabulary="tale")
    keys.create(
        "tale.full", vocabulary="tale", description="Text", classification="/Email", maps_to="tale.goal", min_length=2
    )
    keys.update("tale.full", description=None, classification=None, maps_to=None, min_length=None)
    fields = keys.get("tale.full").fields
    assert not {"description", "classification", "maps_to", "min_length"} & fields.keys()


def test_an_obsolete_key_can_be_created_and_a_new_one_is_refused(keys: Desk) -> None:
    keys.create("tale.gone", vocabulary="tale", visible=False, obsolete=True)
    assert keys.get("tale.gone").fields["obsolete"] is True
    with pytest.raises(GraphQLRefused) as refused:
        keys.create("tale.gone", vocabulary="tale")
    assert refused.value.conflict
    assert keys.read("tale.Gone") is None


def test_a_lookup_takes_its_values_from_a_term(keys: Desk) -> None:
    keys.create("tale.segment", vocabulary="tale", data_type="Lookup", lookup="Customer segments")
    assert keys.get("tale.segment").fields["lookup"] == "Customer segments"
    keys.update("tale.segment", display_name="Segment")
    assert keys.get("tale.segment").fields["lookup"] == "Customer segments"


def test_an_unknown_classification_is_refused_before_anything_is_written(keys: Desk) -> None:
    with pytest.raises(SystemFailureError) as refused:
        keys.create("tale.secret", vocabulary="tale", classification="/Emial")
    assert "Did you mean /Email?" in refused.value.diagnostics[0].detail
    assert keys.read("tale.secret") is None


def test_a_circular_mapping_is_refused(keys: Desk) -> None:
    keys.create("tale.a", vocabulary="tale")
    keys.create("tale.b", vocabulary="tale", maps_to="tale.a")
    with pytest.raises(GraphQLRefused, match="circular"):
        keys.update("tale.a", maps_to="tale.b")


def test_a_used_key_is_not_deleted(keys: Desk) -> None:
    with pytest.raises(Refused, match="in use"):
        keys.delete("product.sku")


def test_few_vocabularies_are_read_one_by_one_and_many_by_pages(sandbox: Running) -> None:
    cluedin = connect(sandbox)
    keys, vocabularies = Desk(cluedin, "vocabulary_key"), Desk(cluedin, "vocabulary")
    names = [f"many{number}" for number in range(11)]
    for name in names:
        vocabularies.create(name, entity_type="/Person")
        keys.create(f"{name}.key", vocabulary=name)
    for count, requests in ((3, 4), (10, 11), (11, 2)):
        wanted = {f"{name}.key": frozenset({"display_name"}) for name in names[:count]}
        before = cluedin.counts.requests
        found = {live.key for live in keys.type.read(cluedin.fresh(), wanted)}
        assert wanted.keys() <= found
        assert cluedin.counts.requests - before == requests <= keys.type.cost(len(found), count)


def test_prefixes_with_dots_are_told_from_names_with_dots(sandbox: Running) -> None:
    cluedin = connect(sandbox)
    keys, vocabularies = Desk(cluedin, "vocabulary_key"), Desk(cluedin, "vocabulary")
    for prefix in ("deep", "deep.er"):
        vocabularies.create(prefix, entity_type="/Person")
    keys.create("deep.er.key", vocabulary="deep.er")
    keys.create("deep.x.key", vocabulary="deep")
    assert keys.get("deep.er.key").fields["vocabulary"] == "deep.er"
    assert keys.get("deep.x.key").fields["display_name"] == "x.key"
    assert prefix_of("deep.er.key", {"deep": 1, "deep.er": 2}) == "deep.er"
    assert prefix_of("deep.x.key", {"deep": 1, "deep.er": 2}) == "deep"
    assert prefix_of("none.key", {"deep": 1}) is None


def test_everything_works_while_writes_are_late() -> None:
    with running(seed="demo", lag_ms=300) as sandbox:
        cluedin = connect(sandbox)
        keys = Desk(cluedin, "vocabulary_key")
        ids = {"cluedin.vocabulary:late": str(Desk(cluedin, "vocabulary").create("late", entity_type="/Person"))}
        write = keys.write("late.key", None, vocabulary="late", classification="/Email", obsolete=True)
        write.id_of = ids.__getitem__
        keys.type.create(cluedin.fresh(), write)

        def done() -> bool:
            fields = getattr(keys.read("late.key"), "fields", {})
            return fields.get("obsolete") is True and fields.get("classification") == "/Email"

        assert until_visible(cluedin, done)


# -- the integers without names ---------------------------------------------------------------------------------


def rest_only(key: dict[str, Any] | None, sent: list[Any]) -> Any:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=key) if key else httpx.Response(404)
        sent.append(orjson.loads(request.content))
        return httpx.Response(200)

    return faked(answer)


def test_integers_go_back_as_they_came() -> None:
    sent: list[Any] = []
    model = {"vocabularyKeyId": "k", "vocabularyId": "v", "displayName": "K", "dataType": 17, "storage": 2}
    model |= {"analyzer": "keep", "isObsolete": False}
    KeyWrites(rest_only(model | {"records": 3, "key": "v.k"}, sent)).set_obsolete("k", True, {})
    assert sent == [model | {"isObsolete": True}]


def test_no_integer_is_guessed() -> None:
    sent: list[Any] = []
    with pytest.raises(SystemFailureError, match="not shown over REST"):
        KeyWrites(rest_only({"vocabularyKeyId": "k", "displayName": "K"}, sent)).set_obsolete("k", True, {})
    assert sent == []


# -- offline ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "values", "said"),
    [
        ("tale.1st", {"vocabulary": "tale"}, "must start with a letter"),
        ("tale.a b", {"vocabulary": "tale"}, "must start with a letter"),
        ("other.a", {"vocabulary": "tale"}, "does not start with the prefix"),
        ("tale.a", {}, "which vocabulary"),
        ("tale.a", {"vocabulary": "tale", "data_type": "Txt"}, "Did you mean Text?"),
        ("tale.a", {"vocabulary": "tale", "storage": "keyword"}, "Did you mean Keyword?"),
        ("tale.a", {"vocabulary": "tale", "data_type": "Text", "storage": "Typed"}, "stored as Keyword"),
        ("tale.a", {"vocabulary": "tale", "data_type": "Lookup"}, "names the glossary term"),
        ("tale.a", {"vocabulary": "tale", "lookup": "Colours"}, "`lookup` is for keys"),
        ("tale.a", {"vocabulary": "tale", "maps_to": "tale.a"}, "maps to itself"),
    ],
)
def test_offline_findings(keys: Desk, key: str, values: dict[str, Any], said: str) -> None:
    assert said in keys.problems(key, **values)


def test_what_is_right_has_no_findings(keys: Desk) -> None:
    assert keys.problems("tale.A_b-c.d", vocabulary="tale", data_type="Money", storage="Typed") == ""
    assert len(DATA_TYPES) == 28
    assert {storage_of(name) for name in ("Money", "Time")} == {"Typed"}
