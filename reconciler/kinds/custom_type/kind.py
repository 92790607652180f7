"""Types of a meta-model of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.kinds.base import origin_at
from reconciler.kinds.custom_type.checks import findings, judgements, unknown_names
from reconciler.kinds.custom_type.pasted import LISTS
from reconciler.kinds.custom_type.scene import Scene, declared_types
from reconciler.kinds.custom_type.spec import CustomType
from reconciler.kinds.custom_type.wire import Written
from reconciler.questions import Question
from reconciler.questions.live_types import LiveTypes
from reconciler.resources import types
from reconciler.resources.base import Desired, OnRemove
from reconciler.resources.purview.typedef_wire import MARK, definition_of

_CATEGORIES = {category: word for word, category in LISTS.items()}


class CustomTypeKind(Scene):
    """A `CustomType`: what is wrong with it, and the types that it wants."""

    manifest = CustomType

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from findings(self)

    def questions(self) -> Iterator[Question]:
        """The live types, where one is named that no document declares."""
        if self.environment.purview is not None and unknown_names(self):
            yield LiveTypes()

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only the live types tell."""
        yield from judgements(self)

    def expand(self) -> Iterator[Desired]:
        """A type each, after those that it builds on."""
        if self.environment.purview is None:
            return
        for one in self.types:
            yield self._classification(one) if one.category == "CLASSIFICATION" else self._type(one)

    @property
    def _removal(self) -> OnRemove:
        return "delete" if self.spec.removed == "delete" else "forget"

    def _type(self, one: Written) -> Desired:
        wire = one.wire
        if one.category != "ENUM":
            wire = wire | {"options": {**(wire.get("options") or {}), "managedBy": MARK}}
        else:
            wire = wire | {"options": {"managedBy": MARK}}
        definition = {group: held for group, held in definition_of(wire).items() if group != "attributeOptions"}
        version = wire.get("typeVersion") or self.spec.version
        given: dict[str, Any] = {"version": str(version)} if version is not None else {}
        if "description" in wire:
            given["description"] = wire["description"]
        return types()["purview.type"].desired(
            one.name,
            origin_at(self.document, one.path),
            needs=self._needs(one),
            on_remove=self._removal,
            category=_CATEGORIES[one.category],
            service_type=wire.get("serviceType") or self.spec.service_type,
            definition=definition,
            **given,
        )

    def _classification(self, one: Written) -> Desired:
        given = {"description": one.wire["description"]} if "description" in one.wire else {}
        return types()["purview.classification_type"].desired(
            one.name,
            origin_at(self.document, one.path),
            needs=self._needs(one),
            on_remove=self._removal,
            super_types=one.wire.get("superTypes") or [],
            entity_types=one.wire.get("entityTypes") or [],
            **given,
        )

    def _needs(self, one: Written) -> Iterator[str]:
        """The types that it names and that documents declare; entities refer to themselves freely."""
        declared = declared_types(self.world)
        for name in dict.fromkeys(one.names):
            if name in declared and name != one.name:
                word = "classification_type" if declared[name][1].category == "CLASSIFICATION" else "type"
                yield f"purview.{word}:{name}"
