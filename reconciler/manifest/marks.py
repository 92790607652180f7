"""Where every key and item stands in its file, kept as plain integers and looked up only when needed.

`Marks` mirror the shape of the data: a scalar is one integer; a mapping is `(own, key, value, key, value, …)`
in the order of its keys; a list is `(own, item, item, …)`. An integer packs a line and a column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.errors import Source

Marks = int | tuple[Any, ...]
Path = Sequence[str | int]

_COLUMN_BITS = 24
_COLUMN_MASK = (1 << _COLUMN_BITS) - 1


class MappingMarks(tuple[Any, ...]):
    """The marks of a mapping, which know the places of its keys once one was looked for.

    Findings look up a place each, and a mapping may have as many keys as there are findings.
    """

    def at(self, data: Mapping[str, Any], key: str | int) -> int:
        """How many keys stand before a key of the data that these are the marks of."""
        if not hasattr(self, "_places"):
            self._places: dict[str | int, int] = {one: at for at, one in enumerate(data)}
        return self._places[key]


def pack(line: int, column: int) -> int:
    """One integer for a line and a column, both from 0."""
    return line << _COLUMN_BITS | column


def own_mark(marks: Marks) -> int:
    """The mark at which this very value starts."""
    return marks if isinstance(marks, int) else int(marks[0])


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a file together with its marks, and the mark of the key that leads to it."""

    file: str
    data: Any
    marks: Marks
    key: int | None = None

    def child(self, step: str | int) -> Place | None:
        """The place one step below, or None when there is none."""
        if isinstance(self.marks, int):
            return None
        if isinstance(self.data, dict) and step in self.data:
            marks = self.marks
            at = marks.at(self.data, step) if isinstance(marks, MappingMarks) else list(self.data).index(step)
            return Place(self.file, self.data[step], self.marks[2 + 2 * at], self.marks[1 + 2 * at])
        if isinstance(self.data, list) and isinstance(step, int) and 0 <= step < len(self.data):
            return Place(self.file, self.data[step], self.marks[1 + step])
        return None

    @property
    def source(self) -> Source:
        """Where the value stands; its key, when the value only starts on a later line."""
        mark = own_mark(self.marks)
        if self.key is not None and self.key >> _COLUMN_BITS != mark >> _COLUMN_BITS:
            mark = self.key
        return self._at(mark)

    @property
    def key_source(self) -> Source:
        """Where the key that leads here stands; the value itself in a list or at the top."""
        return self._at(own_mark(self.marks) if self.key is None else self.key)

    @property
    def offset(self) -> tuple[int, int]:
        """Line and column of the value, from 0."""
        mark = own_mark(self.marks)
        return mark >> _COLUMN_BITS, mark & _COLUMN_MASK

    @property
    def key_offset(self) -> tuple[int, int]:
        """Line and column of the key, from 0; of the value itself in a list or at the top."""
        mark = own_mark(self.marks) if self.key is None else self.key
        return mark >> _COLUMN_BITS, mark & _COLUMN_MASK

    def _at(self, mark: int) -> Source:
        return Source(self.file, (mark >> _COLUMN_BITS) + 1, (mark & _COLUMN_MASK) + 1)


def find(layers: Sequence[Place], path: Path) -> tuple[Place, bool]:
    """The place of `path` in the nearest layer that has it, or of its nearest ancestor; and whether exact.

    Layers are the document and then its defaults, nearest first, merged as mappings merge: what is not a
    mapping hides all layers behind it.
    """
    here = list(layers)
    for step in path:
        below: list[Place] = []
        for layer in here:
            child = layer.child(step)
            if child is None:
                continue
            if below and not isinstance(child.data, dict):
                break
            below.append(child)
            if not isinstance(child.data, dict):
                break
        if not below:
            return here[0], False
        here = below
    return here[0], True
