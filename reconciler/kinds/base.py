"""The contract of a kind, and the world that a kind sees when it expands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from reconciler.environment.spec import Environment
from reconciler.errors import Diagnostic
from reconciler.manifest.spec import Manifest
from reconciler.resources.base import Desired, Origin
from reconciler.sources.base import Answers, Question

if TYPE_CHECKING:
    from reconciler.manifest.project import Document


class Kind(Manifest):
    """The `spec` of a manifest kind. One subclass a file; discovery finds it.

    A subclass must be what `Manifest` asks for, and implement `expand`. It may implement `check` for what can be
    told offline across documents; `sources` for what it has to know of the live systems first, and `judge` for
    what only the answers tell.
    """

    told_by_answers: ClassVar[frozenset[str]] = frozenset()
    """Types (`system.name`) of resources that a document wants only once its questions are answered.

    Offline expansion does not show them; while a document is held back, nothing of these types is removed.
    """

    def check(self, document: Document, world: World) -> Iterable[Diagnostic]:  # noqa: ARG002
        """Findings across documents: references that lead nowhere, two things of one name."""
        return ()

    def sources(self, document: Document, world: World) -> Iterable[Question]:  # noqa: ARG002
        """What to read of the live systems before the document expands; the answers are in `world.answers`."""
        return ()

    def judge(self, document: Document, world: World) -> Iterable[Diagnostic]:  # noqa: ARG002
        """Findings that only the answers tell; asked once everything was read, never offline.

        An error holds this document back: nothing of it is planned or removed, and the rest goes on.
        """
        return ()

    def superseded(self, document: Document, world: World) -> Iterable[str]:  # noqa: ARG002
        """Addresses of stand-ins of ours that something else has taken the place of: removed also without prune."""
        return ()

    def expand(self, document: Document, world: World) -> Iterable[Desired]:  # noqa: ARG002
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
    environment_name: str = ""
    answers: Answers = field(default_factory=Answers)
    unread: bool = False
    """Whether a file of the project could not be read: nobody knows what it declares."""
    _indexes: dict[Any, Any] = field(default_factory=dict, repr=False)

    def half_known(self, kind: str) -> bool:
        """Whether documents of a kind may declare more than is known, as one of them, or a file, is not right.

        What is missing then is no finding of its own: it follows from the one that says what is not right.
        """
        return self.unread or any(document.spec is None for document in self.of(kind))

    def of(self, kind: str) -> Sequence[Document]:
        """The documents of a kind."""
        index: Mapping[str, list[Document]] = self.index("kind", self._by_kind)
        return index.get(kind, ())

    def index(self, name: Any, make: Any) -> Any:
        """What `make` returns, made once: kinds keep their look-up tables here."""
        if name not in self._indexes:
            self._indexes[name] = make()
        return self._indexes[name]

    def _by_kind(self) -> dict[str, list[Document]]:
        found: dict[str, list[Document]] = {}
        for document in self.documents:
            found.setdefault(document.kind, []).append(document)
        return found


def origin_at(document: Document, path: Sequence[str | int] = ()) -> Origin:
    """Where in its file a document wants something; the path starts below `spec`."""
    source = document.source(tuple(path))
    return Origin(document.kind, document.name, source.file, source.line or document.line)
