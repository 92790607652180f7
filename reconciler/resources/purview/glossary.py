"""A glossary of Purview's classic catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from reconciler.resources.base import Desired, Resource
from reconciler.resources.objects import Edited, Live, Write
from reconciler.resources.purview import common
from reconciler.resources.rights import CURATOR_AT_THE_ROOT
from reconciler.resources.rules import Definition
from reconciler.resources.spelling import composed
from reconciler.systems.purview import Purview


class Glossary(Resource):
    """`/glossary`: key is its name; `qualifiedName` equals it (recorded, grade A). None exists everywhere.

    Two cases are two names, as for terms [inferred]; Atlas finds a glossary by its exact name [A].
    """

    system = "purview"
    name = "glossary"
    right = CURATOR_AT_THE_ROOT
    canon = 2
    container = True
    deletes = "none"
    holds_by_id = True

    class Fields:
        description: Annotated[str, Definition()]

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`GET /glossary` without terms: with them it ends in 408 on large accounts [A]."""
        for glossary in purview.glossaries():
            name, description = composed(str(glossary["name"])), glossary.get("shortDescription")
            yield self.live(name, str(glossary["guid"]), raw=glossary, description=description)

    def edited(self, live: Live) -> Edited | None:
        """As its answer says."""
        return common.edited(live)

    def cost(self, rows: int, managed: int) -> int:
        """One listing."""
        return 1

    def create(self, purview: Purview, write: Write) -> str | None:
        """`POST /glossary` → 200 with the whole object (recorded, grade A)."""
        body = {"name": write.key, "qualifiedName": write.key}
        if write.get("description"):
            body["shortDescription"] = write.get("description")
        made = purview.call("POST", "/glossary", body, effect="once") or {}
        return made.get("guid")

    def update(self, purview: Purview, write: Write) -> None:
        """`PUT /glossary/{guid}/partial`: the description is one of the four it takes [A]."""
        assert write.live is not None
        body = {"shortDescription": write.get("description") or ""}
        query = {"ignoreTermsAndCategories": True}
        purview.call("PUT", f"/glossary/{write.live.id}/partial", body, query, effect="set")

    def rename(self, purview: Purview, write: Write) -> None:
        """`PUT /glossary/{guid}` with the whole glossary, which takes the name.

        Grade A for Atlas, which keeps the qualified name (`GlossaryService.updateGlossary` of 2.4.0); B for Purview,
        whose published contract has the call. The description goes along, as the whole is sent.
        """
        assert write.live is not None
        body = {**write.live.raw, **common.next_stamp(write.live.raw), "name": write.key}
        for held in ("terms", "categories"):
            body.pop(held, None)
        if write.has("description"):
            body["shortDescription"] = write.get("description") or ""
        query = {"ignoreTermsAndCategories": True}
        purview.call("PUT", f"/glossary/{write.live.id}", body, query, effect="set")

    def problems(self, desired: Desired) -> Iterable[str]:
        """Names by Atlas' rule, which is the same as for terms."""
        if set(desired.key) & set("@.<>"):
            yield f"{desired.key!r} holds one of `@ . < >`, which names of glossaries may not"
        if not desired.key or desired.key != desired.key.strip():
            yield f"a glossary's name must not be empty or start or end with a blank: {desired.key!r}"
