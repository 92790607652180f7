"""An entity of ours in the Data Map: a data set, a column, a process, an export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import unquote

from reconciler.resources.base import Desired, Resource
from reconciler.resources.keys import PARTS, field_of, path_of, steps_of
from reconciler.resources.objects import Edited, Live, Write
from reconciler.resources.purview import collection as collections
from reconciler.resources.purview import common
from reconciler.resources.purview.entity_parts import parts_of
from reconciler.resources.purview.references import References
from reconciler.resources.purview.search import keys_of_types
from reconciler.resources.purview.uploading import upload
from reconciler.resources.rights import CURATOR_OF_ITS_COLLECTION
from reconciler.resources.rules import CreateOnly, Each, Filled, JsonText, Members, Unordered
from reconciler.resources.spelling import look_alike
from reconciler.systems.purview import Purview

OWN = {"name": "name", "description": "description", "column_mapping": "columnMapping"}
"""Our names and the attributes they stand for; `userDescription`, a person's own words, is never written."""
FLOWS = ("inputs", "outputs")
CONTACTS = {"owners": "Owner", "experts": "Expert"}
MOST = 500
"""Entities of one upload. No limit is published [U]; what is refused is sent in halves."""
_WHOLE = frozenset({PARTS})
_NOT_OTHERS = frozenset({"qualifiedName", *OWN.values(), *FLOWS})


