"""The pictures, judged by mermaid itself: it parses them, and sees the nodes and edges that we meant."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.report import graphs, mermaid
from reconciler.report.lineage import lineage, of_plan

from ..support_node import installed
from . import flows
from .test_first_screen import HOSTILE, hostile
from .test_graph import planned

PACKAGES = ("mermaid@11.17.2", "jsdom@29.1.1")
CHECK = Path(__file__).with_name("mermaid_check.mjs")

pytestmark = pytest.mark.node

Parse = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def parse(request: pytest.FixtureRequest) -> Parse:
    """What mermaid makes of texts; the packages are installed once, into pytest's cache."""
    node, home = installed(request.config, "mermaid", PACKAGES)

    def judge(*texts: str) -> list[dict[str, Any]]:
        ran = subprocess.run(
            [node, str(CHECK), str(home)],
            input=json.dumps(texts), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        found: list[dict[str, Any]] = json.loads(ran.stdout)
        return found

    return judge


def test_every_picture_is_one(parse: Parse) -> None:
    change = of_plan(planned())
    assert change is not None
    drawn = [
        lineage(flows.wishes()),
        lineage(flows.wishes(scanned=True)),
        lineage(flows.wishes(name=flows.HOSTILE)),
        lineage(flows.wishes(name="1. end - subgraph `x` __init__ %% ~~~ é 日本")),
        graphs.everything(flows.wishes(name=flows.HOSTILE)),
        change,
    ]
    for graph, found in zip(drawn, parse(*map(mermaid.mermaid, drawn)), strict=True):
        assert "error" not in found, found
        assert len(found["nodes"]) == len(graph.nodes)
        assert len(found["edges"]) == len(graph.edges)
        assert found["groups"] == [graphs.GROUPS[group] for group, _ in graphs.grouped(graph) if group]


def test_nothing_is_a_picture_too(parse: Parse) -> None:
    [found] = parse(mermaid.mermaid(lineage({})))
    assert found["nodes"] == {"nothing": "nothing"}


def test_the_limit_that_we_name_is_the_one_that_it_has(parse: Parse) -> None:
    most, more = (lineage(flows.many(count)) for count in (125, 126))
    assert (len(most.edges), len(more.edges)) == (mermaid.MOST_EDGES, mermaid.MOST_EDGES + 4)
    texts = [mermaid.mermaid(most), mermaid.mermaid(more)]
    assert [mermaid.fits(graph, text) for graph, text in zip((most, more), texts, strict=True)] == [True, False]
    drawn, refused = parse(*texts)
    assert len(drawn["edges"]) == mermaid.MOST_EDGES
    assert "Edge limit exceeded" in refused["error"]


def test_names_of_a_plan_do_not_break_its_picture(parse: Parse) -> None:
    graphs_of = [graph for value in HOSTILE if (graph := of_plan(hostile(value))) is not None]  # type: ignore[arg-type]
    assert len(graphs_of) == len(HOSTILE)
    for graph, found in zip(graphs_of, parse(*map(mermaid.mermaid, graphs_of)), strict=True):
        assert "error" not in found, found
        assert (len(found["nodes"]), len(found["edges"])) == (len(graph.nodes), len(graph.edges))
