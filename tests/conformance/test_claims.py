"""The claims that the sandbox asks for over REST, against those of CluedIn's description of it."""

from __future__ import annotations

import re

import pytest

from reconciler_sandbox.cluedin import claims

from .reference import load

METHODS = ("get", "post", "put", "patch", "delete")


def told() -> list[tuple[str, str, str]]:
    """Method, path and claim of each call whose description names one."""
    found = []
    for path, calls in load("cluedin/openapi.json")["paths"].items():
        for method in METHODS & calls.keys():
            for word in re.findall(r"RACI(?:-LEVEL)?:([^:)]+)", calls[method].get("summary") or ""):
                found.append((method.upper(), f"/api{path}", word))
    return found


def test_no_call_asks_for_another_claim_than_its_description() -> None:
    """Where the sandbox asks for none, it serves no such path; nor any of results of deduplication, of two claims."""
    compared, wrong = set(), []
    for method, path, word in told():
        need = claims.of_path(method, path)
        if need is None or "/{projectId}/results" in path:
            continue
        compared.add(word)
        if need.claims != (() if word == "Consultant" else (word,)):
            wrong.append((method, path, word, need.claims))
    assert wrong == []
    assert compared >= {claims.CATALOG, claims.GLOSSARY, claims.STREAMS, claims.TARGETS, claims.RULES, claims.TENANT}
    assert "Consultant" in compared


@pytest.mark.parametrize("word", ["Consultant", claims.ENRICHMENT, "management.accesscontrol", "management.aiagents"])
def test_every_path_of_a_claim_asks_for_it(word: str) -> None:
    free = [(method, path) for method, path, one in told() if one == word and claims.of_path(method, path) is None]
    assert free == []
