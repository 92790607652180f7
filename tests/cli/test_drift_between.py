"""`drift --between`: where the two systems disagree, in every format, and with the exit codes of `drift`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from reconciler.report import between, htmlbetween
from reconciler.schema import schemas

from ..report.samples import INJECTION
from ..report.test_markdown import outside_code
from ..support import SECRETS, Project
from .conftest import Ran

Run = Callable[..., Ran]
EMAIL = "purview.term:Enterprise/Party/Customer/Email"
KEY = "cluedin.vocabulary_key:customer.email"


@pytest.fixture
def agreeing(example: Project) -> Project:
    """The worked example, applied; the vocabulary of products is a new one, as the old one holds keys of others."""
    example.edit("environments/sandbox.yaml", "key_prefixes: [customer, product]", "key_prefixes: [customer, products]")
    example.edit(
        "glossary/product.yaml",
        "    name: Product\n    key_prefix: product",
        "    name: Products\n    key_prefix: products",
    )
    example.edit("glossary/product.yaml", "entity_type: {name: Product, icon", "entity_type: {name: Products, icon")
    assert {outcome.status for outcome in example.apply().outcomes} == {"done"}
    return example


def edit(made: Project, own: str, **fields: str) -> None:
    made.edit_term(made.terms("Enterprise")[own]["guid"], **fields)


def rename(made: Project, own: str, name: str) -> None:
    """What somebody does in Purview's portal."""
    term = made.terms("Enterprise")[own]
    path = f"/datamap/api/atlas/v2/glossary/term/{term['guid']}"
    term = made.http("GET", path)
    above, stamp = term["name"].removesuffix(own), str(int(term["lastModifiedTS"]) + 1)
    body = term | {"nickName": name, "name": f"{above}{name}", "lastModifiedTS": stamp}
    made.http("PUT", f"{path}?includeTermHierarchy=true", json=body)


def test_what_was_applied_agrees_and_what_people_do_is_told(agreeing: Project, run: Run, tmp_path: Path) -> None:
    """Read only; exit 2 alone where it is asked for. What cannot be read is no agreement."""
    ran = run("drift", "--between", "--detailed-exitcode")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "CluedIn and Purview agree: 11 pairs compared."), ran.out
    edit(agreeing, "Email", status="Expired")
    writes = agreeing.writes()
    assert run("drift", "--between").code == 0
    page, sarif = tmp_path / "out" / "between.html", tmp_path / "out" / "between.sarif"
    tests = tmp_path / "out" / "between.xml"
    also = ("--also", f"html={page}", "--also", f"sarif={sarif}", "--also", f"junit={tests}")
    ran = run("drift", "--between", "--detailed-exitcode", "--format", "json", *also)
    assert ran.code == 2
    shape = json.loads(ran.out)
    jsonschema.validate(shape, schemas()["between.schema.json"])
    [one] = shape["disagreements"]
    assert one == {
        "code": "between.in_use",
        "purview": {"address": EMAIL, "value": "Expired"},
        "cluedin": {"address": KEY, "value": "in use"},
        "paired_by": "manifest",
        "because": "GlossaryMapping customer has both in one item",
        "sentence": "“Email” has expired in Purview, and the key is in use in CluedIn",
        "advice": "Make the key obsolete, or take the term into use again. "
        "A manifest is about it: write what is right there, and apply.",
        "file": "manifests/glossary/customer.yaml",
        "line": one["line"],
    }
    assert EMAIL in page.read_text(encoding="utf-8")
    [result] = json.loads(sarif.read_text(encoding="utf-8"))["runs"][0]["results"]
    assert result["ruleId"] == "between.in_use"
    where = result["locations"][0]["physicalLocation"]
    assert where["artifactLocation"]["uri"] == "manifests/glossary/customer.yaml"
    assert where["region"]["startLine"] == one["line"]
    [case] = ElementTree.parse(tests).iter("testcase")
    assert (case.get("classname"), len(case.findall("failure"))) == ("between.in_use", 1)
    assert agreeing.writes() == writes
    agreeing.http("POST", "/_sandbox/faults", json={"method": "GET", "path": "/glossary/.*/terms", "status": 403})
    ran = run("drift", "--between", "--format", "json")
    assert ran.code == 1
    assert json.loads(ran.out)["diagnostics"][0]["severity"] == "error"


