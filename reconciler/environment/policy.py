"""What an apply may do in an environment without being asked again: drift, guards, approvals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from reconciler.environment.patterns import Patterns
from reconciler.manifest.spec import Spec
from reconciler.resources.base import Resource
from reconciler.resources.keys import field_of
from reconciler.resources.objects import Origin

OnDrift = Literal["revert", "keep", "once"]
Percent = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0)]


class Drift(Spec):
    """What to do about changes by others: the nearest rule wins, field before kind before default."""

    default: OnDrift | None = None
    """For all that no other rule names. Without it: `revert` what we created, `keep` what we adopted."""
    kinds: dict[str, OnDrift] = {}
    """By kind of manifest: `{GlossaryMapping: keep}`."""
    fields: dict[str, OnDrift] = {}
    """By field of a resource type: `{purview.term.definition: once}`."""

    def of(self, type: Resource, path: str, origins: Iterable[Origin], how: str) -> OnDrift:
        """The rule for one field of one resource; an empty path is the resource as a whole."""
        by_field = self.fields.get(f"{type.full_name}.{field_of(path)}") if path else None
        if by_field is not None:
            return by_field
        for origin in origins:
            if origin.kind in self.kinds:
                return self.kinds[origin.kind]
        return self.default or ("revert" if how == "created" else "keep")


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
    separation_of_duties: bool = False
    """Whether who wrote the commit or the pull request may not approve it: then `apply --approve` counts only when it
    is run by somebody else."""
    webhook_hosts: tuple[str, ...] = ()
    """The only hosts that messages of webhooks go to; `*.` stands for one or more parts: `*.example.com`. Without any,
    every host may be one."""
    approved_labels: tuple[str, ...] = ()
    """Labels whose exports need nobody's approval here, as where there are no real data."""
