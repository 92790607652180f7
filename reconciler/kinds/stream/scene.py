"""One stream on the way to its resources: what every step looks up."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.declarations import Exports
from reconciler.kinds.project.conditions import all_of, entity_type_is
from reconciler.kinds.project.exports import makes_target
from reconciler.kinds.project.references import entity_word, key_type
from reconciler.kinds.stream.spec import Stream
from reconciler.questions.catalogue import Connector, Connectors
from reconciler.resources.keys import quote


class Scene(Kind[Stream]):
    """A document with its world, and the names that follow from both."""

    @property
    def exports(self) -> Exports:
        """The stream, and the keys that go out."""
        return Exports(self.name, keys=tuple(self.columns))

    @cached_property
    def name(self) -> str:
        """The name of the stream in CluedIn."""
        return (self.spec.name or self.document.name).strip()

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
        word = self.spec.target.provider.strip()
        called = (one.name for one in self.connectors if word.casefold() in (one.name.casefold(), one.id.casefold()))
        return f"{quote(next(called, word))}/{quote(self.spec.target.name.strip())}"

    @property
    def has_made_target(self) -> bool:
        """Whether a contract of the project makes the export target."""
        return makes_target(self.world, self.target_key)

    @cached_property
    def columns(self) -> list[str]:
        """The vocabulary keys of the columns."""
        return [one for one in self.spec.columns if isinstance(one, str)]

    @cached_property
    def keys(self) -> list[str]:
        """The vocabulary keys of columns and conditions, each once."""
        return list(dict.fromkeys([*self.columns, *self.condition_keys]))

    @property
    def condition_keys(self) -> list[str]:
        """The vocabulary keys of the conditions."""
        return [one.key for one in self.spec.where if one.key is not None]

    @cached_property
    def code(self) -> str | None:
        """The code of the entity type, when the stream names one that is known."""
        return entity_word(self.world, self.spec.entity).code if self.spec.entity is not None else None

    @cached_property
    def condition(self) -> dict[str, Any]:
        """The condition of the stream: the entity type, and `where` or `condition`; that alone stands as it is."""
        if self.spec.condition is not None and self.code is None and not self.spec.where:
            return self.spec.condition
        nodes = [entity_type_is(self.code)] if self.code is not None else []
        if self.spec.condition is not None:
            nodes.append(self.spec.condition)
        return all_of(*nodes, *(one.node(key_type(self.world, one.key)) for one in self.spec.where))

    @property
    def described(self) -> dict[str, Any]:
        """The description, where the document has one."""
        return {"description": self.document.description} if self.document.description else {}
