"""What documents and resources are called where people name them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reconciler.resources.base import Desired
from reconciler.resources.wildcards import matches, starred

if TYPE_CHECKING:
    from reconciler.manifest.documents import Document


def name_of(document: Document) -> str:
    """`Kind/name`, as a ledger's origins and a plan's diagnostics call a document."""
    return f"{document.kind}/{document.name}"


def documents_of(want: Desired) -> set[str]:
    """The documents (`Kind/name`) that want a resource."""
    return {f"{origin.kind}/{origin.name}" for origin in want.origins}


def matches_target(address: str, targets: Iterable[str]) -> bool:
    """Whether an address is one of the targets; a target may end in `*`."""
    return any(matches(starred(target), address) for target in targets)
