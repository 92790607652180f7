"""What Git says of both sides: which belong together, and which differences it asks for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from reconciler.between.sides import KEY, Sides
from reconciler.desired import Wishes
from reconciler.errors import Source
from reconciler.kinds.base import World
from reconciler.kinds.declarations import CONCEPT, DeclaredLabel
from reconciler.kinds.project.declared import Declared, declared
from reconciler.kinds.project.labels import directory
from reconciler.ledger import Ledger
from reconciler.manifest.documents import Document
from reconciler.resources.base import Desired
from reconciler.resources.objects import Live
from reconciler.resources.prose import reads_as


@dataclass
class Git:
    """The manifests and the ledger, asked about addresses."""

    world: World
    wishes: Wishes
    ledger: Ledger

    @cached_property
    def wanted(self) -> Mapping[str, Desired]:
        """Everything that manifests want, by address."""
        return self.wishes.known

    @cached_property
    def declared(self) -> Declared:
        """What the documents declare of terms and keys."""
        return declared(self.world)

    @property
    def concepts(self) -> Iterator[tuple[str, str, str]]:
        """Each concept that a document has in both systems: its key prefix, its term, and the document in words."""
        for kind in self.world.kinds.values():
            said = kind.declarations
            if len(said.vocabularies) != 1:
                continue  # of several that a rule makes, the ledger and the names say which term is whose
            for term in said.terms:
                if term.spot.at == CONCEPT:
                    yield said.vocabularies[0].prefix, term.key, _called(kind.document)

    @property
    def items(self) -> Iterator[tuple[str, str, str]]:
        """Each item that is a key and a term: its full key, its term, and the document in words."""
        for key, several in self.declared.keys.items():
            for one in several:
                if one.term is not None:
                    yield key, one.term, _called(one.spot.document)

    @property
    def assigned(self) -> Iterator[tuple[str, str]]:
        """Each term that the ledger knows to be on an asset: the term and the asset."""
        for address in self.ledger.entries:
            type, _, key = address.partition(":")
            if type == "purview.assignment":
                term, _, asset = key.partition("@")
                yield term, asset

    @cached_property
    def classified(self) -> Mapping[str, frozenset[str]]:
        """By asset, the classifications that manifests put on it."""
        found: dict[str, frozenset[str]] = {}
        for address in self.wanted:
            type, _, key = address.partition(":")
            if type == "purview.classification":
                name, _, asset = key.partition("@")
                found[asset] = found.get(asset, frozenset()) | {name}
        return found

    @property
    def labels(self) -> Mapping[str, DeclaredLabel]:
        """The words of the label maps."""
        return directory(self.world).labels

    def live_term(self, key: str, sides: Sides) -> str:
        """The key that a declared term has now, whatever people call it."""
        return self._live_key("purview.term", key, sides.term_ids)

    def live_full_key(self, key: str, sides: Sides) -> str:
        """The full key that a declared key has now."""
        return self._live_key(KEY, key, sides.key_ids)

    def _live_key(self, type: str, key: str, by_id: Mapping[str, str]) -> str:
        entry = self.ledger.get(f"{type}:{key}")
        return by_id.get(entry.id, key) if entry is not None and entry.id else key

    def wants(self, address: str) -> bool:
        """Whether a manifest wants a thing."""
        return address in self.wanted

    def source(self, *addresses: str) -> Source | None:
        """Where the first of them that a manifest wants is written."""
        for address in addresses:
            want = self.wanted.get(address)
            if want is not None and want.mode != "refer" and want.origins:
                return want.origins[0].source
        return None

    def says(self, address: str, name: str) -> bool:
        """Whether a manifest says a field of a thing."""
        want = self.wanted.get(address)
        return want is not None and name in want.values

    def is_as_written(self, address: str, name: str, live: Live) -> bool:
        """Whether a manifest says a field of a thing, and the system has what it says."""
        if not self.says(address, name):
            return False
        want = self.wanted[address]
        there, said = live.fields.get(name), want.type.field(name).canonical(want.values[name])
        return bool(there == said) or reads_as(there, said)


def _called(document: Document) -> str:
    return f"{document.kind} {document.name}"
