"""`pull --from` of Purview's CSV of glossary terms: what fits is written, the rest is said row by row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.kinds.pulling import Limits
from reconciler.pull.from_files import NOBODY
from reconciler.pull.pull import Result
from reconciler.session import Session
from reconciler.workflow import pull_from

from ..cli.conftest import Ran
from ..cli.conftest import run as run
from ..support import Project
from .conftest import files, findings_of, only_adopts
from .glossary_csv import exported, written

ADA = "30435ff9-9b96-44af-a5a9-e05c8b1ae2df"
ATLAS = "/datamap/api/atlas/v2/glossary"


def from_text(root: Path, text: str | bytes, name: str = "terms.csv", environment: str = NOBODY) -> Result:
    """Pulls from a file of the text into the project in the folder."""
    path = root / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return pull_from(Session(root, environment, {}), [path], Limits(glossary="Enterprise"))


def said(found: Result) -> list[tuple[int | None, str]]:
    """What is said, by line."""
    return [(one.source.line if one.source else None, one.summary) for one in found.findings]


def glossary(root: Path) -> str:
    return (root / "manifests/glossary/enterprise.yaml").read_text()


# -- round trip -----------------------------------------------------------------------------------------------------


def test_what_the_portal_exports_is_what_is_adopted(demo: Project) -> None:
    for name in ("Enterprise", "Marketing"):
        path = demo.root / f"{name}.csv"
        path.write_text(exported(demo, name), encoding="utf-8")
        found = pull_from(demo.session(), [path], Limits(glossary=name))
        assert (found.findings, found.refused, found.left) == ([], [], {})
    assert files(demo).keys() == {"glossary/enterprise.yaml", "glossary/marketing.yaml"}
    text = files(demo)["glossary/enterprise.yaml"].decode()
    assert "experts: [ada]" in text
    assert "related: [Enterprise/Finance/" in text
    assert only_adopts(demo) >= 14
    assert demo.writes() == []
    before = files(demo)
    assert pull_from(demo.session(), [path], Limits(glossary="Marketing")).files == {}
    assert files(demo) == before


def test_attributes_of_a_template_are_adopted(demo: Project) -> None:
    guid = next(one["guid"] for one in demo.http("GET", ATLAS) if one["name"] == "Marketing")
    values = {"CluedIn Template": {"CluedInVocab": True, "CluedInDataType": "Text"}}
    body = {"name": "Reach", "anchor": {"glossaryGuid": guid}, "templateName": ["CluedIn Template"]}
    demo.http("POST", f"{ATLAS}/term?includeTermHierarchy=true", json=body | {"attributes": values})
    path = demo.root / "m.csv"
    path.write_text(exported(demo, "Marketing"), encoding="utf-8")
    assert pull_from(demo.session(), [path], Limits(glossary="Marketing")).findings == []
    text = files(demo)["glossary/marketing.yaml"].decode()
    assert 'attributes: {CluedIn Template: {CluedInVocab: "true", CluedInDataType: Text}}' in text
    only_adopts(demo)


# -- a thousand rows ------------------------------------------------------------------------------------------------


def many() -> str:
    """1,000 terms below ten others, with every column filled."""
    rows = [{"Nick Name": f"Area {at}", "Name": f"Area {at}", "Status": "Approved"} for at in range(10)]
    for at in range(990):
        area = f"Area {at % 10}"
        rows.append(
            {
                "Nick Name": f"Term {at}",
                "Name": f"{area}_Term {at}",
                "Definition": f"What term {at} is,\nin two lines; and a half.",
                "IsDefinitionRichText": "FALSE",
                "Status": ("Draft", "Approved", "Alert", "Expired")[at % 4],
                "Related Terms": f"{area};",
                "Synonyms": f"Area {(at + 1) % 10}_Term {at + 1};" if at < 989 else "",
                "Acronym": f"T{at}",
                "Experts": f"{ADA};",
                "Stewards": f"{ADA}:owns it;",
                "Resources": f"Wiki:https://wiki.example.com/{at}?a=b;Mail:mailto:{at}@example.com;",
                "Parent Term Name": area,
                "Term Template Names": "System Default;Money;",
                "[Attribute][Money]Unit": "EUR",
                "[Attribute][Money]Rounded": "true",
            }
        )
    return written(rows)


def relations(items: list[dict[str, Any]]) -> Iterator[str]:
    for item in items:
        yield from (*item.get("synonyms", ()), *item.get("related", ()))
        yield from relations(item.get("terms", []))


@pytest.mark.long
def test_a_thousand_rows_with_every_column(tmp_path: Path) -> None:
    found = from_text(tmp_path, many())
    assert [(one.source.line if one.source else 0) for one in found.findings] == list(range(12, 12 + 2 * 990, 2))
    assert {one.summary for one in found.findings} == {"`Stewards`: the remark `owns it` has no place"}
    assert found.left == {}
    assert findings_of(tmp_path) == []
    text = glossary(tmp_path)
    assert text.count("definition:") == 990
    assert text.count("experts: [") == text.count("stewards: [") == text.count("template: Money") == 990
    assert len(list(relations(yaml.safe_load(text)["spec"]["terms"]))) == 989 + 990
    assert from_text(tmp_path, many()).files == {}
    assert glossary(tmp_path) == text


# -- what does not fit ------------------------------------------------------------------------------------------------

HEAD = "Name,Nick Name,Status,Definition,Acronym,Resources,Related Terms,Synonyms,Stewards,Experts,Parent Term Name"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("A.B,,,,,,,,,,", "a name in it contains `.`, which Purview refuses in names"),
        ("CluedIn-acme,,,,,,,,,,", "made by CluedIn's own sync with Purview"),
        (",,Draft,x,,,,,,,", "the row has no name"),
        ("Top,,,,,,,,,,", "the same term as in line 2"),
        ("Gone_A,A,,,,,,,,,Gone", "its parent `Gone` is in no row and in no manifest"),
        ("A,,Published,,,,,,,,", "`Status`: manifests have no status `Published`"),
        ("A,,,,,a wiki,,,,,", "`Resources`: `a wiki` is no name with an address behind a colon"),
        ("A,,,,,https://a.test,,,,,", "`Resources`: `https://a.test` is no name with an address behind a colon"),
        ("A,,,,,,Nobody's,,,,", "`Related Terms`: `Nobody's` is in no row and in no manifest"),
        ("A,,,,,,,A;Top,,,", "`Synonyms`: a term is not related to itself"),
        ("A,,,,,,,,eve@x.test,,", "`Stewards`: nobody is known as `eve@x.test`"),
        (f"A,,,,,,,,,{ADA}:boss,", "`Experts`: the remark `boss` has no place"),
        ("A,Ay,,,,,,,,,", "`Nick Name`: the term is called `A`, and `Ay` has no place"),
        ("A,,,a\x07b,,,,,,,", "`Definition` holds a control character, which no manifest may"),
        ("A,,,,,,,,,,,more", "`column 12` has no place in a manifest"),
    ],
)
def test_one_finding_a_row(tmp_path: Path, row: str, why: str) -> None:
    found = from_text(tmp_path, f"{HEAD}\nTop,,,,,,,,,,\n{row}\n")
    assert said(found) == [(3, why)]
    assert findings_of(tmp_path) == []
    assert "name: Top" in glossary(tmp_path)


def test_what_purview_would_refuse_is_said_at_its_row(tmp_path: Path) -> None:
    found = from_text(tmp_path, f"{HEAD}\nA,,,{'x' * 40_000},,,,,,,\nB,,,,,,,,,,\n")
    assert [line for line, _ in said(found)] == [2]
    assert "Purview takes at most" in said(found)[0][1]
    assert "name: B" in glossary(tmp_path)
    assert findings_of(tmp_path) == []


def test_two_things_of_a_row_are_one_finding(tmp_path: Path) -> None:
    found = from_text(tmp_path, f"{HEAD}\nA,,Published,,,,,,,eve@x.test,\n")
    assert [line for line, _ in said(found)] == [2]
    assert said(found)[0][1].count(";") == 1


def test_what_stands_below_a_row_that_is_left_out_is_left_out(tmp_path: Path) -> None:
    found = from_text(tmp_path, f"{HEAD}\nX_A,A,,,,,,,,,X\nX_A_B,B,,,,,,,,,X_A\nC_C,C,,,,,,,,,C_C\nD,,,,,,,,,,\n")
    assert [line for line, _ in said(found)] == [2, 3, 4]
    assert said(found)[1][1] == "what stands above it, `X_A`, is left out"


def test_a_thousand_terms_below_each_other_are_said(tmp_path: Path) -> None:
    names = ["_".join(["T"] * depth) for depth in range(1, 1001)]
    rows = [f"{name},T,,,,,,,,,{name[:-2]}" for name in reversed(names)]
    found = from_text(tmp_path, "\n".join([HEAD, *rows]))
    assert [line for line, _ in said(found)] == list(range(2, 2 + 970))
    assert findings_of(tmp_path) == []
    assert glossary(tmp_path).count("- name:") == 30


def test_a_term_that_another_file_has_is_said(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"{HEAD}\nA,,,,,,,,,,\n")
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    found = pull_from(Session(tmp_path, NOBODY, {}), paths, Limits(glossary="Enterprise"))
    assert said(found) == [(2, f"the same term as {tmp_path / 'a.csv'}:2")]


@pytest.mark.parametrize(
    "text",
    [
        "\N{BYTE ORDER MARK}Name,Status,Definition\r\nA,Approved,x\r\n",
        '"Name";"Status";"Definition"\nA;Approved;x\n',
        '"Name","Status","Definition","Related Terms;Separated by semicolons","IsDefinitionRichText(True/False)"\n'
        'A,Approved,"x",,FALSE\n\n',
        "name\tSTATUS\tDefinition\nA\tApproved\tx\n",
    ],
    ids=["as Excel saves it", "with semicolons", "with remarks in the head", "with tabs and other case"],
)
def test_the_forms_that_a_spreadsheet_makes_of_it(tmp_path: Path, text: str) -> None:
    assert from_text(tmp_path, text).findings == []
    assert "- {name: A, definition: x, status: Approved}" in glossary(tmp_path)


def test_utf_16_with_its_mark_is_read(tmp_path: Path) -> None:
    assert from_text(tmp_path, "Name,Definition\nÄ,ö\n".encode("utf-16")).findings == []
    assert '- {name: "Ä", definition: "ö"}' in glossary(tmp_path)


# -- files that are there ---------------------------------------------------------------------------------------------


def test_manifests_that_are_there_keep_their_comments(tmp_path: Path) -> None:
    from_text(tmp_path, f"{HEAD}\nA,,Approved,First.,,,,,,,\nA_B,B,,,,,,,,,A\n")
    path = tmp_path / "manifests/glossary/enterprise.yaml"
    path.write_text(f"# ours\n{path.read_text().replace('First.', 'First. # keep')}")
    found = from_text(tmp_path, f"{HEAD}\nA,,Draft,Second.,,,,,,,\nA_B_C,C,,,,,,,,,A_B\nZ,,,,,,A,,,,\n")
    assert (found.items, len(found.updated), found.findings, found.refused) == (2, 2, [], [])
    text = glossary(tmp_path)
    assert text.startswith("# ours\n")
    assert "definition: Second. # keep\n" in text
    assert "status: Draft\n" in text
    assert "- {name: Z, related: [Enterprise/A]}" in text
    assert findings_of(tmp_path) == []


def test_what_a_file_leaves_empty_it_does_not_speak_of(tmp_path: Path) -> None:
    from_text(tmp_path, f"{HEAD}\nA,,Approved,First.,,,,,,,\n")
    assert from_text(tmp_path, f"{HEAD}\nA,,,,,,,,,,\n").files == {}


def test_a_relation_of_two_terms_that_are_there_is_said(tmp_path: Path) -> None:
    from_text(tmp_path, f"{HEAD}\nA,,,,,,,,,,\nB,,,,,,,,,,\n")
    found = from_text(tmp_path, f"{HEAD}\nA,,,,,,B,,,,\nB,,,,,,,,,,\n")
    assert said(found) == [
        (2, "both terms are in manifests: write `related` of Enterprise/A and Enterprise/B by hand"),
    ]


# -- the command ------------------------------------------------------------------------------------------------------


def test_the_environment_tells_people_and_the_glossary(
    demo: Project, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in demo.env.items():
        monkeypatch.setenv(name, value)
    (demo.root / "t.csv").write_text(f"{HEAD}\nA,,,,,,,,,ada@example.com,\n")
    demo.edit("environments/sandbox.yaml", "  policy:", "  scope: {purview: {glossaries: [Words]}}\n  policy:")
    ran = run("-q", "--env", "sandbox", "pull", "--from", str(demo.root / "t.csv"), "--format", "json")
    assert ran.code == 0
    assert json.loads(ran.out)["diagnostics"] == []
    assert "- {name: A, experts: [ada]}" in (demo.root / "manifests/glossary/words.yaml").read_text()
    assert demo.requests() == []
    ran = run("--env", "sandbox", "pull", "--from", str(demo.root / "t.csv"), "--glossary", "Other")
    assert ran.code == 1
    assert "outside the scope" in ran.err


def test_a_folder_of_ones_own_needs_no_project(tmp_path: Path, run: Callable[..., Ran]) -> None:
    (tmp_path / "t.csv").write_text(f"{HEAD}\nA,,,,,,,,,,\nA.B,,,,,,,,,,\n")
    words = ("pull", "--from", str(tmp_path / "t.csv"), "--glossary", "G", "--out", str(tmp_path / "out"))
    ran = run(*words)
    assert ran.code == 0
    assert "1 new document in 1 file" in ran.out
    assert f"at {tmp_path / 't.csv'}:3" in ran.out
    assert [path.name for path in (tmp_path / "out").rglob("*.yaml")] == ["g.yaml"]
    assert not (tmp_path / "manifests").exists()
    first = (tmp_path / "out/glossary/g.yaml").read_bytes()
    assert run(*words).code == 0
    assert (tmp_path / "out/glossary/g.yaml").read_bytes() == first


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n", ["none of the formats", "Purview's CSV"]),
        (b"", ["none of the formats"]),
        (b"Name,Definition\nA,\xe4\n", ["not written in UTF-8", ":2"]),
        (b'Name,Definition\nA,"x\n', ["no sound CSV", ":2"]),
        (b"\x00\x01\x02\xff", ["not written in UTF-8"]),
    ],
    ids=["another table", "nothing", "another encoding", "a quotation mark too many", "bytes"],
)
def test_what_it_cannot_be_is_one_message(
    tmp_path: Path, run: Callable[..., Ran], content: bytes, words: list[str]
) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    ran = run("pull", "--from", str(tmp_path / "t.csv"), "--glossary", "G")
    assert ran.code == 1
    assert ran.err.count("Error:") == 1
    assert all(word in ran.err for word in words), ran.err


def test_the_glossary_is_not_guessed(tmp_path: Path, run: Callable[..., Ran]) -> None:
    (tmp_path / "t.csv").write_text(f"{HEAD}\nA,,,,,,,,,,\n")
    ran = run("pull", "--from", str(tmp_path / "t.csv"))
    assert ran.code == 1
    assert "--glossary NAME" in ran.err


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"], ids=["of old Macs", "of Windows", "of Unix"])
def test_every_line_end_is_read(tmp_path: Path, end: str) -> None:
    found = from_text(tmp_path, end.join(["Name,Definition,Mine", "A,b", "C,d,e", ""]))
    assert said(found) == [(3, "`Mine` has no place in a manifest")]
    assert "- {name: A, definition: b}\n    - {name: C, definition: d}\n" in glossary(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('Name,Definition\rA,b\nC,"d', "no sound CSV"),
        ("Title,Text\nA,b\n", "needs the column `Name` and one of `Nick Name`, `Status`, `Definition`"),
        ("Name,Name\nA,b\n", "needs the column `Name` and one of"),
        ("Name,Definition,Name\nA,b,C\n", "has the column `Name` twice"),
        ("Name,Definition,Mine,Mine\nA,b,C,D\n", "has the column `Mine` twice"),
        ("Name," + "x" * 200_000 + "\nA,b\n", "none of the formats"),
    ],
    ids=[
        "mixed line ends and a cut",
        "no column",
        "a name twice",
        "a known twice",
        "an own twice",
        "a head that has no end",
    ],
)
def test_a_table_that_is_none_is_one_message(tmp_path: Path, run: Callable[..., Ran], text: str, words: str) -> None:
    (tmp_path / "terms.csv").write_bytes(text.encode())
    ran = run("pull", "--from", str(tmp_path / "terms.csv"), "--glossary", "Enterprise")
    assert (ran.code, ran.err.count("Error:"), "defect" in ran.err) == (1, 1, False), ran.err
    assert words in ran.err


def test_files_of_which_nothing_is_taken_fail(tmp_path: Path, run: Callable[..., Ran]) -> None:
    path = tmp_path / "terms.csv"
    words = ("-q", "pull", "--from", str(path), "--glossary", "Enterprise")
    path.write_text("Name,Definition,Parent Term Name\nCity_A,b,City\n,c,\n")
    ran = run(*words)
    assert ran.code == 1
    assert ran.out.startswith("Nothing of it could be taken")
    assert "terms.csv:2" in ran.out
    assert "terms.csv:3" in ran.out
    path.write_text("Name,Definition,Parent Term Name,,\nA,b,,,\n,c,,,\n")
    assert run(*words).code == 0
    assert run(*words).code == 0, "it stands in the manifests"
