"""What somebody sees first of every report: the verdict, counts, approvals and concepts, no type and no id."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from reconciler.plan.telling import tell
from reconciler.report import concepts, html, htmlresult, markdown, text
from reconciler.resources import types

from . import samples
from .cases import six
from .test_html import read
from .test_markdown import outside_code

A_GUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
A_TIME = re.compile(r"\d+ [A-Z][a-z]+ 20\d\d, \d\d:\d\d UTC")
A_TYPE = re.compile("|".join(re.escape(name) for name in types()))
LINES = 60
"""Lines of a screen, of a terminal that is large."""
GUID = "30435ff9-9b96-44af-a5a9-e05c8b1ae2df"
REFUSED = {"severity": "error", "code": "guard.deletes", "summary": f"removes 3 of 3 of type purview.term: {GUID}"}


def term(action: str, name: str, *fields: dict[str, Any], concept: str = "Customer", **more: Any) -> dict[str, Any]:
    shape = samples.change(action, f"E/{name}", list(fields), **more)
    return shape | {"concept": concept, "sentence": tell(shape).sentence, "id": GUID}  # type: ignore[arg-type]


def exported(number: int, **more: Any) -> dict[str, Any]:
    origins = [{"kind": "ExportContract", "name": f"people_{number}", "file": "a.yaml", "line": 1}]
    address = f"purview.entity:cluedin_column/cluedin.target.people_{number}#email"
    shape = samples.change("create", "", address=address, system="purview", type="entity", origins=origins, **more)
    return shape | {"concept": f"people_{number}", "sentence": tell(shape).sentence}  # type: ignore[arg-type]


EDITED = samples.field("definition", "By hand.", "Ours.", "drift")
BOTH = samples.field("definition", "By hand.", "Ours.", "conflict")
PLANS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "500 changes": (
        samples.plan(*(term("create", f"T{at}", concept=f"Concept {at % 40}", reason="new") for at in range(500))),
        ("Can be applied: 500 changes of 40 things, no approval needed, no guard in the way.",
         "Concept Concept 0: 13 changes", "and 344 changes of Concept Concept 12"),
    ),
    "conflicts with deletes": (
        samples.plan(
            term("conflict", "Email", BOTH, reason="conflict"), term("delete", "Old", reason="removed"),
            diagnostics=[REFUSED],
        ),
        ("Refused: 1 change of 1 thing, 1 conflict, no approval needed, 1 guard in the way (too many removals).",
         "Changed in the portal and in Git: 1 change",
         "The definition of Email was changed in Purview and in Git: “By hand.” in the portal → “Ours.” in Git.",
         "Concept Customer: 1 change; 1 removal", "The term Old is deleted, in Purview."),
    ),
    "drift": (
        samples.plan(
            term("drift", "Email", EDITED, reason="drift", edited_by="ada", edited_at="2026-11-30T14:05:00+00:00"),
        ),
        ("Nothing to do: no changes, no approval needed, no guard in the way.", "Changed in the portal: 1 change",
         "“By hand.” in the portal → “Ours.” in Git; last edited by ada, 30 November 2026, 14:05 UTC."),
    ),
    "a missing approval": (
        samples.plan(
            term("update", "Plain", samples.field("status", "Draft", "Approved")),
            exported(1, approvals=["PII"], requires_approval=["PII"]),
        ),
        ("Needs an approval: 2 changes of 2 things, 1 approval needed (PII), no guard in the way.",
         "Export people_1: 1 change; needs an approval of PII; personal data",
         "gets the column email with personal data (PII), in Purview; somebody has to approve PII.",
         "Concept Customer: 1 change"),
    ),
    "nothing to do": (
        samples.plan(), ("Nothing to do: no changes, no approval needed, no guard in the way.",),
    ),
}  # fmt: skip


def plain(page: str) -> str:
    """What is seen of a page: without head, script, controls and markup."""
    body = page.partition("<body>")[2].partition("<script>")[0]
    body = re.sub(r"(?s)<select.*?</select>|<details class=\"rest\">.*?</details>", "", body)
    return "\n".join(line for line in unescape(re.sub(r"<[^>]*>", "", body)).splitlines() if line.strip())


def unescaped(page: str) -> str:
    """Markdown as it is read."""
    shown = re.sub(r"\\([\\`*_{}\[\]()!|~])", r"\1", page.partition("-->")[2]).replace("\u200b", "").replace("**", "")
    return unescape(re.sub(r"</?(?:code|details|summary)>", "", shown))


def first_screens(plan: Any) -> dict[str, str]:
    """Each report's first screen: before its details begin, and no longer than a screen is."""
    ends = r"\nChanges in environment|\n(?:Conflicts|Drift kept by policy)\b|\n### (?:In numbers|Changes)|\nDigest"
    reports = {
        "text": text.plan(plan), "comment": unescaped(markdown.plan(plan)), "page": plain(html.plan(plan)),
    }  # fmt: skip
    screens = {
        name: re.split(ends + r"|\nRefused \d|\nLineage\n|\n(?:Conflicts|Changes|Removals) \d", told)[0]
        for name, told in reports.items()
    }
    filled = {name: [line for line in told.splitlines() if line.strip()] for name, told in screens.items()}
    return {name: "\n".join(lines[:LINES]) for name, lines in filled.items()}


