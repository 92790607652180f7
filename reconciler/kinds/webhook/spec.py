"""What people write in a `Webhook`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from reconciler.kinds.project.exported import Name, PropertyOf, State, Text
from reconciler.kinds.project.filters import Where
from reconciler.manifest.secrets import SecretRef
from reconciler.manifest.spec import Manifest, Spec

OfWatch = Literal[
    "export.succeeded", "export.failed", "export.late",
    "target.changed", "target.unhealthy", "stream.changed", "stream.errors",
    "source.changed", "crawler.changed", "enricher.changed", "rule.changed",
    "drift.detected", "apply.finished", "watch.blind",
]  # fmt: skip
OfRecords = Literal["record.added", "record.changed", "record.removed"]
OfWorkflows = Literal["workflow.*"]
EventWord = Literal[OfWatch, OfRecords, OfWorkflows]
Way = Literal["watch", "stream", "event_hub"]
GROUPS: dict[Way, tuple[str, ...]] = {
    "watch": get_args(OfWatch),
    "stream": get_args(OfRecords),
    "event_hub": get_args(OfWorkflows),
}
"""The events of each way."""


def _by_reference(value: Any) -> Any:
    """A secret that is no text; what stands there is not repeated."""
    if isinstance(value, str):
        raise PydanticCustomError(
            "webhook.secret_in_clear",
            "A secret of the webhook stands here in clear",
            {"detail": 'Write `{env: NAME, version: "1"}`, and set NAME outside the manifests.'},
        )
    return value


ByReference = Annotated[SecretRef, BeforeValidator(_by_reference)]


class EventHub(Spec):
    """The Event Hub that CluedIn itself writes to."""

    name: Text
    """Its name."""
    connection_string: ByReference
    """The connection with the right to send."""


class Webhook(Manifest):
    """Whom to tell what happens, or what changes in records.

    CluedIn has no call that registers a webhook, so what is made depends on the events. Those of exports, streams,
    sources and of this tool itself are found and signed by `reconciler watch --deliver`; nothing is made in CluedIn
    for them. Those of records come from an export target of the Http Connector and a stream, which nobody signs. Those
    of workflows come from CluedIn's settings of an Event Hub.

    Example::

        apiVersion: reconciler/v1
        kind: Webhook
        metadata: {name: teams-export-success}
        spec:
          events: [export.succeeded, export.late]
          url: https://example.com/hooks/teams
          secret: {env: LAKE_KEY, version: "1"}
    """

    kind: ClassVar[str] = "Webhook"

    name: Name | None = None
    """Name of the stream and the export target, where it makes them; default the document's."""
    events: tuple[EventWord, ...]
    """What to tell: of one way, so that `export.…` and `record.…` stand in two documents."""
    url: Text | SecretRef | None = None
    """The receiver, `https://…`; by reference where the address holds a secret: `{env: HOOK_URL, version: "1"}`."""
    secret: ByReference | None = None
    """What messages are signed with: a text, or `whsec_` and base64 of 24 to 64 bytes as in Standard Webhooks. Only of
    what `watch` delivers."""
    previous: ByReference | None = None
    """The secret before this one: both sign, until receivers have the new one."""
    authorization: ByReference | None = None
    """A constant `Authorization` header, for records: all that their sender can show."""
    via: Literal["auto", "watch", "stream", "event_hub"] = "auto"
    """Who sends: `watch` is this tool, `stream` CluedIn for each record, `event_hub` CluedIn's workflows; `auto` goes
    by the events."""
    for_: Annotated[tuple[Name, ...], Field(alias="for")] = ()
    """The contracts and streams whose exports and changes are told; default all of them."""
    entity: Name | None = None
    """Entity type of the records: its code, its display name, or the name of a GlossaryMapping."""
    where: tuple[Where, ...] = ()
    """Conditions that records must meet, all of them."""
    columns: tuple[Name | PropertyOf, ...] = ()
    """What goes along of records: full vocabulary keys, or `{property: Name}`."""
    container: Text | None = None
    """What the header `X-Subject-Id` says of records; default the name."""
    state: State = "leave"
    """Whether the stream of records runs; `leave` leaves that to people."""
    event_hub: EventHub | None = None
    """Where workflows are told of."""
    on_remove: Literal["stop", "delete", "keep"] = "stop"
    """What becomes of the stream of records when no manifest wants it any more: it is stopped, deleted with its export
    target, or left as it is. What `watch` sends ends with the document."""
