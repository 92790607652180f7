"""The labels of all label maps, and what a labelled column gets in Purview."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reconciler.errors import Diagnostic
from reconciler.kinds.base import World
from reconciler.kinds.declarations import DeclaredLabel, Place
from reconciler.manifest.documents import Document
from reconciler.manifest.findings import Path, finding
from reconciler.manifest.suggest import did_you_mean
from reconciler.resources import types
from reconciler.resources.base import Desired, OnRemove
from reconciler.resources.keys import Address
from reconciler.resources.objects import Origin
from reconciler.saved.words import Severity

LABEL_MAP = "LabelMap"
"""The kind that defines words; what stands in one that is not right is no less a word."""


@dataclass(slots=True)
class Directory:
    """Every label of the project with the maps that define it."""

    labels: dict[str, DeclaredLabel] = field(default_factory=dict)
    """The first of each word."""
    half_known: frozenset[str] | None = frozenset()
    """Words of maps that are not valid, which are no less defined; None where nobody knows all the words."""
    all: dict[str, list[DeclaredLabel]] = field(default_factory=dict)
    unmapped_is_error: bool = True

    def reaches(self, word: str, place: Place) -> bool:
        """Whether the classifications of a label go to columns of this place."""
        return any(place in label.propagate for label in self.all.get(word, ()))

    def takes_back(self, word: str) -> bool:
        """Whether pruning takes what a label put on an asset off it; one map that says no is enough."""
        return all(label.taken_back for label in self.all.get(word, ()))

    def known(self, words: Iterable[str]) -> list[tuple[str, DeclaredLabel]]:
        """The labels among the words that some map defines."""
        return [(word, self.labels[word]) for word in words if word in self.labels]


def directory(world: World) -> Directory:
    """The labels of a world, gathered once."""
    return world.know(_gather)


def unknown_labels(document: Document, world: World, path: Path, words: Iterable[str]) -> Iterator[Diagnostic]:
    """Findings for words that no label map defines."""
    labels = directory(world)
    for at, word in enumerate(words):
        if word not in labels.labels and labels.half_known is not None and word not in labels.half_known:
            severity: Severity = "error" if labels.unmapped_is_error else "warning"
            advice = did_you_mean(word, [*labels.labels, *labels.half_known])
            yield finding(
                severity,
                document,
                (*path, at),
                "label.unknown",
                f"No LabelMap defines the label `{word}`",
                f"{advice} Add it to a LabelMap, or correct it.".strip(),
            )


def code_of(world: World, words: Iterable[str]) -> str | None:
    """CluedIn's data classification code that the labels ask for, if one does."""
    codes = codes_of(world, words)
    return codes[0] if codes else None


def codes_of(world: World, words: Iterable[str]) -> list[str]:
    """All codes that the labels ask for, each once."""
    return list(dict.fromkeys(label.cluedin_code for _, label in directory(world).known(words) if label.cluedin_code))


def classify(
    world: World, words: Iterable[str], place: Place, host: str, origin: Origin, effective: frozenset[str]
) -> Iterator[Desired]:
    """The classifications and free labels that an asset gets from its labels; `host` is its address."""
    labels = directory(world)
    asset = Address.of(host).key
    for word, label in labels.known(words):
        if not labels.reaches(word, place):
            continue
        needs = (f"purview.classification_type:{label.classification}", host)
        leave: OnRemove = "delete" if labels.takes_back(word) else "forget"
        key = f"{label.classification}@{asset}"
        yield types()["purview.classification"].desired(
            key, origin, needs=needs, labels=effective, on_remove=leave, propagate=False
        )
        if label.purview_label is not None:
            key = f"{label.purview_label}@{asset}"
            yield types()["purview.label"].desired(key, origin, needs=(host,), labels=effective, on_remove=leave)


def is_microsoft(classification: str) -> bool:
    """Whether a classification is Microsoft's own: referred to, never created or changed."""
    return classification.startswith("MICROSOFT.")


def _gather(world: World) -> Directory:
    found = Directory()
    maps = [said for kind in world.kinds.values() if (said := kind.declarations).defines_labels]
    for label in (label for said in maps for label in said.labels):
        found.labels.setdefault(label.word, label)
        found.all.setdefault(label.word, []).append(label)
    unfit = [document.data.get("labels") for document in world.written(LABEL_MAP) if document.spec is None]
    legible = [words for words in unfit if isinstance(words, dict)]
    all_legible = not world.unread and len(legible) == len(unfit)
    found.half_known = frozenset(str(word) for words in legible for word in words) if all_legible else None
    found.unmapped_is_error = not maps or any(not said.unknown_labels_pass for said in maps)
    return found
