"""Reports for machines: JSON, SARIF, GitHub, JSON Schemas, and whether to colour."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.errors import Diagnostic, Source
from reconciler.report import github, jsonform, sarif
from reconciler.report.colour import painter, wants_colour
from reconciler.report.schemas import checks_schema
from reconciler.report.seen import visible
from reconciler.saved.schema import plan_schema, result_schema

from . import samples


def test_json_keeps_its_order_and_ends_with_a_line_break() -> None:
    assert jsonform.dump({"b": 1, "a": ["ä"]}) == '{\n  "b": 1,\n  "a": [\n    "ä"\n  ]\n}\n'


def test_findings_as_json() -> None:
    shape = jsonform.findings(samples.findings())
    assert (shape["format_version"], shape["valid"], shape["errors"], shape["warnings"]) == ("1.0", False, 1, 1)
    assert shape["findings"] == [one.as_dict() for one in samples.findings()]
    assert jsonform.findings([])["valid"] is True


# -- SARIF -----------------------------------------------------------------------------------------------------


def test_findings_as_sarif(golden) -> None:
    golden("findings.sarif", jsonform.dump(sarif.findings(samples.findings())))


def test_sarif_points_into_the_repository() -> None:
    run = sarif.findings(samples.findings())["runs"][0]
    result = run["results"][0]
    assert (result["ruleId"], result["level"]) == ("manifest.unknown_field", "error")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == samples.FILE
    assert location["region"] == {"startLine": 12, "startColumn": 5}
    assert (
        run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "manifests/a%20b%2Cc.yaml"
    )
    assert "locations" not in run["results"][2]


def test_sarif_keeps_the_gravest_five_thousand() -> None:
    many = [Diagnostic("warning", "a.b", str(index)) for index in range(6000)]
    run = sarif.findings([*many, Diagnostic("error", "c.d", "last")])["runs"][0]
    assert len(run["results"]) == 5000
    assert run["results"][0]["ruleId"] == "c.d"
    assert run["properties"] == {"leftOut": 1001}


def test_sarif_shows_what_hides_and_links_nothing() -> None:
    """As the text shows it; a bracket, and the backslash before it, is written so that nobody takes it for a link."""
    value = "a\u202eb\u200bc\x1bd [see](https://evil.example) \\["
    run = sarif.findings([Diagnostic("error", f"a.{value}", value, f"{value}\nsecond", address=value)])["runs"][0]
    told = run["results"][0]["message"]["text"]
    shown = r"a\\u{202e}b\\u{200b}c\\x1bd \[see\](https://evil.example) \\\["
    assert told == f"{shown}\n{shown}\nsecond"
    assert re.sub(r"\\([\\\[\]])", r"\1", told) == f"{visible(value)}\n{visible(value)}\nsecond"
    [rule] = run["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == f"A: {shown.replace('.', ': ')}"
    assert rule["id"] == run["results"][0]["ruleId"] == f"a.{visible(value)}"


# -- GitHub ----------------------------------------------------------------------------------------------------


def test_annotations() -> None:
    assert github.findings(samples.findings()).splitlines() == [
        f"::error file={samples.FILE},line=12,col=5,title=manifest.unknown_field::"
        "purview.term:E/Customer: defintion is not known%0ADid you mean definition?%0ASee the schema.",
        "::warning file=manifests/a b%2Cc.yaml,line=7,title=manifest.unused::the variable is not used",
        "::notice title=manifest.hint::a shorter form exists",
    ]


def test_annotations_are_escaped() -> None:
    risky = "100% a:b,c\r\n::set-output name=x::y"
    line = github.findings([Diagnostic("error", risky, risky, source=Source(risky, 1))])
    assert line.count("\n") == 1
    assert line == (
        "::error file=100%25 a%3Ab%2Cc%0D%0A%3A%3Aset-output name=x%3A%3Ay,line=1,"
        "title=100%25 a%3Ab%2Cc%0D%0A%3A%3Aset-output name=x%3A%3Ay::"
        "100%25 a:b,c%0D%0A:\\u{3a}set-output name=x:\\u{3a}y\n"
    )


@pytest.mark.parametrize("hidden", ["\u200b", "\U000e0041", "\ufe0f", "\u3164", "\u202e", "\xad", "\u2800", "\x1b"])
def test_annotations_show_what_hides(hidden: str) -> None:
    line = github.findings([Diagnostic("error", f"a{hidden}b", f"c{hidden}d", source=Source(f"e{hidden}f", 1))])
    assert hidden not in line
    assert line.count(visible(hidden)) == 3


def test_ten_annotations_of_each_severity() -> None:
    many = [Diagnostic(severity, "a.b", "x") for severity in ("error", "warning") for _ in range(12)]
    lines = github.findings(many).splitlines()
    assert len(lines) == 20
    assert lines[9] == "::error title=reconciler::3 more; the log of this step has all 12."
    assert len(github.findings(many[:10]).splitlines()) == 10


def test_step_outputs() -> None:
    assert github.outputs(samples.every_action()) == {
        "changes": "9", "creates": "1", "updates": "2", "deletes": "3", "drift": "4", "conflicts": "1",
        "digest": samples.DIGEST, "approvals": "",
    }  # fmt: skip


def test_no_step_output_spans_lines() -> None:
    assert not any("\n" in value for value in github.outputs(samples.hostile()).values())


# -- schemas ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schema", [plan_schema(), result_schema(), checks_schema()])
def test_schemas_are_schemas_and_describe_every_property(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    for part in (schema, *schema.get("$defs", {}).values()):
        assert all("description" in property_ for property_ in part["properties"].values())


@pytest.mark.parametrize("plan", [samples.plan(), samples.every_action(), samples.every_action() | {"later": 1}])
def test_plans_are_valid(plan: dict[str, Any]) -> None:
    Draft202012Validator(plan_schema()).validate(plan)


@pytest.mark.parametrize("result", [samples.result(), samples.incomplete()])
def test_results_are_valid(result: dict[str, Any]) -> None:
    Draft202012Validator(result_schema()).validate(result)


@pytest.mark.parametrize(
    "wrong",
    [
        {"digest": "abc"},
        {"format_version": "2.0"},
        {"changes": [{"address": "no"}]},
        {"changes": [samples.change("unheard_of", "E/A")]},
        {"diagnostics": [{"severity": "fatal", "code": "a", "summary": "b"}]},
        {"summary": {"create": -1}},
    ],
)
def test_wrong_plans_are_not(wrong: dict[str, Any]) -> None:
    assert not Draft202012Validator(plan_schema()).is_valid(samples.plan() | wrong)


def test_a_result_that_lacks_something_is_not_valid() -> None:
    result = samples.incomplete()
    del result["complete"]
    assert not Draft202012Validator(result_schema()).is_valid(result)
    wrong = samples.incomplete() | {"outcomes": [{"address": "a.b:c", "action": "create", "status": "fine"}]}
    assert not Draft202012Validator(result_schema()).is_valid(wrong)


def test_checks_of_another_form_are_not_valid() -> None:
    counts = {"ok": 1, "info": 0, "warning": 0, "error": 0}
    check = {"status": "ok", "area": "cluedin", "code": "cluedin.health", "summary": "its services are green"}
    whole = {"format_version": "1.0", "environment": "prod", "summary": counts, "checks": [check]}
    valid = Draft202012Validator(checks_schema()).is_valid
    assert valid(whole)
    for wrong in ({"checks": [check | {"status": "fine"}]}, {"summary": {"ok": 1}}, {"checks": [{"code": "x"}]}):
        assert not valid(whole | wrong)


def test_a_real_plan_is_valid_after_json() -> None:
    Draft202012Validator(plan_schema()).validate(json.loads(jsonform.dump(samples.every_action())))


# -- colour ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "is_tty", "flag", "expected"),
    [
        ({}, True, None, True),
        ({}, False, None, False),
        ({"TERM": "dumb"}, True, None, False),
        ({"NO_COLOR": "1"}, True, None, False),
        ({"NO_COLOR": ""}, True, None, True),
        ({"FORCE_COLOR": "1"}, False, None, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, None, True),
        ({"FORCE_COLOR": "0"}, True, None, False),
        ({"CLICOLOR_FORCE": "1"}, False, None, True),
        ({"CLICOLOR_FORCE": "0"}, False, None, False),
        ({"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, True, None, False),
        ({"FORCE_COLOR": "1"}, True, False, False),
        ({"NO_COLOR": "1"}, False, True, True),
    ],
)
def test_when_to_colour(env: dict[str, str], is_tty: bool, flag: bool | None, expected: bool) -> None:
    assert wants_colour(env, is_tty, flag) is expected


def test_painting() -> None:
    assert painter(False)("x", fg="red") == "x"
    assert painter(True)("x", fg="red") == "\x1b[31mx\x1b[0m"
    assert painter(True)("", fg="red") == ""
