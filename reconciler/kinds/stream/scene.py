"""One stream on the way to its resources: what it says of itself."""

from __future__ import annotations

from typing import Any

from reconciler.kinds.project.exported import Mode, PropertyOf, Relations, State
from reconciler.kinds.project.filters import Where
from reconciler.kinds.project.streaming import Streaming
from reconciler.kinds.stream.spec import Stream


class Scene(Streaming[Stream]):
    """A document with its world."""

    @property
    def own_name(self) -> str:
        """As it is written."""
        return self.spec.name or ""

    @property
    def provider(self) -> str:
        """That of its target."""
        return self.spec.target.provider

    @property
    def target_name(self) -> str:
        """That of its target."""
        return self.spec.target.name

    @property
    def entity(self) -> str | None:
        """As it is written."""
        return self.spec.entity

    @property
    def where(self) -> tuple[Where, ...]:
        """As it is written."""
        return self.spec.where

    @property
    def own_condition(self) -> dict[str, Any] | None:
        """As it is written."""
        return self.spec.condition

    @property
    def written_columns(self) -> tuple[str | PropertyOf, ...]:
        """As they are written."""
        return self.spec.columns

    @property
    def container(self) -> str | None:
        """As it is written."""
        return self.spec.container

    @property
    def mode(self) -> Mode:
        """As it is written."""
        return self.spec.mode

    @property
    def relations(self) -> Relations:
        """As they are written."""
        return self.spec.relations

    @property
    def state(self) -> State:
        """As it is written."""
        return self.spec.state
