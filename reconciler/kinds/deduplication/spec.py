"""What people write in a `Deduplication`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from reconciler.kinds.project.configured import RoleRef
from reconciler.kinds.project.criteria import Criterion
from reconciler.kinds.project.exported import Name, Text
from reconciler.kinds.project.filters import Scalar
from reconciler.manifest.spec import Manifest, Spec


class Normalizer(Spec):
    """Something that is done to a value before it is compared, with what it needs to know."""

    use: Text
    """Its name in CluedIn's own list: `Replace text`."""
    with_: dict[Text, Scalar] = Field({}, alias="with")
    """What it needs to know, by the names that CluedIn has for it."""


class Match(Spec):
    """One value by which two records are the same."""

    key: Text | None = None
    """Full vocabulary key."""
    property: Text | None = None
    """Property of the record that is no vocabulary key, such as `Name`."""
    by: Text
    """The function that compares it, by its name in CluedIn's own list: `Equals`, `Fuzzy match - Sift4`."""
    with_: dict[Text, Scalar] = Field({}, alias="with")
    """What the function needs to know, by the names that CluedIn has for it."""
    normalize: tuple[Text | Normalizer, ...] = ()
    """What is done to the value before, in this order, by the names in CluedIn's own list: `To lowercase`."""
    name: Name | None = None
    """What it is called; default the key or the property."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.key is None) == (self.property is None):
            raise ValueError("needs either `key` or `property`")
        return self


class MatchingRule(Spec):
    """A rule: two records are the same where all that it names matches."""

    name: Name
    """What it is called in CluedIn; no two rules of a project may have one name."""
    moved_from: Name | None = None
    """The name that it had before, so that it is renamed and not made anew."""
    match: Annotated[tuple[Match, ...], Field(min_length=1)]
    """What must match, all of it."""
    active: bool | None = None
    """Whether it is used; left to people where it is not said."""


class Deduplication(Manifest):
    """A deduplication project of CluedIn: which records are compared, and by which rules they count as the same.

    Only what it is about is kept here. To generate matches, to review and to merge them are decisions about data, which
    stay with people. A project is edited while it has no matches: later a plan refuses to, until somebody discards them
    in CluedIn.

    Example::

        apiVersion: reconciler/v1
        kind: Deduplication
        metadata: {name: people}
        spec:
          name: Duplicate people
          description: People that came from several systems.
          where: [{entity_type: /Person}]
          limit: 5000
          rules:
            - name: Mail
              match: [{key: person.email, by: Equals, normalize: [To lowercase, Trim whitespace]}]
              active: true
            - name: Name and birthday
              match:
                - {property: Name, by: Fuzzy match - Sift4, with: {threshold: 3}}
                - {key: person.birthday, by: Equals}
    """

    kind: ClassVar[str] = "Deduplication"

    name: Name | None = None
    """Name of the project in CluedIn; default the document's."""
    moved_from: Name | None = None
    """The name that it had before, so that it is renamed and not made anew."""
    description: Text | None = None
    """What it is for; default the document's own description."""
    where: tuple[Criterion, ...] = ()
    """Conditions that records must meet, all of them."""
    limit: Annotated[int, Field(ge=1, le=2_147_483_647)] | None = None
    """How many records are looked at, at most; `null` says all of them, and left out it is left to people."""
    rules: tuple[MatchingRule, ...] = ()
    """Rules of which one has to hold, tried in this order. Rules that no manifest makes keep their places."""
    owners: tuple[Text | RoleRef, ...] | None = None
    """Who approves changes of it in CluedIn, and makes them without asking: people, and roles of the environment as
    `{role: steward}`. All of them, beside the account that signs in; left to people where it is not said."""
    on_remove: Literal["keep", "delete"] = "keep"
    """What becomes of it, and of a rule that is not in the list any more: it holds people's work, so that it stays by
    default."""
