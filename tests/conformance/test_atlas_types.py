"""Values and types, beside Apache Atlas 2.4.0's own classes: the sandbox takes, keeps and refuses the same."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from reconciler_sandbox.purview.values import BadValueError, coerce, never_set
from reconciler_sandbox.server import running

from .atlas_types import Atlas, atlas

pytestmark = [pytest.mark.long, pytest.mark.java]

API, USER = "/api/atlas/v2", ("admin", "admin")
PRIMITIVES = (
    "byte", "short", "int", "long", "float", "double", "biginteger", "bigdecimal", "boolean", "date", "string"
)  # fmt: skip
NUMBERS = (
    0, 1, -1, 5, 127, 128, -128, -129, 255, 32767, 32768, -32768, -32769, 65536, 2**31 - 1, 2**31, -(2**31),
    -(2**31) - 1, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**30, 0.0, 0.5, 1.5, -1.5, 1.9, 0.1,
    2.5, 3.25, 127.9, 1700000000000, 1700000000000.7,
)  # fmt: skip
WORDS = (
    "", " ", "  ", "\t", "\n", "a", " a ", "0", "00", "007", "1", " 1", "1 ", " 1 ", "+1", "-1", "--1", "- 1", "1.0",
    "1.5", ".5", "5.", "-.5", "1e3", "1E3", "1e-3", "1e", "1,5", "1_000", "1 000", "0x10", "0b1", "1L", "1f", "1d",
    "NaN", "nan", "Infinity", "-Infinity", "inf", "null", "none", "127", "128", "32768", "2147483647", "2147483648",
    "9223372036854775807", "9223372036854775808", "123456789012345678901234567890", "3.5e38", "1.1", "٣", "½", "ß",
    "true", "True", "TRUE", " true", "true ", "false", "False", "yes", "no", "on", "t", "[]", "[1]", "{}", "\u00a0",
    "\u00a01", "名前",
)  # fmt: skip
DATES = (
    "2024-01-02", "2024-01-02T03:04", "2024-01-02T03:04:05", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05.1Z",
    "2024-01-02T03:04:05.12Z", "2024-01-02T03:04:05.123Z", "2024-01-02T03:04:05.1234Z", "2024-01-02T03:04:05.123456Z",
    "2024-01-02T03:04:05.000001Z", "2024-01-02T03:04:05.123", "2024-01-02T03:04:05.123z", "2024-01-02T03:04:05,123Z",
    "2024-01-02T03:04:05.123+01:00", "2024-01-02T03:04:05.123+0000", "2024-01-02T03:04:05.Z",
    "2024-01-02 03:04:05.123Z",
    "2024-01-02t03:04:05.123Z", " 2024-01-02T03:04:05.123Z", "2024-01-02T03:04:05.123Z ",
    "2024-01-02T03:04:05.123Z later",
    "2024- 01-02T03:04:05.123Z", "2024-01-02T 03:04:05.123Z", "2024-1-2T3:4:5.6Z", "24-01-02T03:04:05.000Z",
    "0001-01-01T00:00:00.000Z", "0024-01-02T03:04:05.123Z", "1582-10-04T00:00:00.000Z", "1582-10-15T00:00:00.000Z",
    "1500-02-29T00:00:00.000Z", "1500-03-01T00:00:00.000Z", "1581-12-31T23:59:59.999Z", "1583-01-01T00:00:00.000Z",
    "1900-02-29T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z", "2000-02-29T12:00:00.500Z",
    "2023-02-29T12:00:00.500Z", "2024-02-30T00:00:00.000Z", "2024-00-10T00:00:00.000Z", "2024-13-01T00:00:00.000Z",
    "2024-25-01T00:00:00.000Z", "2024-01-00T00:00:00.000Z", "2024-01-32T00:00:00.000Z", "2024-12-31T24:00:00.000Z",
    "2024-12-31T23:60:00.000Z", "2024-12-31T23:59:60.000Z", "2024-12-31T99:99:99.999Z", "9999-12-31T23:59:59.999Z",
    "10000-01-01T00:00:00.000Z", "20240102", "20240102T030405Z", "1700000000", "1700000000000", "-1", "0", "1.5",
    "01/02/2024", "2 Jan 2024", "now", "2024", "2024-01", "2024-W01-1",
)  # fmt: skip
SHAPES: tuple[Any, ...] = (True, False, [], [1], ["a", 1, None, True], {}, {"a": 1}, {"a": None, "b": ["c", {"d": 2}]})
ENUM = {"name": "colour", "elementDefs": [{"value": "Red", "ordinal": 1}, {"value": "dark blue", "ordinal": 2}]}
ITEMS: tuple[Any, ...] = (
    [], [1], [1, 2, 2], ["1", "x"], ["1", "2"], [None], [1, None], [True], [[1]], {"a": 1}, "x", "[1]", 1, True,
    [1.5], [""],
)  # fmt: skip
MAPS: tuple[Any, ...] = (
    {}, {"a": 1}, {"a": "1"}, {"a": "x"}, {"a": None}, {"1": 1}, {"": 1}, [], [1], "x", 1, {"a": {"b": 1}},
)  # fmt: skip
EQUALS: dict[str, tuple[Any, ...]] = {
    "int": (0, 1, "1", "01", "+1", 1.0, 1.9, None),
    "long": (1700000000000, "1700000000000", 1700000000000.9, 0, None),
    "double": (0, 0.5, "0.5", "5e-1", " 0.5", None),
    "boolean": (True, "true", "TRUE", False, "false", None),
    "date": (0, "0", "1970-01-01T00:00:00.000Z", "1970-1-1T0:0:0.0Z", 1, None),
    "string": ("", " ", "a", "A", " a", "a ", 1, "1", True, "true", None),
    "array<int>": ([], [1], ["1"], [1, 2], [2, 1], [1, 1], None),
    "colour": ("Red", "red", "RED", "dark blue", None),
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """Apache Atlas's classes."""
    return atlas(tmp_path_factory.mktemp("answers"))


