"""What becomes of a project, told so that two of them can be compared: desired values, findings, promises, actions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from reconciler.actions.metrics import publishers
from reconciler.connect import connect
from reconciler.contracts.check import against
from reconciler.desired.wishes import Draft, draft
from reconciler.handover.base import Subject
from reconciler.handover.dataverse import mapping_of
from reconciler.handover.dbt import freshness_of
from reconciler.handover.exposures import exposures
from reconciler.kinds.export_contract.scene import Contract
from reconciler.questions import Answers, Question, ask
from reconciler.resources.base import Desired
from reconciler.resources.keys import field_of
from reconciler.systems.base import System

from ..support import ENVIRONMENT, SECRETS
from .documents import SCRIPTS
from .fields import Data
from .stages import Stage

_NOT_THE_WISH = {"type", "key", "address", "values", "origins", "named"}
"""What of a `Desired` is its name or its place in a file, and not what is wanted; values are compared one by one."""


def _freshness(draft: Draft) -> tuple[str, ...]:
    told = [freshness_of(Subject(one, "sandbox")) for one in draft.world.of(Contract)]
    return (*map(str, told), *(str(one["depends_on"]) for one in exposures(draft.world).values()))


def _tables(draft: Draft) -> tuple[str, ...]:
    return tuple(str(mapping_of(Subject(one, "sandbox"))) for one in draft.world.of(Contract))


@dataclass
class Seen:
    """A project, with all that it amounts to."""

    draft: Draft
    wants: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """By type and key: each value, and what else is said of the resource."""
    findings: frozenset[tuple[str, str, str]] = frozenset()
    metrics: tuple[str, ...] = ()
    freshness: tuple[str, ...] = ()
    """What dbt is told of the age of data, and of who reads its models."""
    tables: tuple[str, ...] = ()
    """What goes to which table of Dataverse."""

    @property
    def valid(self) -> bool:
        """Whether nothing is refused."""
        return not any(severity == "error" for severity, _, _ in self.findings)

    def effects(self, other: Seen) -> Iterator[str]:
        """How the other differs, by the names of fields and findings; where something is refused, by findings alone."""
        taken = self.valid and other.valid
        said = {code for _, code, _ in self.findings ^ other.findings}
        yield from (f"finding {code}" if taken else f"finding {code} (refused)" for code in said)
        if taken:
            yield from self._sent(other)
            yield from self._compared(other)

    def _sent(self, other: Seen) -> Iterator[str]:
        there: dict[str, set[str]] = {}
        for type_name, key in self.wants.keys() | other.wants.keys():
            mine, theirs = self.wants.get((type_name, key)), other.wants.get((type_name, key))
            if mine is None or theirs is None:
                said = mine or theirs or {}
                there.setdefault(type_name, set()).update(field_of(what) for what in said if what[0] != " ")
            else:
                changed = {what for what in mine.keys() | theirs.keys() if mine.get(what) != theirs.get(what)}
                yield from (f"{type_name}{what if what[0] == ' ' else '.' + field_of(what)}" for what in changed)
        for type_name, names in there.items():
            yield f"{type_name} (is there{': ' if names else ''}{' '.join(sorted(names))})"
        if self.metrics != other.metrics:
            yield "metrics publish"
        if self.freshness != other.freshness:
            yield "handover dbt"
        if self.tables != other.tables:
            yield "handover dataverse"

    def _compared(self, other: Seen) -> Iterator[str]:
        for one, two in ((self, other), (other, self)):
            compared = against(one.draft, two.draft, "before").findings
            yield from (f"compared {found.code}" for found in (f for all_ in compared.values() for f in all_))


_OF = "1bd3a5a6-6e4b-4d8b-9a83-7c6a2f1e0b0"
"""Roles of CluedIn by alias."""


class Bench:
    """Looks at one project after the other, and asks the systems each question once."""

    def __init__(self, root: Path, url: str) -> None:
        self.root = root
        self.env = {"RECONCILER_VAR_SANDBOX_URL": url, "RECONCILER_SECRETS": ",".join(SECRETS), **SECRETS}
        self.rows: dict[Question, tuple[Any, ...]] = {}
        self.systems: Mapping[str, System] = {}
        self._seen: dict[tuple[bytes, str, bool], Seen] = {}

    def close(self) -> None:
        for system in self.systems.values():
            system.connection.close()

    def see(self, stage: Stage, spec: Data) -> Seen:
        """What becomes of a stage with this spec."""
        documents = {**stage.others, stage.kind: spec}
        known = (orjson.dumps(documents), stage.kind, stage.atlas)
        if known not in self._seen:
            self._seen[known] = self._look(documents, atlas=stage.atlas)
        return self._seen[known]

    def forget(self) -> None:
        """Looks again at what was seen: the product is another."""
        self._seen.clear()

    def _look(self, documents: Data, *, atlas: bool) -> Seen:
        folder = self.root / "manifests"
        (folder / "environments").mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.yaml"):
            old.unlink()
        environment = ENVIRONMENT.replace("endpoint:", "mode: atlas\n    endpoint:") if atlas else ENVIRONMENT
        (folder / "environments/sandbox.yaml").write_text(environment, encoding="utf-8")
        for name, text in SCRIPTS.items():
            (folder / name).write_text(text, encoding="utf-8")
        for word, spec in documents.items():
            kind, _, name = word.partition("/")
            metadata = {"name": (name or kind).lower()}
            document = {"apiVersion": "reconciler/v1", "kind": kind, "metadata": metadata, "spec": spec}
            (folder / f"{metadata['name']}.yaml").write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        return self._told(draft(self.root, "sandbox", self.env), atlas=atlas)

    def _told(self, draft: Draft, *, atlas: bool) -> Seen:
        seen = Seen(draft, metrics=tuple(publishers(draft.project.documents)), freshness=_freshness(draft))
        seen.tables = _tables(draft)
        wishes = draft.wishes(None if atlas or not draft.ok else self._answers(draft))
        findings = [*draft.findings, *wishes.findings, *wishes.refusals]
        seen.findings = frozenset((one.severity, one.code, one.summary) for one in findings)
        seen.wants = {(want.type.full_name, want.key): dict(_told_of(want)) for want in wishes.resources.values()}
        return seen

    def _answers(self, draft: Draft) -> Answers:
        asked = draft.questions()
        new = [question for question in asked if question not in self.rows]
        if new:
            self.systems = self.systems or connect(draft.environment, self.env)
            answers = ask(new, self.systems)
            assert answers.failures == {}
            self.rows |= answers.rows
        return Answers({question: self.rows[question] for question in asked if question in self.rows})


def _told_of(want: Desired) -> Iterator[tuple[str, str]]:
    for path, value in want.values.items():
        yield path, repr(value)
    for part in dataclasses.fields(want):
        if part.name not in _NOT_THE_WISH:
            value = getattr(want, part.name)
            yield f" ({part.name})", repr(sorted(value) if isinstance(value, frozenset) else value)
