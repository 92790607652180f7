"""Which scanned asset an export arrived in: found by turning names of assets into patterns for our own path.

What a scanner will call the export cannot be foreseen, so nothing is predicted: names that are there are read as
patterns (placeholders of resource sets: Microsoft's documentation of resource sets, grade B), and the one that our
path fits is the export. Where two fit, or one fits two contracts, nobody guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.kinds.export_contract.delivery import SAMPLE_TIME, folder_of
from reconciler.kinds.export_contract.files import lake_address, sample_path
from reconciler.kinds.export_contract.purview import PurviewHalf
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.spec import AssetAt as AssetWord
from reconciler.questions import Question
from reconciler.questions.assets import AssetAt, AssetsNamed, ScannedAsset
from reconciler.questions.flows import OutputsOf
from reconciler.resources.wildcards import Piece, anything, literal, matches, one_of, run_of

RESOURCE_SET, PATH = "azure_datalake_gen2_resource_set", "azure_datalake_gen2_path"
_GUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_PATTERNS: dict[str, Piece] = {
    "n": run_of(r"\d"),
    "guid": one_of(36, like=_GUID),
    "year": one_of(4, like=r"\d{4}"),
    **dict.fromkeys(("month", "day", "hour", "minute", "second", "date"), one_of(2, like=r"\d{2}")),
    "time": run_of(r"\d", 2),
    "hex": run_of("[0-9a-fA-F]"),
    "loc": one_of(2, 5, like="[A-Za-z]{2}(?:-[A-Za-z]{2})?"),
    "sparkpartitions": anything,
}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_LOCALE = re.compile("[A-Za-z]{2}(?:-[A-Za-z]{2})?")


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of the asset of an export."""

    asset: ScannedAsset | None = None
    """The asset; None as long as the placeholder stands for it."""
    rivals: tuple[ScannedAsset, ...] = ()
    """Assets of the best rank, when these are several; the lineage stays with the one it leads to already."""
    shared_with: tuple[str, ...] = ()
    """Other contracts whose files the one asset takes in as well."""
    loose: tuple[ScannedAsset, ...] = ()
    """Single files of the export that no resource set has gathered yet."""
    unsure: tuple[ScannedAsset, ...] = ()
    """Assets that may be the export, by placeholders that nobody knows."""
    missing: bool = False
    """Whether the contract names an asset that is not there."""


def asset_questions(contract: Contract) -> Iterable[Question]:
    """What to ask Purview for the asset of an export."""
    wish = contract.delivery.asset
    if contract.purview is None or not contract.wanted:
        return
    if isinstance(wish, AssetWord):
        yield AssetAt(wish.type, wish.qualified_name)
    elif wish == "auto" and contract.purview.system.dialect.has_query_search and sample_path(contract):
        yield _search(contract)
        yield _known(contract.purview)


def asset_of(contract: Contract) -> Found:
    """The asset of an export as far as the answers tell; nothing offline."""
    return contract.once(_find)


def uses_placeholder(contract: Contract) -> bool:
    """Whether our own placeholder stands for the exported asset."""
    return contract.delivery.asset != "none" and asset_of(contract).asset is None


def fits(name: str, path: str) -> bool:
    """Whether a path is one of those that the name of an asset stands for."""
    return matches(_pattern(name), path)


def may_fit(name: str, path: str) -> bool:
    """Whether it would be, if each placeholder that nobody knows stood for any text within a name."""
    return matches(_pattern(name, unknown=run_of("[^/]")), path)


def unknown_placeholders(name: str) -> list[str]:
    """The placeholders in the name of an asset that nobody knows."""
    return [f"{{{one}}}" for one in _PLACEHOLDER.findall(name) if one.casefold() not in _PATTERNS]


