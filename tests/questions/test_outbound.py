"""What CluedIn has on its way out, read from a sandbox."""

from __future__ import annotations

from reconciler.questions.base import ask
from reconciler.questions.outbound import StreamProperties
from reconciler_sandbox.server import running

from ..resources.cluedin_support import connect


def test_properties_of_streams_are_read_without_the_vocabulary_keys() -> None:
    with running(seed="demo") as sandbox:
        found = ask([StreamProperties()], {"cluedin": connect(sandbox)}).of(StreamProperties())
        listed = [one["path"] for one in sandbox.sandbox.requests if "streammapping" in one["path"]]
    assert found is not None
    assert {"Name", "CreatedDate"} <= set(found)
    assert not [name for name in found if "." in name]
    assert listed == ["/api/api/v1/streammapping/options"]
