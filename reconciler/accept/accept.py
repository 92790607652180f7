"""`drift --accept`: the live values of drifted fields, written where the manifests say them.

Where that is, no table of kinds tells: a live value is tried at a place of the document that wants the resource, in
a copy, and everything is expanded again. It is kept when exactly what drifted is the live value then.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.accept.places import Guess, guesses, said_elsewhere
from reconciler.accept.trial import NOT_SO, NOTHING, Expand, Spot, Trial
from reconciler.diff import Change
from reconciler.errors import Diagnostic, Source
from reconciler.manifest.documents import Document
from reconciler.manifest.files import replace_file
from reconciler.manifest.marks import find
from reconciler.manifest.suggest import did_you_mean
from reconciler.resources.base import Desired
from reconciler.resources.rules import Members
from reconciler.resources.wildcards import matches, starred
from reconciler.systems.redact import SECRETS

ONLY_BY_NAME = frozenset({"conflict", "interrupted"})
"""Reasons of a field that is another in the manifest as well: the portal's value is taken only when it is named."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A field whose live value the manifests say now, and where."""

    address: str
    path: str
    source: Source


@dataclass(slots=True)
class Acceptance:
    """What was written into the manifests, and what was not, each with a sentence of why."""

    accepted: list[Accepted] = field(default_factory=list)
    refused: list[Diagnostic] = field(default_factory=list)
    unknown: list[Diagnostic] = field(default_factory=list)
    """What was named and has not drifted."""
    alias: Callable[[str], str] = lambda path: ""
    """What the environment calls the person whose id a path ends with."""


@dataclass(frozen=True, slots=True, eq=False)
class _Drift:
    """One drifted field."""

    change: Change
    path: str
    live: Any
    reason: str

    @property
    def spot(self) -> Spot:
        return self.change.address, self.path


def accept(
    root: Path,
    changes: Sequence[Change],
    named: Sequence[str],
    expand: Expand,
    alias: Callable[[str], str] = lambda path: "",
) -> Acceptance:
    """Writes the live values of drifted fields into the manifests below `root`: all, or those `named`.

    A name is an address, `ADDRESS#field`, or either with `*` in it. `changes` are the drift of a plan; `alias` is
    what people are called that a path has the id of.
    """
    found = Acceptance(alias=alias)
    chosen = list(_chosen(changes, named, found))
    if not chosen:
        return found
    with tempfile.TemporaryDirectory(prefix="reconciler-accept-") as folder:
        trial = Trial(root, Path(folder), expand)
        possible = [one for one in chosen if _may_be(one, bool(named), found)]
        _settle(trial, possible, {one.spot: one.live for one in possible}, found)
        for name, (before, after) in trial.changed_files().items():
            replace_file(root / name, before, after)
    return found


def _chosen(changes: Sequence[Change], named: Sequence[str], found: Acceptance) -> Iterator[_Drift]:
    """The drifted fields that are meant; what drifted otherwise is refused, and what did not is unknown."""
    met: set[str] = set()
    for change in changes:
        asked = {one for one in named if _means(one, change.address)}
        fields = [item for item in change.fields if item.reason in ("drift", *ONLY_BY_NAME)]
        for item in fields:
            fitting = asked | {one for one in named if _means(one, f"{change.address}#{item.path}")}
            met |= fitting
            if fitting or not named:
                yield _Drift(change, item.path, item.before, item.reason)
        if not fields and (asked or not named):
            met |= asked
            found.refused.append(_refusal(change, "", _WHOLE.get(change.reason, "it is not a field that changed")))
    known = [change.address for change in changes]
    for name in named:
        if name not in met:
            advice = did_you_mean(name, known, what="Drifted are") if known else "Nothing has drifted."
            found.unknown.append(Diagnostic("error", "accept.unknown", f"{name} has not drifted", advice, address=name))


_WHOLE = {
    "gone": "it was deleted in the system: take it out of the manifest, or let an apply make it again",
    "renamed": "it was renamed in the system: give it that name in the manifest",
}


def _means(name: str, address: str) -> bool:
    return matches(starred(name), address)


def _may_be(one: _Drift, is_named: bool, found: Acceptance) -> bool:
    """Whether a field may be accepted at all; why not is told."""
    rule = one.change.type.field(one.path)
    if rule.hidden:
        why = "it is a secret, or the system does not show it"
    elif isinstance(one.live, str) and SECRETS.clean(one.live) != one.live:
        why = "a secret of this run stands in it, and a manifest never holds one"
    elif rule.has(Members):
        why = "it is one of a list of members: add it to the list in the manifest, or take it out"
    elif one.live is not None and not isinstance(one.live, str | bool | int | float):
        why = "the value is made of several: write it into the manifest by hand"
    elif one.reason in ONLY_BY_NAME and not is_named:
        why = "it was changed in the manifest as well: name it to take the value of the system"
    else:
        return True
    found.refused.append(_refusal(one.change, one.path, why, alias=found.alias(one.path)))
    return False


