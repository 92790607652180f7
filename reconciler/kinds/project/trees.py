"""Conditions of documents as CluedIn's trees, with the entity types and keys of the project."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.kinds.base import World
from reconciler.kinds.project.conditions import Node, all_of, entity_type_is
from reconciler.kinds.project.criteria import Criterion, node_of
from reconciler.kinds.project.references import entity_word, key_type


def tree_of(world: World, criteria: Iterable[Criterion], entity_type: str | None = None) -> Node:
    """All conditions, and that records are of the entity type, as a filter; one that is empty takes every record."""

    def code_of(word: str) -> str | None:
        return entity_word(world, word).code

    def type_of(key: str) -> str:
        return key_type(world, key)

    of_type = [entity_type_is(entity_type)] if entity_type is not None else []
    return all_of(*of_type, *(node_of(one, code_of, type_of) for one in criteria))
