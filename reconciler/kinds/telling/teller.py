"""The contract of who tells of the changes of a kind; a room's `sentence.py` holds one, found by discovery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reconciler.kinds.telling.assets import SHARED
from reconciler.kinds.telling.deeds import told
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.things import Thing
from reconciler.kinds.telling.values import capital, listed, name


class Teller:
    """What changes of a kind's resources mean, in plain English with names.

    A subclass sets `kind`, the word of the documents; `noun`, what people call what such a document is about; and
    `things`, words for the types that the kind alone makes. It may say otherwise what the business thing of a change
    is (`concept`), or the whole sentence (`sentence`).
    """

    kind: ClassVar[str]
    noun: ClassVar[str] = ""
    rank: ClassVar[int] = 5
    """Of several documents that want a resource, the one of the lowest rank is what it is about."""
    leaves: ClassVar[bool] = False
    """Whether data leaves CluedIn by what it makes."""
    things: ClassVar[Mapping[str, Thing]] = {}
    technical: ClassVar[frozenset[str]] = frozenset({"purview.type"})
    """Types that mean little to people, and are told of last."""

    def thing(self, type: str) -> Thing | None:
        """The words for a type; None where this kind has none."""
        return self.things.get(type) or SHARED.get(type)

    def concept(self, one: Happening, document: str) -> str:
        """The business thing that the change is about: that of its document (`Kind/name`)."""
        return name(one.names.concepts.get(document) or document.partition("/")[2])

    def sentence(self, one: Happening, thing: Thing) -> str:
        """The change in one plain sentence."""
        needs = tuple(one.change.get("requires_approval") or ())
        approval = f"; somebody has to approve {listed(map(name, needs))}" if needs else ""
        return f"{capital(told(one, thing))}{approval}."
