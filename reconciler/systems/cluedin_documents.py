"""A GraphQL document that does one thing, taken apart, so that many of it may stand in one under aliases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

MOST = 50
"""So many things stand in a document, as long as the server takes it."""
_ONE = re.compile(
    r"\s*(?P<operation>query|mutation)\s+(?P<name>\w+)\((?P<declared>[^()]+)\)\s*"
    r"\{\s*(?P<root>\w+)\s*\{\s*(?:id\s+)?"
    r"(?P<field>\w+)\((?P<arguments>[^()]+)\)\s*(?P<body>\{.*\})?\s*\}\s*\}\s*",
    re.DOTALL,
)
_DECLARED = re.compile(r"\$(\w+):\s*([\w\[\]!]+)")
_USED = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True)
class One:
    """A document of one call."""

    operation: str
    name: str
    variables: tuple[tuple[str, str], ...]
    """The names of its variables with their types."""
    root: str
    field: str
    arguments: str
    body: str
    """What is selected of the answer; empty where that is a plain value."""

    @classmethod
    @cache
    def of(cls, document: str) -> One:
        """The parts of a document; raises `ValueError` for one of another form."""
        found = _ONE.fullmatch(document)
        if found is None:
            raise ValueError(f"not a document of one call: {document}")
        parts = found.groupdict()
        declared = tuple(_DECLARED.findall(parts.pop("declared")))
        return cls(variables=declared, body=parts.pop("body") or "", **parts)

    @property
    def variable(self) -> str:
        """The name of its one variable; raises `ValueError` where it has several."""
        [(name, _)] = self.variables
        return name

    def head(self, count: int) -> str:
        """How the document of as many calls begins: each has variables of its own."""
        given = (f"${name}{number}: {type}" for number in range(count) for name, type in self.variables)
        return f"{self.operation} {self.name}({', '.join(given)})"

    def calls(self, count: int) -> Iterator[tuple[str, str]]:
        """The alias of each call, and the call."""
        for number in range(count):
            arguments = _USED.sub(rf"$\g<1>{number}", self.arguments)
            yield f"a{number}", f"{self.field}({arguments}) {self.body}".rstrip()


class Learning(Protocol):
    """Who keeps what was learnt as long as the connection lasts."""

    learnt: dict[str, Any]


def size_of(cluedin: Learning, what: str) -> int:
    """How many of a sort a document may hold, by what was refused so far."""
    return int(cluedin.learnt.get(what, MOST))


def learn_size(cluedin: Learning, what: str, most: int) -> None:
    """So many are the most from now on."""
    cluedin.learnt[what] = max(1, min(size_of(cluedin, what), most))
