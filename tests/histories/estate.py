"""An estate as a person thinks of it: concepts and items with an identity of their own, whatever they are called.

Nothing of the product is imported here. What the manifests say is written from the estate; what must be live is
told from it by `oracle`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import flows
from .flows import Flow, Path

GLOSSARY = "Works"


@dataclass
class Item:
    """A key and its term; `uid` and `key` never change, `name` may. `formerly` is its name before this step."""

    uid: int
    key: str
    name: str
    definition: str
    related: int | None = None
    formerly: str | None = None


@dataclass
class Concept:
    """A document: a term with items below it. `above` is the concept whose term it stands under."""

    uid: int
    prefix: str
    name: str
    above: int | None = None
    items: list[Item] = field(default_factory=list)
    formerly: str | None = None
    """Its path before this step, with a slash in front when it stood at the top."""


class Estate:
    """Concepts by identity, and what a step did to them."""

    def __init__(self, glossary: str = GLOSSARY, mark: str = "", shared: Path | None = None) -> None:
        self.glossary, self.mark, self.shared = glossary, mark, shared
        """Its glossary; where others are, what its names in CluedIn begin with, and a file that they read too."""
        self.home = "out"
        self.concepts: dict[int, Concept] = {}
        self.flows: dict[int, Flow] = {}
        self.found: dict[Path, tuple[str, ...]] = {}
        """The columns of each file that scanners found; what they found stays."""
        self._last = 0
        self._began: dict[int, str] = {}
        """The paths of this step's beginning: what lives, whatever is renamed twice in one step."""
        self.stale: set[tuple[int, str | None]] = set()
        """What was left of former steps: identities with the former name that still stands in the manifest."""

    # -- what it is ------------------------------------------------------------------------------------------

    def path(self, concept: Concept) -> str:
        """The names from the top of the glossary."""
        names = [concept.name]
        while concept.above is not None:
            concept = self.concepts[concept.above]
            names.append(concept.name)
        return "/".join(reversed(names))

    def items(self) -> Iterator[tuple[Concept, Item]]:
        """Every item with its concept."""
        for concept in self.concepts.values():
            for item in concept.items:
                yield concept, item

    def item(self, uid: int) -> tuple[Concept, Item]:
        """An item by identity."""
        return next((concept, item) for concept, item in self.items() if item.uid == uid)

    def paths(self) -> dict[int, str]:
        """The path of every term, by the identity of what it is the term of."""
        found = {concept.uid: self.path(concept) for concept in self.concepts.values()}
        for concept, item in self.items():
            found[item.uid] = f"{self.path(concept)}/{item.name}"
        return found

    # -- what a step does to it --------------------------------------------------------------------------------

    def forget_former_names(self, chance: random.Random) -> None:
        """A new step: `moved_from` of the last one is taken out, or left where it is, as people do."""
        self.stale, self._began = set(), self.paths()
        for one in (*self.concepts.values(), *(item for _, item in self.items())):
            if chance.random() < 0.6:
                one.formerly = None
            elif one.formerly is not None:
                self.stale.add((one.uid, one.formerly))

    def drop_names_taken(self) -> None:
        """A former name that is left over goes once something else is called so: validation asks for that."""
        paths = set(self.paths().values())
        for concept in self.concepts.values():
            within = self.path(concept).rpartition("/")[0]
            if (concept.uid, concept.formerly) in self.stale and _full(within, concept.formerly) in paths:
                concept.formerly = None
            for item in concept.items:
                former = _full(self.path(concept), item.formerly)
                if (item.uid, item.formerly) in self.stale and former in paths:
                    item.formerly = None

    def add_concept(self, chance: random.Random) -> None:
        """A concept with items, at the top or below another."""
        uid = self.next_uid()
        above = chance.choice([None, None, *self.concepts])
        made = Concept(uid, f"{self.mark}c{uid}", f"Concept {uid}", above)
        self.concepts[uid] = made
        for _ in range(chance.randint(1, 3)):
            self._add_item(made, chance)

    def add_item(self, chance: random.Random) -> None:
        """One more item."""
        self._add_item(chance.choice(list(self.concepts.values())), chance)

    def remove_item(self, chance: random.Random) -> None:
        """An item goes, and whatever referred to it refers to it no longer."""
        concept = chance.choice(list(self.concepts.values()))
        at = chance.randrange(len(concept.items))
        if len(concept.items) > 1 and not self._is_succeeded(concept.items[at]):
            self._forget(concept.items.pop(at).uid)

    def remove_concept(self, chance: random.Random) -> None:
        """A concept goes with its items, unless another stands below it."""
        under = {concept.above for concept in self.concepts.values()}
        free = [concept for concept in self.concepts.values() if concept.uid not in under]
        if len(self.concepts) > 1 and free:
            gone = self.concepts.pop(chance.choice(free).uid)
            flows.concept_goes(self, gone.uid)
            for item in gone.items:
                self._forget(item.uid)

    def rename_item(self, chance: random.Random) -> None:
        """A new name for an item."""
        _, item = chance.choice(list(self.items()))
        self._name(item, f"Renamed {self.next_uid()}")

    def swap_items(self, chance: random.Random) -> None:
        """Two items of a concept take each other's names."""
        concept = chance.choice(list(self.concepts.values()))
        if len(concept.items) > 1:
            one, other = chance.sample(concept.items, 2)
            if not {one.uid, other.uid} <= self._began.keys():
                return  # a former name that something new bears is refused
            first, second = one.name, other.name
            self._name(one, second)
            self._name(other, first)

    def rename_concept(self, chance: random.Random) -> None:
        """A new name for a concept; all that stands below it stays below it."""
        concept = chance.choice(list(self.concepts.values()))
        self._name(concept, f"Renamed {self.next_uid()}")

    def move_concept(self, chance: random.Random) -> None:
        """A concept goes below another, or to the top."""
        concept = chance.choice(list(self.concepts.values()))
        places = [None, *(uid for uid in self.concepts if not self._is_below(uid, concept.uid))]
        places.remove(concept.above)
        if places:
            path = self._began.get(concept.uid)
            concept.formerly = path if path is None or "/" in path else f"/{path}"
            concept.above = chance.choice(places)

    def redefine(self, chance: random.Random) -> None:
        """A new definition."""
        _, item = chance.choice(list(self.items()))
        item.definition = f"Definition {self.next_uid()}."

    def relate(self, chance: random.Random) -> None:
        """An item is related to another, or to nothing any more."""
        found = list(self.items())
        _, item = chance.choice(found)
        _, other = chance.choice(found)
        back = other.related == item.uid
        item.related = None if other.uid == item.uid or back else other.uid

    def _name(self, one: Item | Concept, name: str) -> None:
        """A new name; the former one is what it was called before this step, or nothing if it is new."""
        path = self._began.get(one.uid)
        own = path.rpartition("/")[2] if path is not None else None
        one.name = name
        if "/" not in (one.formerly or "") or (one.uid, one.formerly) in self.stale:  # else it was moved in this step
            one.formerly = own if own != name else None

    def _add_item(self, concept: Concept, chance: random.Random) -> None:
        uid = self.next_uid()
        others = [item.uid for _, item in self.items()]
        related = chance.choice(others) if others and chance.random() < 0.4 else None
        concept.items.append(Item(uid, f"k{uid}", f"Item {uid}", f"Definition {uid}.", related))

    def _forget(self, uid: int) -> None:
        flows.item_goes(self, uid)
        for _, item in self.items():
            if item.related == uid:
                item.related = None

    def _is_succeeded(self, item: Item) -> bool:
        """Whether another took its name in this step: without the item nobody could tell that from a rename of old."""
        return self._began.get(item.uid) in self.paths().values() and self.paths()[item.uid] != self._began[item.uid]

    def _is_below(self, uid: int, top: int) -> bool:
        at: int | None = uid
        while at is not None:
            if at == top:
                return True
            at = self.concepts[at].above
        return False

    def next_uid(self) -> int:
        """An identity, or a number for a name, that nothing had before."""
        self._last += 1
        return self._last


