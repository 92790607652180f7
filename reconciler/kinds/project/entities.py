"""Entity types and their columns as assets in Purview, for the kinds that use them without declaring them.

A glossary mapping that has the entity type declares the asset and the columns of its keys itself; what it
declares is only needed here, and what it does not (a key of another vocabulary, an entity type that lives in
CluedIn alone) is made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.base import World
from reconciler.kinds.project.asset_types import type_address, type_resources
from reconciler.kinds.project.collection import collection_needs, collection_resources, collection_value
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.labels import classify
from reconciler.kinds.project.names import QualifiedNames
from reconciler.resources import types
from reconciler.resources.base import Desired
from reconciler.resources.objects import Origin


@dataclass(frozen=True, slots=True)
class EntityAssets:
    """The assets of entity types in one environment."""

    world: World
    purview: PurviewSystem

    @property
    def names(self) -> QualifiedNames:
        """The qualified names of the environment."""
        return QualifiedNames(self.purview.name_prefix)

    def entity(self, code: str) -> str:
        """The key of an entity type as an asset: `<type>/<QN>`."""
        return f"{self.purview.type_prefix}entity/{self.names.entity(code)}"

    def column(self, code: str, key: str) -> str:
        """The key of a vocabulary key as a column of an entity type."""
        return f"{self.purview.type_prefix}column/{self.names.column(self.names.entity(code), key)}"

    def resources(self, code: str, keys: Iterable[str], origin: Origin, name: str = "") -> Iterator[Desired]:
        """The entity type and the columns of full keys, as far as no glossary mapping declares them."""
        yield from collection_resources(self.world, self.purview, origin)
        yield from type_resources(self.purview.type_prefix, origin, "entity", "column")
        if not self._is_declared(code):
            yield self._entity(code, name or code.rpartition("/")[2], origin)
        for key in dict.fromkeys(keys):
            if entity_code_of(self.world, key) != code:
                yield from self._column(code, key, origin)

    def _is_declared(self, code: str) -> bool:
        known = declared(self.world)
        return known.makes_entity(code) and (code in known.catalogued or code not in known.left_to_others)

    def _entity(self, code: str, name: str, origin: Origin) -> Desired:
        return types()["purview.entity"].desired(
            self.entity(code),
            origin,
            needs=(type_address(self.purview.type_prefix, "entity"), *collection_needs(self.purview)),
            on_remove="delete",
            name=name,
            attributes={"entity_type_code": code},
            **collection_value(self.purview),
        )

    def _column(self, code: str, key: str, origin: Origin) -> Iterator[Desired]:
        column, prefix, labels = self.column(code, key), self.purview.type_prefix, labels_of_key(self.world, key)
        yield types()["purview.entity"].desired(
            column,
            origin,
            needs=(
                f"purview.entity:{self.entity(code)}",
                type_address(prefix, "column"),
                type_address(prefix, "tabular_columns"),
                *collection_needs(self.purview),
            ),
            on_remove="delete",
            labels=labels,
            name=key,
            table=self.entity(code),
            attributes={"vocabulary_key": key},
            **collection_value(self.purview),
        )
        if labels:
            yield from classify(self.world, labels, "entity", f"purview.entity:{column}", origin, frozenset(labels))


def entity_code_of(world: World, key: str) -> str | None:
    """The code of the entity type under which a glossary mapping declares a full key; None when none does."""
    return next((one.code for one in declared(world).keys.get(key, ()) if one.code is not None), None)


def labels_of_key(world: World, key: str) -> tuple[str, ...]:
    """The words for sensitivity on a full key, and on the keys it maps to: its values are theirs. Each once."""
    known, chain = declared(world), dict[str, None]()
    follow: str | None = key
    while follow is not None and follow not in chain:
        chain[follow] = None
        follow = known.mapped.get(follow)
    ours = (key for one in chain for key in known.keys.get(one, ()))
    return tuple(dict.fromkeys(word for key in ours for word in key.labels))


def term_of_key(world: World, key: str) -> str | None:
    """The key of the Purview term that a glossary mapping declares for a full key, if it declares one."""
    return next((one.term for one in declared(world).keys.get(key, ()) if one.term is not None), None)
