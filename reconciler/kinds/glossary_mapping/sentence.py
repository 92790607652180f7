"""What changes of a concept mean: its terms, its vocabulary with the keys, and its terms of CluedIn's glossary."""

from __future__ import annotations

from reconciler.kinds.telling.fields import Entry, Flag, Option, Person, Prose, Rule, Several, Word
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.teller import Teller
from reconciler.kinds.telling.things import Thing, Tie
from reconciler.kinds.telling.values import name
from reconciler.resources.keys import unquote

_ACTIVE = Flag("whether it is active", "is switched on", "is switched off")


class Term(Thing):
    """A term in Purview."""

    noun = "term"
    of_name = True
    retires = "expires"
    fields = {
        "definition": Prose("definition"),
        "summary": Prose("summary"),
        "abbreviation": Word("abbreviation"),
        "usage": Prose("usage"),
        "status": Word("status"),
        "templates": Entry("term template"),
        "attributes": Option("attribute"),
        "experts": Person("an expert"),
        "stewards": Person("a steward"),
        "resources": Several("link", lambda value, _: _link(value)),
    }


def _link(value: object) -> str:
    told = value if isinstance(value, dict) else {}
    return name(str(told.get("name") or told.get("displayName") or told.get("url") or "without a name"))


class Glossary(Thing):
    """A glossary of Purview."""

    noun = "glossary"
    fields = {"description": Prose("description")}


class Category(Thing):
    """A category of a glossary, where that has some."""

    noun = "glossary category"


class RelatedTerm(Tie):
    """Two terms that belong together, or mean the same."""

    noun = "relation of terms"

    def called(self, key: str, names: Names) -> str:  # noqa: ARG002
        """Both terms."""
        one, other = _pair(key)
        how = "as synonyms" if key.startswith("synonym") else "as related"
        return f"the link of the terms {one} and {other} {how}"

    def made(self, one: Happening) -> str:
        """That they are linked."""
        first, second = _pair(one.key)
        how = "become synonyms" if one.key.startswith("synonym") else "are linked as related"
        return f"the terms {first} and {second} {how}"

    def unmade(self, one: Happening) -> str:
        """That they are no longer."""
        first, second = _pair(one.key)
        how = "are no longer synonyms" if one.key.startswith("synonym") else "are no longer linked"
        return f"the terms {first} and {second} {how}"


def _pair(key: str) -> tuple[str, str]:
    one, _, other = key.partition(":")[2].partition("@")
    return _last(one), _last(other)


def _last(path: str) -> str:
    return name(unquote(path.rpartition("/")[2]))


class Vocabulary(Thing):
    """A vocabulary in CluedIn."""

    noun = "vocabulary"
    retires = "is switched off"
    fields = {
        "name": Word("name"),
        "description": Prose("description"),
        "entity_type": Word("entity type"),
        "provider": Word("provider"),
        "active": _ACTIVE,
        "owners": Person("an owner"),
    }


class VocabularyKey(Thing):
    """A vocabulary key in CluedIn."""

    noun = "vocabulary key"
    retires = "becomes obsolete"
    fields = {
        "vocabulary": Word("vocabulary"),
        "display_name": Word("display name"),
        "description": Prose("description"),
        "data_type": Word("data type"),
        "storage": Word("storage"),
        "group": Word("group"),
        "classification": Word("data classification"),
        "visible": Flag("whether it is visible", "becomes visible", "is hidden"),
        "primary_key": Flag("whether it is a primary key", "becomes a primary key", "is no longer a primary key"),
        "required": Flag("whether it is required", "becomes required", "is no longer required"),
        "editable": Flag("whether it can be edited", "can be edited", "can no longer be edited"),
        "nullable": Flag("whether it may be empty", "may be empty", "may no longer be empty"),
        "min_length": Word("shortest length"),
        "max_length": Word("longest length"),
        "value_change_insignificant": Flag(
            "whether its changes count", "no longer counts as a change", "counts as a change"
        ),
        "lookup": Word("lookup"),
        "maps_to": Word("key that it maps to"),
        "obsolete": Flag("whether it is obsolete", "becomes obsolete", "is no longer obsolete"),
    }

    def name(self, key: str, names: Names) -> str:
        """The name of its term, else its own."""
        return names.key(key)


class EntityType(Thing):
    """An entity type of CluedIn."""

    noun = "entity type"
    fields = {
        "display_name": Word("display name"),
        "icon": Word("icon"),
        "route": Word("route"),
        "active": _ACTIVE,
    }

    def name(self, key: str, names: Names) -> str:
        """Its display name, else its code."""
        return names.entity(key)


class GlossaryCategory(Thing):
    """A category of CluedIn's own glossary."""

    noun = "category"

    def called(self, key: str, names: Names) -> str:
        """With the glossary that it is in."""
        return f"the category {self.name(key, names)} of CluedIn's glossary"


class GlossaryTerm(Thing):
    """A term of CluedIn's own glossary: a named selection of records."""

    noun = "CluedIn term"
    fields = {
        "category": Word("category"),
        "active": _ACTIVE,
        "obsolete": Flag("whether it is obsolete", "becomes obsolete", "is no longer obsolete"),
        "description": Prose("description"),
        "short_description": Prose("short description"),
        "condition": Rule("selection of records"),
    }

    def name(self, key: str, names: Names) -> str:  # noqa: ARG002
        """As CluedIn has it, without the concept that it begins with."""
        return name(key)


class GlossaryMappingTeller(Teller):
    """Tells of a concept."""

    kind = "GlossaryMapping"
    noun = "Concept"
    rank = 1
    things = {
        "purview.term": Term(),
        "purview.glossary": Glossary(),
        "purview.category": Category(),
        "purview.related_term": RelatedTerm(),
        "cluedin.vocabulary": Vocabulary(),
        "cluedin.vocabulary_key": VocabularyKey(),
        "cluedin.entity_type": EntityType(),
        "cluedin.glossary_category": GlossaryCategory(),
        "cluedin.glossary_term": GlossaryTerm(),
    }
    technical = Teller.technical | {"cluedin.entity_type"}
