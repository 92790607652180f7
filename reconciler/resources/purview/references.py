"""From object ids in an answer to keys: the diff compares names, never guids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from reconciler.resources.purview import common
from reconciler.systems.purview import Purview

_LISTS = ("inputs", "outputs")


class References:
    """Keys of the entities that a set of entities refers to.

    A reference says its qualified name itself (`uniqueAttributes`, usual in Atlas), or `referredEntities` of
    the answer says it, or it is one of the entities read; what none of them says is read by guid, all at once.
    """

    def __init__(self, purview: Purview, entities: Iterable[Mapping[str, Any]], ends: Collection[str] = ()) -> None:
        """`ends` are those of relations beside `table` at which entities are parts of others."""
        self._keys: dict[str, str] = {}
        answers: dict[int, Mapping[str, Any]] = {}
        nameless: dict[str, None] = {}
        for entity in entities:
            self._learn(entity)
            referred = entity.get("referredEntities") or {}
            answers[id(referred)] = referred
            relations = entity.get("relationshipAttributes") or {}
            wanted = [item for name in _LISTS for item in self.flow(entity, name)]
            wanted += [*(relations.get("columns") or []), *filter(None, map(relations.get, ("table", *ends)))]
            nameless |= {str(ref["guid"]): None for ref in wanted if ref.get("guid") and not common.key_of(ref)}
        for referred in answers.values():
            for other in referred.values():
                self._learn(other)
        self._keys.update(common.keys_by_guid(purview, [guid for guid in nameless if guid not in self._keys]))

    @staticmethod
    def flow(entity: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        """References of `inputs` or `outputs`: an attribute and a relation at once [A].

        Only the relation says whether its other end was deleted softly (answered by Apache Atlas 2.4.0, grade A).
        """
        related = (entity.get("relationshipAttributes") or {}).get(name) or []
        left = {one.get("guid") for one in related if not holds(one)}
        if left:
            left -= {one.get("guid") for one in related if holds(one)}
        for holder in ("attributes", "relationshipAttributes"):
            references = (entity.get(holder) or {}).get(name)
            if references:
                return [one for one in references if holds(one) and one.get("guid") not in left]
        return []

    def keys(self, references: Iterable[Mapping[str, Any]]) -> list[str]:
        """Keys in order; one that could not be found out shows its guid, so that it compares as different."""
        return [
            self._key(reference) or f"{reference.get('typeName')}/guid:{reference.get('guid')}"
            for reference in references
            if holds(reference)
        ]

    def _learn(self, entity: Mapping[str, Any]) -> None:
        key = common.key_of(entity)
        if key and entity.get("guid"):
            self._keys[str(entity["guid"])] = key

    def _key(self, reference: Mapping[str, Any]) -> str | None:
        return self._keys.get(str(reference.get("guid"))) or common.key_of(reference)


def holds(reference: Mapping[str, Any]) -> bool:
    """Whether neither the other end nor the relation was deleted softly."""
    return "DELETED" not in (reference.get("entityStatus"), reference.get("relationshipStatus"))
