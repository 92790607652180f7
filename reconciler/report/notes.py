"""Release notes as Markdown: what changed between two revisions of the manifests, by concept, for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reconciler.report.escaping import code, prose
from reconciler.report.words import SYSTEMS, number
from reconciler.resources.keys import field_of, steps_of

if TYPE_CHECKING:
    from reconciler.contracts.check import Comparison
    from reconciler.contracts.compare import Finding
    from reconciler.release import Difference, Note, Release

SHORT = 80
"""Characters of a text, old or new."""
BEFORE, BEHIND = 20, 20
"""Characters of a long text that are shown before the place where two of them part, and at least behind it."""
MOST = 100
"""Lines of one sort below a concept; the rest is counted."""
_HEADS = {"removed": "Removed", "retired": "Retired", "renamed": "Renamed", "changed": "Changed", "added": "New"}
_CONCEPTS = {
    "GlossaryMapping": "Concept",
    "DataSourceLink": "Source",
    "ExportContract": "Export",
    "Stream": "Stream",
    "LabelMap": "Labels",
}
"""What a document of a kind is for readers; of another kind, its own word."""


def markdown(release: Release) -> str:
    """The notes: contracts that break first, then each concept with what is removed, renamed, changed and new."""
    head = f"# Changes from {code(release.since)} to {code(release.to)} in {code(release.environment)}"
    return "\n\n".join([head, *(_parts(release) or ["Nothing changed."])]) + "\n"


def folded(release: Release, limit: int) -> str:
    """The same to unfold below another report, in at most so many characters; empty where nothing changed."""
    parts = [part.replace("## ", "#### ", 1) if part.startswith("## ") else part for part in _parts(release)]
    if not parts:
        return ""
    head, foot = "<details><summary>What changed in the manifests</summary>", "</details>\n"
    more = "… and more: `reconciler release-notes` tells all of it."
    room = limit - sum(len(part) + 2 for part in (head, foot, more))
    kept = []
    for part in parts:
        room -= len(part) + 2
        if room < 0:
            kept.append(more)
            break
        kept.append(part)
    return "\n\n".join([head, *kept, foot])


def _parts(release: Release) -> list[str]:
    parts = [*_of_contracts(release.contracts)] if release.contracts is not None else []
    for (kind, name), notes in release.documents.items():
        parts += [f"## {prose(_CONCEPTS.get(kind, kind))} {code(name)}", *_of_concept(notes)]
    return parts


def _of_contracts(comparison: Comparison) -> Iterator[str]:
    found = [one for some in comparison.findings.values() for one in some]
    breaks = [one for one in found if comparison.refuses(one) or one.verdict == "breaking"]
    others = [one for one in found if one not in breaks]
    if breaks:
        yield "## Breaking changes of export contracts"
        yield "\n".join(map(_finding, breaks))
    if others:
        yield "## Other changes for readers of exports"
        yield "\n".join(map(_finding, others))


def _finding(finding: Finding) -> str:
    resent = "; CluedIn empties the target and sends everything again" if finding.disruptive else ""
    return f"- {code(finding.contract)}: {prose(finding.summary)} ({prose(finding.verdict)}{resent})"


def _of_concept(notes: list[Note]) -> Iterator[str]:
    for what, head in _HEADS.items():
        found = [note for note in notes if note.what == what]
        if found:
            more = [f"- and {number(len(found) - MOST, 'other')}"] if len(found) > MOST else []
            yield "\n".join([f"**{head}**", "", *map(_note, found[:MOST]), *more])


def _note(note: Note) -> str:
    system, _, name = note.type.partition(".")
    was = f" (was {code(note.former)})" if note.former else ""
    line = f"- {prose(SYSTEMS.get(system, system))} {prose(name.replace('_', ' '))} {code(note.key)}{was}"
    new = note.what == "added"
    return "\n".join([line, *(f"  - {_field(one, new=new)}" for one in note.fields)])


def _field(item: Difference, *, new: bool) -> str:
    name = prose(" ".join((field_of(item.path).replace("_", " "), *(() if item.member else steps_of(item.path)))))
    if item.hidden:
        return f"{name}: changed, and not shown"
    if item.member:
        return f"{name}: {code(', '.join(steps_of(item.path)))} {'added' if item.after else 'taken out'}"
    if new:
        return f"{name}: {_value(item.after)}"
    at = _parting(_words(item.before), _words(item.after))
    return f"{name}: {_value(item.before, at)} → {_value(item.after, at)}"


def _value(value: Any, at: int = 0) -> str:
    """A value in short; of a long one what is around a place in it."""
    if value is None:
        return "nothing"
    short = _short(_words(value), at)
    return f"“{prose(short)}”" if isinstance(value, str) else code(short)


def _words(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _parting(before: str, after: str) -> int:
    """Where two texts part."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))


def _short(text: str, at: int = 0) -> str:
    """At most `SHORT` characters of a text, from the start unless the place `at` would not be among them."""
    if len(text) <= SHORT:
        return text
    if at < SHORT - BEHIND:
        return text[: SHORT - 1].rstrip() + "…"
    rest = text[at - BEFORE :].strip()
    return "…" + (rest if len(rest) < SHORT else rest[: SHORT - 2].rstrip() + "…")
