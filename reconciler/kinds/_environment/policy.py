"""What an environment allows: scope, drift, guards."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from reconciler.manifest.spec import Spec
from reconciler.resources.spelling import composed

OnDrift = Literal["revert", "keep", "once"]
Percent = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0)]
Patterns = tuple[Annotated[str, Field(min_length=1), AfterValidator(composed)], ...]


class PurviewScope(Spec):
    """The part of Purview that belongs to an environment; a list that is not given means everything."""

    glossaries: Patterns | None = None
    """Names of glossaries; `*` stands for any text."""
    collections: Patterns | None = None
    """Collections, written as the environment writes its own."""
    read_only: bool = False
    """Nothing is written to Purview."""


class CluedInScope(Spec):
    """The part of CluedIn that belongs to an environment; a list that is not given means everything."""

    key_prefixes: Patterns | None = None
    """Key prefixes of vocabularies, each with all below it: `customer` holds `customer.address`."""
    categories: Patterns | None = None
    """Names of glossary categories; `*` stands for any text."""
    read_only: bool = False
    """Nothing is written to CluedIn."""


class Scope(Spec):
    """What belongs to an environment; documents that want more are refused."""

    purview: PurviewScope = PurviewScope()
    """The part of Purview."""
    cluedin: CluedInScope = CluedInScope()
    """The part of CluedIn."""


class Drift(Spec):
    """What to do about changes by others: the nearest rule wins, field before kind before default."""

    default: OnDrift | None = None
    """For all that no other rule names. Without it: `revert` what we created, `keep` what we adopted."""
    kinds: dict[str, OnDrift] = {}
    """By kind of manifest: `{GlossaryMapping: keep}`."""
    fields: dict[str, OnDrift] = {}
    """By field of a resource type: `{purview.term.definition: once}`."""


class Guards(Spec):
    """How much one apply may remove or change, by resource type and by document."""

    deletes_percent: Percent = 30
    """Share that may be removed, once there are `deletes_of`."""
    deletes_of: Count = 10
    """From how many on the share of removals counts."""
    deletes_most: Count = 25
    """Removals at most."""
    deletes_all: Count = 3
    """From how many on removing all of them is refused."""
    updates_percent: Percent = 50
    """Share that may be updated, once there are `updates_of`."""
    updates_of: Count = 20
    """From how many on the share of updates counts."""


class Policy(Spec):
    """What an apply may do without being asked again."""

    on_drift: Drift = Drift()
    """What to do about changes by others."""
    protect: Patterns = ()
    """Addresses that are never removed; `*` stands for any text: `purview.term:Enterprise/*`."""
    guards: Guards = Guards()
    """How much may be removed or changed at once."""
    allow_disruptive: bool | Patterns = False
    """Whether changes with effects beyond their field are made (a data type, a classification of a key);
    or the addresses at which they are."""
    approved_labels: tuple[str, ...] = ()
    """Labels whose exports need nobody's approval here, as where there are no real data."""
