"""An export target: a connector of CluedIn, set up with an account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from reconciler.resources.cluedin.configured import Configured, Option
from reconciler.resources.cluedin.outbound import named, streams
from reconciler.resources.objects import Part, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Each, Filled, Immutable, Retires, Secret
from reconciler.systems.cluedin import CluedIn

_TURNED_OFF = "turn it on in CluedIn, whose GraphQL has no call for it [U]"


class ExportTarget(Configured):
    """A configuration that streams go out to; see `Configured`."""

    name = "export_target"
    noun = "export target"
    right = claim("Consume: Export Targets")

    class Fields:
        config: Annotated[dict[str, Any], Each(depth=1), Option(), Filled()]
        secrets: Annotated[dict[str, Any], Each(depth=1), Secret(), Filled()]
        active: Annotated[bool, Immutable(_TURNED_OFF), Retires(False, back=True), Filled()]

    def hanging(self, cluedin: CluedIn, id: str) -> Iterator[Part]:
        """The streams that go out to a target: the list of streams names the target of each [B]."""
        for row in streams(cluedin):
            if str((row.get("connector") or {}).get("id")) == id:
                address = f"cluedin.stream_export:{named(row['name'])}"
                yield Part(address, str(row["id"]), f"the stream {row['name']}, which exports to it", goes=False)

    def delete(self, cluedin: CluedIn, write: Write) -> None:
        """`DELETE /connector/{id}`; a 409 lists the streams that use it [B]. Files in the target stay."""
        assert write.live is not None
        cluedin.rest("DELETE", f"/connector/{write.live.id}", effect="set", accept=(404,))
