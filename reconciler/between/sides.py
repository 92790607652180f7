"""Both sides as they are, read in bulk within the scope of the environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reconciler.environment.patterns import holds, holds_prefix
from reconciler.environment.spec import Environment
from reconciler.errors import ConfigurationError, SystemFailureError
from reconciler.kinds.glossary_mapping.pull_terms import NATIVE_ROOT
from reconciler.kinds.project.names import QualifiedNames
from reconciler.live import Note, Readout, read
from reconciler.resources import types
from reconciler.resources.asked import NOTHING
from reconciler.resources.keys import Address, quote, unquote
from reconciler.resources.objects import Live
from reconciler.systems.base import System

NATIVE = "made by CluedIn's own sync with Purview"
SHIPPED = "come with CluedIn or a connector"
TWINS = "of several live objects with one name"
VOCABULARY, KEY = "cluedin.vocabulary", "cluedin.vocabulary_key"
_DESCRIBED = frozenset({"description"})


def vocabulary(prefix: str) -> str:
    """The address of a vocabulary."""
    return f"{VOCABULARY}:{prefix}"


def vocabulary_key(key: str) -> str:
    """The address of a key."""
    return f"{KEY}:{key}"


@dataclass
class Sides:
    """What there is in both systems, as far as the scope reaches; by key of the resource."""

    terms: dict[str, Live] = field(default_factory=dict)
    vocabularies: dict[str, Live] = field(default_factory=dict)
    keys: dict[str, Live] = field(default_factory=dict)
    """By full key."""
    prefixes: dict[str, str] = field(default_factory=dict)
    """The key prefix of a full key's vocabulary."""
    in_vocabulary: dict[str, list[str]] = field(default_factory=dict)
    """The full keys by the key prefix of their vocabulary."""
    assets: dict[str, str] = field(default_factory=dict)
    """The assets in Purview that stand for a vocabulary or a key, by its address: their keys, `<type>/<QN>`."""
    shared: set[str] = field(default_factory=set)
    """Addresses of vocabularies whose entity type others have as well: its asset tells nothing of one of them."""
    terms_on: dict[str, list[str]] = field(default_factory=dict)
    """Keys of the terms that are on an asset."""
    classifications: dict[str, frozenset[str]] = field(default_factory=dict)
    """Names of the classifications that were put on an asset."""
    terms_expire: bool = True
    """Whether terms have a status at all; those of Apache Atlas have none."""
    left: dict[str, int] = field(default_factory=dict)
    """How much was not looked at, by why."""

    @cached_property
    def term_ids(self) -> Mapping[str, str]:
        """Keys of terms by live id."""
        return {live.id: key for key, live in self.terms.items()}

    @cached_property
    def key_ids(self) -> Mapping[str, str]:
        """Full keys by live id."""
        return {live.id: key for key, live in self.keys.items()}

    def __contains__(self, address: str) -> bool:
        """Whether a vocabulary or a key is there."""
        of, key = Address.of(address)
        return key in (self.vocabularies if of == VOCABULARY else self.keys)

    def live(self, address: str) -> Live:
        """A vocabulary or a key that is there."""
        of, key = Address.of(address)
        return (self.vocabularies if of == VOCABULARY else self.keys)[key]

    def leave(self, why: str) -> None:
        """Counts something that is not looked at."""
        self.left[why] = self.left.get(why, 0) + 1


def read_sides(environment: Environment, systems: Mapping[str, System], note: Note) -> Sides:
    """Everything that may have a counterpart; requests are pages, and chunks of assets.

    Raises `ConfigurationError` for an environment with one system, `SystemFailureError` where something could not
    be read: what is not known is neither equal nor missing.
    """
    if environment.purview is None or environment.cluedin is None:
        missing = "cluedin" if environment.cluedin is None else "purview"
        raise ConfigurationError.of(
            "between.one_system",
            "there is nothing to compare: the environment has one system",
            f"Write `spec.{missing}` into the environment, or leave out --between.",
        )
    return _Reading(environment, systems, note).sides()


