"""Which CluedIn this is, and what its versions differ in: one table, and what follows from it.

Sources: the vendor's toolkit (`getCluedInVersion` and its folders of documents by version until 2025-01, one set
for all versions since), its release notes (which release is which version), its data-lake connectors' history.
[B] read in a named source, [C] inference, [U] unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from reconciler.errors import Diagnostic

Version = tuple[int, int]
"""Major and minor number: what the vendor's releases differ in."""

HEADER: Final = "x-cluedin-version"
"""Carries the version on `/api/status` [B]; that other answers carry it is [U], and heeded where they do."""

OLDEST: Final[Version] = (4, 6)
NEWEST: Final[Version] = (4, 8)
"""Written to from and to; the vendor's own rule is that documents fit one version [B]."""

RELEASES: Final[dict[Version, str]] = {
    (4, 0): "2024.01",
    (4, 1): "2024.03",
    (4, 3): "2024.04 and 2024.07",
    (4, 4): "2024.12",
    (4, 5): "2025.05",
    (4, 6): "2025.09",
    (4, 7): "2026.01",
    (4, 8): "2026.02",
}
"""Versions by the names of their releases (release notes, [B])."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a version brought: `what` it is in words, and where that is said."""

    since: Version
    what: str
    source: str


# What readings and writes of ours meet. From 4.6 on the toolkit sends one set of documents to all versions (branch
# release/4.6.0 of 2025-10 to its newest commit of 2026-04, after 4.8), and the release notes of 4.7 and 4.8 name no
# change to an object that is managed here, so no call of ours differs between 4.6, 4.7 and 4.8 [C].
TABLE: Final[dict[str, Difference]] = {
    "stream_status": Difference(
        (4, 0), "the status of streams (`isActive` before)", "toolkit folder 4.0.0, getStream [B]"
    ),
    "identifiers": Difference(
        (4, 2),
        "identifiers of annotations",
        "toolkit folder 4.2.0, annotationCodeSetup [B]; that the calls are as old is [C], they are sent since 4.6 [B]",
    ),
    "archived_sets": Difference(
        (4, 2), "archiving of data sets", "toolkit folder 4.2.0, getDataSetById [B]; left out by it since 4.6 [B]"
    ),
    "stream_connector": Difference((4, 3), "the target of a stream", "toolkit folder 4.3.0, getStream [B]"),
    "account_display": Difference(
        (4, 3), "names of export targets at their creation", "toolkit folder 4.4.0, createConnection [B]; 4.3 is [C]"
    ),
    "connector_properties": Difference(
        (4, 4), "connector properties of streams", "toolkit folder 4.4.0, getStream [B]"
    ),
    "rule_set_needed": Difference(
        (4, 4), "terms that need a condition", "toolkit 17b49b8 'Include ruleSet … for v4.4.0' [B]"
    ),
    "text_is_keyword": Difference(
        (4, 4), "Text that is always stored as Keyword", "toolkit Import-VocabularyKeys.ps1 [B]"
    ),
    "connector_actions": Difference(
        (4, 6), "exports on request (connectorActions)", "data-lake connectors, 2025-09-09 [B]; the path's age is [C]"
    ),
}


def parse(text: str) -> Version | None:
    """Major and minor of `4.8.0`, `4.5.0-beta` or `4.6`; None when the text is no version."""
    found = re.match(r"\s*v?(\d+)\.(\d+)(?![\d])", text)
    return (int(found[1]), int(found[2])) if found else None


def has(told: str | None, name: str) -> bool | None:
    """Whether a version has an entry of the table; None when the version is not known, so that one has to try."""
    known = parse(told or "")
    return None if known is None else known >= TABLE[name].since


def lacking(told: str) -> list[str]:
    """What of the table a version does not have, in words."""
    known = parse(told)
    return [] if known is None else [entry.what for entry in TABLE.values() if known < entry.since]


def finding(told: str | None) -> Diagnostic | None:
    """What there is to say about a version; None for those that this tool is made for, and for an unknown one.

    Below the range it is an error: one may look, and nothing is written. Documents of another version can take
    out what they do not know (a whole-object save drops it), and no test of ours has seen such a server. Above
    the range it is a remark: new versions have added, and taken nothing away since 4.4 ([C] from the toolkit).
    """
    known = parse(told or "")
    if known is None or OLDEST <= known <= NEWEST:
        return None
    span = f"{_text(OLDEST)} ({RELEASES[OLDEST]}) to {_text(NEWEST)} ({RELEASES[NEWEST]})"
    if known > NEWEST:
        return Diagnostic(
            "info",
            "cluedin.version",
            f"CluedIn {told} is newer than this tool is made for, which is {span}",
            "See whether there is a newer version of this tool, and read the plan before you apply it.",
        )
    missing = lacking(str(told))
    lacks = f" It lacks {', '.join(missing)}." if missing else ""
    return Diagnostic(
        "error",
        "cluedin.version",
        f"CluedIn {told} is older than this tool writes to, which is {span}",
        f"Upgrade CluedIn; until then only plan, validate and graph are of use.{lacks}",
    )


def _text(known: Version) -> str:
    return ".".join(map(str, known))
