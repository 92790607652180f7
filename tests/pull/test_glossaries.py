"""`pull` of glossaries and vocabularies, flat, nested and large."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from reconciler.errors import Exit, ReconcilerError

from ..support import Project
from .conftest import asked, files, is_only_adopting, only_adopts, pull, start_anew

ATLAS = "/datamap/api/atlas/v2/glossary"


def test_the_demo_estate(demo: Project) -> None:
    found = pull(demo)
    assert {"glossary/enterprise.yaml", "glossary/marketing.yaml", "glossary/product.yaml"} <= files(demo).keys()
    assert found.refused == []
    assert only_adopts(demo) > 20
    assert demo.writes() == []
    enterprise = files(demo)["glossary/enterprise.yaml"].decode()
    assert "        - name: Legal Party\n          definition: A registered organisation.\n" in enterprise
    assert "      experts: [ada]\n" in enterprise
    before = files(demo)
    assert pull(demo).files == {}
    assert files(demo) == before


def test_what_comes_with_cluedin_is_left_out_once(demo: Project) -> None:
    left = pull(demo).left
    assert left["comes with CluedIn or a connector"] == [
        "cluedin.vocabulary:organization",
        "cluedin.vocabulary:person",
        "cluedin.vocabulary:user",
    ]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"glossary": "Marketing"}, {"glossary/marketing.yaml"}),
        ({"glossary": "*e*"}, {"glossary/enterprise.yaml", "glossary/marketing.yaml"}),
        ({"prefix": "product"}, {"glossary/product.yaml"}),
        ({"type": "term"}, {"glossary/enterprise.yaml", "glossary/marketing.yaml"}),
        ({"type": "cluedin.vocabulary"}, {"glossary/product.yaml"}),
    ],
    ids=["a glossary", "a pattern", "a prefix", "a type", "a whole type"],
)
def test_only_what_is_asked_for(demo: Project, limits: dict[str, str], expected: set[str]) -> None:
    pull(demo, **limits)
    assert files(demo).keys() == expected
    only_adopts(demo)


@pytest.mark.parametrize(
    ("limits", "said", "advice"),
    [
        ({"glossary": "Enterprize"}, "--glossary Enterprize matches nothing", "Did you mean `Enterprise`?"),
        ({"glossary": "X*"}, "--glossary X* matches nothing", "There are `Enterprise`, `Marketing`."),
        ({"prefix": "produkt"}, "--prefix produkt matches nothing", "Did you mean `product`?"),
        ({"type": "term", "system": "cluedin"}, "--type term matches nothing", "Nothing of it is in cluedin"),
        ({"type": "cluedin.stream", "glossary": "Marketing"}, "--glossary Marketing matches nothing", ""),
    ],
)
def test_what_is_not_there_is_refused_as_a_target_is(
    demo: Project, limits: dict[str, str], said: str, advice: str
) -> None:
    with pytest.raises(ReconcilerError) as refused:
        pull(demo, **limits)
    (told,) = refused.value.diagnostics
    assert (told.code, told.summary, refused.value.exit_code) == ("target.unknown", said, Exit.ERROR)
    assert advice in told.detail
    assert files(demo) == {}


def test_a_glossary_of_another_scope_is_refused(demo: Project) -> None:
    demo.edit("environments/sandbox.yaml", "  policy:", "  scope: {purview: {glossaries: [Marketing]}}\n  policy:")
    with pytest.raises(ReconcilerError, match="--glossary Enterprise is outside the scope"):
        pull(demo, glossary="Enterprise")


def make_terms(subject: Project, glossary: str, names: list[str], parents: dict[str, str]) -> dict[str, str]:
    """Makes terms by plain HTTP; returns their guids by name."""
    bodies: list[dict[str, Any]] = []
    for name in names:
        body: dict[str, Any] = {"name": name, "longDescription": f"What {name} is.", "status": "Approved"}
        body |= {"anchor": {"glossaryGuid": glossary}}
        if name in parents:
            body["parentTerm"] = {"termGuid": parents[name]}
        bodies.append(body)
    made = subject.http("POST", f"{ATLAS}/terms?includeTermHierarchy=true", json=bodies)
    return {term.get("nickName", term["name"]): term["guid"] for term in made}


def large(subject: Project) -> None:
    """300 flat terms and 300 below 30 others, three deep."""
    glossary = subject.http("POST", ATLAS, json={"name": "Large", "qualifiedName": "Large"})["guid"]
    make_terms(subject, glossary, [f"Flat {at:03}" for at in range(300)], {})
    tops = make_terms(subject, glossary, [f"Top {at:02}" for at in range(30)], {})
    middle = {f"Middle {at:02}": tops[f"Top {at:02}"] for at in range(30)}
    found = make_terms(subject, glossary, list(middle), middle)
    leaves = {f"Leaf {at:02}-{n}": found[f"Middle {at:02}"] for at in range(30) for n in range(8)}
    make_terms(subject, glossary, list(leaves), leaves)


def test_six_hundred_terms_are_one_readable_file(bare: Project) -> None:
    large(bare)
    before = len(bare.writes())
    pull(bare)
    assert list(files(bare)) == ["glossary/large.yaml"]
    lines = files(bare)["glossary/large.yaml"].decode().split("\n")
    assert "    - {name: Flat 007, definition: What Flat 007 is., status: Approved}" in lines
    assert "            - {name: Leaf 03-5, definition: What Leaf 03-5 is., status: Approved}" in lines
    assert max(map(len, lines)) <= 120
    assert len(lines) < 900
    assert only_adopts(bare) == 600  # the glossary has only to be there
    assert len(bare.writes()) == before
    assert pull(bare).files == {}


def test_a_term_more_is_added_where_it_belongs(demo: Project) -> None:
    pull(demo)
    path = demo.root / "manifests/glossary/enterprise.yaml"
    text = path.read_text().replace("  terms:\n    - name: Account", "  terms: # ours\n    - name: Account")
    path.write_text(text)
    glossary = next(one["guid"] for one in demo.http("GET", ATLAS) if one["name"] == "Enterprise")
    parent = demo.terms("Enterprise")["Invoice"]["guid"]
    make_terms(demo, glossary, ["Line", "Zone"], {"Line": parent})
    found = pull(demo)
    assert (found.documents, found.items) == (0, 2)
    now = path.read_text()
    gone = [line for line in text.split("\n") if line not in now.split("\n")]
    assert [one.strip()[:15] for one in gone] == ["- {name: Invoic"]
    assert "    - {name: Zone, definition: What Zone is., status: Approved}\n" in now
    assert "            - {name: Line, definition: What Line is., status: Approved}\n" in now
    only_adopts(demo)
    assert pull(demo).files == {}


def test_a_value_that_people_changed_is_replaced_in_place(demo: Project) -> None:
    pull(demo)
    before = files(demo)
    demo.edit_term(demo.terms("Marketing")["Lead"]["guid"], longDescription="Somebody who may buy.")
    found = pull(demo)
    assert [(one.address, one.path) for one in found.updated] == [("purview.term:Marketing/Lead", "definition")]
    expected = before["glossary/marketing.yaml"].replace(b"who may become a customer", b"who may buy")
    assert files(demo) == before | {"glossary/marketing.yaml": expected}
    only_adopts(demo)


def test_a_name_that_no_manifest_can_have_is_said(bare: Project) -> None:
    glossary = bare.http("POST", ATLAS, json={"name": "G", "qualifiedName": "G"})["guid"]
    root = make_terms(bare, glossary, ["CluedIn-contoso", "Own"], {})["CluedIn-contoso"]
    make_terms(bare, glossary, ["Below"], {"Below": root})
    left = pull(bare).left
    assert left["made by CluedIn's own sync with Purview"] == ["purview.term:G/CluedIn-contoso"]
    assert b"Below" not in files(bare)["glossary/g.yaml"]
    only_adopts(bare)


def test_a_folder_outside_stands_by_itself(demo: Project) -> None:
    out = demo.root / "elsewhere"
    pull(demo, out, glossary="Marketing")
    assert files(demo) == {}
    first = (out / "glossary/marketing.yaml").read_bytes()
    assert pull(demo, out, glossary="Marketing").files == {}
    assert (out / "glossary/marketing.yaml").read_bytes() == first


def test_keys_below_a_prefix_with_capitals_come_along(bare: Project) -> None:
    bare.write(
        "glossary/sales.yaml",
        """
        apiVersion: reconciler/v1
        kind: GlossaryMapping
        metadata: {name: sales}
        spec:
          vocabulary: {name: Sales, key_prefix: salesOrder, entity_type: {name: Order, code: /Order}}
          terms: [{name: Mail, key: mail, term: false}]
          assets: false
        """,
    )
    assert bare.apply().complete
    start_anew(bare)
    pull(bare, prefix="salesOrder")
    assert "key: mail" in files(bare)["glossary/salesorder.yaml"].decode()
    assert {action for action, _ in bare.actions(adopt="matching")} == {"adopt"}


DOTTED = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: sales}
spec:
  vocabulary: {name: Sales, key_prefix: sales, entity_type: {name: Order, code: /Order}}
  terms:
    - {name: address.city, key: address.city, term: false}
    - {name: x.y, key: x.y, display_name: "<X>", term: false}
    - {name: town, key: town, display_name: "a@b", term: false}
    - {name: Plain, key: plain, term: false}
  assets: false
"""


