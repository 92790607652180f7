"""The report as a page."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from reconciler.report import html, htmlresult, markdown, text

from . import samples

VOID = {"meta", "input", "br"}


class Reader(HTMLParser):
    """Checks that elements nest and collects them, their attributes and their text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.told = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.told += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def test_a_plan_with_every_action(golden) -> None:
    golden("plan.html", html.plan(samples.every_action()))


def test_every_value_is_escaped() -> None:
    page = html.plan(samples.hostile())
    reader = read(page)
    assert reader.tags.count("script") == 1
    assert "a" not in reader.tags
    assert not {name for name in reader.attributes if name.startswith("on") or name in ("src", "href", "style")}
    assert samples.INJECTION in reader.told
    assert not set("\x1b\r\u202e") & set(page)


def test_nothing_is_loaded_and_only_the_own_script_runs() -> None:
    page = html.plan(samples.every_action())
    written = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert written is not None
    policy = unescape(written[1])
    assert "default-src 'none'" in policy
    for inline in re.findall(r"(?s)<(?:script|style)>(.*?)</(?:script|style)>", page):
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert not re.search(r"\b(src|href)=|url\(|@import", page)


def test_no_changes() -> None:
    reader = read(html.plan(samples.plan()))
    assert "No changes. CluedIn and Purview match the manifests." in reader.told
    assert "details" not in reader.tags


def test_a_large_plan_collapses() -> None:
    page = html.plan(samples.many("create", 2000))
    assert len(re.findall(r'<details [^>]*class="change', page)) == 200
    assert "… and 1,800 more purview.term to create" in page
    assert not re.search(r'<details [^>]*class="change[^>]* open', page)


def test_beside_the_filter_stands_how_much_of_a_large_plan_is_on_the_page() -> None:
    page = html.plan(samples.many("create", 2000))
    beside = page.partition('id="filters"')[2].partition("</div>")[0]
    assert "200 of 2,000 changes are on this page; plan.json has all." in beside
    assert "on this page" not in html.plan(samples.many("create", 200))
    drifted = samples.plan(*(samples.change("drift", f"E/{at}", reason="drift") for at in range(300)))
    page = html.drift(drifted)
    assert len(re.findall(r'<details [^>]*class="change', page)) == 300
    assert "on this page" not in page


def test_many_changes_are_grouped_by_type_and_a_few_are_not() -> None:
    assert 'class="group"' not in html.plan(samples.two_types(20))
    page = html.plan(samples.two_types(31))
    read(page)
    groups = re.findall(r'<h3 class="group"><code>(.*?)</code> <span class="number">(\d+)</span>', page)
    assert groups == [("cluedin.vocabulary", "16"), ("purview.term", "15")]


def needing_approval() -> dict[str, Any]:
    return samples.plan(samples.change("create", "E/A", requires_approval=["PII"], approvals=["PII"]))


def test_a_plan_that_needs_an_approval_says_so_in_every_format() -> None:
    for shown in (
        html.plan(needing_approval()),
        markdown.plan(needing_approval()),
        text.plan(needing_approval(), next_step="reconciler apply plan.json"),
    ):
        assert "Can be applied" not in shown
        assert "Nothing stands in the way" not in shown
        assert "eeds an approval" in shown
        assert "--approve PII" in shown
    assert "reconciler apply plan.json --approve PII" in text.plan(
        needing_approval(), next_step="reconciler apply plan.json"
    )


def test_a_plan_of_which_something_waits_says_so() -> None:
    shown = html.plan(samples.plan(samples.change("create", "E/A"), samples.change("blocked", "E/B")))
    assert "1 resource must wait; the rest can be applied." in shown
    shown = html.plan(samples.plan(samples.change("pending", "E/B")))
    assert "Nothing can be applied now: 1 resource must wait." in shown


def test_drift_is_a_page_of_its_own() -> None:
    shown = html.drift(samples.plan(samples.change("drift", "E/A", [samples.field("usage", "a", "b", "drift")])))
    assert "<title>Drift in " in shown
    assert "Drift: 1 change of 1 thing in the systems; 1 kept by policy." in shown
    assert "was changed in the system: kept by policy" in shown
    assert "No changes" not in shown
    assert "Plan for" not in shown
    assert "No drift. The systems are as the last apply left them." in html.drift(samples.plan())


# -- a result ----------------------------------------------------------------------------------------------------


def test_a_result(golden) -> None:
    found = samples.incomplete() | {"correlation_id": "0b6ad6a6-8a57-4a5d-9d3c-0e7a4f0f2b11"}
    page = htmlresult.result(found, samples.every_action())
    golden("result.html", page)
    told = read(page).told
    for status in ("failed", "stale", "pending", "unverified", "unknown", "skipped", "not started"):
        assert f"{status} purview.term:E/" in told
    assert "0b6ad6a6-8a57-4a5d-9d3c-0e7a4f0f2b11" in told
    assert "req-42" in told
    assert "manifests/glossary/customer.yaml:12" in told


def test_a_result_that_is_complete_says_so() -> None:
    page = htmlresult.result(samples.result(("E/A", "create", "done")))
    assert "Apply complete! Resources: 1 added, 0 changed, 0 destroyed." in read(page).told
    assert "Not done" not in page


def test_a_result_does_not_break_out_either() -> None:
    result = samples.incomplete() | {"environment": samples.INJECTION, "digest": samples.INJECTION}
    for outcome in result["outcomes"]:
        outcome |= dict.fromkeys(("message", "request_id"), f"{samples.INJECTION}\x1b")
        outcome["address"] += samples.INJECTION
    result["diagnostics"] = samples.hostile()["diagnostics"]
    page = htmlresult.result(result, samples.hostile())
    reader = read(page)
    assert reader.tags.count("script") == 1
    assert "a" not in reader.tags
    assert not {name for name in reader.attributes if name.startswith("on") or name in ("src", "href", "style")}
    assert samples.INJECTION in reader.told
    assert "\x1b" not in page


def test_a_large_result_collapses() -> None:
    page = htmlresult.result(samples.result(*((f"E/{at}", "create", "done") for at in range(2000))))
    assert f"… and {2000 - 200:,} more" in page
    assert len(page) < 60_000
