"""A collection of the account, which entities are put into."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.resources.base import Live, Resource, Write, quote, unquote
from reconciler.resources.purview import common
from reconciler.systems.purview import Purview

DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Collection(Resource):
    """`/account/collections`: key is a collection's name, or a path of friendly names from the root.

    On the wire a collection is its `name` (six characters from the portal), which is also our live id;
    friendly names are unique among neighbours only (grade B).
    """

    system = "purview"
    name = "collection"
    container = True
    deletes = "none"

    def parent_key(self, key: str) -> str | None:
        """The path above; a name alone has none."""
        return key.rpartition("/")[0] or None

    def own_name(self, key: str) -> str:
        """The last friendly name."""
        return key.rpartition("/")[2]

    def join(self, parent: str | None, own: str) -> str:
        """The path of a friendly name below a parent."""
        return f"{parent}/{own}" if parent else own

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """The collections wanted, out of the listing of all (`GET /collections`, paged, grade A)."""
        by_name = {collection["name"]: collection for collection in purview.collections()}
        for key in wanted:
            name = resolve(purview, key)
            if name is not None:
                yield self.live(_called(purview, key, name), name, raw=by_name[name])

    def create(self, purview: Purview, write: Write) -> str | None:
        """`PUT /collections/{name}` → 200 (grade A): last segment of a path, below a parent that exists."""
        above = self.parent_key(write.key)
        if above is None:
            raise common.failure(
                "purview.no_collection",
                f"there is no collection {write.key} in this Purview account",
                "A root collection cannot be created. Name one that exists, or a path from the root.",
                write.address,
            )
        body = {
            "friendlyName": unquote(self.own_name(write.key)),
            "parentCollection": {
                "referenceName": write.id_of(self.address(above)),
                "type": "CollectionReference",
            },
        }
        name = new_name(write.key)
        made = purview.account("PUT", f"/collections/{name}", body, effect="set") or {}
        return str(made.get("name") or name)

    def rename(self, purview: Purview, write: Write) -> None:
        """`PUT /collections/{name}` with another friendly name; the name itself stays (grade A)."""
        assert write.live is not None
        raw = write.live.raw
        body = {member: raw[member] for member in ("description", "parentCollection") if raw.get(member)}
        body["friendlyName"] = unquote(self.own_name(write.key))
        purview.account("PUT", f"/collections/{write.live.id}", body, effect="set")


def resolve(purview: Purview, key: str) -> str | None:
    """The name of the collection that a key means: known by it, exact name, path; None when there is none."""
    collections = {str(collection["name"]): collection for collection in purview.collections()}
    known = purview.known.get(Collection.instance().full_name, {}).get(key)
    if known in collections:
        return known
    exact = [name for name in collections if name.casefold() == key.casefold()]
    if exact:
        return exact[0]
    path = [unquote(part) for part in key.strip("/").split("/")]
    names = {name.casefold(): name for name in collections}
    found = [name for name in collections if path in _paths(collections, names, name)]
    if len(found) > 1:
        raise common.failure(
            "purview.ambiguous_collection",
            f"{key} means {len(found)} collections: {', '.join(sorted(found))}",
            "Give the collection by its name instead of its path.",
            f"purview.collection:{key}",
        )
    return found[0] if found else None


def _called(purview: Purview, key: str, name: str) -> str:
    """The key itself where a collection still has this name or path; else the path that it has by now."""
    if key.casefold() == name.casefold():
        return key
    collections = {str(collection["name"]): collection for collection in purview.collections()}
    paths = _paths(collections, {one.casefold(): one for one in collections}, name)
    asked = [unquote(part) for part in key.strip("/").split("/")]
    if asked in paths:
        return key
    return "/".join(map(quote, next((path for path in paths if path[0] == asked[0]), paths[0])))


def _paths(
    collections: Mapping[str, Mapping[str, Any]], names: Mapping[str, str], name: str
) -> tuple[list[str], list[str]]:
    """Friendly names from the root down; the root may be called by its name too, which is the account's.

    The case of a reference may differ from that of the name (grade B).
    """
    path: list[str] = []
    current: str | None = name
    root = name
    while current is not None and len(path) <= len(collections):
        collection, root = collections[current], current
        path.insert(0, str(collection.get("friendlyName") or current))
        above = (collection.get("parentCollection") or {}).get("referenceName")
        current = names.get(str(above).casefold()) if above else None
    return path, [root, *path[1:]]


def new_name(path: str) -> str:
    """A name for a new collection: six characters, the same for a path at every try, so PUT can repeat."""
    number = int.from_bytes(hashlib.sha256(path.encode()).digest()[:8], "big")
    number, first = divmod(number, 26)
    rest = ""
    for _ in range(5):
        number, digit = divmod(number, len(DIGITS))
        rest += DIGITS[digit]
    return DIGITS[first] + rest
