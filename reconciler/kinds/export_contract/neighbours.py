"""A contract beside the others of the project: targets, paths and files that two of them would share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from reconciler.errors import Diagnostic
from reconciler.kinds.base import World
from reconciler.kinds.export_contract.delivery import folder_of
from reconciler.kinds.export_contract.files import sample_path
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.spec import Delivery, OneATarget
from reconciler.manifest.findings import Path, error, warning, where


def neighbour_findings(contract: Contract) -> Iterator[Diagnostic]:
    """Findings about what other contracts use as well; said at the later of the two."""
    targets, folders = contract.world.know(_gather)
    for other in _before(contract, targets[contract.target_key.casefold()]):
        yield from _one_target(contract, other)
    for other in _before(contract, folders.get(_folder(contract), ())):
        if other.target_key.casefold() != contract.target_key.casefold():
            yield from _one_path(contract, other)


def _gather(world: World) -> tuple[dict[str, list[Contract]], dict[str, list[Contract]]]:
    """The contracts by target, and by folder of a lake, in the order of the project."""
    targets: dict[str, list[Contract]] = {}
    folders: dict[str, list[Contract]] = {}
    for one in world.of(Contract):
        if one.wanted:
            targets.setdefault(one.target_key.casefold(), []).append(one)
            folders.setdefault(_folder(one), []).append(one)
    folders.pop("", None)
    return targets, folders


def _folder(contract: Contract) -> str:
    """The folder of the lake that the files go to; empty for what writes no files there."""
    path = sample_path(contract)
    return path.rpartition("/")[0] if path else ""


def _before(contract: Contract, others: Iterable[Contract]) -> Iterator[Contract]:
    return takewhile(lambda other: other.document is not contract.document, others)


def _one_target(contract: Contract, other: Contract) -> Iterator[Diagnostic]:
    """A target has one path, one schedule, one format."""
    for field in Delivery.marked(OneATarget):
        if _said(contract, field) != _said(other, field):
            yield error(
                contract.document,
                contract.at(field),
                "contract.shared_target",
                f"`{contract.name}` and `{other.name}` ({where(other.document, other.at(field))}) share the target "
                f"`{contract.target_name}` and differ in `{field}`",
                "An export target has one; give each contract a target of its own.",
            )
    if contract.delivery.target.manage != other.delivery.target.manage:
        path: Path = ("delivery", "target", "manage")
        yield error(
            contract.document,
            path,
            "contract.shared_target",
            f"`{contract.name}` and `{other.name}` ({where(other.document, path)}) share the target "
            f"`{contract.target_name}`, and only one of them manages it",
            "Let both manage it, or neither.",
        )


def _one_path(contract: Contract, other: Contract) -> Iterator[Diagnostic]:
    there = where(other.document, other.at("path"))
    if sample_path(contract) == sample_path(other):
        yield error(
            contract.document,
            contract.at("path"),
            "contract.same_file",
            f"`{contract.name}` and `{other.name}` ({there}) write the same files",
            "Give each contract a path of its own.",
        )
    else:
        yield warning(
            contract.document,
            contract.at("path"),
            "contract.same_path",
            f"`{contract.name}` and `{other.name}` ({there}) write into one folder",
            "Readers of the folder read both, and scanners may take them for one asset; give each its own path.",
        )


def _said(contract: Contract, field: str) -> object:
    if field == "path":
        return folder_of(contract.delivery.path)
    if field == "schedule":
        return contract.schedule.canonical if contract.schedule else contract.delivery.schedule
    if field == "connection":
        return contract.location if contract.location.account else contract.delivery.connection
    return getattr(contract.delivery, field)
