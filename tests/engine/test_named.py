"""Options that name an address: a typo is an error, and what the option cannot do is said."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import ReconcilerError

from .conftest import World
from .fakes import THING, finding, thing

NAMED: dict[str, Any] = {
    "rotate": lambda address: (address,),
    "replace": lambda address: (address,),
    "force_conflicts": lambda address: (address,),
    "targets": lambda address: (address,),
}


@pytest.mark.parametrize("option", NAMED)
@pytest.mark.parametrize("act", ["plan", "apply"])
def test_a_typo_is_an_error_with_what_was_meant(world: World, option: str, act: str) -> None:
    world.apply(thing("customer", text="one"))
    with pytest.raises(ReconcilerError, match="matches nothing") as refused:
        getattr(world, act)(thing("customer", text="two"), **{option: NAMED[option]("purview.thing:custmer")})
    [found] = refused.value.diagnostics
    assert found.code.removesuffix(".unknown") == option.replace("targets", "target")
    assert "purview.thing:customer" in found.detail
    assert world.system.at("customer")["values"]["text"] == "one"


def test_nothing_alike_is_an_error_too(world: World) -> None:
    with pytest.raises(ReconcilerError, match="--rotate zzz matches nothing"):
        world.plan(thing("customer", text="one"), rotate=("zzz",))


def test_what_an_option_cannot_do_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "purview.thing:a"
    world.apply(thing("a", text="one"), thing("gone", text="one"))

    def said(**options: Any) -> str:
        [option] = options
        return finding(world.plan(thing("a", text="two"), **options).diagnostics, f"{option}.nothing").summary

    assert "no secret" in said(rotate=(address,))
    assert "no conflict" in said(force_conflicts=(address,))
    assert "no manifest wants it" in said(replace=("purview.thing:gone",))
    monkeypatch.setattr(THING, "deletes", "none", raising=False)
    assert "cannot be replaced" in said(replace=(address,))


def test_what_an_option_does_needs_no_word(world: World) -> None:
    address = "purview.thing:a"
    world.apply(thing("a", text="one"))
    assert not _codes(world, thing("a", text="two"), replace=(address,))
    world.system.at("a")["values"]["text"] = "of a person"
    assert not _codes(world, thing("a", text="two"), force_conflicts=(address,))
    assert world.apply(thing("a", text="two"), force_conflicts=(address,)).complete
    assert _codes(world, thing("a", text="two"), force_conflicts=(address,)), "it is done, which is no error"


def _codes(world: World, *wants: Any, **options: Any) -> list[str]:
    return [d.code for d in world.plan(*wants, **options).diagnostics if d.code.endswith(".nothing")]
