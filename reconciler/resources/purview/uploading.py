"""New entities in one upload, with the classifications and labels that are put on them.

Both are members of an entity in the Data Map's contract. Apache Atlas takes them from the upload that makes an entity,
and passes over them where one is there (answered by 2.4.0, grade A; PyApacheAtlas' users do so with Purview, grade B).
Atlas does not look at them as it does in calls of their own: it takes a classification that the type of the entity may
not have, or that lacks what is mandatory, keeps twice what comes twice, and answers 500 for one that does not exist or
has a wrong value, making none of the entities (answered by 2.4.0, grade A); of Purview this is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.resources.objects import Write
from reconciler.resources.purview.business_metadata import carried
from reconciler.resources.purview.classification import classified
from reconciler.resources.purview.label import labelled
from reconciler.systems.answer import Answer
from reconciler.systems.purview import Purview
from reconciler.systems.refusals import Refused

_REFUSED = "what hangs on entities goes by itself"
_NOT_FOR_IT = frozenset({401, 413, 414, 431})
"""Statuses of refusals that what goes along has nothing to do with, or that halves are the answer to."""
_BUSINESS = "purview.business_metadata:"
_MEMBERS = {"purview.classification": ("classifications", classified), "purview.label": ("labels", labelled)}


def upload(purview: Purview, entities: Sequence[tuple[dict[str, Any], Write]], query: Mapping[str, Any]) -> Answer:
    """`POST /entity/bulk`, with what goes along; without it where that is refused, then for the rest of the run too."""
    if purview.learnt.get(_REFUSED):
        _leave_behind(entities)
    try:
        return _post(purview, [body | _along(write) for body, write in entities], query)
    except Refused as refused:
        if refused.status in _NOT_FOR_IT or not any(write.along for _, write in entities):
            raise
        if not refused.doubtful:  # else an earlier sending may have brought it
            _leave_behind(entities)
    answer = _post(purview, [body for body, _ in entities], query)
    purview.learnt[_REFUSED] = True
    return answer


def _post(purview: Purview, bodies: Sequence[Mapping[str, Any]], query: Mapping[str, Any]) -> Answer:
    return purview.answered("POST", "/entity/bulk", {"entities": bodies}, query, effect="set")


def _along(write: Write) -> dict[str, Any]:
    """The members of an entity that what goes along makes."""
    found: dict[str, Any] = {}
    business = [part for part in write.along if part.address.startswith(_BUSINESS)]
    if business:
        found["businessAttributes"] = carried(business)
    for part in write.along:
        if part in business:
            continue
        name, form = _MEMBERS[part.address.partition(":")[0]]
        found.setdefault(name, []).append(form(part))
    return found


def _leave_behind(entities: Sequence[tuple[dict[str, Any], Write]]) -> None:
    for _, write in entities:
        write.along.clear()
