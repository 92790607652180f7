"""Who owns an object of CluedIn: approves what others change of it, and changes it without asking."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.shared import Row, advice, refuse
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import Right
from reconciler.resources.rules import Unordered
from reconciler.systems.cluedin import CluedIn

_ME = "query me { administration { id me { client } } }"
_ROLE = re.compile(r"role .*\(([0-9a-f-]{36})\)|role ([0-9a-f-]{36})")
_OF_OWNERS = Right("the claim of the object, as one of its owners, or at level Accountable", "CluedIn")


class Owners(Resource):
    """Key is the address of the object. The account that signs in to apply is left out, and never taken away.

    `/ownership/object` is [A] in the official description, what reading answers is not in it: rows are taken to have
    the members that are written [C]. The id of the type of an object is public nowhere; the object's own rows tell it,
    as who makes an object owns it [B].
    """

    system = "cluedin"
    name = "owners"
    right = _OF_OWNERS
    claims = {"Admin: Users": "Consulted"}
    deletes = "none"
    hosted = True
    with_host = True
    undone_by = {"owners": ()}

    class Fields:
        owners: Annotated[list[str], Unordered()]

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """The list of each type of owned objects, and `GET /ownership/object/{id}` [A] for each that is wanted."""
        asked = Asked.of(self.full_name, wanted)
        for name in sorted({key.partition(":")[0] for key in asked}):
            keys = [key.partition(":")[2] for key in asked if key.startswith(f"{name}:")]
            host = _type(name)
            for one in host.read(cluedin, Asked(name, dict.fromkeys(keys, frozenset()), asked.known)):
                key = asked.known.key_of(name, one.id, one.key)
                if f"{name}:{key}" in asked:
                    yield self._live(cluedin, f"{name}:{key}", one.id)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """Nothing tells of what an id alone is."""
        return None

    def cost(self, rows: int, managed: int) -> int:
        """People, the lists, and a look for each object."""
        return super().cost(rows, managed) + managed + 2

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called as its object."""
        type, _, own = key.partition(":")
        return f"{type}:{to(f'{type}:{own}')}"

    def _live(self, cluedin: CluedIn, key: str, id: str) -> Live:
        rows, me = _rows(cluedin, id), signed_in(cluedin)
        names = accounts(cluedin)
        owners = [_named(cluedin, row, names) for row in rows if row["userId"] != me]
        return self.live(key, id, raw=rows, unset=() if owners else ("owners",), owners=owners)

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """What was just made is owned by who made it; the others are added. Its type is told by its own rows alone."""
        id = write.id_of(write.key)
        _set(cluedin, write, id, _rows(cluedin, id))
        return id

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """Adds who lacks, then takes away who is not wanted [A]."""
        assert write.live is not None
        _set(cluedin, write, write.live.id, write.live.raw or [])

    def problems(self, desired: Desired) -> Iterable[str]:
        """An address of CluedIn."""
        if not re.fullmatch(r"cluedin\.[a-z_]+:.+", desired.key):
            yield f"owners are those of an object of CluedIn, not of {desired.key!r}"


def accounts(cluedin: CluedIn) -> dict[str, str]:
    """The name of each user by id: the first that looks like an e-mail address, else any."""
    found: dict[str, str] = {}
    for name, id in sorted(cluedin.users().items(), key=lambda one: ("@" not in one[0], one[0])):
        found.setdefault(id.lower(), name)
    return found


def signed_in(cluedin: CluedIn) -> str:
    """The id of the account that applies, whoever only looks now; empty where nothing tells it."""
    name = cluedin.settings.get("account") or cluedin.memo("me", lambda: _me(cluedin))
    return str(cluedin.users().get(str(name).casefold(), "")).lower()


def role_word(name: str, id: str) -> str:
    """How a role stands among owners."""
    return f"role {name} ({id.lower()})"


def role_of(word: str) -> tuple[str, str]:
    """The name and the id in such a word; the name is empty where only the id is known."""
    found = _ROLE.fullmatch(word)
    if found is None:
        return "", ""
    return (word.removeprefix("role ").rpartition(" (")[0], found[1]) if found[1] else ("", found[2])


def _me(cluedin: CluedIn) -> str:
    """`administration.me` (toolkit, [B])."""
    told = cluedin.graphql(_ME, effect="read")["administration"]["me"]["client"] or {}
    return str(told.get("UserName") or "")


def _type(name: str) -> Resource:
    from reconciler.resources import types

    return types()[name]


def _rows(cluedin: CluedIn, id: str) -> list[Row]:
    """The owners of an object, in small letters."""
    told = cluedin.rest("GET", f"/ownership/object/{id}", effect="read")
    rows = told if isinstance(told, list) else (told or {}).get("data") or []
    members = ("userId", "roleId", "objectTypeId")
    return [{name: str(row.get(name) or "").lower() for name in members} for row in rows]


def _named(cluedin: CluedIn, row: Row, names: Mapping[str, str]) -> str:
    if row["userId"]:
        return names.get(row["userId"], row["userId"])
    known = (cluedin.settings.get("roles") or {}).get(row["roleId"])
    return role_word(known, row["roleId"]) if known else f"role {row['roleId']}"


def _set(cluedin: CluedIn, write: Write, id: str, rows: list[Row]) -> None:
    me = signed_in(cluedin)
    wanted = {_key(cluedin, word) for word in write.get("owners") or ()}
    there = {_of_row(row) for row in rows}
    kind = next((row["objectTypeId"] for row in rows if row["objectTypeId"]), "")
    if wanted - there and not kind:
        raise refuse(
            "owners",
            f"CluedIn does not tell of which type {write.key} is to it, and takes no owner without that",
            "Add one owner in CluedIn, on its page; the next apply adds the others.",
        )
    for member, owner in sorted(wanted - there):
        cluedin.rest(
            "POST", "/ownership/object", json={member: owner, "objectId": id, "objectTypeId": kind}, effect="set"
        )
    for member, owner in sorted(there - wanted - {("userId", me)}):
        cluedin.rest("DELETE", "/ownership/object", json={member: owner, "objectId": id}, effect="set")


def _of_row(row: Row) -> tuple[str, str]:
    return ("userId", row["userId"]) if row["userId"] else ("roleId", row["roleId"])


def _key(cluedin: CluedIn, word: Any) -> tuple[str, str]:
    found = _ROLE.fullmatch(str(word))
    if found:
        return "roleId", found[1] or found[2]
    id = cluedin.users().get(str(word).casefold(), "").lower() or (str(word) if str(word) in accounts(cluedin) else "")
    if not id:
        raise refuse("user", f"CluedIn has no user {word}", advice(str(word), cluedin.users()))
    return "userId", id
