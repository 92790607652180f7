"""`pull`: what is live, into the manifests: values in place, new objects as items and documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler.accept.accept import Accepted, accept
from reconciler.desired import Wishes
from reconciler.desired.wishes import Draft
from reconciler.diff import Change
from reconciler.errors import Diagnostic
from reconciler.kinds import pullers
from reconciler.kinds.project.labels import directory
from reconciler.kinds.pulling import Added, Estate, Limits, Pulled
from reconciler.plan import Plan
from reconciler.pull.asked import refuse_unknown
from reconciler.pull.others import leave_others
from reconciler.pull.trial import Leave, Load, PlanOf, Trial
from reconciler.pull.workspace import Workspace
from reconciler.resources import folded
from reconciler.resources.keys import Address, unquote
from reconciler.systems.base import System

FIRST = ("LabelMap", "GlossaryMapping")
"""Kinds whose documents say words that those of the others use."""
LAST = ("Stream",)
"""Kinds whose documents are about what no other one is."""
_DIFFERS = frozenset({"differs", "drift"})


@dataclass(slots=True)
class Result:
    """What was written, and what was not, with why."""

    files: dict[str, str] = field(default_factory=dict)
    """By file, as people know it: `new` or `changed`."""
    documents: int = 0
    """New documents."""
    items: int = 0
    """Additions to documents that were there."""
    updated: list[Accepted] = field(default_factory=list)
    """Fields whose live value stands where another one stood."""
    left: dict[str, list[str]] = field(default_factory=dict)
    """Why something is left out, each with the names of what."""
    refused: list[Diagnostic] = field(default_factory=list)
    """Values that differ, and that no single place of a manifest says."""
    findings: list[Diagnostic] = field(default_factory=list)
    """What of the files that were read fits into no manifest, row by row."""
    from_files: bool = False
    """Whether files were read, and no system."""
    took_nothing: bool = False
    """Whether nothing of the files stands in the manifests now."""


def pull(
    workspace: Workspace,
    load: Load,
    plan: Plan,
    plan_of: PlanOf,
    draft: Draft,
    wishes: Wishes,
    systems: dict[str, System],
    limits: Limits,
) -> Result:
    """Brings the workspace to what is live, and writes back what changed.

    `plan` is that of the manifests as they are, with their ledger; `plan_of` makes one with an empty ledger. Raises
    `ReconcilerError` where `limits` ask for what is not there.
    """
    found = Result()
    estate = Estate(wishes.world or draft.world, systems, limits, wanted_by(wishes), left=found.left)
    refuse_unknown(estate)
    update(workspace, load, [one for one in _differing(plan) if _is_asked(one, limits)], found)
    proposals = list(proposals_of(estate))
    if not limits.words:
        leave_others(estate)
    add(workspace, load, plan_of, proposals, estate.leave, found)
    return found


def add(
    workspace: Workspace,
    load: Load,
    plan_of: PlanOf,
    proposals: Sequence[Pulled | Added],
    leave: Leave,
    found: Result,
) -> None:
    """Adds what was found as far as it holds, and writes everything back."""
    if proposals:
        draft, _ = load(workspace.folder)
        trial = Trial(workspace, load, plan_of, leave)
        trial.settle(_of_now(proposals, draft), draft.project.documents)
        kept = [one for one in trial.proposals if not one.gone]
        found.documents = sum(isinstance(one.found, Pulled) for one in kept)
        found.items = len(kept) - found.documents
    for name, (before, _) in workspace.changed().items():
        found.files[str(workspace.real(name))] = "new" if before is None else "changed"
    workspace.write_back()


def proposals_of(estate: Estate) -> Iterator[Pulled | Added]:
    """What every room finds; those first that say words which others use."""
    estate.words |= {label.classification: word for word, label in directory(estate.world).labels.items()}
    rooms = pullers()
    for kind in (*FIRST, *(kind for kind in rooms if kind not in (*FIRST, *LAST)), *LAST):
        puller = rooms[kind]()
        if not estate.limits.takes(kind, *puller.types):
            continue
        if puller.why_not:
            estate.leave(puller.why_not, kind)
        yield from puller.pull(estate)


def _of_now(proposals: Sequence[Pulled | Added], draft: Draft) -> list[Pulled | Added]:
    """The proposals with the documents as they are read now."""
    now = {(one.kind, one.name): one for one in draft.project.documents}
    return [
        replace(one, document=now[one.document.kind, one.document.name]) if isinstance(one, Added) else one
        for one in proposals
    ]


def wanted_by(wishes: Wishes) -> set[str]:
    """The addresses that the manifests want, in the form in which their systems compare them."""
    return {folded(address) for address, want in wishes.known.items() if want.mode != "refer"}


def update(workspace: Workspace, load: Load, changes: list[Change], found: Result) -> None:
    """Writes values that differ where the manifests say them."""

    def expand(folder: Path) -> tuple[Draft, Wishes]:
        draft, wishes = load(folder)
        return draft.required(), wishes.required()

    if changes:
        done = accept(workspace.folder, changes, [], expand)
        found.updated, found.refused = done.accepted, done.refused


def _differing(plan: Plan) -> Iterator[Change]:
    """What is live with other values, and not because the manifest changed: as drift, which can be accepted."""
    for change in plan.changes:
        fields = [replace(item, reason="drift") for item in change.fields if item.reason in _DIFFERS]
        if fields:
            yield replace(change, fields=fields)


def _is_asked(change: Change, limits: Limits) -> bool:
    """Whether a change is about what is asked for."""
    type, key = change.type, Address.of(change.address).key
    if (limits.system and type.system != limits.system) or (limits.type and limits.type not in _names(type.full_name)):
        return False
    if not limits.words:
        return True
    head = unquote(key.partition("/")[0])
    in_glossary = bool(limits.glossary) and type.full_name in ("purview.term", "purview.glossary")
    in_vocabulary = bool(limits.prefix) and type.full_name in ("cluedin.vocabulary", "cluedin.vocabulary_key")
    return (in_glossary and head == limits.glossary) or (
        in_vocabulary and f"{key}.".casefold().startswith(f"{limits.prefix}.".casefold())
    )


def _names(full_name: str) -> tuple[str, str]:
    return full_name, full_name.partition(".")[2]