@pytest.mark.parametrize("what", PLANS)
@pytest.mark.parametrize("form", ["text", "comment", "page"])
def test_the_first_screen_says_what_a_steward_asks(what: str, form: str) -> None:
    plan, said = PLANS[what]
    screen = first_screens(plan)[form]
    for sentence in said:
        assert sentence in screen or (form == "page" and sentence.startswith("and ")), (sentence, screen)
    assert not A_TYPE.search(screen), screen
    assert not A_GUID.search(screen), screen


# -- six real ones -----------------------------------------------------------------------------------------------------

REAL: dict[str, tuple[str, ...]] = {
    "the first apply": (
        "Can be applied: 138 changes of 6 things, no approval needed, no guard in the way.",
        "Source crm-contacts: 33 changes; personal data", "Export customers_wide_v1: 29 changes; personal data",
        "Concept Customer: 43 changes; personal data", "Label PII: 1 change", "Concept Product: 17 changes",
        "Technical types: 14 changes",
    ),
    "500 changes": (
        "Can be applied: 540 changes of 12 things, no approval needed, no guard in the way.",
        "Concept Part 2: 44 changes", "Concept Part 11: 44 changes",
    ),
    "conflicts with deletes": (
        "Refused: 79 changes of 4 things, 1 conflict, no approval needed, 1 guard in the way (too many removals).",
        "Changed in the portal and in Git: 1 change", "“The address that the newsletter goes to.” in the portal → "
        "“The address that we write to first.” in Git", "Concept Customer: 5 changes; 5 removals",
        "Export customers_wide_v1: 29 changes; 27 removals; personal data",
        "The term Customer Id is deleted, in Purview.",
    ),
    "drift": (
        "Can be applied: 4 changes of 2 things, no approval needed, no guard in the way.",
        "Changed in the portal: 4 changes", "The definition of Product goes back to what Git says, in Purview: "
        "“Goods, and services.” in the portal → “Something that we sell.” in Git; last edited by",
        "The term Title is created again, in Purview, as somebody deleted it there.",
        "used by the column customer_email of the export customers_wide_v1",
    ),
    "an approval that is missing": (
        "Needs an approval: 13 changes of 2 things, 1 approval needed (PII), no guard in the way.", "--approve PII",
        "Export customers_wide_v1: 6 changes; needs an approval of PII; personal data; effects beyond what is changed",
        "gets the column Birthday with personal data (PII), in CluedIn; somebody has to approve PII.",
        "Beware: CluedIn empties the target", "Concept Customer: 7 changes; personal data",
    ),
    "nothing to do": ("Nothing to do: no changes, no approval needed, no guard in the way.",),
}  # fmt: skip
DRIFT = (
    "Drift: 4 changes of 2 things in the systems; 4 reverted by the next apply.", "in the portal → in Git",
    "Concept Product: 3 changes", "Concept Customer: 1 change", "The definition of Email goes back to what Git says",
)  # fmt: skip


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Six plans of the worked example, each made once."""
    return six(tmp_path_factory.mktemp("six"))


def test_the_first_screens_of_six_real_plans(real: dict[str, Any]) -> None:
    assert real.keys() == REAL.keys()
    for what, said in REAL.items():
        for form, screen in first_screens(real[what]).items():
            for sentence in said:
                if form == "text" and sentence == "--approve PII":
                    continue  # a terminal is read from its end, and there it stands
                assert sentence in screen, (what, form, sentence, screen)
            assert not A_TYPE.search(screen), (what, form, screen)
            assert not A_GUID.search(screen), (what, form, screen)
            assert not re.search(r"[{}]|\d{4}-\d\d-\d\d|\bNone\b", screen), (what, form, screen)


PAGES = {"conflicts with deletes": "refused.txt", "an approval that is missing": "approval.txt"}
"""What docs/reading.md and docs/approvals.md show."""


def test_what_pages_show_is_what_a_terminal_shows(real: dict[str, Any], golden: Any) -> None:
    for what, name in PAGES.items():
        told = A_TIME.sub("30 November 2026, 14:05 UTC", text.plan(real[what], next_step="reconciler apply plan.json"))
        top, _, rest = told.partition("Changes in environment")
        foot = rest[rest.rindex("\nPlan: ") :]
        golden(name, f"{top}[each change with its fields]\n{re.sub(r'sha256:[0-9a-f]+', 'sha256:36176ce7…', foot)}")


def test_a_result_says_by_concept_what_is_done(real: dict[str, Any]) -> None:
    plan = real["an approval that is missing"]
    shape = {"address": "", "action": "create", "status": "done"}
    outcomes = [{**shape, "address": one["address"]} for one in plan["changes"]]
    outcomes[0]["status"] = "failed"
    result: Any = samples.result() | {"outcomes": outcomes, "complete": False}
    for told in (unescaped(markdown.result(result, plan)), plain(htmlresult.result(result, plan))):
        assert "Done" in told
        assert "Export customers_wide_v1: 6 changes" in told
        assert "Concept Customer: 6 changes" in told, told  # of seven, as one has failed
        assert "The term Birthday is created, in Purview." in told


def test_the_first_screens_of_drift(real: dict[str, Any]) -> None:
    plan = real["drift"]
    reports = {"text": text.drift(plan), "comment": unescaped(markdown.drift(plan)), "page": plain(html.drift(plan))}
    for form, told in reports.items():
        screen = re.split(r"\nChanged in the systems|\n<code>|\n= *purview|\nDrift \n? *4|\n*Drift 4", told)[0]
        for sentence in DRIFT:
            assert sentence in screen or (form == "text" and sentence == DRIFT[1]), (form, sentence, screen)
        assert not A_TYPE.search(screen), (form, screen)
        assert not A_GUID.search(screen), (form, screen)


@pytest.mark.parametrize("form", ["text", "comment", "page"])
def test_what_matters_most_comes_first(form: str) -> None:
    plan = samples.plan(
        term("create", "Plain", concept="Plain"),
        exported(2), exported(3, approvals=["PII"]), term("delete", "Old", concept="Old", reason="removed"),
        exported(4, approvals=["PII"], requires_approval=["PII"]), term("drift", "Email", EDITED, reason="drift"),
        term("conflict", "Both", BOTH, reason="conflict"),
        samples.change("create", "", address="purview.type:cluedin_column", type="type"),
    )  # fmt: skip
    screen = first_screens(plan)[form]
    order = ("Changed in the portal and in Git", "Changed in the portal:", "Export people_4", "Concept Old",
             "Export people_3", "Export people_2", "Concept Plain", "Technical types: 1 change")  # fmt: skip
    places = [screen.index(one) for one in order]
    assert places == sorted(places), screen


def test_what_has_no_value_any_more_is_taken_away() -> None:
    gone = [samples.field("summary", "Short.", ""), samples.field("usage", "Often.", None)]
    sentence = "The summary of Email is taken away, in Purview."
    assert concepts.sentence(term("update", "Email", gone[0])) == sentence  # type: ignore[arg-type]
    sentence = "The summary and the usage of Email are taken away, in Purview."
    assert concepts.sentence(term("update", "Email", *gone)) == sentence  # type: ignore[arg-type]
    both = term("update", "Email", gone[0], samples.field("status", "Draft", "Approved"))
    told = "change (summary is taken away; status from “Draft” to “Approved”), in Purview."
    assert concepts.sentence(both).endswith(told)  # type: ignore[arg-type]


def test_that_the_thing_itself_comes_is_told_first() -> None:
    """However many of its terms are cut off, and whatever of them weighs more."""
    personal = [term("create", f"Field {at}", reason="new", approvals=["PII"]) for at in range(40)]
    vocabulary = samples.change(
        "create", "", address="cluedin.vocabulary:customer", system="cluedin", type="vocabulary"
    )
    made = [vocabulary | {"concept": "Customer"}, *personal, term("create", "Customer", reason="new")]
    told = [concepts.sentence(one) for one in concepts.groups(samples.plan(*made))[0].first(2)]
    assert told == [
        "The term Customer is created, in Purview.",
        "The term Field 0 with personal data (PII) is created, in Purview.",
    ]
    assert "The term Customer is created" in first_screens(samples.plan(*made))["text"]
    there = [*personal, term("update", "Customer", samples.field("status", "Draft", "Approved"))]
    assert concepts.sentence(concepts.groups(samples.plan(*there))[0].first(2)[0]).startswith("The term Field 0 ")


def test_what_is_left_out_on_top_is_counted() -> None:
    plan = PLANS["500 changes"][0]
    found, most, left = concepts.shown(concepts.groups(plan))
    told = sum(len(group.first(most)) for group in found)
    counted = sum(int(more.split()[1]) for group in found if (more := group.more(group.first(most))))
    assert told + counted + sum(len(group.changes) for group in left) == 500
    assert len(text.plan(plan).partition("Changes in environment")[0].splitlines()) <= LINES


def test_a_plan_of_before_the_sentences_says_the_same() -> None:
    plan, _ = PLANS["a missing approval"]
    bare = [{name: value for name, value in one.items() if name != "sentence"} for one in plan["changes"]]
    assert text.plan({**plan, "changes": bare}) == text.plan(plan)  # type: ignore[typeddict-item]


def test_a_saved_sentence_is_not_told_anew() -> None:
    plan = samples.plan(term("create", "Email") | {"sentence": "As it was said then.", "concept": "Then"})
    for screen in first_screens(plan).values():
        assert "As it was said then." in screen
        assert "Concept Then: 1 change" in screen


# -- values that try to break out --------------------------------------------------------------------------------

HOSTILE = (
    "@team", "</details>", "<script>alert(1)</script>", "````", "[a](http://evil.example)", "::error::x", "##[error]x",
    "\x1b[31m", "\u202e", "\u200b", 'x"]; end; click a "javascript:alert(1)"', "flowchart LR", "-->",
    "${{ secrets.X }}", "https://evil.example", "#12", "<img src=x onerror=alert(1)>", "a\rb",
    '" onmouseover="alert(1)',
)  # fmt: skip


def hostile(value: str) -> dict[str, Any]:
    """A plan with a value everywhere on top: concept, sentence, names, labels, who edited, documents."""
    origins = [{"kind": "ExportContract", "name": value, "file": value, "line": 1}]
    one = {"origins": origins, "concept": " ".join(value.split()), "sentence": f"A {value} b.", "edited_by": value}
    told = [
        term(action, value, samples.field("definition", value, f"{value}2", "drift")) | one
        for action in ("create", "update", "conflict", "drift", "delete")
    ]
    anew = [
        samples.change(
            "update", value, [samples.field("status", value, f"{value}2", reason)], origins=origins, reason=reason
        )
        for reason in ("manifest_changed", "drift")
    ]
    flow = samples.change(
        "create", "", address=f"purview.entity:cluedin_export/cluedin.export.{value}", type="entity", origins=origins,
        fields=[samples.field("inputs", None, [f"x/{value}"]), samples.field("name", None, value)],
        requires_approval=[value], approvals=[value], used_by=[f"purview.entity:x/{value}"],
    )  # fmt: skip
    more = {"repository": f"https://git.example/a/{value}", "commit": "0" * 40, "pull_request": 1}
    return samples.plan(*told, *anew, flow, environment=value, systems={"purview": f"purview:https://{value}"}, **more)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_changes_nothing_but_its_own_text(value: str) -> None:
    harmless, attack = (hostile(one) | {"repository": ""} for one in ("harmless", value))
    page, calm = html.plan(attack), html.plan(harmless)  # type: ignore[arg-type]
    assert re.findall(r"<(/?[a-z0-9]+)", page) == re.findall(r"<(/?[a-z0-9]+)", calm)
    assert not {name for name in read(page).attributes if name.startswith("on") or name in ("src", "style", "href")}
    for report in (page, text.plan(attack), markdown.plan(attack)):  # type: ignore[arg-type]
        assert not set("\x1b\r\u202e") & set(report)
        assert not re.search(r"(?m)^\s*(::|##\[)", report)
    comment = markdown.plan(attack)  # type: ignore[arg-type]
    assert comment.count("\n### ") == markdown.plan(harmless).count("\n### ")  # type: ignore[arg-type]
    outside = outside_code(re.sub(r"(?ms)^(`{3,})mermaid\n.*?\n\1$", "", comment))
    assert not re.search(r"@\w|https?:|<script|<img|(?<!\\)\]\(", outside), outside
    assert outside.count("<details>") == outside.count("</details>") == comment.count("<details><summary>")


@pytest.mark.parametrize("value", HOSTILE)
def test_links_are_made_of_known_parts_only(value: str) -> None:
    page = html.plan(hostile(value))  # type: ignore[arg-type]
    for address in re.findall(r'href="([^"]*)"', page):
        assert re.fullmatch(r"https://git\.example/a/[\w.-]+/(commit/0{40}|pull/1)", unescape(address)), address


def test_conflicts_stand_under_what_they_are() -> None:
    """What stays for others, what people changed, what exists, and what nobody can do: each says how it ends."""
    held = ["the term E/Old/Theirs", "the contact 30435ff9-9b96-44af-a5a9-e05c8b1ae2df (Owner)", "the label a",
            "the label b", "the label c", "purview.term:E/Kept"]  # fmt: skip
    differs = samples.field("definition", "By hand.", "Ours.", "differs")
    plan = samples.plan(
        term("conflict", "Both", BOTH, reason="conflict"),
        term("conflict", "There", differs, reason="differs"),
        term("conflict", "Old", reason="removed", message="not removed: others hang on it: a", held_by=held),
        term("conflict", "One", reason="removed", message="not removed: it hangs on it", held_by=held[-1:]),
        term("conflict", "Mine", reason="removed", message="not removed: people changed definition"),
        term("conflict", "Block", reason="removed", message="cannot be removed: its manifest must want it, or forget"),
    )
    for form, screen in first_screens(plan).items():
        for told in (
            "Changed in the portal and in Git: 1 change",
            "Exists already with other values: 1 change",
            "Not removed: others hang on it: 2 changes",
            "is not removed from Purview: the term E/Old/Theirs, the contact (an id) (Owner), the label a "
            "and 3 more hang on it.",
            "The term One is not removed from Purview: the term Kept hangs on it.",
            "Not removed: people changed it: 1 change",
            "The term Mine is not removed from Purview: people changed it.",
            "The term Block stays in Purview: its manifest must want it, or forget it.",
            "apply --skip-refused leaves these and does the rest",
        ):
            assert told in screen, (form, told, screen)


def test_a_plan_of_leftovers_begins_with_title_and_verdict() -> None:
    left = [term("delete", f"Old{at}", reason="removed") for at in range(25)]
    plan = samples.plan(orphans=left)
    verdict = "Nothing to apply: no changes, 25 left over and not removed, no approval needed, no guard in the way."
    assert text.plan(plan).splitlines()[:2] == ["Plan for test", verdict]
    assert text.plan(plan).count(verdict) == 1
    assert "CluedIn and Purview match the manifests, but for 25 that no manifest wants any more." in text.plan(plan)
    assert "✅" not in markdown.plan(plan)
    assert verdict in unescaped(markdown.plan(plan))
    assert verdict in plain(html.plan(plan))


def test_a_page_says_once_what_several_share() -> None:
    """Hints, what stands in the way, and how many changes of a thing are folded."""
    guard = REFUSED | {"detail": "Plan again with --allow-deletes 5."}
    plan = samples.plan(*(term("create", f"T{at}", reason="new") for at in range(200)), diagnostics=[guard] * 5)
    page = html.plan(plan)
    assert page.count("--allow-deletes 5") == 1
    assert "(This holds for 5 of these.)" in page
    assert page.count("1 change of 1 thing") + page.count("stand in the way") == 0
    assert text.plan(plan).count("--allow-deletes 5") == markdown.plan(plan).count("--allow-deletes 5") == 1
    assert "1 guard in the way (too many removals)" in concepts.verdict(plan)
    assert "and 176 more changes, the first 76 of them here" in page
    assert "more changes</p>" not in page


def test_things_are_counted_as_they_stand_by_concept() -> None:
    plan = samples.plan(
        term("create", "A", reason="new", concept="people_1"), exported(1),
        samples.change("create", "", address="purview.type:cluedin_column", type="type"),
    )  # fmt: skip
    titles = [group.title for group in concepts.groups(plan) if not group.technical]
    assert titles == ["Export people_1", "Concept people_1"]
    assert concepts.verdict(plan).startswith("Can be applied: 3 changes of 2 things")
