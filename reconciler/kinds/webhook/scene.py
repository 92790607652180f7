"""One webhook: which way its events go, and what its stream is where it has one."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from reconciler.kinds.declarations import NO_EXPORTS, Exports
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.exported import PropertyOf, State
from reconciler.kinds.project.filters import Where
from reconciler.kinds.project.streaming import Streaming
from reconciler.kinds.webhook.spec import GROUPS, Way, Webhook
from reconciler.manifest.findings import Path
from reconciler.resources.base import OnRemove

CONNECTOR = "Http Connector"
"""The name of the connector [B]: its public source."""


class Scene(Streaming[Webhook]):
    """A document with its world."""

    target_at: ClassVar[Path] = ("url",)

    @cached_property
    def groups(self) -> tuple[Way, ...]:
        """The ways that its events need."""
        return tuple(way for way, events in GROUPS.items() if set(events) & set(self.spec.events))

    @property
    def via(self) -> Way | None:
        """Which way its events go; None where they need several, or another one than is written."""
        if len(self.groups) != 1 or self.spec.via not in ("auto", self.groups[0]):
            return None
        return self.groups[0]

    # -- its stream ------------------------------------------------------------------------------------------

    @property
    def exports(self) -> Exports:
        """The stream and the export target, where it makes them."""
        return Exports(self.name, self.target_key) if self.via == "stream" else NO_EXPORTS

    @property
    def own_name(self) -> str:
        """As it is written."""
        return self.spec.name or ""

    @property
    def provider(self) -> str:
        """The connector that posts records."""
        return CONNECTOR

    @property
    def target_name(self) -> str:
        """That of the stream."""
        return self.name

    @property
    def entity(self) -> str | None:
        """As it is written."""
        return self.spec.entity

    @property
    def where(self) -> tuple[Where, ...]:
        """As it is written."""
        return self.spec.where

    @property
    def written_columns(self) -> tuple[str | PropertyOf, ...]:
        """As they are written."""
        return self.spec.columns

    @property
    def container(self) -> str | None:
        """As it is written."""
        return self.spec.container

    @property
    def state(self) -> State:
        """As it is written."""
        return self.spec.state

    @property
    def removal(self) -> OnRemove:
        """Of the stream."""
        removals: dict[str, OnRemove] = {"stop": "retire", "delete": "delete", "keep": "forget"}
        return removals[self.spec.on_remove]

    @property
    def labels(self) -> frozenset[str]:
        """The words on the keys that go along: records leave for somebody else."""
        known = declared(self.world).keys
        return frozenset(word for key in self.columns for row in known.get(key, ()) for word in row.labels)
