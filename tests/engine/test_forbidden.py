"""Writes for which a right lacks: whom one refusal speaks for, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.apply.forbidden import Forbidden, is_forbidden, is_signed_out
from reconciler.diff import Change
from reconciler.errors import ConfigurationError, ReconcilerError
from reconciler.resources import type_of, types
from reconciler.resources.objects import Live, Write
from reconciler.systems.auth import Token
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.http import Connection
from reconciler.systems.purview import Purview, errors
from reconciler.systems.refusals import Refused

OURS = "contoso-purview/MDM/CluedIn"
REFUSED = Refused("purview", "POST /x", 403, "Unauthorized", "Not authorized to access account", "r-1")


def forbidden() -> Forbidden:
    connection = Connection("purview", "https://x.purview.azure.com", Token("a-token-of-a-test"), errors)
    return Forbidden({"purview": Purview(connection, {"collection": OURS})})


def change(address: str, *needs: str) -> Change:
    return Change(address, type_of(address), "create", "new", depends_on=needs)


def write(address: str, found: dict[str, Any] | None = None, **values: Any) -> Write:
    key = address.partition(":")[2]
    live = None if found is None else Live(key, "id", found)
    return Write(address, key, values, live, lambda address: "id")


ENTITY = "purview.entity:cluedin_entity/cluedin.entity.Customer"
OTHER = "purview.entity:cluedin_entity/cluedin.entity.Product"
LABEL = "purview.label:cluedin_entity/cluedin.entity.Customer/PII"


def test_where_an_object_is_put_counts_before_where_all_of_ours_are() -> None:
    lacking = forbidden()
    assert lacking.need(change(ENTITY), write(ENTITY)).where == f"collection {OURS}"
    assert lacking.need(change(ENTITY), write(ENTITY, collection="raw")).where == "collection raw"
    assert lacking.need(change(ENTITY), write(ENTITY, {"collection": "old"})).where == "collection old"


def test_what_hangs_on_others_assets_lies_where_they_put_it() -> None:
    need = forbidden().need(change(LABEL, "purview.asset:azure_sql_table/x"), write(LABEL))
    assert need.where == "the collection it lies in"


def test_one_refusal_speaks_for_one_collection_only() -> None:
    lacking = forbidden()
    pair = [change(ENTITY), change(OTHER)]
    assert lacking.alike(pair, {ENTITY: write(ENTITY), OTHER: write(OTHER)})
    assert not lacking.alike(pair, {ENTITY: write(ENTITY), OTHER: write(OTHER, collection="raw")})
    unknown = [change(LABEL, "purview.asset:azure_sql_table/x")]
    assert not lacking.alike(unknown, {LABEL: write(LABEL)}), "assets of others may lie in several"


def test_one_finding_for_each_place() -> None:
    lacking = forbidden()
    for address, place in ((ENTITY, None), (OTHER, None), ("purview.entity:t/far", "raw")):
        lacking.note(change(address), write(address, **({"collection": place} if place else {})), REFUSED)
    found = list(lacking.diagnostics())
    assert [one.summary.split(" not written")[0] for one in found] == [
        f"2 resources ({ENTITY}, {OTHER})",
        "1 resource (purview.entity:t/far)",
    ]
    assert {one.request_id for one in found} == {"r-1"}


@pytest.mark.parametrize(
    ("type_name", "role", "where"),
    [
        ("purview.entity", "the role Data Curator", f"collection {OURS}"),
        ("purview.term", "the role Data Curator", "the root collection"),
        ("purview.collection", "the role Collection Admin", "collection contoso-purview/MDM"),
        ("cluedin.stream", "the claim Consume: Streams at level Accountable", "CluedIn"),
    ],
)
def test_roles_and_claims(type_name: str, role: str, where: str) -> None:
    assert types()[type_name].right.need(OURS) == (role, where)


@pytest.mark.parametrize(
    ("error", "rights", "sign_in"),
    [
        (REFUSED, True, False),
        (Refused("purview", "POST /x", 401, "", "no"), False, True),
        (Refused("purview", "POST /x", 400, "", "no"), False, False),
        (GraphQLRefused("createVocabulary", ["Request failed with status code 403 (Forbidden)"]), True, False),
        (GraphQLRefused("createVocabulary", ["Request failed with status code 409 (Conflict)"]), False, False),
        (ConfigurationError.of("sign_in.failed", "no"), False, True),
        (ConfigurationError.of("purview.no_collection", "no"), False, False),
    ],
)
def test_which_refusals_are_about_rights_or_sign_in(error: ReconcilerError, rights: bool, sign_in: bool) -> None:
    assert (is_forbidden(error), is_signed_out(error)) == (rights, sign_in)
