"""A plan by the business things that it is about, in plain sentences: what stands on top of every report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.kinds.telling.names import NO_NAMES
from reconciler.plan.telling import hanging_on, is_technical, tell, teller_of
from reconciler.report import view, words
from reconciler.resources.keys import Address, unquote

if TYPE_CHECKING:
    from reconciler.saved.parts import Diagnostic
    from reconciler.saved.plan import Change, Plan
    from reconciler.saved.result import Result

SENTENCES = 24
"""So many sentences stand on top of a report, each concept with two at least; what is left is counted."""
GROUPS = 12
"""So many concepts; the rest is counted."""
_FEWEST = 2
_OTHERS = 2
"""So many of the things that use one are named beside its sentence."""
TECHNICAL = "Technical types"
CONFLICTS = "Changed in the portal and in Git"
DRIFT = "Changed in the portal"
EXISTS = "Exists already with other values"
HELD_ON = "Not removed: others hang on it"
EDITED = "Not removed: people changed it"
UNDOABLE = "Cannot be done as Git says"
CONFLICT_ADVICE = "in the portal → in Git; nothing is applied until each is settled"
_STAYS_ADVICE = "apply --skip-refused leaves these and does the rest"
_ADVICE = {
    CONFLICTS: CONFLICT_ADVICE,
    EXISTS: "in the portal → in Git; change the manifest to match, or plan with --adopt=overwrite",
    HELD_ON: f"take off what hangs on it, or keep it in the manifest; {_STAYS_ADVICE}",
    EDITED: f"keep it in the manifest, or undo the change; {_STAYS_ADVICE}",
    UNDOABLE: f"the details say how each ends; {_STAYS_ADVICE}",
}
"""The headings of conflicts, each with what to do."""
_BOTH = frozenset({"conflict", "interrupted", "renamed", "gone"})
DRIFT_ADVICE = "in the portal → in Git"
_BY_PEOPLE = frozenset({"drift", "gone", "renamed", "interrupted"})


@dataclass(slots=True)
class Group:
    """What changes of one business thing."""

    title: str
    """`Export customers_wide_v1`."""
    changes: list[Change] = field(default_factory=list)
    technical: bool = False
    advice: str = ""

    @property
    def notes(self) -> list[str]:
        """What to look at first: `1 removal`, `personal data`, `needs an approval of PII`."""
        labels = sorted({label for one in self.changes for label in one.get("requires_approval") or ()})
        removals = sum(one["action"] in words.REMOVALS for one in self.changes)
        told = [f"needs an approval of {words.visible(words.listed(labels))}"] if labels else []
        told += [words.number(removals, "removal")] if removals else []
        told += ["personal data"] if any(map(is_personal, self.changes)) else []
        told += ["effects beyond what is changed"] if any(one.get("disruptive") for one in self.changes) else []
        return told

    @property
    def heading(self) -> str:
        """`Export customers_wide_v1: 31 changes; personal data`."""
        told = "; ".join([words.number(len(self.changes), "change"), *self.notes])
        return f"{words.visible(self.title)}: {told}"

    def first(self, most: int) -> list[Change]:
        """The changes to tell of: the thing itself, what matters most, and of each sort one before a second of any."""
        seen: Counter[tuple[str, str]] = Counter()
        ranked = []
        itself = self._itself()
        for at, one in enumerate(self.changes):
            sort = one["address"].partition(":")[0], one["action"]
            ranked.append((one is not itself, _weight(one), seen[sort], at, one))
            seen[sort] += 1
        chosen = sorted(ranked, key=lambda item: item[:4])
        return [one for *_, one in (chosen if len(chosen) <= most + 1 else chosen[:most])]

    def _itself(self) -> Change | None:
        """The change that makes the thing itself, its term before what else has its name; None where it is there."""
        made = [one for one in self.changes if one["action"] == "create" and _names_its_concept(one)]
        return min(made, key=lambda one: one["type"] != "term", default=None)

    def more(self, shown: Sequence[Change]) -> str:
        """`and 28 more changes`, or nothing."""
        left = len(self.changes) - len(shown)
        return f"and {words.number(left, 'more change')}" if left else ""


def sentence(change: Change) -> str:
    """What a change means; of a plan that was saved before changes said it, told anew."""
    return words.visible(change.get("sentence") or tell(change).sentence)


def concept(change: Change) -> str:
    """The business thing that a change is about."""
    return words.visible(change.get("concept") or tell(change).concept)


def used_by(change: Change) -> str:
    """`used by the export customers_wide_v1 and 3 more`, of what other documents need; nothing where none does."""
    told = [words.visible(one) for one in hanging_on(change)]
    if len(told) > _OTHERS + 1:
        told = [*told[:_OTHERS], f"{len(told) - _OTHERS:,} more"]
    return f"used by {words.listed(told)}" if told else ""


def effects(change: Change) -> str:
    """`Beware: CluedIn empties the target and sends everything again.`, of a change with effects beyond its fields."""
    told = view.warnings(change)
    return f"Beware: {' '.join(one if one.endswith('.') else f'{one}.' for one in told)}" if told else ""


def is_personal(change: Change) -> bool:
    """Whether personal data is touched: by its labels, else by what its sentence says of them."""
    labels = change.get("approvals") or ()
    return any(map(NO_NAMES.is_personal, labels)) or "personal data (" in (change.get("sentence") or "")


def by_people(change: Change) -> bool:
    """Whether people changed something in the system since the last apply."""
    reasons = {change["reason"], *(item.get("reason") for item in change.get("fields", ()))}
    return change["action"] == "drift" or bool(reasons & _BY_PEOPLE)


def _names_its_concept(change: Change) -> bool:
    """Whether a change is about what its concept is called after, as `purview.term:Enterprise/Party/Customer`."""
    name = Address.of(change["address"]).key.rpartition("/")[2]
    return unquote(name).casefold() == concept(change).casefold()


def _title_of(change: Change) -> str:
    """`Export customers_wide_v1`: the thing that a change is about, with what it is."""
    return f"{teller_of(change).noun} {concept(change)}".strip()


def _heading_of(conflict: Change) -> str:
    """What a conflict is about: who changed what, what exists, or what stays."""
    reason = conflict["reason"]
    if reason == "removed":
        if (conflict.get("message") or "").startswith("cannot be removed"):
            return UNDOABLE
        return HELD_ON if conflict.get("held_by") else EDITED
    return CONFLICTS if reason in _BOTH else EXISTS if reason in ("differs", "origin_unknown") else UNDOABLE


def groups(plan: Plan) -> list[Group]:
    """Conflicts, then what people changed, then each concept, the weightiest first, and technical types last."""
    conflicts = {title: Group(title, advice=advice) for title, advice in _ADVICE.items()}
    drift = Group(DRIFT, advice=DRIFT_ADVICE)
    technical = Group(TECHNICAL, technical=True)
    found: dict[str, Group] = {}
    for change in plan.get("changes", ()):
        if change["action"] == "conflict":
            conflicts[_heading_of(change)].changes.append(change)
        elif by_people(change):
            drift.changes.append(change)
        elif is_technical(change):
            technical.changes.append(change)
        else:
            title = _title_of(change)
            found.setdefault(title, Group(title)).changes.append(change)
    concepts = sorted(found.values(), key=lambda group: (min(map(_weight, group.changes)), _in_order(group.title)))
    return [group for group in (*conflicts.values(), drift, *concepts, technical) if group.changes]


def of_done(result: Result, plan: Plan | None) -> list[Group]:
    """What an apply has done, by the thing that it is about; nothing where no plan tells."""
    done = {outcome["address"] for outcome in result["outcomes"] if outcome["status"] == "done"}
    return by_thing(change for change in (plan["changes"] if plan else ()) if change["address"] in done)


def by_thing(changes: Iterable[Change]) -> list[Group]:
    """Changes by the thing that they are about, technical types last."""
    found: dict[str, Group] = {}
    for change in changes:
        title = TECHNICAL if is_technical(change) else _title_of(change)
        found.setdefault(title, Group(title, technical=title == TECHNICAL)).changes.append(change)
    return sorted(found.values(), key=lambda group: (group.technical, _in_order(group.title)))


def shown(every: Sequence[Group]) -> tuple[list[Group], int, list[Group]]:
    """The groups to show, how many sentences each may have, and the groups that are only counted."""
    plain = [group for group in every if not group.technical]
    kept, left = plain[:GROUPS], plain[GROUPS:]
    return [*kept, *(group for group in every if group.technical)], each(len(kept)), left


def each(count: int) -> int:
    """How many sentences each of so many groups may have."""
    return max(_FEWEST, SENTENCES // max(1, count))


def left_out(left: Sequence[Group]) -> str:
    """`and 38 more: Concept A, Concept B and 36 others, 412 changes`."""
    if not left:
        return ""
    names = [words.visible(group.title) for group in left[:3]]
    named = [*names, *([words.number(len(left) - 3, "other")] if len(left) > 3 else [])]
    changes = words.number(sum(len(group.changes) for group in left), "change")
    return f"and {changes} of {words.listed(named)}"


def verdict(plan: Plan) -> str:
    """The plan in one sentence, which counts approvals and guards.

    `Needs an approval: 12 changes of 3 things; 1 approval is needed (PII), no guard stands in the way.`
    """
    labels, guards = view.awaited(plan), view.refusals(plan)
    conflicts, held = view.of(plan, "conflict"), view.held(plan)
    changes = view.executable(plan)
    waiting = view.of(plan, "blocked", "pending")
    left = len(view.orphans(plan))
    word = "Nothing to apply" if left else "Nothing to do"
    if guards or conflicts or held:
        word = "Refused"
    elif labels:
        word = "Needs an approval" if len(labels) == 1 else "Needs approvals"
    elif changes:
        word = "Can be applied"
    elif waiting:
        word = "Waits"
    things = {_title_of(change) for change in changes if not is_technical(change)}
    told = [f"{words.number(len(changes), 'change')}{_of(things)}" if changes else "no changes"]
    told += [words.number(len(conflicts), "conflict")] if conflicts else []
    told += [f"{words.number(len(held), 'document')} held back"] if held else []
    told += [f"{words.number(len(waiting), 'resource')} must wait"] if waiting else []
    told += [f"{left:,} left over and not removed"] if left else []
    approvals = _approvals(labels, view.approved(plan))
    return f"{word}: {', '.join([*told, approvals, _guards(guards)])}."


def drift_headline(found: Sequence[tuple[Change, str]], held: int = 0) -> str:
    """`Drift: 3 changes of 2 things in the systems; 3 reverted by the next apply.`

    Documents that are held back are not compared.
    """
    if not found and held:
        return f"No drift seen; {words.number(held, 'document')} held back and not compared."
    if not found:
        return "No drift. The systems are as the last apply left them."
    fates = Counter(outlook for _, outlook in found)
    things = {_title_of(change) for change, _ in found if not is_technical(change)}
    told = ", ".join(f"{count:,} {fate}" for fate, count in fates.items())
    return f"Drift: {words.number(len(found), 'change')}{_of(things)} in the systems; {told}."


def _of(things: Iterable[str]) -> str:
    count = len(list(things))
    return f" of {words.number(count, 'thing')}" if count else ""


def _in_order(title: str) -> list[str]:
    """For sorting: `Part 2` before `Part 10`."""
    return [part.zfill(12) for part in re.split(r"([0-9]+)", title.casefold())]


def _approvals(labels: Sequence[str], given: Sequence[str]) -> str:
    """`1 approval given (PII)`: one that was given is not asked for again."""
    told = [
        f"{words.number(len(some), 'approval')} {word} ({words.visible(words.listed(some))})"
        for some, word in ((given, "given"), (labels, "needed"))
        if some
    ]
    return ", ".join(told) or "no approval needed"


def _guards(found: Sequence[Diagnostic]) -> str:
    """`1 guard in the way (too many removals)`: each guard once, however much it refuses."""
    if not found:
        return "no guard in the way"
    names = list(dict.fromkeys(words.guard(one["code"]) for one in found))
    return f"{words.number(len(names), 'guard')} in the way ({words.listed(names)})"


def _weight(change: Change) -> int:
    """What is told before what: the smaller the earlier."""
    if change.get("requires_approval"):
        return 0
    if change["action"] in words.REMOVALS:
        return 1
    if is_personal(change):
        return 2
    return 3 if teller_of(change).leaves else 4
