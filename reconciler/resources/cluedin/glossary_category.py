"""A category of CluedIn's glossary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.shared import categories, one
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.systems.cluedin import CluedIn

_ONE = """query getGlossaryCategory($id: ID!) { management { id glossaryCategory(id: $id) { id name } } }"""
_CREATE = """mutation createTermCategory($category: InputGlossaryCategory) { management { id
  createGlossaryCategory(category: $category) { id name } } }"""


class GlossaryCategory(Resource):
    """Key is its name. A second one of a name is a 409 [B]; GraphQL neither renames nor deletes [B]."""

    system = "cluedin"
    name = "glossary_category"
    right = claim("Management: Glossary")
    holds_by_id = True
    container = True
    deletes = "none"

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """`management.glossaryCategories`, all of them in one answer (toolkit, [B])."""
        for id, name in categories(cluedin).items():
            yield self.live(name, id)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """`management.glossaryCategory(id)` (toolkit, [B])."""
        found = one(cluedin, _ONE, id)
        return self.live(str(found["name"]), str(found["id"])) if found else None

    def cost(self, rows: int, managed: int) -> int:
        """One listing."""
        return 1

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """`createGlossaryCategory` (toolkit, [B])."""
        data = cluedin.graphql(_CREATE, {"category": {"name": write.key}}, effect="once")
        made = data["management"]["createGlossaryCategory"] or {}
        return made.get("id")

    def problems(self, desired: Desired) -> Iterable[str]:
        """A name is needed."""
        if not desired.key.strip() or desired.key != desired.key.strip():
            yield f"the name of a category must not be empty or start or end with a blank: {desired.key!r}"
