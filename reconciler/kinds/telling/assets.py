"""Words for what all kinds have in Purview: assets, their columns, and what is put on them.

Our own assets are known by the word that their type ends with, and by the parts of their qualified name
(`kinds/project/names.py`); those of scanners by the last part of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from reconciler.kinds.telling import values
from reconciler.kinds.telling.fields import Clause, Flag, Item, KeyWord, Opaque, Option, Person, Prose, Several, Word
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.things import Thing, Tie
from reconciler.kinds.telling.values import is_text, name, quoted
from reconciler.resources.keys import steps_of, unquote

_OURS = {
    "column": "column", "dataset": "data set", "entity": "entity type", "ingest_process": "ingest process",
    "map_process": "map process", "stream_process": "stream", "export": "export", "export_target": "export file",
    "organization_provider": "export target", "process": "process", "crawl_process": "crawl process",
    "enrich_process": "enrich process", "tabular": "table", "tabular_columns": "columns of a table",
    "metrics": "metrics",
}  # fmt: skip
"""Our types without their prefix, the word of each."""
_PLAIN = (
    "schedule",
    "owner",
    "format",
    "location",
    "compatibility",
    "contract",
    "mode",
    "group",
    "source",
    "compression",
)
"""Attributes whose names are words."""
_QUALIFIED = re.compile(r".+?\.(entity|dataset|ingest|map|stream|export|provider|crawl|enrich|target)\.(.+)", re.DOTALL)
_HOSTS = {
    "entity": "entity type", "dataset": "data set", "export": "export", "target": "export", "stream": "stream",
    "ingest": "ingest process", "map": "map process", "provider": "export target",
    "crawl": "crawl process", "enrich": "enrich process",
}  # fmt: skip


def asset(key: str, names: Names) -> str:
    """`the column Email of the entity type Customer`, of the key `<type>/<QN>` of any asset."""
    type, _, qualified = key.partition("/")
    table, hash, column = qualified.partition("#")
    host = _host(type, table, names)
    if not hash:
        return host
    own = _column(column, names, of_entity=host.startswith("the entity type "))
    return f"the column {own} of {host}"


def _host(type: str, qualified: str, names: Names) -> str:
    found = _QUALIFIED.fullmatch(qualified) if "://" not in qualified else None
    if found is not None:
        word, parts = found[1], [unquoted(part) for part in found[2].split(".")]
        noun = _HOSTS[word] if type.endswith("column") else _noun(type) or _HOSTS[word]
        own = names.entity("/" + "/".join(parts)) if word == "entity" else name(parts[-1])
        return f"the {noun} {own}"
    last = [part for part in re.split(r"[/\\]", qualified.rstrip("/")) if part]
    shown = unquoted(last[-1]) if last else qualified
    return name(shown) or "an asset"


def _noun(type: str) -> str:
    words = sorted((word for word in _OURS if type.endswith(word)), key=len)
    return _OURS[words[-1]] if words else ""


def _column(column: str, names: Names, *, of_entity: bool) -> str:
    own = unquoted(column.rpartition("//")[2] or column)
    return names.key(own) if own in names.keys or of_entity else name(own)


def unquoted(text: str) -> str:
    """A part of a qualified name as people write it; one that is no such part, as it is."""
    try:
        return bytes(
            re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), unquote(text).encode())
        ).decode()
    except UnicodeDecodeError:
        return unquote(text)


def _flow(value: Any, names: Names) -> str:
    return asset(value, names) if is_text(value) else quoted(value)


class Asset(Thing):
    """An asset: a table, a column, a process or a file."""

    noun = "asset"
    fields = {
        "name": Word("name"),
        "description": Prose("description"),
        "attributes": Option(
            "attribute",
            (
                ("data_type", Word("data type")),
                ("vocabulary_key", KeyWord("vocabulary key")),
                ("is_required", Flag("whether it is required", "becomes a required column", "is no longer required")),
                (
                    "is_primary_key",
                    Flag("whether it is the primary key", "becomes the primary key", "is no longer the primary key"),
                ),
                ("primary_key", Several("key column")),
                ("freshness_p95_minutes", Word("promised freshness in minutes")),
                ("rpo_minutes", Word("recovery point in minutes")),
                ("rto_minutes", Word("recovery time in minutes")),
                ("retention_days", Word("retention in days")),
                ("partition_by", Several("partition column")),
                ("entity_type_code", Word("code")),
                ("labels", Several("label")),
                ("provider_id", Opaque("connector")),
                ("provider_name", Word("connector")),
                ("account_display", Word("display name")),
                ("stream_name", Word("stream")),
                ("source_type", Word("type of source")),
                *((word, Word(word)) for word in _PLAIN),
            ),
        ),
        "table": Opaque("table"),
        "part_of": Opaque("whole"),
        "inputs": Several("source", _flow),
        "outputs": Several("destination", _flow),
        "column_mapping": Opaque("lineage between columns"),
        "collection": Word("collection"),
        "owners": Person("an owner"),
        "experts": Person("an expert"),
    }

    def name(self, key: str, names: Names) -> str:
        """What the asset is called."""
        return asset(key, names).partition(" of ")[0].removeprefix("the column ").removeprefix("the ")

    def called(self, key: str, names: Names) -> str:
        """`the column Email of the export customers_wide_v1`."""
        return asset(key, names)

    def made(self, one: Happening) -> str:
        """A column is what its table gets; anything else is catalogued."""
        whole = asset(one.key, one.names)
        column, of, host = whole.partition(" of ")
        if "#" in one.key and of:
            return f"{host} gets the {column.removeprefix('the ')}{one.carrying}"
        return f"{whole}{one.carrying} is catalogued"

    def unmade(self, one: Happening) -> str:
        """A column is what its table loses."""
        whole = asset(one.key, one.names)
        column, of, host = whole.partition(" of ")
        if "#" in one.key and of:
            return f"{host} loses the {column.removeprefix('the ')}"
        return f"{whole} is taken out of the catalogue"


class OnAsset(Tie):
    """What is put on an asset: a subclass says it with `{what}` and `{host}`."""

    is_called: ClassVar[str]
    comes: ClassVar[str]
    leaves: ClassVar[str]

    def what(self, word: str, names: Names) -> str:  # noqa: ARG002
        """What is put on, by the first part of the key."""
        return name(unquote(word))

    def hanging(self, key: str, names: Names) -> str:
        """The asset that it is on."""
        return asset(ends(key)[1], names)

    def called(self, key: str, names: Names) -> str:
        """Both ends."""
        return self._said(self.is_called, key, names)

    def made(self, one: Happening) -> str:
        """That it is put on."""
        return self._said(self.comes, one.key, one.names)

    def unmade(self, one: Happening) -> str:
        """That it is taken off."""
        return self._said(self.leaves, one.key, one.names)

    def _said(self, words: str, key: str, names: Names) -> str:
        what, host = ends(key)
        return words.format(what=self.what(what, names), host=asset(host, names))


class Assignment(OnAsset):
    """A term on an asset."""

    noun = "term"
    is_called = "the term {what} on {host}"
    comes = "the term {what} is put on {host}"
    leaves = "the term {what} is taken off {host}"

    def what(self, word: str, names: Names) -> str:  # noqa: ARG002
        """The term's own name."""
        return _own(word)


