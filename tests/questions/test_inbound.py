"""Questions about what CluedIn takes in, asked of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.questions import ask
from reconciler.questions.inbound import DataSetsNamed
from reconciler.systems.cluedin import CluedIn
from reconciler_sandbox.server import running
from tests.resources.cluedin_support import Desk, connect

SETS = {
    "CRM/contacts/contacts": ["id", "email"],
    "CRM/contacts/leads": ["id"],
    "ERP/a%2Fb%23c/a%2Fb%23c": ["x"],
    "accounts.csv/https:%2F%2Flake%2Faccounts.csv/accounts.csv": ["y"],
}


@pytest.fixture(scope="module")
def cluedin() -> Iterator[CluedIn]:
    """Four data sets in three groups."""
    with running(seed="demo") as sandbox:
        made = connect(sandbox)
        for key, fields in SETS.items():
            parts = key.split("/")
            if Desk(made, "data_source_group").read(parts[0], "none") is None:
                Desk(made, "data_source_group").create(parts[0])
            if Desk(made, "data_source").read("/".join(parts[:2]), "none") is None:
                Desk(made, "data_source").create("/".join(parts[:2]), type="endpoint")
            Desk(made, "data_set").create(key, type="endpoint", fields=fields)
        yield made


@pytest.mark.parametrize(
    ("group", "source", "name", "expected"),
    [
        ("CRM", "contacts", "contacts", ["CRM/contacts/contacts"]),
        ("ERP", "a/b#c", "a/b#c", ["ERP/a%2Fb%23c/a%2Fb%23c"]),
        ("CRM", "contacts", "{asset.name}", ["CRM/contacts/contacts", "CRM/contacts/leads"]),
        ("{asset.name}", "{asset.qualified_name}", "{asset.name}.csv", [list(SETS)[3]]),
        ("crm", "contacts", "contacts", []),
        ("CR.", "contacts", "contacts", []),
    ],
)
def test_data_sets_by_name(cluedin: CluedIn, group: str, source: str, name: str, expected: list[str]) -> None:
    question = DataSetsNamed(group, source, name)
    rows = ask([question], {"cluedin": cluedin.fresh()}).of(question)
    assert rows is not None
    assert [row.key for row in rows] == expected
    assert [list(row.fields) for row in rows] == [SETS[key] for key in expected]
    assert all(row.id == row.id.lower() for row in rows)
