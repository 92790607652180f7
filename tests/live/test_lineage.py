"""Lineage of a data source link: the catalogue is Apache Atlas, CluedIn is the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler_sandbox.server import running

from ..support import SECRETS
from .world import AtlasProject, Place

CLUEDIN = """
  cluedin:
    url: "${var.CLUEDIN_URL}"
    organization: contoso
    sign_in: {user: admin@contoso.test, password: {env: CLUEDIN_PASSWORD}}
"""

MAPPING = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: buyer}
spec:
  glossary: "${var.GLOSSARY}"
  term: {name: Buyer}
  vocabulary: {name: Buyer, key_prefix: buyer, entity_type: {name: Buyer, code: /Buyer}}
  terms:
    - {name: Id, key: id}
    - {name: Email, key: email}
"""

LINK = """
apiVersion: reconciler/v1
kind: DataSourceLink
metadata: {name: buyers}
spec:
  asset: {type: "${var.TYPES}file", qualified_name: "${var.NAMES}/raw/buyers.csv"}
  data_set: {group: Live, source: buyers, name: buyers, type: endpoint, fields: from_asset}
  map:
    vocabulary: buyer
    primary_identifier: id
    columns: {id: buyer.id, mail: buyer.email}
"""


@pytest.fixture
def linked(project: AtlasProject, place: Place) -> Iterator[AtlasProject]:
    """A file with two columns, as some scanner would have left it, and CluedIn."""
    kind = {"category": "ENTITY", "superTypes": ["DataSet"], "attributeDefs": []}
    for name in ("file", "field"):
        place.create("type", f"{place.types}{name}", category="entityDefs", definition=kind)
    ends = {
        "endDef1": {"type": f"{place.types}file", "name": "columns", "isContainer": True, "cardinality": "SET"},
        "endDef2": {"type": f"{place.types}field", "name": "table", "isContainer": False, "cardinality": "SINGLE"},
    }
    relation = {"category": "RELATIONSHIP", "relationshipCategory": "COMPOSITION", **ends}
    place.create("type", f"{place.types}file_field", category="relationshipDefs", definition=relation)
    file = f"{place.types}file/{place.names}/raw/buyers.csv"
    place.create("entity", file, name="buyers.csv")
    for column in ("id", "mail"):
        place.create("entity", f"{place.types}field/{place.names}/raw/buyers.csv#{column}", name=column, table=file)
    with running(seed="demo") as sandbox:
        project.env |= {
            "RECONCILER_VAR_CLUEDIN_URL": sandbox.url,
            "RECONCILER_VAR_GLOSSARY": f"{place.glossary} L",
            "RECONCILER_SECRETS": "ATLAS_PASSWORD,CLUEDIN_PASSWORD",
            "CLUEDIN_PASSWORD": SECRETS["CLUEDIN_PASSWORD"],
        }
        project.edit("environments/sandbox.yaml", "  policy:", CLUEDIN.strip("\n") + "\n  policy:")
        project.write("buyer.yaml", MAPPING)
        project.write("link.yaml", LINK)
        yield project


def test_a_linked_file_flows_into_the_entity_type(linked: AtlasProject, place: Place) -> None:
    plan = linked.plan()
    assert not plan.refused, [str(one.summary) for one in plan.diagnostics]
    linked.done()
    start = place.entity(f"{place.types}file", f"{place.names}/raw/buyers.csv")
    assert start is not None
    lineage = place.call("GET", f"/lineage/{start['guid']}", direction="OUTPUT", depth=5)
    names = {node["attributes"]["qualifiedName"] for node in lineage["guidEntityMap"].values()}
    assert {f"{place.names}.dataset.Live.buyers.buyers", f"{place.names}.entity.Buyer"} <= names
    linked.edit("link.yaml", "columns: {id: buyer.id, mail: buyer.email}", "columns: {id: buyer.id, mail: ignore}")
    assert {address.partition(":")[0] for _, address in linked.actions()} >= {"purview.entity"}
    linked.done()
