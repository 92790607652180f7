"""Terms of a glossary in Purview as the source of a rule: all of them, and which pass its filters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from reconciler.questions.assets import column_of, entities_by_guid, entities_of_term
from reconciler.questions.base import Question
from reconciler.resources.markup import html_prose
from reconciler.resources.purview.templates import DEFAULT
from reconciler.resources.purview.terms import Hierarchy, Term, hierarchy, names_of
from reconciler.systems.purview import Purview

Assigned = Literal["column", "any", "none"]


@dataclass(frozen=True, slots=True)
class SourceTerm:
    """A term that is there."""

    guid: str
    names: tuple[str, ...]
    """Own names from the top of the glossary to its own."""
    parent: str
    """The guid of the term above it; empty at the top."""
    definition: str = ""
    """The definition as plain text."""
    attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Values of its templates' attributes, by template."""
    column_types: tuple[str, ...] = ()
    """The scanner's words for the data types of the columns it is on, as far as these were looked for."""
    passes: bool = False
    """Whether it passes every filter by itself."""
    lacks_column: bool = False
    """Whether it would pass but for what it is on."""


@dataclass(frozen=True, slots=True)
class TermsSelected(Question):
    """Every term of a glossary, with whether it passes the filters for itself.

    `attribute` is `Name=value` or `Template.Name=value`; `term` and `template` are regular expressions that match as
    a whole. `assigned` asks for a term that is on a column, on nothing (`none`), or whatever it is on (`any`).
    """

    system = "purview"

    glossary: str
    attribute: str | None
    term: str
    template: str
    assigned: Assigned

    @classmethod
    def ask(cls, purview: Purview, questions: Sequence[Self]) -> Iterator[tuple[Self, tuple[SourceTerm, ...]]]:
        """The pages of the glossary [A]; what a term is on (`…/assignedEntities` [A]) only where a filter needs it."""
        for one in questions:
            known = hierarchy(purview, one.glossary)
            passing = [term for term in known.by_guid.values() if one.takes(term, names_of(known.key(term))[-1])]
            on = _entities_on(purview, passing) if one.assigned != "any" else None
            yield one, tuple(_rows(known, one, {str(term["guid"]) for term in passing}, on))

    def takes(self, term: Term, own: str) -> bool:
        """Whether a term passes the filters that ask for nothing but the term itself."""
        names = (own, str(term.get("name") or ""), str(term.get("nickName") or ""))
        templates = [str(name) for name in term.get("templateName") or ()] or [DEFAULT]
        return (
            any(re.fullmatch(self.term, name) for name in names)
            and any(re.fullmatch(self.template, name) for name in templates)
            and (self.attribute is None or has_value(term.get("attributes") or {}, self.attribute))
        )

    def takes_what_it_is_on(self, entities: Iterable[Mapping[str, Any]]) -> bool:
        """Whether a term passes by the assets that it is on."""
        found = list(entities)
        return not found if self.assigned == "none" else any(map(is_column, found))


def has_value(attributes: Mapping[str, Mapping[str, Any] | None], wanted: str) -> bool:
    """Whether an attribute has a value, compared as text in small letters; of several values one is enough."""
    path, _, value = wanted.partition("=")
    template, _, name = path.strip().rpartition(".")
    held = [one for key, one in attributes.items() if one and (not template or key == template)]
    values = [values[name] for values in held if values.get(name) is not None]
    texts = [str(one).strip().lower() for each in values for one in (each if isinstance(each, list) else [each])]
    return value.strip().lower() in texts


def is_column(entity: Mapping[str, Any]) -> bool:
    """Whether an entity is a column, by what scanners call the types of columns (recorded, grade B)."""
    type = str(entity.get("typeName") or "").casefold()
    return type == "column" or type.endswith("_column")


def _entities_on(purview: Purview, terms: Sequence[Term]) -> dict[str, list[Mapping[str, Any]]]:
    """What terms are on, by guid of the term."""
    guids = [str(term["guid"]) for term in terms]
    lists = purview.each(lambda guid: entities_of_term(purview, guid), guids)
    entities = entities_by_guid(purview, [guid for found in lists for guid in found])
    return {
        term: [entities[guid] for guid in found if guid in entities] for term, found in zip(guids, lists, strict=True)
    }


def _rows(
    known: Hierarchy,
    question: TermsSelected,
    passing: set[str],
    on: Mapping[str, list[Mapping[str, Any]]] | None,
) -> Iterator[SourceTerm]:
    for guid, term in known.by_guid.items():
        parent, assets = known.parent(term), on.get(guid, []) if on is not None else []
        fits = guid in passing and (on is None or question.takes_what_it_is_on(assets))
        yield SourceTerm(
            guid,
            tuple(names_of(known.key(term))),
            str(parent["guid"]) if parent is not None else "",
            html_prose(str(term.get("longDescription") or "")).readable,
            term.get("attributes") or {},
            tuple(column_of(dict(asset)).type for asset in assets if is_column(asset)),
            fits,
            guid in passing and not fits,
        )
