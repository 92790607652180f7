"""A saved plan: what `plan --out` writes, `plan --format json` prints, and `show` and `apply` read."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from pydantic import Field as Said
from pydantic import with_config
from typing_extensions import TypedDict

from reconciler.saved.parts import OPEN, Address, Count, Diagnostic, Digest, Line, Version
from reconciler.saved.words import Action, Adopt, Level


@with_config(OPEN)
class Options(TypedDict):
    """The plan options, as a plan records them."""

    prune: bool
    """Whether what no manifest wants any more is removed."""
    adopt: NotRequired[Adopt]
    """How existing objects are taken under management."""
    force_conflicts: NotRequired[bool | list[str]]
    """Whether conflicts are overwritten: all, none, or those of the addresses named."""
    replace: NotRequired[list[str]]
    """Addresses to delete and create anew."""
    rotate: NotRequired[list[str]]
    """Addresses whose secrets are sent again."""
    targets: list[str]
    """Addresses or patterns that the plan is limited to; empty for all."""
    allow_deletes: NotRequired[Annotated[int, Said(ge=0)] | None]
    """The number of removals that is allowed."""
    retry_pending: NotRequired[bool]
    """Whether pending changes are sent again."""
    ref: NotRequired[str]
    """The commit whose manifests are planned, where that is another one than the working folder's."""
    takeover: NotRequired[bool]
    """Whether claims of other environments that overlap are taken over."""


@with_config(OPEN)
class Origin(TypedDict):
    """The manifest document that wants a resource."""

    kind: str
    """The kind of the manifest document."""
    name: str
    """The name of the manifest document."""
    file: str
    """The manifest file; empty when it is gone."""
    line: Line
    """The line in the file, from 1; 0 for unknown."""


@with_config(OPEN)
class Covers(TypedDict, total=False):
    """What a digest covers of a value that is not shown."""

    before: Digest
    """The digest of the value in the system."""
    after: Digest
    """The digest of the value that the manifests want."""


@with_config(OPEN)
class Field(TypedDict):
    """One path of a change."""

    path: str
    """The field, or one entry of it: `definition`, `experts[anna@example.com]`."""
    before: Any
    """The value in the system; null for none, masked for a secret."""
    after: Any
    """The value that the manifests want; null for none, masked for a secret."""
    reason: str
    """Why this field changes, as a stable word."""
    level: NotRequired[Level]
    """How far the field is kept when it is not enforced: read and compared, or only written down."""
    who: NotRequired[str]
    """The alias of the person whose id the path ends with, where the environment knows one. No part of the digest."""
    covers: NotRequired[Covers]
    """Digests of values that are masked, as a secret stands in them."""


@with_config(OPEN)
class Verdict(TypedDict):
    """What happens to a resource, and why."""

    address: Address
    """The resource: `system.type:key`."""
    system: str
    """The system of the resource."""
    type: str
    """The type of the resource within its system."""
    action: Action
    """What an apply does about it, or why it does nothing."""
    reason: str
    """Why, as a stable word."""
    digest: str
    """The digest of the change; part of the plan's when an apply carries the change out."""
    origins: list[Origin]
    """The manifests that want the resource."""
    fields: list[Field]
    """What changes, one path at a time."""
    depends_on: list[str]
    """Addresses that the resource needs."""


@with_config(OPEN)
class Effects(TypedDict):
    """What a change does beyond its fields, and who has to agree to it."""

    approvals: list[str]
    """Labels of what the change touches."""
    requires_approval: NotRequired[list[str]]
    """Labels that somebody has to approve before it is applied."""
    disruptive: bool
    """Whether the change has effects beyond the fields it writes."""
    disruptive_because: NotRequired[list[str]]
    """Those effects, in sentences."""


@with_config(OPEN)
class Remark(TypedDict, total=False):
    """What a person is told besides."""

    message: str
    """What else to know, in a sentence."""
    edited_by: str
    """Who edited the object last, where people changed something and its system says."""
    edited_at: str
    """When that was, ISO 8601 with offset."""
    used_by: list[str]
    """Addresses of what other documents want and what needs it; the first where there are many."""
    held_by: list[str]
    """What keeps the object from being removed: others' things in words, or addresses of what stays on it."""
    concept: str
    """The business thing that the change is about: a term, a source, an export, a label. No part of the digest."""
    sentence: str
    """What the change means, in plain English with names. No part of the digest."""


@with_config(OPEN)
class Bound(TypedDict, total=False):
    """Which live object an approval is about, as far as the fields do not say it."""

    id: str
    """The live id of the object that the change is about."""
    live_key: str
    """The name that the object lives under, where it is renamed or removed."""
    object: Digest
    """The digest of the whole object, where it is removed or replaced."""


@with_config(OPEN)
class Change(Verdict, Effects, Remark, Bound):
    """One verdict about one resource that is not simply unchanged."""


class Agreed(Effects):
    """What an approval names of one change."""

    digest: str


class Header(TypedDict):
    """What an approval is bound to, besides the changes."""

    format_version: Version
    environment: str
    ledger: str
    systems: dict[str, str]
    options: Options


@with_config(OPEN)
class Plan(TypedDict):
    """What an apply would do and why, without any secret value."""

    format_version: Version
    """The version of this format."""
    tool_version: NotRequired[str]
    """The version of the tool that planned."""
    created_at: NotRequired[str]
    """When it was planned, ISO 8601 with offset."""
    commit: NotRequired[str]
    """The Git commit of the manifests; with `--ref` the one that it names. No part of the digest."""
    uncommitted: NotRequired[bool]
    """Whether the manifests differed from that commit."""
    author: NotRequired[str]
    """Who wrote them: the author of the pull request, else of the commit."""
    pull_request: NotRequired[Annotated[int, Said(ge=1)]]
    """The number of the pull request, where CI tells it."""
    repository: NotRequired[str]
    """The address of the repository on the web, where CI tells it. No part of the digest."""
    environment: str
    """The environment that the plan is for."""
    ledger: str
    """The identity of the ledger that the plan was made with."""
    systems: dict[str, Annotated[str, Said(description="The identity of the system.")]]
    """The systems of the environment: name and identity."""
    options: Options
    """The plan options that change what would be written."""
    digest: Digest
    """The digest that an approval names: of the header and of every change to carry out."""
    summary: dict[str, Count]
    """How many changes of each action, and how many resources are as wanted (unchanged)."""
    changes: list[Change]
    """Every verdict that is not simply unchanged, in the order of the plan."""
    approved: NotRequired[list[str]]
    """The labels that the apply which shows the plan was given approvals of. No part of the digest."""
    orphans: NotRequired[list[Change]]
    """What no manifest wants any more, and a plan with --prune would remove."""
    diagnostics: list[Diagnostic]
    """What stands in the way (error) or deserves a look."""
