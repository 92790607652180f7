"""Whom to tell what happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.kinds.project.exported import TOLD_BY_ANSWERS
from reconciler.kinds.project.streaming_resources import stream_questions, stream_resources
from reconciler.kinds.webhook.checks import HUB_KEYS, findings, judgements
from reconciler.kinds.webhook.scene import Scene
from reconciler.kinds.webhook.spec import Webhook
from reconciler.questions import Question
from reconciler.resources import types
from reconciler.resources.base import Desired


class WebhookKind(Scene):
    """A `Webhook`: what it asks, what is wrong with it, and what it wants."""

    manifest = Webhook
    told_by_answers = TOLD_BY_ANSWERS

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from findings(self)

    def questions(self) -> Iterator[Question]:
        """What a stream of records asks."""
        if self.via == "stream":
            yield from stream_questions(self)

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only the answers tell."""
        yield from judgements(self)

    def expand(self) -> Iterator[Desired]:
        """An export target and a stream for records, settings for workflows; nothing for what `watch` delivers."""
        if self.via == "stream":
            if self.environment.cluedin is not None:
                yield self._target()
            yield from stream_resources(self)
        elif self.via == "event_hub" and self.environment.cluedin is not None and self.spec.event_hub is not None:
            name, connection = HUB_KEYS
            yield self._setting(name, "name", value=self.spec.event_hub.name)
            yield self._setting(connection, "connection_string", secret=self.spec.event_hub.connection_string)

    def _target(self) -> Desired:
        """The Http Connector with the address; a constant header is a secret, whatever CluedIn calls it."""
        spec = self.spec
        values: dict[str, Any] = {"config": {"url": spec.url}} if isinstance(spec.url, str) else {}
        secrets = {"url": spec.url if not isinstance(spec.url, str) else None, "authorization": spec.authorization}
        if given := {name: reference for name, reference in secrets.items() if reference is not None}:
            values["secrets"] = given
        return types()["cluedin.export_target"].desired(
            self.target_key,
            self.origin("url"),
            on_remove="delete" if spec.on_remove == "delete" else "forget",
            approvals=self.labels,
            **values,
        )

    def _setting(self, key: str, field: str, **values: Any) -> Desired:
        return types()["cluedin.setting"].desired(key, self.origin("event_hub", field), on_remove="forget", **values)
