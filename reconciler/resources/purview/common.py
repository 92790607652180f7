"""What several Purview types share: keys of hosted things, contacts, chunks, the compare-and-swap stamp."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from sys import intern
from typing import Any, TypeVar

from reconciler.errors import Diagnostic, ReconcilerError, SystemFailureError
from reconciler.resources.base import Desired
from reconciler.resources.keys import field_of
from reconciler.resources.objects import Edited, Live, Write
from reconciler.resources.rules import Rule
from reconciler.resources.spelling import composed
from reconciler.systems.purview import Purview
from reconciler.systems.purview_entities import read_guids

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
EntityKey = tuple[str, str]

CHUNK = 180
"""Members of one bulk call: as many guids as fit in an address. No limit is published [U]; refused ones are halved."""
KEYS_A_CHUNK = 25
"""Qualified names that usually fit in one bulk read, for stating costs."""
MOST_CONTACTS = 20
"""Contacts of one type on one object (Data Map documentation, grade A)."""

LONGEST_VALUE = 32 * 1024
LONGEST_NAME = 4 * 1024
"""Bytes of a property's value and of a name (documentation: how to manage quotas, 2022, grade A)."""
_CLASSIFICATION = re.compile(r"[a-zA-Z][a-zA-Z0-9_ .]*")


def edited(live: Live) -> Edited | None:
    """`updatedBy` and `updateTime`, milliseconds since 1970, of terms and entities (Data Map contract, grade A).

    Whose last edit it was is told, not that it was the one that is seen: a scanner, or we, may have come after.
    """
    by, at = live.raw.get("updatedBy"), live.raw.get("updateTime")
    if not isinstance(by, str) and not isinstance(at, int):
        return None
    return Edited(intern(by) if isinstance(by, str) else "", at if isinstance(at, int) else 0)


class Choices(Rule):
    """Several choices of a template and arrays of our types (cardinality SET) have no order."""

    def canonical(self, value: Any) -> Any:
        """Lists sorted as text; the rest as it is."""
        return sorted(value, key=str) if isinstance(value, list) else value


def entity_key(key: str) -> EntityKey:
    """Type and qualified name of `<type>/<QN>`; the qualified name stands verbatim and may hold anything."""
    type_name, _, qualified_name = key.partition("/")
    return type_name, qualified_name


def split_hosted(key: str) -> tuple[str, str]:
    """What is put, and the `<type>/<QN>` it is put on: the first `@` parts them."""
    what, _, host = key.partition("@")
    return what, host


def fold_hosted(key: str) -> str:
    """The key with what is put in one form of Unicode; the qualified name stands verbatim."""
    what, at, host = key.partition("@")
    return f"{composed(what)}{at}{host}"


def reference(key: str) -> dict[str, Any]:
    """An object id by unique attributes, which needs no guid (Atlas `AtlasObjectId`, grade A)."""
    type_name, qualified_name = entity_key(key)
    return {"typeName": type_name, "uniqueAttributes": {"qualifiedName": qualified_name}}


def hosts(wanted: Iterable[str]) -> dict[EntityKey, str]:
    """The entities that hosted keys name, each with its key."""
    return {entity_key(host): host for host in dict.fromkeys(split_hosted(key)[1] for key in wanted)}


def host_guid(write: Write) -> str:
    """The guid of the entity that the thing is on: from its live id, else an entity of ours or an asset."""
    if write.live is not None:
        return write.live.id.partition("/")[0]
    _, host = split_hosted(write.key)
    for type_name in ("entity", "asset"):
        try:
            return write.id_of(f"purview.{type_name}:{host}")
        except (KeyError, ReconcilerError):
            continue
    raise failure("purview.no_host", f"{host} is not in Purview: nothing can be put on it", "", write.address)


