"""Assets of a source that no scanner knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from sys import intern
from typing import Any

from reconciler.environment.sign_in import PurviewSystem
from reconciler.errors import Diagnostic
from reconciler.kinds.asset.checks import ENTITIES, findings, judgements, terms_known
from reconciler.kinds.asset.scene import Item, Scene
from reconciler.kinds.asset.spec import Asset, Column
from reconciler.kinds.asset.values import UnfitError, sent
from reconciler.kinds.project.collection import collection_needs, collection_resources, collection_value
from reconciler.kinds.project.labels import directory
from reconciler.kinds.project.people import object_ids
from reconciler.kinds.project.type_model import Side
from reconciler.questions import Question
from reconciler.questions.live_types import LiveTypes
from reconciler.resources import types
from reconciler.resources.base import Desired, OnRemove
from reconciler.resources.objects import Origin


class AssetKind(Scene):
    """An `Asset`: what it asks, what is wrong with it, and what it wants."""

    manifest = Asset

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from findings(self)

    def questions(self) -> Iterator[Question]:
        """The live types, where one is of no document; what the ledger knows, where a file speaks for all."""
        if self.environment.purview is None:
            return
        if self.unknown_types or self._unknown_groups():
            yield LiveTypes()
        if self.spec.from_ is not None and self.spec.from_.complete:
            yield ENTITIES

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only the live types and the ledger tell."""
        yield from judgements(self)

    def _unknown_groups(self) -> bool:
        return any(name not in self.model.types for item in self.items for name in item.asset.business_metadata)

    def expand(self) -> Iterator[Desired]:
        """An entity each, its columns, and what is put on them."""
        purview = self.environment.purview
        if purview is None or not self.items:
            return
        yield from collection_resources(self.world, purview, self.origin(self.items[0]))
        yield from self._referred()
        for item in self.items:
            yield from self._asset(item, purview)

    def _referred(self) -> Iterator[Desired]:
        """Classifications and terms that no document makes."""
        origin = self.origin(self.items[0])
        made = {label.classification for label in directory(self.world).labels.values()}
        named = dict.fromkeys(name for item in self.items for name in _classifications(item))
        for name in named:
            if name not in self.model.declared and (name not in made or name.startswith("MICROSOFT.")):
                yield types()["purview.classification_type"].desired(name, origin, mode="refer")
        for word, is_declared in terms_known(self).items():
            if not is_declared:
                yield types()["purview.term"].desired(word, origin, mode="refer")

    def _asset(self, item: Item, purview: PurviewSystem) -> Iterator[Desired]:
        asset, origin, removal = item.asset, self.origin(item), self._removal(item)
        kind, side = types()["purview.entity"], self.model.schema(item.type)
        given: dict[str, Any] = {"attributes": self._sent(item.type, asset.attributes)} if asset.attributes else {}
        if asset.description is not None:
            given["description"] = asset.description
        for word in ("owners", "experts"):
            people = (*getattr(self.spec.defaults, word), *getattr(asset, word))
            if people:
                given[word] = object_ids(self.environment, people)
        needs = self._needs(purview, item.type)
        if asset.relationships:
            ends = {one.name: one for one in self.model.sides(item.type)}
            given["part_of"] = {name: f"{one.type}/{one.qualified_name}" for name, one in asset.relationships.items()}
            for name, one in asset.relationships.items():
                known = ends.get(name)
                of_it = self.model.needs(known.relationship) if known is not None else ()
                yield from self._other(f"{one.type}/{one.qualified_name}", origin)
                needs = (*needs, *of_it, self._address_of(f"{one.type}/{one.qualified_name}"))
        yield kind.desired(
            item.key, origin, needs=needs, on_remove=removal, name=item.name, **collection_value(purview), **given
        )
        yield from self._put_on(item.key, (*self.spec.defaults.labels, *asset.labels), asset.classifications, origin)
        for group, values in asset.business_metadata.items():
            yield types()["purview.business_metadata"].desired(
                f"{group}@{item.key}",
                origin,
                needs=(kind.address(item.key), *self.model.needs(group)),
                on_remove="delete",
                attributes=self._sent(group, values),
            )
        for term in asset.terms:
            yield types()["purview.assignment"].desired(
                f"{term}@{item.key}", origin, needs=(f"purview.term:{term}", kind.address(item.key))
            )
        if side is not None:
            for column in asset.columns:
                yield from self._column(item, column, side, purview)

    def _needs(self, purview: PurviewSystem, *names: str) -> tuple[str, ...]:
        """The types that an asset is of, and the collection; the same for all assets of a type."""
        found = self._needed.get(names)
        if found is None:
            found = (*self.model.needs(*names), *collection_needs(purview))
            self._needed[names] = found
        return found

    @cached_property
    def _needed(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        return {}

    def _other(self, key: str, origin: Origin) -> Iterator[Desired]:
        if self._address_of(key).startswith("purview.asset:"):
            yield types()["purview.asset"].desired(key, origin, mode="refer")

    def _address_of(self, key: str) -> str:
        return f"purview.{'entity' if key in self.world.know(_keys) else 'asset'}:{key}"

    def _column(self, item: Item, column: Column, side: Side, purview: PurviewSystem) -> Iterator[Desired]:
        origin, removal = self.origin(item), self._removal(item)
        key = f"{side.other}/{item.asset.qualified_name}#{column.name}"
        attributes = dict(column.attributes)
        if column.data_type is not None:
            attributes["data_type"] = column.data_type
        given: dict[str, Any] = {"attributes": self._sent(side.other, attributes)} if attributes else {}
        if column.description is not None:
            given["description"] = column.description
        yield types()["purview.entity"].desired(
            key,
            origin,
            needs=(*self._needs(purview, side.other, side.relationship), intern(f"purview.entity:{item.key}")),
            on_remove=removal,
            name=column.name,
            part_of={side.back: item.key},
            **collection_value(purview),
            **given,
        )
        yield from self._put_on(key, column.labels, column.classifications, origin)

    def _put_on(self, key: str, labels: Any, classifications: Any, origin: Origin) -> Iterator[Desired]:
        """Classifications and free labels; a word of a LabelMap stands for what that says."""
        words, host = directory(self.world).labels, f"purview.entity:{key}"
        marks, free = dict.fromkeys(classifications), dict[str, None]()
        for word in labels:
            known = words.get(word)
            if known is None:
                free[word] = None
                continue
            marks[known.classification] = None
            if known.purview_label is not None:
                free[known.purview_label] = None
        for name in marks:
            needs = (f"purview.classification_type:{name}", host)
            yield types()["purview.classification"].desired(f"{name}@{key}", origin, needs=needs, propagate=False)
        for word in free:
            yield types()["purview.label"].desired(f"{word}@{key}", origin, needs=(host,))

    def _sent(self, type: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Values as the Data Map holds them; offline, as far as the type is known, else as they are."""
        slots, found = self.model.slots(type), {}
        for name, value in given.items():
            try:
                found[name] = sent(self.model, slots[name], value) if name in slots else value
            except UnfitError:
                found[name] = value
        return found

    def _removal(self, item: Item) -> OnRemove:
        """Of a file only what it speaks for is deleted."""
        if self.spec.removed != "delete":
            return "forget"
        return "delete" if not item.line or self.speaks_for(item) else "forget"


def _classifications(item: Item) -> Iterator[str]:
    yield from item.asset.classifications
    for column in item.asset.columns:
        yield from column.classifications


def _keys(world: Any) -> set[str]:
    return {item.key for scene in world.of(Scene) for item in scene.items}
