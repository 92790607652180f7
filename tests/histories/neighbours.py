"""People beside two environments: what they hang on either, edit and make in both systems."""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .owners import PEOPLE, Owners
from .people import ATLAS, Fact, Key, People, State, leaves_of, owner_of

if TYPE_CHECKING:
    from .two_environments import World

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
MENTIONED: dict[str, tuple[str, Callable[[str], Any]]] = {
    "key": ("displayName", str),
    "entity-type": ("displayName", str),
    "stream": ("status", lambda text: "Paused"),
    "vocabulary": ("vocabularyName", str),
}
"""Members of CluedIn that manifests give a value, and to what people change them."""
UNMENTIONED: dict[str, tuple[str, Callable[[str], Any]]] = {
    "key": ("description", lambda text: json.dumps([{"type": "paragraph", "children": [{"text": text}]}])),
    "entity-type": ("color", lambda text: "#336699"),
    "stream": ("description", lambda text: json.dumps([{"type": "paragraph", "children": [{"text": text}]}])),
    "vocabulary": ("description", lambda text: json.dumps([{"type": "paragraph", "children": [{"text": text}]}])),
    "provider-definition": ("sourceQuality", lambda text: 3),
}
"""Members of CluedIn that no manifest of these histories mentions."""
SAVED_ALONG = {".longDescription"}
"""What a portal sends back with the rest, and the service may bring into its own form: that is nobody's change."""
NAMES = {
    "key": ("vocabularyKeyId", "name"),
    "vocabulary": ("vocabularyId", "vocabularyName"),
    "stream": ("id", "name"),
}