def entity_cost(managed: int) -> int:
    """Requests of a bulk reading of entities: chunks by address length, at least one for each type name."""
    return 1 + -(-managed // KEYS_A_CHUNK) + min(managed, 10)


def addressed(raw: Mapping[str, Any], ends: Iterable[str] = ()) -> dict[str, Any]:
    """What every update of an entity brings: type and guid, what is mandatory, and of a part its whole, at the `ends`.

    Atlas refuses it otherwise (404-00-007: answered by 2.4.0, grade A).
    """
    held, table = raw.get("attributes") or {}, (raw.get("relationshipAttributes") or {}).get("table")
    body: dict[str, Any] = {"typeName": raw["typeName"], "guid": str(raw["guid"])}
    body["attributes"] = {name: held[name] for name in ("qualifiedName", "name") if held.get(name) is not None}
    wholes = {"table": table} if table else {}
    wholes |= {name: one for name in ends if (one := (raw.get("relationshipAttributes") or {}).get(name))}
    if wholes:
        body["relationshipAttributes"] = {
            end: {name: whole[name] for name in ("guid", "typeName")} for end, whole in wholes.items()
        }
    return body


def next_stamp(raw: Mapping[str, Any]) -> dict[str, str]:
    """`lastModifiedTS` one above the stored: a later write of somebody else answers 412 [B].

    Empty where the object has no stamp, as in Apache Atlas.
    """
    stamp = str(raw.get("lastModifiedTS") or "")
    return {"lastModifiedTS": str(int(stamp) + 1)} if stamp.isdigit() else {}


def unstamped(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A type as it was read, without the stamp of the reading.

    Whether types take part in the compare-and-swap is not known, and what is only added to loses nothing.
    """
    return {name: value for name, value in raw.items() if name != "lastModifiedTS"}


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in runs of at most `size`."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])


def grouped(pairs: Iterable[tuple[K, T]], size: int = CHUNK) -> list[tuple[K, list[T]]]:
    """Items by their group, each group in runs of at most `size`."""
    groups: dict[K, list[T]] = {}
    for group, item in pairs:
        groups.setdefault(group, []).append(item)
    return [(group, part) for group, items in groups.items() for part in chunks(items, size)]


def contact_ids(raw: Mapping[str, Any], kind: str) -> list[str]:
    """Object ids of the contacts of one type, in lower case as they are compared."""
    return [str(contact["id"]).lower() for contact in (raw.get("contacts") or {}).get(kind) or [] if contact.get("id")]


def contacts_after(write: Write, kinds: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The contacts after a write: types not mentioned stay, and so does `info` of those that stay."""
    live = (write.live.raw if write.live else {}).get("contacts") or {}
    after = {kind: list(contacts or []) for kind, contacts in live.items()}
    for name, kind in kinds.items():
        if not any(field_of(path) == name for path in write.values):
            continue
        known = {str(contact.get("id") or "").lower(): contact for contact in after.get(kind, [])}
        members = dict.fromkeys(member.lower() for member in write.merged_members(name, known))
        after[kind] = [known.get(member, {"id": member}) for member in members]
    return after


def size_problems(desired: Desired) -> Iterator[str]:
    """Texts beyond what Purview documents: 32 KB for a property, 4 KB for a name (quotas of 2022, grade A).

    Whether it counts bytes or characters is not said; bytes are the safe reading.
    """
    for path, value in desired.values.items():
        limit = LONGEST_NAME if path == "name" else LONGEST_VALUE
        size = len(value.encode()) if isinstance(value, str) else 0
        if size > limit:
            yield f"{path} has {size:,} bytes, and Purview takes at most {limit:,}: shorten it"


def contact_problems(desired: Desired, names: Iterable[str]) -> Iterator[str]:
    """More contacts of one type than Purview takes."""
    for name in names:
        count = sum(1 for path in desired.values if field_of(path) == name)
        if count > MOST_CONTACTS:
            yield f"{name}: Purview takes at most {MOST_CONTACTS} contacts of a type, these are {count}"


def classification_problem(name: str) -> str | None:
    """Why a classification name is refused (Atlas `AtlasClassificationDefStoreV2`, grade A)."""
    if _CLASSIFICATION.fullmatch(name):
        return None
    return f"classification name {name!r}: a letter, then only letters, digits, blanks, `_` and `.`"


def failure(code: str, summary: str, detail: str = "", address: str = "") -> SystemFailureError:
    """An error of one diagnostic."""
    return SystemFailureError(Diagnostic("error", code, summary, detail, address=address))


def keys_by_guid(purview: Purview, guids: Iterable[str]) -> dict[str, str]:
    """`<type>/<QN>` of entities by guid: of what was read as it is, of others in bulk without what they relate to.

    Deleted and unknown ones are left out.
    """
    known: dict[str, str | None] = purview.memo("keys by guid", dict)
    wanted = list(dict.fromkeys(guids))
    seen = purview.entities_seen.by_guid
    known.update((guid, key_of(entity)) for guid in wanted if (entity := seen.get(guid)))
    missing = [guid for guid in wanted if guid not in known]
    known.update(dict.fromkeys(missing))
    options = [("minExtInfo", True), ("ignoreRelationships", True)]
    known.update(
        (str(entity["guid"]), key_of(entity)) for part in read_guids(purview, missing, options) for entity in part
    )
    return {guid: key for guid in wanted if (key := known.get(guid)) is not None}


def key_of(entity: Mapping[str, Any]) -> str | None:
    """`<type>/<QN>` of an entity, a header or an object id, when it carries its qualified name."""
    for holder in ("attributes", "uniqueAttributes"):
        qualified_name = (entity.get(holder) or {}).get("qualifiedName")
        if qualified_name and entity.get("typeName"):
            return f"{entity['typeName']}/{qualified_name}"
    return None
