"""What uses a vocabulary key."""

from __future__ import annotations

import re

from reconciler_sandbox.cluedin.world import DATA_SET, KEY, STREAM, TERM, Doc, World

_PROPERTY = re.compile(r"Properties\[(.+)\]\Z")


class Usage:
    """Whether keys hold data, are mapped to, filled or sent, or occur in conditions ([B] kinds, [C] which block)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: tuple[int, frozenset[str]] = (-1, frozenset())

    def reasons(self, key: Doc, within: str | None = None) -> list[Doc]:
        """Why a key counts as used; mappings from keys of the vocabulary `within` do not count."""
        found: list[Doc] = []
        if key["records"]:
            found.append({"type": "Data", "name": key["key"], "id": None, "count": key["records"]})
        for other in self._world.find(KEY, "maps", key["vocabularyKeyId"], latest=True):
            if other["vocabularyId"] != within:
                found.append(
                    {
                        "type": "VocabularyKey",
                        "name": other["key"],
                        "id": other["vocabularyKeyId"],
                        "count": 1,
                    }
                )
        for term in self._world.all(TERM, latest=True):
            if key["key"] in keys_of(term["ruleSet"]):
                found.append({"type": "GlossaryTerm", "name": term["name"], "id": term["id"], "count": 1})
        return found + self._elsewhere(key["key"])

    def _elsewhere(self, key: str) -> list[Doc]:
        """Columns and streams that take a key ([B] kinds, [U] words)."""
        found: list[Doc] = []
        for one in self._world.all(DATA_SET, latest=True):
            if any(mapping["key"] == key for mapping in one["fieldMappings"]):
                found.append({"type": "DataSet", "name": one["name"], "id": one["id"], "count": 1})
        for stream in self._world.all(STREAM, latest=True):
            if key in _keys_of_stream(stream):
                found.append({"type": "Stream", "name": stream["name"], "id": stream["id"], "count": 1})
        return found

    def vocabulary(self, vocabulary_id: str) -> bool:
        """Whether a key of the vocabulary is used."""
        return vocabulary_id in self._vocabularies()

    def _vocabularies(self) -> frozenset[str]:
        """The vocabularies with used keys, worked out once between two writes: lists ask for each item."""
        generation, known = self._known
        if generation != self._world.generation:
            keys = self._world.all(KEY, latest=True)
            mapped = {key["mapsToOtherKeyId"] for key in keys}
            mentioned = {name for term in self._world.all(TERM, latest=True) for name in keys_of(term["ruleSet"])}
            for stream in self._world.all(STREAM, latest=True):
                mentioned |= _keys_of_stream(stream)
            for one in self._world.all(DATA_SET, latest=True):
                mentioned |= {mapping["key"] for mapping in one["fieldMappings"]}
            known = frozenset(
                key["vocabularyId"]
                for key in keys
                if key["records"] or key["vocabularyKeyId"] in mapped or key["key"] in mentioned
            )
            self._known = (self._world.generation, known)
        return known


def _keys_of_stream(stream: Doc) -> set[str]:
    """The full keys that a stream sends or asks for."""
    sent = {item["key"] for item in stream["mapping"] if item["type"] == "vocabkey"}
    return sent | keys_of(stream["condition"])


def keys_of(node: Doc | None) -> set[str]:
    """The full keys that a condition tree mentions."""
    if not node:
        return set()
    match = _PROPERTY.match(node.get("field") or "")
    found = {match.group(1)} if match else set()
    for child in node.get("rules") or []:
        found |= keys_of(child)
    return found
