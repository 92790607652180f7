"""Who did what was seen: by CluedIn's audit log, where the user may read it; else nobody is named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from reconciler.errors import SystemFailureError
from reconciler.resources.cluedin.shared import GUID
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import Unreachable
from reconciler.watch.events import Event, stamp

_TAKE = 200
_CLOCKS = timedelta(minutes=5)
"""How far two clocks may be apart."""
_AUTHOR = re.compile(r"author|user|(?:created|modified|changed)_?by", re.IGNORECASE)


def authored(cluedin: CluedIn, events: Sequence[Event], since: datetime) -> list[Event]:
    """The events, with `modified_by` where the log names one person alone who changed the object since.

    Asked is only about what does not tell it by itself.
    """
    ids = {str(one.data["object_id"]) for one in events if "action" in one.data and "modified_by" not in one.data}
    found = _authors(cluedin, ids, since) if ids else {}
    return [_by(one, found.get(str(one.data.get("object_id")).casefold(), "")) for one in events]


def _by(event: Event, author: str) -> Event:
    return replace(event, data={"modified_by": author, **event.data}) if author else event


def _authors(cluedin: CluedIn, ids: set[str], since: datetime) -> Mapping[str, str]:
    """By id of an object who changed it; what a row consists of is in no description [U], so that it is read by what
    its members hold: the id of the object, and one person in those that are called after people."""
    people: dict[str, set[str]] = {}
    try:
        rows = list(_rows(cluedin, sorted(ids), since - _CLOCKS))
    except Unreachable:
        raise
    except SystemFailureError:
        return {}
    for row in rows:
        about = {str(value).casefold() for value in row.values()} & {id.casefold() for id in ids}
        by = {str(value) for name, value in row.items() if _AUTHOR.search(name) and GUID.fullmatch(str(value))}
        for id in about:
            people.setdefault(id, set()).update(by - about)
    return {id: next(iter(by)) for id, by in people.items() if len(by) == 1}


def _rows(cluedin: CluedIn, ids: Sequence[str], since: datetime) -> Iterator[Mapping[str, Any]]:
    """`GET /auditLog/getByObjectTypeIds` [A]."""
    query = [*(("objectIds", id) for id in ids), ("fromDate", stamp(since)), ("page", "0"), ("take", str(_TAKE))]
    answer = cluedin.rest("GET", "/auditLog/getByObjectTypeIds", query=query, effect="read")
    lists = [answer] if isinstance(answer, list) else []
    if isinstance(answer, Mapping):
        lists = [value for value in answer.values() if isinstance(value, list)]
    yield from (row for row in (lists[0] if len(lists) == 1 else ()) if isinstance(row, Mapping))
