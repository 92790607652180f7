"""Estates that others' clients made come back as manifests that adopt all of it, write nothing and stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ..cli.conftest import Ran
from ..cli.conftest import run as run
from ..support import Project, project
from . import foreign
from .conftest import files, only_adopts, pull

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]

Run = Callable[..., Ran]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """Nothing but an environment, and a sandbox with nothing in it."""
    with project(tmp_path, seed="empty") as made:
        for name, value in made.env.items():
            monkeypatch.setenv(name, value)
        for name in ("CI", "GITHUB_ACTIONS"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("RECONCILER_ENV", "sandbox")
        yield made


def comes_back(subject: Project, run: Run) -> str:
    """Pulls, plans, pulls again, adopts and plans again, as people type it; no system is told anything.

    Returns what the first pull says.
    """
    before = len(subject.writes())
    said = run("-q", "pull")
    assert said.code == 0, said.err
    assert run("-q", "validate").out == "No errors, no warnings.\n"
    assert only_adopts(subject) > 0
    first = files(subject)
    assert run("-q", "pull").code == 0
    assert files(subject) == first
    assert run("-q", "adopt").code == 0
    done = run("-q", "plan", "--detailed-exitcode")
    assert done.code == 0
    assert done.out.startswith("No changes. CluedIn and Purview match the manifests.\n")
    assert subject.actions(prune=True) == []
    assert run("-q", "pull").code == 0
    assert files(subject) == first
    assert subject.writes()[before:] == []
    return said.out


def document(subject: Project, name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files(subject)[name])
    return found["spec"]  # type: ignore[no-any-return]


def names(items: list[dict[str, Any]]) -> Iterator[str]:
    for item in items:
        yield item["name"]
        yield from names(item.get("terms", []))


def test_six_hundred_terms_of_pyapacheatlas(empty: Project, run: Run) -> None:
    foreign.make_words(empty.url)
    said = comes_back(empty, run)
    assert "manifests have no remarks on contacts of terms (30): purview.term:Glossary/Flat 000" in said
    assert list(files(empty)) == ["glossary/glossary.yaml"]
    spec = document(empty, "glossary/glossary.yaml")
    found = list(names(spec["terms"]))
    assert len(found) == len(set(found)) == foreign.FLAT + foreign.NESTED + 2
    by_name = {one["name"]: one for one in spec["terms"]}
    assert by_name["Flat 020"]["experts"] == by_name["Flat 020"]["stewards"] == ["ada"]
    assert by_name["Flat 020"]["definition"] == "Two lines,\nand 'quotes': # not a remark"
    assert by_name["Flat 020"]["resources"] == [{"name": "Wiki", "url": "https://wiki.example.com/20"}]
    assert by_name["Flat 021"] == {"name": "Flat 021", "definition": "What Flat 021 is.", "status": "Approved"}
    related = [other for one in spec["terms"] for other in (*one.get("synonyms", ()), *one.get("related", ()))]
    assert len(related) == 4
    assert list(names(by_name["Top 07"]["terms"])) == ["Middle 07", *(f"Leaf 07-{leaf}" for leaf in range(8))]


def test_a_data_map_of_microsofts_sdk(empty: Project, run: Run) -> None:
    foreign.make_data_map(empty.url)
    said = comes_back(empty, run)
    for what in (
        "manifests have no categories of terms: purview.term:Sales/Buyer",
        "manifests have no examples of terms: purview.term:Sales/Order",
        "manifests have no `antonyms` of terms: purview.term:Sales/Buyer, purview.term:Sales/Seller",
        "manifests do not describe glossaries: purview.glossary:Sales",
    ):
        assert f"  - {what}\n" in said, said
    assert document(empty, "labels.yaml")["labels"] == {
        "Confidential": {"classification": "Contoso.Confidential"},
        "Personal data": {"classification": "Contoso.Personal data", "description": "Names a person"},
    }
    assert {"name": "Norm", "template": "Policy", "attributes": {"Policy": {"article": "5"}}} in document(
        empty, "glossary/sales.yaml"
    )["terms"]


def test_a_cluedin_of_its_own_sdk(empty: Project, run: Run) -> None:
    foreign.make_cluedin(empty.url)
    said = comes_back(empty, run)
    for what in (
        "a term of CluedIn's own glossary stands with the vocabulary or the term in Purview of its name, and there is "
        "none that is new: cluedin.glossary_term:Buyer, cluedin.glossary_term:Frequent buyer",
        "a category is made for the terms of a concept: cluedin.glossary_category:Empty",
        "no lineage in Purview tells which asset feeds it: cluedin.data_set:CRM/Contacts/contacts",
        "a data source is made for a data set, and has none: cluedin.data_source:CRM/Nothing yet",
        "streams without an export target: cluedin.stream:nowhere",
        "an export target is made by an ExportContract: write one, or name the target in a Stream: "
        "cluedin.export_target:Azure DataLake Connector/people lake, "
        "cluedin.export_target:Azure DataLake Connector/unused lake",
        "the name of an export target may hold a secret: cluedin.export_target:Http Connector/…",
    ):
        assert f"  - {what}\n" in said, said
    assert {name for name in files(empty) if "glossary/" in name} == {
        "glossary/crm.lead.yaml",
        "glossary/erp.yaml",
        "glossary/shop.yaml",
    }
    assert len(document(empty, "glossary/erp.yaml")["terms"]) == 30
    assert "active" not in document(empty, "glossary/erp.yaml")["vocabulary"]
    assert document(empty, "glossary/shop.yaml")["cluedin_glossary"]["category"] == "Words"
    assert document(empty, "exports/people.yaml")["target"]["name"] == "people lake"
    shown = said + "".join(content.decode() for content in files(empty).values())
    assert foreign.LAKE_KEY not in shown
    assert foreign.HTTP_KEY.removeprefix("Bearer ") not in shown


def test_all_of_it_together(empty: Project, run: Run) -> None:
    """What both systems have by one name is one concept, and each thing stands in one document."""
    foreign.make_words(empty.url)
    foreign.make_data_map(empty.url)
    foreign.make_cluedin(empty.url)
    said = comes_back(empty, run)
    assert "none that is new: cluedin.glossary_term:Frequent buyer\n" in said
    concept = document(empty, "glossary/buyer.yaml")
    assert (concept["glossary"], concept["term"]["name"]) == ("Sales", "Buyer")
    assert concept["cluedin_glossary"]["category"] == "Words"
    assert "Buyer" not in names(document(empty, "glossary/sales.yaml")["terms"])


def test_only_a_part_is_asked_for(empty: Project) -> None:
    """What is left out is said of what is asked for alone."""
    foreign.make_cluedin(empty.url)
    assert pull(empty, type="Stream").left.keys() == {"streams without an export target"}
    assert pull(empty, prefix="shop").left.keys() == {
        "`assets` is off: the entity type and its keys are not, or not all, assets in Purview"
    }
