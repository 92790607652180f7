"""How one field change shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.project.conditions import all_of, entity_type_is
from reconciler.kinds.project.filters import Where
from reconciler.report.values import GAP, LONGEST_LINE, MOST_LINES, show
from reconciler.resources import type_of

from . import samples

TERM = "purview.term:E/A"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


def shown(before: Any, after: Any, path: str = "definition", address: str = TERM) -> Any:
    return show(address, samples.field(path, before, after), reason="manifest_changed")


def test_short_values_stand_on_one_line() -> None:
    one = shown("a", "b")
    assert (one.sign, one.before, one.after, one.lines) == ("~", '"a"', '"b"', ())


def test_a_trailing_line_break_is_seen() -> None:
    assert shown("a", "a\n").after == r'"a\n"'


def test_only_changed_lines_show() -> None:
    before = "\n".join(f"line {index}" for index in range(40))
    after = before.replace("line 5\n", "line five\n").replace("line 30\n", "")
    assert shown(before, after).lines == (
        (" ", "line 4"), ("-", "line 5"), ("+", "line five"), (" ", "line 6"),
        (" ", GAP), (" ", "line 29"), ("-", "line 30"), (" ", "line 31"),
    )  # fmt: skip


def test_a_long_paragraph_is_compared_by_sentence() -> None:
    lines = shown(samples.SENTENCES, samples.SENTENCES.replace("several", "two")).lines
    assert ("+", "It may have two addresses.") in lines
    assert not any("at least once" in text for _, text in lines)


def test_lists_show_what_came_and_went() -> None:
    assert shown(["a", "b"], ["b", "c"]).lines == (("-", '"a"'), ("+", '"c"'), (" ", "(1 unchanged)"))


def test_a_list_in_another_order() -> None:
    assert shown(["a", "b"], ["b", "a"]).lines == (("-", 'order: ["a", "b"]'), ("+", 'order: ["b", "a"]'))


def test_json_in_a_string_is_compared_as_json() -> None:
    lines = shown(samples.MAPPING, samples.MAPPING.replace("full_name", "name")).lines
    assert lines == (("-", '[0].columns.name: "full_name"'), ("+", '[0].columns.name: "name"'))


RULES = [{"field": "EntityType", "value": ["/Person"]}, {"field": "person.email", "operator": "exists", "value": []}]
TREE = {"condition": "AND", "rules": RULES, "type": "rule"}


def test_of_a_condition_the_one_rule_that_changed_shows() -> None:
    other = {**RULES[1], "operator": "equals", "value": ["ada@example.com"]}
    assert shown(TREE, {**TREE, "rules": [RULES[0], other]}, "condition").lines == (
        (" ", 'rules[1]: "person.email"'),
        ("-", 'rules[1].operator: "exists"'), ("+", 'rules[1].operator: "equals"'),
        ("+", 'rules[1].value[0]: "ada@example.com"'),
    )  # fmt: skip


def test_a_rule_more_in_front_changes_no_other() -> None:
    new = {"field": "person.age", "value": [18]}
    lines = shown(TREE, {**TREE, "rules": [new, *RULES]}, "condition").lines
    assert lines[0] == ("+", "rules[0]: {")
    assert {sign for sign, _ in lines} == {"+"}
    assert not any("EntityType" in text or "person.email" in text for _, text in lines)


def test_rules_in_another_order_show_as_lines() -> None:
    lines = shown(TREE, {**TREE, "rules": RULES[::-1]}, "condition").lines
    assert {"+", "-"} <= {sign for sign, _ in lines}


def wire(rules: int, last: str) -> dict[str, Any]:
    """A condition as a manifest's is sent, with every member that the wire has."""
    texts = [f"nr {at}" for at in range(rules - 1)] + [last]
    wheres = (
        Where.model_validate({"key": "customer.segment", "operator": "not_equals", "value": one}) for one in texts
    )
    return all_of(entity_type_is("/Customer"), *(where.node("Text") for where in wheres))