def test_keys_whose_names_no_term_can_have_come_along_at_once(bare: Project) -> None:
    """They are written as they are into a document that is there already."""

    def written() -> dict[str, dict[str, Any]]:
        return {one["key"]: one for one in yaml.safe_load(files(bare)["glossary/sales.yaml"])["spec"]["terms"]}

    bare.write("glossary/sales.yaml", DOTTED)
    assert bare.apply().complete
    start_anew(bare)
    assert [what for why, what in pull(bare).left.items() if "refuses" in why] == []
    first = files(bare)
    made = written()
    assert made.keys() == {"address.city", "x.y", "town", "plain"}
    assert (made["address.city"]["term"], made["x.y"]["term"]) == (False, False)
    assert "display_name" not in made["address.city"]
    assert made["x.y"]["display_name"] == "<X>"
    assert (made["town"]["name"], made["town"]["display_name"]) == ("town", "a@b")
    is_only_adopting(bare.plan(adopt="matching"), {"claim.other_ledger"})
    assert pull(bare).files == {}
    assert files(bare) == first
    text = first["glossary/sales.yaml"].decode()
    fewer = "\n".join(line for line in text.split("\n") if "address.city" not in line)
    bare.write("glossary/sales.yaml", fewer)
    pull(bare)
    assert written()["address.city"].items() >= made["address.city"].items()
    is_only_adopting(bare.plan(adopt="matching"), {"claim.other_ledger"})


