"""Writes the audit of one apply: that it began, who approved which labels, each change, and that it ended.

An apply that was killed has a beginning and no end; what the next run finds done of it is told there, as `earlier`.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.audit.trail import BEGINNING, Nowhere, Trail
from reconciler.diff import Change
from reconciler.ledger import Entry, Intent, Ledger
from reconciler.plan import Plan
from reconciler.resources.base import Desired
from reconciler.resources.keys import field_of
from reconciler.resources.objects import Origin
from reconciler.saved.words import Status
from reconciler.systems.redact import SECRETS

FORMAT = 1
_JSON = json.JSONEncoder(separators=(",", ":"))
Facts = Mapping[str, Any]


@dataclass(slots=True)
class Audit:
    """The lines of one apply and where they go. `about` gives what stands on every line; it is asked once."""

    trail: Trail = field(default_factory=Nowhere)
    about: Callable[[], Facts] = dict
    labels: frozenset[str] = frozenset()
    """Labels that the actor approves with this apply."""
    _told: Facts | None = None
    _lines: int = 0
    _waiting: list[tuple[Facts, Facts]] = field(default_factory=list)
    """Lines that are not written yet."""

    def begin(self, plan: Plan, ledger: Ledger, wants: Mapping[str, Desired]) -> None:
        """That an apply begins; nothing where it has nothing to do. Raises `ReconcilerError` as `record` does."""
        earlier = list(_done_earlier(plan, ledger))
        if not plan.executable and not earlier:
            return
        self._note("begin", digest=plan.digest, changes=len(plan.executable))
        for label in sorted(self.labels):
            about = plan.requires_approval.get(label, [])
            self._note("approval", label=label, digest=plan.digest, addresses=about)
        for address, action, fields in earlier:
            origins = wants[address].origins if address in wants else ()
            told = _told(address, action, fields, origins, "done", ())
            self._note("change", **told, earlier=True)
        self._write()

    def take_over(self, claims: Iterable[Facts]) -> None:
        """Whose claims are taken over, before they are; raises as `record` does."""
        for claim in claims:
            self._note("takeover", **claim)
        self._write()

    def record(self, outcomes: Iterable[tuple[Change, Status, Iterable[str]]]) -> None:
        """What became of some changes, with the requests that were sent for them.

        Raises `ReconcilerError` where it cannot be written; the lines wait for the next time.
        """
        for change, status, requests in outcomes:
            paths = [item.path for item in change.fields]
            self._note("change", **_told(change.address, change.action, paths, change.origins, status, requests))
        self._write()

    def end(self, *, complete: bool, interrupted: bool) -> None:
        """That the apply came to its end; raises as `record` does."""
        if self._told is not None:
            self._note("end", complete=complete, interrupted=interrupted)
            self._write()

    def _note(self, event: str, **more: Any) -> None:
        if self._told is None:
            self._told = SECRETS.clean_all(self.about())
        self._lines += 1
        at = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._waiting.append(({"audit": FORMAT, "event": event, "line": self._lines, "at": at, **self._told}, more))

    def _write(self) -> None:
        if self._waiting:
            cleaned = SECRETS.clean_all([more for _, more in self._waiting])
            self.trail.append([_written(said | more) for (said, _), more in zip(self._waiting, cleaned, strict=True)])
            self._waiting.clear()


def _told(
    address: str, action: str, paths: Iterable[str], origins: Iterable[Origin], status: str, requests: Iterable[str]
) -> dict[str, Any]:
    """One change: names of fields alone, as what stands in brackets of a path is a value."""
    return {
        "address": address,
        "action": action,
        "fields": sorted({field_of(path) for path in paths}),
        "manifests": [str(origin.source) if origin.file else f"{origin.kind}/{origin.name}" for origin in origins],
        "outcome": status,
        "request_ids": list(dict.fromkeys(requests)),
    }


def _done_earlier(plan: Plan, ledger: Ledger) -> Iterable[tuple[str, str, list[str]]]:
    """What an apply that was cut short had sent, and this one finds in place."""
    for address, entry in plan.notes.items():
        known = ledger.get(address)
        intent = known.intent if known is not None else None
        if intent is not None and intent.begun and _is_done(intent, entry):
            yield address, intent.action, list(intent.sent)


def _is_done(intent: Intent, entry: Entry | None) -> bool:
    """Whether what the ledger learns closes the intent as carried out, and not as given up."""
    if entry is None:
        return intent.action == "delete"
    if intent.action == "retire":
        return entry.tombstone and entry.intent is None
    marks = entry.fields
    return entry.intent is None and all(
        path in marks and marks[path].seen == sent for path, sent in intent.sent.items()
    )


def _written(shape: Facts) -> bytes:
    """One line, in ASCII: without what hides, and no command to who shows it in a log."""
    text = _JSON.encode({name: value for name, value in shape.items() if value not in ("", [], None)})
    line = text.replace("::", r":\u003a").replace("##", r"#\u0023").encode("ascii") + b"\n"
    assert line.startswith(BEGINNING)
    return line
