"""What a matching rule compares: the form to compare, and the form to send.

Manifests hold `[{key | property, name, by, with, normalize: [{use, with}]}]`, with functions and normalisations by the
names that people read; their ids are only ever what the server says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from reconciler.resources.cluedin.duplicates import Catalogue, Words, field_name, folded, is_key
from reconciler.resources.cluedin.shared import Row, advice, refuse
from reconciler.resources.rules import Rule


class Criteria(Rule):
    """The criteria of a matching rule: all of them have to hold, so that their order means nothing."""

    def canonical(self, value: Any) -> Any:
        """Each with what it says, sorted."""
        if not isinstance(value, list | tuple):
            return value
        found = [_criterion(one) for one in value if isinstance(one, Mapping)]
        return sorted(found, key=lambda one: orjson.dumps(one, option=orjson.OPT_SORT_KEYS))


def _criterion(one: Mapping[str, Any]) -> dict[str, Any]:
    field = str(one.get("key") or one.get("property") or "")
    found = {
        "key" if one.get("key") else "property": field,
        "name": str(one.get("name") or field).strip(),
        "by": str(one.get("by") or ""),
        "with": _texts(one.get("with")),
        "normalize": [_normalizer(item) for item in one.get("normalize") or ()],
    }
    return {name: value for name, value in found.items() if value}


def _normalizer(item: Any) -> dict[str, Any]:
    given = item if isinstance(item, Mapping) else {"use": item}
    more = _texts(given.get("with"))
    return {"use": str(given.get("use") or ""), **({"with": more} if more else {})}


def _texts(given: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in sorted((given or {}).items())} if given else {}


def told(criteria: Sequence[Row], names: Catalogue) -> list[dict[str, Any]]:
    """Criteria of a reading in the manifests' form."""
    return [_told(one, names) for one in criteria]


def _told(one: Row, names: Catalogue) -> dict[str, Any]:
    by = str(one.get("matchingTypeId") or "").lower()
    return {
        "key" if is_key(one) else "property": field_name(one),
        "name": one.get("name"),
        "by": names.functions.get(by) or one.get("matchingTypeDisplayName") or by,
        "with": one.get("comparisonConfiguration"),
        "normalize": [_told_normalizer(item, names) for item in one.get("normalizationConfiguration") or ()],
    }


def _told_normalizer(item: Row, names: Catalogue) -> dict[str, Any]:
    id = str(item.get("id") or "").lower()
    return {"use": names.normalizers.get(id) or item.get("displayName") or id, "with": item.get("configuration")}


def wired(wanted: Sequence[Mapping[str, Any]], words: Words, names: Catalogue) -> list[Row]:
    """Criteria as a save takes them: names that the read adds are refused [B]."""
    return [_wired(_criterion(one), words, names) for one in wanted]


def _wired(one: Mapping[str, Any], words: Words, names: Catalogue) -> Row:
    key = one.get("key")
    level = words.of_keys if key else words.of_properties
    if level is None:
        raise refuse(
            "criterion",
            f"no deduplication project shows how CluedIn says that {key or one.get('property')} is "
            f"{'a vocabulary key' if key else 'a property'}",
            "Make one in CluedIn whose rule compares such a value.",
        )
    return {
        "name": one["name"],
        "objectType": level,
        "fieldName": f"Properties[{key}]" if key and words.in_brackets else key or one["property"],
        "matchingTypeId": _id(one.get("by"), names.functions, "function"),
        "comparisonConfiguration": one.get("with") or None,
        "normalizationConfiguration": [
            {"id": _id(item["use"], names.normalizers, "normalisation"), "configuration": item.get("with") or None}
            for item in one.get("normalize") or ()
        ],
    }


def _id(word: Any, known: Mapping[str, str], what: str) -> str:
    found = next((id for id, name in known.items() if folded(name) == folded(str(word))), None)
    if found is None:
        raise refuse("matching", f"CluedIn has no matching {what} {word!r}", advice(str(word), known.values()))
    return found


def criteria_faults(given: Any) -> Iterator[str]:
    """What a server would refuse of criteria: one sentence each."""
    if not given:
        yield "a matching rule needs at least one criterion"
    for one in given or ():
        if not (one.get("key") or one.get("property")) or not one.get("by"):
            yield "a criterion needs a key or a property, and a function that compares it"
