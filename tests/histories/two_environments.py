"""Two environments on one Purview, each with a ledger that its machines share, among people.

They have CluedIns of their own with the same names in both, or one with names that begin differently. What a story did
is told in `World.log`; a seed tells all of it.
"""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.apply import Result
from reconciler.diff import Options
from reconciler.errors import ReconcilerError
from reconciler.workflow import Approval, apply_plan, make_plan
from reconciler_sandbox.server import Sandbox

from . import story
from .direct import HERE, THERE, Doors, ask
from .estate import Estate
from .neighbours import Neighbours
from .owners import PEOPLE, Owners
from .people import State, owner_of
from .remote import GitRemote, KilledError, Machine, MemoryRemote, Remote
from .side import Side, plainly, through
from .verdict import check_live, judge

FAULTS: tuple[dict[str, Any], ...] = (
    {"path": "^/(datamap|graphql|api|account)", "status": 429, "headers": {"Retry-After": "0"}, "every": 9},
    {"path": "^/(datamap|graphql|api)", "every": 11, "after": "response"},
    {"path": "^/(datamap|graphql|api)", "status": 503, "probability": 0.1},
    {"path": "^/datamap", "method": "POST", "status": 500, "every": 3, "after": None},
    {"path": "^/datamap", "method": "POST", "status": 400, "every": 4, "times": 3},
    {"path": "^/graphql", "status": 400, "every": 7, "times": 2},
)


