"""An identifier of the records of a data set: a code made of a mapped vocabulary key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.inbound import above, annotated, codes_of, fresh_annotation, misnamed, property_of
from reconciler.resources.cluedin.shared import Row, refuse, until_visible
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.systems.cluedin import PAGE, CluedIn

_CREATE = """mutation createAnnotationCode($annotationCode: InputAnnotationCode) { preparation { id
  createAnnotationCode(annotationCode: $annotationCode) { id } } }"""
_EDIT = """mutation editAnnotationCode($id: ID, $annotationCode: InputAnnotationCode) { preparation { id
  editAnnotationCode(id: $id, annotationCode: $annotationCode) { id } } }"""


class Identifier(Resource):
    """Key is `<data set key>#<full vocabulary key>`. Since CluedIn 4.2; no public call deletes one [B]."""

    system = "cluedin"
    name = "identifier"
    right = claim("Management: Annotation")
    deletes = "none"
    unique = False
    hosted = True
    page = PAGE
    reads_with = "inbound"

    class Fields:
        origin: str
        source_code: str

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`preparation.getAnnotationCodes` of each annotated data set (toolkit, [B])."""
        found = [
            (parent, str(row["annotationId"]))
            for parent, row, annotation in annotated(cluedin, above(self.full_name, wanted))
            if annotation is not None
        ]
        lists = codes_of(cluedin, [id for _, id in found])
        for (parent, _), rows in zip(found, lists, strict=True):
            for row in rows:
                yield self.live(
                    f"{parent}#{row.get('vocabKey')}",
                    str(row["id"]),
                    raw=row,
                    origin=row.get("entityCodeOrigin"),
                    source_code=row.get("sourceCode"),
                )

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """Its key starts with that of its data set."""
        data_set, hash, rest = key.partition("#")
        return f"{to(f'cluedin.data_set:{data_set}')}{hash}{rest}"

    def cost(self, rows: int, managed: int) -> int:
        """Pages of groups; source, set, annotation and its codes serve all identifiers of a set."""
        return super().cost(rows, managed) + 4

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`createAnnotationCode`; it names the annotation's property, which the mapping of a column made [B]."""
        parent, _, key = write.key.partition("#")
        id = write.id_of(f"cluedin.annotation:{parent}")
        found: list[Row] = []

        def probe() -> bool:
            known = property_of(fresh_annotation(cluedin, id), key)
            found[:] = [known] if known else []
            return bool(found)

        if not until_visible(cluedin, probe):
            raise refuse("mapping", f"no column of {parent} is mapped to {key}, so it cannot identify records")
        given = {
            "annotationId": id,
            "vocabKey": key,
            "entityCodeOrigin": write.get("origin"),
            "key": found[0]["key"],
            "type": "String",
            "sourceCode": write.get("source_code"),
        }
        data = cluedin.graphql(_CREATE, {"annotationCode": given}, effect="once")
        made = (data["preparation"]["createAnnotationCode"] or {}).get("id")
        return str(made) if made else None

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`editAnnotationCode` with origin and source code, both of them [B]."""
        assert write.live is not None
        raw = write.live.raw
        given = {
            "entityCodeOrigin": write.get("origin") if write.has("origin") else raw.get("entityCodeOrigin"),
            "sourceCode": write.get("source_code") if write.has("source_code") else raw.get("sourceCode"),
        }
        cluedin.graphql(_EDIT, {"id": write.live.id, "annotationCode": given}, effect="set")

    def problems(self, desired: Desired) -> Iterable[str]:
        """A data set and a full key."""
        parent, _, key = desired.key.partition("#")
        yield from misnamed(parent, 3, "the data set of an identifier")
        if not key.rpartition(".")[0]:
            yield f"an identifier is named by a full vocabulary key, such as `customer.email`, not by {key!r}"