def _settle(trial: Trial, drifts: list[_Drift], goals: Mapping[Spot, Any], found: Acceptance) -> None:
    """All at once with the likeliest guess of each; half of them each time where that is not right."""
    done = {(one.address, one.path) for one in found.accepted}
    open_ones = [one for one in drifts if one.spot not in done]
    if len(open_ones) < 2:
        for one in open_ones:
            _one(trial, one, goals, found)
        return
    if not _together(trial, open_ones, goals, found):
        _settle(trial, open_ones[: len(open_ones) // 2], goals, found)
        _settle(trial, open_ones[len(open_ones) // 2 :], goals, found)


def _together(trial: Trial, drifts: list[_Drift], goals: Mapping[Spot, Any], found: Acceptance) -> bool:
    """Whether the likeliest guesses of all are right; then they are accepted."""
    likeliest: dict[_Drift, Guess] = {}
    for one in drifts:
        guess = next(_guesses(trial, one), None)
        if guess is None:
            return False
        likeliest[one] = guess
    if len({(id(one.document), one.path, one.word) for one in likeliest.values()}) < len(likeliest):
        return False
    if trial.attempt(likeliest.values(), goals, {one.spot for one in drifts}).why:
        return False
    found.accepted += [_accepted(trial, one.spot, guess) for one, guess in likeliest.items()]
    return True


def _one(trial: Trial, drift: _Drift, goals: Mapping[Spot, Any], found: Acceptance) -> None:
    """The first guess that is right; what else it makes right is accepted with it."""
    whys: list[str] = []
    is_there = False
    for guess in _guesses(trial, drift):
        if is_there and not (guess.likely or guess.word):
            continue  # the place is known: only a field of its own may say it alone
        outcome = trial.attempt([guess], goals, {drift.spot})
        if not outcome.why:
            found.accepted += [_accepted(trial, spot, guess) for spot in sorted(outcome.changed)]
            return
        is_there |= drift.spot in outcome.changed and outcome.why != NOT_SO
        if guess.likely or drift.spot in outcome.changed:
            whys.append(outcome.why)
    found.refused.append(_refusal(drift.change, drift.path, _elsewhere(trial, drift) or _best(whys)))


def _guesses(trial: Trial, drift: _Drift) -> Iterator[Guess]:
    want = trial.wishes.known.get(drift.change.address)
    if want is None or drift.path not in want.values:
        return
    rule = want.type.field(drift.path)
    for document, line in _documents(trial, want):
        yield from guesses(
            document, trial.leaves(document), line, drift.path, rule, want.values[drift.path], drift.live
        )


def _documents(trial: Trial, want: Desired) -> Iterator[tuple[Document, int]]:
    by_name = {(one.kind, one.name): one for one in trial.draft.project.documents}
    for origin in want.origins:
        document = by_name.get((origin.kind, origin.name))
        if document is not None and document.spec is not None:
            yield document, origin.line


def _best(whys: list[str]) -> str:
    """The reason that says most: what else would be another, else why the likeliest guess is not right."""
    told = [one for one in whys if one not in NOTHING]
    return told[0] if told else "no single value of the manifest says it: write it by hand"


def _elsewhere(trial: Trial, drift: _Drift) -> str:
    """Where the value comes from, when that is not a value that the document alone has; empty else."""
    want = trial.wishes.known.get(drift.change.address)
    if want is None or drift.path not in want.values:
        return "no manifest says it"
    rule = want.type.field(drift.path)
    for document, _ in _documents(trial, want):
        leaf = said_elsewhere(trial.leaves(document), rule, want.values[drift.path])
        if leaf is not None and leaf.has_variable:
            return f"it is written with a variable at {document.source(leaf.path[1:])}"
        if leaf is not None:
            return f"it comes from the defaults of a folder, at {document.source(leaf.path[1:])}, which others share"
    return ""


def _accepted(trial: Trial, spot: Spot, guess: Guess) -> Accepted:
    documents = {(one.kind, one.name): one for one in trial.draft.project.documents}
    document = documents[guess.document.kind, guess.document.name]
    path = (*guess.path, guess.word) if guess.word else guess.path
    return Accepted(*spot, find([document.top], path)[0].source)


def _refusal(change: Change, path: str, why: str, alias: str = "") -> Diagnostic:
    about = f"{change.address}#{path}" if path else change.address
    about += f" ({alias})" if alias else ""
    source = change.origins[0].source if change.origins else None
    return Diagnostic("error", "accept.refused", f"{about} is not accepted: {why}", "", source, change.address)
