"""Words for what leaves CluedIn, as contracts and streams have it alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.kinds.telling.fields import Clause, Coded, Flag, Item, Option, Prose, Rule, Secret, Several, Word
from reconciler.kinds.telling.happening import Happening
from reconciler.kinds.telling.names import Names
from reconciler.kinds.telling.things import Thing, Tie
from reconciler.kinds.telling.values import is_text, name, quoted
from reconciler.resources.keys import unquote


def exported(value: Any, names: Names) -> str:
    """`Email with personal data (PII)`, of what a stream calls a column."""
    if not is_text(value):
        return quoted(value)
    word, _, key = value.partition(":")
    if word != "vocabkey":
        return name(key or word)
    return f"{names.key(key)}{names.carrying(names.key_labels.get(key, ()))}"


class Target(Thing):
    """Where an export goes."""

    noun = "export target"
    fields = {
        "config": Option(
            "option",
            (
                ("AccountName", Word("storage account")),
                ("FileSystemName", Word("storage container")),
                ("DirectoryName", Word("folder")),
                ("OutputFormat", Word("file format")),
                ("Schedule", Coded("sort of schedule", {"CustomCron": "hours of its own"})),
                ("CustomCron", Word("hours of the schedule")),
                ("FileNamePattern", Word("pattern of file names")),
                ("IsStreamCacheEnabled", Flag("whether it collects changes")),
                ("ShouldEscapeVocabularyKeys", Flag("whether names of columns are escaped")),
                ("ShouldWriteGuidAsString", Flag("whether ids are written as text")),
            ),
        ),
        "secrets": Secret("secret"),
        "active": Flag("whether it is active", "is switched on", "is switched off"),
    }


class Outflow(Thing):
    """A stream: which records go out."""

    noun = "stream"
    retires = "is stopped"
    fields = {"description": Prose("description"), "condition": Rule("selection of records")}


class Export(Tie):
    """The export of a stream: its columns and where they go. It has the name of its stream."""

    noun = "export"
    fields = {
        "target": Word("export target"),
        "container": Word("name in the target"),
        "export_mode": Word("mode"),
        "outgoing_edges": Flag(
            "outgoing relations", "exports outgoing relations", "no longer exports outgoing relations"
        ),
        "incoming_edges": Flag(
            "incoming relations", "exports incoming relations", "no longer exports incoming relations"
        ),
        "columns": Several("column", exported),
    }

    def made(self, one: Happening) -> str:
        """With what goes out."""
        return f"{self.called(one.key, one.names)}{one.carrying} is set up"

    def clause(self, item: Item, names: Names) -> Clause:
        """The target by its own name, without its connector."""
        if item["path"] == "target":
            item = {**item, "before": _target(item.get("before")), "after": _target(item.get("after"))}
        return super().clause(item, names)


class State(Tie):
    """Whether a stream runs."""

    noun = "export"
    fields = {"state": Word("state")}

    def called(self, key: str, names: Names) -> str:
        """The state alone: the export has changes of its own."""
        return f"the state of {self.acting(key, names)}"

    def acting(self, key: str, names: Names) -> str:
        """`the export customers_wide_v1`, of which it is the state."""
        return f"the export {self.name(key, names)}"

    def whose(self, key: str, names: Names) -> str:
        """The export."""
        return self.acting(key, names)

    def made(self, one: Happening) -> str:
        """What it does from now on."""
        return f"{self.acting(one.key, one.names)}{one.carrying} {_STATES.get(str(one.after('state')), 'gets a state')}"

    def clause(self, item: Item, names: Names) -> Clause:
        """What it does from now on."""
        found = super().clause(item, names)
        return replace(found, verb=_STATES.get(str(item.get("after")), ""))


_STATES = {"started": "is started", "paused": "is paused", "stopped": "is stopped"}


def _target(value: Any) -> Any:
    return unquote(value.rpartition("/")[2]) if isinstance(value, str) else value


OUTBOUND: dict[str, Thing] = {
    "cluedin.export_target": Target(),
    "cluedin.stream": Outflow(),
    "cluedin.stream_export": Export(),
    "cluedin.stream_state": State(),
}