class Marking(OnAsset):
    """A classification on an asset: the asset is marked with our word for it."""

    noun = "classification"
    fields = {
        "propagate": Flag("whether it spreads", "spreads along the lineage", "no longer spreads along the lineage")
    }
    is_called = "the mark {what} on {host}"
    comes = "{host} is marked as {what}"
    leaves = "{host} is no longer marked as {what}"

    def what(self, word: str, names: Names) -> str:
        """Our word for the classification, and that it means personal data."""
        ours = names.word(unquote(word))
        return f"personal data ({ours})" if names.is_personal(ours) else ours


class Facts(OnAsset):
    """Business metadata on an asset."""

    noun = "business metadata"
    fields = {"attributes": Option("value")}
    is_called = "the business metadata {what} of {host}"
    comes = "{host} gets values of the business metadata {what}"
    leaves = "{host} loses its values of the business metadata {what}"


class FreeLabel(OnAsset):
    """A free label on an asset."""

    noun = "label"
    is_called = "the label {what} on {host}"
    comes = "{host} gets the label {what}"
    leaves = "{host} loses the label {what}"


class Scanned(Thing):
    """An asset that a scanner found, and that is only referred to."""

    noun = "asset"

    def called(self, key: str, names: Names) -> str:
        """As any asset."""
        return asset(key, names)


class Place(Thing):
    """A collection."""

    noun = "collection"


@dataclass(frozen=True)
class Shape(Word):
    """An entry of a definition, by its group: an attribute, a value, a super type."""

    groups: ClassVar[Mapping[str, str]] = {
        "attributes": "attribute", "superTypes": "super type", "elements": "value", "options": "option",
        "appliesTo": "type of assets for", "about": "description of", "elementsAbout": "description of",
        "longest": "longest text of", "required": "need of", "defaults": "default of", "unique": "uniqueness of",
        "indexable": "index of", "cardinality": "number of values of", "ends": "end", "relationship": "relationship",
        "enum": "enumeration", "attributeOptions": "options of",
    }  # fmt: skip

    def clause(self, item: Item, names: Names) -> Clause:  # noqa: ARG002
        """What it gets; what changes of it."""
        steps = steps_of(item["path"])
        if len(steps) < 2:
            return Clause(self.noun)
        word, entry = self.groups.get(steps[0], steps[0]), name(steps[1].replace(".", ": "))
        what = f"{word} {entry}"
        if steps[0] in ("attributes", "superTypes", "elements", "appliesTo") and not item.get("before"):
            return Clause(what, verb=f"gets the {what}", said=lambda value: "there" if value else "not there")
        return Clause(what, said=lambda value: quoted(value))


class Definition(Thing):
    """A type definition of ours: how such assets look in Purview."""

    noun = "asset type"
    fields = {
        "category": Opaque("category"),
        "description": Prose("description"),
        "service_type": Word("type of source"),
        "version": Word("version"),
        "definition": Shape("definition"),
    }

    def name(self, key: str, names: Names) -> str:  # noqa: ARG002
        """The name of the type in words, without its prefix."""
        words = sorted((word for word in _OURS if key.endswith(word)), key=len)
        own = _OURS[words[-1]] if words else key.replace("_", " ")
        return name(own)

    def called(self, key: str, names: Names) -> str:
        """`the asset type for export targets`, in quotes where it is a word of its own."""
        return f"the asset type “{self.name(key, names)}”"

    def made(self, one: Happening) -> str:
        """That Purview learns it."""
        return f"{self.called(one.key, one.names)} is defined"


def ends(key: str) -> tuple[str, str]:
    """What is put on an asset, and the asset, of the key `<what>@<type>/<QN>`."""
    what, _, host = key.partition("@")
    return what, host


def _own(term: str) -> str:
    return values.name(unquote(term.rpartition("/")[2] or term))


SHARED: dict[str, Thing] = {
    "purview.asset": Scanned(),
    "purview.assignment": Assignment(),
    "purview.classification": Marking(),
    "purview.collection": Place(),
    "purview.entity": Asset(),
    "purview.label": FreeLabel(),
    "purview.type": Definition(),
}
BUSINESS: dict[str, Thing] = {"purview.business_metadata": Facts()}
