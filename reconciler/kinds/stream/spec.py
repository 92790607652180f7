"""What people write in a `Stream`."""

from __future__ import annotations

from typing import Any, ClassVar

from reconciler.kinds.project.exported import Mode, Name, PropertyOf, Relations, State, Text
from reconciler.kinds.project.filters import Where
from reconciler.manifest.spec import Manifest, Spec


class StreamTarget(Spec):
    """The export target that a stream goes to."""

    name: Name
    """Its name, as CluedIn shows it."""
    provider: Name
    """Name of its connector."""


class Stream(Manifest):
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
