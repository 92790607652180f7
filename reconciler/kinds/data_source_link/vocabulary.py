"""The vocabulary that columns fill: one that a glossary mapping declares, or one that lives in CluedIn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.kinds.base import World
from reconciler.kinds.declarations import DeclaredVocabulary
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.entities import term_of_key
from reconciler.questions.catalogue import VocabularyAt


@dataclass(frozen=True, slots=True)
class VocabularyInUse:
    """A vocabulary by its prefix, with what is known of it."""

    prefix: str
    declared: bool
    """Whether a glossary mapping of the project makes it."""
    code: str | None
    """Code of the entity type of its records, when it is known."""
    keys: tuple[str, ...] = ()
    """Full keys that are in use, declared and live, in order."""
    live: frozenset[str] = frozenset()
    """Full keys that are there, whether in use or not."""


@dataclass(frozen=True, slots=True)
class KeySource:
    """Vocabularies and glossaries that the glossary mappings of a world declare keys in."""

    world: World

    @property
    def vocabularies(self) -> list[DeclaredVocabulary]:
        """The vocabularies that they spell out."""
        return [one for some in declared(self.world).vocabularies.values() for one in some]

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Their key prefixes."""
        return tuple(one.prefix for one in self.vocabularies)

    @property
    def names(self) -> list[str]:
        """The names of the documents."""
        return [one.document.name for one in self.vocabularies]

    @property
    def glossaries(self) -> tuple[str, ...]:
        """Their glossaries, each once."""
        return tuple(dict.fromkeys(one.glossary for one in self.vocabularies if one.glossary is not None))

    def named(self, name: str) -> DeclaredVocabulary | None:
        """The vocabulary of the document of a name, or with a key prefix."""
        by_name = next((one for one in self.vocabularies if one.document.name == name), None)
        return by_name or next(iter(declared(self.world).vocabularies.get(name.casefold(), ())), None)


def vocabulary_called(world: World, name: str) -> VocabularyInUse | None:
    """The vocabulary of a glossary mapping's name, of its prefix, or of a live prefix; None when nobody knows it."""
    known = world.know(_Called)
    if name not in known.found:
        known.found[name] = _called(world, name)
    return known.found[name]


class _Called:
    """The vocabularies of a world that were asked for by name."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.found: dict[str, VocabularyInUse | None] = {}


def _called(world: World, name: str) -> VocabularyInUse | None:
    declared_one = KeySource(world).named(name)
    prefix = declared_one.prefix if declared_one is not None else name
    rows = world.answers.of(VocabularyAt(prefix))
    live = rows[0] if rows else None
    every = {key.key: key.obsolete for key in live.keys} if live is not None else {}
    code = live.entity_type or None if live is not None else None
    if declared_one is None:
        in_use = tuple(key for key, obsolete in every.items() if not obsolete)
        return VocabularyInUse(live.prefix, False, code, in_use, frozenset(every)) if live is not None else None
    code = declared_one.code if declared_one.code is not None else code
    ours = {one.key: one.obsolete for one in declared_one.keys}
    keys = tuple(key for key, obsolete in {**every, **ours}.items() if not obsolete)
    return VocabularyInUse(prefix, True, code, tuple(sorted(keys)), frozenset(every))


def keys_of_terms(world: World) -> Mapping[str, Sequence[str]]:
    """Full keys by the key of the term that is declared for them; keys out of use left out."""
    return world.know(_keys_of_terms)


def prefix_of(world: World, key: str) -> str | None:
    """The prefix under which a full key is declared."""
    ours = declared(world).keys.get(key)
    return ours[0].prefix if ours else None


def is_obsolete(world: World, key: str) -> bool:
    """Whether a glossary mapping declares a full key as out of use."""
    return any(one.obsolete for one in declared(world).keys.get(key, ()))


def _keys_of_terms(world: World) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in declared(world).keys:
        term = term_of_key(world, key)
        if term is not None and not is_obsolete(world, key):
            found.setdefault(term, []).append(key)
    return found
