"""What the manifests of a project want in one environment; how they are read is in `wishes`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.desired.called import documents_of
from reconciler.errors import Diagnostic, ManifestError
from reconciler.resources.base import Desired

if TYPE_CHECKING:
    from reconciler.environment.spec import Environment
    from reconciler.kinds.base import World


@dataclass(slots=True)
class Held:
    """A document that is held back: nothing of it is planned, nothing of it is removed, and the rest goes on."""

    findings: list[Diagnostic]
    """Why, each an error with `document` set."""
    wants: dict[str, Desired] = field(default_factory=dict)
    """What it is known to want, by address; its expansion without any answers where those are what is wrong."""
    may_want: frozenset[str] = frozenset()
    """Types of which it may want more, which only answers would tell."""


@dataclass(slots=True)
class Wishes:
    """What the manifests of a project want in one environment."""

    environment_name: str
    environment: Environment
    resources: dict[str, Desired] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    files: int = 0
    documents: int = 0
    superseded: set[str] = field(default_factory=set)
    """Addresses of stand-ins that something else has taken the place of."""
    held: dict[str, Held] = field(default_factory=dict)
    """Documents (`Kind/name`) that cannot be applied now, as the live systems tell or do not tell."""
    world: World | None = None
    """The documents themselves, for what people call things."""

    @property
    def ok(self) -> bool:
        """Whether a plan may be made of them: no finding is an error.

        What holds a single document back is not among the findings.
        """
        return not any(f.severity == "error" for f in self.findings)

    @property
    def size(self) -> str:
        """How much there is, in words: `4 files, 1 document, 12 resources`."""
        counts = {"file": self.files, "document": self.documents, "resource": len(self.resources)}
        return ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in counts.items())

    @property
    def refusals(self) -> list[Diagnostic]:
        """What holds documents back, by place."""
        return sorted((finding for held in self.held.values() for finding in held.findings), key=by_place)

    def without(self, faults: Iterable[Diagnostic]) -> Wishes | None:
        """These wishes without the documents that want what a finding is about; None when there are no such.

        For what shows only once wishes and live state are compared. What others want too stays as all want it.
        """
        held = dict(self.held)
        for fault in faults:
            want = self.resources.get(fault.address)
            for name in documents_of(want) if want is not None else ():
                found = held.get(name, Held([]))
                held[name] = replace(found, findings=[*found.findings, replace(fault, document=name)])
        if held.keys() == self.held.keys():
            return None
        kept: dict[str, Desired] = {}
        for address, want in self.resources.items():
            names = documents_of(want)
            for name in names & held.keys() - self.held.keys():
                held[name].wants[address] = want
            if not names <= held.keys():
                kept[address] = want
        return replace(self, resources=kept, held=held)

    @property
    def known(self) -> dict[str, Desired]:
        """Every resource, also what held documents are known to want: for what reads and never plans."""
        aside = {address: want for held in self.held.values() for address, want in held.wants.items()}
        return aside | self.resources

    def required(self) -> Wishes:
        """Itself; raises `ManifestError` with every finding when any of them is an error."""
        if not self.ok:
            raise ManifestError(*self.findings)
        return self


def by_place(finding: Diagnostic) -> tuple[str, int, int, str]:
    """What findings are sorted by: their place in the manifests."""
    source = finding.source
    if source is None:
        return ("", 0, 0, finding.code)
    return (source.file, source.line or 0, source.column or 0, finding.code)
