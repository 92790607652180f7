"""A relation: an edge from the records of a data set to other records, by the value of a column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated

from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.arrival import arrived, columns_of, never_fills
from reconciler.resources.cluedin.inbound import (
    above,
    annotated,
    entity_type,
    fresh_annotation,
    fresh_set,
    join,
    misnamed,
    property_of,
)
from reconciler.resources.cluedin.shared import ENTITY_TYPE_CODE, Row, refuse, until_visible
from reconciler.resources.keys import unquote
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Fold, Immutable
from reconciler.systems.cluedin import PAGE, CluedIn

DIRECTIONS = ("outgoing", "incoming")

_ADD = """mutation addEdgeMapping($annotationId: ID!, $key: String!, $edgeConfiguration: InputEdgeConfiguration) {
  management { addEdgeMapping(annotationId: $annotationId, key: $key, edgeConfiguration: $edgeConfiguration) } }"""

_BY_HAND = "change it in CluedIn, on the mapping of the column: CluedIn has no call that changes or removes a relation"


class Relation(Resource):
    """Key is `<data set key>#<quoted column>/<quoted edge type>`. No public call changes or removes one [B].

    The column is named as the manifests spell it, under whatever name it arrives.

    The annotation keeps relations by vocabulary key [B]: columns that fill one key have their relations in common.
    """

    system = "cluedin"
    name = "relation"
    right = claim("Management: Annotation")
    deletes = "none"
    unique = False
    hosted = True
    page = PAGE
    needed_for_create = frozenset({"to"})
    reads_with = "inbound"

    class Fields:
        to: Annotated[str, Immutable(_BY_HAND)]
        direction: Annotated[str, Immutable(_BY_HAND), Fold()]
        origin: Annotated[str, Immutable(_BY_HAND)]

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """The edges of the annotation's properties, by the columns that fill them (toolkit, [B])."""
        columns = columns_of(wanted)
        for parent, row, annotation in annotated(cluedin, above(self.full_name, wanted)):
            calls = columns.get(parent, {})
            items = {str(one["originalField"]): one for one in row.get("fieldMappings") or ()}
            for column, item in items.items():
                if never_fills(column, calls, items):
                    continue
                name = calls.get(column, column)
                for edge in (property_of(annotation, item.get("key")) or {}).get("annotationEdges") or ():
                    yield self.live(
                        f"{parent}#{join(name, edge.get('edgeType'))}",
                        str(edge["id"]),
                        raw=edge,
                        to=(edge.get("entityTypeConfiguration") or {}).get("entityType"),
                        direction=edge.get("direction"),
                        origin=edge.get("origin"),
                    )

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """Its key starts with that of its data set."""
        data_set, hash, rest = key.partition("#")
        return f"{to(f'cluedin.data_set:{data_set}')}{hash}{rest}"

    def cost(self, rows: int, managed: int) -> int:
        """Pages of groups; source, set and annotation serve all relations of a set."""
        return super().cost(rows, managed) + 3

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`addEdgeMapping` on the property that the column's mapping made [B]."""
        parent, _, rest = write.key.partition("#")
        column, _, kind = (unquote(part) for part in rest.partition("/"))
        if not write.get("to"):
            raise refuse("to", f"the relation {kind} of {column} needs an entity type that it leads to")
        data_set, id = write.id_of(f"cluedin.data_set:{parent}"), write.id_of(f"cluedin.annotation:{parent}")
        found: list[Row] = []

        def probe() -> bool:
            known = _property(cluedin, data_set, id, column)
            found[:] = [known] if known else []
            return bool(found)

        if not until_visible(cluedin, probe):
            raise refuse("mapping", f"the column {column} of {parent} is not mapped, so it cannot be a relation")
        edge = {
            "entityTypeConfiguration": entity_type(cluedin, write.get("to")),
            "edgeProperties": [],
            "edgeType": kind,
            "origin": write.get("origin"),
            "direction": write.get("direction") or DIRECTIONS[0],
        }
        variables = {"annotationId": id, "key": found[0]["key"], "edgeConfiguration": edge}
        cluedin.graphql(_ADD, variables, effect="once")
        return None

    def problems(self, desired: Desired) -> Iterable[str]:
        """A column of a data set, codes of edge and entity type, and a direction."""
        parent, _, rest = desired.key.partition("#")
        yield from misnamed(parent, 3, "the data set of a relation")
        column, _, kind = (unquote(part) for part in rest.partition("/"))
        if not column or not ENTITY_TYPE_CODE.fullmatch(kind):
            yield f"a relation is named by a column and an edge type that starts with `/`, not by {rest!r}"
        code, direction = desired.values.get("to"), desired.values.get("direction")
        if code is not None and not ENTITY_TYPE_CODE.fullmatch(code):
            yield f"a relation leads to an entity type, a code that starts with `/`, not to {code!r}"
        if direction is not None and str(direction).casefold() not in DIRECTIONS:
            yield f"the direction of a relation is {' or '.join(DIRECTIONS)}, not {direction!r}"


def _property(cluedin: CluedIn, data_set: str, annotation: str, column: str) -> Row | None:
    """The property that a column fills, asked anew."""
    mappings = {
        item.get("originalField"): item for item in (fresh_set(cluedin, data_set) or {}).get("fieldMappings") or ()
    }
    key = (mappings.get(arrived(column)) or mappings.get(column) or {}).get("key")
    return property_of(fresh_annotation(cluedin, annotation), key) if key else None
