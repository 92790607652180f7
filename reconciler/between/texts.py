"""Names, definitions and whether something is in use: what both sides of a pair say in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.between.found import Found, Matter
from reconciler.between.pairs import own
from reconciler.resources.prose import Prose, flat
from reconciler.resources.spelling import composed


def name(matter: Matter) -> Iterator[Found]:
    """The own name of the term against the name that CluedIn shows."""
    live = matter.sides.live(matter.pair.other)
    field = "name" if matter.is_concept else "display_name"
    here, there = own(matter.pair.term), str(live.fields.get(field) or "")
    if not there or _same(here, there):
        return
    # an address is a name: what a manifest wants under it is called as the manifest says
    if matter.git.wants(matter.term) and matter.git.is_as_written(matter.pair.other, field, live):
        return
    yield matter.found(
        "between.name",
        here,
        there,
        f"The term is called “{here}”, and the {matter.noun} “{there}”",
        "Give both one name, in Purview or in CluedIn.",
    )


def definition(matter: Matter) -> Iterator[Found]:
    """The definition of the term against the description; where one side says nothing nothing disagrees."""
    live, term = matter.sides.live(matter.pair.other), matter.sides.terms[matter.pair.term]
    here, there = readable(term.fields.get("definition")), readable(live.fields.get("description"))
    if not here or not there or _same(here, there):
        return
    in_git = matter.git.is_as_written(matter.term, "definition", term)
    if in_git and matter.git.is_as_written(matter.pair.other, "description", live):
        return
    yield matter.found(
        "between.definition",
        here,
        there,
        f"{matter.called} is defined in Purview in other words than the {matter.noun} is described in CluedIn",
        "Give both one text, in Purview or in CluedIn.",
    )


def use(matter: Matter) -> Iterator[Found]:
    """A term that has expired against a key that is in use, and the other way round."""
    if matter.is_concept or not matter.sides.terms_expire:
        return
    live, term = matter.sides.live(matter.pair.other), matter.sides.terms[matter.pair.term]
    expired, obsolete = is_expired(term.fields), bool(live.fields.get("obsolete"))
    if expired == obsolete:
        return
    in_git = matter.git.is_as_written(matter.term, "status", term)
    if in_git and matter.git.is_as_written(matter.pair.other, "obsolete", live):
        return
    status = str(term.fields.get("status") or "draft").capitalize()
    if expired:
        sentence = f"{matter.called} has expired in Purview, and the key is in use in CluedIn"
        advice = "Make the key obsolete, or take the term into use again."
    else:
        sentence = f"The key of {matter.called} is obsolete in CluedIn, and the term is in use in Purview"
        advice = "Let the term expire, or take the key into use again."
    yield matter.found("between.in_use", status, "obsolete" if obsolete else "in use", sentence, advice)


def is_expired(fields: dict[str, Any]) -> bool:
    """Whether a term is out of use."""
    return str(fields.get("status") or "").casefold() == "expired"


def readable(text: Any) -> str:
    """The words of a text, without its formatting."""
    return flat(text.readable if isinstance(text, Prose) else str(text or ""))


def _same(one: str, other: str) -> bool:
    return flat(composed(one)) == flat(composed(other))
