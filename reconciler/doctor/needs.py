"""Which claims of CluedIn a project needs: told from its manifests, before anything is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.desired.wishes import Draft
from reconciler.resources import types
from reconciler.resources.base import Resource
from reconciler.resources.rights import ACCOUNTABLE, INFORMED, LEVELS


@dataclass(frozen=True, slots=True)
class Needs:
    """Claims by area, with the level that each is needed at; for who applies, and for who only plans."""

    applying: Mapping[str, str] = field(default_factory=dict)
    planning: Mapping[str, str] = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        """Whether anything of CluedIn is written at all."""
        return ACCOUNTABLE in self.applying.values()


def needs_of(draft: Draft) -> Needs:
    """What the documents of an environment need, as far as they are valid.

    What a document writes only once its questions are answered counts too. Reading takes a claim at level Informed,
    except where something says more; writing at level Accountable, unless all that is written is one's own ([B]).
    """
    reading: dict[str, str] = {}
    writing: dict[str, str] = {}
    for question in draft.questions():
        _raise(reading, question.claims)
    for type in _written(draft):
        own = {type.right.area: ACCOUNTABLE} if type.right.area else {}
        _raise(writing, {**own, **type.claims})
        _raise(reading, dict.fromkeys(own, INFORMED))
        _raise(reading, {area: INFORMED if level == ACCOUNTABLE else level for area, level in type.claims.items()})
    reading.pop(_UNREADABLE, None)
    _raise(writing, reading)
    return Needs(writing, reading)


_UNREADABLE = "Admin: Provider Management"
"""The claim of a switch, which nothing is read by."""


def _raise(known: dict[str, str], more: Mapping[str, str]) -> None:
    for area, level in more.items():
        known[area] = max(known.get(area, LEVELS[0]), level, key=LEVELS.index)


def _written(draft: Draft) -> Iterable[Resource]:
    """The types of CluedIn that the documents write."""
    return {type.full_name: type for type in _candidates(draft) if type.system == "cluedin"}.values()


def _candidates(draft: Draft) -> Iterator[Resource]:
    yield from (want.type for want in draft.wishes().known.values() if want.mode != "refer")
    for document in draft.expandable():
        yield from (types()[name] for name in draft.world.kind(document).told_by_answers)
