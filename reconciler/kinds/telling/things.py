"""Words for the things that a type of live object is of: what one is called, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reconciler.kinds.telling import values
from reconciler.kinds.telling.fields import Clause, Item, Word, plain
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import Names
from reconciler.resources.keys import field_of, unquote


class Thing:
    """The things of one type. A subclass says what one is called, and may say its own way of coming and going."""

    noun: ClassVar[str]
    fields: ClassVar[Mapping[str, Word]] = {}
    of_name: ClassVar[bool] = False
    """Whether `the definition of Email` is enough, as its name says what it is."""
    goes: ClassVar[str] = "is deleted"
    retires: ClassVar[str] = "is taken out of use"

    def name(self, key: str, names: Names) -> str:  # noqa: ARG002
        """The name of one: the last part of its key."""
        return values.name(unquote(key.rpartition("/")[2] or key))

    def called(self, key: str, names: Names) -> str:
        """`the term Email`: in the middle of a sentence."""
        return f"the {self.noun} {self.name(key, names)}".rstrip()

    def made(self, one: Happening) -> str:
        """That one comes to be: a sentence without its end."""
        return f"{self.called(one.key, one.names)}{one.carrying} is created"

    def unmade(self, one: Happening) -> str:
        """That one goes."""
        return f"{self.called(one.key, one.names)} {self.goes}"

    def whose(self, key: str, names: Names) -> str:
        """What its fields are of: `Email`, `the stream people`."""
        return self.name(key, names) if self.of_name else self.called(key, names)

    def acting(self, key: str, names: Names) -> str:
        """What does something where a field changes: `the export people (is started)`."""
        return self.called(key, names)

    def hanging(self, key: str, names: Names) -> str:
        """What of it hangs on another thing: itself."""
        return self.called(key, names)

    def renamed(self, old: str, key: str, names: Names) -> str:
        """That one gets another name, or another place."""
        was, now = self.name(old, names), self.name(key, names)
        way = self.way(names.moved_along(old), key)
        moves = f"moves {way}" if way else ""
        if was == now:
            return f"{self.called(key, names)} {moves or 'moves to another place'}"
        return f"the {self.noun} {was} {f'{moves} and ' if moves else ''}is renamed to {now}"

    @staticmethod
    def way(old: str, key: str) -> str:
        """`from Party to Contact`: what one stands below, where that changes; by the last names, else by the paths."""
        paths = [path.rpartition("/")[0].split("/") for path in (old, key)]
        if paths[0] == paths[1] or [""] in paths:
            return ""
        came, goes = (values.name(unquote(path[-1])) for path in paths)
        if came == goes:
            came, goes = (values.name(" / ".join(map(unquote, path))) for path in paths)
        lengths = [len(path) for path in paths]
        if min(lengths) == 1 < max(lengths):
            came, goes = (
                f"the top of {told}" if at == 1 else told for at, told in zip(lengths, (came, goes), strict=True)
            )
        return f"from {came} to {goes}"

    def clause(self, item: Item, names: Names) -> Clause:
        """What a change of one field means."""
        word = self.fields.get(field_of(item["path"])) or plain(item["path"])
        return word.clause(item, names)


class Tie(Thing):
    """A thing that ties two others together: it is put on and taken off, and has no name of its own."""

    goes = "is taken away"


class Unknown(Thing):
    """Things of a type that nobody has words for: the words of the type's own name."""

    def __init__(self, type: str) -> None:
        self._noun = type.partition(".")[2].replace("_", " ") or type

    def called(self, key: str, names: Names) -> str:
        """The name of the type, and the key."""
        return f"the {self._noun} {self.name(key, names)}"

    def renamed(self, old: str, key: str, names: Names) -> str:
        """With both names."""
        return f"the {self._noun} {self.name(old, names)} is renamed to {self.name(key, names)}"
