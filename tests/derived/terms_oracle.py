"""What a rule with `source: purview` comes to, told without the product: from what people did and the rule's words.

A thing is made once, under the name that its term had then; keys and prefixes keep it. What is made is known by the
term that it is made of. Names are not used twice, but for terms that are deleted and written down again.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from .people import Portals

Told = set[tuple[str, str]]
"""Actions with addresses."""
STEPS = ("rename", "rename", "another", "another", "flag", "flag", "delete", "move", "define", "again", "twin")


@dataclass
class Word:
    """A term as people see it."""

    guid: str
    name: str
    parent: Word | None
    definition: str
    flagged: bool

    def path(self) -> list[Word]:
        """The terms from the top to it."""
        return [*(self.parent.path() if self.parent else ()), self]


@dataclass
class Thing:
    """Something in CluedIn that was made of a term."""

    fields: dict[str, str]
    retired: bool = False


@dataclass
class TermStory:
    """A glossary, and what a rule has made of it so far."""

    portals: Portals
    glossary: str
    chance: random.Random
    words: dict[str, Word] = field(default_factory=dict)
    gone: list[Word] = field(default_factory=list)
    given: dict[tuple[str, str], str] = field(default_factory=dict)
    """The name that a thing of a kind got, by kind and guid."""
    things: dict[str, Thing] = field(default_factory=dict)
    """What is known to the ledger, by address."""
    pruned: set[str] = field(default_factory=set)
    """Guids of terms at the top whose vocabulary was let go: people do not flag them anew."""
    twin: str = ""
    """The guid of a term whose key is that of another."""
    twin_of: str = ""
    """The guid of that other one."""
    _number: int = 0

    # -- what people do --------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Two terms at the top, each with some below it."""
        for _ in range(2):
            top = self._add(None)
            for _ in range(self.chance.randint(1, 3)):
                self._add(top)

    def step(self) -> None:
        """One thing that people do."""
        getattr(self, f"_{self.chance.choice(STEPS)}")()

    @property
    def collides(self) -> bool:
        """Whether two terms that are there make one key; what is gone leaves its key to who comes after it."""
        twin = self.words.get(self.twin)
        if twin is None or not self._is_taken(twin) or self.twin_of not in self.words:
            return False
        top, *below = twin.path()
        key = f"{self.given.get(('vocabulary', top.guid))}.{slug(''.join(one.name for one in below))}"
        return key == self.given[("key", self.twin_of)]

    def mend(self) -> None:
        """People rename the term whose key is that of another."""
        word = self.words[self.twin]
        word.name = self._name()
        self.portals.rename_term(word.guid, word.name)
        self.twin = ""

    def _name(self) -> str:
        self._number += 1
        return f"{self.chance.choice(['Word', 'Big word', 'Wörd'])} {self._number}"

    def _add(self, parent: Word | None, name: str = "", flagged: bool | None = None) -> Word:
        name = name or self._name()
        flagged = self.chance.random() < 0.8 if flagged is None else flagged
        definition = self.chance.choice(["", f"About {name}."])
        guid = self.portals.add_term(self.glossary, name, parent.guid if parent else None, definition, flagged)
        found = self.words[guid] = Word(guid, name, parent, definition, flagged)
        return found

    def _pick(self, *, below: bool = False) -> Word | None:
        found = [one for one in self.words.values() if not below or one.parent]
        return self.chance.choice(found) if found else None

    def _rename(self) -> None:
        if word := self._pick():
            word.name = self._name()
            self.portals.rename_term(word.guid, word.name)

    def _define(self) -> None:
        if word := self._pick():
            word.definition = f"Now {self._name()}."
            self.portals.edit_term(word.guid, longDescription=word.definition)

    def _flag(self) -> None:
        word = self._pick()
        if word and word.guid not in self.pruned:
            word.flagged = not word.flagged
            self.portals.flag_term(word.guid, word.flagged)

    def _another(self) -> None:
        self._add(self._pick())

    def _move(self) -> None:
        word = self._pick(below=True)
        others = [one for one in self.words.values() if word and not one.parent and one is not word.path()[0]]
        if word and others:
            word.parent = self.chance.choice(others)
            self.portals.move_term(word.guid, word.parent.guid)

    def _delete(self) -> None:
        leaves = [one for one in self.words.values() if not any(other.parent is one for other in self.words.values())]
        if leaves:
            word = self.chance.choice(leaves)
            self.portals.delete_term(word.guid)
            self.gone.append(self.words.pop(word.guid))

    def _again(self) -> None:
        """What was deleted is written down again: below what it was below, as long as that is there."""
        below = [one for one in self.gone if one.parent and self.words.get(one.parent.guid) is one.parent]
        if below:
            word = self.chance.choice(below)
            self.gone.remove(word)
            self._add(word.parent, word.name, flagged=True)

    def _twin(self) -> None:
        """A second term whose name differs in what no key can hold."""
        found = [one for one in self.words.values() if self._is_taken(one) and self._has_key_of_its_own(one)]
        if found and not self.twin:
            word = self.chance.choice(found)
            self.twin_of = word.guid
            self.twin = self._add(word.parent, f"{word.name} ?", flagged=True).guid

    def _has_key_of_its_own(self, word: Word) -> bool:
        """Whether a term right below the top has a key of its present name in the vocabulary of that."""
        key, top = self.given.get(("key", word.guid), ""), word.parent
        if top is None or top.parent is not None:
            return False
        return key == f"{self.given.get(('vocabulary', top.guid))}.{slug(word.name)}"

    # -- what the rule says ------------------------------------------------------------------------------------

    def _is_taken(self, word: Word) -> bool:
        return word.flagged and word.path()[0].flagged

    def wanted(self) -> dict[str, tuple[str, Thing]]:
        """What follows from the glossary as it is: by address the guid, and the thing."""
        found: dict[str, tuple[str, Thing]] = {}
        for word in self.words.values():
            if not self._is_taken(word):
                continue
            top, names = word.path()[0], [one.name for one in word.path()]
            prefix = self.given.get(("vocabulary", top.guid)) or f"purview.{slug(top.name)}"
            code = self.given.get(("type", top.guid)) or f"/Purview/{slug(top.name)}"
            term = {"description": word.definition, "code": code}
            if word is top:
                said = word.definition or f"{word.name} added from Purview Glossary"
                found[f"cluedin.entity_type:{code}"] = word.guid, Thing({"name": word.name})
                thing = Thing({"name": word.name, "description": said})
                found[f"cluedin.vocabulary:{prefix}"] = word.guid, thing
            else:
                title = " ".join(names[1:])
                key = self.given.get(("key", word.guid)) or f"{prefix}.{slug(title)}"
                thing = Thing({"name": title, "description": word.definition})
                found[f"cluedin.vocabulary_key:{key}"] = word.guid, thing
                term["key"] = key
                home = f"cluedin.vocabulary:{key.rpartition('.')[0]}"
                if home not in found and home in self.things:
                    found[home] = "", self.things[home]  # kept for what stands in it
            found[f"cluedin.glossary_term:{'_'.join(names)}"] = word.guid, Thing(term)
        for address, (guid, _) in list(found.items()):
            if guid and address.startswith("cluedin.vocabulary:"):
                found[address] = guid, self._as_top(guid)
        return found

    def _as_top(self, guid: str) -> Thing:
        word = self.words[guid]
        return Thing({"name": word.name, "description": word.definition or f"{word.name} added from Purview Glossary"})

    def changes(self) -> tuple[Told, Told]:
        """What a plan has to change, and what it lists as wanted no longer."""
        wanted, changes, kept = self.wanted(), set[tuple[str, str]](), set[str]()
        for address, (guid, thing) in wanted.items():
            before = self._before(address, guid)
            if before is None:
                changes.add(("create", address))
                continue
            kept.add(before)
            if before != address:
                changes.add(("rename", address))
            elif self.things[address].retired or self.things[address].fields != thing.fields:
                changes.add(("update", address))
        if wanted and "cluedin.glossary_category:Words" not in self.things:
            changes.add(("create", "cluedin.glossary_category:Words"))
        left = {
            (_goes(address), address)
            for address, thing in self.things.items()
            if address not in kept and not thing.retired and (wanted or "category" not in address)
        }
        return changes, {one for one in left if not (wanted and "category" in one[1])}

    def applied(self, *, prune: bool) -> None:
        """Everything is carried out."""
        wanted, (_, left) = self.wanted(), self.changes()
        for address, (guid, thing) in wanted.items():
            before = self._before(address, guid)
            if before is not None:
                del self.things[before]
            self.things[address] = thing
            if guid:
                self.given[_kind(address), guid] = address.partition(":")[2]
        if wanted:
            self.things["cluedin.glossary_category:Words"] = Thing({})
        for action, address in left if prune else ():
            if action == "retire":
                self.things[address].retired = True
                continue
            del self.things[address]
            key = address.partition(":")[2]
            owners = [guid for (kind, guid), given in self.given.items() if kind == _kind(address) and given == key]
            self.pruned.update(owners)
            for guid in owners:
                del self.given[_kind(address), guid]

    def _before(self, address: str, guid: str) -> str | None:
        """The address under which the thing is known: that of its term, else that of its name."""
        given = self.given.get((_kind(address), guid))
        known = f"{address.partition(':')[0]}:{given}" if given else address
        return known if known in self.things else address if address in self.things else None


def slug(name: str) -> str:
    """Letters and digits alone."""
    return re.sub("[^A-Za-z0-9]", "", name)


def _goes(address: str) -> str:
    return "retire" if address.startswith(("cluedin.vocabulary_key:", "cluedin.glossary_term:")) else "forget"


def _kind(address: str) -> str:
    kinds = {"vocabulary_key": "key", "vocabulary": "vocabulary", "entity_type": "type", "glossary_term": "term"}
    return kinds.get(address.partition(":")[0].partition(".")[2], "")
