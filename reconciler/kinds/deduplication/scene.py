"""One deduplication project on the way to its resources: what every step looks up, found once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.deduplication.spec import Deduplication, Match, Normalizer
from reconciler.kinds.project.conditions import Node
from reconciler.kinds.project.criteria import Criterion, flat, keys_in
from reconciler.kinds.project.filters import Scalar
from reconciler.kinds.project.trees import tree_of
from reconciler.manifest.findings import Path
from reconciler.resources.keys import quote
from reconciler.resources.spelling import composed


class Scene(Kind[Deduplication]):
    """A document with its world, and the names that follow from both."""

    @cached_property
    def name(self) -> str:
        """The name of the project in CluedIn."""
        return composed((self.spec.name or self.document.name).strip())

    @property
    def concept(self) -> str:
        """The project."""
        return self.name

    @property
    def key(self) -> str:
        """The key of the project."""
        return quote(self.name)

    @property
    def described(self) -> str | None:
        """What it is for."""
        return self.spec.description or self.document.description or None

    def criteria(self) -> Iterator[tuple[Path, Criterion]]:
        """Every condition with its place."""
        yield from flat(self.spec.where, ("where",))

    @property
    def tree(self) -> Node:
        """The conditions as CluedIn's tree."""
        return tree_of(self.world, self.spec.where)

    def matches(self) -> Iterator[tuple[Path, Match]]:
        """Everything that rules compare, each with its place."""
        for at, rule in enumerate(self.spec.rules):
            yield from ((("rules", at, "match", number), one) for number, one in enumerate(rule.match))

    def named_keys(self) -> Iterator[tuple[Path, str]]:
        """The vocabulary keys that are compared, each with its place."""
        yield from keys_in(self.criteria())
        yield from (((*path, "key"), one.key) for path, one in self.matches() if one.key is not None)


def wanted(match: Match) -> dict[str, Any]:
    """A criterion as a resource wants it."""
    given = {"key": match.key} if match.key is not None else {"property": match.property}
    return {**given, "name": match.name, "by": match.by.strip(), "with": _texts(match.with_),
            "normalize": [{"use": word, "with": more} for word, more in normalizers(match)]}  # fmt: skip


def normalizers(match: Match) -> Iterator[tuple[str, dict[str, str]]]:
    """What is done to a value before, with what it needs to know."""
    for one in match.normalize:
        yield (one.use.strip(), _texts(one.with_)) if isinstance(one, Normalizer) else (one.strip(), {})


def _texts(given: dict[str, Scalar]) -> dict[str, str]:
    return {name: ("true" if value else "false") if isinstance(value, bool) else str(value)
            for name, value in given.items()}  # fmt: skip
