"""What is done with rules and not kept: a look at what their actions would do, and processing records again.

`/rules/{id}/reprocess` and `/rules/preview` are of the official description [B]. The latter takes actions alone,
without a filter, and answers with a record before and after each; which record it takes is [U].
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.actions.providers import POLL, Done
from reconciler.errors import RefusedError
from reconciler.resources.base import Desired
from reconciler.resources.cluedin.processing_rules import actions as actions_of
from reconciler.resources.cluedin.processing_rules import rules_by_id
from reconciler.resources.cluedin.rule_actions import wired
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.refusals import LostAnswer, Refused


@dataclass(frozen=True, slots=True)
class Looked:
    """What one action does to the record that CluedIn took."""

    action: str
    changes: tuple[tuple[str, str, str], ...] = ()
    """Of each that changes: what it is called, and its text before and after; empty for nothing."""
    messages: tuple[str, ...] = ()


def reprocess(cluedin: CluedIn, id: str, wait: float) -> Done:
    """`POST /rules/{id}/reprocess`: 202, or 409 while it runs [B].

    With patience a look until it is over, and before that until an earlier one is. Raises `RefusedError` where one runs
    and there is no patience.
    """
    until = time.monotonic() + wait
    while True:
        try:
            cluedin.rest("POST", f"/rules/{id}/reprocess", effect="once")
        except LostAnswer as lost:
            return Done("unknown", lost.diagnostics[0].summary)
        except Refused as refused:
            if not refused.conflict:
                raise
            if not _is_over(cluedin, id, until):
                raise RefusedError.of(
                    "rules.busy",
                    "CluedIn is processing the records of the rule again already",
                    "Wait for its end with --wait, or come back later.",
                ) from None
        else:
            break
    if not wait:
        return Done("accepted")
    return Done("complete" if _is_over(cluedin, id, until) else "running")


def _is_over(cluedin: CluedIn, id: str, until: float) -> bool:
    """Whether no records of the rule are processed any more, until then; `isReprocessing` of a rule tells it [B]."""
    pause = POLL[0]
    while True:
        [found] = rules_by_id(cluedin.fresh(), [id])
        if found is None or not found.get("isReprocessing"):
            return True
        left = until - time.monotonic()
        if left <= 0 or cluedin.connection.stop.wait(min(pause, left)):
            return False
        pause = min(pause * 2, POLL[1])


def previewed(cluedin: CluedIn, want: Desired) -> list[Looked]:
    """`POST /rules/preview`, which changes nothing [B], with the actions of a rule that can be looked at."""
    steps = want.values.get("actions") or want.values.get("actions_and_records") or []
    rows = [row for step in wired(steps, [], lambda: actions_of(cluedin)) for row in step["actions"]]
    shown = [row for row in rows if row.get("supportsPreview")]
    try:
        told = cluedin.rest("POST", "/rules/preview", shown, effect="read") if shown else []
    except Refused as refused:
        if refused.status not in (404, 405):
            raise
        raise RefusedError.of(
            "rules.no_preview", "this CluedIn has no preview of rules", "Look at the rule's own page in CluedIn."
        ) from None
    answers = iter(told if isinstance(told, list) else [])
    return [_looked(row, next(answers, {})) if row in shown else _not_shown(row) for row in rows]


def _not_shown(row: Mapping[str, Any]) -> Looked:
    return Looked(str(row.get("name") or ""), messages=("CluedIn shows no preview of this action",))


def _looked(row: Mapping[str, Any], told: Mapping[str, Any]) -> Looked:
    before, after = told.get("before") or {}, told.get("after") or {}
    changes = tuple(_changes(before, after))
    messages = tuple(str(one) for one in told.get("messages") or ())
    return Looked(str(told.get("actionName") or row.get("name") or ""), changes, messages)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The members that differ; properties one by one."""
    for name in sorted(before.keys() | after.keys()):
        one, two = before.get(name), after.get(name)
        if isinstance(one, Mapping) and isinstance(two, Mapping):
            yield from _changes(one, two)
        elif one != two:
            yield name, _said(one), _said(two)


def _said(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(filter(None, map(_said, value)))
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("code") or "")
    return "" if value is None else str(value)
