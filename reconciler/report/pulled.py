"""What was pulled, and what was not: for a terminal, and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.report import text as plain
from reconciler.report.colour import painter
from reconciler.report.words import number, visible

if TYPE_CHECKING:
    from reconciler.pull.pull import Result

SHOWN = 3
"""Names that are told of what is left out for one reason."""
_QUOTED = re.compile(r"`[^`]*`|\S+\.ya?ml:\d+")
"""What a reason quotes of its own case: a word, or a line of a file."""


def text(found: Result, *, colour: bool = False) -> str:
    """The files, then what is left out, each reason once."""
    paint = painter(colour)
    lines = [paint(_headline(found), bold=True)]
    lines += [f"  {'+' if what == 'new' else '~'} {visible(name)}" for name, what in found.files.items()]
    if found.left:
        lines += ["", "Left out:"]
        lines += [f"  - {line}" for line in _left(found.left)]
    if found.files and found.from_files:
        lines += ["", "Look at the difference, then `reconciler plan`."]
    elif found.files:
        lines += ["", "Look at the difference, then `reconciler plan`: it should adopt, and nothing else."]
    told = [*found.refused, *found.findings]
    refused = plain.findings(told, colour=colour) if told else ""
    return "\n".join(lines) + "\n" + (f"\n{refused}" if refused else "")


def shape(found: Result) -> Mapping[str, Any]:
    """The JSON shape."""
    return {
        "files": [{"file": name, "change": what} for name, what in found.files.items()],
        "documents": found.documents,
        "items": found.items,
        "updated": [
            {"address": one.address, "path": one.path, "file": one.source.file, "line": one.source.line}
            for one in found.updated
        ],
        "left_out": [{"why": why, "what": names} for why, names in found.left.items()],
        "diagnostics": [one.as_dict() for one in (*found.refused, *found.findings)],
    }


def _headline(found: Result) -> str:
    if found.took_nothing:
        return "Nothing of it could be taken: no manifest holds any of it."
    if not found.files and found.from_files:
        return "What a manifest can hold of it stands in the manifests."
    if not found.files:
        return "Everything that is live and can be written down stands in the manifests."
    parts = [
        number(count, what)
        for count, what in (
            (found.documents, "new document"),
            (found.items, "new item"),
            (len(found.updated), "updated value"),
        )
        if count
    ]
    return f"{', '.join(parts)} in {number(len(found.files), 'file')}"


def _left(left: Mapping[str, list[str]]) -> Iterator[str]:
    """A line for each sort of reason; those that differ only in what they quote are one, with that by each name."""
    sorts: dict[str, list[str]] = {}
    for why in left:
        sorts.setdefault(_QUOTED.sub("`…`", why), []).append(why)
    for reasons in sorts.values():
        quoted = {why: _QUOTED.findall(why) for why in reasons}
        shared = [words[0] if len(set(words)) == 1 else "" for words in zip(*quoted.values(), strict=True)]
        names = []
        for why, words in quoted.items():
            more = ", ".join(word for word, same in zip(words, shared, strict=True) if not same)
            names += [f"{name} ({more})" if more and more.strip("`") not in name else name for name in left[why]]
        parts = zip(_QUOTED.split(reasons[0]), [*(word or "…" for word in shared), ""], strict=True)
        count = f" ({len(names)})" if len(names) > SHOWN else ""
        yield f"{visible(''.join(map(''.join, parts)))}{count}: {_names(names)}"


def _names(names: list[str]) -> str:
    shown = ", ".join(visible(name) for name in names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"
