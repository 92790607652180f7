"""What changes of a source mean: its data set, how columns are mapped, and what identifies a record."""

from __future__ import annotations

from dataclasses import replace

from reconciler.kinds.telling.fields import Clause, Entry, Flag, Item, KeyWord, Word
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.teller import Teller
from reconciler.kinds.telling.things import Thing, Tie
from reconciler.kinds.telling.values import name
from reconciler.resources.keys import unquote

_IGNORED = "--ignore--"
"""What a column that is left out is mapped to in CluedIn."""


def _set(key: str) -> str:
    return name(unquote(key.partition("#")[0].rpartition("/")[2]))


def _part(key: str) -> str:
    return key.partition("#")[2]


class Group(Thing):
    """A group of data sources."""

    noun = "data source group"


class Source(Thing):
    """A data source."""

    noun = "data source"
    fields = {"type": Word("type")}


class DataSet(Thing):
    """A data set."""

    noun = "data set"
    fields = {
        "type": Word("type"),
        "fields": Entry("field"),
        "source_quality": Word("quality of its source"),
        "archived": Flag("whether it is archived", "is archived", "is used again"),
    }


_OF_RECORDS = {
    "primary_identifier": KeyWord("primary identifier"),
    "name_key": KeyWord("name of a record"),
    "description_key": KeyWord("description of a record"),
    "created_map": KeyWord("date of creation of a record"),
    "modified_map": KeyWord("date of change of a record"),
}


class Annotation(Tie):
    """How records of a data set are read: as which entity type, by which vocabulary."""

    noun = "mapping"
    fields = {
        "vocabulary": Word("vocabulary"),
        "entity_type": Word("entity type"),
        "origin": Word("origin of codes"),
        **_OF_RECORDS,
    }

    def called(self, key: str, names: Names) -> str:
        """By its data set."""
        return f"the mapping of the data set {self.name(key, names)}"


class AnnotationKeys(Tie):
    """What identifies and names a record of a data set."""

    noun = "mapping"
    fields = _OF_RECORDS

    def called(self, key: str, names: Names) -> str:
        """By its data set."""
        return f"what identifies and names a record of the data set {self.name(key, names)}"

    def whose(self, key: str, names: Names) -> str:
        """The data set."""
        return f"the data set {self.name(key, names)}"

    def made(self, one: Happening) -> str:
        """That it is said."""
        return f"{self.called(one.key, one.names)} is set"


class AutoSubmit(Tie):
    """Whether a data set sends its records on by itself."""

    noun = "automatic submission"
    fields = {
        "on": Flag("automatic submission", "sends its records on by itself", "no longer sends its records on by itself")
    }

    def called(self, key: str, names: Names) -> str:
        """By its data set, which has changes of its own."""
        return f"the {self.noun} of {self.acting(key, names)}"

    def acting(self, key: str, names: Names) -> str:
        """The data set that does so."""
        return f"the data set {self.name(key, names)}"

    def whose(self, key: str, names: Names) -> str:
        """The data set."""
        return self.acting(key, names)

    def made(self, one: Happening) -> str:
        """What it does from now on."""
        flag = self.fields["on"].clause({"path": "on", "before": None, "after": one.after("on")}, one.names)
        return f"{self.acting(one.key, one.names)} {flag.verb}"


class Filled(KeyWord):
    """The key that a column fills, or none."""

    def say(self, value: object, names: Names) -> str:
        """The name of the key."""
        return "nothing, as it is left out" if value == _IGNORED else super().say(value, names)


class ColumnMapping(Tie):
    """The vocabulary key that a column fills."""

    noun = "column"
    fields = {
        "key": Filled("vocabulary key"),
        "alias": Flag("whether it is an alias", "becomes an alias", "is no longer an alias"),
        "arrives_as": Word("name under which it arrives"),
    }

    def name(self, key: str, names: Names) -> str:  # noqa: ARG002
        """The column."""
        return name(unquote(_part(key)))

    def called(self, key: str, names: Names) -> str:
        """The column and its data set."""
        return f"the column {self.name(key, names)} of the data set {_set(key)}"

    def made(self, one: Happening) -> str:
        """What it fills."""
        to = one.after("key")
        called = f"{self.called(one.key, one.names)}{one.carrying}"
        if to == _IGNORED:
            return f"{called} is left out"
        return f"{called} fills {self.fields['key'].say(to, one.names)}" if to else f"{called} is mapped"

    def unmade(self, one: Happening) -> str:
        """That it fills nothing any more."""
        return f"{self.called(one.key, one.names)} is no longer mapped"

    def clause(self, item: Item, names: Names) -> Clause:
        """What it fills from now on, or that it is left out."""
        found = super().clause(item, names)
        left_out = item["path"] == "key" and item.get("after") == _IGNORED
        return replace(found, verb="is left out") if left_out else found


class Identifier(Tie):
    """A vocabulary key by which records are known."""

    noun = "identifier"
    fields = {"origin": Word("origin of codes"), "source_code": Word("source of codes")}

    def name(self, key: str, names: Names) -> str:
        """The key."""
        return names.key(_part(key))

    def called(self, key: str, names: Names) -> str:
        """The key and the data set."""
        return f"the identifier {self.name(key, names)} of the data set {_set(key)}"

    def made(self, one: Happening) -> str:
        """That records are known by it."""
        return f"records of the data set {_set(one.key)} are known by {self.name(one.key, one.names)}"


class Relation(Tie):
    """A relation that a column draws between records."""

    noun = "relation"
    fields = {
        "to": Word("entity type that it leads to"),
        "direction": Word("direction"),
        "origin": Word("origin of codes"),
    }

    def name(self, key: str, names: Names) -> str:  # noqa: ARG002
        """The type of the edge."""
        return name(unquote(_part(key).partition("/")[2]))

    def called(self, key: str, names: Names) -> str:
        """The edge, the column that draws it, and the data set."""
        column = name(unquote(_part(key).partition("/")[0]))
        return f"the relation {self.name(key, names)} by the column {column} of the data set {_set(key)}"


class DataSourceLinkTeller(Teller):
    """Tells of a source."""

    kind = "DataSourceLink"
    noun = "Source"
    rank = 2
    things = {
        "cluedin.annotation": Annotation(),
        "cluedin.annotation_keys": AnnotationKeys(),
        "cluedin.auto_submit": AutoSubmit(),
        "cluedin.column_mapping": ColumnMapping(),
        "cluedin.data_set": DataSet(),
        "cluedin.data_source": Source(),
        "cluedin.data_source_group": Group(),
        "cluedin.identifier": Identifier(),
        "cluedin.relation": Relation(),
    }
