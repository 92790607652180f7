"""A stream without a contract: which records go to an export target that is there."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.project.exported import TOLD_BY_ANSWERS
from reconciler.kinds.project.streaming_resources import stream_questions, stream_resources
from reconciler.kinds.stream.checks import findings, judgements
from reconciler.kinds.stream.scene import Scene
from reconciler.kinds.stream.spec import Stream
from reconciler.questions import Question
from reconciler.resources.base import Desired


class StreamKind(Scene):
    """A `Stream`: what it asks, what is wrong with it, and what it wants."""

    manifest = Stream
    told_by_answers = TOLD_BY_ANSWERS

    def check(self) -> Iterator[Diagnostic]:
        """Findings that need no system."""
        yield from findings(self)

    def questions(self) -> Iterator[Question]:
        """Connectors, entity types, keys, and the stream's state."""
        yield from stream_questions(self)

    def judge(self) -> Iterator[Diagnostic]:
        """Findings that only the answers tell."""
        yield from judgements(self)

    def expand(self) -> Iterator[Desired]:
        """Both halves, as far as the environment has the system."""
        yield from stream_resources(self)
