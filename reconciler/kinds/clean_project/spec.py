"""What people write in a `CleanProject`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from reconciler.kinds.project.configured import RoleRef
from reconciler.kinds.project.criteria import Criterion
from reconciler.kinds.project.exported import Name, PropertyOf, Text
from reconciler.manifest.spec import Manifest


class CleanProject(Manifest):
    """A clean project of CluedIn: which values of which records people mend.

    Only what it is about is kept here. What people do in it has no call: loading, cleaning and processing stay theirs.
    Another name or description changes nothing else; other records or values throw away all the cleaning that was done,
    so that such a change is a disruption, unless the project is new.

    Example::

        apiVersion: reconciler/v1
        kind: CleanProject
        metadata: {name: fix-genders}
        spec:
          name: Fix genders
          description: Genders of people, and their names.
          fields: [person.gender, {property: name}]
          where: [{entity_type: /Person}, {key: person.gender, operator: exists}]
          include_data_parts: false
          rules: verify
    """

    kind: ClassVar[str] = "CleanProject"

    name: Name | None = None
    """Name of the project in CluedIn; default the document's."""
    moved_from: Name | None = None
    """The name that it had before, so that it is renamed and not made anew."""
    description: Text | None = None
    """What it is for; default the document's own description."""
    fields: Annotated[tuple[Text | PropertyOf, ...], Field(min_length=1)]
    """What is mended: full vocabulary keys, or `{property: name}` for a property of the record, in lower case."""
    where: tuple[Criterion, ...] = ()
    """Conditions that records must meet, all of them."""
    include_data_parts: bool | None = None
    """Whether the parts of records are loaded as well; left to people where it is not said."""
    rules: Literal["none", "verify"] = "none"
    """`verify` tells with each plan how many rules cleaning made, and how many of them run. To keep one in Git, pull it
    as a Rule."""
    owners: tuple[Text | RoleRef, ...] | None = None
    """Who approves changes of it in CluedIn, and makes them without asking: people, and roles of the environment as
    `{role: steward}`. All of them, beside the account that signs in; left to people where it is not said."""
    on_remove: Literal["keep", "delete"] = "keep"
    """What becomes of it when no manifest wants it any more: it holds people's work, so that it stays by default."""
