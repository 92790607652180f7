"""A plan as data: ordered changes, their summary, what refuses them, and the digest that an approval names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reconciler import __version__
from reconciler.diff import EXECUTABLE, Change, Options
from reconciler.diff.shape import effects_of, sha, shapes_of
from reconciler.errors import Diagnostic, Exit
from reconciler.ledger import Entry
from reconciler.live import LiveState
from reconciler.provenance import UNKNOWN, Provenance
from reconciler.systems.redact import SECRETS

if TYPE_CHECKING:
    from reconciler.desired import Wishes
    from reconciler.saved import plan as saved

FORMAT = "1.0"
COUNTED = (
    "create", "update", "rename", "replace", "delete", "retire", "adopt", "forget",
    "drift", "conflict", "pending", "blocked", "unchanged",
)  # fmt: skip


@dataclass(slots=True)
class Plan:
    """What an apply would do, why, and what it would not do.

    `notes` is what only the ledger has to learn; it is not part of what is approved.
    """

    environment: str
    ledger: str
    systems: dict[str, str]
    options: Options
    changes: list[Change] = field(default_factory=list)
    orphans: list[Change] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    unchanged: int = 0
    notes: dict[str, Entry | None] = field(default_factory=dict)
    moves: dict[str, str] = field(default_factory=dict)
    """New addresses of ledger entries that follow a rename, with those that they have: before the notes."""
    ids: dict[str, str] = field(default_factory=dict)
    serial: int = 0
    created_at: str = ""
    live: LiveState | None = None
    """What was read for the plan, since when, and in how many seconds: for a moment it is fresh enough to create what
    it lacks."""
    read_at: float = 0.0
    took: float = 0.0
    delayed: dict[str, float] = field(default_factory=dict)
    """By system the seconds of that for which a limit kept its requests waiting."""
    provenance: Provenance = UNKNOWN
    """Where the manifests come from; no part of what is approved, as an unrelated commit changes none of it."""
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By system every name of it that this sign-in saw: the ledger learns them."""
    wishes: Wishes | None = None
    """What it is of: its documents are asked for what people call things."""
    approved: list[str] = field(default_factory=list)
    """The labels that the apply of it was given approvals of; those that do not count aside."""

    @property
    def executable(self) -> list[Change]:
        """The changes that an apply carries out."""
        return [change for change in self.changes if change.action in EXECUTABLE]

    @property
    def held(self) -> list[str]:
        """Documents (`Kind/name`) that are held back: nothing of them is in the plan, and nothing is removed."""
        return sorted({finding.document for finding in self.diagnostics if finding.document})

    @property
    def guarded(self) -> list[Diagnostic]:
        """What forbids the plan as a whole, and not only a document or a change of it."""
        return [d for d in self.diagnostics if d.severity == "error" and not d.document]

    @property
    def refused(self) -> bool:
        """Whether a conflict, a guard or a held document stands in the way."""
        return any(d.severity == "error" for d in self.diagnostics) or any(
            change.action == "conflict" for change in self.changes
        )

    @property
    def open(self) -> bool:
        """Whether an apply has anything to do, or something waits that it would do."""
        return any(change.action in EXECUTABLE | {"blocked", "pending"} for change in self.changes)

    @property
    def exit_code(self) -> Exit:
        """The promised exit code of a plan, and of an apply of it that has nothing to write."""
        return Exit.REFUSED if self.refused else Exit.OK

    @property
    def requires_approval(self) -> dict[str, list[str]]:
        """Labels that somebody has to approve before an apply, each with the addresses that it is about."""
        found: dict[str, list[str]] = {}
        for change in self.executable:
            for label in sorted(change.approvals):
                found.setdefault(label, []).append(change.address)
        return found

    @property
    def drifted(self) -> list[Change]:
        """The changes that show what people did in the systems."""
        reasons = {"drift", "gone", "renamed", "conflict", "interrupted"}
        return [
            change
            for change in self.changes
            if change.action == "drift" or change.reason in reasons or any(f.reason in reasons for f in change.fields)
        ]

    @property
    def summary(self) -> dict[str, int]:
        """How many changes of each action there are, and how many resources are as wanted."""
        counts = dict.fromkeys(COUNTED, 0)
        for change in self.changes:
            counts[change.action] += 1
        return counts | {"unchanged": self.unchanged}

    @property
    def header(self) -> saved.Header:
        """What an approval is bound to, besides the changes."""
        return {
            "format_version": FORMAT,
            "environment": self.environment,
            "ledger": self.ledger,
            "systems": self.systems,
            "options": self.options.as_dict(),
        }

    @property
    def digest(self) -> str:
        """The digest of the header and of every executable change, with what it does beyond its fields."""
        executable = self.executable
        effects: list[saved.Effects] = SECRETS.clean_all([effects_of(change) for change in executable])
        agreed = zip(executable, effects, strict=True)
        return digest_of_plan(self.header, ({"digest": change.digest, **more} for change, more in agreed))

    def as_dict(self) -> saved.Plan:
        """The plan as JSON (`schemas/plan.schema.json`), without any secret value."""
        shape: saved.Plan = {
            "format_version": FORMAT,
            "tool_version": __version__,
            "created_at": self.created_at,
            "environment": self.environment,
            "ledger": self.ledger,
            "systems": self.systems,
            "options": self.options.as_dict(),
            "digest": self.digest,
            "summary": self.summary,
            "changes": self._told(self.changes),
            "orphans": self._told(self.orphans),
            "diagnostics": [diagnostic.as_dict() for diagnostic in self.diagnostics],
        }
        came = self.provenance
        if came.commit:
            shape["commit"] = came.commit
        if came.uncommitted:
            shape["uncommitted"] = True
        if came.author:
            shape["author"] = came.author
        if came.pull_request:
            shape["pull_request"] = came.pull_request
        if came.repository:
            shape["repository"] = came.repository
        if self.approved:
            shape["approved"] = self.approved
        cleaned: saved.Plan = SECRETS.clean_all(shape)
        return cleaned

    def _told(self, changes: list[Change]) -> list[saved.Change]:
        """Changes as JSON, each with what it is about and what it means; that is told once, by what may be shown."""
        from reconciler.kinds.telling.names import NO_NAMES, names_of
        from reconciler.plan.telling import tell

        shapes = shapes_of(changes)
        world = self.wishes.world if self.wishes is not None and changes else None
        paths = {one.live_key: one.target or one.key for one in changes if one.action == "rename" and one.live_key}
        known = replace(names_of(world) if world is not None else NO_NAMES, paths=paths)
        for change, shape in zip(changes, shapes, strict=True):
            if not change.sentence:
                change.concept, change.sentence = tell(shape, known)
            shape["concept"], shape["sentence"] = change.concept, change.sentence
            for item in shape["fields"] if known.people else ():
                if who := known.alias(item["path"]):
                    item["who"] = who
        return shapes


def digest_of_plan(header: saved.Header, executable: Iterable[saved.Agreed]) -> str:
    """The digest of a header and of executable changes, in whatever order they come."""
    return sha([header, sorted([change["digest"], *effects_agreed(change)] for change in executable)])


def effects_agreed(shape: saved.Effects) -> list[Any]:
    """What a change does beyond what its own digest covers, and who has to agree to it."""
    return [
        bool(shape["disruptive"]),
        sorted(shape["approvals"]),
        sorted(shape.get("requires_approval", ())),
        sorted(shape.get("disruptive_because", ())),
    ]


def header_of(plan: saved.Plan) -> saved.Header:
    """The header of a saved plan."""
    return {
        "format_version": plan["format_version"],
        "environment": plan["environment"],
        "ledger": plan["ledger"],
        "systems": plan["systems"],
        "options": plan["options"],
    }
