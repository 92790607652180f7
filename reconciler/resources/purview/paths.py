"""Keys that are paths within a glossary, of terms and of categories."""

from __future__ import annotations

from reconciler.resources.base import Resource


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
