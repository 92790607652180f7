"""Readings that several CluedIn types share, each made once; and waiting until a write is visible."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from reconciler.errors import Diagnostic, ReconcilerError, SystemFailureError
from reconciler.resources.cluedin.key_values import FIELDS as KEY_FIELDS
from reconciler.resources.keys import field_of
from reconciler.resources.slate import slate
from reconciler.resources.spelling import composed
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.cluedin_refusals import GraphQLRefused
from reconciler.systems.refusals import LostAnswer, Refused, Unreachable

Row = dict[str, Any]
Conflict = GraphQLRefused | Refused

ENTITY_TYPE_CODE = re.compile(r"/[^\s]+")
PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9._]*")
GUID = re.compile(r"\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")

ONE_BY_ONE = 10
"""So many vocabularies are asked for their keys each by itself; more of them by the list of all keys."""

VISIBLE_WITHIN = 10.0
"""Seconds for which the vendor's own test tool asks for a new vocabulary before it gives up [B]."""

_VOCABULARIES = """query getAllVocabularies($pageNumber: Int, $pageSize: Int) { management { id
  vocabularies(pageNumber: $pageNumber, pageSize: $pageSize) { total data {
    vocabularyId vocabularyName keyPrefix isActive isCluedInCore isProvider grouping connector { id name } } } } }"""
_VOCABULARY = """query getVocabulary($id: ID!) { management { id vocabulary(id: $id) {
  vocabularyId vocabularyName keyPrefix isActive isCluedInCore isProvider grouping providerId description
  entityTypeConfiguration { icon entityType displayName } connector { id name }
  owners { id username } } } }"""
_ALL_KEYS = f"""query getAllVocabularyKeys($pageNumber: Int, $pageSize: Int) {{ management {{ id
  vocabularyKeys(pageNumber: $pageNumber, pageSize: $pageSize, filterIsObsolete: "All",
    skipFilterVisibility: true) {{ total data {{ {KEY_FIELDS} }} }} }} }}"""
_KEYS_OF_ONE = f"""query getVocabularyKeysFromVocabularyId($id: ID!) {{ management {{ id
  vocabularyKeysFromVocabularyId(id: $id, filterIsObsolete: "All", skipFilterVisibility: true) {{
    total data {{ {KEY_FIELDS} }} }} }} }}"""
_CATEGORIES = """query getGlossaryCategory { management { id glossaryCategories { id name } } }"""
_TERMS = """query getAllTerms($pageNumber: Int, $pageSize: Int) { management { id
  glossaryTerms(pageNumber: $pageNumber, pageSize: $pageSize) { total data {
    id name categoryId active } } } }"""
_ENTITY_TYPES = """query entityTypeLayoutConfigurations($pageNumber: Int, $pageSize: Int) { management { id
  entityTypeConfigurations(pageNumber: $pageNumber, pageSize: $pageSize) { total data {
    id type displayName icon route active } } } }"""


def vocabularies(cluedin: CluedIn) -> list[Row]:
    """Every vocabulary as the list shows it: no description, no source id, no owners (TK documents, [B]).

    Pages start at 1 [B].
    """
    return cluedin.memo("vocabularies", lambda: cluedin.pages(_VOCABULARIES, ("management", "vocabularies")))


def vocabulary(cluedin: CluedIn, id: str) -> Row | None:
    """One vocabulary with everything, asked anew; None when there is none [B]."""
    return one(cluedin, _VOCABULARY, id)


def vocabularies_of(cluedin: CluedIn, ids: Iterable[str]) -> list[Row | None]:
    """Some vocabularies with everything, asked anew."""
    return cluedin.each_of(_VOCABULARY, ids)


def categories(cluedin: CluedIn) -> dict[str, str]:
    """Names of glossary categories by id; the list is not paged [B]."""

    def read() -> dict[str, str]:
        data = cluedin.graphql(_CATEGORIES, effect="read")
        return {str(row["id"]): composed(str(row["name"])) for row in data["management"]["glossaryCategories"] or ()}

    return cluedin.memo("glossary categories", read)


def terms(cluedin: CluedIn) -> list[Row]:
    """Every glossary term that the account may see, without description and condition; pages from 1 [B]."""
    return cluedin.memo("glossary terms", lambda: cluedin.pages(_TERMS, ("management", "glossaryTerms")))


def entity_types(cluedin: CluedIn) -> list[Row]:
    """Every entity type; pages from 1 [B]."""
    return cluedin.memo(
        "entity types", lambda: cluedin.pages(_ENTITY_TYPES, ("management", "entityTypeConfigurations"))
    )


def keys_of(cluedin: CluedIn, ids: Iterable[str]) -> list[Row]:
    """The keys of some vocabularies, hidden and obsolete ones too, or the keys of all when some are many.

    `vocabularyKeysFromVocabularyId(id)` answers without paging; `vocabularyKeys` comes in pages [B]. Both leave
    out hidden and obsolete keys unless told otherwise, and a create of one of those is a 409 [B].
    """
    wanted = sorted(set(ids))
    if len(wanted) > ONE_BY_ONE:
        return cluedin.memo("all keys", lambda: cluedin.pages(_ALL_KEYS, ("management", "vocabularyKeys")))
    lists = cluedin.each(lambda id: cluedin.memo(("keys", id), lambda: _keys_of_one(cluedin, id)), wanted)
    return [row for rows in lists for row in rows]


