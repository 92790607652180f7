"""Whether CluedIn processes the records of a data set by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from reconciler.resources.asked import Asked, Known
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.inbound import fresh_set, guid, misnamed, set_key, sets
from reconciler.resources.cluedin.shared import Row
from reconciler.resources.cluedin.together import Course, Together
from reconciler.resources.objects import Failed, Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Default, Disruptive
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.cluedin_documents import MOST

_SWITCH = """mutation modifyDataSetAutoSubmit($dataSetId: ID!, $autoSubmit: Boolean) { inbound {
  modifyDataSetAutoSubmit(dataSetId: $dataSetId, autoSubmit: $autoSubmit) } }"""


class AutoSubmit(Resource):
    """Key is the data set's. It is there, turned off, as soon as its data set is.

    It belongs after the mappings, identifiers and relations of the data set: records that are processed before
    become what the mapping says by then.
    """

    system = "cluedin"
    name = "auto_submit"
    right = claim("Integration: Data Source Groups")
    deletes = "none"
    hosted = True
    with_host = True
    undone_by = {"on": False}
    batch: ClassVar[Mapping[str, int]] = {"create": MOST, "update": MOST}
    page = PAGE
    reads_with = "inbound"

    class Fields:
        on: Annotated[
            bool,
            Disruptive("Turned on, CluedIn processes the records of the data set, those too that are there already."),
            Default(False),
        ]

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`dataSet(id).configuration.object.autoSubmit` of each wanted set (toolkit, [B])."""
        for key, row in sets(cluedin, Asked.of(self.full_name, wanted)):
            yield self._live(key, row)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`inbound.dataSet(id)` (toolkit, [B])."""
        row = fresh_set(cluedin, id)
        return self._live(set_key(row, Known()), row) if row is not None else None

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """It is called as its data set."""
        return to(f"cluedin.data_set:{key}")

    def cost(self, rows: int, managed: int) -> int:
        """As the data set, from the same answers."""
        return super().cost(rows, managed) + 2 * managed

    def _live(self, key: str, row: Row) -> Live:
        told = ((row.get("configuration") or {}).get("object") or {}).get("autoSubmit")
        return self.live(key, guid(row["id"]), raw=row, on=bool(told))

    def create_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[str | Failed | None]:
        """`modifyDataSetAutoSubmit` (CluedIn's public request templates, [B]; not in its toolkit), when it is to be on.

        A set is made with it off [B].
        """
        together = Together(cluedin, writes)
        for one, id in together.each(lambda one: one.write.id_of(f"cluedin.data_set:{one.write.key}")):
            one.id = id
        together.send(_SWITCH, lambda one: _switched(one) if one.write.get("on") else None, effect="set")
        return together.created

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """One data set."""
        [failed] = self.update_many(cluedin, [write])
        if failed is not None:
            raise failed.error

    def update_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> list[Failed | None]:
        """`modifyDataSetAutoSubmit` [B]."""
        together = Together(cluedin, writes)
        together.send(_SWITCH, _switched, effect="set")
        return together.updated

    def problems(self, desired: Desired) -> Iterable[str]:
        """Three names."""
        yield from misnamed(desired.key, 3, "a data set")


def _switched(one: Course) -> dict[str, Any]:
    return {"dataSetId": one.id, "autoSubmit": bool(one.write.get("on"))}
