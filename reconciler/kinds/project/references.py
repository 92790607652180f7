"""Entity types and vocabulary keys by the words that people write, declared in the project or live in CluedIn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.errors import Diagnostic
from reconciler.kinds.base import World
from reconciler.kinds.project.declared import declared
from reconciler.manifest.documents import Document
from reconciler.manifest.findings import Path, error, warning, where
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions import Question
from reconciler.questions.catalogue import KeyAt, KeyTypeOf
from reconciler.questions.outbound import EntityTypes, LiveEntityType
from reconciler.resources import types
from reconciler.resources.base import Desired
from reconciler.resources.objects import Origin


@dataclass(frozen=True, slots=True)
class EntityWord:
    """What a word for an entity type stands for."""

    code: str | None
    """The code; None when it is not known, or not known offline."""
    declared: bool = False
    """Whether a glossary mapping makes the entity type."""
    several: tuple[str, ...] = ()
    """The codes that the word may stand for, when these are several."""


def entity_word(world: World, word: str) -> EntityWord:
    """The entity type behind a code, a glossary mapping or a display name, in this order."""
    known = declared(world)
    if word.startswith("/"):
        return EntityWord(word, known.makes_entity(word))
    codes = _declared_names(world)
    by_mapping = codes.get(("mapping", word), []) or codes.get(("name", word), [])
    if by_mapping:
        return EntityWord(by_mapping[0], True) if len(by_mapping) == 1 else EntityWord(None, True, tuple(by_mapping))
    live = sorted({one.code for one in live_entity_types(world) or () if one.name == word})
    return EntityWord(live[0] if len(live) == 1 else None, False, tuple(live) if len(live) > 1 else ())


def live_entity_types(world: World) -> tuple[LiveEntityType, ...] | None:
    """The entity types of CluedIn; None when that was not asked."""
    return world.answers.of(EntityTypes())


def entity_questions(world: World, word: str) -> Iterable[Question]:
    """What to ask CluedIn about the word for an entity type."""
    return () if entity_word(world, word).declared else (EntityTypes(),)


def entity_findings(document: Document, world: World, path: Path, word: str) -> Iterator[Diagnostic]:
    """What can be told offline of the word for an entity type."""
    found = entity_word(world, word)
    if found.several:
        yield _several_entities(document, path, word, found)
    elif found.code is None and world.environment.cluedin is None and not world.half_known("GlossaryMapping"):
        yield error(
            document,
            path,
            "entity.unknown",
            f"No GlossaryMapping makes an entity type `{word}`, and the environment has no CluedIn to ask",
            "Write its code, such as `/Customer`.",
        )


def live_entity_findings(document: Document, world: World, path: Path, word: str) -> Iterator[Diagnostic]:
    """What only CluedIn tells of the word for an entity type."""
    found, live = entity_word(world, word), live_entity_types(world)
    if found.declared or live is None:
        return
    if found.several:
        yield _several_entities(document, path, word, found)
    elif found.code is None or found.code not in {one.code for one in live}:
        if word.startswith("/"):
            names = [*(one.code for one in live), *declared(world).codes.values()]
        else:
            names = [*(one.name for one in live), *(name for _, name in _declared_names(world))]
        advice = did_you_mean(word, names, what="Entity types are")
        yield error(
            document,
            path,
            "entity.unknown",
            f"There is no entity type `{word}`: no GlossaryMapping makes it, and CluedIn has none",
            f"{advice} Write a code, a display name, or the name of a GlossaryMapping.".strip(),
        )


def _several_entities(document: Document, path: Path, word: str, found: EntityWord) -> Diagnostic:
    codes = " or ".join(f"`{code}`" for code in found.several)
    return error(document, path, "entity.ambiguous", f"`{word}` may be {codes}", "Write the code of the one you mean.")


def refer_to_entity(world: World, code: str, origin: Origin) -> Iterator[Desired]:
    """A reference to the entity type in CluedIn, when no glossary mapping makes it."""
    if not declared(world).makes_entity(code):
        yield types()["cluedin.entity_type"].desired(code, origin, mode="refer", on_remove="forget")


def key_questions(world: World, keys: Iterable[str]) -> Iterator[Question]:
    """What to ask CluedIn about full keys that no glossary mapping declares."""
    yield from (KeyAt(key) for key in dict.fromkeys(keys) if key not in declared(world).keys)


def type_questions(world: World, keys: Iterable[str]) -> Iterator[Question]:
    """What to ask CluedIn about the data types of keys in conditions: of those that no manifest gives one."""
    for key in dict.fromkeys(keys):
        rows = declared(world).keys.get(key, ())
        if not rows:
            yield KeyAt(key)
        elif not rows[0].data_type:
            yield KeyTypeOf(key)


def refer_to_keys(world: World, keys: Iterable[str], origin: Origin) -> Iterator[Desired]:
    """References to the keys in CluedIn that no glossary mapping makes."""
    for key in dict.fromkeys(keys):
        if key not in declared(world).keys:
            yield types()["cluedin.vocabulary_key"].desired(key, origin, mode="refer", on_remove="forget")


def key_findings(document: Document, world: World, path: Path, key: str) -> Iterator[Diagnostic]:
    """What can be told offline of a full key: not declared, mapped to another, obsolete."""
    known = declared(world)
    if key in known.keys:
        obsolete = known.keys[key][0].obsolete
        yield from _state_of_key(document, path, key, final_key(world, key), obsolete=obsolete)
    elif key in known.mapped:
        yield _renamed_key(document, world, path, key)
    elif _is_ours(world, key):
        prefix = key.rpartition(".")[0].casefold()
        near = [one for one in known.keys if one.casefold().startswith(prefix)] or list(known.keys)
        yield _unknown_key(document, path, key, near, _owner(world, key))


def live_key_findings(document: Document, world: World, path: Path, key: str) -> Iterator[Diagnostic]:
    """What only CluedIn tells of a full key that no document declares."""
    rows = world.answers.of(KeyAt(key))
    if rows is None or key in declared(world).keys:
        return
    if not rows:
        yield _unknown_key(document, path, key, declared(world).keys)
        return
    yield from _state_of_key(document, path, key, final_key(world, key), obsolete=rows[0].obsolete)


def key_type(world: World, key: str | None) -> str:
    """The data type of a full key as a mapping declares it, or else as it is live; empty when neither is known."""
    if key is None:
        return ""
    ours = declared(world).keys.get(key, ())
    if ours:
        return ours[0].data_type or next(iter(world.answers.of(KeyTypeOf(key)) or ()), "")
    rows = world.answers.of(KeyAt(key))
    return rows[0].data_type if rows else ""


def final_key(world: World, key: str) -> str:
    """The key whose values a key yields: itself, or the end of the chain it is mapped along."""
    mapped, seen = declared(world).mapped, {key}
    while True:
        rows = world.answers.of(KeyAt(key))
        target = mapped.get(key) or (rows[0].maps_to if rows else "")
        if not target or target in seen:
            return key
        key = target
        seen.add(key)


def _state_of_key(document: Document, path: Path, key: str, final: str, *, obsolete: bool) -> Iterator[Diagnostic]:
    if final != key:
        yield warning(
            document,
            path,
            "key.mapped",
            f"`{key}` is mapped to `{final}`, so the values are those of `{final}`",
            f"Write `{final}`.",
        )
    elif obsolete:
        yield warning(document, path, "key.obsolete", f"`{key}` is obsolete", "Take the key that replaces it.")


def _renamed_key(document: Document, world: World, path: Path, key: str) -> Diagnostic:
    """A key that a glossary mapping renamed: readers of the export are not asked, so it breaks them."""
    new = declared(world).mapped[key]
    rows = declared(world).keys.get(new, ())
    at = f" ({where(rows[0].spot.document, rows[0].spot.path('key'))})" if rows else ""
    return warning(
        document,
        path,
        "key.renamed",
        f"The vocabulary key `{key}` is renamed to `{new}`{at}: a breaking change for who reads the export",
        f"Keep the key, or publish an export of `{new}` under a new name and path; `contracts check` compares them.",
    )


def _owner(world: World, key: str) -> Document:
    """The glossary mapping whose vocabulary a key belongs to."""
    parts, prefixes = key.casefold().split("."), declared(world).vocabularies
    names = (".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))
    return next(prefixes[name][0].document for name in names if name in prefixes)


def _unknown_key(
    document: Document, path: Path, key: str, known: Iterable[str], owner: Document | None = None
) -> Diagnostic:
    why = "no GlossaryMapping declares it, and CluedIn has none"
    if owner is not None:
        why = f"the GlossaryMapping of its vocabulary ({where(owner, ('vocabulary',))}) does not declare it"
    return error(
        document,
        path,
        "key.unknown",
        f"There is no vocabulary key `{key}`: {why}",
        f"{did_you_mean(key, known, what='Declared are')} Write the full key, with its prefix.".strip(),
    )


def _is_ours(world: World, key: str) -> bool:
    """Whether the prefix of a key belongs to a vocabulary of this project."""
    parts, prefixes = key.casefold().split("."), declared(world).vocabularies
    return any(".".join(parts[:length]) in prefixes for length in range(1, len(parts)))


def _declared_names(world: World) -> dict[tuple[str, str], list[str]]:
    """Codes of entity types by (`mapping`, name of the document) and (`name`, display name)."""
    return world.know(_gather_names)


def _gather_names(world: World) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for vocabulary in (one for kind in world.kinds.values() for one in kind.declarations.vocabularies):
        if vocabulary.code is None:
            continue
        for word in (("mapping", vocabulary.document.name), ("name", vocabulary.entity_name)):
            if vocabulary.code not in found.setdefault(word, []):
                found[word].append(vocabulary.code)
    return found
