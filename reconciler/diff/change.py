"""The plain data of a diff: verdicts, changes, options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.errors import Diagnostic
from reconciler.ledger import Entry, How, Mark
from reconciler.resources import folded
from reconciler.resources.base import Resource, Strength
from reconciler.resources.keys import Address
from reconciler.resources.objects import Edited, Origin
from reconciler.saved.words import Action, Adopt

if TYPE_CHECKING:
    from reconciler.saved import plan as saved


EXECUTABLE = frozenset({"create", "update", "rename", "replace", "delete", "retire", "adopt", "forget"})
WRITES = frozenset({"create", "update", "rename", "replace", "delete", "retire"})

REASONS = {
    "new": "it is not there yet",
    "manifest_changed": "the manifest changed",
    "newly_managed": "the manifest mentions it now",
    "taken_back": "the revision does not mention it yet, and there was nothing before",
    "drift": "it was changed in the system since the last apply",
    "gone": "it was deleted in the system since the last apply",
    "renamed": "it was renamed in the system since the last apply",
    "renamed_in_manifest": "it was renamed in the manifest",
    "near_match": "something is there whose name looks the same",
    "conflict": "it was changed both in the manifest and in the system",
    "interrupted": "it was changed by others during an interrupted apply",
    "differs": "it exists with other values",
    "origin_unknown": "it differs, and the ledger cannot tell who changed it",
    "matches": "it exists and is taken under management",
    "immutable": "it cannot be changed in the system",
    "removed": "no manifest wants it any more",
    "held": "its document is held back",
    "superseded": "what it stood in for is there",
    "retired": "it is wanted again",
    "rotated": "the secret has a new version",
    "overwrite": "--adopt=overwrite was given",
    "replaced": "it was to be replaced, and not all that hangs on it can be made again",
    "with_host": "what it hangs on is replaced",
    "forced": "--force-conflicts was given",
    "taken": "another object has its name",
    "wanted": "a manifest wants it under another address",
}


@dataclass(slots=True)
class FieldChange:
    """One path of a change: canonical value before, author's value after."""

    path: str
    before: Any
    after: Any
    reason: str
    strength: Strength = "enforced"


@dataclass(slots=True, eq=False)
class Change:
    """One verdict about one resource that is not simply unchanged."""

    address: str
    type: Resource
    action: Action
    reason: str
    id: str = ""
    fields: list[FieldChange] = field(default_factory=list)
    origins: tuple[Origin, ...] = ()
    named: Origin | None = None
    """Where the name is written, when that is not where the resource is wanted."""
    depends_on: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset()
    approvals: frozenset[str] = frozenset()
    """Labels that somebody has to approve before this is written."""
    disruptive: tuple[str, ...] = ()
    message: str = ""
    live_key: str = ""
    how: How = "created"
    snapshot: Any = None
    """For deletes and replaces: the whole canonical object with its parts, which is what the approval covers."""
    takes: tuple[str, ...] = ()
    """For deletes and replaces: addresses of what is ours and goes with the object."""
    level: int = 0
    digest: str = ""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """What the ledger learns of fields that an adoption finds as they are wanted, and of fields that no manifest
    mentions and by which people put objects away."""
    target: str = ""
    """The key that the object lives under afterwards, where it is not the wish's own."""
    after: tuple[str, ...] = ()
    """Addresses of renames that free the name which this one takes."""
    aside: str = ""
    """A name to give the object for a moment, where several exchange their names."""
    edited: Edited | None = None
    """Who edited the object last, where people changed something and its system says."""
    used_by: tuple[str, ...] = ()
    """Addresses of what other documents want and what needs it; not all where there are many."""
    held_by: tuple[str, ...] = ()
    """What keeps it from being removed: others' things in words, or the address of what stays on it."""
    concept: str = ""
    """The business thing that it is about; told when the plan becomes data, as the sentence is."""
    sentence: str = ""
    """What it means, for people."""

    @property
    def key(self) -> str:
        """The key that the manifests give the object, or gave it."""
        return Address.of(self.address).key


