"""Qualified names and type definitions."""

from __future__ import annotations

import pytest

from reconciler.kinds.project.asset_types import definitions
from reconciler.kinds.project.names import QualifiedNames, col, path_parts, seg, term_path

NAMES = QualifiedNames("cluedin")


@pytest.mark.parametrize(
    ("text", "segment", "column"),
    [
        ("Customer", "Customer", "Customer"),
        (" a b ", "a%20b", "a%20b"),
        ("a.b", "a%2Eb", "a.b"),
        ("a~b#c@d/e", "a%7Eb%23c%40d%2Fe", "a%7Eb%23c%40d%2Fe"),
        ("Größe", "Gr%C3%B6%C3%9Fe", "Gr%C3%B6%C3%9Fe"),
        ("Gro\u0308\u00dfe", "Gr%C3%B6%C3%9Fe", "Gr%C3%B6%C3%9Fe"),
        ("100%", "100%25", "100%25"),
    ],
)
def test_parts_of_names(text, segment, column):
    assert (seg(text), col(text)) == (segment, column)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (NAMES.entity("/Person"), "cluedin.entity.Person"),
        (NAMES.entity("/Infrastructure/User"), "cluedin.entity.Infrastructure.User"),
        (NAMES.column(NAMES.entity("/Customer"), "customer.email"), "cluedin.entity.Customer#customer.email"),
        (NAMES.data_set("CRM", "contacts", "all.csv"), "cluedin.dataset.CRM.contacts.all%2Ecsv"),
        (NAMES.ingest("CRM", "s", "n"), "cluedin.ingest.CRM.s.n"),
        (NAMES.map("CRM", "s", "n"), "cluedin.map.CRM.s.n"),
        (NAMES.stream("My stream"), "cluedin.stream.My%20stream"),
        (NAMES.export("customers_wide_v1"), "cluedin.export.customers_wide_v1"),
        (NAMES.provider("Azure", "x"), "cluedin.provider.Azure.x"),
        (NAMES.target("customers"), "cluedin.target.customers"),
    ],
)
def test_qualified_names(name, expected):
    assert name == expected


def test_paths_of_terms():
    assert term_path("G", "A/B", "C@D") == "G/A%2FB/C%40D"
    assert path_parts("Party/Legal%2FTax") == ["Party", "Legal/Tax"]


def test_every_type_carries_the_prefix_and_the_marker():
    for name, one in definitions("mdm_").items():
        assert name.startswith("mdm_")
        assert one.definition["name"] == name
        assert one.definition["options"]["managedBy"] == "reconciler"
        assert all(need in definitions("mdm_") for need in one.needs)
        assert all(not attribute["isIndexable"] for attribute in one.definition.get("attributeDefs", ()))


def test_types_know_each_other():
    known = definitions("cluedin_")
    assert known["cluedin_export"].definition["superTypes"] == ["cluedin_stream_process"]
    assert known["cluedin_column"].definition["superTypes"] == ["DataSet"]
    assert known["cluedin_tabular_columns"].definition["endDef2"]["type"] == "cluedin_column"
    assert known["cluedin_metrics"].needs == ("cluedin_dataset",)
    keys = next(a for a in known["cluedin_export"].definition["attributeDefs"] if a["name"] == "primary_key")
    assert keys["cardinality"] == "SET"
