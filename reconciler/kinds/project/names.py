"""Qualified names of our assets in Purview, and the names that a glossary mapping derives."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from reconciler.resources.keys import quote, unquote

_OUTSIDE_SEGMENT = re.compile(r"[^A-Za-z0-9_-]")
_OUTSIDE_COLUMN = re.compile(r"[^A-Za-z0-9_.-]")


@lru_cache(maxsize=1 << 14)
def seg(text: str) -> str:
    """One segment of a qualified name: everything but letters, digits, `_` and `-` percent-encoded."""
    return _OUTSIDE_SEGMENT.sub(_encoded, unicodedata.normalize("NFC", text).strip())


@lru_cache(maxsize=1 << 14)
def col(text: str) -> str:
    """The last part of a column's qualified name: as a segment, and dots stay."""
    return _OUTSIDE_COLUMN.sub(_encoded, unicodedata.normalize("NFC", text).strip())


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


@dataclass(frozen=True, slots=True)
class QualifiedNames:
    """The qualified names of one environment, all below its `name_prefix`."""

    prefix: str

    def entity(self, code: str) -> str:
        """The entity type with a code: `/Infrastructure/User` is `cluedin.entity.Infrastructure.User`."""
        return self._of("entity", *(part for part in code.split("/") if part))

    def column(self, table: str, name: str) -> str:
        """A column of one of our tables."""
        return f"{table}#{col(name)}"

    def data_set(self, group: str, source: str, name: str) -> str:
        """A data set of CluedIn."""
        return self._of("dataset", group, source, name)

    def ingest(self, group: str, source: str, name: str) -> str:
        """The process that brings an asset into a data set."""
        return self._of("ingest", group, source, name)

    def map(self, group: str, source: str, name: str) -> str:
        """The process that maps a data set to an entity type."""
        return self._of("map", group, source, name)

    def stream(self, name: str) -> str:
        """The process of a stream without a contract."""
        return self._of("stream", name)

    def export(self, contract: str) -> str:
        """The process of an export contract."""
        return self._of("export", contract)

    def provider(self, name: str, account: str) -> str:
        """An export target, crawler or enricher."""
        return self._of("provider", name, account)

    def crawl(self, name: str, account: str) -> str:
        """The process of a crawler."""
        return self._of("crawl", name, account)

    def enrich(self, name: str, account: str) -> str:
        """The process of an enricher."""
        return self._of("enrich", name, account)

    def target(self, contract: str) -> str:
        """The placeholder of an exported asset that no scan has found yet."""
        return self._of("target", contract)

    def _of(self, word: str, *parts: str) -> str:
        return ".".join((self.prefix, word, *map(seg, parts)))


def term_path(*names: str) -> str:
    """The key of a term from its glossary and own names, each as people write it."""
    return "/".join(map(quote, names))


def path_parts(path: str) -> list[str]:
    """The names in a path that a person wrote: `Party/Legal`, with `%2F` for a slash inside a name."""
    return [unquote(part) for part in path.split("/")]


def formal_name(names: list[str]) -> str:
    """Purview's own name of a term: the names from the top joined by `_`."""
    return "_".join(names)
