"""Small estates of every kind that are applied through the proxy, and what must hold after each bad answer."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import main
from reconciler.errors import Exit
from reconciler.kinds import kinds, models
from reconciler.manifest.spec import example
from reconciler.resources.base import Resource
from reconciler.resources.cluedin import shared as cluedin_shared
from reconciler.systems import pacing

from ..support import Project
from .kinds import GUID, Exchange, Kind
from .server import Proxy, between

State = dict[str, dict[str, Any]]
VOLATILE = re.compile(
    r"(last)?(modif|updat|creat)\w*|version|time|\w*(Time|Date|At|TS)|changed\w*|log|history", re.IGNORECASE
)
REPLACED = "purview.term:Enterprise/Client/Email"
LOOKED = {Exit.OK, Exit.ERROR, Exit.CHANGES, Exit.REFUSED}
PROMISED = {Exit.OK, Exit.ERROR, Exit.STALE, Exit.REFUSED, Exit.PARTIAL}
CLAIM = "reconciler_claim"
"""What the types of claims and of their register begin with."""
LIMITS = "limits: {request_seconds: 3, run_seconds: 60}\n    timeout_seconds: 1.5\n"


@dataclass
class Ran:
    """What one command left behind."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        """The result as JSON; empty where the command did not come that far."""
        try:
            shape = json.loads(self.out)
        except ValueError:
            return {}
        return shape if isinstance(shape, dict) else {}


@dataclass
class Stage:
    """Where an apply begins, and where it ends when nothing is in the way."""

    name: str
    options: Mapping[str, Any]
    """Of the plan: `prune`, or addresses to `replace`."""
    folder: Path
    docs: sqlite3.Connection
    removals: int = 0
    before: State = field(default_factory=dict)
    after: State = field(default_factory=dict)
    how: Mapping[str, str] = field(default_factory=dict)
    still: dict[tuple[str, str], str] = field(default_factory=dict)
    """Documents that an undisturbed run leaves as they are."""
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def words(self) -> tuple[str, ...]:
        """The options as typed."""
        prune = ("--prune",) if self.options.get("prune") else ()
        return (*prune, *(word for address in self.options.get("replace", ()) for word in ("--replace", address)))


class Rounds:
    """One sandbox behind one proxy, set back before each round."""

    def __init__(self, root: Path, proxy: Proxy, run: Callable[..., Ran]) -> None:
        self.root, self.proxy, self._run = root, proxy, run
        self.store = proxy.sandbox.store
        self.made = Project(root, proxy.url)
        for system in ("url", "endpoint"):
            self.made.edit("environments/sandbox.yaml", f"    {system}:", f"    {LIMITS}    {system}:")
        self.stages: list[Stage] = []
        self._asked: dict[tuple[str, ...], list[Exchange]] = {}
        seeded = json.dumps(list(self.store.everything().values()))
        self.theirs = frozenset(id.lower() for id in GUID.findall(seeded))
        """The ids of everything that was there before us."""

    # -- stages ----------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Six stages: everything new; all there and the ledger lost; edited; renamed; replaced; manifests gone."""
        for name in kinds():
            self.made.write(f"{name.lower()}.yaml", example(models()[name]))
        self._stage("create")
        shutil.copytree(self.root / ".reconciler", self.root / "kept")
        shutil.rmtree(self.root / ".reconciler")
        self._stage("adopt")
        shutil.rmtree(self.root / ".reconciler")
        (self.root / "kept").rename(self.root / ".reconciler")
        self._edit()
        self._stage("change")
        self._rename()
        self._stage("rename")
        self._stage("replace", replace=(REPLACED,))
        for path in (self.root / "manifests").glob("*.yaml"):
            path.unlink()
        self._stage("remove", prune=True)

    def _rename(self) -> None:
        edit = self.made.edit
        edit("glossarymapping.yaml", "    name: Customer\n    definition",
             "    name: Client\n    moved_from: Customer\n    definition")  # fmt: skip
        edit("glossarymapping.yaml", "{name: Full Name,", "{name: Whole Name, moved_from: Full Name,")

    def _edit(self) -> None:
        edit = self.made.edit
        edit("glossarymapping.yaml", "A person or organisation that buys", "Whoever buys")
        edit("glossarymapping.yaml", "Primary contact address.", "Where to write to.")
        edit("glossarymapping.yaml", "    - {name: Customer Id,", "    - {name: Tax Id, key: tax, data_type: Text}\n"
             "    - {name: Customer Id,")  # fmt: skip
        edit("exportcontract.yaml", "Primary contact address", "Where to write to")
        edit("labelmap.yaml", "Personal data.", "Data about people.")

    def _stage(self, name: str, **options: Any) -> None:
        """Takes down where the stage begins, and runs it undisturbed."""
        folder = self.root.parent / f"{self.root.name}-{name}"
        shutil.copytree(self.root, folder)
        docs = sqlite3.connect(":memory:", check_same_thread=False)
        self.store._db.backup(docs)
        removals = self._removals(options) if options else 0
        stage = Stage(name, options, folder, docs, removals, before=self.state())
        each = self.each()
        self.proxy.arm(None)
        ran = self.apply(stage)
        assert ran.code == Exit.OK, ran.out + ran.err
        stage.exchanges, stage.after, stage.how = self.proxy.seen, self.state(), self.how()
        now = self.each()
        stage.still = {key: text for key, text in each.items() if now.get(key) == text}
        self.stages.append(stage)

    def _set_back(self, stage: Stage) -> None:
        with self.store.lock:
            stage.docs.backup(self.store._db)
        self.proxy.sandbox._build()
        for path in self.root.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(stage.folder, self.root, dirs_exist_ok=True)

    # -- one round -------------------------------------------------------------------------------------------

    def apply(self, stage: Stage, removals: int = 0) -> Ran:
        guard = ["--allow-deletes", str(removals or stage.removals)] if stage.removals and removals >= 0 else []
        return self._run("apply", "--yes", "--format", "json", *stage.words, *guard)

    def _plainly(self) -> Ran:
        """An apply that finishes what a replacement has begun: to replace again would be another one."""
        return self._run("apply", "--yes", "--format", "json")

    def _left_to_remove(self, stage: Stage) -> dict[str, int]:
        """The number of removals that are left, which a person reads in the plan before naming it."""
        if not stage.removals:
            return {}
        return {"removals": self._removals(stage.options) or -1}

    def _removals(self, options: Mapping[str, Any]) -> int:
        changes = self.made.plan(**options).changes
        return len([c for c in changes if c.action in ("delete", "retire", "replace")])

    def moments(self, stage: Stage, kind: Kind) -> int:
        """How many exchanges of a stage a kind can spoil."""
        return sum(1 for one in stage.exchanges if kind.fits(one))

    def round(self, kind: Kind, stage: Stage, seed: int, times: int = 1) -> list[str]:
        """One bad answer at a random moment of a stage, then a healthy run; returns what does not hold."""
        chance = random.Random(f"{kind.name} {stage.name} {seed}")
        fitting = self.moments(stage, kind)
        if not fitting:
            return []
        self._set_back(stage)
        self.proxy.arm(kind, chance.randrange(fitting), times, seed)
        ran = self.apply(stage)
        where = f"{kind.name} at {self.proxy.struck or 'nothing'} of {stage.name}, seed {seed}"
        wrong = list(self._judge(ran, stage, lies_about_ids=kind.name == "of_another"))
        self.proxy.arm(None)
        # A wrong id that was taken for true is told by the next reading: the healthy run is always made then.
        wrong += self._heal(stage, complete=ran.code == Exit.OK and kind.name != "of_another")
        return [f"{where}: {one}" for one in wrong]

    def _judge(self, ran: Ran, stage: Stage, *, lies_about_ids: bool) -> Iterator[str]:
        """What must hold of a run that met a bad answer, whatever became of it.

        Ids that are wrong throughout an answer, and nowhere else, cannot be told: an id may be copied as it was read.
        """
        read = _without_ids if lies_about_ids else str
        if "defect of reconciler" in ran.out + ran.err or "Traceback" in ran.out + ran.err:
            yield f"crash: {(ran.out[-600:] + ran.err).strip()[-900:]}"
        if ran.code not in PROMISED:
            yield f"exit: {ran.code} is not promised"
        state = self.state()
        wrote, done = state != stage.before, _alike(state, stage.after, read)
        sent = {o["status"] for o in ran.result.get("outcomes", [])} & {"unverified", "unknown", "pending"}
        if wrote and not done and ran.code != Exit.PARTIAL:
            yield f"exit: {ran.code} though something was written and something is not done; {ran.err.strip()[-300:]}"
        if ran.code == Exit.PARTIAL and not wrote and not sent and not done:
            yield f"exit: 5 though nothing was written; {ran.out[-400:]}"
        yield from self._foreign(stage, read)
        yield from _doubled(state, stage)

    def _foreign(self, stage: Stage, read: Callable[[str], str]) -> Iterator[str]:
        """What an undisturbed run leaves as it is, a disturbed one must leave so too."""
        now = self.each()
        for key, text in stage.still.items():
            if read(now.get(key, "")) != read(text):
                yield f"foreign: {key} was {text[:300]} and is {str(now.get(key))[:300]}"

    def _heal(self, stage: Stage, *, complete: bool) -> Iterator[str]:
        """A healthy run finishes, and nothing is left to plan; where all is as it should be the plan alone tells."""
        again = bool(stage.options.get("prune"))
        if not complete or self.state() != stage.after or self.how() != stage.how:
            ran = self.apply(stage, **self._left_to_remove(stage)) if again or not stage.options else self._plainly()
            if ran.code != Exit.OK:
                yield f"unfinished: the healthy run left with {ran.code}: {ran.err.strip()[-500:]} {_undone(ran)}"
            state = self.state()
            if state != stage.after:
                yield f"unfinished: not as after an undisturbed run: {_differences(stage.after, state)}"
            yield from _doubled(state, stage)
        how = self.how()
        if how != stage.how:
            differ = {a: (stage.how.get(a), how.get(a)) for a in {*how, *stage.how} if how.get(a) != stage.how.get(a)}
            yield f"how: the ledger takes things for what they are not: {dict(sorted(differ.items())[:5])}"
        after = self._run("plan", "--detailed-exitcode", *(stage.words if again else ()))
        if after.code != Exit.OK:
            yield f"unfinished: a plan is left: {after.code} {(after.out + after.err)[-600:]}"

    # -- verbs that only look ----------------------------------------------------------------------------------

    def settled(self) -> None:
        """Where the manifests are applied, for those who look."""
        self._set_back(self.stages[3])

    def look(self, kind: Kind, words: tuple[str, ...], seed: int, times: int = 1) -> list[str]:
        """Bad answers from a random moment of a verb that only looks: nothing is written, here and there."""
        fitting = sum(1 for one in self._asked_by(words) if kind.fits(one))
        if not fitting:
            return []
        before, chance = (self.each(), self._files()), random.Random(f"{kind.name} {words} {seed}")
        self.proxy.arm(kind, chance.randrange(fitting), times, seed)
        ran = self._run(*words)
        where = f"{kind.name} at {self.proxy.struck or 'nothing'} of {' '.join(words)}, seed {seed}"
        self.proxy.arm(None)
        wrong = []
        if "defect of reconciler" in ran.out + ran.err or "Traceback" in ran.out + ran.err:
            wrong.append(f"crash: {(ran.out[-600:] + ran.err).strip()[-900:]}")
        if ran.code not in LOOKED:
            wrong.append(f"exit: {ran.code} is not promised")
        if (self.each(), self._files()) != before:
            wrong.append("foreign: something was written")
        return [f"{where}: {one}" for one in wrong]

    def _asked_by(self, words: tuple[str, ...]) -> list[Exchange]:
        """What a verb asks where nothing is in its way."""
        if words not in self._asked:
            self.proxy.arm(None)
            ran = self._run(*words)
            assert "Usage:" not in ran.err, ran.err
            self._asked[words] = self.proxy.seen
        return self._asked[words]

    def _files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.root.rglob("*") if path.is_file()}

    # -- what is there ---------------------------------------------------------------------------------------

    def how(self) -> dict[str, str]:
        """Of what the ledger knows, how it came to be known."""
        session = self.made.session()
        return {address: entry.how for address, entry in session.book(session.draft()).load().entries.items()}

    def state(self) -> State:
        """Everything in the systems, without times and with the ids of new things left out."""
        found: dict[str, Counter[str]] = {}
        for (kind, _), text in self.each().items():
            found.setdefault(kind, Counter())[text] += 1
        return {kind: dict(texts) for kind, texts in found.items()}

    def each(self) -> dict[tuple[str, str], str]:
        """Every document by kind and key, in plain form; but for claims, whose coming and going is no change."""
        found = {
            (kind, key): json.dumps(self._plain(doc), sort_keys=True)
            for kind, docs in self.store.everything().items()
            if not kind.endswith("token")
            for key, doc in docs.items()
        }
        return {key: text for key, text in found.items() if CLAIM not in text}

    def _plain(self, value: Any) -> Any:
        if isinstance(value, dict):
            inner = {GUID.sub(self._id, k): self._plain(v) for k, v in value.items() if not VOLATILE.fullmatch(k)}
            return dict(sorted(inner.items()))
        if isinstance(value, list):
            return sorted((self._plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        return GUID.sub(self._id, value) if isinstance(value, str) else value

    def _id(self, found: re.Match[str]) -> str:
        return found[0] if found[0].lower() in self.theirs else "NEW"


def _without_ids(text: str) -> str:
    return GUID.sub("NEW", text)


def _alike(one: State, other: State, read: Callable[[str], str]) -> bool:
    """Whether two states are the same as far as documents are read."""

    def seen(state: State) -> dict[str, Counter[str]]:
        return {kind: Counter(read(text) for text in Counter(docs).elements()) for kind, docs in state.items()}

    return one == other or seen(one) == seen(other)


def _doubled(state: State, stage: Stage) -> Iterator[str]:
    for kind, docs in state.items():
        after, before = _names(stage.after.get(kind, {})), _names(stage.before.get(kind, {}))
        more = sum(docs.values()) > max(after.total(), before.total())
        for name, count in _names(docs).items():
            most = max(after[name], before[name])
            if count > most and (most or more):  # a name on the way from one to the other is no double
                yield f"doubled: {count} instead of {most} of {kind} {name}"


def _names(docs: Mapping[str, int]) -> Counter[str]:
    """How many documents there are of each name."""
    names: Counter[str] = Counter()
    for text, count in docs.items():
        names[_name(text)] += count
    return names


@cache
def _name(text: str) -> str:
    doc = json.loads(text)
    inner = doc.get("attributes") if isinstance(doc.get("attributes"), dict) else {}
    found = doc.get("qualifiedName") or inner.get("qualifiedName") or doc.get("key") or doc.get("vocabularyName")
    return str(found or doc.get("name") or doc.get("type") or "?")


def _differences(before: State, after: State) -> str:
    lines = []
    for kind in sorted({*before, *after}):
        then, now = Counter(before.get(kind, {})), Counter(after.get(kind, {}))
        lines += [f"- {kind} {text[:300]}" for text in then - now] + [f"+ {kind} {text[:300]}" for text in now - then]
    return " | ".join(lines[:6])


def _undone(ran: Ran) -> str:
    return str([o for o in ran.result.get("outcomes", []) if o["status"] != "done"][:4])[:600]


@contextmanager
def rounds(root: Path) -> Iterator[Rounds]:
    """The stages, prepared; short pauses and short waits, as there are many rounds."""
    root.mkdir()

    def run(*words: str) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
            main(["-q", "--project", str(root), *words])
        return Ran(int(left.value.code or 0), out.getvalue(), err.getvalue())

    with between(recorded_actions=True) as proxy, pytest.MonkeyPatch.context() as patch:
        made = Rounds(root, proxy, run)
        for name, value in made.made.env.items():
            patch.setenv(name, value)
        patch.setenv("NO_COLOR", "1")
        patch.delenv("CI", raising=False)
        patch.setattr(pacing, "backoff", lambda attempt: min(0.3, 0.01 * 2.0**attempt))
        patch.setattr(Resource, "settle", 0.3)
        patch.setattr(cluedin_shared.until_visible, "__defaults__", (0.3,))
        made.prepare()
        yield made
