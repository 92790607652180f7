"""Streams of what is live, as far as no contract promises them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from reconciler.kinds.project.pulled_streams import PulledStream, pulled_streams, shown_streams
from reconciler.kinds.pulling import Estate, GivesWay, Pulled, Puller, without_nothing


class StreamPuller(Puller):
    """Which records go to an export target that is there. Actions of a stream stay with people."""

    kind = "Stream"
    types = ("cluedin.stream", "cluedin.stream_export", "cluedin.stream_state")
    gives_way: ClassVar[Mapping[str, GivesWay]] = {
        "cluedin.stream_state": GivesWay("state", "it does not say how it runs"),
    }

    def pull(self, estate: Estate) -> Iterator[Pulled]:
        """A document a stream."""
        if not estate.has("cluedin") or estate.limits.words:
            return
        streams = pulled_streams(estate)
        shown = shown_streams(estate, streams)
        for stream in streams:
            spec = _spec(stream, shown.get(stream.key, True))
            if spec is None:
                estate.leave("a condition that manifests cannot say", f"cluedin.stream:{stream.key}")
                continue
            estate.claim("cluedin.stream", stream.key)
            yield Pulled(self.kind, stream.name, {"name": stream.name, **spec}, "exports", stream.description)


def _spec(stream: PulledStream, is_shown: bool) -> dict[str, Any] | None:
    which: dict[str, Any]
    if is_shown and stream.code is not None and stream.where is not None:
        which = {"entity": stream.code, **without_nothing(where=stream.where)}
    elif stream.condition:
        which = {"condition": dict(stream.condition)}
    else:
        return None
    return {
        **which,
        "target": {"name": stream.target, "provider": stream.provider},
        **without_nothing(
            container=stream.container if stream.container != stream.name else None,
            columns=stream.columns,
            mode=stream.mode if stream.mode != "sync" else None,
            relations=stream.relations,
            state=stream.state if stream.state != "leave" else None,
        ),
    }
