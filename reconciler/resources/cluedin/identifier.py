"""An identifier of the records of a data set: a code made of a mapped vocabulary key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from reconciler.errors import ReconcilerError
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.inbound import ANNOTATION, above, annotated, codes_of, misnamed, property_of
from reconciler.resources.cluedin.shared import refuse
from reconciler.resources.cluedin.together import Course, Together
from reconciler.resources.objects import Failed, Live, Write
from reconciler.resources.rights import claim
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST

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
    batch: ClassVar[Mapping[str, int]] = {"create": MOST, "update": MOST}
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

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`createAnnotationCode`; it names the annotation's property, which the mapping of a column made [B]."""
        together = Together(cluedin, writes)
        together.read(
            ANNOTATION,
            lambda one: one.write.id_of(f"cluedin.annotation:{_named(one)[0]}"),
            shows=lambda one, row: property_of(row, _named(one)[1]) is not None,
            missing=_unmapped,
            wait=True,
        )
        together.send(_CREATE, _new, effect="once", id_of=lambda made: made["id"])
        return together.created

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """One identifier."""
        [failed] = self.update_many(cluedin, [write])
        if failed is not None:
            raise failed.error

    def update_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[Failed | None]:
        """`editAnnotationCode` with origin and source code, both of them [B]."""
        together = Together(cluedin, writes)
        together.send(_EDIT, _edited, effect="set")
        return together.updated

    def problems(self, desired: Desired) -> Iterable[str]:
        """A data set and a full key."""
        parent, _, key = desired.key.partition("#")
        yield from misnamed(parent, 3, "the data set of an identifier")
        if not key.rpartition(".")[0]:
            yield f"an identifier is named by a full vocabulary key, such as `customer.email`, not by {key!r}"


def _named(one: Course) -> tuple[str, str]:
    """The data set and the vocabulary key in the name of an identifier."""
    parent, _, key = one.write.key.partition("#")
    return parent, key


def _unmapped(one: Course) -> ReconcilerError:
    parent, key = _named(one)
    return refuse("mapping", f"no column of {parent} is mapped to {key}, so it cannot identify records")


def _new(one: Course) -> dict[str, Any]:
    parent, key = _named(one)
    given = {
        "annotationId": one.write.id_of(f"cluedin.annotation:{parent}"),
        "vocabKey": key,
        "entityCodeOrigin": one.write.get("origin"),
        "key": (property_of(one.row, key) or {})["key"],
        "type": "String",
        "sourceCode": one.write.get("source_code"),
    }
    return {"annotationCode": given}


def _edited(one: Course) -> dict[str, Any]:
    write = one.write
    assert write.live is not None
    raw = write.live.raw
    given = {
        "entityCodeOrigin": write.get("origin") if write.has("origin") else raw.get("entityCodeOrigin"),
        "sourceCode": write.get("source_code") if write.has("source_code") else raw.get("sourceCode"),
    }
    return {"id": one.id, "annotationCode": given}
