"""A glossary term on an entity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.resources.base import Resource
from reconciler.resources.objects import Live, Write
from reconciler.resources.purview import common, terms
from reconciler.resources.purview.assigning import meanings, put_on_new
from reconciler.resources.purview.notes import notes
from reconciler.resources.rights import CURATOR_OF_ITS_COLLECTION
from reconciler.systems.purview import Purview

MOST_OF_A_TERM = 50
"""Entities that one call puts a term on: small batches are recommended (Microsoft's page of the call, grade A)."""


class Assignment(Resource):
    """`/glossary/terms/{guid}/assignedEntities`: key `<term key>@<type>/<QN>`; read as `meanings`."""

    system = "purview"
    name = "assignment"
    right = CURATOR_OF_ITS_COLLECTION
    hosted = True
    batch = {"create": 500, "delete": 500}
    reads_with = "entities"

    def fold(self, key: str) -> str:
        """Qualified names stand verbatim."""
        return common.fold_hosted(key)

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """Terms of the glossaries named on the entities named, from the entities' bulk reading."""
        hosts = common.hosts(wanted)
        keys = terms.keys_by_guid(purview, [common.split_hosted(key)[0] for key in wanted])
        for host, entity in purview.entities(list(hosts)).items():
            for guid, meaning in meanings(entity).items():
                if guid in keys:
                    key, id = f"{keys[guid]}@{hosts[host]}", f"{entity['guid']}/{guid}"
                    yield self.live(key, id, raw=meaning, parts=list(notes(meaning)))

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It repeats the key of its term."""
        term, host = common.split_hosted(key)
        return f"{to(f'purview.term:{term}')}@{host}"

    def cost(self, rows: int, managed: int) -> int:
        """The entities in bulk, and pages of terms; less when another type reads the same."""
        return common.entity_cost(managed) + 1 + -(-rows // 1000)

    def create_many(self, purview: Purview, writes: Sequence[Write]) -> list[str | None]:
        """An upload of the entities where these are new, else `POST …/assignedEntities` for each term → 204 [A].

        Assigning twice changes nothing in Atlas [A]; of Purview this is not known, hence `once`.
        """
        pairs = [(write.id_of(f"purview.term:{_term(write)}"), common.host_guid(write)) for write in writes]
        singly = common.grouped(put_on_new(purview, pairs, self.settle), MOST_OF_A_TERM)
        purview.each(lambda group: self._assign(purview, *group), singly)
        return [f"{entity}/{term}" for term, entity in pairs]

    def delete(self, purview: Purview, write: Write) -> None:
        """One assignment."""
        self.delete_many(purview, [write])

    def delete_many(self, purview: Purview, writes: Sequence[Write]) -> None:
        """`DELETE …/assignedEntities` with the relation's guid, else 400-00-078; PUT in Atlas [A]."""
        pairs = {}  # by live id: after a rename an assignment may still be known by its old name too
        for write in writes:
            assert write.live is not None
            entity, _, term = write.live.id.partition("/")
            pairs[write.live.id] = (term, {"guid": entity, "relationshipGuid": write.live.raw.get("relationGuid")})
        purview.each(lambda group: self._unassign(purview, *group), common.grouped(pairs.values(), MOST_OF_A_TERM))

    def _assign(self, purview: Purview, term: str, entities: list[str]) -> None:
        body = [{"guid": guid} for guid in entities]
        purview.call("POST", f"/glossary/terms/{term}/assignedEntities", body, effect="once")

    def _unassign(self, purview: Purview, term: str, body: list[dict[str, Any]]) -> None:
        method = purview.dialect.unassigns_with
        purview.call(method, f"/glossary/terms/{term}/assignedEntities", body, effect="set", accept=(404,))


def _term(write: Write) -> str:
    return common.split_hosted(write.key)[0]
