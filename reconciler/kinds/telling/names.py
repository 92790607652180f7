"""Names that people know things by, gathered from the documents of a project."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.kinds.base import World
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.labels import directory
from reconciler.kinds.telling import values
from reconciler.resources.keys import steps_of, unquote

_PERSONAL = re.compile(r"\b(pii|gdpr|personal)\b|personal data", re.IGNORECASE)
"""Words by which a label is taken for personal data; a guess, of which only the wording depends."""


@dataclass(frozen=True, slots=True)
class Names:
    """What an address, an id or a key is called. Empty where only a saved plan is there."""

    concepts: Mapping[str, str] = field(default_factory=dict)
    """The business thing that a document (`Kind/name`) is about."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Names of vocabulary keys."""
    key_labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entities: Mapping[str, str] = field(default_factory=dict)
    """Display names of entity types, by code."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Aliases, by object id and by user name."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Our words for sensitivity, by classification and by free label."""
    personal: frozenset[str] = frozenset()
    """Words that mean personal data."""

    paths: Mapping[str, str] = field(default_factory=dict)
    """What is renamed in the plan, by its live path: a thing below it goes along, and does not move."""

    def moved_along(self, path: str) -> str:
        """A live path with the name that the nearest thing above it, which is renamed as well, gets."""
        above, slash, rest = path.rpartition("/")
        while slash:
            if above in self.paths:
                return f"{self.paths[above]}/{rest}"
            above, slash, more = above.rpartition("/")
            rest = f"{more}/{rest}"
        return path

    def key(self, key: str) -> str:
        """What a vocabulary key is called: by its term, else by the last part of it."""
        return values.name(self.keys.get(key) or unquote(key.rpartition(".")[2] or key))

    def entity(self, code: str) -> str:
        """What an entity type is called: by its display name, else by its code."""
        return values.name(self.entities.get(code) or " ".join(part for part in code.split("/") if part) or code)

    def person(self, id: str) -> str:
        """Who an object id or a user name is; an id that nobody knows is somebody."""
        known = self.people.get(id.lower())
        shown = values.name(known or id)
        return "somebody" if shown == values.AN_ID else shown

    def alias(self, path: str) -> str:
        """The alias of the person whose id or user name is the last step of a path; empty where none is known."""
        steps = steps_of(path)
        return self.people.get(steps[-1].lower(), "") if steps else ""

    def word(self, classification: str) -> str:
        """Our word for a classification or a free label, else its own name."""
        return values.name(self.words.get(classification) or classification)

    def is_personal(self, word: str) -> bool:
        """Whether a label means personal data."""
        return word in self.personal or _PERSONAL.search(word) is not None

    def carrying(self, labels: tuple[str, ...]) -> str:
        """` with personal data (PII)`, ` labelled Restricted`; nothing of no labels."""
        personal = [values.name(one) for one in labels if self.is_personal(one)]
        others = [values.name(one) for one in labels if not self.is_personal(one)]
        told = [f" with personal data ({values.listed(personal)})"] if personal else []
        told += [f" labelled {values.listed(others)}"] if others else []
        return " and".join(told)


NO_NAMES = Names()


def names_of(world: World) -> Names:
    """The names of a project, gathered once."""
    return world.know(_gather)


def _gather(world: World) -> Names:
    known, labels = declared(world), directory(world)
    own = {term.key: term.own for terms in known.terms.values() for term in terms}
    keys = {key: first[0] for key, first in known.keys.items()}
    vocabularies = [one for several in known.vocabularies.values() for one in several]
    words = {label.classification: word for word, label in labels.labels.items()}
    words |= {label.purview_label: word for word, label in labels.labels.items() if label.purview_label}
    people = {person.id: alias for alias, person in world.environment.people.items()}
    people |= {person.user.lower(): alias for alias, person in world.environment.people.items() if person.user}
    return Names(
        concepts={f"{kind.document.kind}/{kind.document.name}": kind.concept for kind in world.kinds.values()},
        keys={key: own[one.term] for key, one in keys.items() if one.term in own},
        key_labels={key: one.labels for key, one in keys.items() if one.labels},
        entities={one.code: one.entity_name for one in vocabularies if one.code and one.entity_name},
        people=people,
        words=words,
        personal=frozenset(word for word, one in labels.labels.items() if _PERSONAL.search(one.classification)),
    )
