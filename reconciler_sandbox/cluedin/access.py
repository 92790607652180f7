"""Who may do what, where a sandbox is strict about claims; and who owns what.

A call without its claim is refused. Who holds one at Consulted writes to own objects, and leaves a task where the
object is somebody else's; at Accountable everything is written at once ([B]: the vendor's page on access to features).
Of data sources, connectors and settings no public source tells that they wait, so that they do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler_sandbox.cluedin import claims
from reconciler_sandbox.cluedin.errors import CluedInError
from reconciler_sandbox.cluedin.world import (
    CONNECTOR,
    KEY,
    OWNERSHIP,
    PROVIDER,
    USER,
    VOCABULARY,
    Args,
    Caller,
    Doc,
    World,
    Write,
    fixed_id,
    id_of,
)


class Access:
    """Claims and owners of one organisation."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def strict(self) -> bool:
        """Whether claims count."""
        return bool(self._world.option("strict_claims", False))

    def levels(self, caller: Caller) -> Mapping[str, int]:
        """What the caller holds, by claim: what the sandbox was told of the person, else what the roles give."""
        told = self._world.option("claims", {}).get(caller.username.lower())
        if told is not None:
            return {claim: claims.level(word) for claim, word in told.items()}
        return claims.of_roles(self._roles(caller))

    def missing(self, caller: Caller, need: claims.Need | None) -> str:
        """What the caller lacks for a call, in words; empty where nothing does, or claims do not count."""
        return claims.missing(need, self.levels(caller)) if self.strict else ""

    def require(self, caller: Caller, name: str, args: Args) -> None:
        """Refuses a field of GraphQL for which the caller lacks the claim."""
        if self.strict and (lacks := self.missing(caller, self._of_field(name, args))):
            raise CluedInError(403, f"The user lacks {lacks}.")

    def governs(self, caller: Caller, claim: str) -> bool:
        """Whether the caller may do with everybody's objects what others do with their own."""
        if self.strict:
            return self.levels(caller).get(claim, 0) >= claims.ACCOUNTABLE
        return "OrganizationAdmin" in self._roles(caller)

    def owns(self, caller: Caller, object_id: str, doc: Mapping[str, Any]) -> bool:
        """Whether the caller, or one of the caller's roles, is an owner of an object."""
        rows = self._world.find(OWNERSHIP, "object", object_id.lower(), latest=True)
        if not rows:
            return caller.user_id in claims.owners(doc)
        roles = {fixed_id(f"role {role}") for role in self._roles(caller)}
        return any(row["userId"] == caller.user_id or row["roleId"] in roles for row in rows)

    def waits(self, caller: Caller, writes: list[Write]) -> bool:
        """Whether changes wait for an owner: they are of what is there, and the caller neither owns nor governs it."""
        return self.strict and any(self._is_foreign(caller, write) for write in writes)

    def _is_foreign(self, caller: Caller, write: Write) -> bool:
        claim, host = claims.of_document(write.kind), self._host(write)
        if claim is None or host is None or self.governs(caller, claim):
            return False
        kind, doc = host
        return not self.owns(caller, id_of(kind, doc), doc)

    def _host(self, write: Write) -> tuple[str, Doc] | None:
        """The object whose owners count: of a key its vocabulary, which is there before the key is."""
        doc = self._world.get(write.kind, write.key, latest=True)
        if write.kind != KEY:
            return (write.kind, doc) if doc is not None else None
        host = self._world.get(VOCABULARY, (doc or write.doc or {}).get("vocabularyId"), latest=True)
        return (VOCABULARY, host) if host is not None else None

    def _roles(self, caller: Caller) -> list[str]:
        return list((self._world.get(USER, caller.user_id) or {"roles": ()})["roles"])

    def _of_field(self, name: str, args: Args) -> claims.Need | None:
        """What a field takes; of a configuration by what is configured, as far as the arguments name it."""
        need = claims.of_field(name)
        if need is None or need.claims != claims.CONNECTED:
            return need
        given = args.get("connectorConfiguration") or {}
        id = given.get("id") or args.get("connectorId") or args.get("id")
        definition = self._world.get(PROVIDER, id, latest=True)
        connector = self._world.get(CONNECTOR, definition["providerId"] if definition else id)
        if connector is None:
            return need
        return claims.of_connector(need, connector)