def _keys_of_one(cluedin: CluedIn, id: str) -> list[Row]:
    def read() -> tuple[int, list[Row]]:
        data = cluedin.graphql(_KEYS_OF_ONE, {"id": id}, effect="read")["management"]["vocabularyKeysFromVocabularyId"]
        return data["total"], data["data"]

    return cluedin.counted("vocabularyKeysFromVocabularyId", read)


def shipped(row: Row, what: str) -> str | None:
    """Why an object that came with CluedIn, or with a connector, is never taken over ([C]: it is not ours)."""
    if row.get("isCluedInCore") or row.get("isProvider"):
        return f"this {what} comes with CluedIn and is not ours to manage; use another key prefix"
    return None


def one(cluedin: CluedIn, document: str, id: str) -> Row | None:
    """The object behind an id; None when there is none."""
    [found] = cluedin.each_of(document, [id])
    return found  # type: ignore[no-any-return]


class Steps:
    """The steps of one write, one after the other; a 409 does not keep the later ones from being sent.

    A 409 to a save means unchanged or taken [B]. It is raised at the end, and the live state tells which; in
    doubt, when an earlier step went through and may not be visible yet.
    """

    def __init__(self, cluedin: CluedIn, *, begun: bool = False) -> None:
        self.cluedin, self.begun = cluedin, begun
        self._refused: Conflict | None = None

    def save(self, document: str, variables: Mapping[str, Any]) -> None:
        """A whole-object save over GraphQL."""
        self.take(lambda: self.cluedin.graphql(document, variables, effect="set"))

    def take(self, step: Callable[[], object]) -> None:
        """One step; any refusal but a 409 is raised at once."""
        try:
            step()
        except (GraphQLRefused, Refused) as refused:
            if not refused.conflict:
                raise
            refused.doubtful = refused.doubtful or self.begun
            self._refused = self._refused or refused
        else:
            self.begun = True

    def hear(self, answer: object) -> None:
        """The answer to a step that was sent with those of others."""

        def step() -> None:
            if isinstance(answer, SystemFailureError):
                raise answer

        self.take(step)

    def end(self) -> None:
        """Raises the first 409, after the last step."""
        if self._refused is not None:
            raise self._refused


def until_visible(cluedin: CluedIn, probe: Callable[[], bool], within: float = VISIBLE_WITHIN) -> bool:
    """Asks until what was just written is visible, or the time is over, or a stop was asked for.

    The vendor's test tool polls up to ten times, a second apart, after every new vocabulary and key [B].
    """
    deadline, wait = time.monotonic() + within, 0.1
    while not probe():
        left = deadline - time.monotonic()
        if left <= 0 or cluedin.connection.stop.wait(min(wait, left)):
            return False
        wait = min(wait * 2, 1.0)
    return True


def arrived(cluedin: CluedIn, id: str, probe: Callable[[], bool]) -> bool:
    """Whether what was just made is there to go on with: waits for it, unless it waits for an approval itself.

    A create that became a task is answered like any other and shows nothing [B], so that its next steps would be
    refused. They are left to the next run, which finds the object without them.
    """
    if probe():
        return True
    if cluedin.fresh().tasks_for(id):
        return False
    return until_visible(cluedin, probe)


def doubted(error: SystemFailureError) -> SystemFailureError:
    """A refusal of a step whose earlier step went through: a 409 may be that one's, which does not show yet."""
    if isinstance(error, GraphQLRefused | Refused) and error.conflict:
        error.doubtful = True
    return error


def held_back(cluedin: CluedIn, id: str, error: ReconcilerError) -> bool:
    """Whether a step after a create was refused because the create itself waits for an approval."""
    return not isinstance(error, LostAnswer | Unreachable) and bool(cluedin.fresh().tasks_for(id))


def rich(text: str | None) -> str:
    """Text as the rich text that CluedIn keeps; no text is one empty paragraph [B]."""
    return slate(text or "")


def mentions(paths: Iterable[str], names: frozenset[str]) -> bool:
    """Whether one of the managed paths belongs to one of the fields."""
    return any(field_of(path) in names for path in paths)


def advice(word: str, known: Iterable[str]) -> str:
    """What to do about an unknown word: the nearest known one, and the list."""
    words = sorted(set(known))
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    listed = f"Known are {', '.join(words)}." if words else "None are known."
    return f"Did you mean {near[0]}? {listed}" if near else listed


def refuse(code: str, summary: str, detail: str = "") -> SystemFailureError:
    """An error of this system in one sentence, and what to do."""
    return SystemFailureError(Diagnostic("error", f"cluedin.{code}", summary, detail))