@dataclass
class World:
    """The sandboxes, both environments and the people around them; `wrong` is what must not be."""

    doors: Doors
    root: Path
    seed: int
    in_git: bool = False
    log: list[str] = field(default_factory=list)
    behind: list[Side] = field(default_factory=list)
    """The environments that have something to do, or had."""

    def __post_init__(self) -> None:
        chance = self.chance = random.Random(self.seed)
        self.doors.watch = plainly
        for sandbox in self.doors.sandboxes.values():
            sandbox.faults.rules.clear()
            sandbox.reset()
        apart = chance.random() < 0.5
        self.settings = {"normalise": chance.random() < 0.2, "lag_ms": 30 if chance.random() < 0.1 else 0}
        self.systems = {"cluedin": HERE, **({"cluedin2": THERE} if apart else {})}
        self.sides = [
            Side(self, "test", HERE, "" if apart else "t", self._remote("test")),
            Side(self, "prod", THERE if apart else HERE, "" if apart else "p", self._remote("prod")),
        ]
        if apart and chance.random() < 0.5:
            self.sides[1].estate.found = self.sides[0].estate.found
        else:
            self.sides[1].estate.home = "out-prod"
        self.owners = Owners(self.state)
        self.people = Neighbours(self, self.owners, chance)
        self.set(self.settings)
        self.tell(f"seed {self.seed}, {'two CluedIns' if apart else 'one CluedIn'}, {self.settings}")

    def _remote(self, name: str) -> Remote:
        return GitRemote(self.root, name) if self.in_git else MemoryRemote(name)

    # -- what is there -----------------------------------------------------------------------------------------

    def http(self, method: str, path: str, json: Any = None) -> Any:
        """A plain call, as a person's portal would make it."""
        return self.state() if path == "/_sandbox/state" else ask(self.doors.sandboxes[HERE], method, path, json)

    def state(self) -> State:
        """Everything in all systems."""
        state: State = ask(self.doors.sandboxes[HERE], "GET", "/_sandbox/state")
        if "cluedin2" in self.systems:
            state["cluedin2"] = ask(self.doors.sandboxes[THERE], "GET", "/_sandbox/state")["cluedin"]
        return state

    def put(self, key: tuple[str, str, str], doc: dict[str, Any]) -> None:
        """Edits or makes a document of a CluedIn, as its portal would."""
        sandbox: Sandbox = self.doors.sandboxes[self.systems[key[0]]]
        assert sandbox.cluedin is not None
        cluedin = sandbox.cluedin._world
        if doc.get("description"):
            doc = {**doc, "description": cluedin.rich_text(doc["description"])}
        cluedin.put(f"cluedin/{key[1]}", doc)

    def set(self, settings: dict[str, Any]) -> None:
        """Changes how the systems behave."""
        for sandbox in self.doors.sandboxes.values():
            ask(sandbox, "POST", "/_sandbox/settings", settings)

    def wait(self) -> None:
        """Until everybody sees what was done, where that takes a while."""
        if self.settings["lag_ms"]:
            time.sleep(self.settings["lag_ms"] / 1000 + 0.01)

    def tell(self, line: str) -> None:
        """Notes what happened."""
        self.log.append(line)

    def other(self, side: Side) -> Side:
        """The other environment."""
        return next(one for one in self.sides if one is not side)

    # -- what happens ------------------------------------------------------------------------------------------

    def keep(self) -> dict[str, Any]:
        """All that `again` needs to go on from here another time."""
        people = {
            name: copy.copy(getattr(self.people, name)) for name in ("theirs", "facts", "notes", "touched", "edited")
        }
        owners = {"last": dict(self.owners.last), "of": dict(self.owners.of)}
        return {
            "docs": self.doors.keep(),
            "log": list(self.log),
            "estates": [side.estate for side in self.sides],
            "remotes": copy.deepcopy([side.remote for side in self.sides]),
            "people": people,
            "owners": owners,
        }

    def again(self, kept: dict[str, Any], seed: int) -> None:
        """Goes on from what was kept, with other luck."""
        self.doors.bring_back(kept["docs"])
        self.log, self.chance = list(kept["log"]), random.Random(seed)
        self.people.chance, self.people.count = self.chance, 0
        estates, remotes = copy.deepcopy(kept["estates"]), copy.deepcopy(kept["remotes"])
        for side, side.estate, side.remote in zip(self.sides, estates, remotes, strict=True):
            story.write(side, side.estate)
        for holder in ("people", "owners"):
            for name, value in kept[holder].items():
                setattr(getattr(self, holder), name, copy.copy(value))
        self.owners.wrong, self.behind = [], []
        self.set(self.settings)

    def live(self, steps: int) -> None:
        """A history after its beginning; whatever goes wrong is told with all that led to it."""
        try:
            for _ in range(steps):
                self.go_on()
            self.end()
        except Exception as error:
            told = str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
            raise AssertionError(told if told.startswith("seed") else self.story([told])) from error

    def begin(self) -> None:
        """Both environments are applied for the first time."""
        for side in self.sides:
            before = copy.deepcopy(side.estate)
            story.fill(side.estate, self.chance, concepts=1, flows=2)
            self.publish(side, before)
            self.apply(side)

    def go_on(self) -> None:
        """One step of a history."""
        chance = self.chance
        side = chance.choice(self.sides)
        for _ in range(chance.choice([0, 1, 1, 2])):
            self.wait()
            near = self.people.act()
            for one in self.sides:
                if one.name in near:
                    self._note(one)
            self.log += self.people.log
            self.people.log.clear()
        for changing in self.sides if chance.random() < 0.3 else [side]:
            before = copy.deepcopy(changing.estate)
            story.step(changing.estate, chance)
            self.publish(changing, before)
        what = chance.choice([self.apply, self.apply, self.killed, self.killed, self.faulty, self.between])
        what(side)

    def publish(self, side: Side, before: Estate) -> None:
        """The manifests of an estate as it is now, and what scanners find."""
        if before.found != side.estate.found:
            self.behind = list(self.sides)
        self._note(side)
        story.scan(side, side.estate, before)
        self.owners.turn(PEOPLE)
        story.write(side, side.estate)

    def _note(self, side: Side) -> None:
        if side not in self.behind:
            self.behind.append(side)

    def killed(self, side: Side) -> None:
        """An apply whose machine dies, at any moment."""
        self.apply(side, self._mortal())

    def faulty(self, side: Side) -> None:
        """An apply while the systems are not well."""
        rules = [{**fault, "seed": self.seed} for fault in self.chance.sample(FAULTS, self.chance.choice([1, 1, 2]))]
        for sandbox in self.doors.sandboxes.values():
            ask(sandbox, "POST", "/_sandbox/faults", rules)
        self.apply(side, well=False)
        for sandbox in self.doors.sandboxes.values():
            sandbox.faults.rules.clear()

    def between(self, side: Side) -> None:
        """In the middle of an apply of one environment the other one is applied."""
        moment = self.chance.randrange(1, 12)
        machine = self._mortal() if self.chance.random() < 0.3 else Machine()
        inner = self._mortal() if self.chance.random() < 0.3 else Machine()

        def meanwhile() -> None:
            self.owners.turn(side.name)
            self.apply(self.other(side), inner)

        self.apply(side, machine, meanwhile=(moment, meanwhile))

    def _mortal(self) -> Machine:
        at, after = self.chance.randrange(1, 14), self.chance.random() < 0.5
        if self.chance.random() < 0.25:
            return Machine(versions=self.chance.randrange(1, 4), after=after)
        return Machine(writes=at, after=after)

    def apply(
        self,
        side: Side,
        machine: Machine | None = None,
        *,
        well: bool = True,
        last: bool = False,
        meanwhile: tuple[int, Callable[[], None]] | None = None,
    ) -> Result | None:
        """An apply on a machine of its own; None where it died, or was refused as the systems were not well."""
        self._note(side)
        machine = machine or Machine()
        mortal = machine.writes > 0 or machine.versions > 0
        prune = last or self.chance.random() < 0.7
        replaces = well and not mortal and not last and self.chance.random() < 0.15
        replace = self._to_replace(side) if replaces else ()
        self.tell(f"apply {side.name} {machine} prune={prune} replace={replace} well={well} between={bool(meanwhile)}")
        self.wait()
        before = self.people.kept()
        watch, self.doors.watch = self.doors.watch, through(machine, meanwhile)
        result = None
        try:
            with side.job(machine) as job:
                options = Options(prune=prune, replace=replace)
                result = apply_plan(job, options, Approval(skip_refused=True), lock_timeout=0)
        except KilledError:
            side.remote.unlock()
        except ReconcilerError as error:
            if well:
                raise
            self.tell(f"  ended with {error}")
        finally:
            self.doors.watch = watch
        changed = self.owners.turn(side.name)
        if lost := self.people.lost(before):
            self.owners.wrong.append(
                f"{side.name} took away {lost}: {[self.owners.last.get(owner_of(one)) for one in lost]}"
            )
        self.tell(f"  changed {len(changed)}, {'died' if machine.dead else _told(result)}")
        assert self.owners.wrong == [], "\n".join([*self.log, *self.owners.wrong])
        if result is not None and well:
            judge(self, side, result.plan)
            undone = [(o.change.address, o.change.action, o.status, o.message) for o in result.outcomes
                      if o.status != "done"]  # fmt: skip
            assert undone == [], self.story([*undone, *result.diagnostics])
        return result

    def _to_replace(self, side: Side) -> tuple[str, ...]:
        with side.job(Machine()) as job:
            known = job.opened.load().entries
        terms = sorted(address for address, entry in known.items() if address.startswith("purview.term:") and entry.id)
        wanted = {f"purview.term:{side.estate.glossary}/{path}" for path in side.estate.paths().values()}
        found = [address for address in terms if address in wanted]
        return (self.chance.choice(found),) if found else ()

    def end(self) -> None:
        """Each environment, applied once more by a healthy run, has nothing to do, or stands at an honest conflict."""
        for side in self.sides:
            if side not in self.behind:
                continue
            result = self.apply(side, last=True)
            assert result is not None
            plan = result.plan
            if plan.executable:
                with side.job(Machine()) as job:
                    plan = make_plan(job, Options(prune=True))
            stands = judge(self, side, plan)
            left = [(change.action, change.address, change.reason) for change in plan.executable]
            assert left == [], self.story(left)
            self.owners.turn("nobody")
            assert self.owners.wrong == [], self.story(self.owners.wrong)
            if not stands:
                check_live(self, side)

    def story(self, found: Any) -> str:
        """What is wrong, after all that led to it."""
        return "\n".join([*self.log, *map(str, found)])


def _told(result: Result | None) -> str:
    if result is None:
        return "refused"
    stands = [
        f"{c.action} {c.address}: {c.message}" for c in result.plan.changes if c.action in ("conflict", "blocked")
    ]
    return f"{len(result.outcomes)} changes; {stands}"
