"""A free label on an entity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.resources.base import Desired, Resource
from reconciler.resources.objects import Live, Write
from reconciler.resources.purview import common
from reconciler.resources.rights import CURATOR_OF_ITS_COLLECTION
from reconciler.systems.purview import Purview

LABEL = re.compile(r"[A-Za-z0-9_-]{1,50}")
"""Atlas' rule [A]."""


class Label(Resource):
    """`/entity/guid/{guid}/labels`: key `<label>@<type>/<QN>`.

    PUT adds, DELETE removes; POST would replace all. What makes the entity takes its labels (`uploading`).
    """

    system = "purview"
    name = "label"
    right = CURATOR_OF_ITS_COLLECTION
    hosted = True
    batch = {"create": 500, "delete": 500}
    reads_with = "entities"
    comes_with = "purview.entity"

    def fold(self, key: str) -> str:
        """Qualified names stand verbatim."""
        return common.fold_hosted(key)

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """Labels of the entities named; they are read on the entity, there is no call of their own."""
        hosts = common.hosts(wanted)
        for host, entity in purview.entities(list(hosts)).items():
            for label in entity.get("labels") or []:
                yield self.live(f"{label}@{hosts[host]}", f"{entity['guid']}/{label}", raw=label)

    def cost(self, rows: int, managed: int) -> int:
        """The entities in bulk; none when another type reads the same."""
        return common.entity_cost(managed)

    def create_many(self, purview: Purview, writes: Sequence[Write]) -> list[str | None]:
        """`PUT …/labels` for each entity → 204 [A]: adding a label that is there changes nothing."""
        return [f"{guid}/{label}" for guid, label in self._send(purview, "PUT", writes)]

    def delete(self, purview: Purview, write: Write) -> None:
        """One label."""
        self.delete_many(purview, [write])

    def delete_many(self, purview: Purview, writes: Sequence[Write]) -> None:
        """`DELETE …/labels` with the labels to take off as body → 204 [A]."""
        self._send(purview, "DELETE", writes)

    def problems(self, desired: Desired) -> Iterable[str]:
        """Atlas' rule for labels."""
        label = common.split_hosted(desired.key)[0]
        if not LABEL.fullmatch(label):
            yield f"label {label!r} must have 1 to 50 characters, only letters, digits, `_` and `-`"

    def _send(self, purview: Purview, method: str, writes: Sequence[Write]) -> list[tuple[str, str]]:
        pairs = [(common.host_guid(write), common.split_hosted(write.key)[0]) for write in writes]
        accept = (404,) if method == "DELETE" else ()

        def send(group: tuple[str, list[str]]) -> None:
            guid, labels = group
            purview.call(method, f"/entity/guid/{guid}/labels", labels, effect="set", accept=accept)

        with purview.made.lock:
            purview.each(send, common.grouped(pairs))
        return pairs


def labelled(write: Write) -> str:
    """The label, for what an entity is made with."""
    return common.split_hosted(write.key)[0]
