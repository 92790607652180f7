"""Our words for sensitivity, and the classifications that they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from reconciler.errors import Diagnostic
from reconciler.kinds.base import Kind, origin_at
from reconciler.kinds.declarations import Declarations, DeclaredLabel
from reconciler.kinds.label_map.spec import CLASSIFICATION, LABEL, Label, LabelMap
from reconciler.kinds.project.labels import directory, is_microsoft
from reconciler.kinds.project.read_only import read_only
from reconciler.manifest.fields import plain_fields
from reconciler.manifest.findings import error, where
from reconciler.resources import types
from reconciler.resources.base import Desired

_FIELDS = plain_fields(Label)


class LabelMapKind(Kind[LabelMap]):
    """A `LabelMap`: what is wrong with it, and the classifications that it wants."""

    manifest = LabelMap

    @cached_property
    def declarations(self) -> Declarations:
        """Its words, with what columns get that carry them."""
        labels = tuple(
            DeclaredLabel(
                word=word,
                classification=one.classification,
                purview_label=one.purview_label,
                cluedin_code=one.cluedin_code,
                propagate=frozenset(self.spec.propagate),
                detected_by=one.detected_by,
                on_detected=self.spec.on_detected,
                taken_back=self.spec.remove_unlisted,
                document=self.document,
            )
            for word, one in self.spec.labels.items()
        )
        return Declarations(labels=labels, defines_labels=True, unknown_labels_pass=self.spec.on_unmapped != "error")

    def check(self) -> Iterator[Diagnostic]:
        """Findings about words, and about words that two maps define."""
        for word, label in self.spec.labels.items():
            path = ("labels", word)
            if not LABEL.fullmatch(word):
                yield error(
                    self.document,
                    path,
                    "label.name",
                    f"`{word}` cannot be a label",
                    "Begin with a letter and use letters, digits, blanks, `_` and `-`.",
                )
            if not CLASSIFICATION.fullmatch(label.classification):
                yield error(
                    self.document,
                    (*path, "classification"),
                    "label.classification",
                    f"`{label.classification}` cannot be the name of a classification",
                    "Begin with a letter and use letters, digits, blanks, `_` and `.`; no hyphen.",
                )
            first = directory(self.world).all[word][0].document
            if first is not self.document:
                yield error(
                    self.document,
                    path,
                    "label.twice",
                    f"The label `{word}` is defined in {where(first, path)} as well",
                    "Keep one of the two.",
                )
        yield from self._read_only()

    def expand(self) -> Iterator[Desired]:
        """The classifications; Microsoft's own are only referred to."""
        if self.environment.purview is None:
            return
        kind = types()["purview.classification_type"]
        for word, label in self.spec.labels.items():
            origin = origin_at(self.document, ("labels", word))
            if is_microsoft(label.classification):
                yield kind.desired(label.classification, origin, mode="refer")
            else:
                yield kind.desired(label.classification, origin, **label.given(*_FIELDS))

    def _read_only(self) -> Iterable[Diagnostic]:
        ours = [label for label in self.spec.labels.values() if not is_microsoft(label.classification)]
        if ours:
            otherwise = "keep classifications of your own out"
            yield from read_only(self.document, self.world, "Purview", otherwise, ("labels",))
