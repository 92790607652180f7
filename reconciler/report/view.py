"""What a report says about a plan: its sections, its verdict, and each change in words."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.kinds.telling.values import date_of
from reconciler.plan.telling import tell
from reconciler.report import words
from reconciler.report.values import Shown, show
from reconciler.resources.keys import Address

if TYPE_CHECKING:
    from reconciler.saved.parts import Diagnostic
    from reconciler.saved.plan import Change, Plan

COLLAPSE = 200
"""So many changes of one type with one action are listed; the rest is counted."""
NEVER_COLLAPSED = frozenset({*words.REMOVALS, "conflict"})
DRIFT_REASONS = frozenset({"drift", "gone", "renamed", "conflict", "interrupted"})

ADVICE = {
    "conflict": "Nothing is applied while a conflict stands; each says how to end it. apply --skip-refused leaves these"
    " and does the rest.",
    "blocked": "These wait for something else: resolve what they name, then plan again.",
    "pending": "These were sent before and do not show yet. They close by themselves when they do;"
    " plan with --retry-pending to send them again.",
    "drift": "People changed these in the system and the policy (on_drift) keeps that; an apply does not touch them.",
    "orphan": "No manifest wants these any more. Not removed: plan with --prune.",
}
TITLES = {
    "conflict": "Conflicts",
    "blocked": "Blocked",
    "pending": "Pending",
    "drift": "Drift kept by policy",
    "orphan": "Not removed",
}
HELD_TITLE = "Held back"
_HELD_SHOWN = 5
HELD_ADVICE = (
    "Nothing of these documents is planned, and nothing of them is removed. Mend what is said, or apply the rest "
    "with --skip-refused."
)
PLURALS = {"document held back": "documents held back"}
LONGEST_AUTHOR = 80
"""So many characters of a name and an address are shown."""
GROUPED_FROM = 20
"""So many changes are read one after the other; more are grouped by type."""
SECTIONS = ("drift", "pending", "blocked", "conflict")
"""Every report on a plan has these after the changes, the gravest last."""


@dataclass(frozen=True, slots=True)
class Shorter:
    """A selection of changes, and what is only counted: by type and action."""

    changes: list[Change]
    more: Counter[tuple[str, str]]

    @property
    def lines(self) -> list[str]:
        """`… and 1,800 more purview.term to create`."""
        return [f"… and {count:,} more {type_} {to_do(action)}" for (type_, action), count in sorted(self.more.items())]


def to_do(action: str) -> str:
    """`to create`, and for what an apply does not carry out `with drift kept`."""
    known = words.action(action)
    return f"to {known.verb}" if words.is_executable(action) else known.to


def executable(plan: Plan) -> list[Change]:
    """What an apply carries out, and verdicts of a later version that no section knows."""
    return [change for change in plan.get("changes", ()) if change["action"] not in SECTIONS]


def of(plan: Plan, *actions: str) -> list[Change]:
    """The changes with one of the actions, in the plan's order."""
    return [change for change in plan.get("changes", ()) if change["action"] in actions]


def orphans(plan: Plan) -> list[Change]:
    """What no manifest wants any more and a prune would remove."""
    return list(plan.get("orphans", ()))


def held(plan: Plan) -> dict[str, list[Diagnostic]]:
    """The documents that are held back, each with the findings that say why."""
    found: dict[str, list[Diagnostic]] = {}
    for finding in plan.get("diagnostics", ()):
        if finding.get("document"):
            found.setdefault(finding["document"], []).append(finding)
    return found


def held_in_short(plan: Plan) -> list[str]:
    """A line for each of the first documents that are held back, with the first reason: what else is said is long."""
    found = []
    for name, why in held(plan).items():
        summary, document = words.visible(why[0]["summary"]), words.document(name)
        found.append(summary if summary.startswith(document) else f"{document}: {summary}")
    more = len(found) - _HELD_SHOWN
    return [*found[:_HELD_SHOWN], *([f"and {more:,} more, above"] if more > 0 else [])]


def refusals(plan: Plan) -> list[Diagnostic]:
    """The diagnostics that stand in the way of an apply, without those that hold a single document back."""
    return [
        finding
        for finding in plan.get("diagnostics", ())
        if finding.get("severity") == "error" and not finding.get("document")
    ]


def remarks(plan: Plan) -> list[Diagnostic]:
    """The other diagnostics, without those that repeat a verdict which has a section of its own."""
    return [
        finding
        for finding in plan.get("diagnostics", ())
        if finding.get("severity") != "error" and finding.get("code", "").partition(".")[0] not in words.STOPPED
    ]