def lookup(name: str) -> Mapping[str, Any] | None:
    return ENUM | {"category": "ENUM"} if name == "colour" else None


def ours(type_name: str, value: Any) -> Any:
    """What the sandbox stores; the class of the refusal where it refuses."""
    try:
        return coerce(type_name, value, lookup)
    except BadValueError:
        return BadValueError


def theirs(answer: Mapping[str, Any]) -> Any:
    assert "thrown" not in answer, answer
    return answer["stored"] if answer["valid"] else BadValueError


def alike(type_name: str, one: Any, other: Any) -> bool:
    """Equal, and of one kind; Atlas writes a short float with more digits than tell it."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if type_name == "float" and isinstance(one, float) and isinstance(other, float):
        return struct.pack("f", one) == struct.pack("f", other)
    return bool(one == other)


def questions() -> list[tuple[str, Any]]:
    """Every type with every value that says something about it."""
    found: list[tuple[str, Any]] = [*itertools.product(PRIMITIVES, (*NUMBERS, *WORDS, *SHAPES, None))]
    found += [("date", value) for value in DATES]
    found += [("colour", value) for value in ("Red", "red", "RED", "dark blue", "Dark Blue", " Red", "", 1, True, None)]
    inner = ("int", "string", "boolean", "date", "double", "colour", "array<int>")
    found += [(f"array<{name}>", value) for name, value in itertools.product(inner, ITEMS)]
    maps = ("map<string,int>", "map<string,string>", "map<int,string>", "map<string,array<int>>")
    return [*found, *itertools.product(maps, MAPS)]


def test_values_are_taken_kept_and_refused_as_atlas_does(asked: Atlas) -> None:
    cases = questions()
    assert len(cases) >= 500
    types = {"enumDefs": [ENUM]}
    answers = asked.ask({"type": name, "value": value, "types": types} for name, value in cases)
    wrong = [
        f"{name} {value!r}: {theirs(answer)!r}, in the sandbox {ours(name, value)!r}"
        for (name, value), answer in zip(cases, answers, strict=True)
        if not alike(name, ours(name, value), theirs(answer))
    ]
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong)


def test_two_values_are_one_where_atlas_says_so(asked: Atlas) -> None:
    """The sandbox says that an entity changed when what it would store differs from what it holds."""
    cases = [(name, one, other) for name, values in EQUALS.items() for one, other in itertools.product(values, values)]
    types = {"enumDefs": [ENUM]}
    answers = asked.ask({"type": name, "value": a, "other": b, "types": types} for name, a, b in cases)
    same = [(ours(name, one) == ours(name, other)) for name, one, other in cases]
    wrong = [case for case, answer, mine in zip(cases, answers, same, strict=True) if answer["equal"] is not mine]
    assert not wrong


def test_what_was_never_set_is_what_atlas_fills_in(asked: Atlas) -> None:
    answers = asked.ask({"type": name, "unset": True} for name in PRIMITIVES)
    assert {name: answer["unset"] for name, answer in zip(PRIMITIVES, answers, strict=True)} == {
        name: never_set(name) for name in PRIMITIVES
    }


# -- types ---------------------------------------------------------------------------------------------------


def typed(name: str, *attributes: str, supers: tuple[str, ...] = ()) -> dict[str, Any]:
    """An entity type; attributes are written `name:type`, with `!` where they must be given."""
    listed = [
        {"name": one.partition(":")[0], "typeName": one.partition(":")[2].rstrip("!"), "isOptional": one[-1] != "!"}
        for one in attributes
    ]
    return {"name": name, "category": "ENTITY", "superTypes": list(supers), "attributeDefs": listed}


FAMILIES: dict[str, list[dict[str, Any]]] = {
    "case": [typed("T", "a:string", "A:int")],
    "case, three times": [typed("T", "abc:string", "other:int", "ABC:int", "Abc:boolean")],
    "once more": [typed("T", "a:string", "a:int")],
    "inherited": [typed("P", "a:string"), typed("T", "b:int", supers=("P",))],
    "inherited in another case": [typed("P", "a:string"), typed("T", "A:int", supers=("P",))],
    "inherited and once more": [typed("P", "a:string"), typed("T", "a:string", supers=("P",))],
    "inherited twice and once more": [
        typed("G", "a:string"), typed("P", "b:string", supers=("G",)), typed("T", "a:string", supers=("P",))
    ],
    "two super types": [typed("P", "a:string"), typed("Q", "b:string"), typed("T", "c:int", supers=("P", "Q"))],
    "two super types with one attribute": [
        typed("P", "a:string"), typed("Q", "a:string"), typed("T", supers=("P", "Q"))
    ],
    "two super types with one attribute of two types": [
        typed("P", "a:string"), typed("Q", "a:int"), typed("T", supers=("P", "Q"))
    ],
    "two super types with one attribute in two cases": [
        typed("P", "a:string"), typed("Q", "A:string"), typed("T", supers=("P", "Q"))
    ],
    "a diamond": [
        typed("G", "a:string"), typed("P", supers=("G",)), typed("Q", supers=("G",)), typed("T", supers=("P", "Q"))
    ],
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_attributes_of_a_family_are_those_of_atlas(asked: Atlas, family: str) -> None:
    definitions = FAMILIES[family]
    names = [one["name"] for one in definitions]
    [answer] = asked.ask([{"families": names, "types": {"entityDefs": definitions}}])
    assert "thrown" not in answer, answer
    with running(mode="atlas", seed="empty") as server, httpx.Client(base_url=server.url, auth=USER) as http:
        made = http.post(f"{API}/types/typedefs", json={"entityDefs": definitions})
        if "code" in answer:
            assert made.json().get("errorCode") == answer["code"]
            return
        assert made.status_code == 200, made.text
        shown = {name: sorted(_attributes(http, name, {})) for name in names}
    assert shown == {name: answer[name] for name in names}


GIVEN: tuple[dict[str, Any], ...] = (
    {}, {"must": "x"}, {"must": ""}, {"must": " "}, {"must": None}, {"MUST": "x"}, {"must": "x", "COUNT": 1},
    {"must": "x", "count": None}, {"must": "x", "count": ""}, {"must": "x", "count": "x"}, {"must": "x", "count": "7"},
    {"must": "x", "when": "2024-01-02"}, {"must": "x", "when": ""}, {"must": "x", "unknown": 1},
    {"must": "x", "list": []}, {"must": "x", "list": [""]}, {"must": "x", "list": ["1", "x"]},
    {"must": "x", "list": "1"},
)  # fmt: skip


def test_entities_are_taken_and_refused_as_atlas_does(asked: Atlas) -> None:
    definition = typed("T", "must:string!", "count:int", "when:date", "list:array<int>")
    types = {"entityDefs": [definition]}
    answers = asked.ask({"entity": "T", "attributes": given, "types": types} for given in GIVEN)
    with running(mode="atlas", seed="empty") as server, httpx.Client(base_url=server.url, auth=USER) as http:
        http.post(f"{API}/types/typedefs", json=types).raise_for_status()
        for given, answer in zip(GIVEN, answers, strict=True):
            held = _attributes(http, "T", given)
            assert bool(held) is answer["valid"], (given, answer, held)


def _attributes(http: httpx.Client, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a new entity as they are read; nothing where it is refused."""
    made = http.post(f"{API}/entity", json={"entity": {"typeName": name, "guid": "-1", "attributes": dict(given)}})
    if made.status_code != 200:
        assert made.json()["errorCode"] == "ATLAS-404-00-007"
        return {}
    guid = made.json()["guidAssignments"]["-1"]
    found: dict[str, Any] = http.get(f"{API}/entity/guid/{guid}").json()["entity"]["attributes"]
    return found
