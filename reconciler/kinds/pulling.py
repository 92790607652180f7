"""The way back, from live objects to documents: what a room says it found, and what it may ask.

A room's `pull.py` holds one `Puller`, found by discovery. It proposes; what a plan of the proposal would do beyond
adopting is taken out again by whoever asked, as `gives_way` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, ClassVar

from reconciler.environment.patterns import holds, holds_prefix
from reconciler.errors import SystemFailureError
from reconciler.kinds.base import World
from reconciler.manifest.documents import Document
from reconciler.manifest.findings import Path
from reconciler.questions.base import Question, ask
from reconciler.resources import folded, types
from reconciler.resources.asked import NOTHING, Asked
from reconciler.resources.objects import Live
from reconciler.systems.base import System
from reconciler.systems.refusals import Unreachable


@dataclass(frozen=True, slots=True)
class Limits:
    """Which part of the estate is asked for; empty words mean all of it."""

    system: str = ""
    type: str = ""
    """A kind of manifest, or a type of live objects: `purview.term`, or `term` alone."""
    glossary: str = ""
    """Name of a glossary in Purview, or a pattern with `*`."""
    prefix: str = ""
    """Key prefix of a vocabulary, with all below it."""

    @property
    def words(self) -> bool:
        """Whether parts of the estate are named: then whatever has no such name is left alone."""
        return bool(self.glossary or self.prefix)

    def takes(self, kind: str, *names: str) -> bool:
        """Whether documents of a kind that are made of these types of objects are asked for."""
        of_system = any(not self.system or name.partition(".")[0] == self.system for name in names)
        known = {kind, *names, *(name.partition(".")[2] for name in names)}
        return of_system and (not self.type or self.type in known)


@dataclass(frozen=True, slots=True)
class Pulled:
    """A new document; `folder` is where its file goes, below the folder of manifests."""

    kind: str
    name: str
    spec: dict[str, Any]
    folder: str = ""
    description: str = ""
    exact: bool = False
    """Whether the name means something live: then it is the document's as it is."""
    remarks: tuple[str, ...] = ()
    """Lines of a comment above the document: what nobody can read, and people have to fill in."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What else stands in its `metadata`."""


@dataclass(frozen=True, slots=True)
class Added:
    """One more item of a list, or with `word` one more entry of a mapping, in a document that is there.

    `path` is that of the list or mapping, from the top of the `spec`.
    """

    document: Document
    path: Path
    item: Any
    word: str = ""


@dataclass(frozen=True, slots=True)
class GivesWay:
    """What is taken back where a plan would do more than adopt an object: a field, which gets another value.

    `of_item` means the field of the item that wants the object, else it is one of the whole `spec`. Without a value
    the field goes. `why` says what is not there.
    """

    field: str
    why: str
    value: Any = None
    of_item: bool = False
    without: tuple[str, ...] = ()
    """Fields of the `spec` that mean nothing then."""


class Puller:
    """How the documents of one kind are made of what is live."""

    kind: ClassVar[str]
    types: ClassVar[tuple[str, ...]] = ()
    """The types of objects that its documents are made of."""
    why_not: ClassVar[str] = ""
    """Why nothing can be pulled, as one sentence, where that is so."""
    gives_way: ClassVar[Mapping[str, GivesWay]] = {}
    """By type of an object that a document would create or change."""

    def pull(self, estate: Estate) -> Iterable[Pulled | Added]:  # noqa: ARG002 - nothing here
        """The documents, and additions to those that are there, for what no manifest wants yet."""
        return ()


@dataclass
class Estate:
    """What is live, read as rooms ask for it, and what the manifests want already."""

    world: World
    systems: Mapping[str, System]
    limits: Limits = Limits()
    wanted: set[str] = field(default_factory=set)
    """Addresses of what some manifest, or a document just found, wants: in the form in which their systems compare
    them."""
    words: dict[str, str] = field(default_factory=dict)
    """Words for sensitivity by the classification that they mean: of the manifests, and of documents just found."""
    left: dict[str, list[str]] = field(default_factory=dict)
    """Why something is left out, each with the names of what."""

    def leave(self, why: str, what: str) -> None:
        """Says that something cannot be written down."""
        names = self.left.setdefault(why, [])
        if what not in names:
            names.append(what)

    def claim(self, type: str, key: str) -> None:
        """Says that a document just found wants an object."""
        self.wanted.add(folded(f"{type}:{key}"))

    def is_wanted(self, type: str, key: str) -> bool:
        """Whether a manifest wants an object already."""
        return folded(f"{type}:{key}") in self.wanted

    def has(self, system: str) -> bool:
        """Whether the environment has a system that is asked for."""
        return system in self.systems

    def live(self, type: str, hints: Iterable[str] = (), *, is_part: bool = False) -> dict[str, Live]:
        """Every object of a type that the hints lead to, whole, by key in order; what shares a name is left out.

        A hint is a key, which need not be there: it names the glossary, the vocabulary or the host to look in. Where
        it is part of another object, which is read too, that one is told for both.
        """
        of = types()[type]
        system = self.systems.get(of.system)
        if system is None:
            return {}
        try:
            listed = [live.key for live in of.read(system, Asked(type, dict.fromkeys(hints, NOTHING)))]
            found = list(of.read(system, Asked(type, dict.fromkeys(listed, frozenset(of.fields)))))
        except SystemFailureError as error:
            if isinstance(error, Unreachable) or getattr(error, "status", 0) == 401:
                raise
            self.leave(f"could not be read: {error.diagnostics[0].summary}", type)
            return {}
        by_name: dict[str, list[Live]] = {}
        for live in found:
            by_name.setdefault(of.fold(live.key), []).append(live)
        for several in by_name.values():
            if len({one.id for one in several}) > 1 and not is_part:
                self.leave("several live objects have one name", of.address(several[0].key))
        alone = (several[0] for several in by_name.values() if len({one.id for one in several}) == 1)
        return {live.key: live for live in sorted(alone, key=lambda one: (one.key.casefold(), one.key))}

    def new(self, type: str, hints: Iterable[str] = ()) -> dict[str, Live]:
        """The same of those that no manifest wants yet."""
        return {key: live for key, live in self.live(type, hints).items() if not self.is_wanted(type, key)}

    def rows(self, question: Question) -> tuple[Any, ...]:
        """What a question is answered with; nothing where it cannot be answered."""
        return ask([question], self.systems).of(question) or ()

    def takes_glossary(self, name: str) -> bool:
        """Whether a glossary is asked for, and belongs to the environment."""
        limits = self.limits
        asked = fnmatchcase(name, limits.glossary) if limits.glossary else not limits.prefix
        return asked and holds(self.world.environment.scope.purview.glossaries, name)

    def takes_prefix(self, prefix: str) -> bool:
        """Whether a vocabulary is asked for, and belongs to the environment."""
        limits = self.limits
        asked = holds_prefix([limits.prefix], prefix) if limits.prefix else not limits.glossary
        return asked and holds_prefix(self.world.environment.scope.cluedin.key_prefixes, prefix)

    def people(self, ids: Iterable[str]) -> Iterator[str]:
        """Contacts as manifests name them: by alias, else by object id."""
        aliases = {person.id: alias for alias, person in self.world.environment.people.items()}
        for id in sorted(ids):
            yield aliases.get(id.lower(), id)


def without_nothing(**fields: Any) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {}, ())}
