"""What differs between Microsoft Purview and Apache Atlas, which answer to the same calls.

The environment's `mode` chooses the dialect once (`PurviewSystem.dialect`). Everybody else asks a dialect for what
they mean to use, and never which product it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Product = Literal["purview", "atlas"]
"""The words of `mode` in an environment."""
TermPart = Literal["status", "templates", "contacts", "resources"]
"""What a term may have beside its texts and its relations."""
WITH_PARENTS = (("includeTermHierarchy", True),)
"""Without it, terms with a parent or a template answer `TermHierarchyQueryParameterMissing` [B]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one product speaks the Atlas calls, and what it has."""

    title: str
    """Its name in messages."""
    scheme: str
    """What the names of a system begin with, to which a ledger is bound."""
    has_account: bool
    """Whether an account with a name, in a tenant, is behind the endpoint; else its address alone tells it."""
    root: str
    """The prefix of the Atlas calls."""
    version_page: str | None
    """Where it tells its version, without a prefix; None where calls name the version that they want."""
    glossary_word: str
    """What its glossaries are called."""
    has_collections: bool
    """Whether assets are in collections, which can be selected and written."""
    has_contacts: bool
    """Whether assets have owners and experts."""
    has_query_search: bool
    """Whether `/search/query` searches all types at once, by words and filters; else a search is for one type."""
    has_term_parents: bool
    """Whether terms have parents (`parentTerm`); else categories stand for them, see `resources.purview.places`."""
    has_nicknames: bool
    """Whether a term has its own name (`nickName`) beside the formal one."""
    has_partial_terms: bool
    """Whether `…/partial` takes what changes in the plain fields of a term; else the whole term is sent."""
    term_parts: frozenset[TermPart]
    """What it keeps of a term."""
    term_query: tuple[tuple[str, bool], ...]
    """The query with which whole terms are sent."""
    unassigns_with: Literal["DELETE", "PUT"]
    """The method that takes a term off entities."""
    lists_deleted_relations: bool
    """Whether a relation between terms that is deleted by itself stays listed."""
    updates_whole: bool
    """Whether an update of an entity brings every mandatory attribute, also one that stays as it is."""


PURVIEW = Dialect(
    title="Microsoft Purview",
    scheme="purview",
    has_account=True,
    root="/datamap/api/atlas/v2",
    version_page=None,
    glossary_word="classic glossary",
    has_collections=True,
    has_contacts=True,
    has_query_search=True,
    has_term_parents=True,
    has_nicknames=True,
    has_partial_terms=True,
    term_parts=frozenset({"status", "templates", "contacts", "resources"}),
    term_query=WITH_PARENTS,
    unassigns_with="DELETE",
    lists_deleted_relations=False,
    updates_whole=False,
)
"""The Data Map of Microsoft Purview."""

ATLAS = Dialect(
    title="Apache Atlas",
    scheme="atlas",
    has_account=False,
    root="/api/atlas/v2",
    version_page="/api/atlas/admin/version",
    glossary_word="Atlas glossary",
    has_collections=False,
    has_contacts=False,
    has_query_search=False,
    has_term_parents=False,
    has_nicknames=False,
    has_partial_terms=False,
    term_parts=frozenset(),
    term_query=(),
    unassigns_with="PUT",
    lists_deleted_relations=True,
    updates_whole=True,
)
"""A plain Apache Atlas (2.4.0, grade A where the callers say nothing else)."""

DIALECTS: Mapping[Product, Dialect] = {"purview": PURVIEW, "atlas": ATLAS}
"""The dialect of each `mode`."""
