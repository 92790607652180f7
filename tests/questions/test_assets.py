"""Questions about what scanners found, asked of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.questions import Question, ask
from reconciler.questions.assets import AssetAt, AssetsNamed, AssetsTagged, ScannedAsset, ScannedColumn
from tests.resources.purview_bench import Bench, bench

LAKE = "https://contosolake.dfs.core.windows.net/raw"
SQL = "mssql://contoso-sql.database.windows.net/finance/dbo"
PATH, SET, TABLE = "azure_datalake_gen2_path", "azure_datalake_gen2_resource_set", "azure_sql_table"
CONTACTS = f"{LAKE}/crm/contacts.csv"
ATLAS = "/atlas/v2"


@pytest.fixture(scope="module")
def purview() -> Iterator[Bench]:
    """The demo estate; some terms are put on more assets and columns."""
    with bench() as made:
        assign(made, "Account", PATH, f"{LAKE}/crm/accounts.csv")
        assign(made, "Account", PATH, CONTACTS)
        assign(made, "Finance/Payment", TABLE, f"{SQL}/payments")
        assign(made, "Segment", "column", f"{CONTACTS}#__tabular_schema//segment")
        assign(made, "Finance/Payment/IBAN", "azure_sql_column", f"{SQL}/payments#iban")
        yield made


def assign(made: Bench, term: str, type_name: str, qualified_name: str) -> None:
    made.create("assignment", f"Enterprise/{term}@{type_name}/{qualified_name}")


def answers(made: Bench, *questions: Question) -> list[tuple[Any, ...] | None]:
    found = ask(questions, {"purview": made.purview.fresh()})
    return [found.of(one) for one in questions]


def names(rows: tuple[ScannedAsset, ...] | None) -> list[str]:
    return [row.qualified_name.rpartition("/")[2] for row in rows or ()]


def test_a_file_has_the_columns_of_its_schema(purview: Bench) -> None:
    [[asset]] = answers(purview, AssetAt(PATH, CONTACTS))
    assert (asset.key, asset.name, asset.collection) == (f"{PATH}/{CONTACTS}", "contacts.csv", "1lfhuf")
    assert sorted(one.name for one in asset.columns) == [
        "account_id", "crm_notes", "email", "full_name", "id", "segment", "updated_at",
    ]  # fmt: skip
    email = asset.column("email")
    assert email == ScannedColumn(
        "email", "string", f"column/{CONTACTS}#__tabular_schema//email", frozenset({"MICROSOFT.PERSONAL.EMAIL"})
    )


def test_a_table_has_its_own_columns_with_types(purview: Bench) -> None:
    [[asset]] = answers(purview, AssetAt(TABLE, f"{SQL}/payments"))
    assert {one.name: one.type for one in asset.columns} == {
        "payment_id": "int", "invoice_id": "int", "iban": "nvarchar", "paid_at": "datetime2",
    }  # fmt: skip
    assert asset.column("iban").key == f"azure_sql_column/{SQL}/payments#iban"


def test_a_resource_set_is_found_by_its_pattern(purview: Bench) -> None:
    name = f"{LAKE}/erp/orders/{{Year}}/{{Month}}/{{N}}.parquet"
    [[asset]] = answers(purview, AssetAt(SET, name))
    assert (asset.name, len(asset.columns)) == ("orders", 4)


def test_no_asset_is_no_row_and_case_counts(purview: Bench) -> None:
    assert answers(purview, AssetAt(PATH, f"{LAKE}/crm/Contacts.csv"), AssetAt(TABLE, CONTACTS)) == [(), ()]


def test_many_assets_are_asked_for_at_once(purview: Bench) -> None:
    before = len(purview.sent)
    asked = [AssetAt(PATH, CONTACTS), AssetAt(PATH, f"{LAKE}/crm/accounts.csv"), AssetAt(PATH, "none")]
    found = answers(purview, *asked)
    assert [names(rows) for rows in found] == [["contacts.csv"], ["accounts.csv"], []]
    assert len(purview.sent) - before <= 3, "assets, schemas and columns, each in bulk"


def test_terms_on_columns_are_told_for_the_glossaries_that_matter(purview: Bench) -> None:
    bare, told = AssetAt(PATH, CONTACTS), AssetAt(PATH, CONTACTS, ("Enterprise", "No such glossary"))
    assert answers(purview, bare)[0][0].column("segment").terms == ()
    [[asset]] = answers(purview, told)
    assert asset.column("segment").terms == ("Enterprise/Segment",)
    assert asset.column("email").terms == ()


def test_the_column_of_a_name_or_the_only_one_in_another_case() -> None:
    twins = [ScannedColumn(name, "", "") for name in ("Id", "ID", "Mail")]
    asset = ScannedAsset(PATH, "q", "q", tuple(twins))
    assert asset.column("Id") is twins[0]
    assert asset.column("mail") is twins[2]
    assert asset.column("id") is None, "two columns differ from it only in case"


def test_assets_by_a_part_of_their_name(purview: Bench) -> None:
    csv, tables = AssetsNamed((PATH, SET), "/raw/crm/"), AssetsNamed((TABLE,), "/dbo/")
    found = answers(purview, csv, tables, AssetsNamed((TABLE,), "/raw/crm/"))
    assert [names(rows) for rows in found] == [["accounts.csv", "contacts.csv"], ["invoices", "payments"], []]
    assert len(found[0][1].columns) == 7


@pytest.mark.parametrize(
    ("terms", "types", "collection", "expected"),
    [
        (("Account",), (), "", ["accounts.csv", "contacts.csv"]),
        (("Account", "Invoice"), (), "", ["accounts.csv", "contacts.csv", "invoices"]),
        (("Finance/Invoice",), (), "", ["invoices"]),
        (("Payment",), (), "", ["payments"]),
        (("*",), (PATH,), "", ["accounts.csv", "contacts.csv"]),
        (("Account",), (TABLE,), "", []),
        (("Account",), (), "contoso-purview/Raw", ["accounts.csv", "contacts.csv"]),
        (("Account",), (), "1LFHUF", ["accounts.csv", "contacts.csv"]),
        (("Account",), (), "contoso-purview", ["accounts.csv", "contacts.csv"]),
        (("Account",), (), "contoso-purview/MDM", []),
        (("Account",), (), "no such collection", []),
        (("No such term",), (), "", []),
    ],
)
def test_assets_by_the_terms_on_them(
    purview: Bench, terms: tuple[str, ...], types: tuple[str, ...], collection: str, expected: list[str]
) -> None:
    [rows] = answers(purview, AssetsTagged("Enterprise", terms, types, collection))
    assert names(rows) == expected


def test_tagged_assets_have_columns_with_terms(purview: Bench) -> None:
    [[asset]] = answers(purview, AssetsTagged("Enterprise", ("Payment",), glossaries=("Enterprise",)))
    assert asset.column("iban").terms == ("Enterprise/Finance/Payment/IBAN",)


def test_a_glossary_that_is_not_there_tags_nothing(purview: Bench) -> None:
    assert answers(purview, AssetsTagged("Nowhere", ("*",))) == [()]


def test_deleted_assets_are_gone() -> None:
    with bench() as made:
        assign(made, "Account", PATH, CONTACTS)
        tagged, at = AssetsTagged("Enterprise", ("Account",)), AssetAt(PATH, CONTACTS)
        assert [names(rows) for rows in answers(made, tagged, at)] == [["contacts.csv"]] * 2
        made.purview.call("DELETE", f"/entity/guid/{made.one('asset', f'{PATH}/{CONTACTS}').id}", effect="set")
        assert answers(made, tagged, at) == [(), ()]


def test_pages_are_followed(purview: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.questions.assets.HITS_A_PAGE", 1)
    tagged, named = AssetsTagged("Enterprise", ("Account",)), AssetsNamed((PATH,), "/raw/crm/")
    assert [names(rows) for rows in answers(purview, tagged, named)] == [["accounts.csv", "contacts.csv"]] * 2


def test_without_purview_nothing_is_known() -> None:
    question = AssetAt(PATH, CONTACTS)
    assert ask([question], {}).of(question) is None
