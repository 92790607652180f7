"""Our words for sensitivity, and the classifications that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from reconciler.errors import Diagnostic
from reconciler.kinds._labels import directory, is_microsoft
from reconciler.kinds.base import Kind, World, origin_at
from reconciler.manifest.findings import error, where
from reconciler.manifest.spec import Spec
from reconciler.resources import types
from reconciler.resources.base import Desired

if TYPE_CHECKING:
    from reconciler.manifest.project import Document

Place = Literal["entity", "data_set", "export", "source"]

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9 _-]*")
_CLASSIFICATION = re.compile(r"[A-Za-z][A-Za-z0-9_. ]*")


class Label(Spec):
    """One word for sensitivity."""

    classification: Annotated[str, Field(min_length=1)]
    """Classification in Purview; created when missing, unless it starts with `MICROSOFT.`."""
    description: str | None = None
    """What the word means; becomes the description of the classification."""
    purview_label: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,50}$")] | None = None
    """Free label that assets get as well."""
    cluedin_code: str | None = None
    """CluedIn's data classification code for labelled keys that name none themselves."""
    detected_by: tuple[str, ...] = ()
    """Classifications of Purview's scanner that suggest this label; used for findings only."""


class LabelMap(Kind):
    """Our words for sensitivity, and the classifications that they mean.

    The map makes classifications only. Assignments come from where a label is used: on the keys of a
    `GlossaryMapping`, from where it reaches the columns made of them. Microsoft's sensitivity labels and the
    masking of exported files cannot be set through these systems.

    Example::

        apiVersion: reconciler/v1
        kind: LabelMap
        metadata: {name: default}
        spec:
          labels:
            PII:
              description: Personal data.
              classification: CLUEDIN.PII
              purview_label: pii
              detected_by: [MICROSOFT.PERSONAL.EMAIL]
            Restricted: {classification: CLUEDIN.RESTRICTED, description: Need-to-know data.}
          propagate: [entity, data_set, export]
          on_unmapped: error
    """

    kind: ClassVar[str] = "LabelMap"

    labels: dict[str, Label]
    """The words; each is unique over all label maps and case-sensitive."""
    propagate: tuple[Place, ...] = ("entity", "data_set", "export")
    """Columns that get the classifications of a labelled key: of the entity type, of data sets mapped to the
    key, of exports made of it; and with `source` the columns that other teams' scans found."""
    on_unmapped: Literal["error", "warn"] = "error"
    """What to say about a label that no map knows; the strictest map decides."""
    on_detected: Literal["warn", "error", "ignore"] = "warn"
    """What to say when the scanner suggests a label that a column lacks."""
    remove_unlisted: bool = True
    """Take back classifications that we assigned and that no manifest asks for any more."""

    def check(self, document: Document, world: World) -> Iterator[Diagnostic]:
        """Findings about words, and about words that two maps define."""
        for word, label in self.labels.items():
            path = ("labels", word)
            if not _LABEL.fullmatch(word):
                yield error(
                    document,
                    path,
                    "label.name",
                    f"`{word}` cannot be a label",
                    "Begin with a letter and use letters, digits, blanks, `_` and `-`.",
                )
            if not _CLASSIFICATION.fullmatch(label.classification):
                yield error(
                    document,
                    (*path, "classification"),
                    "label.classification",
                    f"`{label.classification}` cannot be the name of a classification",
                    "Begin with a letter and use letters, digits, blanks, `_` and `.`; no hyphen.",
                )
            first = directory(world).maps_of(word)[0]
            if first is not document:
                yield error(
                    document,
                    path,
                    "label.twice",
                    f"The label `{word}` is defined in {where(first, path)} as well",
                    "Keep one of the two.",
                )
        yield from self._read_only(document, world)

    def expand(self, document: Document, world: World) -> Iterator[Desired]:
        """The classifications; Microsoft's own are only referred to."""
        if world.environment.purview is None:
            return
        kind = types()["purview.classification_type"]
        for word, label in self.labels.items():
            origin = origin_at(document, ("labels", word))
            if is_microsoft(label.classification):
                yield kind.desired(label.classification, origin, mode="refer")
            else:
                yield kind.desired(label.classification, origin, **label.given("description"))

    def _read_only(self, document: Document, world: World) -> Iterable[Diagnostic]:
        environment = world.environment
        ours = [label for label in self.labels.values() if not is_microsoft(label.classification)]
        if environment.purview is not None and environment.scope.purview.read_only and ours:
            yield error(
                document,
                ("labels",),
                "scope.read_only",
                f"The environment `{world.environment_name}` may only read Purview",
                "Remove `scope.purview.read_only`, or keep classifications of your own out.",
            )