class Entity(Resource):
    """`/entity/bulk`: key `<type>/<QN>`. Labels, classifications and terms on it are resources of their own.

    Attributes and relations that are not sent stay as they are (grade A for Atlas, B for Purview).
    """

    system = "purview"
    batch = {"create": MOST, "update": MOST, "delete": common.CHUNK}
    page = common.KEYS_A_CHUNK
    reads_with = "entities"

    name = "entity"
    right = CURATOR_OF_ITS_COLLECTION

    class Fields:
        name: Annotated[str, Filled()]
        description: str
        attributes: Annotated[dict[str, Any], Each(), common.Choices()]
        table: Annotated[str, CreateOnly()]
        part_of: Annotated[dict[str, str], Each(), CreateOnly()]
        inputs: Annotated[list[str], Unordered()]
        outputs: Annotated[list[str], Unordered()]
        column_mapping: Annotated[Any, JsonText()]
        collection: Annotated[str, Filled()]
        owners: Annotated[list[str], Members()]
        experts: Annotated[list[str], Members()]

    # -- names ---------------------------------------------------------------------------------------------

    def fold(self, key: str) -> str:
        """Qualified names stand verbatim; those of ours are plain ASCII, and case counts [B]."""
        return key

    def near(self, key: str) -> str:
        """Without the percent-encoding of our qualified names, so that `Ä` and `ä` look alike."""
        return look_alike(unquote(key))

    def above(self, key: str) -> str:
        """The table of a column."""
        return key.partition("#")[0] if self.single(key) else ""

    def single(self, key: str) -> bool:
        """A table never has two columns whose names look alike: readers could not tell them apart."""
        return "#" in key

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """The entities named, in bulk by type and qualified name; they cannot be listed cheaply [A]."""
        keys = {common.entity_key(key): key for key in wanted}
        found = purview.entities(list(keys))
        ends = {end for paths in set(wanted.values()) for end in _ends(paths)}
        references = References(purview, found.values(), ends)
        placed = any("collection" in paths for paths in wanted.values())
        for key, entity in found.items():
            yield self._live(purview, keys[key], entity, references, wanted[keys[key]], placed=placed)

    def find(self, purview: Purview, id: str) -> Live | None:
        """`GET /entity/guid/{guid}` [A]; a deleted one still answers in Atlas, and is gone."""
        answer = purview.get(f"/entity/guid/{id}", accept=(404,)) or {}
        entity: dict[str, Any] = answer.get("entity") or {}
        key = common.key_of(entity) if entity.get("status") != "DELETED" else None
        if key is None:
            return None
        entity["referredEntities"] = answer.get("referredEntities") or {}
        return self._live(purview, key, entity, References(purview, [entity]), _WHOLE, placed=True)

    def others(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterable[str]:
        """Entities of the same types; columns are told by their tables."""
        return keys_of_types(purview, (common.entity_key(key)[0] for key in wanted if not self.single(key)))

    def edited(self, live: Live) -> Edited | None:
        """As its answer says."""
        return common.edited(live)

    def cost(self, rows: int, managed: int) -> int:
        """The entities in bulk, and the collections once."""
        return common.entity_cost(managed) + 1

    def _live(
        self,
        purview: Purview,
        key: str,
        entity: dict[str, Any],
        references: References,
        paths: frozenset[str],
        *,
        placed: bool,
    ) -> Live:
        attributes = entity.get("attributes") or {}
        relations = entity.get("relationshipAttributes") or {}
        table = references.keys([relations["table"]]) if relations.get("table") else []
        ends = {name: relations[name] for name in _ends(paths) if isinstance(relations.get(name), dict)}
        sets: dict[str, Any] = {name: references.keys(references.flow(entity, name)) for name in FLOWS}
        sets |= {name: common.contact_ids(entity, kind) for name, kind in CONTACTS.items()}
        sets |= {name: attributes.get(wire) for name, wire in OWN.items()}
        return self.live(
            key,
            str(entity["guid"]),
            raw=entity,
            parts=list(parts_of(key, entity, references, ends)) if PARTS in paths else (),
            tells=references.keys(relations.get("columns") or []),
            **sets,
            attributes={name: one for name, one in attributes.items() if one is not None and _plain(name, one)},
            unset=[path_of("attributes", name) for name, value in attributes.items() if _may_be_unset(value)],
            table=next(iter(table), None),
            part_of={name: next(iter(references.keys([one])), None) for name, one in ends.items()},
            collection=_collection(purview, entity) if placed else None,
        )

    # -- writing -------------------------------------------------------------------------------------------

    def create_many(self, purview: Purview, writes: Sequence[Write]) -> list[str | None]:
        """`POST /entity/bulk?collectionId=`: matched by qualified name, so it may be repeated [A].

        Without `collectionId` a new entity lands in the root collection [B]. What the answer does not list as created
        was there already (grade A for Atlas, B for Purview), if no earlier sending can have made it. What hangs on the
        entities goes along (`uploading`).
        """
        guids: dict[str, str] = {}

        def post(group: tuple[str | None, list[Write]]) -> None:
            place, members = group
            query = {"collectionId": place} if place and purview.dialect.has_collections else {}
            answer = upload(purview, [(_new(write, -i), write) for i, write in enumerate(members, 1)], query)
            found = _guids(answer.value, members)
            guids.update(found)
            made = {header["guid"] for header in (answer.value.get("mutatedEntities") or {}).get("CREATE") or ()}
            purview.made.add(() if answer.doubtful else made.intersection(found.values()))
            for write in members:
                write.was_there = not answer.doubtful and write.key in found and found[write.key] not in made

        purview.each(post, common.grouped(((_place(write), write) for write in writes), MOST))
        return [guids.get(write.key) for write in writes]

    def update(self, purview: Purview, write: Write) -> None:
        """One entity."""
        self.update_many(purview, [write])

    def update_many(self, purview: Purview, writes: Sequence[Write]) -> None:
        """`POST /entity/bulk` with what changes, then `POST /entity/moveTo` where the collection does."""
        whole = purview.dialect.updates_whole
        bodies = [body for write in writes if len(body := _changed(write, whole=whole)) > 2]
        for part in common.chunks(bodies, MOST):
            purview.call("POST", "/entity/bulk", {"entities": part}, effect="set")
        if not purview.dialect.has_collections:
            return
        moves = [(_place(write), write.live.id) for write in writes if write.live and write.has("collection")]
        for place, guids in common.grouped((place, guid) for place, guid in moves if place):
            query = {"collectionId": place}
            purview.beside("POST", "/entity/moveTo", {"entityGuids": guids}, query, effect="set")

    def delete(self, purview: Purview, write: Write) -> None:
        """One entity."""
        self.delete_many(purview, [write])

    def delete_many(self, purview: Purview, writes: Sequence[Write]) -> None:
        """`DELETE /entity/bulk?guid=` → 200, also for what is gone (grade A for Atlas; 404 accepted)."""
        for part in common.chunks([write.live.id for write in writes if write.live is not None]):
            query = [("guid", guid) for guid in part]
            purview.call("DELETE", "/entity/bulk", query=query, effect="set", accept=(404,))

    def problems(self, desired: Desired) -> Iterable[str]:
        """Keys without a type or a qualified name; too many contacts."""
        if not all(common.entity_key(desired.key)):
            yield f"{desired.key!r} is not of the form <type>/<qualified name>"
        yield from common.contact_problems(desired, CONTACTS)


def _plain(name: str, value: Any) -> bool:
    """Whether an attribute is a value of its own, not a reference to other entities."""
    items = value if isinstance(value, list) else [value]
    return name not in _NOT_OTHERS and not any(isinstance(item, Mapping) and "guid" in item for item in items)


def _ends(paths: Iterable[str]) -> list[str]:
    """The ends of relationships by which an entity is a part of others, of the paths that are managed."""
    return [steps[0] for path in paths if field_of(path) == "part_of" and (steps := steps_of(path))]


def _may_be_unset(value: Any) -> bool:
    """Whether a value is what is shown for a number, a boolean or a date that was never set, or was set to null.

    Apache Atlas 2.4.0 shows 0, false and 0 (answered by a server of that version, grade A); Purview null or the same
    (unknown, hence the same thing here). Text is shown as null in both, and stays what it is.
    """
    return isinstance(value, bool | int | float) and not value


def _collection(purview: Purview, entity: Mapping[str, Any]) -> str | None:
    """The collection as the environment calls it, so that a path compares with a path; else its name."""
    name = entity.get("collectionId")
    called = purview.settings.get("collection")
    if name and called and str(collections.resolve(purview, called)).casefold() == str(name).casefold():
        return str(called)
    return str(name) if name else None


def _place(write: Write) -> str | None:
    """`collectionId` on the wire is the collection's name, which is its live id [B]."""
    key = write.get("collection")
    return write.id_of(f"purview.collection:{key}") if key else None


def _attributes(write: Write) -> dict[str, Any]:
    """The attributes to send; on an existing entity null clears and an empty list clears flows [B]."""
    attributes = {wire: write.values[name] for name, wire in OWN.items() if name in write.values}
    mapping = attributes.get("columnMapping")
    if mapping is not None and not isinstance(mapping, str):
        attributes["columnMapping"] = JsonText().canonical(mapping)
    attributes |= {name: value for (name,), value in write.entries("attributes").items()}
    for name in FLOWS:
        if name in write.values:
            attributes[name] = [common.reference(key) for key in write.values[name] or []]
    return attributes


def _new(write: Write, temporary: int) -> dict[str, Any]:
    type_name, qualified_name = common.entity_key(write.key)
    attributes = {name: value for name, value in _attributes(write).items() if value is not None}
    body: dict[str, Any] = {
        "typeName": type_name,
        "guid": str(temporary),
        "attributes": {"name": qualified_name, **attributes, "qualifiedName": qualified_name},
    }
    if write.get("table"):
        # From the column a relation is added; from the table the list would be replaced [B].
        body["relationshipAttributes"] = {"table": common.reference(write.get("table"))}
    if ends := write.entries("part_of"):
        body["relationshipAttributes"] = {name: common.reference(key) for (name,), key in ends.items()}
    contacts = common.contacts_after(write, CONTACTS)
    return {**body, "contacts": contacts} if contacts else body


def _changed(write: Write, *, whole: bool) -> dict[str, Any]:
    """What an update sends; only type and guid when nothing but the collection changes.

    `whole` sends what we keep of it along, of which some may be mandatory (404-00-007: Apache Atlas 2.4.0, grade A).
    """
    assert write.live is not None
    raw, attributes = write.live.raw, _attributes(write)
    body: dict[str, Any] = {"typeName": raw["typeName"], "guid": write.live.id}
    if attributes:
        body = common.addressed(raw, _ends(write.wanted))
        body["attributes"] |= (_kept(write) if whole else {}) | attributes
    if any(write.has(name) for name in CONTACTS):
        body["contacts"] = common.contacts_after(write, CONTACTS)
    return {**body, **common.next_stamp(raw)} if len(body) > 2 else body


def _kept(write: Write) -> dict[str, Any]:
    """The attributes that manifests mention, as they are."""
    held = (write.live.raw if write.live else {}).get("attributes") or {}
    names = (steps_of(path)[0] for path in write.wanted if field_of(path) == "attributes" and steps_of(path))
    return {name: held[name] for name in names if held.get(name) is not None}


def _guids(answer: Mapping[str, Any], members: Sequence[Write]) -> dict[str, str]:
    """Guids by key: from `guidAssignments`; an unchanged entity may be missing from the headers [A]."""
    assigned = answer.get("guidAssignments") or {}
    found = {write.key: assigned[str(-i)] for i, write in enumerate(members, 1) if str(-i) in assigned}
    for headers in (answer.get("mutatedEntities") or {}).values():
        for header in headers:
            found.setdefault(str(common.key_of(header)), header["guid"])
    return found
