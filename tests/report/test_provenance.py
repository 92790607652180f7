"""Whose manifests a plan is of, in one line of every report on it and on its apply."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from reconciler.report import html, htmlresult, markdown, text, view

from . import samples

COMMIT = "0123456789abcdef0123456789abcdef01234567"
KNOWN = {"commit": COMMIT, "author": "Ada <ada@example.com>", "pull_request": 5}
LINE = "commit 0123456789ab by Ada <ada@example.com>, pull request 5"
Report = Callable[[dict[str, Any]], str]


def applied(report: Any) -> Report:
    return lambda plan: report(samples.result(("E/A", "create", "done")), plan)


REPORTS = {
    "text": text.plan,
    "markdown": markdown.plan,
    "html": html.plan,
    "text of a result": applied(text.result),
    "markdown of a result": applied(markdown.result),
    "html of a result": applied(htmlresult.result),
}


@pytest.mark.parametrize("name", REPORTS)
def test_it_is_told_once_where_it_is_known(name: str) -> None:
    report: Report = REPORTS[name]
    told = unescape(report(samples.plan(samples.change("create", "E/A"), **KNOWN))).replace("\u200b", "")
    assert told.count(LINE) == 1
    assert "Manifests" in told
    assert "Manifests" not in report(samples.plan(samples.change("create", "E/A")))


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ({}, ""),
        ({"author": "Ada", "pull_request": 5}, ""),
        ({"commit": "abc"}, "commit abc"),
        ({"commit": "abc", "uncommitted": True}, "commit abc, with changes that are not committed"),
        ({"commit": "abc", "author": "A" * 90}, f"commit abc by {'A' * 80}…"),
        ({"commit": "abc", "author": "a\nb\u202e"}, r"commit abc by a\nb\u{202e}"),
    ],
)
def test_it_is_what_is_known_on_one_short_line(known: dict[str, Any], line: str) -> None:
    assert view.provenance(samples.plan(**known)) == line


def test_a_name_is_text_and_mentions_nobody() -> None:
    plan = samples.plan(commit="abc", author="**Eve** <script> @team #12")
    for page in (markdown.plan(plan), markdown.result(samples.result(), plan)):
        line = next(line for line in page.splitlines() if line.startswith("Manifests: "))
        assert line == "Manifests: commit abc by \\*\\*Eve\\*\\* &lt;script&gt; @\u200bteam #\u200b12"
    for page in (html.plan(plan), htmlresult.result(samples.result(), plan)):
        assert "**Eve** &lt;script&gt; @team" in page
