"""What people write in a `Rule`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from reconciler.kinds.project.criteria import Criterion
from reconciler.kinds.project.exported import Name, Text
from reconciler.kinds.project.filters import Scalar
from reconciler.manifest.spec import Manifest, Spec

Scope = Literal["data_part", "survivorship", "golden_record"]
SCOPES: dict[Scope, str] = {"data_part": "DataPart", "survivorship": "Survivorship", "golden_record": "Entity"}
"""CluedIn's words for the scopes of rules ([B]: its SDK)."""


class SetValue(Spec):
    """A value for a vocabulary key."""

    key: Text
    """Full vocabulary key."""
    value: Scalar
    """What it becomes."""


class Action(Spec):
    """One thing that a rule does to a record."""

    ways: ClassVar[tuple[str, ...]] = ("add_tag", "set_value", "delete_value", "power_fx", "use")

    add_tag: Text | None = None
    """A tag that the record gets."""
    set_value: SetValue | None = None
    """A vocabulary key that gets a value."""
    delete_value: Text | None = None
    """A vocabulary key that loses its value."""
    power_fx: Text | None = None
    """A Power Fx formula that is carried out."""
    use: Text | None = None
    """Any other action, by its name or type in CluedIn's own list: `Normalize Date`."""
    with_: dict[Text, Scalar] = Field({}, alias="with")
    """Properties of `use`, by their names in that list."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [name for name in self.ways if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"needs one of {', '.join(f'`{name}`' for name in self.ways)}, and has {len(given)}")
        if self.with_ and self.use is None:
            raise ValueError(f"`with` belongs to `use`, and not to `{given[0]}`")
        return self


class Step(Spec):
    """Actions, with a second condition that records must meet for them."""

    name: Name | None = None
    """What it is called in CluedIn; by default `Actions 1` and so on, by its place."""
    when: tuple[Criterion, ...] = ()
    """Conditions beside those of the rule, all of which must hold."""
    actions: Annotated[tuple[Action, ...], Field(min_length=1)]
    """What is done, in this order."""


class Rule(Manifest):
    """A rule of CluedIn: which records it is about, and what it does to them.

    Saving or removing one touches no record: what it gave to them stays until they are processed again, which
    `reprocess: on_change` asks for with each change, and `reconciler rules reprocess` at any time.

    Example::

        apiVersion: reconciler/v1
        kind: Rule
        metadata: {name: tag-people}
        spec:
          name: Tag people
          scope: data_part
          description: Marks people who have an address.
          where: [{entity_type: /Person}]
          do:
            - name: With mail
              when: [{key: person.email, operator: exists}]
              actions:
                - {add_tag: HasMail}
                - {set_value: {key: person.gender, value: unknown}}
          active: true
    """

    kind: ClassVar[str] = "Rule"

    name: Name | None = None
    """Name of the rule in CluedIn; default the document's. No two of a scope may have one."""
    moved_from: Name | None = None
    """The name that it had before, so that it is renamed and not made anew."""
    description: Text | None = None
    """What it is for; default the document's own description."""
    scope: Scope
    """What it works on: parts of records as they come in, which value wins, or golden records. It cannot change."""
    where: tuple[Criterion, ...] = ()
    """Conditions that records must meet, all of them. Of `survivorship` they choose golden records, and the actions
    choose parts."""
    do: Annotated[tuple[Step, ...], Field(min_length=1)]
    """What becomes of them, in this order."""
    after: tuple[Name, ...] = ()
    """Rules of the scope that run before this one: names of Rules, or of rules that no manifest makes. Among these
    alone an order is kept; everybody else's rules keep their places."""
    active: bool | None = None
    """Whether it runs; left to people where it is not said. A new one does not run."""
    reprocess: Literal["never", "on_change"] = "never"
    """Whether records are processed again when filter or actions of an active rule change: those of the old filter and
    those of the new one."""
    on_remove: Literal["deactivate", "delete", "keep"] = "deactivate"
    """What becomes of it when no manifest wants it any more. What it gave to records stays in each case."""
