"""A clean project: which values of which records people want to mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from reconciler.resources.asked import Asked
from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.cleaning import ARCHIVED, LOSES, NEW, key_of, projects, projects_by_id, state_of
from reconciler.resources.cluedin.conditions import Condition, faults, wire
from reconciler.resources.cluedin.shared import Row, mentions, refuse, rich
from reconciler.resources.keys import PARTS, quote, unquote
from reconciler.resources.objects import Live, Part, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Default, Disruptive, Retires, RichText, Rule
from reconciler.systems.cluedin import PAGE, CluedIn
from reconciler.systems.refusals import Refused

_CREATE = """mutation createNewCleanProject($cleanProject: InputNewCleanProject!) { preparation { id
  createNewCleanProject(cleanProject: $cleanProject) { id } } }"""
_UPDATE = """mutation updateNewCleanProject($id: ID!, $cleanProject: InputNewCleanProject!) { preparation { id
  updateNewCleanProject(id: $id, cleanProject: $cleanProject) { id } } }"""

KINDS = ("vocabulary", "entity")
"""What a value may be: of a vocabulary key, or a property of the record [B]."""
_DETAILS = frozenset({"description", "fields", "condition", "include_data_parts", PARTS})
_PUT_AWAY = "it is archived, and nobody can take that back: --replace ADDRESS makes a new one"


class Values(Rule):
    """The values that are mended: a set, of which names and icons that the read adds mean nothing [B]."""

    def canonical(self, value: Any) -> Any:
        """Each by its kind and its name, sorted."""
        if not isinstance(value, list | tuple):
            return value
        found = {(_kind(one), str(one.get("property") or "")) for one in value if isinstance(one, Mapping)}
        return [{"property": name, "type": kind} for kind, name in sorted(found)]


class CleanProject(Resource):
    """Key is the quoted name; names are not unique [C], so two projects of one name are two objects.

    What people do in a project has no call: only which values of which records it is about is managed.
    """

    system = "cluedin"
    name = "clean_project"
    right = claim("Preparation: Clean")
    page = PAGE
    unique = False

    class Fields:
        description: Annotated[str, RichText()]
        fields: Annotated[list[dict[str, Any]], Values(), Disruptive(LOSES)]
        condition: Annotated[dict[str, Any], Condition(), Disruptive(LOSES)]
        include_data_parts: Annotated[bool, Default(False), Disruptive(LOSES)]
        archived: Annotated[bool, Default(False), Retires(True, final=True)]

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`preparation.allCleanProjects` by pages, and the detail where a managed field needs it [B].

        Whether the list has what was archived is [U]: what is known and not in it is asked for by its id.
        """
        rows, asked = projects(cluedin), Asked.of(self.full_name, wanted)
        managed = [str(row["id"]) for row in rows if mentions(asked.paths(key_of(row), str(row["id"])), _DETAILS)]
        missing = sorted(asked.by_id.keys() - {str(row["id"]) for row in rows})
        details = dict(zip([*managed, *missing], projects_by_id(cluedin, [*managed, *missing]), strict=True))
        for row in rows:
            yield self._live(details.get(str(row["id"])) or row)
        for id in missing:
            if (found := details[id]) is not None:
                yield self._live(found)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`preparation.cleanProjectDetail(id)` [B]."""
        [found] = projects_by_id(cluedin, [id])
        return self._live(found) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """Pages, and one detail for each managed project."""
        return super().cost(rows, managed) + managed

    def _live(self, row: Row) -> Live:
        state = state_of(row)
        live = self.live(
            key_of(row),
            str(row["id"]),
            raw=row,
            at_rest=state == NEW,
            parts=list(_parts(row, state)),
            description=row.get("description"),
            fields=row.get("fields"),
            condition=row.get("condition"),
            include_data_parts=row.get("includeDataParts"),
            archived=state == ARCHIVED,
        )
        live.fixed = _PUT_AWAY if state == ARCHIVED else ""
        return live

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`createNewCleanProject` with the whole of it [B]; nothing is loaded by that."""
        new: Row = {"query": "", "includeDataParts": False, "fields": [], "description": None}
        data = cluedin.graphql(_CREATE, {"cleanProject": _whole(write, new)}, effect="once")
        return str(data["preparation"]["createNewCleanProject"]["id"])

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`updateNewCleanProject` with the whole of it, what is not changed as it was read [B].

        A server refuses it while something goes on in the project: 400 [B].
        """
        assert write.live is not None
        raw = write.live.raw or {}
        [whole] = [raw] if "fields" in raw else projects_by_id(cluedin, [write.live.id])
        if whole is None:
            raise refuse("missing", f"the clean project {unquote(write.live.key)} is gone")
        sent = {"id": write.live.id, "cleanProject": _whole(write, whole)}
        cluedin.graphql(_UPDATE, sent, effect="set")

    def rename(self, cluedin: CluedIn, write: Write) -> None:
        """`updateNewCleanProject` under the new name, which loses nothing [B]."""
        self.update(cluedin, write)

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`DELETE /api/v2/clean/{id}`, which is refused in some states: 400 [B]."""
        assert write.live is not None
        try:
            cluedin.rest("DELETE", f"/clean/{write.live.id}", effect="set", accept=(404,), version="v2")
        except Refused as refused:
            if refused.status != 400:
                raise
            raise refuse(
                "state",
                f"CluedIn does not remove the clean project {unquote(write.key)} in the state it is in",
                "Wait until what goes on in it has ended, or archive it in CluedIn.",
            ) from None

    def problems(self, desired: Desired) -> Iterable[str]:
        """A name, values to mend, and conditions that a server takes."""
        name = unquote(desired.key)
        if "/" in desired.key or not name.strip() or desired.key != quote(name.strip()):
            yield f"the name of a clean project must not be empty or start or end with a blank: {name!r}"
        if "fields" in desired.values and not desired.values["fields"]:
            yield f"the clean project {name} needs at least one value to mend"
        if desired.values.get("condition"):
            yield from faults(desired.values["condition"], root=False)


def _kind(one: Mapping[str, Any]) -> str:
    return str(one.get("type") or "").casefold()


def _parts(row: Row, state: str) -> Iterator[Part]:
    """Cleaning that is not in any record yet would be lost with the project."""
    if row.get("hasCleanChanges") and state != ARCHIVED:
        yield Part("", "", "cleaning that was not processed yet")


def _whole(write: Write, whole: Row) -> Row:
    """The project with the paths of the write in it, as the inputs take it: an unknown member fails it [B]."""
    sent = {
        "name": unquote(write.key),
        "query": whole.get("query"),
        "includeDataParts": bool(whole.get("includeDataParts")),
        "fields": [{"property": one.get("property"), "type": one.get("type")} for one in whole.get("fields") or ()],
        "description": whole.get("description"),
        "condition": _without_ids(wire(whole.get("condition") or {})),
    }
    if write.has("description"):
        sent["description"] = rich(write.get("description")) if write.get("description") else None
    if write.has("fields"):
        sent["fields"] = Values().canonical(write.get("fields") or [])
    if write.has("condition"):
        sent["condition"] = _without_ids(wire(write.get("condition") or {}))
    if write.has("include_data_parts"):
        sent["includeDataParts"] = bool(write.get("include_data_parts"))
    return sent


def _without_ids(node: Row) -> Row:
    """Nodes have no ids here [B]."""
    bare = {name: value for name, value in node.items() if name != "id"}
    return {**bare, "rules": [_without_ids(rule) for rule in node.get("rules") or ()]}
