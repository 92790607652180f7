"""What holds for every type of resource, found by discovery: a new file is met here by itself."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import reconciler.resources
from reconciler.desired import load
from reconciler.kinds import models
from reconciler.manifest.spec import example
from reconciler.resources import type_of, types
from reconciler.resources.base import Resource
from reconciler.resources.rights import NOT_SAID

from ..support import ENVIRONMENT

TYPES = types()
WRITABLE = {name: type for name, type in TYPES.items() if not type.read_only}
ELSEWHERE = {
    "cluedin.auto_submit": "scenarios of sources",
    "cluedin.policy_order": "scenarios of policies, as an order is one of several documents",
    "cluedin.rule_order": "scenarios of rules, as an order is one of several documents",
    "purview.category": "tests of terms, until a kind wants categories",
    "purview.related_term": "histories, and scenarios of moves",
}
"""Types that no example of a kind wants, and where they are tried instead."""
MANY = {"create": "create_many", "update": "update_many", "delete": "delete_many"}


def overrides(kind: Resource, method: str) -> bool:
    return getattr(type(kind), method) is not getattr(Resource, method)


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The types that the examples of all kinds want, offline."""
    root = tmp_path_factory.mktemp("types")
    texts = {"environments/sandbox.yaml": ENVIRONMENT}
    texts |= {f"{word}.yaml": example(model) for word, model in models().items() if word != "Environment"}
    for name, text in texts.items():
        path = root / "manifests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), encoding="utf-8")
    wishes = load(root, "sandbox", {"RECONCILER_VAR_SANDBOX_URL": "https://acme.cluedin.test"})
    return {want.type.full_name for want in wishes.known.values()}


@pytest.mark.parametrize("name", WRITABLE)
def test_it_says_which_right_a_write_needs(name: str) -> None:
    assert WRITABLE[name].right is not NOT_SAID, "set `right`, see resources/rights.py"
    assert (WRITABLE[name].right.place == "CluedIn") is name.startswith("cluedin.")
    assert WRITABLE[name].right.need("a/b").advice.startswith("Give the identity the ")


@pytest.mark.parametrize("name", TYPES)
def test_an_address_leads_back_to_it(name: str) -> None:
    assert type_of(TYPES[name].address("a/b")) is TYPES[name]
    assert Path(inspect.getfile(type(TYPES[name]))).parent.name == name.partition(".")[0]
    assert Path(inspect.getfile(type(TYPES[name]))).is_relative_to(Path(reconciler.resources.__file__).parent)


@pytest.mark.parametrize("name", TYPES)
def test_its_calls_are_those_that_its_traits_promise(name: str) -> None:
    kind = TYPES[name]
    assert overrides(kind, "read")
    if kind.read_only:
        return
    assert overrides(kind, "delete") or overrides(kind, "delete_many") or kind.deletes != "hard"
    assert overrides(kind, "retire") or kind.deletes != "retire"
    assert all(size > 1 and overrides(kind, MANY[call]) for call, size in kind.batch.items())
    assert kind.settle > 0
    assert kind.retired_by in ("", *kind.retiring)


@pytest.mark.parametrize("name", TYPES)
def test_names_have_one_form(name: str) -> None:
    for key in ("Cafe\u0301/One", "a%2Fb/c"):
        assert TYPES[name].fold(TYPES[name].fold(key)) == TYPES[name].fold(key)


def test_types_that_share_answers_are_of_one_system() -> None:
    groups: dict[str, set[str]] = {}
    for kind in TYPES.values():
        if kind.reads_with:
            groups.setdefault(kind.reads_with, set()).add(kind.system)
    assert groups
    assert all(len(systems) == 1 for systems in groups.values())


def test_the_examples_of_the_kinds_want_all_but_a_few(wanted: set[str]) -> None:
    """So that all invariants over kinds meet a type; those that they do not meet are named, with who does."""
    alone = WRITABLE.keys() - wanted - ELSEWHERE.keys()
    assert not alone, f"no example of a kind wants {', '.join(alone)}: let one, or name in ELSEWHERE who tries it"
    assert not ELSEWHERE.keys() & wanted, "these are wanted by now"