def comes_back(subject: Project, text: str) -> dict[str, str]:
    """Applies a document, forgets it, pulls, and gives what was written."""
    subject.write("glossary/one.yaml", text)
    assert subject.apply().complete
    start_anew(subject)
    subject.edit("environments/sandbox.yaml", "  policy:", '  scope: {cluedin: {categories: ["W*"]}}\n  policy:')
    before = len(subject.writes())
    pull(subject)
    is_only_adopting(subject.plan(adopt="matching"), {"claim.other_ledger"})
    assert len(subject.writes()) == before
    return {name: content.decode() for name, content in files(subject).items()}


LAKE = "f6178e19-7168-449c-b4b6-f9810e86c1c2"
STREAM = """
apiVersion: reconciler/v1
kind: Stream
metadata: {name: orders}
spec: {entity: /Order, target: {name: lake, provider: Azure DataLake Connector}, columns: [sales.plain]}
"""


def test_a_stream_of_an_entity_type_without_an_asset_names_it(demo: Project) -> None:
    """Where a document makes the type and keeps it out of Purview; else its condition stands as it is."""
    options = '{AccountName: "a", AccountKey: "not-for-manifests", FileSystemName: "f", DirectoryName: "d"}'
    given = f'connectorId: "{LAKE}", authInfo: {options}, accountDisplay: "lake"'
    made = asked(demo, f"mutation {{ inbound {{ createConnection({given}) {{ id }} }} }}")
    assert "errors" not in made, made
    demo.write("glossary/sales.yaml", DOTTED)
    demo.write("exports/orders.yaml", STREAM)
    assert demo.apply().complete
    start_anew(demo)
    pull(demo)
    text = files(demo)["exports/orders.yaml"].decode()
    assert "  entity: /Order\n" in text
    assert "condition" not in text
    assert "assets: false" in files(demo)["glossary/sales.yaml"].decode()
    is_only_adopting(demo.plan(adopt="matching"), {"claim.other_ledger"})
    before = files(demo)
    assert pull(demo).files == {}
    assert files(demo) == before
    start_anew(demo)
    pull(demo, type="Stream")
    assert "condition" in files(demo)["exports/orders.yaml"].decode()
    is_only_adopting(demo.plan(adopt="matching"), {"claim.other_ledger"})


BOTH = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: buyer}
spec:
  glossary: Sales
  term: {name: Buyer, definition: Who buys.}
  terms: [{name: Regular, terms: [{name: Daily}]}]
  cluedin_glossary: {category: CATEGORY, active: true, condition: {entity_type: /Customer}}
"""


def test_a_term_of_both_systems_is_one_concept(bare: Project) -> None:
    """Of a category that the environment holds by a pattern."""
    made = comes_back(bare, BOTH.replace("CATEGORY", "Words"))
    assert made.keys() == {"glossary/buyer.yaml"}
    assert "cluedin_glossary:\n    category: Words\n    active: true\n" in made["glossary/buyer.yaml"]
    assert "- {name: Daily}" in made["glossary/buyer.yaml"]


def test_a_term_of_another_s_category_is_left_alone(bare: Project) -> None:
    made = comes_back(bare, BOTH.replace("CATEGORY", "Others"))
    assert made.keys() == {"glossary/sales.yaml"}
    assert "cluedin_glossary" not in made["glossary/sales.yaml"]


def test_a_name_that_two_terms_have_is_told_and_not_guessed(bare: Project) -> None:
    bare.write("glossary/one.yaml", BOTH.replace("CATEGORY", "Words").replace("name: Daily", "name: Buyer"))
    assert bare.apply().complete
    start_anew(bare)
    found = pull(bare)
    assert [what for why, what in found.left.items() if "stands with the vocabulary" in why] == [
        ["cluedin.glossary_term:Buyer"]
    ]
    assert files(bare).keys() == {"glossary/sales.yaml"}