def hinted(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Findings of which several share what to do: it stands at the first of them, with their number."""
    shared = Counter(one.get("detail", "") for one in found)
    told: list[Diagnostic] = []
    for one in found:
        detail = one.get("detail", "")
        count = shared.pop(detail, 0)
        more = f" (This holds for {count:,} of these.)" if count > 1 and detail else ""
        told.append({**one, "detail": f"{detail}{more}" if count else ""})
    return told


def refused(plan: Plan) -> bool:
    """Whether a conflict, a guard or a document that is held back stands in the way."""
    return bool(refusals(plan) or held(plan) or of(plan, "conflict"))


def obstacles(plan: Plan) -> str:
    """`1 document held back, 1 conflict and 2 refusals stand in the way.`, or nothing."""
    counts = [
        ("document held back", len(held(plan))),
        ("conflict", len(of(plan, "conflict"))),
        ("refusal", len(refusals(plan))),
    ]
    found = [words.number(count, noun, PLURALS.get(noun, "")) for noun, count in counts if count]
    if not found:
        return ""
    return f"{words.listed(found)} {'stands' if sum(count for _, count in counts) == 1 else 'stand'} in the way."


def awaited(plan: Plan) -> list[str]:
    """The labels that somebody has still to approve before an apply."""
    return sorted(needing(plan) - {*plan.get("approved", ())})


def approved(plan: Plan) -> list[str]:
    """The labels that need an approval and were given one."""
    return sorted(needing(plan) & {*plan.get("approved", ())})


def needing(plan: Plan) -> set[str]:
    """The labels of which an apply has to be given approvals, whether it was or not."""
    return {label for change in executable(plan) for label in change.get("requires_approval") or ()}


def labels(plan: Plan) -> set[str]:
    """What a reviewer should know before reading: `deletes`, `conflict`, `approval`."""
    found = {
        "deletes": of(plan, *words.REMOVALS),
        "conflict": of(plan, "conflict"),
        "approval": awaited(plan),
    }
    return {word for word, there in found.items() if there}


def verdict(plan: Plan) -> tuple[bool, str]:
    """Whether an apply may go on as it is, and that in a sentence; nothing to say where there is nothing to apply.

    Not for a plan that something stands in the way of (`obstacles`).
    """
    waiting = len(of(plan, "blocked", "pending"))
    rest = f"{words.number(waiting, 'resource')} must wait" if waiting else ""
    if not executable(plan):
        return not waiting, f"Nothing can be applied now: {rest}." if rest else ""
    if awaited(plan):
        return False, f"Needs an approval: apply with {approving(sorted(needing(plan)))}." + (
            f" {rest}." if rest else ""
        )
    return not waiting, f"{rest}; the rest can be applied." if rest else "Can be applied."


def headline(plan: Plan) -> str:
    """`Plan: 3 to add, 1 to change, 0 to destroy.`, or that there is nothing to do."""
    summary = plan.get("summary", {})
    if executable(plan) or of(plan, *words.STOPPED) or held(plan):
        writing = sum(1 for change in of(plan, "adopt") if change.get("fields"))
        return f"Plan: {words.plan_counts(summary, writing)}."
    kept = sum(len(change.get("fields", ())) or 1 for change in of(plan, "drift"))
    tail = f" {words.number(kept, 'drifted field')} {'is' if kept == 1 else 'are'} kept by policy." if kept else ""
    matching = words.matching(plan.get("systems", ()))
    if left := len(orphans(plan)):
        matching = f"{matching.removesuffix('.')}, but for {left:,} that no manifest wants any more."
    return f"No changes. {matching}{tail}"


def provenance(plan: Plan | None) -> str:
    """`commit 0123456789ab by Ada <ada@example.com>, pull request 5`: whose manifests these are, if known."""
    if plan is None or not plan.get("commit"):
        return ""
    told = [f"commit {words.visible(plan['commit'])[:12]}"]
    if author := words.visible(plan.get("author", "")):
        told[0] += f" by {author if len(author) <= LONGEST_AUTHOR else author[:LONGEST_AUTHOR] + '…'}"
    if plan.get("pull_request"):
        told.append(f"pull request {words.visible(plan['pull_request'])}")
    if plan.get("uncommitted"):
        told.append("with changes that are not committed")
    return ", ".join(told)


def planned(plan: Plan) -> str:
    """`30 November 2026, 14:05 UTC`: when the plan was made, where it says so."""
    made = words.visible(plan.get("created_at", ""))
    return date_of(made) or made


def heading(change: Change) -> str:
    """`purview.term:Enterprise/Email will be updated`."""
    will = words.action(change["action"]).will
    if change["reason"] == "gone" and change["action"] == "drift":
        will = "was deleted in the system and is left so"
    return f"{words.visible(change['address'])} {will}"


def reason(change: Change) -> str:
    """`the manifest changed`; empty where the heading or the message says it all."""
    told = change["action"] == "drift" and change["reason"] in ("drift", "gone")
    if told or change["action"] in ("blocked", "pending") or not change.get("reason"):
        return ""
    return words.because(change["reason"])


def origins(change: Change) -> list[str]:
    """Where the manifests want it: `file:line` each."""
    return [words.origin(one) for one in change.get("origins", ())]


def warnings(change: Change) -> list[str]:
    """What a change does beyond its fields, in the vendor's words."""
    sentences = change.get("disruptive_because") or (
        ["This change has effects beyond the fields it writes."] if change.get("disruptive") else []
    )
    return [words.visible(sentence) for sentence in sentences]


def is_about_people(change: Change) -> bool:
    """Whether the fields tell manifest against system, not before against after."""
    return change["action"] in ("drift", "conflict")


def fields(change: Change) -> Iterator[Shown]:
    """The field changes, ready to be laid out; of a stand-in that goes there is no more to say than that."""
    for item in change.get("fields", ()) if change["reason"] != "superseded" else ():
        shown = show(change["address"], item, reason=change["reason"], live_after=is_about_people(change))
        level = f"{item['level']} only" if item.get("level") else ""
        yield replace(shown, reason=", ".join(filter(None, (shown.reason, level)))) if level else shown


def approving(labels: Iterable[str]) -> str:
    """The options of `apply` that approve labels."""
    return " ".join(f"--approve {shlex.quote(words.visible(label))}" for label in labels)


def shorter(changes: Iterable[Change]) -> Shorter:
    """The first of each type and action, the rest counted; removals and conflicts all of them."""
    seen: Counter[tuple[str, str]] = Counter()
    more: Counter[tuple[str, str]] = Counter()
    kept = []
    for change in changes:
        group = (Address.of(change["address"]).type, change["action"])
        seen[group] += 1
        if seen[group] <= COLLAPSE or change["action"] in NEVER_COLLAPSED:
            kept.append(change)
        else:
            more[group] += 1
    return Shorter(kept, more)


def by_type(changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    """Many changes by the type of their resources, in the order of the first of each; a few as they are."""
    if len(changes) <= GROUPED_FROM:
        return [("", list(changes))] if changes else []
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(Address.of(change["address"]).type, []).append(change)
    return list(groups.items())


def drifted(plan: Plan) -> list[tuple[Change, str]]:
    """What people changed since the last apply, told as manifest against system, each with what becomes of it."""
    return [(_as_drift(change), _outlook(change)) for change in plan.get("changes", ()) if _has_drift(change)]


def _has_drift(change: Change) -> bool:
    reasons = {change["reason"], *(item.get("reason") for item in change.get("fields", ()))}
    return change["action"] == "drift" or bool(reasons & DRIFT_REASONS)


def _as_drift(change: Change) -> Change:
    """The change with action drift and only the fields that people changed."""
    items = change.get("fields", [])
    if change["action"] == "create":
        items = []
    elif change["action"] not in ("drift", "conflict"):
        items = [item for item in items if item.get("reason") in DRIFT_REASONS]
    message = change.get("message", "") if change["reason"] == "renamed" or change["action"] == "conflict" else ""
    why = change["reason"] if change["reason"] in {*DRIFT_REASONS, "differs"} else "drift"
    return {
        **change,
        "action": "drift",
        "reason": why,
        "fields": items,
        "approvals": [],
        "requires_approval": [],
        "disruptive": False,
        "disruptive_because": [],
        "message": message,
        "sentence": change.get("sentence") or tell(change).sentence,
    }


def _outlook(change: Change) -> str:
    if change["action"] == "drift":
        return "kept by policy"
    return "in conflict" if change["action"] == "conflict" else "reverted by the next apply"


def drift_heading(change: Change) -> str:
    """`purview.term:Enterprise/Email was changed in the system`."""
    did = {"gone": "was deleted in the system", "renamed": "was renamed in the system", "differs": "differs"}
    return f"{words.visible(change['address'])} {did.get(change['reason'], 'was changed in the system')}"


def orphan(change: Change) -> str:
    """One that no manifest wants: its address, where it came from, and what a prune would do to it."""
    fate = words.action(change["action"]).will.replace("will be", "would be")
    told = [f"{words.visible(change['address'])}: {fate}"]
    if came := origins(change):
        told.append(f"from {', '.join(came)}")
    if change.get("message"):
        told.append(words.visible(change["message"]))
    return "; ".join(told)


def place(finding: Diagnostic) -> str:
    """`file:line:column` of a diagnostic, or nothing."""
    parts = [finding.get(name) for name in ("file", "line", "column")]
    return words.visible(":".join(str(part) for part in parts if part is not None))


def by_severity(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings, the worst first, in their order otherwise."""
    order = {"error": 0, "warning": 1}
    return sorted(findings, key=lambda finding: order.get(finding.get("severity", ""), 2))
