"""Webhooks of what is live: streams that the Http Connector posts. What `watch` delivers lives in manifests alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from reconciler.kinds.project.pulled_streams import PulledStream, pulled_streams, shown_streams
from reconciler.kinds.pulling import Estate, GivesWay, Pulled, Puller, without_nothing
from reconciler.kinds.webhook.scene import CONNECTOR
from reconciler.kinds.webhook.spec import GROUPS
from reconciler.resources.objects import Live
from reconciler.webhooks.sending import receiver


class WebhookPuller(Puller):
    """A document a stream that is all of its export target; others are streams beside a target."""

    kind = "Webhook"
    types = ("cluedin.export_target", "cluedin.stream", "cluedin.stream_export", "cluedin.stream_state")
    gives_way: ClassVar[Mapping[str, GivesWay]] = {
        "cluedin.stream_state": GivesWay("state", "it does not say how it runs"),
    }

    def pull(self, estate: Estate) -> Iterator[Pulled]:
        """What no manifest wants yet."""
        if not estate.has("cluedin") or estate.limits.words:
            return
        posted = [one for one in pulled_streams(estate) if _is_whole(one)]
        shown = shown_streams(estate, posted)
        targets = estate.new("cluedin.export_target") if posted else {}
        for stream in posted:
            target = targets.get(stream.target_key)
            url = target.fields.get("config[url]") if target is not None else None
            if target is None or not shown.get(stream.key, True) or not _is_address(url):
                continue
            estate.claim("cluedin.stream", stream.key)
            estate.claim("cluedin.export_target", stream.target_key)
            spec, remarks = _spec(stream, str(url)), _unread(target)
            yield Pulled(self.kind, stream.name, spec, "exports", stream.description, remarks=remarks)


def _is_whole(stream: PulledStream) -> bool:
    """Whether a webhook says all of it."""
    of_us = stream.provider.casefold() == CONNECTOR.casefold() and stream.target == stream.name
    return of_us and stream.code is not None and stream.where is not None and not stream.relations


def _is_address(url: Any) -> bool:
    """Whether it is known, and one that a document may hold: one with a secret is not shown to us."""
    try:
        return isinstance(url, str) and bool(receiver(url))
    except ValueError:
        return False


def _unread(target: Live) -> tuple[str, ...]:
    given = (target.raw or {}).get("helperConfiguration") or {}
    if not given.get("authorization"):
        return ()
    return ("It sends a constant header, which stays as it is until `authorization` names it by reference.",)


def _spec(stream: PulledStream, url: str) -> dict[str, Any]:
    return {
        "name": stream.name,
        "events": list(GROUPS["stream"]),
        "url": url,
        "entity": stream.code,
        **without_nothing(
            where=stream.where,
            columns=stream.columns,
            container=stream.container if stream.container != stream.name else None,
            state=stream.state if stream.state != "leave" else None,
        ),
    }
