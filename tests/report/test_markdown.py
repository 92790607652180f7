"""The report for a comment on a pull request."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from reconciler.report import markdown
from reconciler.report.escaping import code, comment, fence, prose

from . import samples


def header(page: str) -> dict[str, Any]:
    found = re.match(r"<!-- reconciler (\{.*?\}) -->\n", page)
    assert found is not None
    return json.loads(found[1])


def outside_code(page: str) -> str:
    """The page without code blocks, code spans and the hidden header: what Markdown and HTML act on."""
    page = page.partition("-->")[2]
    page = re.sub(r"(?ms)^(`{3,})diff\n.*?\n\1$", "", page)
    page = re.sub(r"<code>[^<]*</code>", "", page)
    return re.sub(r"(?s)(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "", page)


def test_a_plan_with_every_action(golden) -> None:
    golden("plan.md", markdown.plan(samples.every_action(), link="https://ci.example/run/1"))


def test_drift(golden) -> None:
    golden("drift.md", markdown.drift(samples.every_action()))


def test_a_result(golden) -> None:
    golden("result.md", markdown.result(samples.incomplete(), samples.every_action()))


def test_the_hidden_header() -> None:
    assert header(markdown.plan(samples.plan())) == {
        "environment": "test", "digest": samples.DIGEST, "format": "plan/1.0", "truncated": False,
    }  # fmt: skip


def test_no_changes() -> None:
    assert "**No changes. CluedIn and Purview match the manifests.**" in markdown.plan(samples.plan())


def test_conflicts_and_removals_come_first_and_are_never_collapsed() -> None:
    page = markdown.plan(samples.every_action())
    first = page.index("<details>")
    for address in ("E/Both", "E/Old", "E/Older", "E/Customer/Key"):
        assert page.index(f"`purview.term:{address}`") < first


@pytest.mark.parametrize("report", [markdown.plan, markdown.drift])
def test_nothing_breaks_out(report: Any) -> None:
    page = report(samples.hostile())
    told = outside_code(page)
    assert "<script" not in told
    assert not re.search(r"@\w|#\d|https?:|(?<!\\)\*\*bold", told)
    assert told.count("<details>") == told.count("</details>") == page.count("<details><summary>")
    assert not set("\x1b\r\u202e") & set(page)
    assert "-->" not in page.partition("-->")[2].replace("&lt;!-- --&gt;", "").replace("<!-- -->", "")


def test_a_result_does_not_break_out_either() -> None:
    result = samples.incomplete() | {"environment": samples.INJECTION}
    for outcome in result["outcomes"]:
        outcome |= {"message": samples.INJECTION, "address": f"a.b:{samples.INJECTION}"}
    assert not re.search(r"<script|@\w", outside_code(markdown.result(result, samples.hostile())))


def test_a_code_block_is_longer_than_every_run_in_it() -> None:
    assert fence(["+ ````", "+ ```"]).startswith("`````diff\n")
    assert code("a `b` ``c``") == "``` a `b` ``c`` ```"
    assert code("plain") == "`plain`"


def test_prose_neither_mentions_nor_formats() -> None:
    assert prose("@team <b> *x*") == "@\u200bteam &lt;b&gt; \\*x\\*"


def test_nothing_ends_the_hidden_comment() -> None:
    hidden = comment("reconciler", {"a": "--><script>--!>"})
    assert hidden.count("-->") == 1
    assert json.loads(hidden[16:-4]) == {"a": "--><script>--!>"}


@pytest.mark.parametrize(("count", "lines"), [(5000, 1), (40, 150), (3, 1000)])
@pytest.mark.parametrize(
    "action", ["create", *(pytest.param(one, marks=pytest.mark.long) for one in ("delete", "conflict", "drift"))]
)
def test_the_cap_leaves_out_whole_resources(action: str, count: int, lines: int) -> None:
    text = "\n".join(["line " * 70] * lines)
    fields = [samples.field("definition", None, text, "new")]
    plan = samples.plan(*(samples.change(action, f"E/{index:05}", fields) for index in range(count)))
    page = markdown.plan(plan, link="https://ci.example/run/1")
    assert len(page) <= markdown.LIMIT
    assert header(page)["truncated"]
    assert "purview.term:E/00000" in page
    assert page.count("<details>") == page.count("</details>")
    assert len(re.findall(r"(?m)^`{3,}", page)) % 2 == 0
    assert page.endswith("[The whole plan](<https://ci.example/run/1>)\n")


def test_the_cap_counts_what_is_left_out() -> None:
    page = markdown.plan(samples.many("create", 5000))
    shown = page.count("will be created")
    assert 100 < page.count("<details>") <= shown < 5000
    assert f"_… and {5000 - shown:,} more entries: no more fits here._" in page


def test_the_cap_keeps_the_names_of_what_is_deleted() -> None:
    plan = samples.many("delete", 400)
    for change in plan["changes"]:
        change["fields"] = [samples.field("definition", "word\n" * 60, None, "removed")]
    page = markdown.plan(plan)
    assert len(page) <= markdown.LIMIT
    assert all(f"`purview.term:E/{index:05}`" in page for index in range(400))


@pytest.mark.parametrize("limit", [0, 50, 500, 3000, 20_000])
def test_every_limit_holds(limit: int) -> None:
    for page in (
        markdown.plan(samples.hostile(), limit=limit),
        markdown.drift(samples.hostile(), limit=limit),
        markdown.result(samples.incomplete(), samples.hostile(), limit=limit),
    ):
        assert len(page) <= limit


def test_many_changes_are_grouped_by_type_and_a_few_are_not() -> None:
    few, many = markdown.plan(samples.two_types(20)), markdown.plan(samples.two_types(31))
    top = ["### By concept", "### In numbers"]
    assert [line for line in few.splitlines() if line.startswith("### ")] == [*top, "### Changes"]
    titles = [line for line in many.splitlines() if line.startswith("### ")]
    assert titles == top
    folded = re.findall(r"(?m)^<details><summary>Changes of <code>(.*?)</code>: (\d+)</summary>$", many)
    assert folded == [("cluedin.vocabulary", "16"), ("purview.term", "15")]
    assert many.count("<details>") == many.count("</details>") == 31 + len(folded)
