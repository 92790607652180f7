"""A collection of the account, which entities are put into."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.resources.base import Resource
from reconciler.resources.keys import quote, unquote
from reconciler.resources.objects import Live, Write
from reconciler.resources.purview import common
from reconciler.resources.rights import ADMIN_OF_THE_COLLECTION_ABOVE
from reconciler.resources.spelling import composed
from reconciler.systems.purview import Purview

DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Collection(Resource):
    """`/account/collections`: key is a collection's name, or a path of friendly names from the root.

    On the wire a collection is its `name` (six characters from the portal), which is also our live id;
    friendly names are unique among neighbours only [B].
    """

    system = "purview"
    name = "collection"
    right = ADMIN_OF_THE_COLLECTION_ABOVE
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
        """All of them by their paths, and those wanted as they are called (`GET /collections`, paged, grade A)."""
        by_name = {str(collection["name"]): collection for collection in purview.collections()}
        names = {name.casefold(): name for name in by_name}
        resolved = {key: resolve(purview, key) for key in wanted}
        asked = set(resolved.values())
        for name in (name for name in by_name if name not in asked):
            for path in _paths(by_name, names, name):
                yield self.live("/".join(map(quote, path)), name, raw=by_name[name])
        for key, found in resolved.items():
            if found is not None:
                yield self.live(_called(purview, key, found), found, raw=by_name[found])

    def above(self, key: str) -> str:
        """The path above."""
        return key.rpartition("/")[0]

    def create(self, purview: Purview, write: Write) -> str | None:
        """`PUT /collections/{name}` → 200 [A]: last segment of a path, below a parent that exists."""
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
        """`PUT /collections/{name}` with another friendly name; the name itself stays [A]."""
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
    path = [composed(unquote(part)) for part in key.strip("/").split("/")]
    names = {name.casefold(): name for name in collections}
    found = [name for name in collections if _is_path(path, _paths(collections, names, name))]
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
    asked = [composed(unquote(part)) for part in key.strip("/").split("/")]
    if _is_path(asked, paths):
        return key
    return "/".join(map(quote, next((path for path in paths if path[0] == asked[0]), paths[0])))


def _is_path(asked: list[str], paths: tuple[list[str], list[str]]) -> bool:
    """Whether a path is one of the two of a collection; the name of the account at the root has no case."""
    by_friendly_names, by_account = paths
    return asked == by_friendly_names or _rooted(asked) == _rooted(by_account)


def _rooted(path: list[str]) -> list[str]:
    return [path[0].casefold(), *path[1:]]


def _paths(
    collections: Mapping[str, Mapping[str, Any]], names: Mapping[str, str], name: str
) -> tuple[list[str], list[str]]:
    """Friendly names from the root down; the root may be called by its name too, which is the account's.

    Names of collections and references to them come in any case (grade A for the name, B for references);
    friendly names in two cases are taken for two [inferred]: no source says what Purview does with them.
    """
    path: list[str] = []
    current: str | None = name
    root = name
    while current is not None and len(path) <= len(collections):
        collection, root = collections[current], current
        path.insert(0, composed(str(collection.get("friendlyName") or current)))
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
