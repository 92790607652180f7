"""What is done with crawlers and enrichers and not kept, from the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.cli import main

from ..support import Project, project

MANIFESTS = """
apiVersion: reconciler/v1
kind: Crawler
metadata: {name: hubspot}
spec:
  provider: HubSpot
  name: Sales EU
  secrets: {apiToken: {env: LAKE_KEY}}
  lineage: false
---
apiVersion: reconciler/v1
kind: Enricher
metadata: {name: vat}
spec:
  provider: REST API
  name: VAT check
  entity_type: /Organization
  config: {version: v2, processScript: return ask(record)}
  lineage: false
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    with project(tmp_path) as one:
        for name, value in one.env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("CI", raising=False)
        one.write("providers.yaml", MANIFESTS)
        yield one


@pytest.fixture
def run(made: Project, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def go(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            main(["--project", str(made.root), *words])
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out + told.err

    return go


def test_what_is_done_and_not_kept(made: Project, run: Callable[..., tuple[int, str]]) -> None:
    code, told = run("crawlers", "run", "hubspot")
    assert (code, "has no crawler named Sales EU" in told) == (4, True)
    assert made.apply().complete
    code, told = run("crawlers", "run", "hubspot")
    assert (code, "everything" in told) == (0, True)
    code, told = run("enrichers", "run", "vat")
    assert (code, "took the request" in told) == (0, True)
    code, told = run("enrichers", "run", "vat", "--wait", "10")
    assert (code, "Complete" in told) == (0, True)
    assert run("enrichers", "forget-answers", "vat")[0] == 0
    code, told = run("enrichers", "run", "hubspot")
    assert (code, "no Enricher is named hubspot" in told) == (1, True)
    made.http("PUT", "/_sandbox/settings", json={"undocumented": False})
    code, told = run("crawlers", "run", "hubspot")
    assert (code, "has no call for it" in told) == (4, True)
    asked = [(one["method"], one["path"].rpartition("/")[2]) for one in made.writes()]
    assert ("POST", "recrawl") in asked
    assert ("POST", "enrich") in asked
    assert made.actions() == []
