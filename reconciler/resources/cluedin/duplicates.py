"""Deduplication projects as CluedIn tells them: lists, details, rules; and what only a live one shows.

Documents and members are the toolkit's [B]; paths below `/api/deduplication` are of the official description [B]. Of
some values no public source tells the words [U]: of the two kinds of filter, of how a criterion says whether it means
a vocabulary key or a property, and how it writes a key. They are learnt of projects that are there, and never guessed.
What `matchingfunctions` answers is not public either, so that several forms of it are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.resources.cluedin.conditions import Condition
from reconciler.resources.cluedin.shared import Row
from reconciler.resources.keys import quote
from reconciler.resources.spelling import composed
from reconciler.systems.cluedin import CluedIn

EDITABLE = ("requiresconfiguration", "readytogenerate")
"""States in which a project and its rules may be edited, as they are compared ([B]: the vendor's page)."""
ARCHIVED = "archived"
ROOT = "/deduplication/projects"
LEARNT_OF = 20
"""So many projects are looked at for what only a live one shows."""
_ENTITY_TYPE = "3be85371-cbe0-4180-8820-73e6e37a6c32"

_LIST = """query deDupProjects($pageNumber: Int, $itemsPerPage: Int) { management { id
  deDupProjects(pageNumber: $pageNumber, itemsPerPage: $itemsPerPage) { total data { id name status } } } }"""
_ONE = """query deDupProject($id: ID!) { management { id deDupProject(id: $id) { id name status description
  deduplicationScopeFilter deduplicationScopeFilterType shouldLimitQuerySize querySizeLimit } } }"""
_RULES = """query deDuplicateProjectRules($id: ID!, $pageNumber: Int, $itemsPerPage: Int) { management { id
  deDuplicateProjectRules(id: $id, pageNumber: $pageNumber, itemsPerPage: $itemsPerPage) { total data {
    id name enabled order matchingCriteria { name objectType fieldName matchingTypeId matchingTypeDisplayName
    comparisonConfiguration normalizationConfiguration } } } } }"""


@dataclass(frozen=True, slots=True)
class Words:
    """What only live projects show; None where none does."""

    simple: Any = None
    """The word of a filter that is one entity type."""
    advanced: Any = None
    """The word of any other filter."""
    of_keys: Any = None
    """How a criterion says that it means a vocabulary key."""
    of_properties: Any = None
    """How it says that it means a property."""
    in_brackets: bool = False
    """Whether it writes a key as `Properties[key]`."""

    def filter_word(self, tree: Mapping[str, Any]) -> Any:
        """The word for a filter; None where nobody shows it."""
        word = self.simple if is_simple(tree) else None
        return word if word is not None else self.advanced


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What this server compares by, and what it does to values before: names by id."""

    functions: Mapping[str, str]
    normalizers: Mapping[str, str]


def projects(cluedin: CluedIn) -> list[Row]:
    """Every project as the list shows it; pages from 1 [B]."""
    path = ("management", "deDupProjects")
    return cluedin.memo("deduplication projects", lambda: cluedin.pages(_LIST, path, size="itemsPerPage"))


def projects_by_id(cluedin: CluedIn, ids: Iterable[str]) -> list[Row | None]:
    """Some projects with everything, each once a reading; None for one that is not there [B]."""
    return cluedin.memo_each("deduplication project", ids, lambda missing: cluedin.each_of(_ONE, missing))


def rules_of(cluedin: CluedIn, project: str) -> list[Row]:
    """The rules of a project in their order; pages from 1 [B]."""
    path = ("management", "deDuplicateProjectRules")

    def read() -> list[Row]:
        rows = cluedin.pages(_RULES, path, {"id": project}, size="itemsPerPage")
        return sorted(rows, key=lambda row: int(row.get("order") or 0))

    return cluedin.memo(("matching rules", project), read)


def key_of(row: Row) -> str:
    """The key of a project, or the part of a key that names a rule: the quoted name."""
    return quote(composed(str(row["name"])))


def state_of(row: Row) -> str:
    """The state of a project, in the form in which states are compared."""
    return "".join(str(row.get("status") or "").split()).casefold()


def fixed_by(row: Row) -> str:
    """Why nothing of a project can be changed now; empty where it can. An unknown state is one of those [C]."""
    state = state_of(row)
    if state in EDITABLE:
        return ""
    if state == ARCHIVED:
        return "it is archived, and nobody can take that back: --replace ADDRESS makes a new one"
    told = str(row.get("status") or "unknown")
    return f"its state is {told!r}: discard its matches in CluedIn first, or --replace ADDRESS makes a new one"


def is_simple(tree: Mapping[str, Any]) -> bool:
    """Whether a filter is one entity type and nothing else."""
    found = Condition().canonical(tree)
    rules: list[Any] = list(found.get("rules") or ()) if isinstance(found, Mapping) else []
    return len(rules) == 1 and rules[0].get("objectTypeId") == _ENTITY_TYPE and not rules[0].get("rules")


def field_name(criterion: Row) -> str:
    """The key or the property that a criterion compares."""
    return str(criterion.get("fieldName") or "").strip().removeprefix("Properties[").removesuffix("]")


def is_key(criterion: Row) -> bool:
    """Whether a criterion means a vocabulary key: those have a prefix, and properties of records have none [B]."""
    return "." in field_name(criterion)


# -- what only live projects show ----------------------------------------------------------------------------


def words(cluedin: CluedIn) -> Words:
    """What is learnt of the projects that are there, of the first of them that show it."""
    return cluedin.memo("words of deduplication", lambda: _words(cluedin))


def _words(cluedin: CluedIn) -> Words:
    ids = [str(row["id"]) for row in projects(cluedin)[:LEARNT_OF]]
    details = [row for row in projects_by_id(cluedin, ids) if row is not None]
    filters = [(is_simple(row.get("deduplicationScopeFilter") or {}), row.get("deduplicationScopeFilterType"))
               for row in details]  # fmt: skip
    simple = _first(word for plain, word in filters if plain)
    advanced = _first(word for plain, word in filters if not plain)
    of_keys = of_properties = None
    in_brackets = False
    for id in ids:
        for criterion in (one for rule in rules_of(cluedin, id) for one in rule.get("matchingCriteria") or ()):
            level = criterion.get("objectType")
            if is_key(criterion) and of_keys is None:
                of_keys, in_brackets = level, str(criterion.get("fieldName")).startswith("Properties[")
            elif not is_key(criterion) and of_properties is None:
                of_properties = level
        if of_keys is not None and of_properties is not None:
            break
    return Words(simple, advanced, of_keys, of_properties, in_brackets)


def _first(words: Iterable[Any]) -> Any:
    return next((word for word in words if word is not None), None)


def catalogue(cluedin: CluedIn) -> Catalogue:
    """`GET /api/deduplication/projects/rules/matchingfunctions` [B], of which the form is [U]."""
    return cluedin.memo("matching functions", lambda: _catalogue(cluedin))


def _catalogue(cluedin: CluedIn) -> Catalogue:
    told = cluedin.rest("GET", f"{ROOT}/rules/matchingfunctions", effect="read", version="")
    rows = told if isinstance(told, list) else next((one for one in (told or {}).values() if isinstance(one, list)), [])
    functions = dict(_named(rows))
    lists: Iterator[Sequence[Any]] = (
        value
        for holder in ([told] if isinstance(told, Mapping) else rows)
        if isinstance(holder, Mapping)
        for name, value in holder.items()
        if "normali" in str(name).casefold() and isinstance(value, list)
    )
    return Catalogue(functions, {id: name for one in lists for id, name in _named(one)})


def _named(rows: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if isinstance(row, Mapping):
            id = row.get("id") or row.get("matchingTypeId")
            name = next((row[one] for one in ("displayName", "friendlyName", "name") if row.get(one)), None)
            if id and name:
                yield str(id).lower(), str(name).strip()


def folded(name: str) -> str:
    """A name as it is compared: without case, blanks and signs, so that `LowerCase` is like `lower case`."""
    return "".join(sign for sign in name if sign.isalnum()).casefold()
