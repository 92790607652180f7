"""A category of a glossary: the place of terms in Apache Atlas, whose terms have no parents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.resources.base import Desired
from reconciler.resources.objects import Live, Part, Write
from reconciler.resources.purview import common, places, terms
from reconciler.resources.purview.paths import OnPath
from reconciler.resources.rights import CURATOR_AT_THE_ROOT
from reconciler.systems.purview import Purview


class Category(OnPath):
    """`/glossary/category`: key `Glossary/Parent/Own`, spelled like the term whose children it holds.

    Kinds want categories in Atlas only; Purview has the calls too, and its portal does not show them. A
    category's qualified name, `Own.Parent@Glossary`, is made once: Atlas keeps it when the category is renamed
    (`GlossaryService.updateCategory` of 2.4.0, grade A).
    """

    system = "purview"
    name = "category"
    right = CURATOR_AT_THE_ROOT
    page = 1000

    def read(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """Every category of the glossaries named: `GET /glossary/{guid}/categories`, in pages [A]."""
        for glossary in purview.glossary_names(map(terms.glossary_of, wanted)):
            found = places.categories(purview, glossary)
            keys = terms.keys_by_guid(purview, [key for key in wanted if terms.glossary_of(key) == glossary])
            for guid, category in found.by_guid.items():
                below = [(found.key(child), str(child["guid"])) for child in found.children(guid)]
                parts = [Part(self.address(key), child, f"the category {key}") for key, child in below]
                parts += [*_held(category, keys), *_said(category)]
                yield self.live(found.key(category), guid, raw=category, parts=parts)

    def find(self, purview: Purview, id: str) -> Live | None:
        """`GET /glossary/category/{guid}` [A], and the listing of its glossary for the key."""
        category = purview.get(f"/glossary/category/{id}", accept=(404,))
        home = (category or {}).get("anchor") or {}
        glossary = purview.glossary_name(home.get("glossaryGuid"))
        if category is None or glossary is None:
            return None
        return next((live for live in self.read(purview, {f"{glossary}/": frozenset()}) if live.id == id), None)

    def cost(self, rows: int, managed: int) -> int:
        """The glossaries, pages of categories, and pages of terms that are read for the terms anyway."""
        return 2 + -(-rows // self.page)

    def create(self, purview: Purview, write: Write) -> str | None:
        """`POST /glossary/category` [A]."""
        body = {"name": terms.names_of(write.key)[-1], "anchor": {"glossaryGuid": self._home(write)}}
        above = self.parent_key(write.key)
        if above is not None:
            body["parentCategory"] = {"categoryGuid": write.id_of(self.address(above))}
        made = purview.call("POST", "/glossary/category", body, effect="once") or {}
        return made.get("guid")

    def update(self, purview: Purview, write: Write) -> None:
        """A category has no fields of ours."""

    def rename(self, purview: Purview, write: Write) -> None:
        """The whole category with its new name, and its new parent when that changed; its terms stay in it."""
        assert write.live is not None
        body = {**write.live.raw, **common.next_stamp(write.live.raw), "name": terms.names_of(write.key)[-1]}
        above = self.parent_key(write.key)
        if above != self.parent_key(write.live.key):
            body.pop("parentCategory", None)
            if above is not None:
                body["parentCategory"] = {"categoryGuid": write.id_of(self.address(above))}
        purview.call("PUT", f"/glossary/category/{write.live.id}", body, effect="set")

    def delete(self, purview: Purview, write: Write) -> None:
        """`DELETE /glossary/category/{guid}` → 204; terms in it stay, categories below it come to the top."""
        assert write.live is not None
        purview.call("DELETE", f"/glossary/category/{write.live.id}", effect="set", accept=(404,))

    def problems(self, desired: Desired) -> Iterable[str]:
        """Names by the rule of terms (400-00-083, grade A)."""
        return terms.name_problems(desired.key)

    @staticmethod
    def _home(write: Write) -> str:
        return write.id_of(f"purview.glossary:{terms.glossary_of(write.key)}")


def _held(category: Mapping[str, Any], keys: Mapping[str, str]) -> Iterator[Part]:
    """The terms in a category, which lose their place with it."""
    for entry in category.get("terms") or []:
        guid = str(entry.get("termGuid"))
        key = keys.get(guid, str(entry.get("displayText") or guid))
        yield Part(f"purview.term:{key}", guid, f"the term {key} in it")


def _said(category: Mapping[str, Any]) -> Iterator[Part]:
    """What people say of a category, which no manifest can."""
    for name in ("shortDescription", "longDescription", "additionalAttributes"):
        if category.get(name):
            yield Part("", name, f"the {name} that people gave it")
