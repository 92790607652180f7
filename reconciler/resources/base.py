"""The contract of a resource type, and the plain data that passes between types and engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Literal, Self

from reconciler.resources.keys import field_of, former_keys, quote, unquote
from reconciler.resources.objects import Edited, Failed, Live, Origin, Part, Write, kept, shared
from reconciler.resources.rights import NOT_SAID, Right
from reconciler.resources.rules import Default, Field, Retires, alike_of, fields_of, flattened, spread
from reconciler.resources.spelling import composed, look_alike

Mode = Literal["own", "ensure", "refer"]
OnRemove = Literal["delete", "retire", "forget", "block"]
Deletes = Literal["hard", "retire", "none"]
Strength = Literal["enforced", "verified", "declared"]
"""How far a promise is kept: written; read and compared; only written down."""

ENFORCED: Mapping[str, Strength] = {}
"""Of what is kept as far as it can be: the one mapping that most wishes share."""


@dataclass(slots=True, eq=False)
class Desired:
    """One resource as the manifests want it.

    `values` holds what the manifests mention, flat by path, in the author's form: a path that is absent is not
    managed. `members` names the set fields that are mentioned, also when nothing is in them.
    """

    type: Resource
    key: str
    values: dict[str, Any]
    origins: tuple[Origin, ...] = ()
    needs: tuple[str, ...] = ()
    mode: Mode = "own"
    on_remove: OnRemove = "delete"
    members: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    moved_from: tuple[str, ...] = ()
    """Keys that the resource may have had before, the likeliest first."""
    past: tuple[str, ...] | None = None
    """The keys that the manifest says it had before, where it moves from other ones: to roll back takes back moves
    that came later, and those that an older manifest tells of are past."""
    taken_back: frozenset[str] = frozenset()
    """Paths of `values` that a manifest does not mention and a later one did: what was there before that one."""
    undoes: bool = False
    """Whether no manifest wants it, and `values` leave its host as it was without it (`Resource.undone_by`)."""
    moved: bool = False
    """Whether the manifest says of the resource itself that it was moved, and not of what stands above it."""
    approvals: frozenset[str] = frozenset()
    """Labels that somebody has to approve before the resource is written."""
    strength: Mapping[str, Strength] = field(default_factory=dict)
    """How far paths are kept that are not enforced: read and compared only, or written down only."""
    requires: frozenset[str] = frozenset()
    """Paths that must have a value, from us or from others, for the system to take a write."""
    distinct: bool = False
    """Whether the name is meant as another than one that looks like it: a manifest says so, or it is a fact."""
    named: Origin | None = None
    """Where the name is written, when that is not where the resource is wanted."""
    bearer: str = ""
    """What bears the name, known by something that a rename leaves alone (the vocabulary key of a term)."""
    derived_from: str = ""
    """`system.type:id` of the live object that a rule made it of; empty for what a manifest spells out."""
    address: str = field(init=False)
    """`system.type:key`; kept, as every step looks it up."""

    def __post_init__(self) -> None:
        self.address = kept(self.type.address(self.key))

    def lacks(self, live: Live | None) -> list[str]:
        """Paths without which the system refuses the create (no `live`) or the update of it."""
        there = live.fields if live is not None else {}
        needed = self.requires if live is not None else self.requires | self.type.needed_for_create
        return sorted(path for path in needed if self._value_of(path, there) is None)

    def _value_of(self, path: str, live: Mapping[str, Any]) -> Any:
        return self.type.field(path).canonical(self.values[path]) if path in self.values else live.get(path)


class Resource:
    """A type of live object. One subclass a file; discovery finds it.

    Fields are declared by annotation in a class of their own, so that one may be called as the vendor calls it,
    like a trait or not: `class Fields: definition: Annotated[str, Definition()]`. A subclass

    * must set `system`, `name`, `right` and implement `read`;
    * must implement `create`, `update` and `delete` or `retire` unless it is read only or says it cannot;
    * may implement `create_many` / `update_many` / `delete_many` with `batch` when the API takes batches;
    * may implement `find` when an object can be read by its live id;
    * must not read anything in a write: the fresh object is handed in.
    """

    class Fields:
        """The fields of the type; none by default."""

    system: ClassVar[str]
    name: ClassVar[str]
    right: ClassVar[Right] = NOT_SAID
    """What the identity must be allowed, to write an object."""
    claims: ClassVar[Mapping[str, str]] = {}
    """Further claims of CluedIn that it takes, beside that of `right`: area to level."""
    canon: ClassVar[int] = 1
    starts: ClassVar[str] = ""
    """What the system begins as soon as one is made, in the vendor's words: printed, and gated as a disruption."""
    needed_for_create: ClassVar[frozenset[str]] = frozenset()
    """Fields without which the system creates no object."""
    deletes: ClassVar[Deletes] = "hard"
    read_only: ClassVar[bool] = False
    container: ClassVar[bool] = False
    unique: ClassVar[bool] = True
    """Whether the server refuses a second object of the same key, so that a create may be sent again."""
    complete: ClassVar[bool] = True
    """Whether what `read` does not return for a wanted key is absent for certain."""
    batch: ClassVar[Mapping[str, int]] = {}
    page: ClassVar[int] = 100
    settle: ClassVar[float] = 10.0
    """Seconds within which the system shows what was written."""
    hosted: ClassVar[bool] = False
    """Whether it is a part of other objects, whose names its key repeats: their renames are not its own."""
    with_host: ClassVar[bool] = False
    """Whether it is there, empty, as soon as its host is: then to create it is to write to it first."""
    always_there: ClassVar[bool] = False
    """Whether its objects come with the system, and nobody makes one: to retire one sets it back."""
    holds_by_id: ClassVar[bool] = False  # whether what is in it is read under the name that we know, not its live one
    retired_by: ClassVar[str] = ""
    """The field that takes an object out of use when it is retired; wanted again, it is set back (`Retires`)."""
    retires_alone: ClassVar[bool] = False  # whether what hangs on a retired object stays as it is, whoever put it there
    undone_by: ClassVar[Mapping[str, Any]] = {}
    """Of what the system cannot delete and is a setting: by field, what leaves all as it was. Rollbacks send it."""
    delete_begins: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """What the first step of its own delete brings about in what goes with it: by type, values by path."""
    comes_with: ClassVar[str] = ""  # the type that it hangs on, whose `create_many` takes it along (`Write.along`)
    fixed_with_host: ClassVar[bool] = False  # whether nothing of it can change while its host is `fixed`
    reads_with: ClassVar[str] = ""
    """Types that read from the same answers name the same group and are read one after the other."""

    @classmethod
    @cache
    def instance(cls) -> Self:
        """The one object of the type."""
        return cls()

    def __init__(self) -> None:
        self.full_name = f"{self.system}.{self.name}"
        self.fields: dict[str, Field] = fields_of(type(self).Fields)
        self._by_path: dict[str, Field] = dict(self.fields)
        self.retiring: dict[str, Retires] = {
            name: rule for name, field in self.fields.items() if (rule := field.get(Retires)) is not None
        }
        """The fields by which people take an object out of use."""
        self.alike = alike_of(self.fields)

    def edited(self, live: Live) -> Edited | None:
        """Who edited the object last, by what was read anyway; None where the system does not say."""
        return None

    def __repr__(self) -> str:
        """The type as addresses name it."""
        return self.full_name

    # -- names ---------------------------------------------------------------------------------------------

    def address(self, key: str) -> str:
        """The address of a key of this type."""
        return f"{self.full_name}:{key}"

    def fold(self, key: str) -> str:
        """The form in which two keys are the same to the system, or one in two forms of Unicode."""
        return composed(key)

    def near(self, key: str) -> str:
        """The form in which two keys look the same to people, though they need not be to the system."""
        if key.isascii() and "%" not in key:  # nothing in it is quoted, and case is all that can be folded
            return "/".join(filter(None, (" ".join(part.split()) for part in key.lower().split("/"))))
        return "/".join(quote(alike) for part in key.split("/") if (alike := look_alike(unquote(part))))

    def above(self, key: str) -> str:
        """The part of a key that names what it is in: a name of its own, whose likeness is judged by itself."""
        return ""

    def single(self, key: str) -> bool:
        """Whether a manifest cannot ask for a second object whose key looks like this one."""
        return False

    def parent_key(self, key: str) -> str | None:
        """The key of the resource of the same type that the key is a path below, if any."""
        return None

    def own_name(self, key: str) -> str:
        """The part of the key that a person changes to rename the object."""
        return key

    def join(self, parent: str | None, own: str) -> str:
        """The key of a name below a parent."""
        return own

    def follow(self, key: str, to: Callable[[str], str]) -> str:
        """The key once what it repeats is called otherwise: `to` gives the key that an address has by then.

        A type whose keys repeat those of others (a term's that of its parent, an assignment's that of its term)
        says here which; by default it is the one above.
        """
        parent = self.parent_key(key)
        if parent is None:
            return key
        above = to(self.address(parent))
        return key if above == parent else self.join(above, self.own_name(key))

    def former(self, key: str, other: str) -> str | None:
        """What `moved_from` would say if a key had been the other one; None when no manifest can say it."""
        same = self.parent_key(key) == self.parent_key(other)
        return unquote(self.own_name(other)) if same and self.can_rename else None

    def identity_of(self, key: str, id: str) -> str:
        """What makes two live objects of the type the same one: the live id, unless it says too little."""
        return id

    # -- fields --------------------------------------------------------------------------------------------

    def field(self, path: str) -> Field:
        """The field that a path belongs to."""
        found = self._by_path.get(path)
        if found is None:
            found = self._by_path[path] = self.fields[field_of(path)]
        return found

    def desired(
        self,
        key: str,
        *origins: Origin,
        needs: Iterable[str] = (),
        mode: Mode = "own",
        on_remove: OnRemove | None = None,
        labels: Iterable[str] = (),
        moved_from: str | Iterable[str] | None = None,
        moved: bool = True,
        approvals: Iterable[str] = (),
        strength: Mapping[str, Strength] | None = None,
        requires: Iterable[str] = (),
        bearer: str = "",
        **values: Any,
    ) -> Desired:
        """What a kind wants: only the fields given are managed; an explicit empty value is managed and empty."""
        (flat, members), former = flattened(self.fields, self._taken(values)), former_keys(moved_from, key)
        return Desired(
            self,
            key,
            flat,
            origins,
            tuple(dict.fromkeys(needs)),
            mode,
            on_remove or ("delete" if self.deletes == "hard" else "retire" if self.deletes == "retire" else "forget"),
            members,
            shared(labels),
            former,
            moved=moved and bool(former),
            approvals=shared(approvals),
            strength=strength or ENFORCED,
            requires=shared(requires),
            bearer=bearer,
        )

    def live(
        self,
        key: str,
        id: str,
        *,
        raw: Any = None,
        parts: Sequence[Part] = (),
        tells: Sequence[str] = (),
        foreign: str | None = None,
        at_rest: bool = False,
        unset: Iterable[str] = (),
        **values: Any,
    ) -> Live:
        """What a reading found: values in the system's form, brought to canonical form here."""
        fields = {}
        for name, value in self._taken(values).items():
            rule = self.fields[name]
            for path, one in spread(rule, value) if rule.spreads else ((name, value),):
                if one is not None and (canonical := rule.canonical(one)) is not None:
                    fields[path] = kept(canonical)
        return Live(kept(key), kept(id), fields, raw, tuple(parts), foreign, at_rest, shared(unset), tuple(tells))

    def meanings(self, found: Live, path: str) -> tuple[Any, ...]:
        """The canonical values that a live one may stand for: itself, and nothing where it is a default."""
        value, rule = found.fields.get(path), self.field(path)
        default = rule.get(Default)
        if path in found.unset or (default is not None and rule.canonical(default.value) == value):
            return value, None
        return (value,)

    def shown(self, found: Live, path: str, wanted: Any) -> Any:
        """The live value as it compares with a canonical one that is wanted.

        A default and nothing are one thing where nothing is wanted. What the system shows also for what was never
        set is nothing wherever anything else is wanted, so that nobody reads of a zero that nobody wrote.
        """
        value = found.fields.get(path)
        if value == wanted:
            return value
        if path in found.unset or (wanted is None and None in self.meanings(found, path)):
            return None
        return value

    def before(self, found: Live, path: str, value: Any) -> Any:
        """What people are shown of a live value that an author's value takes the place of."""
        return self.shown(found, path, self.field(path).canonical(value))

    def _taken(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return values

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, system: Any, wanted: Mapping[str, frozenset[str]]) -> Iterable[Live]:
        """Reads the live objects in bulk.

        `wanted` maps keys to the paths that are managed on them. Must return at least every wanted object that
        exists; may return others of the same containers (they tell renames and names in another case). `parts`
        need only be told where the paths hold `PARTS`.
        """
        raise NotImplementedError

    def find(self, system: Any, id: str) -> Live | None:
        """Reads one object by its live id; None when it is gone. Optional: the default knows no such call."""
        return None

    def others(self, system: Any, wanted: Mapping[str, frozenset[str]]) -> Iterable[str]:
        """Keys that are live and may look like some that are not, where `read` returns only what it is asked for.

        Asked only about keys that nobody owns yet, before they are created.
        """
        return ()

    def cost(self, rows: int, managed: int) -> int:
        """Requests that a reading may send: pages of the listing, plus details of managed objects."""
        return -(-rows // self.page) or 1

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, system: Any, write: Write) -> str | None:
        """Creates the object; returns its live id when the answer tells it. By itself a batch of one."""
        if type(self).create_many is Resource.create_many:
            raise NotImplementedError
        [made] = self.create_many(system, [write])
        if isinstance(made, Failed):
            raise made.error
        return made

    def update(self, system: Any, write: Write) -> None:
        """Changes exactly the paths of `write.values`; everything else stays as it is in `write.live`."""
        raise NotImplementedError

    def delete(self, system: Any, write: Write) -> None:
        """Deletes the object."""
        raise NotImplementedError

    def retire(self, system: Any, write: Write) -> None:
        """Takes the object out of use where it cannot or should not be deleted."""
        raise NotImplementedError

    def rename(self, system: Any, write: Write) -> None:
        """Gives the object that lives under `write.live.key` the name of `write.key`."""
        raise NotImplementedError

    @property
    def can_rename(self) -> bool:
        """Whether the system can give an object of this type another name."""
        return type(self).rename is not Resource.rename

    def create_many(self, system: Any, writes: Sequence[Write]) -> Sequence[str | Failed | None]:
        """Creates a batch of at most `batch["create"]`; live ids in order.

        Where the API answers for each by itself, those that it refused are `Failed`, and nothing is sent twice; an
        error that is raised is one of the whole batch, which is sent again in halves.
        """
        return [self.create(system, write) for write in writes]

    def update_many(self, system: Any, writes: Sequence[Write]) -> Sequence[Failed | None] | None:
        """Updates a batch of at most `batch["update"]`; as for `create_many`, with None where all went through."""
        for write in writes:
            self.update(system, write)
        return None

    def delete_many(self, system: Any, writes: Sequence[Write]) -> None:
        """Deletes a batch of at most `batch["delete"]`."""
        for write in writes:
            self.delete(system, write)

    def foreign(self, live: Live) -> str | None:
        """Why an object under a wanted name may never be taken over; None when it may."""
        return live.foreign

    def problems(self, desired: Desired) -> Iterable[str]:
        """What the system would refuse and can be told offline: one sentence each."""
        return ()
