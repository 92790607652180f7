"""Keys that are paths within a glossary, of terms and of categories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from reconciler.resources.base import Resource
from reconciler.resources.keys import quote, unquote
from reconciler.resources.purview import terms
from reconciler.resources.spelling import look_alike
from reconciler.systems.purview import Purview


class OnPath(Resource):
    """A type whose key is `Glossary/Parent/Own`; the glossary itself is of another type."""

    def parent_key(self, key: str) -> str | None:
        """The one above; at the top there is none."""
        return key.rpartition("/")[0] if key.count("/") > 1 else None

    def own_name(self, key: str) -> str:
        """The last part; at the top the whole key, as the glossary is no parent."""
        return key.rpartition("/")[2] if key.count("/") > 1 else key

    def join(self, parent: str | None, own: str) -> str:
        """The key of a name below a parent."""
        return f"{parent}/{own}" if parent else own

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """A path repeats that of its parent, which Apache Atlas keeps as a category, and at the top its glossary."""
        parent = self.parent_key(key)
        if parent is None:
            glossary, _, own = key.partition("/")
            called = to(f"purview.glossary:{unquote(glossary)}")
            return key if called == unquote(glossary) else f"{quote(called)}/{own}"
        above = (to(f"purview.{kind}:{parent}") for kind in ("term", "category"))
        return next((f"{one}/{self.own_name(key)}" for one in above if one != parent), key)

    def former(self, key: str, other: str) -> str | None:
        """A name where the parent is the same, else the path in the glossary, from the top."""
        glossary, _, path = other.partition("/")
        if not self.can_rename or key.partition("/")[0] != glossary:
            return None
        if key.rpartition("/")[0] == other.rpartition("/")[0]:
            return unquote(path.rpartition("/")[2])
        return path if "/" in path else f"/{path}"

    def above(self, key: str) -> str:
        """The one above, at the top the glossary."""
        return key.rpartition("/")[0]

    def others(self, purview: Purview, wanted: Mapping[str, frozenset[str]]) -> Iterable[str]:
        """Terms of glossaries that are called nearly like one that is not there."""
        live = [str(glossary["name"]) for glossary in purview.glossaries()]
        named = {terms.glossary_of(key) for key in wanted}
        missing = {look_alike(name) for name in named if purview.glossary_guid(name) is None}
        for name in live:
            if look_alike(name) in missing:
                found = terms.hierarchy(purview, name)
                yield from map(found.key, found.by_guid.values())