class Neighbours(People):
    """Others; `edited` is what of ours they changed where a manifest has a say, `touched` all that they came near."""

    def __init__(self, world: World, owners: Owners, chance: random.Random) -> None:
        super().__init__(world, chance)  # type: ignore[arg-type]
        self.world, self.owners = world, owners
        self.glossaries = {side.estate.glossary for side in world.sides}
        self.notes: set[Fact] = set()
        """Changes of theirs that live as long as what they are on."""
        self.edited: set[str] = set()
        self.touched: set[str] = set()
        self.log: list[str] = []

    def act(self) -> set[str]:
        """One thing that people do, if there is anything to do it to; returns whose things it comes near."""
        state = self._state()
        deed = self.chance.choice([
            self._term, self._term_below, self._assign_theirs, self._assign_ours, self._classify, self._label,
            self._expert, self._relate, self._read_ours, self._write_ours, *[self._edit_definition] * 3,
            *[self._edit] * 5, *[self._edit_besides] * 4, self._abbreviate, self._describe, self._make_beside,
            self._rename, self._unassign,
        ])  # fmt: skip
        try:
            deed(state)
        except IndexError:
            return set()
        near = self._look(deed.__name__, state)
        return {owner for key, owner in self.owners.of.items() if key[2].lower() in near}

    def lost(self, before: dict[Fact, bool]) -> list[Fact]:
        """Changes of theirs that were there and are not."""
        return [fact for fact, kept in self.kept().items() if before.get(fact, False) and not kept]

    def kept(self) -> dict[Fact, bool]:
        """Each of their changes, and whether it is there; one on a thing that is gone is, where it could go with it."""
        leaves: dict[Key, set[tuple[str, str]]] = {}
        found = {}
        for fact in self.facts | self.notes:
            key = owner_of(fact)
            doc = self.owners.last.get(key)
            if key not in leaves:
                leaves[key] = set(leaves_of(doc or {}))
            found[fact] = (fact[2], fact[3]) in leaves[key] or (doc is None and fact in self.notes)
        return found

    # -- what they do ------------------------------------------------------------------------------------------

    def _edit_definition(self, state: State) -> None:
        """In the portal of Purview, where manifests have a say."""
        guid = self.chance.choice(self._our_terms(state))
        body = {"longDescription": self._name("By hand")}
        self.made.http("PUT", f"{ATLAS}/glossary/term/{guid}/partial", json=body)

    def _rename(self, state: State) -> None:
        guid = self.chance.choice(self._our_terms(state))
        term = self.made.http("GET", f"{ATLAS}/glossary/term/{guid}")
        term["nickName"] = term["name"] = self._name("Called")
        self._put_term(term)

    def _abbreviate(self, state: State) -> None:
        guid = self.chance.choice(self._our_terms(state))
        self.made.http("PUT", f"{ATLAS}/glossary/term/{guid}/partial", json={"abbreviation": self._name("ab")})

    def _describe(self, state: State) -> None:
        """A description in the portal, which is not the one of the type's own attributes."""
        guid = self.chance.choice(self._our_assets(state))
        entity = self.made.http("GET", f"{ATLAS}/entity/guid/{guid}")["entity"]
        attributes = {"qualifiedName": entity["attributes"]["qualifiedName"], "userDescription": self._name("said")}
        self._post("/entity", {"entity": {"typeName": entity["typeName"], "guid": guid, "attributes": attributes}})

    def _unassign(self, state: State) -> None:
        """A term of ours is taken off."""
        ours = [
            key[2]
            for key, doc in self._ours()
            if key[1] == "relation" and doc["typeName"] == "AtlasGlossarySemanticAssignment"
        ]
        relation = state["purview"]["relation"][self.chance.choice(ours)]
        body = [{"guid": relation["end2"]["guid"], "relationshipGuid": relation["guid"]}]
        self.made.http("DELETE", f"{ATLAS}/glossary/terms/{relation['end1']['guid']}/assignedEntities", json=body)

    def _edit(self, state: State) -> None:
        """In the portal of CluedIn, where manifests have a say."""
        self._set(MENTIONED)

    def _edit_besides(self, state: State) -> None:
        """In the portal of CluedIn, where no manifest says anything."""
        self._set(UNMENTIONED)

    def _set(self, members: dict[str, tuple[str, Callable[[str], Any]]]) -> None:
        key, doc = self.chance.choice([(key, doc) for key, doc in self._ours("cluedin") if key[1] in members])
        member, value = members[key[1]]
        self.world.put(key, {**doc, member: value(self._name("By hand"))})

    def _make_beside(self, state: State) -> None:
        """A key in a vocabulary of ours, a stream to a target of ours, or a vocabulary, like one of ours."""
        key, doc = self.chance.choice([(key, doc) for key, doc in self._ours("cluedin") if key[1] in NAMES])
        id, name = NAMES[key[1]]
        mine, word = str(uuid.UUID(int=self.chance.getrandbits(128))), self._name("theirs")
        made = {**doc, id: mine, name: word}
        if key[1] == "key":
            made["key"] = f"{doc['key'].partition('.')[0]}.{word}"
        if key[1] == "vocabulary":
            made["keyPrefix"] = word
        self.world.put((key[0], key[1], mine), made)

    def _new_term(self, state: State, parent: str | None) -> str:
        guid = super()._new_term(state, parent)
        self.world.wait()
        return guid

    # -- what is known of it -----------------------------------------------------------------------------------

    def _ours(self, *systems: str) -> list[tuple[Key, dict[str, Any]]]:
        names = [side.name for side in self.world.sides]
        found = self.owners.owned(*names)
        return [(key, doc) for key, doc in found if not systems or key[0].startswith(systems)]

    def _look(self, what: str, before: State) -> set[str]:
        changed = self.owners.turn(PEOPLE)
        mentioned = what in ("_edit_definition", "_edit", "_rename", "_unassign")
        beside = what in ("_edit_besides", "_abbreviate", "_describe")
        self.log.append(f"people {what} {sorted('/'.join(key) for key in changed)}")
        near = set(self._near(changed, before))
        self.touched |= near
        if mentioned:
            self.edited |= near
            self._follow(changed)
            return near
        facts = set(self.facts)
        self._note(before, self._state())
        self.facts = {fact for fact in self.facts if fact[2] not in SAVED_ALONG}
        if beside:
            self.notes |= self.facts - facts
            self.facts = facts
        return near

    def _follow(self, changed: Iterable[Key]) -> None:
        """What people change themselves is no longer said of it."""
        gone = {fact for fact, kept in self.kept().items() if owner_of(fact) in changed and not kept}
        self.facts -= gone
        self.notes -= gone

    def _near(self, changed: Iterable[Key], before: State) -> Iterable[str]:
        for key in changed:
            yield key[2].lower()
            for doc in (self.owners.last.get(key), before[key[0]].get(key[1], {}).get(key[2])):
                yield from (found.lower() for found in GUID.findall(json.dumps(doc)))
