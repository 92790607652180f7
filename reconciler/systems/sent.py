"""One request as it may be told to others: its path without the values in it, and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        account admin api approval assignedEntities atlas auth basic bulk businessmetadata catalog categories category
        classification classifications collections connect connector connectorActions dataclassifications datamap
        endpoint entity entitytypeinfo execute glossary graphql guid headers key labels metadataPolicies moveTo name
        options owners partial pause policystore query relationship requests search setupconnector start status stop
        streammapping streams tasks term terms token type typedef typedefs types uniqueAttribute upload v1 v2 version
        vocabs vocabulary GetExportHistory RunExport
        """,
    )
)
"""What stands in the paths of both systems beside values."""
_THEN_A_VALUE = frozenset({"classification", "collections", "guid", "name", "type"})
"""What a name follows that people chose, which may be any word."""
_VALUE = "{}"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that was sent once, with the seconds until its answer. `began` is in nanoseconds since the epoch.

    `status` is 0 where there was no answer; `error` then is the word for why. `operation` is the name of a GraphQL
    document of ours.
    """

    system: str
    method: str
    template: str
    operation: str
    status: int
    error: str
    began: int
    seconds: float


def template(path: str) -> str:
    """The path with `{}` for every value: `/entity/guid/{}/labels`. What is no word of an API counts as a value."""
    shown: list[str] = []
    for segment in path.split("?", 1)[0].split("/"):
        named = bool(shown) and shown[-1] in _THEN_A_VALUE
        shown.append(segment if not segment or (segment in _WORDS and not named) else _VALUE)
    return "/".join(shown)
