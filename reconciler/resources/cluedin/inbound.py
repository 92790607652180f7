"""Readings that the inbound types share: groups, sources and sets of data, annotations and their codes.

Public sources show these areas in GraphQL only (toolkit documents, [B]).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from reconciler.resources.asked import Asked, Known
from reconciler.resources.cluedin.shared import Row, entity_types, one, refuse
from reconciler.resources.keys import quote, unquote
from reconciler.resources.spelling import composed
from reconciler.systems.cluedin import CluedIn

IGNORE = "--ignore--"
"""The key of a column that is left out [B]."""

SOURCE_NAME = "--data-source-name--"
"""The origin that stands for the name of the data source [B]."""

TYPES = ("endpoint", "sql")
"""Types of sources that can be made by a call alone: a `file` needs an upload [B]."""

_GROUPS = """query getAllDataSourceSet($page: Int, $pageSize: Int) { inbound { id
  dataSourceSets(page: $page, pageSize: $pageSize) { total data { id name
    dataSources { id type name dataSets { id } } } } } }"""
SOURCE = """query getDataSourceById($id: ID!) { inbound { id dataSource(id: $id) {
  id type name dataSourceSet { id name } connectorConfigurationId
  connectorConfiguration { id accountDisplay helperConfiguration source sourceQuality }
  dataSets { id name isArchive } } } }"""
_SET = """query getDataSetById($id: ID!) { inbound { id dataSet(id: $id) {
  id name isArchive annotationId dataSourceId configuration originalFields
  dataSource { id name type dataSourceSet { id name } }
  fieldMappings { id originalField key columnType columnSubType } } } }"""
ANNOTATION = """query getAnnotationById($id: ID) { preparation { id annotation(id: $id) {
  id name entityType nameKey descriptionKey originEntityCodeKey createdDateMap modifiedDateMap origin vocabularyId
  vocabulary { vocabularyId keyPrefix } entityTypeConfiguration { entityType }
  annotationProperties { key vocabKey useAsEntityCode useAsAlias
    annotationEdges { id key edgeType direction origin entityTypeConfiguration { entityType } } } } } }"""
_CODES = """query getAnnotationCodes($annotationId: ID!) { preparation { id
  getAnnotationCodes(annotationId: $annotationId) {
    id annotationId key entityCodeOrigin sourceCode type vocabKey } } }"""
_ME = """query me { administration { me { client entity } } }"""
CONFIGURE = """mutation saveConnectorConfiguration($connectorConfiguration: InputConnectorConfiguration) { inbound {
  saveConnectorConfiguration(connectorConfiguration: $connectorConfiguration) { id accountDisplay } } }"""


# -- reading -----------------------------------------------------------------------------------------------


def groups(cluedin: CluedIn) -> list[Row]:
    """Every group with its sources in brief; pages start at 0 [B]."""

    def read() -> list[Row]:
        return cluedin.pages(_GROUPS, ("inbound", "dataSourceSets"), page="page", first=0)

    return cluedin.memo("data source sets", read)


def sources(cluedin: CluedIn, known: Known) -> Iterator[tuple[str, Row]]:
    """Keys and rows of all sources, by their own live names; neither names of groups nor of sources are unique [B]."""
    for group in groups(cluedin):
        above = group_key(group, known)
        for row in group.get("dataSources") or ():
            yield f"{above}/{join(row['name'])}", row


def group_key(row: Row, known: Known) -> str:
    """The key that a group is known by."""
    return known.key_of("cluedin.data_source_group", str(row.get("id")), join(row.get("name") or ""))


def source_key(row: Row, known: Known) -> str:
    """The key that the source above a data set is known by."""
    group = group_key(row.get("dataSourceSet") or {}, known)
    return known.key_of("cluedin.data_source", str(row.get("id")), f"{group}/{join(row.get('name') or '')}")


def set_key(row: Row, known: Known) -> str:
    """The key of a data set by its own live name, below the source as that is known."""
    return _below(source_key(row.get("dataSource") or {}, known), row)


def source(cluedin: CluedIn, id: str) -> Row | None:
    """One source with its configuration and the names of its sets [B]; read once in a reading."""
    [found] = sources_of(cluedin, [id])
    return found


def sources_of(cluedin: CluedIn, ids: Iterable[str]) -> list[Row | None]:
    """Some sources as `source` gives them."""
    return cluedin.memo_each("data source", ids, lambda missing: cluedin.each_of(SOURCE, missing))


def fresh_source(cluedin: CluedIn, id: str) -> Row | None:
    """One source, asked anew."""
    return one(cluedin, SOURCE, id)


def fresh_set(cluedin: CluedIn, id: str) -> Row | None:
    """One data set, asked anew, an archived one too: no name leads to it, and the toolkit skips it [B]."""
    [found] = _fresh_sets(cluedin, [id])
    return found


def _fresh_sets(cluedin: CluedIn, ids: list[str]) -> list[Row | None]:
    found: list[Row | None] = cluedin.each_of(_SET, ids)
    types: dict[str, str] = cluedin.ids.setdefault("types of data sets", {})
    for id, row in zip(ids, found, strict=True):
        if row is not None and (told := (row.get("dataSource") or {}).get("type")):
            types[guid(id)] = str(told)
    return found


def types_of_sets(cluedin: CluedIn, ids: Iterable[str]) -> Mapping[str, str]:
    """The types of the sources of data sets: asked once, as no call changes them [B]."""
    known: dict[str, str] = cluedin.ids.setdefault("types of data sets", {})
    missing = [id for id in dict.fromkeys(ids) if id not in known]
    if missing:
        _fresh_sets(cluedin, missing)
        known.update((id, TYPES[0]) for id in missing if id not in known)
    return known


def fresh_annotation(cluedin: CluedIn, id: str) -> Row | None:
    """One annotation, asked anew [B]."""
    return one(cluedin, ANNOTATION, id)


def sets(cluedin: CluedIn, asked: Asked, *, anew: bool = False) -> list[tuple[str, Row]]:
    """The data sets of these keys in detail, each once in a reading; several may have one key.

    One that is known by its id is asked for by it, and is the set of its key whatever it is called now. So is one
    that was found once by its name; `anew` looks for the name again, as another of that name may have come.
    """
    wanted = set(asked)
    ours = {key: [id] for key in wanted if (id := asked.known.id_of("cluedin.data_set", key))}
    met: dict[str, list[str]] = cluedin.ids.setdefault("data sets", {})
    for key in wanted if anew else ():
        met.pop(key, None)
    direct = [(key, id) for key in wanted & (ours.keys() | met.keys()) for id in ours.get(key) or met[key]]
    rows = _set_rows(cluedin, [id for _, id in direct])
    gone = {key for (key, _), row in zip(direct, rows, strict=True) if row is None}
    found = [(key, row) for (key, _), row in zip(direct, rows, strict=True) if row is not None and key not in gone]
    for key in gone:
        met.pop(key, None)
    missing = wanted - {key for key, _ in found}
    above = {key.rpartition("/")[0] for key in missing}
    for key, row in sets_below(cluedin, above.__contains__, missing.__contains__, asked.known):
        met.setdefault(key, []).append(guid(row["id"]))
        found.append((key, row))
    return found


def sets_below(
    cluedin: CluedIn,
    is_above: Callable[[str], bool],
    is_wanted: Callable[[str], bool],
    known: Known | None = None,
) -> list[tuple[str, Row]]:
    """The wanted data sets of the sources meant, in detail, by their keys.

    The list of groups holds ids of sets and no names [B]. The only set of a source is read at once and tells its
    name itself; of several, the source tells the names first.
    """
    ids: list[tuple[str, str]] = []
    several: list[tuple[str, str]] = []
    known = known or Known()
    for name, row in sources(cluedin, known):
        key = known.key_of("cluedin.data_source", str(row["id"]), name)
        brief = row.get("dataSets")
        if not is_above(key):
            continue
        if brief is None or len(brief) > 1:
            several.append((key, str(row["id"])))
        else:
            ids += [(key, guid(only["id"])) for only in brief]
    details = sources_of(cluedin, [id for _, id in several])
    for (parent, _), detail in zip(several, details, strict=True):
        for row in (detail or {}).get("dataSets") or ():
            if is_wanted(_below(parent, row)) and not row.get("isArchive"):
                ids.append((parent, guid(row["id"])))
    rows = zip(ids, _set_rows(cluedin, [id for _, id in ids]), strict=True)
    named = [(_below(parent, row), row) for (parent, _), row in rows if row is not None and not row.get("isArchive")]
    return [(key, row) for key, row in named if is_wanted(key)]


def _below(parent: str, row: Row) -> str:
    return f"{parent}/{join(row.get('name') or '')}"


def _set_rows(cluedin: CluedIn, ids: list[str]) -> list[Row | None]:
    return cluedin.memo_each("data set", ids, lambda missing: _fresh_sets(cluedin, missing))


def above(type: str, wanted: Mapping[str, frozenset[str]]) -> Asked:
    """The data sets that parts of them, `<data set key>#<part>`, are asked for."""
    return Asked.of(type, wanted).keyed({key.partition("#")[0] for key in wanted})


def annotated(cluedin: CluedIn, asked: Asked) -> list[tuple[str, Row, Row | None]]:
    """Data sets of these keys with their annotations, as far as they have one."""
    found = sets(cluedin, asked)
    ids = [str(row["annotationId"]) for _, row in found if row.get("annotationId")]
    read = cluedin.memo_each("annotation", ids, lambda missing: cluedin.each_of(ANNOTATION, missing))
    annotations: dict[str, Row | None] = dict(zip(ids, read, strict=True))
    return [(key, row, annotations.get(str(row.get("annotationId")))) for key, row in found]


def codes_of(cluedin: CluedIn, annotation_ids: Iterable[str]) -> list[list[Row]]:
    """The identifiers of some annotations; the call exists since 4.2 [B]."""

    def read(missing: list[str]) -> list[list[Row]]:
        return [list(found or ()) for found in cluedin.each_of(_CODES, missing)]

    return cluedin.memo_each("annotation codes", annotation_ids, read)


def author(cluedin: CluedIn) -> str | None:
    """The id of who is signed in: `administration.me.client.id`, as the toolkit sends it [B]."""

    def read() -> str | None:
        client = (cluedin.graphql(_ME, effect="read")["administration"]["me"] or {}).get("client")
        id = client.get("id") if isinstance(client, dict) else None
        return str(id) if id else None

    return cluedin.memo("me", read)


def entity_type(cluedin: CluedIn, code: str) -> Row:
    """An existing entity type as annotations and edges carry it [B]; one made just now may not be listed [C]."""
    row: Row = next((item for item in entity_types(cluedin) if item.get("type") == code), {})
    name = row.get("displayName") or code.rpartition("/")[2]
    return {"new": False, "icon": row.get("icon") or "", "entityType": code, "displayName": name}


def property_of(annotation: Row | None, key: str | None) -> Row | None:
    """The property of an annotation that a vocabulary key fills."""
    properties: list[Row] = (annotation or {}).get("annotationProperties") or []
    return next((item for item in properties if key and item.get("vocabKey") == key), None)


# -- writing -----------------------------------------------------------------------------------------------


def configuration(row: Row, **changed: Any) -> Row:
    """What `CONFIGURE` takes of a source, with all of its members: it replaces what it is given [C].

    The id that the source tells is in upper case, the object's own in lower case [B]: they are the same.
    """
    whole = row.get("connectorConfiguration") or {}
    id = whole.get("id") or row.get("connectorConfigurationId")
    if not id:
        raise refuse("missing", f"the data source {row.get('name')} has no configuration to save")
    kept = {name: whole.get(name) for name in ("accountDisplay", "helperConfiguration", "source", "sourceQuality")}
    given = {"id": guid(id), **{name: value for name, value in kept.items() if value is not None}, **changed}
    return {"connectorConfiguration": given}


# -- keys --------------------------------------------------------------------------------------------------


def guid(id: Any) -> str:
    """GUIDs come in upper and in lower case and mean the same [B]."""
    return str(id).lower()


def join(*names: Any) -> str:
    """The key of names below each other."""
    return "/".join(quote(composed(str(name))) for name in names)


def last(key: str) -> str:
    """The own name at the end of a key."""
    return unquote(key.rpartition("/")[2])


def misnamed(key: str, parts: int, what: str) -> Iterator[str]:
    """What is wrong with a key of so many names."""
    names = [unquote(part) for part in key.split("/")]
    if len(names) != parts:
        yield f"{what} is named by {parts} parts, not by {key!r}"
    elif any(not name or name != name.strip() for name in names):
        yield f"the name of {what} must not be empty or start or end with a blank: {key!r}"
