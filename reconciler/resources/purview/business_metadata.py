"""Business metadata on an entity: the attributes of one group, entry by entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from reconciler.resources.base import Desired, Resource
from reconciler.resources.objects import Live, Write
from reconciler.resources.purview import common
from reconciler.resources.rights import CURATOR_OF_ITS_COLLECTION
from reconciler.resources.rules import Each
from reconciler.systems.purview import Purview


class BusinessMetadata(Resource):
    """`/entity/guid/{guid}/businessmetadata`: key `<group>@<type>/<QN>`.

    `isOverwrite=false` sets the attributes that are sent and leaves the others (grade A for Atlas, B for Purview). What
    makes the entity takes it along (`uploading`).
    """

    system = "purview"
    name = "business_metadata"
    right = CURATOR_OF_ITS_COLLECTION
    hosted = True
    batch = {"create": 500, "update": 500, "delete": 500}
    reads_with = "entities"
    comes_with = "purview.entity"

    class Fields:
        attributes: Annotated[dict[str, Any], Each()]

    def fold(self, key: str) -> str:
        """Qualified names stand verbatim."""
        return common.fold_hosted(key)

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """Of the entities named, every group that has a value."""
        hosts = common.hosts(wanted)
        for host, entity in purview.entities(list(hosts)).items():
            for name, values in (entity.get("businessAttributes") or {}).items():
                held = {key: value for key, value in (values or {}).items() if value not in (None, "", [])}
                if held:
                    yield self.live(f"{name}@{hosts[host]}", f"{entity['guid']}/{name}", raw=held, attributes=held)

    def cost(self, rows: int, managed: int) -> int:
        """The entities in bulk; none when another type reads the same."""
        return common.entity_cost(managed)

    def create_many(self, purview: Purview, writes: Sequence[Write]) -> list[str | None]:
        """`POST …/businessmetadata?isOverwrite=false` for each → 204 [A]."""
        self.update_many(purview, writes)
        return [f"{common.host_guid(write)}/{_group(write)}" for write in writes]

    def update(self, purview: Purview, write: Write) -> None:
        """One group."""
        self.update_many(purview, [write])

    def update_many(self, purview: Purview, writes: Sequence[Write]) -> None:
        """The same; what is cleared is sent as null, which takes the value away (grade A for Atlas)."""

        def send(write: Write) -> None:
            path = f"/entity/guid/{common.host_guid(write)}/businessmetadata"
            purview.call("POST", path, carried([write]), {"isOverwrite": "false"}, effect="set")

        with purview.made.lock:
            purview.each(send, writes)

    def delete(self, purview: Purview, write: Write) -> None:
        """`DELETE …/businessmetadata` with the attributes to take away → 204 [A]."""
        assert write.live is not None
        path = f"/entity/guid/{common.host_guid(write)}/businessmetadata"
        purview.call("DELETE", path, {_group(write): dict(write.live.raw)}, effect="set", accept=(404,))

    def delete_many(self, purview: Purview, writes: Sequence[Write]) -> None:
        """There is no bulk call; several at once."""
        with purview.made.lock:
            purview.each(lambda write: self.delete(purview, write), writes)

    def problems(self, desired: Desired) -> Iterable[str]:
        """A key without an entity."""
        if not all(common.split_hosted(desired.key)):
            yield f"{desired.key!r} is not of the form <group>@<type>/<qualified name>"


def carried(writes: Iterable[Write]) -> dict[str, dict[str, Any]]:
    """The groups and their attributes, as the wire has them."""
    return {_group(write): {name: value for (name,), value in write.entries("attributes").items()} for write in writes}


def _group(write: Write) -> str:
    return common.split_hosted(write.key)[0]
