"""Where a term stands in Apache Atlas: the category it is in, as its terms have no parents.

The term of `Enterprise/Customer/Email` is called `Customer_Email`, since a name is unique in its glossary
(409-00-009: `GlossaryService.createTerm` of Atlas 2.4.0, grade A), and is in the category `Customer`. Its own name
is what stands behind the names of the category. Categories and terms keep their qualified names when they are
renamed (the same source), so a term that was called after its category's first name is still understood.
A term whose name does not begin with the names of one of its categories stands at the top: categories that people
use for other ends say nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.resources.keys import quote
from reconciler.resources.spelling import composed
from reconciler.systems.purview import Purview

Category = dict[str, Any]


class Categories:
    """The categories of one glossary, known together."""

    def __init__(self, glossary: str, found: Iterable[Category]) -> None:
        self.glossary = composed(glossary)
        self.by_guid = {str(category["guid"]): category for category in found}

    def path(self, guid: str) -> list[str] | None:
        """The names from the top of the glossary down to a category; None when it is not there."""
        names: list[str] = []
        step, seen = guid, set[str]()
        while step and step not in seen:
            category = self.by_guid.get(step)
            if category is None:
                return None
            seen.add(step)
            names.insert(0, composed(str(category.get("name"))))
            step = _above(category)
        return names

    def key(self, category: Category) -> str:
        """The key of a category: its glossary and its path."""
        return "/".join(map(quote, [self.glossary, *(self.path(str(category["guid"])) or [])]))

    def children(self, guid: str) -> list[Category]:
        """The categories right below one."""
        return [category for category in self.by_guid.values() if _above(category) == guid]

    def place(self, term: Mapping[str, Any]) -> tuple[list[str], str, str | None]:
        """The path above a term, its own name, and the guid of the category that tells most of its name."""
        name = composed(str(term.get("name") or "").strip())
        best: tuple[int, list[str], str, str | None] = (0, [], name, None)
        for entry in term.get("categories") or []:
            guid = str(entry.get("categoryGuid"))
            path = self.path(guid)
            if path is None:
                continue
            for prefix in ("_".join(path) + "_", _first_name(self.by_guid[guid])):
                own = name[len(prefix) :].strip()
                if own and name.startswith(prefix) and len(prefix) > best[0]:
                    best = (len(prefix), path, own, guid)
        return best[1:]

    def term_key(self, term: Mapping[str, Any]) -> str:
        """The key of a term: glossary, path of its category, own name."""
        path, own, _ = self.place(term)
        return "/".join(map(quote, [self.glossary, *path, own]))


def categories(purview: Purview, glossary: str) -> Categories:
    """The categories of one glossary, read once in a reading."""
    return purview.memo(("places", glossary), lambda: Categories(glossary, purview.categories(glossary)))


def _above(category: Mapping[str, Any]) -> str:
    return str((category.get("parentCategory") or {}).get("categoryGuid") or "")


def _first_name(category: Mapping[str, Any]) -> str:
    """The prefix that terms of a category got when it was made: `Own.Parent@Glossary` is `Parent_Own_`."""
    qualified = str(category.get("qualifiedName") or "").rpartition("@")[0]
    return composed("_".join(reversed(qualified.split("."))) + "_")
