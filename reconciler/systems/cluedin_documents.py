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
    r"\s*(?P<operation>query|mutation)\s+(?P<name>\w+)\(\$(?P<variable>\w+):\s*(?P<type>\w+!?)\)\s*"
    r"\{\s*(?P<root>\w+)\s*\{\s*(?:id\s+)?"
    r"(?P<field>\w+)\((?P<argument>\w+):\s*\$\w+\)\s*(?P<body>\{.*\})\s*\}\s*\}\s*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class One:
    """A document of one call with one variable."""

    operation: str
    name: str
    variable: str
    type: str
    root: str
    field: str
    argument: str
    body: str

    @classmethod
    @cache
    def of(cls, document: str) -> One:
        """The parts of a document; raises `ValueError` for one of another form."""
        found = _ONE.fullmatch(document)
        if found is None:
            raise ValueError(f"not a document of one call: {document}")
        return cls(**found.groupdict())

    def head(self, count: int) -> str:
        """How the document of as many calls begins: each has a variable of its own."""
        given = ", ".join(f"${self.variable}{number}: {self.type}" for number in range(count))
        return f"{self.operation} {self.name}({given})"

    def calls(self, count: int) -> Iterator[tuple[str, str]]:
        """The alias of each call, and the call."""
        for number in range(count):
            yield f"a{number}", f"{self.field}({self.argument}: ${self.variable}{number}) {self.body}"


class Learning(Protocol):
    """Who keeps what was learnt as long as the connection lasts."""

    learnt: dict[str, Any]


def size_of(cluedin: Learning, what: str) -> int:
    """How many of a sort a document may hold, by what was refused so far."""
    return int(cluedin.learnt.get(what, MOST))


def learn_size(cluedin: Learning, what: str, most: int) -> None:
    """So many are the most from now on."""
    cluedin.learnt[what] = max(1, min(size_of(cluedin, what), most))
