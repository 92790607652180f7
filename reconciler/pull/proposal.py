"""What a room proposes, as data that may shrink until a plan of it only adopts."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from reconciler.kinds import models
from reconciler.kinds.pulling import Added, GivesWay, Pulled
from reconciler.manifest.marks import Path
from reconciler.manifest.shapes import wanted
from reconciler.systems.redact import SECRETS

Steps = tuple[str | int, ...]


@dataclass(eq=False)
class Proposal:
    """One document, or one addition to a document, with where it stands: `at` is its place in the `spec`."""

    found: Pulled | Added
    kind: str
    name: str
    file: str
    at: Steps = ()
    data: Any = None
    gone: bool = False

    def __post_init__(self) -> None:
        self.data = copy.deepcopy(self.found.spec if isinstance(self.found, Pulled) else self.found.item)

    @property
    def document(self) -> str:
        """`Kind/name` of the document."""
        return f"{self.kind}/{self.name}"

    def inner(self, path: Path) -> Steps | None:
        """A path of the `spec` as one of the data; None where it leads elsewhere."""
        steps = tuple(path)
        return steps[len(self.at) :] if steps[: len(self.at)] == self.at else None

    def value(self, path: Path) -> Any:
        """What stands at a path of the data; None where nothing does."""
        here = self.data
        for step in path:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return None
        return here

    def may_go(self, path: Steps) -> bool:
        """Whether the document holds without what stands at a path."""
        if not path:
            return False
        *above, last = path
        if isinstance(last, int):
            return True
        kinds = [one for one in wanted(models()[self.kind], (*self.at, *above)) if _is_model(one)]
        fields = [info for one in kinds for name, info in one.model_fields.items() if last in (info.alias, name)]
        return not any(info.is_required() for info in fields)

    def nearest(self, path: Steps) -> Steps:
        """The path, or the nearest above it, without which the document holds; empty where it is all of it."""
        while path and not self.may_go(path):
            path = path[:-1]
        return path

    def remove(self, path: Steps) -> None:
        """Takes out what stands at a path, and what is empty then; without a path all of it."""
        if not path:
            self.gone = True
            return
        *above, last = path
        host = self.value(above)
        if isinstance(host, list | dict):
            host.pop(last)  # type: ignore[arg-type]  # a list has numbers, a mapping words
        if host in ([], {}) and above:
            self.remove(self.nearest(tuple(above)))

    def give_way(self, way: GivesWay, path: Steps) -> bool:
        """Takes back what a room says; False where that was done already, or is not here."""
        if way.of_item:
            steps = next((path[:end] for end in range(len(path), -1, -1) if self._has(path[:end], way.field)), None)
            if steps is None:
                return False
            self.remove((*steps, way.field))
            return True
        if isinstance(self.found, Added):
            return False
        for name in way.without:
            self.data.pop(name, None)
        if way.value is None:
            return bool(self.data.pop(way.field, None))
        was, self.data[way.field] = self.data.get(way.field), way.value
        return bool(was != way.value)

    def _has(self, path: Steps, field: str) -> bool:
        here = self.value(path)
        return isinstance(here, dict) and field in here

    def secrets(self) -> Iterator[Steps]:
        """Where a secret of this run stands in the data."""
        yield from _secrets(self.data, ())


def _secrets(data: Any, path: Steps) -> Iterator[Steps]:
    if isinstance(data, str) and SECRETS.clean(data) != data:
        yield path
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _secrets(value, (*path, key))
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from _secrets(value, (*path, at))


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
