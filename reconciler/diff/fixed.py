"""What cannot be changed as things stand: an object whose state bars it, and what is in such a one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.diff.change import Change, Differences
from reconciler.ledger import Ledger
from reconciler.live import LiveState
from reconciler.resources import type_of
from reconciler.resources.base import Desired

_EDITS = frozenset({"update", "rename"})
_COMES_OR_GOES = frozenset({"create", "delete", "retire"})
_ANEW = frozenset({"create", "replace", "delete"})
"""What becomes of a host, so that its state says nothing about what is in it."""


def refuse_fixed(out: Differences, desired: Mapping[str, Desired], ledger: Ledger, live: LiveState) -> list[Change]:
    """Turns each change that its system would refuse for a state into one that is refused here, with the way out."""
    refused = []
    anew = {change.address for change in out.changes if change.action in _ANEW}
    for change in out.changes:
        why = next(_whys(change, desired, ledger, live, out, anew), "")
        if why:
            change.action, change.reason, change.snapshot = "conflict", "immutable", None
            change.message, change.disruptive = why.replace("ADDRESS", change.address), ()
            refused.append(change)
    return refused


def _whys(
    change: Change,
    desired: Mapping[str, Desired],
    ledger: Ledger,
    live: LiveState,
    out: Differences,
    anew: set[str],
) -> Iterator[str]:
    writes = change.action in _EDITS or (change.action == "adopt" and change.fields)
    found = live.of(change.type).by_id.get(change.id) if change.id else None
    if writes and found is not None and found.fixed:
        yield found.fixed
    if not change.type.fixed_with_host or not (writes or change.action in _COMES_OR_GOES):
        return
    want, entry = desired.get(change.address), ledger.entries.get(change.address)
    for host in want.needs if want is not None else entry.depends_on if entry is not None else ():
        id = out.ids.get(host) or (known.id if (known := ledger.entries.get(host)) is not None else "")
        above = live.of(type_of(host)).by_id.get(id) if id and host not in anew else None
        if above is not None and above.fixed:
            yield above.fixed.replace("ADDRESS", host)
