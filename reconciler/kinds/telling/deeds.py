"""What becomes of a thing, by the action and the reason of its change: one sentence, without its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from reconciler.kinds.telling.fields import GONE, Clause, Item
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.things import Thing
from reconciler.kinds.telling.values import date_of, listed

MOST = 3
"""So many fields are told of; the rest is counted."""
LONGEST = 160
"""So many characters of how fields change are told."""
_BY_PEOPLE = frozenset({"drift", "gone", "renamed", "conflict", "interrupted"})
"""Reasons that say that people changed something in the system."""


def told(one: Happening, thing: Thing) -> str:
    """The sentence, beginning in lower case."""
    known = _DEEDS.get(one.action)
    return known(one, thing) if known is not None else f"{_called(one, thing)} has the verdict {one.action}"


def _called(one: Happening, thing: Thing) -> str:
    return thing.called(one.key, one.names)


# -- what an apply does ----------------------------------------------------------------------------------------------


def _create(one: Happening, thing: Thing) -> str:
    made = thing.made(one)
    return (
        f"{made} again, in {one.system}, as somebody deleted it there"
        if one.reason == "gone"
        else (f"{made}, in {one.system}")
    )


def _update(one: Happening, thing: Thing) -> str:
    theirs = [item for item in one.items if item.get("reason") in _BY_PEOPLE]
    if one.reason == "retired":
        return f"{_called(one, thing)} is used again, in {one.system}{_besides(one, thing)}"
    if not one.items:
        return f"{_called(one, thing)} changes, in {one.system}"
    if theirs and len(theirs) == len(one.items):
        return f"{_sides(one, thing, 'goes back to what Git says', 'go back to what Git says')}"
    changed = _changed(one, thing, _clauses(one, thing))
    forced = ", whatever was changed there" if one.reason in ("forced", "overwrite") else ""
    return f"{changed}, in {one.system}{forced}{_taken_back(one, thing, theirs)}"


def _taken_back(one: Happening, thing: Thing, theirs: list[Item]) -> str:
    """What of several changes people made there, with both sides."""
    if not theirs:
        return ""
    clauses = [thing.clause(item, one.names) for item in theirs]
    return f"; this takes back what was changed there ({_both(theirs, clauses, named=True)}){edited(one)}"


def _rename(one: Happening, thing: Thing) -> str:
    old = one.live_key
    renamed = (
        thing.renamed(old, one.key, one.names) if old else f"{_called(one, thing)} gets the name that its manifest says"
    )
    back = f", back from the name that somebody gave it there{edited(one)}" if one.reason == "renamed" else ""
    return f"{renamed}, in {one.system}{back}{_besides(one, thing)}"


def _replace(one: Happening, thing: Thing) -> str:
    return f"{_called(one, thing)} is deleted and created anew, in {one.system}{_besides(one, thing)}"


def _delete(one: Happening, thing: Thing) -> str:
    gone = f"{thing.unmade(one)}, in {one.system}"
    if one.reason == "superseded":
        return f"{gone}, as what it stood in for is there"
    return f"{gone}, whatever was changed there" if one.reason == "forced" else gone


def _retire(one: Happening, thing: Thing) -> str:
    return f"{_called(one, thing)} {thing.retires}, in {one.system}"


def _adopt(one: Happening, thing: Thing) -> str:
    return f"{_called(one, thing)} is there already, in {one.system}, and is managed from now on{_besides(one, thing)}"


def _forget(one: Happening, thing: Thing) -> str:
    return f"{_called(one, thing)} is no longer managed, and stays in {one.system} if it is there"


def _besides(one: Happening, thing: Thing) -> str:
    """What changes besides, after a sentence that already says the main thing."""
    clauses = _clauses(one, thing)
    if len(clauses) > MOST + 1:
        return f"; {len(clauses):,} of its fields change"
    verbs = [clause.verb for clause in clauses if clause.verb]
    nouns = [clause for clause in clauses if not clause.verb]
    parts = [f"it {listed(verbs)}"] if verbs else []
    parts += [_its(nouns)] if nouns else []
    return f"; {' and '.join(parts)}" if parts else ""


# -- what an apply does not do ---------------------------------------------------------------------------------------

_CONFLICTS = {
    "differs": "{} exists in {} with other values, and nobody said which count",
    "origin_unknown": "{} differs in {}, and nobody can tell who changed it",
    "near_match": "{} is not created: something of nearly the same name is there, in {}",
    "immutable": "{} cannot be changed in {} in that way",
    "replaced": "{} is not replaced in {}: not all that hangs on it can be made again",
    "with_host": "{} is not replaced in {}: not all that hangs on it can be made again",
    "taken": "{} cannot have its name in {}: another object has it",
    "wanted": "{} is not removed from {}: a manifest wants it under another name",
    "foreign": "{} is not taken over in {}: it belongs to somebody else",
    "interrupted": "{} was changed in {} by others while an apply was interrupted",
    "renamed": "{} was renamed in {}, and in Git as well",
    "gone": "{} was deleted in {}, and changed in Git",
}


def _not_removed(one: Happening, thing: Thing) -> str:
    """With what keeps it, by name."""
    message = one.change.get("message") or ""
    if message.startswith("cannot be removed"):
        return f"{_called(one, thing)} stays in {one.system}: its manifest must want it, or forget it"
    held = one.held_by
    by_people = not held or message.startswith(("not removed: people changed", "not removed: it holds"))
    why = ["people changed it"] if by_people else []
    why += [f"{listed(held)} {'hangs' if len(held) == 1 else 'hang'} on it"] if held else []
    return f"{_called(one, thing)} is not removed from {one.system}: {' and '.join(why)}"


def _conflict(one: Happening, thing: Thing) -> str:
    if one.reason == "removed":
        return _not_removed(one, thing)
    if one.reason == "conflict" and one.items:
        return _sides(one, thing, "was changed there and in Git", "were changed there and in Git")
    form = _CONFLICTS.get(one.reason, "{} is in conflict: what is in {} is not what Git says")
    sides = (
        _both(one.items, _clauses(one, thing), named=True)
        if one.reason in ("differs", "origin_unknown", "interrupted")
        else ""
    )
    return form.format(_called(one, thing), one.system) + (f" ({sides})" if sides else "")


_BLOCKED = {
    "waits": "{} waits, in {}, for something else that cannot be done now",
    "held": "{} stays as it is in {}: its document is held back",
    "unknown": "{} is left alone: it could not be read in {}",
    "ambiguous": "{} is left alone: several have its name in {}",
    "reference_unfit": "{} is there in {}, and is not as it is needed",
    "missing_reference": "{} is needed, and is not there in {}",
}


def _blocked(one: Happening, thing: Thing) -> str:
    if one.reason == "waits" and one.held_by:
        return f"{_called(one, thing)} stays as it is, in {one.system}: it waits for {one.held_by[0]}"
    return _BLOCKED.get(one.reason, "{} is left alone in {} for now").format(_called(one, thing), one.system)


def _pending(one: Happening, thing: Thing) -> str:
    return f"what was sent for {_called(one, thing)} does not show in {one.system} yet"


def _drift(one: Happening, thing: Thing) -> str:
    if one.reason == "gone":
        return f"{_called(one, thing)} was deleted in {one.system} and is left so"
    if one.reason == "renamed":
        if not one.live_key:
            return f"{_called(one, thing)} was renamed in {one.system} and keeps that name"
        now = thing.name(one.live_key, one.names)
        way = thing.way(one.key, one.names.moved_along(one.live_key))
        if way and now == thing.name(one.key, one.names):
            return f"{_called(one, thing)} was moved {way} in {one.system} and stays there{edited(one)}"
        moved = f"moved {way} and " if way else ""
        return f"{_called(one, thing)} was {moved}renamed to {now} in {one.system} and keeps that name{edited(one)}"
    if not one.items:
        return f"{_called(one, thing)} was changed in {one.system} and stays so{edited(one)}"
    return _sides(one, thing, "was changed there and stays so", "were changed there and stay so")


# -- fields ----------------------------------------------------------------------------------------------------------


def _clauses(one: Happening, thing: Thing) -> list[Clause]:
    return [thing.clause(item, one.names) for item in one.items]


def _changed(one: Happening, thing: Thing, clauses: list[Clause]) -> str:
    """`the definition of Email changes`, `the export X gets the column Email; its schedule changes`."""
    acting = thing.acting(one.key, one.names)
    verbs = [clause.verb for clause in clauses if clause.verb]
    nouns = [clause for clause in clauses if not clause.verb]
    if not nouns:
        return f"{acting} {listed(verbs)}"
    if verbs:
        return f"{acting} {listed(verbs)}; {_its(nouns)}"
    of = thing.whose(one.key, one.names)
    if len(nouns) == 1:
        return f"the {nouns[0].noun} of {of} {nouns[0].change}"
    return f"{listed(f'the {clause.noun}' for clause in nouns)} of {of} {_change(nouns)}"


def _its(nouns: list[Clause]) -> str:
    if len(nouns) == 1:
        return f"its {nouns[0].noun} {nouns[0].change}"
    return f"its {listed(clause.noun for clause in nouns)} {_change(nouns)}"


def _change(nouns: list[Clause]) -> str:
    """What several do: `change (status to “Draft”; usage is taken away)`, `are taken away`."""
    return "are taken away" if all(one.tail == GONE for one in nouns) else f"change{_tails(nouns)}"


def _tails(nouns: Iterable[Clause]) -> str:
    tails = [f"{clause.noun}{clause.tail}" for clause in nouns if clause.tail]
    return f" ({'; '.join(tails)})" if 0 < len(tails) <= MOST and sum(map(len, tails)) < LONGEST else ""


def _sides(one: Happening, thing: Thing, was: str, were: str) -> str:
    """`the definition of Email was changed in Purview and in Git: “A” in the portal → “B” in Git`."""
    of = thing.whose(one.key, one.names)
    clauses = _clauses(one, thing)
    verb = (was if len(clauses) == 1 else were).replace("there", f"in {one.system}")
    if "in Git" not in verb and "Git" in verb:
        verb = f"{verb}, in {one.system}"
    return f"{listed(clause.subject(of) for clause in clauses)} {verb}: {_both(one.items, clauses)}{edited(one)}"


def edited(one: Happening) -> str:
    """`; last edited by ada, 30 November 2026, 14:05 UTC`, where the system says."""
    by, at = one.change.get("edited_by"), one.change.get("edited_at")
    told = [one.names.person(by)] if by else []
    told += [date_of(at)] if at and date_of(at) else []
    return f"; last edited{' by' if by else ''} {', '.join(told)}" if told else ""


def _both(items: Sequence[Item], clauses: list[Clause], *, named: bool = False) -> str:
    """What each side says, field by field; of a single one its name is said where the sentence does not say it."""
    told = []
    for item, clause in zip(items, clauses, strict=True):
        live, ours = (clause.said(item.get(side)) for side in ("before", "after"))
        sides = f"{live} in the portal → {ours} in Git" if live != ours else "the details show both sides"
        told.append(sides if len(clauses) == 1 and not named else f"{clause.named}{sides}")
    return "; ".join([*told[:MOST], *([f"and {len(told) - MOST:,} more"] if len(told) > MOST else [])])


_DEEDS: dict[str, Callable[[Happening, Thing], str]] = {
    "create": _create, "update": _update, "rename": _rename, "replace": _replace, "delete": _delete,
    "retire": _retire, "adopt": _adopt, "forget": _forget, "conflict": _conflict, "blocked": _blocked,
    "pending": _pending, "drift": _drift,
}  # fmt: skip
