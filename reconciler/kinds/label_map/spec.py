"""What people write in a `LabelMap`: words for sensitivity."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from reconciler.kinds.declarations import Place
from reconciler.manifest.fields import Handled
from reconciler.manifest.spec import Manifest, Spec

LABEL = re.compile(r"[A-Za-z][A-Za-z0-9 _-]*")
"""Words that can be labels."""
CLASSIFICATION = re.compile(r"[A-Za-z][A-Za-z0-9_. ]*")
"""Names that can be those of classifications."""
FreeLabel = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,50}$")]


class Label(Spec):
    """One word for sensitivity."""

    classification: Annotated[str, Field(min_length=1), Handled()]
    """Classification in Purview; created when missing, unless it starts with `MICROSOFT.`."""
    description: str | None = None
    """What the word means; becomes the description of the classification."""
    purview_label: Annotated[FreeLabel | None, Handled()] = None
    """Free label that assets get as well."""
    cluedin_code: Annotated[str | None, Handled()] = None
    """CluedIn's data classification code for labelled keys that name none themselves."""
    detected_by: Annotated[tuple[str, ...], Handled()] = ()
    """Classifications of Purview's scanner that suggest this label; used for findings only."""


class LabelMap(Manifest):
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
