"""When two keys of a type are one, and when they only look like one: every type, found by discovery."""

from __future__ import annotations

import unicodedata

import pytest

from reconciler.graph import combine
from reconciler.resources import types
from reconciler.resources.base import Resource
from reconciler.resources.objects import Origin
from reconciler.resources.spelling import composed, difference, look_alike

NFC, NFD = unicodedata.normalize("NFC", "Käse"), unicodedata.normalize("NFD", "Käse")
FREE = sorted(name for name, type in types().items() if not type.hosted and not type.read_only)
VERBATIM = {"purview.entity", "purview.asset"}
HERE, THERE = Origin("Test", "here", "manifests/a.yaml", 3), Origin("Test", "there", "manifests/b.yaml", 7)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Email", "email", True),
        ("E-Mail", "Email", False),
        ("Full  Name ", "full name", True),
        ("FullName", "Full Name", False),
        (NFC, NFD, True),
        ("STRASSE", "Straße", True),
        ("Ｅmail", "email", True),
        ("Id", "İd", False),
        ("Enter\u00adprise", "enterprise", True),
        ("Email\u200b", "Email", True),
    ],
)
def test_what_looks_alike(one: str, other: str, same: bool) -> None:
    assert (look_alike(one) == look_alike(other)) is same
    assert look_alike(look_alike(one)) == look_alike(one)


def test_what_two_names_differ_in() -> None:
    assert difference("Email", "email") == "in case only"
    assert difference("Enter\u00adprise", "Enterprise") == "in characters that nobody sees only"
    assert difference("full name", "Full  Name") == "in blanks and case only"
    assert difference(NFC, NFD) == "in its Unicode form only"
    assert difference("Ｅmail", "email") == "in case and form of letters only"


@pytest.mark.parametrize("name", sorted(types()))
def test_one_name_in_two_forms_of_unicode_is_one_key(name: str) -> None:
    type = types()[name]
    assert (type.fold(f"{NFC}@t/q") == type.fold(f"{NFD}@t/q")) is (name not in VERBATIM)
    if type.system == "purview" and name not in ("purview.related_term",):
        host = {f"x@t/{NFC}", f"x@t/{NFD}"} if type.hosted else {f"t/{NFC}", f"t/{NFD}"}
        assert len({type.fold(one) for one in host}) == (2 if type.hosted or name in VERBATIM else 1)


@pytest.mark.parametrize("name", FREE)
def test_keys_that_look_alike_are_near(name: str) -> None:
    type = types()[name]
    assert type.near(f"Group/{NFC}") == type.near(f"gROUP/{NFD.upper()}")
    assert type.near("a/b") != type.near("a/c")
    assert type.near("A%2FB") != type.near("A/B") or name == "purview.entity", "a slash in a name parts no names"


def test_names_of_ours_are_near_below_their_encoding() -> None:
    entity = types()["purview.entity"]
    assert entity.near("t/cluedin.dataset.CRM.%C3%84") == entity.near("t/cluedin.dataset.crm.%C3%A4")
    assert entity.single("cluedin_column/cluedin.entity.A#a.b")
    assert not entity.single("cluedin_dataset/cluedin.dataset.a.b.c")


def _codes(type: Resource, *wants: tuple[str, Origin, bool]) -> list[tuple[str, int | None]]:
    made = []
    for key, origin, distinct in wants:
        want = type.desired(key, origin)
        want.distinct = distinct
        made.append(want)
    return [(f.code, f.source.line if f.source else None) for f in combine(made)[1]]


@pytest.mark.parametrize("name", FREE)
def test_two_documents_that_spell_a_name_in_two_cases(name: str) -> None:
    type = types()[name]
    one, other = ("g/s/Name", "g/s/NAME")
    same = type.fold(one) == type.fold(other)
    code = "resource.same_name" if same else "resource.look_alike"
    assert _codes(type, (one, HERE, False), (other, THERE, False)) == [(code, 7)]
    meant = [(code, 7)] if same else []
    assert _codes(type, (one, HERE, False), (other, THERE, True)) == meant


def test_what_stands_in_two_places_is_told_once_of_the_places() -> None:
    term = types()["purview.term"]
    assert _codes(term, ("G/A/B", HERE, False), ("g/A/B", THERE, False)) == [], "the glossaries are told"
    assert _codes(term, ("G/A/B", HERE, False), ("G/a/B", THERE, False)) == [], "the parents are told"


def test_columns_are_never_two() -> None:
    entity = types()["purview.entity"]
    one, other = "t/cluedin.entity.A#a.id", "t/cluedin.entity.A#a.ID"
    assert _codes(entity, (one, HERE, False), (other, THERE, True)) == [("resource.look_alike", 7)]
    assert _codes(entity, (one, HERE, True), (other, THERE, True)) == [], "both are facts"


def test_composed_leaves_plain_text_alone() -> None:
    text = "plain"
    assert composed(text) is text
