"""Streams of what is live, as far as no contract promises them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.names import QualifiedNames
from reconciler.kinds.project.pulled_streams import PulledStream, pulled_streams
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
        shown = _shown(estate, streams)
        for stream in streams:
            spec = _spec(stream, shown.get(stream.key, True))
            if spec is None:
                estate.leave("a condition that manifests cannot say", f"cluedin.stream:{stream.key}")
                continue
            estate.claim("cluedin.stream", stream.key)
            yield Pulled(self.kind, stream.name, {"name": stream.name, **spec}, "exports", stream.description)


def _shown(estate: Estate, streams: list[PulledStream]) -> Mapping[str, bool]:
    """By key of a stream, whether `entity` says no more than what is in Purview: its lineage is there, or would not be
    made; empty where there is no Purview to look in.
    """
    purview = estate.world.environment.purview
    if purview is None or not estate.has("purview"):
        return {}
    names = QualifiedNames(purview.name_prefix)
    process = f"{purview.type_prefix}stream_process/"
    assets = [f"{process}{names.stream(one.name)}" for one in streams]
    live = estate.live("purview.entity", assets) if assets else {}
    hidden = _kept_out(estate, {one.code for one in streams if one.code is not None}, purview)
    return {stream.key: f"{process}{names.stream(stream.name)}" in live or stream.code in hidden for stream in streams}


def _kept_out(estate: Estate, codes: Iterable[str], purview: PurviewSystem) -> set[str]:
    """The entity types without an asset that documents make, as they keep them out of Purview then."""
    names, known = QualifiedNames(purview.name_prefix), declared(estate.world)
    made = {code for code in codes if estate.is_wanted("cluedin.entity_type", code) and code not in known.catalogued}
    assets = {f"{purview.type_prefix}entity/{names.entity(code)}": code for code in sorted(made)}
    live = estate.live("purview.entity", assets) if assets else {}
    return {code for asset, code in assets.items() if asset not in live}


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
