"""The contract of a kind, and the world that its documents are in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

from reconciler.environment.spec import Environment
from reconciler.errors import Diagnostic
from reconciler.kinds.declarations import NO_EXPORTS, NOTHING, Declarations, Exports
from reconciler.manifest.documents import Document
from reconciler.manifest.spec import Manifest
from reconciler.questions.base import Answers, Question
from reconciler.resources.base import Desired
from reconciler.resources.objects import Origin

S = TypeVar("S", bound=Manifest)
K = TypeVar("K", bound="Kind[Any]")
T = TypeVar("T")


class Kind(Generic[S]):
    """One document of a kind, with what it says (`spec`, plain data) and the world that it says it in.

    A subclass sets `manifest`, the model of what people write, and implements `expand`. It may implement `check` for
    what can be told offline across documents; `questions` for what it has to know of the live systems first, and
    `judge` for what only the answers tell. What stays the same for one document is a `cached_property`.
    """

    manifest: ClassVar[type[Manifest]]
    """The model of the `spec`."""

    def __init__(self, document: Document, world: World) -> None:
        self.document = document
        self.world = world
        self.spec = cast("S", document.spec)  # a kind is made only of a document that is valid, of its own model
        self.environment: Environment = world.environment
        self._found: dict[Any, Any] = {}

    def once(self, make: Callable[[Self], T]) -> T:
        """What `make` tells of the document, asked once: for what stands in a file that knows more than this one."""
        if make not in self._found:
            self._found[make] = make(self)
        found: T = self._found[make]
        return found

    @cached_property
    def declarations(self) -> Declarations:
        """What it declares for other documents."""
        return NOTHING

    @property
    def concept(self) -> str:
        """The business thing that it is about, as people call it."""
        return self.document.name

    @property
    def told_by_answers(self) -> frozenset[str]:
        """Types (`system.name`) of resources that the document wants only once its questions are answered.

        Offline expansion does not show them; while a document is held back, nothing of these types is removed.
        """
        return frozenset()

    @property
    def exports(self) -> Exports:
        """What it sends out of CluedIn."""
        return NO_EXPORTS

    def check(self) -> Iterable[Diagnostic]:
        """Findings across documents: references that lead nowhere, two things of one name."""
        return ()

    def questions(self) -> Iterable[Question]:
        """What to read of the live systems before the document expands; the answers are in `world.answers`."""
        return ()

    def judge(self) -> Iterable[Diagnostic]:
        """Findings that only the answers tell; asked once everything was read, never offline.

        An error holds this document back: nothing of it is planned or removed, and the rest goes on.
        """
        return ()

    def superseded(self) -> Iterable[str]:
        """Addresses of stand-ins of ours that something else has taken the place of: removed also without prune."""
        return ()

    def expand(self) -> Iterable[Desired]:
        """The resources that the document wants, referring to each other by address.

        Offline `world.answers` knows nothing: then what does not depend on it is expanded, so that references
        can be checked; nothing is ever applied from that.
        """
        return ()


@dataclass
class World:
    """Every document of the project and the environment that they are expanded for."""

    documents: Sequence[Document]
    environment: Environment
    rooms: Mapping[str, type[Kind[Any]]]
    """What a document means, by its kind."""
    environment_name: str = ""
    answers: Answers = field(default_factory=Answers)
    root: Path | None = None
    """The folder of the project, in which documents name other files; None where there is none."""
    unread: bool = False
    """Whether a file of the project could not be read: nobody knows what it declares."""
    beside: set[str] = field(default_factory=set)
    """Files below the project that documents name and that were looked at: what they expand to depends on them."""
    _known: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def kinds(self) -> Mapping[int, Kind[Any]]:
        """Every document that is right, as what it means, in order; by the identity of the document."""
        right = (document for document in self.documents if document.spec is not None)
        return {id(one): self.rooms[one.kind](one, self) for one in right if one.kind in self.rooms}

    def kind(self, document: Document) -> Kind[Any]:
        """What a document means. Raises `KeyError` for one whose `spec` is not right."""
        return self.kinds[id(document)]

    def of(self, type: type[K]) -> list[K]:
        """The documents of a kind that are right, in order."""
        found: list[K] | None = self._known.get(type)
        if found is None:
            found = self._known[type] = [kind for kind in self.kinds.values() if isinstance(kind, type)]
        return found

    def written(self, word: str) -> list[Document]:
        """The documents of a kind, also those that are not right."""
        return self._by_word.get(word, [])

    def half_known(self, word: str) -> bool:
        """Whether documents of a kind may declare more than is known, as one of them, or a file, is not right.

        What is missing then is no finding of its own: it follows from the one that says what is not right.
        """
        return self.unread or any(document.spec is None for document in self.written(word))

    def know(self, what: Callable[[World], T]) -> T:
        """What is gathered from all documents, `what(world)`, made once."""
        if what not in self._known:
            self._known[what] = what(self)
        found: T = self._known[what]
        return found

    def let_go(self) -> None:
        """Lets go of all that was worked out of the documents: whoever asks again has it worked out again."""
        self.__dict__.pop("kinds", None)
        self._known.clear()

    @cached_property
    def _by_word(self) -> dict[str, list[Document]]:
        found: dict[str, list[Document]] = {}
        for document in self.documents:
            found.setdefault(document.kind, []).append(document)
        return found


def origin_at(document: Document, path: Sequence[str | int] = ()) -> Origin:
    """Where in its file a document wants something; the path starts below `spec`."""
    source = document.source(tuple(path))
    return Origin(document.kind, document.name, source.file, source.line or document.line)
