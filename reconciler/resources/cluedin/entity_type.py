"""An entity type of CluedIn, called business domain in its user interface."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import orjson

from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.shared import ENTITY_TYPE_CODE, Row, entity_types, refuse
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import CreateOnly, Retires
from reconciler.systems.cluedin import PAGE, CluedIn

_CREATE = """mutation createEntityTypeConfigurationV2($entityTypeConfiguration: String!) { management {
  createEntityTypeConfigurationV2(entityTypeConfiguration: $entityTypeConfiguration) } }"""
_MODEL = (
    *("id", "type", "icon", "displayName", "route", "active", "color", "layoutConfiguration"),
    *("pageTemplateId", "ownedByRoleId", "additionalProperties"),
)
"""The members of CreateOrUpdateEntityTypeInfoModel (OpenAPI document, [B]); it takes no others."""


class EntityType(Resource):
    """Key is the code, such as `/Customer`. Code and route cannot change, and nothing deletes one [B]."""

    system = "cluedin"
    name = "entity_type"
    right = claim("Admin: Entity Types")
    container = True
    deletes = "none"
    page = PAGE

    class Fields:
        display_name: str
        icon: str
        route: Annotated[str, CreateOnly()]
        active: Annotated[bool, Retires(False, back=True)]

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`management.entityTypeConfigurations`, pages from 1 (toolkit, [B]); every field is in the list."""
        for row in entity_types(cluedin):
            if not row.get("type"):
                continue
            yield self.live(
                str(row["type"]),
                str(row.get("id") or ""),
                raw=row,
                display_name=row.get("displayName"),
                icon=row.get("icon"),
                route=row.get("route"),
                active=row.get("active"),
            )

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`createEntityTypeConfigurationV2` with its JSON text (toolkit, [B]); what it answers is [U].

        Without a route it is the display name in lower case without blanks, as the toolkit makes it [B].
        """
        name = write.get("display_name") or write.key.rpartition("/")[2]
        given = {
            "type": write.key,
            "active": True,
            "displayName": name,
            "icon": write.get("icon") or "",
            "route": write.get("route") or name.replace(" ", "").lower(),
            "pageTemplateId": "",
        }
        cluedin.graphql(_CREATE, {"entityTypeConfiguration": orjson.dumps(given).decode()}, effect="once")
        return None

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """`PUT /api/entitytypeinfo`, the unversioned path only (OpenAPI document, [B]).

        The PUT replaces the whole object [C], and GraphQL does not show all of it (colour, owning role,
        further properties), so the object is fetched from the same path right before.
        """
        whole = self._whole(cluedin, write.key)
        if write.has("display_name"):
            whole["displayName"] = write.get("display_name")
        if write.has("icon"):
            whole["icon"] = write.get("icon") or ""
        if write.has("active"):
            whole["active"] = bool(write.get("active"))
        cluedin.rest("PUT", "/entitytypeinfo", whole, effect="set", version="")

    def problems(self, desired: Desired) -> Iterable[str]:
        """The code starts with a slash [B]."""
        if not ENTITY_TYPE_CODE.fullmatch(desired.key):
            yield f"the code of an entity type starts with `/` and holds no blanks: {desired.key!r}"

    @staticmethod
    def _whole(cluedin: CluedIn, code: str) -> Row:
        """`GET /api/entitytypeinfo?type=`; one object or a list, which is undeclared [U]."""
        found: Any = cluedin.rest("GET", "/entitytypeinfo", query={"type": code}, effect="read", version="")
        rows = found if isinstance(found, list) else [found]
        row = next((item for item in rows if isinstance(item, Mapping) and item.get("type") == code), None)
        if row is None:
            raise refuse("missing", f"the entity type {code} cannot be read over REST, so it is not changed")
        return {name: row[name] for name in _MODEL if name in row}
