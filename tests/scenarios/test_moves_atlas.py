"""Renames in Apache Atlas, where categories stand for the parents of terms."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..support import Project, project
from .test_moves import ALPHA, BETA, undone

GLOSSARY = "/api/atlas/v2/glossary"


@pytest.fixture
def words(tmp_path: Path) -> Iterator[Project]:
    """Two mappings in one glossary, applied."""
    with project(tmp_path, seed="demo", mode="atlas") as made:
        made.edit("environments/sandbox.yaml", "    collection: contoso-purview/MDM/CluedIn\n", "    mode: atlas\n")
        made.write("alpha.yaml", ALPHA)
        made.write("beta.yaml", BETA)
        assert undone(made.apply()) == []
        assert made.actions() == []
        yield made


def glossary(words: Project, name: str) -> str:
    return next(g["guid"] for g in words.http("GET", GLOSSARY) if g["name"] == name)


def hanging(words: Project, name: str = "Words") -> dict[str, tuple[list[str], list[str]]]:
    """What hangs on the terms of the glossary by their guids: entities, and other terms."""
    terms = words.http("GET", f"{GLOSSARY}/{glossary(words, name)}/terms?limit=1000")
    return {
        term["guid"]: (
            sorted(e["guid"] for e in words.http("GET", f"{GLOSSARY}/terms/{term['guid']}/assignedEntities")),
            sorted(r["termGuid"] for kind in ("synonyms", "seeAlso") for r in term.get(kind) or []),
        )
        for term in terms
    }


def settled(words: Project) -> None:
    assert undone(words.apply(prune=True)) == []
    assert words.actions(prune=True) == []


def test_what_hangs_on_a_renamed_concept_stays(words: Project) -> None:
    before = hanging(words)
    words.edit("alpha.yaml", "{name: Alpha, definition", "{name: Zeta, moved_from: Alpha, definition")
    actions = [pair for pair in words.actions(prune=True) if pair[1].startswith("purview.")]
    assert {action for action, _ in actions} == {"rename"}
    settled(words)
    assert hanging(words) == before


def test_what_hangs_on_a_renamed_item_stays(words: Project) -> None:
    before = hanging(words)
    words.edit("alpha.yaml", "{name: One, key: one,", "{name: Uno, key: one, moved_from: One,")
    actions = [pair for pair in words.actions(prune=True) if pair[1].startswith("purview.")]
    assert actions == [("rename", "purview.term:Words/Alpha/Uno")]
    settled(words)
    assert hanging(words) == before


def test_a_glossary_that_people_renamed(words: Project) -> None:
    before, guid = hanging(words), glossary(words, "Words")
    found = words.http("GET", f"{GLOSSARY}/{guid}?ignoreTermsAndCategories=true")
    words.http("PUT", f"{GLOSSARY}/{guid}", json={**found, "name": "Other"})
    assert [(c.action, c.reason, c.address) for c in words.plan(prune=True).changes] == [
        ("rename", "renamed", "purview.glossary:Words")
    ]
    settled(words)
    assert hanging(words) == before


def test_a_category_that_people_renamed(words: Project) -> None:
    before, guid = hanging(words), glossary(words, "Words")
    [category] = words.http("GET", f"{GLOSSARY}/{guid}/categories?limit=100")
    words.http("PUT", f"{GLOSSARY}/category/{category['guid']}", json={**category, "name": "Omega"})
    time.sleep(0.1)
    assert [(c.action, c.reason, c.address) for c in words.plan(prune=True).changes] == [
        ("rename", "renamed", "purview.category:Words/Alpha")
    ]
    settled(words)
    assert hanging(words) == before
