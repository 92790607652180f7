"""A stream that promises nothing, on the way to its resources: what every step looks up, found once."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from reconciler.kinds.base import Kind, origin_at
from reconciler.kinds.declarations import Exports
from reconciler.kinds.project.conditions import all_of, entity_type_is
from reconciler.kinds.project.exported import Mode, PropertyOf, Relations, State
from reconciler.kinds.project.exports import makes_target
from reconciler.kinds.project.filters import Where
from reconciler.kinds.project.references import entity_word, key_type
from reconciler.manifest.findings import Path
from reconciler.manifest.spec import Manifest
from reconciler.questions.catalogue import Connector, Connectors
from reconciler.resources.base import OnRemove
from reconciler.resources.keys import quote
from reconciler.resources.objects import Origin

M = TypeVar("M", bound=Manifest)


class Streaming(Kind[M], Generic[M]):
    """A document with its world, and the names that follow from both."""

    target_at: ClassVar[Path] = ("target",)
    """Where the document says what its export target is."""

    # -- what a kind says of itself --------------------------------------------------------------------------

    @property
    def own_name(self) -> str:
        """The name of the stream as it is written; empty for the document's."""
        return ""

    @property
    def provider(self) -> str:
        """The connector of the export target, as it is written."""
        raise NotImplementedError

    @property
    def target_name(self) -> str:
        """The name of the export target."""
        raise NotImplementedError

    @property
    def entity(self) -> str | None:
        """The word for the entity type."""
        raise NotImplementedError

    @property
    def where(self) -> tuple[Where, ...]:
        """What records must meet."""
        raise NotImplementedError

    @property
    def own_condition(self) -> dict[str, Any] | None:
        """A condition in CluedIn's own form."""
        return None

    @property
    def written_columns(self) -> tuple[str | PropertyOf, ...]:
        """What goes along."""
        raise NotImplementedError

    @property
    def container(self) -> str | None:
        """The name within the target; None for that of the stream."""
        return None

    @property
    def mode(self) -> Mode:
        """How the target follows."""
        return "events"

    @property
    def relations(self) -> Relations:
        """Whether relations go along."""
        return Relations()

    @property
    def state(self) -> State:
        """Whether it runs."""
        raise NotImplementedError

    @property
    def removal(self) -> OnRemove | None:
        """What becomes of the stream when no manifest wants it; None for what its type does."""
        return None

    @property
    def labels(self) -> frozenset[str]:
        """Words for sensitivity of what leaves, each of which somebody has to approve."""
        return frozenset()

    # -- names -----------------------------------------------------------------------------------------------

    @property
    def exports(self) -> Exports:
        """The stream, and the keys that go out."""
        return Exports(self.name, keys=tuple(self.columns))

    @cached_property
    def name(self) -> str:
        """The name of the stream in CluedIn."""
        return (self.own_name or self.document.name).strip()

    @property
    def concept(self) -> str:
        """The stream."""
        return self.name

    @property
    def key(self) -> str:
        """The key of the stream, its export and its state."""
        return quote(self.name)

    @cached_property
    def connectors(self) -> tuple[Connector, ...]:
        """The connectors of the live catalogue, as far as they are known."""
        return self.world.answers.of(Connectors()) or ()

    @cached_property
    def target_key(self) -> str:
        """The key of the export target, with the connector as the live catalogue spells it."""
        word = self.provider.strip()
        called = (one.name for one in self.connectors if word.casefold() in (one.name.casefold(), one.id.casefold()))
        return f"{quote(next(called, word))}/{quote(self.target_name.strip())}"

    @property
    def has_made_target(self) -> bool:
        """Whether a document of the project makes the export target."""
        return makes_target(self.world, self.target_key)

    def origin(self, *path: str | int) -> Origin:
        """Where the document wants something."""
        return origin_at(self.document, path)

    # -- what goes out ---------------------------------------------------------------------------------------

    @cached_property
    def columns(self) -> list[str]:
        """The vocabulary keys of the columns."""
        return [one for one in self.written_columns if isinstance(one, str)]

    @cached_property
    def keys(self) -> list[str]:
        """The vocabulary keys of columns and conditions, each once."""
        return list(dict.fromkeys([*self.columns, *self.condition_keys]))

    @property
    def condition_keys(self) -> list[str]:
        """The vocabulary keys of the conditions."""
        return [one.key for one in self.where if one.key is not None]

    @cached_property
    def code(self) -> str | None:
        """The code of the entity type, when the stream names one that is known."""
        return entity_word(self.world, self.entity).code if self.entity is not None else None

    @cached_property
    def condition(self) -> dict[str, Any]:
        """The condition of the stream: the entity type, and what records must meet; its own form alone as it is."""
        if self.own_condition is not None and self.code is None and not self.where:
            return self.own_condition
        nodes = [entity_type_is(self.code)] if self.code is not None else []
        if self.own_condition is not None:
            nodes.append(self.own_condition)
        return all_of(*nodes, *(one.node(key_type(self.world, one.key)) for one in self.where))

    @property
    def described(self) -> dict[str, Any]:
        """The description, where the document has one."""
        return {"description": self.document.description} if self.document.description else {}
