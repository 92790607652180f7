"""What is wrong with a webhook. No part of a secret is repeated, and none of an address that may hold one."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.project.exports import streams
from reconciler.kinds.project.read_only import read_only
from reconciler.kinds.project.streaming_checks import stream_findings, stream_judgements
from reconciler.kinds.webhook.scene import Scene
from reconciler.kinds.webhook.spec import GROUPS, Way
from reconciler.manifest.findings import error, info, where
from reconciler.manifest.suggest import did_you_mean
from reconciler.resources.cluedin.outbound import may_be_composed
from reconciler.systems.secrecy import carries_secret
from reconciler.webhooks.hosts import may_receive
from reconciler.webhooks.sending import receiver

OF: dict[Way, tuple[str, ...]] = {
    "watch": ("url", "secret", "previous", "for_"),
    "stream": ("url", "authorization", "entity", "where", "columns", "container", "state", "on_remove"),
    "event_hub": ("event_hub",),
}
"""The fields that mean something to each way."""
NEEDED: dict[Way, tuple[str, ...]] = {"watch": ("url", "secret"), "stream": ("url",), "event_hub": ("event_hub",)}
_WHO = {
    "watch": "`watch` delivers",
    "stream": "the Http Connector posts",
    "event_hub": "CluedIn writes to an Event Hub",
}
_ABOUT_STREAMS = frozenset({"export", "stream"})
HUB_KEYS = ("EventHub.Name", "EventHub.ConnectionString")
"""The settings of the Event Hub ([B]: recorded keys)."""


def findings(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that can be told offline."""
    via = scene.via
    if via is None:
        yield _no_way(scene)
        return
    yield from _fields(scene, via)
    yield from _address(scene)
    if via == "watch":
        yield from _for(scene)
        yield from _told_once(scene)
    elif via == "stream":
        yield from _records(scene)
        yield from stream_findings(scene)
    else:
        yield from _settings(scene)


def judgements(scene: Scene) -> Iterator[Diagnostic]:
    """Everything that only the answers tell."""
    if scene.via == "stream":
        yield from stream_judgements(scene)


def _no_way(scene: Scene) -> Diagnostic:
    spec = scene.spec
    if not spec.events:
        return error(scene.document, ("events",), "webhook.no_events", "The webhook tells of nothing", "Name an event.")
    if len(scene.groups) > 1:
        first = next(one for one in spec.events if one not in GROUPS[scene.groups[0]])
        return error(
            scene.document,
            ("events", spec.events.index(first)),
            "webhook.two_ways",
            f"`{first}` goes another way than the events beside it: {_WHO[scene.groups[-1]]}",
            "Write two documents.",
        )
    return error(
        scene.document,
        ("via",),
        "webhook.via",
        f"`via: {spec.via}` has no event `{spec.events[0]}`",
        f"Write `via: {scene.groups[0]}`, or leave it out.",
    )


def _fields(scene: Scene, via: Way) -> Iterator[Diagnostic]:
    """Fields that say nothing on this way, and those that it needs."""
    spec = scene.spec
    foreign = [name for names in OF.values() for name in names if name not in OF[via]]
    for name in dict.fromkeys(one for one in foreign if one in spec.model_fields_set):
        word = name.rstrip("_")
        if via == "stream" and name in ("secret", "previous"):
            yield error(
                scene.document,
                (word,),
                "webhook.unsigned",
                "The Http Connector signs nothing, so that a secret would promise what nobody keeps",
                'Name a constant header, `authorization: {env: NAME, version: "1"}`, or take events of `watch`.',
            )
        else:
            yield error(
                scene.document,
                (word,),
                "webhook.field",
                f"`{word}` says nothing where {_WHO[via]}",
                "Take it out, or name events of the other way.",
            )
    for name in NEEDED[via]:
        if getattr(spec, name) is None:
            yield error(
                scene.document,
                (),
                "webhook.missing",
                f"The webhook has no `{name}`, which is needed where {_WHO[via]}",
                'Add it; a secret by reference: `{env: NAME, version: "1"}`.' if name == "secret" else "Add it.",
            )


def _address(scene: Scene) -> Iterator[Diagnostic]:
    url = scene.spec.url
    if not isinstance(url, str):
        return
    if carries_secret(url):
        yield error(
            scene.document,
            ("url",),
            "webhook.url_secret",
            "The address carries a secret, which would show in every plan",
            'Name it by reference: `url: {env: NAME, version: "1"}`.',
        )
        return
    try:
        address = receiver(url)
    except ValueError as why:
        yield error(scene.document, ("url",), "webhook.url", f"The address cannot be a receiver: {why}", "Correct it.")
        return
    if not may_receive(address.host, scene.environment.policy.webhook_hosts):
        yield error(
            scene.document,
            ("url",),
            "webhook.host",
            f"`policy.webhook_hosts` of the environment does not name {address.host}",
            "Add the host there, or send it elsewhere.",
        )


def _for(scene: Scene) -> Iterator[Diagnostic]:
    names = {name for stream, document in streams(scene.world) for name in (stream, document.name)}
    names |= {one.name for kind in ("ExportContract", "Stream") for one in scene.world.written(kind)}
    for at, name in enumerate(scene.spec.for_):
        if name not in names:
            yield error(
                scene.document,
                ("for", at),
                "webhook.for_unknown",
                f"No contract and no stream is named `{name}`",
                did_you_mean(name, names, what="There are"),
            )
    if scene.spec.for_ and not any(one.partition(".")[0] in _ABOUT_STREAMS for one in scene.spec.events):
        yield error(
            scene.document,
            ("for",),
            "webhook.field",
            "`for` says nothing here: none of the events is about an export or a stream",
            "Take it out.",
        )


def _told_once(scene: Scene) -> Iterator[Diagnostic]:
    """That nothing is made, on the first of all."""
    if next(one for one in scene.world.of(Scene) if one.via == "watch") is scene:
        yield info(
            scene.document,
            ("events",),
            "webhook.watched",
            "CluedIn has no call that registers a webhook: nothing is made there",
            "Run `reconciler watch --deliver` where it can stay, or by a schedule with --once.",
        )


def _records(scene: Scene) -> Iterator[Diagnostic]:
    missing = [one for one in GROUPS["stream"] if one not in scene.spec.events]
    if missing:
        yield info(
            scene.document,
            ("events",),
            "webhook.all_records",
            f"The Http Connector also sends {' and '.join(f'`{one}`' for one in missing)}",
            "Receivers tell them apart by `VersionChangeType`.",
        )
    if may_be_composed(scene.provider, scene.name):
        yield error(
            scene.document,
            ("name",),
            "provider.secret",
            "The name is an address, of which nobody can tell whether it carries a secret",
            "Give it a name in words.",
        )


def _settings(scene: Scene) -> Iterator[Diagnostic]:
    """The settings of the Event Hub have one place."""
    others = [one.document for one in scene.world.of(Scene) if one.via == "event_hub" and one is not scene]
    others += [one for one in scene.world.written("Setting") if _names_hub(one.spec)]
    if others and scene.environment.cluedin is not None:
        yield error(
            scene.document,
            ("event_hub",),
            "setting.twice",
            f"The settings of the Event Hub stand in {where(others[0])} as well",
            "Keep one of the two.",
        )
    yield from read_only(scene.document, scene.world, "CluedIn", "keep the webhook out of the environment")


def _names_hub(spec: object) -> bool:
    groups = (getattr(spec, name, ()) for name in ("set", "secrets", "reset"))
    return any(key in group for group in groups for key in HUB_KEYS)