@pytest.mark.parametrize("rules", [2, 12, 34, 60])
def test_a_condition_of_a_manifest_beside_the_live_one_shows_both_values_and_little_else(rules: int) -> None:
    """The live one is in the form in which it is compared: without defaults, rules in an order of their own."""
    live = type_of("cluedin.stream:x").field("condition").canonical(wire(rules, "the live one"))
    lines = shown(live, wire(rules, "the new one"), "condition", "cluedin.stream:x").lines
    text = "\n".join(f"{sign}{line}" for sign, line in lines)
    assert '"the live one"' in text
    assert '"the new one"' in text
    assert len(lines) <= 30


ROWS = [{"Source": one, "Sink": f"customer.{one}"} for one in ("a", "b", "c", "d")]
FLOW = [{"DatasetMapping": {"Source": "x", "Sink": "y"}, "ColumnMapping": ROWS}]


def test_a_column_that_changed_is_called_by_its_own_name_wherever_it_stands() -> None:
    live = [{**FLOW[0], "ColumnMapping": [*ROWS[:0:-1], {"Source": "a", "Sink": "z"}]}]
    assert shown(json.dumps(live), json.dumps(FLOW), "column_mapping", "purview.entity:t/x").lines == (
        (" ", '[0].ColumnMapping[3]: "a"'),
        ("-", '[0].ColumnMapping[3].Sink: "z"'), ("+", '[0].ColumnMapping[0].Sink: "customer.a"'),
    )  # fmt: skip


def test_a_second_flow_beside_the_first_is_the_second() -> None:
    other = {"DatasetMapping": {"Source": "p", "Sink": "q"}, "ColumnMapping": []}
    more = [{**FLOW[0], "ColumnMapping": [*ROWS, {"Source": "n", "Sink": "m"}]}, other]
    lines = shown(json.dumps(more), json.dumps(FLOW), "column_mapping", "purview.entity:t/x").lines
    assert {sign for sign, _ in lines} == {"-"}
    assert not any("customer." in text for _, text in lines)


def test_what_stands_twice_and_once_is_not_lost_beside_another_change() -> None:
    twice = {**TREE, "rules": [*RULES, RULES[1]], "type": "other"}
    removed = [text for sign, text in shown(twice, TREE, "attributes").lines if sign == "-"]
    assert any("person.email" in text for text in removed)


def test_a_large_value_is_compared_as_text() -> None:
    large = {"rows": [{"name": f"c{at}", "type": "string"} for at in range(200)]}
    changed = {"rows": [*large["rows"][:-1], {"name": "last", "type": "string"}]}
    assert shown(large, changed).lines[0] == (" ", "    {")


def test_a_secret_passes_through() -> None:
    assert shown("(sensitive value)", "(sensitive value), version 2").after == "(sensitive value), version 2"


@pytest.mark.parametrize(("before", "after", "sign"), [(None, True, "+"), (True, False, "-")])
def test_a_member_is_its_path(before: Any, after: Any, sign: str) -> None:
    one = shown(before, after, "experts[anna]")
    assert (one.sign, one.path, one.as_lines) == (sign, "experts[anna]", ((sign, "experts[anna]"),))


def test_a_boolean_that_is_no_member_keeps_its_value() -> None:
    assert shown(None, True, "attributes[Base][critical]").after == "true"
    assert shown(None, True, "experts[anna]", "cluedin.unheard_of:x").after == "true"


def test_long_lines_and_many_lines_are_cut_with_a_count() -> None:
    long, many = shown(None, "x" * 5000), shown(None, "\n".join(map(str, range(1000))))
    assert long.lines[0][1] == f"{'x' * LONGEST_LINE}{GAP} (4,600 more characters)"
    assert len(many.lines) == MOST_LINES + 1
    assert many.lines[-1] == (" ", f"{GAP} 800 more lines")


def test_a_reason_shows_when_it_is_not_that_of_the_change() -> None:
    field = samples.field("usage", "a", "b", "drift")
    assert show(TERM, field, reason="drift").reason == ""
    assert show(TERM, field, reason="new").reason == "it was changed in the system since the last apply"


@given(VALUES, VALUES)
def test_every_value_shows_without_line_breaks(before: Any, after: Any) -> None:
    one = shown(before, after)
    for text in (one.before, one.after, *(text for _, text in one.lines)):
        assert "\n" not in text
        assert "\x1b" not in text
    if before != after and None not in (before, after):
        assert one.lines or one.before != one.after
