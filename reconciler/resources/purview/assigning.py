"""Terms on entities that were made a moment ago: many entities in one upload, in place of one call for each term.

An upload is the other way to put a term on several entities (Microsoft's page of `assignedEntities`, grade A). Apache
Atlas 2.4.0 keeps what it has as `meanings`, does not double it when it is sent again, refuses all for one unknown term,
and takes off every term that is not in it (answered by 2.4.0, grade A). So this is only for entities that the run
itself made and that carry no term, with all of the terms that are put on them at once; what it was not seen to leave
there is put singly.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

from reconciler.resources.purview import common
from reconciler.systems.purview import Purview
from reconciler.systems.refusals import Refused

Pair = tuple[str, str]
"""Guids of a term and of an entity."""

FEW = 3
"""So many terms take no more calls singly than an upload does with the looks before and after it."""
TRIES = 3
"""How often what others were faster on is uploaded."""
PAUSES = (0.2, 0.5, 1.0)
"""Seconds between looks at what an upload left; the last one again until time is over."""


def put_on_new(purview: Purview, pairs: Sequence[Pair], settle: float) -> list[Pair]:
    """Puts terms on those of the entities that are new; returns the pairs that are to be put singly.

    What was uploaded has `settle` seconds to show: until then it may be there, and is not put on a second time.
    Raises `LostAnswer` when it is not known what an upload did.
    """
    with purview.made.lock:  # others who have terms for the same entities find them no longer new, and filled
        wanted: dict[str, list[str]] = {}
        taken = purview.made.take(entity for _, entity in pairs)
        for term, entity in pairs:
            if entity in taken:
                wanted.setdefault(entity, []).append(term)
        if len({term for term, entity in pairs if entity in wanted}) <= FEW:
            return list(pairs)
        parts = list(common.chunks(list(wanted)))
        uploaded = {guid for part in purview.each(lambda part: _upload(purview, part, wanted), parts) for guid in part}
        held = _held(purview, {pair for pair in pairs if pair[1] in wanted}, uploaded, settle)
        if uploaded and not held:
            purview.made.forget()  # it is taken and left out: not tried again in the run
    return [pair for pair in pairs if pair not in held]


def meanings(entity: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Terms on an entity by guid: its `meanings`, and the relationship attribute of that name [A]."""
    found = {str(m["termGuid"]): dict(m) for m in entity.get("meanings") or [] if m.get("termGuid")}
    for related in (entity.get("relationshipAttributes") or {}).get("meanings") or []:
        if "DELETED" in (related.get("entityStatus"), related.get("relationshipStatus")):
            continue
        meaning = found.setdefault(str(related["guid"]), {"termGuid": related["guid"]})
        meaning.setdefault("relationGuid", related.get("relationshipGuid"))
    return found


def _is_bare(entity: Mapping[str, Any]) -> bool:
    return entity.get("status") != "DELETED" and not meanings(entity)


def _with_terms(entity: Mapping[str, Any], terms: Iterable[str]) -> dict[str, Any]:
    body = common.addressed(entity)
    meant = [{"typeName": "AtlasGlossaryTerm", "guid": guid} for guid in terms]
    body.setdefault("relationshipAttributes", {})["meanings"] = meant
    return body | common.next_stamp(entity)


def _upload(purview: Purview, guids: Sequence[str], wanted: Mapping[str, Sequence[str]]) -> list[str]:
    """The guids of the entities that were uploaded; none where that was refused, for whatever is wrong with one.

    Where somebody was faster on one of them (412), all are looked at again.
    """
    for _ in range(TRIES):
        found = purview.fresh().entities_by_guid(guids)
        bare = {guid: one for guid, one in found.items() if one is not None and _is_bare(one)}
        bodies = [_with_terms(entity, wanted[guid]) for guid, entity in bare.items()]
        try:
            if bodies:
                purview.call("POST", "/entity/bulk", {"entities": bodies}, effect="once")
        except Refused as refused:
            if refused.status == 401:
                raise
            if refused.status == 412:
                continue
            break
        return list(bare)
    return []


def _held(purview: Purview, pairs: set[Pair], uploaded: set[str], settle: float) -> set[Pair]:
    """Those that show; of the entities that were uploaded, in so many seconds."""
    held: set[Pair] = set()
    awaited = {pair for pair in pairs if pair[1] in uploaded}
    deadline = time.monotonic() + settle
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        found = purview.fresh().entities_by_guid(dict.fromkeys(guid for _, guid in pairs - held))
        held |= {(term, guid) for guid, one in found.items() for term in (meanings(one) if one else ())} & pairs
        if awaited <= held or time.monotonic() + pause > deadline or purview.connection.stop.wait(pause):
            break
    return held
