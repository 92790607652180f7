"""An AI agent of CluedIn, with what we keep of it for its registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.ai import agents, key_of
from reconciler.resources.cluedin.shared import Row, refuse
from reconciler.resources.keys import quote, unquote
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Each
from reconciler.systems.cluedin import CluedIn

RIGHT = claim("Management: AI Agents")
OURS = "reconciler."
"""How the names of metadata begin that we write; all others are people's."""


class AiAgent(Resource):
    """Key is its name; names are not unique [C], so two of one name are two objects."""

    system = "cluedin"
    name = "ai_agent"
    right = RIGHT
    unique = False
    holds_by_id = True

    class Fields:
        description: str
        instructions: str
        registry: Annotated[dict[str, str], Each()]

    # -- names ---------------------------------------------------------------------------------------------

    def former(self, key: str, other: str) -> str | None:
        """The other name."""
        return unquote(other)

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`GET /aiagent` [A], of which each row is taken to be whole [U]; it is read back after each write."""
        for row in agents(cluedin):
            yield self._live(row)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`GET /aiagent/{id}` [A]."""
        found = cluedin.rest("GET", f"/aiagent/{id}", effect="read", accept=(404,))
        return self._live(found) if isinstance(found, Mapping) and found.get("name") else None

    def cost(self, rows: int, managed: int) -> int:
        """One list."""
        return 1

    def _live(self, row: Mapping[str, Any]) -> Live:
        metadata = row.get("metadata") or {}
        ours = {name.removeprefix(OURS): value for name, value in metadata.items() if name.startswith(OURS)}
        told: dict[str, Any] = {name: row.get(name) for name in ("description", "instructions")}
        return self.live(key_of(row), str(row["id"]), raw=dict(row), registry=ours, **told)

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`POST /aiagent` [A]; whether its answer tells the id is not public [U]."""
        told = cluedin.rest("POST", "/aiagent", _sent(write, {}), effect="once")
        id = told.get("id") if isinstance(told, Mapping) else told
        return str(id).lower() if id else None

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`PUT /aiagent/{id}` with the whole of it, what is not changed as it was read just before [A]."""
        assert write.live is not None
        whole = write.live.raw or {}
        cluedin.rest("PUT", f"/aiagent/{write.live.id}", _sent(write, whole), effect="set")

    def rename(self, cluedin: CluedIn, write: Write) -> None:
        """The same under the new name [A]."""
        self.update(cluedin, write)

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`DELETE /aiagent/{id}` [A]; it is refused while jobs are linked [B]."""
        assert write.live is not None
        cluedin.rest("DELETE", f"/aiagent/{write.live.id}", effect="set", accept=(404,))

    def problems(self, desired: Desired) -> Iterable[str]:
        """A name is needed."""
        yield from name_faults("an agent", desired.key)


def name_faults(what: str, key: str) -> Iterator[str]:
    """What is wrong with the name of something."""
    name = unquote(key)
    if not name.strip() or key != quote(name.strip()):
        yield f"the name of {what} must not be empty or start or end with a blank: {name!r}"


def _sent(write: Write, whole: Mapping[str, Any]) -> Row:
    """The whole agent as a save takes it."""
    found: Row = {name: whole.get(name) for name in ("name", "description", "instructions", "metadata")}
    if write.live is None or write.key != write.live.key:
        found["name"] = unquote(write.key)
    for name in ("description", "instructions"):
        if write.has(name):
            found[name] = write.get(name) or None
    if not found["name"]:
        raise refuse("missing", f"the agent {write.key} has no name")
    metadata = dict(found["metadata"] or {})
    for (name, *_), value in write.entries("registry").items():
        metadata.pop(OURS + name, None)
        metadata |= {OURS + name: str(value)} if value not in (None, "") else {}
    return {**found, "metadata": metadata}
