"""What contracts and streams say alike of what leaves CluedIn."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field

from reconciler.kinds.project.levels import with_levels
from reconciler.manifest.spec import Spec
from reconciler.resources.spelling import composed

Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(min_length=1), AfterValidator(composed)]
"""A name of ours, in one form of Unicode."""
Texts = tuple[Text, ...]
Mode = Literal["sync", "events"]
State = Literal["started", "paused", "stopped", "leave"]

TOLD_BY_ANSWERS = frozenset(
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
"""Types of which only the answers of live systems tell what is wanted of what leaves CluedIn."""
MODES = {"sync": "Sync", "events": "EventStream"}
"""CluedIn's words for the modes of a stream [B]."""


class Promise(Spec):
    """A part of a contract; each of its fields has a level in the table of levels."""

    at: ClassVar[str] = ""
    model_config = ConfigDict(json_schema_extra=with_levels)


class PropertyOf(Spec):
    """A property of records that is no vocabulary key."""

    property: Text
    """Its name, such as `Name`."""


class Relations(Promise):
    """Whether relations of records go along."""

    at: ClassVar[str] = "delivery.relations."

    outgoing: bool = False
    """Relations that start at the record, in the column `OutgoingEdges`."""
    incoming: bool = False
    """Relations that end at the record, in the column `IncomingEdges`."""
