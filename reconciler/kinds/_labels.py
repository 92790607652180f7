"""The labels of all label maps, and what a labelled column gets in Purview."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.errors import Diagnostic, Severity
from reconciler.kinds.base import World
from reconciler.manifest.findings import Path, finding
from reconciler.manifest.suggest import did_you_mean
from reconciler.resources import types
from reconciler.resources.base import Desired, Origin

if TYPE_CHECKING:
    from reconciler.kinds.label_map import Label, Place
    from reconciler.manifest.project import Document


@dataclass(slots=True)
class Directory:
    """Every label of the project with the maps that define it."""

    labels: dict[str, Label] = field(default_factory=dict)
    half_known: frozenset[str] | None = frozenset()
    """Words of maps that are not valid, which are no less defined; None where nobody knows all the words."""
    maps: dict[str, list[Document]] = field(default_factory=dict)
    unmapped_is_error: bool = True

    def maps_of(self, word: str) -> list[Document]:
        """The documents that define a word, in order."""
        return self.maps.get(word, [])

    def reaches(self, word: str, place: Place) -> bool:
        """Whether the classifications of a label go to columns of this place."""
        return any(place in document.spec.propagate for document in self.maps_of(word))

    def known(self, words: Iterable[str]) -> list[tuple[str, Label]]:
        """The labels among the words that some map defines."""
        return [(word, self.labels[word]) for word in words if word in self.labels]


def directory(world: World) -> Directory:
    """The labels of a world, gathered once."""
    found: Directory = world.index("labels", lambda: _gather(world))
    return found


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
    asset = host.partition(":")[2]
    for word, label in labels.known(words):
        if not labels.reaches(word, place):
            continue
        needs = (f"purview.classification_type:{label.classification}", host)
        key = f"{label.classification}@{asset}"
        yield types()["purview.classification"].desired(key, origin, needs=needs, labels=effective, propagate=False)
        if label.purview_label is not None:
            key = f"{label.purview_label}@{asset}"
            yield types()["purview.label"].desired(key, origin, needs=(host,), labels=effective)


def is_microsoft(classification: str) -> bool:
    """Whether a classification is Microsoft's own: referred to, never created or changed."""
    return classification.startswith("MICROSOFT.")


def _gather(world: World) -> Directory:
    found = Directory()
    documents = [document for document in world.of("LabelMap") if document.spec is not None]
    for document in documents:
        for word, label in document.spec.labels.items():
            found.labels.setdefault(word, label)
            found.maps.setdefault(word, []).append(document)
    written = [document.data.get("labels") for document in world.of("LabelMap") if document.spec is None]
    maps = [words for words in written if isinstance(words, dict)]
    all_legible = not world.unread and len(maps) == len(written)
    found.half_known = frozenset(str(word) for words in maps for word in words) if all_legible else None
    found.unmapped_is_error = not documents or any(one.spec.on_unmapped == "error" for one in documents)
    return found