class _Reading:
    """One look at both systems."""

    def __init__(self, environment: Environment, systems: Mapping[str, System], note: Note) -> None:
        self.environment, self.systems, self.note = environment, systems, note
        self.readings = {name: system.fresh() for name, system in systems.items()}
        self.found = Sides()

    def sides(self) -> Sides:
        """Terms and keys first, then the assets that say which belongs to which."""
        glossaries, prefixes = self._containers()
        read_now = self._read(
            {
                "purview.term": {f"{quote(name)}/-": NOTHING for name in glossaries},
                VOCABULARY: dict.fromkeys(prefixes, _DESCRIBED),
                KEY: {f"{prefix}.-": NOTHING for prefix in prefixes},
            }
        )
        self._take_terms(self._alone(read_now["purview.term"]))
        self._take_vocabularies(self._alone(read_now[VOCABULARY]))
        self._take_keys(self._alone(read_now[KEY]))
        self._take_assets(glossaries)
        return self.found

    def _containers(self) -> tuple[list[str], list[str]]:
        """The names of the glossaries and the key prefixes of the vocabularies in the scope."""
        scope = self.environment.scope
        found = self._read({"purview.glossary": {}, VOCABULARY: {}})
        glossaries = [name for name in found["purview.glossary"].by_key if holds(scope.purview.glossaries, name)]
        vocabularies = self._alone(found[VOCABULARY]).values()
        return glossaries, [one.key for one in vocabularies if holds_prefix(scope.cluedin.key_prefixes, one.key)]

    def _take_terms(self, terms: Mapping[str, Live]) -> None:
        for key, live in terms.items():
            if unquote(key.split("/")[1]).startswith(NATIVE_ROOT):
                self.found.leave(f"terms {NATIVE}")
            else:
                self.found.terms[key] = live

    def _take_vocabularies(self, vocabularies: Mapping[str, Live]) -> None:
        scope = self.environment.scope.cluedin
        for prefix, live in vocabularies.items():
            if not holds_prefix(scope.key_prefixes, prefix):
                continue
            if live.foreign is not None:
                self.found.leave(f"vocabularies that {SHIPPED}")
            elif prefix.casefold().startswith("purview."):
                self.found.leave(f"vocabularies {NATIVE}")
            else:
                self.found.vocabularies[prefix] = live

    def _take_keys(self, keys: Mapping[str, Live]) -> None:
        spelled = {prefix.casefold(): prefix for prefix in self.found.vocabularies}
        for key, live in keys.items():
            prefix = spelled.get(str(live.fields.get("vocabulary")).casefold())
            if prefix is None:
                continue
            if live.foreign is not None:
                self.found.leave(f"keys that {SHIPPED}")
            else:
                self.found.keys[key], self.found.prefixes[key] = live, prefix
                self.found.in_vocabulary.setdefault(prefix, []).append(key)

    # -- assets ------------------------------------------------------------------------------------------------

    def _take_assets(self, glossaries: Iterable[str]) -> None:
        """The entity types that Purview shows, then the columns of those: others have none."""
        purview = self.environment.purview
        assert purview is not None
        self.found.terms_expire = "status" in purview.dialect.term_parts
        names, kind = QualifiedNames(purview.name_prefix), purview.type_prefix
        codes = {prefix: str(one.fields.get("entity_type") or "") for prefix, one in self.found.vocabularies.items()}
        entities = {prefix: names.entity(code) for prefix, code in codes.items() if code.strip("/")}
        users: dict[str, list[str]] = {}
        for prefix, entity in entities.items():
            users.setdefault(entity, []).append(prefix)
        self.found.shared = {vocabulary(one) for several in users.values() if len(several) > 1 for one in several}
        shown = self._there({vocabulary(prefix): f"{kind}entity/{entity}" for prefix, entity in entities.items()})
        columns = {
            vocabulary_key(key): f"{kind}column/{names.column(entities[prefix], key)}"
            for key, prefix in self.found.prefixes.items()
            if vocabulary(prefix) in shown
        }
        self.found.assets |= shown | self._there(columns)
        self._take_what_is_on_them(list(glossaries))

    def _there(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """Those of the assets that are there."""
        found = self._read({"purview.entity": dict.fromkeys(wanted.values(), NOTHING)})["purview.entity"]
        return {of: asset for of, asset in wanted.items() if asset in found.by_key}

    def _take_what_is_on_them(self, glossaries: list[str]) -> None:
        assets = list(dict.fromkeys(self.found.assets.values()))
        hints = [f"{quote(name)}/-@{asset}" for asset in assets for name in glossaries[:1]]
        hints += [f"{quote(name)}/-@{assets[0]}" for name in glossaries[1:] if assets]
        found = self._read(
            {
                "purview.assignment": dict.fromkeys(hints, NOTHING),
                "purview.classification": {f"-@{asset}": NOTHING for asset in assets},
            }
        )
        for pair in sorted(found["purview.assignment"].by_key):
            term, _, asset = pair.partition("@")
            if term in self.found.terms:
                self.found.terms_on.setdefault(asset, []).append(term)
        for pair in sorted(found["purview.classification"].by_key):
            name, _, asset = pair.partition("@")
            self.found.classifications[asset] = self.found.classifications.get(asset, frozenset()) | {name}

    # -- reading ------------------------------------------------------------------------------------------------

    def _read(self, wanted: Mapping[str, Mapping[str, frozenset[str]]]) -> dict[str, Readout]:
        of = {name: types()[name] for name in wanted}
        asked = {type: dict(wanted[name]) for name, type in of.items() if wanted[name] or not type.hosted}
        state = read(asked, self.systems, note=self.note, readings=self.readings)
        for readout in state.readouts.values():
            if readout.failure is not None:
                raise SystemFailureError(readout.failure)
        return {name: state.of(type) for name, type in of.items()}

    def _alone(self, readout: Readout) -> dict[str, Live]:
        """By live key, without those whose name another object has too."""
        for several in readout.several.values():
            for _ in several:
                self.found.leave(TWINS)
        alone = (live for key, live in readout.by_key.items() if key not in readout.several)
        return {live.key: live for live in sorted(alone, key=lambda one: (one.key.casefold(), one.key))}
