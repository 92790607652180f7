"""A ledger belongs to systems that it knows again, whatever a sign-in may see of them."""

from __future__ import annotations

import base64
import json
import time
from types import SimpleNamespace
from typing import Any

import pytest

from reconciler.errors import RefusedError
from reconciler.ledger import Header, LocalLedger
from reconciler.ledger.binding import not_ours
from reconciler.plan import require_approved
from reconciler.systems.auth import Renewable, SignIn, Token
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.identity import same
from reconciler.systems.purview import Purview
from reconciler.systems.refusals import Refused

from .conftest import World
from .fakes import thing

HERE, THERE = "purview:https://contoso.purview.azure.com", "purview:https://fabrikam.purview.azure.com"
OURS, THEIRS = "purview:contoso-root", "purview:fabrikam-root"
SHARED = "purview:https://api.purview-service.microsoft.com"
MINE, OTHER = "purview-tenant:1", "purview-tenant:2"


@pytest.mark.parametrize(
    ("known", "seen", "verdict"),
    [
        ((HERE,), (HERE,), True),
        ((HERE,), (HERE, OURS), True),
        ((HERE, OURS), (HERE,), True),
        ((HERE, OURS), (THERE, OURS), True),
        ((OURS,), (HERE, OURS), True),
        ((HERE, THERE, OURS), (THERE,), True),
        ((HERE,), (THERE,), False),
        ((HERE,), (THERE, OURS), False),
        ((HERE, OURS), (HERE, THEIRS), False),
        ((HERE, OURS), (THERE,), False),
        ((OURS,), (THEIRS,), False),
        ((SHARED, MINE), (SHARED, OTHER), False),
        ((SHARED, MINE), (SHARED, MINE), True),
        ((SHARED, MINE), (SHARED,), True),
        ((OURS,), (HERE,), None),
    ],
)
def test_what_both_sides_know_decides(known: tuple[str, ...], seen: tuple[str, ...], verdict: bool | None) -> None:
    assert same(known, seen) is verdict
    assert same(seen, known) is verdict
    assert (not_ours(known, seen) is None) == bool(verdict)


@pytest.mark.parametrize(
    "runs",
    [[(HERE,), (HERE, OURS), (HERE,)], [(HERE, OURS), (HERE,), (HERE, OURS)], [(HERE, OURS), (THERE, OURS), (THERE,)]],
    ids=["rights come later", "rights are taken away", "the address changes"],
)
def test_a_sign_in_that_sees_more_or_less_is_no_other_system(
    world: World, monkeypatch: pytest.MonkeyPatch, runs: list[tuple[str, ...]]
) -> None:
    for seen in runs:
        monkeypatch.setattr(world.system, "identities", lambda names=seen: names)
        assert world.apply(thing("a", text="one")).complete
    known = world.book.load().header.systems["purview"]
    assert set(known) == {name for names in runs for name in names}, "what became known is added"
    monkeypatch.setattr(world.system, "identities", lambda: ("purview:https://else.test", THEIRS))
    with pytest.raises(RefusedError, match=r"purview:contoso-root.*purview:fabrikam-root"):
        world.plan(thing("a", text="one"))


def test_who_plans_changes_nothing_of_what_is_approved(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan is made with an identity that may only read, and applied with another."""
    monkeypatch.setattr(world.system, "identities", lambda: (HERE,))
    approved = world.plan(thing("a", text="one"))
    monkeypatch.setattr(world.system, "identities", lambda: (HERE, OURS))
    assert world.plan(thing("a", text="one")).digest == approved.digest
    require_approved(approved.as_dict(), world.plan(thing("a", text="one")))


def test_a_ledger_that_knows_one_name_only_says_what_to_do(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ledgers of earlier versions have one text for each system."""
    header = Header.new("test").as_dict() | {"systems": {"purview": OURS}, "format": 1}
    world.book.path.write_text(json.dumps(header) + "\n")
    assert LocalLedger(world.book.path, "test").load().header.systems == {"purview": [OURS]}
    monkeypatch.setattr(world.system, "identities", lambda: (HERE,))
    with pytest.raises(RefusedError, match="nobody can tell") as refused:
        world.plan(thing("a", text="one"))
    assert "Data Reader" in refused.value.diagnostics[0].detail
    monkeypatch.setattr(world.system, "identities", lambda: (HERE, OURS))
    world.apply(thing("a", text="one"))
    monkeypatch.setattr(world.system, "identities", lambda: (HERE,))
    assert world.plan(thing("a", text="one")).unchanged == 1


# -- what each system sees of itself -----------------------------------------------------------------------------------


def jwt(**claims: object) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({})}.{part(claims)}.c2ln"


def connection(base: str, sign_in: SignIn) -> Any:
    return SimpleNamespace(base=base, sign_in=sign_in)


def renewed(token: str) -> Renewable:
    return Renewable(lambda: (token, time.time() + 3600))


@pytest.mark.parametrize(
    ("sign_in", "more"),
    [
        (Token("an-opaque-token"), ()),
        (Token(jwt(OrganizationId="AB-1")), ("cluedin:ab-1",)),
        (renewed(jwt(OrganizationId="AB-1")), ("cluedin:ab-1",)),
        (renewed("an-opaque-token"), ()),
    ],
    ids=["opaque token", "token", "password", "opaque password"],
)
def test_cluedin_is_known_by_its_address_and_by_its_organisation(sign_in: SignIn, more: tuple[str, ...]) -> None:
    address = "https://acme.cluedin.test"
    seen = CluedIn(connection(address, sign_in)).identities()
    assert seen == (f"cluedin:{address}", *more)
    assert not_ours([f"cluedin:{address}"], seen) is None


@pytest.mark.parametrize("status", [403, 404])
def test_purview_is_known_by_its_address_where_collections_may_not_be_seen(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    purview = Purview(connection("https://contoso.purview.azure.com", Token("an-opaque-token")))

    def refused() -> list[dict[str, Any]]:
        raise Refused("purview", "GET /collections", status, "Unauthorized", "no", "")

    monkeypatch.setattr(
        purview, "collections", lambda: [{"name": "Contoso-Root"}, {"name": "x", "parentCollection": 1}]
    )
    assert purview.identities() == (HERE, OURS)
    monkeypatch.setattr(purview, "collections", refused)
    assert purview.identities() == (HERE,)


def test_the_tenant_tells_purviews_of_one_address_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    purview = Purview(connection("https://api.purview-service.microsoft.com", Token(jwt(tid="1"))))
    monkeypatch.setattr(purview, "collections", list)
    assert purview.identities() == (SHARED, MINE)
    own = Purview(connection("https://contoso.purview.azure.com", Token(jwt(tid="1"))))
    monkeypatch.setattr(own, "collections", list)
    assert own.identities() == (HERE,), "elsewhere the address tells it"
