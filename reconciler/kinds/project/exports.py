"""What all documents of a project send out of CluedIn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.base import World
from reconciler.manifest.documents import Document


def makes_target(world: World, key: str) -> bool:
    """Whether a document of the project makes the export target of a key, in any case of letters."""
    return key.casefold() in world.know(_targets)


def streams(world: World) -> Iterator[tuple[str, Document]]:
    """The names of the streams that documents make, in order."""
    for kind in world.kinds.values():
        if (name := kind.exports.stream) is not None:
            yield name, kind.document


def sent_out(world: World) -> Mapping[str, tuple[Document, ...]]:
    """By full vocabulary key, the documents whose exports have a column of it."""
    return world.know(_sent_out)


def _sent_out(world: World) -> dict[str, tuple[Document, ...]]:
    found: dict[str, tuple[Document, ...]] = {}
    for kind in world.kinds.values():
        for key in dict.fromkeys(kind.exports.keys):
            found[key] = (*found.get(key, ()), kind.document)
    return found


def _targets(world: World) -> frozenset[str]:
    keys = (kind.exports.target for kind in world.kinds.values())
    return frozenset(key.casefold() for key in keys if key is not None)
