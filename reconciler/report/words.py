"""The vocabulary of all reports: symbols, verbs, counts and reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.diff import EXECUTABLE, REASONS
from reconciler.report.seen import visible as visible


@dataclass(frozen=True, slots=True)
class Action:
    """How an action is spoken of: `+`, create, "to add", "added", "will be created"."""

    symbol: str
    verb: str
    to: str
    did: str
    will: str
    colour: str


ACTIONS = {
    "create": Action("+", "create", "to add", "added", "will be created", "green"),
    "update": Action("~", "update", "to change", "changed", "will be updated", "yellow"),
    "delete": Action("-", "delete", "to destroy", "destroyed", "will be deleted", "red"),
    "replace": Action("-/+", "replace", "to replace", "replaced", "will be deleted and created anew", "red"),
    "rename": Action(">", "rename", "to rename", "renamed", "will be renamed", "yellow"),
    "retire": Action("x", "retire", "to retire", "retired", "will be retired", "red"),
    "adopt": Action("&", "adopt", "to adopt", "adopted", "will be taken under management", "cyan"),
    "forget": Action(".", "forget", "to forget", "forgotten", "will be forgotten", "cyan"),
    "conflict": Action("!", "resolve", "in conflict", "in conflict", "is in conflict", "red"),
    "blocked": Action("|", "unblock", "blocked", "blocked", "is blocked", "yellow"),
    "pending": Action("?", "confirm", "pending", "pending", "is pending", "yellow"),
    "drift": Action("=", "keep", "with drift kept", "kept", "drifted and is kept", "cyan"),
}
"""The order is that of every summary."""
ALWAYS_COUNTED = ("create", "update", "delete")
REMOVALS = ("delete", "retire", "replace")
STOPPED = ("conflict", "blocked", "pending")
"""Verdicts that write nothing; a diagnostic repeats each of them."""
GUARDS = {
    "guard.deletes": "too many removals",
    "guard.container": "the removal of what holds other things",
    "guard.other_number": "another number of removals than was agreed to",
    "guard.updates": "too many updates",
    "guard.protected": "the removal of what is protected",
    "guard.disruptive": "effects beyond what is changed",
    "guard.read_only": "a system that may only be read",
    "claim.held": "what another environment manages",
    "approval.missing": "a missing approval",
    "approval.by_author": "an approval of one's own",
    "approval.unread": "an approval of what nobody has read",
    "approval.digest": "another plan than was approved",
    "approval.altered": "another plan than was approved",
}
"""What each guard is against."""
SYSTEMS = {"cluedin": "CluedIn", "purview": "Purview"}


def action(name: str) -> Action:
    """The words of an action; of one of a later version, words made from its name."""
    return ACTIONS.get(name) or Action("*", name, f"to {name}", name, f"has the verdict {name}", "magenta")


def is_executable(name: str) -> bool:
    """Whether an apply carries out the action."""
    return name in EXECUTABLE


def guard(code: str) -> str:
    """What the guard of a finding is against; of another finding, its code in words."""
    return GUARDS.get(code) or visible(code.rpartition(".")[2].replace("_", " "))


def document(name: str) -> str:
    """`GlossaryMapping customer` of `GlossaryMapping/customer`."""
    return visible(" ".join(name.split("/", 1)))


def because(reason: str) -> str:
    """A reason in words."""
    return REASONS.get(reason) or visible(reason.replace("_", " "))


def number(count: int, noun: str, plural: str = "") -> str:
    """`1 field`, `1,800 fields`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def listed(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def plan_counts(summary: Mapping[str, int], writing: int = 0) -> str:
    """`3 to add, 1 to change, 0 to destroy`, and what else is not zero; so many adoptions write a field."""
    wrote = f" ({writing:,} of them {'writes' if writing == 1 else 'write'})" if writing else ""
    return ", ".join(
        f"{summary.get(name, 0):,} {words.to}{wrote if name == 'adopt' else ''}"
        for name, words in ACTIONS.items()
        if name in ALWAYS_COUNTED or summary.get(name)
    )


def result_counts(summary: Mapping[str, int]) -> str:
    """`3 added, 1 changed, 0 destroyed`, and what else was done."""
    return ", ".join(
        f"{summary.get(name, 0):,} {words.did}"
        for name, words in ACTIONS.items()
        if name in ALWAYS_COUNTED or (summary.get(name) and is_executable(name))
    )


def matching(systems: Iterable[str]) -> str:
    """`CluedIn and Purview match the manifests.`"""
    names = [SYSTEMS.get(name, name) for name in sorted(systems)] or [*SYSTEMS.values()]
    return f"{listed(names)} {'match' if len(names) > 1 else 'matches'} the manifests."


def origin(shape: Mapping[str, Any]) -> str:
    """`manifests/glossary/customer.yaml:12`; without a file, the document's kind and name."""
    if not shape.get("file"):
        return visible(f"{shape.get('kind', '')}/{shape.get('name', '')}")
    line = shape.get("line")
    return visible(f"{shape['file']}:{line}" if line else shape["file"])
