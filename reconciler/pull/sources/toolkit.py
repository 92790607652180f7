"""What CluedIn's toolkit exports: a file an answer of GraphQL, with names of calls and members as CluedIn has them [B].

The files of one export belong together: a vocabulary and its keys are two, and a data set names its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.errors import Source
from reconciler.kinds.pulling import Estate
from reconciler.pull.sources.cluedin_files import CluedInFiles, Row
from reconciler.pull.sources.told import Told, strange, unreadable
from reconciler.questions.inbound import DataSetsNamed
from reconciler.systems.answers import STRANGE

SECTIONS = frozenset({"administration", "consume", "inbound", "management", "preparation"})
_ONE = {
    "management.vocabulary": ("management.vocabularies", "vocabularyId"),
    "management.glossaryCategory": ("management.glossaryCategories", "id"),
    "management.glossaryTerm": ("management.glossaryTerms", "id"),
    "consume.stream": ("consume.streams", "id"),
    "inbound.connectorConfiguration": ("inbound.connectorConfigurations", "id"),
    "inbound.dataSource": ("inbound.dataSources", "id"),
    "inbound.dataSet": ("inbound.dataSets", "id"),
    "preparation.annotation": ("preparation.annotations", "id"),
}
"""Calls that read one object: the call that lists them, and the member that is its id."""
_LISTS = {
    **dict(_ONE.values()),
    "management.vocabularyKeys": "vocabularyKeyId",
    "management.vocabularyKeysFromVocabularyId": "vocabularyKeyId",
    "inbound.dataSourceSets": "id",
    "preparation.getAnnotationCodes": "id",
}
"""Calls that list objects, and the member that is the id of each."""
_NO_KIND = {
    "administration.configurationSettings": "settings of an organisation",
    "inbound.dataSetContent": "records",
    "management.rule": "rules",
    "management.rules": "rules",
    "preparation.allCleanProjects": "clean projects",
    "preparation.cleanProjectDetail": "clean projects",
}
"""What the toolkit exports besides, as people call it."""
_KEY_TEXTS = ("displayName", "description", "dataType", "storage", "groupName", "dataClassificationCode")
_PLACED = ("vocabulary", "vocabulary_key", "glossary_category", "glossary_term", "stream", "export_target")
"""Types of which is said where they stand, besides data sets."""
_NEEDED = {
    "management.vocabularies": ("cluedin.vocabulary", ("keyPrefix",), ("vocabularyName", "description")),
    "management.vocabularyKeys": ("cluedin.vocabulary_key", ("key", "name"), _KEY_TEXTS),
    "management.vocabularyKeysFromVocabularyId": ("cluedin.vocabulary_key", ("key", "name"), _KEY_TEXTS),
    "consume.streams": ("cluedin.stream", ("name",), ("description", "containerName", "mode")),
}
"""By call that lists: the type, the members that have to be a text, and those that may be one."""
_DATA_SETS = DataSetsNamed("{group}", "{source}", "{name}")


def is_toolkit(data: Any) -> bool:
    """Whether JSON is an answer of CluedIn's GraphQL as the toolkit saves it."""
    inner = data.get("data") if isinstance(data, dict) else None
    return isinstance(inner, dict) and not SECTIONS.isdisjoint(inner)


def read_toolkit(files: Sequence[tuple[str, Mapping[str, Any]]], told: Told) -> None:
    """Tells what the files of an export hold; raises `ConfigurationError` for one with another form."""
    found = _Found(told)
    try:
        _take(found, files)
    except STRANGE as error:
        raise strange("CluedIn's answers", error) from None
    told.systems["cluedin"] = CluedInFiles(found.listed, found.by_id)


