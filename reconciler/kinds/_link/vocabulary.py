"""The vocabulary that columns fill: one that a glossary mapping declares, or one that lives in CluedIn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.kinds._declared import declared
from reconciler.kinds._entities import term_of_key
from reconciler.kinds.base import World
from reconciler.sources.catalogue import VocabularyAt

if TYPE_CHECKING:
    from reconciler.manifest.project import Document


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
    def documents(self) -> list[Document]:
        """The glossary mappings that spell out a vocabulary."""
        return [document for documents in declared(self.world).prefixes.values() for document in documents]

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Their key prefixes."""
        return tuple(document.spec.vocabulary.key_prefix for document in self.documents)

    @property
    def glossaries(self) -> tuple[str, ...]:
        """Their glossaries, each once."""
        named = (document.spec.glossary for document in self.documents if document.spec.term is not None)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def named(self, name: str) -> Document | None:
        """The glossary mapping of a name, or with a key prefix."""
        by_name = next((one for one in self.documents if one.name == name), None)
        by_prefix = declared(self.world).prefixes.get(name.casefold(), [None])
        return by_name or by_prefix[0]


def vocabulary_called(world: World, name: str) -> VocabularyInUse | None:
    """The vocabulary of a glossary mapping's name, of its prefix, or of a live prefix; None when nobody knows it."""
    found: VocabularyInUse | None = world.index(("link.vocabulary", name), lambda: _called(world, name))
    return found


def _called(world: World, name: str) -> VocabularyInUse | None:
    document = KeySource(world).named(name)
    prefix = document.spec.vocabulary.key_prefix if document is not None else name
    rows = world.answers.of(VocabularyAt(prefix))
    live = rows[0] if rows else None
    if document is None and live is None:
        return None
    every = {key.key: key.obsolete for key in live.keys} if live is not None else {}
    code = live.entity_type or None if live is not None else None
    if document is None:
        assert live is not None
        in_use = tuple(key for key, obsolete in every.items() if not obsolete)
        return VocabularyInUse(live.prefix, False, code, in_use, frozenset(every))
    vocabulary = document.spec.vocabulary
    if vocabulary.entity_type is not None:
        code = vocabulary.entity_type.full_code
    ours = {f"{prefix}.{item.key}": bool(item.obsolete) for item in document.spec.terms if item.key is not None}
    keys = tuple(key for key, obsolete in {**every, **ours}.items() if not obsolete)
    return VocabularyInUse(prefix, True, code, tuple(sorted(keys)), frozenset(every))


def keys_of_terms(world: World) -> Mapping[str, Sequence[str]]:
    """Full keys by the key of the term that is declared for them; keys out of use left out."""
    found: Mapping[str, Sequence[str]] = world.index("link.keys_of_terms", lambda: _keys_of_terms(world))
    return found


def prefix_of(world: World, key: str) -> str | None:
    """The prefix under which a full key is declared."""
    spots = declared(world).keys.get(key)
    return spots[0].document.spec.vocabulary.key_prefix if spots else None


def is_obsolete(world: World, key: str) -> bool:
    """Whether a glossary mapping declares a full key as out of use."""
    return any(spot.document.spec.terms[spot.at].obsolete for spot in declared(world).keys.get(key, ()))


def _keys_of_terms(world: World) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in declared(world).keys:
        term = term_of_key(world, key)
        if term is not None and not is_obsolete(world, key):
            found.setdefault(term, []).append(key)
    return found