def _find(contract: Contract) -> Found:
    wish = contract.delivery.asset
    if isinstance(wish, AssetWord):
        rows = contract.world.answers.of(AssetAt(wish.type, wish.qualified_name))
        return Found(asset=rows[0]) if rows else Found(missing=rows is not None)
    path = sample_path(contract)
    if wish != "auto" or not path or contract.purview is None:
        return Found()
    known = _known(contract.purview)
    hits = {row.key: row for one in (_search(contract), known) for row in contract.world.answers.of(one) or ()}
    ranked: dict[int, list[ScannedAsset]] = {}
    for row in hits.values():
        rank = _rank(contract, row, path)
        if rank is not None:
            ranked.setdefault(rank, []).append(row)
    if not ranked:
        unsure = (row for row in hits.values() if may_fit(row.qualified_name, path))
        return Found(loose=_loose(hits.values(), path), unsure=tuple(sorted(unsure, key=lambda row: row.key)))
    best = ranked[min(ranked)]
    if len(best) > 1:
        led_to = {row.key for row in contract.world.answers.of(known) or ()}
        kept = [row for row in best if row.key in led_to]
        return Found(asset=kept[0] if len(kept) == 1 else None, rivals=tuple(best))
    shared = _others_in(contract, best[0])
    return Found(rivals=tuple(best), shared_with=shared) if shared else Found(asset=best[0])


def _search(contract: Contract) -> AssetsNamed:
    """Assets whose names begin like the export's folder, up to the first part of it that scanners may replace."""
    base, folder = lake_address(contract).removeprefix("https://"), folder_of(contract.delivery.path)
    return AssetsNamed((RESOURCE_SET, PATH), f"{base}/{_certain(folder)}")


def _certain(folder: str) -> str:
    """The beginning of a folder that no placeholder takes the place of: no digit, with the letters before it that
    may be of one hexadecimal number, and no locale (`{N}`, `{GUID}`, `{Hex}`, `{Year}`, `{Loc}`, grade B)."""
    parts = folder.split("/")
    for at, part in enumerate(parts):
        kept = "" if _LOCALE.fullmatch(part) else re.sub("[0-9a-fA-F-]*$", "", re.split("[0-9]", part)[0])
        if _LOCALE.fullmatch(part) or re.search("[0-9]", part):
            return "/".join([*parts[:at], kept])
    return folder


def _known(purview: PurviewHalf) -> Question:
    """What the lineage leads to already: search may miss it, and a miss must not move the lineage back."""
    type, _, name = purview.process.partition("/")
    return OutputsOf(type, name)


def _rank(contract: Contract, asset: ScannedAsset, path: str) -> int | None:
    """Resource sets first, then files, then the folder; None for what does not fit."""
    if fits(asset.qualified_name, path):
        return 0 if asset.type == RESOURCE_SET else 1
    folder = f"{lake_address(contract)}/{folder_of(contract.delivery.path)}"
    is_folder = asset.type == PATH and asset.qualified_name.rstrip("/") == folder.rstrip("/")
    return 2 if is_folder and folder_of(contract.delivery.path) else None


def _others_in(contract: Contract, asset: ScannedAsset) -> tuple[str, ...]:
    others = [one for one in contract.world.of(Contract) if one.document is not contract.document and one.wanted]
    paths = ((one.name, sample_path(one)) for one in others)
    return tuple(sorted(name for name, path in paths if path and fits(asset.qualified_name, path)))


def _loose(hits: Iterable[ScannedAsset], path: str) -> tuple[ScannedAsset, ...]:
    """Files that our pattern made, at whatever time."""
    made = re.escape(path).replace(SAMPLE_TIME, r"\d{14}")
    files = (row for row in hits if row.type == PATH and re.fullmatch(made, row.qualified_name))
    return tuple(sorted(files, key=lambda row: row.key))


def _pattern(name: str, unknown: Piece | None = None) -> list[Piece]:
    parts = _PLACEHOLDER.split(name)
    return [
        _PATTERNS.get(part.casefold(), unknown or literal(f"{{{part}}}")) if at % 2 else literal(part)
        for at, part in enumerate(parts)
    ]