@pytest.mark.long
def test_what_no_manifest_mentions_is_told_with_what_pairs_it(agreeing: Project, run: Run, tmp_path: Path) -> None:
    """The manifests and the ledger are gone: assets in Purview say what belongs together, and without them names do."""
    for name in ("exports", "sources", "glossary"):
        for path in (tmp_path / "manifests" / name).glob("*.yaml"):
            path.unlink()
    (tmp_path / ".reconciler/ledger/sandbox.jsonl").unlink()
    edit(agreeing, "Email", status="Expired")
    ran = run("drift", "--between", "--format", "json")
    assert ran.code == 0, ran.err
    shape = json.loads(ran.out)
    assert shape["pairs"] == {"manifest": 0, "ledger": 0, "stamp": 11, "name": 0}
    told = {one["code"]: one for one in shape["disagreements"]}
    assert told["between.in_use"]["because"].endswith("cluedin_column/cluedin.entity.Customer#customer.email")
    assert told["between.in_use"]["advice"].endswith("`reconciler pull` brings both under Git.")
    assert told["between.classification_alone"]["purview"]["value"] == "CLUEDIN.RESTRICTED"
    assert told["between.classification_alone"]["cluedin"]["address"] == "cluedin.vocabulary_key:products.listPrice"
    agreeing.edit("environments/sandbox.yaml", "    collection:", "    name_prefix: elsewhere\n    collection:")
    shape = json.loads(run("drift", "--between", "--format", "json").out)
    assert shape["pairs"] == {"manifest": 0, "ledger": 0, "stamp": 0, "name": 7}, "Product and Products are two names"
    assert "between.classification_alone" not in shape["summary"]
    rename(agreeing, "Email", f"E-Mail {SECRETS['LAKE_KEY']}")
    agreeing.edit("environments/sandbox.yaml", "    name_prefix: elsewhere\n", "")
    for form in ("text", "json", "markdown", "html", "sarif"):
        ran = run("drift", "--between", "--format", form)
        assert (ran.code, "E-Mail" in ran.out, SECRETS["LAKE_KEY"] in ran.out + ran.err) == (0, True, False), form


def test_what_it_refuses(example: Project, run: Run, tmp_path: Path) -> None:
    ran = run("drift", "--between", "--accept")
    assert (ran.code, "--between does not go with --accept" in ran.err) == (1, True)
    ran = run("drift", "--also", "sarif=x.sarif")
    assert (ran.code, "--also sarif=FILE needs --between" in ran.err) == (1, True)
    ran = run("drift", "--format", "sarif")
    assert (ran.code, "only with --between" in ran.err) == (1, True)
    path = tmp_path / "manifests/environments/sandbox.yaml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("  cluedin:\n    url"), text.index("  purview:\n    endpoint")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    ran = run("drift", "--between")
    assert (ran.code, "between.one_system" in ran.err) == (1, True), ran.err


def disagreement(number: int, value: str = "") -> dict[str, Any]:
    side = {"address": f"purview.term:G/{value or number}", "value": value or f"value {number}"}
    return {
        "code": "between.name",
        "purview": side,
        "cluedin": {"address": f"cluedin.vocabulary_key:a.{number}", "value": value},
        "paired_by": "name",
        "because": f"both are called {value}",
        "sentence": f"The term is called “{value}”, and the key “{number}”",
        "advice": "Give both one name.",
    }


def report(*disagreements: dict[str, Any], ambiguous: tuple[dict[str, Any], ...] = ()) -> Any:
    return {
        "format_version": "1.0",
        "tool_version": "1",
        "environment": "test",
        "environment_file": "manifests/environments/test.yaml",
        "pairs": {"manifest": 0, "ledger": 0, "stamp": 0, "name": len(disagreements)},
        "agreeing": 0,
        "summary": {"between.name": len(disagreements)},
        "disagreements": list(disagreements),
        "ambiguous": list(ambiguous),
        "left_out": [],
    }


def test_of_many_the_first_are_shown_and_how_many_more_there_are() -> None:
    shape = report(*map(disagreement, range(480)))
    for text in (between.text(shape), between.markdown(shape), htmlbetween.render(shape)):
        assert text.count("cluedin.vocabulary_key:a.") == between.MOST == 100
        assert "and 380 more" in text
        assert "480" in text
    assert len(between.as_sarif(shape)["runs"][0]["results"]) == 480
    assert len(between.markdown(report(*(disagreement(n, "x" * 5000) for n in range(480))))) <= 65_000


def test_a_value_that_tries_to_act_stays_a_value() -> None:
    doubt = {"address": f"cluedin.vocabulary_key:{INJECTION}", "candidates": [INJECTION], "why": INJECTION}
    shape = report(disagreement(1, INJECTION), ambiguous=(doubt,))
    text, page, markdown = between.text(shape), htmlbetween.render(shape), between.markdown(shape)
    for told in (text, page, markdown):
        assert not re.search(r"[\x1b\u202e]", told)
        assert not any(line.startswith(("::", "```")) for line in told.splitlines())
    assert "<script>alert" not in page
    assert not re.search(r"<script|@\w|\]\(http", outside_code(markdown))
