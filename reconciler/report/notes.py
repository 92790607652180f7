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
    parts = [f"# Changes from {code(release.since)} to {code(release.to)} in {code(release.environment)}"]
    if release.contracts is not None:
        parts += _of_contracts(release.contracts)
    for (kind, name), notes in release.documents.items():
        parts += [f"## {prose(_CONCEPTS.get(kind, kind))} {code(name)}", *_of_concept(notes)]
    if len(parts) == 1:
        parts.append("Nothing changed.")
    return "\n\n".join(parts) + "\n"


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
    return f"{name}: {_value(item.before)} → {_value(item.after)}"


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"“{prose(_short(' '.join(value.split())))}”"
    return code(_short(json.dumps(value, ensure_ascii=False)))


def _short(text: str) -> str:
    return text if len(text) <= SHORT else text[: SHORT - 1].rstrip() + "…"
