"""The type of a classification: what may be put on entities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from reconciler.resources.base import Desired, Resource
from reconciler.resources.objects import Live, Part, Write
from reconciler.resources.purview import common
from reconciler.resources.rights import CURATOR_AT_THE_ROOT
from reconciler.resources.rules import Members
from reconciler.systems.purview import Purview

SYSTEM = "MICROSOFT."
_GROW = {"super_types": "superTypes", "entity_types": "entityTypes"}


class ClassificationType(Resource):
    """`/types/typedefs`, `classificationDefs`: key is the name. `MICROSOFT.*` are only referred to.

    Atlas knows types by their exact names, so another case would be another type (grade A; Purview [inferred]).
    """

    system = "purview"
    name = "classification_type"
    right = CURATOR_AT_THE_ROOT
    batch = {"create": 100}

    class Fields:
        description: str
        super_types: Annotated[list[str], Members(grows=True)]
        entity_types: Annotated[list[str], Members(grows=True)]

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`GET /types/typedefs?type=CLASSIFICATION`: all of them, once [A]."""
        for typedef in self._listed(purview):
            name, description = str(typedef["name"]), typedef.get("description")
            parts = list(_parts(typedef))
            yield self.live(
                name,
                str(typedef.get("guid") or name),
                raw=typedef,
                parts=parts,
                description=description,
                super_types=typedef.get("superTypes"),
                entity_types=typedef.get("entityTypes"),
            )

    def cost(self, rows: int, managed: int) -> int:
        """One listing."""
        return 1

    def create_many(self, purview: Purview, writes: Sequence[Write]) -> list[str | None]:
        """`POST /types/typedefs` for all; one that exists fails the call in Atlas (409-00-001, grade A)."""
        bodies = [_body(write) for write in writes]
        made = purview.call("POST", "/types/typedefs", {"classificationDefs": bodies}, effect="once") or {}
        guids = {typedef["name"]: typedef.get("guid") for typedef in made.get("classificationDefs") or []}
        return [guids.get(write.key) for write in writes]

    def update(self, purview: Purview, write: Write) -> None:
        """`PUT /types/typedefs` with the whole type as it was read [A]; super types only come (400-00-00E)."""
        assert write.live is not None
        _ours(write.key)
        body = common.unstamped(write.live.raw)
        if "description" in write.values:
            body["description"] = write.get("description") or ""
        body |= {wire: write.merged_members(name, body.get(wire) or ()) for name, wire in _GROW.items()}
        purview.call("PUT", "/types/typedefs", {"classificationDefs": [body]}, effect="set")

    def delete(self, purview: Purview, write: Write) -> None:
        """`DELETE /types/typedef/name/{name}` → 204; 409-00-002 while entities carry it [A]."""
        _ours(write.key)
        purview.call("DELETE", f"/types/typedef/name/{write.key}", effect="set", accept=(404,))

    def problems(self, desired: Desired) -> Iterable[str]:
        """Names by Atlas' rule; Microsoft's own are not ours to make."""
        problem = common.classification_problem(desired.key)
        if problem:
            yield problem
        if desired.mode == "own" and desired.key.startswith(SYSTEM):
            yield f"{desired.key} is one of Microsoft's own classifications: refer to it, do not manage it"

    def _listed(self, purview: Purview) -> list[dict[str, Any]]:
        query = {"type": "CLASSIFICATION"}  # in capitals in the published contract
        answer = purview.memo("classification types", lambda: purview.get("/types/typedefs", query)) or {}
        return list(answer.get("classificationDefs") or [])


def _parts(typedef: dict[str, Any]) -> Iterator[Part]:
    """What people added to it; on which entities it is, the system tells by refusing the delete (409-00-002)."""
    for attribute in typedef.get("attributeDefs") or []:
        yield Part("", f"attribute {attribute['name']}", f"the attribute {attribute['name']}, which people added")
    for name in typedef.get("subTypes") or []:
        yield Part(f"purview.classification_type:{name}", "", f"the classification {name} below it")


def _ours(name: str) -> None:
    if name.startswith(SYSTEM):
        raise common.failure(
            "purview.system_classification",
            f"{name} is one of Microsoft's own classifications and cannot be created or changed",
            "Refer to it, or choose a name that does not start with MICROSOFT.",
            f"purview.classification_type:{name}",
        )


def _body(write: Write) -> dict[str, Any]:
    _ours(write.key)
    return {
        "category": "CLASSIFICATION",
        "name": write.key,
        "description": write.get("description") or "",
        "typeVersion": "1.0",
        **{wire: write.merged_members(name, ()) for name, wire in _GROW.items()},
        "attributeDefs": [],
    }
