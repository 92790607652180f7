"""Graphs: the lineage out of wishes and out of a plan, and its forms."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

from reconciler.errors import ReconcilerError
from reconciler.report import graphs, markdown, mermaid
from reconciler.report.lineage import PLACEHOLDER, lineage, of_plan
from reconciler.report.schemas import graph_schema

from . import flows, samples
from .flows import CUSTOMER, EXPORT, EXPORTED, FILE, HOSTILE, INGEST, MAP, PROVIDER, SET
from .flows import PLACEHOLDER as TARGET


def hops(graph: graphs.Graph) -> list[tuple[str, str]]:
    """The edges by the keys of their ends."""
    return [(edge.source.partition(":")[2], edge.target.partition(":")[2]) for edge in graph.edges]


# -- the lineage -----------------------------------------------------------------------------------------------


def test_a_file_flows_through_cluedin_to_a_file() -> None:
    graph = lineage(flows.wishes(scanned=True))
    assert hops(graph) == [
        (FILE, INGEST), (INGEST, SET), (SET, MAP), (MAP, CUSTOMER),
        (CUSTOMER, EXPORT), (EXPORT, PROVIDER), (EXPORT, EXPORTED),
    ]  # fmt: skip
    told = {id.partition(":")[2]: (node.role, node.group, node.name) for id, node in graph.nodes.items()}
    assert told == {
        FILE: ("asset", "source", "crm/contacts.csv"),
        INGEST: ("process", "cluedin", "Ingest Data"),
        SET: ("data_set", "cluedin", "contacts"),
        MAP: ("process", "cluedin", "Map to Entity"),
        CUSTOMER: ("entity", "cluedin", "Customer"),
        EXPORT: ("process", "cluedin", "customers"),
        PROVIDER: ("provider", "export", "customers"),
        EXPORTED: ("asset", "export", "exports/customers_{N}.parquet"),
    }


def test_an_export_that_ends_in_a_placeholder_says_so() -> None:
    graph = lineage(flows.wishes())
    assert graph.nodes[f"purview.entity:{TARGET}"].note == PLACEHOLDER
    for form in (mermaid.mermaid(graph), graphs.dot(graph), graphs.text(graph, "test")):
        assert PLACEHOLDER in form
    assert PLACEHOLDER not in mermaid.mermaid(lineage(flows.wishes(scanned=True)))


def test_types_under_another_prefix_are_ours_too() -> None:
    renamed = {}
    for want in flows.wishes().values():
        key = want.key.replace("cluedin_", "mdm ")
        values = {n: [one.replace("cluedin_", "mdm ") for one in v] if n in ("inputs", "outputs") else v
                  for n, v in want.values.items()}  # fmt: skip
        one = want.type.desired(key, **values)
        renamed[one.address] = one
    assert {node.role for node in lineage(renamed).nodes.values()} == {
        "asset", "process", "data_set", "entity", "provider", "target",
    }  # fmt: skip


def test_what_is_exported_may_be_read_again() -> None:
    again = flows.process(f"{INGEST}2", "Ingest Data", [EXPORTED], [SET])
    graph = lineage({**flows.wishes(scanned=True), again.address: again})
    assert graph.nodes[f"purview.asset:{EXPORTED}"].group == "export"
    assert sorted(graphs.in_order(graph)) == sorted(graph.nodes), "a circle loses nothing"
    assert graphs.text(graph, "test").count("Ingest Data") == 2


def test_a_target_keeps_what_it_flows_from_and_to() -> None:
    other = flows.process(f"{MAP}2", "Map to Entity", [f"{SET}2"], [f"{CUSTOMER}2"])
    wishes = {**flows.wishes(), other.address: other}
    assert len(lineage(wishes).nodes) == 11
    assert len(lineage(wishes, [f"purview.entity:{MAP}"]).nodes) == 8
    assert len(lineage(wishes, [f"purview.entity:{MAP}*"]).nodes) == 11
    with pytest.raises(ReconcilerError, match="matches nothing in the lineage"):
        lineage(wishes, [f"purview.entity:{CUSTOMER}#customer.email"])


def test_no_lineage_is_no_failure() -> None:
    graph = lineage({})
    assert graphs.text(graph, "test") == "No lineage in environment test.\n"
    assert graphs.as_dict(graph, "test")["nodes"] == []


# -- everything ------------------------------------------------------------------------------------------------


def test_all_resources_and_their_needs() -> None:
    graph = graphs.everything(flows.wishes())
    assert len(graph.nodes) == 9
    assert {edge.relation for edge in graph.edges} == {"needs"}
    few = graphs.everything(flows.wishes(), [f"purview.entity:{MAP}"])
    assert [*few.nodes] == [f"purview.entity:{one}" for one in (SET, CUSTOMER, MAP)]
    text = graphs.text(few, "test")
    assert text.startswith("3 resources in environment test, 2 references.\n")
    assert f"purview.entity:{MAP}\n  needs purview.entity:{SET}\n" in text


# -- forms -----------------------------------------------------------------------------------------------------


def test_text(golden: Any) -> None:
    golden("lineage.txt", graphs.text(lineage(flows.wishes()), "test"))


def test_mermaid(golden: Any) -> None:
    golden("lineage.mmd", mermaid.mermaid(lineage(flows.wishes())))


def test_dot(golden: Any) -> None:
    golden("lineage.dot", graphs.dot(lineage(flows.wishes())))


def test_json_is_nodes_and_edges() -> None:
    shape = json.loads(json.dumps(graphs.as_dict(lineage(flows.wishes()), "test")))
    assert (shape["format_version"], shape["environment"], shape["view"]) == ("1.0", "test", "lineage")
    jsonschema.validate(shape, graph_schema())
    ids = [node["id"] for node in shape["nodes"]]
    assert len(set(ids)) == len(ids) == 8
    assert all(edge["from"] in ids and edge["to"] in ids and edge["relation"] == "flow" for edge in shape["edges"])


def test_an_id_stays_the_same_when_others_come_and_go() -> None:
    def ids(text: str) -> dict[str, str]:
        return {label: id for id, label in re.findall(r'(n[0-9a-f]{8})\W+"([^"]*)"', text)}

    few, more = ids(mermaid.mermaid(lineage(flows.wishes()))), ids(mermaid.mermaid(lineage(flows.wishes(scanned=True))))
    assert len(few) == 8
    assert [label for label in few if label in more and few[label] != more[label]] == []


def test_nothing_breaks_out_of_a_label() -> None:
    graph = lineage(flows.wishes(name=HOSTILE))
    text = mermaid.mermaid(graph)
    assert text.count("\n") == mermaid.mermaid(lineage(flows.wishes())).count("\n")
    for label in re.findall(r'"(.*)"', text):
        assert not set('"`<>[]{}()#&;\\') & set(re.sub(r"<br/>|#\d+;", "", label)), label
    for line in graphs.dot(graph).splitlines():
        assert line.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 0


def test_large_graphs_are_drawn_whole() -> None:
    wishes = flows.many(2_500)
    graph = lineage(wishes)
    assert len(graph.nodes) == 10_001
    for form in (mermaid.mermaid(graph), graphs.dot(graph), graphs.text(graph, "test")):
        assert len(form) > 500_000
    assert len(graphs.everything(wishes).edges) == 10_000


# -- what a plan changes ---------------------------------------------------------------------------------------


def change(action: str, key: str, before: dict[str, Any], after: dict[str, Any], *needs: str) -> dict[str, Any]:
    """A change of an entity, as a plan holds it."""
    fields = [samples.field(name, before.get(name), after.get(name)) for name in {**before, **after}]
    return samples.change(action, "", fields, address=f"purview.entity:{key}", type="entity", depends_on=[*needs])


def planned(*, exported: str = TARGET) -> dict[str, Any]:
    """A plan that creates a flow into CluedIn, points an export elsewhere, and deletes a flow."""
    old = {"name": "Ingest Data", "inputs": ["adls/https://old.csv"], "outputs": [f"{SET}2"]}
    flow = {"name": "Ingest Data", "inputs": [FILE], "outputs": [SET]}
    needs = [f"purview.asset:{EXPORTED}", f"purview.entity:{PROVIDER}", f"purview.entity:{CUSTOMER}"]
    return samples.plan(
        change("create", INGEST, {}, flow, f"purview.asset:{FILE}", f"purview.entity:{SET}"),
        change("update", EXPORT, {"outputs": [PROVIDER, exported]}, {"outputs": [PROVIDER, EXPORTED]}, *needs),
        change("delete", f"{INGEST}2", old, {}),
        samples.change("create", "E/Other"),
    )


def test_a_plan_tells_the_flows_that_it_changes() -> None:
    graph = of_plan(planned())
    assert graph is not None
    assert {(*hop, edge.state) for hop, edge in zip(hops(graph), graph.edges, strict=True)} == {
        (FILE, INGEST, "new"), (INGEST, SET, "new"),
        (CUSTOMER, EXPORT, "kept"), (EXPORT, PROVIDER, "kept"), (EXPORT, EXPORTED, "new"), (EXPORT, TARGET, "removed"),
        ("adls/https://old.csv", f"{INGEST}2", "removed"), (f"{INGEST}2", f"{SET}2", "removed"),
    }  # fmt: skip
    assert graph.nodes[f"purview.asset:{EXPORTED}"].role == "asset"


def test_the_comment_has_a_collapsed_picture(golden: Any) -> None:
    golden("lineage.md", markdown.plan(planned()))
    page = markdown.plan(planned())
    assert "<details><summary>Lineage: 3 processes change</summary>\n\n```mermaid\nflowchart LR\n" in page
    assert "### Lineage" in page


@pytest.mark.parametrize("shape", [samples.plan(), samples.every_action(), samples.hostile()])
def test_a_plan_without_flows_has_no_picture(shape: dict[str, Any]) -> None:
    assert of_plan(shape) is None
    assert "mermaid" not in markdown.plan(shape)


def test_a_picture_that_does_not_fit_is_only_told() -> None:
    flow = [
        change("create", f"{INGEST}{n}", {}, {"inputs": [f"{FILE}{n}"], "outputs": [f"{SET}{n}"]}) for n in range(300)
    ]
    page = markdown.plan(samples.plan(*flow))
    assert len(page) <= markdown.LIMIT
    assert "300 processes change" in page
    assert "```mermaid" not in page
    for limit in (0, 500, 2_000, 5_000):
        assert len(markdown.plan(planned(), limit=limit)) <= limit


def test_a_hostile_plan_stays_in_its_fence() -> None:
    flow = {"name": HOSTILE, "inputs": [f"x/```\n{HOSTILE}"], "outputs": [f"{SET}</details>"]}
    page = markdown.plan(samples.plan(change("create", INGEST, {}, flow)))
    [picture] = re.findall(r"(?ms)^```mermaid\n(.*?)\n```$", page)
    assert "```" not in picture
    assert "</details>" not in picture
    assert page.count("<details>") == page.count("</details>") - page.count(flow["outputs"][0])
