"""What a change is about, and what it means, in words for people: told once, when a plan becomes data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from reconciler.kinds import tellers
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import NO_NAMES, Names
from reconciler.kinds.telling.teller import Teller
from reconciler.kinds.telling.things import Thing, Unknown
from reconciler.kinds.telling.values import name
from reconciler.resources import types

if TYPE_CHECKING:
    from reconciler.saved import plan as saved


class Told(NamedTuple):
    """A change in words."""

    concept: str
    """The business thing that it is about."""
    sentence: str
    """What it means."""


def tell(change: saved.Change, names: Names = NO_NAMES) -> Told:
    """The words for one change, as it stands in a plan; names that the project knows make them better."""
    one = Happening(change, names, tuple(_holding(change, names)))
    document = document_of(change)
    teller = teller_of(change)
    thing = thing_of(one.type, teller)
    return Told(teller.concept(one, document) or thing.name(one.key, names), teller.sentence(one, thing))


def hanging_on(change: saved.Change, names: Names = NO_NAMES) -> list[str]:
    """What other documents want and what needs the thing of a change, in words, each once."""
    nobodys, told = _NOBODYS, []
    for address in change.get("used_by") or ():
        type, _, key = address.partition(":")
        told.append(thing_of(type, nobodys).hanging(key, names))
    return list(dict.fromkeys(told))


def _holding(change: saved.Change, names: Names) -> Iterator[str]:
    """What keeps a change from being done, in words: others' things, what of ours stays on it, what it waits for."""
    message = change.get("message") or ""
    waits = [message.removeprefix(_WAITS).partition(", which ")[0]] if message.startswith(_WAITS) else []
    for told in (*waits, *(change.get("held_by") or ())):
        type, colon, key = told.partition(":")
        if colon and type in types():
            yield thing_of(type, _NOBODYS).called(key, names)
        else:
            yield name(told)


def document_of(change: saved.Change) -> str:
    """The document (`Kind/name`) that a change is about, of all that want its resource; empty where none does."""
    origins = [f"{origin['kind']}/{origin['name']}" for origin in change.get("origins") or ()]
    return min(origins, key=lambda name: _teller(name.partition("/")[0]).rank, default="")


def teller_of(change: saved.Change) -> Teller:
    """Who tells of a change."""
    return _teller(document_of(change).partition("/")[0])


def thing_of(type: str, teller: Teller) -> Thing:
    """The words for a type: the teller's, else those of any kind, else its own name."""
    asked = (teller, *tellers().values())
    return next((found for one in asked if (found := one.thing(type)) is not None), None) or Unknown(type)


def is_technical(change: saved.Change) -> bool:
    """Whether a change means little to people, as that of a type definition."""
    type = change["address"].partition(":")[0]
    return any(type in one.technical for one in (_NOBODYS, *tellers().values()))


def _teller(kind: str) -> Teller:
    return tellers().get(kind) or _NOBODYS


_WAITS = "waits for "
"""How the message of a change begins that needs something which is not done."""
_NOBODYS = Teller()
