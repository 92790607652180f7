"""What else a person may want to know of a change, out of what was read and is wanted anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.diff import Change
from reconciler.live import LiveState
from reconciler.resources.base import Desired

MOST = 20
"""So many things that hang on one are kept."""
_BY_PEOPLE = frozenset({"drift", "conflict", "renamed", "interrupted"})
_TELLING = frozenset({"purview.term", "purview.classification_type", "purview.entity", "cluedin.vocabulary_key"})
"""Types of which people ask what hangs on one: terms, labels, columns."""
_NEW = frozenset({"create", "adopt", "forget"})


def add_context(changes: Sequence[Change], resources: Mapping[str, Desired], live: LiveState) -> None:
    """Adds who edited what people changed, and what other documents need of what changes."""
    for change in changes:
        if change.reason in _BY_PEOPLE or any(item.reason in _BY_PEOPLE for item in change.fields):
            found = live.of(change.type).by_id.get(change.id)
            change.edited = found.edited if found is not None else None
    asked = {one.address: one for one in changes if one.type.full_name in _TELLING and one.action not in _NEW}
    for want in resources.values() if asked else ():
        for need in want.needs:
            host = asked.get(need)
            if host is not None and len(host.used_by) < MOST and _is_of_others(want, host):
                host.used_by = (*host.used_by, want.address)


def _is_of_others(want: Desired, change: Change) -> bool:
    ours = {(one.kind, one.name) for one in change.origins}
    return bool(want.origins) and ours.isdisjoint((one.kind, one.name) for one in want.origins)
