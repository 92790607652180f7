"""One agent on the way to its resources: what every step looks up, found once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property

import orjson

from reconciler.kinds.ai_agent.spec import AiAgent
from reconciler.kinds.base import Kind
from reconciler.kinds.project.conditions import Node
from reconciler.kinds.project.configured import Script
from reconciler.kinds.project.criteria import Criterion, flat, keys_in
from reconciler.kinds.project.declared import declared
from reconciler.kinds.project.references import entity_word
from reconciler.kinds.project.text_files import text_of
from reconciler.kinds.project.trees import tree_of
from reconciler.manifest.findings import Path
from reconciler.resources.cluedin.ai import MOST
from reconciler.resources.keys import quote
from reconciler.resources.spelling import composed


class Scene(Kind[AiAgent]):
    """A document with its world, and the names that follow from both."""

    # -- names ---------------------------------------------------------------------------------------------

    @cached_property
    def name(self) -> str:
        """The name of the agent in CluedIn."""
        return composed((self.spec.agent or self.document.name).strip())

    @property
    def concept(self) -> str:
        """The agent."""
        return self.name

    @property
    def key(self) -> str:
        """The key of the agent."""
        return quote(self.name)

    @property
    def is_ours(self) -> bool:
        """Whether it is one of this environment's CluedIn."""
        return self.environment.cluedin is not None and self.spec.host == "cluedin"

    # -- what it reads ---------------------------------------------------------------------------------------

    @property
    def entity(self) -> tuple[Path, str] | None:
        """The word for the entity type of its records, and its place."""
        if self.spec.target is not None:
            return ("target", "entity"), self.spec.target.entity
        return (("scope", "entity"), self.spec.scope.entity) if self.spec.scope.entity is not None else None

    @cached_property
    def code(self) -> str | None:
        """The code of the entity type."""
        return entity_word(self.world, self.entity[1]).code if self.entity is not None else None

    @property
    def sample(self) -> tuple[Path, int] | None:
        """How many records it reads, and where that is said."""
        if self.spec.options is not None:
            return ("options", "sample"), self.spec.options.sample
        return (("scope", "sample"), self.spec.scope.sample) if self.spec.scope.sample is not None else None

    @property
    def taken(self) -> int | None:
        """The same as CluedIn takes it."""
        return min(self.sample[1], MOST) if self.sample is not None else None

    @property
    def keys(self) -> tuple[tuple[Path, str], ...]:
        """The full keys that it reads, each with its place."""
        return tuple((("scope", "keys", at), key) for at, key in enumerate(self.spec.scope.keys))

    def named_keys(self) -> Iterator[tuple[Path, str]]:
        """Every full key that it names, each with its place."""
        yield from self.keys
        yield from keys_in(self.criteria())

    def criteria(self) -> Iterator[tuple[Path, Criterion]]:
        """Every condition with its place."""
        yield from flat(self.spec.scope.where, ("scope", "where"))

    @property
    def records(self) -> Node:
        """The filter of its records."""
        return tree_of(self.world, self.spec.scope.where, self.code)

    @cached_property
    def labels(self) -> Mapping[str, tuple[str, ...]]:
        """The words for sensitivity on each key that it reads and that has any."""
        found = {}
        for _, key in self.keys:
            words = dict.fromkeys(word for row in declared(self.world).keys.get(key, ()) for word in row.labels)
            if words:
                found[key] = tuple(words)
        return found

    @property
    def words(self) -> frozenset[str]:
        """All of these words."""
        return frozenset(word for words in self.labels.values() for word in words)

    # -- texts -----------------------------------------------------------------------------------------------

    def text(self, given: str | Script | None) -> str | None:
        """A text, or that of its file; None where it cannot be read."""
        return text_of(self.world, self.document, given.file) if isinstance(given, Script) else given

    def texts(self) -> Iterator[tuple[Path, str | Script]]:
        """Every text with its place."""
        if self.spec.instructions is not None:
            yield ("instructions",), self.spec.instructions
        yield from ((("jobs", at, "prompt"), job.prompt) for at, job in enumerate(self.spec.jobs))

    # -- its registry ----------------------------------------------------------------------------------------

    @cached_property
    def registry(self) -> dict[str, str]:
        """What is kept at the agent: who is in charge, what for, until when, and what was looked at."""
        spec = self.spec
        found = {"owner": spec.owner or "", "purpose": spec.purpose or "", "mode": spec.mode,
                 "environment": self.world.environment_name, "digest": self.digest}  # fmt: skip
        return found | ({"review_by": spec.review_by} if spec.review_by is not None else {})

    @property
    def digest(self) -> str:
        """A short digest of what it is told and what it reads, which a review is about."""
        said = [self.text(given) or "" for _, given in self.texts()]
        records = orjson.dumps(self.records, option=orjson.OPT_SORT_KEYS).decode()
        parts = [*said, *sorted(self.spec.scope.keys), records, str(self.taken), self.spec.mode]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
