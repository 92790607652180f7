"""One asset feeds one data set, and one data set is fed by one asset."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import normalize

from reconciler.errors import Diagnostic
from reconciler.kinds.base import World
from reconciler.kinds.data_source_link.links import all_links
from reconciler.kinds.data_source_link.scene import Link
from reconciler.manifest.findings import Path, error, where
from reconciler.resources.keys import quote


def uniqueness_findings(link: Link, *, selected: bool) -> Iterator[Diagnostic]:
    """What a link has in common with links before it; with `selected` only where a rule made one of the two."""
    firsts = _firsts(link.world)
    path: Path = ("select",) if link.subject.selected else ("asset",)
    other = firsts[f"asset {link.asset_key}"]
    if _counts(link, other, selected=selected):
        yield error(
            link.document,
            path,
            "link.asset_twice",
            f"{link.asset_key} feeds the data set of {_place(other)} as well",
            "An asset feeds one data set: keep one of the two.",
        )
    path = ("select",) if link.subject.selected else ("data_set", "name")
    other = firsts[_set_name(link)]
    if _counts(link, other, selected=selected):
        yield _same_set(link, other, path)
    elif not selected:
        yield from _quality(link)


def _same_set(link: Link, other: Link, path: Path) -> Diagnostic:
    if link.subject.selected or other.subject.selected:
        return error(
            link.document,
            path,
            "link.data_set_twice",
            f"The data set {link.set_key} would be fed by {link.asset_key} and by {other.asset_key} ({_place(other)})",
            "A data set is fed by one asset: put more of the asset into the names, such as `{asset.qualified_name}`.",
        )
    if link.set_key != other.set_key:
        return error(
            link.document,
            path,
            "link.data_set_case",
            f"The data set {link.set_key} differs from {other.set_key} ({_place(other)}) only in case, or in how "
            "its letters are composed",
            "Give one of them another name.",
        )
    return error(
        link.document,
        path,
        "link.data_set_twice",
        f"The data set {link.set_key} is fed by {_place(other)} as well",
        "A data set is fed by one asset: keep one of the two.",
    )


def _quality(link: Link) -> Iterator[Diagnostic]:
    """All data sets of a source share its quality [B]."""
    first = _firsts(link.world).get(f"quality {link.source_key}", link)
    mine, theirs = link.spec.data_set.source_quality, first.spec.data_set.source_quality
    if mine is not None and mine != theirs:
        yield error(
            link.document,
            ("data_set", "source_quality"),
            "link.quality_differs",
            f"The quality of the source {link.source_key} is {mine} here and {theirs} in {_place(first)}",
            "All data sets of a source share it; they must agree.",
        )


def _counts(link: Link, other: Link, *, selected: bool) -> bool:
    if other is link:
        return False
    return (link.subject.selected or other.subject.selected) == selected


def _firsts(world: World) -> dict[str, Link]:
    """The first link of each asset, of each data set without regard to case, and with the quality of each source."""
    return world.know(_gather)


def _gather(world: World) -> dict[str, Link]:
    found: dict[str, Link] = {}
    for link in all_links(world):
        found.setdefault(f"asset {link.asset_key}", link)
        found.setdefault(_set_name(link), link)
        if link.spec.data_set.source_quality is not None:
            found.setdefault(f"quality {link.source_key}", link)
    return found


def _set_name(link: Link) -> str:
    """A data set without regard to case, or to how letters with accents are composed: its asset has one name."""
    return f"set {'/'.join(quote(normalize('NFC', name)) for name in link.subject.names).casefold()}"


def _place(link: Link) -> str:
    return where(link.document, ("select",) if link.subject.selected else ("data_set", "name"))
