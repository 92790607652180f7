"""What the manifests of one Git revision want otherwise than those of another, told offline by concept.

Two expansions are compared, resource by resource; nothing is asked of the live systems, so what only their answers
tell (columns mapped by name, for one) is not in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from reconciler.contracts.check import Comparison, against
from reconciler.contracts.revision import at_revision
from reconciler.desired import Wishes
from reconciler.desired.wishes import Draft, draft
from reconciler.errors import ManifestError
from reconciler.manifest.files import FOLDER
from reconciler.repository import commit_of, is_ancestor
from reconciler.resources.base import Desired
from reconciler.resources.keys import Address, field_of
from reconciler.resources.rules import JsonText, Members

What = Literal["added", "changed", "renamed", "retired", "removed"]
Resources = Mapping[str, Desired]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: its values as they compare; `hidden` ones are not told, nor JSON that people cannot read."""

    path: str
    before: Any = None
    after: Any = None
    hidden: bool = False
    member: bool = False
    """Whether the path is a member of a set, whose value only says that it is there."""


@dataclass(frozen=True, slots=True)
class Note:
    """What became of one resource; `former` is the key that it had."""

    what: What
    type: str
    key: str
    former: str = ""
    fields: tuple[Difference, ...] = ()


@dataclass(slots=True)
class Release:
    """Everything that is another between two revisions."""

    since: str
    to: str
    environment: str
    documents: dict[tuple[str, str], list[Note]] = field(default_factory=dict)
    """By kind and name of the document that wants the resources, in that order."""
    contracts: Comparison | None = None
    """What changed for the readers of export contracts; None where the first revision has no manifests."""


def release(root: Path, environment: str, since: str, to: str, process_env: Mapping[str, str], today: str) -> Release:
    """Compares two revisions of the project in `root`, as one environment expands them.

    Raises `ReconcilerError` for a revision that is not known here, `ManifestError` where one of them does not hold.
    """
    with at_revision(root, since) as before, at_revision(root, to) as after:
        old, new = _sound(before, environment, since, process_env), _sound(after, environment, to, process_env)
        found = Release(since, to, environment)
        if old is not None and new is not None:
            found.contracts = against(old.draft, new.draft, since, today=today)
        notes: dict[tuple[str, str], list[Note]] = defaultdict(list)
        goes_back = is_ancestor(root, commit_of(root, to), commit_of(root, since))
        for want, note in _without_echoes(list(_notes(_resources(old), _resources(new), goes_back=goes_back))):
            notes[_owner(want)].append(note)
        found.documents = {owner: sorted(notes[owner], key=_by_type_and_key) for owner in sorted(notes)}
        return found


class _Sound(NamedTuple):
    """The manifests of a revision that hold, and what they want."""

    draft: Draft
    wishes: Wishes


def _sound(folder: Path, environment: str, revision: str, process_env: Mapping[str, str]) -> _Sound | None:
    if not (folder / FOLDER).is_dir():
        return None
    made = draft(folder, environment, process_env)
    wishes = made.wishes() if made.ok else None
    found = made.findings if wishes is None else wishes.findings
    errors = [one for one in found if one.severity == "error"]
    if wishes is None or errors:
        raise ManifestError(*(replace(one, summary=f"at {revision}: {one.summary}") for one in errors))
    return _Sound(made, wishes)


def _resources(made: _Sound | None) -> Resources:
    """What the manifests want to be; what they only refer to is somebody else's."""
    wants = made.wishes.resources if made is not None else {}
    return {address: want for address, want in wants.items() if want.mode != "refer" and not want.type.read_only}


def _without_echoes(notes: list[tuple[Desired, Note]]) -> Iterator[tuple[Desired, Note]]:
    """The notes but those on parts of others that only come, go or are renamed with what they hang on."""
    moving = {want.address for want, note in notes if note.what in ("added", "renamed", "removed")}
    moving |= {want.type.address(note.former) for want, note in notes if note.former}
    for want, note in notes:
        if not (want.type.hosted and note.what in ("added", "removed") and not moving.isdisjoint(want.needs)):
            yield want, note


def _notes(old: Resources, new: Resources, *, goes_back: bool) -> Iterator[tuple[Desired, Note]]:
    """What became of each resource; where the second revision is the older one, what was renamed is renamed back."""
    renamed: set[str] = set()
    later = _renamed_later(old) if goes_back else {}
    for address, want in new.items():
        formers = later.get(address, ()) if goes_back else map(want.type.address, want.moved_from)
        former = next((one for one in formers if one in old and one not in new), address)
        was = old.get(former)
        if former != address:
            renamed.add(former)
        if was is None:
            yield want, Note("added", want.type.full_name, want.key, fields=tuple(_said(want)))
            continue
        fields = tuple(_differences(was, want))
        if _is_retired(want) and not _is_retired(was):
            yield want, Note("retired", want.type.full_name, want.key, fields=fields)
        elif former != address:
            yield want, Note("renamed", want.type.full_name, want.key, was.key, fields)
        elif fields:
            yield want, Note("changed", want.type.full_name, want.key, fields=fields)
    for address, was in old.items():
        if address not in new and address not in renamed:
            yield was, Note("removed", was.type.full_name, was.key)


def _renamed_later(wants: Resources) -> Mapping[str, list[str]]:
    """The addresses of what says that it had another one before, by that one."""
    found: dict[str, list[str]] = defaultdict(list)
    for address, want in wants.items():
        for former in map(want.type.address, want.moved_from):
            found[former].append(address)
    return found


def _owner(want: Desired) -> tuple[str, str]:
    return (want.origins[0].kind, want.origins[0].name) if want.origins else ("", Address.of(want.address).type)


def _is_retired(want: Desired) -> bool:
    return any(
        rule.retires(want.type.field(path).canonical(want.values[path]))
        for path, rule in want.type.retiring.items()
        if path in want.values
    )


def _said(want: Desired) -> Iterator[Difference]:
    """What a new resource says of itself in words: its texts, and no more."""
    for path, value in sorted(want.values.items()):
        rule = want.type.field(path)
        text = rule.canonical(value) if not rule.hidden else None
        if isinstance(text, str) and field_of(path) in ("definition", "description", "data_type"):
            yield Difference(path, None, text)


def _differences(old: Desired, new: Desired) -> Iterator[Difference]:
    for path in sorted(old.values.keys() | new.values.keys()):
        rule = new.type.field(path)
        before, after = old.values.get(path), new.values.get(path)
        if rule.hidden or rule.has(JsonText):
            if before != after:
                yield Difference(path, hidden=True)
            continue
        before, after = rule.canonical(before), rule.canonical(after)
        if before != after:
            yield Difference(path, before, after, member=rule.has(Members))


def _by_type_and_key(note: Note) -> tuple[str, str]:
    return note.type, note.key
