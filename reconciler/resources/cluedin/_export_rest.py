"""The export of a stream over REST, which keeps what GraphQL's input has no place for.

`POST /streams/setupconnector/{id}` takes mode and types of columns as integers; there are two of each, and none
has a public name ([B]: OpenAPI document). They are learnt from the stream itself, whose words GraphQL shows, or
the export is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reconciler.resources.cluedin.shared import Row, refuse
from reconciler.systems.cluedin import CluedIn

UNSENT = ("connectorProperties", "exportOutgoingEdgeProperties", "exportIncomingEdgeProperties")
"""Members of an export that `setupConnectorStream` has no place for [B]."""

MODES = ("Sync", "EventStream")
TYPES = ("vocabkey", "metadata")
"""Words of GraphQL [B]; there are two integers for each of the two [B]."""

_NUMBERS = frozenset({0, 1})


def set_up(cluedin: CluedIn, key: str, id: str, whole: Row, given: Row) -> None:
    """Writes the export `given` (GraphQL's input) over REST, with what the live stream `whole` has besides.

    Raises `SystemFailureError` when an integer cannot be learnt, or REST does not show what has to be kept.
    What to do with an existing container is not said, as over GraphQL: its integers have no names [U].
    """
    model = cluedin.rest("GET", f"/streams/{id}", effect="read") or {}
    lost = [name for name in UNSENT if whole.get(name) and not model.get(name)]
    if lost:
        raise _unlearnt(key, f"REST does not show its {', '.join(lost)}")
    mode = _learnt(MODES, [(whole.get("mode"), model.get("mode"))])
    sent = {
        "connectorProviderDefinitionId": given["connectorProviderDefinitionId"],
        "containerName": given["containerName"],
        "mode": _number(mode, given["mode"], key, "mode"),
        "exportOutgoingEdges": given["exportOutgoingEdges"],
        "exportIncomingEdges": given["exportIncomingEdges"],
        **{name: model.get(name) for name in UNSENT},
        "dataTypes": _columns(cluedin, key, id, whole, given["dataTypes"]),
    }
    cluedin.rest("POST", f"/streams/setupconnector/{id}", sent, effect="set")


def _columns(cluedin: CluedIn, key: str, id: str, whole: Row, wanted: Sequence[Row]) -> list[Row]:
    """The columns with the integers of their types, learnt from the live columns, which both faces show."""
    if not wanted:
        return []
    shown = whole.get("mappingConfiguration") or ()
    words = {str(item.get("sourceDataType")): item.get("sourceObjectType") for item in shown}
    listed = cluedin.rest("GET", f"/streammapping/{id}", effect="read") or ()
    rows = [row for row in listed if isinstance(row, Mapping)]
    types = _learnt(TYPES, [(words.get(str(row.get("sourceDataType"))), row.get("sourceObjectType")) for row in rows])
    return [{"key": item["key"], "type": _number(types, item["type"], key, "a column's type")} for item in wanted]


def _learnt(words: tuple[str, str], pairs: Iterable[tuple[Any, Any]]) -> dict[str, int]:
    """The integers of two words: of one from what is shown side by side, of the other because there are only two.

    Empty when nothing is shown, or when what is shown contradicts itself.
    """
    known = {word.casefold(): word for word in words}
    found: dict[str, int] = {}
    for word, number in pairs:
        name = known.get(str(word or "").casefold())
        if name is None or number is None:
            continue
        if type(number) is not int or number not in _NUMBERS or found.setdefault(name, number) != number:
            return {}
    if len(found) == 1:
        ((name, number),) = found.items()
        found[words[1] if name == words[0] else words[0]] = 1 - number
    return found if len(set(found.values())) == len(found) else {}


def _number(learnt: Mapping[str, int], word: Any, key: str, what: str) -> int:
    found = next((number for name, number in learnt.items() if name.casefold() == str(word).casefold()), None)
    if found is None:
        raise _unlearnt(key, f"the integer of {word!r} ({what}) is not public, and nothing live shows it")
    return found


def _unlearnt(key: str, why: str) -> Exception:
    return refuse(
        "export",
        f"the export of {key} has settings that a save over GraphQL could lose, and over REST {why}",
        "Change this export in CluedIn, or clear its connector properties and properties of edges there first.",
    )
