"""What a report says about the result of an apply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.report import view, words

if TYPE_CHECKING:
    from reconciler.saved.plan import Plan
    from reconciler.saved.result import Outcome, Result


@dataclass(frozen=True, slots=True)
class Status:
    """How an outcome other than done is spoken of, and what to do about it."""

    word: str
    advice: str


STATUSES = {
    "failed": Status("failed", "Failed: remove the cause, then plan and apply again."),
    "stale": Status("stale", "Stale: others changed these at the same moment; plan again."),
    "pending": Status("pending", "Pending: waits for an approval in the system; the next plan tells."),
    "unverified": Status("unverified", "Unverified: accepted and not visible yet; the next plan tells."),
    "unknown": Status("unknown", "Unknown: the answer was lost; the next plan looks and continues."),
    "skipped": Status("skipped", "Skipped: left out, or something they need was not done."),
    "not_started": Status("not started", "Not started: nothing was sent for these; apply again."),
}
"""The gravest first."""
LISTED_NOT_STARTED = 20


def open_ones(result: Result) -> list[Outcome]:
    """Every outcome that is not done, the gravest first; of many that were not started only the first ones."""
    ranks = {status: rank for rank, status in enumerate(STATUSES)}
    found = [outcome for outcome in result["outcomes"] if outcome["status"] != "done"]
    found.sort(key=lambda outcome: ranks.get(outcome["status"], len(ranks)))
    waiting = [outcome for outcome in found if outcome["status"] == "not_started"][LISTED_NOT_STARTED:]
    left_out = {id(outcome) for outcome in waiting}
    return [outcome for outcome in found if id(outcome) not in left_out]


def not_started_line(result: Result) -> list[str]:
    """`… and 1,800 more not started`, when so many were not."""
    more = _by_status(result)["not_started"] - LISTED_NOT_STARTED
    return [f"… and {more:,} more not started"] if more > 0 else []


def whole(result: Result, plan: Plan | None) -> bool:
    """Whether every change is done, and the plan left nothing out that an apply would do."""
    left_out = plan is not None and (view.of(plan, *words.STOPPED) or view.held(plan))
    return bool(result.get("complete")) and not left_out


def _all_done(result: Result) -> bool:
    """Whether everything that was tried is done, whatever the plan left out."""
    tried = all(outcome["status"] == "done" for outcome in result["outcomes"])
    return tried and not result.get("interrupted") and not result.get("diagnostics")


def headline(result: Result, plan: Plan | None) -> str:
    """`Apply complete! Resources: 3 added, 1 changed, 0 destroyed.`, or what is left."""
    counts = f"Resources: {words.result_counts(result['summary'])}"
    if whole(result, plan):
        return f"Apply complete! {counts}."
    if _all_done(result):
        return f"Applied but for what the plan leaves out. {counts}."
    found = _by_status(result)
    open_ = [f"{found[status]:,} {known.word}" for status, known in STATUSES.items() if found[status]]
    verdict = "Apply interrupted." if result.get("interrupted") else "Apply incomplete."
    return f"{verdict} {counts}{'; ' if open_ else ''}{', '.join(open_)}."


def advice(result: Result, plan: Plan | None) -> Iterator[str]:
    """What to do next, a sentence for each kind of outcome."""
    found = _by_status(result)
    yield from (known.advice for status, known in STATUSES.items() if found[status])
    if plan is None:
        return
    left = [(name, plan.get("summary", {}).get(name, 0)) for name in words.STOPPED]
    if counts := [f"{count:,} {words.action(name).to}" for name, count in left if count]:
        yield f"Not touched, as planned: {words.listed(counts)}."
    if documents := view.held(plan):
        yield f"Held back: {words.listed(map(words.document, documents))}."


def origins(plan: Plan | None) -> dict[str, list[str]]:
    """Where the manifests want each resource of a plan."""
    return {change["address"]: view.origins(change) for change in (plan.get("changes", ()) if plan else ())}


def _by_status(result: Result) -> Counter[str]:
    return Counter(outcome["status"] for outcome in result["outcomes"])
