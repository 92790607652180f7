"""Streams without a contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.questions.catalogue import KeyAt, KeyTypeOf, LiveKey
from reconciler.questions.outbound import LiveTarget, StreamNamed, TargetsCalled

from .conftest import document
from .contract_support import ANSWERS, CONTRACT, CUSTOMER, Bench

STREAM = """
entity: customer
target: {name: there, provider: Azure DataLake Connector}
columns: [customer.email, {property: Name}]
"""
NAMED = StreamNamed("names")
THERE = TargetsCalled("there")
TARGET = LiveTarget("1", "Azure DataLake Connector", "there")
LIVE = {**ANSWERS, NAMED: (), THERE: (TARGET,), TargetsCalled("customers_wide_v1"): ()}


@pytest.fixture
def judge(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_it_makes_stream_export_and_process(judge: Bench) -> None:
    found = judge(STREAM + "state: started\n", name="names", kind="Stream", answers=LIVE)
    assert found.said == []
    export = found.resource("cluedin.stream_export:names").values
    assert export["columns"] == ["vocabkey:customer.email", "metadata:Name"]
    assert (export["target"], export["container"]) == ("Azure DataLake Connector/there", "names")
    assert found.resource("cluedin.export_target:Azure DataLake Connector/there").mode == "refer"
    process = found.resource("purview.entity:cluedin_stream_process/cluedin.stream.names").values
    assert process["inputs"] == ["cluedin_entity/cluedin.entity.Customer"]
    assert process["outputs"] == ["cluedin_organization_provider/cluedin.provider.Azure%20DataLake%20Connector.there"]
    assert found.resource("cluedin.stream_state:names").values == {"state": "started"}


def test_an_entity_type_that_is_kept_out_of_purview_has_no_lineage(judge: Bench) -> None:
    hidden = {"customer.yaml": document("GlossaryMapping", "customer", f"{CUSTOMER}assets: false\n")}
    found = judge(STREAM, name="names", kind="Stream", answers=LIVE, files=hidden)
    assert found.said == []
    assert found.of("purview.entity") == []
    condition = found.resource("cluedin.stream:names").values["condition"]
    assert condition["rules"][0]["value"] == ["/Customer"]


def test_a_contract_of_such_a_type_is_told_where_it_names_it(judge: Bench) -> None:
    hidden = {"customer.yaml": document("GlossaryMapping", "customer", f"{CUSTOMER}assets: false\n")}
    told = judge(CONTRACT, files=hidden).only("entity.not_in_purview")
    assert told.severity == "error"
    assert told.source is not None
    text = (judge.root / told.source.file).read_text().splitlines()
    assert text[(told.source.line or 0) - 1].strip() == "entity: customer"


def test_a_contract_may_make_its_target(judge: Bench) -> None:
    stream = STREAM.replace("there", "customers_wide_v1")
    found = judge(CONTRACT, document("Stream", "names", stream), answers=LIVE)
    targets = found.of("cluedin.export_target")
    assert [(one.key, one.mode) for one in targets] == [("Azure DataLake Connector/customers_wide_v1", "own")]


def test_a_target_named_by_an_address_is_refused(judge: Bench) -> None:
    stream = STREAM.replace("name: there", "name: 'https://example.com/hook?sig=abc-of-the-hook'")
    found = judge(stream, name="names", kind="Stream")
    assert ("error", "provider.secret") in found.said
    assert "abc-of-the-hook" not in repr(found.findings)


def test_state_is_left_to_people_unless_it_is_said(judge: Bench) -> None:
    assert judge(STREAM, name="names", kind="Stream").of("cluedin.stream_state") == []
    never = judge(STREAM + "state: stopped\n", name="names", kind="Stream", answers=LIVE)
    assert never.of("cluedin.stream_state") == []
    assert "stream.never_ran" in never.codes
    ran = judge(STREAM + "state: stopped\n", name="names", kind="Stream", answers={**LIVE, NAMED: ("started",)})
    assert ran.resource("cluedin.stream_state:names").values == {"state": "stopped"}


def test_a_condition_may_be_cluedins_own(judge: Bench) -> None:
    raw = "condition: {condition: AND, rules: [{field: Name, type: string, value: [x]}]}\n"
    found = judge(STREAM + raw, name="names", kind="Stream")
    rules = found.resource("cluedin.stream:names").values["condition"]["rules"]
    assert [one.get("field") for one in rules] == ["EntityType", None]
    both = judge(STREAM + raw + "where: [{key: customer.id, operator: exists}]\n", name="names", kind="Stream")
    assert both.only("stream.two_conditions").severity == "error"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("entity: customer\n", "", "stream.takes_everything"),
        ("customer.email", "customer.emial", "key.unknown"),
        ("entity: customer\n", "entity: Persson\n", "entity.unknown"),
        ("Azure DataLake", "Azure DataLak", "stream.provider"),
        ("property: Name", "property: Naem", "stream.property"),
    ],
)
def test_what_is_refused(judge: Bench, old: str, new: str, code: str) -> None:
    found = judge(STREAM.replace(old, new), name="names", kind="Stream", answers={**LIVE, KeyAt("customer.emial"): ()})
    assert ("error", code) in found.said


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((), "no export target `there`"),
        ((LiveTarget("1", "Sql Server Connector", "there"),), "no export target `there`"),
        ((TARGET, LiveTarget("2", "Azure DataLake Connector", "there")), "2 export targets `there`"),
    ],
)
def test_the_target_must_be_there_once(judge: Bench, rows: tuple[LiveTarget, ...], words: str) -> None:
    found = judge(STREAM, name="names", kind="Stream", answers={**LIVE, THERE: rows})
    assert words in found.only("stream.target").summary


def test_a_target_of_a_name_that_looks_alike_is_named(judge: Bench) -> None:
    near = LiveTarget("1", "Azure DataLake Connector", "There")
    found = judge(STREAM, name="names", kind="Stream", answers={**LIVE, THERE: (near,)})
    assert "`There` is a target of `Azure DataLake Connector`" in (found.only("stream.target").detail or "")


def test_two_streams_of_one_name_are_refused(judge: Bench) -> None:
    found = judge(CONTRACT, document("Stream", "names", "name: customers_wide_v1\n" + STREAM.lstrip()))
    assert found.only("stream.twice").severity == "error"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("{key: a.b, property: Name, value: x}", "either `key` or `property`"),
        ("{key: a.b}", "needs a `value`"),
        ("{key: a.b, operator: exists, value: 1}", "takes no `value`"),
        ("{key: a.b, operator: between, value: [1]}", "takes two values"),
        ("{key: a.b, operator: contains, value: [a, b]}", "takes one `value`"),
    ],
)
def test_conditions_are_whole(judge: Bench, where: str, words: str) -> None:
    found = judge(STREAM + f"where: [{where}]\n", name="names", kind="Stream")
    assert any(words in one.summary for one in found.findings)


def test_nodes_of_a_condition_follow_the_data_type_of_their_key(judge: Bench) -> None:
    """Declared by a mapping, or live; a key of no known type is compared as text."""
    wanted = {
        "key: customer.age, operator: greater, value: 18": "integer",
        "key: customer.id, operator: exists": "string",
        "key: customer.segment, operator: exists": "integer",
        "key: customer.consent, operator: is_true": "boolean",
        "key: person.born, operator: exists": "datetime",
        "key: person.email, operator: exists": "string",
        "property: CreatedDate, operator: exists": "datetime",
        "property: Name, operator: exists": "string",
    }
    typed = "  - {name: Age, key: age, data_type: Integer}\n  - {name: Consent, key: consent, data_type: Boolean}\n"
    files = {"customer.yaml": document("GlossaryMapping", "customer", CUSTOMER.rstrip() + "\n" + typed)}
    where = "where:\n" + "".join(f"  - {{{one}}}\n" for one in wanted)
    live = {**LIVE, KeyAt("person.born"): (LiveKey("person.born", "Born", "DateTime"),)}
    live |= {KeyTypeOf("customer.segment"): ("Integer",), KeyTypeOf("customer.id"): ()}
    found = judge(STREAM + where, name="names", kind="Stream", files=files, answers=live)
    rules = found.resource("cluedin.stream:names").values["condition"]["rules"]
    assert [one["type"] for one in rules] == ["string", *wanted.values()]
