"""A classification on an entity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from reconciler.resources.base import Desired, Resource
from reconciler.resources.objects import Live, Write
from reconciler.resources.purview import common
from reconciler.resources.purview.notes import values
from reconciler.resources.rights import CURATOR_OF_ITS_COLLECTION
from reconciler.resources.rules import Default
from reconciler.systems.purview import Purview
from reconciler.systems.refusals import Refused

TRIES, PAUSE = 20, 0.5
"""How often a classification is taken off again, and the seconds between, while Atlas still spreads it."""
_STILL_SPREADING = "406-00-001"
"""Atlas' code for that; its own text says to try again (answered by 2.4.0, grade A)."""


class Classification(Resource):
    """`/entity/bulk/classification`: key `<classification>@<type>/<QN>`.

    Sent within `/entity` where that makes the entity alone, as it is ignored there on what exists (grade A for Atlas),
    and never by `setClassifications`, which takes the scanner's away (grade A for Atlas).

    Whether it spreads along lineage is always said: where nothing is, Atlas takes it for yes
    (`atlas.classification.propagation.default`, grade A). Purview has no such member (its model, grade A), and
    tolerates it (PyApacheAtlas sends it, grade B).
    """

    system = "purview"
    name = "classification"
    right = CURATOR_OF_ITS_COLLECTION
    hosted = True
    batch = {"create": 500, "delete": 500}
    reads_with = "entities"
    comes_with = "purview.entity"

    class Fields:
        propagate: Annotated[bool, Default(True)]

    def fold(self, key: str) -> str:
        """Qualified names stand verbatim."""
        return common.fold_hosted(key)

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """What was put on the entities named themselves; what came by propagation is left out."""
        hosts = common.hosts(wanted)
        for host, entity in purview.entities(list(hosts)).items():
            for one in entity.get("classifications") or []:
                if one.get("entityGuid", entity["guid"]) == entity["guid"]:
                    name = one["typeName"]
                    key, id = f"{name}@{hosts[host]}", f"{entity['guid']}/{name}"
                    parts, propagate = list(values(one)), bool(one.get("propagate"))
                    yield self.live(key, id, raw=one, parts=parts, propagate=propagate)

    def cost(self, rows: int, managed: int) -> int:
        """The entities in bulk; none when another type reads the same."""
        return common.entity_cost(managed)

    def create_many(self, purview: Purview, writes: Sequence[Write]) -> list[str | None]:
        """`POST /entity/bulk/classification` → 204: one classification on many entities [A]."""
        pairs = [(_sent(write), common.host_guid(write)) for write in writes]
        with purview.made.lock:
            purview.each(lambda group: _classify(purview, *group), common.grouped(pairs))
        return [f"{guid}/{name}" for (name, _), guid in pairs]

    def update(self, purview: Purview, write: Write) -> None:
        """`PUT /entity/guid/{guid}/classifications` → 204; what is not sent of the validity is taken away [A]."""
        assert write.live is not None
        kept = {name: write.live.raw[name] for name in ("attributes", "validityPeriods") if name in write.live.raw}
        name, propagate = _sent(write)
        body = [{"typeName": name, **kept, "propagate": propagate}]
        purview.call("PUT", f"/entity/guid/{common.host_guid(write)}/classifications", body, effect="set")

    def delete(self, purview: Purview, write: Write) -> None:
        """`DELETE /entity/guid/{guid}/classification/{name}` → 204 [A]; gone already is as good."""
        name = common.split_hosted(write.key)[0]
        path = f"/entity/guid/{common.host_guid(write)}/classification/{name}"
        for attempt in range(TRIES):
            try:
                purview.call("DELETE", path, effect="set", accept=(404,))
                return
            except Refused as refused:
                if "400-00-06D" in refused.code:  # Atlas' code for one that is not on the entity
                    return
                if _STILL_SPREADING not in refused.code or attempt == TRIES - 1:
                    raise
            purview.connection.stop.wait(PAUSE)

    def delete_many(self, purview: Purview, writes: Sequence[Write]) -> None:
        """There is no bulk call; several at once."""
        purview.each(lambda write: self.delete(purview, write), writes)

    def problems(self, desired: Desired) -> Iterable[str]:
        """Names by Atlas' rule."""
        problem = common.classification_problem(common.split_hosted(desired.key)[0])
        return [problem] if problem else []


def classified(write: Write) -> dict[str, Any]:
    """An `AtlasClassification` for what an entity is made with."""
    name, propagate = _sent(write)
    return {"typeName": name, "propagate": propagate}


def _sent(write: Write) -> tuple[str, bool]:
    """The classification and whether it spreads; it does not unless that is wanted."""
    return common.split_hosted(write.key)[0], bool(write.get("propagate"))


def _classify(purview: Purview, what: tuple[str, bool], guids: list[str]) -> None:
    """One group; where somebody was faster on one of its entities, the whole call failed: then one by one."""
    body: dict[str, Any] = {"classification": {"typeName": what[0], "propagate": what[1]}, "entityGuids": guids}
    try:
        purview.call("POST", "/entity/bulk/classification", body, effect="once")
    except Refused as refused:
        if not _there_already(refused):
            raise
        if len(guids) > 1:
            purview.each(lambda guid: _classify(purview, what, [guid]), guids)


def _there_already(refused: Refused) -> bool:
    """400-00-01A, which many things have, with this text in Atlas 2.4 [A]; its own code -01B nothing uses."""
    return "400-00-01A" in refused.code and "already associated with classification" in refused.message
