"""Links of what is live: a data set of CluedIn whose asset the lineage in Purview tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import unquote as decoded

from reconciler.kinds.data_source_link.spec import IGNORED, RECORD_KEYS
from reconciler.kinds.project.names import QualifiedNames
from reconciler.kinds.pulling import Estate, GivesWay, Pulled, Puller, without_nothing
from reconciler.questions.inbound import DataSetsNamed
from reconciler.resources.cluedin.arrival import arrived
from reconciler.resources.cluedin.inbound import IGNORE
from reconciler.resources.keys import steps_of, unquote
from reconciler.resources.objects import Live

_NO_LINEAGE = GivesWay(
    "lineage", "the data set and its lineage are not, or not all, in Purview", False, without=("owners", "assign_terms")
)
_ALL = DataSetsNamed("{group}", "{source}", "{name}")
_USUAL_QUALITY = 5


class DataSourceLinkPuller(Puller):
    """Data sets of endpoints with their mapping. Which asset feeds a set, only the lineage in Purview tells."""

    kind = "DataSourceLink"
    types = ("cluedin.data_source_group", "cluedin.data_source", "cluedin.data_set", "cluedin.annotation")
    gives_way: ClassVar[Mapping[str, GivesWay]] = {
        "purview.assignment": GivesWay("assign_terms", "the terms are not on all columns of the data set", False),
        "purview.classification": _NO_LINEAGE,
        "purview.collection": _NO_LINEAGE,
        "purview.entity": _NO_LINEAGE,
        "purview.label": _NO_LINEAGE,
        "purview.type": _NO_LINEAGE,
        "cluedin.column_mapping": GivesWay("map", "not all of its columns are mapped"),
        "cluedin.annotation": GivesWay("map", "its mapping has another vocabulary or entity type"),
    }

    def pull(self, estate: Estate) -> Iterator[Pulled]:
        """A document a data set."""
        if not estate.has("cluedin") or estate.limits.words:
            return
        rows = {row.key for row in estate.rows(_ALL) if not estate.is_wanted("cluedin.data_set", row.key)}
        found = _Sets(estate, sorted(rows))
        for key in found.sets:
            asset = found.asset(key)
            if found.types.get(key.rpartition("/")[0]) != "endpoint":
                estate.leave("manifests make data sets of endpoints only", f"cluedin.data_set:{key}")
            elif asset is None:
                where = "no lineage in Purview tells" if estate.has("purview") else "only lineage in Purview would tell"
                estate.leave(f"{where} which asset feeds it", f"cluedin.data_set:{key}")
            else:
                name = "-".join(map(unquote, key.split("/")))
                yield Pulled(self.kind, name, found.spec(key, asset), "sources")


class _Sets:
    """Data sets with what hangs on them, read once."""

    def __init__(self, estate: Estate, keys: list[str]) -> None:
        self.estate = estate
        self.sets = estate.live("cluedin.data_set", keys)
        sources = estate.live("cluedin.data_source") if keys else {}
        self.types = {key: live.fields.get("type") for key, live in sources.items()}
        self.annotations = estate.live("cluedin.annotation", keys)
        self.mappings = estate.live("cluedin.column_mapping", [f"{key}#-" for key in keys])
        self.identifiers = estate.live("cluedin.identifier", [f"{key}#-" for key in keys])
        self.relations = estate.live("cluedin.relation", [f"{key}#-/-" for key in keys])
        self.submits = estate.live("cluedin.auto_submit", keys)
        purview = estate.world.environment.purview
        self._prefix = purview.type_prefix if purview is not None else ""
        self._names = QualifiedNames(purview.name_prefix) if purview is not None else None
        self._assets = self._read(keys)

    def _read(self, keys: list[str]) -> Mapping[str, Live]:
        """The data sets as assets and the processes that feed them, by their keys."""
        hints = [one for key in keys for one in (self._data_set(key), self._ingest(key)) if one]
        return self.estate.live("purview.entity", hints) if hints else {}

    def _data_set(self, key: str) -> str:
        parts = [unquote(part) for part in key.split("/")]
        return f"{self._prefix}dataset/{self._names.data_set(*parts)}" if self._names is not None else ""

    def _ingest(self, key: str) -> str:
        parts = [unquote(part) for part in key.split("/")]
        return f"{self._prefix}ingest_process/{self._names.ingest(*parts)}" if self._names is not None else ""

    def asset(self, key: str) -> tuple[str, str] | None:
        """Type and qualified name of the asset that feeds a set."""
        process = self._assets.get(self._ingest(key))
        inputs = list(process.fields.get("inputs") or ()) if process is not None else []
        type, _, name = str(inputs[0]).partition("/") if len(inputs) == 1 else ("", "", "")
        return (type, name) if type and name else None

    def spec(self, key: str, asset: tuple[str, str]) -> dict[str, Any]:
        """What a document says of a set."""
        group, source, name = (unquote(part) for part in key.split("/"))
        quality = self.sets[key].fields.get("source_quality")
        submits = self.submits[key].fields.get("on") if key in self.submits else None
        mapping = self._map(key)
        return {
            "asset": {"type": asset[0], "qualified_name": asset[1]},
            "data_set": {
                "group": group,
                "source": source,
                "name": name,
                **without_nothing(
                    auto_submit=submits or None, source_quality=quality if quality != _USUAL_QUALITY else None
                ),
            },
            **without_nothing(
                map=mapping,
                relations=list(self._relations(key)) if mapping else None,
                owners=self._owners(key),
            ),
        }

    def _map(self, key: str) -> dict[str, Any]:
        """The mapping; nothing where the set has none."""
        annotation = self.annotations.get(key)
        if annotation is None or not annotation.fields.get("vocabulary"):
            return {}
        columns = dict(self._columns(key))
        by_key = {_key_of(entry): column for column, entry in columns.items()}
        said = annotation.fields
        record = {ours: by_key.get(said.get(mark.annotation)) for ours, mark in RECORD_KEYS.items()}
        return {
            "vocabulary": said["vocabulary"],
            **without_nothing(entity_type=said.get("entity_type"), origin=said.get("origin"), **record),
            "columns": columns,
            **({"unmapped": "ignore"} if IGNORED in columns.values() else {}),
        }

    def _columns(self, key: str) -> Iterator[tuple[str, str | dict[str, Any]]]:
        called = self._called(key)
        for address, live in self.mappings.items():
            parent, _, quoted = address.partition("#")
            if parent != key or not live.fields.get("key"):
                continue
            filled, column = live.fields["key"], called.get(unquote(quoted), unquote(quoted))
            if filled == IGNORE:
                yield column, IGNORED
                continue
            identifier = self.identifiers.get(f"{key}#{filled}")
            more = without_nothing(
                alias=live.fields.get("alias") or None,
                identifier=dict(identifier.fields) if identifier is not None else None,
            )
            yield column, {"key": filled, **more} if more else filled

    def _called(self, key: str) -> dict[str, str]:
        """What the columns are called in Purview, by the names under which they arrive."""
        live = self._assets.get(self._data_set(key))
        names = [decoded(one.partition("#")[2]) for one in live.tells] if live is not None else []
        return {arrived(name): name for name in names}

    def _relations(self, key: str) -> Iterator[dict[str, Any]]:
        called = self._called(key)
        for address, live in self.relations.items():
            parent, _, rest = address.partition("#")
            column, _, type = rest.partition("/")
            if parent == key and live.fields.get("to"):
                said = without_nothing(direction=live.fields.get("direction"), origin=live.fields.get("origin"))
                yield {
                    "column": called.get(unquote(column), unquote(column)),
                    "type": unquote(type),
                    "to": live.fields["to"],
                    **said,
                }

    def _owners(self, key: str) -> list[str]:
        live = self._assets.get(self._data_set(key))
        ids = [steps_of(path)[0] for path in live.fields if path.startswith("owners[")] if live is not None else []
        return list(self.estate.people(ids))


def _key_of(entry: str | dict[str, Any]) -> Any:
    return entry["key"] if isinstance(entry, dict) else entry
