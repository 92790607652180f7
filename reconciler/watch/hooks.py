"""The webhooks that this tool delivers to, with their secrets: they are never shown, and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.desired import Wishes
from reconciler.environment.secrets import Secrets
from reconciler.errors import ConfigurationError, Diagnostic
from reconciler.kinds.webhook.spec import GROUPS, Webhook
from reconciler.manifest.documents import Document
from reconciler.manifest.findings import error, warning
from reconciler.watch.events import Event, digest
from reconciler.webhooks.hosts import may_receive
from reconciler.webhooks.sending import receiver
from reconciler.webhooks.signing import ADVISED, key_of

_ABOUT_STREAMS = ("export", "stream")


@dataclass(frozen=True, slots=True)
class Hook:
    """One receiver."""

    name: str
    events: frozenset[str]
    about: frozenset[str]
    """The contracts and streams that it wants to know of; empty for all."""
    url: str
    secrets: tuple[str, ...]

    def wants(self, event: Event) -> bool:
        """Whether it is to be told."""
        if event.type not in self.events:
            return False
        of_stream = event.type.partition(".")[0] in _ABOUT_STREAMS
        return not (of_stream and self.about and not self.about & event.names)

    @property
    def mark(self) -> str:
        """What tells that it was changed."""
        return digest([self.url, self.secrets])


def watched_by(document: Document) -> Webhook | None:
    """Its spec, where what it wants to know comes from `watch`."""
    spec = document.as_a(Webhook)
    return spec if spec is not None and set(spec.events) & set(GROUPS["watch"]) else None


def hooks_of(wishes: Wishes, secrets: Secrets) -> tuple[list[Hook], list[Diagnostic]]:
    """Every webhook of the project, and what is to be said of them.

    Raises `ConfigurationError` for a secret that is not there or is none, and for an address that may not be one.
    """
    documents = wishes.world.written("Webhook") if wishes.world is not None else []
    found: list[Hook] = []
    said: list[Diagnostic] = []
    for document in documents:
        spec = watched_by(document)
        if spec is None or spec.url is None or spec.secret is None:
            continue
        url = spec.url if isinstance(spec.url, str) else secrets(spec.url)
        given = [one for one in (spec.secret, spec.previous) if one is not None]
        values = tuple(secrets(one) for one in given)
        wrong = [*_wrong_address(document, url, wishes), *_wrong_secrets(document, values)]
        if any(one.severity == "error" for one in wrong):
            raise ConfigurationError(*wrong)
        said += wrong
        found.append(Hook(document.name, frozenset(spec.events), frozenset(spec.for_), url, values))
    return found, said


def _wrong_address(document: Document, url: str, wishes: Wishes) -> Iterator[Diagnostic]:
    try:
        host = receiver(url).host
    except ValueError as why:
        yield error(document, ("url",), "webhook.url", f"The address cannot be a receiver: {why}", "Correct it.")
        return
    if not may_receive(host, wishes.environment.policy.webhook_hosts):
        yield error(
            document,
            ("url",),
            "webhook.host",
            "`policy.webhook_hosts` of the environment does not name the host of this webhook",
            "Add the host there, or send it elsewhere.",
        )


def _wrong_secrets(document: Document, values: tuple[str, ...]) -> Iterator[Diagnostic]:
    for name, value in zip(("secret", "previous"), values, strict=False):
        try:
            key = key_of(value)
        except ValueError as why:
            yield error(
                document,
                (name,),
                "webhook.secret",
                f"`{name}` cannot sign anything: {why}",
                "Take `whsec_` and base64 of 32 random bytes.",
            )
            continue
        if len(key) < ADVISED:
            yield warning(
                document,
                (name,),
                "webhook.short_secret",
                f"`{name}` has {len(key)} bytes, and Standard Webhooks asks for {ADVISED} at least",
                "Take `whsec_` and base64 of 32 random bytes.",
            )
