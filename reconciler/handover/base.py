"""What every hand-over is made of: contracts with what their readers get, and files that say what they are made of.

A hand-over is a pure function of the manifests and the environment: no system is asked, no secret is read, and the same
manifests give the same bytes. Secrets are named, never held; of our hosts only the environment's endpoint stands in a
file, where the receiving tool has parameters for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from reconciler.environment.spec import Environment
from reconciler.errors import ReconcilerError
from reconciler.kinds.base import World
from reconciler.kinds.export_contract.delivery import is_cached
from reconciler.kinds.export_contract.physical import PhysicalSchema
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.schema import physical_schema
from reconciler.manifest.secrets import SecretRef

OPEN_DIGEST = "@digest@"
"""Stands in a file where its digest comes, which is that of the file with these letters."""
_DIGEST = re.compile(r"digest ([0-9a-f]{16})\b")
_BY = "Made by `reconciler handover"
_PROJECT = "this project"
_ORIGIN = re.compile(rf"{_BY} [a-z]+` of (.+?) in ([^\s,]+), digest [0-9a-f]{{16}}\b")
_TEMPLATES = Path(__file__).parent / "templates"

Files = dict[str, str]
"""Texts by their path below the folder of the hand-over, with `/`."""


@dataclass(frozen=True)
class Subject:
    """One contract that is handed over, in one environment."""

    contract: Contract
    environment_name: str

    @property
    def name(self) -> str:
        """Its name: letters, digits, `.`, `_` and `-`, at most 100."""
        return self.contract.name

    @property
    def environment(self) -> Environment:
        """The environment's spec."""
        return self.contract.environment

    @property
    def world(self) -> World:
        """Every document of the project."""
        return self.contract.world

    @cached_property
    def schema(self) -> PhysicalSchema:
        """What its readers get."""
        return physical_schema(self.contract)

    @property
    def description(self) -> str:
        """What people say of it; empty where they do not."""
        return self.contract.document.description or ""

    @property
    def is_run(self) -> bool:
        """Whether its export is a run that writes a file, and can be asked for: CluedIn's stream cache, in `sync`."""
        return self.contract.wanted and is_cached(self.contract.form, self.contract.delivery)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the process variables that signing in to this environment reads."""
        return tuple(sorted({one.env for one in _secrets(self.environment.model_dump()) if one.env}))

    @cached_property
    def allowed(self) -> tuple[str, ...]:
        """The names of all secrets that the manifests name: each stands on the allow-list of every run."""
        specs = [one.spec.model_dump() for one in self.world.documents if one.spec is not None]
        named = {one.env for spec in specs for one in _secrets(spec) if one.env}
        return tuple(sorted({*named, *self.secrets}))


@dataclass(frozen=True)
class Asked:
    """What was asked for beside the contracts."""

    ids: Mapping[str, str] = field(default_factory=dict)
    """Ids of streams by the names of contracts, where the ledger was asked for them."""
    environment_name: str = ""
    languages: tuple[str, ...] = ()
    """Languages of a receiver; none stands for all."""
    world: World | None = None
    """Every document of the project, also where no contract is handed over."""


@dataclass(frozen=True)
class Target:
    """A receiving tool."""

    word: str
    title: str
    why_not: Callable[[Subject], str]
    """Why a contract has nothing for this tool, in a clause; empty where it has."""
    files: Callable[[Sequence[Subject], Asked], Files]
    """The files of the contracts, which all have something for it."""
    always: bool = False
    """Whether it has files also without any contract."""


def named(subjects: Sequence[Subject], name_of: Callable[[Subject], str]) -> dict[str, Subject]:
    """The contracts by the names that a tool has for them; raises `ReconcilerError` where two would have one."""
    found: dict[str, Subject] = {}
    for one in subjects:
        other = found.setdefault(name_of(one).casefold(), one)
        if other is not one:
            raise ReconcilerError.of(
                "handover.same_name",
                f"{other.name} and {one.name} would both be called {name_of(one)}",
                "Hand them over one at a time, each with another `--out`, or rename one.",
            )
    return {name_of(one): one for one in subjects}


def nothing_to_run(subject: Subject) -> str:
    """Why there is no run of an export to hand over."""
    if not subject.contract.bound:
        return "it names no entity, or no place to deliver to"
    if subject.contract.spec.status in ("draft", "retired"):
        return f"its status is {subject.contract.spec.status}"
    if not subject.is_run:
        return "it has nothing to run: its changes are sent as they come"
    return ""


def no_export(subject: Subject) -> str:
    """Why a contract has no export at all."""
    if not subject.contract.bound:
        return "it names no entity, or no place to deliver to"
    return "it is retired" if subject.contract.spec.status == "retired" else ""


# -- what a file says of itself -------------------------------------------------------------------------------------


def made_by(word: str, environment: str, *names: str, kind: str = "ExportContract") -> str:
    """The sentence that a file begins with, its digest open; without names where it is the same for all contracts."""
    of = ", ".join(f"{kind}/{name}" for name in sorted(names)) or _PROJECT
    what = "contract" if kind == "ExportContract" else "manifest"
    return f"{_BY} {word}` of {of} in {environment}, digest {OPEN_DIGEST}. Change the {what}, not this file."


def sealed(text: str) -> str:
    """The text with its digest; raises `ValueError` for one that has no place for it."""
    if OPEN_DIGEST not in text:
        raise ValueError("a hand-over without a place for its digest")
    return text.replace(OPEN_DIGEST, _digest(text))


@dataclass(frozen=True)
class Origin:
    """What a file says it was made of."""

    sources: frozenset[str]
    """KIND/NAME of each manifest; none where it is the same for all."""
    environment: str


def origin(text: str) -> Origin | None:
    """What a file was made of; None for one that was not made here."""
    found = _ORIGIN.search(text)
    if found is None:
        return None
    return Origin(frozenset(() if found[1] == _PROJECT else found[1].split(", ")), found[2])


def is_as_made(text: str) -> bool:
    """Whether nobody edited a file that was made here."""
    found = _DIGEST.search(text)
    return found is not None and _digest(text.replace(found[1], OPEN_DIGEST)) == found[1]


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


# -- texts ----------------------------------------------------------------------------------------------------------


def template(name: str) -> str:
    """A file of `templates/`, as it is."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def filled(name: str, **values: str) -> str:
    """A template with each `@NAME@` as given; raises `ValueError` for names that are left or were not there."""
    text = template(name)
    wanted = set(re.findall(r"@([A-Z_]+)@", text))
    if wanted != values.keys():
        raise ValueError(f"{name}: {sorted(wanted ^ values.keys())}")
    return re.sub(r"@([A-Z_]+)@", lambda found: values[found[1]], text)


def literal(value: Any) -> str:
    """Plain data as JSON in ASCII, which is a literal in Python and JavaScript alike for texts, numbers and lists."""
    return re.sub(r"[^\x20-\x7e]", _escaped, orjson.dumps(value).decode())


def as_json(value: Any) -> str:
    """A JSON file: two spaces, a line break at the end."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(rf"\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _secrets(value: Any) -> Iterator[SecretRef]:
    """Every reference to a secret in a dumped spec."""
    if isinstance(value, Mapping):
        if value.keys() == SecretRef.model_fields.keys():
            yield SecretRef.model_validate(value)
        else:
            for one in value.values():
                yield from _secrets(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _secrets(one)
