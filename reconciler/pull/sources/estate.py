"""Files in the place of live systems: what rooms read of an estate, they read of what files say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from reconciler.desired import Wishes
from reconciler.diff import Change, FieldChange
from reconciler.diff.fields import comparable
from reconciler.errors import ConfigurationError
from reconciler.kinds.pulling import Estate
from reconciler.pull.sources.told import Told, strange
from reconciler.questions.base import Question, ask
from reconciler.questions.catalogue import Connectors
from reconciler.questions.live_types import LiveTypes
from reconciler.questions.templates import LiveTemplate, TermTemplates
from reconciler.resources.base import Desired
from reconciler.resources.objects import Live
from reconciler.resources.prose import reads_as
from reconciler.resources.rules import Members


@dataclass
class FileEstate(Estate):
    """What files say, and what the manifests want already."""

    told: Told = field(default_factory=Told)

    def leave(self, why: str, what: str) -> None:
        """Says it at the row that tells of the object, where one does."""
        place = self.told.places.get(what)
        if place is None:
            super().leave(why, what)
        else:
            self.told.leave(place, why, "" if place.line is not None else what)

    def takes_glossary(self, name: str) -> bool:  # noqa: ARG002 - it was asked for with the file
        """All of a file's glossaries."""
        return True

    def has(self, system: str) -> bool:
        """Whether the files tell of a system."""
        return self.told.has(system)

    def live(self, type: str, hints: Iterable[str] = (), *, is_part: bool = False) -> dict[str, Live]:
        """The objects that the files tell of, by key in order."""
        if type not in self.told.objects:
            return super().live(type, hints, is_part=is_part)
        return dict(sorted(self.told.objects[type].items(), key=lambda one: (one[0].casefold(), one[0])))

    def rows(self, question: Question) -> tuple[Any, ...]:
        """Of Purview only which templates the files name: whether those are there, a plan tells. No file tells of all
        connectors."""
        if isinstance(question, TermTemplates):
            return tuple(map(LiveTemplate, sorted(self.told.templates)))
        if isinstance(question, Connectors):
            return ()
        if isinstance(question, LiveTypes):
            return tuple(self.told.types)
        found = ask([question], self.systems)
        for failure in found.failures.values():
            is_strange = failure.code.endswith(".strange_answer")
            raise strange("CluedIn's answers", ValueError()) if is_strange else ConfigurationError(failure)
        return found.of(question) or ()


def differing(wishes: Wishes, estate: FileEstate) -> Iterator[Change]:
    """What the files say otherwise than the manifests, as drift, which can be accepted.

    What a file leaves empty it does not speak of.
    """
    by_type: dict[str, list[Desired]] = {}
    for want in wishes.known.values():
        if want.mode != "refer":
            by_type.setdefault(want.type.full_name, []).append(want)
    for name, wants in by_type.items():
        if not estate.has(wants[0].type.system) or not estate.limits.takes("", name):
            continue
        fold = wants[0].type.fold
        found = {fold(key): live for key, live in estate.live(name, [want.key for want in wants]).items()}
        for want in wants:
            live = found.get(fold(want.key))
            fields = list(_fields(want, live)) if live is not None else []
            if live is not None and fields:
                yield Change(want.address, want.type, "update", "drift", live.id, fields, want.origins)


def _fields(want: Desired, live: Live) -> Iterator[FieldChange]:
    for path, value in comparable(want):
        rule = want.type.field(path)
        if rule.hidden or rule.has(Members) or path not in live.fields:
            continue
        wanted, said = rule.canonical(value), live.fields[path]
        if said != wanted and not reads_as(said, wanted):
            yield FieldChange(path, said, value, "drift")


def leave_unsaid_relations(estate: FileEstate) -> None:
    """Says which relations of two terms that are in manifests stand in none: nobody can tell where they belong."""
    for key in estate.new("purview.related_term"):
        kind, _, ends = key.partition(":")
        first, _, second = ends.partition("@")
        if estate.is_wanted("purview.term", first) and estate.is_wanted("purview.term", second):
            field_of = {"seeAlso": "related", "synonyms": "synonyms"}[kind]
            estate.leave(
                f"both terms are in manifests: write `{field_of}` of {first} and {second} by hand",
                f"purview.related_term:{key}",
            )
