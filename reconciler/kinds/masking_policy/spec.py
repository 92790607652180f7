"""What people write in a `MaskingPolicy`."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from reconciler.kinds.project.configured import RoleRef
from reconciler.kinds.project.criteria import Criterion
from reconciler.kinds.project.exported import Name, Text
from reconciler.manifest.spec import Manifest, Spec

ALL = "all"
TARGET = re.compile(r"entity:(?P<entity>.+?)\.field:(?P<field>.+)")
"""The cookbook's way to name a key: of an entity type, by its name."""


class Unless(Spec):
    """Whom the mask is not for."""

    role_in: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Roles that see the values in clear: aliases or names of `cluedin.roles` of the environment."""


class AlsoView(Spec):
    """What members see beside the masked keys."""

    keys: tuple[Text, ...] = ()
    """Full vocabulary keys."""
    vocabulary: Text | None = None
    """Key prefix of a vocabulary, all keys of which they see."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.keys and self.vocabulary is None:
            raise ValueError("needs `keys`, or a `vocabulary`")
        return self


class MaskingPolicy(Manifest):
    """A policy of access control of CluedIn: who sees which keys of which records, masked or in clear.

    CluedIn only allows: once access control is on, people see nothing but what some policy gives them. So a policy that
    masks *gives* its members the masked values, and everybody else still sees nothing. It is about the pages of CluedIn
    alone: streams and exports, clean projects, deduplication, hierarchies and manual merges ask no policy, and a mask
    hides the whole value.

    How CluedIn writes policies is public nowhere; it is learnt of one that somebody makes in its pages, see
    `cluedin.access_template` of the environment. Until that is there, the document waits.

    Example::

        apiVersion: reconciler/v1
        kind: MaskingPolicy
        metadata: {name: mask_email_default}
        spec:
          target: entity:Person.field:email
          actions: [read]
          effect: allow_with_mask
          unless: [{role_in: [Data Steward]}]
          members: [{role: sales}]
          also_view: {keys: [person.fullName]}
          rows: [{key: person.gender, operator: exists}]
          active: true
    """

    kind: ClassVar[str] = "MaskingPolicy"

    policy: Name | None = None
    """Name of the policy in CluedIn. It is the document's, and may be repeated here."""
    moved_from: Name | None = None
    """The name that it had before, so that it is renamed and not made anew."""
    description: Text | None = None
    """What it is for; default the document's own description."""
    target: Text | None = None
    """What it is about: `entity:Person.field:email`, a key of an entity type by its full name or its own; or `all`."""
    keys: tuple[Text, ...] = ()
    """What it is about: full vocabulary keys. One of `target`, `keys` and `vocabulary` is given."""
    vocabulary: Text | None = None
    """What it is about: all keys of the vocabulary of a key prefix."""
    actions: Annotated[tuple[Literal["read", "edit", "add"], ...], Field(min_length=1)] = ("read",)
    """What it is a policy of: that people read values, or edit and add them, which is one thing in CluedIn."""
    effect: Literal["allow_with_mask", "allow", "deny"] = "allow_with_mask"
    """`allow_with_mask` gives members masked values, `allow` gives them the values. CluedIn cannot `deny`: leave people
    out of `members`."""
    mask: Text | None = None
    """How values are masked. Declared only: CluedIn hides the whole value."""
    unless: tuple[Unless, ...] = ()
    """Whom the mask is not for: they get the values in clear."""
    members: tuple[Text | RoleRef, ...] | None = None
    """Whom it is for: people, and roles of the environment as `{role: sales}`; default `cluedin.masked_members` of the
    environment. Everybody else gets nothing of it, as CluedIn cannot say *everybody but*."""
    also_view: AlsoView | None = None
    """What else its members see, in clear; of a record they see nothing but what policies give them."""
    rows: tuple[Criterion, ...] = ()
    """Conditions that records must meet, all of them: members see only these records by this policy."""
    active: bool | None = None
    """Whether it counts; left to people where it is not said. A new one does not count."""
    order: Literal["first", "last"] | None = None
    """Its place among the policies that manifests make: all others keep theirs."""
    after: tuple[Name, ...] = ()
    """Policies that come before this one: names of MaskingPolicies, or of policies that no manifest makes."""
    on_remove: Literal["deactivate", "delete", "keep"] = "deactivate"
    """What becomes of it when no manifest wants it any more. Who saw records by it alone then sees nothing."""

    @model_validator(mode="after")
    def _about_one_thing(self) -> Self:
        given = [name for name in ("target", "keys", "vocabulary") if getattr(self, name) not in (None, ())]
        if len(given) != 1:
            raise ValueError(f"needs one of `target`, `keys` and `vocabulary`, and has {len(given)}")
        if self.target is not None and self.target != ALL and TARGET.fullmatch(self.target) is None:
            raise ValueError("`target` is `entity:TYPE.field:KEY`, such as `entity:Person.field:email`, or `all`")
        return self