def _full(within: str, former: str | None) -> str:
    if former is None or former.startswith("/") or "/" in former:
        return (former or "").strip("/")
    return f"{within}/{former}".strip("/")


STEPS = (
    Estate.add_concept, Estate.add_item, Estate.remove_item, Estate.remove_concept, Estate.rename_item,
    Estate.rename_item, Estate.swap_items, Estate.rename_concept, Estate.move_concept, Estate.redefine, Estate.relate,
)  # fmt: skip


def manifest(estate: Estate, concept: Concept) -> str:
    """The document of a concept."""
    paths = estate.paths()
    term = [f"name: {concept.name}", "definition: A concept."]
    if concept.above is not None:
        term.append(f"parent: {paths[concept.above]}")
    if concept.formerly is not None:
        term.append(f"moved_from: {concept.formerly}")
    rows = []
    for item in concept.items:
        row = [f"name: {item.name}", f"key: {item.key}", f"definition: {item.definition}"]
        if item.formerly is not None:
            row.append(f"moved_from: {item.formerly}")
        if item.related is not None:
            row.append(f"related: [{estate.glossary}/{paths[item.related]}]")
        rows.append(f"    - {{{', '.join(row)}}}\n")
    return f"""\
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {{name: {concept.prefix}}}
spec:
  glossary: {estate.glossary}
  term: {{{", ".join(term)}}}
  vocabulary:
    name: {concept.prefix}
    key_prefix: {concept.prefix}
    active: true
    entity_type: {{name: {concept.prefix}, code: /{concept.prefix}, icon: User}}
  terms:
{"".join(rows)}"""
