"""Names and values that try to break out change nothing but their own text: judged by who reads the formats."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from reconciler.errors import Diagnostic, Source
from reconciler.report import github, html, htmlresult, jsonform, markdown, sarif, text
from reconciler.report.logs import harmless

from . import samples
from .test_first_screen import HOSTILE, hostile

MORE = (
    "![x](http://evil.example/x.png)", "<https://evil.example>", "<a href='javascript:alert(1)'>x</a>", "~~~\n# Title",
    "\n\n# Title\n\n", "| a | b |\n|---|---|", "- [ ] task", "1. one", "<!-- hidden", "]]>", "&lt;b&gt;&#64;team",
    "@org/team", "org/repo#12", "GH-12", "www.evil.example", "::set-output name=a::b", "##vso[task.complete]",
    "\u2066\u2069\ufeff\u00ad\U000e0041", "\x9b31m\x07\x00", "$(id)", "`id`", "%%{init: {}}%%",
    ":::class", "\\", "\\`x`",
)  # fmt: skip
EVERY = (*HOSTILE, *MORE)
GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
COMMAND = re.compile(r"(?m)^\s*::\w|##(?:\[|vso\[)")
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u2066-\u2069\u202a-\u202e\ufeff\U000e0000-\U000e007f]")


class Seen(HTMLParser):
    """The elements of a page, their attributes, and what is read outside code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[tuple[str, str]] = set()
        self.told = ""
        self.comments = 0
        self._code = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {(name, value or "") for name, value in attrs}
        self._code += tag in ("code", "pre", "script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("code", "pre", "script", "style")

    def handle_comment(self, data: str) -> None:
        self.comments += 1

    def handle_data(self, data: str) -> None:
        self.told += "" if self._code else data


def result_of(plan: Any, value: str) -> Any:
    """What an apply of a plan says where half of it failed, with the value in all that a system answered."""
    outcomes = [
        {"address": one["address"], "action": one["action"], "status": "failed" if at % 2 else "done",
         "message": value, "request_id": value}
        for at, one in enumerate(plan["changes"])
    ]  # fmt: skip
    finding = Diagnostic("error", "write.failed", value, value, Source(value, 1, 1), value, value).as_dict()
    more = {"outcomes": outcomes, "diagnostics": [finding], "environment": value, "complete": False}
    return samples.result() | more | {"approvals": [{"label": value, "by": value}], "correlation_id": value}


def reports(value: str) -> dict[str, dict[str, str]]:
    """Every report on a plan, on drift and on a result, by format."""
    plan: Any = hostile(value) | {"repository": ""}
    done = result_of(plan, value)
    found = [Diagnostic(severity, value, value, value, Source(value, 1, 1), value) for severity in github.COMMANDS]
    return {
        "text": {
            "plan": text.plan(plan, next_step="x"), "drift": text.drift(plan), "result": text.result(done, plan),
            "findings": text.findings(found),
        },
        "markdown": {
            "plan": markdown.plan(plan), "drift": markdown.drift(plan), "result": markdown.result(done, plan),
            "findings": markdown.findings("validate", [one.as_dict() for one in found]),
        },
        "html": {"plan": html.plan(plan), "drift": html.drift(plan), "result": htmlresult.result(done, plan)},
        "commands": {"findings": github.findings(found)},
    }  # fmt: skip


CALM = reports("harmless")


@pytest.mark.parametrize("value", EVERY, ids=range(len(EVERY)))
def test_a_value_changes_nothing_but_its_own_text(value: str) -> None:
    found = reports(value)
    for name, page in (*found["text"].items(), *found["markdown"].items()):
        assert not UNSEEN.search(page), name
        assert not COMMAND.search(harmless(page)), name  # as it is printed
    for name, page in found["html"].items():
        assert not UNSEEN.search(page), name
        assert not COMMAND.search(page), name
    for name, page in found["markdown"].items():
        seen, calm = (Seen(GFM.render(one)) for one in (page, CALM["markdown"][name]))
        assert not {tag: count for tag, count in seen.tags.items() if tag in ("a", "img", "script", "input")}, name
        assert seen.comments == calm.comments, name
        for tag in ("h2", "h3", "h4", "details", "summary", "table", "ul", "ol", "hr", "blockquote"):
            assert seen.tags[tag] == calm.tags[tag], (name, tag)
        assert {one for one, _ in seen.attributes} <= {"class", "style"}, name
        assert not re.search(r"@\w|#\d|\bGH-\d|https?://\w|\bwww\.\w", seen.told), (name, seen.told)
    for name, page in found["html"].items():
        seen, calm = Seen(page), Seen(CALM["html"][name])
        laid_out = {"pre", "ins", "del", "span"}  # a value of several lines is shown as such
        assert {tag: seen.tags[tag] for tag in seen.tags.keys() - laid_out} == {
            tag: calm.tags[tag] for tag in calm.tags.keys() - laid_out
        }, name
        assert not {one for one, _ in seen.attributes if one.startswith("on") or one in ("href", "src", "style")}, name
    commands = found["commands"]["findings"].splitlines()
    assert [line.partition(" ")[0] for line in commands] == ["::error", "::warning", "::notice"]
    assert all(re.match(r"::\w+ file=[^:,]*,line=1,col=1,title=[^:,]*::", line) for line in commands), commands


@pytest.mark.parametrize(
    "value", ["std::string", "::notice title=a::b", "##[error]x", "##vso[task.complete]", "a&#58;b"]
)
def test_a_page_reads_as_the_value_is_and_its_source_holds_no_command(value: str) -> None:
    """What runners act on is written by its number, which a browser shows as the character itself."""
    for name, page in reports(value)["html"].items():
        source = re.sub(r"(?s)<(style|script)>.*?</\1>", "", page)
        assert "::" not in source, name
        assert "##" not in source, name
        seen = Seen(source)
        assert value in seen.told, name
        assert "&#" not in seen.told.replace(value, ""), name
    chosen = Seen(html.plan(hostile(value))).attributes
    assert any(of.startswith("data-") and value in told for of, told in chosen)


@pytest.mark.parametrize("value", EVERY, ids=range(len(EVERY)))
def test_what_machines_read_holds_the_value_whole(value: str) -> None:
    finding = Diagnostic("error", "a.b", value, value, Source("a.yaml", 1, 1))
    assert json.loads(jsonform.dump(jsonform.findings([finding])))["findings"][0]["summary"] == value
    told = jsonform.dump(sarif.findings([finding]))
    assert json.loads(told)["version"] == "2.1.0"
    assert not COMMAND.search(told)
    assert not UNSEEN.search(told)