def _take(found: _Found, files: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    for name, data in files:
        for section, calls in data["data"].items():
            for field, value in calls.items() if isinstance(calls, dict) else ():
                if field not in ("id", "__typename") and value is not None:
                    found.take(name, f"{section}.{field}", value)
    found.join()


def place(estate: Estate, told: Told) -> None:
    """Notes in which file each object stands."""
    hints = [f"{prefix}.-" for prefix in estate.live("cluedin.vocabulary")]
    found = {name: estate.live(f"cluedin.{name}", hints if name == "vocabulary_key" else ()) for name in _PLACED}
    ids = {f"cluedin.{name}:{key}": live.id for name, objects in found.items() for key, live in objects.items()}
    ids |= {f"cluedin.data_set:{row.key}": row.id for row in estate.rows(_DATA_SETS)}
    for address, id in ids.items():
        if (file := told.files.get(id.lower())) is not None:
            told.places[address] = Source(file)


class _Found:
    """The objects of all files, by call."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.listed: dict[str, list[Row]] = {}
        self.by_id: dict[str, dict[str, Any]] = {}

    def take(self, file: str, call: str, value: Any) -> None:
        """What one call answered."""
        if call in _ONE:
            listing, id = _ONE[call]
            if self._add(file, listing, id, [value]):
                self.by_id.setdefault(call, {})[str(value[id]).lower()] = value
        elif call in _LISTS:
            self._add(file, call, _LISTS[call], _rows(value))
        else:
            what = _NO_KIND.get(call, f"what `{call}` tells")
            named = value.get("name") if isinstance(value, dict) else None
            self.told.leave(Source(file), f"no manifest holds {what}" + (f": {named}" if named else ""))

    def _add(self, file: str, call: str, id: str, rows: Any) -> bool:
        """Keeps the rows; False where one is left out."""
        count = 0
        for row in rows if isinstance(rows, list) else [rows]:
            if not isinstance(row, dict) or not isinstance(row.get(id), str):
                raise unreadable(file, f"has `{call}` without a `{id}`", "Export it again with CluedIn's toolkit.")
            if why := _fault(call, row):
                type, (named, *_), _ = _NEEDED[call]
                called = row[named] if isinstance(row.get(named), str) and row[named] else row[id]
                self.told.leave(Source(file), why, f"{type}:{called}")
                count += 1
                continue
            known = self.listed.setdefault(call, [])
            if all(one[id].lower() != row[id].lower() for one in known):
                known.append(row)
            self.told.files.setdefault(row[id].lower(), file)
        return not count

    def join(self) -> None:
        """What other files tell of an object by the way, where none is of it alone."""
        self._keys()
        self._entity_types()
        self._categories()
        self._groups()
        self._codes()

    def _keys(self) -> None:
        """The keys by vocabulary; one whose vocabulary is in no file tells its name and the prefix."""
        keys = [*self.listed.get("management.vocabularyKeysFromVocabularyId", ())]
        keys += self.listed.get("management.vocabularyKeys", ())
        self.listed["management.vocabularyKeys"] = keys
        known = self.listed.setdefault("management.vocabularies", [])
        ids = {str(one["vocabularyId"]).lower() for one in known}
        pages = self.by_id.setdefault("management.vocabularyKeysFromVocabularyId", {})
        for id in ids:
            pages[id] = {"total": 0, "data": []}
        prefixes = {str(one["vocabularyId"]).lower(): one["keyPrefix"] for one in known}
        for key in list(keys):
            id, tail = str(key.get("vocabularyId")).lower(), f".{key['name']}"
            prefix = prefixes.setdefault(id, key["key"].removesuffix(tail))
            if key["key"].casefold() != f"{prefix}{tail}".casefold():
                keys.remove(key)
                why = f"the key is not the key prefix `{prefix}` with its name `{key['name']}`"
                self.told.leave(
                    Source(self.told.files[key["vocabularyKeyId"].lower()]), why, f"cluedin.vocabulary_key:{key['key']}"
                )
                continue
            page = pages.setdefault(id, {"total": 0, "data": []})
            page["data"].append(key)
            page["total"] += 1
            if id not in ids:
                ids.add(id)
                said = {"vocabularyId": key["vocabularyId"], "keyPrefix": prefix}
                known.append(said | {"vocabularyName": (key.get("vocabulary") or {}).get("vocabularyName")})
        one = self.by_id.setdefault("management.vocabulary", {})
        for vocabulary in known:
            one.setdefault(str(vocabulary["vocabularyId"]).lower(), vocabulary)

    def _entity_types(self) -> None:
        types: dict[str, Row] = {}
        for vocabulary in self.listed["management.vocabularies"]:
            said = vocabulary.get("entityTypeConfiguration") or {}
            if said.get("entityType"):
                types.setdefault(said["entityType"], {**said, "type": said["entityType"]})
        self.listed["management.entityTypeConfigurations"] = list(types.values())

    def _categories(self) -> None:
        categories = self.listed.setdefault("management.glossaryCategories", [])
        ids = {one["id"] for one in categories}
        for term in self.listed.get("management.glossaryTerms", ()):
            category = term.get("category") or {}
            if category.get("id") and category["id"] not in ids:
                ids.add(category["id"])
                categories.append(category)

    def _groups(self) -> None:
        """Groups with their sources, and these with their sets: each may be told from either side."""
        groups: dict[str, Row] = {}
        sources: dict[str, dict[str, Row]] = {}
        sets: dict[str, dict[str, Row]] = {}
        for group, source, data_set in self._told_of_sources():
            groups.setdefault(str(group["id"]), {"id": group["id"], "name": group.get("name")})
            if source.get("id"):
                sources.setdefault(str(group["id"]), {}).setdefault(str(source["id"]), source)
            if data_set.get("id"):
                sets.setdefault(str(source["id"]), {}).setdefault(str(data_set["id"]).lower(), data_set)
        for id, group in groups.items():
            group["dataSources"] = list(sources.get(id, {}).values())
            for source in group["dataSources"]:
                source["dataSets"] = list(sets.get(str(source["id"]), {}).values())
                source.setdefault("dataSourceSet", {"id": group["id"], "name": group["name"]})
                self.by_id.setdefault("inbound.dataSource", {})[str(source["id"]).lower()] = source
        self.listed["inbound.dataSourceSets"] = list(groups.values())

    def _told_of_sources(self) -> Iterator[tuple[Row, Row, Row]]:
        for source in self.listed.get("inbound.dataSources", ()):
            yield from _below(source.get("dataSourceSet") or {}, source)
        for group in self.listed.get("inbound.dataSourceSets", ()):
            yield group, {}, {}
            for source in group.get("dataSources") or ():
                yield from _below(group, source)
        for data_set in self.listed.get("inbound.dataSets", ()):
            source = data_set.get("dataSource") or {}
            if source.get("id") and (source.get("dataSourceSet") or {}).get("id"):
                yield source["dataSourceSet"], source, data_set

    def _codes(self) -> None:
        found = self.by_id.setdefault("preparation.getAnnotationCodes", {})
        for code in self.listed.get("preparation.getAnnotationCodes", ()):
            found.setdefault(str(code.get("annotationId")).lower(), []).append(code)


def _fault(call: str, row: Row) -> str:
    """Why a row is none that a manifest can be made of; empty where it is one."""
    _, needed, may_be = _NEEDED.get(call, ("", (), ()))
    for name in needed:
        if row.get(name) in (None, ""):
            return f"it has no `{name}`"
    wrong = [name for name in (*needed, *may_be) if not isinstance(row.get(name), str | None)]
    return f"its `{wrong[0]}` is no text" if wrong else ""


def _below(group: Row, source: Row) -> Iterator[tuple[Row, Row, Row]]:
    if group.get("id"):
        yield group, source, {}
        for data_set in source.get("dataSets") or ():
            yield group, source, data_set


def _rows(value: Any) -> Iterable[Any]:
    """The rows of a listing: in pages, or as they are."""
    if not isinstance(value, dict):
        return value if isinstance(value, list) else [value]
    return next((rows for rows in value.values() if isinstance(rows, list)), [value])
