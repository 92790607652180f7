"""JUnit XML: what its readers take, what is a test and what becomes of it, and that no text gets out of its place."""

from __future__ import annotations

import io
from typing import Any
from xml.etree import ElementTree

import pytest

from reconciler.errors import Diagnostic
from reconciler.report import junit

from . import samples

COUNTED = {"name", "tests", "failures", "errors"}
TEST = {"name", "classname", "time", "group"}
ALLOWED: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"testsuite"}, set(), COUNTED | {"time"}),
    "testsuite": (
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
        COUNTED,
        COUNTED | {"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "url", "version"},
    ),
    "testcase": ({"skipped", "failure", "system-out", "system-err"}, {"name"}, TEST),
    "failure": (set(), set(), {"type", "message"}),
    "skipped": (set(), set(), {"type", "message"}),
    "system-out": (set(), set(), set()),
}
"""Of each element the elements in it, the attributes that it has to have, and those that it may have (junit-10.xsd)."""


def judged(text: str) -> ElementTree.Element:
    """The document, after a look at its form."""
    top = ElementTree.fromstring(text.encode())
    assert top.tag == "testsuites"
    for one in top.iter():
        children, required, allowed = ALLOWED[one.tag]
        assert {child.tag for child in one} <= children, one.tag
        assert required <= set(one.attrib) <= allowed, one.tag
    for suite in top.iter("testsuite"):
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        for attribute, tag in (("failures", "failure"), ("skipped", "skipped")):
            assert int(suite.attrib[attribute]) == len(suite.findall(f"testcase/{tag}"))
    return top


def cases(text: str) -> dict[str, str]:
    """What became of each test, by its name."""
    found = {one.attrib["name"]: [part.tag for part in one] for one in judged(text).iter("testcase")}
    return {
        name: next((tag for tag in tags if tag in ("failure", "skipped")), "passed") for name, tags in found.items()
    }


def shapes(*found: Diagnostic) -> list[Any]:
    return [one.as_dict() for one in found]


def test_errors_fail_and_the_rest_passes() -> None:
    told = cases(junit.findings("validate", shapes(*samples.findings())))
    assert list(told.values()) == ["failure", "passed", "passed"]
    assert next(iter(told)) == f"{samples.FILE}:12:5: defintion is not known"


def test_nothing_wrong_is_a_test_that_passes() -> None:
    """An empty file counts as a failure of the step in some systems."""
    assert cases(junit.findings("validate", [])) == {"No errors, no warnings": "passed"}
    assert cases(junit.findings("contracts", [], ["a is what it was"])) == {"a is what it was": "passed"}
    assert cases(junit.plan(samples.plan())) == {"No changes": "passed"}
    assert cases(junit.drift(samples.plan())) == {"No drift": "passed"}


def test_each_change_of_a_plan_is_a_test() -> None:
    plan = samples.every_action()
    told = cases(junit.plan(plan))
    assert len(told) >= len(plan["changes"])
    of = {
        one["action"]: next(told[name] for name in told if name.startswith(one["address"])) for one in plan["changes"]
    }
    wrong = {"conflict": "failure", "blocked": "skipped", "pending": "skipped", "drift": "skipped"}
    assert of == {action: wrong.get(action, "passed") for action in of}
    assert told["the plan removes 3 of 3 of type purview.term: all of them"] == "failure", "a guard"
    assert not [name for name in told if "repeats the conflict" in name]


def test_drift_fails() -> None:
    told = cases(junit.drift(samples.every_action()))
    assert len(told) == 4
    assert set(told.values()) == {"failure"}


def test_no_text_gets_out_of_its_place() -> None:
    hostile = samples.hostile()
    for text in (junit.plan(hostile), junit.drift(hostile), junit.findings("validate", hostile["diagnostics"])):
        top = judged(text)
        for one in top.iter():
            written = "".join([*one.attrib.values(), one.text or ""])
            assert not set(written) & {"\x1b", "\u202e", "\r"}
            assert not any("\n" in value for value in one.attrib.values())
        assert "<script" not in text
        assert r"\u{202e}" in text


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\ud800", "\ufffe", "]]>", "&", '"'])
def test_it_is_xml_whatever_stands_in_it(bad: str) -> None:
    text = junit.findings("validate", shapes(Diagnostic("error", f"a{bad}", f"b{bad}c", f"d{bad}\ne")))
    assert cases(text.encode().decode())


def test_readers_of_others_see_the_same() -> None:
    """junitparser, which many tools read JUnit with."""
    junitparser = pytest.importorskip("junitparser", reason="pip install -e '.[conformance]'")
    read = junitparser.JUnitXml.fromfile(io.BytesIO(junit.plan(samples.every_action()).encode()))
    read.update_statistics()
    [suite] = read
    top = judged(junit.plan(samples.every_action()))
    assert (str(read.tests), str(read.failures), str(suite.skipped)) == (
        top.attrib["tests"],
        top.attrib["failures"],
        top[0].attrib["skipped"],
    )
