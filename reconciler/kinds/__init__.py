"""One folder per manifest kind: `spec.py` is what people write, `kind.py` what becomes of it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from reconciler.environment.spec import Environment
from reconciler.kinds.base import Kind
from reconciler.kinds.pulling import Puller
from reconciler.kinds.telling.teller import Teller
from reconciler.manifest.spec import Manifest


class _Kinds(Mapping[str, type[Kind[Any]]]):
    """Every kind; the room of one is entered when it is asked for, as most projects have a few kinds.

    A room is called as its kind: `label_map` is that of `LabelMap`.
    """

    def __init__(self) -> None:
        folders = {path.parent.name for root in __path__ for path in Path(root).glob("*/kind.py")}
        words = {folder.title().replace("_", ""): folder for folder in folders}
        self._folders = dict(sorted(words.items()))
        self._found: dict[str, type[Kind[Any]]] = {}

    def __getitem__(self, word: str) -> type[Kind[Any]]:
        """The kind of a word; raises `KeyError` where there is none."""
        if word not in self._found:
            room = importlib.import_module(f"{__name__}.{self._folders[word]}.kind")
            for member in vars(room).values():
                if isinstance(member, type) and issubclass(member, Kind) and "manifest" in vars(member):
                    self._found[member.manifest.kind] = member
        return self._found[word]

    def __contains__(self, word: object) -> bool:
        """Whether there is such a kind, told without entering its room."""
        return word in self._folders

    def __iter__(self) -> Iterator[str]:
        """Every word, in order."""
        return iter(self._folders)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._folders)


class _Models(Mapping[str, type[Manifest]]):
    """The model of each document that people write: of the kinds, and of the environment."""

    def __getitem__(self, word: str) -> type[Manifest]:
        """The model of a word; raises `KeyError` where there is none."""
        return Environment if word == Environment.kind else kinds()[word].manifest

    def __contains__(self, word: object) -> bool:
        """Whether there is such a model."""
        return word == Environment.kind or word in kinds()

    def __iter__(self) -> Iterator[str]:
        """Every word, in order."""
        return iter(sorted([*kinds(), Environment.kind]))

    def __len__(self) -> int:
        """How many there are."""
        return len(kinds()) + 1


@cache
def kinds() -> Mapping[str, type[Kind[Any]]]:
    """Every kind by its word, found by discovery, in a stable order."""
    return _Kinds()


@cache
def pullers() -> dict[str, type[Puller]]:
    """How documents are made of what is live, by the word of their kind; every room has its own `pull.py`."""
    found: dict[str, type[Puller]] = {}
    for path in sorted(path for root in __path__ for path in Path(root).glob("*/pull.py")):
        for member in vars(importlib.import_module(f"{__name__}.{path.parent.name}.pull")).values():
            if isinstance(member, type) and issubclass(member, Puller) and "kind" in vars(member):
                found[member.kind] = member
    return found


@cache
def tellers() -> dict[str, Teller]:
    """Who tells what changes of a kind mean, by its word; every room has its own `sentence.py`."""
    found: dict[str, Teller] = {}
    for path in sorted(path for root in __path__ for path in Path(root).glob("*/sentence.py")):
        for member in vars(importlib.import_module(f"{__name__}.{path.parent.name}.sentence")).values():
            if isinstance(member, type) and issubclass(member, Teller) and "kind" in vars(member):
                found[member.kind] = member()
    return found


def models() -> Mapping[str, type[Manifest]]:
    """The model of every document that people write, by its word: the kinds, and the environment."""
    return _Models()
