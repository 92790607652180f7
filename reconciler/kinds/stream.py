"""A stream without a contract: which records go to an export target that is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from reconciler.errors import Diagnostic
from reconciler.kinds._contract.model import Mode, Name, PropertyOf, Relations, State, Text
from reconciler.kinds._filters import Where
from reconciler.kinds._stream.checks import findings, judgements
from reconciler.kinds._stream.resources import stream_questions, stream_resources
from reconciler.kinds.base import Kind, World
from reconciler.manifest.spec import Spec
from reconciler.resources.base import Desired
from reconciler.sources import Question

if TYPE_CHECKING:
    from reconciler.manifest.project import Document


class StreamTarget(Spec):
    """The export target that a stream goes to."""

    name: Name
    """Its name, as CluedIn shows it."""
    provider: Name
    """Name of its connector."""


class Stream(Kind):
    """A stream without a contract: which records go to an export target that is there.

    Nothing is promised to anybody: names, types and compatibility belong to an `ExportContract`. In CluedIn it
    makes the stream with its filter and its export; in Purview the stream as a process from the entity type to
    the export target.

    Example::

        apiVersion: reconciler/v1
        kind: Stream
        metadata: {name: people-names, description: Names of people for the portal}
        spec:
          entity: /Person
          where:
            - {key: person.fullName, operator: exists}
          target: {name: people_wide_v1, provider: Azure DataLake Connector}
          columns:
            - person.fullName
            - {property: Name}
          mode: sync
          state: started
    """

    kind: ClassVar[str] = "Stream"
    told_by_answers: ClassVar[frozenset[str]] = frozenset(
        {
            "cluedin.export_target",
            "cluedin.stream_state",
            "purview.asset",
            "purview.assignment",
            "purview.classification",
            "purview.entity",
            "purview.label",
        }
    )

    name: Name | None = None
    """Name of the stream in CluedIn; default the document's."""
    entity: Name | None = None
    """Entity type of the records: its code, its display name, or the name of a GlossaryMapping."""
    where: tuple[Where, ...] = ()
    """Conditions that records must meet, all of them."""
    condition: dict[str, Any] | None = None
    """A condition in CluedIn's own form, instead of `where`; the entity type is added to it when it is given."""
    target: StreamTarget
    """The export target; it is there, or a contract of the project makes it."""
    container: Text | None = None
    """Name within the target: the table or file; default the stream's."""
    columns: tuple[Name | PropertyOf, ...] = ()
    """What goes along: full vocabulary keys, or `{property: Name}`."""
    mode: Mode = "sync"
    """`sync` keeps the target like CluedIn, `events` sends changes as they come."""
    relations: Relations = Relations()
    """Whether relations of records go along."""
    state: State = "leave"
    """Whether the stream runs; `leave` leaves that to people."""

    def check(self, document: Document, world: World) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from findings(document, world)

    def sources(self, document: Document, world: World) -> Iterator[Question]:
        """Connectors, entity types, keys, and the stream's state."""
        yield from stream_questions(document, world)

    def judge(self, document: Document, world: World) -> Iterator[Diagnostic]:
        """Findings that only the answers tell."""
        yield from judgements(document, world)

    def expand(self, document: Document, world: World) -> Iterator[Desired]:
        """Both halves, as far as the environment has the system."""
        yield from stream_resources(document, world)