@dataclass(slots=True)
class Options:
    """The plan options that change what would be written; recorded in the plan and part of its digest."""

    prune: bool = False
    adopt: Adopt = "empty"
    force_conflicts: bool | tuple[str, ...] = False
    replace: tuple[str, ...] = ()
    rotate: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    allow_deletes: int | None = None
    retry_pending: bool = False
    ref: str = ""
    """The Git revision whose manifests are planned; empty for those of the working folder."""
    takeover: bool = False
    """Whether claims of other environments that overlap with ours are taken over."""

    def forces(self, address: str) -> bool:
        """Whether a conflict on the address is to be overwritten."""
        forced = self.force_conflicts
        return forced if isinstance(forced, bool) else address in forced

    def as_dict(self) -> saved.Options:
        """The JSON shape."""
        forced = self.force_conflicts
        shape: saved.Options = {
            "prune": self.prune,
            "adopt": self.adopt,
            "force_conflicts": forced if isinstance(forced, bool) else sorted(forced),
            "replace": sorted(self.replace),
            "rotate": sorted(self.rotate),
            "targets": sorted(self.targets),
            "allow_deletes": self.allow_deletes,
            "retry_pending": self.retry_pending,
        }
        if self.ref:  # plans of before these options keep their digest
            shape["ref"] = self.ref
        if self.takeover:
            shape["takeover"] = True
        return shape

    @classmethod
    def of(cls, shape: saved.Options) -> Options:
        """The options of a saved plan."""
        forced = shape.get("force_conflicts", False)
        return cls(
            prune=shape.get("prune", False),
            adopt=shape.get("adopt", "empty"),
            force_conflicts=forced if isinstance(forced, bool) else tuple(forced),
            replace=tuple(shape.get("replace", ())),
            rotate=tuple(shape.get("rotate", ())),
            targets=tuple(shape.get("targets", ())),
            allow_deletes=shape.get("allow_deletes"),
            retry_pending=shape.get("retry_pending", False),
            ref=shape.get("ref", ""),
            takeover=shape.get("takeover", False),
        )


@dataclass(frozen=True, slots=True)
class Unwanted:
    """What is known of resources that no manifest wants, beyond that.

    `superseded` are addresses of stand-ins that something else has taken the place of: removed without being
    asked. `held` are documents (`Kind/name`) that are held back: what they wanted before stays as it is. Nor is
    anything removed that they may want now: `may_want` are addresses, as the system compares them, and whole
    types where what they want is not fully known.
    """

    superseded: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    may_want: frozenset[str] = frozenset()

    def holds(self, entry: Entry) -> bool:
        """Whether a held document wanted it before."""
        return not self.held.isdisjoint(entry.origins)

    def spares(self, address: str) -> bool:
        """Whether a held document may want it now, which nobody else does."""
        return not self.may_want.isdisjoint((Address.of(address).type, folded(address)))


NOTHING_MORE = Unwanted()


@dataclass(slots=True)
class Differences:
    """The outcome of a diff: changes, how many resources are as wanted, and what only the ledger has to learn."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    notes: dict[str, Entry | None] = field(default_factory=dict)
    """Entries to write (None: to drop) without any request: converged, confirmed, released."""
    moves: dict[str, str] = field(default_factory=dict)
    """New addresses of entries that followed a rename, with their addresses in the ledger; before the notes."""
    ids: dict[str, str] = field(default_factory=dict)
    """Live ids by address, of everything wanted that is there."""
    orphans: list[Change] = field(default_factory=list)
    """What a prune would remove, when none was asked for."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    refusals: list[Diagnostic] = field(default_factory=list)
    """Errors, each with the address of a wish: the documents that want it are held back, and all is compared anew."""

    @property
    def by_address(self) -> dict[str, Change]:
        """The changes by address; the one that is filed first where drift is kept beside it."""
        return {change.address: change for change in reversed(self.changes)}
