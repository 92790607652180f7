"""Golden records: what the processed records of mapped data sets add up to, and the people.

A record has the code of its primary identifier and one for each further identifier; records that share a code
are one golden record, as CluedIn's documentation has it ([B]). The form of a code, `/Type#origin:value`, is that
of CluedIn's own SDK ([B]). Where several records of one golden record say different things, the last one holds
([C]: the default of a real one depends on its survivorship rules).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler_sandbox.cluedin.annotations import SOURCE_NAME
from reconciler_sandbox.cluedin.data_sets import IGNORE
from reconciler_sandbox.cluedin.world import (
    ANNOTATION,
    CODE,
    DATA_SET,
    DATA_SOURCE,
    RECORDS,
    USER,
    Doc,
    World,
    fixed_id,
)

_USER_TYPE = "/Infrastructure/User"


@dataclass(slots=True)
class _Part:
    """One record as its annotation reads it: its codes, the first being its origin, and what it says."""

    type: str
    codes: list[str]
    values: dict[str, str]
    at: str
    name: str = ""
    description: str | None = None


class Golden:
    """Works the golden records out, anew after each write."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: tuple[int, list[Doc]] | None = None

    def all(self) -> list[Doc]:
        """Every golden record by id; shared, so that nobody may change them."""
        generation = self._world.generation
        if self._known is None or self._known[0] != generation:
            found = [_shown(parts) for parts in _joined([*self._people(), *self._records()])]
            self._known = generation, sorted(found, key=lambda one: str(one["id"]))
        return self._known[1]

    def _people(self) -> Iterator[_Part]:
        """Each user is a record of its own, with the codes that CluedIn's SDK gives them ([B])."""
        for user in self._world.all(USER, latest=True):
            codes = [f"{_USER_TYPE}#CluedIn:{user['id']}", f"{_USER_TYPE}#CluedIn:{user['username']}"]
            values = {"user.email": user["username"]}
            yield _Part(_USER_TYPE, codes, values, user.get("createdAt") or "2024-03-04T13:29:50Z", user["name"])

    def _records(self) -> Iterator[_Part]:
        for data_set in self._world.all(DATA_SET, latest=True):
            annotation = self._world.get(ANNOTATION, data_set["annotationId"], latest=True)
            if annotation is None:
                continue
            codes = self._world.find(CODE, "annotation", annotation["id"], latest=True)
            batches = self._world.find(RECORDS, "set", data_set["id"], latest=True)
            rows = [(row, one["at"]) for one in sorted(batches, key=lambda one: int(one["id"])) for row in one["rows"]]
            for row, at in rows[: data_set["processed"]]:
                yield from self._part(data_set, annotation, codes, row, at)

    def _part(self, data_set: Doc, annotation: Doc, codes: list[Doc], row: Doc, at: str) -> Iterator[_Part]:
        """A record without a value of its primary identifier is none: CluedIn keeps it back ([C])."""
        values = {
            mapping["key"]: str(row[mapping["originalField"]])
            for mapping in data_set["fieldMappings"]
            if mapping["key"] != IGNORE and row.get(mapping["originalField"]) not in (None, "")
        }
        source = self._world.get(DATA_SOURCE, data_set["dataSourceId"], latest=True) or {}
        origin = annotation["origin"]
        own = str(source.get("name")) if origin in (None, "", SOURCE_NAME) else str(origin)
        primary = values.get(annotation["originEntityCodeKey"] or "")
        if not primary:
            return
        kind = annotation["entityType"]
        found = [f"{kind}#{own}:{primary}"]
        found += [
            f"{kind}#{code.get('entityCodeOrigin') or own}:{values[code['vocabKey']]}"
            for code in codes
            if code["vocabKey"] in values
        ]
        yield _Part(
            kind,
            list(dict.fromkeys(found)),
            values,
            at,
            values.get(annotation["nameKey"] or "", primary),
            values.get(annotation["descriptionKey"] or ""),
        )


def _joined(parts: list[_Part]) -> Iterator[list[_Part]]:
    """Records that share a code, directly or over others, in the order in which they came."""
    above: dict[str, str] = {}

    def top(code: str) -> str:
        while above.setdefault(code, code) != code:
            above[code] = above[above[code]]
            code = above[code]
        return code

    for part in parts:
        for code in part.codes[1:]:
            above[top(code)] = top(part.codes[0])
    groups: dict[str, list[_Part]] = {}
    for part in parts:
        groups.setdefault(top(part.codes[0]), []).append(part)
    yield from groups.values()


def _shown(parts: list[_Part]) -> Doc:
    """One golden record; the members are those that CluedIn's SDK asks for ([B]), the id is ours ([U] upstream)."""
    first, last = parts[0], parts[-1]
    values = {key: value for part in parts for key, value in part.values.items()}
    return {
        "id": fixed_id(f"golden record {first.codes[0]}"),
        "name": last.name,
        "displayName": last.name,
        "description": last.description,
        "discoveryDate": first.at,
        "createdDate": None,
        "modifiedDate": None,
        "lastProcessedDate": last.at,
        "entityType": first.type,
        "originEntityCode": first.codes[0],
        "codes": list(dict.fromkeys(code for part in parts for code in part.codes)),
        "tags": [],
        "properties": {"attribute-type": "/Metadata/KeyValue", **{f"property-{k}": v for k, v in values.items()}},
    }
